"""The branches that a recorded graph took: comparisons that decided it, which a program checks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ..engine.comparisons import NumberPair, copied, find_last_gone, list_since
from ..engine.node import nodes
from ..engine.value import Value
from ..graph.paths import find_dependents

Branch = tuple[str, Value | float, bool]  # how a node was compared, with what, and the outcome
Branches = Mapping[Value, Sequence[Branch]]

GONE = (
    "compile the function that makes this graph, not the graph: between the making of its inputs "
    "and now, comparisons were made that a program can't check"
)


KEEP = "of a graph made by surgery, keep the surgery, and change what a comparison depends on"


class BranchError(ValueError):
    """A comparison that decided what was recorded (``if x > 0``) would go the other way now."""


class Compared(NamedTuple):
    """A comparison of a node with another or with a number."""

    node: Value
    how: str
    other: Value | float
    outcome: bool
    numbers: NumberPair

    @property
    def operands(self) -> list[Value]:
        """The nodes that were compared."""
        return [x for x in (self.node, self.other) if isinstance(x, Value)]


def collect_branches(
    inputs: Sequence[Value], parameters: Sequence[Value]
) -> dict[Value, list[Branch]]:
    """Return the comparisons since the oldest input was made that depend on one of the leaves.

    Any of them may have decided what was recorded. One of a number that is gone can't be checked
    by a program: that is a ValueError.
    """
    oldest = inputs or parameters
    if is_any_gone(oldest):
        remedy = f"; {KEEP}" if any(x in copied for x in oldest) else ""
        raise ValueError(f"{GONE}: of a number that is gone{remedy}")
    compared = list_compared(oldest)
    found: dict[Value, list[Branch]] = {}
    for one in select_dependent(compared, [*inputs, *parameters]):
        found.setdefault(one.node, []).append((one.how, one.other, one.outcome))
    return found


def is_any_gone(nodes: Sequence[Value]) -> bool:
    """Tell whether a number was compared, since one of these was made, that is gone by now.

    What a copied graph was compared with is known of its leaves.
    """
    since = min((x.created for x in nodes), default=math.inf)
    return find_last_gone() >= since or any(not is_whole(x) for x in nodes)


def is_whole(node: Value) -> bool:
    """Tell whether nothing is gone of what a copied graph was compared with."""
    leaves = [node] if node.operation is None else nodes(node)
    return all(copied[x].is_whole for x in leaves if x in copied)


def list_compared(since: Sequence[Value]) -> list[Compared]:
    """Return all comparisons of what is there, since the oldest of some nodes was made."""
    oldest = min((x.created for x in since), default=math.inf)
    return [
        Compared(node, one.how, other, one.outcome, one.numbers)
        for one, node, other in list_since(oldest)
    ]


def select_dependent(compared: Sequence[Compared], wrt: Sequence[Value]) -> list[Compared]:
    """Return the comparisons of what depends on one of some nodes."""
    operands = [x for one in compared for x in one.operands]
    mine = find_dependents(nodes(*operands), wrt)
    return [one for one in compared if not mine.isdisjoint(one.operands)]


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
