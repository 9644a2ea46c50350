"""Backpropagation as a sequence of facts, for everything that shows or explains it.

``Value.backward`` is this same walk in a tight loop; here each use of the chain rule is a
``Step`` that can be read, printed or drawn, and no node changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from .order import nodes
from .value import Value


class Step(NamedTuple):
    """One use of the chain rule: how much of a node's gradient flows on to one input.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> step = next(steps(a * b))
    >>> step.upstream, step.partial, step.share
    (1.0, -3.0, -3.0)

    ``share`` is ``upstream * partial`` and takes the input's gradient from ``before`` to
    ``after``. An input that stands twice (``a * a``) is told apart by ``position``.
    """

    node: Value
    input: Value
    position: int
    upstream: float
    partial: float
    share: float
    before: float
    after: float

    @property
    def edited(self) -> bool:
        """Whether the input's number was edited since the node was made from it.

        The step tells of the number that the node was made from, not of the new one.
        """
        return was_edited(self.input, self.node.numbers[self.position])


def was_edited(node: Value, number: float) -> bool:
    """Tell whether a node's number isn't the one that it had.

    >>> was_edited(Value(3.0), 3.0), was_edited(Value(float("nan")), float("nan"))
    (False, False)
    """
    return not is_same_number(node.number, number)


def is_same_number(x: float, y: float) -> bool:
    """Tell whether two numbers are equal, or neither is a number.

    >>> nan = float("nan")
    >>> is_same_number(1.0, 1.0), is_same_number(nan, nan), is_same_number(nan, 1.0)
    (True, True, False)
    """
    return x == y or (x != x and y != y)


def steps(root: Value, upstream: float = 1.0) -> Iterator[Step]:
    """Return the steps of one backward pass from ``root``, in the order of ``root.backward()``.

    ``upstream`` is the root's own gradient, what it counts in something larger.

    >>> x = Value(3.0)
    >>> [step.after for step in steps(x * x)]
    [3.0, 6.0]

    >>> [step.after for step in steps(x * x, upstream=0.5)]
    [1.5, 3.0]

    Constants receive nothing and have no step.

    >>> list(steps(Value(1.0)))
    []
    """
    return walk_back(nodes(root), upstream)


def walk_back(
    graph: Sequence[Value],
    upstream: float = 1.0,
    find_partials: Callable[[Value], Sequence[float | None]] = attrgetter("partials"),
) -> Iterator[Step]:
    """Yield the steps of one backward pass through a graph's nodes, of which the root is the last.

    >>> x = Value(3.0)
    >>> [step.after for step in walk_back([x, x * x])]
    [3.0, 6.0]
    """
    gradient = {graph[-1]: upstream}
    for node in reversed(graph):
        upstream = gradient.get(node, 0.0)
        for position, (input, partial) in enumerate(
            zip(node.inputs, find_partials(node), strict=True)
        ):
            if partial is not None:
                share = upstream * partial
                before = gradient.get(input, 0.0)
                gradient[input] = after = before + share
                yield Step(node, input, position, upstream, partial, share, before, after)
