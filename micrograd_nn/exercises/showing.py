"""How an exercise and what is said of an answer look in a notebook: as HTML and as Markdown."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Sequence

from ..draw.layout import LayoutError
from ..draw.picture import draw
from ..explain.explanation import escape_markdown
from ..graph.graph import Graph
from ..tree import tree

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
            picture = b64encode(draw(graph, direction, show="data").render()).decode()
            words = html.escape(question.split("\n")[0].replace("`", ""))
            parts.append(f'<p><img src="data:image/svg+xml;base64,{picture}" alt="{words}"></p>')
        except LayoutError:
            parts.append(f"<pre>{html.escape(str(tree(graph, show='data')))}</pre>")
    return "\n".join(parts + [f"<p>{write_text(choice)}</p>" for choice in choices])


def write_text(text: str) -> str:
    """Return a line as HTML, with what stands in backquotes as code.

    >>> write_text("Is `x < 2`?")
    'Is <code>x &lt; 2</code>?'
    """
    return CODE.sub(r"<code>\1</code>", html.escape(text, quote=False))


def write_markdown(title: str, told: str, working: str) -> str:
    """Return what is said of an answer as Markdown, the working as it is.

    >>> print(write_markdown("Right", "", ""))
    **Right.**
    """
    parts = [f"**{escape_markdown(title)}.** {escape_markdown(told)}".strip()]
    if working:
        parts.append(f"```text\n{working}\n```")
    return "\n\n".join(parts)
