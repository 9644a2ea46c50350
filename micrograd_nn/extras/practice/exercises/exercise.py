"""An exercise: its question, the right answer, what each known mistake gives, and the working.

In a notebook it is HTML, and what is said of an answer is Markdown.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ....draw.boxes import Boxes
from ....draw.diagram import Diagram
from ....draw.drawing import Drawing
from ....draw.layout import LayoutError
from ....draw.look import Look
from ....draw.picture import make_drawing
from ....engine.value import Constant
from ....explain.explanation import escape_markdown
from ....explain.tree import tree
from ....graph.graph import Graph
from ....notation.formulas.narration import write_node
from .answers import NEARLY, Answer, ChoiceAnswer, put_letter

UNKNOWN = "That is none of the known mistakes"
MOST_ACROSS = 8  # nodes of a graph that a phone can show from left to right
CODE = re.compile("`([^`]*)`")


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


def write_html(question: str, program: str, graph: Graph | None, choices: Sequence[str]) -> str:
    """Return an exercise as HTML, its graph as a picture with values and without gradients.

    Where no picture can be drawn, the graph stands there as a tree.
    """
    parts = [f"<p>{write_text(line)}</p>" for line in question.split("\n")]
    if program:
        parts.append(f"<pre>{html.escape(program)}</pre>")
    if graph is not None:
        try:
            direction = "TB" if len(graph.nodes) > MOST_ACROSS else "LR"
            picture = b64encode(draw_values(graph, direction).render()).decode()
            words = html.escape(strip_code(question.split("\n")[0]))
            parts.append(f'<p><img src="data:image/svg+xml;base64,{picture}" alt="{words}"></p>')
        except LayoutError:
            parts.append(f"<pre>{html.escape(str(tree(graph, show='data')))}</pre>")
    return "\n".join(parts + [f"<p>{write_text(choice)}</p>" for choice in choices])


def draw_values(graph: Graph, direction: str = "LR") -> Drawing:
    """Return a drawing of a graph with values and without gradients, each node by its formula.

    A formula tells which input is subtracted from which, where a sign alone doesn't, and has the
    numbers in it, which need no boxes then.
    """
    boxed = Boxes(Look(graph, show="data"))
    nodes = {id: node for node, id in boxed.places.items() if not isinstance(node, Constant)}
    boxes = [
        box._replace(
            face=box.face._replace(name=write_node(nodes[box.id], graph.names), operation="")
        )
        for box in boxed.diagram.boxes
        if box.id in nodes
    ]
    arrows = [arrow for arrow in boxed.diagram.arrows if arrow.tail in nodes]
    return make_drawing(graph, Diagram(boxes, arrows), direction=direction)


def write_text(text: str) -> str:
    """Return a line as HTML, with what stands in backquotes as code."""
    parts = [html.escape(part, quote=False) for part in split_code(text)]
    return "".join([f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts)])


def split_code(text: str) -> list[str]:
    """Return the parts of a text: every second one stands in backquotes, and is code.

    A backquote that has no other stays what it is.
    """
    return CODE.split(text)


def strip_code(text: str) -> str:
    """Return a text without the backquotes around code."""
    return "".join(split_code(text))


def write_markdown(title: str, told: str, working: str) -> str:
    """Return what is said of an answer as Markdown, the working as it is."""
    parts = [f"**{escape_markdown(title)}.** {escape_markdown(told)}".strip()]
    if working:
        parts.append(f"```text\n{working}\n```")
    return "\n\n".join(parts)
