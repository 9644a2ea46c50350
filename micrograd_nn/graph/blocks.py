"""Blocks: a graph by the calls in which its nodes were made, each as one box.

Calls of one function side by side, as of a network for each example, are one block. So are the
nodes of one operation that stand in no call of the level that is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from ..engine.value import Constant, Value
from .calls import Call

FEW_BLOCKS = 24  # and few arrows between them: what one looks at at once


@dataclass(eq=False)
class Block:
    """What is one box: calls of what has a ``name``, or else nodes of one operation."""

    name: str
    within: Block | None
    calls: set[Call] = field(default_factory=set)
    nodes: set[Value] = field(default_factory=set)

    @property
    def title(self) -> str:
        """What a box says: the name of what is called, and how many calls or nodes there are."""
        count = len(self.calls) + len(self.nodes)
        return f"{self.name * bool(self.calls)} × {count:,}".lstrip() if count > 1 else self.name

    @property
    def around(self) -> tuple[str, ...]:
        """The titles of the calls around it, from the outermost on."""
        return (*self.within.around, self.within.title) if self.within else ()


class Kind(NamedTuple):
    """What calls, or nodes, that may be one block have in common."""

    within: Block | None
    name: str
    owner: object


class Blocks:
    """The calls in which the nodes of a graph were made, from the outermost on, as blocks.

    A call in which everything was computed isn't counted. ``levels`` are from the innermost on.
    """

    def __init__(
        self, users: Mapping[Value, Sequence[Value]], parameters: Collection[Value] = ()
    ) -> None:
        self.users, self.parameters = users, {*parameters}
        paths = {x: list_calls(x) for x in users}
        computed = [path for x, path in paths.items() if x.operation is not None]
        first = computed[0] if computed else []
        shared = [call for call in first if all(call in path for path in computed)]
        self.paths = {x: path[len(shared) :] for x, path in paths.items()}
        self.levels = range(max(map(len, self.paths.values()), default=0))[::-1]

    @cached_property
    def opened(self) -> set[Call | None]:
        """The calls that have others within them."""
        return {call.within for path in self.paths.values() for call in path}

    @cached_property
    def names(self) -> dict[str, int]:
        """What is called, and the outermost level at which it is."""
        found: dict[str, int] = {}
        for path in self.paths.values():
            for level, call in enumerate(path):
                found[call.name] = min(level, found.get(call.name, level))
        return found

    def find_level(self, name: str) -> int | None:
        """Return the outermost level of what is called so, in capitals or not; None without."""
        found = [level for called, level in self.names.items() if called.lower() == name.lower()]
        return min(found, default=None)

    def choose(self, levels: Iterable[int], joins: str | bool = "auto") -> dict[Value, Block]:
        """Return the blocks of each node, at the first of some levels at which they are few.

        ``joins`` joins all calls of a name with nothing else between, or none. By itself it joins
        those of which none needs another's result; and, as each letter that a GPT reads needs those
        before, all of them, where more than twice as many blocks are then to be seen.
        """
        if joins != "auto":
            return self.choose_level(levels, "all" if joins else "none")
        apart, joined = (self.choose_level(levels, how) for how in ("side by side", "all"))
        (boxes, arrows), (others, _) = count_blocks(apart), count_blocks(joined)
        return apart if max(boxes, arrows) <= FEW_BLOCKS and 2 * boxes >= others else joined

    def choose_level(self, levels: Iterable[int], joins: str) -> dict[Value, Block]:
        """Return the blocks of the first of some levels that has few, or else those of the last."""
        found: dict[Value, Block] = {}
        for level in levels:
            found = self.group(level, joins)
            if max(count_blocks(found)) <= FEW_BLOCKS:
                break
        return found

    def group(self, level: int, joins: str = "none") -> dict[Value, Block]:
        """Return the block of each node that is in one, with the calls of a level closed.

        Of calls with nothing else between, "all", those "side by side" or "none" are joined. A leaf
        is in the one block that uses it, if it is a part of that: a parameter, or made in there. A
        bare number that a parameter weighs is an input; another one is a part of a formula.
        """
        known: dict[Call, Block] = {}
        found: dict[Value, Block] = {}
        for depth in range(level + 1):
            found = self.close(depth, joins, known)
        for x, users in self.users.items():
            within = {found.get(user) for user in users}
            block = within.pop() if x.operation is None and len(within) == 1 else None
            is_part = x in self.parameters or bool(self.paths[x])
            if isinstance(x, Constant):
                is_part = self.parameters.isdisjoint(y for user in users for y in user.inputs)
            if block is not None and block.calls and is_part:
                found[x] = block
        return found

    def close(self, depth: int, joins: str, known: dict[Call, Block]) -> dict[Value, Block]:
        """Return the blocks of computed nodes at a level, and note those of calls in ``known``.

        What is joined has one rank: how often the kind has changed on the way there; and, side by
        side, how many of one kind came one after another.
        """
        item: Any
        items: dict[Value, tuple[Any, Kind]] = {}  # the node or its call, and of what kind that is
        ranks: dict[Any, tuple[int, int]] = {}
        for node, path in self.paths.items():
            if node.operation is None:
                continue
            call = path[min(depth, len(path) - 1)] if path else None
            if call is None or (len(path) <= depth and call in self.opened):
                around = None if call is None else known[call]
                own = None if self.users[node] else node  # the root stands alone
                item, kind = node, Kind(around, node.operation.symbol, own)
            else:
                around = known.get(call.within) if call.within else None
                item, kind = call, Kind(around, call.name, call.owner)
            rank = ranks.get(item, (0, 0))
            for other, its in [items[x] for x in node.inputs if x in items]:
                changes, turns = ranks[other]
                if other is not item:
                    rank = max(rank, (changes, turns + 1) if its == kind else (changes + 1, 0))
            ranks[item], items[node] = rank, (item, kind)
        blocks: dict[Any, Block] = {}
        found: dict[Value, Block] = {}
        for node, (item, kind) in items.items():
            block = known.get(item)
            if block is None:
                key = kind, *ranks[item][: 1 + (joins == "side by side")]
                new = Block(kind.name, kind.within)
                block = blocks.setdefault(item if joins == "none" else key, new)
                (block.calls if isinstance(item, Call) else block.nodes).add(item)
            found[node] = block
        known.update((call, block) for block in blocks.values() for call in block.calls)
        number_names(blocks.values())
        return found


def list_calls(node: Value) -> list[Call]:
    """Return the calls in which a node was made, from the outermost on."""
    found = []
    call = node.origin.call if node.origin else None
    while call is not None:
        found.append(call)
        call = call.within
    return found[::-1]


def count_blocks(found: Mapping[Value, Block]) -> tuple[int, int]:
    """Return how many blocks there are, and how many pairs of which one takes from the other."""
    pairs = {(found[x], block) for node, block in found.items() for x in node.inputs if x in found}
    return len({*found.values()}), sum(x is not y for x, y in pairs)


def number_names(blocks: Iterable[Block]) -> None:
    """Give blocks of calls of one name within one block a number each."""
    alike: dict[object, list[Block]] = {}
    for block in blocks:
        alike.setdefault((block.within, block.name) if block.calls else block, []).append(block)
    for several in alike.values():
        for i, block in enumerate(several, 1):
            block.name += f" {i}" * (len(several) > 1)
