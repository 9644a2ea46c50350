"""The notation of Python, in which compiled programs are written, and its identifiers."""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Sequence
from typing import Any

from ..engine.forward import place
from ..engine.operation import Operation, Reduction
from ..engine.table import OPERATIONS
from .writing.identifiers import Identifiers
from .writing.notation import Form, Layout, Notation, Text, make_call

# The names that every function uses for itself.
OWN = {
    "constants",
    "program",
    "predict",
    "forward",
    "numbers",
    "parameters",
    "rows",
    "row",
    "upstream",
    "start",
    "results",
    "total",
    "columns",
    "BranchError",
}
# The functions that a program's lines call, by the rows' names and by their own.
RULES: dict[str, Any] = {name: thing for name, thing in vars(math).items() if callable(thing)}
RULES |= {"inf": math.inf, "nan": math.nan}
RULES["place"] = place  # which the form of a lookup calls
for row in OPERATIONS.values():
    RULES |= {row.name: row.forward, row.forward.__name__: row.forward}
GIVE_FLOATS = {id(row.forward) for row in OPERATIONS.values()}
RESERVED = {*OWN, *RULES, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}


class PythonIdentifiers(Identifiers):
    """Identifiers of Python, unlike the names that a program uses itself.

    >>> names = PythonIdentifiers()
    >>> names.new("lambda"), names.new("rows")
    ('lambda_', 'rows_')
    """

    def __init__(self) -> None:
        super().__init__(RESERVED)


class Python(Notation):
    """The notation of Python: the rows' own forms, and calls of their forward rules.

    >>> from micrograd_nn import tanh
    >>> Python().write_operation(tanh, [Text("-x", "USub")]).text
    'tanh(-x)'

    ``calls`` has the operations that were written as calls, and the names of their rules there.
    """

    has_double_minus = True

    def __init__(self, names: Identifiers | None = None) -> None:
        self.names = names or PythonIdentifiers()
        self.calls: dict[Operation, str] = {}

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how a program writes an operation: as its row says, or as a call."""
        if code := operation.code:
            text = code if isinstance(code, str) else code(*[x.text for x in inputs])
            return Form(text, len(inputs), text)
        form = make_call(self.name_rule(operation), len(inputs))
        if id(operation.forward) in GIVE_FLOATS:
            return form
        return form._replace(text=f"float({form.text})")  # as the number of a Value is a float

    def find_layout(self, operation: Operation, count: int) -> Layout | None:
        """Return how an operation of ``count`` inputs is written, None if that depends on them."""
        return None if callable(operation.code) else super().find_layout(operation, count)

    def name_rule(self, operation: Operation) -> str:
        """Return the name of an operation's forward rule in the program."""
        if operation not in self.calls:
            name = getattr(operation.forward, "__name__", "")
            is_known = RULES.get(name) is operation.forward
            self.calls[operation] = name if is_known else self.names.new(operation.name)
        return self.calls[operation]

    def needs_name(self, operation: Operation, i: int) -> bool:
        """Tell whether an operation's form takes its input ``i`` as a name or a number only."""
        if isinstance(operation, Reduction) or not isinstance(operation.code, str):
            return super().needs_name(operation, i)
        return operation.code.count(f"{{{i}}}") > 1
