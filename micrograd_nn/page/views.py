"""A graph laid out for a page, at each depth that one can choose: nodes, neurons, layers.

The texts in the boxes are placeholders as wide as any number: the page puts in the numbers of the
moment. What else is drawn is as in ``draw``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..draw.boxes import Arrow, Box, BoxedGraph, box_graph
from ..draw.collapse import choose_depth
from ..draw.dot import write_dot
from ..draw.layout import LayoutError, TooLargeError, layout
from ..draw.marks import Look
from ..graph.graph import Graph

WIDEST_NUMBER = "−0.0000e−00"  # of four digits
MOST_ONE_BY_ONE = 2_000  # nodes, or boxes, that a page shows
FEWEST_BOXES = 100  # of which a layout that takes long is an error
SECONDS_A_TRY = 8.0  # for a layout
WIDEST, HIGHEST = 1_800, 700  # of a picture that a screen shows whole, in points of its own
VIEW_BOX = re.compile(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"')
NUMBER = re.compile("(data|their grad|grad) ")  # how a line of a box begins that has numbers


class View(NamedTuple):
    """One picture of a graph: its SVG, the box of each node, and which boxes stand for several."""

    depth: str
    svg: str
    places: Sequence[str]  # an id a node; one that isn't in ``drawn`` was left out
    groups: Sequence[str]
    drawn: int
    left_out: int

    @property
    def is_seen_whole(self) -> bool:
        """Whether a screen shows it all, large enough to be read."""
        width, height = VIEW_BOX.findall(self.svg)[0]
        return float(width) <= WIDEST and float(height) <= HIGHEST


def draw_views(graph: Graph) -> tuple[list[View], str]:
    """Return the views of a graph, the first one to begin with, and what to know of them.

    It begins with one that is seen whole, if there is any.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0, "x")
    >>> found, remarks = draw_views(Graph(x * x))
    >>> [(view.depth, view.places) for view in found], remarks
    ([('node', ['n0', 'n1'])], '')
    """
    first, remarks = choose_depth(graph), []
    depths = list(dict.fromkeys([first, "neuron", "layer", "node"] if graph.neurons else ["node"]))
    if len(graph.nodes) > MOST_ONE_BY_ONE and graph.neurons:
        depths.remove("node")
        remarks.append(
            f"The graph has {len(graph.nodes):,} nodes, more than a page shows one by one "
            f"({MOST_ONE_BY_ONE:,}): it is collapsed to neurons and layers."
        )
    found: list[View] = []
    for depth in depths:
        try:
            view = draw_view(graph, depth)
        except LayoutError as error:
            if depth == depths[-1] and not found:
                raise
            remarks.append(f"No picture by {depth}s: {error}.")
            continue
        found.append(view)
        if view.left_out:
            remarks.append(
                f"By {depth}s, the {view.drawn:,} boxes nearest to the root are drawn; "
                f"{view.left_out:,} more are left out."
            )
    found.sort(key=lambda view: not view.is_seen_whole)
    return found, " ".join(remarks)


def draw_view(graph: Graph, depth: str) -> View:
    """Return a graph laid out at one depth; of one that takes too long, the part near its root."""
    boxed = reserve_room(box_graph(graph, depth, Look()))
    whole, limit = boxed.diagram, MOST_ONE_BY_ONE
    while True:
        near = whole.keep_nearest(limit)
        try:
            svg = layout(write_dot(near, [], "LR", plain=True), "svg", SECONDS_A_TRY).decode(
                "utf-8"
            )
            break
        except TooLargeError:
            if len(near.boxes) <= FEWEST_BOXES:
                raise
            limit = len(near.boxes) // 4
    return View(
        depth, clean_svg(svg, depth), list(boxed.places.values()),
        [group.id for group in boxed.groups], len(near.boxes), len(whole.boxes) - len(near.boxes),
    )  # fmt: skip


def reserve_room(boxed: BoxedGraph) -> BoxedGraph:
    """Return boxes and arrows with room for any numbers, in place of those of now."""
    boxes = [
        box._replace(lines=[*box.lines[:1], *[reserve_line(box, line) for line in box.lines[1:]]])
        for box in boxed.diagram.boxes
    ]
    arrows = [reserve_arrow(arrow) for arrow in boxed.diagram.arrows]
    return boxed._replace(diagram=boxed.diagram._replace(boxes=boxes, arrows=arrows))


def reserve_line(box: Box, line: str) -> str:
    """Return a line of a box with room for a number, or for two where it stands for a range.

    >>> reserve_line(Box("g0", [], "group"), "data 1 … 2")
    'data −0.0000e−00 … −0.0000e−00'
    """
    found = NUMBER.match(line)
    if not found:
        return line
    numbers = [WIDEST_NUMBER] * (2 if box.kind == "group" else 1)
    return f"{found[1]} {' … '.join(numbers)}"


def reserve_arrow(arrow: Arrow) -> Arrow:
    """Return an arrow with room for numbers, and none of now in its tooltip.

    >>> reserve_arrow(Arrow("n0", "n1", 0, ["× 3"])).lines
    ['× −0.0000e−00', '= −0.0000e−00']

    One that says how many values it stands for is left as it is.
    """
    if arrow.tooltip.startswith("×"):
        return arrow._replace(tooltip="")
    if any(line.startswith("×") for line in arrow.lines):
        return arrow._replace(lines=[f"{sign} {WIDEST_NUMBER}" for sign in "×="])
    return arrow


def clean_svg(svg: str, depth: str) -> str:
    """Return a layout as it stands in a page: no prolog, ids of its own, no tooltips, no links."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<title>[^<]*</title>\n?", "", svg)
    svg = re.sub(r'(<g id=")', rf"\1{depth}-", svg)
    return re.sub(
        r'<svg width="[^"]*" height="[^"]*"', '<svg width="100%" height="100%"', svg, count=1
    )
