"""What stands out in a picture: a node or a step, paths, and how strongly boxes are filled.

The colours are in ``dot``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import NamedTuple

from .._ground.text import add_article, format_number
from ..engine.backprop import Step
from ..engine.value import Constant, Value
from ..graph.graph import Graph

STRONGEST = 4  # of the shades that boxes are filled with, the faintest of which is 0


class Marks(NamedTuple):
    """What stands out in a picture, how strongly nodes are filled, what the caption says of that.

    An edge is a node and the position of its input.
    """

    nodes: Set[Value] = frozenset()
    edges: Set[tuple[Value, int]] = frozenset()
    shades: Mapping[Value, int] = MappingProxyType({})
    caption: Sequence[str] = ()
    others_faint: bool = False


def find_marks(
    graph: Graph,
    highlight: Value | Step | None,
    paths_from: Value | None,
    color_by_gradient: bool,
    precision: int,
) -> Marks:
    """Return what stands out: a node or a step, all paths from a node to the root, fills."""
    highlight, paths_from = graph.own(highlight), graph.own(paths_from)
    check_marked(graph, "highlight", highlight.node if isinstance(highlight, Step) else highlight)
    check_marked(graph, "paths_from", paths_from)
    nodes: set[Value] = set()
    edges: set[tuple[Value, int]] = set()
    caption = []
    if isinstance(highlight, Step):
        step, names = highlight, graph.short_names
        nodes |= {step.node, step.input}
        edges.add((step.node, step.position))
        numbers = step.upstream, step.partial, step.share
        upstream, partial, share = [format_number(number, precision) for number in numbers]
        product = f"{upstream} × {partial} = {share}"
        caption.append(f"Marked: {names[step.node]} passes {product} to {names[step.input]}")
    elif highlight is not None:
        nodes.add(highlight)
    if paths_from is not None:
        paths = graph.paths(paths_from)
        nodes |= paths.reached
        edges |= {
            (node, i)
            for node in paths.users
            for i, input in enumerate(node.inputs)
            if input in paths.reached
        }
        count = "over 1e9" if paths.count >= 10**9 else f"{paths.count:,}"
        ends = f"from {graph.short_names[paths_from]} to {graph.names[graph.root]}"
        caption.append(f"Marked: {count} path{'s' * (paths.count != 1)} {ends};")
        caption.append("the gradient is the sum over paths of the products of × along each")
    shades: dict[Value, int] = {}
    if color_by_gradient:
        shades, largest = measure_shades(graph.nodes)
        range = (
            f"from faint (0) to orange ({format_number(largest, precision)})"
            if shades
            else "none yet"
        )
        caption.append(f"Fill: the size of the gradient, {range}")
    return Marks(nodes, edges, shades, caption, paths_from is not None)


def check_marked(graph: Graph, what: str, node: object) -> None:
    """Refuse to mark what isn't a node of a graph."""
    if node is None:
        return
    if not isinstance(node, Value):
        kinds = "a Value" + " or a Step" * (what == "highlight")
        raise TypeError(f"{what} is {kinds}, not {add_article(type(node).__name__)}")
    if node not in graph.places:
        raise ValueError(f"{what} is {node!r}, which isn't in this graph")
    if what == "paths_from" and isinstance(node, Constant):
        raise ValueError(f"paths_from is {node!r}, which no gradient flows to")


def measure_shades(nodes: Iterable[Value]) -> tuple[dict[Value, int], float | None]:
    """Return the strength of each node's fill, its gradient's share of the largest, and that one.

    An infinite gradient is filled as the largest.
    """
    sizes = {node: abs(node.grad) for node in nodes if node.grad is not None}
    largest = max((size for size in sizes.values() if size < math.inf), default=None)
    shades = {
        node: min(STRONGEST, round(size / largest * STRONGEST)) if largest and size <= largest
        else STRONGEST * (size != 0)
        for node, size in sizes.items()
    }  # fmt: skip
    return shades, largest
