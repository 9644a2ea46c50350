"""One name for every node, for all that shows a graph: the same graph gives the same names."""

from __future__ import annotations

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
    taken: set[str] = {node.label for node in nodes(root) if node.label}
    used: dict[str, int] = {}
    unnamed = 0
    for node in nodes(root):
        if node.label:
            used[node.label] = count = used.get(node.label, 0) + 1
            names[node] = node.label if count == 1 else f"{node.label} ({count})"
        elif isinstance(node, Constant):
            names[node] = short(node.data)
        else:
            unnamed += 1
            while f"v{unnamed}" in taken:
                unnamed += 1
            names[node] = f"v{unnamed}"
    return names


def short(number: float | None, digits: int = 4) -> str:
    """Return a number as people read it: four digits, a true minus sign, a dash for none.

    >>> short(-0.70710678), short(2.0), short(None)
    ('−0.7071', '2', '–')
    """
    return "–" if number is None else f"{number:.{digits}g}".replace("-", "−")
