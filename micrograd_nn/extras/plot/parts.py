"""What a plot is made of: each part with its numbers, read and checked, and described in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isnan
from typing import NamedTuple

from ..._ground.text import count_things, format_number
from .grid import Grid
from .reading import Pair
from .scales import is_drawn, label_ticks


class Stroke(NamedTuple):
    """A line through points, nan where it has a gap: a curve, joined points, or a slope."""

    kind: str  # "curve", "line" or "slope"
    points: list[Pair]
    name: str = ""
    color: str = ""
    arrows: bool = False
    slope: tuple[Pair, float] | None = None
    told: Sequence[str] = ()  # what is said of each point, where it is played

    @property
    def is_played(self) -> bool:
        """Whether an animation draws it point by point."""
        return len(self.points) > 1 and bool(self.arrows or self.told)

    def tell(self) -> str:
        """Return in words where it goes."""
        if self.slope:
            point, steepness = self.slope
            through = f"slope {format_number(steepness)} through {tell_point(point)}"
            return f"{self.name}: {through}" if self.name else through
        drawn = [point for point in self.points if is_drawn(point[0]) and is_drawn(point[1])]
        told = f"{self.kind} {self.name}".rstrip()
        if not drawn:
            return f"{told}: nothing finite"
        if self.kind == "line":
            told += f" of {count_things(len(self.points), 'point')}"
        told += f" from {tell_point(drawn[0])} to {tell_point(drawn[-1])}"
        inner = drawn[1:-1]
        for word, extreme in (("lowest", min), ("highest", max)):
            found = extreme(drawn, key=lambda point: point[1])
            if found in inner and found[1] not in (drawn[0][1], drawn[-1][1]):
                told += f", {word} at {tell_point(found)}"
        gaps = sum(
            is_drawn(y) and not is_drawn(z)
            for y, z in pairwise([0.0, *[y for _, y in self.points]])
        )
        return told + f", with {'a gap' if gaps == 1 else 'gaps'}" * bool(gaps)


class Dots(NamedTuple):
    """Points by themselves, each with a text if there is one."""

    points: list[Pair]
    labels: list[str]
    name: str = ""
    color: str = ""
    hollow: bool = False

    @property
    def kind(self) -> str:
        """What one of them is called."""
        return "circle" if self.hollow else "dot"

    def tell(self) -> str:
        """Return in words where the first ones are."""
        named = [
            f"{label} {tell_point(point)}".lstrip()
            for label, point in zip(self.labels, self.points, strict=True)
        ]
        more = f" and {len(named) - 12} more" * (len(named) > 12)
        told = f"{count_things(len(named), self.kind)} {self.name}".rstrip()
        return f"{told}: {', '.join(named[:12])}{more}"


class Guide(NamedTuple):
    """A dashed line across the plot, at an x or at a y; the other one is nan."""

    x: float
    y: float
    name: str

    def tell(self) -> str:
        """Return in words where it is."""
        at = f"x = {format_number(self.x)}" if isnan(self.y) else f"y = {format_number(self.y)}"
        return f"dashed line at {at}" + f" ({self.name})" * bool(self.name)


class Note(NamedTuple):
    """A text at a point."""

    point: Pair
    text: str

    def tell(self) -> str:
        """Return in words what it says where."""
        return f"“{self.text}” at {tell_point(self.point)}"


class Contours(NamedTuple):
    """The lines of equal height of a function, by their levels."""

    lines: dict[float, list[list[Pair]]]

    def tell(self) -> str:
        """Return in words how high they are."""
        drawn = label_ticks([level for level, lines in self.lines.items() if lines])
        return f"contours at {', '.join(drawn)}" if drawn else "no contours"


class Shade(NamedTuple):
    """A function as colours."""

    grid: Grid
    bands: list[float]
    name: str

    def tell(self) -> str:
        """Return in words what it goes from and to."""
        told, finite = f"shade {self.name}".rstrip(), self.grid.finite
        if not finite:
            return f"{told}: nothing finite"
        return f"{told} {tell_range(min(finite), max(finite))}"


Part = Stroke | Dots | Guide | Note | Contours | Shade


def tell_range(low: float, high: float) -> str:
    """Return two ends as text, with the digits that tell them apart."""
    digits = 4
    while low != high and format_number(low, digits) == format_number(high, digits):
        digits += 1
    return f"from {format_number(low, digits)} to {format_number(high, digits)}"


def tell_point(point: Pair) -> str:
    """Return a point as text."""
    x, y = (format_number(number + 0.0) for number in point)  # −0 is 0 in a plot
    return f"({x}, {y})"


def list_points(parts: Iterable[Part]) -> Iterable[tuple[float, float]]:
    """Yield what the axes have to hold; nan stands for what a part leaves open."""
    for part in parts:
        if isinstance(part, Stroke) and part.slope:
            yield part.slope[0]
        elif isinstance(part, (Stroke, Dots)):
            yield from part.points
        elif isinstance(part, Note):
            yield part.point
        elif isinstance(part, Guide):
            yield part.x, part.y
