"""The notation of C, in which a program runs as fast as the machine."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from ....engine import table as op
from ....engine.operation import Operation, Reduction
from ....notation.writing.identifiers import Identifiers
from ....notation.writing.notation import Form, Notation, Text, list_slots, make_call
from ..programs.statements import find_called

ALIKE_IN_C = {op.add, op.sub, op.mul, op.truediv, op.neg}  # written alike in both languages

# Too short for a call, which takes longer than they do; with the same as Python writes it.
INLINE = {
    op.relu: Form("({0} <= 0.0 ? 0.0 : {0})", 1, "(0.0 if {0} <= 0.0 else {0})"),
    op.step: Form(
        "({0} > 0.0 ? 1.0 : {0} <= 0.0 ? 0.0 : {0})", 1,
        "(1.0 if {0} > 0.0 else 0.0 if {0} <= 0.0 else {0})",
    ),
}  # fmt: skip
# What is called otherwise than in the table, where math.h has another name or other digits.
OTHER_NAMES = {op.abs: "fabs", op.pow: "pow", op.exp2: "power_of_two", op.hypot: "length"}
# Functions of math.h that Python calls; it computes hypot in a way of its own.
MATH = {
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cos", "cosh", "erf", "erfc", "exp",
    "expm1", "fabs", "log", "log10", "log1p", "log2", "pow", "sin", "sinh", "sqrt", "tan", "tanh",
}  # fmt: skip
# Words of the language, functions that a compiler knows, and what a program calls its own.
WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while asm typeof main fmin fmax floor ceil round rint trunc fmod ldexp frexp copysign hypot
cbrt exp2 gamma lgamma tgamma j0 j1 jn y0 y1 yn nan isnan isinf isfinite signbit abs div index NAN
INFINITY NULL malloc free memcpy
parameters rows row count upstream gradient columns results status program predict run are_finite
has_failed parameter input number slope memory
"""
CALLED = re.compile(r"\b(\w+)\(")
PROBED = 3  # inputs of an operation of any number of them, where its function is checked


class CIdentifiers(Identifiers):
    """Identifiers of C for names of Python, each one once.

    >>> names = CIdentifiers()
    >>> names.new("double"), names.new("exp"), names.new("w_α"), names.new("w_β")
    ('double_', 'exp_', 'w', 'w_2')

    ``own`` are more words that a text has for itself.
    """

    def __init__(self, own: str = "") -> None:
        super().__init__({*WORDS.split(), *own.split(), *MATH, *read_rules()})

    def new(self, label: str) -> str:
        """Return an identifier like this label that no other number has."""
        return super().new(re.sub(r"[^A-Za-z0-9_]", "_", label))


class NoCError(ValueError):
    """An operation that can't be written in C, and why."""


class C(Notation):
    """The notation of C: functions of math.h, and of rules.c.

    >>> C().write_operation(op.tanh, [Text("-x", "USub")]).text
    'tanh(-x)'
    >>> C().write_operation(op.max, [Text("x"), Text("y")]).text
    'max(2, (const double[]){x, y})'

    ``calls`` has the operations that are more than arithmetic, and how each is written on the
    numbers of an array ``x``, by which its function can be checked.
    """

    def __init__(self) -> None:
        self.calls: dict[Operation, str] = {}
        self.forms: dict[tuple[Operation, int], Form] = {}

    def write_number(self, x: float) -> Text:
        """Return a number with all its digits; a NoCError if it isn't finite."""
        if not math.isfinite(x):
            raise NoCError(f"it has a constant that isn't finite: {x!r}")
        return super().write_number(x)

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how C writes an operation; a NoCError if it can't."""
        key = operation, len(inputs)
        if key not in self.forms:
            self.forms[key] = make_form(*key)
            is_lookup = not operation.inputs  # which computes nothing
            if not (operation in ALIKE_IN_C or operation in INLINE or is_lookup):
                count = PROBED if isinstance(operation, Reduction) else len(inputs)
                numbers = [f"x[{i}]" for i in range(count)]
                self.calls[operation] = make_form(operation, count).text.format(*numbers)
        return self.forms[key]

    def write_parts(self, operation: Operation, inputs: Sequence[Text]) -> list[Text]:
        """Return an operation on texts; one with a joiner must be a row, whose terms are known."""
        if isinstance(operation, Reduction) and operation.joiner and not operation.is_row:
            raise NoCError(f"{operation.name} can't be written in C: it isn't in the table")
        return super().write_parts(operation, inputs)

    def needs_name(self, operation: Operation, i: int) -> bool:
        """Tell whether an operation's form takes its input ``i`` as a name or a number only."""
        if operation in INLINE:
            return True
        if operation.c:
            return operation.c.count(f"{{{i}}}") > 1
        return super().needs_name(operation, i)


def make_form(operation: Operation, count: int) -> Form:
    """Return how C writes an operation of ``count`` inputs; a NoCError if it can't."""
    if operation in ALIKE_IN_C:
        return Form(operation.python, count, operation.python)
    if operation in INLINE:
        return INLINE[operation]
    if operation.c and not isinstance(operation, Reduction):
        return Form(f"({operation.c})", count, "")
    name = find_c_function(operation)
    slots = ", ".join(list_slots(count))
    form = make_call(name, count)
    if isinstance(operation, Reduction):
        return form._replace(text=f"{name}({count}, (const double[]){{{{{slots}}}}})")
    return form


def find_c_function(operation: Operation) -> str:
    """Return the C function of a row."""
    name = OTHER_NAMES.get(operation, operation.name)
    is_row = op.OPERATIONS.get(operation.name) is operation
    if is_row and (name in MATH or name in read_rules()):
        return name
    remedy = (
        f"write {name} in c/rules.c" if is_row else 'give its Operation a c="..." that says how'
    )
    raise NoCError(f"{operation.name} can't be written in C: {remedy}")


@cache
def read_rules() -> dict[str, str]:
    """Return the functions of rules.c by their names."""
    text = (files(__package__) / "rules.c").read_text(encoding="utf-8")
    found = re.finditer(r"^static double (\w+)\(.*?^}$", text, re.MULTILINE | re.DOTALL)
    return {match[1]: match[0] for match in found}


def collect_rules(text: str) -> list[str]:
    """Return the functions of rules.c that a text in C calls, and those they call, in order."""
    rules = read_rules()
    return [rules[name] for name in find_called(text, rules, CALLED)]
