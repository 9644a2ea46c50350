"""Repeats: parts of a graph that are the same but for numbers, as a loop over examples makes them.

Nodes stand in the order in which they were made, so what a loop made is a period in the sequence
of their operations. A period counts as a repeat if its nodes take their inputs in the same way
each time: from the same repetition, from one before, or from the same node outside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate, islice, pairwise
from operator import eq
from typing import NamedTuple

from ..engine.value import Value

FEW_REPETITIONS = 3  # that make a repeat
LEAST_PART = 1000  # a repeat has at least one such part of a graph, so that few are looked for
MOST_PERIODS = 12  # that are tried
WIDER = 4  # times as many nodes in a row are looked at next


class Repeat(NamedTuple):
    """One part of a graph that is there several times.

    Each of the ``repetitions`` has the same places, None where the first one lacks a node, as
    the first term of a sum isn't added to anything.
    """

    repetitions: Sequence[Sequence[Value | None]]


def find_repeats(nodes: Sequence[Value], parameters: Collection[Value] = ()) -> list[Repeat]:
    """Return the parts that a graph has several times, in the order of its nodes.

    >>> w = Value(0.5)
    >>> loss = sum((w * x - 1.0) ** 2 for x in [1.0, 2.0, 3.0, 4.0])
    >>> from micrograd_nn import nodes
    >>> for repeat in find_repeats(nodes(loss)):
    ...     print(len(repeat.repetitions), [n.operation.name for n in repeat.repetitions[1]])
    4 ['mul', 'sub', 'pow', 'add']

    What differs by ``parameters`` isn't repeated; nodes that are among them, as a neuron's may be,
    aren't like others. Repeats within a repeat aren't looked for: ask
    for those of one repetition.
    """
    computed = [node for node in nodes if node.operation is not None]
    numbers: dict[object, int] = {}
    keys = [(x.operation, len(x.inputs), x in parameters) for x in computed]
    kinds = [numbers.setdefault(key, len(numbers)) for key in keys]
    finder = Finder(computed, kinds, parameters)
    finder.search(0, len(computed))
    return [finder.found[start] for start in sorted(finder.found)]


class Finder:
    """A search for repeats in the computed nodes of a graph, whose ``kinds`` are numbers."""

    def __init__(
        self, computed: Sequence[Value], kinds: Sequence[int], parameters: Collection[Value]
    ) -> None:
        self.computed, self.kinds, self.parameters = computed, kinds, parameters
        self.indices = {node: i for i, node in enumerate(computed)}
        self.least = max(2 * FEW_REPETITIONS, len(computed) // LEAST_PART)
        self.found: dict[int, Repeat] = {}  # by where they begin
        # What has a node's place in the next repetition.
        self.later: dict[Value | None, Value | None] = {}

    def search(self, low: int, high: int) -> None:
        """Find the repeats between two places: the one that covers most, then beside it."""
        waiting = [(low, high)]
        while waiting:
            low, high = waiting.pop()
            for start, period, count in self.list_runs(low, high):
                start, count = self.turn_run(start, period, count)
                start, count = self.find_regular(start, period, count)
                end = start + count * period
                begin, repeat = self.build_repeat(start, period, count, low)
                enough = len(repeat.repetitions) >= FEW_REPETITIONS
                if enough and not self.has_own_parameters(repeat):
                    self.found[begin] = repeat
                    for part, following in pairwise(repeat.repetitions):
                        self.later.update(zip(part, following, strict=True))
                    # What stands behind is looked at last: it may take from each repetition.
                    waiting += [(end, high), (low, begin)]
                    break

    def list_runs(self, low: int, high: int) -> list[tuple[int, int, int]]:
        """Return where kinds come back in a period: start, period, count; what covers most first.

        Of what covers as much, the shortest period comes first: a chain of one operation is a
        repeat of one node.
        """
        kinds = self.kinds[low:high]
        runs = []
        for period in list_periods(kinds):
            same = bytes(map(eq, kinds, islice(kinds, period, None)))
            for found in re.finditer(b"\x01{%d,}" % ((FEW_REPETITIONS - 2) * period), same):
                count = (found.end() - found.start()) // period + 1  # without one that lacks a node
                if (count + 1) * period >= self.least:
                    runs.append((low + found.start(), period, count))
        return sorted(runs, key=lambda run: (-run[1] * run[2], run[1]))

    def turn_run(self, start: int, period: int, count: int) -> tuple[int, int]:
        """Return a run that is cut where the fewest inputs are taken across: between two loops."""
        crossed = [0] * (period + 1)
        middle = start + count // 2 * period
        for i in range(middle, middle + period):
            for j in {self.indices.get(input, -1) for input in self.computed[i].inputs}:
                if start <= j and i - j < period:  # else it crosses all
                    first, last = (j - start) % period + 1, (i - start) % period + 1
                    crossed[first] += 1
                    crossed[last] -= 1
                    crossed[0] += first > last
        sums = list(accumulate(crossed[:period]))
        # A cut at 0 is one at the period's end, too.
        turn = min(range(period), key=lambda cut: (sums[cut], cut))
        return (start + turn, count - 1) if turn else (start, count)

    def find_regular(self, start: int, period: int, count: int) -> tuple[int, int]:
        """Return where most repetitions in a row take their inputs alike, and how many do.

        A loop's last operation may look like one more repetition, and isn't.
        """
        firsts = range(start, start + (count - 1) * period, period)
        breaks = [  # repetitions that the next one isn't like
            i
            for i, first in enumerate(firsts)
            if not all(
                self.is_like(x, x + period, start, period) for x in range(first, first + period)
            )
        ]
        ends = [-1, *breaks, count - 1]
        first, end = max(pairwise(ends), key=lambda pair: pair[1] - pair[0])
        return start + (first + 1) * period, end - first

    def is_like(self, index: int, other: int, start: int, period: int) -> bool:
        """Tell whether a node takes its inputs as the one does that is a repetition later.

        That is where it takes a number, the same node of before, a place of as many repetitions
        ago, or that of another repeat's repetition of the same number. What would be taken from
        before the first repetition is taken from anywhere outside.
        """
        for x, y in zip(self.computed[index].inputs, self.computed[other].inputs, strict=True):
            i, j = self.indices.get(x), self.indices.get(y)
            if j is None:
                same = i is None
            elif j >= start + period:
                same = i == j - period
            elif j >= start:
                same = i is None or i < start
            else:
                same = i == j or self.later.get(x) is y
            if not same:
                return False
        return True

    def build_repeat(self, start: int, period: int, count: int, low: int) -> tuple[int, Repeat]:
        """Return where a repeat begins, and what it is."""
        lags = frozenset(
            place
            for place in range(period)
            for input in self.computed[start + min(count - 1, 1) * period + place].inputs
            if start <= self.indices.get(input, -1) < start + period
        )
        parts: list[list[Value | None]] = [
            [*self.computed[i : i + period]] for i in range(start, start + count * period, period)
        ]
        # The first repetition may lack what takes from the one before: a sum's first term does.
        rest = [place for place in range(period) if place not in lags]
        begin = start - len(rest)
        if lags and rest and begin >= low and self.precedes(begin, rest, start):
            nodes = iter(self.computed[begin:start])
            parts.insert(0, [None if place in lags else next(nodes) for place in range(period)])
            start = begin
        return start, Repeat(parts)

    def has_own_parameters(self, repeat: Repeat) -> bool:
        """Tell whether repetitions differ by parameters, as the neurons of a layer do."""
        first, last = repeat.repetitions[-2:]
        return any(
            x is not y and x.operation is None and x in self.parameters
            for node, later in zip(first, last, strict=True)
            if node is not None and later is not None
            for x, y in zip(node.inputs, later.inputs, strict=True)
        )

    def precedes(self, begin: int, rest: Sequence[int], start: int) -> bool:
        """Tell whether the nodes before a repeat are one more, but for what takes from others."""
        places = {start + place: begin + i for i, place in enumerate(rest)}
        for like, index in places.items():
            if self.kinds[index] != self.kinds[like]:
                return False
            for x, y in zip(self.computed[index].inputs, self.computed[like].inputs, strict=True):
                i, j = self.indices.get(x), self.indices.get(y)
                wanted = j if j is None or j < start else places.get(j, -1)
                if i != wanted and self.later.get(x) is not y:
                    return False
        return True


def list_periods(kinds: Sequence[int]) -> list[int]:
    """Return the distances at which kinds come back most, those that cover most first.

    Kinds that stand more than once in a period say little of it, so that more and more in a row
    are looked at, until there are no new ones.
    """
    distances: Counter[int] = Counter()
    width, known, length = 1, 0, len(kinds)
    while known < len(set(kinds)) <= length // 2:
        known = len(set(kinds))
        distances += count_distances(kinds)
        numbers: dict[tuple[int, ...], int] = {}
        rows = zip(*[islice(kinds, i * width, None) for i in range(WIDER)], strict=False)
        kinds = [numbers.setdefault(row, len(numbers)) for row in rows]
        width *= WIDER
    return rank_periods(distances)[:MOST_PERIODS]


def count_distances(kinds: Sequence[int]) -> Counter[int]:
    """Return how often kinds come back at which distance."""
    counts: Counter[int] = Counter()
    last: dict[int, int] = {}
    for i, kind in enumerate(kinds):
        if kind in last:
            counts[i - last[kind]] += 1
        last[kind] = i
    return counts


def rank_periods(distances: Counter[int]) -> list[int]:
    """Return the distances at which kinds come back, those that cover most first."""
    return sorted(distances, key=lambda period: (-distances[period] * period, period))
