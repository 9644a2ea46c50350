"""A table cut in three: rows that are trained on, rows that choose the epoch, and test rows.

Whatever is learned, of the columns as well, is learned from the first part alone. So the figures of
the others tell how well the model will do on rows that nobody has seen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from .._ground.text import InputError
from ..train.examples import Example
from ..train.loop import split
from .encoding import Encoding
from .options import Options
from .table import Table


class TableParts(NamedTuple):
    """The parts of a table; None where none is asked for."""

    training: Table
    validation: Table | None
    test: Table | None


class ExampleParts(NamedTuple):
    """The parts of a table as examples, empty where none is asked for."""

    training: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]
    source: str


def cut_table(table: Table, options: Options, classes: Sequence[str] = ()) -> TableParts:
    """Return the table's rows, shuffled by the seed, in parts of the sizes that are asked for.

    >>> rows = tuple([(str(i),) for i in range(10)])
    >>> parts = cut_table(Table("t.csv", ("x",), rows, tuple(range(2, 12))), Options(test=0.3))
    >>> parts.training.column("x"), parts.validation.column("x"), parts.test.column("x")
    (['5', '2', '9', '3', '0', '4'], ['6'], ['7', '8', '1'])

    Where the rows are of ``classes``, each part has its share of every class.
    """
    rng, places = random.Random(options.seed), [*range(len(table.rows))]
    test: list[int] = []
    try:
        if options.test:
            places, test = cut_rows(places, options.test, rng, classes)
        training, validation = cut_rows(places, options.validation, rng, classes)
    except ValueError as error:
        raise InputError(f"{table.source}: {error}") from None
    held_back = [table.take(x) if x else None for x in (validation, test)]
    return TableParts(table.take(training), *held_back)


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


def encode_parts(encoding: Encoding, parts: TableParts) -> ExampleParts:
    """Return the examples that the rows of all parts are.

    A class that no training row has is an error: without its rows, the figures would flatter.
    """
    validation, test = [[] if part is None else encode_rows(encoding, part) for part in parts[1:]]
    training = encode_rows(encoding, parts.training)
    return ExampleParts(training, validation, test, parts.training.source)


def encode_rows(encoding: Encoding, table: Table) -> list[Example]:
    """Return the examples that rows are."""
    # Nobody edits a tuple: a training reads it once, where it reads a list at each epoch.
    return [*zip(encoding.encode_inputs(table), encoding.encode_targets(table), strict=True)]
