"""The two kinds of a table's columns, numeric and text, and what a network learns of one.

What a column is, numeric or text, all cells of a table say. Its mean and scale, or its categories,
are learned from the rows that are trained on, and then it turns any cell into numbers.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._ground.text import InputError, quote_text
from .spelling import read_number
from .table import Table, list_quoted

UNITS = "", "%"  # that may stand behind all of a column's numbers
MISSING = {"?", "-", "--", ".", "na", "n/a", "#n/a", "nan", "nil", "none", "null", "missing"}
NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class NumericColumn:
    """A column of numbers, standardised: ``(x - mean) / scale``; of percentages, with a unit.

    >>> NumericColumn("weight", mean=100.0, scale=20.0).encode("120")
    [1.0]
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
    unit: str = ""  # what stands behind every number

    width = 1  # a cell becomes one number

    @classmethod
    def learn(cls, table: Table, name: str, unit: str = "") -> NumericColumn:
        """Learn the mean and the scale of a column's cells, all of them numbers of this unit."""
        numbers = read_numbers(table, name, unit)
        mean, scale = standardise(numbers, f"{table.source}, column {quote_text(name)}")
        return cls(name, mean, scale, unit)

    def encode(self, cell: str) -> list[float]:
        """Return the one number that the cell becomes: how many scales it is above the mean."""
        return [self.encode_number(read_finite(cell, self.unit), cell)]

    def encode_all(self, table: Table) -> list[Sequence[float]]:
        """Return the numbers that the cells of a table become, as one column."""
        return [table.convert(self.name, lambda cell: self.encode(cell)[0])]

    def encode_number(self, number: float, cell: str = "") -> float:
        """Return how many scales a number is above the mean; an error shows its cell."""
        scaled = (number - self.mean) / self.scale
        if not math.isfinite(scaled):
            steps = f"the mean {self.mean!r} in steps of {self.scale!r}"
            shown = quote_text(cell) if cell else repr(number)
            raise InputError(f"{shown} is too far from {steps}")
        return scaled


@dataclass(frozen=True)
class TextColumn:
    """A column of texts, one-hot: 1.0 at the place of the cell's text among the categories.

    >>> TextColumn("fruit", ("apple", "pear")).encode("pear")
    [0.0, 1.0]

    A text that training never saw has no place:

    >>> TextColumn("fruit", ("apple", "pear")).encode("plum")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'plum' was never seen in training, only 'apple', 'pear'
    """

    name: str
    categories: tuple[str, ...]

    @classmethod
    def learn(cls, table: Table, name: str) -> TextColumn:
        """Learn which categories there are among a column's cells, in sorted order."""
        return cls(name, tuple(sorted(set(table.convert(name, require_text)))))

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

    def encode_all(self, table: Table) -> list[Sequence[float]]:
        """Return the numbers that the cells of a table become, a column for each category."""
        return [*zip(*table.convert(self.name, self.encode), strict=True)]


TableColumn = NumericColumn | TextColumn


def learn_column(
    table: Table, name: str, as_texts: bool = False, training: Table | None = None
) -> TableColumn:
    """Learn a column: numeric where more than half of its cells are numbers.

    All cells of the table say what it is, and have to be usable; mean and scale, or categories,
    are those of the rows that are trained on.
    """
    training = training or table
    where = f"{table.source}, column {quote_text(name)}"
    unit = None if as_texts else find_unit(table.column(name), where)
    if unit is None:
        table.convert(name, require_text)
        return TextColumn.learn(training, name)
    if training is not table:
        read_numbers(table, name, unit)
    return NumericColumn.learn(training, name, unit)


def read_numbers(table: Table, name: str, unit: str) -> list[float]:
    """Return the numbers that a column's cells spell, with this unit."""
    return table.convert(name, partial(read_finite, unit=unit))


def find_unit(cells: Sequence[str], where: str) -> str | None:
    """Return the unit of which more than half of the cells are numbers; None of texts."""
    counts = Counter(cells)  # many a column has few that differ
    for unit in UNITS:
        if 2 * count_numbers(counts, unit) > len(cells):
            return unit
    plain: Counter[str] = Counter()
    for cell, count in counts.items():
        plain[cell.replace(",", "")] += count
    if 2 * count_numbers(plain) > len(cells):
        what = f"numbers with a comma, as {quote_text(next(x for x in counts if ',' in x))}"
        remedy = "if it is a decimal comma, use --decimal , and write thousands with nothing"
        raise InputError(f"{where}: {what}: {remedy}")
    return None


def count_numbers(counts: Counter[str], unit: str = "") -> int:
    """Return how many cells are numbers of this unit."""
    return sum([n for cell, n in counts.items() if read_number(cell, unit) is not None])


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


def read_finite(cell: str, unit: str = "") -> float:
    """Return the finite number that a cell spells, or refuse it."""
    number = read_number(require_text(cell), unit)
    if number is None or not math.isfinite(number):
        what = "finite number" + f" with a {unit} sign" * bool(unit)
        told = f"{quote_text(cell)} is not a {what}, as the column's cells are"
        raise InputError(told + hint_at_missing(cell))
    return number


def hint_at_missing(cell: str) -> str:
    """Return what to do if a cell stands for a missing one, where it looks like that."""
    hint = f" (if it stands for a missing one: --missing {quote_text(cell)})"
    return hint * (cell.lower() in MISSING)


def require_text(cell: str) -> str:
    """Return the cell, or refuse it for being empty."""
    if not cell:
        raise InputError("the cell is empty (--skip-empty leaves out such rows)")
    return cell


def restore_column(data: Any, where: str) -> NumericColumn | TextColumn:
    """Return a column that a model file describes, trusting none of it."""
    name = take_field(data, "name", where)
    refuse_unless(is_storable_text(name), where, "needs a text as its 'name'")
    if "categories" in data:
        texts = data["categories"]
        good = isinstance(texts, (list, tuple)) and all(map(is_storable_text, texts))
        good = good and 0 < len(texts) == len(set(texts))
        refuse_unless(good, where, "needs different texts as its 'categories'")
        return TextColumn(name, tuple(texts))
    mean, scale = take_field(data, "mean", where), take_field(data, "scale", where)
    refuse_unless(is_storable_number(mean), where, "needs a finite number as its 'mean'")
    refuse_unless(is_storable_number(scale) and scale > 0, where, "needs a finite 'scale' above 0")
    unit = data.get("unit", "")  # which older files lack
    refuse_unless(unit in UNITS, where, "needs an empty 'unit' or the percent sign")
    return NumericColumn(name, float(mean), float(scale), unit)


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
