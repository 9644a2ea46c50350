"""The operations once more, in 60-digit decimal arithmetic: what ``selfcheck`` measures by.

Nothing here comes from the table of operations: functions are sums of their series, and a
derivative is a difference quotient with so small a step that 30 digits of it are right. Where
digits cancel, more are computed, so that results of any size are right.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import cache

D = Decimal
LARGEST_EXPONENT = 425_000_000  # that decimal has on every machine (one of 32 bits)
CONTEXT = decimal.Context(prec=80, Emin=-LARGEST_EXPONENT, Emax=LARGEST_EXPONENT)

DecimalFunction = Callable[..., Decimal]


def compute_more(digits: int) -> AbstractContextManager[decimal.Context]:
    """Return what makes a ``with`` statement compute with so many more digits."""
    context = decimal.getcontext().copy()
    context.prec += max(0, digits)
    return decimal.localcontext(context)


def begin_at_zero(f: Callable[[Decimal], Decimal]) -> Callable[[Decimal], Decimal]:
    """Return f, which is about x near 0, with all the digits that cancel there."""

    def compute(x: Decimal) -> Decimal:
        if not x or x.adjusted() < -decimal.getcontext().prec:
            return x
        with compute_more(-2 * x.adjusted()):
            result = f(x)
        return +result

    return compute


def sum_series(
    term: Decimal, ratio: Callable[[int], Decimal], weight: Callable[[int], Decimal]
) -> D:
    """Return the sum of term * weight(n), each term the one before times ratio(n)."""
    negligible = abs(term) * D(10) ** (5 - decimal.getcontext().prec)
    total, n = D(0), 0
    while abs(term) > negligible or n < 4:
        total += term * weight(n)
        n += 1
        term *= ratio(n)
    return total


def reduce_angle(x: Decimal) -> Decimal:
    """Return an angle between -π and π for any other."""
    with compute_more(x.adjusted() + 2):
        turn = 2 * compute_pi(decimal.getcontext().prec)
        return x - turn * (x / turn).to_integral_value() if abs(x) > 3 else x


def sin(x: Decimal) -> Decimal:
    """Return the sine, the sum of x - x³/3! + x⁵/5! and so on."""
    x = reduce_angle(x)
    return sum_series(x, lambda n: -x * x / (2 * n * (2 * n + 1)), lambda n: D(1))


def cos(x: Decimal) -> Decimal:
    """Return the cosine, the sum of 1 - x²/2! + x⁴/4! and so on."""
    x = reduce_angle(x)
    return sum_series(D(1), lambda n: -x * x / (2 * n * (2 * n - 1)), lambda n: D(1))


def atan(x: Decimal) -> Decimal:
    """Return the arc tangent: x - x³/3 + x⁵/5 - …, after the angle was halved four times."""
    for _ in range(4):
        x = x / (1 + (1 + x * x).sqrt())
    return 16 * sum_series(x, lambda n: -x * x, lambda n: D(1) / (2 * n + 1))


def atan2(y: Decimal, x: Decimal) -> Decimal:
    """Return the angle of the point (x, y), twice that of its half."""
    return 2 * atan(y / ((x * x + y * y).sqrt() + x)) if x > 0 or y else 4 * atan(D(1))


def pi() -> Decimal:
    """Return π."""
    return compute_pi(decimal.getcontext().prec)


@cache
def compute_pi(digits: int) -> Decimal:
    """Return π to so many digits, four times the angle of the point (1, 1)."""
    return 4 * atan(D(1))


def floor(x: Decimal) -> Decimal:
    """Return a number rounded down to a whole one."""
    return x.to_integral_value(decimal.ROUND_FLOOR)


def asin(x: Decimal) -> Decimal:
    """Return the arc sine, the angle of the point (√(1 - x²), x)."""
    return atan(x / (1 - x * x).sqrt())


def erf(x: Decimal) -> Decimal:
    """Return the error function: 2/√π (x - x³/3 + x⁵/(2!·5) - …)."""
    if abs(x) > 1:
        return (1 - erfc(abs(x))).copy_sign(x)
    total = sum_series(x, lambda n: -x * x / n, lambda n: D(1) / (2 * n + 1))
    return 2 / pi().sqrt() * total


def erfc(x: Decimal) -> Decimal:
    """Return 1 - erf(x); for large x a continued fraction, in which no digits cancel."""
    if x < 0:
        return 2 - erfc(-x)
    if x < 3:
        with compute_more(15):
            total = sum_series(x, lambda n: -x * x / n, lambda n: D(1) / (2 * n + 1))
            result = 1 - 2 / pi().sqrt() * total
        return +result
    fraction = x
    for n in range(int((90 / x) ** 2) + 20, 0, -1):  # as many as give 80 digits
        fraction = x + D(n) / 2 / fraction
    return exp(-x * x) / pi().sqrt() / fraction


def exp(x: Decimal) -> Decimal:
    """Return the exponential."""
    return x.exp()


def log(x: Decimal) -> Decimal:
    """Return the natural logarithm."""
    return x.ln()


def power(x: Decimal, y: Decimal) -> Decimal:
    """Return x to the power y, x positive unless y is a whole number."""
    if not y:
        return D(1)
    if not x:
        return D(0) if y > 0 else 1 / x
    if y == floor(y):
        return x**y
    return (y * x.ln()).exp()


def sigmoid(x: Decimal) -> Decimal:
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def tanh(x: Decimal) -> Decimal:
    """Return the hyperbolic tangent."""
    shrinking = exp(-2 * abs(x))
    return ((1 - shrinking) / (1 + shrinking)).copy_sign(x)


def asinh(x: Decimal) -> Decimal:
    """Return the number whose hyperbolic sine is x."""
    return log(abs(x) + (x * x + 1).sqrt()).copy_sign(x)


def logsumexp(*values: Decimal) -> Decimal:
    """Return log(exp(x1) + exp(x2) + …)."""
    largest = max(values)
    return largest + log(sum([exp(x - largest) for x in values], D(0)))


def dot(*factors: Decimal) -> Decimal:
    """Return w·x + b of the weights, the inputs and at most one bias."""
    half = len(factors) // 2
    products = [factors[i] * factors[half + i] for i in range(half)]
    return sum([*products, *factors[2 * half :]], D(0))


def product(*values: Decimal) -> Decimal:
    """Return the product."""
    result = D(1)
    for value in values:
        result *= value
    return result


FUNCTIONS: dict[str, DecimalFunction] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": power,
    "pow_by_x": lambda x, y: y * power(x, y - 1),
    "pow_by_y": lambda x, y: power(x, y) * log(x),
    "mod": lambda x, y: x - y * floor(x / y),
    "floordiv": lambda x, y: floor(x / y),
    "abs": lambda x: max(x, -x),
    "hypot": lambda x, y: (x * x + y * y).sqrt(),
    "semicircle": lambda x: (1 - x * x).sqrt(),
    "exp": exp,
    "expm1": begin_at_zero(lambda x: exp(x) - 1),
    "exp2": lambda x: power(D(2), x),
    "log": log,
    "log1p": begin_at_zero(lambda x: log(1 + x)),
    "log2": lambda x: log(x) / log(D(2)),
    "log10": lambda x: x.log10(),
    "sqrt": lambda x: x.sqrt(),
    "sin": sin,
    "cos": cos,
    "tan": lambda x: sin(x) / cos(x),
    "asin": asin,
    "acos": lambda x: pi() / 2 - asin(x),
    "atan": atan,
    "atan2": atan2,
    "degrees": lambda x: 180 * x / pi(),
    "radians": lambda x: x * pi() / 180,
    "sinh": begin_at_zero(lambda x: (exp(x) - exp(-x)) / 2),
    "cosh": lambda x: (exp(x) + exp(-x)) / 2,
    "tanh": begin_at_zero(tanh),
    "asinh": begin_at_zero(asinh),
    "acosh": lambda x: log(x + (x * x - 1).sqrt()),
    "atanh": begin_at_zero(lambda x: log((1 + x) / (1 - x)) / 2),
    "erf": erf,
    "erfc": erfc,
    "sigmoid": sigmoid,
    "relu": lambda x: max(x, D(0)),
    "leaky_relu": lambda x, slope: max(x, D(0)) + slope * min(x, D(0)),
    "elu": lambda x, alpha: x if x > 0 else alpha * FUNCTIONS["expm1"](x),
    "softplus": lambda x: max(x, D(0)) + FUNCTIONS["log1p"](exp(-abs(x))),
    "gelu": lambda x: x * erfc(-x / D(2).sqrt()) / 2,
    "silu": lambda x: x * sigmoid(x),
    "step": lambda x: D(x > 0),
    "sign": lambda x: D((x > 0) - (x < 0)),
    "equal": lambda x, y: D(x == y),
    "where": lambda condition, x, y: x if condition > 0 else y,
    "sum": lambda *values: sum(values, D(0)),
    "mean": lambda *values: sum(values, D(0)) / len(values),
    "prod": product,
    "max": max,
    "min": min,
    "dot": dot,
    "logsumexp": logsumexp,
    "level": lambda *values: floor(max(values)),
    "choose": lambda index, *values: values[round(index)],
}


def compute_value(f: DecimalFunction, point: Sequence[float]) -> Decimal:
    """Return f at a point of floats, each taken exactly.

    >>> str(compute_value(FUNCTIONS["sqrt"], [2.0]))[:52]
    '1.41421356237309504880168872420969807856967187537694'
    """
    with decimal.localcontext(CONTEXT):
        return f(*map(D, point))


def compute_slope(f: DecimalFunction, point: Sequence[float], i: int) -> Decimal:
    """Return ∂f/∂xᵢ by a central difference: (f(x + h) - f(x - h)) / 2h, whose error is ~h².

    >>> float(compute_slope(FUNCTIONS["log"], [4.0], 0))
    0.25
    """
    with decimal.localcontext(CONTEXT):
        h = D(10) ** -20
        x = list(map(D, point))
        above, below = ([*x[:i], x[i] + step, *x[i + 1 :]] for step in (h, -h))
        return (f(*above) - f(*below)) / (2 * h)


def compute_second_slope(f: DecimalFunction, point: Sequence[float], i: int, j: int) -> Decimal:
    """Return ∂²f/∂xᵢ∂xⱼ by a difference of differences.

    >>> float(compute_second_slope(FUNCTIONS["mul"], [4.0, 5.0], 0, 1))
    1.0
    """
    with decimal.localcontext(CONTEXT):
        h = D(10) ** -15
        total = D(0)
        for step_i in (1, -1):
            for step_j in (1, -1):
                x = list(map(D, point))
                x[i] += step_i * h
                x[j] += step_j * h
                total += step_i * step_j * f(*x)
        return total / (4 * h * h)
