"""What is typed in an editor about numbers: expressions and conditions.

The package's own parser reads all of it, and nothing is ever run.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from ..._ground.text import InputError, quote_text
from ...notation.expressions import LONGEST_EXPRESSION, ExpressionError, ParsedExpression

FindNumber = Callable[[str], float]  # the number of a name, or a ValueError that says what is wrong

NO_NUMBER_YET = "–"  # what is shown of a number that isn't there yet

RELATIONS: dict[str, Callable[..., bool]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, ">": operator.gt,
}  # fmt: skip
RELATION = re.compile("|".join(RELATIONS))


class NotThereError(InputError):
    """A number that isn't there yet, but will be at a later step."""


def compute_expression(expression: ParsedExpression, find_number: FindNumber) -> float:
    """Return the number of an expression."""
    return expression.record({name: find_number(name) for name in expression.names}).data


class Comparison:
    """Two expressions and how they are compared; one alone holds if it isn't 0."""

    def __init__(self, text: str) -> None:
        sides, found = RELATION.split(text), RELATION.search(text)
        if len(sides) > 2 or not all(side.strip() for side in sides):
            raise ExpressionError(
                f"{text} has two comparisons: join them by and"
                if len(sides) > 2
                else f"{quote_text(text)} lacks a side: compare two numbers, as in d_w > 1"
            )
        self.sides = [ParsedExpression(side) for side in sides]
        self.relation = RELATIONS[found[0]] if found else bool

    def is_met(self, find_number: FindNumber) -> bool:
        """Tell whether it holds, where its gradients have begun to arrive."""
        try:
            return self.relation(*[compute_expression(side, find_number) for side in self.sides])
        except NotThereError:
            return False


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
        if len(text) > LONGEST_EXPRESSION:
            raise ExpressionError(
                f"the condition is longer than {LONGEST_EXPRESSION:,} characters: shorten it"
            )
        self.ways = [  # it is met where all of one list hold
            [Comparison(part.strip()) for part in re.split(r"\band\b", all_of)]
            for all_of in re.split(r"\bor\b", text)
        ]
        sides = [side for all_of in self.ways for comparison in all_of for side in comparison.sides]
        self.names = [name for side in sides for name in side.names]

    def is_met(self, find_number: FindNumber) -> bool:
        """Tell whether it holds with these numbers."""
        return any(all(one.is_met(find_number) for one in all_of) for all_of in self.ways)
