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


def sigmoid(x: Exact) -> Exact:
    """Return 1 / (1 + exp(-x))."""
    return 1 / (1 + mpmath.exp(-x))


def gelu(x: Exact) -> Exact:
    """Return x times the normal distribution's share below x."""
    return x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def softplus(x: Exact) -> Exact:
    """Return log(1 + exp(x))."""
    return max(x, mpmath.mpf(0)) + mpmath.log1p(mpmath.exp(-abs(x)))


def logsumexp(*values: Exact) -> Exact:
    """Return log(Σ exp(x)), at any size of the values."""
    largest = max(values)
    return largest + mpmath.log(mpmath.fsum([mpmath.exp(x - largest) for x in values]))


def dot(*factors: Exact) -> Exact:
    """Return w·x + b of the weights, the inputs and at most one bias."""
    half = len(factors) // 2
    products = [factors[i] * factors[half + i] for i in range(half)]
    return sum([*products, *factors[2 * half :]], mpmath.mpf(0))


FUNCTIONS: dict[str, ExactFunction] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "pow_by_x": lambda x, y: y * x ** (y - 1),
    "pow_by_y": lambda x, y: x**y * mpmath.log(x),
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "floordiv": lambda x, y: mpmath.floor(x / y),
    "abs": abs,
    "hypot": mpmath.hypot,
    "semicircle": lambda x: mpmath.sqrt(1 - x * x),
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "atan2": mpmath.atan2,
    "degrees": mpmath.degrees,
    "radians": mpmath.radians,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "sigmoid": sigmoid,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x),
    "softplus": softplus,
    "gelu": gelu,
    "silu": lambda x: x * sigmoid(x),
    "step": lambda x: mpmath.mpf(x > 0),
    "sign": mpmath.sign,
    "equal": lambda x, y: mpmath.mpf(x == y),
    "where": lambda condition, x, y: x if condition > 0 else y,
    "sum": lambda *values: mpmath.fsum(values),
    "mean": lambda *values: mpmath.fsum(values) / len(values),
    "prod": lambda *values: mpmath.fprod(values),
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
    "dot": dot,
    "logsumexp": logsumexp,
    "level": lambda *values: mpmath.floor(max(values)),
    "choose": lambda index, *values: values[int(mpmath.nint(index))],
}


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
