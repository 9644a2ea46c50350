"""How things of another library are called where they were made: by variables, or in a model."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from ..._ground.callers import select_named
from ...engine.value import Value

DEEPEST = 5  # lists, dictionaries and objects in one another
MOST_LOOKED_AT = 10_000  # of them, since one may hold a data set


def name_theirs(thing: Any, named: Mapping[Value, tuple[Any, str]]) -> dict[str, Value]:
    """Return our Values by the names that theirs have among some variables, or in a model.

    The shortest way to one names it. A list names leaves alone, since it may be one of all nodes.
    """
    wanted: dict[int, list[tuple[str, Value]]] = {}
    for value, (theirs, suffix) in named.items():
        wanted.setdefault(id(theirs), []).append((suffix, value))
    found: dict[Value, str] = {}
    seen: set[int] = set()
    waiting = deque([("", thing, DEEPEST)])
    while waiting and len(seen) < MOST_LOOKED_AT:
        place, other, depth = waiting.popleft()
        if id(other) in wanted:
            for suffix, value in wanted[id(other)]:
                if value.operation is None or "." not in place:
                    found.setdefault(value, place + suffix)
        elif depth and id(other) not in seen:
            seen.add(id(other))
            for key, item in [*list_items(other)]:  # at once: a profiler's list may grow
                waiting.append((f"{place}.{key}" if place else str(key), item, depth - 1))
    return {place: value for value, place in found.items()}


def list_items(thing: Any) -> Iterable[tuple[Any, Any]]:
    """Return the items of a list or a dictionary, or the attributes of an object, by name."""
    named = getattr(type(thing), "named_parameters", None)
    if callable(named):
        return list(named(thing))
    if isinstance(thing, (list, tuple)):
        return enumerate(thing)
    if not isinstance(thing, (Mapping, type, ModuleType)):
        thing = getattr(thing, "__dict__", {})
    return select_named(thing) if isinstance(thing, Mapping) else ()
