"""What a notebook shows of a Value: its numbers, and a link to the page that steps through it."""

from __future__ import annotations

import base64
import html
import re

from ..draw.layout import LayoutError
from ..engine.order import nodes
from ..engine.value import Value
from ..graph.naming import names_of
from .lesson import lesson

MOST = 60  # nodes of a graph whose page goes into the notebook, each time that it is shown


def link_to_page(root: Value) -> str | None:
    """Return HTML with a page to save and open; None for a leaf, which is shown as text.

    >>> x = Value(3.0, "x")
    >>> link_to_page(x * x)[:65]
    '<code>Value(9.0, grad=None, operation=mul)</code><br><a download='

    Of a large graph, it says how to write the page.

    >>> link_to_page(x) is None
    True
    """
    if root.operation is None:
        return None
    shown = f"<code>{html.escape(repr(root))}</code><br>"
    if len(nodes(root)) > MOST:
        return f'{shown}<code>micrograd_nn.page.page(…, "lesson.html")</code> writes its page'
    try:
        content = lesson(root).encode()
    except LayoutError:
        return None
    name = re.sub(r"\W+", "-", names_of(root)[root]).strip("-") or "value"
    data = base64.b64encode(content).decode()
    return (
        f'{shown}<a download="{name}.html" href="data:text/html;base64,{data}">'
        f"Step through it</a> (a page to save and open, {len(content) // 1000} kB)"
    )
