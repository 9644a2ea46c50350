"""How a language writes expressions: its numbers, its operations, and where parentheses stand.

A language is a subclass in a file of its own. It gives each operation a form (``find_form``), and
numbers where it writes them in its own way; all else is decided here. Whether an operand needs
parentheses is asked of Python's own parser, so a form can be any expression.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ...engine.operation import Operation, Reduction
from .symbol import Symbol

MOST_TERMS = 60  # in one expression: compilers recurse into what is nested

SAMPLES = {"Add": "p + q", "Sub": "p - q", "Mult": "p * q", "Div": "p / q"}
SAMPLES |= {"USub": "-p", "Pow": "p ** q"}
OTHER = "other"  # any other outermost operator
KINDS_OF_OPERATORS = (*SAMPLES, OTHER)
LOOSEST = "p := q"  # the sample of those: read alike only between brackets and commas
ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript)
CALL = "call()"  # the shape of a call, whose arguments need no parentheses


class Text(NamedTuple):
    """An expression as text, its outermost operator ("" if none), and how many operations it has.

    Operators go by the names of Python's ``ast``: Add, Sub, Mult, Div, USub, Pow, or other.
    """

    text: str
    operator: str = ""
    size: int = 0


class Form(NamedTuple):
    """How an operation is written: a text in which {0}, {1}, … stand for its inputs.

    ``shape`` is the same as Python writes it, or "" if the operation's own words may stand
    around an input, so that nobody can tell how it is read.
    """

    text: str
    arity: int
    shape: str

    @property
    def operator(self) -> str:
        """The outermost operator."""
        return find_operator(self.shape, self.arity) if self.shape else ""


class Layout(NamedTuple):
    """A form of which all is decided beforehand.

    ``enclosed`` has the outermost operators that need parentheses in the place of each input.
    """

    format: Callable[..., str]
    enclosed: Sequence[Collection[str]]
    operator: str


class Notation(ABC):
    """A language that expressions are written in.

    >>> from micrograd_nn import mul
    >>> from micrograd_nn.notation.python import Python
    >>> Python().write_operation(mul, [Text("a + b", "Add", 1), Text("c")])
    Text(text='(a + b) * c', operator='Mult', size=2)
    """

    parentheses = "({})"
    infinity, nan = "inf", "nan"
    has_double_minus = False  # whether -- are two minus signs, rather than a sign of its own

    @abstractmethod
    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return the form of an operation on these inputs."""

    def write_number(self, x: float) -> Text:
        """Return a number with all its digits."""
        text = repr(float(x)).replace("inf", self.infinity).replace("nan", self.nan)
        return Text(text, "USub" if text.startswith("-") else "")

    def write_symbol(self, x: Symbol | float, texts: Mapping[Symbol, Text]) -> Text:
        """Return a symbol by its text or by those of its inputs; a number stands for itself."""
        if not isinstance(x, Symbol):
            return self.write_number(x)
        if x in texts or x.operation is None:
            return texts[x]
        return self.write_operation(x.operation, [self.write_symbol(y, texts) for y in x.inputs])

    def write_operation(self, operation: Operation, inputs: Sequence[Text]) -> Text:
        """Return an operation on texts, with the parentheses that it needs."""
        form, size = self.find_form(operation, inputs), 1 + sum([x.size for x in inputs])
        if form.shape == "{0}":  # such as a sum of one
            return inputs[0]._replace(size=size)
        texts = [self.write_operand(form, inputs, i) for i in range(len(inputs))]
        return Text(form.text.format(*texts), form.operator, size)

    def write_parts(self, operation: Operation, inputs: Sequence[Text]) -> list[Text]:
        """Return an operation on texts; a long sum in parts, to be put behind one another.

        The inputs of what has a joiner between its terms are names and numbers: see ``needs_name``.
        """
        if not (isinstance(operation, Reduction) and operation.joiner):
            return [self.write_operation(operation, inputs)]
        joiner, texts = operation.joiner, [x.text for x in inputs]
        terms = operation.terms(*texts) if operation.terms else texts
        chunks = [terms[i : i + MOST_TERMS] for i in range(0, len(terms), MOST_TERMS)]
        parts = [joiner.join(chunk) for chunk in chunks] or [operation.empty]
        operator = find_operator(parts[0] if len(terms) < 2 else joiner.join("pq"))
        size = 1 + len(terms) + sum([x.size for x in inputs])
        return [Text(joiner * (i > 0) + part, operator, size) for i, part in enumerate(parts)]

    def find_layout(self, operation: Operation, count: int) -> Layout | None:
        """Return how an operation of ``count`` inputs is written, None if that depends on them."""
        if isinstance(operation, Reduction) and operation.joiner:
            return None
        form = self.find_form(operation, [Text("")] * count)
        if form.shape == "{0}":
            return None
        enclosed = [
            {x for x in KINDS_OF_OPERATORS if self.needs_parentheses(form, Text("", x), i)}
            for i in range(count)
        ]
        return Layout(form.text.format, enclosed, form.operator)

    def needs_name(self, operation: Operation, i: int) -> bool:
        """Tell whether an operation's form takes its input ``i`` as a name or a number only."""
        return isinstance(operation, Reduction) and bool(operation.joiner)

    def write_operand(self, form: Form, inputs: Sequence[Text], i: int) -> str:
        """Return an input as it stands in a form, in parentheses if it needs them."""
        text = inputs[i].text
        return self.parentheses.format(text) if self.needs_parentheses(form, inputs[i], i) else text

    def needs_parentheses(self, form: Form, x: Text, i: int) -> bool:
        """Tell whether input ``i`` of a form needs parentheses."""
        if not x.operator or form.shape == CALL:
            return False
        if x.operator == "USub" == form.operator and not self.has_double_minus:
            return True
        return not form.shape or is_misread(form.shape, form.arity, i, x.operator)


def make_call(name: str, count: int) -> Form:
    """Return the form of a call with ``count`` inputs."""
    return Form(f"{double_braces(name)}({', '.join(list_slots(count))})", count, CALL)


def list_slots(count: int) -> list[str]:
    """Return the first ``count`` places of a form."""
    return [f"{{{i}}}" for i in range(count)]


def double_braces(text: str) -> str:
    """Return a text as it stands in a form: with its braces doubled."""
    return text.replace("{", "{{").replace("}", "}}")


@cache
def find_operator(shape: str, count: int = 0) -> str:
    """Return a shape's outermost operator: "" for a name, a call, what is in parentheses."""
    node = ast.parse(shape.format(*[f"a{i}" for i in range(count)]), mode="eval").body
    if node.col_offset or isinstance(node, ATOMS):
        return ""
    operator = type(node.op).__name__ if isinstance(node, (ast.BinOp, ast.UnaryOp)) else OTHER
    return operator if operator in SAMPLES else OTHER


@cache
def is_misread(shape: str, count: int, i: int, operator: str) -> bool:
    """Tell whether Python reads a shape differently without parentheses around input ``i``.

    >>> is_misread("{0} - {1}", 2, 0, "Sub"), is_misread("{0} - {1}", 2, 1, "Sub")
    (False, True)
    """
    names, read = [f"a{i}" for i in range(count)], []
    sample = SAMPLES.get(operator, LOOSEST)
    for names[i] in (f"({sample})", sample):
        try:
            read.append(ast.dump(ast.parse(shape.format(*names), mode="eval")))
        except SyntaxError:
            return True
    return read[0] != read[1]
