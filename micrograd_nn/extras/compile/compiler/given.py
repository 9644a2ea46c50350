"""What a program is given: as many numbers as it takes, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from itertools import chain
from typing import Any

from ...._ground.text import add_article
from ....engine.refusals import as_float
from ....engine.value import Value

Numbers = Sequence[float]

BUFFERS = {"ndarray", "memmap", "array", "memoryview"}  # but no masked array, nor one of units


def read_buffer(given: Any, *width: int) -> Any:
    """Return an array of doubles, or rows of that width, as it lies; of other numbers, as lists.

    >>> from array import array
    >>> type(read_buffer(array("d", [1.0, 2.0]))), read_buffer(array("f", [1.0, 2.0]))
    (<class 'memoryview'>, [1.0, 2.0])

    What Python can't read, such as an array in the other order of bytes, comes back as it is.
    """
    if type(given).__name__ not in BUFFERS:
        return given
    try:
        view = memoryview(given)
        is_plain = view.format == "d" and view.ndim == 1 + len(width)
        return view if is_plain and (view.shape or ())[1:] == width else view.tolist()
    except (TypeError, ValueError, NotImplementedError):  # an array of times has no buffer
        return given


def check_numbers(numbers: Numbers, names: Collection[str], what: str) -> Numbers:
    """Return numbers as floats, one for each of the names."""
    numbers = read_buffer(numbers)
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
    if type(numbers) is memoryview:
        return numbers
    if [*map(type, numbers)].count(float) == len(numbers):
        return numbers
    if any(isinstance(x, Value) for x in numbers):
        raise TypeError(f"one of the {what} needs a number, not a Value: [p.data for p in …]")
    return [as_float(x, f"one of the {what}", "a number") for x in numbers]


def check_rows(rows: Iterable[Numbers], names: Collection[str]) -> Any:
    """Return rows of inputs as floats, in each one for each of the names.

    An array of doubles comes back as one ``memoryview``, for C; ``list_rows`` makes rows of it.
    """
    rows = read_buffer(rows, len(names))
    if type(rows) is memoryview:
        return rows
    told = "rows is a list of rows, one list of inputs each: [[x1, x2], …]"
    if not isinstance(rows, Iterable):
        raise TypeError(told)
    rows = list(rows)
    if not {*map(type, rows)} <= {list, tuple}:
        rows = [read_buffer(row) for row in rows]
    try:
        lengths = set(map(len, rows))
    except TypeError:
        raise TypeError(told) from None
    kinds = set(map(type, chain.from_iterable(rows)))
    if kinds <= {float} and lengths <= {len(names)}:
        return rows
    return [check_numbers(row, names, f"inputs, in row {i},") for i, row in enumerate(rows)]
