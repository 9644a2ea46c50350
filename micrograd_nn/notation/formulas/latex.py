"""The notation of LaTeX, in which a notebook shows formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..._ground.text import format_number
from ...engine.operation import Operation, Reduction
from ..writing.notation import CALL, OTHER, Form, Text, double_braces, list_slots
from .mathematics import WORD, Mathematics, find_shape

SHORT_NAME = re.compile(r"([A-Za-z\u0370-\u03ff])(\d*)")  # x, w12 or α, written as mathematics does
ARITHMETIC_FORM = re.compile(r"[{}\d +*()]+")  # sums and products only
MORE_THAN_A_FORMULA = re.compile(  # links, styles, definitions, files, and markup
    r"\\(href|url|class|cssId|style|html\w*|require|unicode|(|g|e|x)def|let|(re)?newcommand|input"
    r"|include\w*)(?![A-Za-z])|<[A-Za-z/!?]"
)
SPECIAL = {
    **{sign: rf"\{sign}" for sign in "#$%&_{}"},
    "\\": r"\backslash{}", "^": r"{\wedge}", "~": r"{\sim}", "<": "{<}", ">": "{>}",
}  # fmt: skip


class Latex(Mathematics):
    r"""The notation of LaTeX.

    >>> from micrograd_nn import tanh
    >>> Latex().write_operation(tanh, [Latex().write_name("n")]).text
    '\\tanh\\left(n\\right)'
    """

    parentheses = r"\left({}\right)"
    times, rest = r" \cdot ", r"\cdots"
    width = 160

    def find_form(self, operation: Operation, inputs: Sequence[Text]) -> Form:
        """Return how LaTeX writes an operation: as its row says, or as its name in upright type."""
        count, latex = len(inputs), operation.latex
        shape, slots = find_shape(operation, count), ", ".join(list_slots(count))
        if isinstance(operation, Reduction):
            is_sum = operation.joiner and ARITHMETIC_FORM.fullmatch(shape)
            latex = shape.replace("*", r"\cdot") if is_sum else latex.replace("{0}", slots)
        if (latex and is_form(latex, count)) or shape == "{0}":
            return Form(latex, count, shape)
        name = operation.name
        name = name if name.isalnum() else double_braces(escape_latex(name))
        return Form(rf"\operatorname{{{{{name}}}}}\left({slots}\right)", count, CALL)

    def needs_parentheses(self, form: Form, x: Text, i: int) -> bool:
        """Tell whether an input needs parentheses: a fraction does as a base only."""
        is_fraction = x.operator == "Div" and form.operator != "Pow"
        return not (is_fraction or is_in_braces(form, i)) and super().needs_parentheses(form, x, i)

    def write_number(self, x: float) -> Text:
        """Return a number of four digits."""
        text, _, exponent = format_number(x + 0.0).replace("−", "-").partition("e")
        text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
        operator = "USub" if text.startswith("-") else "Mult" if exponent else ""
        return Text(text + rf" \cdot 10^{{{int(exponent)}}}" if exponent else text, operator)

    def write_name(self, name: str) -> Text:
        """Return a node's name as mathematics if it's a letter, else as text."""
        letter = SHORT_NAME.fullmatch(name)
        if letter:
            return Text(letter[1] + (f"_{{{letter[2]}}}" if letter[2] else ""))
        return Text(escape_latex(name), "" if WORD.fullmatch(name) else OTHER)

    def write_derivative(self, of: Text, by: Text) -> Text:
        """Return ∂of/∂by, of two names."""
        return Text(rf"\frac{{\partial {of.text}}}{{\partial {by.text}}}")

    def write_equation(self, left: str, stages: Iterable[Sequence[str]]) -> str:
        """Return the same as one display: lines that are aligned at the equals signs."""
        lines = [r" \\ &\quad + ".join(terms) for terms in stages]
        return rf"\begin{{aligned}} {left} &= " + r" \\ &= ".join(lines) + r" \end{aligned}"


def is_form(latex: str, count: int) -> bool:
    r"""Tell whether this can stand as LaTeX with ``count`` inputs, and is a formula and no more.

    >>> is_form(r"\sqrt{{{0}}}", 1), is_form(r"\sqrt{x}", 1), is_form(r"\href{{a}}{{{0}}}", 1)
    (True, False, False)
    """
    try:
        return not MORE_THAN_A_FORMULA.search(latex.format(*list_slots(count)))
    except (LookupError, ValueError, AttributeError):  # braces that aren't doubled
        return False


def is_in_braces(form: Form, i: int) -> bool:
    """Tell whether LaTeX's own braces stand around an input, as in an exponent."""
    return f"{{{{{{{i}}}}}}}" in form.text


def escape_latex(text: str) -> str:
    r"""Return a text as LaTeX shows it in a formula; signs that mean something stand by themselves.

    >>> print(escape_latex("a_b {$}"))
    \text{a}\_\text{b }\{\$\}
    """
    parts = re.split(r"([#$%&_{}\\^~<>])", text)
    return "".join(SPECIAL.get(part, rf"\text{{{part}}}") for part in parts if part)
