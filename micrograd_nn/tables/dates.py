"""Columns of dates, which become three: the month, the day of the week, and the years since.

A network learns seasons, weekends and trends from these; from a date as a text it learns nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from .._ground.text import InputError, quote_text
from .columns import is_storable_text, refuse_unless, take_field
from .spelling import stands_for_none
from .table import Table, list_quoted

DIGITS = "%Y%m%d"
FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
           "%m-%d-%Y", DIGITS)  # fmt: skip
DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}|(19|20)\d{6}")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
DAYS = "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
DAYS_A_YEAR = 365.25
PARTS = {"Y": "year", "m": "month", "d": "day"}


class DateParts(NamedTuple):
    """What a date tells, as cells of three columns."""

    month: str
    weekday: str
    years: str


NO_DATE = DateParts("", "", "")


@dataclass(frozen=True)
class DateColumn:
    """A column of dates, how they are written, and the first of those trained on.

    >>> column = DateColumn("day", "%Y-%m-%d", first="2025-01-01")
    >>> column.read("2026-01-01T09:30")
    DateParts(month='January', weekday='Thursday', years='0.999')
    >>> column.names
    ('day (month)', 'day (weekday)', 'day (years)')

    >>> column.read("2026-02-30")
    Traceback (most recent call last):
    micrograd_nn.InputError: '2026-02-30' is no date as the column's cells are (year month day)
    """

    name: str
    format: str
    first: str  # as ISO 8601 writes it

    @classmethod
    def learn(cls, table: Table, name: str, style: str) -> DateColumn:
        """Learn which of a column's dates is the first."""
        days = [*filter(None, [read_date(cell, style) for cell in {*table.column(name)}])]
        if not days:
            where = f"{table.source}, column {quote_text(name)}"
            raise InputError(f"{where}: every training row's cell is empty: --ignore {name!r}")
        return cls(name, style, min(days).isoformat())

    @property
    def names(self) -> tuple[str, str, str]:
        """What the three columns are called."""
        month, weekday, years = [f"{self.name} ({part})" for part in DateParts._fields]
        return month, weekday, years

    def read(self, cell: str) -> DateParts:
        """Return what a cell tells; of an empty one, nothing."""
        if stands_for_none(cell):
            return NO_DATE
        day, first = read_date(cell, self.format), date.fromisoformat(self.first)
        if day is None:
            order = " ".join([PARTS[letter] for letter in self.format if letter in PARTS])
            told = f"{quote_text(cell)} is no date as the column's cells are ({order})"
            raise InputError(told)
        years = (day - first).days / DAYS_A_YEAR
        return DateParts(MONTHS[day.month - 1], DAYS[day.weekday()], f"{years:.3f}")


@lru_cache(maxsize=100_000)
def read_date(cell: str, style: str) -> date | None:
    """Return the date that a cell spells, with or without a time of day; None if it spells none."""
    day = cell.partition("T")[0].partition(" ")[0]
    try:
        return datetime.strptime(day, style).date() if DATE.fullmatch(day) else None
    except ValueError:
        return None


def find_format(counts: Counter[str], where: str) -> str | None:
    """Return how more than half of these cells, counted, are written as dates; None if they aren't.

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
        return None
    first, *others = [style for style in FORMATS if fits[style] == most]
    if others:
        cell = next(cell for cell in counts if read_date(cell, first))
        remedy = "write dates as 2026-12-31, or leave the column out with --ignore"
        told = f"whether the day or the month comes first in {quote_text(cell)}, no cell tells"
        raise InputError(f"{where}: {told}: {remedy}")
    return first


def expand_dates(table: Table, columns: Sequence[DateColumn]) -> Table:
    """Return a table with the columns of dates replaced by three each."""
    if not columns:
        return table
    table.require([column.name for column in columns], "columns trained on")
    names, cells = [*table.columns], [*table.cells]
    for column in columns:
        place = names.index(column.name)
        parts = table.convert(column.name, column.read)
        names[place : place + 1] = column.names
        cells[place : place + 1] = [*zip(*parts, strict=True)]
    return replace(table, columns=tuple(names), rows=tuple(zip(*cells, strict=True)))


def restore_date(data: Any, where: str) -> DateColumn:
    """Return a column of dates that a model file describes, trusting none of it."""
    name, style, first = [take_field(data, key, where) for key in ("name", "format", "first")]
    refuse_unless(is_storable_text(name), where, "needs a text as the 'name' of dates")
    refuse_unless(style in FORMATS, where, f"needs one of {list_quoted(FORMATS)} as a 'format'")
    good = isinstance(first, str) and len(first) == 10 and read_date(first, FORMATS[0])
    refuse_unless(good, where, "needs a date as the 'first' of dates")
    return DateColumn(name, style, first)
