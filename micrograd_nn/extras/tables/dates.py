"""Dates among a table's cells: how they are written, and what a network is told of one.

A network learns trends from the years that a date is, and seasons and weekends from its month and
its day of the week, as texts in columns of their own; from the date as a text it learns nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from functools import lru_cache

from ..._ground.text import InputError, quote_text

FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
           "%m-%d-%Y", "%Y%m%d")  # fmt: skip
DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}|(19|20)\d{6}")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
DAYS_A_YEAR = 365.2425


@lru_cache(maxsize=100_000)
def read_date(cell: str, style: str) -> date | None:
    """Return the date that a cell spells, with or without a time of day; None if it spells none."""
    day = cell.partition("T")[0].partition(" ")[0]
    try:
        return datetime.strptime(day, style).date() if DATE.fullmatch(day) else None
    except ValueError:
        return None


def count_years(day: date) -> float:
    """Return a date as the years since the year 0: 2026.5 is in the middle of 2026, or nearly."""
    return 1 + (day.toordinal() - 1) / DAYS_A_YEAR


def write_years(years: float) -> str:
    """Return the date that a number of years stands for.

    >>> write_years(count_years(date(2026, 1, 31)))
    '2026-01-31'
    """
    days = 1 + round((min(max(years, 1), 9999) - 1) * DAYS_A_YEAR)
    return date.fromordinal(days).isoformat()


def name_parts(name: str) -> tuple[str, str]:
    """Return what the columns of a date's month and day of the week are called."""
    return f"{name} (month)", f"{name} (weekday)"


def read_parts(cell: str, style: str) -> tuple[str, str]:
    """Return a date's month and day of the week; empty ones of a cell that isn't a date."""
    day = read_date(cell, style)
    return (MONTHS[day.month - 1], DAYS[day.weekday()]) if day else ("", "")


def find_format(counts: Counter[str], where: str) -> str:
    """Return how more than half of these cells, counted, are written as dates; "" if they aren't.

    Whether days or months come first has to be seen:

    >>> find_format(Counter(["3/4/2026", "13/4/2026"]), "column 'day'")
    '%d/%m/%Y'
    >>> find_format(Counter(["3/4/2026"]), "column 'day'")
    Traceback (most recent call last):
    micrograd_nn.InputError: column 'day': whether the day or the month comes first in \
'3/4/2026', no cell tells: write dates as 2026-12-31, or leave the column out with --ignore
    """
    fits = {
        style: sum([n for cell, n in counts.items() if read_date(cell, style)]) for style in FORMATS
    }
    most = max(fits.values())
    if 2 * most <= counts.total():
        return ""
    first, *others = [style for style in FORMATS if fits[style] == most]
    if others:
        cell = next(cell for cell in counts if read_date(cell, first))
        raise InputError(
            f"{where}: whether the day or the month comes first in {quote_text(cell)}, no "
            "cell tells: write dates as 2026-12-31, or leave the column out with --ignore"
        )
    return first
