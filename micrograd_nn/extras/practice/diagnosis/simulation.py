"""What an engine with certain mistakes would compute: a walk through the graph that has them.

A ``Mistake`` changes one thing: what an operation passes back, whether it adds or overwrites, what
a node remembers, the walk, the seed. Several together are a set of them; none is the chain rule.
Shares are passed in each order that an engine with these mistakes may have.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import product

from ....engine.operation import ARITHMETIC
from .graphs import Evaluated
from .suspects import (
    CHANGES_ORDER,
    MOST_VISITS,
    NEEDS_ORDER,
    RESULT,
    RIGHT,
    Mistake,
    Mistakes,
    Passing,
    Walk,
    go_deep,
    walk_by_creation,
)

UNCHANGED = {("add", 0), ("add", 1), ("sub", 0)}  # inputs to which an upstream goes as it is
MOST_ORDERS = 64  # of a graph's children that are tried
NOWHERE = -1
OF_NODES = ("add", "sub", "mul", "truediv")  # operations in which a bare number becomes a node
Edge = tuple[int, int, int]  # a node, which of its inputs, and that input


def simulate(graph: Evaluated, mistakes: Mistakes, passes: int = 1) -> Iterator[list[list[float]]]:
    """Yield what the leaves' gradients may be after each pass, by each order that is possible.

    Leaves start from 0 in each pass, inner gradients do not.

    >>> from micrograd_nn import OPERATIONS
    >>> from micrograd_nn.checks.samples import Expression
    >>> from micrograd_nn.extras.practice.diagnosis.graphs import evaluate
    >>> square = evaluate(Expression([3.0], [(OPERATIONS["mul"], [0, 0])]))
    >>> next(simulate(square, ())), next(simulate(square, (Mistake("", does="overwrites"),)))
    ([[6.0]], [[3.0]])
    """
    for order in list_orders(graph, mistakes):
        walk = BackwardPass(graph, mistakes)
        yield [walk.run(order) for _ in range(passes)]


class BackwardPass:
    """The gradients of a graph while shares are passed; each node has a cell that keeps its own."""

    def __init__(self, graph: Evaluated, mistakes: Mistakes) -> None:
        self.graph, self.mistakes = graph, mistakes
        count = len(graph.numbers)
        self.grads: list[float] = [find_first_gradient(mistakes, True)] * count
        self.cells = [*range(count)]
        self.traits = frozenset[str]().union(*[m.traits for m in mistakes])
        self.met: set[int] = set()
        if "by_value" in self.traits:
            self.cells = [graph.numbers.index(number) for number in graph.numbers]

    def run(self, order: Sequence[Edge]) -> list[float]:
        """Pass shares in an order, and return the leaves' gradients."""
        graph, grads, cells = self.graph, self.grads, self.cells
        aliases = "aliases" in self.traits
        if aliases:
            cells[:] = range(len(cells))
        self.seed_root()
        self.met = set()
        last, upstream = NOWHERE, 0.0
        for edge in order:
            node, i, x = edge
            if "keeps" in self.traits and x in self.met:
                continue
            if node != last or not aliases or self.is_unchanged(node, i):
                upstream = grads[cells[node]]
            last = node
            self.add_share(edge, 1.0 if "reseeds" in self.traits else upstream)
            if "with_leaves" in self.traits and x < graph.leaves:
                grads[x] = 1.0
        return [grads[cell] for cell in cells[: graph.leaves]]

    def seed_root(self) -> None:
        """Begin a pass: the leaves at 0, the root at 1, or what mistakes make of it."""
        graph, grads, mistakes = self.graph, self.grads, self.mistakes
        seeds = [m.seed for m in mistakes if m.seed]
        grads[: graph.leaves] = [find_first_gradient(mistakes)] * graph.leaves
        root = self.cells[-1]
        before = grads[root] if "adds_seed" in self.traits else 0.0
        grads[root] = before + (seeds[0](graph.numbers[-1]) if seeds else 1.0)

    def is_unchanged(self, node: int, position: int) -> bool:
        """Tell whether a node's gradient is passed on as it is."""
        return (self.graph.lines[node - self.graph.leaves][0].name, position) in UNCHANGED

    def find_partial(self, node: int, position: int) -> float:
        """Return a local derivative of a node, also by a bare number."""
        graph, line = self.graph, node - self.graph.leaves
        row, inputs = graph.lines[line]
        if type(inputs[position]) is int:
            return graph.partials[line][position]
        given = [graph.numbers[x] if type(x) is int else x for x in inputs]
        try:
            return float(row.partials[position](graph.numbers[node], *given))
        except ARITHMETIC:
            return math.nan

    def add_share(self, edge: Edge, upstream: float) -> None:
        """Pass the share of a node to one of its inputs."""
        graph, grads, cells = self.graph, self.grads, self.cells
        node, i, x = edge
        line = node - graph.leaves
        row, inputs = graph.lines[line]
        concerned = [m for m in self.mistakes if m.concerns(row.name, i, graph.kinds[line])]
        receiver: float = x
        if "by_value" in self.traits and x == NOWHERE and inputs[i] in graph.numbers:
            receiver = graph.numbers.index(inputs[i])
        partial = graph.partials[line][i] if x != NOWHERE else self.find_partial(node, i)
        replaces = False
        base = None
        for m in concerned:
            if "last_call" in m.traits:
                last = max(k for k, (other, _) in enumerate(graph.lines) if other.name == row.name)
                partial = self.find_partial(last + graph.leaves, i)
            if "as_last" in m.traits:
                partial, receiver = self.find_partial(node, len(inputs) - 1), inputs[-1]
            if m.receiver is not None:
                receiver = node if m.receiver == RESULT else inputs[m.receiver]
            if m.base is not None:
                base = m.base
        share = upstream * partial
        for m in concerned:
            replaces = replaces or "overwrites" in m.traits
            if "merges" in m.traits and x in inputs[i + 1 :]:
                share = 0.0
            if m.share:
                share = compute_share(m, self.describe(edge, upstream, partial))
        if type(receiver) is not int or receiver == NOWHERE:  # a bare number, which keeps none
            return
        cell = cells[receiver]
        if base is not None:
            grads[cell] = self.find_gradient(node, base, i) + share
        elif "aliases" in self.traits and receiver not in self.met:
            if cells[node] == cells[-1] and self.is_unchanged(node, i):
                cells[receiver] = cells[node]
            else:
                grads[cell] = share
        else:
            grads[cell] = share if replaces else grads[cell] + share
        self.met.add(receiver)
        for m in concerned:
            if m.rounds and math.isfinite(grads[cell]):
                grads[cell] = m.rounds(grads[cell])

    def find_gradient(self, node: int, position: int, at: int) -> float:
        """Return the gradient that an input has when it is the turn of another one.

        A bare number has its share, if that comes first.
        """
        x = self.graph.lines[node - self.graph.leaves][1][position]
        gradient: float = self.grads[self.cells[x if type(x) is int else node]]
        if type(x) is int:
            return gradient
        return gradient * self.find_partial(node, position) if position < at else 0.0

    def describe(self, edge: Edge, upstream: float, partial: float) -> Passing:
        """Return what a wrong share may be made of."""
        graph, (node, i, _) = self.graph, edge
        row, inputs = graph.lines[node - graph.leaves]
        given = [graph.numbers[x] if type(x) is int else x for x in inputs]
        places = range(len(inputs)) if "reads_grads" in self.traits else ()
        grads = [self.find_gradient(node, at, i) for at in places]
        kinds = graph.kinds[node - graph.leaves]
        return Passing(upstream, partial, graph.numbers[node], given, row, i, grads, kinds)


