"""A graph with its repeats folded: one repetition stands for all, whatever shows the graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

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


def fold_repeats(
    nodes: Sequence[Value], parameters: Collection[Value] = (), shown: int = 0
) -> Folding:
    """Return a graph's nodes with repeats folded, so that one repetition is to be seen.

    >>> from micrograd_nn import nodes
    >>> w = Value(0.5, "w")
    >>> loss = sum((w * x - 1.0) ** 2 for x in [1.0, 2.0, 3.0, 4.0])
    >>> folding = fold_repeats(nodes(loss))
    >>> len(nodes(loss)), len(set(folding.places.values())), folding.places[w] is w
    (28, 8, True)
    >>> {len(members) for members in folding.members.values()}
    {3, 4}

    What isn't in every repetition is shown by another one. Numbers that each repetition has for
    itself are folded, too, unless something else uses them; of what differs by ``parameters``, as
    a layer's neurons do, nothing is.
    """
    repeats = find_repeats(nodes, parameters)
    places: dict[Value, Value] = {}
    for repeat in repeats:
        fold_repeat(repeat, min(shown, len(repeat.repetitions) - 1), places)
    outside = [node for node in nodes if node not in places]  # of which nothing is repeated
    for x in {x for node in outside for x in node.inputs if x.operation is None}:
        places.pop(x, None)  # a number that is used elsewhere
    found = {node: places.get(node, node) for node in nodes}
    members: dict[Value, list[Value]] = {}
    for node, place in found.items():
        members.setdefault(place, []).append(node)
    return Folding(found, {x: own for x, own in members.items() if len(own) > 1}, repeats)


def fold_repeat(repeat: Repeat, shown: int, places: dict[Value, Value]) -> None:
    """Note for the nodes of a repeat, and for the numbers that they take, what stands for them."""
    parts = repeat.repetitions
    stands = [
        next(node for part in (parts[shown], *parts) if (node := part[place]) is not None)
        for place in range(repeat.period)
    ]
    within = fold_within(stands, parts[-1])
    for _, place, node in repeat.walk():
        twin, stand = stands[place], stands[within[place]]
        places[node] = stand
        for x, y, z in zip(node.inputs, twin.inputs, stand.inputs, strict=True):
            if x.operation is None and y.operation is None:
                number = y if z.operation is not None else z
                places.setdefault(x, places.get(number, number))


def fold_within(stands: Sequence[Value], other: Sequence[Value | None]) -> list[int]:
    """Return for each place of a repetition the one that stands for it: its own repeats folded.

    Neurons are alike, too, but each has weights that come back in the ``other`` repetition: they
    are parts of one thing rather than repetitions.
    """
    index = {node: place for place, node in enumerate(stands)}
    found = list(range(len(stands)))
    parameters = {
        x
        for node, twin in zip(stands, other, strict=True)
        if twin is not None
        for x, y in zip(node.inputs, twin.inputs, strict=True)
        if x is y and x.operation is None
    }
    for repeat in find_repeats(stands, parameters):
        *parts, last = repeat.repetitions
        whole = [node for node in last if node is not None]  # all: only the first may lack some
        within = fold_within(whole, parts[-1])
        for _, place, node in repeat.walk():
            found[index[node]] = index[whole[within[place]]]
    return found
