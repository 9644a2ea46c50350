"""SVG pictures in a box of their own: at build and in the page alike.

A wide picture scrolls in its box, where it would else shrink until it can't be read. What a cell
drew has no words in the text; it gets its own label or title for them.
"""

import html
import re
import xml.etree.ElementTree as ET
from urllib.parse import quote

SVG = "{http://www.w3.org/2000/svg}"
SMALLEST = 11  # pixels of letters that can be read
PIXELS = {"pt": 4 / 3, "px": 1, "": 1}  # of a unit
LENGTH = re.compile(r"([\d.]+)(pt|px|)$")
FONT = re.compile(r"font-size\s*[:=]\s*[\"']?([\d.]+)")
NO_WORDS = "A picture drawn by this cell"


def find_words(svg: str) -> str:
    """Return what a picture says of itself: its label, or else its title and description."""
    root = ET.fromstring(svg)
    parts = [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")]
    words = root.get("aria-label") or " ".join(part.strip() for part in parts if part)
    return words.strip() or NO_WORDS


def find_narrowest(svg: str) -> int:
    """Return the width in pixels at which a picture's smallest letters can just be read."""
    root = ET.fromstring(svg)
    box = [float(number) for number in root.get("viewBox", "0 0 0 0").replace(",", " ").split()]
    length = LENGTH.match(root.get("width", ""))
    width = float(length[1]) * PIXELS[length[2]] if length else box[2]
    sizes = [float(size) for size in FONT.findall(svg)]
    if not sizes or not width:
        return 0
    smallest = min(sizes) * (width / box[2] if box[2] else 1)
    return round(width * min(1, SMALLEST / smallest))


def begin_box(narrowest: int) -> str:
    """Return the begin of a picture's box, which a ``</span>`` ends."""
    return f'<span class="picture" style="--narrowest: {narrowest}px">'


def write_picture(svg: str) -> str | None:
    """Return a picture in its box as HTML; None for a text that isn't SVG."""
    try:
        if ET.fromstring(svg).tag != f"{SVG}svg":
            return None
    except ET.ParseError:
        return None
    address = f"data:image/svg+xml;charset=utf-8,{quote(svg)}"
    image = f'<img src="{address}" alt="{html.escape(find_words(svg))}">'
    return f"{begin_box(find_narrowest(svg))}{image}</span>"
