"""The paths of a gradient from a root down to one node: their number, the largest; what is near.

Their number may have thousands of digits, so it is counted, and the largest are found, without
walking them all. Nothing recurses.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

from ..engine.value import Value

SHOWN_AT_ENDS = 3  # steps of a long path that are shown at each of its ends
LONGEST_PATH = 2 * SHOWN_AT_ENDS + 2  # steps of a path that is shown as a whole

Item = TypeVar("Item")


class Path(NamedTuple):
    """One way of a gradient: the nodes from the root down, and which input each is of the last.

    >>> w = Value(3.0)
    >>> product = w * 2
    >>> path = Path((product * 5, product, w), (0, 0))
    >>> path.partials, path.product
    ((5.0, 2.0), 10.0)
    """

    nodes: tuple[Value, ...]
    positions: tuple[int, ...]

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivatives on the way."""
        return tuple(map(self.find_partial, range(len(self.positions))))

    def find_partial(self, i: int) -> float:
        """Return the local derivative of a step on the way."""
        return self.nodes[i].partials[self.positions[i]] or 0.0

    @property
    def product(self) -> float:
        """What the path adds to the gradient."""
        return math.prod(self.partials, start=1.0)


class PathKind(NamedTuple):
    """The paths through one place of all repetitions each: the largest, how many, and their sum."""

    largest: Path
    times: int
    total: float


def find_dependents(nodes: Iterable[Value], wrt: Iterable[Value]) -> set[Value]:
    """Return the nodes ``wrt`` and all that depend on one of them, of nodes in a graph's order."""
    found = set(wrt)
    for node in nodes:
        if not found.isdisjoint(node.inputs):
            found.add(node)
    return found


class Paths:
    """The paths of a gradient from the last of a graph's nodes down to one of them.

    >>> w = Value(3.0)
    >>> square = w * w
    >>> found = Paths([w, square], w)
    >>> found.count, [path.product for path in found.largest(2)]
    (2, [3.0, 3.0])

    From the root to itself there is one, of no steps.
    """

    def __init__(self, nodes: Sequence[Value], wrt: Value) -> None:
        self.root = nodes[-1]
        self.wrt = wrt
        self.reached = find_dependents(nodes, [wrt])
        self.users = [node for node in nodes if node in self.reached and node is not wrt]

    @cached_property
    def count(self) -> int:
        """Their number, found without walking them."""
        counts = {self.root: 1}
        for node in reversed(self.users):
            count = counts.pop(node)
            for input in [x for x in node.inputs if x in self.reached]:
                counts[input] = counts.get(input, 0) + count
        return counts[self.wrt]

    def largest(self, count: int) -> list[Path]:
        """Return the ``count`` paths whose products are largest in size, the largest first.

        >>> w = Value(3.0)
        >>> square, product = w * w, w * 5
        >>> graph = [w, square, *product.inputs[1:], product, square - product]
        >>> [path.product for path in Paths(graph, w).largest(2)]
        [-5.0, 3.0]

        Those of one size keep their order; a product that is NaN counts as infinite.
        """
        # Of each node the largest ways down: the logarithm of the product, by which input, and
        # which of its ways. A logarithm neither over- nor underflows; it is rounded, lest the
        # order of factors tell products of one size apart.
        ways: dict[Value, list[tuple[float, int, int]]] = {self.wrt: [(0.0, -1, 0)]}
        for node in self.users:
            longer = [
                (size + log_size(node.partials[position] or 0.0), position, rank)
                for position, input in enumerate(node.inputs)
                for rank, (size, *_) in enumerate(ways.get(input, ()))
            ]
            ways[node] = heapq.nlargest(count, longer, key=lambda way: rank_size(way[0]))
        return [
            self.walk_down(rank, lambda node, i: ways[node][i][1:])
            for rank in range(len(ways[self.root]))
        ]

    def kinds(self, places: Mapping[Value, Value], most: int) -> list[PathKind]:
        """Return the kinds of paths where some nodes stand for others, the largest sum first.

        >>> from .graph import Graph
        >>> w = Value(3.0)
        >>> graph = Graph(sum((w * x for x in range(40)), w))
        >>> found = graph.paths(w).kinds(graph.folding.places, 8)
        >>> [(kind.times, kind.total, kind.largest.product) for kind in found]
        [(40, 780.0, 39.0), (1, 1.0, 1.0)]

        Of what a loop goes through again and again, only the first time counts. Where there are
        more than ``most`` kinds, there is no use in them, and none is returned.
        """
        repeated = {place for node, place in places.items() if place is not node}
        known: dict[tuple[Value, int], int] = {}  # a number for each kind of way down
        passed: list[frozenset[Value]] = [frozenset()]  # which repeated places each goes through
        ways: dict[Value, dict[int, Way]] = {self.wrt: {0: Way(1, 1.0, 0.0, -1, 0)}}
        for node in self.users:
            place = places.get(node, node)
            found: dict[int, Way] = {}
            for position, input in enumerate(node.inputs):
                partial = node.partials[position] or 0.0
                for kind, way in ways.get(input, {}).items():
                    is_again = place in passed[kind]
                    longer = kind if is_again else known.setdefault((place, kind), len(passed))
                    if longer == len(passed):
                        passed.append(passed[kind] | ({place} & repeated))
                    size, share = way.size + log_size(partial), partial * way.total
                    same = found.get(longer, Way(0, 0.0, -math.inf, position, kind))
                    is_larger = not same.times or rank_size(size) > rank_size(same.size)
                    best = (size, position, kind) if is_larger else same[2:]
                    found[longer] = Way(same.times + way.times, same.total + share, *best)
            if len(found) > most:
                return []
            ways[node] = found
        kinds = [
            PathKind(self.walk_down(i, lambda node, i: ways[node][i][3:]), way.times, way.total)
            for i, way in ways[self.root].items()
        ]
        return sorted(kinds, key=lambda kind: -rank_size(abs(kind.total)))

    def walk_down(self, mark: int, find_next: Callable[[Value, int], tuple[int, int]]) -> Path:
        """Return a path: which input of a node comes next, and its mark there, by those of it."""
        chain, positions = [self.root], []
        while chain[-1] is not self.wrt:
            position, mark = find_next(chain[-1], mark)
            positions.append(position)
            chain.append(chain[-1].inputs[position])
        return Path(tuple(chain), tuple(positions))


