"""DOT text laid out as SVG, PNG or PDF by whichever Graphviz this machine has, in bounded time.

The drawings write DOT; only this file runs a program. It serves anybody who asks for a picture,
and answers the two ways that can fail, no Graphviz and a graph too large for it, with a remedy.
Where no program can run, in a web page, a function lays graphs out: ``use_layout`` takes it.
"""

import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable

from .._ground.processes import LateError, ProcessError, run_process
from .._ground.text import InputError, make_printable, quote_text

FORMATS = ("svg", "png", "dot", "pdf")
NO_PROGRAMS = ("emscripten", "wasi")  # platforms within a page or a program
PDF = """\
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format="pdf", prog="dot"))
"""


_lay_out: Callable[[str], str] | None = None  # set by use_layout


class LayoutError(RuntimeError, InputError):
    """A picture that could not be laid out, and what to do about it."""


def use_layout(function: Callable[[str], str] | None) -> None:
    """Let a function from DOT to SVG lay graphs out, in place of a program; None ends that.

    >>> use_layout(lambda dot: f"<svg><!-- {dot} --></svg>")
    >>> layout("digraph { a }")
    b'<svg><!-- digraph { a } --></svg>'
    >>> use_layout(None)

    It is for where no program can run, as in Pyodide. Such a layout is svg: others raise
    LayoutError.
    """
    global _lay_out
    _lay_out = function


def lay_out_by_function(function: Callable[[str], str], source: str, format: str) -> bytes:
    """Return the SVG that the function of ``use_layout`` makes of DOT."""
    if format != "svg":
        raise LayoutError(f"no {format} can be made here: take the svg or the dot")
    try:
        svg = function(source)
    except Exception as error:
        raise LayoutError(f"the layout failed: {error}") from error
    if not (isinstance(svg, str) and "<svg" in svg):
        raise LayoutError(f"the function of use_layout returned no SVG, but {quote_text(svg)}")
    return svg.encode("utf-8", "replace")


def find_dot() -> str | None:
    """Return the program that lays graphs out: the system's ``dot``, else ``graphviz-pure``.

    ``graphviz-pure`` is looked for where ``pip`` puts commands, too: it is found in an
    environment that is not activated. None when there is neither.
    """
    scripts = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")),
        os.path.dirname(sys.executable or ""),
    ]
    return (
        shutil.which("dot")
        or shutil.which("graphviz-pure")
        or shutil.which("graphviz-pure", path=os.pathsep.join(filter(None, scripts)))
    )


def layout(source: str, format: str = "svg", timeout: float = 20.0) -> bytes:
    """Return the picture of a graph written in DOT, in at most ``timeout`` seconds.

    >>> layout("digraph { a -> b }").startswith(b"<?xml")
    True

    The format "dot" is the source itself, for which nothing is run:

    >>> layout("digraph { a -> b }", "dot")
    b'digraph { a -> b }'

    A format other than ``FORMATS`` raises ValueError; a missing program, a graph too large for
    the time, DOT that cannot be read and DOT without a graph raise LayoutError.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}: choose one of {', '.join(FORMATS)}")
    text = source.encode("utf-8", "replace")
    if format == "dot":
        return text
    if _lay_out is not None:
        return lay_out_by_function(_lay_out, source, format)
    if sys.platform in NO_PROGRAMS:
        raise LayoutError(
            f"no program can run here to draw the {format}: take the dot, or hand "
            "micrograd_nn.draw.layout.use_layout a function from DOT to SVG"
        )
    program = shutil.which("dot") if format == "pdf" else find_dot()
    command = [str(program), f"-T{format}"]
    if program is None and format == "pdf":  # which graphviz-pure doesn't make
        if importlib.util.find_spec("pygraphviz") is None:
            raise LayoutError(
                "nothing found that makes a PDF: install Graphviz from "
                "https://graphviz.org/download, or run `pip install pygraphviz`"
            )
        program, command = "pygraphviz", [sys.executable, "-c", PDF]
    if program is None:
        raise LayoutError(
            f"no Graphviz found to draw the {format}: install Graphviz from "
            "https://graphviz.org/download, or run `pip install 'graphviz-pure<0.3'`"
        )
    try:
        picture = run_process(command, timeout, text)
    except LateError:
        raise LayoutError(
            f"the layout was stopped after {timeout:g} seconds: the graph is too large "
            f"({source.count(chr(10)) + 1:,} lines of DOT); draw a smaller part of it, "
            "or allow more time with timeout="
        ) from None
    except ProcessError as error:
        raise LayoutError(f"{program} {error}") from error
    if not picture:
        raise LayoutError(f"{program} failed: the DOT text holds no graph")
    return picture


def escape_dot(text: str, *, tooltip: bool = False) -> str:
    r"""Return a text ready to stand between the quotes of a DOT label and be shown as it is.

    Backslashes, quotes and ampersands lose their meaning (DOT reads ``\N`` as the node's name and
    ``&lt;`` as <); the rest is made printable. For nodes of any shape but ``record``.

    >>> print(escape_dot(r'say "\N" &amp; <b>go</b>'))
    say \"\\N\" &amp;amp; <b>go</b>

    Graphviz reads the backslashes of a tooltip twice, so there they are doubled twice:

    >>> print(escape_dot(r"\N", tooltip=True))
    \\\\N

    The result may be handed to the ``graphviz`` package instead, which then doesn't take a text
    from < to > for one of its HTML-like labels:

    >>> from graphviz.quoting import quote
    >>> print(quote("<b>go</b>"), quote(escape_dot("<b>go</b>")))
    <b>go</b> "<b>go</b>"
    """
    from graphviz import nohtml  # here, for only drawings need this import

    safe = make_printable(text).replace("&", "&amp;").replace("\\", "\\\\" * (2 if tooltip else 1))
    marked: str = nohtml(safe.replace('"', '\\"'))
    return marked
