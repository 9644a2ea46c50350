"""Which edges of a graph are one arrow between boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ..engine.value import Value
from ..graph.folding import Folding

# The edges that are one arrow: by tail, head, part, and whether from a repetition before
Bundles = dict[tuple[str, str, int, bool], list[tuple[Value, int]]]


def bundle_edges(
    heads: Iterable[Value],
    places: Mapping[Value, str],
    collapsed: Collection[Value],
    folding: Folding | None,
) -> Bundles:
    """Return the edges to some nodes as arrows: one an argument, but all between collapsed boxes.

    What a repetition takes from the one before it goes round, or back. Of what it takes from
    somewhere else at its beginning, as a sum does from its first term, nothing is an arrow.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> [key[:3] for key in bundle_edges([y], {x: "x", y: "y"}, (), None)]
    [('x', 'y', 0), ('x', 'y', 1)]
    """
    return (
        bundle_folded(heads, places, collapsed, folding)
        if folding
        else bundle_plain(heads, places, collapsed)
    )


def bundle_plain(
    heads: Iterable[Value], places: Mapping[Value, str], collapsed: Collection[Value]
) -> Bundles:
    """Return the arrows of a graph in which no node stands for others."""
    bundles: Bundles = {}
    for node in heads:
        head, is_one = places[node], node in collapsed
        for position, input in enumerate(node.inputs):
            tail = places[input]
            if tail != head:
                part = 0 if is_one or input in collapsed else position
                bundles.setdefault((tail, head, part, False), []).append((node, position))
    return bundles


def bundle_folded(
    heads: Iterable[Value],
    places: Mapping[Value, str],
    collapsed: Collection[Value],
    folding: Folding,
) -> Bundles:
    """Return the arrows between nodes that stand for their repetitions."""
    bundles: Bundles = {}
    repetition = number_repetitions(folding)
    stands, members = folding.places, folding.members
    for node in heads:
        inputs = node.inputs
        if not inputs:
            continue
        head, stand, is_one = places[node], stands[node], node in collapsed
        loop, number = repetition.get(node, (-1, 0))
        first: dict[tuple[Value, int], int] = {}
        uses: Counter[Value] = Counter()
        for position, input in enumerate(inputs):
            tail = places[input]
            if is_one and tail == head:  # within a box that stands for several
                continue
            taken = stands[input]
            its_loop, its_number = repetition.get(input, (-2, 0))
            before = taken is stand or (
                loop == its_loop and (number != its_number or taken.created > stand.created)
            )
            if tail == head and not before:
                continue
            part = 0 if is_one or input in collapsed else position
            if not is_one and len(inputs) > 2 and taken in members:  # it may take all of a place
                part = first.setdefault((taken, uses[input]), part)
                uses[input] += 1
            bundles.setdefault((tail, head, part, before), []).append((node, position))
    most: Counter[tuple[str, int]] = Counter()
    for (_, head, part, before), edges in bundles.items():
        if before:
            most[head, part] = max(most[head, part], len(edges))
    return {
        key: edges
        for key, edges in bundles.items()
        if not key[3] or len(edges) == most[key[1], key[2]]
    }


def number_repetitions(folding: Folding) -> dict[Value, tuple[int, int]]:
    """Return for each node in a repeat which repeat it is, and which repetition."""
    return {
        node: (i, j)
        for i, repeat in enumerate(folding.repeats)
        for j, part in enumerate(repeat.repetitions)
        for node in part
        if node is not None
    }
