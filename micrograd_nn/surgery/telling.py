"""What was done in a surgery and what died of it, in words."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.value import Value
from ..graph.graph import Graph
from ..programs.rebuilding import Changes
from ..text import format_number, list_first, make_printable

FEW_DEAD = 6  # that a line names


def tell_changes(graph: Graph, changes: Changes) -> list[str]:
    """Say what was done to a graph, a line each.

    >>> x = Value(2.0, "x")
    >>> tell_changes(Graph(x * x), Changes(pins={x: 3.0}))
    ['x pinned to 3 (was 2)']
    """
    pins, cuts, detached = changes
    names, numbers = graph.names, graph.numbers
    told = [
        f"{names[node]} pinned to {format_number(number)} (was {format_number(numbers[node])})"
        for node, number in pins.items()
    ]
    told += [
        f"{names[node.inputs[i]]} → {names[node]} cut"
        + (f", {format_number(number)} arrives" if number is not None else "")
        for (node, i), number in cuts.items()
    ]
    told += [f"{names[node]} detached" for node in graph.nodes if node in detached]
    return [*map(make_printable, told)]


def tell_dead(graph: Graph, died: Iterable[Value]) -> list[str]:
    """Say, in a line, which nodes no gradient reaches any more, and what theirs had been.

    >>> x = Value(2.0, "x")
    >>> tell_dead(Graph(x * x), [x]), tell_dead(Graph(x * x), [])
    (['No gradient reaches any more: x (was 4)'], [])
    """
    names, gradients = graph.names, graph.gradients
    dead = [f"{names[node]} (was {format_number(gradients[node])})" for node in died]
    listed = list_first(dead, FEW_DEAD, " and {left:,} more")
    return [make_printable(f"No gradient reaches any more: {listed}")] if dead else []
