"""An exercise as other programs take it: a number with what is near it, or a choice of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from random import Random
from typing import NamedTuple

from ...._ground.text import InputError, format_number
from ....stepping.misconceptions import find_range
from ..exercises.answers import ChoiceAnswer, NumberAnswer, put_letter
from ..exercises.exercise import Exercise, Miss
from ..exercises.formulas import FormulaAnswer
from ..exercises.topics import TOPICS

MOST_FORMULAS = 8  # to choose among
TRY_AGAIN = "Not yet. Try again."  # what is said of an answer that is wrong for no known reason


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
