"""The branches that a recorded graph took: comparisons that decided it, which a program checks."""

from __future__ import annotations

import math
from _thread import get_ident
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ..engine.comparisons import comparisons, gone
from ..engine.order import nodes
from ..engine.value import Value
from ..graph.paths import find_dependents

Branch = tuple[str, Value | float, bool]  # how a node was compared, with what, and the outcome
Branches = Mapping[Value, Sequence[Branch]]

GONE = (
    "compile the function that makes this graph, not the graph: between the making of its inputs "
    "and now, comparisons were made that a program can't check"
)


def collect_branches(
    inputs: Sequence[Value], parameters: Sequence[Value]
) -> dict[Value, list[Branch]]:
    """Return the comparisons since the oldest input was made that depend on one of the leaves.

    Any of them may have decided what was recorded. One of a number that is gone can't be checked
    by a program: that is a ValueError.
    """
    since = min((x.created for x in inputs or parameters), default=math.inf)
    # One in another thread is no business of this graph's, as far as one can tell.
    if gone.get(get_ident(), -1) >= since:
        raise ValueError(f"{GONE}: of a number that is gone")
    compared = []
    for when, x, how, y, outcome in comparisons.copy().values():  # other threads go on
        node, other = x(), y if isinstance(y, float) else y()
        if when >= since and node is not None and other is not None:
            compared.append((node, how, other, outcome))
    operands = [x for node, _, other, _ in compared for x in (node, other) if isinstance(x, Value)]
    mine = find_dependents(nodes(*operands), [*inputs, *parameters])
    found: dict[Value, list[Branch]] = {}
    for node, how, other, outcome in compared:
        if node in mine or other in mine:
            found.setdefault(node, []).append((how, other, outcome))
    return found


def collect_nodes(roots: Iterable[Value], branches: Branches) -> list[Value]:
    """Return the graph of the roots and of all that was compared on the way."""
    others = [other for _, other, _ in chain(*branches.values()) if isinstance(other, Value)]
    return nodes(*roots, *branches, *others)


def sort_branches(
    graph: Sequence[Value], branches: Branches
) -> dict[Value, list[tuple[Value, Branch]]]:
    """Return what was compared by the later of the two nodes: behind it, it can be checked."""
    found: dict[Value, list[tuple[Value, Branch]]] = {}
    place = {node: i for i, node in enumerate(graph)} if branches else {}
    for node, compared in branches.items():
        for branch in compared:
            other = branch[1] if isinstance(branch[1], Value) else node
            last = max(node, other, key=place.__getitem__)
            found.setdefault(last, []).append((node, branch))
    return found
