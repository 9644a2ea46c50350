"""A plot: curves, lines, dots, slopes and heights over two axes, asked for one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..._ground.text import quote_text
from .assembly import Assembly
from .canvas import COLORS, Canvas
from .contents import Contents
from .grid import ask_on_grid, choose_bands, choose_levels, trace_contour
from .parts import Contours, Dots, Guide, Note, Part, Shade, Stroke
from .playing import PlayedAssembly
from .reading import (
    Pair,
    read_float,
    read_function,
    read_levels,
    read_point,
    read_points,
    read_range,
    read_text,
    read_texts,
)
from .sampling import sample_curve
from .scales import Scale, fit_same_scale


class Plot(Contents):
    """A plot over two axes, which grows by its methods; each of them returns the plot.

    >>> plot = Plot("A square", x="w", y="L").curve(lambda w: w * w, -2, 2, "w²")
    >>> plot.dots([(1, 1)], labels=["here"]).slope((1, 1), 2, "slope 2")
    <Plot “A square”: 1 curve, 1 dot, 1 slope; .save("plot.svg") writes it>

    A notebook shows it; ``describe`` says in words what it shows, which is also its alt text:

    >>> print(plot.describe())  # doctest: +ELLIPSIS
    A square: w from −2 to 2 across, L from 0 to 4.16 up; curve w² from (−2, 4) to (2, 4), ...

    ``xlim`` and ``ylim`` are the ends of the axes; without them, all that is drawn fits in.
    With ``same_scale``, one unit is as long across as up; with ``whole_x``, only whole numbers
    stand below. What is not finite, or has no place on a logarithmic axis, leaves a gap. Functions
    are called at once: what changes later, a model's weights, say, doesn't change the plot.
    """

    def curve(
        self,
        f: Callable[..., Any],
        low: Any = None,
        high: Any = None,
        name: str = "",
        color: str = "",
    ) -> Plot:
        """Draw y = f(x) from low to high, or over ``xlim``.

        It is asked at 121 places, and more where it bends or jumps; a peak narrower than 1/120 of
        the range can be missed. A ValueError, an overflow or a division by zero leaves a gap.

        >>> import math
        >>> Plot(ylim=(-4, 1)).curve(math.log, -1, 1)
        <Plot: 1 curve; .save("plot.svg") writes it>
        """
        read_function(f, "curve", "f(x)")
        if low is None and high is None and self.xlim:
            low, high = self.xlim
        if low is None or high is None:
            raise ValueError("curve needs to know from where to where: write curve(f, low, high)")
        if isinstance(low, str) or isinstance(high, str):
            raise TypeError("curve is called as curve(f, low, high, name)")
        ends = read_range((low, high), "curve's range", self.log_x)
        assert ends
        return self.add_part(Stroke("curve", sample_curve(f, *ends, self.log_x), name, color))

    def line(
        self,
        points: Any,
        name: str = "",
        arrows: bool = False,
        color: str = "",
        told: Sequence[str] = (),
    ) -> Plot:
        """Join points in their order; with ``arrows``, a head shows each step's direction.

        >>> Plot().line([(3, 9), (2.4, 5.76), (1.92, 3.69)], "descent", arrows=True)
        <Plot: 1 line; .save("plot.svg") writes it>

        ``animate`` plays a line with arrows, or one with texts ``told`` of each point.
        """
        read = read_points(points, "line")
        texts = read_texts(told, "told", "text", len(read), "line")
        return self.add_part(Stroke("line", read, name, color, arrows, told=texts))

    def dots(
        self,
        points: Any,
        name: str = "",
        labels: Sequence[str] = (),
        hollow: bool = False,
        color: str = "",
    ) -> Plot:
        """Draw points by themselves, each with its label beside it.

        >>> Plot().dots([(2, 0), (2, 1)], labels=["calm day", "windy day"], hollow=True)
        <Plot: 2 circles; .save("plot.svg") writes it>
        >>> Plot().dots([(2, 0), (2, 1)], labels=["calm day"])
        Traceback (most recent call last):
        ValueError: dots got 1 label for 2 points: hand one for each, "" for none
        """
        read = read_points(points, "dots")
        texts = read_texts(labels, "labels", "label", len(read), "dots") or [""] * len(read)
        return self.add_part(Dots(read, texts, name, color, hollow))

    def slope(
        self,
        point: Any,
        slope: float,
        name: str = "",
        reach: float | None = None,
        color: str = "",
    ) -> Plot:
        """Draw the straight line of a slope through a point, across the plot or ``reach`` far.

        >>> Plot(xlim=(0, 2)).slope((1, 1), 2, "tangent", reach=0.5).describe()
        'x from 0 to 2 across, y from 0 to 2 up; tangent: slope 2 through (1, 1)'
        """
        x, y = read_point(point, "the slope's point")
        steepness = read_float(slope, "slope")
        ends: list[Pair] = []
        if reach is not None:
            far = read_float(reach, "reach")
            if not far > 0:
                raise ValueError(f"reach is {far:g}: it must be above 0")
            ends = [(x - far, y - far * steepness), (x + far, y + far * steepness)]
        return self.add_part(Stroke("slope", ends, name, color, slope=((x, y), steepness)))

    def guide(self, x: float | None = None, y: float | None = None, name: str = "") -> Plot:
        """Draw a dashed line across the plot at an x, a y, or both.

        >>> Plot().line([(0, 3), (9, 1)]).guide(y=2.89, name="chance")
        <Plot: 1 line, 1 guide; .save("plot.svg") writes it>
        """
        if x is None and y is None:
            raise ValueError("guide needs a place: write guide(x=…) or guide(y=…)")
        if x is not None:
            self.add_part(Guide(read_float(x, "x"), math.nan, name if y is None else ""))
        if y is not None:
            self.add_part(Guide(math.nan, read_float(y, "y"), name))
        return self

    def note(self, point: Any, text: str) -> Plot:
        """Write a text at a point."""
        return self.add_part(Note(read_point(point, "the note's point"), read_text(text, "text")))

    def contours(self, f: Callable[..., Any], levels: int | Sequence[float] = 8) -> Plot:
        """Draw the lines on which f(x, y) has the same value, each with its number.

        ``levels`` are these values, or about how many round ones there should be.

        >>> bowl = Plot(xlim=(-10, 10), ylim=(-2, 2)).contours(lambda a, b: a * a + 9 * b * b, 5)
        >>> bowl.describe()
        'x from −10 to 10 across, y from −2 to 2 up; contours at 20, 40, 60, 80, 100, 120'
        """
        grid = ask_on_grid(read_function(f, "contours", "f(x, y)"), *self.find_scales("contours"))
        finite = grid.finite
        if isinstance(levels, int):
            if not 1 <= levels <= 50:
                raise ValueError(
                    f"levels is {levels}: write from 1 to 50, or the levels themselves"
                )
            chosen = choose_levels(finite, levels)
        else:
            chosen = read_levels(levels)
        lines = {level: trace_contour(grid, level) for level in sorted(set(chosen))}
        return self.add_part(Contours(lines))

    def shade(self, f: Callable[..., Any], name: str = "") -> Plot:
        """Show f(x, y) as colour: paper at 0, blue for more, or green above 0 and purple below.

        Ten bands or so of round values are told apart; a scale of them stands above the plot.

        >>> Plot(xlim=(0, 4), ylim=(0, 2)).shade(lambda x, y: x * y / 8, "share")
        <Plot: shade; .save("plot.svg") writes it>
        """
        grid = ask_on_grid(read_function(f, "shade", "f(x, y)"), *self.find_scales("shade"))
        return self.add_part(Shade(grid, choose_bands(grid.finite), name))

    def add_part(self, part: Part) -> Plot:
        """Add a part, whose name is a text, and whose colour one of those that there are."""
        if not isinstance(part, (Note, Contours)):
            part = part._replace(name=read_text(part.name, "name"))
        color = getattr(part, "color", "")
        if color and color not in COLORS:
            raise ValueError(f"color is {quote_text(color)}: write one of {', '.join(COLORS)}")
        self.parts.append(part)
        return self

    def find_scales(self, method: str) -> tuple[Scale, Scale]:
        """Return the axes over which a function of two numbers is asked."""
        if not self.xlim or not self.ylim:
            missing = " and ".join(
                name for name, ends in (("xlim", self.xlim), ("ylim", self.ylim)) if not ends
            )
            raise ValueError(
                f"{method} needs the plot's {missing}: "
                "write Plot(xlim=(low, high), ylim=(low, high))"
            )
        xlim, ylim = self.xlim, self.ylim
        if self.same_scale:
            xlim, ylim, *_ = fit_same_scale(*xlim, *ylim)
        return Scale(*xlim, 0, 1, self.log_x), Scale(*ylim, 0, 1, self.log_y)

    def draw(self) -> Canvas:
        """Return the picture."""
        return Assembly(self).draw()

    def animate(self) -> str:
        """Return an SVG that plays lines with arrows or texts point by point, without a script.

        >>> path = [(3, 9), (2.4, 5.76), (1.92, 3.69)]
        >>> "@keyframes" in Plot().line(path, arrows=True).animate()
        True
        >>> Plot().line(path).animate()
        Traceback (most recent call last):
        ValueError: nothing here plays: draw a line with arrows=True, or told a text for each point
        """
        played = [part for part in self.parts if isinstance(part, Stroke) and part.is_played]
        if not played:
            raise ValueError(
                "nothing here plays: draw a line with arrows=True, or told a text for each point"
            )
        return PlayedAssembly(self, played).draw().write()
