"""What plots and matrices have in common: their colours, how they are shown, saved, described."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..._ground.colors import write_style
from ..._ground.files import Written, write_file
from ..._ground.text import InputError, show_path
from .canvas import Canvas, measure_text, wrap_to_width
from .scales import label_ticks

COLORS = ("blue", "orange", "green", "purple", "magenta", "ink")
LETTER_SIZE, TITLE_SIZE = 17.0, 19.0  # pixels, as STYLE has them
STRONGEST_FILL = 0.54  # of a colour over paper: ink on it can still be read

STYLE = write_style("""
.plot-figure { color: $ink; }
.plot-figure { font: 17px system-ui, -apple-system, "Segoe UI", sans-serif; }
.plot-figure .title { font-size: 19px; font-weight: 600; }
.plot-figure text, .plot-figure .fill { fill: currentColor; stroke: none; }
.plot-figure path, .plot-figure .cell, .plot-figure .frame { fill: none; stroke: currentColor; }
.plot-figure path.fill { fill: currentColor; stroke: none; }
.plot-figure .line { stroke-width: 2.75; stroke-linejoin: round; }
.plot-figure .fine { stroke-width: 1.25; }
.plot-figure .contour { stroke-width: 1.5; stroke-linejoin: round; }
.plot-figure .guide { stroke-width: 1.5; stroke-dasharray: 5 5; }
.plot-figure .frame { stroke-width: 3.5; }
.plot-figure .wide { stroke-width: 7.5; }
.plot-figure .dot { fill: currentColor; stroke: $paper; stroke-width: 2; }
.plot-figure .hollow { fill: $paper; stroke: currentColor; stroke-width: 2.75; }
.plot-figure .halo { stroke: $paper; stroke-width: 5; stroke-linejoin: round; }
.plot-figure .halo { paint-order: stroke; }
.plot-figure .paper { color: $paper; }
.plot-figure .grid { color: $line; }
.plot-figure .quiet { color: $quiet; }
.plot-figure .blue { color: $value; }
.plot-figure .orange { color: $gradient; }
.plot-figure .green { color: $plus; }
.plot-figure .purple { color: $minus; }
.plot-figure .magenta { color: $wrong; }
""")


class Figure:
    """A picture in SVG with a title, which a notebook shows and ``save`` writes."""

    title: str

    def draw(self) -> Canvas:
        """Return the picture."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return in words what the picture shows."""
        raise NotImplementedError

    @property
    def svg(self) -> str:
        """The picture as SVG, which stands alone and has the colours of light and dark."""
        return self.draw().write()

    def animate(self) -> str:
        """Return the picture as an SVG that plays; what has no steps is a ValueError."""
        raise ValueError("this picture has no steps to play: a Plot with a line of arrows has some")

    def save(self, path: str | os.PathLike[str], *, animate: bool = False) -> Written:
        """Write the picture to a file, whose name ends with .svg; with ``animate``, it plays."""
        if Path(path).suffix.lower() != ".svg":
            raise InputError(f"{show_path(path)}: a plot is SVG: write a name that ends with .svg")
        write_file(path, self.animate() if animate else self.svg)
        return Written(path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.describe()}


class FigureCanvas(Canvas):
    """The SVG of a figure as it grows, with its head: title, and what the signs mean."""

    def begin(self, title: str, told: str) -> None:
        """Write the colours, the title, and in words what the picture shows."""
        self.svg.attrib |= {"class": "plot-figure", "aria-label": told}
        self.add("title", "", title or told)
        self.add("style", "", STYLE)
        self.add("rect", "paper fill", width="100%", height="100%")

    def set_size(self, width: float, height: float) -> None:
        """Write the size, which is a smaller one where there's less room."""
        size = {"width": f"{width:.6g}", "height": f"{height:.6g}"}
        self.svg.attrib |= {**size, "viewBox": f"0 0 {' '.join(size.values())}"}
        self.svg.set("style", "max-width: 100%; height: auto")

    def draw_title(self, title: str, left: float, width: float) -> float:
        """Write the title in one line or two, and return how far down it goes."""
        y = 8.0
        for line in wrap_to_width(title, width, TITLE_SIZE * 1.14):
            y += 22
            self.add("text", "title", line, x=left, y=y)
        return y + 4 if y > 8 else 0.0

    def draw_bar(self, bands: Sequence[float], name: str, left: float, y: float) -> None:
        """Draw the scale of colours: its name, its first number, a bar, its last number."""
        ends = label_ticks([bands[0], bands[-1]])
        for text in filter(None, (name, ends[0])):
            self.add("text", "", text, x=left, y=y)
            left += measure_text(text, LETTER_SIZE) + 10
        step = 150 / (len(bands) - 1)
        for i in range(len(bands) - 1):
            color, strength = color_band(bands, i)
            self.add(
                "rect",
                f"{color} fill",
                x=left + step * i,
                y=y - 13,
                width=step + (i + 2 < len(bands)) * 0.5,
                height=16,
                fill_opacity=strength,
            )
        places = ((left, y - 13), (left + 150, y - 13), (left + 150, y + 3), (left, y + 3))
        self.draw_line("quiet", *places, places[0])
        self.add("text", "", ends[1], x=left + 158, y=y)


def color_band(bands: Sequence[float], band: int) -> tuple[str, float]:
    """Return the colour of a band of values and how strong it is."""
    if bands[0] < 0 < bands[-1]:
        middle = (bands[band] + bands[band + 1]) / 2
        reach = max(bands[-1] + bands[-2], -bands[0] - bands[1]) / 2
        return "green" if middle > 0 else "purple", round(STRONGEST_FILL * abs(middle) / reach, 3)
    strength = (band + 0.25) / (len(bands) - 1.75)
    if bands[-1] <= 0:
        return "purple", round(STRONGEST_FILL * (1 - band / max(len(bands) - 2, 1)), 3)
    return "blue", round(STRONGEST_FILL * min(1.0, strength), 3)
