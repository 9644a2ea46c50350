"""The table written a second time, with mpmath, whose digits know nothing of our derivatives."""

import mpmath

__all__ = ["EXACT", "FLOOR", "ORACLE", "is_close"]


def convert_truth(x):
    """Return a number of mpmath's from a truth value."""
    return mpmath.mpf(1 if x else 0)


def exact_dot(*factors):
    half = len(factors) // 2
    return sum((factors[i] * factors[half + i] for i in range(half)), sum(factors[2 * half :]))


ORACLE = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: mpmath.exp(y * mpmath.log(x)),
    "pow_by_x": lambda x, y: y * mpmath.exp((y - 1) * mpmath.log(x)),
    "pow_by_y": lambda x, y: mpmath.exp(y * mpmath.log(x)) * mpmath.log(x),
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "floordiv": lambda x, y: mpmath.floor(x / y),
    "abs": lambda x: x if x > 0 else -x,
    "hypot": lambda x, y: mpmath.sqrt(x**2 + y**2),
    "semicircle": lambda x: mpmath.sqrt(1 - x**2),
    "exp": mpmath.exp,
    "expm1": lambda x: mpmath.exp(x) - 1,
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log": mpmath.log,
    "log1p": lambda x: mpmath.log(1 + x),
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
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: x if x > 0 else 0 * x,
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * (mpmath.exp(x) - 1),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "step": lambda x: convert_truth(x > 0),
    "sign": lambda x: convert_truth(x > 0) - convert_truth(x < 0),
    "equal": lambda x, y: convert_truth(x == y),
    "where": lambda condition, x, y: x if condition > 0 else y,
    "sum": lambda *xs: mpmath.fsum(xs),
    "mean": lambda *xs: mpmath.fsum(xs) / len(xs),
    "prod": lambda *xs: mpmath.fprod(xs),
    "max": lambda *xs: max(xs),
    "min": lambda *xs: min(xs),
    "dot": exact_dot,
    "logsumexp": lambda *xs: mpmath.log(mpmath.fsum(map(mpmath.exp, xs))),
    "level": lambda *xs: mpmath.floor(max(xs)),
    "choose": lambda index, *xs: xs[int(index)],
}

# How far a result may be from the exact one, relative to its size, or to FLOOR if that is larger.
# FLOOR is for places where terms cancel (gelu has its minimum, hypot''(x, 0) its zero): whatever
# the size of the difference, rounding its terms leaves about 1e-16 of these. The largest that
# meet in the table are 12.5, in ∂²atan2/∂y∂x at y = x = 0.2, and leave 2e-15.
EXACT = 1e-12
FLOOR = 0.01


def is_close(ours, theirs, tolerance, floor):
    ours, theirs = float(ours), float(theirs)
    allowed = tolerance * max(abs(theirs), floor)
    return abs(ours - theirs) <= allowed
