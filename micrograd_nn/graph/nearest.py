"""What is nearest to a thing in a graph, for whatever shows a part of a large one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def find_nearest(
    start: T, beside: Callable[[T], Iterable[T]], limit: int | None, radius: int | None = None
) -> dict[T, int]:
    """Return how far things are from one, nearest first: up to a limit, or within a radius."""
    found = {start: 0}
    waiting = deque(found)
    while waiting and (radius is None or found[waiting[0]] < radius):
        thing = waiting.popleft()
        for other in beside(thing):
            if limit is not None and len(found) >= limit:
                return found
            if other not in found:
                found[other] = found[thing] + 1
                waiting.append(other)
    return found
