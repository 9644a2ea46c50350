"""What a backward pass does beside the chain rule: whose turn it is, and what passes add up to.

``Value.backward`` is the loop of the chain rule; this is what it needs of its nodes, kept apart so
that a debugger that goes through that loop line by line stops at nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .operand import Operand
from .refusals import require_real

Earlier = tuple[list[Any], list[int]]  # each node's gradient, and how many passes it adds up


def walk_edges(graph: Sequence[Any]) -> Iterator[tuple[Any, Iterable[tuple[Any, float]]]]:
    """Yield each node from the root back, with its inputs and the partials by them.

    >>> from micrograd_nn import Value, nodes
    >>> x = Value(3.0)
    >>> y = 2 * x
    >>> [(node is y, list(edges) == [(x, 2.0)]) for node, edges in walk_edges(nodes(y))]
    [(True, True)]

    Leaves pass nothing on, and constants receive nothing: neither has a turn.
    """
    for node in reversed(graph):
        x, by_x, by_y = node.x, node.by_x, node.by_y
        if type(x) is tuple:  # of more than two inputs
            edges: Any = zip(x, by_x)
            yield node, drop_constants(edges) if None in by_x else edges
        elif by_x is None:
            if by_y is not None:
                yield node, ((node.y, by_y),)
        elif by_y is None:
            yield node, ((x, by_x),)
        else:
            yield node, ((x, by_x), (node.y, by_y))


def drop_constants(edges: Iterable[tuple[Any, float | None]]) -> list[tuple[Any, float]]:
    """Return the edges to what takes a gradient: the partial by a constant is None."""
    return [(input, partial) for input, partial in edges if partial is not None]


def list_gradients(graph: Sequence[Any]) -> Earlier:
    """Return what there was before a pass."""
    return [node.grad for node in graph], [node.passes for node in graph]


def clear_gradients(graph: Sequence[Any]) -> None:
    """Let each gradient of a pass begin at 0."""
    for node in graph:
        node.grad = 0.0


def add_earlier_passes(graph: Sequence[Any], earlier: Earlier) -> None:
    """Add to the leaves' gradients what they had before: a leaf adds up over passes."""
    for node, grad in zip(graph, earlier[0]):
        if node.operation is None and not node.is_constant:  # a leaf
            if type(grad) is not float and grad is not None:
                grad = require_gradient(node, grad)
            node.passes = (node.passes + 1) if grad else 1  # a grad of 0.0 begins anew
            node.grad += grad or 0.0


def restore_gradients(graph: Sequence[Any], earlier: Earlier) -> None:
    """Put back what there was before a pass."""
    for node, grad, passes in zip(graph, *earlier):
        node.grad, node.passes = grad, passes


def require_gradient(node: Any, grad: object) -> float:
    """Return a gradient that somebody set as a float; what is no number is a TypeError.

    >>> from micrograd_nn import Value
    >>> require_gradient(Value(3.0, label="x"), "6")
    Traceback (most recent call last):
    TypeError: the grad of a Value of 3.0 (label 'x') needs a real number, not a str ('6'): \
convert it with float(...)

    It is looked at where it is used: a look at each that is set would slow down ``backward``.
    """
    label = f" (label {node.label!r})" if node.label else ""
    where = f"the grad of a Value of {node.number!r}{label}"
    if isinstance(grad, Operand):
        raise TypeError(f"{where} is a number, not a Value: take its .data")
    return require_real(grad, where, "a real number")
