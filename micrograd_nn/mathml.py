"""Formulas in MathML with places to be filled: a page puts in names, then numbers.

They are the formulas of ``formula.py`` in the notation of LaTeX, which a library converts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from latex2mathml.converter import convert

from .formula import formula, local_derivative
from .notation import Latex
from .operation import Operation, Reduction
from .value import Constant, Value, record
from .written import Text

SPELLED_OUT = 8  # inputs of an operation that is written out
FIRST, OPENING, CLOSING = 0xE000, "\uf8fe", "\uf8ff"  # letters for private use: they mean nothing
MOST = ord(OPENING) - FIRST
PLACE = re.compile(f"<mi>([{chr(FIRST)}-{chr(FIRST + MOST - 1)}])</mi>")


class Places(Latex):
    """The notation of LaTeX for formulas on places instead of names.

    A place that needs parentheses when it is filled with a negative number has them, marked.
    """

    def operand(self, form: str, inputs: Sequence[Text], i: int) -> str:
        """Return an input as it stands among a form's operators."""
        written, text = super().operand(form, inputs, i), inputs[i].text
        is_place = len(text) == 1 and FIRST <= ord(text) < FIRST + MOST
        return f"{{{OPENING}{text}{CLOSING}}}" if is_place and written != text else written


def place(i: int) -> Text:
    """Return the place of a node's input ``i``, or of the node itself if that is -1."""
    return Text(chr(FIRST + i + 1), "USub")


def mathml(text: str) -> str:
    r"""Return a formula in LaTeX as MathML, with its places as empty elements.

    >>> mathml(r"2 \cdot " + place(0).text)
    '<math><mrow><mn>2</mn><mo>&#x000B7;</mo><mi data-place="0"></mi></mrow></math>'
    """
    found = convert(text.replace(r"\operatorname", r"\text"))
    found = re.sub("<math [^>]*>", "<math>", found, count=1)
    for sign, shown in ((OPENING, "("), (CLOSING, ")")):
        found = found.replace(f"<mi>{sign}</mi>", f'<mo class="sign">{shown}</mo>')
    return PLACE.sub(lambda at: f'<mi data-place="{ord(at[1]) - FIRST - 1}"></mi>', found)


class Formulas:
    """The formulas of a page, each once: those of operations and of their local derivatives.

    >>> formulas = Formulas()
    >>> x = Value(3.0)
    >>> formulas.of_partial(x.sin(), 0), formulas.of_partial(Value(2.0).sin(), 0)
    (0, 0)
    >>> formulas.texts
    ['<math><mrow><mi>cos</mi><mrow><mo stretchy="true" fence="true" form="prefix">&#x00028;</mo>\
<mi data-place="0"></mi><mo stretchy="true" fence="true" form="postfix">&#x00029;</mo></mrow>\
</mrow></math>']
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.known: dict[Any, int | None] = {}
        self.recorded: dict[Any, Value] = {}

    def of_operation(self, node: Value) -> int | None:
        """Return the number of the formula of a node, None if it is too long to be read."""
        operation, count = node.operation, len(node.inputs)
        if operation is None:
            return None
        key = operation, count
        if key not in self.known:
            text = None
            if count <= SPELLED_OUT:
                text = Places().applied(operation, [place(i) for i in range(count)])
            self.known[key] = self.added(text)
        return self.known[key]

    def of_partial(self, node: Value, position: int) -> int | None:
        """Return the number of the formula of a local derivative, None if it has none."""
        operation = node.operation
        if operation is None or node.partials[position] is None or len(node.inputs) >= MOST:
            return None
        # A plain number is part of the formula (2 · x), but not one of many in a sum.
        is_fixed = [isinstance(x, Constant) and not is_long(operation) for x in node.inputs]
        numbers = zip(node.numbers, is_fixed, strict=True)
        kind = operation, tuple([number if fixed else None for number, fixed in numbers])
        key = *kind, position
        if key not in self.known:
            if kind not in self.recorded:
                pairs = zip(node.numbers, is_fixed, strict=True)
                inputs = [Constant(x) if fixed else Value(x) for x, fixed in pairs]
                self.recorded[kind] = record(operation, inputs)
            again, text = self.recorded[kind], None
            local = local_derivative(again, position)
            if local is not None:
                places = {x: place(i) for i, x in enumerate(again.inputs)} | {again: place(-1)}
                leaves = {leaf: places[x] for leaf, x in local.nodes.items()}
                text = formula(local, leaves, Places())
            self.known[key] = self.added(text)
        return self.known[key]

    def added(self, text: Text | None) -> int | None:
        """Add a formula, and return its number."""
        if text is None:
            return None
        self.texts.append(mathml(text.text))
        return len(self.texts) - 1


def is_long(operation: Operation) -> bool:
    """Tell whether an operation may have any number of inputs."""
    return isinstance(operation, Reduction)
