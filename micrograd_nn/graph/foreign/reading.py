"""What is read of a graph that others recorded: our graph of it, their gradients, what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...engine.value import Value

MOST_NODES = 200_000
CLOSE = 1e-5  # as a share: an engine may have 32 bits, or its own formula


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

    def find_differing(self, own: Mapping[Value, float]) -> list[tuple[Value, float, float]]:
        """Return the leaves whose gradient isn't the one that is ours, with theirs and ours."""
        pairs = [(x, found, own.get(x, 0.0)) for x, found in self.gradients.items()]
        return [(x, a, b) for x, a, b in pairs if not is_close(a, b, self.rounding)]


def is_close(x: float, y: float, rounding: float = 0.0) -> bool:
    """Tell whether two numbers may be one, rounded by other formulas.

    >>> is_close(1.0, 1.0 + 1e-9), is_close(float("nan"), float("nan")), is_close(1.0, 1.1)
    (True, True, False)
    """
    if x == y or (x != x and y != y) or abs(x - y) <= rounding:
        return True
    return math.isclose(x, y, rel_tol=CLOSE, abs_tol=CLOSE**2)


def refuse_size(count: int, what: str) -> None:
    """Refuse a graph that is too large to be looked at."""
    if count > MOST_NODES:
        raise ValueError(
            f"adopt reads graphs of up to {MOST_NODES:,} {what}: give it the loss of fewer "
            f"examples, or of a smaller network (this has {count:,} or more)"
        )
