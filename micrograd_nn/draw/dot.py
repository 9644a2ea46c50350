"""Boxes and arrows written as DOT: fonts, shapes and colours, which a style sheet turns dark."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any

import graphviz
from graphviz import nohtml

from ..colors import MEANINGS
from ..text import make_printable
from .boxes import Arrow, Box, Diagram
from .faces import Face
from .layout import escape_dot

FONT = "Helvetica"  # whose widths Graphviz knows by itself; SVG falls back to any sans-serif
PAIRS = [
    MEANINGS[name]
    for name in ("ink", "quiet", "paper", "panel", "line", "value", "gradient", "wrong")
]
INK, QUIET, PAPER, PANEL, LINE, VALUE, GRADIENT, STRIKING = [color.light for color in PAIRS]
SHADES = ["#fff7ec", "#fee3bd", "#fdc98a", "#fca55d", "#f28a4b"]  # by size of the gradient
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
UNKNOWN, COMPLETE, MARKED = "1.25", "2", "3.5"  # points of a line, without and with a gradient
CLUSTER = {"color": QUIET, "style": "rounded,dashed", "margin": "12", "labeljust": "l"}
MANY_BOXES = 80  # boxes from which on the layout is a rough one, as else it takes too long
DENSE_ARROWS = 3  # arrows a box from which on curves would hide one another
BROADEST = 4.0  # inches of the box that others are made as wide as
SIDES = {  # where straight arrows begin and end, lest they cross the boxes
    "LR": {"tailport": "e", "headport": "w"},
    "RL": {"tailport": "w", "headport": "e"},
    "TB": {"tailport": "s", "headport": "n"},
    "BT": {"tailport": "n", "headport": "s"},
}
CAPTION_WIDTH = 72  # letters of a line of the caption
# Ems of a letter in the widest fonts that may stand for Helvetica, DejaVu and Verdana, plain and
# bold. Only a browser or a desktop knows which of them it has.
WIDE, WIDE_BOLD, WIDE_LETTER, WIDEST = 0.65, 0.75, 0.9, 1.05
NARROW_BOLD = 0.55  # ems of a letter in Helvetica
NAME, NUMBER, SHARE, SMALL = 15, 22, 19, 13  # points of a text
LONG = 12  # letters of a text that is written small
ROUGH = {"nslimit": "2", "nslimit1": "2", "mclimit": "0.5", "labeljust": "l"}
TEXT = re.compile(r'<text( xml:space="preserve")? text-anchor="start" x="[-\d.]+"')
NODE = re.compile(r'<g id="[^"]*" class="node(?! constant)[^"]*">.*?</g>', re.DOTALL)
ACROSS = re.compile(r"(-?[\d.]+),-?[\d.]+")
PADDING = 8.0  # points between the texts of a box and its outline

# Graphviz writes colours as attributes, which a style sheet overrides: one layout, two themes.
SVG_STYLE = "".join(
    [
        "<style>\n@media (prefers-color-scheme: dark) {\n",
        *[f'[fill="{light}"] {{ fill: {dark}; }}\n' for light, dark in DARK.items()],
        *[f'[stroke="{light}"] {{ stroke: {dark}; }}\n' for light, dark in DARK.items()],
        "}\n</style>\n",
    ]
)


def write_dot(
    diagram: Diagram,
    caption: Iterable[str],
    direction: str,
    background: str = "transparent",
) -> str:
    """Return a picture as DOT.

    >>> one = Diagram([Box("n0", "leaf", face=Face("x", value="2"))], [], "n0")
    >>> write_dot(one, ["One box"], "LR").count("class=leaf")
    1
    """
    boxes, arrows, _ = diagram
    graph = {
        "rankdir": direction, "bgcolor": background, "ranksep": "0.5", "fontname": FONT,
        "fontsize": "12", "fontcolor": QUIET, "pad": "0.1",
        "label": format_label(map(make_room, fold_caption(caption))),
    }  # fmt: skip
    node = {
        "shape": "box", "style": "rounded,filled", "fontname": FONT, "fontsize": str(NAME),
        "fontcolor": INK, "color": QUIET, "margin": f"{PADDING / 72:.3f},0.05", "height": "0",
    }  # fmt: skip
    edge = {
        "fontname": FONT, "fontsize": str(SMALL), "fontcolor": INK, "color": QUIET,
        "arrowsize": "0.7",
    }  # fmt: skip
    dense = len(arrows) > DENSE_ARROWS * len(boxes)
    if any(box.kind == "group" for box in boxes):
        graph |= {"ordering": "in"}  # a layer's neurons as they are numbered
    if len(boxes) > MANY_BOXES:
        graph |= ROUGH
    if dense:
        graph |= {"ranksep": "2"}
        widest = max(measure_face(box.face) for box in boxes) / 72
        node |= {"width": f"{min(widest, BROADEST):.1f}"}  # arrows cross what is wider
    if dense or len(boxes) > MANY_BOXES:
        graph |= {"splines": "line"}
        edge |= SIDES[direction]
    dot = graphviz.Digraph(graph_attr=graph, node_attr=node, edge_attr=edge)
    write_boxes(dot, boxes)
    for arrow in arrows:
        label = write_flow(arrow, direction)
        dot.edge(arrow.tail, arrow.head, label, id=arrow.id, **style_arrow(arrow))
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
        label = (
            format_label([box.face.name, *box.face.notes])
            if kind == "constant"
            else write_face(box.face, box.shade)
        )
        if kind != "constant":
            look["penwidth"] = COMPLETE if box.face.gradient else UNKNOWN
        if box.shade is not None:
            look["fillcolor"] = SHADES[box.shade]
            kind += f" shade{box.shade}"
        if box.marked:
            look |= {"color": STRIKING, "penwidth": MARKED}
            kind += " marked"
        clusters[box.within].node(box.id, label, id=box.id, **{"class": kind}, **look)
    for path in sorted(clusters, key=len, reverse=True):
        if path:
            clusters[path[:-1]].subgraph(clusters[path])


def write_face(face: Face, shade: int | None = None) -> str:
    """Return the label of a box: its name and operation, below them numbers and notes.

    >>> write_face(Face("x"))[:30], write_face(Face("x")).count("<TR>")
    ('<<TABLE BORDER="0" CELLBORDER=', 1)
    """
    on_colour = (shade or 0) >= DEEP
    quiet, blue, orange = [INK] * 3 if on_colour else [QUIET, VALUE, GRADIENT]
    rest = measure_face(face) - measure(face.name, NAME, NARROW_BOLD)
    room = max(rest, measure(face.operation, NAME))  # of the second column
    rows = [
        f'<TR><TD ALIGN="LEFT">{write_font(face.name, NAME, INK, "B")}</TD>'
        f'<TD ALIGN="RIGHT" WIDTH="{room:.0f}">{write_font(face.operation, NAME, quiet)}</TD></TR>'
    ]
    numbers = [(face.value, NUMBER, blue), (face.gradient, SHARE, orange)]
    notes = [(note, SMALL, quiet) for note in face.notes]
    for text, size, colour in [*numbers, *notes]:
        if text:
            size = size if len(text) <= LONG else min(size, NAME)
            cell = write_font(text, size, colour)
            rows.append(f'<TR><TD COLSPAN="2" ALIGN="RIGHT">{cell}</TD></TR>')
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"'
    return f"<{table}>{''.join(rows)}</TABLE>>"


def measure_face(face: Face) -> float:
    """Return how many points wide the texts of a box are in the widest font.

    >>> measure_face(Face("x")) < measure_face(Face("x", "tanh")) < 70
    True
    """
    gap = NAME if face.operation else 0
    name = measure(face.name, NAME, WIDE_BOLD) + gap + measure(face.operation, NAME)
    numbers = [
        measure(text, size if len(text) <= LONG else min(size, NAME))
        for text, size in [
            (face.value, NUMBER), (face.gradient, SHARE), *[(note, SMALL) for note in face.notes]
        ]
    ]  # fmt: skip
    return max(name, *numbers) + 4


def measure(text: str, size: int, letter: float = WIDE) -> float:
    """Return how many points wide a text is in the widest font: digits and small letters, others.

    >>> measure("x1", 10), measure("", 10)
    (13.0, 0.0)
    """
    narrow = len(re.findall(r"[ .…()\[\]|,il]", text)) * (letter - 0.2)
    capital = len(re.findall(r"[A-ZÀ-ÞΑ-Ω−+×=mw]", text)) * max(letter, WIDE_LETTER * letter / WIDE)
    other = len(re.findall(r"[^\x00-\u04ff−×…·]", text)) * WIDEST
    counted = len(re.findall(r"[ .…()\[\]|,ilA-ZÀ-ÞΑ-Ω−+×=mw]|[^\x00-\u04ff−×…·]", text))
    return size * (narrow + capital + other + letter * (len(text) - counted))


def write_flow(arrow: Arrow, direction: str) -> str:
    """Return the label of an arrow: the local derivative, below it what flows back.

    >>> write_flow(Arrow("a", "b", 0), "LR")
    ''
    """
    flow, lines = arrow.flow, []
    if arrow.lines and flow.partial:
        lines.append((f"× {flow.partial}", INK))
    if arrow.lines and flow.share:
        lines.append((f"◂ {flow.share}", GRADIENT))
    if arrow.lines and flow.note:
        lines.append((flow.note, QUIET))
    if not lines:
        return ""
    room = max(measure(text, SMALL) for text, _ in lines)
    # Where arrows go up or down, texts would touch them.
    beside = '<TD WIDTH="6"></TD>' * (direction in ("TB", "BT"))
    rows = [
        f'<TR>{beside}<TD ALIGN="LEFT" WIDTH="{room:.0f}">'
        f"{write_font(text, SMALL, colour)}</TD></TR>"
        for text, colour in lines
    ]
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
    return f"<{table}{''.join(rows)}</TABLE>>"


def style_arrow(arrow: Arrow) -> dict[str, str]:
    """Return the look of an arrow: once a share has flowed it is orange, its head at the input."""
    style: dict[str, Any] = {}
    if arrow.flow.share:
        style |= {"dir": "back", "color": GRADIENT, "penwidth": "1.5"}
    if arrow.from_before:
        style |= {"style": "dashed"}
        if arrow.tail != arrow.head:
            style |= {"constraint": "false"}
    if arrow.marked:
        style |= {"class": "marked", "color": STRIKING, "penwidth": "3"}
    if arrow.tooltip:
        style |= {"edgetooltip": escape_dot(arrow.tooltip, tooltip=True)}
    return style


def write_font(text: str, size: int, colour: str, tag: str = "") -> str:
    r"""Return a text as a part of an HTML-like label, nothing if there is none.

    Graphviz reads the backslashes of such a label, too:

    >>> write_font(r"<\N>", 13, "#1f2328", "B")
    '<FONT POINT-SIZE="13" COLOR="#1f2328"><B>&lt;\\\\N&gt;</B></FONT>'
    """
    if not text:
        return ""
    safe = html.escape(make_printable(text)).replace("\\", "\\\\").replace("&#x27;", "'")
    inner = f"<{tag}>{safe}</{tag}>" if tag else safe
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{inner}</FONT>'


def align_texts(svg: str) -> str:
    """Return an SVG whose numbers end at the right side of their box, whatever font it is read in.

    >>> box = '<g id="n0" class="node leaf"><path d="M0,0C9,0 40,0 40,9"/>{}</g>'
    >>> text = '<text text-anchor="start" x="3">x</text>'
    >>> print(align_texts(box.format(text + text)).partition('9"/>')[2])
    <text text-anchor="start" x="8.00">x</text><text text-anchor="end" x="32.00">x</text></g>
    """

    def align_box(found: re.Match[str]) -> str:
        head, *texts = found[0].partition("<text")
        outline = head[: head.find("/>") + 2] if "/>" in head else head
        across = [float(x) for x in ACROSS.findall(outline)]
        if not across:
            return found[0]
        sides = iter([("start", min(across) + PADDING)])

        def align_text(text: re.Match[str]) -> str:
            anchor, x = next(sides, ("end", max(across) - PADDING))
            return f'<text{text[1] or ""} text-anchor="{anchor}" x="{x:.2f}"'

        return head + TEXT.sub(align_text, "".join(texts))

    return NODE.sub(align_box, svg)


def make_room(line: str) -> str:
    """Return a line of the caption with spaces at its ends, lest a wider font be cut off there.

    >>> make_room("one line of some length")
    '   one line of some length   '
    """
    return line.center(len(line) + 2 * (len(line) // 6))


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
