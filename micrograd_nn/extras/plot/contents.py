"""What a plot holds: its parts and its two axes, in numbers and in words."""

from __future__ import annotations

from collections import Counter

from ..._ground.text import count_things
from .figure import Figure
from .limits import find_limits
from .parts import Dots, Part, tell_range
from .reading import Pair, read_range, read_text

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
