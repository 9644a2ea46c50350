"""The comparisons that may have decided what a page shows: it can't show what else might follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.comparisons import find_last_gone
from ..engine.value import Value
from ..graph.graph import Graph
from ..programs.branches import is_whole, list_compared, select_dependent
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
    for one in select_dependent(list_compared(graph.nodes), graph.nodes):
        node, how, other, outcome, _ = one
        if len(compared) == MOST_COMPARED or len(outside) == MOST_OUTSIDE:
            older = len(graph.nodes)  # as if the rest were gone
        elif all(x in graph.places for x in one.operands):
            right = graph.places[other] if isinstance(other, Value) else {"number": other}
            compared.append((graph.places[node], how, right, outcome))
        else:
            text = f"{name_operand(graph, node)} {how} {name_operand(graph, other)}"
            outside.append((text, outcome, find_places(graph, one.operands)))
    last = find_last_gone()
    older = max(older, sum(node.created <= last for node in graph.nodes))
    older = older if is_whole(graph.root) else len(graph.nodes)
    return {"compared": compared, "outside": outside, "lost": older}


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
