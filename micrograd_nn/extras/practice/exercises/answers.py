"""What an exercise takes for an answer: a number, or one of several choices.

An answer reads what somebody typed, and tells whether two answers are the same. One that is a
formula stands in ``formulas.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Protocol

from ...._ground.text import (
    InputError,
    format_number,
    may_have_thousands,
    quote_text,
    read_typed_number,
    show_line,
)
from ....stepping.misconceptions import is_near, is_nearly

NUMBERS_READ = "write one such as −1.5, 0,5 or 1/2"
NEARLY = "Nearly. It has to be right to three digits."  # which isn't a mistake
LETTERED = re.compile(r"\(?([a-z])(?:[.):]+ ?| |$)(.*)")  # the letter of a choice, and its text
FACTORS = (2, 3, 4, 5, 6, 8)  # by which an answer may be off


class Answer(Protocol):
    """A right answer: it reads another one, compares, and is shown as a text."""

    def read(self, text: str) -> object:
        """Return what a text says; one that can't be an answer is an InputError."""

    def is_same(self, given: object) -> bool:
        """Tell whether what was read is right."""

    def are_same(self, given: object, other: object) -> bool:
        """Tell whether two that were read are the same."""

    def describe_difference(self, given: object) -> str:
        """Say of a wrong answer that nobody knows what can be said for sure; "" for nothing."""

    def show(self) -> str:
        """Return it as a text."""


@dataclass(frozen=True)
class NumberAnswer:
    """A number, to three digits (see ``is_near``): ``1/2``, ``0,5`` and ``.5`` are the same one.

    >>> half = NumberAnswer(0.5)
    >>> [half.is_same(half.read(text)) for text in ("1/2", "0,5", ".5", "−0.5")]
    [True, True, True, False]
    >>> half.read("a half")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'a half' isn't a number: write one such as −1.5, 0,5 or 1/2
    """

    number: float

    def read(self, text: str) -> float:
        """Return the number that a text is."""
        if not text.strip():
            raise InputError(f"a number is missing: {NUMBERS_READ}")
        said = show_line(text.strip())
        parts = text.split("/")
        for part in parts:
            if may_have_thousands(part):
                raise InputError(
                    f"the comma of {show_line(part.strip())} may divide thousands or decimals: "
                    "write the number without it, or with a point"
                )
        found = [number for number in map(read_typed_number, parts) if number is not None]
        if not len(found) == len(parts) < 3 or not any(map(str.isdigit, text)):
            raise InputError(f"{quote_text(text)} isn't a number: {NUMBERS_READ}")
        over, under = [*found, 1.0][:2]
        if under == 0 and not is_below_float(parts[1]):
            raise InputError(f"{said} divides by zero: {NUMBERS_READ}")
        number = over / under if under else math.inf
        is_lost = number == 0 and (over != 0 or is_below_float(parts[0]))
        if is_lost or not math.isfinite(number) or math.isinf(under):
            raise InputError(f"{said} is beyond a float: {NUMBERS_READ}")
        return number

    def is_same(self, given: object) -> bool:
        """Tell whether a number is this one, but for rounding."""
        return self.are_same(given, self.number)

    def are_same(self, given: object, other: object) -> bool:
        """Tell whether two numbers are the same, but for rounding."""
        numbers = isinstance(given, float) and isinstance(other, float)
        return numbers and is_near(given, other)  # type: ignore[arg-type]

    def describe_difference(self, given: object) -> str:
        """Say in what a wrong number differs, where that is one plain thing."""
        right = self.number
        if not isinstance(given, float) or not given or not right:
            return ""
        if is_nearly(given, right):
            return NEARLY
        if is_near(given, -right):
            return "The size is right, but not the sign."
        ratio = given / right
        if ratio == 0 or math.isinf(ratio):
            return ""
        shifted = right * 10.0 ** round(math.log10(abs(ratio)))
        if shifted != right and (is_near(given, shifted) or given == round_to_two(shifted)):
            return "The digits are right, but not the decimal point."
        if is_near(given, 1 / right):
            return "That is 1 divided by the right number."
        for factor in FACTORS:
            if is_near(given, right * factor) or is_near(given, right / factor):
                return f"It is off by a factor of {factor}."
        return ""

    def show(self) -> str:
        """Return the number as people read it."""
        return format_number(self.number + 0.0)


def round_to_two(number: float) -> float:
    """Return a number with two digits, which tell what it is but for the decimal point."""
    return float(f"{number:.1e}")


def is_below_float(text: str) -> bool:
    """Tell whether a number that is read as zero isn't zero."""
    return any(digit in "123456789" for digit in text.lower().partition("e")[0])


@dataclass(frozen=True)
class ChoiceAnswer:
    """One of several texts, given by its letter or in full.

    >>> engine = ChoiceAnswer(("exp", "tanh"), 1)
    >>> [engine.read(text) for text in ("b", "B.", "(b)", "tanh", "b) tanh")]
    [1, 1, 1, 1, 1]
    >>> engine.read("c")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'c' is none of the choices: write a letter from a to b

    A letter is that one's of which it is the letter, whatever the options are.
    """

    options: Sequence[str]
    right: int

    @property
    def letters(self) -> str:
        """The letter of each option."""
        return ascii_lowercase[: len(self.options)]

    def read(self, text: str) -> int:
        """Return which choice a text is."""
        given, *options = [" ".join(one.lower().split()) for one in (text, *self.options)]
        lettered = LETTERED.fullmatch(given)
        if lettered and lettered[1] in self.letters:
            place = self.letters.index(lettered[1])
            if lettered[2] in ("", options[place]):
                return place
        if given.rstrip(".") in options:
            return options.index(given.rstrip("."))
        last = self.letters[-1]
        raise InputError(
            f"{quote_text(text)} is none of the choices: write a letter from a to {last}"
        )

    def is_same(self, given: object) -> bool:
        """Tell whether a choice is the right one."""
        return self.are_same(given, self.right)

    def are_same(self, given: object, other: object) -> bool:
        """Tell whether two choices are the same."""
        return given == other

    def describe_difference(self, given: object) -> str:
        """Say nothing: each wrong choice is a known one."""
        return ""

    def show(self) -> str:
        """Return the right one of the choices."""
        return put_letter(self.right, self.options[self.right])


def put_letter(place: int, option: str) -> str:
    """Return one of several answers after its letter, as it stands wherever one chooses."""
    return f"{ascii_lowercase[place]}) {option}"
