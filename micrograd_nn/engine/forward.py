"""The forward rules that Python's ``math`` lacks, each in a form that does not overflow.

Plain functions of floats, used by the table of operations. A saved program (one that runs
without this package) carries their source with it, so each stands on ``math`` alone.
"""

import math
from functools import reduce
from math import exp
from operator import add, mul


def power(x: float, y: float) -> float:
    """Return x ** y where it is real: Python would give a complex number for (-8) ** (1/3).

    >>> power(-2.0, 3.0)
    -8.0
    """
    result: float = x**y
    if isinstance(result, complex):
        raise ValueError("a negative number to a fractional power")
    return result


def pow_by_x(x: float, y: float) -> float:
    """Return y x ** (y - 1), the derivative of x ** y by x: 0 where y = 0, even at x = 0.

    >>> pow_by_x(3.0, 2.0), pow_by_x(0.0, 0.0)
    (6.0, 0.0)
    """
    if y == 0:
        return 0.0
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

    There is none at a negative x, nor where the limit is infinite:

    >>> pow_by_y(1.0, 5.0), pow_by_y(0.0, 1.5), pow_by_y(-3.0, 2.0)
    (0.0, 0.0, nan)
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


def floor_quotient(x: float, y: float) -> float:
    """Return x // y: the quotient rounded down to a whole number.

    >>> floor_quotient(-7.0, 2.0)
    -4.0
    """
    return x // y


def hypot(x: float, y: float) -> float:
    """Return the length of the vector (x, y); one beyond all floats is an OverflowError.

    >>> hypot(3e300, 4e300)
    5e+300
    """
    length = math.hypot(x, y)
    if math.isinf(length) and math.isfinite(x) and math.isfinite(y):
        raise OverflowError("the length is beyond the largest float")
    return length


def semicircle(x: float) -> float:
    """Return √(1 - x²), without a loss of digits near x = ±1.

    >>> semicircle(0.6)
    0.8
    """
    return math.sqrt((1.0 - x) * (1.0 + x))


def exp2(x: float) -> float:
    """Return 2 ** x, as Python's own power gives it.

    >>> exp2(10.0)
    1024.0
    """
    result: float = 2.0**x
    return result


def where(condition: float, x: float, y: float) -> float:
    """Return x where the condition is positive, else y.

    >>> where(1.0, 2.0, 3.0), where(0.0, 2.0, 3.0)
    (2.0, 3.0)
    """
    return x if condition > 0 else y if condition <= 0 else condition


def place(index: float, count: float) -> int:
    """Return the index of one of so many values as a whole number from 0; any other is an error.

    >>> place(2.0, 3.0)
    2
    """
    if 0 <= index < count and index == int(index):
        return int(index)
    raise ValueError(f"there is no value {index!r} among {count:.0f}")


def choose(index: float, *values: float) -> float:
    """Return the value at an index.

    >>> choose(1.0, 10.0, 20.0, 30.0)
    20.0
    """
    return values[place(index, len(values))]


def sigmoid(x: float) -> float:
    """Return 1 / (1 + exp(-x)), with the exponential of a negative number only.

    >>> sigmoid(0.0), sigmoid(-1000.0)
    (0.5, 0.0)
    """
    if x >= 0:
        return 1.0 / (1.0 + exp(-x))
    small = exp(x)
    return small / (1.0 + small)


def softplus(x: float) -> float:
    """Return log(1 + exp(x)), the smooth relu.

    >>> softplus(1000.0), softplus(-1000.0)
    (1000.0, 0.0)
    """
    return relu(x) + math.log1p(exp(-abs(x)))


def relu(x: float) -> float:
    """Return x where it is positive, else 0; not-a-number stays not-a-number.

    >>> relu(-2.0), relu(math.nan)
    (0.0, nan)
    """
    return 0.0 if x <= 0 else x


def leaky_relu(x: float, slope: float) -> float:
    """Return x where it is positive, else slope * x.

    >>> leaky_relu(-2.0, 0.01)
    -0.02
    """
    return slope * x if x <= 0 else x


