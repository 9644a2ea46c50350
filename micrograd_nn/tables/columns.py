"""What a network learns of a table's columns, numeric and text, so that any cell becomes numbers.

What is learned is learned from the rows that are trained on: a mean and a scale, or categories, and
what stands for a cell that is empty, or for a text that none of them has.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, NamedTuple

from .._ground.text import InputError, quote_text
from .spelling import (
    BEFORE,
    BY_POINTS,
    GROUPED,
    MISSING,
    UNITS,
    read_number,
    stands_for_none,
    take_unit,
)
from .table import Table, list_quoted

EMPTY = "(empty)"  # the category of cells that are, where rows that were trained on had some
NO_TEXT = re.compile("[\0\ud800-\udfff]")


class Oddity(NamedTuple):
    """What is unlike the rows that were trained on, and how far outside their range a number is."""

    told: str
    beyond: float = 0.0  # in widths of that range

    @property
    def is_far(self) -> bool:
        """Whether no answer to it can be trusted: it's further outside than the range is wide."""
        return self.beyond > 1


@dataclass(frozen=True)
class NumericColumn:
    """A column of numbers, standardised: ``(x - mean) / scale``; of percentages, with a unit.

    >>> column = NumericColumn("weight", mean=100.0, scale=20.0, middle=98.0, low=50.0, high=150.0)
    >>> column.encode("120"), column.fill("NA")
    ([1.0], [-0.1])
    >>> column.find_oddity("151").told, column.find_oddity("")
    ('weight is above 150', Oddity(told='weight is empty', beyond=0.0))
    >>> NumericColumn("share", mean=50.0, scale=10.0, unit="%").encode("70 %")
    [2.0]

    What overflows is an error, not an infinity:

    >>> NumericColumn("weight", mean=100.0, scale=1e-9).encode("1e300")
    Traceback (most recent call last):
    micrograd_nn.InputError: '1e300' is too far from the mean 100.0 in steps of 1e-09
    """

    name: str
    mean: float
    scale: float
    unit: str = ""  # what stands behind every number, or before it
    grouped: bool = False  # its thousands by commas
    middle: float | None = None  # the median, for a cell that is empty
    low: float | None = None  # the range that training has seen
    high: float | None = None

    width = 1  # a cell becomes one number

    @classmethod
    def learn(cls, table: Table, name: str, unit: str = "", grouped: bool = False) -> NumericColumn:
        """Learn from a column's cells, all of them numbers written in this way, or empty."""
        where = f"{table.source}, column {quote_text(name)}"
        read = partial(read_or_none, unit=unit, grouped=grouped)
        said = [number for number in table.convert(name, read) if number is not None]
        if not said:
            raise InputError(f"{where}: every training row's cell is empty: --ignore {name!r}")
        mean, scale = standardise(said, where)
        return cls(name, mean, scale, unit, grouped, median(said), min(said), max(said))

    def encode(self, cell: str) -> list[float]:
        """Return the one number that the cell becomes: how many scales it is above the mean."""
        return [self.encode_number(read_finite(cell, self.unit, self.grouped), cell)]

    def fill(self, cell: str) -> list[float]:
        """Return the same; of an empty cell, what the median becomes."""
        if not stands_for_none(cell):
            return self.encode(cell)
        return [self.encode_number(self.mean if self.middle is None else self.middle)]

    def encode_number(self, number: float, cell: str = "") -> float:
        """Return how many scales a number is above the mean; an error shows its cell."""
        scaled = (number - self.mean) / self.scale
        if not math.isfinite(scaled):
            steps = f"the mean {self.mean!r} in steps of {self.scale!r}"
            shown = quote_text(cell) if cell else repr(number)
            raise InputError(f"{shown} is too far from {steps}")
        return scaled

    def find_oddity(self, cell: str) -> Oddity | None:
        """Return what is odd about a cell: it is empty, or outside what training has seen."""
        if stands_for_none(cell):
            return Oddity(f"{self.name} is empty")
        if self.low is None or self.high is None:  # as in older files
            return None
        number = read_finite(cell, self.unit, self.grouped)
        outside, width = max(self.low - number, number - self.high), self.high - self.low
        if outside <= 0:
            return None
        beyond = outside / width if width else math.inf
        side, end = ("below", self.low) if number < self.low else ("above", self.high)
        told = f"{self.name} is {'far ' * (beyond > 1)}{side} {self.write(end)}"
        plain = take_unit(cell)[0]
        if BY_POINTS.fullmatch(plain) and self.low <= float(plain.replace(".", "")) <= self.high:
            return Oddity(f"{told}, unless its point is for thousands (--decimal ,)", math.inf)
        return Oddity(told, beyond)

    def write(self, number: float) -> str:
        """Return a number as a cell of this column."""
        before, after = (self.unit, "") if self.unit in BEFORE else ("", self.unit)
        size = abs(number)
        digits = max(6, len(f"{size:.0f}") + 2) if size < 1e15 else 6  # to the hundredths, if large
        return "-" * (number < 0) + f"{before}{size:.{digits}g}{after}"


