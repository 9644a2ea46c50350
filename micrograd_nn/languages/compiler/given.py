"""What a program is given: as many numbers as it takes, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from itertools import chain

from ..._ground.text import add_article
from ...engine.refusals import as_float
from ...engine.value import Value

Numbers = Sequence[float]


def check_numbers(numbers: Numbers, names: Collection[str], what: str) -> Numbers:
    """Return numbers as floats, one for each of the names."""
    if not isinstance(numbers, Sized) or isinstance(numbers, Mapping):
        kind = add_article(type(numbers).__name__)
        raise TypeError(f"this program takes a list of numbers as its {what}, not {kind}")
    if len(numbers) != len(names):
        listed = ", ".join([*names][:6]) + ", …" * (len(names) > 6)
        raise ValueError(
            f"this program takes {len(names)} {what}"
            + f" ({listed})" * bool(names)
            + f", not {len(numbers)}"
        )
    if [*map(type, numbers)].count(float) == len(numbers):
        return numbers
    if any(isinstance(x, Value) for x in numbers):
        raise TypeError(f"one of the {what} needs a number, not a Value: [p.data for p in …]")
    return [as_float(x, f"one of the {what}", "a number") for x in numbers]


def check_rows(rows: Iterable[Numbers], names: Collection[str]) -> list[Numbers]:
    """Return rows of inputs as floats, in each one for each of the names."""
    rows = list(rows)
    try:
        lengths = set(map(len, rows))
    except TypeError:
        told = "rows is a list of rows, one list of inputs each: [[x1, x2], …]"
        raise TypeError(told) from None
    kinds = set(map(type, chain.from_iterable(rows)))
    if kinds <= {float} and lengths <= {len(names)}:
        return rows
    return [check_numbers(row, names, f"inputs, in row {i},") for i, row in enumerate(rows)]
