"""A text in C with ``double`` as the same text with ``float``, half as large in memory."""

from __future__ import annotations

import re
import struct
from contextlib import suppress

from .notation import MATH, NoCError

# More of math.h that rules may call; each has a twin whose name ends in f.
MORE = {
    "fmod", "floor", "ceil", "round", "trunc", "rint", "nearbyint", "hypot", "exp2", "fmax", "fmin",
    "remainder", "copysign", "frexp", "ldexp", "modf", "fma", "cbrt", "nextafter",
}  # fmt: skip
TOKEN = re.compile(
    r"""(?P<kept>/\*.*?\*/|"(?:\\.|[^"\\])*"|^\#[^\n]*)
    | (?P<number>(?<![\w.])(?:\d+\.\d*(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+))
    | (?P<word>\b[A-Za-z_0-9]\w*)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
WIDE = re.compile(r"DBL_\w+|u?int64_t|u?int32_t|0[xX]\w+")


def narrow(text: str) -> str:
    """Return a text in C with single precision; comments, strings and whole numbers stay.

    >>> narrow("double y = 0.1 * exp(-x) + 2; /* a double */")
    'float y = 0.1f * expf(-x) + 2; /* a double */'

    A number beyond the largest float is a NoCError:

    >>> narrow("x * 1e300")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn...NoCError: 1e+300 is beyond the largest float of single precision
    """
    return TOKEN.sub(narrow_token, text)


def narrow_token(found: re.Match[str]) -> str:
    """Return one word or number in single precision."""
    token = found[0]
    if found["kept"]:
        return token
    if found["number"]:
        return f"{narrow_number(float(token))}f"
    if WIDE.fullmatch(token):
        raise NoCError(f"{token} has no twin in single precision")
    if token == "double":
        return "float"
    is_call = found.string[found.end() :].startswith("(")
    return f"{token}f" if is_call and token in MATH | MORE else token


def narrow_number(x: float) -> str:
    """Return the nearest number of single precision, with as many digits as tell it from others."""
    try:
        (near,) = struct.unpack("<f", struct.pack("<f", x))
    except OverflowError:
        raise NoCError(f"{x!r} is beyond the largest float of single precision") from None
    for digits in range(1, 10):
        text = f"{near:.{digits}g}"
        with suppress(OverflowError):  # of fewer digits that are rounded up, beyond the largest
            if struct.pack("<f", float(text)) == struct.pack("<f", near):
                break
    return repr(float(text))
