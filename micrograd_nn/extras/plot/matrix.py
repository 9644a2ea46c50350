"""Numbers in cells, shaded by size: a picture of 8 × 8 pixels, attention, a matrix of weights."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

from ..._ground.text import add_article, count_things, format_number, quote_text
from .canvas import LETTER_SIZE, STRONGEST_FILL, Canvas, measure_text
from .figure import Figure
from .grid import choose_bands
from .reading import read_float, read_list, read_text
from .scales import is_drawn

MATRIX_WIDTH = 560.0
USUAL_CELL, LARGEST_CELL, SMALLEST_CELL = 56.0, 80.0, 12.0
LEAST_SIZE = 13.0  # of a number that can be read
BESIDE = 8.0  # what a cell is wider than its number
Cells = list[list[float | None]]


class Matrix(Figure):
    """Numbers in cells, each filled by its size: blue, or green above 0 and purple below.

    >>> Matrix([[1, 0], [0.25, 0.75]], "Attention", row_names="ab", column_names="ab")
    <Matrix “Attention”: 2 rows, 2 columns; .save("matrix.svg") writes it>

    ``frame`` is (row, column, height, width) of a rectangle of cells, ``ring`` a (row, column).
    None is an empty cell. Cells too small for their numbers have none.

    >>> Matrix([[1, -1], [2, None]], ring=(0, 1)).describe()
    '2 rows, 2 columns; from −1 to 2; row 0: 1, −1; row 1: 2, empty; ring around row 0, column 1'
    """

    def __init__(
        self,
        rows: Any,
        title: str = "",
        *,
        row_names: Sequence[str] = (),
        column_names: Sequence[str] = (),
        frame: tuple[int, int, int, int] | None = None,
        ring: tuple[int, int] | None = None,
        digits: int = 3,
    ) -> None:
        self.title = read_text(title, "title")
        self.rows = read_rows(rows)
        height, width = len(self.rows), len(self.rows[0])
        self.row_names = read_names(row_names, "row_names", height)
        self.column_names = read_names(column_names, "column_names", width)
        if not isinstance(digits, int) or not 1 <= digits <= 17:
            raise ValueError(f"digits is {digits!r}: write a number from 1 to 17")
        self.digits = digits
        self.frame = read_cells(frame, "frame", "row, column, height, width", self.rows)
        self.ring = read_cells(ring, "ring", "row, column", self.rows)

    @property
    def numbers(self) -> list[float]:
        """All numbers that are finite."""
        return [n for row in self.rows for n in row if n is not None and is_drawn(n)]

    def count(self) -> str:
        """Return how many rows and columns there are, in words."""
        rows, columns = len(self.rows), len(self.rows[0])
        return f"{count_things(rows, 'row')}, {count_things(columns, 'column')}"

    def tell(self) -> str:
        """Return in words what the matrix shows; of a large one, no single numbers."""
        numbers, shown = self.numbers, [self.count()]
        if numbers:
            low, high = (format_number(n, self.digits) for n in (min(numbers), max(numbers)))
            shown.append(f"from {low} to {high}")
        if len(self.rows) * len(self.rows[0]) <= 100:
            names = self.row_names or [str(i) for i in range(len(self.rows))]
            for name, row in zip(names, self.rows, strict=True):
                cells = ["empty" if n is None else format_number(n, self.digits) for n in row]
                shown.append(f"row {name}: {', '.join(cells)}")
        if self.frame:
            first, left, height, width = self.frame
            shown.append(
                f"frame around rows {first} to {first + height - 1}, "
                f"columns {left} to {left + width - 1}"
            )
        if self.ring:
            shown.append(f"ring around row {self.ring[0]}, column {self.ring[1]}")
        return "; ".join(shown)

    def draw(self) -> Canvas:
        """Return the picture."""
        texts = [
            ["" if n is None else format_number(n, self.digits) for n in row] for row in self.rows
        ]
        left = 14 + max(
            (measure_text(name, LETTER_SIZE) + 10 for name in self.row_names), default=0.0
        )
        columns = len(self.rows[0])
        widest = max(measure_text(text, 1) for row in texts for text in row)
        wished = max(USUAL_CELL, min(LARGEST_CELL, LEAST_SIZE * widest + BESIDE + 1))
        cell = max(SMALLEST_CELL, min(wished, (MATRIX_WIDTH - 14 - left) / columns))
        size = min(LETTER_SIZE, (cell - BESIDE) / widest) if widest else LETTER_SIZE
        width = max(left + cell * columns + 14, 260.0)
        canvas = Canvas()
        canvas.begin(self.title, self.describe())
        top = canvas.draw_title(self.title, 14, width - 28) + 12
        strongest = max(map(abs, self.numbers), default=0.0)
        if size < LEAST_SIZE and self.numbers:
            bands = choose_bands([0.0, *self.numbers])  # a cell is paper at 0, so the bar is, too
            strongest = max(-bands[0], bands[-1])
            canvas.draw_bar(bands, "", 14, top + 14)
            top += 32
        if self.column_names:
            top = self.name_columns(canvas, left, top, cell)
        for i, name in enumerate(self.row_names):
            y = top + cell * (i + 0.5) + 5.5
            canvas.add("text", "", name, x=left - 10, y=y, text_anchor="end")
        self.draw_cells(canvas, left, top, cell, strongest)
        for i, row in enumerate(texts if size >= LEAST_SIZE else ()):
            for j, text in enumerate(row):
                if text:
                    x, y = left + cell * (j + 0.5), top + cell * (i + 0.5) + size * 0.35
                    look = f"font-size: {size:.3g}px"
                    canvas.add("text", "", text, x=x, y=y, text_anchor="middle", style=look)
        self.draw_marks(canvas, left, top, cell)
        canvas.set_size(width, top + cell * len(self.rows) + 14)
        return canvas

    def name_columns(self, canvas: Canvas, left: float, top: float, cell: float) -> float:
        """Write the columns' names, upright if they are too wide, and return how far down."""
        widest = max(measure_text(name, LETTER_SIZE) for name in self.column_names)
        upright = widest > cell + 2
        bottom = top + (widest if upright else 16) + 8
        for i, name in enumerate(self.column_names):
            x = left + cell * (i + 0.5)
            if upright:
                turn = f"rotate(-90 {x + 5.5:.6g} {bottom - 8:.6g})"
                canvas.add("text", "", name, x=x + 5.5, y=bottom - 8, transform=turn)
            else:
                canvas.add("text", "", name, x=x, y=bottom - 9, text_anchor="middle")
        return bottom

    def draw_cells(
        self, canvas: Canvas, left: float, top: float, cell: float, strongest: float
    ) -> None:
        """Draw each cell, filled by its number: at its fullest where that is the strongest."""
        signed = min(self.numbers, default=0.0) < 0
        for i, row in enumerate(self.rows):
            for j, number in enumerate(row):
                if number is None:
                    continue
                place = {"x": left + cell * j, "y": top + cell * i, "width": cell, "height": cell}
                if is_drawn(number) and number:
                    color = ("purple" if number < 0 else "green") if signed else "blue"
                    strength = STRONGEST_FILL * abs(number) / strongest
                    canvas.add("rect", f"{color} fill", **place, fill_opacity=round(strength, 3))
                canvas.add("rect", "cell grid", **place)

    def draw_marks(self, canvas: Canvas, left: float, top: float, cell: float) -> None:
        """Draw the frame and the ring, with a rim of paper around each."""
        if self.frame:
            row, column, height, width = self.frame
            place = {"x": left + cell * column, "y": top + cell * row}
            for kind in ("frame wide paper", "frame"):
                canvas.add("rect", kind, **place, width=cell * width, height=cell * height, rx=2)
        if self.ring:
            row, column = self.ring
            x, y = left + cell * (column + 0.5), top + cell * (row + 0.5)
            for kind in ("frame wide paper", "frame"):
                canvas.add("circle", kind, cx=x, cy=y, r=cell * 0.5)


