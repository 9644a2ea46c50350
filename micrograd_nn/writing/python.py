"""Operations written as Python source: parentheses where they are needed, names without clashes.

Whether an operand needs parentheses is asked of Python's own parser, so an operation's form can be
any expression.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from ..engine.operation import Operation, Reduction
from ..engine.table import OPERATIONS
from .symbol import literal

LONGEST = 60  # operations in one expression: CPython's compiler recurses into what is nested

# The names that every function uses for itself.
OWN = {
    "program",
    "predict",
    "parameters",
    "rows",
    "row",
    "upstream",
    "start",
    "results",
    "total",
    "BranchError",
}
# The functions that a program's lines call, by the rows' names and by their own.
RULES: dict[str, Any] = {name: thing for name, thing in vars(math).items() if callable(thing)}
RULES |= {"inf": math.inf, "nan": math.nan}
for row in OPERATIONS.values():
    RULES |= {row.name: row.forward, row.forward.__name__: row.forward}
GIVE_FLOATS = {id(row.forward) for row in OPERATIONS.values()}
RESERVED = {*OWN, *RULES, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}

SAMPLES = {"Add": "p + q", "Sub": "p - q", "Mult": "p * q", "Div": "p / q"}
SAMPLES |= {"USub": "-p", "Pow": "p ** q"}
ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript)
OTHER = "other"  # an outermost operator that isn't in the samples: it always has parentheses


class Text(NamedTuple):
    """An expression as source: its text, its outermost operator ("" if none), its operations."""

    text: str
    kind: str = ""
    size: int = 0


class Names:
    """Identifiers for a program's numbers: from labels where there are any, each one once.

    >>> names = Names()
    >>> names.new("layers.0.w"), names.new("layers.0.w"), names.new("lambda"), names.new("2x")
    ('layers_0_w', 'layers_0_w_2', 'lambda_', '_2x')
    """

    def __init__(self, taken: Iterable[str] = RESERVED) -> None:
        self.taken = set(taken)

    def new(self, label: str) -> str:
        """Return an identifier like this label that no other number has."""
        # Python reads ﬂ as fl, and a mathematical 𝐱 as x.
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", label)).strip("_") or "v"
        name = f"_{name}" if name[0].isdigit() or not name.isidentifier() else name
        if not name.isidentifier():  # such as ½, a letter to re alone
            name = re.sub(r"[^A-Za-z0-9_]", "_", name)
        name = f"{name}_" if name in RESERVED else name
        tries = (f"{name}_{i}" for i in count(2))
        while name in self.taken:
            name = next(tries)
        self.taken.add(name)
        return name

    def numbered(self, letter: str) -> Iterator[str]:
        """Yield v1, v2, … without those that are taken."""
        for i in count(1):
            if (name := f"{letter}{i}") not in self.taken:
                self.taken.add(name)
                yield name


def expression(operation: Operation, called: str, inputs: Sequence[Text]) -> list[Text]:
    """Return an operation on texts as source; a long sum in parts, to be put behind one another.

    >>> from micrograd_nn import mul, tanh
    >>> expression(mul, "mul", [Text("a + b", "Add", 1), Text("c")])
    [Text(text='(a + b) * c', kind='Mult', size=2)]
    >>> expression(tanh, "tanh", [Text("x")])[0].text
    'tanh(x)'
    """
    size = sum(x.size for x in inputs) + 1
    texts = [x.text for x in inputs]
    joiner = operation.joiner if isinstance(operation, Reduction) else ""
    if not (operation.code or joiner):
        if id(operation.forward) not in GIVE_FLOATS:  # as the number of a Value is a float
            return [Text(f"float({called}({', '.join(texts)}))", "", size)]
        return [Text(f"{called}({', '.join(texts)})", "", size)]
    if isinstance(operation, Reduction):
        terms = list(operation.terms(*texts)) if operation.terms else texts
        parts = [joiner.join(terms[i : i + LONGEST]) for i in range(0, len(terms), LONGEST)] or [
            operation.empty
        ]
        kind = kind_of(parts[0]) if len(terms) < 2 else kind_of(joiner.join("pq"))
        parts[1:] = [joiner + part for part in parts[1:]]
        return [Text(part, kind, size + len(terms)) for part in parts]
    form = operation.code if isinstance(operation.code, str) else operation.code(*texts)
    operands = [
        f"({x.text})" if x.kind and needs_parentheses(form, len(inputs), i, x.kind) else x.text
        for i, x in enumerate(inputs)
    ]
    return [Text(form.format(*operands), kind_of(form, len(inputs)), size)]


def number(x: float) -> Text:
    """Return a number as source."""
    text = literal(x)
    return Text(text, "USub" if text.startswith("-") else "")


def needs_name(operation: Operation, i: int) -> bool:
    """Tell whether an operation's form takes its input ``i`` as a name only."""
    if isinstance(operation, Reduction):
        return bool(operation.joiner)
    return isinstance(operation.code, str) and operation.code.count(f"{{{i}}}") > 1


@cache
def kind_of(form: str, n_inputs: int = 0) -> str:
    """Return the outermost operator of a form: "" for a name, a call and what is in parentheses.

    >>> kind_of("{0} * {1}", 2), kind_of("tanh({0})", 1), kind_of("({0} + 1)", 1)
    ('Mult', '', '')
    """
    node = ast.parse(form.format(*placeholders(n_inputs)), mode="eval").body
    if node.col_offset or isinstance(node, ATOMS):
        return ""
    kind = type(node.op).__name__ if isinstance(node, (ast.BinOp, ast.UnaryOp)) else OTHER
    return kind if kind in SAMPLES else OTHER


@cache
def needs_parentheses(form: str, n_inputs: int, i: int, kind: str) -> bool:
    """Tell whether Python reads a form differently without parentheses around input ``i``.

    >>> needs_parentheses("{0} - {1}", 2, 0, "Sub"), needs_parentheses("{0} - {1}", 2, 1, "Sub")
    (False, True)
    """
    if kind == OTHER:
        return True
    names, read = placeholders(n_inputs), []
    for operand in (SAMPLES[kind], f"({SAMPLES[kind]})"):
        names[i] = operand
        read.append(ast.dump(ast.parse(form.format(*names))))
    return read[0] != read[1]


def placeholders(count: int) -> list[str]:
    """Return so many names.

    >>> placeholders(3)
    ['a0', 'a1', 'a2']
    """
    return [f"a{i}" for i in range(count)]
