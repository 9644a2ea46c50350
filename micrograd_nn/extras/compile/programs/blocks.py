"""The blocks of a function: its lines and loops, and the arrays of what one takes from another.

A result that lines of its own turn take is a variable. What others take stands in an array, where
its index moves with the loops as its place in the graph does. Where one operand takes from several
lines, as a running sum does from the line before its loop and then from itself, they share one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from math import gcd
from typing import NamedTuple

from ....engine.operation import Operation
from ....engine.table import dot, mean
from ....engine.table import sum as total
from ....engine.value import Value
from ....graph.loops import PARAMETERS, Line, Loop, Operand

SUMS: Set[Operation] = {dot, mean, total}  # whose long runs of inputs are loops, too
MOST_PARTS = 64  # of what one operand takes, each from a line of its own

Moves = Sequence[tuple[int, int]]  # strides, and how many places there are at each


class Block:
    """Lines and loops that run ``turns`` times, one after the other; the outermost block once."""

    def __init__(
        self, items: Sequence[Line | Loop], turns: int = 1, around: Sequence[Block] = ()
    ) -> None:
        self.turns = turns
        self.around = around
        self.counter = ""  # the name of the turn
        self.items: list[Step | Block] = []
        self.starts: list[int] = []  # the places of the items' first results, within a turn
        self.size = 0
        for item in items:
            made: Step | Block
            if isinstance(item, Loop):
                made = Block(item.items, item.turns, [*around, self])
                size = made.size * made.turns
            else:
                made, size = Step(item, [*around, self]), 1
            self.items.append(made)
            self.starts.append(self.size)
            self.size += size

    def locate(self, place: int) -> Step:
        """Return the line whose result has a place, counted from the beginning of this block."""
        place %= self.size
        i = bisect_right(self.starts, place) - 1
        item = self.items[i]
        return item if isinstance(item, Step) else item.locate(place - self.starts[i])

    def list_steps(self) -> Iterator[Step]:
        """Yield all lines in their order, each once."""
        for item in self.items:
            if isinstance(item, Step):
                yield item
            else:
                yield from item.list_steps()


class Taken(NamedTuple):
    """What a line takes: an operand, and the lines whose results it is, none for leaves.

    ``own`` is the one line whose result of the same turn it is; ``is_used`` tells whether the
    line's derivatives are made of it.
    """

    operand: Operand
    sources: Sequence[Step] = ()
    own: Step | None = None
    is_used: bool = True


class Step:
    """One line in its blocks, the outermost first, and where its result and its slope are.

    That is in an array (``keeps_value``, ``keeps_slope``), or else in a variable. A variable has a
    name if an inner block takes it.
    """

    def __init__(self, line: Line, blocks: Sequence[Block]) -> None:
        self.node: Value = line.node
        self.operation: Operation = line.operation
        self.result = line.result
        self.operands = line.operands
        self.blocks = blocks
        strides = zip(self.result.strides, blocks[1:], strict=True)
        self.moves = join_moves([(stride, block.turns) for stride, block in strides])
        self.taken: Sequence[Taken] = ()
        self.is_needed = False  # whether a gradient flows through it
        self.uses_result = False  # in its derivatives
        self.keeps_value = self.keeps_slope = False
        self.is_named = self.is_slope_named = False
        self.name = self.slope = ""
        self.array = Array(self)

    @property
    def block(self) -> Block:
        """The block that it stands in."""
        return self.blocks[-1]

    @property
    def is_inside(self) -> bool:
        """Whether it stands in a loop."""
        return len(self.blocks) > 1

    @property
    def text(self) -> str:
        """Where its result is kept."""
        return write_item(self.array.name, self.array.find_index(self.result), self.blocks)

    @property
    def slope_text(self) -> str:
        """Where the sum is that arrives at its result."""
        if not self.keeps_slope:
            return self.slope
        return write_item(self.array.slope, self.array.find_index(self.result), self.blocks)

    def is_of_turn(self, operand: Operand, blocks: Sequence[Block]) -> bool:
        """Tell whether an operand in some blocks is this line's result of the same turn."""
        depth = len(self.blocks)
        return (
            self.result.place == operand.place
            and operand.length == 1
            and len(blocks) >= depth
            and blocks[depth - 1] is self.block
            and operand.strides[: depth - 1] == self.result.strides
            and not any(operand.strides[depth - 1 :])
        )

    def list_turns(self, operand: Operand) -> Moves:
        """Return the strides of an operand in the loops around and along its run, and how often."""
        loops = zip(operand.strides, self.blocks[1:], strict=True)
        moves = [(stride, block.turns) for stride, block in loops]
        return [*moves, (operand.step, operand.length)]

    def list_moves(self, operand: Operand) -> Moves:
        """Return how the places of an operand move."""
        return join_moves(self.list_turns(operand))

    def has_all(self, place: int, moves: Moves) -> bool:
        """Tell whether all these places are those of this line's results."""
        first = divide_places(place - self.result.place, self.moves)
        if first is None:
            return False
        least, most = [*first], [*first]
        for stride, count in moves:
            turns = divide_places(abs(stride), self.moves)
            if turns is None:
                return False
            for i, turn in enumerate(turns):
                far = turn * (count - 1)
                least[i], most[i] = (
                    (least[i], most[i] + far) if stride > 0 else (least[i] - far, most[i])
                )
        return all(
            low >= 0 and high < count
            for low, high, (_, count) in zip(least, most, self.moves, strict=True)
        )