def find_first_gradient(mistakes: Mistakes, is_inner: bool = False) -> float:
    """Return what the gradient of a leaf, or of another node, is before the first pass."""
    return sum([m.begins for m in mistakes if "with_inner" in m.traits or not is_inner])


def compute_share(mistake: Mistake, passing: Passing) -> float:
    """Return a wrong share, nan where it isn't a real number."""
    try:
        share = mistake.share(passing) if mistake.share else math.nan
    except (*ARITHMETIC, TypeError):
        return math.nan
    return math.nan if isinstance(share, complex) else share  # a root of a negative number


def list_orders(graph: Evaluated, mistakes: Mistakes) -> Iterable[Sequence[Edge]]:
    """Return the orders in which shares may be passed, from which node to which input, each once.

    They are the same for most mistakes, and then found once.
    """
    changing = [m for m in mistakes if m.traits & CHANGES_ORDER]
    key = any(m.traits & NEEDS_ORDER for m in mistakes), *changing
    known = graph.orders if len(changing) <= 1 else {}
    if key not in known:
        known[key] = [*dict.fromkeys([tuple(order) for order in try_orders(graph, mistakes)])]
    found: list[tuple[Edge, ...]] = known[key]
    return found


def try_orders(graph: Evaluated, mistakes: Mistakes) -> Iterator[list[Edge]]:
    """Yield orders, some more than once."""
    root = len(graph.numbers) - 1
    if any("descends" in m.traits for m in mistakes):
        for turn in (1, -1):
            with suppress(OverflowError):
                yield descend(graph, mistakes, turn)
        return
    needs_order = any(m.traits & NEEDS_ORDER for m in mistakes)
    walks: Iterable[Walk] = [m.walk for m in mistakes if m.walk]
    if any("by_number" in m.traits for m in mistakes):
        walks = [lambda children, root: go_deep(children, root, True, numbers=graph.numbers)[::-1]]
    walks = walks or (RIGHT if needs_order else (walk_by_creation,))
    receiving = [m for m in mistakes if m.traits & {"by_value", "receiver"}]
    children = list_children(graph, mistakes)
    for arranged in arrange(children) if needs_order else (children,):
        for walk in walks:
            with suppress(OverflowError, RecursionError):
                order = [node for node in walk(arranged, root) if graph.leaves <= node <= root]
                yield [edge for node in order for edge in list_edges(graph, node, receiving)]