@dataclass(frozen=True)
class TextColumn:
    """A column of texts, one-hot: 1.0 at the place of the cell's text among the categories.

    >>> column = TextColumn("fruit", ("apple", "pear"), shares=(0.75, 0.25))
    >>> column.encode("pear"), column.fill("plum")
    ([0.0, 1.0], [0.75, 0.25])

    A text that training never saw has no place; to fill it in is to take the average of all:

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
            seen = list_quoted(self.categories)
            told = f"{quote_text(cell)} was never seen in training, only {seen}"
            raise InputError(told + hint_at_missing(cell))
        return self.categories.index(cell)

    def encode(self, cell: str) -> list[float]:
        """Return the numbers that the cell becomes, one for each category."""
        place = self.find_category(cell)
        return [1.0 if i == place else 0.0 for i in range(self.width)]

    def fill(self, cell: str) -> list[float]:
        """Return the same; of a text that training never saw, the average of those that it did."""
        if (cell or EMPTY) in self.categories:
            return self.encode(cell or EMPTY)
        return [*(self.shares or [1 / self.width] * self.width)]

    def find_oddity(self, cell: str) -> Oddity | None:
        """Return what is odd about a cell: training never saw its text, or an empty one."""
        if (cell or EMPTY) in self.categories:
            return None
        new = f"has a new text, {quote_text(cell)}" if cell else "is empty"
        return Oddity(f"{self.name} {new}")


TableColumn = NumericColumn | TextColumn


def standardise(numbers: Sequence[float], where: str) -> tuple[float, float]:
    """Return the mean of numbers and their standard deviation, or what makes the best of it."""
    low, high, count = min(numbers), max(numbers), len(numbers)
    if low == high:  # not left to the rounded mean, from which all might deviate
        return low, 1.0
    if math.isinf(2 * count * max(-low, high)):  # as sums or differences of them might be
        what = f"numbers from {low!r} to {high!r} are too large"
        raise InputError(f"{where}: {what}: write them in a larger unit")
    mean = math.fsum(numbers) / count
    scale = math.hypot(*[number - mean for number in numbers]) / math.sqrt(count)
    return mean, scale or 1.0  # 0.0 where the tiniest floats underflow


def read_finite(cell: str, unit: str = "", grouped: bool = False) -> float:
    """Return the finite number that a cell spells, or refuse it."""
    number = read_number(require_text(cell), unit, grouped)
    if number is None or not math.isfinite(number):
        what = "finite number" + f" with a {unit} sign" * bool(unit)
        told = f"{quote_text(cell)} is not a {what}, as the column's cells are"
        marks = " (--decimal says what its marks are)" * bool(GROUPED.search(cell))
        raise InputError(told + (marks or hint_at_missing(cell)))
    return number


def read_or_none(cell: str, unit: str = "", grouped: bool = False) -> float | None:
    """Return the same; None of a cell that is empty, or says so."""
    return None if stands_for_none(cell) else read_finite(cell, unit, grouped)


def hint_at_missing(cell: str) -> str:
    """Return what to do if a cell stands for a missing one, where it looks like that."""
    hint = f" (if it stands for a missing one: --missing {quote_text(cell)})"
    return hint * (cell.lower() in MISSING)


def require_text(cell: str) -> str:
    """Return the cell, or refuse it for being empty."""
    if not cell:
        raise InputError("the cell is empty (--skip-empty leaves out such rows)")
    return cell


def restore_column(data: Any, where: str) -> TableColumn:
    """Return a column that a model file describes, trusting none of it; older ones lack a part."""
    name = take_field(data, "name", where)
    refuse_unless(is_storable_text(name), where, "needs a text as its 'name'")
    if "categories" in data:
        texts, shares = data["categories"], data.get("shares", ())
        good = isinstance(texts, (list, tuple)) and all(map(is_storable_text, texts))
        good = good and 0 < len(texts) == len(set(texts))
        refuse_unless(good, where, "needs different texts as its 'categories'")
        good = isinstance(shares, (list, tuple)) and all(map(is_storable_number, shares))
        good = good and len(shares) in (0, len(texts))
        refuse_unless(good, where, "needs a number for each category as its 'shares'")
        return TextColumn(name, tuple(texts), tuple(map(float, shares)))
    mean, scale = take_field(data, "mean", where), take_field(data, "scale", where)
    refuse_unless(is_storable_number(mean), where, "needs a finite number as its 'mean'")
    refuse_unless(is_storable_number(scale) and scale > 0, where, "needs a finite 'scale' above 0")
    unit, grouped = data.get("unit", ""), data.get("grouped", False)
    refuse_unless(unit in UNITS, where, f"needs one of {list_quoted(UNITS)} as its 'unit'")
    refuse_unless(isinstance(grouped, bool), where, "needs true or false as 'grouped'")
    seen = [data.get(key) for key in ("middle", "low", "high")]
    good = all(x is None or is_storable_number(x) for x in seen)
    refuse_unless(good, where, "needs finite numbers as its 'middle', 'low' and 'high'")
    middle, low, high = [None if x is None else float(x) for x in seen]
    return NumericColumn(name, float(mean), float(scale), unit, grouped, middle, low, high)


def is_storable_text(value: Any) -> bool:
    """Tell whether a file can hold this text: no NUL and no half of a surrogate pair."""
    return isinstance(value, str) and value != "" and not NO_TEXT.search(value)


def is_storable_number(value: Any) -> bool:
    """Tell whether this is a finite number; a file may hold larger whole ones than floats."""
    largest = sys.float_info.max
    return type(value) in (int, float) and bool(-largest <= value <= largest)


def take_field(data: Any, key: str, where: str) -> Any:
    """Return what stands under a key, or refuse its lack."""
    refuse_unless(isinstance(data, dict) and key in data, where, f"lacks {key!r}")
    return data[key]


def refuse_unless(good: object, where: str, complaint: str) -> None:
    """Refuse a model file that is damaged in one place."""
    if not good:
        raise InputError(f"{where} {complaint}: train and save the model again")
