"""Pictures of computation graphs: every value, its gradient, and what flowed along each edge."""

from __future__ import annotations

import os
from pathlib import Path

import graphviz
from graphviz import nohtml

from .files import write_file
from .layout import FORMATS, escape, layout
from .mistakes import stale
from .naming import names_of
from .text import short
from .value import Constant, Value, nodes

FONT = "Helvetica,Arial,sans-serif"
INK, FAINT = "#1f2328", "#57606a"
LOOKS = {
    "root": {"fillcolor": "#fff1e0", "color": "#b34700"},
    "leaf": {"fillcolor": "#e3f0ff", "color": "#0b62c4"},
    "inner": {"fillcolor": "#f3f6fa", "color": FAINT},
    "constant": {"shape": "plaintext", "style": "", "fontcolor": FAINT, "margin": "0.05"},
}
# Graphviz writes colours as attributes, which a style sheet overrides: one layout, two themes.
STYLE = """<style>
.node:not(.constant) text:first-of-type { font-weight: bold; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .edge text, .constant text, .graph > text { fill: #b1bac4; }
.inner path, .inner polygon { fill: #21262d; stroke: #8b949e; }
.leaf path, .leaf polygon { fill: #12304f; stroke: #6cb6ff; }
.root path, .root polygon { fill: #4a2a0c; stroke: #ffa657; }
.edge path, .edge polygon { stroke: #8b949e; } .edge polygon { fill: #8b949e; }
}
</style>
"""


class Drawing:
    """A graph written in DOT, to be looked at in a notebook or saved as a picture."""

    def __init__(self, source: str) -> None:
        self.source = source

    def render(self, format: str = "svg", timeout: float = 20.0) -> bytes:
        """Return the picture as bytes, within so many seconds; a LayoutError says why it can't.

        >>> draw(Value(1.0)).render("svg").startswith(b"<?xml")
        True
        """
        picture = layout(self.source, format, timeout)
        if format != "svg":
            return picture
        head, tag, rest = picture.decode("utf-8").partition("<g id=")
        return f"{head}{STYLE}{tag}{rest}".encode()

    def save(self, path: str | os.PathLike[str], timeout: float = 20.0) -> None:
        """Write the picture to a file in the format of its ending: .svg, .png or .dot.

        >>> draw(Value(1.0)).save("graph.bmp")
        Traceback (most recent call last):
        ValueError: graph.bmp: the ending says the format, one of .svg, .png, .dot
        """
        format = Path(path).suffix.lower().removeprefix(".")
        if format not in FORMATS:
            endings = ", ".join(f".{format}" for format in FORMATS)
            raise ValueError(f"{path}: the ending says the format, one of {endings}")
        write_file(path, self.render(format, timeout))

    def _repr_svg_(self) -> str:
        return self.render("svg").decode("utf-8")


def draw(root: Value, direction: str = "LR") -> Drawing:
    """Return a picture of everything that a value was made of.

    A node shows its number and its gradient, – before a backward pass. An edge shows the local
    derivative, and after a backward pass what flowed along it: upstream × partial = amount.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y).source.count("× 3"))  # both edges of x * x
    2

    A number that was edited since the root was computed is marked so: gradients are those of the
    recorded pass. ``direction`` is LR (left to right), TB, RL or BT.
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw takes one Value, the root of a graph, not a {type(root).__name__}")
    if direction not in ("LR", "TB", "RL", "BT"):
        raise ValueError(f"direction is one of LR, TB, RL, BT, not {direction!r}")
    graph = nodes(root)
    names, edited = names_of(root), set(stale(root))
    number = {node: f"n{i}" for i, node in enumerate(graph)}
    caption = "On an edge: × the local derivative"
    if root.grad is not None:
        caption += ", = what flows back through it"
    dot = graphviz.Digraph(
        graph_attr={
            "rankdir": direction, "bgcolor": "transparent", "ranksep": "0.5", "fontname": FONT,
            "fontsize": "12", "fontcolor": FAINT, "label": caption, "pad": "0.1",
        },
        node_attr={
            "shape": "box", "style": "rounded,filled", "fontname": FONT, "fontsize": "14",
            "fontcolor": INK, "margin": "0.17,0.08",
        },
        edge_attr={
            "fontname": FONT, "fontsize": "12", "fontcolor": FAINT, "color": FAINT,
            "arrowsize": "0.7",
        },
    )  # fmt: skip
    for node in graph:
        kind = kind_of(node, root)
        label = "\\n".join(map(escape, lines_of(node, names[node], node in edited)))
        dot.node(number[node], nohtml(label), id=number[node], **{"class": kind}, **LOOKS[kind])
    for node in graph:
        for position, (input, partial) in enumerate(zip(node.inputs, node.partials, strict=True)):
            label = "" if partial is None else f"× {short(partial)}"
            if partial is not None and node.grad is not None:
                label += f"\\n= {short(node.grad * partial)}"
            name = f"{number[input]}-{number[node]}-{position}"
            dot.edge(number[input], number[node], label, id=name)
    return Drawing(dot.source)


def kind_of(node: Value, root: Value) -> str:
    """Say what part a node plays in the picture of ``root``."""
    if isinstance(node, Constant):
        return "constant"
    return "root" if node is root else "inner" if node.inputs else "leaf"


def lines_of(node: Value, name: str, is_edited: bool) -> list[str]:
    """Return the lines of text in a node: its name and operation, then its numbers."""
    if isinstance(node, Constant):
        return [name]
    title = f"{name} = {node.operation.symbol}" if node.operation else name
    data = f"data {short(node.data)}" + " (edited)" * is_edited
    return [title, data, f"grad {short(node.grad)}"]
