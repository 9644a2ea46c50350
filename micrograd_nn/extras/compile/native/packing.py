"""Numbers as C reads them: in arrays, with the places where each example's begin."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from itertools import groupby
from math import isfinite
from typing import Any, NamedTuple


class Served(NamedTuple):
    """Examples that differ in numbers alone: the programs for them, and how a row is laid out."""

    programs: Sequence[Any]  # functions in C, to be tried one after the other
    width: int
    is_alone: bool  # each runs by itself, since the programs have branches


class Rows:
    """Examples as C reads them: all their numbers, where each one's begin, and its form."""

    def __init__(self) -> None:
        self.numbers, self.starts, self.forms = array("d"), array("l"), array("l")

    @classmethod
    def of(cls, numbers: array[float], count: int) -> Rows:
        """Return ``count`` examples of one form, packed one behind the other."""
        rows = cls()
        rows.numbers, rows.forms = numbers, array("l", [0]) * count
        rows.starts = array("l", range(0, len(numbers), len(numbers) // count))
        return rows

    def add(self, numbers: Sequence[float], form: int) -> None:
        """Add an example, given by its numbers and the number of its form."""
        self.starts.append(len(self.numbers))
        self.forms.append(form)
        self.numbers.frombytes(pack(numbers))

    @property
    def are_finite(self) -> bool:
        """Whether all numbers are finite, as they are if their sum is."""
        return isfinite(sum(self.numbers)) or all(map(isfinite, self.numbers))

    def list_runs(self) -> list[tuple[int, int, int]]:
        """Return the runs of examples that share a form: its number, the first, and how many."""
        runs, first = [], 0
        for form, run in groupby(self.forms):
            count = len([*run])
            runs.append((form, first, count))
            first += count
        return runs

    def read(self, example: int, width: int) -> array[float]:
        """Return an example's numbers."""
        start = self.starts[example]
        return self.numbers[start : start + width]

    def locate(self, example: int) -> int:
        """Return the address of an example's numbers."""
        return self.numbers.buffer_info()[0] + 8 * self.starts[example]


def pack(numbers: Sequence[float]) -> bytes:
    """Return numbers as C reads them, in half the time that an array takes; a buffer's at once."""
    if type(numbers) is memoryview:
        return numbers.tobytes()
    return struct.pack(f"{len(numbers)}d", *numbers)


def list_rows(rows: Any) -> Any:
    """Return rows as Python goes through them: those of a buffer as lists."""
    return rows.tolist() if type(rows) is memoryview else rows


def allocate(count: int) -> array[float]:
    """Return an array of zeros; of none, it has an address nevertheless."""
    return array("d", bytes(8 * count))
