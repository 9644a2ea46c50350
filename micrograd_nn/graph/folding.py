"""A graph with its repeats folded: one repetition stands for all, whatever shows the graph."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, cycle
from typing import NamedTuple

from .._ground.text import format_number
from ..engine.value import Value
from .repeats import Repeat, find_repeats

EVERY_NODE = 60  # a graph of no more nodes is shown whole, though some repeat others
MOST_STANDING = 0.7  # of the nodes are still there where folding is of use
MOST_SEARCHED = 300_000  # nodes among which repeats are looked for without being asked


class Folding(NamedTuple):
    """Which node stands for which: for itself, or where it is repeated, for all of its place.

    ``members`` are the nodes that one stands for, if they are several, in the order in which
    they were made. ``repeats`` are those that were folded, without those within others.
    """

    places: Mapping[Value, Value]
    members: Mapping[Value, Sequence[Value]]
    repeats: Sequence[Repeat]

    @property
    def is_of_use(self) -> bool:
        """Whether a large graph becomes a small one: in any graph, some operations come thrice."""
        return bool(self.repeats) and len({*self.places.values()}) <= MOST_STANDING * len(
            self.places
        )


def fold_nothing(nodes: Sequence[Value]) -> Folding:
    """Return nodes of which each stands for itself."""
    return Folding({node: node for node in nodes}, {}, [])


def fold_repeats(nodes: Sequence[Value], neurons: Mapping[Value, str] = {}) -> Folding:
    """Return a graph's nodes with repeats folded, so that one repetition is to be seen.

    >>> from micrograd_nn import nodes
    >>> w = Value(0.5, "w")
    >>> loss = sum((w * x - 1.0) ** 2 for x in [1.0, 2.0, 3.0, 4.0])
    >>> folding = fold_repeats(nodes(loss))
    >>> len(nodes(loss)), len(set(folding.places.values())), folding.places[w] is w
    (28, 8, True)
    >>> {len(members) for members in folding.members.values()}
    {3, 4}

    The first repetition stands for all; what it lacks is shown by the second one. Numbers that each
    repetition has for itself are folded, too, unless something else uses them; of what differs by
    the parameters of ``neurons``, nothing is.
    """
    repeats = find_repeats(nodes, neurons)
    places: dict[Value, Value] = {}
    for repeat in repeats:
        fold_repeat(repeat, places)
    for x in {x for node in nodes if node not in places for x in node.inputs}:
        if x.operation is None:
            places.pop(x, None)  # a number that is used elsewhere
    found = {node: places.get(node, node) for node in nodes}
    members: dict[Value, list[Value]] = {}
    for node, place in found.items():
        members.setdefault(place, []).append(node)
    return Folding(found, {x: own for x, own in members.items() if len(own) > 1}, repeats)


def fold_repeat(repeat: Repeat, places: dict[Value, Value]) -> None:
    """Note for the nodes of a repeat, and for the numbers that they take, what stands for them.

    The repetition that stands for all is folded itself. Neurons are alike, too, but each has
    weights that come back in the next repetition: they are parts of one thing.
    """
    stands = [y if x is None else x for x, y in zip(repeat[0], repeat[1], strict=True)]
    shown, *latest = [[x for x in part if x is not None] for part in (stands, *repeat[-2:])]
    taken, before, last = [[x for node in part for x in node.inputs] for part in (shown, *latest)]
    shared = {x: "" for x, y in zip(before, last, strict=True) if x is y and x.operation is None}
    numbers = dict.fromkeys(x for x in taken if x.operation is None)
    within = fold_repeats([*numbers, *shown], shared).places
    for node, twin in zip(chain.from_iterable(repeat), cycle(shown), strict=False):
        if node is not None:
            places[node] = within[twin]
            for x, y in zip(node.inputs, twin.inputs, strict=True):
                if x.operation is None and y.operation is None:
                    places.setdefault(x, places.get(within[y], within[y]))


def format_range(numbers: Iterable[float | None], precision: int = 4) -> str:
    """Return the least and the greatest number as a text, a dash where there are none."""
    ends = measure_range(numbers)
    return " … ".join(dict.fromkeys(format_number(number, precision) for number in ends))


def measure_range(numbers: Iterable[float | None]) -> tuple[float | None, float | None]:
    """Return the least and the greatest number: None where there are none, nan where one is."""
    known = [number for number in numbers if number is not None]
    if any(math.isnan(number) for number in known):
        return math.nan, math.nan
    return (min(known), max(known)) if known else (None, None)
