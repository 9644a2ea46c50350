"""A mistake that an engine may have, to be simulated: one thing that it does wrong.

Most are about a walk through a graph: in which order nodes pass their gradient on. A walk takes the
nodes that each node was made of, and a root. Nodes are numbers, inputs before their results. Which
child comes first is up to the engine (a set has its own order), so a walk is told whether to turn a
node's children round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

from ....engine.operation import Operation

Children = Sequence[Sequence[int]]
Walk = Callable[[Children, int], list[int]]

RESULT = -1  # a receiver: the node itself, in place of one of its inputs


class Passing(NamedTuple):
    """A share on its way from a node to one of its inputs, and what it may be made of."""

    upstream: float
    partial: float
    out: float
    inputs: Sequence[float]
    row: Operation
    position: int
    grads: Sequence[float]  # the gradients that the inputs have so far
    kinds: str  # how the operation is written


Share = Callable[[Passing], float]  # what an operation passes back


@dataclass(frozen=True, eq=False)
class Mistake:
    """One thing that an engine does wrong; ``fault`` is the row that it belongs to.

    An ``operation`` of "" is each, a ``position`` of None each of its inputs, and ``kinds`` of ""
    each way to write it, as a WrittenForm has them. What it ``does`` is told in words of ``DEEDS``.
    """

    fault: str
    operation: str = ""
    position: int | None = None
    kinds: str = ""
    share: Share | None = None
    receiver: int | None = None  # the input that the share goes to, in place of its own
    base: int | None = None  # the input to whose gradient the share is added
    does: str = ""
    rounds: Callable[[float], float] | None = None  # each sum of shares
    walk: Walk | None = None
    seed: Callable[[float], float] | None = None  # of the root's number
    begins: float = 0.0  # what each leaf has from the first
    is_fine: bool = False  # one of many that an operation may have
    title: str = ""  # of the misconception behind it, where there is one
    note: str = ""  # what the engine does, where the row doesn't say it

    def concerns(self, operation: str, position: int, kinds: str = "") -> bool:
        """Tell whether an input of an operation is concerned."""
        return (
            self.operation in ("", operation)
            and self.position in (None, position)
            and (not self.kinds or kinds in ("", self.kinds))
        )

    @cached_property
    def traits(self) -> frozenset[str]:
        """The words of what it does, and the names of what isn't as it is by itself."""
        named = [x.name for x in fields(self) if getattr(self, x.name) != x.default]
        return frozenset([*self.does.split(), *named])


DEEDS = {
    "overwrites": "what was there before the share",
    "keeps": "the first share, and drops those that come later",
    "merges": "both operands, where they are the same node, and counts the last",
    "aliases": "the root's gradient is an array, added to where it is passed unchanged",
    "as_last": "each share is what the last input's should be, and goes there",
    "last_call": "its local derivatives are those of the node that was made last",
    "reads_grads": "the share is made of gradients so far",
    "forgets": "that it was made of this input",
    "by_value": "nodes of one number have one gradient",
    "by_number": "a walk takes nodes of one number for one",
    "descends": "to each input as soon as it has its share, and as often",
    "constants": "are nodes of the walk, too",
    "reseeds": "sets each node to 1 when its turn comes",
    "with_leaves": "them, too",
    "with_inner": "what each leaf has from the first, each other node has",
    "adds_seed": "to what the root has from the last pass",
}
# What passes shares in another order, or to others; and whose numbers depend on the order of what
# an operation is made of.
CHANGES_ORDER = {
    "walk", "forgets", "by_number", "descends", "keeps", "constants", "by_value", "receiver",
}  # fmt: skip
NEEDS_ORDER = {
    "overwrites", "forgets", "reseeds", "descends", "keeps", "by_number", "by_value", "aliases",
    "reads_grads", "receiver", "base", "as_last", "rounds", "walk",
}  # fmt: skip
Mistakes = tuple[Mistake, ...]

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
