"""A scalar of somebody else's engine, read by what such engines have in common.

It is whatever has a number and a collection of what it was made of: micrograd and its ports,
minitorch's Scalar, an engine of one's own. Nothing is changed in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from functools import partial
from io import StringIO
from itertools import repeat
from math import nan
from typing import Any, NamedTuple, NoReturn
from warnings import catch_warnings

from ..._ground.text import add_article, format_number, list_first, quote_text
from ...engine.node import nodes
from ...engine.value import Constant, Value
from ..gradients import compute_gradients
from .conventions import (
    COLLECTIONS,
    Conventions,
    find_conventions,
    read,
    read_name,
    read_number,
)
from .operations import (
    DOUBLE,
    SINGLE,
    USUAL,
    ByHand,
    Made,
    add_up,
    choose_row,
    compute_named,
    find_rows,
    recall_row,
    round_to,
)
from .reading import NOTHING, Mistake, Reading, refuse_size
from .shares import Share, make_number, measure_shares, run_backward

SETS = (set, frozenset)
WRONG, UNNAMED = "✗ ", "?"  # before the name of an operation that passes on a wrong share


class Edge(NamedTuple):
    """What a node was made of, as it is written there: a node, or a number, with its share."""

    input: Any
    share: float | None


class Found(NamedTuple):
    """What may have made a node: rows of the table that fit alike, or what it does by itself."""

    options: Sequence[Made]
    by_hand: Made
    is_sure: bool = True  # the first of the rows, where nothing speaks for another
    faults: Sequence[tuple[Any, ...]] = ()  # of Mistakes, all but the node
    once: Mapping[Value, float] = NOTHING  # what it was seen to pass on


def read_scalar(root: Any) -> Reading | None:
    """Return the graph of a scalar, None if it is no such thing.

    >>> class Scalar:
    ...     def __init__(self, data, children=(), op=""):
    ...         self.data, self.grad, self._prev, self._op = data, 0.0, children, op
    >>> x = Scalar(3.0)
    >>> read_scalar(Scalar(9.0, (x, x), "*")).root
    Value(9.0, grad=None, operation=mul)

    A node that its own inputs are made of is refused:

    >>> x._prev = (x,)
    >>> read_scalar(x)
    Traceback (most recent call last):
    ValueError: adopt needs a graph without circles: a node is among what it was made of
    """
    words = find_conventions(root)
    if words is None:
        return None
    reader = Reader(words, type(root).__name__)
    # A _backward() may print or warn, and is called several times.
    with redirect_stdout(StringIO()), catch_warnings(action="ignore"):
        found = [*reader.walk(root)]
        numbers = [read_number(read(node, words.data)) for node, edges in found if edges]
        reader.unit = SINGLE if all(x == round_to(SINGLE, x or 0.0) for x in numbers) else DOUBLE
        for node, edges in found:
            reader.add(node, edges)
        return reader.finish(root)


class Reader:
    """Makes our Values of their nodes, and notes what isn't right."""

    def __init__(self, words: Conventions, kind: str) -> None:
        self.words, self.kind = words, kind
        self.values: dict[int, Value] = {}  # by the ids of theirs
        self.theirs: dict[Value, Any] = {}
        self.frozen: set[Value] = set()  # that need no gradient
        self.mistakes: list[Mistake] = []
        self.unit = DOUBLE  # what the engine rounds a 1 by
        self.found: dict[Value, Found] = {}
        self.seen: set[Any] = set()  # signs of the rows that nodes are for sure

    def walk(self, root: Any) -> Iterator[tuple[Any, Sequence[Edge]]]:
        """Yield all nodes, inputs before their results, each with what it was made of."""
        edges = {id(root): self.read_edges(root)}
        path, open_ = [(root, iter(edges[id(root)]))], {id(root)}
        if not edges[id(root)]:
            raise ValueError(
                f"adopt needs a result: this {self.kind} has nothing in its {self.words.inputs}, "
                f"where it should have what it was made of"
            )
        while path:
            node, rest = path[-1]
            edge = next(rest, None)
            x = edge and edge.input
            if edge is None:
                path.pop()
                open_.discard(id(node))
                yield node, edges[id(node)]
            elif id(x) in open_:
                raise ValueError(
                    "adopt needs a graph without circles: a node is among what it was made of"
                )
            elif id(x) not in edges and self.is_node(x):
                edges[id(x)] = self.read_edges(x)
                refuse_size(len(edges), "nodes")
                path.append((x, iter(edges[id(x)])))
                open_.add(id(x))

    def is_node(self, thing: Any) -> bool:
        """Tell whether a thing is a node of such an engine, not a bare number."""
        return not isinstance(thing, (int, float)) and (
            read_number(read(thing, self.words.data)) is not None
        )

    def read_edges(self, node: Any) -> list[Edge]:
        """Return what a node was made of, with its share where the node says it itself."""
        words = self.words
        inputs = read(node, words.inputs) or ()
        if not isinstance(inputs, COLLECTIONS):
            self.refuse(f"{add_article(type(inputs).__name__)} as its {words.inputs}, not a list")
        if isinstance(inputs, SETS):
            inputs = self.sort(node, inputs)
        shares: Any = read(node, words.partials) if words.partials != words.inputs else None
        is_told = isinstance(shares, (list, tuple)) and len(shares) == len(inputs)
        edges = []
        for item, share in zip(inputs, shares if is_told else [None] * len(inputs), strict=True):
            if isinstance(item, tuple) and len(item) == 2:  # an input with its derivative
                item, share = item
            if not self.is_node(item) and read_number(item) is None:
                told = f"{add_article(type(item).__name__)} among its {words.inputs}"
                self.refuse(f"{told}, neither a node nor a number")
            if callable(share):  # of the node's gradient
                rule, share = share, None
                with suppress(Exception):
                    share = rule(make_number(1, read(node, words.data)))
            edges.append(Edge(item, read_number(share)))
        return edges

    def sort(self, node: Any, inputs: Any) -> list[Any]:
        """Return a set's nodes in an order of their own: first whose method computed it."""
        rule = read(node, self.words.pass_back)
        names = read(rule, "__code__.co_freevars", ())
        cells = dict(zip(names, read(rule, "__closure__") or (), strict=True))
        first = read(cells.get("self"), "cell_contents")
        return sorted(inputs, key=lambda x: (x is not first, read_number(read(x, self.words.data))))

    def refuse(self, what: str) -> NoReturn:
        """Say of a node that it has what can't be read."""
        raise ValueError(f"adopt reads scalars: {add_article(self.kind)} has {what}")

    def add(self, node: Any, edges: Sequence[Edge]) -> None:
        """Make a Value of a node whose inputs are there already."""
        number = read_number(read(node, self.words.data))
        if number is None:
            self.refuse(f"no number as its {self.words.data}, where there was one before")
        known = self.values
        inputs = [known[id(x)] if id(x) in known else Constant(float(x)) for x, _ in edges]
        found = self.recognise(node, number, inputs, edges) if edges else None
        label = read(node, self.words.label)
        is_name = isinstance(label, str) and not label.isdigit()  # which counts nodes
        value = Value(number, label if is_name else None)  # younger than constants that were found
        value.grad = read_number(read(node, self.words.grad))
        self.values[id(node)] = value
        self.theirs[value] = node
        if all(x.is_constant or x in self.frozen for x in inputs) and needs_none(node):
            self.frozen.add(value)
        if found is not None:
            self.found[value] = found
            self.mistakes += [Mistake(value, *fault) for fault in found.faults]

    def recognise(
        self, node: Any, out: float, inputs: Sequence[Value], edges: Sequence[Edge]
    ) -> Found:
        """Return what made a node: rows of the table that do the same, or what it does itself.

        And what is wrong with it, where it should be a row.
        """
        name, unit = read_name(node, self.words), self.unit
        is_set = isinstance(read(node, self.words.inputs), SETS)
        own = [x for x in dict.fromkeys(inputs) if x in self.theirs and x not in self.frozen]
        shares = [share for _, share in edges]
        if None in shares:
            handed = measure_shares(node, [self.theirs[x] for x in own], self.words)
        else:
            totals = add_up(own, zip(inputs, shares, strict=True))
            handed = [Share(total, -2.0 * total, 1.0 + total) for total in totals]
        once = [share.once for share in handed or ()]
        slope = once[0] if len(once) == len(inputs) == 1 else nan
        rows = find_rows(name, inputs, own, out, is_set, slope, unit)
        if handed is None:
            is_doubtful = is_set and any(row.shares != rows[0].shares for row in rows)
            if not (name and rows) or is_doubtful:
                raise ValueError(describe_unknown(name, out, inputs, bool(rows)))
            return Found(rows[:1], rows[0])
        fits = [row.misfit(out, once, unit, bool(name)) for row in rows]
        fitting = [row for row, fit in zip(rows, fits, strict=True) if fit == min(fits) < 3]
        row = fitting[0] if fitting else find_surest(rows, name, inputs, out, slope, unit)
        right = row.shares if row else once
        slack = [x + row.rounding for x in row.slack] if row else [0.0] * len(once)
        judged = map(Share.judge, handed, right, slack)
        faults: list[tuple[Any, ...]] = [
            (told, x, right if row else None)
            for told, x in zip(judged, own, strict=True)
            if told and not (row and not fitting and row.is_at_kink)  # where any may be right
        ]
        wanted = None if row else compute_named(name, inputs, out)
        if wanted is not None:
            told = f"is {format_number(out)}, but {quote_text(name)} of its inputs is "
            told += f"{format_number(wanted)}: was a number edited since?"
            faults.append((told,))
        once_each = dict(zip(own, once, strict=True))
        if fitting and not faults and len({made.signs[0] for made in fitting}) == 1:
            self.seen.update(fitting[0].signs)
            return Found(fitting, fitting[0], once=once_each)
        called, forward = name or UNNAMED, None
        if row and (faults or not fitting):
            places = {x: i for i, x in enumerate(own)}
            given = [places.get(x, x.number) for x in row.inputs]
            called, forward = name or row.operation.name, partial(recall_row, row.operation, given)
        called = (WRONG if faults else "") + called
        by_hand = Made(ByHand(called, [x.number for x in own], out, once, forward), own, once, once)
        is_sure = bool(name) or 0 in fits
        return Found([] if faults else fitting, by_hand, is_sure, faults, once_each)

    def finish(self, root: Any) -> Reading:
        """Return what was read, with the gradients that the engine's own pass leaves in leaves."""
        value, words, unknown = self.values[id(root)], self.words, []
        for x, made in self.found.items():
            row = choose_row(made.options, self.seen, made.is_sure) or made.by_hand
            x.operation = row.operation
            x.attach(row.inputs, row.partials, [y.number for y in row.inputs])
            if isinstance(row.operation, ByHand) and row.operation.is_unknown and not made.faults:
                unknown.append(row.operation.name)
        if not value.grad:  # no pass began here, and a 0 is none that one left
            for x in self.theirs:
                x.grad = x.grad or None
        left = run_backward(root, [*self.theirs.values()], words)
        unseen, slopes = (left, []) if isinstance(left, str) else ("", left)
        pairs = zip(self.theirs, slopes, strict=False)
        gradients = {x: grad for x, grad in pairs if x.operation is None}
        named = {x: (node, "") for x, node in self.theirs.items()}
        passed: Mapping[Value, Sequence[float | None]] = {  # once to what stands there twice
            x: [*map({**made.once}.pop, x.inputs, repeat(None))] if made.once else x.partials
            for x, made in self.found.items()
        }
        graph = nodes(value)
        sizes = compute_gradients(graph, lambda x: [share and abs(share) for share in x.partials])
        rounding = {x: 32 * self.unit * size for x, size in sizes.items()}
        reading = Reading(
            value, named, gradients, self.mistakes, self.kind, unseen, unknown, rounding, passed
        )
        off = reading.find_differing(compute_gradients(graph, lambda x: passed.get(x, ())))
        if off and not any(mistake.input is not None for mistake in self.mistakes):
            x, found, wanted = off[0]
            told = (
                f"leaves {format_number(found)} in {{0}} by {words.backward}(), but its shares add "
                f"up to {format_number(wanted)}: does it start with 1, take each node once, after "
                f"all that use it, and add with +=?"
            )
            self.mistakes.append(Mistake(value, told, x))
        return reading


