"""What a network learns of a table's columns, numeric and text, so that any cell becomes numbers.

What is learned is learned from the rows that are trained on: a mean and a scale, or categories, and
what stands for a cell that is empty, or for a text that none of them has.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING as REQUIRED
from dataclasses import dataclass, fields
from datetime import date
from itertools import chain, repeat
from statistics import median
from typing import Any, NamedTuple

from ..._ground.text import InputError, quote_text
from .dates import FORMATS, write_years
from .spelling import BEFORE, UNITS, read_number, simplify, stands_for_none
from .table import Table, list_quoted

EMPTY = "(empty)"  # the category of cells that are, where rows that were trained on had some
NO_TEXT = re.compile("[\0\ud800-\udfff]")


class Oddity(NamedTuple):
    """What is unlike the rows that were trained on, and how far outside their range a number is."""

    told: str
    beyond: float = 0.0  # in widths of that range
    column: str = ""  # of a text that was read as another one

    @property
    def is_far(self) -> bool:
        """Whether no answer to it can be trusted: it's further outside than the range is wide."""
        return self.beyond > 1


@dataclass(frozen=True)
class NumericColumn:
    """A column of numbers, standardised: ``(x - mean) / scale``; of money, say, with a unit.

    >>> column = NumericColumn("weight", mean=100.0, scale=20.0, middle=98.0, low=50.0, high=150.0)
    >>> column.encode("120"), column.fill("NA")
    ([1.0], [-0.1])
    >>> column.find_oddity("151").told, column.find_oddity("").told
    ('weight is above 150', 'weight is empty')
    >>> NumericColumn("share", mean=50.0, scale=10.0, unit="%").encode("70 %")
    [2.0]

    Dates are numbers of years, whose unit is how they are written:

    >>> day = NumericColumn("day", mean=2026.0, scale=1.0, unit="%Y-%m-%d", low=2025.0, high=2027.0)
    >>> round(*day.encode("2027-07-02"), 2), day.find_oddity("2027-07-02").told
    (1.5, 'day is after 2027-01-01')

    What overflows is an error, not an infinity:

    >>> NumericColumn("weight", mean=100.0, scale=1e-9).encode("1e300")
    Traceback (most recent call last):
    micrograd_nn.InputError: '1e300' is too far from the mean 100.0 in steps of 1e-09
    """

    name: str
    mean: float
    scale: float
    unit: str = ""  # what stands behind every number, or before it; or how dates are written
    middle: float | None = None  # the median, for a cell that is empty
    low: float | None = None  # the range that training has seen
    high: float | None = None

    width = 1  # a cell becomes one number

    @classmethod
    def learn(cls, table: Table, name: str, unit: str = "") -> NumericColumn:
        """Learn from a column's cells, all of them numbers written in this way, or empty."""
        where = f"{table.source}, column {quote_text(name)}"
        read = cls(name, 0.0, 1.0, unit).read_or_none
        (known,) = table.convert_columns({name: read})
        said = count_numbers(table.count(name), known)
        if not said:
            raise InputError(f"{where}: every training row's cell is empty: --ignore {name!r}")
        mean, scale = standardise(said, where)
        middle = median([*spread(sorted(said.items()))])
        return cls(name, mean, scale, unit, middle, min(said), max(said))

    @property
    def is_date(self) -> bool:
        """Whether the numbers are the years that dates are."""
        return self.unit in FORMATS

    def read(self, cell: str) -> float:
        """Return the finite number that a cell spells as this column's do, or refuse it."""
        number = read_number(require_text(cell), self.unit)
        if number is None or not math.isfinite(number):
            what = "finite number" + f" with a {self.unit} sign" * bool(self.unit)
            if self.is_date:
                what = f"date such as {date(2026, 12, 31).strftime(self.unit)}"
            is_word = len(cell) < 20 and not any(map(str.isdigit, cell))
            hint = hint_at_missing(cell, is_word)
            if "," in cell and read_number(re.sub("[.,]", "", cell), self.unit) is not None:
                hint = " (--decimal says what its marks are)"
            raise InputError(f"{quote_text(cell)} is not a {what}, as the column's cells are{hint}")
        return number

    def read_or_none(self, cell: str) -> float | None:
        """Return the same; None of a cell that is empty, or says so."""
        return None if stands_for_none(cell) else self.read(cell)

    def encode(self, cell: str) -> list[float]:
        """Return the one number that the cell becomes: how many scales it is above the mean."""
        return [self.encode_number(self.read(cell), cell)]

    def fill(self, cell: str) -> list[float]:
        """Return the same; of an empty cell, what the median becomes."""
        if not stands_for_none(cell):
            return self.encode(cell)
        return [self.encode_number(self.mean if self.middle is None else self.middle)]

    def encode_number(self, number: float, cell: str = "") -> float:
        """Return how many scales a number is above the mean; an error shows its cell."""
        scaled = (number - self.mean) / self.scale
        if not math.isfinite(scaled):
            raise InputError(
                f"{quote_text(cell or number)} is too far from the mean {self.mean!r} in "
                f"steps of {self.scale!r}"
            )
        return scaled

    def find_oddity(self, cell: str) -> Oddity | None:
        """Return what is odd about a cell: it is empty, or outside what training has seen."""
        number = self.read_or_none(cell)
        if number is None:
            return Oddity(f"{self.name} is empty")
        if self.low is None or self.high is None or self.low <= number <= self.high:
            return None
        is_low, width = number < self.low, self.high - self.low
        end = self.low if is_low else self.high
        beyond = abs(number - end) / width if width else math.inf
        below, above = ("before", "after") if self.is_date else ("below", "above")
        side = below if is_low else above
        return Oddity(f"{self.name} is {'far ' * (beyond > 1)}{side} {self.write(end)}", beyond)

    def write(self, number: float) -> str:
        """Return a number as a cell of this column."""
        if self.is_date:
            return write_years(number)
        before, after = (self.unit, "") if self.unit in BEFORE else ("", self.unit)
        size = abs(number)
        digits = max(6, len(f"{size:.0f}") + 2) if size < 1e17 else 6  # to the hundredths, if large
        return "-" * (number < 0) + f"{before}{size:.{digits}g}{after}"


