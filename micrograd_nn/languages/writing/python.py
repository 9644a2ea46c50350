"""The notation of Python, in which compiled programs are written, and names without clashes."""

from __future__ import annotations

import builtins
import keyword
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from ...engine.forward import place
from ...engine.operation import Operation, Reduction
from ...engine.table import OPERATIONS
from .notation import Form, Layout, Notation, Text, make_call

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


class Identifiers:
    """Identifiers for a program's numbers: from labels where there are any, each one once.

    >>> names = Identifiers()
    >>> names.new("layers.0.w"), names.new("layers.0.w"), names.new("lambda"), names.new("2x")
    ('layers_0_w', 'layers_0_w_2', 'lambda_', '_2x')
    """

    def __init__(self, reserved: Collection[str] = RESERVED) -> None:
        self.reserved = reserved
        self.taken = set(reserved)
        self.latest: dict[str, int] = {}  # numbers behind names that stand several times

    def new(self, label: str) -> str:
        """Return an identifier like this label that no other number has."""
        is_plain = label.isascii() and label.isidentifier() and label.strip("_") == label
        if is_plain and label not in self.taken:  # as most are
            self.taken.add(label)
            return label
        # Python reads ﬂ as fl, and a mathematical 𝐱 as x.
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", label)).strip("_") or "v"
        name = f"_{name}" if name[0].isdigit() or not name.isidentifier() else name
        if not name.isidentifier():  # such as ½, a letter to re alone
            name = re.sub(r"[^A-Za-z0-9_]", "_", name)
        name = f"{name}_" if name in self.reserved else name
        tried = name
        while tried in self.taken:
            self.latest[name] = self.latest.get(name, 1) + 1
            tried = f"{name}_{self.latest[name]}"
        self.taken.add(tried)
        return tried

    def keep(self, identifiers: Iterable[str]) -> list[str]:
        """Return identifiers of Python, each one once, as they are if nothing else has them."""
        found = [*identifiers]
        if not (self.taken.isdisjoint(found) and all(map(str.isascii, found))):
            return [*map(self.new, found)]
        self.taken.update(found)
        return found

    def count_up(self, letter: str) -> Iterator[str]:
        """Yield v1, v2, … without those that are taken."""
        for i in count(1):
            if (name := f"{letter}{i}") not in self.taken:
                self.taken.add(name)
                yield name


class Python(Notation):
    """The notation of Python: the rows' own forms, and calls of their forward rules.

    >>> from micrograd_nn import tanh
    >>> Python().write_operation(tanh, [Text("-x", "USub")]).text
    'tanh(-x)'

    ``calls`` has the operations that were written as calls, and the names of their rules there.
    """

    has_double_minus = True

    def __init__(self, names: Identifiers | None = None) -> None:
        self.names = names or Identifiers()
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
        """Return how an operation of so many inputs is written, None if that depends on them."""
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
