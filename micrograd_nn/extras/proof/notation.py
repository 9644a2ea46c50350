"""The notation of Coq, a proof assistant that has the real numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...engine import table as op
from ...engine.operation import Lookup, Operation, Reduction
from ...notation.writing.notation import CALL, Form, Notation, Text, list_slots

ARITHMETIC = {op.add, op.sub, op.mul, op.truediv, op.neg}  # written as Python does
# What the standard library or the language itself calls otherwise than the table.
NAMES = {
    op.abs: "Rabs", op.pow: "power", op.mod: "modulo", op.log: "ln", op.asinh: "arcsinh",
    op.where: "choice", op.max: "maximum", op.min: "minimum",
}  # fmt: skip
# Floats that stand for a number which isn't a float.
CONSTANTS = {
    math.log(2): "ln 2", 1 / math.log(2): "/ ln 2", 1 / math.log(10): "/ ln 10",
    180 / math.pi: "180 / PI", math.pi / 180: "PI / 180", math.sqrt(2): "sqrt 2",
    2 / math.sqrt(math.pi): "2 / sqrt PI", math.sqrt(2 * math.pi): "sqrt (2 * PI)",
}  # fmt: skip
LARGEST = 1024  # denominator of a number that is meant as it is written, such as 0.5 or 1/3


class NoTheoremError(ValueError):
    """A rule that can't be written as a theorem, and why."""


class Coq(Notation):
    """The notation of Coq; functions are those of its library and of calculus.v.

    >>> Coq().write_operation(op.pow, [Text("x"), Text("-y", "USub")]).text
    'power (x) (-y)'
    """

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how Coq writes an operation; a NoTheoremError if it isn't one of the table."""
        if operation in ARITHMETIC:
            return Form(operation.python, len(inputs), operation.python)
        if not operation.is_row:  # an own one may have the name of anything in Coq
            raise NoTheoremError(
                f"{operation.name} isn't in the table, or its rule isn't a formula"
            )
        slots = list_slots(len(inputs))
        if isinstance(operation, Reduction):
            first = int(isinstance(operation, Lookup))
            slots = [*slots[:first], f"[{'; '.join(slots[first:])}]"]
        name = NAMES.get(operation, operation.name)
        return Form(" ".join([name, *[f"({slot})" for slot in slots]]), len(inputs), CALL)

    def write_number(self, x: float) -> Text:
        """Return the real number that a float stands for; a NoTheoremError if that isn't known."""
        size = abs(x)
        over, under = size.as_integer_ratio() if math.isfinite(x) else (0, 0)
        count = round(1 / size) if 1 / LARGEST < size < LARGEST else 0
        if 0 < under <= LARGEST:
            text = f"{over}" if under == 1 else f"({over} / {under})"
        elif size in CONSTANTS:
            text = f"({CONSTANTS[size]})"
        elif count and 1 / count == size:  # a share such as 1/3
            text = f"(/ {count})"
        else:
            raise NoTheoremError(f"which real number is {x!r}?")
        return Text(f"(- {text})" if x < 0 else text)
