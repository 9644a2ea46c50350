"""What a network learns of a table's columns, so that texts become numbers and numbers texts.

Learnt once from the training table and saved with the model: another table then becomes the
same numbers. Inputs and target are columns of the same two kinds, numeric and text.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..text import InputError, shown
from .table import Table, listed

NO_TEXT = re.compile("[\0\ud800-\udfff]")
MOST_CATEGORIES = 50  # a text column with more different texts is no use as an input


@dataclass(frozen=True)
class NumericColumn:
    """A column of numbers, standardised: ``(x - mean) / scale``.

    >>> NumericColumn("weight", mean=100.0, scale=20.0).encode("120")
    [1.0]

    What overflows is an error, not an infinity:

    >>> NumericColumn("weight", mean=100.0, scale=1e-9).encode("1e300")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: '1e300' is too far from the mean 100.0 in steps of 1e-09
    """

    name: str
    mean: float
    scale: float

    width = 1  # a cell becomes one number

    def encode(self, cell: str) -> list[float]:
        """Return the one number that the cell becomes: how many scales it is above the mean."""
        number = (_finite(cell) - self.mean) / self.scale
        if not math.isfinite(number):
            steps = f"the mean {self.mean!r} in steps of {self.scale!r}"
            raise InputError(f"{shown(cell)} is too far from {steps}")
        return [number]


@dataclass(frozen=True)
class TextColumn:
    """A column of texts, one-hot: 1.0 at the place of the cell's text among the categories.

    >>> TextColumn("fruit", ("apple", "pear")).encode("pear")
    [0.0, 1.0]

    A text that training never saw has no place:

    >>> TextColumn("fruit", ("apple", "pear")).encode("plum")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: 'plum' was never seen in training, only 'apple', 'pear'
    """

    name: str
    categories: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many numbers a cell becomes: one for each category."""
        return len(self.categories)

    def index(self, cell: str) -> int:
        """Return the place of the cell's text among the categories, from 0."""
        if _filled(cell) not in self.categories:
            seen = listed(self.categories)
            raise InputError(f"{shown(cell)} was never seen in training, only {seen}")
        return self.categories.index(cell)

    def encode(self, cell: str) -> list[float]:
        """Return the numbers that the cell becomes, one for each category."""
        place = self.index(cell)
        return [1.0 if i == place else 0.0 for i in range(self.width)]


