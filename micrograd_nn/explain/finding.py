"""What there is to say of a gradient: its kinds of paths, kinks on the way, and differences."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

from ..checks.differences import Comparison, compare_derivative
from ..checks.gradcheck import measure_terms
from ..engine.value import Value
from ..graph.graph import Graph, recompute
from ..graph.paths import PathKind, Paths

SHOWN_PATHS = 8  # of many, or kinds of them
AGREEING = 1e-6  # of the sums' sizes, by which they may differ from a gradient by rounding
MOST_RECOMPUTED = 20_000  # nodes computed again for a difference, up to 103 times: a second or so
INPUTS_OF_A_NODE = 8  # inputs that cost as much as a node


def find_reused(paths: Paths) -> list[Value]:
    """Return the computed nodes on the way that paths leave by more than one use."""
    uses: Counter[Value] = Counter()
    for node in paths.users:
        uses.update(x for x in node.inputs if x in paths.reached and x is not paths.wrt)
    return [node for node in paths.users if uses[node] > 1]


def find_kinds(graph: Graph, paths: Paths) -> list[PathKind]:
    """Return the kinds of many paths through what is repeated; none where they say nothing.

    Their sums stand alone, so they have to make up the gradient.
    """
    if paths.count <= SHOWN_PATHS or not graph.folding_of_use.repeats:
        return []
    kinds = paths.kinds(graph.folding_of_use.places, SHOWN_PATHS)
    total, size = math.fsum(x.total for x in kinds), sum(abs(x.total) for x in kinds)
    agrees = abs(total - graph.gradients[paths.wrt]) <= AGREEING * size
    return kinds if agrees and len(kinds) < paths.count else []


def find_kinks(paths: Paths) -> list[Value]:
    """Return the nodes on the way whose first input stands at a kink of their operation."""
    return [
        node
        for node in paths.users
        if node.operation is not None
        and node.inputs[0] in paths.reached
        and not {*node.numbers[:1]}.isdisjoint(node.operation.kinks)
    ]


def compare_with_difference(graph: Graph, paths: Paths) -> Comparison | None:
    """Compare a gradient with finite differences: the graph computed again, in numbers alone.

    None where too many nodes depend on the one that the gradient is by.
    """
    wrt = paths.wrt
    if sum(1 + len(node.inputs) // INPUTS_OF_A_NODE for node in paths.users) > MOST_RECOMPUTED:
        return None
    uses = (
        number
        for node in paths.users
        for input, number in zip(node.inputs, node.numbers, strict=True)
        if input is wrt
    )
    here = next(uses, wrt.data)  # as recorded: it may have been edited since

    @lru_cache(None)
    def result(x: float) -> float:
        if math.isnan(x):  # which the cache wouldn't know again
            return math.nan
        return recompute([wrt, *paths.users], {wrt: x})

    value, (slope,) = measure_terms(graph.root, [wrt])
    scale = max(abs(graph.root.number), value)
    return compare_derivative(graph.names[wrt], result, here, graph.gradients[wrt], scale, slope)
