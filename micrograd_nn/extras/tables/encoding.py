"""What a network learns of a table's columns, so that texts become numbers and numbers texts.

Learned once from the rows that are trained on and saved with the model: any others then become
numbers by the same rules. Inputs and target are columns of the same two kinds, see ``columns.py``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from ..._ground.text import InputError, quote_text
from .columns import (
    NumericColumn,
    Oddity,
    TableColumn,
    TextColumn,
    refuse_unless,
    require_text,
    restore_column,
)
from .dates import FORMATS, name_parts, read_parts
from .kinds import Kind, find_kinds
from .table import Table


@dataclass(frozen=True)
class Encoding:
    """What was learned from the training rows, so that others become numbers by the same rules.

    >>> rows = (("100", "green", "pear"), ("140", "red", "apple"))
    >>> table = Table("fruit.csv", ("weight", "colour", "fruit"), rows, (2, 3))
    >>> encoding = Encoding.learn(table, target="fruit")
    >>> encoding.encode_inputs(table), encoding.encode_targets(table)
    ([(-1.0, 1.0, 0.0), (1.0, 0.0, 1.0)], [1, 0])
    >>> encoding.decode([0.2, 0.8])
    'pear'

    An empty cell is filled with the median, and a text that is new is the average of those known:

    >>> odd = Table("odd.csv", ("weight", "colour"), (("", "blue"),), (2,))
    >>> encoding.encode_inputs(odd)
    [(0.0, 0.5, 0.5)]
    >>> [(place, oddity.told) for place, oddity in encoding.find_oddities(odd)]
    [(0, 'weight is empty'), (0, "colour has a new text, 'blue'")]

    A target of numbers makes a regression, decoded in the target's own unit:

    >>> encoding = Encoding.learn(table, target="weight", ignore=["fruit"])
    >>> encoding.encode_targets(table), encoding.decode([0.5])
    ([-1.0, 1.0], 130.0)
    """

    input_columns: tuple[TableColumn, ...]
    target: TableColumn

    @classmethod
    def learn(
        cls, table: Table, target: str, ignore: Collection[str] = (), classes: bool = False
    ) -> Encoding:
        """Learn from a table: its other columns, but for the ignored, are inputs.

        With ``classes``, numbers in the target column are the names of classes.
        """
        return cls.learn_kinds(table, target, find_kinds(table, target, ignore, [target] * classes))

    @classmethod
    def learn_kinds(cls, table: Table, target: str, kinds: Mapping[str, Kind]) -> Encoding:
        """Learn from the rows of a table, of which it's known what each column is."""
        if len(table.rows) < 2:
            raise InputError(f"{table.source} leaves only 1 row to learn from: add at least 1 more")
        table.convert(target, require_text)
        dates = {kind.name: kind.unit for kind in kinds.values() if kind.unit in FORMATS}
        table, used = add_date_parts(table, dates), list[Kind]()
        for kind in [kind for kind in kinds.values() if not kind.useless]:
            used += [*map(Kind, name_parts(kind.name) if kind.name in dates else ()), kind]
        *inputs, learned = [
            TextColumn.learn(kind.name, table.column(kind.name))
            if kind.is_text
            else NumericColumn.learn(table, kind.name, kind.unit)
            for kind in used
        ]
        if isinstance(learned, TextColumn):
            learned = replace(learned, shares=())
        encoding = cls(tuple(inputs), learned)
        if encoding.n_outputs == 1 and not any(encoding.encode_targets(table)):
            raise InputError(
                f"{table.source}, column {quote_text(target)}: every training row has "
                f"{quote_text(table.column(target)[0])}: add rows with another"
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

    @property
    def dates(self) -> dict[str, str]:
        """How the columns of dates are written, by their names."""
        columns = [x for x in self.input_columns if isinstance(x, NumericColumn)]
        return {x.name: x.unit for x in columns if x.unit in FORMATS}

    @property
    def names(self) -> list[str]:
        """What a table's columns are called that give the inputs."""
        made = {name for date in self.dates for name in name_parts(date)}
        return [column.name for column in self.input_columns if column.name not in made]

    @property
    def text_names(self) -> set[str]:
        """Which of these, and of the target's, are of texts."""
        columns = [*self.input_columns, self.target]
        return {x.name for x in columns if isinstance(x, TextColumn)}

    def encode_inputs(self, table: Table, strict: bool = False) -> list[tuple[float, ...]]:
        """Return ``n_inputs`` numbers for every row; columns that were not learned are skipped.

        With ``strict``, empty cells and texts that are new are errors.
        """
        names = self.names
        table.require(names, "columns trained on")
        table = add_date_parts(table, self.dates)
        strictly = names if strict else ()
        rules = {x.name: x.encode if x.name in strictly else x.fill for x in self.input_columns}
        columns, found = list[list[float]](), [*table.convert_columns(rules)]
        for column, known in zip(self.input_columns, found, strict=True):
            cells = table.cells[table.places[column.name]]
            for numbers in zip(*known.values(), strict=True):  # of one place, for all texts
                read = dict(zip(known, numbers, strict=True)).__getitem__
                columns.append([*map(read, cells)])
        return [*zip(*columns, strict=True)]

    def find_oddities(self, table: Table) -> Iterator[tuple[int, Oddity]]:
        """Yield what is unlike the rows that were trained on, column by column, with its row."""
        table, names = add_date_parts(table, self.dates), self.names
        for column in self.input_columns:
            found = table.convert(column.name, column.find_oddity)
            for place, (cell, oddity) in enumerate(
                zip(table.column(column.name), found, strict=True)
            ):
                if oddity and (cell or column.name in names):  # of a date, a lack is told once
                    yield place, oddity

    def encode_targets(self, table: Table) -> list[float] | list[int]:
        """Return the standardised target of every row, or the index of its class."""
        table.require([self.target.name], "the target column")
        if isinstance(self.target, TextColumn):
            target = self.target
            return table.convert(target.name, lambda x: target.find_category(target.recognise(x)))
        return [number for (number,) in table.convert(self.target.name, self.target.encode)]

    def decode(self, outputs: Sequence[float]) -> float | str:
        """Return the number in the target's unit, or the first class of the largest output."""
        if len(outputs) != self.n_outputs:
            found = f"{len(outputs)} outputs where the encoding has {self.n_outputs}"
            raise InputError(f"{found}: use the network that was trained with it")
        numbers = [*outputs]
        if isinstance(self.target, NumericColumn):
            numbers = [outputs[0] * self.target.scale + self.target.mean]
        if not all(map(math.isfinite, numbers)):
            found = f"the network's outputs {quote_text(list(outputs))} are not finite or too large"
            raise InputError(f"{found}: train it again, in smaller steps")
        if isinstance(self.target, NumericColumn):
            return numbers[0]
        return self.target.categories[numbers.index(max(numbers))]

    def to_json(self) -> dict[str, Any]:
        """Return what ``json.dumps`` writes and ``from_json`` takes, every float exact."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: object) -> Encoding:
        """Return the encoding that ``to_json`` gave; a damaged or foreign one is an error."""
        where = "the model file's encoding"
        known: Any = data if isinstance(data, dict) else {}
        target = restore_column(known.get("target"), f"{where} of the target")
        inputs: Any = known.get("input_columns")
        refuse_unless(isinstance(inputs, (list, tuple)) and inputs, where, "needs input columns")
        columns = tuple([
            restore_column(column, f"{where} of input {number}")
            for number, column in enumerate(inputs, start=1)
        ])  # fmt: skip
        names = {target.name, *(column.name for column in columns)}
        refuse_unless(
            len(names) == 1 + len(columns), where, "needs a different name for every column"
        )
        refuse_unless(
            isinstance(target, NumericColumn) or target.width > 1,
            where,
            "needs at least two classes",
        )
        return cls(columns, target)


def add_date_parts(table: Table, dates: Mapping[str, str]) -> Table:
    """Return a table with the months and days of the week of its dates in columns of their own."""
    if not dates:
        return table
    names, cells = [*table.columns], [*table.cells]
    for name, style in dates.items():
        names += name_parts(name)
        cells += zip(*table.convert(name, partial(read_parts, style=style)), strict=True)
    return replace(table, columns=tuple(names), rows=tuple(zip(*cells, strict=True)))


def measure_probabilities(outputs: Sequence[float]) -> list[float]:
    """Return the probability that a network's outputs give to each class.

    >>> measure_probabilities([1000.0, 1000.0])
    [0.5, 0.5]

    The sum goes from left to right, so that an exported file's has the same digits.
    """
    largest, total = max(outputs), 0.0
    shares = [math.exp(x - largest) for x in outputs]
    for share in shares:
        total = total + share
    return [share / total for share in shares]
