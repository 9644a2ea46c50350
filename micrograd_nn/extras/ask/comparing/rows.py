"""What differs, a row a node or a weight: its numbers on both sides, and by how much."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from ...._ground.text import (
    BROADEST_CHANGE,
    count_things,
    format_change,
    make_printable,
    shorten_text,
)
from ....engine.backprop import is_same_number
from ....engine.value import Value

MOST_PAIRS = 20  # that are printed
WIDTHS = (4, 22, BROADEST_CHANGE, BROADEST_CHANGE)  # of the columns of a printed table
LEVEL_ENDS = (0.01, 0.1, 1.0)  # of the larger number's size, up to which a difference is of a level
FAINTEST = 1e-10  # of a column's largest number, below which rounding may be all that differs
LEGEND = "* under 1 %, ** under 10 %, *** under 100 %, **** more, or of another sign"

Both = tuple[float | None, float | None]  # a number on each side, None where there is none


class PairRow(NamedTuple):
    """A node or a weight on both sides: its numbers, its gradients, and by how much they differ.

    ``share`` is that of the value or of the gradient, whichever is larger, once rows are weighed.
    ``node`` is that of the second graph.
    """

    name: str
    data: Both
    grad: Both = (None, None)
    share: float = 0.0
    node: Value | None = None

    @property
    def level(self) -> int:
        """By how much it differs, in steps from 0 to 4."""
        return 1 + sum(self.share >= end for end in LEVEL_ENDS) if self.share else 0


def weigh_rows(rows: Sequence[PairRow]) -> list[PairRow]:
    """Return rows with their shares, by how much they differ.

    What rounding may have done to a 0 doesn't count as much as what became of a number: both are
    measured by the column's largest number, too.
    """
    noise_of_data = FAINTEST * find_largest(row.data for row in rows)
    noise_of_grad = FAINTEST * find_largest(row.grad for row in rows)
    return [
        PairRow(name, data, grad, max(share, measure_share(*grad, noise_of_grad)), node)
        for name, data, grad, _, node in rows
        for share in [measure_share(*data, noise_of_data)]
    ]


def find_largest(column: Iterable[Both]) -> float:
    """Return the size of the largest number of a column that is finite, 0 where there is none."""
    sizes = (abs(x) for both in column for x in both if x)  # neither None nor 0
    return max((size for size in sizes if size < math.inf), default=0.0)


def measure_share(x: float | None, y: float | None, noise: float = 0.0) -> float:
    """Return by how much two numbers differ, as a share of the larger one's size.

    >>> [measure_share(2.0, y) for y in (2.0, 1.0, -2.0, None, float("nan"))]
    [0.0, 0.5, 2.0, inf, inf]

    Not-a-number doesn't differ from itself. Two that are smaller than ``noise`` are measured by
    that:

    >>> measure_share(0.0, 1e-12), measure_share(0.0, 1e-12, noise=1e-10)
    (1.0, 0.01)
    """
    if x is y or (x is not None and y is not None and is_same_number(x, y)):
        return 0.0
    if x is None or y is None or not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    larger = max(abs(x), abs(y), noise)
    return abs(y / larger - x / larger) or math.ulp(0.0)  # what differs is never 0


def sort_rows(rows: Sequence[PairRow]) -> list[PairRow]:
    """Return the rows that differ, those that differ most first.

    Those that differ by one share, but for rounding, stay in their order.
    """
    return sorted([row for row in rows if row.share], key=lambda row: -round(row.share, 9))


def write_rows(
    rows: Sequence[PairRow],
    heading: str,
    most: int = MOST_PAIRS,
    tell: Callable[[PairRow], str] = attrgetter("name"),
) -> list[str]:
    """Return rows as the lines of a table, within 80 columns.

    Where none has a gradient, there is no column for it. ``tell`` says what a row is about.
    """
    has_grad = any(row.grad != (None, None) for row in rows)
    titles = ["", heading, "value", "gradient"]
    table = [titles, *[write_cells(row, tell(row)) for row in rows[:most]]]
    count = 3 + has_grad
    columns = [zip(cells[:count], WIDTHS[:count], strict=True) for cells in table]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in row).rstrip() for row in columns]
    if len(rows) > most:
        lines.append(f"… {count_things(len(rows) - most, 'more row')}: .rows has them all")
    return [*lines, LEGEND]


def write_cells(row: PairRow, told: str) -> list[str]:
    """Return a row's cells as text."""
    told = shorten_text(make_printable(told), WIDTHS[1])
    return ["*" * row.level, told, write_change(row.data), write_change(row.grad)]


def write_change(both: Both) -> str:
    """Return a number on both sides as it fits into its column.

    >>> write_change((1.0, 2.0)), write_change((-1.2341e-100, -5.6781e-100))
    ('1 → 2', '−1.23e−100 → −5.68e−100')
    """
    shown = format_change(*both)
    return shown if len(shown) <= BROADEST_CHANGE else format_change(*both, digits=3)
