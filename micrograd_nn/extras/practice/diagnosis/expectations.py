"""What an exercise expects of an engine beside right gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...._ground.text import InputError, show_line
from ....engine.table import OPERATIONS
from .capabilities import Sign
from .examination import Examination
from .fault_table import FAULTS, ORDER_OF_FAULTS, REMARK, WRONG
from .graphs import BINARY, UNARY, WrittenForm

REPLACE = "replace"
CHOICES = (
    "reflected",  # 2 + a where there is a + 2
    "deep",  # graphs of thousands of levels
    "second-pass",  # a second pass over the same graph
    "once",  # each node visited once, on the way back
    "double",  # all digits of Python's floats
    "accumulate",  # passes add up in the leaves
    REPLACE,  # each pass replaces them
)
SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow"}


class Expectations:
    """What an exercise expects: operations by name or sign, and choices.

    >>> expected = Expectations(["deep", "+", "tanh"])
    >>> sorted(expected.choices), expected.operations
    (['deep'], ['add', 'tanh'])
    >>> Expectations(["sinus"])
    Traceback (most recent call last):
    micrograd_nn.InputError: sinus can't be expected: expect operations (+, -, *, /, **, neg, exp, \
log, tanh, relu, sigmoid, abs, sqrt, sin, cos, tan, sinh, cosh, softplus, silu, gelu) or \
reflected, deep, second-pass, once, double, accumulate, replace
    """

    def __init__(self, names: Sequence[str]) -> None:
        names = names.split(",") if isinstance(names, str) else names
        self.choices = {name for name in names if name in CHOICES}
        others = [SIGNS.get(name, name) for name in names if name not in CHOICES]
        self.operations = [*dict.fromkeys(others)]
        for name in self.operations:
            if name not in (*BINARY, *UNARY):
                raise InputError(
                    f"{show_line(name)} can't be expected: expect operations "
                    f"({', '.join([*SIGNS, *UNARY])}) or {', '.join(CHOICES)}"
                )
        if {REPLACE, "accumulate"} <= self.choices:
            raise InputError("an engine can't both accumulate and replace: expect one of them")

    def judge(self, sign: Sign) -> str:
        """Return whether a sign is a fault or a remark here."""
        row = FAULTS[sign.fault]
        if REPLACE in self.choices and sign.fault == "kept":  # it would have been replaced
            return WRONG
        return WRONG if row.expected in self.choices else row.severity

    def rank(self, sign: Sign) -> tuple[bool, int]:
        """Return where a sign stands among others: faults first."""
        return self.judge(sign) == REMARK, ORDER_OF_FAULTS[sign.fault]

    def find_lacking(self, examination: Examination) -> Iterator[Sign]:
        """Yield what is expected and isn't there."""
        if REPLACE in self.choices and examination.adds_up:
            yield Sign("adds_up")
        found = examination.capabilities
        known = {form.name for form in found.forms}
        known |= {form.name for sign in found.failing for form in sign.forms}
        for name in self.operations:
            if name not in known:
                yield Sign("lacking", forms=[WrittenForm(name, "v" * len(OPERATIONS[name].inputs))])
