"""What an exercise takes for an answer: a number, one of several choices, or a formula.

An answer reads what somebody typed, and tells whether two answers are the same. A formula is read
as an expression, and compared at random points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from random import Random
from string import ascii_lowercase

from ...._ground.text import (
    InputError,
    format_number,
    join_words,
    may_have_thousands,
    quote_text,
    read_typed_number,
    show_line,
    spell_signs,
)
from ....notation.expressions import ExpressionError, list_leaf_names, parse, tidy_expression
from ....stepping.misconceptions import is_near, is_nearly

NUMBERS_READ = "write one such as −1.5, 0,5 or 1/2"
NEARLY = "Nearly. It has to be right to three digits."  # which isn't a mistake
LETTERED = re.compile(r"\(?([a-z])(?:[.):]+ ?| |$)(.*)")  # the letter of a choice, and its text
FACTORS = (2, 3, 4, 5, 6, 8)  # by which an answer may be off
COMPARED = 8  # at which two formulas have to agree
CLOSE = 1e-6  # relatively, and for numbers below 1 absolutely


@dataclass(frozen=True)
class NumberAnswer:
    """A number, to three digits (see ``is_near``): ``1/2``, ``0,5`` and ``.5`` are the same one.

    >>> half = NumberAnswer(0.5)
    >>> [half.is_same(half.read(text)) for text in ("1/2", "0,5", ".5", "−0.5")]
    [True, True, True, False]
    >>> half.read("a half")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'a half' isn't a number: write one such as −1.5, 0,5 or 1/2
    """

    number: float

    def read(self, text: str) -> float:
        """Return the number that a text is."""
        if not text.strip():
            raise InputError(f"a number is missing: {NUMBERS_READ}")
        said = show_line(text.strip())
        parts = text.split("/")
        for part in parts:
            if may_have_thousands(part):
                raise InputError(
                    f"the comma of {show_line(part.strip())} may divide thousands or decimals: "
                    "write the number without it, or with a point"
                )
        found = [number for number in map(read_typed_number, parts) if number is not None]
        if not len(found) == len(parts) < 3 or not any(map(str.isdigit, text)):
            raise InputError(f"{quote_text(text)} isn't a number: {NUMBERS_READ}")
        over, under = [*found, 1.0][:2]
        if under == 0 and not is_below_float(parts[1]):
            raise InputError(f"{said} divides by zero: {NUMBERS_READ}")
        number = over / under if under else math.inf
        is_lost = number == 0 and (over != 0 or is_below_float(parts[0]))
        if is_lost or not math.isfinite(number) or math.isinf(under):
            raise InputError(f"{said} is beyond a float: {NUMBERS_READ}")
        return number

    def is_same(self, given: object) -> bool:
        """Tell whether a number is this one, but for rounding."""
        return self.are_same(given, self.number)

    def are_same(self, given: object, other: object) -> bool:
        """Tell whether two numbers are the same, but for rounding."""
        numbers = isinstance(given, float) and isinstance(other, float)
        return numbers and is_near(given, other)  # type: ignore[arg-type]

    def describe_difference(self, given: object) -> str:
        """Say in what a wrong number differs, where that is one plain thing."""
        right = self.number
        if not isinstance(given, float) or not given or not right:
            return ""
        if is_nearly(given, right):
            return NEARLY
        if is_near(given, -right):
            return "The size is right, but not the sign."
        ratio = given / right
        if ratio == 0 or math.isinf(ratio):
            return ""
        shifted = right * 10.0 ** round(math.log10(abs(ratio)))
        if shifted != right and (is_near(given, shifted) or given == round_to_two(shifted)):
            return "The digits are right, but not the decimal point."
        if is_near(given, 1 / right):
            return "That is 1 divided by the right number."
        for factor in FACTORS:
            if is_near(given, right * factor) or is_near(given, right / factor):
                return f"It is off by a factor of {factor}."
        return ""

    def show(self) -> str:
        """Return the number as people read it."""
        return format_number(self.number + 0.0)


def round_to_two(number: float) -> float:
    """Return a number with two digits, which tell what it is but for the decimal point."""
    return float(f"{number:.1e}")


def is_below_float(text: str) -> bool:
    """Tell whether a number that is read as zero isn't zero."""
    return any(digit in "123456789" for digit in text.lower().partition("e")[0])


@dataclass(frozen=True)
class ChoiceAnswer:
    """One of several texts, given by its letter or in full.

    >>> engine = ChoiceAnswer(("exp", "tanh"), 1)
    >>> [engine.read(text) for text in ("b", "B.", "(b)", "tanh", "b) tanh")]
    [1, 1, 1, 1, 1]
    >>> engine.read("c")
    Traceback (most recent call last):
    micrograd_nn.InputError: 'c' is none of the choices: write a letter from a to b

    A letter is that one's of which it is the letter, whatever the options are.
    """

    options: Sequence[str]
    right: int

    @property
    def letters(self) -> str:
        """The letter of each option."""
        return ascii_lowercase[: len(self.options)]

    def read(self, text: str) -> int:
        """Return which choice a text is."""
        given, *options = [" ".join(one.lower().split()) for one in (text, *self.options)]
        lettered = LETTERED.fullmatch(given)
        if lettered and lettered[1] in self.letters:
            place = self.letters.index(lettered[1])
            if lettered[2] in ("", options[place]):
                return place
        if given.rstrip(".") in options:
            return options.index(given.rstrip("."))
        last = self.letters[-1]
        raise InputError(
            f"{quote_text(text)} is none of the choices: write a letter from a to {last}"
        )

    def is_same(self, given: object) -> bool:
        """Tell whether a choice is the right one."""
        return self.are_same(given, self.right)

    def are_same(self, given: object, other: object) -> bool:
        """Tell whether two choices are the same."""
        return given == other

    def describe_difference(self, given: object) -> str:
        """Say nothing: each wrong choice is a known one."""
        return ""

    def show(self) -> str:
        """Return the right one of the choices."""
        return put_letter(self.right, self.options[self.right])


def put_letter(place: int, option: str) -> str:
    """Return one of several answers after its letter, as it stands wherever one chooses."""
    return f"{ascii_lowercase[place]}) {option}"


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


# A right answer: it reads another one, tells whether that or two others are the same, says of a
# wrong one that nobody knows what can be said for sure, and is shown as a text.
Answer = NumberAnswer | ChoiceAnswer | FormulaAnswer


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
