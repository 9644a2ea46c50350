"""An exercise's texts as HTML, its graph as SVG, and XML, for whatever shows it anywhere."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from xml.etree.ElementTree import Element, indent, tostring

from ...._ground.text import format_number, make_printable
from ....draw.layout import layout
from ....draw.lettering import align_texts
from ....engine.node import is_leaf
from ....engine.value import Constant
from ....graph.graph import Graph
from ....notation.formulas.narration import write_node
from ..exercises.exercise import draw_values, write_text
from .item import Item, Possible

SVG_SIZE = re.compile(r' width="([\d.]+)pt" height="([\d.]+)pt"')
SHORT = re.compile("<code>[^<]{1,30}</code>")
NOISE = re.compile(r"<!--.*?-->\n?|<title>[^<]*</title>\n?| id=\"[^\"]*\"", re.DOTALL)


def write_paragraphs(text: str) -> str:
    """Return a text in lines as paragraphs, what stands in backquotes as code.

    A backquote that has no other stays what it is.
    """
    return "".join(f"<p>{write_inline(line)}</p>" for line in text.splitlines() if line.strip())


def write_inline(text: str) -> str:
    """Return a text as one line of HTML, what stands in backquotes as code.

    A short piece of code has spaces at which no line breaks.
    """
    return SHORT.sub(lambda code: code[0].replace(" ", "\u00a0"), write_text(make_printable(text)))


def write_code(program: str) -> str:
    """Return a program as HTML, line by line; nothing where there is none."""
    lines = [html.escape(make_printable(line)) for line in program.strip("\n").splitlines()]
    return "<pre><code>{}</code></pre>".format("\n".join(lines)) if lines else ""


def tell_values(graph: Graph) -> str:
    """Say in words what a drawing shows, for those who can't see it: each node and its value."""
    told = [
        f"{graph.names[node] if is_leaf(node) else write_node(node, graph.names)} "
        f"is {format_number(graph.numbers[node] + 0.0)}"
        for node in graph.nodes
        if not isinstance(node, Constant)
    ]
    return make_printable(f"A graph: {'; '.join(told)}.")


def draw_inline(graph: Graph, direction: str = "LR") -> str:
    """Return a graph as SVG that stands in a document, with words for those who can't see it."""
    return name_svg(layout(draw_values(graph, direction).source, "svg").decode(), graph)


def draw_file(graph: Graph) -> str:
    """Return a graph as an SVG file on white paper, whatever colours are around it."""
    return name_svg(layout(draw_values(graph).paper, "svg").decode(), graph)


def name_svg(svg: str, graph: Graph) -> str:
    """Return a layout with words for what it shows, without ids and without the layouter's name."""
    words = html.escape(tell_values(graph))
    svg = NOISE.sub("", align_texts(svg[svg.index("<svg") :]))
    return svg.replace("<svg", f'<svg role="img" aria-label="{words}"', 1).strip()


def measure_svg(svg: str) -> tuple[float, float]:
    """Return how wide and high a drawing is, in points."""
    width, height = SVG_SIZE.findall(svg)[0]
    return float(width), float(height)


def resize_svg(svg: str, scale: float) -> str:
    """Return a drawing larger or smaller by a factor."""
    width, height = measure_svg(svg)
    size = f' width="{scale * width:.0f}pt" height="{scale * height:.0f}pt"'
    return SVG_SIZE.sub(size, svg, count=1)


def write_image(address: str, graph: Graph) -> str:
    """Return the HTML of an image of a graph."""
    words = html.escape(tell_values(graph))
    return f'<p><img style="max-width: 100%" src="{html.escape(address)}" alt="{words}"></p>'


def write_asked(item: Item) -> str:
    """Return what is asked, and the program that belongs to it, as HTML."""
    return write_paragraphs(item.question) + write_code(item.exercise.program)


def write_told(one: Possible) -> str:
    """Return what is wrong with an answer, on one line."""
    return f"<strong>{write_inline(one.title)}.</strong> {write_inline(one.told)}"


def write_feedback(one: Possible) -> str:
    """Return what is wrong with an answer, as a paragraph."""
    return f"<p>{write_told(one)}</p>"


def write_decimal(number: float) -> str:
    """Return a number without a power of ten, which not every platform reads."""
    return f"{Decimal(repr(number)):f}"


def build_element(
    name: str, about: dict[str, str] | None = None, *inside: Element | str
) -> Element:
    """Return an element of XML with what is inside it: other elements, or one text."""
    element = Element(name, about or {})
    for one in inside:
        if isinstance(one, str):
            element.text = one
        else:
            element.append(one)
    return element


def write_xml(root: Element) -> bytes:
    """Return a document as text in UTF-8."""
    indent(root, "")
    text: bytes = tostring(root, "utf-8", xml_declaration=True)
    return text
