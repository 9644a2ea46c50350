"""A scalar of somebody else's engine, read by what such engines have in common.

It is whatever has a number and a collection of what it was made of: micrograd and its ports,
minitorch's Scalar, an engine of one's own. Nothing is changed in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
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
    read_result,
)
from .operations import Applied, ByHand, Match, find_certain, find_matches, is_close
from .reading import Mistake, Named, Reading, refuse_size
from .shares import Share, make_number, measure_shares, run_backward

Fault = tuple[str, Value | None, Sequence[float] | None]  # of a Mistake, all but its node
WRONG, UNNAMED = "✗ ", "?"  # before the name of an operation that passes on a wrong share


class Edge(NamedTuple):
    """What a node was made of, as it is written there: a node, or a number, with its share."""

    input: Any
    share: float | None


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
        for node, edges in reader.list_nodes(root):
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
        self.unknown: list[str] = []  # names of operations of which nobody knows the derivative

    def list_nodes(self, root: Any) -> list[tuple[Any, list[Edge]]]:
        """Return all nodes, inputs before their results, each with what it was made of."""
        found: list[tuple[Any, list[Edge]]] = []
        edges: dict[int, list[Edge]] = {}
        open_: set[int] = set()
        path = []

        def enter(node: Any) -> None:
            edges[id(node)] = made_of = self.read_edges(node)
            refuse_size(len(edges), "nodes")
            open_.add(id(node))
            path.append((node, iter(made_of)))

        enter(root)
        if not edges[id(root)]:
            raise ValueError(
                f"adopt needs a result: this {self.kind} has nothing in its {self.words.inputs}, "
                f"where it should have what it was made of"
            )
        while path:
            node, rest = path[-1]
            edge = next(rest, None)
            if edge is None:
                path.pop()
                open_.discard(id(node))
                found.append((node, edges[id(node)]))
            elif id(edge.input) in open_:
                raise ValueError(
                    "adopt needs a graph without circles: a node is among what it was made of"
                )
            elif id(edge.input) not in edges and self.is_node(edge.input):
                enter(edge.input)
        return found

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
        if isinstance(inputs, (set, frozenset)):
            inputs = self.sort(node, inputs)
        shares = read(node, words.partials) if words.partials != words.inputs else None
        known = [*shares] if isinstance(shares, (list, tuple)) else []
        edges = []
        for i, item in enumerate(inputs):
            share = known[i] if len(known) == len(inputs) else None
            if isinstance(item, tuple) and len(item) == 2:  # an input with its derivative
                item, share = item
            if not self.is_node(item) and read_number(item) is None:
                told = f"{add_article(type(item).__name__)} among its {words.inputs}"
                self.refuse(f"{told}, neither a node nor a number")
            edges.append(Edge(item, read_number(self.call(share, node))))
        return edges

    def call(self, share: Any, node: Any) -> Any:
        """Return a share, that for a gradient of 1 where it is a function of that."""
        try:
            return share(make_number(1, read(node, self.words.data))) if callable(share) else share
        except Exception:
            return None

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
        inputs = [
            self.values[id(x)] if id(x) in self.values else Constant(float(x)) for x, _ in edges
        ]
        made, faults = self.recognise(node, number, inputs, edges) if edges else (None, [])
        label = read(node, self.words.label)
        is_name = isinstance(label, str) and not label.isdigit()  # which counts nodes
        value = Value(number, label if is_name else None)
        value.grad = read_number(read(node, self.words.grad))
        if made:
            value.operation = made.operation
            value.attach(made.inputs, made.partials, [x.number for x in made.inputs])
        self.values[id(node)] = value
        self.theirs[value] = node
        if all(x.is_constant or x in self.frozen for x in inputs) and (
            read(node, "requires_grad") is False or read_result(node, "is_constant") is True
        ):
            self.frozen.add(value)
        self.mistakes += [Mistake(value, *fault) for fault in faults]

    def recognise(
        self, node: Any, out: float, inputs: Sequence[Value], edges: Sequence[Edge]
    ) -> tuple[Applied, list[Fault]]:
        """Return what made a node: a row of the table that does the same, or what it does itself.

        And what is wrong with it, where it should be a row.
        """
        name, numbers = read_name(node, self.words), [x.number for x in inputs]
        is_set = isinstance(read(node, self.words.inputs), (set, frozenset))
        matches = find_matches(name, numbers, out, is_set)
        nodes = [x for x in dict.fromkeys(inputs) if x in self.theirs and x not in self.frozen]
        handed = self.measure(node, nodes, inputs, edges)
        rows = [match.apply(out, inputs, nodes) for match in matches]
        rights = [row.add_up(nodes) for row in rows]
        if handed is None:
            if not name or not rows or (is_set and rights != [rights[0]] * len(rights)):
                raise ValueError(describe_unknown(name, out, numbers, bool(rows)))
            return rows[0], []
        partials = [share.once for share in handed]
        fitting = [i for i, right in enumerate(rights) if all(map(is_close, partials, right))]
        best = fitting[0] if fitting else find_surest(matches, name, numbers)
        right = None if best is None else rights[best]
        faults: list[Fault] = [
            (what, x, right) for what, x in judge(nodes, handed, right or partials)
        ]
        if not fitting and best is not None and matches[best].is_at_kink(numbers):
            faults = []  # any share may be right there
        if fitting and not faults:
            return rows[fitting[0]], []
        if best is None:
            if (wanted := find_certain(name, numbers, out)) is not None:
                told = f"is {format_number(out)}, but {quote_text(name)} of its inputs is "
                told += f"{format_number(wanted)}: was a number edited since?"
                faults.append((told, None, None))
            self.unknown += [name] * (not faults)
        else:
            name = name or rows[best].operation.name
        operation = ByHand(
            (WRONG if faults else "") + (name or UNNAMED), [x.number for x in nodes], out, partials,
            None if best is None else matches[best].restrict(inputs, nodes).compute,
        )  # fmt: skip
        return Applied(operation, nodes, partials), faults

    def measure(
        self, node: Any, nodes: Sequence[Value], inputs: Sequence[Value], edges: Sequence[Edge]
    ) -> Sequence[Share] | None:
        """Return what a node passes on to each of its inputs that are nodes, each once."""
        if any(share is None for _, share in edges):
            return measure_shares(node, [self.theirs[x] for x in nodes], self.words)
        totals = dict.fromkeys(nodes, 0.0)
        for x, (_, share) in zip(inputs, edges, strict=True):
            if x in totals:
                totals[x] += share or 0.0
        return [Share(total, -2.0 * total, 1.0 + total) for total in totals.values()]

    def finish(self, root: Any) -> Reading:
        """Return what was read, with the gradients that the engine's own pass leaves in leaves."""
        value, words = self.values[id(root)], self.words
        named = {x: Named(node) for x, node in self.theirs.items()}
        if not value.grad:  # no pass began here, and a 0 is none that one left
            for x in self.theirs:
                x.grad = x.grad or None
        left = run_backward(root, [*self.theirs.values()], words)
        if isinstance(left, str):
            return Reading(value, named, {}, self.mistakes, self.kind, left, unknown=self.unknown)
        pairs = zip(self.theirs, left, strict=True)
        gradients = {x: grad for x, grad in pairs if x.operation is None}
        own = compute_gradients(nodes(value))
        off = [x for x, grad in gradients.items() if not is_close(grad, own.get(x, 0.0))]
        if off and not any(mistake.input is not None for mistake in self.mistakes):
            found, wanted = gradients[off[0]], own.get(off[0], 0.0)
            told = (
                f"leaves {format_number(found)} in {{0}} by {words.backward}(), but its shares add "
                f"up to {format_number(wanted)}: does it start with 1, take each node once, after "
                f"all that use it, and add with +=?"
            )
            self.mistakes.append(Mistake(value, told, off[0]))
        return Reading(value, named, gradients, self.mistakes, self.kind, unknown=self.unknown)