class Array:
    """Where the results of a line stand, and maybe of others: at ``(place - first) / unit``."""

    def __init__(self, step: Step) -> None:
        self.steps = [step]
        self.places: list[int] = []
        self.strides: list[int] = []
        self.first = self.size = 0
        self.unit = 1
        self.name = self.slope = ""  # of the results, and of what arrives at them
        self.add_moves(step.result.place, step.moves)

    def add_moves(self, place: int, moves: Moves) -> None:
        """Add places that must have a whole index."""
        self.places.append(place)
        self.strides += [stride for stride, _ in moves]

    def take(self, other: Array) -> None:
        """Take in another array."""
        self.places += other.places
        self.strides += other.strides
        for step in other.steps:
            step.array = self
            self.steps.append(step)

    def settle(self) -> None:
        """Find the unit and the size."""
        self.first = min(step.result.place for step in self.steps)
        self.unit = gcd(*[x - self.first for x in self.places], *self.strides) or 1
        last = max(find_extent(step.result.place, step.moves)[1] for step in self.steps)
        self.size = (last - self.first) // self.unit + 1

    def find_index(self, operand: Operand) -> Operand:
        """Return where an operand stands."""
        return Operand(
            (operand.place - self.first) // self.unit,
            tuple([stride // self.unit for stride in operand.strides]),
            operand.length,
            operand.step // self.unit,
        )


def write_index(place: Operand, blocks: Sequence[Block]) -> str:
    """Return an index in terms of the turns of the loops around."""
    strides = zip(place.strides, blocks[1:], strict=True)
    parts = [
        block.counter if stride == 1 else f"{stride} * {block.counter}"
        for stride, block in strides
        if stride
    ]
    if place.place or not parts:
        parts.append(str(place.place))
    return " + ".join(parts)


def write_item(array: str, place: Operand, blocks: Sequence[Block] = ()) -> str:
    """Return an item of an array."""
    return f"{array}[{write_index(place, blocks)}]"


def find_extent(place: int, moves: Moves) -> tuple[int, int]:
    """Return the least and the greatest of the places that moves lead to.

    >>> find_extent(50, [(-10, 3), (1, 5)])
    (30, 54)
    """
    far = [stride * (count - 1) for stride, count in moves]
    return place + sum(min(0, x) for x in far), place + sum(max(0, x) for x in far)


def join_moves(moves: Moves) -> Moves:
    """Return moves, with those as one that go on where the inner one ends; none that stands.

    >>> join_moves([(6, 4), (2, 3), (0, 5), (1, 1)])
    [(2, 12)]
    """
    joined: list[tuple[int, int]] = []
    for stride, count in moves:
        if not stride or count == 1:
            continue
        if joined and joined[-1][0] == stride * count:
            joined[-1] = stride, joined[-1][1] * count
        else:
            joined.append((stride, count))
    return joined


def divide_places(distance: int, moves: Moves) -> list[int] | None:
    """Return how many moves of each kind make a distance, None if none do."""
    turns = []
    for stride, _ in moves:
        turn, distance = divmod(distance, stride)
        turns.append(turn)
    return None if distance else turns


def find_sources(whole: Block, place: int, moves: Moves) -> list[Step] | None:
    """Return the lines whose results an operand takes; None if they are too many to tell.

    ``place`` is its first.
    """
    found: list[Step] = []
    waiting: list[tuple[int, Moves]] = [(place, moves)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return found
        place, moves = waiting.pop()
        step = whole.locate(place)
        if step.has_all(place, moves):
            found.append(step)
            continue
        (stride, count), *others = moves
        # What is taken at the first turn, and at the others.
        waiting.append((place, others))
        waiting.append((place + stride, join_moves([(stride, count - 1), *others])))
    return None


def is_node(operand: Operand) -> bool:
    """Tell whether an operand takes results of nodes, and not leaves."""
    return operand.place < PARAMETERS
