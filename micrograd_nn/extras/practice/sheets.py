"""What ``quiz`` does where it writes files: sheets to print, pages, quizzes for other programs."""

from __future__ import annotations

from random import randrange
from typing import Any

from rich.console import Console

from ..._ground.text import InputError, count_things, show_line, show_path
from .handouts.handout import write_handout
from .handouts.item import Selection
from .quiz import SEEDS, ask_exercises

NEXT_STEPS = {
    "sheet": "Open it in a browser and print it: the answers are on pages of their own.",
    "page": "Open it in a browser: it needs no network and no other file.",
    "qti": "Canvas: Settings, Import Course Content, QTI .zip file.",
    "moodle": "Moodle: Question bank, Import, Moodle XML format.",
}
NEXT_STEPS_OF_MANY = {
    "sheet": "Open them in a browser and print them: they have no answers, which are in {last}.",
    "page": "They open in a browser, and need no network and no other file.",
    "qti": "Canvas, one at a time: Settings, Import Course Content, QTI .zip file.",
    "moodle": "Moodle, one at a time: Question bank, Import, Moodle XML format.",
}


def run_quiz(console: Console, **options: Any) -> None:
    """Ask exercises, or write them into files where that is asked for."""
    files = ("sheet", "format", "output", "students")
    if "list" in options or not any(name in options for name in files):
        ask_exercises(console, **{x: options[x] for x in options if x not in files})
    else:
        write_quiz(console, **options)


def write_quiz(
    console: Console,
    topic: str | None = None,
    level: int = 1,
    seed: str | None = None,
    count: int | None = None,
    sheet: int | None = None,
    format: str | None = None,
    output: str | None = None,
    students: str | None = None,
) -> None:
    """Write exercises into files, and say where they are and what to do with them."""
    if output is None:
        raise InputError("exercises are written to a file: add -o FILE, such as -o quiz.html")
    if sheet is not None and count is not None:
        raise InputError("--sheet N says how many exercises there are already: leave out --count")
    kind = format or "sheet"
    if seed is None and students is None:
        seed = str(randrange(SEEDS))
    topics = [topic] if topic else []
    count = count if sheet is None else sheet
    with console.status("writing …"):
        written = write_handout(output, Selection(topics, count, level), kind, seed, students)
    steps = NEXT_STEPS
    if students is None:
        told = f"Exercises, seed {show_line(str(seed))}: {show_path(output)}."
    elif written == [output]:
        told = f"Exercises for each of {show_path(students)}: {show_path(output)}."
    else:
        told = f"Exercises: {count_things(len(written), 'file')} in {show_path(output)}."
        steps = NEXT_STEPS | NEXT_STEPS_OF_MANY
    console.out(f"{told} {steps[kind].format(last=show_path(written[-1]))}", highlight=False)
