"""A small picture in SVG whose colours are those of the page that it stands in: ``Sketch``.

Written into a page, it follows the page's theme; opened by itself, the system's.
"""

import html
import math
from collections.abc import Callable, Iterable

from micrograd_nn._ground.colors import MEANINGS

Point = tuple[float, float]

LIGHT, DARK = (
    " ".join(f"--{name}: {color[i]};" for name, color in MEANINGS.items()) for i in range(2)
)
STYLE = f"""
.sketch {{ max-width: 100%; height: auto; font: 15px system-ui, sans-serif; {LIGHT} }}
.sketch .math {{ font: italic 17px "STIX Two Math", "Cambria Math", serif; }}
.sketch .small {{ font-size: 12.5px; }}
body[data-theme="dark"] .sketch {{ {DARK} }}
.sketch:root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
.sketch:root, body:not([data-theme="light"]) .sketch {{ {DARK} }}
}}
@media print {{ body[data-theme] .sketch {{ {LIGHT} }} }}
"""


class Sketch:
    """Shapes on a paper of some width and height, with a description for who can't see them.

    A colour is one of the names in ``micrograd_nn._ground.colors``.
    """

    def __init__(self, width: int, height: int, alt: str) -> None:
        self.width, self.height, self.alt = width, height, alt
        self.shapes: list[str] = []

    def line(
        self, points: Iterable[Point], color: str = "ink", width: float = 2, dash: str = ""
    ) -> None:
        """Join points in their order."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        style = f"fill: none; stroke: var(--{color}); stroke-width: {width}; stroke-linecap: round"
        if dash:
            style += f"; stroke-dasharray: {dash}"
        self.shapes.append(f'<polyline points="{path}" style="{style}"/>')

    def arrow(self, start: Point, end: Point, color: str = "ink", width: float = 2) -> None:
        """Draw a line with a head at its end."""
        (x, y), angle = end, math.atan2(end[1] - start[1], end[0] - start[0])
        size = 5 + 1.5 * width
        back = (x - size * math.cos(angle), y - size * math.sin(angle))
        self.line([start, back], color, width)
        sides = [
            (x - size * math.cos(angle + turn), y - size * math.sin(angle + turn))
            for turn in (-0.45, 0.45)
        ]
        self.area([end, *sides], color)

    def area(self, points: Iterable[Point], color: str = "panel") -> None:
        """Fill what points enclose."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.shapes.append(f'<polygon points="{path}" style="fill: var(--{color})"/>')

    def circle(
        self, center: Point, radius: float, fill: str = "panel", edge: str = "ink", width: float = 2
    ) -> None:
        """Draw a circle."""
        style = f"fill: var(--{fill}); stroke: var(--{edge}); stroke-width: {width}"
        x, y = center
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" style="{style}"/>')

    def dot(self, center: Point, color: str = "ink", radius: float = 4) -> None:
        """Draw a point."""
        self.circle(center, radius, color, color, 0)

    def box(self, corner: Point, width: float, height: float, edge: float = 2) -> None:
        """Draw a rectangle; a corner is its left and upper one."""
        style = f"fill: var(--panel); stroke: var(--ink); stroke-width: {edge}"
        x, y = corner
        self.shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{2 * edge}" style="{style}"/>'
        )

    def text(
        self, place: Point, text: str, color: str = "ink", kind: str = "", at: str = "middle"
    ) -> None:
        """Write a text; ``kind`` is math or small, ``at`` where in it the place is."""
        x, y = place
        self.shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{at}" '
            f'style="fill: var(--{color})">{html.escape(text)}</text>'
        )

    def render(self) -> str:
        """Return the picture's source."""
        alt = html.escape(self.alt)
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="sketch" role="img" '
                f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
                f'height="{self.height}" aria-label="{alt}">',
                f"<style>{STYLE}</style>",
                *self.shapes,
                "</svg>\n",
            ]
        )


class Frame:
    """Where numbers stand on a sketch: x from left to right, y upwards, in a box of it."""

    def __init__(
        self, sketch: Sketch, corner: Point, size: Point, xlim: Point, ylim: Point
    ) -> None:
        self.sketch, self.corner, self.size, self.xlim, self.ylim = sketch, corner, size, xlim, ylim

    def place(self, x: float, y: float) -> Point:
        """Return where a point is on the sketch."""
        (left, top), (width, height) = self.corner, self.size
        across = (x - self.xlim[0]) / (self.xlim[1] - self.xlim[0])
        up = (y - self.ylim[0]) / (self.ylim[1] - self.ylim[0])
        return (left + across * width, top + (1 - up) * height)

    def curve(
        self,
        f: Callable[[float], float],
        color: str = "value",
        width: float = 2,
        among: Point | None = None,
    ) -> None:
        """Draw a function of x, from edge to edge or between two numbers."""
        low, high = among or self.xlim
        numbers = [low + (high - low) * i / 60 for i in range(61)]
        self.sketch.line([self.place(x, f(x)) for x in numbers], color, width)
