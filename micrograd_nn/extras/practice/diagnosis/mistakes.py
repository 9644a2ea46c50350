"""A mistake that an engine may have, to be simulated: one thing that it does wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

from ....engine.operation import Operation
from .walks import Walk

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
    each way to write it, as a WrittenForm has them.
    """

    fault: str
    operation: str = ""
    position: int | None = None
    kinds: str = ""
    share: Share | None = None
    receiver: int | None = None  # the input that the share goes to, in place of its own
    base: int | None = None  # the input to whose gradient the share is added
    as_last: bool = False  # each share is what the last input's should be, and goes there
    last_call: bool = False  # its local derivatives are those of the node that was made last
    overwrites: bool = False
    keeps: bool = False  # the first share, and drops those that come later
    merges: bool = False  # both operands, where they are the same node, and counts the last
    aliases: bool = False  # the root's gradient is an array, added to where it is passed unchanged
    by_value: bool = False  # nodes of one number have one gradient
    rounds: Callable[[float], float] | None = None  # each sum of shares
    forgets: bool = False  # that it was made of this input
    walk: Walk | None = None
    by_number: bool = False  # a walk takes nodes of one number for one
    descends: bool = False  # to each input as soon as it has its share, and as often
    seed: Callable[[float], float] | None = None  # of the root's number
    reseeds: bool = False  # sets each node to 1 when its turn comes
    with_leaves: bool = False  # them, too
    begins: float = 0.0  # what each leaf has from the first
    with_inner: bool = False  # and each other node
    adds_seed: bool = False  # to what the root has from the last pass
    constants: bool = False  # are nodes of the walk, too
    reads_grads: bool = False  # the share is made of gradients so far
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
        """The names of what isn't as it is by itself."""
        return frozenset([x.name for x in fields(self) if getattr(self, x.name) != x.default])

    @cached_property
    def changes_order(self) -> bool:
        """Tell whether shares are passed in another order, or to others."""
        return not self.traits.isdisjoint(CHANGES_ORDER)

    @cached_property
    def needs_order(self) -> bool:
        """Tell whether the numbers depend on the order of what an operation is made of."""
        return not self.traits.isdisjoint(NEEDS_ORDER)


CHANGES_ORDER = {
    "walk", "forgets", "by_number", "descends", "keeps", "constants", "by_value", "receiver",
}  # fmt: skip
NEEDS_ORDER = {
    "overwrites", "forgets", "reseeds", "descends", "keeps", "by_number", "by_value", "aliases",
    "reads_grads", "receiver", "base", "as_last", "rounds", "walk",
}  # fmt: skip
Mistakes = tuple[Mistake, ...]
