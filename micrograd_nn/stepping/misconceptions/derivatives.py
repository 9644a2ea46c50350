"""The wrong local derivatives that people write, each a rule and the misconception behind it.

A rule is one as in the table of operations: of the result and the inputs, in ordinary arithmetic
and rows of that table. So numbers give a number, and symbols the formula. The right ones are in
that table alone. A turned sign is possible with each of them, and no row here.
"""

from __future__ import annotations

from ...engine.operation import Operation, Rule
from ...engine.table import cos, exp, log, pow, sigmoid, sin, step, tanh
from .table import (
    EXCHANGED,
    EXPONENT,
    FACTOR,
    HALF,
    INNER_SIGN,
    INPUT,
    INTEGRAL,
    LOWERED,
    NO_LOCAL,
    OTHER_INPUT,
    OTHER_RULE,
    OUTPUT,
    OWN_VALUE,
    PART,
    POWER,
    SIGMOID,
    SQUARE,
    SQUARED,
    TANH,
    UPSIDE_DOWN,
    Misconception,
)

# By operation and input; the likelier of two that give the same stands first.
WRONG_LOCALS: dict[tuple[str, int], list[tuple[Misconception, Rule]]] = {
    ("exp", 0): [
        (POWER, lambda out, x: x * exp(x - 1)),
        (POWER, lambda out, x: x * out),
        (INPUT, lambda out, x: x),
        (OUTPUT, lambda out, x: exp(out)),
        (OTHER_RULE, lambda out, x: 1 / x),
        (NO_LOCAL, lambda out, x: 1.0),
    ],
    ("pow", 0): [
        (FACTOR, lambda out, x, n: pow(x, n - 1)),
        (EXPONENT, lambda out, x, n: n * out),
        (OWN_VALUE, lambda out, x, n: out),
        (LOWERED, lambda out, x, n: n * pow(x, n - 2)),
        (LOWERED, lambda out, x, n: n * x),
        (LOWERED, lambda out, x, n: n * pow(x, n + 1)),
        (LOWERED, lambda out, x, n: n),
        (LOWERED, lambda out, x, n: (n - 1) * pow(x, n - 1)),
        (LOWERED, lambda out, x, n: (n - 1) * out),
        (EXCHANGED, lambda out, x, n: x * pow(n, n - 1)),
        (EXCHANGED, lambda out, x, n: x * pow(n, x - 1)),
        (OTHER_INPUT, lambda out, x, n: out * log(x)),
        (NO_LOCAL, lambda out, x, n: 1.0),
    ],
    ("pow", 1): [
        (PART, lambda out, x, n: out),
        (PART, lambda out, x, n: log(x)),
        (EXCHANGED, lambda out, x, n: out * log(n)),
        (OTHER_INPUT, lambda out, x, n: n * pow(x, n - 1)),
    ],
    ("truediv", 0): [
        (OTHER_INPUT, lambda out, x, y: -x / y / y),
        (UPSIDE_DOWN, lambda out, x, y: y),
        (SQUARED, lambda out, x, y: 1 / y / y),
        (EXCHANGED, lambda out, x, y: 1 / x),
        (OWN_VALUE, lambda out, x, y: out),
        (OTHER_RULE, lambda out, x, y: x),
        (NO_LOCAL, lambda out, x, y: 1.0),
    ],
    ("truediv", 1): [
        (OTHER_INPUT, lambda out, x, y: 1 / y),
        (SQUARE, lambda out, x, y: -x / y),
        (INTEGRAL, lambda out, x, y: x * log(y)),
        (OWN_VALUE, lambda out, x, y: out),
        (PART, lambda out, x, y: -1 / y / y),
        (PART, lambda out, x, y: 1 / y / y),
        (PART, lambda out, x, y: -1 / y),
        (OTHER_RULE, lambda out, x, y: -x),
        (OTHER_RULE, lambda out, x, y: x),
        (EXCHANGED, lambda out, x, y: 1 / x),
        (EXCHANGED, lambda out, x, y: -y / x / x),
    ],
    ("mul", 0): [
        (OTHER_INPUT, lambda out, x, y: x),
        (OWN_VALUE, lambda out, x, y: out),
        (OTHER_RULE, lambda out, x, y: x + y),
    ],
    ("mul", 1): [
        (OTHER_INPUT, lambda out, x, y: y),
        (OWN_VALUE, lambda out, x, y: out),
        (OTHER_RULE, lambda out, x, y: x + y),
    ],
    ("relu", 0): [
        (NO_LOCAL, lambda out, x: 1.0),
        (INNER_SIGN, lambda out, x: step(-x)),
        (OWN_VALUE, lambda out, x: out),
        (OTHER_RULE, lambda out, x: x),
    ],
    ("tanh", 0): [
        (INPUT, lambda out, x: 1 - x * x),
        (SQUARE, lambda out, x: 1 - out),
        (SIGMOID, lambda out, x: out * (1 - out)),
        (OUTPUT, lambda out, x: 1 - pow(tanh(out), 2)),
        (PART, lambda out, x: out * out),
        (INNER_SIGN, lambda out, x: 1 + out * out),
        (OWN_VALUE, lambda out, x: out),
    ],
    ("sigmoid", 0): [
        (INPUT, lambda out, x: x * (1 - x)),
        (TANH, lambda out, x: 1 - out * out),
        (OWN_VALUE, lambda out, x: out),
        (PART, lambda out, x: 1 - out),
        (INNER_SIGN, lambda out, x: out * (1 + out)),
        (OUTPUT, lambda out, x: sigmoid(out) * (1 - sigmoid(out))),
    ],
    ("tan", 0): [
        (INPUT, lambda out, x: 1 + x * x),
        (SQUARE, lambda out, x: 1 + out),
        (OWN_VALUE, lambda out, x: out),
    ],
    ("log", 0): [
        (OUTPUT, lambda out, x: 1 / out),
        (OWN_VALUE, lambda out, x: out),
        (UPSIDE_DOWN, lambda out, x: x),
        (SQUARED, lambda out, x: 1 / x / x),
    ],
    ("sqrt", 0): [
        (HALF, lambda out, x: 1 / out),
        (INPUT, lambda out, x: 0.5 / x),
        (OWN_VALUE, lambda out, x: out),
        (UPSIDE_DOWN, lambda out, x: 2 * out),
        (EXPONENT, lambda out, x: 0.5 * out),
    ],
    ("sin", 0): [
        (OWN_VALUE, lambda out, x: out),
        (OUTPUT, lambda out, x: cos(out)),
        (OTHER_RULE, lambda out, x: -out),
    ],
    ("cos", 0): [
        (OWN_VALUE, lambda out, x: out),
        (OUTPUT, lambda out, x: -sin(out)),
        (OTHER_RULE, lambda out, x: -out),
    ],
}  # fmt: skip


def find_wrong_rule(
    operation: Operation | None, position: int, wrong: Misconception
) -> Rule | None:
    """Return the likeliest wrong rule that a misconception leads to, None if there is none.

    An operation that only has the name of one of the table has none.
    """
    if operation is None or not operation.is_row:
        return None
    rows = WRONG_LOCALS.get((operation.name, position), [])
    return next((rule for one, rule in rows if one is wrong), None)
