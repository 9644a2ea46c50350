"""A scalar of somebody else's engine, read by what such engines have in common.

It is whatever has a number and a collection of what it was made of: micrograd and its ports,
minitorch's Scalar, an engine of one's own. Nothing is changed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..._ground.text import add_article, format_number, list_first, quote_text
from ...engine.node import nodes
from ...engine.value import Constant, Value
from .adoption import find_gradients
from .conventions import (
    COLLECTIONS,
    Conventions,
    find_conventions,
    read,
    read_number,
    require_number,
)
from .operations import ByHand, find_matches, is_certain, is_close
from .reading import Mistake, Named, Reading, refuse_size
from .shares import Handed, measure_shares, run_backward

WRONG, UNNAMED = "✗ ", "?"  # before the name of an operation that hands on a wrong share


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
    reader = Reader(words, type(root))
    for node, edges in list_nodes(root, words, type(root)):
        reader.add(node, edges)
    return reader.finish(root)


def list_nodes(root: Any, words: Conventions, kind: type) -> list[tuple[Any, list[Edge]]]:
    """Return all nodes, inputs before their results, each with what it was made of."""
    found: list[tuple[Any, list[Edge]]] = []
    edges = {id(root): read_edges(root, words, kind)}
    open_, done = {id(root)}, set()
    path = [(root, iter(edges[id(root)]))]
    while path:
        node, rest = path[-1]
        edge = next(rest, None)
        if edge is None:
            path.pop()
            open_.discard(id(node))
            done.add(id(node))
            found.append((node, edges[id(node)]))
            refuse_size(len(found), "nodes")
        elif id(edge.input) in open_:
            raise ValueError(
                "adopt needs a graph without circles: a node is among what it was made of"
            )
        elif is_node(edge.input, words) and id(edge.input) not in done:
            open_.add(id(edge.input))
            edges[id(edge.input)] = read_edges(edge.input, words, kind)
            path.append((edge.input, iter(edges[id(edge.input)])))
    return found


def is_node(thing: Any, words: Conventions) -> bool:
    """Tell whether a thing is a node of such an engine, not a bare number."""
    return read_number(read(thing, words.data)) is not None and not isinstance(thing, (int, float))


def read_edges(node: Any, words: Conventions, kind: type) -> list[Edge]:
    """Return what a node was made of, with its share where the node says it itself."""
    inputs = read(node, words.inputs)
    if inputs is None:
        return []
    if not isinstance(inputs, COLLECTIONS):
        told = f"has {add_article(type(inputs).__name__)} as its {words.inputs}"
        raise ValueError(f"a {kind.__name__} {told}, not a list of what it was made of")
    shares = read(node, words.partials) if words.partials != words.inputs else None
    known = [*shares] if isinstance(shares, (list, tuple)) and len(shares) == len(inputs) else []
    edges = []
    for i, item in enumerate(inputs):
        share = read_number(known[i]) if known else None
        if isinstance(item, tuple) and len(item) == 2:  # an input with its derivative
            item, slope = item
            share = read_number(slope)
        if not is_node(item, words) and read_number(item) is None:
            told = f"{add_article(type(item).__name__)} among its {words.inputs}"
            raise ValueError(f"a {kind.__name__} has {told}, neither a node nor a number")
        edges.append(Edge(item, share))
    return edges


class Reader:
    """Makes our Values of their nodes, and notes what isn't right."""

    def __init__(self, words: Conventions, kind: type) -> None:
        self.words, self.kind = words, kind
        self.values: dict[int, Value] = {}  # by the ids of theirs
        self.theirs: dict[Value, Any] = {}
        self.mistakes: list[Mistake] = []

    def add(self, node: Any, edges: Sequence[Edge]) -> None:
        """Make a Value of a node whose inputs are there already."""
        words = self.words
        number = require_number(node, words.data, f"a {self.kind.__name__}")
        label, grad = read(node, words.label), read_number(read(node, words.grad))
        value = Value(number, label if isinstance(label, str) and label else None)
        value.grad = grad or None  # a gradient of 0 is mostly one before any pass
        self.values[id(node)] = value
        self.theirs[value] = node
        if edges:
            inputs = [
                self.values[id(x)] if id(x) in self.values else Constant(float(x)) for x, _ in edges
            ]
            name = read_name(read(node, words.operation))
            is_set = isinstance(read(node, words.inputs), (set, frozenset))
            self.connect(value, name, inputs, self.measure(node, inputs, edges), is_set)

    def measure(self, node: Any, inputs: Sequence[Value], edges: Sequence[Edge]) -> Handed | None:
        """Return what a node hands on to each of its inputs that are nodes, each once."""
        nodes = [x for x in dict.fromkeys(inputs) if x in self.theirs]
        if any(share is None for _, share in edges):
            return measure_shares(node, [self.theirs[x] for x in nodes], self.words)
        totals = dict.fromkeys(nodes, 0.0)
        for x, (_, share) in zip(inputs, edges, strict=True):
            if x in totals:
                totals[x] += share or 0.0
        return Handed([*totals.values()], False, False)

    def connect(
        self, value: Value, name: str, inputs: Sequence[Value], handed: Handed | None, is_set: bool
    ) -> None:
        """Say of a Value what it was made of: by a row of the table, if that does the same."""
        out, numbers = value.number, [x.number for x in inputs]
        matches = find_matches(name, numbers, out)
        nodes = [x for x in dict.fromkeys(inputs) if x in self.theirs]
        rights = [match.find_totals(out, inputs, nodes) for match in matches]
        if handed is None:
            if not matches or (is_set and rights != [rights[0]] * len(rights)):
                raise ValueError(describe_unknown(name, out, numbers))
            matches[0].record(value, inputs)
            return
        fitting = [all(map(is_close, handed.shares, right)) for right in rights]
        best = fitting.index(True) if True in fitting else 0
        told: list[Mistake] = []
        if not (matches and not any(fitting) and matches[0].is_at_kink(numbers)):
            told += self.judge(name, value, nodes, handed, rights[best] if rights else None)
        self.mistakes += told
        if not any(fitting):
            sign = WRONG if told else ""
            forward = matches[0].make_forward(inputs, nodes) if matches else None
            record_by_hand(value, sign + (name or UNNAMED), nodes, handed.shares, forward)
        else:
            matches[best].record(value, inputs)

    def judge(
        self, name: str, value: Value, nodes: Sequence[Value], handed: Handed,
        right: tuple[float, ...] | None,
    ) -> Iterator[Mistake]:  # fmt: skip
        """Yield what is wrong with a node, given what it should hand on: None if nobody knows."""
        if right is None and is_certain(name, len(nodes)):
            told = f"has the number {format_number(value.number)}, which its inputs don't give "
            yield Mistake(value, told + "as they are now: if they were edited, compute it again")
        for x, found, wanted in zip(nodes, handed.shares, right or (), strict=False):
            if not is_close(found, wanted):
                told = f"hands on {format_number(found)} × its gradient to {{0}}, "
                told += f"but its derivative is {format_number(wanted)}"
                yield Mistake(value, told, x, right)
        if handed.overwrites:
            yield Mistake(value, "overwrites its inputs' gradients, where shares add up: write +=")
        elif handed.ignores_upstream:
            yield Mistake(value, "hands on the same, whatever its own gradient is: multiply by it")

    def finish(self, root: Any) -> Reading:
        """Return what was read, with the gradients that the engine's own pass leaves in leaves."""
        value = self.values[id(root)]
        leaves = [x for x in self.theirs if x.operation is None]
        named = {x: Named(node) for x, node in self.theirs.items()}
        left = run_backward(root, [*self.theirs.values()], self.words)
        if isinstance(left, str):
            return Reading(value, named, {}, self.mistakes, self.kind.__name__, left)
        gradients = dict(zip(self.theirs, left, strict=True))
        own = find_gradients(nodes(value))
        for x in leaves if not self.mistakes else ():
            found, wanted = gradients[x], own.get(x, 0.0)
            if not is_close(found, wanted):
                told = f"gets {format_number(found)} from {self.words.backward}(), "
                told += f"but its shares add up to {format_number(wanted)}"
                self.mistakes.append(Mistake(x, told))
        return Reading(
            value, named, {x: gradients[x] for x in leaves}, self.mistakes,
            self.kind.__name__,
        )  # fmt: skip


