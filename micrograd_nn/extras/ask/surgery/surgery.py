"""Surgery on a recorded graph: a number pinned, an edge cut, a number taken from another example.

What follows is computed again by the operations themselves, in a graph of its own, and shown
against the original, which never changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from math import isnan
from typing import Any, NoReturn

from ...._ground.files import Written
from ...._ground.text import format_number, list_first, make_printable, quote_text
from ....engine.operation import ARITHMETIC
from ....engine.refusals import as_float
from ....engine.value import Value
from ....graph.graph import Graph
from ....graph.naming import find_named
from ....graph.rebuilding import BranchError, Changes, is_same_float, name_copies, rebuild_graph
from ..comparing.difference import Difference
from ..comparing.graphs import GraphDifference
from ..comparing.matching import match_nodes

FEW_DEAD = 6  # that a line names

Swaps = tuple[tuple[Value, Value], ...]


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
    ***   v2 = v1 + b             1 → 7                     1
    ****  x                       2 → 0                     −3
    ****  w                       −3                        2 → 0
    ****  v1 = w · x              −6 → 0                    1
    * under 1 %, ** under 10 %, *** under 100 %, **** more, or of another sign
    >>> loss.data, x.data
    (1.0, 2.0)

    Numbers and derivatives are those of the expression built by hand, but for constants: what was
    computed of a number after ``detach()``, or within ``no_grad()``, has no history, and stays as
    it is. A graph that a comparison (``if x > 0``) may have decided is refused. A number outside an
    operation's domain is its own error:

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

    def __init__(self, before: Graph, changes: Changes | None = None) -> None:
        self.before = before
        self.changes = changes or Changes()

    @cached_property
    def copies(self) -> dict[Value, Value]:
        """The node of the new graph for each of the one before."""
        return rebuild_graph(self.before, self.changes)

    @property
    def root(self) -> Value:
        """The root of the new graph."""
        return self.copies[self.before.root]

    @cached_property
    def after(self) -> Graph:
        """The new graph, whose nodes have the names that they had."""
        return name_copies(self.before, self.copies)

    def pin(self, node: Value | str, number: float) -> Surgery:
        """Return the surgery with a node held at a number, whatever its inputs are.

        >>> x = Value(2.0, "x")
        >>> square = x * x
        >>> surgery = intervene(square * x).pin(square, 5.0)
        >>> surgery.root.data, surgery.after.gradients[surgery.copies[x]]
        (10.0, 5.0)

        It stands where it stood, with its gradient, but nothing flows on from it. Not-a-number is
        refused, since no comparison could tell what follows from it:

        >>> surgery.pin(x, float("nan"))
        Traceback (most recent call last):
        ValueError: pin takes a number, not nan, with which nothing can be compared: give another
        """
        return self.hold({node: require_arriving(number, "pin")}, "pin")

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
        that one arrives. An input that stands twice may be given by its position, 0 or 1. A node
        whose every edge is cut keeps its gradient, as one that is pinned does.
        """
        node = self.find(node, "cut")
        wanted = input if isinstance(input, int) else self.find(input, "cut")
        positions = [
            i
            for i, x in enumerate(node.inputs)
            if x is wanted or (type(wanted) is int and i == wanted)  # True isn't a position
        ]
        if not positions:
            name = make_printable(self.before.names[node])
            raise ValueError(f"cut needs an input of {name} and its position, not {input!r}")
        if number is not None:
            number = require_arriving(number, "cut")
        return self.change(cuts={**self.changes.cuts, **{(node, i): number for i in positions}})

    def detach(self, node: Value | str) -> Surgery:
        """Return the surgery with a node as a constant: its number stays, no gradient reaches it.

        >>> x = Value(2.0, "x")
        >>> square = x * x
        >>> surgery = intervene(square * x).detach(square)
        >>> surgery.root.data, surgery.after.gradients[surgery.copies[x]]
        (8.0, 4.0)

        It is ``Value.detach`` wherever the node is used.
        """
        return self.change(detached=self.changes.detached | {self.find(node, "detach")})

    def swap(self, one: Value | str, other: Value | str) -> Surgery:
        """Return the surgery with two nodes pinned, each to the number that the other had.

        >>> x, y = Value(2.0, "x"), Value(5.0, "y")
        >>> intervene(x - y).swap(x, y).root.data
        3.0

        So a loss of many examples tells what a number in one of them would do in another. Both
        change at once, so that nothing is computed with one of them alone.
        """
        one, other = self.find(one, "swap"), self.find(other, "swap")
        numbers = self.before.numbers
        swaps = *self.changes.swaps, (one, other)
        return self.hold({one: numbers[other], other: numbers[one]}, "swap", swaps)

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
        return self.hold({node: other.numbers[partner]}, "patch")

    def hold(
        self, numbers: Mapping[Any, float], caller: str, swaps: Swaps | None = None
    ) -> Surgery:
        """Return the surgery with some nodes held at numbers, all of them at once."""
        pins = dict(self.changes.pins)
        for given, number in numbers.items():
            node = self.find(given, caller)
            if node is self.before.root:
                raise ValueError(
                    f"{caller} takes a node before the root: behind that, nothing follows"
                )
            pins[node] = number
        return self.change(pins=pins, swaps=self.changes.swaps if swaps is None else swaps)

    def find(self, node: Value | str, caller: str) -> Value:
        """Return a node of the graph, given by itself or by its name."""
        if isinstance(node, str):
            return find_named(node, self.before.names, caller)
        node = self.before.own(node)
        if not isinstance(node, Value):
            raise TypeError(f"{caller} takes a Value or its name, not {quote_text(node)}")
        if node not in self.before.places:
            raise ValueError(f"{caller}: {node!r} isn't in this graph")
        return node

    def change(self, **new: Any) -> Surgery:
        """Return the surgery with something else done, too; an error tells what was done."""
        surgery = Surgery(self.before, self.changes._replace(**new))
        try:
            _ = surgery.copies  # at once, for whoever did it to see the error
            return surgery
        except BranchError:
            raise
        except ARITHMETIC as error:
            told = "; ".join(tell_changes(self.before, surgery.changes))
            kind = next(kind for kind in ARITHMETIC if isinstance(error, kind))
            raise kind(f"with {told}: {error}") from None

    @cached_property
    def difference(self) -> GraphDifference:
        """The graph before and after, side by side."""
        pairs = {node: self.copies[node] for node in self.before.nodes}
        pairs = {node: copy for node, copy in pairs.items() if copy in self.after.places}
        done = tell_changes(self.before, self.changes) or ["Nothing was done"]
        told = [*done, *tell_dead(self.before, self.died)]
        explained = {
            *self.changes.pins, *self.changes.detached, *[node for node, _ in self.changes.cuts],
        }.intersection(pairs)  # fmt: skip
        return GraphDifference(self.before, self.after, pairs, ("before", "after"), told, explained)

    @property
    def died(self) -> list[Value]:
        """The nodes that a gradient reached before and none reaches now.

        >>> x, w = Value(2.0, "x"), Value(3.0, "w")
        >>> intervene(w * x).detach(w).died == [w]
        True

        The root is never one of them: whatever was cut, its own gradient is 1.
        """
        old, new = self.before.gradients, self.after.gradients
        copies = self.copies.items()
        reached = {node for node, copy in copies if not copy.is_constant and new.get(copy)}
        reached.add(self.before.root)
        return [node for node in self.before.nodes if old.get(node) and node not in reached]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a surgery can't be copied or pickled: copy its root, and intervene there")

    def __str__(self) -> str:
        return str(self.difference)

    __repr__ = __str__

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write before and after to a file, as a page (.html) or as a picture (.svg)."""
        return self.difference.save(path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return Difference._repr_mimebundle_(self.difference)


def require_arriving(number: float, caller: str) -> float:
    """Return a number that may arrive in the place of another."""
    number = as_float(number, caller, "a real number")
    if isnan(number):
        raise ValueError(
            f"{caller} takes a number, not nan, with which nothing can be compared: give another"
        )
    return number


def tell_changes(graph: Graph, changes: Changes) -> list[str]:
    """Say what was done to a graph, a line each.

    >>> x = Value(2.0, "x")
    >>> tell_changes(Graph(x * x), Changes(pins={x: 3.0}))
    ['x pinned to 3 (was 2)']
    >>> y = Value(5.0, "y")
    >>> tell_changes(Graph(x - y), Changes(pins={x: 5.0, y: 2.0}, swaps=((x, y),)))
    ['x swapped with y: 5 (was 2) and 2 (was 5)']

    A swap of which one was pinned to another number since is described as two pins.
    """
    pins, cuts, detached, swaps = changes
    names, numbers = graph.names, graph.numbers

    def tell_pin(node: Value) -> str:
        return f"{format_number(pins[node])} (was {format_number(numbers[node])})"

    told: list[str] = []
    swapped: set[Value] = set()
    for one, other in swaps:
        pairs = (pins[one], numbers[other]), (pins[other], numbers[one])
        is_so = one is not other and all(is_same_float(*pair) for pair in pairs)  # not pinned since
        if is_so and swapped.isdisjoint((one, other)):
            swapped |= {one, other}
            told.append(
                f"{names[one]} swapped with {names[other]}: {tell_pin(one)} and {tell_pin(other)}"
            )
    told += [f"{names[node]} pinned to {tell_pin(node)}" for node in pins if node not in swapped]
    told += [
        f"{names[node.inputs[i]]} → {names[node]} cut"
        + (f", {format_number(number)} arrives" if number is not None else "")
        for (node, i), number in cuts.items()
    ]
    told += [f"{names[node]} detached" for node in graph.nodes if node in detached]
    return [*map(make_printable, told)]


def tell_dead(graph: Graph, died: Iterable[Value]) -> list[str]:
    """Say, in a line, which nodes no gradient reaches any more, and what theirs had been."""
    names, gradients = graph.names, graph.gradients
    dead = [f"{names[node]} (was {format_number(gradients[node])})" for node in died]
    listed = list_first(dead, FEW_DEAD, " and {left:,} more")
    return [make_printable(f"No gradient reaches any more: {listed}")] if dead else []
