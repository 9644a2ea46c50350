"""The notation of columns: Python whose numbers are arrays, one number for each row.

The functions are those of the array API standard, in a namespace ``xp``, and the rules of
``array_rules.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ....engine import table as op
from ....engine.operation import Operation, Reduction
from ....notation.writing.notation import Form, Notation, Text, make_call
from . import rules as array_rules

# Written alike over numbers and over columns; their forward rules take arrays, too.
ALIKE = {
    op.add, op.sub, op.mul, op.truediv, op.neg, op.pow, op.mod, op.floordiv,
    op.sum, op.prod, op.dot,
}  # fmt: skip
# Functions of one input that the standard has, under the names of the rows.
STANDARD = {
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "expm1", "log",
    "log10", "log1p", "log2", "sin", "sinh", "sqrt", "tan", "tanh",
}  # fmt: skip
# What a program over columns calls, by its names there.
ARRAY_RULES: dict[str, Callable[..., Any]] = {
    name: thing
    for name, thing in vars(array_rules).items()
    if inspect.isfunction(thing) and thing.__module__ == array_rules.__name__
}


class NoArraysError(ValueError):
    """An operation that can't be computed over columns, and what to do."""


class Arrays(Notation):
    """The notation of columns: functions of the namespace ``xp``, and the rules of this package.

    >>> Arrays().write_operation(op.tanh, [Text("-x", "USub")]).text
    'xp.tanh(-x)'
    >>> Arrays().write_operation(op.max, [Text("x"), Text("y")]).text
    'maximum(xp, x, y)'
    """

    has_double_minus = True
    infinity, nan = "xp.inf", "xp.nan"

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how a program over columns writes an operation; a NoArraysError if it can't."""
        count = len(inputs)
        if operation in ALIKE:
            return Form(operation.python, count, operation.python)
        if operation.arrays:
            return Form(operation.arrays, count, operation.arrays)
        name = find_array_rule(operation)
        if name in STANDARD:
            return make_call(f"xp.{name}", count)
        form = make_call(name, count)
        return form._replace(text=form.text.replace("(", "(xp, ", 1))

    def write_parts(self, operation: Operation, inputs: Sequence[Text]) -> list[Text]:
        """Return an operation on texts; one with a joiner must be a row, whose terms are known."""
        if isinstance(operation, Reduction) and operation.joiner and not operation.is_row:
            raise NoArraysError(explain_lack(operation))
        return super().write_parts(operation, inputs)

    def needs_name(self, operation: Operation, i: int) -> bool:
        """Tell whether an operation's form takes its input ``i`` as a name or a number only."""
        if operation.arrays and not isinstance(operation, Reduction):
            return operation.arrays.count(f"{{{i}}}") > 1
        return super().needs_name(operation, i)


def find_array_rule(operation: Operation) -> str:
    """Return the name of the function that computes a row over columns."""
    name = operation.forward.__name__
    is_row = op.OPERATIONS.get(operation.name) is operation
    if is_row and (name in STANDARD or name in ARRAY_RULES):
        return name
    raise NoArraysError(explain_lack(operation))


def explain_lack(operation: Operation) -> str:
    """Return why an operation can't be computed over columns, and what to do."""
    return (
        f'{operation.name} can\'t be computed over columns: give its Operation an arrays="..." '
        f'that says how, with functions of the namespace xp, such as arrays="xp.tanh({{0}})"; or '
        f'compile it without over="array"'
    )


def compute_columns(xp: Any, operation: Operation, *inputs: Any) -> Any:
    """Return an operation of columns: arrays of the namespace ``xp``, at least one, and numbers.

    It is what a compiled program over columns computes. One without rows of its own, such as a
    user's operation that says nothing of arrays, is a NoArraysError.
    """
    if operation in ALIKE:
        return operation.forward(*inputs)
    names = [f"x{i}" for i in range(len(inputs))]
    text = Arrays().find_form(operation, [Text(name) for name in names]).text.format(*names)
    return eval(text, {**ARRAY_RULES, "xp": xp, **dict(zip(names, inputs, strict=True))})
