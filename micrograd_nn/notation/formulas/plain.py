"""The notation of plain text, in which a terminal shows formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..._ground.text import format_number
from ...engine.operation import Operation
from ...engine.table import pow
from ..writing.notation import CALL, OTHER, Form, Text, make_call
from .mathematics import WORD, Mathematics, find_shape

HUMAN_SIGNS = (" ** ", "^"), (" * ", " · "), (" - ", " − "), ("-{", "−{")  # Python's, then people's
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Plain(Mathematics):
    """The notation of plain text.

    >>> from micrograd_nn import mul
    >>> Plain().write_operation(mul, [Plain().write_name("x"), Plain().write_number(-2.0)]).text
    'x · (−2)'
    """

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how people write an operation: as its row says, with their own signs."""
        text = shape = find_shape(operation, len(inputs))
        if shape == CALL:
            return make_call(operation.name, len(inputs))
        if operation is pow and re.fullmatch("[0-9]+", inputs[1].text):
            return Form("{0}" + inputs[1].text.translate(RAISED), 2, shape)
        for python, sign in HUMAN_SIGNS:
            text = text.replace(python, sign)
        return Form(text, len(inputs), shape)

    def write_number(self, x: float) -> Text:
        """Return a number of four digits."""
        text = format_number(x + 0.0)  # which is 0 for a zero of either sign
        return Text(text, "USub" if text.startswith("−") else "")

    def write_name(self, name: str) -> Text:
        """Return a node's name; one that isn't a word has parentheses among operators."""
        return Text(name, "" if WORD.fullmatch(name) else OTHER)

    def write_derivative(self, of: Text, by: Text) -> Text:
        """Return ∂of/∂by, of two names."""
        names = [self.parentheses.format(x.text) if x.operator else x.text for x in (of, by)]
        return Text("∂{}/∂{}".format(*names))

    def write_equation(self, left: str, stages: Iterable[Sequence[str]]) -> str:
        """Return how one derivative is the same as each of the stages, a list of terms each."""
        lines = ["\n  + ".join(terms) for terms in stages]
        return "\n  = ".join([left, *lines])
