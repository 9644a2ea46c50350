"""What an exercise takes for an answer: a number, one of several choices, or a formula.

An answer reads what somebody typed, and tells whether two answers are the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from ..misconceptions import is_near
from ..text import InputError, format_number, quote_text

MINUS = str.maketrans("−–", "--")
TYPED = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(/[+-]?\d+\.?\d*)?", re.IGNORECASE)


class Answer(Protocol):
    """A right answer: it reads another one, compares, and is shown as a text."""

    def read(self, text: str) -> object:
        """Return what a text says; one that can't be an answer is an InputError."""

    def is_same(self, given: object) -> bool:
        """Tell whether what was read is right."""

    def show(self) -> str:
        """Return it as a text."""


@dataclass(frozen=True)
class NumberAnswer:
    """A number, to three digits: ``1/2``, ``0,5`` and ``.5`` are the same one.

    >>> half = NumberAnswer(0.5)
    >>> [half.is_same(half.read(text)) for text in ("1/2", "0,5", ".5", "−0.5")]
    [True, True, True, False]
    >>> half.read("a half")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: 'a half' is no number such as −1.5, 0,5 or 1/2
    """

    number: float

    def read(self, text: str) -> float:
        """Return the number that a text is."""
        plain = re.sub(r"\s", "", text.translate(MINUS)).replace(",", ".")
        if not TYPED.fullmatch(plain):
            raise InputError(f"{quote_text(text)} is no number such as −1.5, 0,5 or 1/2")
        over, _, under = plain.partition("/")
        if under and not float(under):
            raise InputError(f"{quote_text(text)} divides by zero")
        return float(Fraction(over) / Fraction(under or 1))

    def is_same(self, given: object) -> bool:
        """Tell whether a number is this one, but for rounding."""
        return isinstance(given, float) and is_near(given, self.number)

    def show(self) -> str:
        """Return the number as people read it."""
        return format_number(self.number + 0.0)


@dataclass(frozen=True)
class ChoiceAnswer:
    """One of several texts, given by its letter or in full.

    >>> engine = ChoiceAnswer(("exp", "tanh"), 1)
    >>> engine.read("b"), engine.read("exp"), engine.is_same(engine.read("B"))
    (1, 0, True)
    >>> engine.read("c")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: 'c' is none of the choices a to b
    """

    options: Sequence[str]
    right: int

    def read(self, text: str) -> int:
        """Return which choice a text is."""
        given = text.strip().lower().rstrip(".)")
        letters = [chr(ord("a") + i) for i in range(len(self.options))]
        for names in (letters, [option.lower() for option in self.options]):
            if given in names:
                return names.index(given)
        raise InputError(f"{quote_text(text)} is none of the choices a to {letters[-1]}")

    def is_same(self, given: object) -> bool:
        """Tell whether a choice is the right one."""
        return given == self.right

    def show(self) -> str:
        """Return the right one of the choices."""
        return f"{chr(ord('a') + self.right)}) {self.options[self.right]}"
