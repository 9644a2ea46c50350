"""What isn't a number is refused here, in words: what came, where, and what to write instead."""

from __future__ import annotations

import numbers
from math import inf, isinf

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
    shown = repr(x) if isinstance(x, (bool, str, complex)) and len(repr(x)) <= 40 else ""
    came = add_article(kind) + (f" ({shown})" if shown else "")
    is_value = hasattr(type(x), "operate")
    remedy = of_a_value if is_value else REMEDIES.get(kind, "take a number out of it first")
    raise TypeError(f"{where} needs {expected}, not {came}: {remedy}")
