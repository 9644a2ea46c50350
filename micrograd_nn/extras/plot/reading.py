"""Numbers, points and ranges as they are handed to a plot, or an error that says what to write."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from ..._ground.text import add_article, count_things, make_printable, quote_text
from ...engine.value import Value
from .scales import LARGEST, is_narrow

Pair = tuple[float, float]


def read_float(thing: Any, what: str) -> float:
    """Return a number as a float; a Value counts as its data."""
    if isinstance(thing, Value):
        return float(thing.data)
    if isinstance(thing, str):
        remedy = f"write float({quote_text(thing)}) if it stands for one"
        raise TypeError(f"{what} is {quote_text(thing)}, not a number: {remedy}")
    try:
        return float(thing)
    except OverflowError:  # an int that no float holds
        return math.inf if thing > 0 else -math.inf
    except (TypeError, ValueError):
        remedy = "hand a number or a Value"
        raise TypeError(f"{what} is {quote_text(thing)}, not a number: {remedy}") from None


def read_point(thing: Any, what: str) -> Pair:
    """Return a pair of numbers."""
    try:
        x, y = thing
    except (TypeError, ValueError):
        remedy = "zip(xs, ys) pairs two lists, enumerate(ys) one with 0, 1, 2 …"
        raise TypeError(f"{what} is {quote_text(thing)}, not a pair (x, y): {remedy}") from None
    return read_float(x, f"x of {what}"), read_float(y, f"y of {what}")


def read_list(things: Any, message: str) -> list[Any]:
    """Return the items of anything that has some but a text; anything else raises the message."""
    if not isinstance(things, Iterable) or isinstance(things, (str, Value)):
        raise TypeError(message)
    return list(things)


def read_points(points: Any, method: str) -> list[Pair]:
    """Return pairs of numbers, which must be some."""
    told = f"{method} takes a list of points (x, y), not {add_article(type(points).__name__)}"
    read = [read_point(point, f"point {i}") for i, point in enumerate(read_list(points, told))]
    if not read:
        raise ValueError(f"{method} got no points: hand at least one pair (x, y)")
    return read


def read_levels(levels: Any) -> list[float]:
    """Return the levels of contours, which must be finite."""
    told = f"levels is {quote_text(levels)}: write how many there should be, or a list of numbers"
    read = [read_float(level, f"level {i}") for i, level in enumerate(read_list(levels, told))]
    for i, level in enumerate(read):
        if not abs(level) <= LARGEST:
            raise ValueError(f"level {i} is {level:g}: it must be finite, and below {LARGEST:g}")
    return read


def read_range(given: Any, what: str, logarithmic: bool) -> Pair | None:
    """Return two ends of an axis, the lower one first; None stays None."""
    if given is None:
        return None
    low, high = read_point(given, what)
    if not (abs(low) <= LARGEST and abs(high) <= LARGEST):
        raise ValueError(f"{what} is {given!r}: its ends must be finite, and below {LARGEST:g}")
    if low > high:
        raise ValueError(f"{what} is {given!r}: write the lower end first, ({high:g}, {low:g})")
    if is_narrow(low, high):
        raise ValueError(f"{what} is {given!r}, which is too narrow: its ends must differ")
    if logarithmic and low < 1 / LARGEST:
        raise ValueError(
            f"{what} is {given!r}, but a logarithmic axis has no place for {low:g}: begin above 0"
        )
    return low, high


def read_text(thing: Any, what: str) -> str:
    """Return a text of any origin as a picture can show it; what is none is an error."""
    if not isinstance(thing, str):
        raise TypeError(f"{what} is {quote_text(thing)}, not a text: write {what}={str(thing)!r}")
    return make_printable(thing).strip()


def read_texts(things: Any, what: str, noun: str, count: int, method: str) -> list[str]:
    """Return texts of which there is one for each point, or none at all."""
    if isinstance(things, str):
        raise TypeError(f"{what} is a text: write {what}=[{quote_text(things)}]")
    texts = [read_text(thing, noun) for thing in things]
    if texts and len(texts) != count:
        told = f"{count_things(len(texts), noun)} for {count_things(count, 'point')}"
        raise ValueError(f'{method} got {told}: hand one for each, "" for none')
    return texts


def read_function(thing: Any, method: str, signature: str) -> Callable[..., Any]:
    """Return a function; what can't be called is an error."""
    if not callable(thing):
        kind = add_article(type(thing).__name__)
        remedy = "points are drawn by .line(points) or .dots(points)"
        raise TypeError(f"{method} draws a function {signature}, not {kind}: {remedy}")
    return thing  # type: ignore[no-any-return]


def ask_function(f: Callable[..., Any], *arguments: float) -> float:
    """Return a function's result as a float: nan where it has none."""
    try:
        result = f(*arguments)
    except (ValueError, OverflowError, ZeroDivisionError):
        return math.nan
    if isinstance(result, complex):
        return math.nan
    return read_float(result, f"the result at {', '.join(f'{a:g}' for a in arguments)}")