class Way(NamedTuple):
    """The ways down from a node that are of one kind: how many, their sum, and the largest.

    Of the largest, ``size`` is the logarithm, ``position`` the input, ``kind`` how it goes on.
    """

    times: int
    total: float
    size: float
    position: int
    kind: int


def rank_size(size: float) -> float:
    """Return a size to compare by: NaN counts as infinite, and what rounding tells apart is one.

    >>> rank_size(math.nan), rank_size(0.1 + 0.2) == rank_size(0.3)
    (inf, True)
    """
    return math.inf if math.isnan(size) else round(size, 9)


def log_size(number: float) -> float:
    """Return the logarithm of a number's size, of zero too."""
    return math.log2(abs(number)) if number else -math.inf


def elide_middle(
    items: Sequence[Item | None], longest: int = LONGEST_PATH, ends: int = SHOWN_AT_ENDS
) -> list[Item | None]:
    """Return items with None for the middle ones, if there are many: ``ends`` stay at each end."""
    if len(items) <= longest:
        return list(items)
    return [*items[:ends], None, *items[-ends:]]


def format_count(count: int) -> str:
    """Return a count as people read it, one of thousands of digits as a power."""
    return f"{count:,}" if count < 10**15 else f"about 10^{int(math.log10(count))}"


def find_nearest(
    start: Item,
    beside: Callable[[Item], Iterable[Item]],
    limit: int | None,
    radius: int | None = None,
) -> dict[Item, int]:
    """Return how far things are from one, nearest first: up to a limit, or within a radius."""
    found = {start: 0}
    waiting = deque(found)
    while waiting and (radius is None or found[waiting[0]] < radius):
        thing = waiting.popleft()
        for other in beside(thing):
            if limit is not None and len(found) >= limit:
                return found
            if other not in found:
                found[other] = found[thing] + 1
                waiting.append(other)
    return found
