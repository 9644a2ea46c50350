"""Walks through a graph, right ones and wrong ones: in which order nodes pass their gradient on.

A walk takes the nodes that each node was made of, and a root. Nodes are numbers, inputs before
their results. Which child comes first is up to the engine (a set has its own order), so a walk is
told whether to turn a node's children round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Children = Sequence[Sequence[int]]
Walk = Callable[[Children, int], list[int]]

MOST_VISITS = 3_000  # a walk that repeats itself may be endless


def walk_by_creation(children: Children, root: int) -> list[int]:
    """Walk from the root to the leaves, each node after all that use it: the right way.

    >>> walk_by_creation([[], [0], [0, 1]], 2)
    [2, 1, 0]
    """
    return sorted(set(walk_in_preorder(children, root)), reverse=True)


def walk_in_postorder(children: Children, root: int) -> list[int]:
    """Walk the right way by depth-first search, each node noted after its children, reversed."""
    return note_after_children(children, root, set())[::-1]


def note_after_children(children: Children, node: int, seen: set[int] | None) -> list[int]:
    """Return nodes after their children; those ``seen`` once only, if that is noted at all."""
    found: list[int] = []

    def visit(node: int) -> None:
        if seen is not None:
            if node in seen:
                return
            seen.add(node)
        for child in children[node]:
            visit(child)
        found.append(node)
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")

    visit(node)
    return found


def walk_forward(children: Children, root: int) -> list[int]:
    """Walk from the leaves to the root: the order of a search that nobody turned round.

    >>> walk_forward([[], [0], [0, 1]], 2)
    [0, 1, 2]
    """
    return walk_in_postorder(children, root)[::-1]


def walk_in_preorder(children: Children, root: int) -> list[int]:
    """Walk down from each node as soon as it is met, whoever else uses it.

    >>> walk_in_preorder([[], [0], [1], [1, 2]], 3)
    [3, 1, 0, 2]
    """
    found: dict[int, None] = {}

    def visit(node: int) -> None:
        if node not in found:
            found[node] = None
            for child in children[node]:
                visit(child)

    visit(root)
    return [*found]


def walk_in_breadth(children: Children, root: int) -> list[int]:
    """Walk level by level, each node when it is met first.

    >>> walk_in_breadth([[], [0], [1], [1, 2]], 3)
    [3, 1, 2, 0]
    """
    found = [root]
    for node in found:
        found += [child for child in dict.fromkeys(children[node]) if child not in found]
    return found


def walk_by_stack(children: Children, root: int) -> list[int]:
    """Walk on from the node that was met last, each node once."""
    found: dict[int, None] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting += children[node]
    return [*found]


def walk_every_path(children: Children, root: int) -> list[int]:
    """Walk down from a node each time it is met.

    >>> walk_every_path([[], [0], [1, 1]], 2)
    [2, 1, 0, 1, 0]
    """
    found: list[int] = []

    def visit(node: int) -> None:
        found.append(node)
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")
        for child in children[node]:
            visit(child)

    visit(root)
    return found


def walk_levels_again(children: Children, root: int) -> list[int]:
    """Walk level by level, a node as often as it is met."""
    found = [root]
    for node in found:
        found += children[node]
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")
    return found


def walk_postorder_again(children: Children, root: int) -> list[int]:
    """Walk as a depth-first search has it that doesn't remember what it has seen."""
    return note_after_children(children, root, None)[::-1]


def skip_every_second(children: Children, root: int) -> list[int]:
    """Walk as a loop does that takes nodes out of the list that it goes through.

    >>> skip_every_second([[], [0], [1], [2]], 3)
    [3, 1]
    """
    return walk_in_postorder(children, root)[::2]


RIGHT: tuple[Walk, ...] = (walk_by_creation, walk_in_postorder)
UNORDERED: tuple[Walk, ...] = (walk_in_preorder, walk_in_breadth, walk_by_stack, walk_forward)
REPEATED: tuple[Walk, ...] = (walk_every_path, walk_postorder_again, walk_levels_again)
