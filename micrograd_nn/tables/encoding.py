"""What a network learns of a table's columns, so that texts become numbers and numbers texts.

Learned once from the rows that are trained on and saved with the model: any others then become
numbers by the same rules. Inputs and target are columns of the same two kinds, see ``columns.py``;
a column of dates has become three of these, see ``dates.py``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from .._ground.text import InputError, quote_text
from .columns import (
    NumericColumn,
    Oddity,
    TableColumn,
    TextColumn,
    refuse_unless,
    require_text,
    restore_column,
    take_field,
)
from .dates import DateColumn, expand_dates, restore_date
from .kinds import Kind, find_kinds
from .table import Table, convert_columns


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

    An empty cell is filled with the median, and a text that is new is the average of those known:

    >>> odd = Table("odd.csv", ("weight", "colour"), (("", "blue"),), (2,))
    >>> encoding.encode_inputs(odd)
    [[0.0, 0.5, 0.5]]
    >>> [(place, oddity.told) for place, oddity in encoding.find_oddities(odd)]
    [(0, 'weight is empty'), (0, "colour has a new text, 'blue'")]

    A target of numbers makes a regression, decoded in the target's own unit:

    >>> encoding = Encoding.learn(table, target="weight", ignore=["fruit"])
    >>> encoding.encode_targets(table), encoding.decode([0.5])
    ([-1.0, 1.0], 130.0)
    """

    input_columns: tuple[TableColumn, ...]
    target: TableColumn
    dates: tuple[DateColumn, ...] = ()

    @classmethod
    def learn(
        cls, table: Table, target: str, ignore: Collection[str] = (), classes: bool = False
    ) -> Encoding:
        """Learn from a table: its other columns, but for the ignored, are inputs.

        With ``classes``, numbers in the target column are the names of classes.
        """
        kinds = find_kinds(table, target, ignore, [target] * classes)
        return cls.learn_kinds(table, target, kinds)

    @classmethod
    def learn_kinds(cls, table: Table, target: str, kinds: Mapping[str, Kind]) -> Encoding:
        """Learn from the rows of a table, of which it's known what each column is."""
        rows = len(table.rows)
        if rows < 2:
            raise InputError(f"{table.source} has only 1 row: add more, at least 2 are needed")
        dated = [kind for kind in kinds.values() if kind.date_format]
        dates = tuple([DateColumn.learn(table, kind.name, kind.date_format) for kind in dated])
        expanded = expand_dates(table, dates)
        names = {date.name: date.names for date in dates}

        def learn(name: str) -> list[TableColumn]:
            kind = kinds[name]
            if name in names:
                month, weekday, years = names[name]
                texts = [TextColumn.learn(part, expanded.column(part)) for part in (month, weekday)]
                return [*texts, NumericColumn.learn(expanded, years)]
            if name == target:
                table.convert(name, require_text)
            if kind.is_number:
                return [NumericColumn.learn(table, name, kind.unit, kind.grouped)]
            learned = TextColumn.learn(name, table.column(name))
            return [TextColumn(name, learned.categories) if name == target else learned]

        used = [kind.name for kind in kinds.values() if not kind.useless]
        *columns, (learned,) = convert_columns(used, learn)
        encoding = cls(tuple(chain.from_iterable(columns)), learned, dates)
        encoding.require_different_targets(table)
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

    @property
    def names(self) -> list[str]:
        """What a table's columns are called that give the inputs."""
        made = {name: column.name for column in self.dates for name in column.names}
        return [*dict.fromkeys([made.get(x.name, x.name) for x in self.input_columns])]

    @property
    def text_names(self) -> set[str]:
        """Which of these, and of the target's, are of texts."""
        columns = [*self.input_columns, self.target]
        return {x.name for x in columns if isinstance(x, TextColumn)}

    def encode_inputs(self, table: Table, strict: bool = False) -> list[list[float]]:
        """Return ``n_inputs`` numbers for every row; columns that were not learned are skipped.

        With ``strict``, empty cells and texts that are new are errors.
        """
        return [[*row] for row in self.encode_rows(table, strict)]

    def encode_rows(self, table: Table, strict: bool = False) -> list[tuple[float, ...]]:
        """Return the same as tuples, which nobody edits."""
        table.require(self.names, "columns trained on")
        table = expand_dates(table, self.dates)
        columns = {column.name: column for column in self.input_columns}

        def encode(name: str) -> list[Sequence[float]]:
            rule = columns[name].encode if strict else columns[name].fill
            cells = table.convert(name, rule)
            if columns[name].width == 1:
                return [[number for (number,) in cells]]
            return [*zip(*cells, strict=True)]

        return [*zip(*chain.from_iterable(convert_columns(columns, encode)), strict=True)]

    def find_oddities(self, table: Table) -> Iterator[tuple[int, Oddity]]:
        """Yield what is unlike the rows that were trained on, column by column, with its row."""
        table = expand_dates(table, self.dates)
        for column in self.input_columns:
            for place, oddity in enumerate(table.convert(column.name, column.find_oddity)):
                if oddity is not None:
                    yield place, oddity

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
        given = data.get("dates", ()) if isinstance(data, dict) else ()  # which older files lack
        refuse_unless(isinstance(given, (list, tuple)), where, "needs a list as its 'dates'")
        dates = tuple([restore_date(date, where) for date in given])
        parts = [name for date in dates for name in date.names]
        good = names.issuperset(parts) and len({*parts}) == len(parts)
        refuse_unless(good, where, "lacks an input column of its dates")
        return cls(columns, target, dates)


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
