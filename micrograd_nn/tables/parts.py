"""A table cut in three: rows that are trained on, rows that choose the epoch, and test rows.

Whatever is learned, of the columns as well, is learned from the first part alone. So the figures of
the others tell how well the model will do on rows that nobody has seen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from .._ground.text import InputError
from ..train.examples import Example
from ..train.loop import split
from .encoding import Encoding
from .options import Options
from .table import BadCellsError, Table


class TableParts(NamedTuple):
    """The parts of a table; None where none is asked for."""

    training: Table
    validation: Table | None
    test: Table | None


class ExampleParts(NamedTuple):
    """The parts of a table as examples, empty where none is asked for, and what they lack."""

    training: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]
    left_out: Sequence[str]  # told of rows that can't be used
    source: str


def cut_table(table: Table, options: Options) -> TableParts:
    """Return the table's rows, shuffled by the seed, in parts of the sizes that are asked for.

    >>> rows = tuple([(str(i),) for i in range(10)])
    >>> parts = cut_table(Table("t.csv", ("x",), rows, tuple(range(2, 12))), Options(test=0.3))
    >>> parts.training.column("x"), parts.validation.column("x"), parts.test.column("x")
    (['5', '2', '9', '3', '0', '4'], ['6'], ['7', '8', '1'])
    """
    rng, places = random.Random(options.seed), [*range(len(table.rows))]
    test: list[int] = []
    try:
        if options.test:
            places, test = split(places, options.test, rng)
        training, validation = split(places, options.validation, rng)
    except ValueError as error:
        raise InputError(f"{table.source}: {error}") from None
    held_back = [table.take(x) if x else None for x in (validation, test)]
    return TableParts(table.take(training), *held_back)


def encode_parts(encoding: Encoding, parts: TableParts) -> ExampleParts:
    """Return the examples that the rows of all parts are."""
    training = encode_rows(encoding, parts.training)
    validation, *told = encode_held_back(encoding, parts.validation, "validation")
    test, *more = encode_held_back(encoding, parts.test, "test")
    left_out = [*filter(None, [*told, *more])]
    return ExampleParts(training, validation, test, left_out, parts.training.source)


def encode_rows(encoding: Encoding, table: Table) -> list[Example]:
    """Return the examples that rows are."""
    # Nobody edits a tuple: a training reads it once, where it reads a list at each epoch.
    return [*zip(encoding.encode_rows(table), encoding.encode_targets(table), strict=True)]


def encode_held_back(
    encoding: Encoding, table: Table | None, part: str
) -> tuple[list[Example], str]:
    """Return the examples that rows are which aren't trained on, and which are left out, and why.

    Those are left out that ``predict`` would refuse, such as for a text that no training row has.
    A class that none of them has is an error: without its rows, the figures would flatter.
    """
    if table is None:
        return [], ""
    told = ""
    try:
        inputs = encoding.encode_rows(table)
    except BadCellsError as error:
        count = len(table.rows)
        kept = [place for place in range(count) if place not in error.places]
        if not kept:
            raise InputError(f"no {part} row can be predicted: {error}") from None
        table = table.take(kept)
        inputs = encoding.encode_rows(table)
        told = f"Left out of the {part} rows: {count - len(kept)} of {count}, which predict would"
        told += f" refuse: {error.first}"
    try:
        return [*zip(inputs, encoding.encode_targets(table), strict=True)], told
    except BadCellsError as error:
        what = "the row is held back, and another --seed may train on it"
        raise InputError(f"{error.first} ({what})") from None
