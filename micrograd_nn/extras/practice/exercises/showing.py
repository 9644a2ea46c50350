"""How an exercise and what is said of an answer look in a notebook: as HTML and as Markdown."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Sequence

from ....draw.boxes import Boxes
from ....draw.diagram import Diagram
from ....draw.drawing import Drawing
from ....draw.layout import LayoutError
from ....draw.look import Look
from ....draw.picture import make_drawing
from ....engine.value import Constant
from ....explain.explanation import escape_markdown
from ....explain.tree import tree
from ....graph.graph import Graph
from ....notation.formulas.narration import write_node

MOST_ACROSS = 8  # nodes of a graph that a phone can show from left to right
CODE = re.compile("`([^`]*)`")


def write_html(question: str, program: str, graph: Graph | None, choices: Sequence[str]) -> str:
    """Return an exercise as HTML, its graph as a picture with values and without gradients.

    Where no picture can be drawn, the graph stands there as a tree.
    """
    parts = [f"<p>{write_text(line)}</p>" for line in question.split("\n")]
    if program:
        parts.append(f"<pre>{html.escape(program)}</pre>")
    if graph is not None:
        try:
            direction = "TB" if len(graph.nodes) > MOST_ACROSS else "LR"
            picture = b64encode(draw_values(graph, direction).render()).decode()
            words = html.escape(strip_code(question.split("\n")[0]))
            parts.append(f'<p><img src="data:image/svg+xml;base64,{picture}" alt="{words}"></p>')
        except LayoutError:
            parts.append(f"<pre>{html.escape(str(tree(graph, show='data')))}</pre>")
    return "\n".join(parts + [f"<p>{write_text(choice)}</p>" for choice in choices])


def draw_values(graph: Graph, direction: str = "LR") -> Drawing:
    """Return a drawing of a graph with values and without gradients, each node by its formula.

    A formula tells which input is subtracted from which, where a sign alone doesn't, and has the
    numbers in it, which need no boxes then.
    """
    boxed = Boxes(Look(graph, show="data"))
    nodes = {id: node for node, id in boxed.places.items() if not isinstance(node, Constant)}
    boxes = [
        box._replace(
            face=box.face._replace(name=write_node(nodes[box.id], graph.names), operation="")
        )
        for box in boxed.diagram.boxes
        if box.id in nodes
    ]
    arrows = [arrow for arrow in boxed.diagram.arrows if arrow.tail in nodes]
    return make_drawing(graph, Diagram(boxes, arrows), direction=direction)


def write_text(text: str) -> str:
    """Return a line as HTML, with what stands in backquotes as code."""
    parts = [html.escape(part, quote=False) for part in split_code(text)]
    return "".join([f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts)])


def split_code(text: str) -> list[str]:
    """Return the parts of a text: every second one stands in backquotes, and is code.

    A backquote that has no other stays what it is.
    """
    return CODE.split(text)


def strip_code(text: str) -> str:
    """Return a text without the backquotes around code."""
    return "".join(split_code(text))


def write_markdown(title: str, told: str, working: str) -> str:
    """Return what is said of an answer as Markdown, the working as it is."""
    parts = [f"**{escape_markdown(title)}.** {escape_markdown(told)}".strip()]
    if working:
        parts.append(f"```text\n{working}\n```")
    return "\n\n".join(parts)
