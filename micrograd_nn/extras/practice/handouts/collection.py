"""Which exercises a sheet has, for whom there is one, and what its file is called."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ...._ground.files import read_file
from ...._ground.text import (
    InputError,
    count_things,
    list_first,
    make_printable,
    quote_text,
    show_line,
    show_path,
)
from ..exercises.exercise import Exercise
from ..exercises.topics import list_topics, make_exercises
from .item import Item, make_item

QUIZ_TITLE = "Backpropagation by hand"
MOST_EXERCISES = 200  # of a sheet
MOST_STUDENTS = 1_000  # that are served in one go
MOST_LETTERS = 200  # letters of a student's name
LONGEST_STEM = 50  # letters of it in the name of a file
UNSAFE = re.compile(r"[^\w\- ]+")


@dataclass(frozen=True)
class Selection:
    """Which exercises a sheet has: of which topics in turn, how many, how hard.

    By itself it is one of each topic. With a seed it has the exercises that ``make_exercises``
    yields, and ``quiz`` asks.
    """

    topics: Sequence[str] = ()
    count: int | None = None
    level: int = 1

    def make_items(self, seed: int | str = 0) -> list[Item]:
        """Return the exercises of one sheet, with their answers."""
        chosen = list_topics(self.topics)
        wanted = len(chosen) if self.count is None else self.count
        if not 1 <= wanted <= MOST_EXERCISES:
            raise InputError(f"a sheet has 1 to {MOST_EXERCISES} exercises, not {wanted:,}")
        exercises = make_exercises(chosen, self.level, seed)
        return [make_item(exercise) for exercise in islice(exercises, wanted)]


def name_quiz(name: str) -> str:
    """Return what the quiz of a sheet is called in a learning platform."""
    return make_printable(f"{QUIZ_TITLE}: sheet {name}")


def identify_exercise(exercise: Exercise) -> str:
    """Return a name for an exercise that is the same wherever it is written, and no other's."""
    whole = f"{exercise.topic}\n{exercise.level}\n{exercise.seed}"
    return f"exercise-{hash_text(whole)[:16]}"


def hash_text(text: str) -> str:
    """Return hexadecimal digits that stand for a text, of whatever letters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_students(path: str | os.PathLike[str]) -> list[str]:
    """Return the names in a file, one a line, without what is empty.

    Two of one name would get the same sheet, which is an InputError, as is a name that isn't a line
    of text.
    """
    source = show_path(path)
    lines = [" ".join(line.split()) for line in read_file(path).lstrip("\ufeff").splitlines()]
    places: dict[str, list[str]] = {}
    for number, name in enumerate(lines, 1):
        if name:
            places.setdefault(unicodedata.normalize("NFC", name), []).append(str(number))
    for name, where in places.items():
        if len(where) > 1:
            raise InputError(
                f"{source} has {quote_text(name)} in the lines {list_first(where, 5)}: two of one "
                "name would get the same sheet; tell them apart, as by a number"
            )
        if len(name) > MOST_LETTERS:
            raise InputError(
                f"{source}, line {where[0]}: a name has at most {MOST_LETTERS} letters, "
                f"not {len(name):,}: {show_line(name, 30)}"
            )
    if not places:
        raise InputError(f"{source} has no names: write one a line")
    if len(places) > MOST_STUDENTS:
        raise InputError(
            f"{source} has {count_things(len(places), 'name')}, more than the {MOST_STUDENTS:,} "
            "that get sheets in one go: divide the file"
        )
    return list(places)


def name_files(students: Sequence[str], ending: str) -> list[str]:
    """Return the name of each student's file, in the order of the list, in no other folder.

    >>> name_files(["anna", "Zoë Núñez", "../x", "con", ".."], ".html")
    ['01-anna.html', '02-Zoë Núñez.html', '03-x.html', '04-con.html', '05.html']

    The number tells it from all others, whatever is left out of the name or cut off.
    """
    digits = max(2, len(str(len(students))))
    names = []
    for number, student in enumerate(students, 1):
        stem = UNSAFE.sub("", student).strip(" -")[:LONGEST_STEM].strip(" -")
        names.append(f"{number:0{digits}}-{stem}".rstrip("-") + ending)
    return names
