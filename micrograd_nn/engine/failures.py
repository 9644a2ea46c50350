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
    operation: Operation, told: str, given: Sequence[Any], names: Sequence[str]
) -> str:
    """Return what ``Operation.fail`` told, with these names for the inputs instead of its own.

    >>> from micrograd_nn import Value, truediv
    >>> given = Value(1.0, "y"), Value(0.0, "x")
    >>> told = "x / y needs y != 0; x = 1.0 (label 'y'), y = 0.0 (label 'x')"
    >>> rename_inputs(truediv, told, given, ["y", "x"])
    'y / x needs x != 0; y = 1, x = 0'

    A name may be a formula; a number isn't told twice:

    >>> rename_inputs(truediv, "x / y needs y != 0; x = 1.0, y = 0.0", [1.0, 0.0], ["1", "a - b"])
    '1 / (a - b) needs a - b != 0; a - b = 0'

    Another message stays as it is.
    """
    ending = operation.describe_inputs(given)
    written = operation.written(*operation.inputs)
    before, found, needs = told.removesuffix(ending).partition(written)
    is_own = type(operation) is Operation and len(names) == len(operation.inputs)
    if not (is_own and found and told.endswith(ending)):
        return told
    names = [shorten_text(name, LONGEST_INPUT) for name in names]
    is_call = written.startswith(f"{operation.name}(")
    inside = [name if is_call or ATOM.fullmatch(name) else f"({name})" for name in names]
    known = dict(zip(operation.inputs, names, strict=True))
    if needs.startswith(" needs "):
        needs = re.sub(r"\w+", lambda word: known.get(word[0], word[0]), needs)
    numbers = {
        name: repr(float(getattr(x, "data", x))).removesuffix(".0")
        for name, x in zip(names, given, strict=True)
        if name[0] not in ".0123456789"
    }
    at = ", ".join(f"{name} = {number}" for name, number in numbers.items())
    return f"{before}{operation.written(*inside)}{needs}" + f"; {at}" * bool(at)
