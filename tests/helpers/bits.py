"""Floats as they are: what tests compare where 0.0 isn't -0.0, and one not-a-number is another."""

import math
from struct import pack


def pack_numbers(numbers):
    """Return the eight bytes of each float; every not-a-number has the same."""
    assert all(type(x) is float for x in numbers)
    return [pack("d", math.nan if math.isnan(x) else x) for x in numbers]
