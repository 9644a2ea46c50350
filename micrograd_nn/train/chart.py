"""A curve of the loss over the epochs as one small SVG, without a plotting library.

It serves whoever has just trained something: the file opens in any browser, in light and in dark,
and the same losses always give the same text.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from ..colors import write_style
from ..plot.canvas import Canvas, shorten_to_width
from ..plot.scales import LARGEST, Scale, list_decades, list_round_numbers, round_step
from ..text import count_things, make_printable

CHART_WIDTH, CHART_HEIGHT = 720, 420
CHART_RIGHT, CHART_BOTTOM = 680, 352  # of the plot in it
LETTER_WIDTH = 9.6  # a generous width of one letter or digit at 16 pixels
CURVE_POINTS = 400  # drawn of one curve at most

CHART_STYLE = write_style("""
.loss-chart { color: $ink; }
.loss-chart { font: 16px system-ui, -apple-system, "Segoe UI", sans-serif; }
.loss-chart .title { font-size: 19px; font-weight: 600; }
.loss-chart text, .loss-chart rect, .loss-chart circle { fill: currentColor; }
.loss-chart path { fill: none; stroke: currentColor; }
.loss-chart .curve { stroke-width: 2.5; stroke-linejoin: round; }
.loss-chart .curve.validation { stroke-dasharray: 9 3; }
.loss-chart .guide { stroke-dasharray: 2 4; }
.loss-chart .paper { color: $paper; }
.loss-chart .grid { color: $line; }
""")

Point = tuple[int, float]  # an epoch, counted from 1, and its loss; nan stands for a gap


def draw_losses(
    training: Sequence[float | None],
    validation: Sequence[float | None] = (),
    *,
    title: str = "",
    first: int = 1,
) -> str:
    """Return an SVG of the losses, which begin at the ``first`` epoch; 0 is before training.

    The epoch of the lowest validation loss is marked. The loss axis is logarithmic when the
    losses are all positive and span more than two decades. None says that nothing was measured in
    that epoch, and the line runs on to the next one; a loss that is not finite leaves a gap. A
    long curve is thinned to 400 points, its ends, lowest and highest among them.

    >>> svg = draw_losses([0.9, 0.5, 0.2], [1.0, 0.6, 0.7], title="moons")
    >>> svg.startswith("<svg ") and "best epoch 2: 0.6" in svg
    True

    One epoch is a dot; no epoch is an error:

    >>> draw_losses([])
    Traceback (most recent call last):
    ValueError: no training losses to draw: train for at least one epoch
    """
    if not len(training):
        raise ValueError("no training losses to draw: train for at least one epoch")
    curves = {"training": mark_gaps(training, first), "validation": mark_gaps(validation, first)}
    finite = {name: [p for p in points if not math.isnan(p[1])] for name, points in curves.items()}
    losses = [loss for points in finite.values() for _, loss in points]
    best = min(finite["validation"], key=itemgetter(1), default=None)

    last = first + max(len(training), len(validation)) - 1
    picture = LossPicture(losses, (first, last), make_printable(title).strip())
    picture.describe(curves, finite)
    picture.draw_axes()
    left = 20.0
    for name, points in curves.items():
        if points:
            left = picture.draw_legend(left, name, gaps=len(points) - len(finite[name]))
            picture.draw_curve(name, thin_points(points))
    if best:
        picture.mark_best(*best)
    return ET.tostring(picture.svg, encoding="unicode") + "\n"


def is_wide(low: float, high: float) -> bool:
    """Tell whether losses from low to high are seen better by their logarithms.

    >>> is_wide(0.001, 1.0), is_wide(0.1, 1.0), is_wide(0.0, 1.0)
    (True, False, False)
    """
    return 1 / LARGEST <= low < high / 100


def mark_gaps(losses: Sequence[float | None], first: int) -> list[Point]:
    """Return the epochs in which there was a loss, nan in place of any that is not finite."""
    return [
        (epoch, float(loss) if abs(loss) <= LARGEST else math.nan)
        for epoch, loss in enumerate(losses, first)
        if loss is not None
    ]


def thin_points(points: list[Point]) -> list[Point]:
    """Return the ends and, of each stretch of epochs, the lowest, the highest and a gap."""
    if len(points) <= CURVE_POINTS:
        return points
    kept = {points[0], points[-1]}
    stretch = math.ceil(len(points) / (CURVE_POINTS // 2 - 1))
    for start in range(0, len(points), stretch):
        piece = points[start : start + stretch]
        gaps = [point for point in piece if math.isnan(point[1])]
        finite = [point for point in piece if not math.isnan(point[1])]
        kept.update(gaps[:1])
        if finite:
            kept.update([min(finite, key=itemgetter(1)), max(finite, key=itemgetter(1))])
    return sorted(kept)


class LossPicture(Canvas):
    """The SVG as it grows, with the two scales that place an epoch and a loss in it."""

    def __init__(self, losses: list[float], epochs: tuple[int, int], title: str) -> None:
        super().__init__()
        low, high = min(losses, default=0.0), max(losses, default=1.0)
        self.logarithmic = is_wide(low, high)
        self.ticks = list_decades(low, high) if self.logarithmic else list_round_numbers(low, high)
        steps = (self.ticks[-1] - min(0.0, self.ticks[0])) / (self.ticks[1] - self.ticks[0])
        digits = 6 if self.logarithmic else max(6, 2 + math.floor(math.log10(steps)))
        self.labels = [f"{tick:.{digits}g}" for tick in self.ticks]  # enough to tell them apart
        self.epochs, self.title = epochs, title
        self.top = 110 if title else 78
        self.up = Scale(self.ticks[0], self.ticks[-1], CHART_BOTTOM, self.top, self.logarithmic)
        self.left = 46 + LETTER_WIDTH * max(map(len, self.labels))

    def place_epoch(self, epoch: int) -> float:
        """Return the distance of an epoch from the left; a single one is in the middle."""
        first, last = self.epochs
        share = (epoch - first) / (last - first) if last > first else 0.5
        return self.left + (CHART_RIGHT - self.left) * share

    def place_loss(self, loss: float) -> float:
        """Return the distance of a loss from the top."""
        return self.up.place(loss)

    def describe(self, curves: dict[str, list[Point]], finite: dict[str, list[Point]]) -> None:
        """Write the size, the colours, the title, and in words what the curves show."""
        told = f"loss over {count_things(self.epochs[1], 'epoch')}"
        for name, points in finite.items():
            if points:
                epoch, lowest = min(points, key=itemgetter(1))
                told += f"; {name} from {points[0][1]:.6g} to {points[-1][1]:.6g}"
                told += f", lowest {lowest:.6g} in epoch {epoch}"
            if gaps := len(curves[name]) - len(points):
                told += f"; {name} not finite in {gaps} epoch{'s' * (gaps > 1)}"
        self.svg.attrib |= {"class": "loss-chart", "viewBox": f"0 0 {CHART_WIDTH} {CHART_HEIGHT}"}
        self.svg.attrib |= {"width": str(CHART_WIDTH), "height": str(CHART_HEIGHT)}
        self.svg.set("aria-label", f"{self.title}: {told}" if self.title else told)
        self.add("title", "", self.title or "Loss over the epochs")
        self.add("style", "", CHART_STYLE)
        self.add("rect", "paper", width=CHART_WIDTH, height=CHART_HEIGHT)
        if self.title:
            self.add(
                "text", "title", shorten_to_width(self.title, CHART_WIDTH - 40, 19), x=20, y=32
            )

    def draw_axes(self) -> None:
        """Draw a line across the plot at each round loss, and a stroke below each round epoch."""
        for tick, label in zip(self.ticks, self.labels, strict=True):
            self.draw_line(
                "grid", (self.left, self.place_loss(tick)), (CHART_RIGHT, self.place_loss(tick))
            )
            self.add(
                "text", "", label, x=self.left - 8, y=self.place_loss(tick) + 5.5, text_anchor="end"
            )
        for epoch in list_round_epochs(*self.epochs):
            x = self.place_epoch(epoch)
            self.draw_line("", (x, CHART_BOTTOM), (x, CHART_BOTTOM + 6))
            self.add("text", "", str(epoch), x=x, y=CHART_BOTTOM + 24, text_anchor="middle")
        self.draw_line("", (self.left, CHART_BOTTOM), (CHART_RIGHT, CHART_BOTTOM))
        x, y = (self.left + CHART_RIGHT) / 2, (self.top + CHART_BOTTOM) / 2
        self.add("text", "", "epoch", x=x, y=CHART_HEIGHT - 16, text_anchor="middle")
        name, turn = "loss (log scale)" if self.logarithmic else "loss", f"rotate(-90 26 {y:.6g})"
        self.add("text", "", name, x=26, y=y, transform=turn, text_anchor="middle")

    def draw_legend(self, left: float, name: str, gaps: int) -> float:
        """Name a curve above the plot, and return where the next name may begin."""
        entry, y = f"{name} ({gaps} not finite)" if gaps else name, self.top - 48
        self.draw_line(f"curve {name}", (left, y - 5), (left + 28, y - 5))
        self.add("text", "", entry, x=left + 36, y=y)
        return left + 60 + LETTER_WIDTH * len(entry)

    def draw_curve(self, name: str, points: list[Point]) -> None:
        """Draw a line from each gap to the next one; a point alone between two is a dot."""
        for gap, stretch in groupby(points, key=lambda point: math.isnan(point[1])):
            places = (
                []
                if gap
                else [(self.place_epoch(epoch), self.place_loss(loss)) for epoch, loss in stretch]
            )
            if len(places) > 1:
                self.draw_line(f"curve {name}", *places)
            elif places:
                self.add("circle", name, cx=places[0][0], cy=places[0][1], r=4)

    def mark_best(self, epoch: int, loss: float) -> None:
        """Put a dot on the best validation loss, and name it above all curves."""
        x, y = self.place_epoch(epoch), self.place_loss(loss)
        anchor = ("start", "middle", "end")[int(2.99 * (x - self.left) / (CHART_RIGHT - self.left))]
        told = f"best epoch {epoch}: {loss:.6g}"
        self.add("text", "best", told, x=x, y=self.top - 14, text_anchor=anchor)
        self.draw_line("guide", (x, self.top - 8), (x, y))
        self.add("circle", "best", cx=x, cy=y, r=5.5)


def list_round_epochs(first: int, last: int) -> list[int]:
    """Return the first epoch and about six round ones."""
    step = max(1, int(round_step(last / 6)))
    return [first, *range(max(first + 1, step), last + 1, step)]
