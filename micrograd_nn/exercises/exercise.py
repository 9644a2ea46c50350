"""An exercise: its question, the right answer, what each known mistake gives, and the working."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..graph.graph import Graph
from .answers import Answer


class Miss(NamedTuple):
    """A wrong answer that is known: what it is, the mistake's name, and what to say of it."""

    answer: object  # as the right one's ``read`` returns it
    title: str
    told: str


class Verdict(NamedTuple):
    """What is said of an answer: whether it is right, or else by which mistake it is wrong."""

    is_right: bool
    title: str = ""
    told: str = ""


@dataclass(frozen=True, eq=False)
class Exercise:
    """A question with numbers of its own.

    ``topic``, ``level`` and ``seed`` give the same exercise again. ``question`` and ``working`` are
    texts in lines, code in backquotes. ``graph`` is drawn beside the question, with values and
    without gradients; ``program`` is code that belongs to it.
    """

    topic: str
    level: int
    seed: str
    question: str
    answer: Answer
    misses: Sequence[Miss]
    working: str
    graph: Graph | None = None
    program: str = ""

    def check(self, text: str) -> Verdict:
        """Say whether an answer is right, and if it isn't, which mistake leads to it.

        What can't be an answer is an InputError.
        """
        given = self.answer.read(text)
        if self.answer.is_same(given):
            return Verdict(True)
        for miss in self.misses:
            if type(self.answer)(miss.answer).is_same(given):  # type: ignore[call-arg]
                return Verdict(False, miss.title, miss.told)
        return Verdict(False)
