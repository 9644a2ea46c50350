"""A graph in the operations that an engine really has: ``a - b`` may be made of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....checks.samples import Expression
from ....engine.operation import Operation
from ....engine.table import OPERATIONS
from .graphs import WrittenForm, find_kinds

# An operation as it is made of others: their names, and where each has its inputs from.
Recipe = list[tuple[str, list[tuple[str, float]]]]
Recipes = Mapping[WrittenForm, Recipe]


@dataclass(frozen=True)
class Lowered:
    """A graph in the operations that an engine really has, whose derivatives are its own.

    ``numbers`` and ``partials`` are recorded once, since many mistakes are tried on them.
    """

    leaves: int
    lines: list[tuple[Operation, list[int | float]]]
    numbers: list[float]
    partials: list[tuple[float, ...]]
    kinds: list[str]  # of each line: which inputs are nodes (v), which bare numbers (n)
    orders: dict[Any, Any] = field(default_factory=dict)  # of passing back, as far as they're known


def lower(graph: Expression, recipes: Recipes) -> Lowered:
    """Return a graph as an engine makes it, by the recipe of each form that is made of others.

    >>> recipe = [("neg", [("input", 1)]), ("add", [("input", 0), ("step", 0)])]
    >>> graph = Expression([2.0, 3.0], [(OPERATIONS["sub"], [0, 1])])
    >>> [row.name for row, _ in lower(graph, {WrittenForm("sub", "vv"): recipe}).lines]
    ['neg', 'add']
    """
    places: list[int] = [*range(len(graph.leaves))]
    numbers = list(graph.leaves)
    lines: list[tuple[Operation, list[int | float]]] = []
    partials: list[tuple[float, ...]] = []
    written: list[str] = []

    def append(row: Operation, inputs: list[int | float]) -> int:
        written.append(find_kinds(inputs))
        given = [numbers[x] if type(x) is int else x for x in inputs]
        numbers.append(row.apply(given))
        wanted = [type(x) is int for x in inputs]
        found = row.local_partials(numbers[-1], given, wanted)
        partials.append(tuple([x or 0.0 for x in found]))
        lines.append((row, inputs))
        return len(numbers) - 1

    for row, inputs in graph.lines:
        moved = [places[x] if type(x) is int else x for x in inputs]
        form = WrittenForm(row.name, find_kinds(inputs))
        if form not in recipes:
            places.append(append(row, moved))
            continue
        made: list[int] = []
        for name, sources in recipes[form]:
            given: list[int | float] = []
            for source, which in sources:
                if source == "step":
                    given.append(made[int(which)])
                elif source == "number":
                    given.append(which)
                else:
                    x = moved[int(which)]
                    given.append(x if source == "input" else NUMBERS_OF[source](x))
            made.append(append(OPERATIONS[name], given))
        places.append(made[-1])
    return Lowered(len(graph.leaves), lines, numbers, partials, written)


NUMBERS_OF: dict[str, Callable[[float], float]] = {
    "same": lambda x: x, "negative": lambda x: -x, "reciprocal": lambda x: 1 / x,
}  # fmt: skip
