"""The table's forward rules once more, on whole columns of numbers at once.

Each says what the rule of its name in ``forward.py`` says, with the functions of the array API
standard alone: NumPy, PyTorch, JAX and Dask give them as a namespace ``xp``. A choice is a
``where``, which computes both sides; so a side that isn't taken is given a number that harms
neither its value nor its derivative. Where ``forward.py`` has an error, the result isn't finite.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

# W. J. Cody, "Rational Chebyshev approximations for the error function", 1969: the coefficients of
# a numerator and of a denominator, from the highest, for |x| up to 0.46875, up to 4, and beyond.
ERF_NEAR = (
    (0.185777706184603153, 3.16112374387056560, 113.864154151050156, 377.485237685302021,
     3209.37758913846947),
    (1.0, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062),
)  # fmt: skip
ERFC_MIDDLE = (
    (2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295,
     298.635138197400131, 881.952221241769090, 1712.04761263407058, 2051.07837782607147,
     1230.33935479799725),
    (1.0, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019,
     3290.79923573345963, 4362.61909014324716, 3439.36767414372164, 1230.33935480374942),
)  # fmt: skip
ERFC_FAR = (
    (0.0163153871373020978, 0.305326634961232344, 0.360344899949804439, 0.125781726111229246,
     0.0160837851487422766, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 0.527905102951428412, 0.0605183413124413191,
     0.00233520497626869185),
)  # fmt: skip


def lift(xp: Any, *numbers: Any) -> list[Any]:
    """Return numbers among which is at least one array as arrays of its kind."""
    dtype = next(x.dtype for x in numbers if hasattr(x, "dtype"))
    return [x if hasattr(x, "dtype") else xp.asarray(x, dtype=dtype) for x in numbers]


# Arithmetic


def abs(xp: Any, x: Any) -> Any:
    """Return the absolute value; JAX's own has 1 for its derivative at 0."""
    return relu(xp, x) + relu(xp, -x)


def pow_by_x(xp: Any, x: Any, y: Any) -> Any:
    """Return the derivative of x ** y by x."""
    x, y, zero, one, nan = lift(xp, x, y, 0.0, 1.0, math.nan)
    size = x ** (y - 1.0)
    half = xp.where(x > 0, x, one) ** ((y - 1.0) / 2)  # for the product need not be too large
    result = xp.where((x > 0) & ~xp.isfinite(size), y * half * half, y * size)
    result = xp.where((x < 0) & ((xp.abs(y) >= 2.0**53) | (xp.floor(y) < y)), nan, result)
    return xp.where(y == 0, zero, result)


def pow_by_y(xp: Any, x: Any, y: Any) -> Any:
    """Return the derivative of x ** y by y; at x = 0 its limit."""
    x, y, zero, one, nan = lift(xp, x, y, 0.0, 1.0, math.nan)
    base = xp.where(x > 0, x, one)
    log, size, half = xp.log(base), base**y, base ** (y / 2)
    result = xp.where(xp.isfinite(size), log * size, log * half * half)
    result = xp.where((size == 0) & (x == math.inf), zero, result)
    return xp.where(x > 0, result, xp.where((x == 0) & (y > 0), zero, nan))


def hypot(xp: Any, x: Any, y: Any) -> Any:
    """Return the length of the vector (x, y)."""
    return xp.hypot(*lift(xp, x, y))


def atan2(xp: Any, y: Any, x: Any) -> Any:
    """Return the angle in radians of the point (x, y)."""
    return xp.atan2(*lift(xp, y, x))


def semicircle(xp: Any, x: Any) -> Any:
    """Return √(1 - x²), without a loss of digits near x = ±1."""
    return xp.sqrt((1.0 - x) * (1.0 + x))


def exp2(xp: Any, x: Any) -> Any:
    """Return 2 ** x."""
    return 2.0**x


def degrees(xp: Any, x: Any) -> Any:
    """Return an angle in radians as one in degrees."""
    return x * (180.0 / math.pi)


def radians(xp: Any, x: Any) -> Any:
    """Return an angle in degrees as one in radians."""
    return x * (math.pi / 180.0)


def divide_polynomials(x: Any, over_under: Any) -> Any:
    """Return the quotient of two polynomials of x, given by their coefficients."""
    over, under = [reduce(lambda sum, c: sum * x + c, these) for these in over_under]
    return over / under


