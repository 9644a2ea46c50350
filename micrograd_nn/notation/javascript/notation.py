"""The notation of JavaScript, in which a page computes a graph again."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from ...engine import table as op
from ...engine.operation import Operation
from ...graph.by_hand import ByHand
from ..writing.notation import Form, Notation, Text, make_call

WRITTEN_ALIKE = {op.add, op.sub, op.mul, op.neg}  # written alike in both languages


class NoJavaScriptError(ValueError):
    """An operation that can't be written as JavaScript, and why."""


class JavaScript(Notation):
    """The notation of JavaScript: the rows are the functions of math.mjs.

    >>> JavaScript().write_operation(op.max, [Text("-x", "USub"), Text("y")]).text
    'math.max(-x, y)'
    >>> JavaScript().write_operation(op.neg, [Text("-x", "USub")]).text
    '-(-x)'
    """

    infinity, nan = "Infinity", "NaN"

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how JavaScript writes an operation; a NoJavaScriptError if it can't."""
        own, count = operation.javascript, len(inputs)
        if operation in WRITTEN_ALIKE:
            return Form(operation.python, count, operation.python)
        if "</" in own or "<!--" in own:
            raise NoJavaScriptError(
                f"the JavaScript of {operation.name} would end the script: {own}"
            )
        if own:
            return Form(f"({own})", count, "")
        if operation.is_row:
            return make_call(f"math.{operation.name}", count)
        if isinstance(operation, ByHand):
            name = operation.name
            raise NoJavaScriptError(f"what {name} passes on is known for these numbers alone")
        raise NoJavaScriptError(
            f'{operation.name} isn\'t in the table: Operation(..., javascript="...") says how '
            "a page writes it"
        )


def read_math() -> str:
    """Return the module of all rows' functions in JavaScript."""
    return (files(__package__) / "math.mjs").read_text(encoding="utf-8")
