"""The numbers of a recorded graph: edited since it was made, and made again with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine.steps import was_edited
from ..engine.value import Value


def recompute(nodes: Sequence[Value], given: Mapping[Value, float]) -> float:
    """Return the number of the last of some nodes where others have other numbers.

    >>> x = Value(3.0)
    >>> square = x * x
    >>> recompute([x, square], {x: 5.0})
    25.0

    Whatever isn't computed anew has the number recorded at each use, though edited since:

    >>> y = square * 2
    >>> y.inputs[1].data = 7.0
    >>> recompute([x, square, y], {x: 5.0})
    50.0
    """
    found = dict(given)
    for node in nodes:
        if node.operation is not None and node not in found:
            found[node] = node.operation.forward(*map(found.get, node.inputs, node.numbers))
    return found[nodes[-1]]


def find_edited_inputs(node: Value) -> list[Value]:
    """Return the inputs whose number isn't the one that the node was made from.

    >>> find_edited_inputs(Value(3.0) * 2)
    []

    Not-a-number, which isn't equal to itself, is no edit of itself.
    """
    return [
        input
        for input, number in zip(node.inputs, node.numbers, strict=True)
        if was_edited(input, number)
    ]
