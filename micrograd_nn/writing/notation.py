"""How a formula is written: in plain text for a terminal, or in LaTeX for a notebook.

Whether an operand needs parentheses is asked of the form in Python, as in a compiled program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..engine.operation import Operation, Reduction
from ..engine.table import pow
from ..text import short
from .python import OTHER, Text, kind_of, needs_parentheses

WORD = re.compile(r"[\w.]+")
LETTER = re.compile(r"([A-Za-z\u0370-\u03ff])(\d*)")  # x, w12 or α, written as mathematics does
SIGNS = (" ** ", "^"), (" * ", " · "), (" - ", " − "), ("-{", "−{")  # Python's, then people's
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
CALL = "call({})"  # how an operation is read that Python can't read
SUM = re.compile(r"[{}\d +*()]+")  # a form of sums and products only
SPECIAL = {
    **{sign: rf"\{sign}" for sign in "#$%&_{}"},
    "\\": r"\backslash{}", "^": r"{\wedge}", "~": r"{\sim}", "<": "{<}", ">": "{>}",
}  # fmt: skip


class Notation:
    """How formulas are written: in plain text, as here, or in LaTeX.

    >>> Notation().product([Text("p - q", "Sub"), Notation().number(-2.0)]).text
    '(p - q) · (−2)'
    """

    brackets = "({})"
    times, plus, rest = " · ", " + ", "…"
    width = 72  # of a line of several terms

    def number(self, x: float) -> Text:
        """Return a number of four digits."""
        text = short(x + 0.0)  # which is 0 for a zero of either sign
        return Text(text, "USub" if text.startswith("−") else "")

    def name(self, name: str) -> Text:
        """Return a node's name; one that isn't a word has parentheses among operators."""
        return Text(name, "" if WORD.fullmatch(name) else OTHER)

    def derivative(self, of: Text, by: Text) -> Text:
        """Return ∂of/∂by, of two names."""
        names = [self.brackets.format(x.text) if x.kind else x.text for x in (of, by)]
        return Text("∂{}/∂{}".format(*names))

    def applied(self, operation: Operation, inputs: Sequence[Text]) -> Text:
        """Return an operation on texts, with the parentheses that it needs."""
        shown, form = forms_of(operation, len(inputs))
        if form == "{0}":  # a sum of one
            return inputs[0]
        texts = [self.operand(form, inputs, i) for i in range(len(inputs))]
        if operation is pow and re.fullmatch("[0-9]+", texts[1]):
            return Text(texts[0] + texts[1].translate(RAISED), "Pow")
        for python, sign in SIGNS:
            shown = shown.replace(python, sign)
        return Text(shown.format(*texts), kind_of(form, len(inputs)))

    def operand(self, form: str, inputs: Sequence[Text], i: int) -> str:
        """Return an input in parentheses if it needs them, or a sign would follow another."""
        text, kind, _ = inputs[i]
        outer = kind_of(form, len(inputs))  # "" for a call, where nothing is misread
        if kind == OTHER or (kind == "USub" and (i > 0 or outer == "USub")):
            needed = outer != ""
        else:
            needed = kind != "" and needs_parentheses(form, len(inputs), i, kind)
        return self.brackets.format(text) if needed else text

    def product(self, factors: Iterable[Text | None]) -> Text:
        """Return factors as one product; None are those left out, and no factors are 1."""
        return self.joined(list(factors), "{0} * {1}", self.times) or self.number(1.0)

    def total(self, terms: Iterable[Text | None]) -> list[str]:
        """Return the terms of a sum, one line or several."""
        terms = list(terms)
        whole = self.joined(terms, "{0} + {1}", self.plus)
        if whole is None or len(whole.text) <= self.width:
            return [whole.text] if whole else []
        return self.among(terms, "{0} + {1}")

    def joined(self, items: Sequence[Text | None], form: str, sign: str) -> Text | None:
        """Return items with a sign between them."""
        if len(items) < 2:
            return items[0] if items else None
        texts = self.among(items, form)
        signed = texts[0].startswith(("-", "−"))
        return Text(sign.join(texts), "USub" if signed else kind_of(form, 2))

    def among(self, items: Sequence[Text | None], form: str) -> list[str]:
        """Return items as they stand between the signs of a form."""
        one = Text("a0")
        return [
            self.rest if x is None else self.operand(form, (one, x) if i else (x, one), min(i, 1))
            for i, x in enumerate(items)
        ]

    def equation(self, left: str, stages: Iterable[Sequence[str]]) -> str:
        """Return how one derivative is the same as each of the stages, a list of terms each."""
        lines = ["\n  + ".join(terms) for terms in stages]
        return "\n  = ".join([left, *lines])


class Latex(Notation):
    r"""The notation of LaTeX, as notebooks show it.

    >>> from micrograd_nn import tanh
    >>> Latex().applied(tanh, [Latex().name("n")]).text
    '\\tanh\\left(n\\right)'
    """

    brackets = r"\left({}\right)"
    times, plus, rest = r" \cdot ", " + ", r"\cdots"
    width = 160

    def number(self, x: float) -> Text:
        """Return a number of four digits."""
        text, _, exponent = short(x + 0.0).replace("−", "-").partition("e")
        text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
        kind = "USub" if text.startswith("-") else "Mult" if exponent else ""
        return Text(text + rf" \cdot 10^{{{int(exponent)}}}" if exponent else text, kind)

    def name(self, name: str) -> Text:
        """Return a node's name as mathematics if it's a letter, else as text."""
        letter = LETTER.fullmatch(name)
        if letter:
            return Text(letter[1] + (f"_{{{letter[2]}}}" if letter[2] else ""))
        return Text(latex_text(name), "" if WORD.fullmatch(name) else OTHER)

    def derivative(self, of: Text, by: Text) -> Text:
        """Return ∂of/∂by, of two names."""
        return Text(rf"\frac{{\partial {of.text}}}{{\partial {by.text}}}")

    def applied(self, operation: Operation, inputs: Sequence[Text]) -> Text:
        """Return an operation on texts, with the parentheses that it needs."""
        slots, (_, form) = slots_of(len(inputs)), forms_of(operation, len(inputs))
        if form == "{0}":
            return inputs[0]
        latex = operation.latex
        if isinstance(operation, Reduction):
            is_sum = operation.joiner and SUM.fullmatch(form)
            latex = form.replace("*", r"\cdot") if is_sum else latex.replace("{0}", slots)
        if not latex:
            name, form = operation.name, CALL.format(slots)
            name = name if name.isalnum() else doubled(latex_text(name))
            latex = rf"\operatorname{{{{{name}}}}}\left({slots}\right)"
        texts = [
            x.text if f"{{{{{{{i}}}}}}}" in latex else self.operand(form, inputs, i)
            for i, x in enumerate(inputs)
        ]
        return Text(latex.format(*texts), kind_of(form, len(inputs)))

    def operand(self, form: str, inputs: Sequence[Text], i: int) -> str:
        """Return an input in parentheses if it needs them: a fraction does as a base only."""
        if inputs[i].kind == "Div" and kind_of(form, len(inputs)) != "Pow":
            return inputs[i].text
        return super().operand(form, inputs, i)

    def equation(self, left: str, stages: Iterable[Sequence[str]]) -> str:
        """Return the same as one display: lines that are aligned at the equals signs."""
        lines = [r" \\ &\quad + ".join(terms) for terms in stages]
        return rf"\begin{{aligned}} {left} &= " + r" \\ &= ".join(lines) + r" \end{aligned}"


def slots_of(count: int) -> str:
    """Return so many places of a form.

    >>> slots_of(2)
    '{0}, {1}'
    """
    return ", ".join(f"{{{i}}}" for i in range(count))


def forms_of(operation: Operation, count: int) -> tuple[str, str]:
    """Return an operation on so many inputs as a form to show, and as one that Python can read.

    >>> from micrograd_nn import mul
    >>> forms_of(mul, 2), forms_of(Operation("a b", abs, [abs]), 1)
    (('{0} * {1}', '{0} * {1}'), ('a b({0})', 'call({0})'))
    """
    slots = slots_of(count)
    try:
        form = operation.written(*slots.split(", ")) if count else operation.written()
        kind_of(form, count)
    except (SyntaxError, ValueError, LookupError):
        return f"{doubled(operation.name)}({slots})", CALL.format(slots)
    return form, form


def doubled(text: str) -> str:
    """Return a text as it stands in a form: with its braces doubled."""
    return text.replace("{", "{{").replace("}", "}}")


def latex_text(text: str) -> str:
    r"""Return a text as LaTeX shows it in a formula; signs that mean something stand by themselves.

    >>> print(latex_text("a_b {$}"))
    \text{a}\_\text{b }\{\$\}
    """
    parts = re.split(r"([#$%&_{}\\^~<>])", text)
    return "".join(SPECIAL.get(part, rf"\text{{{part}}}") for part in parts if part)
