"""What a network learns of a table's columns, so that texts become numbers and numbers texts.

Learned once from the rows that are trained on and saved with the model: any others then become
numbers by the same rules. Inputs and target are columns of the same two kinds, see ``columns.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from .._ground.text import InputError, list_first, quote_text
from .columns import (
    NumericColumn,
    TextColumn,
    learn_column,
    refuse_unless,
    restore_column,
    take_field,
)
from .table import Table, convert_columns

MOST_CATEGORIES = 50  # a text column with more different texts is no use as an input


@dataclass(frozen=True)
class Encoding:
    """What was learned from the training rows, so that others become numbers by the same rules.

    >>> rows = (("100", "green", "pear"), ("140", "red", "apple"))
    >>> table = Table("fruit.csv", ("weight", "colour", "fruit"), rows, (2, 3))
    >>> encoding = Encoding.learn(table, target="fruit")
    >>> encoding.encode_inputs(table), encoding.encode_targets(table)
    ([[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]], [1, 0])
    >>> encoding.decode([0.2, 0.8])
    'pear'

    A target of numbers makes a regression, decoded in the target's own unit:

    >>> encoding = Encoding.learn(table, target="weight", ignore=["fruit"])
    >>> encoding.encode_targets(table), encoding.decode([0.5])
    ([-1.0, 1.0], 130.0)
    """

    input_columns: tuple[NumericColumn | TextColumn, ...]
    target: NumericColumn | TextColumn

    @classmethod
    def learn(
        cls, table: Table, target: str, ignore: Sequence[str] = (), classes: bool = False,
        training: Table | None = None,
    ) -> Encoding:  # fmt: skip
        """Learn from a table: its other columns, but for the ignored, are inputs.

        With ``classes``, numbers in the target column are the names of classes. All rows tell what
        a column is; its mean and scale, or its categories, are those of the ``training`` rows.
        """
        names = list_inputs(table, target, ignore)
        rows = len(table.rows)
        if rows < 2:
            raise InputError(f"{table.source} has only 1 row: add more, at least 2 are needed")
        *columns, learned_target = convert_columns(
            [*names, target],
            lambda name: learn_column(table, name, classes and name == target, training),
        )
        texts = [column.name for column in columns if isinstance(column, TextColumn)]
        refuse_useless(table.source, rows, {name: len({*table.column(name)}) for name in texts})
        encoding = cls(tuple(columns), learned_target)
        encoding.require_different_targets(training or table)
        return encoding

    def require_different_targets(self, table: Table) -> None:
        """Refuse rows of which every target is the same, from which nothing can be learned."""
        if self.n_outputs == 1 and not any(self.encode_targets(table)):
            name = self.target.name
            same = quote_text(table.column(name)[0])
            told = f"every training row has {same}: add rows with another"
            raise InputError(f"{table.source}, column {quote_text(name)}: {told}")

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

    def encode_inputs(self, table: Table) -> list[list[float]]:
        """Return ``n_inputs`` numbers for every row; columns that were not learned are skipped."""
        return [[*row] for row in self.encode_rows(table)]

    def encode_rows(self, table: Table) -> list[tuple[float, ...]]:
        """Return the same as tuples, which nobody edits."""
        table.require([column.name for column in self.input_columns], "columns trained on")
        columns = {column.name: column for column in self.input_columns}
        encoded = convert_columns(columns, lambda name: columns[name].encode_all(table))
        return [*zip(*chain.from_iterable(encoded), strict=True)]

    def encode_targets(self, table: Table) -> list[float] | list[int]:
        """Return the standardised target of every row, or the index of its class."""
        table.require([self.target.name], "the target column")
        if isinstance(self.target, TextColumn):
            return table.convert(self.target.name, self.target.find_category)
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
            found = f"the network's outputs {quote_text(list(outputs))} are not finite or too large"
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
        target = restore_column(take_field(data, "target", where), f"{where} of the target")
        inputs = take_field(data, "input_columns", where)
        refuse_unless(isinstance(inputs, (list, tuple)) and inputs, where, "needs input columns")
        columns = tuple(
            restore_column(column, f"{where} of input {number}")
            for number, column in enumerate(inputs, start=1)
        )
        names = {target.name, *(column.name for column in columns)}
        refuse_unless(
            len(names) == 1 + len(columns), where, "needs a different name for every column"
        )
        single = isinstance(target, TextColumn) and target.width < 2
        refuse_unless(not single, where, "needs at least two classes")
        return cls(columns, target)


def list_inputs(table: Table, target: str, ignore: Sequence[str]) -> list[str]:
    """Return the names of the columns that are neither the target nor ignored."""
    table.require([target], "the target column")
    table.require(ignore, "columns to ignore")
    if target in ignore:
        raise InputError(f"{table.source}: do not ignore {quote_text(target)}, it is the target")
    names = [name for name in table.columns if name not in {target, *ignore}]
    if not names:
        raise InputError(f"{table.source} has no input column left: ignore fewer or add one")
    return names


def refuse_useless(source: str, rows: int, widths: Mapping[str, int]) -> None:
    """Refuse input columns of too many different texts, given how many each column has."""
    most = limit_categories(rows)
    useless = [quote_text(name) for name, width in widths.items() if width > most]
    if useless:
        where = f"{source}, column{'s' * (len(useless) > 1)} {list_first(useless, 10)}"
        told = f"more than {MOST_CATEGORIES} different texts, or a different one in most rows"
        remedy = " ".join(f"--ignore {name}" for name in useless[:10])
        raise InputError(f"{where}: {told}, tell a network nothing: use {remedy}")


def limit_categories(rows: int) -> float:
    """Return how many different texts of so many rows a network can learn from, at most.

    >>> limit_categories(10), limit_categories(60), limit_categories(1000)
    (10, 30.0, 50)
    """
    return min(MOST_CATEGORIES, rows / 2 if rows > 10 else rows)


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
