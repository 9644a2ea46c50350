"""The failure of an operation, told in the names that its inputs have in a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..text import shorten_text
from .operation import Operation

ATOM = re.compile(r"[\w.]+(\([^()]*\))?")  # what needs no parentheses within a formula
LONGEST_INPUT = 40  # characters of an input that is a formula itself


def rename_inputs(
    operation: Operation, error: Exception, given: Sequence[Any], names: Sequence[str]
) -> str:
    """Return what ``Operation.fail`` told, with these names for the inputs instead of its own.

    >>> from micrograd_nn import Value, truediv
    >>> def divide(over, under, names):
    ...     try:
    ...         truediv(over, under)
    ...     except ZeroDivisionError as error:
    ...         return rename_inputs(truediv, error, [over, under], names)
    >>> divide(Value(1.0), Value(0.0), ["y", "x"])
    'y / x needs x != 0; y = 1, x = 0'

    A name may be a formula; a number isn't told twice:

    >>> divide(1.0, 0.0, ["1", "a - b"])
    '1 / (a - b) needs a - b != 0; a - b = 0'

    Another message stays as it is.
    """
    said = getattr(error, "said", None)
    if said is None or type(operation) is not Operation or len(names) != len(operation.inputs):
        return str(error)
    before, claim = said
    names = [shorten_text(name, LONGEST_INPUT) for name in names]
    is_call = operation.python.startswith(f"{operation.name}(")
    inside = [name if is_call or ATOM.fullmatch(name) else f"({name})" for name in names]
    known = dict(zip(operation.inputs, names, strict=True))
    if claim.startswith(" needs "):
        claim = re.sub(r"\w+", lambda word: known.get(word[0], word[0]), claim)
    numbers = {
        name: repr(float(getattr(x, "data", x))).removesuffix(".0")
        for name, x in zip(names, given, strict=True)
        if name[0] not in ".0123456789"
    }
    at = ", ".join(f"{name} = {number}" for name, number in numbers.items())
    return f"{before}{operation.written(*inside)}{claim}" + f"; {at}" * bool(at)
