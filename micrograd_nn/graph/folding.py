"""What a graph has several times, and the graph with that folded: one repetition stands for all.

Repeats are parts that are the same but for numbers, as a loop over examples makes them: the
outermost loops of a graph (see loops.py), read for people. Any number is like any other, a
repetition begins where the fewest inputs are taken across, the first one takes from outside what
others take from the one before, and it may lack what adds it to that.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, cycle
from typing import NamedTuple

from .._ground.text import format_number
from ..engine.value import Value
from .loops import FEW_TURNS, Sequencing, Shape
from .neurons import find_layer

EVERY_NODE = 60  # a graph of no more nodes is shown whole, though some repeat others
MOST_STANDING = 0.7  # of the nodes are still there where folding is of use
MOST_SEARCHED = 300_000  # nodes among which repeats are looked for without being asked
LEAST_PART = 1000  # a repeat has at least one such part of a graph, so that few are shown
NUMBER = -(1 << 40)  # the place of a number, which is before all others; kinds are before that


# The repetitions of one part of a graph. Each has the same places, None where the first one lacks a
# node, as the first term of a sum isn't added to anything.
Repeat = Sequence[Sequence[Value | None]]


def find_repeats(nodes: Sequence[Value], neurons: Mapping[Value, str] = {}) -> list[Repeat]:
    """Return the parts that a graph has several times, in the order of its nodes.

    >>> w = Value(0.5)
    >>> loss = sum((w * x - 1.0) ** 2 for x in [1.0, 2.0, 3.0, 4.0])
    >>> from micrograd_nn import nodes
    >>> for repeat in find_repeats(nodes(loss)):
    ...     print(len(repeat), [n.operation.name for n in repeat[1]])
    4 ['mul', 'sub', 'pow', 'add']

    What differs by parameters of ``neurons`` isn't repeated. Where all rows of a batch go through
    one layer before the next, they are a matrix, and nothing is. Repeats within a repeat aren't
    told: ask for those of one repetition.
    """
    computed = [node for node in nodes if node.operation is not None]
    taken = [node.inputs for node in computed]
    parameters = frozenset(x for x in neurons if x.operation is None)
    marks = {
        x: (x in neurons, parameters.intersection(found))
        for x, found in zip(computed if neurons else (), taken, strict=False)
    }
    places = dict.fromkeys(chain.from_iterable(taken), NUMBER)
    rolled = Sequencing(computed, places, marks)
    kinds: dict[object, int] = {}  # and where each takes its inputs from, in rows of numbers
    rows = [
        (
            kinds.setdefault((x.operation, len(found), marks.get(x)), NUMBER - 1 - len(kinds)),
            *map(places.__getitem__, found),
        )
        for x, found in zip(computed, taken, strict=True)
    ]
    items = [*map([*rolled.known].__getitem__, rolled.kinds)]
    loops = [
        (item.nodes, start, item.what.turns)
        for item, start in zip(items, accumulate((x.nodes for x in items), initial=0), strict=False)
        if isinstance(item.what, Shape)
    ]
    repeats: dict[int, Repeat] = {}  # by where they begin
    free = bytearray(b"\x01" * len(computed) + b"\x00")
    # The largest first: the first turns of a loop may be loops of their own.
    for size, start, turns in sorted(loops, reverse=True):
        period = size // turns
        if size + period >= max(2 * FEW_TURNS, len(computed) // LEAST_PART) and all(
            free[start : start + size]
        ):
            parts = list_parts(rows, start, period, turns, free)
            owners = {neurons.get(computed[i], "") for i in range(start, start + period)}
            one_layer = "" not in owners and len({*map(find_layer, owners)}) == 1 < len(owners)
            latest = chain.from_iterable(rows[start + size - period : start + size])
            if one_layer and not any(start <= y < start + size - period for y in latest):
                return []  # unless one repetition takes from those before: a recurrent layer
            if len(parts) >= FEW_TURNS:
                own = [i for part in parts for i in part if i is not None]
                free[own[0] : own[-1] + 1] = bytes(len(own))
                repeats[own[0]] = [
                    [None if i is None else computed[i] for i in part] for part in parts
                ]
    return [repeats[start] for start in sorted(repeats)]


def list_parts(
    rows: Sequence[Sequence[int]], start: int, period: int, turns: int, free: Sequence[int]
) -> list[list[int | None]]:
    """Return the places of each repetition of a loop, None where the first one lacks a node.

    Besides those of the loop they are among ``free`` ones.
    """

    def is_like(node: int, place: int, first: int, others: Mapping[int, int | None] = {}) -> bool:
        """Tell whether a node can stand at a place of the loop, which begins at ``first``.

        What would be taken from before that is taken from anywhere outside. Of ``others``, nodes
        that would stand at some places stand elsewhere, or, None, nowhere.
        """
        turn, at = divmod(place - start, period)
        return all(
            x == others.get(y + (z - y) * turn, y + (z - y) * turn)
            or (x < first and y + (z - y) * turn < first <= y + (z - y) * (turn + turns))
            for x, y, z in zip(rows[node], rows[start + at], rows[start + at + period], strict=True)
        )

    begin, end = start, start + turns * period
    while free[begin - 1] and is_like(begin - 1, begin - 1, begin - 1):
        begin -= 1
    while free[end] and is_like(end, end, begin):
        end += 1
    cut = begin + choose_cut(rows, begin + turns // 2 * period, period)
    while not all(is_like(x, x, cut) for x in range(cut, start)):
        cut += period
    parts: list[list[int | None]] = [
        [*range(i, i + period)] for i in range(cut, end - period + 1, period)
    ]
    # The first repetition may lack what takes from the one before: a sum's first term does.
    rest = [
        x
        for x in range(cut, cut + period)
        if not any(cut <= y < cut + period for y in rows[x + period][1:])
    ]
    theirs = range(cut - len(rest), cut)
    first: dict[int, int | None] = dict.fromkeys(range(cut - period, cut))
    first.update(zip([x - period for x in rest], theirs, strict=True))
    lacks = 0 < len(rest) < period and cut >= len(rest) and all(free[cut - len(rest) : cut])
    if lacks and all(
        is_like(i, x - period, cut - period, first) for x, i in zip(rest, theirs, strict=True)
    ):
        parts.insert(0, [*first.values()])
    return parts


def choose_cut(rows: Sequence[Sequence[int]], middle: int, period: int) -> int:
    """Return where a turn of a loop begins: where the fewest results are taken across."""
    begin = middle - period
    ends = {  # of the results of one turn, the last that takes each
        j: i
        for i in range(begin, middle + period)
        for j in rows[i][1:]
        if max(begin, i - period + 1) <= j < middle
    }
    tails, heads = sorted(ends), sorted(ends.values())
    return min(
        range(period),
        key=lambda cut: sum(
            bisect_left(tails, x) - bisect_left(heads, x) for x in (begin + cut, middle + cut)
        ),
    )


class Folding(NamedTuple):
    """Which node stands for which: for itself, or where it is repeated, for all of its place.

    ``members`` are the nodes that one stands for, if they are several, in the order in which
    they were made. ``repeats`` are those that were folded, without those within others.
    """

    places: Mapping[Value, Value]
    members: Mapping[Value, Sequence[Value]]
    repeats: Sequence[Repeat]

    @property
    def turns(self) -> dict[Value, tuple[int, int]]:
        """Of each node in a repetition, which repeat it is in, and which repetition of that."""
        return {
            node: (i, j)
            for i, repeat in enumerate(self.repeats)
            for j, part in enumerate(repeat)
            for node in part
            if node is not None
        }

    @property
    def is_of_use(self) -> bool:
        """Whether a large graph becomes a small one: in any graph, some operations come thrice."""
        return bool(self.repeats) and len({*self.places.values()}) <= MOST_STANDING * len(
            self.places
        )


def fold_nothing(nodes: Sequence[Value]) -> Folding:
    """Return nodes of which each stands for itself."""
    return Folding({node: node for node in nodes}, {}, [])


def fold_repeats(nodes: Sequence[Value], neurons: Mapping[Value, str] = {}) -> Folding:
    """Return a graph's nodes with repeats folded, so that one repetition is to be seen.

    >>> from micrograd_nn import nodes
    >>> w = Value(0.5, "w")
    >>> loss = sum((w * x - 1.0) ** 2 for x in [1.0, 2.0, 3.0, 4.0])
    >>> folding = fold_repeats(nodes(loss))
    >>> len(nodes(loss)), len(set(folding.places.values())), folding.places[w] is w
    (28, 8, True)
    >>> {len(members) for members in folding.members.values()}
    {3, 4}

    The first repetition stands for all; what it lacks is shown by the second one. Numbers that each
    repetition has for itself are folded, too, unless something else uses them; of what differs by
    the parameters of ``neurons``, nothing is.
    """
    repeats = find_repeats(nodes, neurons)
    places: dict[Value, Value] = {}
    for repeat in repeats:
        fold_repeat(repeat, places)
    for x in {x for node in nodes if node not in places for x in node.inputs}:
        if x.operation is None:
            places.pop(x, None)  # a number that is used elsewhere
    found = {node: places.get(node, node) for node in nodes}
    members: dict[Value, list[Value]] = {}
    for node, place in found.items():
        members.setdefault(place, []).append(node)
    return Folding(found, {x: own for x, own in members.items() if len(own) > 1}, repeats)


def fold_repeat(repeat: Repeat, places: dict[Value, Value]) -> None:
    """Note for the nodes of a repeat, and for the numbers that they take, what stands for them.

    The repetition that stands for all is folded itself. Neurons are alike, too, but each has
    weights that come back in the next repetition: they are parts of one thing.
    """
    stands = [y if x is None else x for x, y in zip(repeat[0], repeat[1], strict=True)]
    shown, *latest = [[x for x in part if x is not None] for part in (stands, *repeat[-2:])]
    taken, before, last = [[x for node in part for x in node.inputs] for part in (shown, *latest)]
    shared = {x: "" for x, y in zip(before, last, strict=True) if x is y and x.operation is None}
    numbers = dict.fromkeys(x for x in taken if x.operation is None)
    within = fold_repeats([*numbers, *shown], shared).places
    for node, twin in zip(chain.from_iterable(repeat), cycle(shown), strict=False):
        if node is not None:
            places[node] = within[twin]
            for x, y in zip(node.inputs, twin.inputs, strict=True):
                if x.operation is None and y.operation is None:
                    places.setdefault(x, places.get(within[y], within[y]))


def format_range(numbers: Iterable[float | None], precision: int = 4) -> str:
    """Return the least and the greatest number as a text, a dash where there are none."""
    ends = measure_range(numbers)
    return " … ".join(dict.fromkeys(format_number(number, precision) for number in ends))


def measure_range(numbers: Iterable[float | None]) -> tuple[float | None, float | None]:
    """Return the least and the greatest number: None where there are none, nan where one is."""
    known = [number for number in numbers if number is not None]
    if any(math.isnan(number) for number in known):
        return math.nan, math.nan
    return (min(known), max(known)) if known else (None, None)
