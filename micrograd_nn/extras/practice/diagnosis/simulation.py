"""What an engine with certain mistakes would compute: a walk through the graph that has them.

A ``Mistake`` changes one thing: what an operation passes back, whether it adds or overwrites, what
a node remembers, the walk, the seed. Several together are a set of them; none is the chain rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ....engine.operation import ARITHMETIC
from .lowering import Lowered
from .mistakes import RESULT, Mistake, Mistakes, Passing
from .orders import NOWHERE, Edge, list_orders

UNCHANGED = {("add", 0), ("add", 1), ("sub", 0)}  # inputs to which an upstream goes as it is


def simulate(graph: Lowered, mistakes: Mistakes, passes: int = 1) -> Iterator[list[list[float]]]:
    """Yield what the leaves' gradients may be after each pass, by each order that is possible.

    Leaves start from 0 in each pass, inner gradients do not.

    >>> from micrograd_nn import OPERATIONS
    >>> from micrograd_nn.checks.samples import Expression
    >>> from micrograd_nn.extras.practice.diagnosis.lowering import lower
    >>> square = lower(Expression([3.0], [(OPERATIONS["mul"], [0, 0])]), {})
    >>> next(simulate(square, ())), next(simulate(square, (Mistake("", does="overwrites"),)))
    ([[6.0]], [[3.0]])
    """
    for order in list_orders(graph, mistakes):
        walk = BackwardPass(graph, mistakes)
        yield [walk.run(order) for _ in range(passes)]


class BackwardPass:
    """The gradients of a graph while shares are passed; each node has a cell that keeps its own."""

    def __init__(self, graph: Lowered, mistakes: Mistakes) -> None:
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

    def find_last_call(self, node: int) -> int:
        """Return the node that was made last by the operation that made this one."""
        row, _ = self.graph.lines[node - self.graph.leaves]
        places = range(len(self.graph.lines) - 1, -1, -1)
        at = next(i for i in places if self.graph.lines[i][0].name == row.name)
        return at + self.graph.leaves

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
                partial = self.find_partial(self.find_last_call(node), i)
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
