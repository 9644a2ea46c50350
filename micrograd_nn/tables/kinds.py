"""Which kind of column cells make, numbers or texts: counted, so that they may come in pieces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import eq, gt, lt

from ..text import InputError, quote_text
from .spelling import read_number

UNITS = "", "%"  # that may stand behind all of a column's numbers
MOST_CATEGORIES = 50  # a text column with more different texts is no use as an input


class CellCounts:
    """How many cells there are, how many of them are numbers, and which different ones there are.

    >>> counts = CellCounts()
    >>> counts.add(["12 %", "15 %", "n/a"])
    >>> counts.add(["9 %"])
    >>> counts.find_unit("t.csv, column 'x'"), counts.cells, len(counts.different)
    ('%', 4, 4)

    Of many different cells, only some are kept.
    """

    def __init__(self) -> None:
        self.cells = 0
        self.numbers = dict.fromkeys(UNITS, 0)
        self.without_commas = 0  # how many are numbers when commas are dropped
        self.with_comma = ""  # the first cell that has one
        self.different: set[str] = set()

    def add(self, cells: Iterable[str]) -> None:
        """Count more cells."""
        counts = Counter(cells)  # many a column has few that differ
        total, numbers = sum(counts.values()), count_numbers(counts)
        self.cells += total
        self.numbers[""] += numbers
        if len(self.different) <= MOST_CATEGORIES:
            self.different |= counts.keys()
        if numbers == total:  # as mostly: none has a unit or a comma
            self.without_commas += total
            return
        for unit in UNITS[1:]:
            self.numbers[unit] += count_numbers(counts, unit)
        if not self.with_comma:
            self.with_comma = next((cell for cell in counts if "," in cell), "")
        plain: Counter[str] = Counter()
        for cell, count in counts.items():
            plain[cell.replace(",", "")] += count
        self.without_commas += count_numbers(plain)

    def find_unit(self, where: str) -> str | None:
        """Return the unit of which more than half of the cells are numbers; None of texts."""
        for unit in UNITS:
            if 2 * self.numbers[unit] > self.cells:
                return unit
        if 2 * self.without_commas > self.cells:
            what = f"numbers with a comma, as {quote_text(self.with_comma)}"
            remedy = "if it is a decimal comma, use --decimal , and write thousands with nothing"
            raise InputError(f"{where}: {what}: {remedy}")
        return None


def count_numbers(counts: Counter[str], unit: str = "") -> int:
    """Return how many cells are numbers of this unit.

    >>> count_numbers(Counter(["1", "2", "2", "red", "nan"]))
    4
    """
    return sum([n for cell, n in counts.items() if read_number(cell, unit) is not None])


def is_row_number(name: str, numbers: Sequence[float]) -> bool:
    """Tell whether a column has whole numbers without a gap, or in order, or is called an id.

    >>> is_row_number("x", [5.0, 3.0, 4.0, *range(6, 14)]), is_row_number("x", [1.0, 2.0])
    (True, False)
    """
    if len(numbers) < 10 or not all(number == number // 1 for number in numbers):
        return False
    rising = sorted(numbers)
    if any(map(eq, rising, rising[1:])):  # so they aren't all different
        return False
    without_gap = rising[-1] - rising[0] == len(rising) - 1
    in_order = all(map(lt, numbers, numbers[1:])) or all(map(gt, numbers, numbers[1:]))
    return in_order or without_gap or bool(re.search(r"(?i)(^|[^a-z])id$", name))
