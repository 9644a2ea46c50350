"""A picture written in DOT: shown in notebooks, saved as a file, given up in bounded time."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .._ground.files import Written, write_file
from .._ground.text import InputError, show_path
from .diagram import Diagram
from .dot import SVG_STYLE
from .layout import LayoutError, layout
from .lettering import align_texts

LAYOUT_SECONDS = 20.0  # for a layout
HEIGHT = re.compile(r'<svg[^>]* height="([\d.]+)pt"')
HIGHEST = 1440.0  # points of a picture that a notebook shows as it is: some two screens
FRAME = "box-sizing: border-box; width: 100%; height: 80vh; border: 1px solid #8886"


class Sketch(NamedTuple):
    """What a drawing was made from: boxes and arrows, caption and direction."""

    diagram: Diagram
    caption: Sequence[str]
    direction: str
    animate: Callable[[float], str] | None = None  # within a number of seconds


class Drawing:
    """A graph written in DOT, to be looked at in a notebook or saved as a picture.

    The ``text`` is shown where no picture can be. A function that returns it may stand for it, and
    is called when the text is asked for: it then shows the graph as it is by then. ``paper``
    is the DOT of a PNG or PDF, which has no tooltips and no dark theme, if it isn't the same. A
    notebook shows a high picture in a frame that scrolls.
    ``words`` say what an SVG shows to those who can't see it. ``sketch`` is what other figures
    than Graphviz's are made from.
    """

    def __init__(
        self,
        source: str,
        text: str | Callable[[], str] = "",
        timeout: float = LAYOUT_SECONDS,
        paper: str | None = None,
        words: str = "",
        sketch: Sketch | None = None,
    ) -> None:
        self.source = source
        self.paper = source if paper is None else paper
        self.timeout = timeout
        self.words = words
        self.sketch = sketch
        self._text = text

    @property
    def text(self) -> str:
        """What is shown where no picture can be."""
        return self._text if isinstance(self._text, str) else self._text()

    def render(self, format: str = "svg") -> bytes:
        """Return the picture as bytes; a LayoutError says why it can't."""
        if format not in WRITERS:
            raise ValueError(f"unknown format {format!r}: choose one of {', '.join(WRITERS)}")
        return WRITERS[format](self)

    def label(self, svg: str) -> str:
        """Return an SVG with the words for those who can't see it."""
        if not self.words:
            return svg
        return svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(self.words)}"', 1)

    def require_sketch(self, format: str) -> Sketch:
        """Return what the drawing was made from; one of DOT alone has nothing of that."""
        if self.sketch is None:
            raise ValueError(f"this drawing is DOT alone: no {format} can be made of it")
        return self.sketch

    def animate(self) -> bytes:
        """Return an SVG that plays the steps of both passes: each number forward, each share back.

        It has no script, stands still while it is pointed at, and is a still where motion is to be
        reduced. Its step numbers are those of ``stepping.Passes`` and of ``page``.
        """
        if self.sketch is None or self.sketch.animate is None:
            raise ValueError("this drawing has no steps to play: animate what draw(root) returns")
        return self.label(self.sketch.animate(self.timeout)).encode()

    def save(self, path: str | os.PathLike[str], *, animate: bool = False) -> Written:
        """Write the picture to a file in the format of its ending.

        That is .svg, .png, .pdf, .dot, .tex (TikZ for LaTeX) or .mmd (Mermaid). With ``animate``
        an SVG plays the steps of both passes.

        >>> Drawing("digraph { a }").save("graph.bmp")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        micrograd_nn.InputError: graph.bmp: the ending says the format, one of .svg, ...

        A PDF needs the program ``dot`` or the package pygraphviz.
        """
        format = find_format(path)
        if animate and format != "svg":
            raise InputError(f"{show_path(path)}: what is animated is an SVG: end it with .svg")
        picture = self.animate() if animate else self.render(format)
        write_file(path, picture)
        return Written(path)

    def __repr__(self) -> str:
        return '<Drawing: .save("graph.svg") writes it, and a notebook shows it>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {**self.show(), "text/plain": self.text}
        except LayoutError as error:
            return {"text/plain": f"{self.text}\n(no picture: {error})"}

    def show(self) -> dict[str, str]:
        """Return the SVG by its type; a high one is within HTML, in a frame that scrolls."""
        svg = self.render().decode("utf-8")
        height = HEIGHT.search(svg)
        if not height or float(height[1]) <= HIGHEST:
            return {"image/svg+xml": svg}
        words = html.escape(self.words or "A picture")
        return {
            "text/html": f'<iframe title="{words}" style="{FRAME}" srcdoc="{html.escape(svg)}">'
            f"{words}: trust this notebook to see it</iframe>"  # left where frames are taken out
        }


def write_svg(drawing: Drawing) -> bytes:
    """Return a drawing as SVG, for light and for dark screens."""
    svg = drawing.label(layout(drawing.source, "svg", drawing.timeout).decode("utf-8"))
    head, tag, rest = svg.partition("<g id=")
    return f"{head}{SVG_STYLE}{align_texts(tag + rest)}".encode()


def write_tex(drawing: Drawing) -> bytes:
    """Return a drawing as TikZ, laid out as the SVG is."""
    from .tikz import write_tikz  # here, as few drawings become figures

    sketch = drawing.require_sketch("tex")
    svg = layout(drawing.source, "svg", drawing.timeout)
    return write_tikz(svg, sketch.diagram, sketch.caption).encode()


def write_mmd(drawing: Drawing) -> bytes:
    """Return a drawing as Mermaid."""
    from .mermaid import write_mermaid

    sketch = drawing.require_sketch("mmd")
    return write_mermaid(sketch.diagram, sketch.direction).encode()


# What writes a drawing, by the ending of its file: whoever adds an ending adds a row here.
WRITERS: dict[str, Callable[[Drawing], bytes]] = {
    "svg": write_svg,
    "png": lambda drawing: layout(drawing.paper, "png", drawing.timeout),
    "dot": lambda drawing: layout(drawing.source, "dot"),
    "pdf": lambda drawing: layout(drawing.paper, "pdf", drawing.timeout),
    "tex": write_tex,
    "mmd": write_mmd,
}
ENDINGS = tuple([f".{format}" for format in WRITERS])


def find_format(path: str | os.PathLike[str]) -> str:
    """Return the format that the ending of a picture's file says; another is an InputError."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        endings = ", ".join(ENDINGS)
        raise InputError(f"{show_path(path)}: the ending says the format, one of {endings}")
    return ending.removeprefix(".")
