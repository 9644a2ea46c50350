"""An SVG as it grows, with the head of a figure, and how much room a text takes in it."""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from ..._ground.colors import write_style
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

LETTERS = {
    **dict.fromkeys(" .,:;'’|!ijltfrI()[]/·", 0.38),
    **dict.fromkeys("mwMW%@—…", 0.98),
    "−": 0.84,
    **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉", 0.42),
}  # generous widths, in font sizes, of letters that are narrower or wider than most


class Canvas:
    """An SVG as it grows: elements with classes, lines from place to place, and a head.

    The head is the title, and what the signs mean.
    """

    def __init__(self) -> None:
        self.svg = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        self.group = self.svg  # what is added goes into it

    def add(
        self, tag: str, kind: str = "", text: str = "", /, **attributes: float | str
    ) -> ET.Element:
        """Append an element of a class, with its text and attributes, and return it."""
        element = ET.SubElement(self.group, tag, {"class": kind} if kind else {})
        element.text = text or None
        for name, value in attributes.items():
            written = value if isinstance(value, str) else f"{value:.6g}"
            element.set(name.replace("_", "-"), written)
        return element

    def draw_line(self, kind: str, *places: tuple[float, float], **attributes: float | str) -> None:
        """Draw a line from place to place."""
        self.add(
            "path", kind, d="M" + "L".join(join_numbers(place) for place in places), **attributes
        )

    def write(self) -> str:
        """Return the SVG as text."""
        return ET.tostring(self.svg, encoding="unicode") + "\n"

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


def join_numbers(numbers: Iterable[float]) -> str:
    """Return numbers as SVG has them."""
    return " ".join([f"{number:.6g}" for number in numbers])


def measure_letter(sign: str) -> float:
    """Return a generous width of a sign, in font sizes."""
    if unicodedata.combining(sign):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.1
    return LETTERS.get(sign, 0.74 if sign.isupper() else 0.6)


def measure_text(text: str, size: float) -> float:
    """Return a generous width of a text in pixels: nobody knows the reader's font."""
    return size * sum(map(measure_letter, text))


def shorten_to_width(text: str, width: float, size: float) -> str:
    """Return as much of a text as surely fits into a width."""
    if measure_text(text, size) <= width:
        return text
    room = width / size - measure_letter("…")
    for place, sign in enumerate(text):
        room -= measure_letter(sign)
        if room < 0:
            return text[:place].rstrip() + "…"
    return text


def wrap_to_width(text: str, width: float, size: float, most: int = 2) -> list[str]:
    """Return a text in at most ``most`` lines of a width, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and measure_text(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return [shorten_to_width(line, width, size) for line in lines]


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
