"""The order of a graph: nodes are numbered as they are made, so each comes after its inputs.

Nothing recurses: the depth of a graph has no limit but memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from operator import attrgetter
from typing import Any, Protocol, TypeVar

next_number = count().__next__
by_creation = attrgetter("created")


class Node(Protocol):
    """What the walk through a graph needs of a node."""

    created: int

    @property
    def x(self) -> Any:
        """The first input, or a tuple of all inputs where they are more than two."""

    @property
    def y(self) -> Any:
        """The second input."""


N = TypeVar("N", bound=Node)


def split_slots(items: Sequence[Any]) -> tuple[Any, Any]:
    """Return how a node keeps what belongs to its inputs: two side by side, more as one tuple.

    >>> [split_slots(items) for items in ([], [1], [1, 2], [1, 2, 3])]
    [(None, None), (1, None), (1, 2), ((1, 2, 3), None)]

    A tuple is one more object that Python's collector of garbage visits, again and again: that
    was the largest cost of graphs whose nodes are of one or two inputs, as nearly all are.
    """
    count = len(items)
    if count == 2:  # the most frequent, at the cost of no other object
        return items[0], items[1]
    if count > 2:
        return tuple(items), None
    return (items[0] if count else None), None


def nodes(*roots: N) -> list[N]:
    """Return the roots and everything that they were made of, inputs before their results.

    >>> from micrograd_nn import Value
    >>> x = Value(2.0, label="x")
    >>> [node.data for node in nodes(x * x + 1)]
    [2.0, 4.0, 1.0, 5.0]

    A node that is used twice stands there once.
    """
    found = {None, *roots}  # None, since an empty slot holds it
    waiting = [*dict.fromkeys(roots)]
    graph = []
    while waiting:
        node = waiting.pop()
        graph.append(node)
        inputs = (node.x, node.y)
        if type(node.x) is tuple:
            inputs = node.x
            if found.issuperset(inputs):  # a layer's neurons share their inputs
                continue
        for input in inputs:
            if input not in found:
                found.add(input)
                waiting.append(input)
    graph.reverse()  # now it is nearly in order, which makes sorting faster
    graph.sort(key=by_creation)
    return graph


def is_leaf(node: Any) -> bool:
    """Tell whether a node is a number given from outside, neither computed nor constant."""
    return node.operation is None and not node.is_constant
