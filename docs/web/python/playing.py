"""The playground for expressions: the page of one, with numbers for its names.

The page calls ``make_lesson`` whenever somebody has changed the expression.
"""

from __future__ import annotations

from itertools import cycle
from typing import Any, TypedDict

from micrograd_nn._ground.text import FORMULA_SIGNS, make_printable, spell_signs
from micrograd_nn.notation.expressions import (
    ExpressionError,
    list_leaf_names,
    parse,
    tidy_expression,
)
from micrograd_nn.page.address import spell_number
from micrograd_nn.page.lesson import build_lesson

# Numbers for names that have none, one row after the other until the expression can be computed:
# of both signs, then for what has a domain, as log, acosh and asin have.
FIRST_NUMBERS = [
    [2.0, -3.0, 1.0, 0.5, -1.0, 3.0, -0.5, 4.0],
    [2.0, 3.0, 1.0, 0.5, 4.0, 1.5],
    [2.0, 3.0, 4.0, 5.0, 6.0],
    [0.5, 0.25, 0.75, 0.125],
    [-0.5, 0.5],
]


class Asked(TypedDict):
    """An expression, and numbers for some names, which may be some that it hasn't got."""

    expression: str
    numbers: list[tuple[str, str]]


def make_lesson(asked: Asked) -> dict[str, Any]:
    """Return the page of an expression, the numbers of its names, and what is wrong.

    Where it can't be computed with the numbers that are given, the page is made with others, which
    are ``recorded``: it can be moved to those that were given, and shows where they go wrong.
    """
    typed = asked["expression"]
    expression = tidy_expression(typed)
    try:
        names = list_leaf_names(expression)
    except ExpressionError as error:
        return {"names": None, "error": describe_error(error, typed)}
    given = {name: float(number) for name, number in asked["numbers"] if name in names}
    root, numbers, error = compute(expression, names, given)
    recorded = numbers
    if root is None and given:
        root, recorded, _ = compute(expression, names, {})
    page = build_lesson(root, {}, title=expression).text if root is not None else None
    return {
        "names": names,
        "numbers": spell_numbers(numbers),
        "recorded": spell_numbers(recorded),
        "page": page,
        "error": error and describe_error(error, typed),
    }


def compute(expression: str, names: list[str], given: dict[str, float]) -> Any:
    """Return the graph with the first numbers that it can be computed with, these and the error.

    Without such numbers there is no graph, and the numbers are the first that were tried.
    """
    first = None
    for row in FIRST_NUMBERS if len(given) < len(names) else [[]]:
        more = cycle(row)
        numbers = {name: given[name] if name in given else next(more) for name in names}
        try:
            return parse(expression, numbers), numbers, None
        except ExpressionError as error:
            first = first or (None, numbers, error)
    return first


def spell_numbers(numbers: dict[str, float]) -> list[tuple[str, str]]:
    """Return numbers as the page reads them."""
    return [(name, spell_number(number)) for name, number in numbers.items()]


def describe_error(error: ExpressionError, typed: str) -> dict[str, Any]:
    """Return what an error says, the lines that point at its place, and which character that is.

    It is counted in the text that was typed, from the first one that isn't a blank.
    """
    reason, _, pointer = str(error).partition("\n")
    at = None if error.at is None else find_typed(make_printable(typed).strip(" "), error.at)
    return {"reason": reason, "pointer": pointer, "at": at}


def find_typed(text: str, at: int) -> int:
    """Return which character of a text has become that one of ``spell_signs(text)``.

    >>> spell_signs("x² + ?")[7], find_typed("x² + ?", 7)
    ('?', 5)
    """
    longer = 0  # by how many characters than the text, up to here
    for sign in FORMULA_SIGNS.finditer(text):
        spelled = spell_signs(sign[0])
        if at < sign.start() + longer + len(spelled):
            return min(at - longer, sign.start())
        longer += len(spelled) - len(sign[0])
    return at - longer
