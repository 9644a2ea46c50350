"""What is to be learned: the rows of a table, what their columns are, and which is the target."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..._ground.ruled import Console, escape_text, print_lines
from ..._ground.text import count_things, quote_text
from .encoding import Encoding
from .kinds import Kind, find_kinds
from .network import create_model
from .options import Options
from .parts import Parts, cut_table, encode_parts
from .remarks import describe_columns
from .storage import SavedModel
from .table import Table

MANY_MISSING = 0.1  # of a column's cells
COLUMNS = "target", "ignore", "categories", "classes", "skip_empty"  # as a task is asked for


@dataclass(frozen=True)
class Task:
    """The rows that something can be learned from, and what each column is that isn't ignored.

    >>> table = Table("t.csv", ("x", "y"), (("1", "a"), ("2", "b"), ("3", "")), (2, 3, 4))
    >>> task = Task.read(table, "y")
    >>> len(task.rows.rows), task.left_out
    (2, ['Left out, without y: 1 of 3 rows'])
    """

    rows: Table
    kinds: Mapping[str, Kind]
    target: str
    left_out: Collection[str] = ()  # which rows, in lines

    @classmethod
    def read(
        cls,
        table: Table,
        target: str,
        *,
        ignore: Iterable[str] = (),
        categories: Iterable[str] = (),
        classes: bool = False,
        skip_empty: bool = False,
    ) -> Task:
        """Find out what the columns are, as all of their cells say, and which rows are complete.

        All cells have to be usable, and tell what a column is.
        """
        for name, texts in (("ignore", ignore), ("categories", categories)):
            if isinstance(texts, str):  # whose letters would be columns
                raise TypeError(f"{name} is a text: write {name}=[{quote_text(texts)}]")
        kinds = find_kinds(table, target, [*ignore], [*categories, *[target] * classes])
        used = [name for name, kind in kinds.items() if not kind.useless and name != target]
        texts = {name for name, kind in kinds.items() if kind.is_text}
        rows, left_out = choose_rows(table, used * skip_empty, target, texts)
        if skip_empty:  # rows with empty cells are gone
            kinds = {name: replace(kind, empty=0) for name, kind in kinds.items()}
        return cls(rows, kinds, target, left_out)

    @property
    def stratify(self) -> str:
        """The column by which parts are stratified: the target, if it is one of classes."""
        return self.target if self.kinds[self.target].is_text else ""

    def learn(self, options: Options, console: Console) -> tuple[Parts, SavedModel]:
        """Return the rows in parts, and an untrained network for their columns.

        What it is told of the columns is learned from the training rows. How each of them was read
        goes to the console.
        """
        places = cut_table(self.rows, options, self.stratify)
        encoding = Encoding.learn_kinds(self.rows.take(places[0]), self.target, self.kinds)
        parts = encode_parts(encoding, self.rows, places)
        if not console.quiet:
            lines = [*self.left_out, *describe_columns(self.rows, encoding, self.kinds)]
            if max(kind.empty for kind in self.kinds.values()) > MANY_MISSING * len(self.rows.rows):
                lines.append(point_to("Missing cells", "Many cells are empty"))
            for line in lines:
                print_lines(console, escape_text(line))
        return parts, SavedModel(create_model(encoding, options), encoding)

    def hold_out(self, fraction: float) -> Task:
        """Return the task without the test rows that this fraction makes with the seed 0."""
        test = {*cut_table(self.rows, Options(test=fraction), self.stratify)[2]}
        return replace(
            self, rows=self.rows.take([x for x in range(len(self.rows.rows)) if x not in test])
        )

    @property
    def fingerprint(self) -> str:
        """What hardly another task has: a hash of the rows and of what is made of them."""
        parts = [self.rows.columns, self.rows.rows, self.target, repr(self.kinds)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def choose_rows(
    table: Table, inputs: Iterable[str], target: str, texts: Collection[str]
) -> tuple[Table, list[str]]:
    """Return the rows that have a target and these inputs, and in lines how many lack them."""
    told = []
    for names, lack in (([target], f"without {target}"), (inputs, "with an empty cell")):
        complete = table.drop_incomplete(names, texts)
        if left_out := len(table.rows) - len(complete.rows):
            told.append(f"Left out, {lack}: {left_out:,} of {count_things(len(table.rows), 'row')}")
        table = complete
    return table, told


def point_to(heading: str, why: str) -> str:
    """Return a line that names a heading of the guide to scikit-learn, which does better there."""
    return f'{why}: see "{heading}" in docs/do/scikit-learn.md.'
