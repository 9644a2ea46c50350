"""The orders in which an engine may pass shares on, by the mistakes that it may have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import product

from .lowering import Lowered
from .mistakes import (
    CHANGES_ORDER,
    MOST_VISITS,
    NEEDS_ORDER,
    RIGHT,
    Mistake,
    Mistakes,
    Walk,
    go_deep,
    walk_by_creation,
)

MOST_ORDERS = 64  # of a graph's children that are tried
NOWHERE = -1
OF_NODES = ("add", "sub", "mul", "truediv")  # operations in which a bare number becomes a node

Edge = tuple[int, int, int]  # a node, which of its inputs, and that input


def list_orders(graph: Lowered, mistakes: Mistakes) -> Iterable[list[Edge]]:
    """Return the orders in which shares may be passed, from which node to which input.

    They are the same for most mistakes, and then found once.
    """
    changing = [m for m in mistakes if m.traits & CHANGES_ORDER]
    key = any(m.traits & NEEDS_ORDER for m in mistakes), *changing
    if len(changing) > 1:
        return find_orders(graph, mistakes)
    if key not in graph.orders:
        graph.orders[key] = [*find_orders(graph, mistakes)]
    found: list[list[Edge]] = graph.orders[key]
    return found


def find_orders(graph: Lowered, mistakes: Mistakes) -> Iterator[list[Edge]]:
    """Yield each of these orders once."""
    seen = set()
    for order in try_orders(graph, mistakes):
        if tuple(order) not in seen:
            seen.add(tuple(order))
            yield order


def try_orders(graph: Lowered, mistakes: Mistakes) -> Iterator[list[Edge]]:
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


def list_edges(graph: Lowered, node: int, receiving: Sequence[Mistake] = ()) -> list[Edge]:
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


def descend(graph: Lowered, mistakes: Mistakes, turn: int) -> list[Edge]:
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


def list_children(graph: Lowered, mistakes: Mistakes) -> list[list[int]]:
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
