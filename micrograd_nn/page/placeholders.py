"""Boxes and arrows of a page written as DOT, with texts as wide as any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any

import graphviz
from graphviz import nohtml

from ..draw.boxes import Box, Diagram
from ..draw.layout import escape_dot

FONT = "Helvetica"  # whose widths Graphviz knows by itself; SVG falls back to any sans-serif
INK, FAINT, STRIKING = "#1f2328", "#57606a", "#b8005c"
LOOKS = {
    "root": {"fillcolor": "#fff1e0", "color": "#b34700"},
    "leaf": {"fillcolor": "#e3f0ff", "color": "#0b62c4"},
    "inner": {"fillcolor": "#f3f6fa", "color": FAINT},
    "group": {"fillcolor": "#eef7ee", "color": "#2f6f3a"},
    "constant": {
        "shape": "plaintext", "style": "", "fontcolor": FAINT,
        "margin": "0.05", "width": "0", "height": "0",
    },
}  # fmt: skip
SHADES = ["#fff7ec", "#fee3bd", "#fdc98a", "#fca55d", "#f28a4b"]  # by size of the gradient
DARK_SHADES = ["#21262d", "#3b2a1c", "#573616", "#7a4511", "#a0560b"]
CLUSTER = {"color": FAINT, "style": "rounded,dashed", "margin": "12", "labeljust": "l"}
MANY_BOXES = 80  # boxes from which on the layout is a rough one, as else it takes too long
DENSE_ARROWS = 3  # arrows a box from which on curves would hide one another
LETTER_WIDTH, BROADEST = 0.1, 4.0  # inches of a letter, of the box that others are made as wide as
SIDES = {  # where straight arrows begin and end, lest they cross the boxes
    "LR": {"tailport": "e", "headport": "w"},
    "RL": {"tailport": "w", "headport": "e"},
    "TB": {"tailport": "s", "headport": "n"},
    "BT": {"tailport": "n", "headport": "s"},
}
CAPTION_WIDTH = 72  # letters of a line of the caption
BOX_MARGIN = 0.08  # inches beside a text
# Inches of a letter: in Helvetica, and in the widest fonts that may stand for it, DejaVu and
# Verdana, where a box's title is bold. Only a browser or a desktop knows which of them it has.
NARROW, WIDE, WIDE_BOLD = 0.097, 0.114, 0.131
ROUGH = {"nslimit": "2", "nslimit1": "2", "mclimit": "0.5", "labeljust": "l"}

# Graphviz writes colours as attributes, which a style sheet overrides: one layout, two themes.
SVG_STYLE = """<style>
.node:not(.constant) text:first-of-type { font-weight: bold; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .edge text, .constant text, .graph > text { fill: #b1bac4; }
.inner path, .inner polygon { fill: #21262d; stroke: #8b949e; }
.leaf path, .leaf polygon { fill: #12304f; stroke: #6cb6ff; }
.root path, .root polygon { fill: #4a2a0c; stroke: #ffa657; }
.edge path, .edge polygon { stroke: #8b949e; } .edge polygon { fill: #8b949e; }
.group path, .group polygon { fill: #14301b; stroke: #7ee787; }
.cluster path, .cluster polygon { stroke: #6e7681; } .cluster text { fill: #b1bac4; }
SHADES
.node.marked path, .node.marked polygon, .edge.marked path { stroke: #ff8ad1; }
.edge.marked polygon { fill: #ff8ad1; stroke: #ff8ad1; } .edge.marked text { fill: #ff8ad1; }
}
</style>
""".replace(
    "SHADES",
    " ".join(
        f".shade{i} path, .shade{i} polygon {{ fill: {shade}; }}"
        for i, shade in enumerate(DARK_SHADES)
    ),
)


def write_dot(
    diagram: Diagram, caption: Iterable[str], direction: str, background: str = "transparent"
) -> str:
    """Return a picture as DOT.

    >>> one = Diagram([Box("n0", ["x", "data 2"], "leaf")], [], "n0")
    >>> write_dot(one, ["One box"], "LR").count("class=leaf")
    1
    """
    boxes, arrows, _ = diagram
    graph = {
        "rankdir": direction, "bgcolor": background, "ranksep": "0.5", "fontname": FONT,
        "fontsize": "12", "fontcolor": FAINT, "pad": "0.1",
        "label": format_label(map(make_room, fold_caption(caption))),
    }  # fmt: skip
    node = {
        "shape": "box", "style": "rounded,filled", "fontname": FONT, "fontsize": "14",
        "fontcolor": INK,
    }  # fmt: skip
    edge = {
        "fontname": FONT, "fontsize": "13", "fontcolor": FAINT, "color": FAINT, "arrowsize": "0.7",
    }  # fmt: skip
    dense = len(arrows) > DENSE_ARROWS * len(boxes)
    if any(box.kind == "group" for box in boxes):
        graph |= {"ordering": "in"}  # a layer's neurons as they are numbered
    if len(boxes) > MANY_BOXES:
        graph |= ROUGH
    if dense:
        graph |= {"ranksep": "2"}
        longest = max(len(line) for box in boxes for line in box.lines)
        node |= {
            "width": f"{min(LETTER_WIDTH * longest, BROADEST):.1f}"
        }  # arrows cross what is wider
    if dense or len(boxes) > MANY_BOXES:
        graph |= {"splines": "line"}
        edge |= SIDES[direction]
    dot = graphviz.Digraph(graph_attr=graph, node_attr=node, edge_attr=edge)
    write_boxes(dot, boxes)
    room = "  " if direction in ("TB", "BT") else ""  # or else texts touch the arrows beside them
    for arrow in arrows:
        more: dict[str, Any] = {}
        if arrow.marked:
            more |= {"class": "marked", "color": STRIKING, "fontcolor": STRIKING, "penwidth": "2.5"}
        if arrow.tooltip:
            more |= {"edgetooltip": escape_dot(arrow.tooltip, tooltip=True)}
        name = f"{arrow.tail}-{arrow.head}-{arrow.part}"
        text = format_label([f"{room}{line}{room}" for line in arrow.lines])
        dot.edge(arrow.tail, arrow.head, text, id=name, **more)
    source: str = dot.source
    return source


def write_boxes(dot: graphviz.Digraph, boxes: Sequence[Box]) -> None:
    """Write the boxes, those of one cluster together, clusters within clusters."""
    clusters: dict[tuple[str, ...], graphviz.Digraph] = {(): dot}
    for box in boxes:
        for depth in range(1, len(box.within) + 1):
            path = box.within[:depth]
            if path not in clusters:
                name = f"cluster_{len(clusters)}"
                look = CLUSTER | {"label": format_label(path[-1:])}
                clusters[path] = graphviz.Digraph(name, graph_attr=look)
        look = dict(LOOKS[box.kind])
        kind = box.kind
        if kind != "constant":
            look["margin"] = f"{measure_margin(box.lines):.3f},0.08"
        if box.shade is not None:
            look["fillcolor"] = SHADES[box.shade]
            kind += f" shade{box.shade}"
        if box.marked:
            look |= {"color": STRIKING, "penwidth": "2.5"}
            kind += " marked"
        clusters[box.within].node(
            box.id, format_label(box.lines), id=box.id, **{"class": kind}, **look
        )
    for path in sorted(clusters, key=len, reverse=True):
        if path:
            clusters[path[:-1]].subgraph(clusters[path])


def make_room(line: str) -> str:
    """Return a line of the caption with spaces at its ends, lest a wider font be cut off there.

    >>> make_room("one line of some length")
    '   one line of some length   '
    """
    return line.center(len(line) + 2 * (len(line) // 6))


def measure_margin(lines: Sequence[str]) -> float:
    """Return how many inches a box needs beside its lines, lest another font cross its border.

    >>> round(measure_margin(["x"]), 3), round(measure_margin(["output = tanh", "data 0.7"]), 3)
    (0.097, 0.301)
    """
    title, *rest = map(len, lines)
    widest = max([WIDE_BOLD * title, *[WIDE * length for length in rest]])
    return BOX_MARGIN + (widest - NARROW * max(title, *rest, 0)) / 2


def fold_caption(caption: Iterable[str]) -> list[str]:
    """Return a caption's lines, the long ones in parts: one wider than the picture is cut off.

    >>> [len(line) for line in fold_caption(["a short line", "word " * 16])]
    [12, 69, 9]
    """
    return [part for line in caption for part in wrap(line, CAPTION_WIDTH)]


def format_label(lines: Iterable[str]) -> str:
    """Return lines of text as a label that is shown as they are."""
    text: str = nohtml("\\n".join(map(escape_dot, lines)))
    return text
