"""Exercises as Moodle's own XML: it has no import of QTI, and this has feedback for each mistake.

A number has a tolerance. A known mistake is an answer that gives no marks and has its feedback.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ...._ground.text import make_printable
from .collection import name_quiz
from .item import Item, Possible
from .markup import (
    build_element,
    draw_file,
    write_asked,
    write_decimal,
    write_feedback,
    write_image,
    write_inline,
    write_paragraphs,
    write_xml,
)

PICTURE = "graph.svg"
MARKS = [("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")]
CHOICES = [("single", "true"), ("shuffleanswers", "false"), ("answernumbering", "abc")]


def write_moodle(name: str, items: Sequence[Item]) -> bytes:
    """Return a sheet's exercises as a file for the import of Moodle's question bank."""
    # A slash would divide it into a category and one within.
    title = name_quiz(name).replace("/", "//")
    category = build_element("category", {}, build_element("text", {}, f"$course$/top/{title}"))
    questions = [build_question(number, item) for number, item in enumerate(items, 1)]
    top = build_element("question", {"type": "category"}, category)
    return write_xml(build_element("quiz", {}, top, *questions))


def build_question(number: int, item: Item) -> Element:
    """Return one exercise."""
    graph, asked, files = item.exercise.graph, write_asked(item), []
    if graph is not None:
        asked += write_image(f"@@PLUGINFILE@@/{PICTURE}", graph)
        picture = base64.b64encode(draw_file(graph).encode()).decode()
        about = {"name": PICTURE, "path": "/", "encoding": "base64"}
        files = [build_element("file", about, picture)]
    title = make_printable(f"{number}. {item.title}")
    return build_element(
        "question", {"type": "multichoice" if item.is_choice else "numerical"},
        build_element("name", {}, build_element("text", {}, title)),
        build_html("questiontext", asked, *files),
        build_html("generalfeedback", write_paragraphs(item.exercise.working)),
        *[build_element(name, {}, text) for name, text in MARKS + CHOICES * item.is_choice],
        *[
            build_answer(one)
            for one in item.possible
            if item.is_choice or one.is_right or one.title
        ],
    )  # fmt: skip


def build_answer(one: Possible) -> Element:
    """Return one possible answer, with what is said of it."""
    marks = "100" if one.is_right else "0"
    told = [build_html("feedback", write_feedback(one))] * bool(one.title)
    if one.number is None:
        text = build_element("text", {}, write_inline(one.text))
        return build_element("answer", {"fraction": marks, "format": "html"}, text, *told)
    low, high = one.range  # not as far on both sides, which a tolerance is
    most = min(high - one.number, one.number - low)
    return build_element(
        "answer", {"fraction": marks, "format": "moodle_auto_format"},
        build_element("text", {}, write_decimal(one.number + 0.0)),
        build_element("tolerance", {}, write_decimal(float(f"{most:.9g}"))),
        *told,
    )  # fmt: skip


def build_html(name: str, content: str, *beside: Element) -> Element:
    """Return HTML, which stands in the XML as text."""
    return build_element(name, {"format": "html"}, build_element("text", {}, content), *beside)
