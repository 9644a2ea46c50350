"""What ``quiz`` does where it writes files: sheets to print, pages, quizzes for other programs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from ..exercises.handout import Choice, write_handout
from ..text import InputError, count_things, show_path

REMEDIES = {
    "sheet": "Open it in a browser and print it: the answers are on pages of their own.",
    "page": "Open it in a browser: it needs no network and no other file.",
    "qti": "Canvas: Settings, Import Course Content, QTI .zip file.",
    "moodle": "Moodle: Question bank, Import, Moodle XML format.",
    "jupyterquiz": 'In a notebook: from jupyterquiz import display_quiz; display_quiz("{path}")',
}


def write_quiz(
    console: Console,
    topics: Sequence[str],
    level: int,
    seed: str | None,
    sheet: int | None,
    format: str | None,
    output: str | None,
    students: str | None,
) -> None:
    """Write exercises into files, and say where they are and what to do with them.

    >>> console = Console(quiet=True)
    >>> write_quiz(console, ["shared"], 1, "anna", 2, None, "anna.html", None)
    >>> write_quiz(console, ["shared"], 1, "anna", 2, None, None, None)
    Traceback (most recent call last):
    micrograd_nn.text.InputError: exercises are written to a file: add -o FILE, such as -o quiz.html
    """
    if output is None:
        raise InputError("exercises are written to a file: add -o FILE, such as -o quiz.html")
    chosen = format or "sheet"
    with console.status("writing …"):
        written = write_handout(output, Choice(topics, sheet, level), chosen, seed, students)
    if len(written) == 1 and students is None:
        told = f"Exercises: {show_path(output)}."
    elif written == [output]:
        told = f"Exercises for all of {show_path(students or '')}: {show_path(output)}."
    else:
        told = f"Exercises: {count_things(len(written), 'file')} in {show_path(output)}."
    console.out(f"{told} {REMEDIES[chosen].format(path=show_path(output))}", highlight=False)


def asks_for_files(
    sheet: int | None, format: str | None, output: str | None, students: str | None
) -> bool:
    """Tell whether the options of ``quiz`` ask for files, and not for questions at the terminal.

    >>> asks_for_files(None, None, None, None), asks_for_files(10, None, None, None)
    (False, True)
    """
    return any(option is not None for option in (sheet, format, output, students))
