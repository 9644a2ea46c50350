"""Loops: a graph's nodes as lines and loops, so that what repeats is looked at once.

A node takes its inputs from places: of parameters, of inputs, of constants, or of nodes before it.
What a loop made has places that move by the same stride each time. So nodes in a row are a loop if
their operations come back in a period, and each place has moved as far as the time before. Loops
are found from the inside out: one that is found counts as one line from then on.

Nothing is reordered. Written out, the lines and loops are the nodes in their own order.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice, pairwise
from operator import eq, sub
from typing import Any, NamedTuple

from ..engine.operation import Operation
from ..engine.value import Value

FEW_TURNS = 3  # that make a loop
FEW_INPUTS = 4  # more of them are written as runs
MOST_PERIODS = 32  # that are tried
MOST_ALIKE = 8  # kinds in a row that are looked for
SHORT_PERIODS = {1, 2, 3, 4}  # which always are
# Where the places of leaves begin; of nodes, they begin at 0.
PARAMETERS, INPUTS, CONSTANTS = 1 << 40, 3 << 40, 7 << 40


class Operand(NamedTuple):
    """Where a line takes inputs from: ``length`` places from ``place`` on, ``step`` apart.

    In each loop around the line, from the outermost on, ``place`` moves by a stride.
    """

    place: int
    strides: tuple[int, ...] = ()
    length: int = 1
    step: int = 0


class Line(NamedTuple):
    """Nodes of one operation: ``node`` is the first of them, and ``result`` its place."""

    node: Value
    operation: Operation
    result: Operand
    operands: Sequence[Operand]


class Loop(NamedTuple):
    """Lines and loops, repeated for a number of ``turns``."""

    turns: int
    items: Sequence[Line | Loop]


class Shape(NamedTuple):
    """What a loop's turns have in common: the kinds of its items, and how their places move."""

    kinds: tuple[int, ...]
    turns: int
    strides: tuple[int, ...]


class Kind(NamedTuple):
    """What a line or a loop is: an operation with its runs of inputs, or the ``Shape`` of a loop.

    It counts its nodes, the places that it takes inputs from, and the numbers that it takes.
    """

    what: Any
    nodes: int
    places: int
    numbers: int


def find_loops(
    nodes: Iterable[Value], places: dict[Value, int], alone: Collection[Value] = (),
    most_written: int = 0,
) -> list[Line | Loop]:  # fmt: skip
    """Return computed nodes as lines and loops; ``places`` are those of parameters and inputs.

    >>> from micrograd_nn import nodes
    >>> w, x = [Value(0.5) for _ in range(4)], [Value(1.0) for _ in range(4)]
    >>> loss = sum([(a * b).tanh() for a, b in zip(w, x)])
    >>> places = {a: PARAMETERS + i for i, a in enumerate(w)}
    >>> places |= {b: INPUTS + i for i, b in enumerate(x)}
    >>> loop, *rest = find_loops(nodes(loss), places)
    >>> loop.turns, [line.node.operation.name for line in loop.items]
    (4, ['mul', 'tanh'])

    The places of all others are added: those of nodes count from 0, and those of other leaves from
    ``CONSTANTS``, in the order in which they are used. Nodes ``alone`` are in no loop, and loops
    that take fewer than ``most_written`` numbers in all are written out.
    """
    rolled = Sequencing(nodes, places, {node: node for node in alone})
    once = Shape(tuple(rolled.kinds), 1, (0,) * len(rolled.taken))
    whole = Kind(once, len(rolled.computed), len(rolled.taken), 0)
    return [*rolled.build_items(
        [*rolled.known], whole, Operand(0), rolled.taken, [], most_written
    )]  # fmt: skip


