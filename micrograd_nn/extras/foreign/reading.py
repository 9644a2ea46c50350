"""What is read of a graph that others recorded, and what is told of it: what is wrong in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from ..._ground.text import count_things, format_number, list_first, quote_text
from ...engine.operation import ARITHMETIC
from ...engine.value import Value
from ...graph.gradients import compute_gradients
from ...graph.places import MOST_LOOKED_AT, choose_places, walk_places

MOST_NODES = 200_000
CLOSE = 1e-5  # as a share: an engine may have 32 bits, or its own formula
MOST_TOLD = 10  # mistakes, and leaves


class Mistake(NamedTuple):
    """What a node of theirs does that isn't right, in words that go on from its name."""

    node: Value
    what: str  # with {0} for the name of ``input``
    input: Value | None = None
    right: Sequence[float | None] | None = None  # the partials that it should have


@dataclass(frozen=True, eq=False)
class Adoption:
    """A graph of ours for one of theirs, and what their backward pass makes of it.

    The graph's nodes have the numbers of the other engine, and pass on what that passes on; where
    this isn't the derivative, the operation has a cross before its name.
    """

    nodes: Sequence[Value]  # inputs before their results
    named: Mapping[Value, tuple[Any, str]]  # the thing of theirs that names it, and a suffix
    theirs: Mapping[Value, float]  # gradients, of each leaf where that is known
    faults: list[Mistake]
    source: str  # what it was recorded by
    rounding: Mapping[Value, float]  # by which a gradient of theirs may differ
    passed: Mapping[Value, Sequence[float | None]]  # what nodes of theirs pass on, if not ours
    unseen: str = ""  # why their gradients aren't known
    names: Mapping[Value, str] = field(default_factory=dict)

    @cached_property
    def values(self) -> dict[int, Value]:
        """Our Values by the ids of theirs, where each of theirs is one number."""
        return {id(thing): x for x, (thing, suffix) in self.named.items() if not suffix}

    @cached_property
    def right(self) -> dict[Value, float]:
        """The gradient of each node as it should be."""
        right = {mistake.node: mistake.right for mistake in self.faults}
        return compute_gradients(
            self.nodes, lambda x: right.get(x) or self.passed.get(x, x.partials)
        )

    @cached_property
    def by_edge(self) -> dict[tuple[Value, Value | None], str]:
        """What the other engine does that isn't right, by the node and the input that has it."""
        return {
            (node, x): f"{self.names[node]} {what.format('' if x is None else self.names[x])}"
            for node, what, x, _ in self.faults
        }

    @property
    def mistakes(self) -> list[str]:
        """What the other engine does that isn't right, a line each; an empty list if nothing."""
        return [*self.by_edge.values()]

    @property
    def notes(self) -> list[str]:
        """The first of the mistakes, as lines beside a picture, and the first that isn't finite."""
        return [*self.tell_broken(), *cut([f"✗ {told}" for told in self.mistakes])]

    def tell_broken(self) -> Iterator[str]:
        """Yield the first number that isn't finite, in words; a leaf's before what follows."""
        found = [x for x in self.nodes if not math.isfinite(x.number)]
        for first in sorted(found, key=lambda x: x.operation is not None)[:1]:
            called = "A constant" if first.is_constant else self.names[first]
            told = f"{called} is {format_number(first.number)}, the first number that isn't finite"
            with suppress(*ARITHMETIC):
                if first.operation and math.isfinite(
                    real := first.operation.forward(*first.numbers)
                ):
                    told += f": it overflows, for in double precision it is {format_number(real)}"
            yield told

    def __str__(self) -> str:
        return "\n".join(self.describe())

    def describe(self) -> Iterator[str]:
        """Yield lines: what it is, what is wrong, and the gradients that aren't right."""
        root, many = self.names[self.nodes[-1]], count_things(len(self.nodes), "node")
        yield f"{root}: {many} of {self.source}"
        yield from self.notes
        told = {mistake.node for mistake in self.faults}
        unknown = [
            x.operation.name for x in self.nodes
            if x.operation and x not in told and getattr(x.operation, "is_unknown", False)
        ]  # fmt: skip
        if unknown:
            kinds = list_first(sorted({quote_text(x) for x in unknown}), 5)
            many = count_things(len(unknown), "node")
            yield f"What {many} should pass on isn't known here, of {kinds}: taken as it is."
        if self.unseen:
            yield f"Its own gradients aren't known: {self.unseen}."
            return
        differ = self.find_differing(self.right)
        broken = [slope for slope in self.theirs.values() if not math.isfinite(slope)]
        if broken:
            many, is_one = count_things(len(self.theirs), "gradient"), len(broken) == 1
            yield f"Of {many}, {len(broken):,} {'is' if is_one else 'are'} not finite."
        elif not differ:
            how = (
                "what its nodes pass on"
                if unknown or any(mistake.right is None for mistake in self.faults)
                else "right all the same"
                if self.faults
                else "right"
            )
            yield f"Its gradients are {how}: {count_things(len(self.theirs), 'number')}."
        yield from cut([
            f"{self.names[x]}: its gradient is {format_number(a)}, and here {format_number(b)}"
            for x, a, b in differ if x not in told
        ])  # fmt: skip

    def call_by(self, names: Mapping[Value, str]) -> Adoption:
        """Return this adoption, its nodes called by these names in what it tells."""
        return replace(self, names=names)

    def name_values(self, thing: Any) -> dict[str, Value]:
        """Return our Values by the names that theirs have among some variables, or in a model.

        A list names leaves alone, since it may be one of all nodes.
        """
        wanted = {id(theirs) for theirs, _ in self.named.values()}
        places = walk_places(thing, is_wanted=lambda x: id(x) in wanted, most=MOST_LOOKED_AT)
        names = {key: place.name for key, place in choose_places(places).items()}
        return {
            names[id(theirs)] + suffix: value
            for value, (theirs, suffix) in self.named.items() if id(theirs) in names
            if value.operation is None or "." not in names[id(theirs)]
        }  # fmt: skip

    def find_differing(self, own: Mapping[Value, float]) -> list[tuple[Value, float, float]]:
        """Return the leaves whose gradient isn't the one that is ours, with theirs and ours."""
        pairs = [(x, found, own.get(x, 0.0)) for x, found in self.theirs.items()]
        return [(x, a, b) for x, a, b in pairs if not is_close(a, b, self.rounding.get(x, 0.0))]


def cut(lines: Sequence[str]) -> list[str]:
    """Return the first of some lines, and how many more there are.

    >>> cut(["x"] * 12)[-2:]
    ['x', '… 2 more']
    """
    more = len(lines) - MOST_TOLD
    return [*lines[:MOST_TOLD], *([f"… {more} more"] if more > 0 else [])]


def is_close(x: float, y: float, rounding: float = 0.0, share: float = CLOSE) -> bool:
    """Tell whether two numbers may be one, rounded by other formulas.

    >>> is_close(1.0, 1.0 + 1e-9), is_close(float("nan"), float("nan")), is_close(1.0, 1.1)
    (True, True, False)
    """
    is_near = abs(x - y) <= rounding or math.isclose(x, y, rel_tol=share, abs_tol=share**2)
    return is_near or rounding == math.inf or (x != x and y != y)


def refuse_size(count: int, what: str) -> None:
    """Refuse a graph that is too large to be looked at."""
    if count > MOST_NODES:
        raise ValueError(
            f"adopt reads graphs of up to {MOST_NODES:,} {what}: give it the loss of fewer "
            f"examples, or of a smaller network (this has {count:,} or more)"
        )