@dataclass(frozen=True)
class Encoding:
    """What was learnt from the training table, so that another becomes the same numbers.

    >>> rows = (("100", "green", "pear"), ("140", "red", "apple"))
    >>> table = Table("fruit.csv", ("weight", "colour", "fruit"), rows, (2, 3))
    >>> encoding = Encoding.learn(table, target="fruit")
    >>> encoding.inputs(table), encoding.targets(table)
    ([[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]], [1, 0])
    >>> encoding.decode([0.2, 0.8])
    'pear'

    A target of numbers makes a regression, decoded in the target's own unit:

    >>> encoding = Encoding.learn(table, target="weight", ignore=["fruit"])
    >>> encoding.targets(table), encoding.decode([0.5])
    ([-1.0, 1.0], 130.0)
    """

    input_columns: tuple[NumericColumn | TextColumn, ...]
    target: NumericColumn | TextColumn

    @classmethod
    def learn(
        cls, table: Table, target: str, ignore: Sequence[str] = (), classes: bool = False
    ) -> Encoding:
        """Learn from the training table: its other columns, but for the ignored, are inputs.

        With ``classes``, numbers in the target column are the names of classes.
        """
        table.require([target], "the target column")
        table.require(ignore, "columns to ignore")
        if target in ignore:
            raise InputError(f"{table.source}: do not ignore {shown(target)}, it is the target")
        names = [name for name in table.columns if name != target and name not in ignore]
        if not names:
            raise InputError(f"{table.source} has no input column left: ignore fewer or add one")
        rows = len(table.rows)
        if rows < 2:
            raise InputError(f"{table.source} has only 1 row: add more, at least 2 are needed")
        columns = tuple(_learn_column(table, name) for name in names)
        for column in columns:
            if column.width > MOST_CATEGORIES or (rows > 10 and column.width > rows / 2):
                name = shown(column.name)
                raise InputError(
                    f"{table.source}, column {name}: {column.width} different texts in {rows} "
                    f"rows, and an identifier tells a network nothing: use --ignore {name}"
                )
        encoding = cls(columns, _learn_column(table, target, as_texts=classes))
        if encoding.n_outputs == 1 and not any(encoding.targets(table)):
            only = f"every target is {shown(table.column(target)[0])}"
            raise InputError(
                f"{table.source}, column {shown(target)}: {only}: add rows with another"
            )
        return encoding

    @property
    def is_classification(self) -> bool:
        """Whether the target is a class, rather than a number."""
        return isinstance(self.target, TextColumn)

    @property
    def n_inputs(self) -> int:
        """How many numbers a row gives a network."""
        return sum(column.width for column in self.input_columns)

    @property
    def n_outputs(self) -> int:
        """How many numbers a network gives back: one, or one for each class."""
        return self.target.width

    def inputs(self, table: Table) -> list[list[float]]:
        """Return ``n_inputs`` numbers for every row; columns that were not learnt are skipped."""
        table.require([column.name for column in self.input_columns], "columns trained on")
        encoded = [table.convert(column.name, column.encode) for column in self.input_columns]
        return [[number for part in row for number in part] for row in zip(*encoded, strict=True)]

    def targets(self, table: Table) -> list[float] | list[int]:
        """Return the standardised target of every row, or the index of its class."""
        table.require([self.target.name], "the target column")
        if isinstance(self.target, TextColumn):
            return table.convert(self.target.name, self.target.index)
        return [number for (number,) in table.convert(self.target.name, self.target.encode)]

    def decode(self, outputs: Sequence[float]) -> float | str:
        """Return the number in the target's unit, or the first class of the largest output."""
        if len(outputs) != self.n_outputs:
            found = f"{len(outputs)} outputs where the encoding has {self.n_outputs}"
            raise InputError(f"{found}: use the network that was trained with it")
        if isinstance(self.target, TextColumn):
            numbers = list(outputs)
        else:
            numbers = [outputs[0] * self.target.scale + self.target.mean]
        if not all(map(math.isfinite, numbers)):
            found = f"the network's outputs {shown(list(outputs))} are not finite or too large"
            raise InputError(f"{found}: train it again, in smaller steps")
        if isinstance(self.target, TextColumn):
            return self.target.categories[numbers.index(max(numbers))]
        return numbers[0]

    def to_json(self) -> dict[str, Any]:
        """Return what ``json.dumps`` writes and ``from_json`` takes, every float exact."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: object) -> Encoding:
        """Return the encoding that ``to_json`` gave; a damaged or foreign one is an error."""
        where = "the model file's encoding"
        target = _column_from_json(_field(data, "target", where), f"{where} of the target")
        inputs = _field(data, "input_columns", where)
        _check(isinstance(inputs, (list, tuple)) and inputs, where, "needs input columns")
        columns = tuple(
            _column_from_json(column, f"{where} of input {number}")
            for number, column in enumerate(inputs, start=1)
        )
        names = {target.name, *(column.name for column in columns)}
        _check(len(names) == 1 + len(columns), where, "needs a different name for every column")
        single = isinstance(target, TextColumn) and target.width < 2
        _check(not single, where, "needs at least two classes")
        return cls(columns, target)


def _learn_column(table: Table, name: str, as_texts: bool = False) -> NumericColumn | TextColumn:
    """Learn a column from its cells: numeric where more than half of them are numbers."""
    where = f"{table.source}, column {shown(name)}"
    cells = table.column(name)
    if as_texts:
        return TextColumn(name, tuple(sorted(set(table.convert(name, _filled)))))
    if _mostly_numbers(cells):
        numbers = table.convert(name, _finite)
        low, high, count = min(numbers), max(numbers), len(numbers)
        if low == high:  # not left to the rounded mean, from which all might deviate
            return NumericColumn(name, mean=low, scale=1.0)
        if math.isinf(2 * count * max(-low, high)):  # as sums or differences of them might be
            what = f"numbers from {low!r} to {high!r} are too large"
            raise InputError(f"{where}: {what}: write them in a larger unit")
        mean = math.fsum(numbers) / count
        scale = math.hypot(*(number - mean for number in numbers)) / math.sqrt(count)
        return NumericColumn(name, mean, scale or 1.0)  # 0.0 where the tiniest floats underflow
    if _mostly_numbers([cell.replace(",", "") for cell in cells]):
        what = f"numbers with a comma, as {shown(next(cell for cell in cells if ',' in cell))}"
        raise InputError(f"{where}: {what}: write decimals with a point, thousands with nothing")
    return TextColumn(name, tuple(sorted(set(table.convert(name, _filled)))))


def _mostly_numbers(cells: Sequence[str]) -> bool:
    return 2 * sum(_number(cell) is not None for cell in cells) > len(cells)


def _number(cell: str) -> float | None:
    """Return the number, NaN or infinity that a cell spells; None where it spells none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def _finite(cell: str) -> float:
    number = _number(_filled(cell))
    if number is None or not math.isfinite(number):
        raise InputError(f"{shown(cell)} is not a finite number, as the column's cells are")
    return number


def _filled(cell: str) -> str:
    if not cell:
        raise InputError("the cell is empty (train --skip-empty leaves out such rows)")
    return cell


def _column_from_json(data: Any, where: str) -> NumericColumn | TextColumn:
    name = _field(data, "name", where)
    _check(_is_text(name), where, "needs a text as its 'name'")
    if "categories" in data:
        texts = data["categories"]
        good = isinstance(texts, (list, tuple)) and all(map(_is_text, texts))
        good = good and 0 < len(texts) == len(set(texts))
        _check(good, where, "needs different texts as its 'categories'")
        return TextColumn(name, tuple(texts))
    mean, scale = _field(data, "mean", where), _field(data, "scale", where)
    _check(_is_finite(mean), where, "needs a finite number as its 'mean'")
    _check(_is_finite(scale) and scale > 0, where, "needs a finite 'scale' above 0")
    return NumericColumn(name, float(mean), float(scale))


def _is_text(value: Any) -> bool:
    """Tell whether a file can hold this text: no NUL and no half of a surrogate pair."""
    return isinstance(value, str) and value != "" and not NO_TEXT.search(value)


def _is_finite(value: Any) -> bool:
    largest = sys.float_info.max
    return type(value) in (int, float) and bool(-largest <= value <= largest)


def _field(data: Any, key: str, where: str) -> Any:
    _check(isinstance(data, dict) and key in data, where, f"lacks {key!r}")
    return data[key]


def _check(good: object, where: str, complaint: str) -> None:
    if not good:
        raise InputError(f"{where} {complaint}: train and save the model again")