@dataclass(frozen=True)
class TextColumn:
    """A column of texts, one-hot: 1.0 at the place of the cell's text among the categories.

    >>> column = TextColumn("fruit", ("apple", "pear"), shares=(0.75, 0.25))
    >>> column.encode("pear"), column.fill("plum")
    ([0.0, 1.0], [0.75, 0.25])

    A text that training never saw has no place; to fill it in is to take the average of all,
    unless it differs from one alone, in capitals or in the ``.0`` of a whole number:

    >>> column.fill("Pear"), column.find_oddity("Pear").told
    ([0.0, 1.0], "fruit has 'Pear', read as 'pear'")

    >>> column.encode("plum")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'plum' was never seen in training, only 'apple', 'pear'
    """

    name: str
    categories: tuple[str, ...]
    shares: tuple[float, ...] = ()  # of each in the rows that were trained on

    @classmethod
    def learn(cls, name: str, cells: Sequence[str]) -> TextColumn:
        """Learn which categories there are among a column's cells, in sorted order."""
        counts = Counter([cell or EMPTY for cell in cells])
        categories = tuple(sorted(counts))
        return cls(name, categories, tuple([counts[x] / counts.total() for x in categories]))

    @property
    def width(self) -> int:
        """How many numbers a cell becomes: one for each category."""
        return len(self.categories)

    def find_category(self, cell: str) -> int:
        """Return the place of the cell's text among the categories, from 0."""
        if require_text(cell) not in self.categories:
            raise InputError(
                f"{quote_text(cell)} was never seen in training, only "
                f"{list_quoted(self.categories)}{hint_at_missing(cell)}"
            )
        return self.categories.index(cell)

    def recognise(self, cell: str) -> str:
        """Return the one category that a cell is in other capitals, say; or else the cell."""
        if cell in self.categories:
            return cell
        alike = [x for x in self.categories if simplify(x) == simplify(cell)]
        return alike[0] if len(alike) == 1 else cell

    def encode(self, cell: str) -> list[float]:
        """Return the numbers that the cell becomes, one for each category."""
        place = self.find_category(cell)
        return [1.0 if i == place else 0.0 for i in range(self.width)]

    def fill(self, cell: str) -> list[float]:
        """Return the same; of a text that training never saw, the average of those that it did."""
        if (text := self.recognise(cell or EMPTY)) in self.categories:
            return self.encode(text)
        return [*(self.shares or [1 / self.width] * self.width)]

    def find_oddity(self, cell: str) -> Oddity | None:
        """Return what is odd about a cell: training never saw its text, or an empty one."""
        if (cell or EMPTY) in self.categories:
            return None
        if (known := self.recognise(cell)) != cell:
            return Oddity(
                f"{self.name} has {quote_text(cell)}, read as {quote_text(known)}", column=self.name
            )
        new = f"has a new text, {quote_text(cell)}" if cell else "is empty"
        return Oddity(f"{self.name} {new}")


