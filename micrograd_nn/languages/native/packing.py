"""Numbers as C reads them: in arrays, with the places where each example's begin."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import groupby
from math import isfinite
from typing import Any, NamedTuple


class Served(NamedTuple):
    """Examples that differ in numbers alone: the programs for them, and how a row is laid out."""

    programs: Sequence[Any]  # functions in C, to be tried one after the other
    width: int
    is_alone: bool  # each runs by itself, since the programs have branches


class Rows(NamedTuple):
    """Examples as C reads them: all their numbers, where each one's begin, and its form."""

    numbers: array[float]
    starts: array[int]
    forms: array[int]

    @staticmethod
    def collect(examples: Iterable[tuple[Sequence[float], int]]) -> Rows:
        """Return examples, given by their numbers and the number of their form, as rows."""
        rows = Rows(array("d"), array("l"), array("l"))
        for numbers, form in examples:
            rows.starts.append(len(rows.numbers))
            rows.forms.append(form)
            rows.numbers.extend(numbers)
        return rows

    @property
    def are_finite(self) -> bool:
        """Whether all numbers are finite."""
        return all(map(isfinite, self.numbers))

    def list_runs(self) -> list[tuple[int, int, int]]:
        """Return the runs of examples that share a form: its number, the first, and how many."""
        runs, first = [], 0
        for form, run in groupby(self.forms):
            count = len([*run])
            runs.append((form, first, count))
            first += count
        return runs

    def locate(self, example: int) -> int:
        """Return the address of an example's numbers."""
        return self.numbers.buffer_info()[0] + 8 * self.starts[example]


def allocate(count: int) -> array[float]:
    """Return an array of zeros; of none, it has an address nevertheless."""
    return array("d", bytes(8 * count))
