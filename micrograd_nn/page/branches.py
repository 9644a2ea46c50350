"""The comparisons that may have decided what a page shows: it can't show what else might follow."""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Sequence
from typing import Any

from ..engine.comparisons import comparisons, gone
from ..engine.order import nodes
from ..engine.value import Value
from ..graph.graph import Graph
from ..graph.paths import find_dependents
from ..text import format_number, make_printable

MOST_COMPARED = 2_000  # that a page checks
MOST_OUTSIDE = 20  # of what it can't check


def describe_branches(graph: Graph) -> dict[str, Any]:
    """Return the comparisons that depend on a graph's nodes, as a page checks them.

    >>> x = Value(3.0, "x")
    >>> y = x * 2 if x > 0 else x * 3
    >>> describe_branches(Graph(y))["compared"]
    [(0, '>', {'number': 0.0}, True)]

    Of a number that isn't in the graph a page knows no more than what it depends on:

    >>> z = y - 1
    >>> z < x
    False
    >>> describe_branches(Graph(y))["outside"]
    [('5 < x (3)', False, [0, 2])]

    Nodes before the place ``lost`` are older than a comparison that can't be told any more.
    """
    compared: list[Any] = []
    outside: list[Any] = []
    older = 0
    for node, how, other, outcome in list_comparisons(graph):
        pair = [x for x in (node, other) if isinstance(x, Value)]
        if len(compared) == MOST_COMPARED or len(outside) == MOST_OUTSIDE:
            older = len(graph.nodes)  # as if the rest were gone
        elif all(x in graph.places for x in pair):
            right = graph.places[other] if isinstance(other, Value) else {"number": other}
            compared.append((graph.places[node], how, right, outcome))
        else:
            text = f"{name_operand(graph, node)} {how} {name_operand(graph, other)}"
            outside.append((text, outcome, find_places(graph, pair)))
    last = gone.get(get_ident(), -1)
    older = max(older, sum(node.created <= last for node in graph.nodes))
    return {"compared": compared, "outside": outside, "lost": older}


def list_comparisons(graph: Graph) -> list[tuple[Value, str, Value | float, bool]]:
    """Return the comparisons that depend on one of a graph's nodes, of numbers that still live."""
    found = []
    for _, x, how, y, outcome in comparisons.copy().values():  # other threads go on
        node, other = x(), y if isinstance(y, float) else y()
        if node is not None and other is not None:
            found.append((node, how, other, outcome))
    operands = [x for node, _, other, _ in found for x in (node, other) if isinstance(x, Value)]
    own = find_dependents(nodes(*operands), graph.nodes) if operands else set()
    return [one for one in found if one[0] in own or one[2] in own]


def find_places(graph: Graph, operands: Sequence[Value]) -> list[int]:
    """Return the places of a graph's nodes that others depend on.

    >>> x = Value(3.0)
    >>> find_places(Graph(x * x), [x * 2 + 1])
    [0]
    """
    found, waiting = set(operands), [*operands]
    while waiting:
        node = waiting.pop()
        new = [] if node in graph.places else [x for x in node.inputs if x not in found]
        found.update(new)
        waiting += new
    return sorted(graph.places[x] for x in found if x in graph.places)


def name_operand(graph: Graph, operand: Value | float) -> str:
    """Return what was compared, a Value by its name and the number that it had."""
    if not isinstance(operand, Value):
        return format_number(operand)
    number = format_number(operand.number)
    name = graph.names.get(operand, operand.label)
    return f"{make_printable(name)} ({number})" if name else number