def list_edges(graph: Evaluated, node: int, receiving: Sequence[Mistake] = ()) -> list[Edge]:
    """Return the edges from a node to its inputs; to a bare number if another receives its share.

    Such a number is a node of no place, which is NOWHERE.
    """
    (row, inputs), kinds = graph.lines[node - graph.leaves], graph.kinds[node - graph.leaves]
    of_nodes = [m for m in receiving if "receiver" in m.traits or row.name in OF_NODES]
    return [
        (node, i, x if type(x) is int else NOWHERE)
        for i, x in enumerate(inputs)
        if type(x) is int or any(m.concerns(row.name, i, kinds) for m in of_nodes)
    ]


def descend(graph: Evaluated, mistakes: Mistakes, turn: int) -> list[Edge]:
    """Return the edges where each input is walked as soon as it has its share, however often."""
    forgetful = [m for m in mistakes if "forgets" in m.traits]
    edges: list[Edge] = []
    visits = 0

    def visit(node: int) -> None:
        nonlocal visits
        visits += 1
        if visits > MOST_VISITS:
            raise OverflowError("too long a walk")
        name, kinds = graph.lines[node - graph.leaves][0].name, graph.kinds[node - graph.leaves]
        for edge in list_edges(graph, node)[::turn]:
            if not any(m.concerns(name, edge[1], kinds) for m in forgetful):
                edges.append(edge)
                if edge[2] >= graph.leaves:
                    visit(edge[2])

    visit(len(graph.numbers) - 1)
    return edges


def list_children(graph: Evaluated, mistakes: Mistakes) -> list[list[int]]:
    """Return what each node remembers to be made of."""
    children: list[list[int]] = [[] for _ in range(graph.leaves)]
    forgetful = [m for m in mistakes if "forgets" in m.traits]
    constants: list[list[int]] = []  # their nodes follow all others
    are_nodes = any("constants" in m.traits for m in mistakes)
    for (row, inputs), kinds in zip(graph.lines, graph.kinds, strict=True):
        found = []
        for i, x in enumerate(inputs):
            if any(m.concerns(row.name, i, kinds) for m in forgetful):
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
