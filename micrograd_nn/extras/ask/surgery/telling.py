"""What was done in a surgery and what died of it, in words."""

from __future__ import annotations

from collections.abc import Iterable

from ...._ground.text import format_number, list_first, make_printable
from ....engine.value import Value
from ....graph.graph import Graph
from ....graph.rebuilding import Changes, is_same_float

FEW_DEAD = 6  # that a line names


def tell_changes(graph: Graph, changes: Changes) -> list[str]:
    """Say what was done to a graph, a line each.

    >>> x = Value(2.0, "x")
    >>> tell_changes(Graph(x * x), Changes(pins={x: 3.0}))
    ['x pinned to 3 (was 2)']
    >>> y = Value(5.0, "y")
    >>> tell_changes(Graph(x - y), Changes(pins={x: 5.0, y: 2.0}, swaps=((x, y),)))
    ['x swapped with y: 5 (was 2) and 2 (was 5)']

    A swap of which one was pinned to another number since is described as two pins.
    """
    pins, cuts, detached, swaps = changes
    names, numbers = graph.names, graph.numbers

    def tell_pin(node: Value) -> str:
        return f"{format_number(pins[node])} (was {format_number(numbers[node])})"

    told: list[str] = []
    swapped: set[Value] = set()
    for one, other in swaps:
        pairs = (pins[one], numbers[other]), (pins[other], numbers[one])
        is_so = one is not other and all(is_same_float(*pair) for pair in pairs)  # not pinned since
        if is_so and swapped.isdisjoint((one, other)):
            swapped |= {one, other}
            to = f"{tell_pin(one)} and {tell_pin(other)}"
            told.append(f"{names[one]} swapped with {names[other]}: {to}")
    told += [f"{names[node]} pinned to {tell_pin(node)}" for node in pins if node not in swapped]
    told += [
        f"{names[node.inputs[i]]} → {names[node]} cut"
        + (f", {format_number(number)} arrives" if number is not None else "")
        for (node, i), number in cuts.items()
    ]
    told += [f"{names[node]} detached" for node in graph.nodes if node in detached]
    return [*map(make_printable, told)]


def tell_dead(graph: Graph, died: Iterable[Value]) -> list[str]:
    """Say, in a line, which nodes no gradient reaches any more, and what theirs had been."""
    names, gradients = graph.names, graph.gradients
    dead = [f"{names[node]} (was {format_number(gradients[node])})" for node in died]
    listed = list_first(dead, FEW_DEAD, " and {left:,} more")
    return [make_printable(f"No gradient reaches any more: {listed}")] if dead else []
