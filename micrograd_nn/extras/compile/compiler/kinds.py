"""Kinds of arguments: which numbers may change in a program, and what may be part of its form."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from types import BuiltinFunctionType, FunctionType
from typing import Any

# What may be part of a form, of no other class than these: a class of one's own may add to it.
FORMABLE = {float, int, bool, str, bytes, type(None)}
UNCHANGING = (type, FunctionType, BuiltinFunctionType)
NOT_FLOATS = (Fraction, Decimal, complex)  # Python computes otherwise with them
LARGEST = 2.0**44  # of the whole numbers that floats stand for: sums of many are exact


def is_float(x: Any) -> bool:
    """Tell whether this is a float, Python's or NumPy's of the same size, and not another class's.

    >>> from fractions import Fraction
    >>> [is_float(x) for x in (0.5, Fraction(1, 2), 2, True, "2")]
    [True, False, False, False, False]
    """
    return type(x) is float or (isinstance(x, float) and type(x).__module__ == "numpy")


def is_fraction(x: Any) -> bool:
    """Tell whether this is a number of any kind that isn't whole by its kind."""
    return isinstance(x, Real) and not isinstance(x, Integral)


def is_datum(x: Any) -> bool:
    """Tell whether a float can stand for this: a float, or a whole number of Python's own.

    >>> [is_datum(x) for x in (0.5, 7, 2**44 + 1, True)]
    [True, True, False, False]

    Those of NumPy have bounds, and wrap around them.
    """
    return is_float(x) or (type(x) is int and abs(x) <= LARGEST)


def is_exact(x: Any) -> bool:
    """Tell whether a number is a float, or equal to one.

    >>> is_exact(2**53), is_exact(2**53 + 1), is_exact(10**400)
    (True, False, False)
    """
    try:
        return bool(float(x) == x or x != x)
    except OverflowError:
        return False


def is_formable(x: Any) -> bool:
    """Tell whether an argument is a number, a text or the like that can't change by itself."""
    return (
        type(x) in FORMABLE
        or isinstance(x, UNCHANGING)
        or (type(x).__module__ == "numpy" and isinstance(x, (float, Integral)))
    )
