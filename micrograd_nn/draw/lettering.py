"""Texts in a drawing: their sizes, how wide they may be in any font, where they stand in a box."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from textwrap import wrap

from graphviz import nohtml

from .._ground.text import make_printable
from .diagram import Face
from .layout import escape_dot

CAPTION_WIDTH = 72  # letters of a line of the caption
# Ems of a letter in the widest fonts that may stand for Helvetica, DejaVu and Verdana, plain and
# bold. Only a browser or a desktop knows which of them it has.
PLAIN_LETTER, BOLD_LETTER, CAPITAL_LETTER, OTHER_LETTER = 0.65, 0.75, 0.9, 1.05
NARROW_LETTER = 0.55  # ems of a letter in Helvetica
NAME_SIZE, NOTE_SIZE = 15, 13  # points of a text
SIZES = {"value": 22, "gradient": 19, "note": NOTE_SIZE}
LONG = 12  # letters of a text that is written small
TEXT = re.compile(r'<text( xml:space="preserve")? text-anchor="start" x="[-\d.]+"')
NODE = re.compile(r'<g id="[^"]*" class="node(?! constant)[^"]*">.*?</g>', re.DOTALL)
ACROSS = re.compile(r"(-?[\d.]+),-?[\d.]+")
PADDING = 8.0  # points between the texts of a box and its outline


def measure_face(face: Face) -> float:
    """Return how many points wide the texts of a box are in the widest font."""
    gap = NAME_SIZE if face.operation else 0
    name = measure(face.name, NAME_SIZE, BOLD_LETTER) + gap + measure(face.operation, NAME_SIZE)
    return max([name, *[measure(text, choose_size(part, text)) for part, text in face.rows]]) + 4


def choose_size(part: str, text: str) -> int:
    """Return how large a text below a name is written: a long one is no larger than the name."""
    return SIZES[part] if len(text) <= LONG else min(SIZES[part], NAME_SIZE)


def measure(text: str, size: int, letter: float = PLAIN_LETTER) -> float:
    """Return how many points wide a text is in the widest font."""
    narrow = len(re.findall(r"[ .…()\[\]|,il]", text)) * (letter - 0.2)
    capital = len(re.findall(r"[A-ZÀ-ÞΑ-Ω−+×=mw]", text)) * max(
        letter, CAPITAL_LETTER * letter / PLAIN_LETTER
    )
    other = len(re.findall(r"[^\x00-\u04ff−×…·]", text)) * OTHER_LETTER
    counted = len(re.findall(r"[ .…()\[\]|,ilA-ZÀ-ÞΑ-Ω−+×=mw]|[^\x00-\u04ff−×…·]", text))
    return size * (narrow + capital + other + letter * (len(text) - counted))


def write_font(text: str, size: int, colour: str, tag: str = "") -> str:
    r"""Return a text as a part of an HTML-like label, nothing if there is none.

    Graphviz reads the backslashes of such a label, too:

    >>> write_font(r"<\N>", 13, "#1f2328", "B")
    '<FONT POINT-SIZE="13" COLOR="#1f2328"><B>&lt;\\\\N&gt;</B></FONT>'
    """
    if not text:
        return ""
    safe = html.escape(make_printable(text)).replace("\\", "\\\\").replace("&#x27;", "'")
    inner = f"<{tag}>{safe}</{tag}>" if tag else safe
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{inner}</FONT>'


def align_texts(svg: str) -> str:
    """Return an SVG whose numbers end at the right side of their box, in whatever font."""

    def align_box(found: re.Match[str]) -> str:
        head, *texts = found[0].partition("<text")
        outline = head[: head.find("/>") + 2] if "/>" in head else head
        across = [float(x) for x in ACROSS.findall(outline)]
        if not across:
            return found[0]
        sides = iter([("start", min(across) + PADDING)])

        def align_text(text: re.Match[str]) -> str:
            anchor, x = next(sides, ("end", max(across) - PADDING))
            return f'<text{text[1] or ""} text-anchor="{anchor}" x="{x:.2f}"'

        return head + TEXT.sub(align_text, "".join(texts))

    return NODE.sub(align_box, svg)


def make_room(line: str) -> str:
    """Return a line of the caption with spaces at its ends, lest a wider font be cut off there."""
    return line.center(len(line) + 2 * (len(line) // 6))


def fold_caption(caption: Iterable[str]) -> list[str]:
    """Return a caption's lines, the long ones in parts: one wider than the picture is cut off."""
    return [part for line in caption for part in wrap(line, CAPTION_WIDTH)]


def format_label(lines: Iterable[str]) -> str:
    """Return lines of text as a label that is shown as they are."""
    text: str = nohtml("\\n".join(map(escape_dot, lines)))
    return text
