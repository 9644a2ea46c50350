"""Lookups in programs: to choose one of many values costs as much as one value.

An index is checked once a row. What stands in equal steps among the parameters, such as a column of
a table of embeddings, is taken from there, and its gradient is added to where it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

from ....engine import forward
from ....engine.operation import Lookup, Operation
from ....engine.value import Value

# These have no derivative rules: see ``FunctionWriter.spread``.
place = Operation(
    "place", forward.place, [], inputs=(), code="place({0}, {1})", c="place({0}, {1})",
    javascript="{0}",  # since math.choose checks it
    arrays="place(xp, {0}, {1})",
)  # fmt: skip
# What a value receives that is one of several.
share = Operation(
    "share", lambda place, i, amount: amount if place == i else 0.0, [], inputs=(),
    code="({2} if {0} == {1} else 0.0)", c="({0} == {1} ? {2} : 0.0)",
    javascript="({0} === {1} ? {2} : 0.0)", arrays="share(xp, {0}, {1}, {2})",
)  # fmt: skip


class Steps(NamedTuple):
    """Where some numbers stand in a list: one, and the next ones at equal distances."""

    start: int
    stride: int

    def write_item(self, name: str, place: str) -> str:
        """Return one of them as an item of the list of that name."""
        before = f"{self.start} + " if self.start else ""
        times = f"{self.stride} * " if self.stride != 1 else ""
        return f"{name}[{before}{times}{place}]"


def find_steps(places: Sequence[int | None]) -> Steps | None:
    """Return places as equal steps; None if they aren't, or some number isn't in the list.

    >>> find_steps([5, 21, 37]), find_steps([5, 6, 8]), find_steps([5, None])
    (Steps(start=5, stride=16), None, None)
    """
    first, second = places[0], places[1] if len(places) > 1 else places[0]
    if first is None or second is None:
        return None
    steps = Steps(first, second - first)
    if any(x != steps.start + steps.stride * i for i, x in enumerate(places)):
        return None
    return steps


@cache
def find_item(steps: Steps) -> Operation:
    """Return the operation that takes one of the parameters, by its place among the steps."""
    return Operation(
        "choose", lambda place: place, [], inputs=(),
        code=steps.write_item("parameters", "{0}"),
        c=steps.write_item("parameters", "(long){0}"),
    )  # fmt: skip


@cache
def find_choice(count: int) -> Operation:
    """Return the operation that takes one of ``count`` values, by a place that was checked."""
    slots = [f"{{{i}}}" for i in range(1, count + 1)]
    return Operation(
        "choose", lambda place, *values: values[int(place)], [], inputs=(),
        code=f"({', '.join(slots)}, )[{{0}}]",
        c=f"((const double[]){{{{{', '.join(slots)}}}}})[(long){{0}}]",
        javascript=f"math.choose({{0}}, {', '.join(slots)})",
        arrays=f"choose(xp, {{0}}, {', '.join(slots)})",
    )  # fmt: skip


def find_columns(
    graph: Sequence[Value], wrt: Sequence[Value], constants: Collection[Value]
) -> range:
    """Return the places of the leaves whose derivatives are in ``columns``.

    These are the leaves from the first to the last that lookups add to by an index.
    """
    places = {x: i for i, x in enumerate(wrt)}
    found: set[int] = set()
    for node in graph:
        if isinstance(node.operation, Lookup) and node.inputs[0] not in constants:
            these = [places.get(x) for x in node.inputs[1:]]
            if find_steps(these):
                found.update(i for i in these if i is not None)
    return range(min(found), max(found) + 1) if found else range(0)
