"""Formulas for people: names, derivatives, products, sums and equations, in one of two notations.

The notations are plain text for a terminal (``plain.py``) and LaTeX for a notebook (``latex.py``).
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence

from ...engine.operation import Operation
from ..writing.notation import CALL, Form, Notation, Text, find_operator, list_slots

WORD = re.compile(r"[\w.]+")  # a name that stands among operators without parentheses
SPELLED_OUT = 8  # inputs of an operation that is written out
PRODUCT = Form("{0} * {1}", 2, "{0} * {1}")
SUM = Form("{0} + {1}", 2, "{0} + {1}")


class Mathematics(Notation):
    """A notation of formulas, in which a sign never follows another one.

    >>> from micrograd_nn.notation.formulas.plain import Plain
    >>> Plain().write_product([Text("p - q", "Sub"), Plain().write_number(-2.0)]).text
    '(p - q) · (−2)'
    """

    times, plus, rest = " · ", " + ", "…"
    width = 72  # of a line of several terms

    @abstractmethod
    def write_name(self, name: str) -> Text:
        """Return a node's name; one that isn't a word has parentheses among operators."""

    @abstractmethod
    def write_derivative(self, of: Text, by: Text) -> Text:
        """Return ∂of/∂by, of two names."""

    @abstractmethod
    def write_equation(self, left: str, stages: Iterable[Sequence[str]]) -> str:
        """Return how one derivative is the same as each of the stages, a list of terms each."""

    def needs_parentheses(self, form: Form, x: Text, i: int) -> bool:
        """Tell whether input ``i`` of a form needs parentheses."""
        if x.operator == "USub" and i > 0:
            return form.operator != ""  # "" for a call, where nothing is misread
        return super().needs_parentheses(form, x, i)

    def write_product(self, factors: Iterable[Text | None]) -> Text:
        """Return factors as one product; None are those left out, and no factors are 1."""
        return self.join_items(list(factors), PRODUCT, self.times) or self.write_number(1.0)

    def write_sum(self, terms: Iterable[Text | None]) -> list[str]:
        """Return the terms of a sum, one line or several."""
        terms = list(terms)
        whole = self.join_items(terms, SUM, self.plus)
        if whole is None or len(whole.text) <= self.width:
            return [whole.text] if whole else []
        return self.write_items(terms, SUM)

    def join_items(self, items: Sequence[Text | None], form: Form, sign: str) -> Text | None:
        """Return items with a sign between them."""
        if len(items) < 2:
            return items[0] if items else None
        texts = self.write_items(items, form)
        signed = texts[0].startswith(("-", "−"))
        return Text(sign.join(texts), "USub" if signed else form.operator)

    def write_items(self, items: Sequence[Text | None], form: Form) -> list[str]:
        """Return items as they stand between the signs of a form."""
        return [
            self.rest if x is None else self.write_operand(form, (x, x), min(i, 1))
            for i, x in enumerate(items)
        ]


def find_shape(operation: Operation, count: int) -> str:
    """Return an operation on ``count`` inputs in Python, a call if Python can't read that."""
    try:
        shape = operation.written(*list_slots(count))
        find_operator(shape, count)
    except (SyntaxError, ValueError, LookupError):
        return CALL
    return shape
