"""A plot put together: its axes, what stands on them, names beside lines or in a legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from .axes import PLOT_WIDTH, Axes
from .canvas import LETTER_SIZE, Canvas, color_band, join_numbers, measure_text
from .contents import Contents
from .grid import COLUMNS, ROWS, paint_bands
from .labels import SMALL_SIZE, list_places_beside
from .parts import Contours, Dots, Guide, Note, Shade, Stroke
from .reading import Pair
from .sampling import clip_line, extend_slope, is_inside, place_points, thin_line
from .scales import label_ticks

P = TypeVar("P")

LINE_COLORS = ("blue", "green", "purple", "ink")  # orange is a slope, a gradient
DASHES = ("", "11 5", "2.5 4.5", "13 4 3 4", "6 4", "18 6")
SHAPES = {  # of dots, by their corners around the middle
    "circle": (),
    "square": ((-5.5, -5.5), (5.5, -5.5), (5.5, 5.5), (-5.5, 5.5)),
    "triangle": ((0, -8), (8, 6), (-8, 6)),
    "diamond": ((0, -8), (8, 0), (0, 8), (-8, 0)),
}
MANY_POINTS = 900  # of a line that goes up and down all the time: it is drawn finer
FINER = 3  # of a shade: each cell of the grid is drawn as this many across and up


class Assembly(Axes):
    """The plot as it grows: what is in its area first, then the head above that."""

    def __init__(self, plot: Contents) -> None:
        super().__init__(plot)
        self.legend: list[tuple[str, str, str]] = []  # what it is, its look, its name

    def draw(self) -> Canvas:
        """Draw all parts, what is flat below what is thin, texts on top, and the head above."""
        shades, contours = self.list_parts(Shade), self.list_parts(Contours)
        for shade in shades:
            self.draw_shade(shade)
        self.draw_axes(grid=not shades)
        strokes = [
            (*one, self.find_lines(one[0])) for one in style_strokes(self.list_parts(Stroke))
        ]
        guides = [(guide, self.find_guide(guide)) for guide in self.list_parts(Guide)]
        for height in contours:
            self.draw_contours(height)
        for _, lines in guides:
            for line in lines:
                self.draw_line("guide quiet", *line)
                self.room.take_line(line)
        for stroke in strokes:
            self.draw_stroke(*stroke)
        drawn = list(style_dots(self.list_parts(Dots)))
        for dots, color, shape in drawn:
            self.draw_dots(dots, color, shape)
        for dots, color, _ in drawn:
            for point, label in zip(dots.points, dots.labels, strict=True):
                self.write_beside(label, self.place(point), f"halo {color}")
        for note in self.list_parts(Note):
            self.write_beside(note.text, self.place(note.point), "halo")
        for stroke in strokes:
            self.name_stroke(*stroke)
        for guide, lines in guides:
            name = self.fit(guide.name, 0.7 * (self.box[2] - self.box[0]))
            if name:
                self.write_at_best(name, list_places_beside(lines, name), "halo quiet")
        for height in contours:
            self.number_contours(height)
        return self.finish(shades)

    def list_parts(self, kind: type[P]) -> list[P]:
        """Return the plot's parts of a kind."""
        return [part for part in self.plot.parts if isinstance(part, kind)]

    def finish(self, shades: Sequence[Shade]) -> Canvas:
        """Put the head above the plot and return the picture."""
        self.group = self.svg
        left, width = 14.0, PLOT_WIDTH - 28
        self.begin(self.plot.title, self.plot.describe())
        y = self.draw_words(self.draw_title(self.plot.title, left, width), left, width)
        for shade in shades:
            y += 28
            self.draw_bar(shade.bands, shade.name, left, y - 6)
        top = self.draw_legend(left, y, width) + 38  # with the vertical axis's name
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

    def find_guide(self, guide: Guide) -> list[list[Pair]]:
        """Return where a guide goes in the plot, if it does."""
        left, top, right, bottom = self.box
        x, y = self.place((guide.x, guide.y))
        ends = [(left, y), (right, y)] if math.isnan(x) else [(x, bottom), (x, top)]
        return [ends] if is_inside(ends[0], self.box) else []

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
        look = f"{'hollow' if dots.hollow else 'dot'} {color}"
        for x, y in map(self.place, dots.points):
            if is_inside((x, y), self.box):
                self.draw_dot(x, y, shape, look)
                self.room.take_box((x - 8, y - 8, x + 8, y + 8))
        if dots.name:
            self.legend.append((shape, look, dots.name))

    def draw_dot(self, x: float, y: float, shape: str, kind: str) -> None:
        """Draw one dot."""
        if shape == "circle":
            self.add("circle", kind, cx=x, cy=y, r=6)
        else:
            corners = [join_numbers((x + across, y + down)) for across, down in SHAPES[shape]]
            self.add("path", kind, d=f"M{'L'.join(corners)}Z")

    def name_stroke(self, stroke: Stroke, color: str, dash: str, pieces: list[list[Pair]]) -> None:
        """Write a line's name beside it if there's room, else into the legend."""
        name, corners = stroke.name, list_places_beside(pieces, stroke.name)
        if name and not self.write_at_best(name, corners, f"halo {color}", most=0.5):
            self.legend.append(("arrow" if stroke.arrows else dash, color, name))

    def draw_contours(self, contours: Contours) -> None:
        """Draw the lines of all levels."""
        for lines in contours.lines.values():
            for line in lines:
                places = [self.place(point) for point in line]
                self.draw_line("contour quiet", *places)
                self.room.take_line(places, 0.15)

    def number_contours(self, contours: Contours) -> None:
        """Write each level on its longest line, where it hides nothing."""
        labels = label_ticks(list(contours.lines))
        for label, lines in zip(labels, contours.lines.values(), strict=True):
            longest = [self.place(point) for point in max(lines, key=len, default=[])]
            width, height = measure_text(label, SMALL_SIZE), SMALL_SIZE * 1.15
            spots = longest[len(longest) // 8 :: max(1, len(longest) // 24)]
            corners = [(x - width / 2, y - height / 2) for x, y in spots]
            self.write_at_best(label, corners, "halo quiet", 3.0, SMALL_SIZE)

    def draw_legend(self, left: float, y: float, width: float) -> float:
        """Draw the legend, as many entries in a row as have room; return how far down it goes."""
        x = math.inf
        for look, kind, name in self.legend:
            name = self.fit(name, width - 44)
            needed = 44 + measure_text(name, LETTER_SIZE)
            if x + needed > width:
                x, y = 0.0, y + 28
            self.draw_entry(look, kind, name, left + x, y - 6)
            x += needed + 20
        return y

    def draw_entry(self, look: str, kind: str, name: str, x: float, y: float) -> None:
        """Draw an entry of the legend."""
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
    seen = {True: 0, False: 0}  # slopes, others
    for stroke in strokes:
        is_slope = stroke.slope is not None
        order = seen[is_slope]
        usual = "orange" if is_slope else LINE_COLORS[order % len(LINE_COLORS)]
        yield stroke, stroke.color or usual, DASHES[order % len(DASHES)]
        seen[is_slope] += bool(stroke.name) or not is_slope


def style_dots(parts: Sequence[Dots]) -> Iterable[tuple[Dots, str, str]]:
    """Yield each with its colour and shape; named ones differ in shape from one another."""
    seen = {True: 0, False: 0}  # hollow, filled
    for dots in parts:
        hollow = bool(dots.hollow)
        order = seen[hollow] if dots.name else 0
        yield dots, dots.color or "ink", [*SHAPES][order % len(SHAPES)]
        seen[hollow] += bool(dots.name)
