"""What is typed in an editor about numbers: expressions, conditions, counts and messages.

The package's own parser reads all of it, and nothing is ever run.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import NamedTuple

from ...expressions import ExpressionError, ParsedExpression
from ...text import InputError, format_number, quote_text

FindNumber = Callable[[str], float]  # the number of a name, or a ValueError that says what is wrong

NO_NUMBER_YET = "–"  # what is shown of a number that isn't there yet

Relation = Callable[[float, float], bool]

RELATIONS: dict[str, Relation] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, ">": operator.gt,
}  # fmt: skip
RELATION = re.compile("|".join(RELATIONS))
COUNT = re.compile(r"\s*(>=|<=|==|=|>|<|%)?\s*(\d{1,9})\s*")
BRACES = re.compile(r"\{([^{}]*)\}")


class NotThereError(InputError):
    """A number that isn't there yet, but will be at a later step.

    >>> raise NotThereError("d_x has no number yet")
    Traceback (most recent call last):
    micrograd_nn.debugger.adapter.conditions.NotThereError: d_x has no number yet
    """


def compute_text(text: str, find_number: FindNumber) -> float:
    """Return the number of an expression.

    >>> compute_text("2*x + 1", {"x": 3.0}.__getitem__)
    7.0
    """
    return compute_expression(ParsedExpression(text), find_number)


def compute_expression(expression: ParsedExpression, find_number: FindNumber) -> float:
    """Return the number of an expression that was read before.

    >>> compute_expression(ParsedExpression("x / 2"), {"x": 3.0}.__getitem__)
    1.5
    """
    return expression.record({name: find_number(name) for name in expression.names}).data


class ParsedComparison(NamedTuple):
    """Two expressions and how they are compared; one alone holds if it isn't 0."""

    sides: list[ParsedExpression]
    relation: Relation | None

    def holds(self, find_number: FindNumber) -> bool:
        """Tell whether it holds.

        >>> read_comparison("x >= 2").holds({"x": 2.0}.__getitem__)
        True
        """
        numbers = [compute_expression(side, find_number) for side in self.sides]
        return self.relation(*numbers) if self.relation else numbers[0] != 0.0

    def is_met(self, find_number: FindNumber) -> bool:
        """Tell whether it holds, where its gradients have begun to arrive.

        >>> def find_number(name):
        ...     raise NotThereError(f"{name} has no number yet")
        >>> read_comparison("d_x < 1").is_met(find_number)
        False
        """
        try:
            return self.holds(find_number)
        except NotThereError:
            return False


def read_comparison(text: str) -> ParsedComparison:
    """Return a comparison; what can't be read is an ExpressionError.

    >>> read_comparison("0 < x < 1")
    Traceback (most recent call last):
    micrograd_nn.expressions.ExpressionError: 0 < x < 1 has two comparisons: join them by and
    """
    sides, found = RELATION.split(text), RELATION.search(text)
    if len(sides) > 2:
        raise ExpressionError(f"{text} has two comparisons: join them by and")
    return ParsedComparison(
        [ParsedExpression(side) for side in sides], RELATIONS[found[0]] if found else None
    )


class Condition:
    """Comparisons joined by ``and`` and ``or``, read once.

    >>> find_number = {"x": 3.0}.__getitem__
    >>> Condition("x > 2 and abs(x) < 3").is_met(find_number)
    False
    >>> Condition("x == 3 or x > 9").is_met(find_number)
    True

    Without a comparison, any number but 0 holds. ``names`` are those that need numbers.
    """

    def __init__(self, text: str) -> None:
        self.ways = [  # it is met where all of one list hold
            [read_comparison(part.strip()) for part in re.split(r"\band\b", all_of)]
            for all_of in re.split(r"\bor\b", text)
        ]
        sides = [side for all_of in self.ways for comparison in all_of for side in comparison.sides]
        self.names = [name for side in sides for name in side.names]

    def is_met(self, find_number: FindNumber) -> bool:
        """Tell whether it holds with these numbers."""
        return any(all(one.is_met(find_number) for one in all_of) for all_of in self.ways)


class LogMessage:
    """A text with expressions in braces, read once.

    >>> LogMessage("x is {x}, twice {2*x}").fill({"x": 3.0}.__getitem__)
    'x is 3, twice 6'
    """

    def __init__(self, text: str) -> None:
        first, *rest = BRACES.split(text)  # what stands within braces is every second part
        self.texts = [first, *rest[1::2]]
        self.expressions = [ParsedExpression(text) for text in rest[::2]]
        self.names = [name for expression in self.expressions for name in expression.names]

    def fill(self, find_number: FindNumber) -> str:
        """Return the text with the numbers of its expressions."""
        told = [self._fill_one(one, find_number) for one in self.expressions]
        pairs = zip(self.texts, [*told, ""], strict=True)
        return "".join([text + number for text, number in pairs])

    @staticmethod
    def _fill_one(expression: ParsedExpression, find_number: FindNumber) -> str:
        try:
            return format_number(compute_expression(expression, find_number))
        except NotThereError:
            return NO_NUMBER_YET


def is_counted(hits: str, count: int) -> bool:
    """Tell whether it is the time that a hit count asks for.

    >>> [count for count in range(1, 7) if is_counted("> 4", count)]
    [5, 6]
    >>> is_counted("3", 3), is_counted("% 2", 3)
    (True, False)
    """
    found = COUNT.fullmatch(hits)
    if not found:
        raise ExpressionError(f"a hit count is such as 3, >= 3 or % 3, not {quote_text(hits)}")
    sign, number = found[1] or "==", int(found[2])
    if sign == "%":
        return number > 0 and count % number == 0
    return RELATIONS["==" if sign == "=" else sign](count, number)
