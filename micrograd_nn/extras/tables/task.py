"""What is to be learned: the rows of a table, what their columns are, and which is the target.

The rows are cut in three: those that are trained on, those that choose the epoch, and test rows.
Whatever is learned, of the columns as well, is learned from the first part alone. So the figures of
the others tell how well the model will do on rows that nobody has seen.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ..._ground.ruled import Console, escape_text, print_lines
from ..._ground.text import InputError, count_things, quote_text
from ..train.examples import Example, ExampleTable
from ..train.loop import split
from .encoding import Encoding
from .kinds import Kind, find_kinds
from .network import create_model
from .options import Options
from .remarks import describe_columns
from .storage import SavedModel
from .table import Table

MANY_MISSING = 0.1  # of a column's cells
COLUMNS = "target", "ignore", "categories", "classes", "skip_empty"  # as a task is asked for


class Parts(NamedTuple):
    """The parts of a table as examples, empty where none is asked for."""

    training: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]
    source: str


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


def cut_table(table: Table, options: Options, stratify: str = "") -> list[list[int]]:
    """Return the places of training, validation and test rows, shuffled by the seed.

    >>> table = Table("t.csv", ("x",), (("a",),) * 10, tuple(range(2, 12)))
    >>> cut_table(table, Options(test=0.3))
    [[5, 2, 9, 3, 0, 4], [6], [7, 8, 1]]

    Each part has its share of every class that a column has, if there is one to ``stratify`` by.
    """
    rng, places, test = random.Random(options.seed), [*range(len(table.rows))], list[int]()
    by_class = table.column(stratify) if stratify else ()
    try:
        if options.test:
            places, test = cut_rows(places, options.test, rng, by_class)
        training, validation = cut_rows(places, options.validation, rng, by_class)
    except ValueError as error:
        raise InputError(f"{table.source}: {error}") from None
    return [training, validation, test]


def cut_rows(
    places: Sequence[int], fraction: float, rng: random.Random, classes: Sequence[Any] = ()
) -> tuple[list[int], list[int]]:
    """Return places of rows, shuffled, as those that are kept and the fraction held back.

    Of each class that fraction is held back, as nearly as it can be, and one row is kept at least:

    >>> kept, held_back = cut_rows(range(9), 1 / 3, random.Random(0), "aaaaaabbc")
    >>> sorted(held_back), kept
    ([1, 5, 7], [3, 4, 2, 0, 8, 6])
    """
    kept, held_back = split(places, fraction, rng)
    if not (classes and fraction):
        return kept, held_back
    shuffled, groups = [*held_back, *kept], dict[Any, list[int]]()
    for place in shuffled:
        groups.setdefault(classes[place], []).append(place)
    chosen, owed = set[int](), 0.0
    for group in groups.values():
        share = fraction * len(group) + owed
        count = max(0, min(len(group) - 1, round(share)))
        owed = max(-0.5, min(0.5, share - count))
        chosen.update(group[:count])
    if not chosen:  # too few rows
        return kept, held_back
    return [x for x in shuffled if x not in chosen], [x for x in shuffled if x in chosen]


def encode_parts(encoding: Encoding, table: Table, places: Sequence[Sequence[int]]) -> Parts:
    """Return the examples that the rows of each part are.

    A class that no training row has is an error: without its rows, the figures would flatter.
    """
    examples = [*zip(encoding.encode_inputs(table), encoding.encode_targets(table), strict=True)]
    training, validation, test = [
        ExampleTable([examples[place] for place in part]) for part in places
    ]
    return Parts(training, validation, test, table.source)
