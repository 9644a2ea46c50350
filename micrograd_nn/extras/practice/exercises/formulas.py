"""A formula as an answer: read as an expression, and compared at random points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from random import Random

from ...._ground.text import InputError, format_number, join_words, quote_text, spell_signs
from ....notation.expressions import ExpressionError, list_leaf_names, parse, tidy_expression

COMPARED = 8  # at which two formulas have to agree
CLOSE = 1e-6  # relatively, and for numbers below 1 absolutely


@dataclass(frozen=True)
class FormulaAnswer:
    """A formula, whatever way it is written: it is compared with another one at random points.

    ``domain`` has the names that it is in, and from where to where each goes; ``defined`` those
    that follow from them, which may stand in a formula as well.

    >>> slope = FormulaAnswer("1 - t**2", {"n": (-2.0, 2.0)}, {"t": "tanh(n)"})
    >>> typed = "(1-t)*(1+t)", "1 − t²", "1 - tanh(n)^2", "1 - n**2"
    >>> [slope.is_same(slope.read(text)) for text in typed]
    [True, True, True, False]
    >>> slope.read("1 - q**2")
    Traceback (most recent call last):
    micrograd_nn.InputError: q isn't a name here: write the formula in n and t

    What isn't a formula is refused as an expression is, with a caret at the place.
    """

    formula: str
    domain: Mapping[str, tuple[float, float]]
    defined: Mapping[str, str]

    def read(self, text: str) -> str:
        """Return the formula that a text is, in signs of a keyboard."""
        plain = tidy_expression(text).replace("^", "**")
        plain = re.sub(r"\bln\b", "log", plain)
        if not plain:
            raise InputError(f"a formula is missing: write one in {self.say_names()}")
        names = list_leaf_names(plain)
        for name in names:
            if name not in self.domain and name not in self.defined:
                raise InputError(
                    f"{quote_text(name)[1:-1]} isn't a name here: "
                    f"write the formula in {self.say_names()}"
                )
        points = list(self.list_points())
        if all(compute_formula(plain, point) is None for point in points):
            parse(plain, {name: points[0][name] for name in names})  # which says what is wrong
            raise InputError(f"{quote_text(plain)} is too large a number")
        return plain

    def say_names(self) -> str:
        """Return the names that the formula may have, in words."""
        return join_words([*self.domain, *self.defined])

    def say_how(self) -> str:
        """Say how to write the formula down."""
        names = self.say_names()
        return (
            f"Write a formula in {names}, as you would type it, such as `2*x`, `x**2` or `exp(x)`."
        )

    def list_points(self) -> Iterator[dict[str, float]]:
        """Yield the numbers of the names, at as many points as formulas are compared.

        Where the formula has a number on the other side of 0, too, some of them are there.
        """
        random = Random(self.formula)
        for number in range(COMPARED):
            free = {name: random.uniform(*ends) for name, ends in self.domain.items()}
            turned = {
                name: -x if number >> i & 1 else x for i, (name, x) in enumerate(free.items())
            }
            point = self.find_point(turned) or self.find_point(free)
            if point is None:
                raise ValueError(f"the answer {self.formula} has no number at {free}")
            yield point

    def find_point(self, free: Mapping[str, float]) -> dict[str, float] | None:
        """Return the numbers of all names, None where one of them or the formula has none."""
        point = dict(free)
        for name, text in [*self.defined.items(), ("", self.formula)]:
            found = compute_formula(text, point)
            if found is None:
                return None
            point[name] = found
        del point[""]
        return point

    def is_same(self, given: object) -> bool:
        """Tell whether a formula that was read gives the same numbers as this one."""
        return self.are_same(given, self.formula)

    def are_same(self, given: object, other: object) -> bool:
        """Tell whether two formulas give the same numbers."""
        return self.find_difference(given, other) is None

    def find_difference(self, given: object, other: object) -> Mapping[str, float] | None:
        """Return where two formulas give different numbers, None if they nowhere do."""
        for point in self.list_points():
            one, two = compute_formula(str(given), point), compute_formula(str(other), point)
            if one is None and two is None:
                continue
            if one is None or two is None or not is_close(one, two):
                return point
        return None

    def describe_difference(self, given: object) -> str:
        """Say at which numbers a wrong formula gives what."""
        point = self.find_difference(given, self.formula)
        if point is None:
            return ""
        found, right = compute_formula(str(given), point), compute_formula(self.formula, point)
        where = join_words([f"{name} = {format_number(x, 3)}" for name, x in point.items()])
        said = f"it gives {format_number(found)}" if found is not None else "it gives no number"
        return f"At {where}, {said}, and the derivative is {format_number(right)}."

    def show(self) -> str:
        """Return the formula as one types it."""
        return self.formula


def compute_formula(text: str, point: Mapping[str, float]) -> float | None:
    """Return the number of a formula, None where it has none."""
    try:
        return parse(text, {name: point[name] for name in list_leaf_names(text)}).data
    except ExpressionError:
        return None


def multiply_formulas(one: str, other: str) -> str:
    """Return the product of two formulas as a person writes it; the other has no sum in it.

    >>> [multiply_formulas(text, "2*x") for text in ("3*u**2", "-1/u**2", "0.5/y", "1 - y**2")]
    ['6*x*u**2', '-2*x/u**2', 'x/y', '2*x*(1 - y**2)']
    """
    if " - " in re.sub(r"\(.*?\)", "", one):
        return f"{other}*({one})"
    fraction = re.fullmatch(r"(-?)([\d.]+)(/.*)", one)
    sign, one, under = fraction.groups() if fraction else ("", one, "")
    texts, number = [], 1.0
    for text in (other, one):
        factor = re.match(r"([\d.]+)(?:\*(?!\*)|$)", text)
        number *= float(factor[1]) if factor else 1
        texts.append(text[factor.end() :] if factor else text)
    known = [text for text in texts if text]
    return sign + "*".join([f"{number:g}"] * (number != 1 or not known) + known) + under


def type_formula(text: str) -> str:
    """Return a formula of plain text as one types it."""
    return re.sub(r" (\*\*?|/) ", r"\1", spell_signs(text).replace("^", "**"))


def is_close(one: float, other: float) -> bool:
    """Tell whether two numbers are the same but for rounding."""
    return isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
