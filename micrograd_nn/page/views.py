"""A graph laid out for a page, at each depth that one can choose: nodes, neurons, layers.

The texts in the boxes are placeholders as wide as any number: the page puts in the numbers of the
moment. What else is drawn is as in ``draw``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..draw.boxes import Arrow, Box, nearest, written
from ..draw.collapse import Group, arrows_of, folded, layer_of, neurons_in
from ..draw.layout import LayoutError, TooLargeError, layout
from ..draw.picture import EVERY_NODE, FEW_NEURONS, kind_of, lines_of
from ..engine.value import Constant, Value

WIDEST = "−0.0000e−00"  # no number of four digits is wider
MOST = 2_000  # nodes that a page shows one by one
FEWEST = 100  # boxes, of which a layout that takes long is an error
SECONDS = 8.0  # for one try of a layout


class View(NamedTuple):
    """One picture of a graph: its SVG, the box of each node, and which boxes stand for several."""

    depth: str
    svg: str
    places: Sequence[str]  # an id a node; one that isn't in ``drawn`` was left out
    groups: Sequence[str]
    drawn: int
    left_out: int


def views(graph: Sequence[Value], named: dict[Value, str], names: Any) -> tuple[list[View], str]:
    """Return the views of a graph, the first one to begin with, and what to know of them.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> found, told = views([x, y], {x: "x", y: "y"}, None)
    >>> [(view.depth, view.places) for view in found], told
    ([('node', ['n0', 'n1'])], '')
    """
    neurons = neurons_in(graph, names)
    n_neurons = len(set(neurons.values()))
    depths = ["node"]
    if neurons and len(graph) <= EVERY_NODE:
        depths = ["node", "neuron", "layer"]
    elif neurons:
        many = n_neurons > FEW_NEURONS
        depths = ["layer", "neuron", "node"] if many else ["neuron", "layer", "node"]
    told = []
    if len(graph) > MOST and neurons:
        depths.remove("node")
        told.append(
            f"The graph has {len(graph):,} nodes, more than a page shows one by one "
            f"({MOST:,}): it is collapsed to neurons and layers."
        )
    found = []
    for depth in depths:
        try:
            found.append(view(graph, named, neurons, depth))
        except LayoutError as error:
            if depth == depths[-1] and not found:
                raise
            told.append(f"No picture by {depth}s: {error}.")
            continue
        left_out = found[-1].left_out
        if left_out:
            told.append(
                f"By {depth}s, the {found[-1].drawn:,} boxes nearest to the root are drawn; "
                f"{left_out:,} more are left out."
            )
    return found, " ".join(told)


def view(
    graph: Sequence[Value],
    named: dict[Value, str],
    neurons: dict[Value, str],
    depth: str,
    seconds: float = SECONDS,
) -> View:
    """Return a graph laid out at one depth; of one that takes too long, the part near its root."""
    groups = folded(graph, neurons, depth if depth != "node" else None)
    holder = {node: group for group in groups for node in group.nodes}
    places = {node: holder[node].id if node in holder else f"n{i}" for i, node in enumerate(graph)}
    boxes: dict[str, Box] = {}
    for node in graph:
        id = places[node]
        if node in holder:
            boxes.setdefault(id, Box(id, placeholders(holder[node]), holder[node].kind))
        else:
            owner = neurons.get(node, "") if depth == "node" else ""
            within = tuple(dict.fromkeys([layer_of(owner), owner])) if owner else ()
            title, *_ = lines_of(node, named[node].removeprefix(f"{owner}."))
            lines = [title] if isinstance(node, Constant) else [title, *numbers("data", "grad")]
            boxes[id] = Box(id, lines, kind_of(node, graph[-1]), within=within)
    arrows = [
        arrow._replace(lines=numbers("×", "=") if has_text(arrow) else arrow.lines)
        for arrow in arrows_of(graph, places, holder, set(), 4, "both", True)
    ]
    most = MOST
    while True:
        kept, left_out = nearest(list(boxes), arrows, places[graph[-1]], most)
        drawn = [box for box in boxes.values() if box.id in kept]
        between = [arrow for arrow in arrows if arrow.tail in kept and arrow.head in kept]
        try:
            svg = layout(written(drawn, between, [], "LR"), "svg", seconds).decode("utf-8")
            break
        except TooLargeError:
            if len(drawn) <= FEWEST:
                raise
            most = len(drawn) // 4
    return View(
        depth, cleaned(svg, depth), [places[node] for node in graph],
        [group.id for group in groups], len(drawn), left_out,
    )  # fmt: skip


def numbers(*heads: str) -> list[str]:
    """Return a line for a number to come after each of these."""
    return [f"{head} {WIDEST}" for head in heads]


def placeholders(group: Group) -> list[str]:
    """Return the lines of a box for several nodes, with room for the ranges of their numbers."""
    title, *lines = group.lines
    return [
        title,
        *[
            f"{found[1]} {WIDEST} … {WIDEST}"
            if (found := re.match("(data|their grad) ", line))
            else line
            for line in lines
        ],
    ]


def has_text(arrow: Arrow) -> bool:
    """Tell whether an arrow shows a local derivative, not how many values it stands for."""
    return any(line.startswith("×") for line in arrow.lines)


def cleaned(svg: str, depth: str) -> str:
    """Return a layout as it stands in a page: no prolog, ids of its own, no tooltips, no links."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<title>[^<]*</title>\n?", "", svg)
    svg = re.sub(r'(<g id=")', rf"\1{depth}-", svg)
    return re.sub(
        r'<svg width="[^"]*" height="[^"]*"', '<svg width="100%" height="100%"', svg, count=1
    )