def split_error(xp: Any, x: Any) -> tuple[Any, Any, Any]:
    """Return whether x is near 0, erf(x) where it is, and erfc(|x|) where it isn't."""
    x, zero, one = lift(xp, x, 0.0, 1.0)
    size = xp.abs(x)
    is_near = size <= 0.46875
    near = xp.where(is_near, x, zero)
    erf_near = near * divide_polynomials(near * near, ERF_NEAR)
    is_far = size > 4.0
    middle = xp.where(is_near | is_far, one, size)
    far = xp.where(is_far & (size < 28.0), size, one * 4.0)
    square = 1.0 / (far * far)
    rest = square * divide_polynomials(square, ERFC_FAR)
    scaled = xp.where(
        is_far, (1.0 / math.sqrt(math.pi) - rest) / far, divide_polynomials(middle, ERFC_MIDDLE)
    )
    # exp would magnify the rounding of x²; a square of few digits is exact.
    size = xp.where(is_near, one, xp.where(size < 28.0, size, one * 28.0))
    short = xp.floor(size * 16.0) / 16.0
    tail = xp.exp(-short * short) * xp.exp((short - size) * (short + size)) * scaled
    return is_near, erf_near, xp.where(xp.isnan(x), x, tail)


def erf(xp: Any, x: Any) -> Any:
    """Return the error function, 2/√π times the integral of exp(-t²) from 0 to x."""
    is_near, near, tail = split_error(xp, x)
    return xp.where(is_near, near, xp.where(x < 0, tail - 1.0, 1.0 - tail))


def erfc(xp: Any, x: Any) -> Any:
    """Return 1 - erf(x), exact for large x."""
    is_near, near, tail = split_error(xp, x)
    return xp.where(is_near, 1.0 - near, xp.where(x < 0, 2.0 - tail, tail))


# Activations


def sigmoid(xp: Any, x: Any) -> Any:
    """Return 1 / (1 + exp(-x)), with the exponential of a negative number only."""
    small = xp.exp(xp.where(x >= 0, -x, x))  # not -abs(x), whose derivative at 0 is 0
    return xp.where(x >= 0, xp.ones_like(small), small) / (1.0 + small)


def relu(xp: Any, x: Any) -> Any:
    """Return x where it is positive, else 0; not-a-number stays not-a-number."""
    return xp.where(x <= 0, xp.zeros_like(x), x)


def softplus(xp: Any, x: Any) -> Any:
    """Return log(1 + exp(x)), the smooth relu."""
    return relu(xp, x) + xp.log1p(xp.exp(xp.where(x <= 0, x, -x)))


def leaky_relu(xp: Any, x: Any, slope: Any) -> Any:
    """Return x where it is positive, else slope * x."""
    x, slope = lift(xp, x, slope)
    return xp.where(x <= 0, slope * x, x)


def elu(xp: Any, x: Any, alpha: Any) -> Any:
    """Return x where it is positive, else alpha * (exp(x) - 1)."""
    x, alpha, zero = lift(xp, x, alpha, 0.0)
    return xp.where(x <= 0, alpha * xp.expm1(xp.where(x <= 0, x, zero)), x)


def gelu(xp: Any, x: Any) -> Any:
    """Return x * Φ(x), Φ the normal distribution function (exactly, not by tanh)."""
    return 0.5 * x * erfc(xp, -x / math.sqrt(2.0))


def silu(xp: Any, x: Any) -> Any:
    """Return x * sigmoid(x), also called swish."""
    return x * sigmoid(xp, x)


# Choices


def step(xp: Any, x: Any) -> Any:
    """Return 1 where x is positive, else 0: the derivative of relu."""
    x, zero, one = lift(xp, x, 0.0, 1.0)
    return xp.where(x > 0, one, xp.where(x <= 0, zero, x))


def sign(xp: Any, x: Any) -> Any:
    """Return 1, 0 or -1: the derivative of abs."""
    x, zero, one = lift(xp, x, 0.0, 1.0)
    return xp.where(x > 0, one, xp.where(x < 0, -one, xp.where(x == 0, zero, x)))


def equal(xp: Any, x: Any, y: Any) -> Any:
    """Return 1 where the numbers are equal, else 0: which input a maximum takes."""
    x, y, zero, one, nan = lift(xp, x, y, 0.0, 1.0, math.nan)
    return xp.where(x == y, one, xp.where((x < y) | (x > y), zero, nan))


def where(xp: Any, condition: Any, x: Any, y: Any) -> Any:
    """Return x where the condition is positive, else y."""
    condition, x, y = lift(xp, condition, x, y)
    return xp.where(condition > 0, x, xp.where(condition <= 0, y, condition))


