"""The paths of a gradient from a root down to one node: their number, the largest, one by one.

Their number may have thousands of digits, so it is counted, and the largest are found, without
walking them all. Nothing recurses.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from ..engine.order import nodes
from ..engine.value import Value

ENDS = 3  # steps of a long path that are shown at each of its ends
LONGEST = 2 * ENDS + 2  # steps of a path that is shown as a whole

Item = TypeVar("Item")


class Path(NamedTuple):
    """One way of a gradient: the nodes from the root down, and which input each is of the last.

    >>> w = Value(3.0)
    >>> path = next(paths(w * 2 * 5, w))
    >>> path.positions, path.partials, path.product
    ((0, 0), (5.0, 2.0), 10.0)
    """

    nodes: tuple[Value, ...]
    positions: tuple[int, ...]

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivatives on the way."""
        found = zip(self.nodes, self.positions, strict=False)
        return tuple([node.partials[position] or 0.0 for node, position in found])

    @property
    def product(self) -> float:
        """What the path adds to the gradient."""
        return math.prod(self.partials, start=1.0)


def dependents(root: Value, wrt: Value) -> list[Value]:
    """Return the nodes from a node up to the root that depend on it, in the graph's order.

    >>> w, b = Value(1.0), Value(2.0)
    >>> [node.data for node in dependents(w * 3 + (b + 4), w)]
    [3.0, 9.0]
    """
    graph, found = nodes(root), {wrt}
    for node in graph:
        if not found.isdisjoint(node.inputs):
            found.add(node)
    return [node for node in graph if node in found and node is not wrt]


def count_paths(root: Value, wrt: Value) -> int:
    """Return the number of paths from the root to a node, without walking them.

    >>> w = Value(1.0)
    >>> square = w * w
    >>> count_paths(square * square, w)
    4
    """
    on_the_way = dependents(root, wrt)
    wanted, counts = {wrt, *on_the_way}, {root: 1}
    for node in reversed(on_the_way):
        count = counts.pop(node)
        for input in node.inputs:
            if input in wanted:
                counts[input] = counts.get(input, 0) + count
    return counts[wrt]


def paths(root: Value, wrt: Value) -> Iterator[Path]:
    """Yield the paths from the root to a node, each when it is asked for.

    >>> w = Value(3.0)
    >>> [path.product for path in paths(w * w + 5 * w, w)]
    [3.0, 3.0, 5.0]
    """
    if root is wrt:
        yield Path((root,), ())
        return
    wanted = set(dependents(root, wrt))
    chain, positions = [root], [-1]  # which input of the last node each is; the root is none
    ahead = [enumerate(root.inputs)]
    while ahead:
        for position, input in ahead[-1]:
            if input is wrt:
                yield Path((*chain, wrt), (*positions[1:], position))
            elif input in wanted:
                chain.append(input)
                positions.append(position)
                ahead.append(enumerate(input.inputs))
                break
        else:
            for stack in (chain, positions, ahead):
                stack.pop()


def largest_paths(root: Value, wrt: Value, count: int) -> list[Path]:
    """Return the paths whose products are largest in size, so many of them, the largest first.

    >>> w = Value(3.0)
    >>> [path.product for path in largest_paths(w * w - 5 * w, w, 2)]
    [-5.0, 3.0]

    Those of one size keep the order of ``paths``; a product that is NaN counts as infinite.
    """
    # Of each node the largest ways down: the logarithm of the product, by which input, and which
    # of its ways. A logarithm neither over- nor underflows; it is rounded, lest the order of
    # factors tell products of one size apart.
    ways: dict[Value, list[tuple[float, int, int]]] = {wrt: [(0.0, -1, 0)]}
    for node in dependents(root, wrt):
        longer = [
            (size + log_size(node.partials[position] or 0.0), position, rank)
            for position, input in enumerate(node.inputs)
            for rank, (size, *_) in enumerate(ways.get(input, ()))
        ]
        ways[node] = heapq.nlargest(
            count, longer, key=lambda way: math.inf if math.isnan(way[0]) else round(way[0], 9)
        )
    found = []
    for rank in range(len(ways[root])):
        node, chain, positions = root, [root], []
        while node is not wrt:
            _, position, rank = ways[node][rank]
            node = node.inputs[position]
            chain.append(node)
            positions.append(position)
        found.append(Path(tuple(chain), tuple(positions)))
    return found


def log_size(number: float) -> float:
    """Return the logarithm of a number's size, of zero too.

    >>> log_size(-8.0), log_size(0.0)
    (3.0, -inf)
    """
    return math.log2(abs(number)) if number else -math.inf


def elided(items: Sequence[Item], longest: int = LONGEST) -> list[Item | None]:
    """Return items with None for the middle ones, if there are many.

    >>> elided("abcdefghij")
    ['a', 'b', 'c', None, 'h', 'i', 'j']
    """
    if len(items) <= longest:
        return list(items)
    return [*items[:ENDS], None, *items[-ENDS:]]


def counted(count: int) -> str:
    """Return a count as people read it, one of thousands of digits as a power.

    >>> counted(1234), counted(2**20_000)
    ('1,234', 'about 10^6020')
    """
    return f"{count:,}" if count < 10**15 else f"about 10^{int(math.log10(count))}"
