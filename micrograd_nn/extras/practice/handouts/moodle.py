"""Exercises as Moodle's own XML: it has no import of QTI, and this has feedback for each mistake.

A number has a tolerance. A known mistake is an answer that gives no marks and has its feedback.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from ...._ground.text import make_printable
from .collection import name_quiz
from .item import Item, Possible
from .markup import draw_file, write_code, write_image, write_inline, write_paragraphs
from .qti import write_decimal, write_feedback, write_xml

PICTURE = "graph.svg"


def write_moodle(name: str, items: Sequence[Item]) -> bytes:
    """Return a sheet's exercises as a file for the import of Moodle's question bank."""
    quiz = Element("quiz")
    category = SubElement(quiz, "question", {"type": "category"})
    # A slash would divide it into a category and one within.
    title = name_quiz(name).replace("/", "//")
    add_plain(category, "category", f"$course$/top/{title}")
    for number, item in enumerate(items, 1):
        add_question(quiz, number, item)
    return write_xml(quiz)


def add_question(quiz: Element, number: int, item: Item) -> None:
    """Add one exercise."""
    exercise = item.exercise
    kind = "multichoice" if item.is_choice else "numerical"
    question = SubElement(quiz, "question", {"type": kind})
    add_plain(question, "name", make_printable(f"{number}. {item.title}"))
    asked = write_paragraphs(item.question) + write_code(exercise.program)
    if exercise.graph is None:
        add_html(question, "questiontext", asked)
    else:
        picture = write_image(f"@@PLUGINFILE@@/{PICTURE}", exercise.graph)
        text = add_html(question, "questiontext", asked + picture)
        file = SubElement(text, "file", {"name": PICTURE, "path": "/", "encoding": "base64"})
        file.text = base64.b64encode(draw_file(exercise.graph).encode()).decode()
    add_html(question, "generalfeedback", write_paragraphs(exercise.working))
    for name, content in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
        SubElement(question, name).text = content
    if item.is_choice:
        options = [("single", "true"), ("shuffleanswers", "false"), ("answernumbering", "abc")]
        for name, content in options:
            SubElement(question, name).text = content
    for one in item.possible:
        if item.is_choice or one.is_right or one.title:
            add_answer(question, one)


def add_answer(question: Element, one: Possible) -> None:
    """Add one possible answer, with what is said of it."""
    marks = "100" if one.is_right else "0"
    if one.number is None:
        answer = SubElement(question, "answer", {"fraction": marks, "format": "html"})
        SubElement(answer, "text").text = write_inline(one.text)
    else:
        answer = SubElement(question, "answer", {"fraction": marks, "format": "moodle_auto_format"})
        SubElement(answer, "text").text = write_decimal(one.number + 0.0)
        low, high = one.range  # not as far on both sides, which a tolerance is
        most = min(high - one.number, one.number - low)
        SubElement(answer, "tolerance").text = write_decimal(float(f"{most:.9g}"))
    if one.title:
        add_html(answer, "feedback", write_feedback(one))


def add_plain(parent: Element, name: str, content: str) -> None:
    """Add a plain text."""
    SubElement(SubElement(parent, name), "text").text = content


def add_html(parent: Element, name: str, content: str) -> Element:
    """Add HTML, which stands in the XML as text."""
    added = SubElement(parent, name, {"format": "html"})
    SubElement(added, "text").text = content
    return added