def read_rows(rows: Any) -> Cells:
    """Return rows of numbers, all of the same length; None stays None."""
    told = f"Matrix takes rows of numbers, not {add_article(type(rows).__name__)}"
    read: Cells = []
    for i, row in enumerate(read_list(rows, told)):
        told = f"row {i} is {quote_text(row)}, not a list of numbers"
        items = enumerate(read_list(row, f"{told}: for a single row, write Matrix([row])"))
        place = f"row {i}, column "
        cells = [None if n is None else read_float(n, f"{place}{j}") for j, n in items]
        if read and len(cells) != len(read[0]):
            told = f"row {i} has {count_things(len(cells), 'number')}, and row 0 has {len(read[0])}"
            raise ValueError(f"{told}: all rows need the same (None is empty)")
        read.append(cells)
    if not read or not read[0]:
        raise ValueError("Matrix got no numbers: hand at least one row with one number")
    return read


def read_names(names: Any, what: str, needed: int) -> list[str]:
    """Return the names of rows or columns, which must be as many as these or none."""
    read = [read_text(name, f"each of {what}") for name in names]
    if read and len(read) != needed:
        told = count_things(len(read), "name")
        raise ValueError(f"{what} has {told} for {needed}: hand one for each")
    return read


def read_cells(given: Any, name: str, words: str, rows: Cells) -> Any:
    """Return which cells are marked; those that aren't in the matrix are an error."""
    if given is None:
        return None
    wanted = f"write {name}=({words})"
    try:
        place = tuple(map(index, given))
    except TypeError:
        place = ()
    if len(place) != len(words.split()):
        raise TypeError(f"{name} is {quote_text(given)}: {wanted}")
    row, column, high, wide = (*place, 1, 1)[:4]
    height, width = len(rows), len(rows[0])
    if not (0 <= row < row + high <= height and 0 <= column < column + wide <= width):
        raise ValueError(
            f"{name} is {given}, which isn't in a matrix of {height} × {width}: {wanted}"
        )
    return place
