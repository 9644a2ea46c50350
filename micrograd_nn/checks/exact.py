"""The operations once more, by mpmath in 60-digit arithmetic: what results are measured by.

Nothing here comes from the table of operations: functions are mpmath's, and a derivative is a
difference quotient with so small a step that 30 digits of it are right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

try:
    import mpmath
except ImportError as error:
    raise ImportError("60-digit arithmetic needs mpmath: pip install mpmath") from error

Exact = Any  # a number of mpmath's, which has no types
ExactFunction = Callable[..., Exact]
DIGITS = 80  # of which at least 60 are right
STEP = mpmath.ldexp(1, -66)  # of a difference quotient


def write_functions(m: Any) -> dict[str, ExactFunction]:
    """Return each operation as a function of mpmath's numbers, or of others with the same names."""

    def sigmoid(x: Exact) -> Exact:
        return 1 / (1 + m.exp(-x))

    def softplus(x: Exact) -> Exact:
        return max(x, m.mpf(0)) + m.log1p(m.exp(-abs(x)))

    def logsumexp(*values: Exact) -> Exact:
        largest = max(values)
        return largest + m.log(m.fsum([m.exp(x - largest) for x in values]))

    def dot(*factors: Exact) -> Exact:
        half = len(factors) // 2
        products = [factors[i] * factors[half + i] for i in range(half)]
        return sum([*products, *factors[2 * half :]], m.mpf(0))

    return {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "truediv": lambda x, y: x / y,
        "neg": lambda x: -x,
        "pow": lambda x, y: x**y,
        "pow_by_x": lambda x, y: y * x ** (y - 1),
        "pow_by_y": lambda x, y: x**y * m.log(x),
        "mod": lambda x, y: x - y * m.floor(x / y),
        "floordiv": lambda x, y: m.floor(x / y),
        "abs": abs,
        "hypot": m.hypot,
        "semicircle": lambda x: m.sqrt(1 - x * x),
        "exp": m.exp,
        "expm1": m.expm1,
        "exp2": lambda x: m.mpf(2) ** x,
        "log": m.log,
        "log1p": m.log1p,
        "log2": lambda x: m.log(x, 2),
        "log10": m.log10,
        "sqrt": m.sqrt,
        "sin": m.sin,
        "cos": m.cos,
        "tan": m.tan,
        "asin": m.asin,
        "acos": m.acos,
        "atan": m.atan,
        "atan2": m.atan2,
        "degrees": m.degrees,
        "radians": m.radians,
        "sinh": m.sinh,
        "cosh": m.cosh,
        "tanh": m.tanh,
        "asinh": m.asinh,
        "acosh": m.acosh,
        "atanh": m.atanh,
        "erf": m.erf,
        "erfc": m.erfc,
        "sigmoid": sigmoid,
        "relu": lambda x: max(x, m.mpf(0)),
        "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
        "elu": lambda x, alpha: x if x > 0 else alpha * m.expm1(x),
        "softplus": softplus,
        "gelu": lambda x: x * m.erfc(-x / m.sqrt(2)) / 2,
        "silu": lambda x: x * sigmoid(x),
        "step": lambda x: m.mpf(x > 0),
        "sign": m.sign,
        "equal": lambda x, y: m.mpf(x == y),
        "where": lambda condition, x, y: x if condition > 0 else y,
        "sum": lambda *values: m.fsum(values),
        "mean": lambda *values: m.fsum(values) / len(values),
        "prod": lambda *values: m.fprod(values),
        "max": lambda *values: max(values),
        "min": lambda *values: min(values),
        "dot": dot,
        "logsumexp": logsumexp,
        "level": lambda *values: m.floor(max(values)),
        "choose": lambda index, *values: values[int(m.nint(index))],
    }


FUNCTIONS = write_functions(mpmath)


def compute_exactly(f: ExactFunction, point: Sequence[float], *by: int) -> Exact:
    """Return f at a point of floats, each taken exactly, or its derivative by some of its inputs.

    >>> float(compute_exactly(FUNCTIONS["mul"], [4.0, 5.0]))
    20.0
    >>> float(compute_exactly(FUNCTIONS["log"], [4.0], 0))
    0.25

    A derivative is a central difference, (f(x + h) - f(x - h)) / 2h, whose error is about h²; a
    second one is a difference of these.
    """
    with mpmath.workdps(DIGITS):
        return differ(f, [mpmath.mpf(x) for x in point], by, STEP)


def differ(f: ExactFunction, point: Sequence[Exact], by: Sequence[int], h: Exact) -> Exact:
    """Return f at a point, or the quotient of differences by some of its inputs with steps of h."""
    if not by:
        return f(*point)
    i, *rest = by
    above, below = ([*point[:i], point[i] + step, *point[i + 1 :]] for step in (h, -h))
    return (differ(f, above, rest, h) - differ(f, below, rest, h)) / (2 * h)