def place(xp: Any, index: Any, count: float) -> Any:
    """Return the index of one of ``count`` values, not-a-number where there is none."""
    index, nan = lift(xp, index, math.nan)
    return xp.where((index >= 0) & (index < count) & (xp.floor(index) == index), index, nan)


def choose(xp: Any, place: Any, *values: Any) -> Any:
    """Return the value at a place that was checked."""
    place, result, *others = lift(xp, place, *values)
    for i, x in enumerate(others, start=1):
        result = xp.where(place == i, x, result)
    return result


def share(xp: Any, place: Any, i: float, amount: Any) -> Any:
    """Return what the value at ``i`` receives of what arrives at the value that was chosen."""
    place, amount, zero = lift(xp, place, amount, 0.0)
    return xp.where(place == i, amount, zero)


# Of any number of inputs


def total(xp: Any, *values: Any) -> Any:
    """Return the sum of at least one value, from left to right."""
    return reduce(lambda x, y: x + y, values)


def mean(xp: Any, *values: Any) -> Any:
    """Return the sum divided by the count; a sum too large is no reason to fail."""
    columns = lift(xp, *values)
    result = total(xp, *columns) / len(columns)
    shares = [x / len(columns) for x in columns]
    return xp.where(xp.isfinite(result), result, total(xp, *shares))


def maximum(xp: Any, *values: Any) -> Any:
    """Return the largest value, 0.0 for -0.0; not-a-number if any is."""
    return reduce(xp.maximum, lift(xp, *values)) + 0.0


def minimum(xp: Any, *values: Any) -> Any:
    """Return the smallest value, 0.0 for -0.0; not-a-number if any is."""
    return reduce(xp.minimum, lift(xp, *values)) + 0.0


def logsumexp(xp: Any, *values: Any) -> Any:
    """Return log(exp(x1) + exp(x2) + …), with the exponentials of differences to the largest."""
    *columns, zero = lift(xp, *values, 0.0)
    largest = columns[0]
    for x in columns[1:]:
        largest = xp.where(x > largest, x, largest)
    rest, is_found = zero, largest > math.inf
    for x in columns:  # all but the largest, whose 1 log1p adds
        is_this = (x == largest) & ~is_found
        is_found = is_found | is_this
        rest = rest + xp.where(is_this, zero, xp.exp(x - largest))
    return xp.where(xp.isfinite(largest), largest + xp.log1p(rest), maximum(xp, *columns))


def level(xp: Any, *values: Any) -> Any:
    """Return the largest value, rounded down to a whole number."""
    return xp.floor(maximum(xp, *values))


# What a program is given


def take_numbers(xp: Any, numbers: Any, count: int) -> list[Any]:
    """Return ``count`` numbers as arrays without dimensions."""
    if len(numbers) != count:
        raise ValueError(f"parameters: {len(numbers)}, and this program takes {count}")
    return [take_array(xp, x, 0, "a parameter is one number") for x in numbers]


def take_columns(xp: Any, columns: Any, count: int) -> list[Any]:
    """Return ``count`` columns of one length as arrays of one dimension."""
    if getattr(columns, "ndim", 1) != 1 or hasattr(columns, "keys"):
        raise ValueError(
            "columns is a list, a column for each input: of an array X it is list(X.T), of a "
            "DataFrame or a dictionary [df[name] for name in names]"
        )
    if len(columns) != count:
        raise ValueError(f"columns of inputs: {len(columns)}, and this program takes {count}")
    told = "a column has one dimension, a number for each row"
    taken = [take_array(xp, x, 1, told) for x in columns]
    if any(x.shape != taken[0].shape for x in taken):
        raise ValueError(f"columns have one length, not {', '.join(str(x.shape) for x in taken)}")
    return taken


def take_array(xp: Any, x: Any, dimensions: int, told: str) -> Any:
    """Return an array of 64 bits a number, of ``dimensions``; never one with an index."""
    if hasattr(x, "to_numpy"):  # a column of a DataFrame, which would be matched by its index
        x = x.to_numpy()
    if hasattr(x, "mask") or "complex" in str(getattr(x, "dtype", "")):
        raise TypeError(f"{told}: a real one, and none masked: fill it in, or leave its row out")
    if getattr(x, "dtype", None) != xp.float64:
        x = xp.asarray(x, dtype=xp.float64)
        if x.dtype != xp.float64:
            raise TypeError(
                f"there are numbers of {x.dtype} only, and a program needs float64: in JAX, "
                'jax.config.update("jax_enable_x64", True) comes first'
            )
    if x.ndim != dimensions:
        raise ValueError(f"{told}, not an array of the shape {tuple(x.shape)}")
    return x
