r"""A drawing as TikZ, to be ``\input`` in a LaTeX document: laid out as the SVG is.

Names are set as mathematics. It needs no more than ``\usepackage{amsmath, tikz}``.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from .._ground.text import make_printable
from ..notation.formulas.latex import SPECIAL, Latex
from .diagram import Arrow, Box, Diagram
from .dot import DEEP, GRADIENT_INK, INK, PANEL, PAPER, QUIET, SHADES, VALUE_INK

SVG = "{http://www.w3.org/2000/svg}"
ON_PAGE = 0.6  # points on paper of one in the SVG: names then have the size of small print
POINT = re.compile(r"(-?[\d.]+(?:e-?\d+)?),(-?[\d.]+(?:e-?\d+)?)")
COLOURS = {
    "ink": INK, "quiet": QUIET, "panel": PANEL, "paper": PAPER, "value": VALUE_INK,
    "gradient": GRADIENT_INK,
    **{f"shade{i}": x for i, x in enumerate(SHADES)},
}  # fmt: skip
SIGNS = {
    "×": r"\times", "÷": r"\div", "·": r"\cdot", "−": "-", "√": r"\surd", "∂": r"\partial",
    "…": r"\dots", "→": r"\to", "←": r"\leftarrow",
    "↑": r"\uparrow", "◂": r"\triangleleft", "∞": r"\infty", "≤": r"\le", "≥": r"\ge",
    "≠": r"\ne", "|": r"\vert", "-": "\\mbox{-}",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "ζ": r"\zeta",
    "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau",
    "υ": r"\upsilon", "φ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma",
    "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\Sigma",
    "Υ": r"\Upsilon", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega",
    "±": r"\pm", "°": r"{}^\circ", "ʸ": "{}^y", "⁻": "{}^-", "½": r"\tfrac12",
    **{sign: f"{{}}^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sign: f"{{}}_{digit}" for digit, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip
NO_TYPE = "?"  # for what plain LaTeX has no type for
PLAIN_LETTERS = "ßæøåÆØÅœŒłŁı–—’"  # that plain LaTeX knows beside those with accents
ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0308\u030a\u030c"
LATIN = dict(zip("οΑΒΕΖΗΙΚΜΝΟΡΤΧ", "oABEZHIKMNOPTX", strict=True))  # Greek ones that look so
SIZES = {"name": r"\small\bfseries\boldmath", "value": r"\large", "gradient": r"\normalsize"}


def write_tikz(svg: bytes, diagram: Diagram, caption: Sequence[str]) -> str:
    """Return the TikZ of a diagram that was laid out as an SVG; the caption becomes a comment."""
    boxes = {box.id: box for box in diagram.boxes}
    arrows = {arrow.id: arrow for arrow in diagram.arrows}
    lines = [r"% In the document's head: \usepackage{amsmath, tikz}"]
    lines += [f"% {make_printable(line)}" for line in caption]
    lines += [
        rf"\begin{{tikzpicture}}[x={ON_PAGE}bp, y={ON_PAGE}bp, line width=0.6pt, inner sep=0pt, "
        rf"rounded corners={8 * ON_PAGE:.1f}bp]"
    ]
    lines += [rf"\definecolor{{{name}}}{{HTML}}{{{hex[1:]}}}" for name, hex in COLOURS.items()]
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        kinds, id = group.get("class", "").split(), group.get("id", "")
        if "cluster" in kinds:
            lines += write_cluster(group)
        elif "node" in kinds and id in boxes:
            lines += write_tikz_box(group, boxes[id])
        elif "edge" in kinds and id in arrows:
            lines += write_arrow(group, arrows[id])
    return "\n".join([*lines, r"\end{tikzpicture}", ""])


def write_cluster(group: ET.Element) -> Iterator[str]:
    """Yield the frame of a cluster, and its title."""
    for outline in list_outlines(group)[:1]:
        yield rf"\draw[quiet, dashed] {write_rectangle(outline)};"
    for x, y, text in list_labels(group):
        yield write_label(x, y, "base west", "quiet", write_tex(text), r"\footnotesize")


def write_tikz_box(group: ET.Element, box: Box) -> Iterator[str]:
    """Yield a box with its texts."""
    if box.kind == "constant":
        for x, y, _ in list_labels(group):
            yield write_label(x, y, "base", "quiet", write_name(box.face.name), r"\small")
        return
    fill = "panel" if box.kind in ("leaf", "group") else "paper"
    fill = fill if box.shade is None else f"shade{box.shade}"
    colour = "ink" if box.marked or box.kind in ("root", "group") else "quiet"
    width = 1.4 if box.marked else 1 if box.face.gradient else 0.6
    outlines = list_outlines(group)
    for i, outline in enumerate(outlines):
        filled = f", fill={fill}" if i == 0 else ""
        yield rf"\draw[{colour}, line width={width}pt{filled}] {write_rectangle(outline)};"
    left, right = [side(x for x, _ in outlines[0]) for side in (min, max)]
    heads = [("name", box.face.name), ("operation", box.face.operation)]
    texts = [(part, text) for part, text in [*heads, *box.face.rows] if text]
    for (_, y, _), (part, text) in zip(list_labels(group), texts, strict=False):
        if part == "name":
            yield write_label(left + 8, y, "base west", "ink", write_name(text), SIZES[part])
        else:
            colour = part if part in COLOURS else "quiet"
            colour = "ink" if (box.shade or 0) >= DEEP else colour
            size = SIZES.get(part, r"\footnotesize") if len(text) < 12 else r"\footnotesize"
            yield write_label(right - 8, y, "base east", colour, write_tex(text), size)


def write_arrow(group: ET.Element, arrow: Arrow) -> Iterator[str]:
    """Yield an arrow with its head and texts."""
    colour = "ink" if arrow.marked else "gradient" if arrow.flow.share else "quiet"
    style = f"{colour}, sharp corners" + ", dashed" * arrow.from_before
    style += ", line width=1.2pt" * arrow.marked
    for path in group.iter(f"{SVG}path"):
        start, *rest = read_path(path.get("d", ""))
        curves = zip(rest[::3], rest[1::3], rest[2::3], strict=False)
        drawn = "".join(
            f" .. controls {write_corner(a)} and {write_corner(b)} .. {write_corner(c)}"
            for a, b, c in curves
        )
        yield rf"\draw[{style}] {write_corner(start)}{drawn};"
    for head in group.iter(f"{SVG}polygon"):
        points = " -- ".join(write_corner(point) for point in read_path(head.get("points", "")))
        yield rf"\fill[{colour}, sharp corners] {points} -- cycle;"
    for x, y, text in list_labels(group):
        colour = "gradient" if text.startswith("◂") else "ink" if text[0] == "×" else "quiet"
        yield write_label(x, y, "base west", colour, write_tex(text), r"\footnotesize")


def list_outlines(group: ET.Element) -> list[list[tuple[float, float]]]:
    """Return the corners of what is drawn around a box, the inner line first."""
    shapes = [shape for shape in group.iter() if shape.tag in (f"{SVG}path", f"{SVG}polygon")]
    return [read_path(shape.get("d", shape.get("points", ""))) for shape in shapes]


def list_labels(group: ET.Element) -> list[tuple[float, float, str]]:
    """Return where texts stand, and what they say."""
    return [
        (float(text.get("x", "0")), float(text.get("y", "0")), text.text or "")
        for text in group.iter(f"{SVG}text")
    ]


def read_path(text: str) -> list[tuple[float, float]]:
    """Return the points of a path or a polygon."""
    return [(float(x), float(y)) for x, y in POINT.findall(text)]


def write_rectangle(points: Sequence[tuple[float, float]]) -> str:
    """Return the rectangle around some points as a path."""
    across, down = zip(*points, strict=True)
    ends = (min(across), max(down)), (max(across), min(down))
    return " rectangle ".join(map(write_corner, ends))


def write_corner(point: tuple[float, float]) -> str:
    """Return a point of an SVG as TikZ writes it, which counts upward."""
    return f"({point[0]:.2f}, {-point[1]:.2f})"


def write_label(x: float, y: float, anchor: str, colour: str, text: str, size: str) -> str:
    """Return a text at a point."""
    at = write_corner((x, y))
    return rf"\node[anchor={anchor}, text={colour}, font={size}] at {at} {{{text}}};"


def write_name(name: str) -> str:
    r"""Return a node's name in LaTeX: a letter and a number as mathematics, else as text."""
    known = "".join([sign if find_sign(sign) else NO_TYPE for sign in flatten(name)])
    return f"${translate(Latex().write_name(known).text)}$"


