"""Answers that are hidden until they are asked for, cells and all.

A code cell can't stand inside another directive. So an ``answer`` without content is only begun; it
ends where its section does, or where the next ``answer`` begins. One with content hides that alone.

A ``guess`` begins an answer, too, which a reader guesses first. Its content says what is asked for:

    z = 2                           a number, right to three digits; any number of these
    ! z = 3: That adds the wind.    what to say of a wrong one
    - [x] steeper                   or a choice, the right one ticked
    - [ ] flatter: Look at the ends.
    1. L                            or an order, from the first to the last; what is
    2. e: L gives it its share.     to say of one that stands too early

Without content, it takes any words, which stand beside the answer then. What comes after an empty
line is the answer, and it hides that alone.

``matrices`` and ``pytorch`` are folds of a track beside the text: the same once more, with matrices
or in PyTorch. Each hides what an ``answer`` hides. A chapter has one of each, which is named by the
chapter's number: ``[...](#matrices-2)`` leads to it.
"""

import json
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


class answer(nodes.Element):  # noqa: N801 (a node is named as it is written)
    """A place where an answer begins; later the answer itself."""


class Answer(SphinxDirective):
    """``answer``: its content, or else what follows it in its section, is hidden.

    Its argument is what one clicks on.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the answer, or the place where it begins."""
        title = self.arguments[0] if self.arguments else "Answer"
        return [answer("", *self.parse_content_to_nodes(), title=title)]


class Guess(SphinxDirective):
    """``guess``: an answer that is asked for first, in the words of its argument."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the answer, or the place where it begins."""
        lines = list(self.content)
        end = lines.index("") if "" in lines else len(lines)
        guess = read_guess(lines[:end])
        self.content = self.content[end:]
        self.content_offset += end
        return [answer("", *self.parse_content_to_nodes(), title=self.arguments[0], guess=guess)]


TRACKS = {"matrices": "The same with matrices", "pytorch": "The same in PyTorch"}


class Track(Answer):
    """A fold of a track; its argument says what is the same."""

    required_arguments = 1
    optional_arguments = 0

    def run(self) -> list[nodes.Node]:
        """Return the fold, or the place where it begins, named by its chapter."""
        fold = answer("", *self.parse_content_to_nodes(), track=self.name)
        fold["title"] = f"{TRACKS[self.name]}: {self.arguments[0]}"
        chapter = int(re.search(r"\d+", self.env.docname)[0])
        fold["names"].append(f"{self.name}-{chapter}")
        self.state.document.note_explicit_target(fold, fold)
        return [fold]


NUMBER = re.compile(r"(?P<label>[^=]+?) *= *(?P<right>[-−]?[\d./]+)")
SLIP = re.compile(rf"! *{NUMBER.pattern}: *(?P<told>.+)")
PLACE = re.compile(r"\d+\. (?P<label>[^:]+)(: *(?P<told>.+))?")
CHOICE = re.compile(r"- \[(?P<tick>[x ])\] (?P<label>[^:]+)(: *(?P<told>.+))?")


def read_guess(lines: Iterable[str]) -> dict[str, object]:
    """Return what is asked for, as the page takes it; a line of another form is a ValueError.

    >>> read_guess(["z = 1/4", "! z = 2: Twice."])["fields"]
    [{'label': 'z', 'right': 0.25, 'slips': [[2.0, 'Twice.']]}]
    """
    fields: list[dict[str, Any]] = []
    choices: list[dict[str, object]] = []
    order: list[dict[str, str]] = []
    for line in filter(None, map(str.strip, lines)):
        if found := SLIP.fullmatch(line):
            of = [one for one in fields if one["label"] == found["label"]]
            if not of:
                raise ValueError(f"a guess has no field for {line!r}")
            of[0]["slips"].append([read_number(found["right"]), found["told"]])
        elif found := NUMBER.fullmatch(line):
            right = read_number(found["right"])
            fields.append({"label": found["label"], "right": right, "slips": []})
        elif found := CHOICE.fullmatch(line):
            right, told = found["tick"] == "x", found["told"] or ""
            choices.append({"label": found["label"], "isRight": right, "told": told})
        elif found := PLACE.fullmatch(line):
            order.append({"label": found["label"], "told": found["told"] or ""})
        else:
            raise ValueError(f"a guess has no such line: {line!r}")
    if choices and (fields or not any(choice["isRight"] for choice in choices)):
        raise ValueError("a guess asks for numbers or for a choice, of which one is right")
    if order and (fields or choices or len(order) == 1):
        raise ValueError("a guess asks for an order of two or more, and for nothing else")
    return {"fields": fields, "choices": choices, "order": order}


def read_number(text: str) -> float:
    """Return a number as a guess writes it: 0.881, −2 or 1/4."""
    return float(Fraction(text.replace("−", "-")))


class GatherAnswers(SphinxPostTransform):
    """Put into each answer what follows it, before cells get their outputs."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Move the nodes between two places into the first of them."""
        for begin in [place for place in self.document.findall(answer) if not place.children]:
            parent = begin.parent
            after = parent.children[parent.index(begin) + 1 :]
            for node in after:
                if isinstance(node, (answer, nodes.section)):
                    break
                parent.remove(node)
                begin.append(node)


def visit_answer(translator: HTML5Translator, node: answer) -> None:
    """Begin what a browser hides until its summary is clicked."""
    title = translator.encode(node["title"])
    if "guess" in node:
        asked = translator.attval(json.dumps(node["guess"], ensure_ascii=False))
        translator.body.append(f'<div class="guess" data-asked="{asked}"><p>{title}</p></div>\n')
        title = "Answer"
    begin = '<details class="answer">'
    if "track" in node:
        begin = f'<details class="answer track" id="{node["ids"][0]}">'
    translator.body.append(f"{begin}<summary>{title}</summary>\n")


def depart_answer(translator: HTML5Translator, node: answer) -> None:
    """End it."""
    translator.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and its node."""
    app.add_node(answer, html=(visit_answer, depart_answer))
    app.add_directive("answer", Answer)
    app.add_directive("guess", Guess)
    for name in TRACKS:
        app.add_directive(name, Track)
    app.add_post_transform(GatherAnswers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
