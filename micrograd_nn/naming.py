"""One name for every node, for all that shows a graph: the same graph gives the same names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from .text import short
from .value import Constant, Value, nodes


def names_of(root: Value) -> dict[Value, str]:
    """Return a name for each node below the root, in the graph's order.

    A node is named by its label, a constant by its number, and the rest v1, v2, … by their place:

    >>> x = Value(3.0, label="x")
    >>> list(names_of(2 * x + 1).values())
    ['x', '2', 'v1', '1', 'v2']

    Where two nodes have one label, the later ones are numbered:

    >>> list(names_of(Value(1.0, "x") * Value(2.0, "x")).values())
    ['x', 'x (2)', 'v1']
    """
    names: dict[Value, str] = {}
    graph = nodes(root)
    taken = {node.label for node in graph}
    unnamed = count(1)
    numbers: dict[str, Iterator[int]] = {}
    for node in graph:
        if node.label and node.label not in numbers:
            numbers[node.label] = count(2)
            names[node] = node.label
        elif node.label:
            again = (f"{node.label} ({number})" for number in numbers[node.label])
            names[node] = next(name for name in again if name not in taken)
        elif isinstance(node, Constant):
            names[node] = short(node.data)
        else:
            names[node] = next(name for i in unnamed if (name := f"v{i}") not in taken)
    return names
