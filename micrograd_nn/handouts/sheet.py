"""Sheets of exercises to print, each student's own, with the answers on pages of their own."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from string import Template

from ..exercises.answers import ChoiceAnswer
from ..files import read_web
from ..page.document import hash_for_policy
from ..text import show_line
from .collection import collect_exercises
from .item import OPTION_LETTERS, Item, make_item
from .markup import (
    draw_inline,
    measure_svg,
    resize_svg,
    write_code,
    write_inline,
    write_paragraphs,
)

QUIZ_TITLE = "Backpropagation by hand"
INTRODUCTION = "Three digits of a number are enough. Show how you got there."
LONGEST_SHOWN = 200  # letters of a sheet's name
SCALE = 0.8  # of a drawing, whose letters are then as large as the text
WIDEST, HIGHEST = 500.0, 150.0  # points of a drawing on paper
BESIDE, SMALLEST = 232.0, 0.6  # points of one that stands beside its question, and its scale


def build_sheet(
    topics: Sequence[str] = (), count: int | None = None, level: int = 1, seed: int | str = 0
) -> str:
    """Return one sheet as an HTML document.

    >>> text = build_sheet(["shared"], 2, seed="anna")
    >>> text.startswith("<!doctype html>"), "sheet <b>anna</b>" in text, "<script" in text
    (True, True, False)
    """
    items = list(map(make_item, collect_exercises(topics, count, level, seed)))
    return write_sheets({str(seed): items})


def write_sheets(sheets: Mapping[str, Sequence[Item]]) -> str:
    """Return the sheets of these names as one document: all questions first, then all answers.

    A formula that other programs take as a choice is written down on paper.
    """
    sheets = {name: list(map(lay_open, items)) for name, items in sheets.items()}
    style = read_web(__package__, "sheet.css")
    title = show_line(f"{QUIZ_TITLE}: {', '.join(list(sheets)[:3])}{', …' * (len(sheets) > 3)}")
    return Template(read_web(__package__, "sheet.html")).substitute(
        title=html.escape(title),
        style=style,
        policy=f"default-src 'none'; style-src '{hash_for_policy(style)}'; base-uri 'none'",
        sheets="\n".join(write_questions(name, items) for name, items in sheets.items()),
        answers="\n".join(write_answers(name, items) for name, items in sheets.items()),
    )


def lay_open(item: Item) -> Item:
    """Return an item that has choices only where the exercise itself has them."""
    return replace(item, is_choice=isinstance(item.exercise.answer, ChoiceAnswer))


def write_questions(name: str, items: Sequence[Item]) -> str:
    """Return a sheet: a line for the name, and each question with room to write."""
    shown = html.escape(show_line(name, LONGEST_SHOWN))
    asked = "\n".join(write_question(number, item) for number, item in enumerate(items, 1))
    return (
        f'<section class="sheet"><header><h1>{QUIZ_TITLE}</h1>\n'
        f'<p class="who"><span class="sheet-of">sheet <b>{shown}</b></span>'
        f'<span class="name">Name</span></p></header>\n'
        f"<p>{INTRODUCTION}</p>\n<ol>\n{asked}\n</ol></section>"
    )


def write_question(number: int, item: Item) -> str:
    """Return a question with its drawing, its program, and room for the answer."""
    exercise = item.exercise
    if item.is_choice:
        options = [
            f"<li>{letter}) {write_inline(one.text)}</li>"
            for letter, one in zip(OPTION_LETTERS, item.possible, strict=False)
        ]
        room = f'<ol class="options">{"".join(options)}</ol><div class="some space"></div>'
    else:
        room = '<div class="space"></div><p class="given">Answer</p>'
    figure, is_wide = write_figure(item)
    return (
        f'<li class="exercise">{figure * (not is_wide)}'
        f"<h2>{number}. {html.escape(item.title)}</h2>"
        f"{write_paragraphs(item.question)}{write_code(exercise.program)}{figure * is_wide}"
        f"{room}</li>"
    )


def write_figure(item: Item) -> tuple[str, bool]:
    """Return the drawing of an exercise that has one, and whether it is too wide to be beside."""
    if item.exercise.graph is None:
        return "", False
    svg = draw_inline(item.exercise.graph)
    width, height = measure_svg(svg)
    scale = min(SCALE, HIGHEST / height, WIDEST / width)
    is_wide = width * SMALLEST > BESIDE
    if not is_wide:
        scale = min(scale, BESIDE / width)
    return f"<figure>{resize_svg(svg, scale)}</figure>", is_wide


def write_answers(name: str, items: Sequence[Item]) -> str:
    """Return the answers to a sheet: each with its working, and the known mistakes' answers."""
    shown = html.escape(show_line(name, LONGEST_SHOWN))
    told = "\n".join(
        f"<li><h2>{number}. {html.escape(item.title)} "
        f'<span class="right">{write_inline(item.right_text)}</span></h2>'
        f"{write_paragraphs(item.exercise.working)}{write_known(item)}</li>"
        for number, item in enumerate(items, 1)
    )
    return (
        f'<section class="answers"><header><h1>Answers: sheet {shown}</h1></header>\n'
        f"<ol>\n{told}\n</ol></section>"
    )


def write_known(item: Item) -> str:
    """Return what the known mistakes lead to, those of one name together."""
    by_title: dict[str, list[str]] = {}
    for text, one in item.known:
        if one.text == one.title:  # the choice says it
            continue
        by_title.setdefault(one.title, []).append(write_inline(text))
    told = [
        f"<b>{', '.join(texts)}</b> {html.escape(title[0].lower() + title[1:])}"
        for title, texts in by_title.items()
    ]
    return f'<p class="known">Known mistakes: {"; ".join(told)}.</p>' if told else ""
