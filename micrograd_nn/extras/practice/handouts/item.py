"""An exercise as other programs take it: a number with what is near it, or a choice of texts.

Which of them a sheet has, for whom there is one, and what its file is called.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from random import Random
from typing import NamedTuple

from ...._ground.files import read_file
from ...._ground.text import (
    InputError,
    count_things,
    format_number,
    list_first,
    make_printable,
    quote_text,
    show_line,
    show_path,
)
from ....stepping.misconceptions import find_range
from ..exercises.answers import ChoiceAnswer, FormulaAnswer, NumberAnswer, put_letter
from ..exercises.exercise import Exercise, Miss
from ..exercises.topics import TOPICS, list_topics, make_exercises

MOST_FORMULAS = 8  # to choose among
TRY_AGAIN = "Not yet. Try again."  # what is said of an answer that is wrong for no known reason
QUIZ_TITLE = "Backpropagation by hand"
MOST_EXERCISES = 200  # of a sheet
MOST_STUDENTS = 1_000  # that are served in one go
MOST_LETTERS = 200  # letters of a student's name
LONGEST_STEM = 50  # letters of it in the name of a file
UNSAFE = re.compile(r"[^\w\- ]+")


class Possible(NamedTuple):
    """One possible answer: how it is written, what is right or wrong with it, and its number."""

    text: str
    is_right: bool
    title: str = ""  # the mistake's name, where it is known
    told: str = ""
    remedy: str = ""  # what is right instead: it may give the answer away
    number: float | None = None  # None for one of several texts

    @property
    def range(self) -> tuple[float, float]:
        """The numbers that count as this one."""
        if self.number is None:
            raise TypeError(f"{self.text!r} is one of several texts, and no number")
        return find_range(self.number)


@dataclass(frozen=True)
class Item:
    """An exercise with all that is known of its answers: the right one first if it is a number."""

    exercise: Exercise
    possible: Sequence[Possible]
    is_choice: bool

    @property
    def title(self) -> str:
        """What the exercise is about."""
        return TOPICS[self.exercise.topic].title

    @property
    def question(self) -> str:
        """What is asked; how to write a formula is left out where one chooses among some."""
        answer, question = self.exercise.answer, self.exercise.question
        if self.is_choice and isinstance(answer, FormulaAnswer):
            return question.replace(f" {answer.say_how()}", "")
        return question

    @property
    def right(self) -> Possible:
        """The right answer."""
        return next(one for one in self.possible if one.is_right)

    @property
    def right_text(self) -> str:
        """The right answer as a text, with the letter where it is one of several."""
        return self.name_answer(self.possible.index(self.right))

    @property
    def known(self) -> list[tuple[str, Possible]]:
        """The wrong answers that a mistake leads to, each with its text."""
        return [
            (self.name_answer(i), one)
            for i, one in enumerate(self.possible)
            if one.title and not one.is_right
        ]

    @property
    def texts(self) -> list[str]:
        """All answers as texts, as ``name_answer`` gives them."""
        return [self.name_answer(place) for place in range(len(self.possible))]

    def name_answer(self, place: int) -> str:
        """Return one of the answers as a text."""
        text = self.possible[place].text
        return put_letter(place, text) if self.is_choice else text


def make_item(exercise: Exercise) -> Item:
    """Return an exercise with its answers as numbers or texts.

    What can be neither a number nor a choice is a choice among what the known mistakes give.
    """
    answer = exercise.answer
    if isinstance(answer, NumberAnswer):
        right = Possible(answer.show(), True, number=answer.number)
        wrong = [
            name_wrong(format_number(miss.answer + 0.0), miss, miss.answer)
            for miss in exercise.misses
            if isinstance(miss.answer, float) and isfinite(miss.answer)
        ]
        return Item(exercise, [right, *wrong], False)
    if isinstance(answer, ChoiceAnswer):
        told = {miss.answer: miss for miss in exercise.misses}
        options = [
            name_wrong(text, told[place])
            if place in told
            else Possible(text, place == answer.right)
            for place, text in enumerate(answer.options)
        ]
        return Item(exercise, options, True)
    return Item(exercise, list_formulas(exercise), True)


def name_wrong(text: str, miss: Miss, number: float | None = None) -> Possible:
    """Return a wrong answer with what is said of the mistake that leads to it."""
    return Possible(text, False, miss.title, miss.told, miss.remedy, number)


def list_formulas(exercise: Exercise) -> list[Possible]:
    """Return the right answer and those of the known mistakes as texts, in an order by chance."""
    answer = exercise.answer
    found = [Possible(answer.show(), True)]
    for miss in exercise.misses:  # the likelier ones first
        text = str(miss.answer)
        if len(found) < MOST_FORMULAS and text not in [one.text for one in found]:
            found.append(name_wrong(text, miss))
    if len(found) < 2:
        raise InputError(
            f"an exercise of {exercise.topic} has no wrong answers to choose among: leave it out"
        )
    Random(f"{exercise.topic} {exercise.level} {exercise.seed} order").shuffle(found)
    return found


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
