"""The rows of a tree: each node below the one that it is an input of, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..graph.graph import Graph


class TreeRow(NamedTuple):
    """A node's place in a tree: its edge, how deep it stands, and whether it stood above already.

    The edge is the node that it is an input of and its position there, None at the root.
    """

    node: Value
    edge: tuple[Value, int] | None
    depth: int
    is_last: bool  # of the inputs of its edge's node
    is_again: bool
    is_back: bool = False  # whether it's of an earlier repetition, where a sum goes on


def walk_rows(root: Value) -> Iterator[TreeRow]:
    """Yield the rows of a tree: a node before its inputs, which stand below it the first time.

    >>> x = Value(3.0)
    >>> [(row.depth, row.node.data, row.is_again) for row in walk_rows(x * x + 1)]
    [(0, 10.0, False), (1, 9.0, False), (2, 3.0, False), (2, 3.0, True)]

    Constants have no row but as the root.
    """
    met: set[Value] = set()
    waiting = [TreeRow(root, None, 0, True, False)]
    while waiting:
        row = waiting.pop()
        node = row.node
        yield row._replace(is_again=node in met)
        if node not in met:
            met.add(node)
            edges = [(node, i) for i, x in enumerate(node.inputs) if not isinstance(x, Constant)]
            waiting.extend(
                TreeRow(node.inputs[i], (node, i), row.depth + 1, (node, i) == edges[-1], False)
                for node, i in reversed(edges)
            )


def count_rows(graph: Graph) -> int:
    """Return how many rows a graph's tree has, without making them.

    >>> x = Value(3.0)
    >>> count_rows(Graph(x * x + 1)), len(list(walk_rows(x * x + 1)))
    (4, 4)
    """
    edges = (not isinstance(x, Constant) for node in graph.nodes for x in node.inputs)
    return 1 + sum(edges)
