"""A recorded graph rebuilt with something changed: numbers held, edges cut, nodes detached.

It serves surgery, and editors in which a number is set. What follows from the changes is computed
by the operations themselves. All else stays as it was recorded, each use with the number that it
had, though edited since; and where nobody can tell what a number would be now, that is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import copysign
from types import MappingProxyType
from typing import NamedTuple

from .._ground.text import format_number, make_printable
from ..engine.copying import restore_node
from ..engine.node import copies, is_any_compared, is_compared, nodes
from ..engine.operation import Operation
from ..engine.setting import graphs
from ..engine.value import Constant, Value, make_constant, record
from .graph import Graph
from .places import Names, Place

Edge = tuple[Value, int]  # a node and the position of its input

REMEDY = "build the changed expression by the program that made this one"
COMPARED = (
    "Values were compared (x > 0) since what is to be changed was made, and a graph doesn't tell "
    f"what that decided: {REMEDY}; or record it again, from a copy.deepcopy of the leaves (of a "
    "model), and compare numbers (x.data > 0) where that decides nothing"
)


class BranchError(ValueError):
    """A comparison (``if x > 0``) decided what was recorded, or may have: not for any number."""


class Changes(NamedTuple):
    """What is to be changed: numbers that nodes are held at, edges cut, nodes made constant.

    Of an edge that is cut, another number may arrive. A node whose every edge is cut is held at
    what arrives. ``swaps`` says which pins were given each other's number.
    """

    pins: Mapping[Value, float] = MappingProxyType({})
    cuts: Mapping[Edge, float | None] = MappingProxyType({})
    detached: frozenset[Value] = frozenset()
    swaps: tuple[tuple[Value, Value], ...] = ()

    @property
    def moved(self) -> list[Value]:
        """The nodes from which other numbers may follow."""
        return [*self.pins, *[node for (node, _), x in self.cuts.items() if x is not None]]


def rebuild_graph(graph: Graph, changes: Changes) -> dict[Value, Value]:
    """Return for each node of a graph its copy in a graph of its own, with the changes.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> graph = Graph(w * x + w)
    >>> copies = rebuild_graph(graph, Changes(pins={x: 5.0}))
    >>> copies[graph.root].data, graph.root.data
    (18.0, 9.0)

    Where a comparison may have decided what was recorded of a node that would get another number,
    that is a BranchError. The copies can't be compiled if the graph couldn't.
    """
    if is_any_compared(changes.moved):
        raise BranchError(COMPARED)
    rebuilding = Rebuilding(graph, changes)
    with graphs():
        for node in nodes(graph.root):
            rebuilding.copy_node(node)
    if is_compared(graph.nodes):
        copies.update(rebuilding.copies.values())
    return rebuilding.copies


def name_copies(graph: Graph, copies: Mapping[Value, Value]) -> Graph:
    """Return the graph of a root's copy, whose nodes have the names and places that they had."""
    places = {
        copies[x]: graph.given.get(x, Place("", x))._replace(name=name, thing=copies[x])
        for x, name in graph.names.items()
        if not isinstance(x, Constant)
    }
    return Graph(copies[graph.root], Names(places))


class Rebuilding:
    """A graph on the way to its copies, inputs before their results."""

    def __init__(self, graph: Graph, changes: Changes) -> None:
        self.graph = graph
        self.changes = changes
        self.copies: dict[Value, Value] = {}
        self.moved: set[Value] = set()  # whose copies may have another number
        self.made: dict[Value, float] = {}  # of those that are computed again: what they had been

    def copy_node(self, node: Value) -> None:
        """Add the copy of a node: computed again where what arrives at it is another thing."""
        pins, cuts, detached, _ = self.changes
        operation = node.operation
        if node in pins:
            copy = make_held(node, pins[node])
            self.moved.add(node)
        elif operation is not None and (
            not self.moved.isdisjoint(inputs := node.inputs)
            or any(self.copies[x].is_constant != x.is_constant for x in inputs)
            or (cuts and any((node, i) in cuts for i in range(len(inputs))))
        ):
            copy = self.compute_copy(node, operation)
            if copy.is_constant and any(
                (node, i) in cuts and not x.is_constant for i, x in enumerate(inputs)
            ):
                copy = make_held(node, copy.number)  # its gradient ends here, as that of a pin
            if not self.moved.isdisjoint(inputs) or any(
                cuts.get((node, i)) is not None for i in range(len(inputs) if cuts else 0)
            ):
                self.moved.add(node)
                self.made[node] = recompute(node)
        else:
            fields = {**node.fields(), "grad": None, "passes": 0}
            copy = restore_node(type(node), [self.copies[x] for x in node.inputs], fields)
        if node in detached and not copy.is_constant:
            copy = make_constant(copy.number, "detach")
        copy.label = node.label
        self.copies[node] = copy

    def compute_copy(self, node: Value, operation: Operation) -> Value:
        """Return a node's operation applied to what arrives at it now."""
        arriving, inputs = [], []
        for i, (x, number) in enumerate(zip(node.inputs, node.numbers, strict=True)):
            input, cut = self.copies[x], (node, i) in self.changes.cuts
            if cut and (given := self.changes.cuts[node, i]) is not None:
                number = given
            elif x in self.moved:
                self.require_unedited(x, number)
                number = input.number
            if cut:
                input = make_constant(number, "cut")
            inputs.append(input)
            if not is_same_float(input.number, number):  # it was edited since
                input = restore_node(type(input), (), {**input.fields(), "number": number})
            arriving.append(input)
        copy: Value = record(operation, arriving)
        if copy.inputs:
            copy.replace_inputs(inputs)
        return copy

    def require_unedited(self, node: Value, number: float) -> None:
        """Refuse a node that is computed again, but whose number had been edited when it was used.

        What follows from the edit, nobody can tell.
        """
        made = self.made.get(node, number)  # of one that is pinned, its edits don't matter
        if not is_same_float(made, number):
            name = make_printable(self.graph.names.get(node) or node.label or repr(node))
            raise ValueError(
                f"{name} was edited before it was used ({format_number(made)} → "
                f"{format_number(number)}), and nobody can tell what the edit would give now: pin "
                f"it, too, or {REMEDY}"
            )


def make_held(node: Value, number: float) -> Value:
    """Return a leaf, or a constant for a constant, in the place of a node."""
    if isinstance(node, Constant):
        return make_constant(number, "pin")
    leaf: Value = object.__new__(node.result_class)
    leaf.begin(number)
    return leaf


def is_same_float(x: float, y: float) -> bool:
    """Tell whether two numbers are the same, also in the sign of a zero.

    >>> is_same_float(0.0, -0.0), is_same_float(float("nan"), float("nan"))
    (False, True)
    """
    return (x == y and copysign(1.0, x) == copysign(1.0, y)) or (x != x and y != y)


def recompute(node: Value) -> float:
    """Return the number that a node's operation gave, whatever was done to the node since."""
    operation = require_operation(node)
    out = operation.forward(*node.numbers)
    return out if type(out) is float else operation.require_result(out)


def require_operation(node: Value) -> Operation:
    """Return the operation that a step is about.

    >>> require_operation(Value(3.0, "x"))
    Traceback (most recent call last):
    TypeError: Value(3.0, grad=None, label='x') is a leaf, which no step computes
    """
    if node.operation is None:
        raise TypeError(f"{node!r} is a leaf, which no step computes")
    return node.operation
