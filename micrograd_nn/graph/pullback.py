"""The walk backward where derivatives aren't numbers: graphs of Values, or a program's symbols.

``steps`` is the same walk on the numbers of a recorded graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..engine.dual import plus, times
from ..engine.value import Value
from .paths import find_dependents


class Pullback:
    """A root's derivative on its way back through a graph to the nodes that are wanted.

    It yields each node on the way with the derivative of the root by it, results before inputs;
    whoever walks passes that on to the inputs, times the local derivatives:

    >>> from micrograd_nn import nodes
    >>> x = Value(3.0)
    >>> root = x * x
    >>> pullback = Pullback(nodes(root), root, 1.0, [x])
    >>> for node, upstream in pullback:
    ...     for input, share in pullback.shares(node, upstream, node.partials):
    ...         pullback.add(input, share)
    >>> upstream
    6.0
    """

    def __init__(
        self, graph: Sequence[Value], root: Value, seed: Any, wanted: Iterable[Value]
    ) -> None:
        self.graph = graph
        self.needed = find_dependents(graph, wanted)
        self.arrived: dict[Value, Any] = {root: seed}

    def __iter__(self) -> Iterator[tuple[Value, Any]]:
        for node in reversed(self.graph):
            upstream = self.arrived.pop(node, None)
            if upstream is not None and node in self.needed:
                yield node, upstream

    def needs(self, node: Value) -> list[bool]:
        """Tell of each input of a node whether a gradient flows on to it."""
        return [input in self.needed for input in node.inputs]

    def shares(
        self, node: Value, upstream: Any, partials: Sequence[Any]
    ) -> Iterator[tuple[Value, Any]]:
        """Yield what each input receives through a node: the chain rule; None receives nothing."""
        for input, partial in zip(node.inputs, partials, strict=True):
            if partial is not None:
                yield input, times(upstream, partial)

    def add(self, input: Value, share: Any) -> None:
        """Add to what has arrived at an input."""
        self.arrived[input] = plus(self.arrived.get(input, 0.0), share)
