"""Whether an operation is declared so that it can be applied: else it is refused, with the remedy.

A rule that takes too few inputs would fail when it is first used, far from where it was written.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from ..text import add_article

ANY_NUMBER = 0x04  # a flag, as in inspect: the function takes *inputs


def require_declaration(
    name: object, forward: object, partials: object, inputs: tuple[str, ...]
) -> None:
    """Refuse an operation of a fixed number of inputs that lacks something.

    >>> require_declaration("half", lambda x: x / 2, [lambda x: 0.5], ("x",))
    Traceback (most recent call last):
    TypeError: the derivative rule of 'half' by x is called with (out, x), and takes 1 argument
    """
    require_rule(name, forward)
    rule = f"lambda out, {', '.join(inputs)}: …"
    if not isinstance(partials, (list, tuple)) or not all(map(callable, partials)):
        raise TypeError(
            f"the operation {name!r} needs a list of derivative rules, one a function for each of "
            f"its inputs: [{rule}]"
        )
    if inputs and not can_take(forward, len(inputs)):
        raise TypeError(
            f"the forward rule of {name!r} is called with ({', '.join(inputs)}), and takes "
            f'{count_arguments(forward)}: name all inputs, as in inputs=("x", "y")'
        )
    if len(partials) != len(inputs):
        raise ValueError(
            f"the operation {name!r} needs one derivative rule for each of its inputs "
            f"({', '.join(inputs)}), not {len(partials)}"
        )
    for partial, x in zip(partials, inputs, strict=True):
        if not can_take(partial, 1 + len(inputs)):
            raise TypeError(
                f"the derivative rule of {name!r} by {x} is called with (out, {', '.join(inputs)}),"
                f" and takes {count_arguments(partial)}"
            )


def require_rule(name: object, forward: object) -> None:
    """Refuse an operation without a name or without a rule to compute it by."""
    if not isinstance(name, str):
        raise TypeError(
            f'an operation begins with its name, as in Operation("half", half, [lambda out, x: '
            f"0.5]), not with {add_article(type(name).__name__)}"
        )
    if not callable(forward):
        raise TypeError(
            f"the forward rule of {name!r} is a function of its inputs, not "
            f"{add_article(type(forward).__name__)}"
        )


def can_take(rule: object, count: int) -> bool:
    """Tell whether a rule can be called with so many inputs; of one in C, nobody knows.

    >>> can_take(lambda x, y=1.0: x, 1), can_take(lambda x: x, 2), can_take(lambda *xs: xs, 3)
    (True, False, True)
    >>> can_take(abs, 3)
    True
    """
    if not isinstance(rule, FunctionType):
        return True
    most, optional = rule.__code__.co_argcount, len(rule.__defaults__ or ())
    return most - optional <= count and (count <= most or bool(rule.__code__.co_flags & ANY_NUMBER))


def count_arguments(rule: Any) -> str:
    """Return how many arguments a function takes, in words."""
    count: int = rule.__code__.co_argcount
    return f"{count} argument" + "s" * (count != 1)
