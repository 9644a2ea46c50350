"""SVG pictures in a box of their own: legible on a phone, where a wide one scrolls in its box.

What a cell drew has no words in the text; it gets its own label or title for them.
"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

SVG = "{http://www.w3.org/2000/svg}"
SMALLEST = 11  # pixels of letters that can be read
PIXELS = {"pt": 4 / 3, "px": 1, "": 1}  # of a unit
LENGTH = re.compile(r"([\d.]+)(pt|px|)$")
FONT = re.compile(r"font-size\s*[:=]\s*[\"']?([\d.]+)")
NO_WORDS = "A picture drawn by this cell"


class picture(nodes.Element):  # noqa: N801 (a node is named as it is written)
    """The box around an image; ``narrowest`` is the width in pixels at which it can be read."""


class BoxPictures(SphinxPostTransform):
    """Put each SVG picture into a box, after cells got their outputs."""

    default_priority = 6

    def run(self, **kwargs: object) -> None:
        """Look into each picture's file."""
        for image in list(self.document.findall(nodes.image)):
            path = Path(self.env.srcdir, image["uri"].lstrip("/"))
            if path.suffix != ".svg" or not path.is_file():
                continue
            svg = path.read_text(encoding="utf-8")
            if image.get("alt", "").startswith("_build") or not image.get("alt"):
                image["alt"] = find_words(svg)
            box = picture(narrowest=find_narrowest(svg))
            image.replace_self(box)
            box.append(image)


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


def visit_picture(translator: HTML5Translator, node: picture) -> None:
    """Begin the box."""
    style = f"--narrowest: {node['narrowest']}px"
    translator.body.append(f'<span class="picture" style="{style}">')


def depart_picture(translator: HTML5Translator, node: picture) -> None:
    """End it."""
    translator.body.append("</span>")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the box."""
    app.add_node(picture, html=(visit_picture, depart_picture))
    app.add_post_transform(BoxPictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
