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
    while waiting and (limit is None or len(found) < limit):
        thing = waiting.popleft()
        if radius is not None and found[thing] >= radius:
            break
        for other in beside(thing):
            if other not in found:
                if limit is not None and len(found) >= limit:
                    break
                found[other] = found[thing] + 1
                waiting.append(other)
    return found