def find_surest(matches: Sequence[Match], name: str, numbers: Sequence[float]) -> int | None:
    """Return which match a node is that passes on what none of them does; None if nobody knows."""
    known = [i for i, match in enumerate(matches) if name or not match.is_solved]
    by_chance = 0.0 in numbers or all(map(float.is_integer, numbers))
    is_doubtful = not name and (len(known) > 1 or by_chance)
    return None if is_doubtful or any(x.is_twice for x in matches) else next(iter(known), None)


def judge(
    nodes: Sequence[Value], handed: Sequence[Share], right: Sequence[float]
) -> Iterator[tuple[str, Value]]:
    """Yield what is wrong with what a node passes on, given what it should."""
    for x, (once, back, after), wanted in zip(nodes, handed, right, strict=True):
        if not is_close(after, 1.0 + once) and is_close(after, once):
            yield "overwrites the gradient of {0}, where shares add up: write +=", x
        elif not is_close(back, -2.0 * once):
            told = f"passes on {format_number(back)} to {{0}} for a gradient of −2, and "
            yield f"{told}{format_number(once)} for 1: multiply by its own gradient", x
        elif not is_close(once, wanted) and wanted == wanted:
            told = f"passes on {format_number(once)} × its gradient to {{0}}, "
            yield f"{told}but its derivative is {format_number(wanted)}", x


def describe_unknown(name: str, out: float, numbers: Sequence[float], is_known: bool) -> str:
    """Return why a node can't be read."""
    given = list_first([format_number(number) for number in numbers], 5)
    if not name:
        return f"adopt needs an operation's name, or a _backward(): a node made of {given} has none"
    if is_known:
        return (
            f"adopt can't tell which is which of {given}, the inputs of {quote_text(name)}, a set"
        )
    if (wanted := find_certain(name, numbers, out)) is not None:
        told = f"{quote_text(name)} of {given} is {format_number(wanted)}, not {format_number(out)}"
        return f"adopt can't read a node: {told}; was a number edited since? Compute it again"
    return f"adopt doesn't know the operation {quote_text(name)}, and can't see what it passes on"
