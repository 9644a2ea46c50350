"""When an answer is a number: to three digits. ``page/web/nearness.js`` has the same rule.

An answer is right if it is the number once both are rounded to three digits, or if it differs by no
more than half a unit of the third digit. So no other number of three digits is right, which half a
percent of 9.99 would let in; and what is rounded either way from a tie is.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_UP)
MOST_APART = 0.01  # relatively: what is so near isn't a mistake, but rounded too much


def is_near(given: float, right: float) -> bool:
    """Tell whether an answer is a number, but for rounding to three digits.

    >>> is_near(0.42, 0.41997), is_near(9.98, 9.99), is_near(0.33, 1 / 3), is_near(1e-9, 0.0)
    (True, False, False, False)
    """
    if not is_nearly(given, right):  # which takes a tenth of the time
        return given == right
    low, high = find_range(right)
    return low <= given <= high


def find_range(right: float) -> tuple[float, float]:
    """Return the ends of the numbers that are near to one.

    >>> find_range(2.0), find_range(-0.9996), find_range(1.0)
    ((1.995, 2.005), (-1.005, -0.9991), (0.9995, 1.005))

    They are rounded to twelve digits. Near to 0 is 0 alone.
    """
    if not right or not math.isfinite(right):
        return right, right
    exact = abs(Decimal(right))
    rounded = THREE_DIGITS.plus(exact)
    power = Decimal(10) ** exact.adjusted()
    low = max(min(exact, rounded) - power / 200, power - power / 2000)  # whose own unit is smaller
    high = max(exact, rounded) + Decimal(10) ** rounded.adjusted() / 200
    ends = [math.copysign(float(f"{end:.12g}"), right) for end in (low, high)]
    return min(ends), max(ends)


def is_nearly(given: float, right: float) -> bool:
    """Tell whether an answer would be right with another digit."""
    return right != 0 and math.isfinite(given) and abs(given - right) <= MOST_APART * abs(right)
