"""What two sides differ in, a row a node or a weight; printed, as a picture, as a page."""

from __future__ import annotations

import base64
import math
import os
from collections.abc import Callable, Iterable, Sequence
from html import escape
from operator import attrgetter
from pathlib import Path
from string import Template
from textwrap import wrap
from typing import Any, NamedTuple

from ...._ground.files import Written, read_web
from ...._ground.text import (
    BROADEST_CHANGE,
    count_things,
    format_change,
    make_printable,
    shorten_text,
)
from ....draw.drawing import Drawing
from ....draw.layout import LayoutError
from ....engine.backprop import is_same_number
from ....engine.value import Value
from ....page.document import read_part, write_document
from ....page.frame import Page
from ...plot.plot import Plot

BROADEST_LINE = 79  # columns that a printed difference takes at most
MOST_ON_PAGE = 1_000  # rows of a page's table
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


class Difference:
    """Two sides, compared: ``rows`` are what differs, a root first, then those that differ most.

    It prints itself, a notebook shows its picture, and ``save`` writes it by the ending: as a
    page (.html) or as a picture (.svg, and of graphs .png, .dot and .pdf).
    """

    def __init__(
        self,
        called: tuple[str, str],
        title: str,
        every: Sequence[PairRow],
        alone: Sequence[str] = (),
        heading: str = "node",
    ) -> None:
        self.called, self.title, self.heading = called, title, heading  # what a row is
        self.every = weigh_rows(every)  # of what is on both sides
        self.rows = sort_rows(self.every)
        self.alone = alone  # what is on one side only, in lines

    @property
    def is_same(self) -> bool:
        """Whether both sides are the same: form, numbers and gradients."""
        return not self.rows and not self.alone

    def describe(self) -> list[str]:
        """Say what there is to know before the numbers, in lines."""
        if self.is_same:
            return ["Nothing differs"]
        if not self.every:
            return [f"No {self.heading} is on both sides by its name"]
        count = len(self.rows)
        both = f"{count_things(len(self.every), self.heading)} on both sides"
        return [f"{both}, {count:,} of them differ{'s' * (count == 1)}"]

    @property
    def picture(self) -> Drawing | Plot:
        """Both sides as one picture, which graphs and trainings have."""
        raise LayoutError("models are compared by their numbers: print that, or save it as .html")

    def __str__(self) -> str:
        told = [self.title, *self.describe(), *self.alone]
        table = write_rows(self.rows, self.heading, tell=self.tell_row) if self.rows else []
        return "\n".join([*wrap_lines(told), *table])

    __repr__ = __str__

    def tell_row(self, row: PairRow) -> str:
        """Say what a row is about."""
        return row.name

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write the difference to a file in the format of its ending.

        >>> from . import diff
        >>> from micrograd_nn import Value
        >>> diff(Value(2.0) * 3, Value(2.0) * 4).save("diff.html")
        wrote diff.html
        """
        if Path(path).suffix.lower() in (".html", ".htm"):
            return self.page().save(path)
        return self.picture.save(path)

    def page(self) -> Page:
        """Return the difference as a page: its picture, and a table of what differs most."""
        told = "".join(f"<p>{escape(line)}</p>" for line in [*self.describe(), *self.alone])
        body = Template(read_web(__package__, "diff.html")).substitute(
            title=escape(self.title), told=told, picture=self.write_image(),
            table=self.write_markup(), legend=escape(LEGEND) if self.rows else "",
        )  # fmt: skip
        style = read_part("page.css") + read_web(__package__, "diff.css")
        document = write_document(
            "diff", body.rstrip(), title=self.title, style=style, has_images=True
        )
        extent = "the same" if self.is_same else f"{len(self.rows):,} differ"
        return Page(document, self.title, self.title, extent, "diff.html")

    def write_image(self) -> str:
        """Return the picture as an image of a page; where there can't be one, why."""
        try:
            picture = self.picture
            svg = picture.svg if isinstance(picture, Plot) else picture.render().decode()
        except LayoutError as error:
            return f"<p>{escape(f'No picture: {error}')}</p>"
        data = base64.b64encode(svg.encode()).decode()
        kind = "plot" if isinstance(picture, Plot) else "graph"
        return (
            f'<img class="{kind}" alt="{escape(self.title)}" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def write_markup(self) -> str:
        """Return the first rows as a table of HTML, and how many are left out."""
        if not self.rows:
            return ""
        has_grad = any(row.grad != (None, None) for row in self.rows)
        titles = [self.heading, "value", "gradient"][: 2 + has_grad]
        head = "".join(f'<th scope="col">{title}</th>' for title in titles)
        body = "".join(
            f'<tr class="level{row.level}"><td>{"*" * row.level}</td>'
            f'<th scope="row">{escape(make_printable(self.tell_row(row)))}</th>'
            f'<td class="value">{format_change(*row.data)}</td>'
            + f'<td class="gradient">{format_change(*row.grad)}</td>' * has_grad
            + "</tr>"
            for row in self.rows[:MOST_ON_PAGE]
        )
        table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
        left_out = len(self.rows) - MOST_ON_PAGE
        if left_out <= 0:
            return table
        return f"{table}<p>These {MOST_ON_PAGE:,} differ most; {left_out:,} more are left out.</p>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            picture = self.picture
            shown = {"image/svg+xml": picture.svg} if isinstance(picture, Plot) else picture.show()
            return {**shown, "text/plain": str(self)}
        except LayoutError as error:
            return {"text/plain": f"{self}\n(no picture: {error})"}


def wrap_lines(lines: Sequence[str]) -> list[str]:
    """Return lines of which none is too long, what goes on being indented."""
    plain = map(make_printable, lines)
    return [part for line in plain for part in wrap(line, BROADEST_LINE, subsequent_indent="  ")]
