"""What is read of a graph that others recorded: our graph of it, their gradients, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...engine.value import Value

MOST_NODES = 200_000


class Mistake(NamedTuple):
    """What a node of theirs does that isn't right, in words that go on from its name."""

    node: Value
    what: str  # with {0} for the name of ``input``
    input: Value | None = None
    right: Sequence[float | None] | None = None  # the partials that it should have


class Named(NamedTuple):
    """What names a node: a thing of theirs, whose name a suffix may follow."""

    thing: Any
    suffix: str = ""


class Reading(NamedTuple):
    """A graph of ours for one of theirs."""

    root: Value
    named: Mapping[Value, Named]
    gradients: Mapping[Value, float]  # that theirs has, of leaves
    mistakes: list[Mistake]
    source: str  # what it was recorded by
    unseen: str = ""  # why their gradients aren't known
    unknown: Sequence[str] = ()  # operations, one a node, of which nobody knows the derivative
    rounding: float = 0.0  # by which their gradients may differ, in less than double precision


def refuse_size(count: int, what: str) -> None:
    """Refuse a graph that is too large to be looked at."""
    if count > MOST_NODES:
        raise ValueError(
            f"adopt reads graphs of up to {MOST_NODES:,} {what}: give it the loss of fewer "
            f"examples, or of a smaller network (this has {count:,} or more)"
        )