class Sequencing:
    """Nodes in a row, as columns: the number of each one's kind, and the places of its inputs.

    Loops are made of all that repeats, from the inside out. Nodes are of one kind only if they have
    one of the ``marks``.
    """

    def __init__(
        self, nodes: Iterable[Value], places: dict[Value, int], marks: Mapping[Value, Hashable]
    ) -> None:
        self.computed: list[Value] = []
        self.known: dict[Kind, int] = {}  # each kind's number, in their order
        self.kinds: list[int] = []
        self.taken: list[int] = []  # the places of all inputs, one after the other
        constants = CONSTANTS
        for node in nodes:
            operation = node.operation
            if operation is None:
                if node not in places:
                    places[node] = constants
                    constants += 1
                continue
            inputs = [places[x] for x in node.inputs]
            key: Any = len(inputs)
            if len(inputs) > FEW_INPUTS:
                inputs, key = find_runs(inputs)
            places[node] = len(self.computed)
            self.computed.append(node)
            what = operation, key, marks.get(node)
            kind = Kind(what, 1, len(inputs), len(node.inputs))
            self.kinds.append(self.known.setdefault(kind, len(self.known)))
            self.taken += inputs
        while self.roll():
            pass

    def roll(self) -> bool:
        """Make loops of one period, the shortest that there is, and tell whether there was one."""
        kinds, taken = self.kinds, self.taken
        known = [*self.known]
        widths = [kind.places for kind in known]
        starts = [0, *accumulate(map(widths.__getitem__, kinds))]
        for period in self.list_periods():
            found = [*self.find_turns(period, starts)]
            if found:
                break
        else:
            return False
        self.kinds, self.taken, done = [], [], 0
        for first, count in found:
            end, width = first + count * period, starts[first + period] - starts[first]
            at, then = starts[first], starts[first] + width
            places, moved = taken[at:then], taken[then : then + width]
            body = tuple(kinds[first : first + period])
            shape = Shape(body, count, tuple(map(sub, moved, places)))
            kind = Kind(
                shape, count * sum(known[x].nodes for x in body), width,
                count * sum(known[x].numbers for x in body),
            )  # fmt: skip
            self.kinds += [*kinds[done:first], self.known.setdefault(kind, len(self.known))]
            self.taken += taken[starts[done] : at] + places
            done = end
        self.kinds += kinds[done:]
        self.taken += taken[starts[done] :]
        return True

    def list_periods(self) -> Iterator[int]:
        """Yield the periods to try: in which kinds come back, and then some kinds in a row.

        So an LSTM's steps are found, in each of which any operation comes several times.
        """
        for length in 1, MOST_ALIKE:
            rows = [*zip(*[self.kinds[i:] for i in range(length)], strict=False)]
            alike = sorted(range(len(rows)), key=rows.__getitem__)
            distances = Counter(j - i for i, j in pairwise(alike) if rows[i] == rows[j])
            likely = sorted(distances, key=lambda period: (-distances[period] * period, period))
            yield from sorted({*likely[:MOST_PERIODS], *SHORT_PERIODS})

    def find_turns(self, period: int, starts: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield where loops of a period begin, and how many turns they have."""
        kinds, done = self.kinds, 0
        alike = bytes(map(eq, kinds, islice(kinds, period, None)))
        for run in re.finditer(b"\x01{%d,}" % ((FEW_TURNS - 1) * period), alike):
            first, end = run.start(), run.end() + period
            at, width = starts[first], starts[first + period] - starts[first]
            if not width:  # sums of nothing
                continue
            places = self.taken[at : starts[end]]
            strides = [*map(sub, islice(places, width, None), places)]
            even = bytes(map(eq, strides, islice(strides, width, None)))
            for moving in re.finditer(b"\x01{%d,}" % width, even):
                begin = bisect_left(starts, at + moving.start(), first, end)
                count = (at + moving.end() + 2 * width - starts[begin]) // width
                if count >= FEW_TURNS and begin >= done:
                    yield begin, count
                    done = begin + count * period

    def build_items(
        self, known: Sequence[Kind], kind: Kind, result: Operand, places: Sequence[int],
        strides: Sequence[tuple[int, ...]], most: int,
    ) -> Iterator[Line | Loop]:  # fmt: skip
        """Yield a line, a loop or the lines of one that takes fewer numbers than ``most``.

        Their places move by ``strides`` in the loops around them.
        """
        strides = strides or [()] * len(places)
        if not isinstance(shape := kind.what, Shape):
            operation, runs, _ = shape
            spans = [(1, 0)] * runs if isinstance(runs, int) else runs
            operands = [
                Operand(place, moves, *span)
                for place, moves, span in zip(places, strides, spans, strict=True)
            ]
            yield Line(self.computed[result.place], operation, result, operands)
            return
        size, is_kept = kind.nodes // shape.turns, shape.turns > 1 and kind.numbers >= most
        moves = result.strides
        if is_kept:
            moves = (*moves, size)
            strides = [(*outer, x) for outer, x in zip(strides, shape.strides, strict=True)]
        items: list[Line | Loop] = []
        for turn in range(1 if is_kept else shape.turns):
            at, taken = result.place + turn * size, 0
            for item in map(known.__getitem__, shape.kinds):
                end = taken + item.places
                own = slice(taken, end)
                pairs = zip(places[own], shape.strides[own], strict=True)
                moved = [place + turn * stride for place, stride in pairs]
                items += self.build_items(
                    known, item, Operand(at, moves), moved, strides[own], most
                )
                taken, at = end, at + item.nodes
        yield from [Loop(shape.turns, items)] if is_kept else items


def find_runs(places: Sequence[int]) -> tuple[list[int], tuple[tuple[int, int], ...]]:
    """Return where runs of places at one distance begin, and the count and step of each.

    >>> find_runs([7, 8, 9, 10, 3, 3, 3, 5])
    ([7, 3, 5], ((4, 1), (3, 0), (1, 0)))
    """
    steps = [*map(sub, islice(places, 1, None), places)]
    even = bytes(map(eq, steps, islice(steps, 1, None)))
    begins: list[int] = []
    runs: list[tuple[int, int]] = []
    done = 0
    for run in [*re.finditer(b"\x01{%d,}" % (FEW_TURNS - 2), even), None]:
        first = len(places) if run is None else max(run.start(), done)
        begins += places[done:first]
        runs += [(1, 0)] * (first - done)
        count = run.end() + 2 - first if run is not None else 0
        if count >= FEW_TURNS and steps[first] >= 0:
            begins.append(places[first])
            runs.append((count, steps[first]))
            first += count
        done = first
    return begins, tuple(runs)
