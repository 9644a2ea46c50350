"""What an engine with certain mistakes would compute: a walk through the graph that has them.

A ``Mistake`` changes one thing: what an operation passes back, whether it adds or overwrites, what
a node remembers, the walk, the seed. Several together are a set of them; none is the chain rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from ...checks.samples import Expression
from ...engine.operation import ARITHMETIC, Operation
from ...engine.table import OPERATIONS
from .graphs import WrittenForm
from .walks import MOST_VISITS, RIGHT, Walk, go_deep, walk_by_creation

MOST_ORDERS = 64  # of a graph's children that are tried

# What an operation passes back: of upstream, local derivative, result and inputs.
Share = Callable[[float, float, float, Sequence[float]], float]
# An operation as it is made of others: their names, and where each has its inputs from.
Recipe = list[tuple[str, list[tuple[str, float]]]]
Recipes = Mapping[WrittenForm, Recipe]


@dataclass(frozen=True, eq=False)
class Mistake:
    """One thing that an engine does wrong; ``fault`` is the row that it belongs to.

    An ``operation`` of "" is each, a ``position`` of None each of its inputs.
    """

    fault: str
    operation: str = ""
    position: int | None = None
    share: Share | None = None
    overwrites: bool = False
    keeps: bool = False  # the first share, and drops those that come later
    merges: bool = False  # both operands, where they are the same node, and counts the last
    rounds: Callable[[float], float] | None = None  # each sum of shares
    forgets: bool = False  # that it was made of this input
    walk: Walk | None = None
    by_number: bool = False  # a walk takes nodes of one number for one
    descends: bool = False  # to each input as soon as it has its share, and as often
    seed: Callable[[float], float] | None = None  # of the root's number
    reseeds: bool = False  # sets each node to 1 when its turn comes
    with_leaves: bool = False  # them, too
    begins: float = 0.0  # what each leaf has from the first
    with_inner: bool = False  # and each other node
    adds_seed: bool = False  # to what the root has from the last pass
    constants: bool = False  # are nodes of the walk, too
    title: str = ""  # of the misconception behind it, where there is one

    def concerns(self, operation: str, position: int) -> bool:
        """Tell whether an input of an operation is concerned."""
        return self.operation in ("", operation) and self.position in (None, position)

    @property
    def needs_order(self) -> bool:
        """Tell whether the numbers depend on the order of what an operation is made of."""
        return (
            self.overwrites
            or self.forgets
            or self.reseeds
            or self.descends
            or self.keeps
            or self.by_number
            or (self.rounds or self.walk) is not None
        )


Mistakes = tuple[Mistake, ...]


@dataclass(frozen=True)
class Lowered:
    """A graph in the operations that an engine really has, whose derivatives are its own.

    ``numbers`` and ``partials`` are recorded once, since many mistakes are tried on them.
    """

    leaves: int
    lines: list[tuple[Operation, list[int | float]]]
    numbers: list[float]
    partials: list[tuple[float, ...]]


def lower(graph: Expression, recipes: Recipes) -> Lowered:
    """Return a graph as an engine makes it, by the recipe of each form that is made of others.

    >>> recipe = [("neg", [("input", 1)]), ("add", [("input", 0), ("step", 0)])]
    >>> graph = Expression([2.0, 3.0], [(OPERATIONS["sub"], [0, 1])])
    >>> [row.name for row, _ in lower(graph, {WrittenForm("sub", "vv"): recipe}).lines]
    ['neg', 'add']
    """
    places: list[int] = [*range(len(graph.leaves))]
    numbers = list(graph.leaves)
    lines: list[tuple[Operation, list[int | float]]] = []
    partials: list[tuple[float, ...]] = []

    def append(row: Operation, inputs: list[int | float]) -> int:
        given = [numbers[x] if type(x) is int else x for x in inputs]
        numbers.append(row.apply(given))
        wanted = [type(x) is int for x in inputs]
        found = row.local_partials(numbers[-1], given, wanted)
        partials.append(tuple([x or 0.0 for x in found]))
        lines.append((row, inputs))
        return len(numbers) - 1

    for row, inputs in graph.lines:
        moved = [places[x] if type(x) is int else x for x in inputs]
        form = WrittenForm(row.name, "".join(["v" if type(x) is int else "n" for x in inputs]))
        if form not in recipes:
            places.append(append(row, moved))
            continue
        made: list[int] = []
        for name, sources in recipes[form]:
            given: list[int | float] = []
            for source, which in sources:
                if source == "step":
                    given.append(made[int(which)])
                elif source == "number":
                    given.append(which)
                else:
                    x = moved[int(which)]
                    given.append(x if source == "input" else NUMBERS_OF[source](x))
            made.append(append(OPERATIONS[name], given))
        places.append(made[-1])
    return Lowered(len(graph.leaves), lines, numbers, partials)


NUMBERS_OF: dict[str, Callable[[float], float]] = {
    "same": lambda x: x, "negative": lambda x: -x, "reciprocal": lambda x: 1 / x,
}  # fmt: skip


def simulate(graph: Lowered, mistakes: Mistakes, passes: int = 1) -> Iterator[list[list[float]]]:
    """Yield what the leaves' gradients may be after each pass, by each order that is possible.

    Leaves begin anew in each pass, inner gradients do not.

    >>> square = lower(Expression([3.0], [(OPERATIONS["mul"], [0, 0])]), {})
    >>> next(simulate(square, ())), next(simulate(square, (Mistake("", overwrites=True),)))
    ([[6.0]], [[3.0]])
    """
    seen = set()
    for order in list_orders(graph, mistakes):
        if tuple(order) not in seen:
            seen.add(tuple(order))
            yield pass_back(graph, mistakes, order, passes)


Edge = tuple[int, int, int]  # a node, which of its inputs, and that input


def list_orders(graph: Lowered, mistakes: Mistakes) -> Iterator[list[Edge]]:
    """Yield the orders in which shares may be passed, from which node to which input."""
    root = len(graph.numbers) - 1
    if any(m.descends for m in mistakes):
        for turn in (1, -1):
            with suppress(OverflowError):
                yield descend(graph, mistakes, turn)
        return
    needs_order = any(m.needs_order for m in mistakes)
    walks: Iterable[Walk] = [m.walk for m in mistakes if m.walk]
    if any(m.by_number for m in mistakes):
        walks = [lambda children, root: go_deep(children, root, True, numbers=graph.numbers)[::-1]]
    walks = walks or (RIGHT if needs_order else (walk_by_creation,))
    children = list_children(graph, mistakes)
    for arranged in arrange(children) if needs_order else (children,):
        for walk in walks:
            with suppress(OverflowError, RecursionError):
                order = [node for node in walk(arranged, root) if graph.leaves <= node <= root]
                yield [edge for node in order for edge in list_edges(graph, node)]


def list_edges(graph: Lowered, node: int) -> list[Edge]:
    """Return the edges from a node to its inputs that are no numbers."""
    _, inputs = graph.lines[node - graph.leaves]
    return [(node, i, x) for i, x in enumerate(inputs) if type(x) is int]


def descend(graph: Lowered, mistakes: Mistakes, turn: int) -> list[Edge]:
    """Return the edges where each input is walked as soon as it has its share, however often."""
    forgetful = [m for m in mistakes if m.forgets]
    once = any(m.keeps for m in mistakes)
    edges: list[Edge] = []
    met: set[int] = set()
    visits = 0

    def visit(node: int) -> None:
        nonlocal visits
        visits += 1
        if visits > MOST_VISITS:
            raise OverflowError("too long a walk")
        name = graph.lines[node - graph.leaves][0].name
        for edge in list_edges(graph, node)[::turn]:
            if once and edge[2] in met:
                continue
            met.add(edge[2])
            if not any(m.concerns(name, edge[1]) for m in forgetful):
                edges.append(edge)
                if edge[2] >= graph.leaves:
                    visit(edge[2])

    visit(len(graph.numbers) - 1)
    return edges


def list_children(graph: Lowered, mistakes: Mistakes) -> list[list[int]]:
    """Return what each node remembers to be made of."""
    children: list[list[int]] = [[] for _ in range(graph.leaves)]
    forgetful = [m for m in mistakes if m.forgets]
    constants: list[list[int]] = []  # their nodes follow all others
    are_nodes = any(m.constants for m in mistakes)
    for row, inputs in graph.lines:
        found = []
        for i, x in enumerate(inputs):
            if any(m.concerns(row.name, i) for m in forgetful):
                continue
            if type(x) is int:
                found.append(x)
            elif are_nodes:
                found.append(len(graph.numbers) + len(constants))
                constants.append([])
        children.append(found)
    return children + constants


def arrange(children: list[list[int]]) -> Iterator[list[list[int]]]:
    """Yield the children in each order that an engine may keep them in: as lists or as sets."""
    for once in (False, True):
        kept = [[*dict.fromkeys(of)] if once else of for of in children]
        if once and kept == children:
            return
        several = [i for i, of in enumerate(kept) if len(set(of)) > 1]
        for count, turns in enumerate(product((False, True), repeat=len(several))):
            if count >= MOST_ORDERS:
                break
            arranged = list(kept)
            for i, turn in zip(several, turns, strict=True):
                if turn:
                    arranged[i] = kept[i][::-1]
            yield arranged


def pass_back(
    graph: Lowered, mistakes: Mistakes, order: Sequence[Edge], passes: int
) -> list[list[float]]:
    """Return the leaves' gradients after each pass in an order."""
    reseeds = any(m.reseeds for m in mistakes)
    with_leaves = any(m.with_leaves for m in mistakes)
    keeps = any(m.keeps for m in mistakes)
    grads = [find_first_gradient(mistakes, True)] * len(graph.numbers)
    found = []
    for _ in range(passes):
        seed_root(graph, mistakes, grads)
        met: set[int] = set()
        for edge in order:
            node, _, x = edge
            if keeps and x in met:
                continue
            met.add(x)
            add_share(graph, mistakes, grads, edge, 1.0 if reseeds else grads[node])
            if with_leaves and x < graph.leaves:
                grads[x] = 1.0
        found.append(grads[: graph.leaves])
    return found


