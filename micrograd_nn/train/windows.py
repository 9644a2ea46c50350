"""Examples that needn't fit in memory: windows of them, one of which is there at a time.

A training shuffles the rows within a window, and the order of windows. One window that has all
rows is shuffled as a list is, so both give the same weights.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from .examples import Example, Window


class Windows(ABC):
    """Examples in windows: how many each one has, and ``load``, which brings one into memory.

    >>> class Halves(Windows):
    ...     def load(self, place):
    ...         return Window(array("d", [place, 10.0 * place]), 2)
    >>> halves = Halves([1, 1])
    >>> len(halves), [*next(halves.iterate())], halves.load(1)[0]
    (2, [((0.0,), 0.0)], ((1.0,), 10.0))
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes

    def __len__(self) -> int:
        return sum(self.sizes)

    @abstractmethod
    def load(self, place: int) -> Window:
        """Return a window by its place, from 0."""

    def iterate(self) -> Iterator[Window]:
        """Yield one window after the other."""
        yield from map(self.load, range(len(self.sizes)))


ExampleData = Sequence[Example] | Windows


def iterate_windows(data: ExampleData) -> Iterator[Sequence[Example]]:
    """Yield what is in memory at a time: the windows, or all of a list."""
    yield from data.iterate() if isinstance(data, Windows) else [data]


def iterate_examples(data: ExampleData) -> Iterator[Example]:
    """Yield one example after the other, of which a window is in memory."""
    for window in iterate_windows(data):
        yield from window


def take_first(data: ExampleData, most: int) -> Sequence[Example]:
    """Return all of a list, but of windows so many of the first one's examples at most."""
    if not isinstance(data, Windows):
        return data
    return data.load(0)[:most] if len(data) else []


def load_window(data: ExampleData, place: int) -> Sequence[Example]:
    """Return the window of that place; a list is one."""
    return data.load(place) if isinstance(data, Windows) else data


def list_orders(data: ExampleData) -> list[Any]:
    """Return for each window the places of its examples, in order.

    >>> list_orders([((1.0,), 2.0), ((3.0,), 4.0)])
    [[0, 1]]
    """
    if isinstance(data, Windows):
        return [array("l", range(size)) for size in data.sizes]
    return [[*range(len(data))]]
