"""Sheets of exercises to print, each student's own, with the answers on pages of their own."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from string import Template
from typing import NamedTuple

from ...._ground.files import read_web
from ...._ground.text import count_things, join_words, show_line
from ....page.document import write_document
from ....stepping.misconceptions import MISCONCEPTIONS
from ..exercises.answers import ChoiceAnswer
from .item import QUIZ_TITLE, Item, Possible
from .markup import (
    draw_inline,
    measure_svg,
    resize_svg,
    write_code,
    write_inline,
    write_paragraphs,
)

INTRODUCTION = "Three digits of a number are enough. Show how you got there."
LONGEST_SHOWN = 200  # letters of a sheet's name
SCALE = 0.7  # of a drawing, whose letters are then as large as the text
WIDEST_ON_PAPER, HIGHEST_ON_PAPER = 515.0, 135.0  # points of a drawing on paper
BESIDE, SMALLEST = 232.0, 0.6  # points of one that stands beside its question, and its scale
MOST_KNOWN = 6  # numbers of known mistakes beside an answer
LARGEST_KNOWN = 999.5  # of them: three digits
RANKS = {wrong.title: rank for rank, wrong in enumerate(MISCONCEPTIONS)}


class Sheet(NamedTuple):
    """The exercises of a seed, and whose they are, if that is known."""

    seed: str
    items: Sequence[Item]
    student: str = ""


def write_sheets(
    sheets: Sequence[Sheet], *, has_questions: bool = True, has_answers: bool = True
) -> str:
    """Return sheets as one document: all questions first, then all answers, or one of these.

    A formula that other programs take as a choice is written down on paper.
    """
    sheets = [
        sheet._replace(items=[
            replace(item, is_choice=isinstance(item.exercise.answer, ChoiceAnswer))
            for item in sheet.items
        ])
        for sheet in sheets
    ]  # fmt: skip
    style = read_web(__package__, "sheet.css")
    names = [sheet.student or sheet.seed for sheet in sheets]
    title = show_line(f"{QUIZ_TITLE}: {', '.join(names[:3])}{', …' * (len(names) > 3)}")
    body = Template(read_web(__package__, "sheet.html")).substitute(
        sheets="\n".join(map(write_questions, sheets)) if has_questions else "",
        answers="\n".join(map(write_answers, sheets)) if has_answers else "",
    )
    return write_document("sheets", body.rstrip(), title=title, style=style, schemes="light").text


def write_questions(sheet: Sheet) -> str:
    """Return a sheet: whose it is, each question with room to write, and what gives it again."""
    seed, items, student = sheet
    shown = html.escape(show_line(seed, LONGEST_SHOWN))
    asked = "\n".join(write_question(number, item) for number, item in enumerate(items, 1))
    if student:
        who = f"<b>{html.escape(show_line(student, LONGEST_SHOWN))}</b>"
    else:
        who = f'<span>sheet <b>{shown}</b></span><span class="name">Name</span>'
    return (
        f'<section class="sheet"><header><h1>{QUIZ_TITLE}</h1><p class="who">{who}</p></header>\n'
        f"<p>{INTRODUCTION}</p>\n<ol>\n{asked}\n</ol>\n"
        f'<p class="foot">{describe_sheet(sheet)}</p></section>'
    )


def describe_sheet(sheet: Sheet) -> str:
    """Say which sheet it is, by all that gives it again: seed, level, how many, and topics."""
    exercises = [item.exercise for item in sheet.items]
    levels = join_words([str(level) for level in sorted({one.level for one in exercises})])
    topics = join_words(list(dict.fromkeys(one.topic for one in exercises)))
    shown, many = show_line(sheet.seed, LONGEST_SHOWN), count_things(len(exercises), "exercise")
    return f"Sheet {html.escape(shown)}, level {levels}, {many}: {topics}"


def write_question(number: int, item: Item) -> str:
    """Return a question with its drawing, its program, and room for the answer."""
    exercise = item.exercise
    if item.is_choice:
        options = [f"<li>{write_inline(text)}</li>" for text in item.texts]
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
    scale = min(SCALE, HIGHEST_ON_PAPER / height, WIDEST_ON_PAPER / width)
    is_wide = width * SMALLEST > BESIDE
    if not is_wide:
        scale = min(scale, BESIDE / width)
    return f"<figure>{resize_svg(svg, scale)}</figure>", is_wide


def write_answers(sheet: Sheet) -> str:
    """Return the answers to a sheet: each with its working, and the known mistakes' answers."""
    shown = html.escape(show_line(sheet.seed, LONGEST_SHOWN))
    told = "\n".join(
        f"<li><h2>{number}. {html.escape(item.title)} "
        f'<span class="right">{write_inline(item.right_text)}</span></h2>'
        f"{write_paragraphs(item.exercise.working)}{write_known(item)}</li>"
        for number, item in enumerate(sheet.items, 1)
    )
    return (
        f'<section class="answers"><header><h1>Answers: sheet {shown}</h1></header>\n'
        f'<ol>\n{told}\n</ol>\n<p class="foot">{describe_sheet(sheet)}</p></section>'
    )


def write_known(item: Item) -> str:
    """Return what the likeliest known mistakes lead to, those of one name together."""
    by_title: dict[str, list[str]] = {}
    for text, one in choose_known(item):
        by_title.setdefault(one.title, []).append(write_inline(text))
    told = [
        f"<b>{', '.join(texts)}</b> {html.escape(title[0].lower() + title[1:])}"
        for title, texts in by_title.items()
    ]
    return f'<p class="known">Known mistakes: {"; ".join(told)}.</p>' if told else ""


def choose_known(item: Item) -> list[tuple[str, Possible]]:
    """Return some wrong answers that one meets: of each mistake the first, then the second ones.

    The topic's own mistakes come before the classic ones, which are as their table orders them.
    What a choice says by itself is left out, and numbers that nobody comes to by hand.
    """
    ranked = []
    times: Counter[str] = Counter()
    for text, one in item.known:
        is_odd = one.number is not None and (abs(one.number) > LARGEST_KNOWN or "e" in one.text)
        if one.text != one.title and not is_odd:
            ranked.append((times[one.title], RANKS.get(one.title, -1), text, one))
            times[one.title] += 1
    ranked.sort(key=lambda known: known[:2])
    return [(text, one) for _, _, text, one in ranked[:MOST_KNOWN]]
