"""An exercise: its question, the right answer, what each known mistake gives, and the working."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ....explain.tree import tree
from ....graph.graph import Graph
from .answers import NEARLY, Answer, ChoiceAnswer, put_letter
from .showing import strip_code, write_html, write_markdown

UNKNOWN = "That is none of the known mistakes"


class Miss(NamedTuple):
    """A wrong answer that is known: what it is, the mistake's name, and what to say of it.

    ``told`` says what was done, ``remedy`` what is right instead, which is shown with the working.
    """

    answer: object  # as the right one's ``read`` returns it
    title: str
    told: str
    remedy: str = ""


@dataclass(frozen=True, repr=False)
class Verdict:
    """What is said of an answer: whether it is right, or else by which mistake it is wrong.

    ``working`` shows how the right one comes about, from the second wrong answer on.
    """

    is_right: bool
    title: str = ""
    told: str = ""
    working: str = ""

    def __str__(self) -> str:
        if self.is_right:
            return "Right."
        said = strip_code(f"{self.title}. {self.told}").strip()
        return f"{said}\n\n{self.working}" if self.working else said

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return write_markdown(self.title or "Right", strip_code(self.told), self.working)


@dataclass(frozen=True, eq=False, repr=False)
class Exercise:
    """A question with numbers of its own.

    ``topic``, ``level`` and ``seed`` give the same exercise again. ``question`` and ``working`` are
    texts in lines, code in backquotes. ``graph`` is drawn beside the question, with values and
    without gradients; ``program`` is code that belongs to it. ``wrong`` are the wrong answers so
    far.

    >>> from micrograd_nn.extras.practice.exercises import make_exercise
    >>> exercise = make_exercise("shared", seed=3)
    >>> print(exercise)
    Let a = x² and y = a · x, at x = 5. So a = 25 and y = 125.
    What is ∂y/∂x, the gradient of y by x?
    <BLANKLINE>
    y = a · x  value 125
    ├─ a = x²  value 25
    │  └─ x  value 5
    └─ ↑ x
    >>> exercise.check("50").title
    'Overwritten instead of added'
    >>> exercise.check("75")
    Right.
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
    wrong: list[object] = field(default_factory=list)

    def check(self, text: object) -> Verdict:
        """Say whether an answer is right, and if it isn't, which mistake leads to it.

        A number may be given as one. What can't be an answer is an InputError. A second wrong
        answer is shown the working; the same one again isn't a second, and one that is rounded too
        much isn't a wrong one.
        """
        given = self.answer.read(str(text))
        if self.answer.is_same(given):
            return Verdict(True)
        miss = next((one for one in self.misses if self.answer.are_same(given, one.answer)), None)
        told = miss.told if miss else self.answer.describe_difference(given)
        if told == NEARLY:
            return Verdict(False, *NEARLY.split(". ", 1))
        if not any(self.answer.are_same(given, other) for other in self.wrong):
            self.wrong.append(given)
        working = self.working if len(self.wrong) > 1 else ""
        if miss and working:
            told = f"{told} {miss.remedy}".strip()
        return Verdict(False, miss.title if miss else UNKNOWN, told, working)

    def list_choices(self) -> list[str]:
        """Return the choices there are, each after its letter."""
        if not isinstance(self.answer, ChoiceAnswer):
            return []
        return [put_letter(place, option) for place, option in enumerate(self.answer.options)]

    def __str__(self) -> str:
        parts = [strip_code(self.question)]
        if self.program:
            parts.append(self.program.rstrip("\n"))
        if self.graph is not None:
            parts.append(str(tree(self.graph, show="data")))
        if self.list_choices():
            parts.append("\n".join(self.list_choices()))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return write_html(self.question, self.program, self.graph, self.list_choices())
