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


def go_deep(
    children: Children,
    root: int,
    after: bool = False,
    again: bool = False,
    numbers: Sequence[float] | None = None,
) -> list[int]:
    """Return nodes depth first, before or after their children, once or as often as they are met.

    Of ``numbers``, one for each node but constants, a node is met where one of its number was.

    >>> go_deep([[], [0], [1], [1, 2]], 3), go_deep([[], [0], [0, 1]], 2, after=True)
    ([3, 1, 0, 2], [0, 1, 2])
    >>> go_deep([[], [0], [1, 1]], 2, again=True)
    [2, 1, 0, 1, 0]
    """
    found: list[int] = []
    seen: set[object] = set()

    def visit(node: int) -> None:
        key = numbers[node] if numbers and node < len(numbers) else (node,)
        if key in seen and not again:
            return
        seen.add(key)
        if not after:
            found.append(node)
        for child in children[node]:
            visit(child)
        if after:
            found.append(node)
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")

    visit(root)
    return found


def go_wide(children: Children, root: int, again: bool = False) -> list[int]:
    """Return nodes level by level, as often as they are met, or until their own turn was.

    >>> go_wide([[], [0], [1, 1]], 2)
    [2, 1, 1, 0, 0]
    """
    found, seen = [root], set[int]()
    for node in found:
        found += [child for child in children[node] if again or child not in seen]
        seen.add(node)
        if len(found) > MOST_VISITS:
            raise OverflowError("too long a walk")
    return found


def walk_by_creation(children: Children, root: int) -> list[int]:
    """Walk from the root to the leaves, each node after all that use it: the right way."""
    return sorted(go_deep(children, root), reverse=True)


def walk_in_postorder(children: Children, root: int) -> list[int]:
    """Walk the right way by depth-first search, each node noted after its children, reversed."""
    return go_deep(children, root, after=True)[::-1]


RIGHT: tuple[Walk, ...] = (walk_by_creation, walk_in_postorder)
UNORDERED: tuple[Walk, ...] = (
    go_deep,
    lambda children, root: go_deep(children, root, after=True),  # nobody turned it round
)
REPEATED: tuple[Walk, ...] = (
    lambda children, root: go_deep(children, root, again=True),
    lambda children, root: go_deep(children, root, after=True, again=True)[::-1],
    lambda children, root: go_wide(children, root, again=True),
    go_wide,
)


def skip_first_met(children: Children, root: int) -> list[int]:
    """Walk the right way by a list of results as they were met, left before the first of them."""
    return [node for node in walk_in_postorder(children, root) if children[node]][:-1]


def skip_every_second(children: Children, root: int) -> list[int]:
    """Walk as a loop does that takes nodes out of the list that it goes through."""
    return walk_in_postorder(children, root)[::2]
