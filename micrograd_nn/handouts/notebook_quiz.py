"""Exercises as the JSON of jupyterquiz, which shows them in a notebook or a Jupyter book.

    from jupyterquiz import display_quiz
    display_quiz("quiz.json")

It takes the first answer that fits, so the right one comes first. Texts are HTML there, in which
dollars make formulas and brackets make links: ours do neither.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from .item import TRY_AGAIN, Item, Possible
from .markup import embed_picture, write_code, write_inline, write_paragraphs

ESCAPES = {"$": "&#36;", "[": "&#91;", "\\": "&#92;"}


def write_notebook_quiz(items: Sequence[Item]) -> str:
    """Return exercises as JSON.

    >>> from .collection import collect_exercises
    >>> from .item import make_item
    >>> quiz = json.loads(write_notebook_quiz([make_item(collect_exercises(["shared"])[0])]))
    >>> quiz[0]["type"], quiz[0]["answers"][0]["correct"], quiz[0]["answers"][-1]["type"]
    ('numeric', True, 'default')
    """
    return json.dumps([describe_question(item) for item in items], indent=1) + "\n"


def describe_question(item: Item) -> dict[str, Any]:
    """Return one exercise as jupyterquiz describes it."""
    exercise = item.exercise
    drawing = embed_picture(exercise.graph) if exercise.graph is not None else ""
    question = escape_signs(write_paragraphs(item.question) + drawing)
    described: dict[str, Any] = {"question": question}
    if exercise.program:
        program = write_code(exercise.program)
        described["code"] = program.removeprefix("<pre><code>").removesuffix("</code></pre>")
    if item.is_choice:
        answers = [
            {"answer": escape_signs(write_inline(one.text)), **judge(item, one)}
            for one in item.possible
        ]
        return {**described, "type": "multiple_choice", "answers": answers}
    numbers = [
        {**describe_number(one), **judge(item, one)}
        for one in item.possible
        if one.is_right or one.title
    ]
    return {
        **described,
        "type": "numeric",
        "answers": [*numbers, {"type": "default", "feedback": TRY_AGAIN}],
    }


def describe_number(one: Possible) -> dict[str, Any]:
    """Return the numbers that count as one answer: up to the second end, without it."""
    low, high = one.range
    return {"value": low} if low == high else {"range": [low, math.nextafter(high, math.inf)]}


def judge(item: Item, one: Possible) -> dict[str, Any]:
    """Return whether an answer is right, and what is said of it."""
    if one.is_right:
        said = f"Right. {write_paragraphs(item.exercise.working)}"
    elif one.title:
        said = f"<b>{write_inline(one.title)}.</b> {write_inline(one.told)}"
    else:
        said = TRY_AGAIN
    return {"correct": one.is_right, "feedback": escape_signs(said)}


def escape_signs(text: str) -> str:
    """Return HTML in which jupyterquiz finds no formulas and no links.

    >>> escape_signs("a[0](b) costs $5")
    'a&#91;0](b) costs &#36;5'
    """
    return "".join(ESCAPES.get(sign, sign) for sign in text)
