"""An SVG as it grows, and how much room a text takes in it."""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable

LETTERS = {
    **dict.fromkeys(" .,:;'’|!ijltfrI()[]/·", 0.38),
    **dict.fromkeys("mwMW%@—…", 0.98),
    "−": 0.84,
    **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉", 0.42),
}  # generous widths, in font sizes, of letters that are narrower or wider than most


class Canvas:
    """An SVG as it grows: elements with classes, and lines from place to place."""

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
