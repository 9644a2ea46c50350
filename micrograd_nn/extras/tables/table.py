"""A table of texts under named columns; what the texts mean to a network is in ``encoding.py``.

Whatever cannot be used is reported in one line, with the place where it stands.
"""

from __future__ import annotations

import difflib
import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from ..._ground.text import InputError, list_first, quote_text
from .spelling import stands_for_none

T = TypeVar("T")

ROW_NAMES = "Unnamed: 0"  # as pandas calls a first column without a name when it reads one
FEW = 0.25  # of a column's cells: up to this share of different texts, their counts are kept
HEADER = "the first line is taken for the header"


@dataclass(frozen=True)
class Table:
    """Rows of texts under named columns, and the file's line number of every row.

    >>> table = Table("fruit.csv", ("weight", "fruit"), (("120", "apple"), ("99", "pear")), (2, 3))
    >>> table.column("fruit")
    ['apple', 'pear']

    Every row has a cell for every column, or there is no table:

    >>> Table("fruit.csv", ("weight", "fruit"), (("120",),), (2,))
    Traceback (most recent call last):
    micrograd_nn.InputError: fruit.csv, line 2: cells in the row: 1, in the header: 2: \
add or remove cells, and quote a cell that has a separator in it (the first line is taken for the \
header)
    """

    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    texts: frozenset[str] = field(default=frozenset(), compare=False)  # columns without numbers
    asks: bool = field(default=False, compare=False)  # what a point is, as nobody has said it
    unmet: tuple[str, ...] = field(default=(), compare=False)  # missing texts that no cell was
    counts: dict[str, Counter[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not self.columns:
            raise InputError(f"{self.source} is empty: it needs a header line and rows under it")
        for number, name in enumerate(self.columns, start=1):
            if not name:
                raise InputError(
                    f"{self.source}: column {number} of the header needs a name ({HEADER})"
                )
            if (first := self.places[name] + 1) < number:
                raise InputError(
                    f"{self.source}: columns {first} and {number} are both named "
                    f"{quote_text(name)}: rename one in the header"
                )
        if not self.rows:
            raise InputError(f"{self.source} has a header but no rows: add rows under it")
        for line, row in zip(self.lines, self.rows, strict=True):
            if len(row) != len(self.columns):
                counts = f"cells in the row: {len(row)}, in the header: {len(self.columns)}"
                remedy = "add or remove cells, and quote a cell that has a separator in it"
                remedy += f" ({HEADER})" * (line == self.lines[0])
                raise InputError(f"{self.source}, line {line}: {counts}: {remedy}")

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each column, from 0: of a name that stands twice, the first."""
        return {name: place for place, name in reversed([*enumerate(self.columns)])}

    @cached_property
    def cells(self) -> Sequence[tuple[str, ...]]:
        """The cells, column by column."""
        return [*zip(*self.rows, strict=True)]

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, from the first row to the last."""
        return [*self.cells[self.places[name]]]

    def require(self, names: Sequence[str], what: str) -> None:
        """Raise an InputError that names every missing column, with a near name if there is one."""
        missing = []
        for name in [name for name in names if name not in self.places]:
            near = difflib.get_close_matches(name, self.columns, n=1)
            hint = f" (did you mean {quote_text(near[0])}?)" if near else ""
            missing.append(quote_text(name) + hint)
        if missing:
            raise InputError(
                f"{self.source} lacks {what}: {', '.join(missing)}; its columns are "
                f"{list_quoted(self.columns)}"
            )

    def drop_incomplete(self, names: Iterable[str], as_texts: Collection[str] = ()) -> Table:
        """Return the table without the rows that have an empty cell in one of these columns.

        In a column of numbers or dates, a cell that says so, such as NA, is an empty one, too.
        """
        lacking: dict[int, str] = {}
        for name in names:
            is_empty = operator.not_ if name in as_texts else stands_for_none
            found = self.convert(name, is_empty)
            lacking.update({place: name for place, empty in enumerate(found) if empty})
        if len(lacking) == len(self.rows):
            raise InputError(
                f"{self.source}: every row has an empty cell, or one that --missing takes "
                f"for empty (line {self.lines[0]}, column {quote_text(lacking[0])}, …): fill "
                "in what matters"
            )
        kept = [place for place in range(len(self.rows)) if place not in lacking]
        return self.take(kept) if lacking else self

    def take(self, places: Sequence[int]) -> Table:
        """Return a table of some of the rows, by their places from 0, in this order."""
        rows = tuple([self.rows[i] for i in places])
        lines = tuple([self.lines[i] for i in places])
        return replace(self, rows=rows, lines=lines)

    def count(self, name: str) -> Counter[str]:
        """Return how many of a column's cells have each text, found once where few differ."""
        if name not in self.counts:
            counts = Counter(self.cells[self.places[name]])
            if len(counts) > FEW * len(self.rows):
                return counts
            self.counts[name] = counts
        return self.counts[name]

    def convert(self, name: str, rule: Callable[[str], T]) -> list[T]:
        """Return what a column's cells become by a rule, which runs once for those alike."""
        (converted,) = self.convert_columns({name: rule})
        return [*map(converted.__getitem__, self.cells[self.places[name]])]

    def convert_columns(self, rules: Mapping[str, Callable[[str], T]]) -> Iterator[dict[str, T]]:
        """Yield for each column what each text in it becomes by its rule.

        All cells that a rule refuses are one InputError, after the last column.
        """
        first, counts = "", dict[str, int]()
        for name, rule in rules.items():
            cells = self.cells[self.places[name]]
            converted, refused = dict[str, T](), dict[str, InputError]()
            for cell in self.count(name):
                try:
                    converted[cell] = rule(cell)
                except InputError as error:
                    refused[cell] = error
            if refused:
                bad = [place for place, cell in enumerate(cells) if cell in refused]
                counts[name], where = len(bad), f"{self.source}, line {self.lines[bad[0]]}"
                first = first or (
                    f"{where}, column {quote_text(name)}: {refused[cells[bad[0]]]}; correct "
                    "the cell or delete its row"
                )
            else:
                yield converted
        if counts:
            each = [f"{count} in {quote_text(name)}" for name, count in counts.items()]
            total = sum(counts.values())
            in_all = f"; in all, {total} cells can't be used: {list_first(each, 8)}"
            raise InputError(first + in_all * (total > 1))


def list_quoted(texts: Sequence[str], most: int = 10) -> str:
    """Return the first texts, quoted, and how many more there are."""
    return list_first([quote_text(text) for text in texts], most, " and {left} more")
