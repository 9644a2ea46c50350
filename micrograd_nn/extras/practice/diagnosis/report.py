"""The report on an engine as one HTML file: each fault with its graph. A class's is made of such.

All of it can be read without scripts; a fault's graph can also be stepped through, in a frame.
"""

from __future__ import annotations

import base64
import html
from string import Template

from ...._ground.files import read_web
from ...._ground.text import count_things, make_printable
from ....draw.layout import LayoutError
from ....draw.picture import draw
from ....graph.graph import Graph
from ....page.document import read_part, write_document
from ....page.frame import Page, escape_document
from ....page.lesson import build_lesson
from .confinement import describe
from .faults import Examined, FoundFault, GradientPair, describe_rest
from .search import show_pair

VERDICT_CLASSES = {0: "right", 1: "wrong-verdict", 2: "wrong-verdict"}
WRONG_STEP, DIFFERS = ' class="wrong"', " (here yours differs)"
MARKS = {0: "✓", 1: "✗", 2: "–"}


class Report:
    """Gathers the parts of a report; a graph that shows several faults has one page, in a frame.

    Where hints come first, the right steps are read after them, and there is no page of a graph,
    which would tell the derivatives.
    """

    def __init__(self, has_hints_first: bool = False) -> None:
        self.has_hints_first = has_hints_first
        self.lessons: list[Page] = []

    def write_fault(self, number: int, fault: FoundFault, level: int) -> str:
        """Return a fault as a section, with a heading of this level."""
        parts = [f"<h{level}>{number}. {escape(fault.title)}</h{level}>", paragraph(fault.what)]
        if fault.where:
            file, line = escape(fault.where.file), fault.where.line
            parts.append(f"<h{level + 1}>In {file}, line {line}</h{level + 1}>")
            parts.append(f'<p class="source"><b>{line}</b>{escape(fault.where.text)}</p>')
        if fault.error:
            parts.append(f"<p>The error: <code>{escape(fault.error)}</code></p>")
        if fault.note:
            parts.append(paragraph(fault.note))
        if fault.graph is not None:
            parts += self.write_graph(fault, fault.graph, level + 1)
        items = "".join([
            f"<li{WRONG_STEP * step.goes_wrong}>{escape(step.text)}{DIFFERS * step.goes_wrong}</li>"
            for step in fault.steps
        ])  # fmt: skip
        steps = f'<ol class="steps">{items}</ol>' * bool(items)
        if steps and not self.has_hints_first:
            parts += [f"<h{level + 1}>The right steps</h{level + 1}>", steps]
        if fault.hint:
            parts.append(f'<p class="hint"><strong>Hint.</strong> {escape(fault.hint)}</p>')
        if steps and self.has_hints_first:
            parts.append(f"<details><summary>The right steps</summary>{steps}</details>")
        if fault.graph is not None and not self.has_hints_first:
            parts.append(self.write_lesson(fault.graph))
        return f'<section class="panel fault">{"".join(parts)}</section>'

    def write_graph(self, fault: FoundFault, graph: Graph, level: int) -> list[str]:
        """Return the smallest graph: its program, its numbers, its picture."""
        rows = "".join([write_row(one) for one in fault.gradients])
        numbers = (
            f"<h{level}>Your number, and the right one</h{level}>"
            '<table class="numbers"><thead><tr><th scope="col">gradient</th>'
            '<th scope="col">yours</th><th scope="col">right</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        ) * bool(rows)
        parts = [
            f'<div class="side"><div><h{level}>The smallest graph that shows it</h{level}>'
            f"<pre>{escape_lines(fault.program)}</pre></div><div>{numbers}</div></div>"
        ]
        return [*parts, draw_picture(graph)]

    def write_lesson(self, graph: Graph) -> str:
        """Return the graph's page in a frame, which opens when it is asked for, or a link to it."""
        page = build_lesson(graph, {}, "The right steps")
        texts = [lesson.text for lesson in self.lessons]
        if page.text in texts:
            name = f"lesson-{texts.index(page.text) + 1}"
            return f'<p><a href="#{name}">Step through the right pass</a>, which stands above.</p>'
        self.lessons.append(page)
        name = f"lesson-{len(self.lessons)}"
        return (
            "<details><summary>Step through the right pass, and move the numbers</summary>"
            f'<iframe class="lesson" id="{name}" title="The right steps, one by one" '
            f"loading=\"lazy\" srcdoc='{escape_document(page.text)}'></iframe></details>"
        )

    def write_engine(self, examined: Examined, level: int) -> str:
        """Return what there is to say of one engine."""
        if examined.why:
            return paragraph(f"It can't be run: {examined.why}")
        parts = [self.write_fault(i, fault, level) for i, fault in enumerate(examined.faults, 1)]
        if not examined.faults:
            parts.append(paragraph(f"{examined.verdict[0].upper()}{examined.verdict[1:]}."))
        parts += [paragraph(text) for text in describe_rest(examined)]
        parts.append(
            f'<p class="faint">It was run on {count_things(examined.graph_count, "graph")}, from '
            "the smallest on. Numbers that differ by less than 1 in 100,000 count as equal.</p>"
        )
        return "".join(parts)

    def finish(
        self, title: str, summary: str, main: str, subject: str, extent: str, confined: str = ""
    ) -> Page:
        """Return the page of this title, which frames the pages of graphs."""
        style = read_part("page.css") + read_web(__package__, "report.css")
        body = Template(read_web(__package__, "report.html")).substitute(
            title=escape(title),
            confined=paragraph(confined) * bool(confined),
            summary=summary,
            main=main,
        )
        framed = [lesson.policy for lesson in self.lessons]
        document = write_document(
            "report", body.rstrip(), title=title, style=style, has_images=True, framed=framed
        )
        return Page(document, title, subject, extent, "report.html")


def build_report(one: Examined) -> Page:
    """Return the report on one engine."""
    report = Report()
    return report.finish(
        f"Engine doctor: {one.name}", describe_verdict(one), report.write_engine(one, 2),
        one.name, one.verdict, describe(one.confined),
    )  # fmt: skip


def describe_verdict(one: Examined) -> str:
    """Return the verdict on an engine as markup."""
    return (
        f'<span class="{VERDICT_CLASSES[one.status]}">{MARKS[one.status]} '
        f"{escape(one.verdict)}</span>"
    )


def write_row(one: GradientPair) -> str:
    """Return a gradient as a row of a table, marked where it is wrong."""
    shown = show_pair(one.theirs, one.right)
    off = ' class="off"' * (shown[0] != shown[1])
    mark = "✗ " * (shown[0] != shown[1])
    return (
        f'<tr><th scope="row">{escape(one.name)}</th><td{off}>{mark}{shown[0]}</td>'
        f"<td>{shown[1]}</td></tr>"
    )


def draw_picture(graph: Graph) -> str:
    """Return the picture of a graph with its right gradients; nothing where none can be drawn."""
    for node in graph.nodes:
        node.grad = None
    graph.root.backward()
    drawing = draw(graph, collapse=None)
    try:
        picture = base64.b64encode(drawing.render("svg")).decode("ascii")
    except LayoutError:
        return f"<pre>{escape_lines(drawing.text)}</pre>"
    return (
        f'<img class="picture" alt="{html.escape(drawing.words)}" '
        f'src="data:image/svg+xml;base64,{picture}">'
    )


def paragraph(text: str) -> str:
    """Return a text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def escape(text: str) -> str:
    """Return a text of any origin as it stands in markup."""
    return html.escape(make_printable(text))


def escape_lines(text: str) -> str:
    """Return lines as they stand in markup."""
    return "\n".join([escape(line) for line in text.splitlines()])
