"""What two sides differ in, as it is shown: printed, as a picture, as a page."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from textwrap import wrap
from typing import Any

from ...._ground.files import Written, read_web
from ...._ground.text import count_things, format_change, make_printable
from ....draw.drawing import Drawing
from ....draw.layout import LayoutError
from ....page.document import read_part, write_document
from ....page.frame import Page
from ...plot.plot import Plot
from .rows import LEGEND, PairRow, sort_rows, weigh_rows, write_rows

BROADEST_LINE = 79  # columns that a printed difference takes at most
MOST_ON_PAGE = 1_000  # rows of a page's table


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
        told = f"{count_things(len(self.every), self.heading)} on both sides"
        return [f"{told}, {count:,} of them differ{'s' * (count == 1)}"]

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
        source = f'src="data:image/svg+xml;base64,{data}"'
        return f'<img class="{kind}" alt="{escape(self.title)}" {source}>'

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
