"""Numbers between proven bounds, with a derivative: what last digits are measured by.

A ball of Arb (python-flint) is a number with a bound on its error. A power series x + t of balls
goes through a function as f(x) + f'(x) t, by Arb's own rules and not by the table's. Such series
have the names of mpmath's functions here, so that ``micrograd_nn/checks/exact.py`` takes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flint import arb, arb_series, ctx

from micrograd_nn.checks.exact import write_functions

PRECISIONS = [128 << i for i in range(8)]  # in bits: 5e-324 beside 1.0 needs a thousand
ENOUGH = 1 << 20  # parts of an ulp; what is called true is within one of them
ctx.cap = 2  # terms of a series: a value and a derivative


class Ball:
    """A value and a derivative with their bounds. Only exact ones are ever compared."""

    def __init__(self, value: Any, slope: Any = 0) -> None:
        is_series = isinstance(value, arb_series)
        self.series = value if is_series else arb_series([arb(value), arb(slope)])
        self.value, self.slope = self.series[0], self.series[1]

    def __pow__(self, power: Any) -> Ball:
        power = as_ball(power)
        if self > 0:
            return exp(power * log(self))
        if not power.value.is_integer() or power.slope != 0:
            return NOWHERE
        if self < 0:
            return (-self) ** power * (-1) ** int(power)
        return Ball(self.series ** min(int(power), 2)) if power > 0 else NOWHERE

    def __abs__(self) -> Ball:
        return -self if self < 0 else self

    def __neg__(self) -> Ball:
        return Ball(-self.series)

    def __gt__(self, other: Any) -> bool:
        return bool(self.value > as_ball(other).value)

    def __lt__(self, other: Any) -> bool:
        return bool(self.value < as_ball(other).value)

    def __ge__(self, other: Any) -> bool:
        return bool(self.value >= as_ball(other).value)

    def __le__(self, other: Any) -> bool:
        return bool(self.value <= as_ball(other).value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == as_ball(other).value)

    def __int__(self) -> int:
        return int(float(self.value))


def as_ball(x: Any) -> Ball:
    """Return a number as a ball without an error."""
    return x if isinstance(x, Ball) else Ball(x)


def through(method: str) -> Callable[..., Ball]:
    """Return a method of Arb's series as a function of balls."""

    def apply(*balls: Any) -> Ball:
        first, *others = [as_ball(x).series for x in balls]
        return Ball(getattr(first, method)(*others))

    return apply


def odd(f: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    """Return a function with f(-x) = -f(x) that needs to be right for positive numbers only."""
    return lambda x: -f(-x) if x < 0 else f(x)


for name in ("add", "sub", "mul", "truediv"):
    setattr(Ball, f"__{name}__", through(f"__{name}__"))
    setattr(Ball, f"__r{name}__", lambda x, y, name=name: getattr(as_ball(y), f"__{name}__")(x))

NOWHERE = Ball(arb.nan(), arb.nan())
exp, log, root, atan = map(through, ("exp", "log", "sqrt", "atan"))


def sqrt(x: Any) -> Ball:
    """Return the square root; at 0 it has a value and no derivative."""
    return Ball(0) if as_ball(x) == 0 and as_ball(x).slope == 0 else root(x)


def atan2(y: Ball, x: Ball) -> Ball:
    """Return the angle of the point (x, y)."""
    if abs(y) > abs(x):
        return (1 if y > 0 else -1) * arb.pi() / 2 - atan(x / y)
    return atan(y / x) + (0 if x > 0 else -arb.pi() if y < 0 else arb.pi())


# What cancels here only costs precision: it is raised until the bound is small enough.
FUNCTIONS = write_functions(
    SimpleNamespace(
        **{name: through(name) for name in ("sin", "cos", "tan", "asin", "acos", "erf", "erfc")},
        mpf=as_ball, exp=exp, sqrt=sqrt, atan=atan, atan2=atan2,
        sign=lambda x: Ball(int(x > 0) - int(x < 0)),
        floor=lambda x: Ball(x.value.floor()),
        nint=lambda x: x,  # of a whole number
        fsum=lambda balls: sum(balls, Ball(0)),
        fprod=lambda balls: math.prod(balls, start=Ball(1)),
        log=lambda x, base=None: log(x) if base is None else log(x) / log(base),
        log10=lambda x: log(x) / log(10),
        log1p=lambda x: log(1 + x),
        expm1=lambda x: exp(x) - 1,
        degrees=lambda x: x * 180 / arb.pi(),
        radians=lambda x: x * arb.pi() / 180,
        hypot=lambda x, y: sqrt(x * x + y * y),
        sinh=lambda x: (exp(x) - exp(-x)) / 2,
        cosh=lambda x: (exp(x) + exp(-x)) / 2,
        tanh=odd(lambda x: (1 - exp(-2 * x)) / (1 + exp(-2 * x))),
        asinh=odd(lambda x: log(x + sqrt(x * x + 1))),
        acosh=lambda x: log(x + sqrt(x * x - 1)),
        atanh=lambda x: log((1 + x) / (1 - x)) / 2,
    )
)  # fmt: skip


def find_error(name: str, point: list[float], by: int | None, found: float) -> float | None:
    """Return by how many ulps a number misses an operation's value, or its derivative by an input.

    None where there is no such number, or it is beyond the floats.
    """
    for ctx.prec in PRECISIONS:
        balls = [Ball(x, int(i == by)) for i, x in enumerate(point)]
        try:
            result = FUNCTIONS[name](*balls)
        except (ZeroDivisionError, ValueError):  # a divisor that may be 0 at this precision
            continue
        true = result.value if by is None else result.slope
        rounded = float(true.mid())
        if math.isinf(rounded) and true.is_finite():
            return None
        unit = arb(math.ulp(rounded))
        if true.is_finite() and true.rad() <= unit / ENOUGH:
            error = abs((arb(found) - true).mid()) / unit
            return float(error) if math.isfinite(found) else math.inf
    return None
