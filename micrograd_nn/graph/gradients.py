"""The gradients of a graph's nodes, by the steps of its backward pass alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from ..engine.backprop import walk_back

N = TypeVar("N")


def measure_partials(node: Any) -> list[float | None]:
    """Return the sizes of a node's partials: gradients of these are sums of |products| of them."""
    return [partial and abs(partial) for partial in node.partials]


def compute_gradients(
    graph: Sequence[N],
    find_partials: Callable[[N], Sequence[float | None]] = attrgetter("partials"),
) -> dict[N, float]:
    """Return the gradient of the last of some nodes by each that it depends on, itself first.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> list(compute_gradients([x, x * x]).values())
    [1.0, 6.0]

    The numbers are those of ``backward``, bit for bit.
    """
    found = {graph[-1]: 1.0}
    for _, input, *_, after in walk_back(graph, 1.0, find_partials):
        found[input] = after
    return found
