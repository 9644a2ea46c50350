"""Exercises written as files: one sheet, or one for each student of a class, in each format."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ...._ground.files import check_output, explain_error, write_file
from ...._ground.text import InputError, list_first, show_path
from .item import Item, Selection, name_files, read_students
from .page import build_quiz
from .platforms import write_moodle, write_package
from .sheet import Sheet, write_sheets

ANSWERS = "answers.html"  # of all students, beside their sheets

Items = Sequence[Item]


class Format(NamedTuple):
    """What files of one kind are for, the ending of their names, and what writes one."""

    purpose: str
    ending: str
    write: Callable[[str, Items], str | bytes]  # the name of a sheet, and what is on it


QUIZ_FORMATS = {
    "sheet": Format("to print", ".html", lambda name, items: write_sheets([Sheet(name, items)])),
    "page": Format("to answer in a browser", ".html", lambda name, x: build_quiz(name, x).text),
    "qti": Format("for Canvas and others", ".zip", write_package),
    "moodle": Format("for Moodle", ".xml", write_moodle),
}


def write_handout(
    output: str,
    choice: Selection,
    format: str = "sheet",
    seed: str | None = None,
    students: str | None = None,
) -> list[str]:
    """Write the exercises of a seed, or of each student in a file of names; return what is written.

    >>> write_handout("anna.html", Selection(["shared"], 2), seed="anna")
    ['anna.html']

    For students, ``output`` is a folder, as its last sign or what stands there says, which gets a
    file for each; sheets to print have no answers then, which are in one more file. Or else it is
    one document of all sheets to print. What is refused is so before anything is written, and so is
    a folder that has such files already: those of an earlier list would be among them.
    """
    names = [] if students is None else read_students(students)
    seeds = {name: name if seed is None else f"{seed} {name}" for name in names}
    if students is not None and (output.endswith(("/", os.sep)) or os.path.isdir(output)):
        return write_each(output, choice, format, seeds, students)
    if names and format != "sheet":
        raise InputError(
            f"{show_path(output)} is one file: for a file each, name a folder, such as "
            f"{show_path(os.path.splitext(output)[0])}/"
        )
    check_ending(output, format)
    check_output(output, *filter(None, [students]))
    if names:
        sheets = [Sheet(seed, choice.make_items(seed), name) for name, seed in seeds.items()]
        content: str | bytes = write_sheets(sheets)
    else:
        name = "0" if seed is None else seed
        content = QUIZ_FORMATS[format].write(name, choice.make_items(name))
    write_file(output, content)
    return [output]


def write_each(
    folder: str, choice: Selection, format: str, seeds: Mapping[str, str], students: str
) -> list[str]:
    """Write a file for each student into a folder, which is made if it isn't there."""
    _, ending, write = QUIZ_FORMATS[format]
    choice.make_items(next(iter(seeds.values())))  # what is wrong with the choice is told now
    try:
        os.makedirs(folder, exist_ok=True)
    except (OSError, ValueError) as error:
        why = explain_error(error, missing="folder")
        raise InputError(f"can't make the folder {show_path(folder)}: {why}") from None
    written = [str(Path(folder, name)) for name in name_files(list(seeds), ending)]
    answers = [str(Path(folder, ANSWERS))] if format == "sheet" else []
    for path in [*written, *answers]:
        check_output(path, students)
    there = [show_path(path) for path in (*written, *answers) if os.path.lexists(path)]
    if there:
        raise InputError(
            f"{list_first(there, 1, ' and {left} more')} would be replaced: name a new folder, "
            "or delete the old files first"
        )
    sheets = []
    for path, (name, seed) in zip(written, seeds.items(), strict=True):
        items = choice.make_items(seed)
        if answers:
            sheets.append(Sheet(seed, items, name))
            write_file(path, write_sheets(sheets[-1:], has_answers=False))
        else:
            write_file(path, write(seed, items))
    for path in answers:
        write_file(path, write_sheets(sheets, has_questions=False))
    return [*written, *answers]


def check_ending(output: str, format: str) -> None:
    """Refuse a file whose name doesn't end as those of a format do."""
    ending = QUIZ_FORMATS[format].ending
    if os.path.splitext(output)[1].lower() != ending:
        raise InputError(f"{show_path(output)}: the name of a file for {format} ends in {ending}")
