"""What isn't a number or a rule is refused here: what came, where, and what to write instead."""

from __future__ import annotations

import numbers
from math import inf, isinf
from typing import Any

from .._ground.callers import can_take, count_arguments, find_calling
from .._ground.text import add_article

REMEDIES = {
    "bool": "write 1.0 or 0.0",
    "str": "convert it with float(...)",
    "NoneType": "is a return statement or an argument missing, or is it a grad before backward()?",
    "complex": "this engine differentiates real functions only",
    "list": "give its items one by one, or use sum, mean or dot for all of them",
    "tuple": "give its items one by one, or use sum, mean or dot for all of them",
    "ndarray": "give its items one by one, as in [Value(x) for x in array.ravel()]",
    "Tensor": "give its items one by one, as in [Value(x) for x in tensor.flatten().tolist()]",
    "Decimal": "convert it with float(...)",
}


def as_float(
    x: object, where: str, expected: str = "a real number or a Value",
    of_a_value: str = "take its .data",
) -> float:  # fmt: skip
    """Return a real number of any kind (int, Fraction, NumPy scalar) as a float.

    >>> as_float(3, "tanh")
    3.0

    Anything else is a TypeError that says where it was met, what came and what to do (with a Value,
    ``of_a_value``):

    >>> as_float("3", "tanh")
    Traceback (most recent call last):
    TypeError: tanh needs a real number or a Value, not a str ('3'): convert it with float(...)
    """
    if type(x) is float:
        return x
    if type(x) is int or (not isinstance(x, bool) and isinstance(x, numbers.Real)):
        try:
            number = float(x)
        except OverflowError:
            number = inf
        if isinf(number) and number != x:  # as of a long double, too
            raise OverflowError(
                f"{where} got {add_article(type(x).__name__)} beyond the largest float, "
                f"1.8e308: scale it"
            )
        return number
    kind = type(x).__name__
    shown = isinstance(x, (bool, str, complex)) and len(repr(x)) <= 40
    came = add_article(kind) + (f" ({x!r})" if shown else "")
    remedy = (
        of_a_value if hasattr(type(x), "operate")
        else REMEDIES.get(kind, "take a number out of it first")
    )  # fmt: skip
    raise TypeError(f"{where} needs {expected}, not {came}: {remedy}")


def tell_input(x: Any) -> str:
    """Return an input's number, with its label or else what its user calls it, if anything."""
    called = f"label {x.label!r}" if getattr(x, "label", None) else find_name(x)
    return repr(getattr(x, "number", x)) + (f" ({called})" if called else "")


def find_name(x: Any) -> str:
    """Return what a node is called by its user's variables, or how it was made of such; or ""."""
    if not hasattr(x, "own_label"):  # a number, which may be anybody's
        return ""
    name, inputs = find_calling(x), x.inputs
    if not name and 0 < len(inputs) <= 2:
        names = [f"{x.number}" if x.is_constant else find_calling(x) for x in inputs]
        name = x.operation.written(*names) if all(names) else ""
    return name and f"your {name}"


def require_partials(
    name: object, forward: object, partials: object, inputs: tuple[str, ...]
) -> None:
    """Refuse rules that don't fit the inputs: they would fail far from here, when first used."""
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