def write_tex(text: str) -> str:
    r"""Return a text as LaTeX sets it, with signs as mathematics.

    >>> print(write_tex("× −3"), write_tex("{50 %}"))
    \ensuremath{\times} \ensuremath{-}3 \{50 \%\}
    """
    escaped = [
        rf"\ensuremath{{{SPECIAL[sign]}}}" if sign in r"\^~<>" else SPECIAL.get(sign, sign)
        for sign in flatten(text)
    ]
    return translate("".join(escaped))


def flatten(text: str) -> str:
    """Return a text on one line, letters with their accents as one."""
    return unicodedata.normalize("NFC", make_printable(text))


def translate(text: str) -> str:
    """Return a text with the commands of the signs that aren't on a keyboard."""
    return "".join([find_sign(sign) or NO_TYPE for sign in text])


def find_sign(sign: str) -> str:
    r"""Return how plain LaTeX writes a sign in a formula or a text, nothing if it can't.

    >>> print(find_sign("x"), find_sign("λ"), find_sign("é"), find_sign("ע") == "")
    x \ensuremath{\lambda} é True
    """
    if sign in SIGNS:
        return rf"\ensuremath{{{SIGNS[sign]}}}"
    if sign.isascii() or sign in PLAIN_LETTERS:
        return sign
    base = unicodedata.normalize("NFD", sign)
    is_accented = len(base) == 2 and base[0].isascii() and base[1] in ACCENTS
    return sign if is_accented else LATIN.get(sign, "")
