"""A number as it stands in the address of a page: as ``web/address.js`` spells it."""

from __future__ import annotations

import re
from decimal import Decimal
from math import copysign, isfinite, isnan


def spell_number(number: float) -> str:
    """Return a number as JavaScript spells it, in the fewest digits that mean no other.

    >>> spell_number(2.0), spell_number(1e-7), spell_number(1e20), spell_number(-0.0)
    ('2', '1e-7', '100000000000000000000', '-0')
    >>> spell_number(float("-inf")), spell_number(float("nan"))
    ('-inf', 'nan')
    """
    if not isfinite(number):
        return "nan" if isnan(number) else f"{'-' * (number < 0)}inf"
    if number == 0:
        return "-0" if copysign(1.0, number) < 0 else "0"
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(repr(number)), "f").removesuffix(".0")
    return re.sub(r"e([+-])0*", r"e\1", repr(number))
