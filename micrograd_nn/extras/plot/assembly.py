"""A plot put together: its axes, what stands on them, names beside lines or in a legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .axes import PLOT_WIDTH, Axes
from .canvas import join_numbers, measure_text
from .figure import LETTER_SIZE, FigureCanvas, color_band
from .grid import COLUMNS, ROWS, paint_bands
from .labels import SMALL_SIZE, list_places_beside
from .limits import Limits
from .parts import Contours, Dots, Guide, Note, Part, Shade, Stroke
from .reading import Pair
from .sampling import clip_line, extend_slope, is_inside, place_points, thin_line
from .scales import label_ticks

LINE_COLORS = ("blue", "green", "purple", "ink")  # orange is a slope, a gradient
DASHES = ("", "11 5", "2.5 4.5", "13 4 3 4", "6 4", "18 6")
SHAPES = ("circle", "square", "triangle", "diamond")
MANY_POINTS = 900  # of a line that goes up and down all the time: it is drawn finer
FINER = 3  # of a shade: each cell of the grid is drawn as this many across and up


class Assembly(Axes):
    """The plot as it grows: what is in its area first, then the head above that."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.legend: list[tuple[str, str, str]] = []  # what it is, its look, its name
        self.bars: list[Shade] = []

    def draw(self, parts: Sequence[Part], x: str, y: str) -> None:
        """Draw all parts, what is flat below what is thin, and texts on top."""
        shades = [part for part in parts if isinstance(part, Shade)]
        for shade in shades:
            self.draw_shade(shade)
        self.draw_axes(x, y, grid=not shades)
        contours = [part for part in parts if isinstance(part, Contours)]
        strokes = list(style_strokes([part for part in parts if isinstance(part, Stroke)]))
        lines = [self.find_lines(stroke) for stroke, _, _ in strokes]
        for height in contours:
            self.draw_contours(height)
        guides = [part for part in parts if isinstance(part, Guide)]
        for guide in guides:
            self.draw_guide(guide)
        for (stroke, color, dash), pieces in zip(strokes, lines, strict=True):
            self.draw_stroke(stroke, color, dash, pieces)
        styled = list(style_dots([part for part in parts if isinstance(part, Dots)]))
        for dots, color, shape in styled:
            self.draw_dots(dots, color, shape)
        for dots, color, _ in styled:
            self.label_dots(dots, color)
        for part in parts:
            if isinstance(part, Note):
                self.write_beside(part.text, self.place(part.point), "halo")
        for (stroke, color, dash), pieces in zip(strokes, lines, strict=True):
            self.name_stroke(stroke, color, dash, pieces)
        for guide in guides:
            self.name_guide(guide)
        for height in contours:
            self.number_contours(height)

    def finish(self, title: str, told: str) -> FigureCanvas:
        """Put the head above the plot and return the picture."""
        self.group = self.svg
        left, width = 14.0, PLOT_WIDTH - 28
        self.begin(title, told)
        y = self.draw_words(self.draw_title(title, left, width), left, width)
        for shade in self.bars:
            y += 28
            self.draw_bar(shade.bands, shade.name, left, y - 6)
        for row in self.arrange_legend(width):
            y += 28
            for x, entry in row:
                self.draw_entry(entry, left + x, y - 6)
        top = y + 38  # with the vertical axis's name
        self.area.set("transform", f"translate(0 {top:.6g})")
        self.svg.append(self.area)
        self.set_size(PLOT_WIDTH, top + self.bottom + 58)
        return self

    def draw_words(self, y: float, left: float, width: float) -> float:
        """Write what else there is to say below the title, and return how far down it goes."""
        return y

    def draw_shade(self, shade: Shade) -> None:
        """Draw each band as one path of all its runs of small cells, in units of cells."""
        left, _, right, bottom = self.box
        unit = join_numbers(((right - left) / COLUMNS / FINER, -bottom / ROWS / FINER))
        cells = f"translate({join_numbers((left, bottom))}) scale({unit})"
        for band, runs in enumerate(paint_bands(shade.grid, shade.bands, FINER)):
            color, strength = color_band(shade.bands, band)
            if runs and strength:
                self.add(
                    "path",
                    f"{color} fill",
                    d="".join(f"M{start} {row}H{end}v1H{start}z" for row, start, end in runs),
                    fill_opacity=strength,
                    shape_rendering="crispEdges",
                    transform=cells,
                )
        self.bars.append(shade)

    def find_lines(self, stroke: Stroke) -> list[list[Pair]]:
        """Return where a stroke goes in the plot, cut at gaps and at the edges."""
        points = stroke.points
        if stroke.slope:
            points = extend_slope(*stroke.slope, points, self.across, self.up)
        pieces = [
            piece
            for line in place_points(points, self.across, self.up)
            for piece in clip_line(thin_line(line), self.box)
        ]
        for piece in pieces:
            self.room.take_line(piece)
        return pieces

    def draw_stroke(
        self, stroke: Stroke, color: str, dash: str, pieces: Sequence[list[Pair]]
    ) -> None:
        """Draw a line with its dashes, or heads; a point alone between two gaps is a dot."""
        look = {"stroke_dasharray": dash} if dash and not stroke.arrows else {}
        weight = "fine line" if sum(map(len, pieces)) > MANY_POINTS else "line"
        for piece in pieces:
            if len(piece) > 1:
                self.draw_line(f"{weight} {color}", *piece, **look)
            else:
                self.add("circle", f"dot {color}", cx=piece[0][0], cy=piece[0][1], r=4)
        if stroke.arrows:
            places = [self.place(point) for point in stroke.points]
            for start, end in pairwise(places):
                if is_inside(end, self.box) and not math.isnan(start[0] + start[1]):
                    self.draw_head(start, end, color)

    def draw_head(self, start: Pair, end: Pair, color: str) -> None:
        """Draw the head of an arrow, a smaller one on a short line."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = math.hypot(dx, dy)
        size = min(13.0, 0.7 * length)
        if size < 2:
            return
        dx, dy = dx / length * size, dy / length * size
        back = end[0] - dx, end[1] - dy
        wing = (-dy * 0.42, dx * 0.42)
        places = (
            end,
            (back[0] + wing[0], back[1] + wing[1]),
            (back[0] - wing[0], back[1] - wing[1]),
        )
        self.draw_line(f"head fill {color}", *places, places[0])

    def draw_dots(self, dots: Dots, color: str, shape: str) -> None:
        """Draw the dots that are in the plot."""
        for x, y in map(self.place, dots.points):
            if not math.isnan(x + y) and is_inside((x, y), self.box):
                self.draw_dot(x, y, shape, f"{'hollow' if dots.hollow else 'dot'} {color}")
                self.room.take_dot(x, y)
        if dots.name:
            look = f"{'hollow' if dots.hollow else 'dot'} {color}"
            self.legend.append((shape, look, dots.name))

    def draw_dot(self, x: float, y: float, shape: str, kind: str) -> None:
        """Draw one dot."""
        if shape == "circle":
            self.add("circle", kind, cx=x, cy=y, r=6)
        elif shape == "square":
            self.add("rect", kind, x=x - 5.5, y=y - 5.5, width=11, height=11)
        else:
            far = 8.0
            corners = [(x, y - far), (x + far, y + 6), (x - far, y + 6)]
            if shape == "diamond":
                corners = [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
            path = "M" + "L".join(join_numbers(corner) for corner in corners) + "Z"
            self.add("path", kind, d=path)

    def label_dots(self, dots: Dots, color: str) -> None:
        """Write the dots' labels beside them."""
        for point, label in zip(dots.points, dots.labels, strict=True):
            self.write_beside(label, self.place(point), f"halo {color}")

    def name_stroke(self, stroke: Stroke, color: str, dash: str, pieces: list[list[Pair]]) -> None:
        """Write a line's name beside it if there's room, else into the legend."""
        if not stroke.name:
            return
        corners = list_places_beside(pieces, stroke.name) if pieces else []
        corner = self.room.find_best(stroke.name, corners, most=0.5)
        if corner:
            self.write_at(stroke.name, corner, f"halo {color}")
        else:
            self.legend.append(("arrow" if stroke.arrows else dash, color, stroke.name))

    def draw_guide(self, guide: Guide) -> None:
        """Draw a dashed line across."""
        ends = self.find_guide(guide)
        if ends:
            self.draw_line("guide quiet", *ends)
            self.room.take_line(ends)

    def find_guide(self, guide: Guide) -> tuple[Pair, Pair] | None:
        """Return where it begins and ends, if it is in the plot."""
        left, top, right, bottom = self.box
        if guide.y is None:
            x = self.across.place(guide.x if guide.x is not None else math.nan)
            return ((x, bottom), (x, top)) if left - 0.01 <= x <= right + 0.01 else None
        y = self.up.place(guide.y)
        return ((left, y), (right, y)) if top - 0.01 <= y <= bottom + 0.01 else None

    def name_guide(self, guide: Guide) -> None:
        """Write its name beside it, near its end."""
        ends = self.find_guide(guide)
        name = self.fit(guide.name, 0.7 * (self.box[2] - self.box[0]))
        if ends and name:
            corner = self.room.find_best(name, list_places_beside([list(ends)], name))
            if corner:
                self.write_at(name, corner, "halo quiet")

    def draw_contours(self, contours: Contours) -> None:
        """Draw the lines of all levels."""
        for lines in contours.lines.values():
            for line in lines:
                places = [self.place(point) for point in line]
                self.draw_line("contour quiet", *places)
                self.room.take_line(places, 0.15)

    def number_contours(self, contours: Contours) -> None:
        """Write each level on its longest line, where it hides nothing."""
        for label, lines in zip(
            label_ticks(list(contours.lines)), contours.lines.values(), strict=True
        ):
            places = [[self.place(point) for point in line] for line in lines]
            if not places:
                continue
            width, height = measure_text(label, SMALL_SIZE), SMALL_SIZE * 1.15
            longest = max(places, key=len)
            spots = longest[len(longest) // 8 :: max(1, len(longest) // 24)]
            corners = [(x - width / 2, y - height / 2) for x, y in spots]
            corner = self.room.find_best(label, corners, most=3.0, size=SMALL_SIZE)
            if corner:
                self.write_at(label, corner, "halo quiet", SMALL_SIZE)

    def arrange_legend(self, width: float) -> list[list[tuple[float, tuple[str, str, str]]]]:
        """Return the rows of the legend, each entry with its distance from the left."""
        entries = [(look, kind, self.fit(name, width - 44)) for look, kind, name in self.legend]
        rows: list[list[tuple[float, tuple[str, str, str]]]] = []
        x = math.inf
        for entry in entries:
            needed = 44 + measure_text(entry[2], LETTER_SIZE)
            if x + needed > width:
                rows.append([])
                x = 0.0
            rows[-1].append((x, entry))
            x += needed + 20
        return rows

    def draw_entry(self, entry: tuple[str, str, str], x: float, y: float) -> None:
        """Draw an entry of the legend."""
        look, kind, name = entry
        if look in SHAPES:
            self.draw_dot(x + 12, y - 5, look, kind)
            self.add("text", "", name, x=x + 26, y=y)
            return
        dash = {"stroke_dasharray": look} if look and look != "arrow" else {}
        self.draw_line(f"line {kind}", (x, y - 5), (x + 34, y - 5), **dash)
        if look == "arrow":
            self.draw_head((x, y - 5), (x + 36, y - 5), kind)
        self.add("text", "", name, x=x + 42, y=y)


def style_strokes(strokes: Sequence[Stroke]) -> Iterable[tuple[Stroke, str, str]]:
    """Yield each with its colour and dashes. Slopes are orange, as gradients are elsewhere.

    Those without a name needn't be told apart.
    """
    slopes = others = 0
    for stroke in strokes:
        if stroke.slope:
            yield stroke, stroke.color or "orange", DASHES[slopes % len(DASHES)]
            slopes += bool(stroke.name)
        else:
            color = stroke.color or LINE_COLORS[others % len(LINE_COLORS)]
            yield stroke, color, DASHES[others % len(DASHES)]
            others += 1


def style_dots(parts: Sequence[Dots]) -> Iterable[tuple[Dots, str, str]]:
    """Yield each with its colour and shape; named ones differ in shape from one another."""
    seen: dict[bool, int] = {}
    for dots in parts:
        shape = seen.get(dots.hollow, 0) if dots.name else 0
        if dots.name:
            seen[dots.hollow] = shape + 1
        yield dots, dots.color or "ink", SHAPES[shape % len(SHAPES)]
