"""The area of a plot with its two axes, and texts in it where they hide the least."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from itertools import pairwise

from .canvas import LETTER_SIZE, Canvas, measure_text, shorten_to_width
from .contents import Contents
from .labels import Room, list_corners
from .reading import Pair
from .sampling import is_inside
from .scales import WIDEST_AREA, Scale, fit_same_scale, label_ticks

PLOT_WIDTH, PLOT_RIGHT, PLOT_HEIGHT = 560.0, 540.0, 300.0  # of the picture; of the area in it


class Axes(Canvas):
    """The area as it grows, its top at 0: what stands above it comes later."""

    def __init__(self, plot: Contents) -> None:
        super().__init__()
        self.plot = plot
        self.area = self.group = ET.Element("g")
        ((left, right), (low, high)), same_scale = plot.limits, plot.same_scale
        height, widest = PLOT_HEIGHT, WIDEST_AREA
        if same_scale:
            (left, right), (low, high), widest, height = fit_same_scale(left, right, low, high)
        self.up = Scale(low, high, height, 0, plot.log_y)
        self.up_ticks = self.up.list_ticks(max(3, min(7, int(height / 32))))
        self.up_labels = label_ticks(self.up_ticks, plot.log_y)
        start = 26 + max((measure_text(text, LETTER_SIZE) for text in self.up_labels), default=0.0)
        end = min(PLOT_RIGHT, start + widest) if same_scale else PLOT_RIGHT
        self.across = Scale(left, right, start, end, plot.log_x)
        if same_scale and start + widest > PLOT_RIGHT:  # the labels took some of both scales' room
            self.up.start = height = height * (PLOT_RIGHT - start) / widest
        self.box = (self.across.start, 0.0, self.across.end, height)
        self.bottom = height
        self.room = Room(self.box)

    def fit(self, text: str, width: float) -> str:
        """Return as much of a text as has room in a width."""
        return shorten_to_width(text, width, LETTER_SIZE)

    def place(self, point: Pair) -> Pair:
        """Return where a point is."""
        return self.across.place(point[0]), self.up.place(point[1])

    def draw_axes(self, grid: bool) -> None:
        """Draw a line across at each round number, a stroke below each, and the axes' names."""
        left, _, right, bottom = self.box
        for tick, label in zip(self.up_ticks, self.up_labels, strict=True):
            place = self.up.place(tick)
            if grid:
                zero = "quiet" if tick == 0 and place < bottom - 1 else "grid"
                self.draw_line(zero, (left, place), (right, place))
                self.room.take_line([(left, place), (right, place)], 0.1 if tick == 0 else 0.0)
            else:
                self.draw_line("", (left - 6, place), (left, place))
            self.add("text", "", label, x=left - 10, y=place + 6, text_anchor="end")
        ticks, labels = self.choose_ticks()
        for tick, label in zip(ticks, labels, strict=True):
            place = self.across.place(tick)
            if grid and tick == 0 and left + 1 < place < right - 1:
                self.draw_line("quiet", (place, 0), (place, bottom))
                self.room.take_line([(place, 0), (place, bottom)], 0.1)
            self.draw_line("", (place, bottom), (place, bottom + 6))
            self.add("text", "", label, x=place, y=bottom + 24, text_anchor="middle")
        self.draw_line("", (left, bottom), (right, bottom))
        if not grid:
            self.draw_line("", (left, 0), (left, bottom))
        x, y = self.plot.x, self.plot.y
        name = self.fit(f"{x} (log scale)" if self.across.logarithmic else x, right - left)
        self.add("text", "", name, x=(left + right) / 2, y=bottom + 48, text_anchor="middle")
        name = self.fit(f"{y} (log scale)" if self.up.logarithmic else y, PLOT_WIDTH - 28)
        self.add("text", "", name, x=14, y=-16)

    def choose_ticks(self) -> tuple[list[float], list[str]]:
        """Return as many round numbers across, and their texts, as have room side by side."""
        for most in (9, 7, 6, 5, 4, 3):
            ticks = self.across.list_ticks(most)
            ticks = [tick for tick in ticks if tick.is_integer()] if self.plot.whole_x else ticks
            labels = label_ticks(ticks, self.across.logarithmic)
            places = [self.across.place(tick) for tick in ticks]
            halves = [measure_text(label, LETTER_SIZE) / 2 for label in labels]
            ends = [(x - half, x + half) for x, half in zip(places, halves, strict=True)]
            if min((left - right for (_, right), (left, _) in pairwise(ends)), default=99) >= 18:
                break
        return ticks, labels

    def write_beside(self, text: str, place: Pair, kind: str) -> None:
        """Write a text where it hides the least, beside a place in the plot."""
        if not text or math.isnan(place[0] + place[1]) or not is_inside(place, self.box):
            return
        text = self.fit(text, 0.7 * (self.box[2] - self.box[0]))
        self.write_at_best(text, list_corners(place, text, gap=12), kind)

    def write_at_best(
        self, text: str, corners: Iterable[Pair], kind: str, most: float = math.inf,
        size: float = LETTER_SIZE,
    ) -> bool:  # fmt: skip
        """Write a text at the best of these places of its top left corner, moved into the picture.

        False says that it would hide more than ``most`` at each of them.
        """
        corner = self.room.find_best(text, corners, most, size)
        if corner:
            x = min(max(corner[0], 4.0), PLOT_WIDTH - 4 - measure_text(text, size))
            smaller = {} if size == LETTER_SIZE else {"font_size": size}
            self.add("text", kind, text, x=x, y=corner[1] + size * 0.9, **smaller)
        return corner is not None
