"""A plot put together: its axes, what stands on them, names beside lines or in a legend."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .canvas import join_numbers, measure_text
from .figure import FigureCanvas, color_band
from .grid import COLUMNS, ROWS, paint_bands
from .labels import LETTER_SIZE, Room, list_corners, list_places_beside
from .parts import Contours, Dots, Guide, Note, Part, Shade, Stroke, list_points
from .reading import Pair
from .sampling import clip, is_inside, place_points, thin
from .scales import Scale, is_drawn, label_ticks, widen

WIDTH, RIGHT, HEIGHT = 560.0, 540.0, 300.0  # of the picture; of the plot in it, and its height
TALLEST, FLATTEST = 460.0, 90.0  # of a plot with one scale for both axes
LINE_COLORS = ("blue", "orange", "green", "purple", "ink")
DASHES = ("", "11 5", "2.5 4.5", "13 4 3 4", "6 4", "18 6")
SHAPES = ("circle", "square", "triangle", "diamond")
FINER = 3  # of a shade: each cell of the grid is drawn as so many across and up


class Assembly(FigureCanvas):
    """The plot as it grows. The plot's area comes first, its top at 0; the head is put above."""

    def __init__(
        self, limits: tuple[Pair, Pair], log_x: bool, log_y: bool, same_scale: bool
    ) -> None:
        super().__init__()
        self.area = self.group = ET.Element("g")
        (left, right), (low, high) = limits
        height, widest = HEIGHT, 480.0
        if same_scale:
            (left, right), (low, high), widest, height = fit_same_scale(left, right, low, high)
        self.up = Scale(low, high, height, 0, log_y)
        self.up_ticks = self.up.list_ticks(max(3, min(7, int(height / 32))))
        self.up_labels = label_ticks(self.up_ticks, log_y)
        start = 26 + max((measure_text(text, LETTER_SIZE) for text in self.up_labels), default=0.0)
        self.across = Scale(
            left, right, start, min(RIGHT, start + widest) if same_scale else RIGHT, log_x
        )
        if same_scale and start + widest > RIGHT:  # the labels took some: keep both scales the same
            self.up.start = height = height * (RIGHT - start) / widest
        self.box = (self.across.start, 0.0, self.across.end, height)
        self.bottom = height
        self.room = Room(self.box)
        self.legend: list[tuple[str, str, str]] = []  # what it is, its look, its name
        self.bars: list[Shade] = []

    def draw(self, parts: Sequence[Part], x: str, y: str) -> None:
        """Draw all parts, what is flat below what is thin, and texts on top."""
        shades = [part for part in parts if isinstance(part, Shade)]
        for shade in shades:
            self.draw_shade(shade)
        self.draw_axes(x, y, grid=not shades)
        contours = [part for part in parts if isinstance(part, Contours)]
        strokes = list(self.style_strokes([part for part in parts if isinstance(part, Stroke)]))
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
        left, width = 14.0, WIDTH - 28
        self.begin(title, told)
        y = self.draw_title(title, left, width)
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
        self.set_size(WIDTH, top + self.bottom + 58)
        return self

    def place(self, point: Pair) -> Pair:
        """Return where a point is."""
        return self.across.place(point[0]), self.up.place(point[1])

    def draw_axes(self, x: str, y: str, grid: bool) -> None:
        """Draw a line across at each round number, a stroke below each, and the axes' names."""
        left, _, right, bottom = self.box
        for tick, label in zip(self.up_ticks, self.up_labels, strict=True):
            place = self.up.place(tick)
            if grid:
                zero = "quiet" if tick == 0 and place < bottom - 1 else "grid"
                self.draw_line(zero, (left, place), (right, place))
            else:
                self.draw_line("", (left - 6, place), (left, place))
            self.add("text", "", label, x=left - 10, y=place + 5.5, text_anchor="end")
        ticks, labels = self.choose_ticks()
        for tick, label in zip(ticks, labels, strict=True):
            place = self.across.place(tick)
            if grid and tick == 0 and left + 1 < place < right - 1:
                self.draw_line("quiet", (place, 0), (place, bottom))
            self.draw_line("", (place, bottom), (place, bottom + 6))
            self.add("text", "", label, x=place, y=bottom + 24, text_anchor="middle")
        self.draw_line("", (left, bottom), (right, bottom))
        if not grid:
            self.draw_line("", (left, 0), (left, bottom))
        name = f"{x} (log scale)" if self.across.logarithmic else x
        self.add("text", "", name, x=(left + right) / 2, y=bottom + 48, text_anchor="middle")
        name = f"{y} (log scale)" if self.up.logarithmic else y
        self.add("text", "", name, x=14, y=-16)

    def choose_ticks(self) -> tuple[list[float], list[str]]:
        """Return as many round numbers across, and their texts, as have room side by side."""
        for most in (9, 7, 6, 5, 4, 3):
            ticks = self.across.list_ticks(most)
            labels = label_ticks(ticks, self.across.logarithmic)
            places = [self.across.place(tick) for tick in ticks]
            widths = [measure_text(label, LETTER_SIZE) / 2 for label in labels]
            room = [
                after - before - width - following
                for (before, after), (width, following) in zip(
                    pairwise(places), pairwise(widths), strict=True
                )
            ]
            if min(room, default=99) >= 18:
                break
        return ticks, labels

    def draw_shade(self, shade: Shade) -> None:
        """Draw each band as one path of all its runs of small cells."""
        left, _, right, bottom = self.box
        wide, high = (right - left) / COLUMNS / FINER, bottom / ROWS / FINER
        for band, runs in enumerate(paint_bands(shade.grid, shade.bands, FINER)):
            color, strength = color_band(shade.bands, band)
            path = "".join(
                f"M{left + wide * start:.5g} {bottom - high * row:.5g}H{left + wide * end:.5g}"
                f"V{bottom - high * (row + 1):.5g}H{left + wide * start:.5g}Z"
                for row, start, end in runs
            )
            if path and strength:
                self.add(
                    "path",
                    f"{color} fill",
                    d=path,
                    fill_opacity=strength,
                    shape_rendering="crispEdges",
                )
        self.bars.append(shade)

    def find_lines(self, stroke: Stroke) -> list[list[Pair]]:
        """Return where a stroke goes in the plot, cut at gaps and at the edges."""
        points = stroke.points
        if stroke.slope:
            points = self.extend_slope(*stroke.slope, points)
        pieces = [
            piece
            for line in place_points(points, self.across, self.up)
            for piece in clip(thin(line), self.box)
        ]
        for piece in pieces:
            self.room.take_line(piece)
        return pieces

    def extend_slope(self, point: Pair, slope: float, ends: list[Pair]) -> list[Pair]:
        """Return points of a straight line, from end to end of the plot if it has no reach."""
        (x, y), across = point, self.across
        low, high = (ends[0][0], ends[1][0]) if ends else (across.low, across.high)
        if across.logarithmic or self.up.logarithmic:  # where it isn't straight
            xs = [low + (high - low) * i / 400 for i in range(401)]
        else:
            xs = [low, high]
        return [(at, y + slope * (at - x)) for at in xs]

    def style_strokes(self, strokes: Sequence[Stroke]) -> Iterable[tuple[Stroke, str, str]]:
        """Yield each with its colour and dashes. Slopes are orange, as gradients are elsewhere."""
        free = [c for c in LINE_COLORS if c != "orange" or all(s.slope is None for s in strokes)]
        slopes = others = 0
        for stroke in strokes:
            if stroke.slope:
                yield stroke, stroke.color or "orange", DASHES[slopes % len(DASHES)]
                slopes += 1
            else:
                color = stroke.color or free[others % len(free)]
                yield stroke, color, DASHES[others % len(DASHES)]
                others += 1

    def draw_stroke(
        self, stroke: Stroke, color: str, dash: str, pieces: Sequence[list[Pair]]
    ) -> None:
        """Draw a line with its dashes, or heads; a point alone between two gaps is a dot."""
        look = {"stroke_dasharray": dash} if dash and not stroke.arrows else {}
        for piece in pieces:
            if len(piece) > 1:
                self.draw_line(f"line {color}", *piece, **look)
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

    def write_beside(self, text: str, place: Pair, kind: str) -> None:
        """Write a text where it hides the least, beside a place in the plot."""
        if not text or math.isnan(place[0] + place[1]) or not is_inside(place, self.box):
            return
        corner = self.room.find_best(text, list_corners(place, text, gap=12))
        if corner:
            self.write_at(text, corner, kind)

    def write_at(self, text: str, corner: Pair, kind: str, size: float = LETTER_SIZE) -> None:
        """Write a text whose top left corner is there, moved into the picture if it must be."""
        x = min(max(corner[0], 4.0), WIDTH - 4 - measure_text(text, size))
        self.add("text", kind, text, x=x, y=corner[1] + size * 0.9)

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
        if ends and guide.name:
            corner = self.room.find_best(guide.name, list_places_beside([list(ends)], guide.name))
            if corner:
                self.write_at(guide.name, corner, "halo quiet")

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
            width, height = measure_text(label, 14), 14 * 1.15
            longest = max(places, key=len)
            spots = longest[len(longest) // 8 :: max(1, len(longest) // 24)]
            corners = [(x - width / 2, y - height / 2) for x, y in spots]
            corner = self.room.find_best(label, corners, most=3.0, size=14)
            if corner:
                self.write_at(label, corner, "halo small quiet", 14)

    def arrange_legend(self, width: float) -> list[list[tuple[float, tuple[str, str, str]]]]:
        """Return the rows of the legend, each entry with its distance from the left."""
        rows: list[list[tuple[float, tuple[str, str, str]]]] = []
        x = math.inf
        for entry in self.legend:
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


def style_dots(parts: Sequence[Dots]) -> Iterable[tuple[Dots, str, str]]:
    """Yield each with its colour and shape; named ones differ in shape from one another."""
    seen: dict[bool, int] = {}
    for dots in parts:
        shape = seen.get(dots.hollow, 0) if dots.name else 0
        if dots.name:
            seen[dots.hollow] = shape + 1
        yield dots, dots.color or "ink", SHAPES[shape % len(SHAPES)]


def find_limits(
    parts: Sequence[Part],
    xlim: Pair | None,
    ylim: Pair | None,
    log_x: bool,
    log_y: bool,
) -> tuple[Pair, Pair]:
    """Return the ends of both axes: those given, else what is drawn with some room around it.

    Curves and lines go from side to side; dots alone keep away from the sides. Above and below,
    there is some room, but none below 0 for what isn't.
    """
    points = list(list_points(parts))
    if xlim is None:
        strokes = [part for part in parts if isinstance(part, Stroke) and not part.slope]
        xlim = span([x for x, _ in points], log_x, room=0.0 if strokes else 0.06)
    if ylim is None:
        inside = Scale(*xlim, 0, 1, log_x)
        ylim = span([y for x, y in points if math.isnan(x) or inside.holds(x)], log_y, room=0.04)
    return xlim, ylim


def span(numbers: Sequence[float], logarithmic: bool, room: float) -> Pair:
    """Return the lowest and the highest number, with room around them.

    >>> span([0.0, 1.0, 4.0], False, 0.05), span([], False, 0.05)
    ((0.0, 4.2), (0.0, 1.0))
    """
    drawn = [number for number in numbers if is_drawn(number, logarithmic)]
    if not drawn:
        return (0.1, 1.0) if logarithmic else (0.0, 1.0)
    low, high = min(drawn), max(drawn)
    if logarithmic:
        if high <= low * 1.0001:
            return low / 10, high * 10
        ratio = (high / low) ** room
        return low / ratio, high * ratio
    wide_low, wide_high = widen(low, high)
    reach = (wide_high - wide_low) * room
    above, below = wide_high + reach, wide_low - reach
    if low == high:
        return wide_low, wide_high
    return (0.0 if low >= 0 > below else below), (0.0 if high <= 0 < above else above)


def fit_same_scale(
    left: float, right: float, low: float, high: float
) -> tuple[Pair, Pair, float, float]:
    """Return both ranges, the width and the height that give both axes one scale.

    A range that would be flatter than 90 pixels, or narrower, is widened.
    """
    width = 480.0
    height = width * (high - low) / (right - left)
    if height < FLATTEST:
        middle, reach = (low + high) / 2, (right - left) * FLATTEST / width / 2
        return (left, right), (middle - reach, middle + reach), width, FLATTEST
    if height <= TALLEST:
        return (left, right), (low, high), width, height
    width = TALLEST * (right - left) / (high - low)
    if width < FLATTEST:
        middle, reach = (left + right) / 2, (high - low) * FLATTEST / TALLEST / 2
        return (middle - reach, middle + reach), (low, high), FLATTEST, TALLEST
    return (left, right), (low, high), width, TALLEST