TableColumn = NumericColumn | TextColumn


def count_numbers(cells: Mapping[str, int], known: Mapping[str, float | None]) -> Counter[float]:
    """Return how often each number stands in a column, given its cells and what they spell.

    >>> count_numbers({"3": 2, "3.0": 1, "": 5}, {"3": 3.0, "3.0": 3.0, "": None})
    Counter({3.0: 3})
    """
    counts = Counter[float]()
    for cell, number in known.items():
        if number is not None:
            counts[number] += cells[cell]
    return counts


def standardise(counts: Counter[float], where: str) -> tuple[float, float]:
    """Return the mean of numbers and their standard deviation, or what makes the best of it."""
    low, high, count = min(counts), max(counts), counts.total()
    if low == high:  # not left to the rounded mean, from which all might deviate
        return low, 1.0
    if math.isinf(2 * count * max(-low, high)):  # as sums or differences of them might be
        raise InputError(
            f"{where}: numbers from {low!r} to {high!r} are too large: write them in a larger unit"
        )
    mean = math.fsum(counts.elements()) / count
    deviations = spread([(number - mean, n) for number, n in counts.items()])
    scale = math.hypot(*deviations) / math.sqrt(count)
    return mean, scale or 1.0  # 0.0 where the tiniest floats underflow


def spread(counts: Iterable[tuple[float, int]]) -> Iterator[float]:
    """Yield each number as often as it counts."""
    return chain.from_iterable([repeat(number, count) for number, count in counts])


def hint_at_missing(cell: str, is_likely: bool = False) -> str:
    """Return what to do if a cell stands for a missing one, where it looks like that."""
    hint = f" (if it stands for a missing one: --missing {quote_text(cell)})"
    return hint * (is_likely or stands_for_none(cell))


def require_text(cell: str) -> str:
    """Return the cell, or refuse it for being empty."""
    if not cell:
        raise InputError("the cell is empty (--skip-empty leaves out such rows)")
    return cell


def is_storable_text(value: Any) -> bool:
    """Tell whether a file can hold this text: no NUL and no half of a surrogate pair."""
    return isinstance(value, str) and value != "" and not NO_TEXT.search(value)


def is_storable_number(value: Any) -> bool:
    """Tell whether this is a finite number; a file may hold larger whole ones than floats."""
    largest = sys.float_info.max
    return type(value) in (int, float) and bool(-largest <= value <= largest)


def is_list_of(is_good: Callable[[Any], bool], value: Any) -> bool:
    """Tell whether this is a list of such values."""
    return isinstance(value, (list, tuple)) and all(map(is_good, value))


CHECKS: dict[str, Callable[[Any], object]] = {  # of the parts of a column in a model file
    "name": is_storable_text,
    "mean": is_storable_number,
    "scale": lambda x: is_storable_number(x) and x > 0,
    "unit": (*UNITS, *FORMATS).__contains__,
    **dict.fromkeys(("middle", "low", "high"), lambda x: x is None or is_storable_number(x)),
    "categories": lambda x: is_list_of(is_storable_text, x) and 0 < len(x) == len({*x}),
    "shares": lambda x: is_list_of(is_storable_number, x),
}


def restore_column(data: Any, where: str) -> TableColumn:
    """Return a column that a model file describes, trusting none of it; some parts it may lack."""
    refuse_unless(isinstance(data, dict), where, "isn't a column")
    kind: type[TableColumn] = TextColumn if "categories" in data else NumericColumn
    given = {}
    for field in fields(kind):
        name = field.name
        refuse_unless(name in data or field.default is not REQUIRED, where, f"lacks {name!r}")
        if name in data:
            refuse_unless(
                CHECKS[name](data[name]),
                where,
                f"can't have {quote_text(data[name])} as its {name!r}",
            )
            given[name] = convert_json(data[name])
    column = kind(**given)
    refuse_unless(
        isinstance(column, NumericColumn) or len(column.shares) in (0, column.width),
        where,
        "has not as many 'shares' as 'categories'",
    )
    return column


def convert_json(value: Any) -> Any:
    """Return a part of a file as a column has it: floats, and tuples of them."""
    if isinstance(value, (list, tuple)):
        return (*map(convert_json, value),)
    return float(value) if type(value) is int else value


def refuse_unless(good: object, where: str, complaint: str) -> None:
    """Refuse a model file that is damaged in one place."""
    if not good:
        raise InputError(f"{where} {complaint}: train and save the model again")