def seed_root(graph: Lowered, mistakes: Mistakes, grads: list[float]) -> None:
    """Begin a pass: the leaves at 0, the root at 1, or what mistakes make of it."""
    seeds = [m.seed for m in mistakes if m.seed]
    grads[: graph.leaves] = [find_first_gradient(mistakes)] * graph.leaves
    before = grads[-1] if any(m.adds_seed for m in mistakes) else 0.0
    grads[-1] = before + (seeds[0](graph.numbers[-1]) if seeds else 1.0)


def find_first_gradient(mistakes: Mistakes, is_inner: bool = False) -> float:
    """Return what the gradient of a leaf, or of another node, is before the first pass."""
    return sum([m.begins for m in mistakes if m.with_inner or not is_inner])


def add_share(
    graph: Lowered,
    mistakes: Mistakes,
    grads: list[float],
    edge: Edge,
    upstream: float,
) -> None:
    """Pass the share of a node to one of its inputs."""
    node, i, x = edge
    row, inputs = graph.lines[node - graph.leaves]
    partial, lost = graph.partials[node - graph.leaves][i], False
    share = upstream * partial
    for m in mistakes:
        if not m.concerns(row.name, i):
            continue
        lost = lost or m.overwrites
        if m.merges and x in inputs[i + 1 :]:
            share = 0.0
        if m.share:
            given = [graph.numbers[x] if type(x) is int else x for x in inputs]
            try:
                share = m.share(upstream, partial, graph.numbers[node], given)
            except ARITHMETIC:
                share = math.nan
            if isinstance(share, complex):  # a root of a negative number
                share = math.nan
    grads[x] = share if lost else grads[x] + share
    for m in mistakes:
        if m.rounds and math.isfinite(grads[x]):
            grads[x] = m.rounds(grads[x])
