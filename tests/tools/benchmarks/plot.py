"""The ratios as one SVG: a bar a row on a logarithmic scale, with a mark at each target."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from typing import Any

from wording import target, times

from micrograd_nn.colors import write_style
from micrograd_nn.plot.canvas import Canvas

WIDTH, LEFT, RIGHT, TOP = 860, 24, 836, 84  # of the picture; of the plot in it
HEADING, ROW = 58, 56  # the heights of a group's heading and of a row

STYLE = write_style("""
.ratios { color: $ink; }
.ratios { font: 16px system-ui, -apple-system, "Segoe UI", sans-serif; }
.ratios .title { font-size: 19px; font-weight: 600; }
.ratios .group { font-weight: 600; }
.ratios text, .ratios rect { fill: currentColor; }
.ratios path { fill: none; stroke: currentColor; }
.ratios .spread { stroke-width: 2; }
.ratios .target { stroke-width: 4; }
.ratios .paper { color: $paper; }
.ratios .grid { color: $line; }
.ratios .faint { color: $quiet; }
.ratios .reached { color: $ink; }
.ratios .missed { color: $wrong; }
.ratios .reported { color: $quiet; }
""")


def bars(results: dict[str, Any]) -> str:
    """Return an SVG of the rows that have a ratio; a bar begins at 1×, where both are the same."""
    rows = [row for row in results["rows"] if "ratio" in row]
    groups = {
        "times as fast as … (more is better)": [row for row in rows if row["speed"]],
        "times as much as … (less is better)": [row for row in rows if not row["speed"]],
    }
    groups = {heading: group for heading, group in groups.items() if group}
    picture = Picture(rows, HEADING * len(groups) + ROW * len(rows))
    picture.describe(rows, results)
    picture.scale()
    y = TOP
    for heading, group in groups.items():
        picture.add("text", "group", heading, x=LEFT, y=y + 42)
        y += HEADING
        for row in group:
            picture.row(row, y)
            y += ROW
    return ET.tostring(picture.svg, encoding="unicode") + "\n"


class Picture(Canvas):
    """The SVG as it grows, with the scale that places a ratio in it."""

    def __init__(self, rows: list[dict[str, Any]], height: int) -> None:
        super().__init__()
        numbers = [1.0, *(row["target"] for row in rows if row["target"] is not None)]
        numbers += [ratio for row in rows for ratio in row["spread"]]
        self.low = math.floor(math.log10(min(numbers)))
        self.high = max(math.ceil(math.log10(max(numbers))), self.low + 1)
        self.bottom = TOP + height

    def x(self, ratio: float) -> float:
        """Return the distance of a ratio from the left."""
        share = (math.log10(ratio) - self.low) / (self.high - self.low)
        return LEFT + (RIGHT - LEFT) * share

    def describe(self, rows: list[dict[str, Any]], results: dict[str, Any]) -> None:
        """Write the size, the colours, the title, where it was measured, and all in words."""
        height = self.bottom + 44
        self.svg.attrib |= {"class": "ratios", "viewBox": f"0 0 {WIDTH} {height}"}
        self.svg.attrib |= {"width": str(WIDTH), "height": str(height)}
        told = [f"{row['work']}, against {row['against']}: {labelled(row)}" for row in rows]
        self.svg.set("aria-label", "; ".join(["micrograd_nn against others", *told]))
        self.add("title", "", "micrograd_nn against others")
        self.add("style", "", STYLE)
        self.add("rect", "paper", width=WIDTH, height=height)
        self.add("text", "title", "micrograd_nn against others", x=LEFT, y=34)
        place = f"{results['python']}, {results['date']}, {results['machine']}"
        if results["quick"]:
            place = f"A quick run, whose numbers mean nothing. {place}"
        self.add("text", "faint", place[:90], x=LEFT, y=60)
        self.legend(TOP + 2)

    def legend(self, y: float) -> None:
        """Tell what the colours, the strokes and the marks are."""
        x: float = LEFT
        for kind, told in (
            ("reached", "target reached"),
            ("missed", "missed"),
            ("reported", "no target"),
        ):
            self.add("rect", kind, x=x, y=y - 6, width=24, height=12)
            self.add("text", "", told, x=x + 32, y=y + 5.5)
            x += 64 + 8 * len(told)
        self.draw_line("target", (x + 2, y - 11), (x + 2, y + 11))
        self.add("text", "", "target", x=x + 14, y=y + 5.5)
        self.draw_line("spread", (x + 92, y), (x + 120, y))
        self.add("text", "", "spread of the rounds", x=x + 128, y=y + 5.5)

    def scale(self) -> None:
        """Name the powers of ten below the rows."""
        for exponent in range(self.low, self.high + 1):
            x = self.x(10.0**exponent)
            anchor = {self.low: "start", self.high: "end"}.get(exponent, "middle")
            self.add("text", "", times(10.0**exponent), x=x, y=self.bottom + 26, text_anchor=anchor)

    def row(self, row: dict[str, Any], y: float) -> None:
        """Write what a row compares and its ratio, and draw its bar, spread and target below.

        A stroke stands at each power of ten; that of 1×, where the bar begins, is a strong one.
        """
        kind = {True: "reached", False: "missed", None: "reported"}[row["reached"]]
        self.add("text", "", f"{row['work']}, against {row['against']}", x=LEFT, y=y + 16)
        self.add("text", "", labelled(row), x=RIGHT, y=y + 16, text_anchor="end")
        for exponent in range(self.low, self.high + 1):
            x = self.x(10.0**exponent)
            self.draw_line("grid" if exponent else "", (x, y + 22), (x, y + 44))
        one, end = self.x(1.0), self.x(row["ratio"])
        self.add("rect", kind, x=min(one, end), y=y + 26, width=abs(end - one), height=14)
        low, high = map(self.x, row["spread"])
        self.draw_line("spread", (low, y + 33), (high, y + 33))
        if row["target"] is not None:
            x = self.x(row["target"])
            self.draw_line("target", (x, y + 22), (x, y + 44))


def labelled(row: dict[str, Any]) -> str:
    """Return a ratio and its target in words."""
    return f"{times(row['ratio'])} (target {target(row)})" if target(row) else times(row["ratio"])