def elu(x: float, alpha: float) -> float:
    """Return x where it is positive, else alpha * (exp(x) - 1).

    >>> elu(-1000.0, 1.0)
    -1.0
    """
    return alpha * math.expm1(x) if x <= 0 else x


def gelu(x: float) -> float:
    """Return x * Φ(x), Φ the normal distribution function (exactly, not by tanh).

    >>> gelu(-40.0)
    -0.0
    """
    return 0.5 * x * math.erfc(-x / math.sqrt(2.0))


def silu(x: float) -> float:
    """Return x * sigmoid(x), also called swish.

    >>> silu(-1000.0)
    -0.0
    """
    return x * sigmoid(x)


def step(x: float) -> float:
    """Return 1 where x is positive, else 0: the derivative of relu.

    >>> step(0.0), step(math.nan)
    (0.0, nan)
    """
    return x if math.isnan(x) else float(x > 0)


def sign(x: float) -> float:
    """Return 1, 0 or -1: the derivative of abs.

    >>> sign(-0.5), sign(0.0)
    (-1.0, 0.0)
    """
    return x if math.isnan(x) else float((x > 0) - (x < 0))


def equal(x: float, y: float) -> float:
    """Return 1 where the numbers are equal, else 0: which input a maximum takes.

    >>> equal(2.0, 2.0), equal(math.nan, 2.0)
    (1.0, nan)
    """
    return math.nan if math.isnan(x) or math.isnan(y) else float(x == y)


def total(*values: float) -> float:
    """Return the sum from left to right, each addition rounded (unlike sum() from Python 3.12).

    >>> total(1e16, 1.0, 1.0)
    1e+16
    """
    return reduce(add, values) if values else 0.0


def mean(*values: float) -> float:
    """Return the sum divided by the count; a sum too large is no reason to fail.

    >>> mean(1.0, 2.0, 6.0), mean(1.7e308, 1.7e308)
    (3.0, 1.7e+308)
    """
    result = total(*values) / len(values)
    if math.isfinite(result):
        return result
    return total(*[x / len(values) for x in values])


def product(*values: float) -> float:
    """Return the product from left to right.

    >>> product(2.0, 3.0), product()
    (6.0, 1.0)
    """
    return reduce(mul, values, 1.0)


def maximum(*values: float) -> float:
    """Return the largest value; not-a-number if any is.

    >>> maximum(1.0, math.nan, 2.0)
    nan
    """
    return math.nan if any(map(math.isnan, values)) else max(values)


def minimum(*values: float) -> float:
    """Return the smallest value; not-a-number if any is.

    >>> minimum(3.0, 1.0, 2.0)
    1.0
    """
    return math.nan if any(map(math.isnan, values)) else min(values)


def dot(*factors: float) -> float:
    """Return w1*x1 + w2*x2 + … + b of the weights, then the inputs, then at most one bias.

    An odd count means that there is a bias. It is added last, as on paper.

    >>> dot(2.0, 3.0, 10.0, 100.0, 1.0)
    321.0
    """
    half = len(factors) // 2
    terms = [*map(mul, factors, factors[half : 2 * half]), *factors[2 * half :]]
    return reduce(add, terms) if terms else 0.0


def logsumexp(*values: float) -> float:
    """Return log(exp(x1) + exp(x2) + …), with the exponentials of differences to the largest.

    >>> logsumexp(1000.0, 0.0)
    1000.0
    """
    largest = maximum(*values)
    if not math.isfinite(largest):
        return largest
    others = list(values)
    others.remove(largest)
    return largest + math.log1p(total(*[exp(x - largest) for x in others]))


def level(*values: float) -> float:
    """Return the largest value, rounded down to a whole number.

    >>> level(0.5, 1000.5)
    1000.0
    """
    largest = maximum(*values)
    return float(math.floor(largest)) if math.isfinite(largest) else largest
