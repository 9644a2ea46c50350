"""The branches that a traced function took: comparisons that decided it, which a program checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ....engine.node import nodes
from ....engine.value import Value
from ....graph.rebuilding import BranchError as BranchError  # where it stood before

Branch = tuple[str, Value | float, bool]  # how a node was compared, with what, and the outcome
Branches = Mapping[Value, Sequence[Branch]]


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