def read_name(operation: Any) -> str:
    """Return what an engine calls an operation: a text, or a class or function of this name."""
    if isinstance(operation, str):
        return operation
    if operation is None:
        return ""
    kind = operation if isinstance(operation, type) or hasattr(operation, "__name__") else None
    return str(getattr(kind or type(operation), "__name__", ""))


def record_by_hand(
    value: Value, name: str, inputs: Sequence[Value], shares: Sequence[float],
    forward: Callable[..., float] | None,
) -> None:  # fmt: skip
    """Say of a Value what it was made of, by an operation of which this one result is known."""
    numbers = [x.number for x in inputs]
    value.operation = ByHand(name, numbers, value.number, shares, forward)
    value.attach(inputs, [*shares], numbers)


def describe_unknown(name: str, out: float, numbers: Sequence[float]) -> str:
    """Return why a node can't be read."""
    given = list_first([format_number(number) for number in numbers], 5)
    if not name:
        return f"adopt needs an operation's name, or a _backward(): a node made of {given} has none"
    if find_matches(name, numbers, out):
        return (
            f"adopt can't tell which is which of {given}, the inputs of {quote_text(name)}, a set"
        )
    if is_certain(name, len(numbers)):
        told = f"{quote_text(name)} of {given} isn't {format_number(out)}"
        return f"adopt can't read a node: {told}; was data edited after it was computed?"
    return f"adopt doesn't know the operation {quote_text(name)}, and can't see what it hands on"
