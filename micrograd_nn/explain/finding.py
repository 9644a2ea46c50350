"""``explain``: finds what a gradient adds up, along which paths, and what differences say of it."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import Any

from ..checks.differences import Comparison, compare_derivative
from ..engine.operation import ARITHMETIC
from ..engine.value import Constant, Value
from ..graph.graph import Graph, recompute
from ..graph.paths import PathKind, Paths
from ..text import format_number, make_printable
from .explanation import Explanation

SHOWN_PATHS = 8  # of many, or kinds of them
AGREEING = 1e-6  # of the sums' sizes, by which they may differ from a gradient by rounding
MOST_RECOMPUTED = 20_000  # nodes computed again for a difference, up to 103 times: a second or so
INPUTS_OF_A_NODE = 8  # inputs that cost as much as a node


def explain(root: Value | Graph, wrt: Value, names: Any = None) -> Explanation:
    """Explain the gradient of ``root`` by ``wrt``, a Value that it was made of.

    >>> x, w = Value(3.0, label="x"), Value(2.0, label="w")
    >>> n = w * x
    >>> from micrograd_nn.writing.plain import Plain
    >>> print(explain(n.tanh(), w).equation(Plain()))
    ∂v1/∂w
      = ∂v1/∂n · ∂n/∂w
      = (1 − tanh(n)²) · x
      = (1 − tanh(6)²) · 3
      = 7.373e−05

    ``names`` names the nodes that have no label: a model or a dictionary of Values, by itself the
    caller's variables, and ``{}`` for none. No backward pass is needed, and
    nothing in the graph changes. A Value that the root doesn't depend on is refused:

    >>> explain(x, w)
    Traceback (most recent call last):
    ValueError: explain(root, wrt) needs a wrt that root was made of; w isn't below x
    """
    if not isinstance(root, (Value, Graph)):
        raise TypeError(f"explain takes a Value as its root, not a {type(root).__name__}")
    graph = Graph.of(root, names, "explain")
    needs = "explain(root, wrt) needs a wrt that root was made of; "
    if not isinstance(wrt, Value):
        raise ValueError(f"{needs}{make_printable(repr(wrt)):.60} is no Value")
    if isinstance(wrt, Constant):
        raise ValueError(
            f"{needs}{format_number(wrt.data)} is a Constant, which receives no gradient"
        )
    if wrt not in graph.places:
        called = [make_printable(node.label or repr(node)) for node in (wrt, graph.root)]
        raise ValueError(f"{needs}{called[0]} isn't below {called[1]}")
    paths = graph.paths(wrt)
    kinds = find_kinds(graph, paths)
    if kinds:
        shown = [kind.largest for kind in kinds]
    else:
        shown = list(paths) if paths.count <= SHOWN_PATHS else paths.largest(SHOWN_PATHS)
    kinks = [node for node in paths.users if is_at_kink(node) and node.inputs[0] in paths.reached]
    return Explanation(
        graph.root,
        wrt,
        graph.names,
        graph.gradients[wrt],
        graph.list_steps_to(wrt),
        shown,
        paths.count,
        compare_with_difference(graph, paths),
        kinks,
        graph.find_edited(),
        wrt.passes if wrt.grad else 1,
        kinds,
        graph.folding_of_use.places if kinds else {},
        find_reused(paths),
    )


def find_reused(paths: Paths) -> list[Value]:
    """Return the computed nodes on the way that paths leave by more than one use."""
    uses: Counter[Value] = Counter()
    for node in paths.users:
        uses.update(x for x in node.inputs if x in paths.reached and x is not paths.wrt)
    return [node for node in paths.users if uses[node] > 1]


def find_kinds(graph: Graph, paths: Paths) -> list[PathKind]:
    """Return the kinds of many paths through what is repeated; none where they say nothing.

    Their sums are told alone, so they have to make up the gradient.
    """
    if paths.count <= SHOWN_PATHS or not graph.folding_of_use.repeats:
        return []
    kinds = paths.kinds(graph.folding_of_use.places, SHOWN_PATHS)
    total, size = math.fsum(x.total for x in kinds), sum(abs(x.total) for x in kinds)
    agrees = abs(total - graph.gradients[paths.wrt]) <= AGREEING * size
    return kinds if agrees and len(kinds) < paths.count else []


def is_at_kink(node: Value) -> bool:
    """Tell whether a node's first input stands at a kink of its operation."""
    return node.operation is not None and not {*node.numbers[:1]}.isdisjoint(node.operation.kinks)


def compare_with_difference(graph: Graph, paths: Paths) -> Comparison | None:
    """Compare a gradient with finite differences: the graph computed anew, in numbers alone.

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
        try:
            return recompute([wrt, *paths.users], {wrt: x})
        except ARITHMETIC:
            return math.nan

    return compare_derivative(
        graph.names[wrt], result, here, graph.gradients[wrt], abs(result(here))
    )
