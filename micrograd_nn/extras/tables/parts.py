"""A table cut in three: rows that are trained on, rows that choose the epoch, and test rows.

Whatever is learned, of the columns as well, is learned from the first part alone. So the figures of
the others tell how well the model will do on rows that nobody has seen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..._ground.text import InputError
from ..train.examples import Example, ExampleTable
from ..train.loop import split
from .encoding import Encoding
from .options import Options
from .table import Table


class Parts(NamedTuple):
    """The parts of a table as examples, empty where none is asked for."""

    training: Sequence[Example]
    validation: Sequence[Example]
    test: Sequence[Example]
    source: str


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
