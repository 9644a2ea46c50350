"""What is typed in an editor about numbers: expressions, conditions, counts and messages.

The package's own parser reads all of it, and nothing is ever run.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from ...expressions import ExpressionError, list_leaf_names, parse
from ...text import format_number, quote_text

FindNumber = Callable[[str], float]  # the number of a name, or a ValueError that says what is wrong

Relation = Callable[[float, float], bool]

RELATIONS: dict[str, Relation] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "<": operator.lt, ">": operator.gt,
}  # fmt: skip
RELATION = re.compile("|".join(RELATIONS))
COUNT = re.compile(r"\s*(>=|<=|==|=|>|<|%)?\s*(\d{1,9})\s*")


def compute_text(text: str, find_number: FindNumber) -> float:
    """Return the number of an expression.

    >>> compute_text("2*x + 1", {"x": 3.0}.__getitem__)
    7.0
    """
    names = list_leaf_names(text)
    return parse(text, {name: find_number(name) for name in names}).data


def is_met(condition: str, find_number: FindNumber) -> bool:
    """Tell whether a condition holds: comparisons joined by ``and`` and ``or``.

    >>> find_number = {"x": 3.0}.__getitem__
    >>> is_met("x > 2 and abs(x) < 3", find_number), is_met("x == 3 or x > 9", find_number)
    (False, True)

    Without a comparison, any number but 0 holds.
    """
    return any(
        all(holds(comparison, find_number) for comparison in comparisons)
        for comparisons in split_condition(condition)
    )


def split_condition(condition: str) -> list[list[str]]:
    """Return the comparisons of a condition: it holds where all of one list do.

    >>> split_condition("x > 2 and y < 1 or z")
    [['x > 2', 'y < 1'], ['z']]
    """
    either = re.split(r"\bor\b", condition)
    return [[part.strip() for part in re.split(r"\band\b", all_of)] for all_of in either]


def split_comparison(comparison: str) -> tuple[list[str], Relation | None]:
    """Return the sides of a comparison, and how they are compared; one alone is a number.

    >>> split_comparison("0 < x < 1")
    Traceback (most recent call last):
    micrograd_nn.expressions.ExpressionError: 0 < x < 1 has two comparisons: join them by and
    """
    sides, found = RELATION.split(comparison), RELATION.search(comparison)
    if len(sides) > 2:
        raise ExpressionError(f"{comparison} has two comparisons: join them by and")
    return sides, RELATIONS[found[0]] if found else None


def holds(comparison: str, find_number: FindNumber) -> bool:
    """Tell whether one comparison holds.

    >>> holds("x >= 2", {"x": 2.0}.__getitem__)
    True
    """
    sides, relation = split_comparison(comparison)
    numbers = [compute_text(side, find_number) for side in sides]
    return relation(*numbers) if relation else numbers[0] != 0.0


def list_condition_names(condition: str) -> list[str]:
    """Return the names of a condition; what can't be read is an ExpressionError.

    >>> list_condition_names("x > 2 and y < w*x")
    ['x', 'y', 'w']
    """
    comparisons = [one for all_of in split_condition(condition) for one in all_of]
    sides = [side for comparison in comparisons for side in split_comparison(comparison)[0]]
    return [*dict.fromkeys(name for side in sides for name in list_leaf_names(side))]


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


def fill_message(message: str, find_number: FindNumber) -> str:
    """Return a message with the numbers of the expressions in its braces.

    >>> fill_message("x is {x}, twice {2*x}", {"x": 3.0}.__getitem__)
    'x is 3, twice 6'
    """

    def fill(found: re.Match[str]) -> str:
        return format_number(compute_text(found[1], find_number))

    return re.sub(r"\{([^{}]*)\}", fill, message)
