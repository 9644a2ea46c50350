"""What differs, a row a node or a weight: its numbers on both sides, and by how much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..engine.steps import is_same_number
from ..text import count_things, format_number, make_printable, shorten_text

MOST_PAIRS = 20  # that are printed
WIDTHS = (4, 22, 24, 24)  # of the columns of a printed table
LEVEL_ENDS = (0.01, 0.1, 1.0)  # of the larger number's size, up to which a difference is of a level
LEGEND = "* under 1 %, ** under 10 %, *** under 100 %, **** more, or of another sign"

Both = tuple[float | None, float | None]  # a number on each side, None where there is none


class PairRow(NamedTuple):
    """A node or a weight on both sides: its numbers and its gradients."""

    name: str
    data: Both
    grad: Both = (None, None)

    @property
    def level(self) -> int:
        """By how much it differs, as ``measure_level`` says.

        Of value and gradient, it is the larger.
        """
        return max(measure_level(*self.data), measure_level(*self.grad))


def measure_level(x: float | None, y: float | None) -> int:
    """Return by how much two numbers differ, 0 to 4, from the larger one's size.

    >>> [measure_level(2.0, y) for y in (2.0, 2.01, 2.1, 3.0, -2.0, None, float("nan"))]
    [0, 1, 2, 3, 4, 4, 4]

    Not-a-number is no difference from itself.
    """
    if x is None or y is None:
        return 0 if x is y else 4
    if is_same_number(x, y):
        return 0
    if not (math.isfinite(x) and math.isfinite(y)):
        return 4
    larger = max(abs(x), abs(y))
    share = abs(y / larger - x / larger)
    return 1 + sum(share >= level for level in LEVEL_ENDS)


def format_both(both: Both) -> str:
    """Return a number on both sides as text: once, where nothing is seen to differ.

    >>> format_both((1.0, 2.0)), format_both((1.0, 1.0)), format_both((None, None))
    ('1 → 2', '1', '–')

    What differs is written with as many digits as show it:

    >>> format_both((1.0, 1.000001))
    '1 → 1.000001'

    or, where those are too many, as what is added:

    >>> format_both((1 / 3, 1 / 3 + 1e-13))
    '0.3333 + 1e−13'
    """
    x, y = (None if number is None else number + 0.0 for number in both)  # no −0
    if x is None or y is None or is_same_number(x, y):
        return " → ".join(dict.fromkeys([format_number(x), format_number(y)]))
    digits = next(n for n in range(4, 18) if format_number(x, n) != format_number(y, n))
    shown = f"{format_number(x, digits)} → {format_number(y, digits)}"
    if len(shown) <= WIDTHS[2]:
        return shown
    return f"{format_number(x)} {'+' if y > x else '−'} {format_number(abs(y - x), 3)}"


def sort_rows(rows: Sequence[PairRow]) -> list[PairRow]:
    """Return the rows that differ, those that differ most first."""
    return sorted([row for row in rows if row.level], key=lambda row: -row.level)


def write_rows(rows: Sequence[PairRow], heading: str, most: int = MOST_PAIRS) -> list[str]:
    r"""Return rows as the lines of a table, within 80 columns.

    >>> print(*write_rows([PairRow("w", (1.0, 2.0), (3.0, 3.0))], "weight"), sep="\n")
          weight                  value                     gradient
    ***   w                       1 → 2                     3
    * under 1 %, ** under 10 %, *** under 100 %, **** more, or of another sign

    Where none has a gradient, there is no column for it.
    """
    has_grad = any(row.grad != (None, None) for row in rows)
    titles = ["", heading, "value", "gradient"]
    table = [titles, *[write_cells(row) for row in rows[:most]]]
    lines = []
    for cells in table:
        columns = zip(cells[: 3 + has_grad], WIDTHS, strict=False)
        lines.append("  ".join(f"{cell:{width}}" for cell, width in columns).rstrip())
    if len(rows) > most:
        lines.append(f"… {count_things(len(rows) - most, 'more row')}: .rows has them all")
    return [*lines, LEGEND]


def write_cells(row: PairRow) -> list[str]:
    """Return a row's cells as text."""
    name = shorten_text(make_printable(row.name), WIDTHS[1])
    return ["*" * row.level, name, format_both(row.data), format_both(row.grad)]
