"""Formulas in MathML with places to be filled: a page puts in names, then numbers.

They are the formulas of ``formula.py`` in the notation of LaTeX, which a library converts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextvars import Context
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert

from ..._ground.text import make_printable
from ...engine.operation import Operation, Reduction
from ...engine.value import Constant, Value, record
from ...graph.by_hand import ByHand
from ..writing.notation import Form, Text
from .formula import derive_local, write_formula
from .latex import Latex, is_in_braces
from .mathematics import SPELLED_OUT

MOST_INPUTS = 100  # of an operation whose local derivatives are: each derivative reads all of them
FIRST, OPENING, CLOSING = 0xE000, "\uf8fe", "\uf8ff"  # letters for private use: they mean nothing
TAG = re.compile(  # of MathML that only shows: no link, no script, no style
    r"</?m(ath|row|i|n|o|text|frac|su[bp]|subsup|sqrt|root|over|under|underover|table|tr|td|space"
    r"|style|phantom|padded|enclose)"
    r"( (form|fence|stretchy|class|data-place|mathvariant|displaystyle|scriptlevel|linethickness"
    r"|accent|movablelimits|m(in|ax)size|width|height|depth|[lr]space|notation"
    r'|(row|column)(align|spacing|lines))="[\w.+ -]*")* ?/?>'
)
PLACE = re.compile(f"<mi>([{chr(FIRST)}-{chr(FIRST + MOST_INPUTS)}])</mi>")


class Places(Latex):
    """The notation of LaTeX for formulas on places instead of names.

    A place that needs parentheses when it is filled with a negative number has them, marked.
    """

    def write_operand(self, form: Form, inputs: Sequence[Text], i: int) -> str:
        """Return an input as it stands in a form; a place that may need parentheses has them."""
        written, text = super().write_operand(form, inputs, i), inputs[i].text
        if not FIRST <= ord(text[0]) <= FIRST + MOST_INPUTS or is_in_braces(form, i):
            return written
        # A longer text begins with a place, whose sign would follow another sign.
        is_marked = written != text if len(text) == 1 else i > 0 and written == text
        return f"{{{OPENING}{text[0]}{CLOSING}}}{text[1:]}" if is_marked else written


def make_place(i: int) -> Text:
    """Return the place of a node's input ``i``, or of the node itself if that is -1."""
    return Text(chr(FIRST + i + 1), "USub")


def convert_latex(text: str) -> str:
    r"""Return a formula in LaTeX as MathML, with its places as empty elements."""
    words = re.sub(r"\\operatorname\{(\w+)\}", r"\\text{\1}", make_printable(text))
    found = convert(words.replace(r"\operatorname", ""))  # of one of several words and signs
    found = re.sub("<math [^>]*>", "<math>", found, count=1)
    for sign, shown in ((OPENING, "("), (CLOSING, ")")):
        found = found.replace(f"<mi>{sign}</mi>", f'<mo class="sign">{shown}</mo>')
    return PLACE.sub(lambda at: f'<mi data-place="{ord(at[1]) - FIRST - 1}"></mi>', found)


class Formulas:
    """The formulas of a page, each once: those of operations and of their local derivatives."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.known: dict[Any, int | None] = {}

    def add_operation(self, node: Value) -> int | None:
        """Return the number of the formula of a node, None if it has none that can be read."""
        operation, count = node.operation, len(node.inputs)
        if operation is None or count > SPELLED_OUT:
            return None
        key = operation, count
        if key not in self.known:
            places = [make_place(i) for i in range(count)]
            self.known[key] = self.add_text(Places().write_operation(operation, places))
        return self.known[key]

    def add_partial(self, node: Value, position: int) -> int | None:
        """Return the number of the formula of a local derivative, None if it has none."""
        operation = node.operation
        if (
            operation is None
            or node.partials[position] is None
            or len(node.inputs) > MOST_INPUTS
            or isinstance(operation, ByHand)  # whose derivative is no more than a number
        ):
            return None
        # A plain number is part of the formula (2 · x), but not one of many in a sum.
        is_fixed = [
            isinstance(x, Constant) and not isinstance(operation, Reduction) for x in node.inputs
        ]
        pairs = list(zip(node.numbers, is_fixed, strict=True))
        key = operation, position, tuple([number if fixed else None for number, fixed in pairs])
        if key not in self.known:
            again = Context().run(record_anew, operation, pairs)  # a node that nobody looks at
            local = derive_local(again, position)
            if local is None:
                return None  # at these numbers
            places = {x: make_place(i) for i, x in enumerate(again.inputs)} | {
                again: make_place(-1)
            }
            named = {symbol: places[node] for symbol, node in local.nodes.items()}
            text = write_formula(local, named, Places())
            if text is None:
                return None
            self.known[key] = self.add_text(text)
        return self.known[key]

    def add_text(self, text: Text) -> int | None:
        """Add a formula, and return its number; None if it isn't LaTeX that can be converted."""
        try:
            written = convert_latex(text.text)
        except Exception:  # of any kind, for a custom operation's latex may be anything
            return None
        if not is_mathml(written):
            return None
        self.texts.append(written)
        return len(self.texts) - 1


def record_anew(operation: Operation, pairs: Sequence[tuple[float, bool]]) -> Any:
    """Return a node of an operation on constants, where a number is fixed, and on new leaves."""
    return record(operation, [Constant(x) if fixed else Value(x) for x, fixed in pairs])


def is_mathml(text: str) -> bool:
    r"""Tell whether a text is well-formed MathML and no other markup, all of it converted.

    >>> is_mathml("<math><mi>x</mi></math>"), is_mathml("<math><img/></math>")
    (True, False)
    >>> is_mathml("<math><mi>x</math>"), is_mathml(r"<math><mi>\unknown</mi></math>")
    (False, False)
    """
    if "\\" in text or not all(map(TAG.fullmatch, re.findall("<[^<>]*>?", text))):
        return False
    try:
        return ElementTree.fromstring(text).tag == "math"
    except ElementTree.ParseError:
        return False
