"""What a plot holds: its parts and its two axes, in numbers and in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ..._ground.text import count_things
from .figure import Figure
from .parts import Dots, Part, Stroke, list_points, tell_range
from .reading import Pair, read_range, read_text
from .scales import LARGEST, Scale, is_drawn, widen

HEIGHTS = "contours", "shade"  # parts that aren't counted


class Contents(Figure):
    """A plot as it is described, and as it is drawn."""

    def __init__(
        self,
        title: str = "",
        *,
        x: str = "x",
        y: str = "y",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        log_x: bool = False,
        log_y: bool = False,
        same_scale: bool = False,
        whole_x: bool = False,
    ) -> None:
        if same_scale and (log_x or log_y):
            raise ValueError("same_scale needs two linear axes: leave out log_x and log_y")
        self.title = read_text(title, "title")
        self.x, self.y = read_text(x, "x"), read_text(y, "y")
        self.log_x, self.log_y = log_x, log_y
        self.same_scale, self.whole_x = same_scale, whole_x
        self.xlim = read_range(xlim, "xlim", log_x)
        self.ylim = read_range(ylim, "ylim", log_y)
        self.parts: list[Part] = []

    @property
    def limits(self) -> tuple[Pair, Pair]:
        """The ends of both axes, those asked for, or what is drawn."""
        return find_limits(self.parts, self.xlim, self.ylim, self.log_x, self.log_y)

    def tell(self) -> str:
        """Return in words what the axes are and what is drawn."""
        (left, right), (low, high) = self.limits
        log_x, log_y = (" (logarithmic)" * log for log in (self.log_x, self.log_y))
        axes = (
            f"{self.x} {tell_range(left, right)} across{log_x}, "
            f"{self.y} {tell_range(low, high)} up{log_y}"
        )
        return "; ".join([axes, *(part.tell() for part in self.parts)])

    def count(self) -> str:
        """Return how many there are of which kind."""
        counts: Counter[str] = Counter()
        for part in self.parts:
            kind = getattr(part, "kind", type(part).__name__.lower())
            counts[kind] += len(part.points) if isinstance(part, Dots) else 1
        told = [count_things(counts[kind], kind) for kind in counts if kind not in HEIGHTS]
        return ", ".join([*told, *[kind for kind in HEIGHTS if kind in counts]]) or "empty"


def find_limits(
    parts: Sequence[Part], xlim: Pair | None, ylim: Pair | None, log_x: bool, log_y: bool
) -> tuple[Pair, Pair]:
    """Return the ends of both axes: those given, else what is drawn with some room around it.

    Curves and lines go from side to side; dots alone keep away from the sides. Above and below,
    there is some room, but none below 0 for what isn't.
    """
    points = list(list_points(parts))
    if xlim is None:
        strokes = [part for part in parts if isinstance(part, Stroke) and not part.slope]
        xlim = find_span([x for x, _ in points], log_x, room=0.0 if strokes else 0.06)
    if ylim is None:
        inside = Scale(*xlim, 0, 1, log_x)
        seen = [y for x, y in points if math.isnan(x) or inside.holds(x)]
        ylim = find_span(seen, log_y, room=0.04)
    return xlim, ylim


def find_span(numbers: Sequence[float], logarithmic: bool, room: float) -> Pair:
    """Return the lowest and the highest number, with room around them."""
    drawn = [number for number in numbers if is_drawn(number, logarithmic)]
    if not drawn:
        return (0.1, 1.0) if logarithmic else (0.0, 1.0)
    low, high = min(drawn), max(drawn)
    if logarithmic:
        if high <= low * 1.0001:
            return max(low / 10, 1 / LARGEST), min(high * 10, LARGEST)
        reach = (math.log10(high) - math.log10(low)) * room
        low, high = 10 ** (math.log10(low) - reach), 10 ** (math.log10(high) + reach)
        return max(low, 1 / LARGEST), min(high, LARGEST)
    wide_low, wide_high = widen(low, high)
    reach = (wide_high - wide_low) * room
    if (wide_low, wide_high) != (low, high):
        return wide_low, wide_high
    above, below = min(wide_high + reach, LARGEST), max(wide_low - reach, -LARGEST)
    return (0.0 if low >= 0 > below else below), (0.0 if high <= 0 < above else above)
