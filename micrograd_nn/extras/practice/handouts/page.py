"""A page of exercises: one HTML file that says by which mistake an answer is wrong."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from ...._ground.text import count_things
from ....page.document import build_document
from ....page.frame import Page
from ..exercises.answers import FACTORS, NEARLY, round_to_two
from ..exercises.exercise import UNKNOWN
from .item import QUIZ_TITLE, Item, Possible, Selection
from .markup import draw_inline, measure_svg, write_code, write_inline, write_paragraphs

QUIZ_NOTES = (
    "Three digits of a number are enough, and 1/2, 0,5 and .5 are the same. A second wrong answer "
    "shows the working. Nothing that you type leaves this page."
)
SHOWN_WHOLE = 380.0  # points of a drawing from left to right that a phone shows whole
DECIMAL_PLACES = 3  # places that a decimal point may be off


def quiz_page(
    topics: Sequence[str] = (), *, count: int | None = None, level: int = 1, seed: int | str = 0
) -> Page:
    """Return a page of exercises, which a notebook shows and ``save`` writes to a file.

    >>> page = quiz_page(["shared"], count=2, seed="anna")
    >>> page
    <page of sheet anna: 2 exercises; .save("quiz.html") writes it>
    >>> page.save("quiz.html")
    wrote quiz.html

    By itself it has one exercise of each topic. The same seed gives the same page.
    """
    return build_quiz(str(seed), Selection(topics, count, level).make_items(seed))


def build_quiz(name: str, items: Sequence[Item]) -> Page:
    """Return the page of the sheet of this name."""
    document = build_document(
        "exercises",
        {"exercises": list(map(describe_exercise, items))},
        title=QUIZ_TITLE,
        notes=QUIZ_NOTES,
        room=__package__,
        asked="\n".join(write_exercise(number, item) for number, item in enumerate(items, 1)),
    )
    return Page(
        document, QUIZ_TITLE, f"sheet {name}", count_things(len(items), "exercise"), "quiz.html"
    )


def describe_exercise(item: Item) -> dict[str, Any]:
    """Return what the page knows of an exercise and its answers."""
    known = [] if item.is_choice else list_near_misses(item)
    return {
        "title": item.title,
        "isChoice": item.is_choice,
        "right": item.right_text,
        "working": item.exercise.working,
        "unknown": UNKNOWN,
        "possible": [
            {
                "isRight": one.is_right,
                "title": one.title or UNKNOWN,
                "told": one.told,
                "remedy": one.remedy,
                "number": one.number,
            }
            for one in [*item.possible, *known]
        ],
    }


def list_near_misses(item: Item) -> list[Possible]:
    """Return the wrong numbers of no known mistake of which something can be said for sure."""
    right = item.right.number
    if not right:
        return []
    shifted = [right * 10.0**places for places in range(-DECIMAL_PLACES, DECIMAL_PLACES + 1)]
    off = [right * factor for factor in FACTORS] + [right / factor for factor in FACTORS]
    found = []
    for number in [-right, *shifted, *map(round_to_two, shifted), 1 / right, *off]:
        told = item.exercise.answer.describe_difference(number)
        if told not in ("", NEARLY) and not item.exercise.answer.is_same(number):
            found.append(Possible("", False, told=told, number=number))
    return found


def write_exercise(number: int, item: Item) -> str:
    """Return the HTML of an exercise, to which the page's script adds what becomes of it."""
    exercise = item.exercise
    return (
        f'<section class="panel exercise" aria-labelledby="title-{number}">\n'
        f'<h2 id="title-{number}">{number}. {html.escape(item.title)}</h2>\n'
        f'<div class="asked"><div class="words">{write_paragraphs(item.question)}'
        f"{write_code(exercise.program)}</div>{place_figure(item)}</div>\n"
        f'<div class="answer">{write_controls(number, item)}<button type="button" class="main" '
        f'aria-describedby="title-{number}">Check</button></div>\n'
        f'<div class="said" id="said-{number}" role="status"></div>\n</section>'
    )


def place_figure(item: Item) -> str:
    """Return the drawing of an exercise that has one, for a phone from above where it is wide."""
    graph = item.exercise.graph
    if graph is None:
        return ""
    across = draw_inline(graph)
    width, _ = measure_svg(across)
    if width <= SHOWN_WHOLE:
        return f"<figure>{across}</figure>"
    down = draw_inline(graph, "TB")
    return f'<figure class="across">{across}</figure><figure class="down">{down}</figure>'


def write_controls(number: int, item: Item) -> str:
    """Return the HTML of what one answers with: a box for a number, or choices."""
    if not item.is_choice:
        return (
            f'<label for="answer-{number}">Your answer</label>'
            f'<input type="text" id="answer-{number}" autocomplete="off" spellcheck="false" '
            f'aria-describedby="title-{number} said-{number}">'
        )
    options = [
        f'<label class="option"><input type="radio" name="answer-{number}" value="{place}">'
        f"<span>{write_inline(text)}</span></label>"
        for place, text in enumerate(item.texts)
    ]
    return f"<fieldset><legend>Your answer</legend>{''.join(options)}</fieldset>"
