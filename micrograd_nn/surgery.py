"""Surgery on a recorded graph: a number pinned, an edge cut, a number taken from another example.

What follows is computed anew by the operations themselves, in a graph of its own, and shown
against the original, which never changes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .comparing.difference import Difference
from .comparing.graphs import GraphDifference
from .comparing.matching import match_nodes
from .compiler.program import BranchError
from .engine.copying import restore_node
from .engine.operand import COMPARISONS
from .engine.operation import ARITHMETIC
from .engine.order import split_slots
from .engine.record import make_constant, record
from .engine.refusals import require_real
from .engine.setting import graphs
from .engine.value import Constant, Value
from .files import Written
from .graph.graph import Graph
from .programs.branches import Branches, collect_branches, collect_nodes
from .text import format_number, list_first, make_printable, quote_text

Edge = tuple[Value, int]  # a node and the position of its input

ANEW = "build the changed expression by the program that made this one"
FEW_DEAD = 6  # that a line names


def intervene(root: Value | Graph, names: Any = None) -> Surgery:
    """Return the surgery on a graph, on which nothing is done yet: its methods give new ones.

    >>> x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(7.0, "b")
    >>> loss = w * x + b
    >>> print(intervene(loss, {}).pin(x, 0.0))
    v2: 1 → 7
    x pinned to 0 (was 2)
    No gradient reaches any more: w (was 2)
    5 nodes on both sides, 4 of them differ
    It begins at x
          node                    value                     gradient
    ****  x                       2 → 0                     −3
    ****  w                       −3                        2 → 0
    ****  v1                      −6 → 0                    1
    ***   v2                      1 → 7                     1
    * under 1 %, ** under 10 %, *** under 100 %, **** more, or of another sign
    >>> loss.data, x.data
    (1.0, 2.0)

    Numbers and derivatives are those of the expression built by hand. A number outside an
    operation's domain is its own error, and so is a branch (``if x > 0``) that would go the other
    way:

    >>> intervene(x.log()).pin(x, -1.0)
    Traceback (most recent call last):
    ValueError: with x pinned to −1 (was 2): log(x) needs x > 0; x = -1.0 (label 'x')
    """
    return Surgery(Graph.of(root, names, "intervene"))


class Surgery:
    """What was done to a graph, and the graph that follows from it.

    ``before`` is the graph as it was recorded and ``after`` the new one, whose nodes are all its
    own; ``copies`` has for a node of the one that of the other. ``difference`` is their ``diff``.
    A node is given as a Value or by its name:

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> surgery = intervene((w * x).tanh() + x).pin("w", 0.0)
    >>> surgery.root.data, surgery.after.gradients[surgery.copies[w]]
    (2.0, 2.0)

    What isn't in the graph is a ValueError.
    """

    def __init__(
        self,
        before: Graph,
        pins: Mapping[Value, float] = MappingProxyType({}),
        cuts: Mapping[Edge, float | None] = MappingProxyType({}),
        detached: frozenset[Value] = frozenset(),
    ) -> None:
        self.before, self.pins, self.cuts, self.detached = before, pins, cuts, detached

    @cached_property
    def copies(self) -> dict[Value, Value]:
        """The node of the new graph for each of the one before."""
        return self.rebuild()

    @property
    def root(self) -> Value:
        """The root of the new graph."""
        return self.copies[self.before.root]

    @cached_property
    def after(self) -> Graph:
        """The new graph, whose nodes have the names that they had."""
        names = self.before.names
        given = {name: self.copies[x] for x, name in names.items() if not isinstance(x, Constant)}
        return Graph(self.root, given)

    def pin(self, node: Value | str, number: float) -> Surgery:
        """Return the surgery with a node held at a number, whatever its inputs are.

        >>> x = Value(2.0, "x")
        >>> square = x * x
        >>> surgery = intervene(square * x).pin(square, 5.0)
        >>> surgery.root.data, surgery.after.gradients[surgery.copies[x]]
        (10.0, 5.0)

        It stands where it stood, with its gradient, but nothing flows on from it.
        """
        node = self.find(node, "pin")
        if node is self.before.root:
            raise ValueError("pin takes a node before the root: behind that, nothing follows")
        number = require_real(number, "pin", "a real number")
        return self.change(pins={**self.pins, node: number})

    def cut(
        self, node: Value | str, input: Value | str | int, number: float | None = None
    ) -> Surgery:
        """Return the surgery with the edges from an input to a node cut.

        >>> x = Value(2.0, "x")
        >>> square = x * x
        >>> surgery = intervene(square * x).cut(square, x)
        >>> surgery.root.data, surgery.after.gradients[surgery.copies[x]]
        (8.0, 4.0)

        The number still arrives, as a constant, but no gradient flows back; with a ``number``,
        that one arrives. An input that stands twice may be given by its position, 0 or 1.
        """
        node = self.find(node, "cut")
        if isinstance(input, int):
            positions = [input] if 0 <= input < len(node.inputs) else []
        else:
            wanted = self.find(input, "cut")
            positions = [i for i, x in enumerate(node.inputs) if x is wanted]
        if not positions:
            name = make_printable(self.before.names[node])
            raise ValueError(f"cut needs an input of {name} and its position, not {input!r}")
        if number is not None:
            number = require_real(number, "cut", "a real number")
        return self.change(cuts={**self.cuts, **{(node, i): number for i in positions}})

    def detach(self, node: Value | str) -> Surgery:
        """Return the surgery with a node as a constant: its number stays, no gradient reaches it.

        >>> x = Value(2.0, "x")
        >>> square = x * x
        >>> surgery = intervene(square * x).detach(square)
        >>> surgery.root.data, surgery.after.gradients[surgery.copies[x]]
        (8.0, 4.0)

        It is ``Value.detach`` wherever the node is used.
        """
        return self.change(detached=self.detached | {self.find(node, "detach")})

    def swap(self, one: Value | str, other: Value | str) -> Surgery:
        """Return the surgery with two nodes pinned, each to the number that the other had.

        >>> x, y = Value(2.0, "x"), Value(5.0, "y")
        >>> intervene(x - y).swap(x, y).root.data
        3.0

        So a loss of many examples tells what a number in one of them would do in another.
        """
        one, other = self.find(one, "swap"), self.find(other, "swap")
        numbers = self.before.numbers
        return self.pin(one, numbers[other]).pin(other, numbers[one])

    def patch(self, node: Value | str, source: Value | Graph) -> Surgery:
        """Return the surgery with a node pinned to the number that it has in another graph.

        >>> def loss(x):
        ...     hidden = Value(x, "x") * 3
        ...     hidden.label = "hidden"
        ...     return hidden * hidden
        >>> intervene(loss(1.0)).patch("hidden", loss(2.0)).root.data
        36.0

        The same node is found as ``diff`` finds it; where there is none, it is a ValueError.
        """
        node, other = self.find(node, "patch"), Graph.of(source, None, "patch")
        partner = match_nodes(self.before, other).get(node)
        if partner is None:
            name = make_printable(self.before.names[node])
            raise ValueError(f"patch finds no node like {name} in the other graph: pin it instead")
        return self.pin(node, other.numbers[partner])

    def find(self, node: Value | str, caller: str) -> Value:
        """Return a node of the graph, given by itself or by its name."""
        if isinstance(node, str):
            found = [x for x, name in self.before.names.items() if name == node]
            if len(found) != 1:
                many = "more than one node is" if found else "no node is"
                raise ValueError(f"{caller}: {many} called {quote_text(node)} in this graph")
            return found[0]
        if not isinstance(node, Value):
            raise TypeError(f"{caller} takes a Value or its name, not {quote_text(node)}")
        if node not in self.before.places:
            raise ValueError(f"{caller}: {node!r} isn't in this graph")
        return node

    def change(self, **new: Any) -> Surgery:
        """Return the surgery with something else done, too; an error tells what was done."""
        done = {"pins": self.pins, "cuts": self.cuts, "detached": self.detached, **new}
        surgery = Surgery(self.before, **done)
        try:
            _ = surgery.copies  # at once, for whoever did it to see the error
            return surgery
        except BranchError:
            raise
        except ARITHMETIC as error:
            told = "; ".join(tell_done(self.before, **done))
            kind = next(kind for kind in ARITHMETIC if isinstance(error, kind))
            raise kind(f"with {told}: {error}") from None

    def rebuild(self) -> dict[Value, Value]:
        """Return for each node its copy: computed anew where its inputs are other ones."""
        branches = self.collect_branches()
        copies: dict[Value, Value] = {}
        moved: set[Value] = set()  # whose copies have another number, or another derivative
        with graphs():
            for node in collect_nodes([self.before.root], branches):
                inputs = [self.find_input(node, i, x, copies) for i, x in enumerate(node.inputs)]
                is_moved = any(
                    x in moved or (node, i) in self.cuts for i, x in enumerate(node.inputs)
                )
                if node in self.pins:
                    copy = make_number(node, self.pins[node])
                elif is_moved:
                    copy = compute_copy(node, inputs, moved, self.cuts)
                else:
                    fields = {**node.fields(), "grad": None, "passes": 0}
                    copy = restore_node(type(node), inputs, fields)
                if node in self.detached and not isinstance(copy, Constant):
                    copy = make_constant(copy.number, "detach", node.kinds.constant)
                copy.label = node.label
                copies[node] = copy
                if is_moved or node in self.pins or node in self.detached:
                    moved.add(node)
        check_branches(branches, copies, self.before.numbers)
        return copies

    def find_input(self, node: Value, i: int, x: Value, copies: Mapping[Value, Value]) -> Value:
        """Return an input of a node's copy: the input's copy, or what a cut leaves."""
        if (node, i) not in self.cuts:
            return copies[x]
        number = self.cuts[node, i]
        return make_constant(
            copies[x].number if number is None else number, "cut", x.kinds.constant
        )

    def collect_branches(self) -> Branches:
        """Return the comparisons of what has another number now, which may have decided a branch.

        Of a number that is gone nobody can say how it would compare now: that is a BranchError.
        """
        changed = [
            *self.pins,
            *[node for (node, _), number in self.cuts.items() if number is not None],
        ]
        if not changed:
            return {}
        try:
            return collect_branches(changed, ())
        except ValueError:
            raise BranchError(
                f"since this graph was recorded, a number was compared that is gone by now: "
                f"nobody can tell whether that decided a branch. For surgery, {ANEW}"
            ) from None

    @cached_property
    def difference(self) -> GraphDifference:
        """The graph before and after, side by side."""
        pairs = {node: self.copies[node] for node in self.before.nodes}
        pairs = {node: copy for node, copy in pairs.items() if copy in self.after.places}
        done = tell_done(self.before, self.pins, self.cuts, self.detached) or ["Nothing was done"]
        told = [*done, *self.tell_dead()]
        return GraphDifference(self.before, self.after, pairs, ("before", "after"), told)

    @property
    def died(self) -> list[Value]:
        """The nodes that a gradient reached before and none reaches now.

        >>> x, w = Value(2.0, "x"), Value(3.0, "w")
        >>> intervene(w * x).detach(w).died == [w]
        True
        """
        old, new = self.before.gradients, self.after.gradients
        return [
            node
            for node in self.before.nodes
            if old.get(node) and (is_cut_off(self.copies[node]) or not new.get(self.copies[node]))
        ]

    def __str__(self) -> str:
        return str(self.difference)

    __repr__ = __str__

    def tell_dead(self) -> Sequence[str]:
        """Say, in a line, which nodes no gradient reaches any more."""
        old, names = self.before.gradients, self.before.names
        dead = [f"{names[node]} (was {format_number(old[node])})" for node in self.died]
        listed = list_first(dead, FEW_DEAD, " and {left:,} more")
        return [make_printable(f"No gradient reaches any more: {listed}")] if dead else []

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write before and after to a file, as a page (.html) or as a picture (.svg)."""
        return self.difference.save(path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return Difference._repr_mimebundle_(self.difference)


def make_number(node: Value, number: float) -> Value:
    """Return a leaf, or a constant for a constant, in the place of a node."""
    if isinstance(node, Constant):
        return make_constant(number, "pin", type(node))
    kind = node.kinds.value
    leaf: Value = object.__new__(kind)
    leaf._make(number)
    return leaf


def compute_copy(
    node: Value, inputs: Sequence[Value], moved: set[Value], cuts: Mapping[Edge, float | None]
) -> Value:
    """Return a node's operation applied to the copies of its inputs.

    An input that hasn't moved counts with the number that the node was made from, though edited
    since.
    """
    given = []
    for i, (x, copy, number) in enumerate(zip(node.inputs, inputs, node.numbers, strict=True)):
        if x not in moved and (node, i) not in cuts and repr(copy.number) != repr(number):
            copy = restore_node(type(copy), (), {**copy.fields(), "number": number})
        given.append(copy)
    assert node.operation is not None
    copy = record(node.operation, given)
    if copy.inputs:
        copy.x, copy.y = split_slots(inputs)
    return copy


def check_branches(
    branches: Branches, copies: Mapping[Value, Value], recorded: Mapping[Value, float]
) -> None:
    """Refuse numbers with which a comparison would go the other way than when it was recorded."""
    for node, compared in branches.items():
        for how, other, outcome in compared:
            number = copies[other].number if isinstance(other, Value) else other
            now = bool(COMPARISONS[how](copies[node].number, number))
            if now is not outcome:
                x, y = (describe_operand(operand, recorded) for operand in (node, other))
                raise BranchError(
                    f"{x} {how} {y} was {outcome}, which may have decided a branch, and now is "
                    f"{now}: {ANEW}"
                )


def describe_operand(operand: Value | float, recorded: Mapping[Value, float]) -> str:
    """Return what was compared, a Value by its label and the number that it had."""
    if not isinstance(operand, Value):
        return format_number(operand)
    number = format_number(recorded.get(operand, operand.number))
    return f"{make_printable(operand.label)} ({number})" if operand.label else number


def is_cut_off(copy: Value) -> bool:
    """Tell whether a node is a constant by now, which no gradient reaches."""
    return isinstance(copy, Constant)


def tell_done(
    graph: Graph,
    pins: Mapping[Value, float],
    cuts: Mapping[Edge, float | None],
    detached: frozenset[Value],
) -> list[str]:
    """Say what was done to a graph, a line each.

    >>> x = Value(2.0, "x")
    >>> tell_done(Graph(x * x), {x: 3.0}, {}, frozenset())
    ['x pinned to 3 (was 2)']
    """
    names, numbers = graph.names, graph.numbers
    told = [
        f"{names[node]} pinned to {format_number(number)} (was {format_number(numbers[node])})"
        for node, number in pins.items()
    ]
    told += [
        f"{names[node.inputs[i]]} → {names[node]} cut"
        + (f", {format_number(number)} arrives" if number is not None else "")
        for (node, i), number in cuts.items()
    ]
    told += [f"{names[node]} detached" for node in graph.nodes if node in detached]
    return [*map(make_printable, told)]