def needs_none(node: Any) -> bool:
    """Tell whether a node says of itself that it needs no gradient."""
    with suppress(Exception):
        return read(node, "requires_grad") is False or node.is_constant() is True
    return False


def find_surest(
    rows: Sequence[Made], name: str, inputs: Sequence[Value], out: float, slope: float, unit: float
) -> Made | None:
    """Return which row a node is that passes on what none of them does; None if nobody knows.

    Of what has no name that is a usual row whose number is the very one, unless it may be by
    chance, or may be a line, x + c or x · c, which passes on just that.
    """
    is_twice = any([*row.inputs] == [*inputs, *inputs] for row in rows)
    if is_twice or not rows or name:
        return None if is_twice or not rows else rows[0]
    rows = [row for row in rows if len(row.inputs) == len(inputs)]  # not by a constant of its own
    fits = [row.misfit(out, row.shares, unit, False) for row in rows]
    known = [
        row for row, fit in zip(rows, fits, strict=True)
        if fit == min(fits) < 2 and row.operation.name in USUAL
    ]  # fmt: skip
    numbers = [x.number for x in inputs]
    shift = float(f"{out - numbers[0]:.6g}") if slope == 1.0 else 0.0
    is_line = round_to(unit, slope * numbers[0] + shift) == out
    is_lost = slope == slope and abs(numbers[0]) < 16 * unit * abs(out) < 32 * unit  # as 0 is
    is_plain = is_lost or 0.0 in numbers or all(map(float.is_integer, numbers))
    return None if is_plain or is_line or len(known) != 1 else known[0]


def describe_unknown(name: str, out: float, inputs: Sequence[Value], is_known: bool) -> str:
    """Return why a node can't be read."""
    given, kind = list_first([format_number(x.number) for x in inputs], 5), quote_text(name)
    wanted = compute_named(name, inputs, out)
    if name and wanted is not None and not is_known:
        told = f"{kind} of {given} is {format_number(wanted)}, not {format_number(out)}"
        return f"adopt can't read a node: {told}; was a number edited since? Compute it again"
    return (
        f"adopt needs an operation's name, or a _backward(): a node made of {given} has none"
        if not name
        else f"adopt can't tell which is which of {given}, the inputs of {kind}, a set"
        if is_known
        else f"adopt doesn't know the operation {kind}, and can't see what it passes on"
    )
