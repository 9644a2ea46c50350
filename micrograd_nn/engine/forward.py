"""The forward rules that aren't functions of Python's ``math`` as they are.

Plain functions of floats, used by the table of operations, in forms that overflow only where the
result does. A saved program (one that runs without this package) carries their source with it, so
they stand on the standard library and one another alone.
"""

import math
from functools import reduce
from math import exp
from operator import add, mul


def power(x: float, y: float) -> float:
    """Return x ** y where it is real: Python would give a complex number for (-8) ** (1/3)."""
    result: float = x**y
    if isinstance(result, complex):
        raise ValueError("a negative number to a fractional power")
    return result


def pow_by_x(x: float, y: float) -> float:
    """Return y x ** (y - 1), the derivative of x ** y by x: 0 where y = 0, even at x = 0."""
    if y == 0:
        return 0.0
    if x < 0 and (abs(y) >= 2.0**53 or y % 1 > 0):  # y - 1 is rounded, which gives x its sign
        raise ValueError("a negative number, and y - 1 may be odd or even")
    try:
        return y * power(x, y - 1)
    except OverflowError:
        half = power(abs(x), (y - 1) / 2)  # for the product need not be too large
        result = y * half * half
        if x < 0 or math.isinf(result):
            raise
        return result


def pow_by_y(x: float, y: float) -> float:
    """Return x ** y log(x), the derivative of x ** y by y; at x = 0 its limit.

    There is none at a negative x, nor where the limit is infinite.
    """
    if x <= 0:
        return 0.0 if x == 0 and y > 0 else math.nan
    log = math.log(x)
    try:
        size = power(x, y)
        return 0.0 if size == 0 and math.isinf(x) else log * size
    except OverflowError:
        half = power(x, y / 2)  # for the product need not be too large
        result = log * half * half
        if math.isinf(result):
            raise
        return result


def hypot(x: float, y: float) -> float:
    """Return the length of the vector (x, y); one beyond all floats is an OverflowError."""
    length = math.hypot(x, y)
    if math.isinf(length) and math.isfinite(x) and math.isfinite(y):
        raise OverflowError("the length is beyond the largest float")
    return length


def semicircle(x: float) -> float:
    """Return √(1 - x²), without a loss of digits near x = ±1."""
    return math.sqrt((1.0 - x) * (1.0 + x))


def exp2(x: float) -> float:
    """Return 2 ** x, as Python's own power gives it."""
    result: float = 2.0**x
    return result


def where(condition: float, x: float, y: float) -> float:
    """Return x where the condition is positive, else y."""
    return x if condition > 0 else y if condition <= 0 else condition


def place(index: float, count: float) -> int:
    """Return the index of one of ``count`` values as a whole number from 0, or raise an error."""
    if 0 <= index < count and index == int(index):
        return int(index)
    raise ValueError(f"there is no value {index!r} among {count:.0f}")


def choose(index: float, *values: float) -> float:
    """Return the value at an index."""
    return values[place(index, len(values))]


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)), with the exponential of a negative number only."""
    if x >= 0:
        return 1.0 / (1.0 + exp(-x))
    small = exp(x)
    return small / (1.0 + small)


def softplus(x: float) -> float:
    """Return log(1 + exp(x)), the smooth relu."""
    return relu(x) + math.log1p(exp(-abs(x)))


def relu(x: float) -> float:
    """Return x where it is positive, else 0; not-a-number stays not-a-number."""
    return 0.0 if x <= 0 else x


def leaky_relu(x: float, slope: float) -> float:
    """Return x where it is positive, else slope * x."""
    return slope * x if x <= 0 else x


def elu(x: float, alpha: float) -> float:
    """Return x where it is positive, else alpha * (exp(x) - 1)."""
    return alpha * math.expm1(x) if x <= 0 else x


def gelu(x: float) -> float:
    """Return x * Φ(x), Φ the normal distribution function (exactly, not by tanh)."""
    return 0.5 * x * math.erfc(-x / math.sqrt(2.0))


def silu(x: float) -> float:
    """Return x * sigmoid(x), also called swish."""
    return x * sigmoid(x)


def step(x: float) -> float:
    """Return 1 where x is positive, else 0: the derivative of relu."""
    return x if math.isnan(x) else float(x > 0)


def sign(x: float) -> float:
    """Return 1, 0 or -1: the derivative of abs."""
    return x if math.isnan(x) else float((x > 0) - (x < 0))


def equal(x: float, y: float) -> float:
    """Return 1 where the numbers are equal, else 0: which input a maximum takes."""
    return math.nan if math.isnan(x) or math.isnan(y) else float(x == y)


def total(*values: float) -> float:
    """Return the sum from left to right, each addition rounded (unlike sum() from Python 3.12)."""
    return reduce(add, values) if values else 0.0


def mean(*values: float) -> float:
    """Return the sum divided by the count; a sum too large is no reason to fail."""
    result = total(*values) / len(values)
    if math.isfinite(result):
        return result
    return total(*[x / len(values) for x in values])


def product(*values: float) -> float:
    """Return the product from left to right."""
    return reduce(mul, values, 1.0)


def maximum(*values: float) -> float:
    """Return the largest value, 0.0 for -0.0 in any language; not-a-number if any is."""
    return math.nan if any(map(math.isnan, values)) else max(values) + 0.0


def minimum(*values: float) -> float:
    """Return the smallest value, 0.0 for -0.0; not-a-number if any is."""
    return math.nan if any(map(math.isnan, values)) else min(values) + 0.0


def dot(*factors: float) -> float:
    """Return w1*x1 + w2*x2 + … + b of the weights, then the inputs, then at most one bias.

    An odd count means that there is a bias. It is added last, as on paper.
    """
    half = len(factors) // 2
    terms = [*map(mul, factors, factors[half : 2 * half]), *factors[2 * half :]]
    return reduce(add, terms) if terms else 0.0


def logsumexp(*values: float) -> float:
    """Return log(exp(x1) + exp(x2) + …), with the exponentials of differences to the largest."""
    largest = maximum(*values)
    if not math.isfinite(largest):
        return largest
    others = list(values)
    others.remove(largest)
    return largest + math.log1p(total(*[exp(x - largest) for x in others]))


def level(*values: float) -> float:
    """Return the largest value, rounded down to a whole number."""
    largest = maximum(*values)
    return float(math.floor(largest)) if math.isfinite(largest) else largest
