"""The numbers of a recorded graph: as it was made, edited since, and made again with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine.order import nodes
from ..engine.steps import steps, was_edited
from ..engine.value import Value


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


def stale(root: Value) -> list[Value]:
    """Return the nodes whose ``data`` was edited since the root was recorded.

    Gradients are those of the recorded pass; compute the root anew to have them at the new
    numbers.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> x.data = 4.0
    >>> stale(y)
    [Value(4.0, grad=None, label='x')]
    >>> y.backward()
    >>> x.grad
    6.0

    Right after recording there are none.
    """
    return list(dict.fromkeys(input for node in nodes(root) for input in edited_inputs(node)))


def edited_inputs(node: Value) -> list[Value]:
    """Return the inputs whose number isn't the one that the node was made from.

    >>> edited_inputs(Value(3.0) * 2)
    []

    Not-a-number, which isn't equal to itself, is no edit of itself.
    """
    return [
        input
        for input, number in zip(node.inputs, node.numbers, strict=True)
        if was_edited(input, number)
    ]
