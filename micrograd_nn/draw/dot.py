"""Boxes and arrows written as DOT: fonts, shapes and colours, which a style sheet turns dark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import graphviz

from .._ground.colors import MEANINGS
from .diagram import Arrow, Box, Diagram, Face
from .layout import escape_dot
from .lettering import (
    NAME_SIZE,
    NARROW_LETTER,
    NOTE_SIZE,
    PADDING,
    choose_size,
    fold_caption,
    format_label,
    make_room,
    measure,
    measure_face,
    write_font,
)
from .ports import BARE_TABLE, Ports

FONT = "Helvetica"  # whose widths Graphviz knows by itself; SVG falls back to any sans-serif
PAIRS = [MEANINGS[name] for name in ("ink", "quiet", "paper", "panel", "line", "value", "gradient")]
INK, QUIET, PAPER, PANEL, LINE, VALUE_INK, GRADIENT_INK = [color.light for color in PAIRS]
FLOW_INK = {"partial": INK, "note": QUIET, "share": GRADIENT_INK}
SHADES = ["#fff7ec", "#ffe7c7", "#fdc98a", "#fca55d", "#f28a4b"]  # by size of the gradient
DEEP = 2  # the shade from which on coloured texts can't be read
DARK = {  # what stands for each colour on dark paper
    **dict(PAIRS),
    **dict(zip(SHADES, ["#21262d", "#3b2a1c", "#573616", "#7a4511", "#a0560b"], strict=True)),
}  # fmt: skip
LOOKS = {
    "root": {"fillcolor": PAPER, "color": INK, "peripheries": "2"},
    "leaf": {"fillcolor": PANEL},
    "inner": {"fillcolor": PAPER},
    "group": {"fillcolor": PANEL, "color": INK},
    "constant": {
        "shape": "plaintext", "style": "", "fontcolor": QUIET,
        "margin": "0.05", "width": "0", "height": "0",
    },
}  # fmt: skip
UNKNOWN_LINE, COMPLETE_LINE = "1.25", "2"  # points of a line, without and with a gradient
MARKED_LINE = "4"
CLUSTER = {"color": QUIET, "style": "rounded,dashed", "margin": "12", "labeljust": "l"}
MANY_BOXES = 80  # boxes from which on the layout is a rough one, as else it takes too long
DENSE_ARROWS = 3  # arrows a box from which on curves would hide one another
BROADEST = 288.0  # points of the box that others are made as wide as
GAP, FAR, NEAR = '<TR><TD HEIGHT="{}"></TD></TR>', 12, 4  # points above and below a label
NARROWEST_LINE, WIDEST_LINE = 0.5, 3.0  # of arrows whose width is the size of their share
ROUGH = {"nslimit": "2", "nslimit1": "2", "mclimit": "0.5", "labeljust": "l"}

# Graphviz writes colours as attributes, which a style sheet overrides: one layout, two themes. They
# are the system's, which needn't be those of the page around the picture, so it has a paper of its
# own, and a browser's tab that has it alone is as dark. The rules hold within the picture only.
SVG_STYLE = "".join(
    [
        "<style>\nsvg:root { color-scheme: light dark; }\n.graph .faint { opacity: 0.25; }\n",
        "@media (prefers-color-scheme: dark) {\n",
        *[f'.graph [fill="{light}"] {{ fill: {dark}; }}\n' for light, dark in DARK.items()],
        *[f'.graph [stroke="{light}"] {{ stroke: {dark}; }}\n' for light, dark in DARK.items()],
        "}\n</style>\n",
    ]
)


def write_dot(diagram: Diagram, caption: Iterable[str], direction: str) -> str:
    """Return a picture as DOT."""
    boxes, arrows = diagram
    graph = {
        "rankdir": direction, "bgcolor": PAPER, "ranksep": "0.5", "fontname": FONT,
        "fontsize": "12", "fontcolor": QUIET, "pad": "0.1",
        "label": format_label(map(make_room, fold_caption(caption))),
    }  # fmt: skip
    node = {
        "shape": "box", "style": "rounded,filled", "fontname": FONT, "fontsize": str(NAME_SIZE),
        "fontcolor": INK, "color": QUIET, "margin": f"{PADDING / 72:.3f},0.05", "height": "0",
    }  # fmt: skip
    edge = {
        "fontname": FONT, "fontsize": str(NOTE_SIZE), "fontcolor": INK, "color": QUIET,
        "arrowsize": "0.7",
    }  # fmt: skip
    dense = len(arrows) > DENSE_ARROWS * len(boxes)
    if any(box.kind == "group" for box in boxes):
        graph |= {"ordering": "in"}  # a layer's neurons as they are numbered
    if len(boxes) > MANY_BOXES:
        graph |= ROUGH
    if dense:
        graph |= {"ranksep": "1.5"}
    ports = None
    if dense or len(boxes) > MANY_BOXES:
        widest = max(measure_face(box.face) for box in boxes) if dense else 0.0
        ports = Ports(diagram, direction, min(widest, BROADEST))  # arrows cross what is wider
    if ports:
        graph |= {"splines": "line"}
    dot = graphviz.Digraph(graph_attr=graph, node_attr=node, edge_attr=edge)
    write_boxes(dot, boxes, ports)
    largest = max((arrow.flow.size for arrow in arrows if arrow.tooltip), default=0.0)
    for arrow in arrows:
        label = write_flow(arrow, direction)
        look = style_arrow(arrow, largest) | (ports.find_ends(arrow) if ports else {})
        dot.edge(arrow.tail, arrow.head, label, id=arrow.id, **look)
    source: str = dot.source
    return source


def write_boxes(dot: graphviz.Digraph, boxes: Sequence[Box], ports: Ports | None = None) -> None:
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
        label = (
            format_label([box.face.name, *box.face.notes])
            if kind == "constant"
            else write_face(box.face, box.shade)
        )
        if kind != "constant" and ports:
            label = ports.surround(box, label)
            look["margin"] = ports.margin
        if kind != "constant":
            look["penwidth"] = COMPLETE_LINE if box.face.gradient else UNKNOWN_LINE
        if box.shade is not None:
            look["fillcolor"] = SHADES[box.shade]
            kind += f" shade{box.shade}"
        if box.marked:
            look |= {"color": INK, "penwidth": MARKED_LINE}
            kind += " marked"
        if box.path:
            look["tooltip"] = escape_dot(box.path, tooltip=True)
        kind += " faint" * box.faint
        clusters[box.within].node(box.id, label, id=box.id, **{"class": kind}, **look)
    for path in sorted(clusters, key=len, reverse=True):
        if path:
            clusters[path[:-1]].subgraph(clusters[path])


def write_face(face: Face, shade: int | None = None) -> str:
    """Return the label of a box: its name and operation, below them numbers and notes."""
    on_colour = (shade or 0) >= DEEP
    quiet, blue, orange = [INK] * 3 if on_colour else [QUIET, VALUE_INK, GRADIENT_INK]
    rest = measure_face(face) - measure(face.name, NAME_SIZE, NARROW_LETTER)
    room = max(rest, measure(face.operation, NAME_SIZE))  # of the second column
    name, operation = face.name, face.operation
    rows = [
        f'<TR><TD ALIGN="LEFT">{write_font(name, NAME_SIZE, INK, "B")}</TD>'
        f'<TD ALIGN="RIGHT" WIDTH="{room:.0f}">{write_font(operation, NAME_SIZE, quiet)}</TD></TR>'
    ]
    colours = {"value": blue, "gradient": orange, "note": quiet}
    for part, text in face.rows:
        cell = write_font(text, choose_size(part, text), colours[part])
        rows.append(f'<TR><TD COLSPAN="2" ALIGN="RIGHT">{cell}</TD></TR>')
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"'
    return f"<{table}>{''.join(rows)}</TABLE>>"


def write_flow(arrow: Arrow, direction: str) -> str:
    """Return the label of an arrow: the local derivative, below it what flows back."""
    if not arrow.lines:
        return ""
    room = max(measure(text, NOTE_SIZE) for text in arrow.lines)
    # Graphviz lets a line touch its label, and the label another arrow's line.
    across = direction in ("LR", "RL")
    beside = "" if across else '<TD WIDTH="6"></TD>'
    rows = [
        f'<TR>{beside}<TD ALIGN="LEFT" WIDTH="{room:.0f}">'
        f"{write_font(text, NOTE_SIZE, FLOW_INK[part])}</TD>{beside}</TR>"
        for part, text in arrow.flow.rows
    ]
    if across:
        rows = [GAP.format(FAR), *rows, GAP.format(NEAR)]
    return f"<<{BARE_TABLE}>{''.join(rows)}</TABLE>>"


def style_arrow(arrow: Arrow, largest: float) -> dict[str, str]:
    """Return the look of an arrow: once a share has flowed it is orange, its head at the input.

    Where a tooltip says the share, the arrow's width does, beside the ``largest`` one.
    """
    style: dict[str, Any] = {}
    if arrow.flow.share:
        width = "1.5"
        if arrow.tooltip and 0 < largest < math.inf:
            part = arrow.flow.size / largest if arrow.flow.size <= largest else 1.0
            width = f"{NARROWEST_LINE + part * (WIDEST_LINE - NARROWEST_LINE):.2g}"
        style |= {"dir": "back", "color": GRADIENT_INK, "penwidth": width}
        if arrow.tooltip and arrow.flow.size == 0:
            style |= {"style": "dotted", "penwidth": "1"}
    if arrow.from_before:
        style |= {"style": "dashed"}
        if arrow.tail != arrow.head:
            style |= {"constraint": "false"}
    if arrow.faint:
        style |= {"class": "faint"}
    if arrow.marked:
        style |= {"class": "marked", "color": INK, "penwidth": MARKED_LINE}
    if arrow.tooltip:
        style |= {"edgetooltip": escape_dot(arrow.tooltip, tooltip=True)}
    return style
