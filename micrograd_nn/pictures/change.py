"""Two graphs of one form side by side; what a graph was recorded with, and what it gives anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..backprop import steps
from ..naming import names_of
from ..value import Value, nodes


def paired(before: Value, after: Value, names: Any = None) -> dict[Value, Value]:
    """Return for each node of one graph the node at its place in the other.

    >>> x = Value(2.0)
    >>> old, new = x * x, x * x
    >>> paired(old, new) == {old: new, x: x}
    True

    Graphs of another form are a ValueError that names where they part.
    """
    pairs, back = {before: after}, {after: before}
    waiting = [(before, after)]
    while waiting:
        old, new = waiting.pop()
        made = [node.operation.name if node.operation else "" for node in (old, new)]
        if made[0] != made[1]:
            how = [f"made by {name}" if name else "not computed" for name in made]
            part(before, old, names, f"is {how[0]} before, {how[1].removeprefix('made ')} after")
        if len(old.inputs) != len(new.inputs):
            counts = f"has {len(old.inputs)} inputs before, {len(new.inputs)} after"
            part(before, old, names, counts)
        for one, other in zip(old.inputs, new.inputs, strict=True):
            if (
                type(one) is not type(other)
                or pairs.get(one, other) is not other
                or (back.get(other, one) is not one)
            ):
                part(before, old, names, "has other inputs before than after")
            if one not in pairs:
                pairs[one], back[other] = other, one
                waiting.append((one, other))
    return pairs


def part(before: Value, node: Value, names: Any, how: str) -> None:
    """Raise the error that says at which node two graphs part."""
    name = names_of(before, names)[node]
    raise ValueError(f"draw_change needs two graphs of one form: {name} {how}")


def made_from(root: Value) -> dict[Value, float]:
    """Return the number of each node as it was when the root was made.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> x.data = 4.0
    >>> made_from(y)[x]
    3.0

    A node's own edits since are not seen, but for the root's.
    """
    found = {root: root.data}
    for node in nodes(root):
        found.update(zip(node.inputs, node.numbers, strict=True))
    return found


def recomputed(graph: Sequence[Value], given: Mapping[Value, float]) -> float:
    """Return the number of a graph's last node where some nodes have other numbers.

    >>> x = Value(3.0)
    >>> y = x * x + 1
    >>> recomputed(nodes(y), {x: 5.0})
    26.0

    Whatever isn't computed anew has the number recorded at each use, though edited since:

    >>> two = y.inputs[1]
    >>> two.data = 2.0
    >>> recomputed(nodes(y * two), {x: 3.0})
    20.0
    """
    found = dict(given)
    for node in graph:
        if node.operation is not None and node not in found:
            found[node] = node.operation.forward(*map(found.get, node.inputs, node.numbers))
    return found[graph[-1]]


def gradients(root: Value) -> dict[Value, float]:
    """Return the gradient of each node that one backward pass reaches, with no node changed.

    >>> x = Value(3.0)
    >>> gradients(x * x)[x]
    6.0

    The root's is 1.0.
    """
    found = {root: 1.0}
    found.update((step.input, step.after) for step in steps(root))
    return found
