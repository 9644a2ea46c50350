"""The gradients of a graph's nodes, by the steps of its backward pass alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from ..engine.backprop import walk_back
from ..engine.value import Value


def measure_partials(node: Value) -> list[float | None]:
    """Return the sizes of a node's partials: gradients of these are sums of |products| of them."""
    return [partial and abs(partial) for partial in node.partials]


def compute_gradients(
    graph: Sequence[Value],
    find_partials: Callable[[Value], Sequence[float | None]] = attrgetter("partials"),
) -> dict[Value, float]:
    """Return the gradient of the last of some nodes by each that it depends on, itself first.

    >>> x = Value(3.0)
    >>> list(compute_gradients([x, x * x]).values())
    [1.0, 6.0]

    The numbers are those of ``backward``, bit for bit.
    """
    found = {graph[-1]: 1.0}
    for _, input, *_, after in walk_back(graph, 1.0, find_partials):
        found[input] = after
    return found
