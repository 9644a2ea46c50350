"""Blocks: a graph by the calls in which its nodes were made, each as one box.

Calls of one function side by side, as of a network for each example, are one block. So are the
nodes of one operation that stand in no call of the level that is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..engine.value import Constant, Value
from .calls import Call, list_calls

FEW_BLOCKS = 24  # and few arrows between them: what one looks at at once

Part = Call | Value  # of a block: a call that is closed, or a node that stands in none


@dataclass(eq=False)
class Block:
    """What is one box: calls of what has a ``name``, or else nodes of one operation."""

    name: str
    within: Block | None
    is_called: bool
    parts: set[Part] = field(default_factory=set)

    @property
    def title(self) -> str:
        """What a box says: the name of what is called, and how many calls or nodes there are."""
        count = len(self.parts)
        return f"{self.name * self.is_called} × {count:,}".lstrip() if count > 1 else self.name

    @property
    def around(self) -> tuple[str, ...]:
        """The titles of the calls around it, from the outermost on."""
        return (*self.within.around, self.within.title) if self.within else ()


class Blocks:
    """The calls in which the nodes of a graph were made, from the outermost on, as blocks.

    A call in which everything was computed isn't counted, nor, where a ``name`` is given, one
    within a call of that name, or within one without such. ``names`` has what is called, from the
    outermost of the ``levels`` on. ``parts`` has the calls around each computed node, and itself
    where its call has others within; ``kinds`` what each part is called, whose it is, and whether
    others are within: the root stands alone, as a node with a label does.
    """

    def __init__(
        self,
        users: Mapping[Value, Sequence[Value]],
        parameters: Collection[Value] = (),
        name: str = "",
    ) -> None:
        self.users, self.parameters = users, {*parameters}
        self.closed: dict[str, list[dict[Part, Block]]] = {}  # by what is joined: of each level
        paths = {x: list_calls(x.origin and x.origin.call) for x in users}
        computed = [{*paths[x]} for x in users if x.operation is not None]
        shared = set.intersection(*computed) if computed else {*()}
        own = {x: [y for y in path if y not in shared] for x, path in paths.items()}
        self.paths = open_around(own, name) if name else own
        self.levels = range(max(map(len, self.paths.values()), default=0))
        self.names = [*dict.fromkeys(
            path[level].name
            for level in self.levels for path in self.paths.values() if level < len(path)
        )]  # fmt: skip
        opened = {call for path in self.paths.values() for call in path[:-1]}
        self.parts: dict[Value, list[Part]] = {
            x: [*path, *[x] * (not path or path[-1] in opened)]
            for x, path in self.paths.items()
            if x.operation is not None
        }
        self.kinds: dict[Part, tuple[str, object]] = {
            call: (call.name, (call.owner, call in opened))
            for path in self.paths.values()
            for call in path
        } | {
            x: (x.operation.symbol, None if users[x] and not x.label else x)
            for x in users
            if x.operation is not None
        }

    def choose(self, levels: Iterable[int], joins: str = "auto") -> dict[Value, Block]:
        """Return the blocks of each node, at the last of some levels that has few, or the first.

        From the outermost on, each level opens what was closed: no later one has fewer.

        ``joins`` is as in ``group``. By itself it joins those calls of which none needs another's
        result; and, as each letter that a GPT reads needs those before, all of them, where more
        than twice as many blocks are then to be seen.
        """
        if joins == "auto":
            apart, joined = (self.choose(levels, how) for how in ("side by side", "all"))
            (boxes, arrows), (others, _) = count_blocks(apart), count_blocks(joined)
            return apart if max(boxes, arrows) <= FEW_BLOCKS and 2 * boxes >= others else joined
        found: dict[Value, Block] = {}
        for level in levels:
            opened = self.group(level, joins)
            if found and max(count_blocks(opened)) > FEW_BLOCKS:
                break
            found = opened
        return found

    def group(self, level: int, joins: str = "none") -> dict[Value, Block]:
        """Return the block of each node that is in one, with the calls of a level closed.

        Of calls with nothing else between, "all", those "side by side" or "none" are joined. A leaf
        is in the one block that uses it, if it is a part of that.
        """
        closed = self.closed.setdefault(joins, [])
        for depth in range(len(closed), level + 1):
            closed.append(self.close(depth, joins, closed[-1] if closed else {}))
        blocks = closed[level]
        found = {x: blocks[parts[min(level, len(parts) - 1)]] for x, parts in self.parts.items()}
        for x, users in self.users.items():
            within = {found.get(user) for user in users}
            block = within.pop() if x.operation is None and len(within) == 1 else None
            if block is not None and block.is_called and self.is_part(x, block):
                found[x] = block
        return found

    def is_part(self, leaf: Value, block: Block) -> bool:
        """Tell whether a leaf is a part of the calls that use it: a parameter, or made in there.

        A bare number that a parameter weighs is an input; another one is a part of a formula.
        """
        if isinstance(leaf, Constant):
            return self.parameters.isdisjoint(y for x in self.users[leaf] for y in x.inputs)
        return leaf in self.parameters or not block.parts.isdisjoint(self.paths[leaf])

    def close(self, depth: int, joins: str, around: Mapping[Part, Block]) -> dict[Part, Block]:
        """Return the blocks of the parts of a level, within those of the level around it.

        What is joined has one rank: how often the kind has changed on the way there; and, side by
        side, how many of one kind came one after another.
        """
        parts: dict[Value, Part] = {}
        kinds: dict[Part, tuple[Block | None, str, object]] = {}  # and what each is within
        ranks: dict[Part, tuple[int, int]] = {}
        for node, calls in self.parts.items():
            last = min(depth, len(calls) - 1)
            part = parts[node] = calls[last]
            kind = kinds[part] = (around[calls[last - 1]] if last else None, *self.kinds[part])
            rank = ranks.get(part, (0, 0))
            for other in [parts[x] for x in node.inputs if x in parts]:
                changes, turns = ranks[other]
                if other is not part:
                    is_same = kinds[other] == kind
                    rank = max(rank, (changes, turns + 1) if is_same else (changes + 1, 0))
            ranks[part] = rank
        closed: dict[Part, Block] = {x: y for x, y in around.items() if isinstance(x, Call)}
        blocks: dict[object, Block] = {}
        for part in [x for x in kinds if x not in closed]:
            within, name, _ = kind = kinds[part]
            key = kind, *ranks[part][: 1 + (joins == "side by side")]
            new = Block(name, within, isinstance(part, Call))
            block = blocks.setdefault(part if joins == "none" else key, new)
            block.parts.add(part)
            closed[part] = block
        number_names(blocks.values())
        return closed


def open_around(paths: Mapping[Value, list[Call]], name: str) -> dict[Value, list[Call]]:
    """Return the calls around each node, down to one of a name or with none of it within."""
    around = {
        x
        for path in paths.values()
        for x in path[: next((i for i, y in enumerate(path) if y.name.lower() == name), 0)]
    }
    return {x: path[: len(around.intersection(path)) + 1] for x, path in paths.items()}


def count_blocks(found: Mapping[Value, Block]) -> tuple[int, int]:
    """Return how many blocks there are, and how many pairs of which one takes from the other."""
    pairs = {(found[x], block) for node, block in found.items() for x in node.inputs if x in found}
    return len({*found.values()}), sum(x is not y for x, y in pairs)


def number_names(blocks: Iterable[Block]) -> None:
    """Give blocks of calls of one name within one block a number each."""
    alike: dict[object, list[Block]] = {}
    for block in blocks:
        alike.setdefault((block.within, block.name) if block.is_called else block, []).append(block)
    for several in alike.values():
        for i, block in enumerate(several, 1):
            block.name += f" {i}" * (len(several) > 1)
