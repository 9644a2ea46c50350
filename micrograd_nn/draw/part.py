"""The part of a graph that is drawn: what is nearest to the root, or around a node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..engine.node import by_creation
from ..engine.value import Value
from ..graph.graph import Graph
from ..text import count_things
from .bundles import Bundles
from .diagram import Box, add_notes, find_nearest


class Extent(NamedTuple):
    """The part of a graph that is drawn: so many boxes at most, those around a node or the root."""

    limit: int | None = None
    around: Value | None = None
    radius: int = 0


EVERY_BOX = Extent()


def find_near_nodes(graph: Graph, part: Extent) -> tuple[Sequence[Value], int]:
    """Return the nodes that are drawn, in the graph's order, and how many are within the radius.

    It is for where each node has a box of its own: of a million, no other is then looked at.

    >>> x = Value(3.0, "x")
    >>> [node.data for node in find_near_nodes(Graph(x * x + 1), Extent(limit=2))[0]]
    [9.0, 10.0]
    """
    if part.around is None:
        if part.limit is None or part.limit >= len(graph.nodes):
            return graph.nodes, len(graph.nodes)
        near = find_nearest(graph.root, lambda node: node.inputs, part.limit)
        return sorted(near, key=by_creation), len(graph.nodes)
    users = graph.users
    reached = find_nearest(part.around, lambda x: (*x.inputs, *users[x]), None, part.radius)
    return sorted(list(reached)[: part.limit], key=by_creation), len(reached)


def add_users(graph: Graph, nodes: Sequence[Value]) -> list[Value]:
    """Return some nodes with those that use them, in the graph's order."""
    users = (user for node in nodes for user in graph.users[node])
    return sorted({*nodes, *users}, key=by_creation)


def find_near_boxes(
    bundles: Bundles, places: Mapping[Value, str], root: Value, part: Extent, all: int
) -> tuple[Collection[str] | None, int]:
    """Return the boxes that are drawn, None for all, and how many are within the radius."""
    if part.around is None and part.limit is None:
        return None, all
    beside: dict[str, list[str]] = {}
    for tail, head, _, _ in bundles:
        beside.setdefault(head, []).append(tail)
        if part.around is not None:
            beside.setdefault(tail, []).append(head)
    if part.around is None:
        return find_nearest(places[root], lambda id: beside.get(id, ()), part.limit), all
    reached = find_nearest(places[part.around], lambda id: beside.get(id, ()), None, part.radius)
    return list(reached)[: part.limit], len(reached)


def note_cuts(
    boxes: list[Box], bundles: Bundles, kept: Collection[str] | None, part: Extent
) -> list[Box]:
    """Return the boxes with notes of how many inputs, and around a node uses, aren't drawn."""
    if kept is None:
        return boxes
    chosen = set(kept)
    inputs = Counter(head for tail, head, _, _ in bundles if tail not in chosen)
    uses: Counter[str] = Counter()
    if part.around is not None:
        uses = Counter(tail for tail, head, _, _ in bundles if head not in chosen)
    return [
        add_notes(box, [
            f"+ {count_things(counts[box.id], noun)}"
            for counts, noun in ((inputs, "input"), (uses, "use")) if counts[box.id]
        ])
        for box in boxes
    ]  # fmt: skip
