"""Pictures are laid out by the Graphviz at hand, in bounded time, and labels arrive as text."""

import importlib.util
import os
import re
import shutil
import sys
import sysconfig
import xml.etree.ElementTree as ET

import graphviz
import pytest

from micrograd_nn import Value, draw
from micrograd_nn.draw.layout import (
    LayoutError,
    escape_dot,
    find_dot,
    layout,
    make_printable,
    use_layout,
)

CAT = 'while read -r line; do echo "$line"; done'  # without a program on PATH
USER = "scripts-" + sysconfig.get_preferred_scheme("user")
scripts = pytest.mark.skipif(os.name == "nt", reason="the fake programs are shell scripts")

HOSTILE = {
    "braces and bars": r"{ a | b } | <port> c",
    "a script's end": '</script><script>alert("x")</script>',
    "escapes of DOT": r"\N \G \E \T \H \L \n \l \r \\ \" \{",
    "a trailing backslash": "x\\",
    "entities": "&amp; &lt; &#65; & &unknown; &",
    "HTML-like": "<b>x</b>",
    "HTML-like twice": "<<b>x</b>>",
    "a quote that closes": '", shape=circle] evil [label="',
    "comments": "// a /* b */ # c -->",
    "what formats": "%s {0} $x ]]>",
    "a keyword": "digraph",
    "a number": "-1.50",
    "mathematics": "∂L/∂w ≠ 0",
    "an emoji": "🙂",
    "marks of direction": "a\u200fb\u202ec",
    "an accent of its own": "e\u0301",
}


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def program(folder, script, name="dot"):
    path = folder / name
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


@pytest.fixture
def only_here(monkeypatch, tmp_path):
    """No command is found but those in this folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda *names: str(tmp_path / "-".join(names)))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    return tmp_path


# What arrives in the picture


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("shape", ["box", "plaintext"])
def test_hostile_label_arrives_as_that_text(label, shape):
    svg = layout(f'digraph {{ name [shape={shape} label="{escape_dot(label)}"] }}')
    assert texts(svg) == [label]
    dot = graphviz.Digraph()
    dot.node("name", label=escape_dot(label), shape=shape)
    assert texts(layout(dot.source)) == [label]


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_label_arrives_in_a_tooltip(label):
    svg = layout(f'digraph {{ name [label="" tooltip="{escape_dot(label, tooltip=True)}"] }}')
    links = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}a")
    assert [link.get("{http://www.w3.org/1999/xlink}title") for link in links] == [label]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a b"),
        ("a\r\nb\rc", "a b c"),
        ("a\tb\vc\x0cd\x85e\u2028f\u2029g", "a b c d e f g"),
        ("\x00\x07\x1b[31m\x7f\x9b", "���[31m��"),
        ("\ud800x\ufffe\uffff", "�x��"),
        ("", ""),
        ("∂ 🙂 \u200f \u00ad é", "∂ 🙂 \u200f \u00ad é"),
    ],
)
def test_printable(text, shown):
    assert make_printable(text) == shown


def test_a_line_break_cannot_end_the_label():
    label = escape_dot("a\n# b")
    assert texts(layout(f'digraph {{ n [label="{label}"] }}')) == ["a # b"]


# Formats


def test_the_source_itself_needs_no_program(only_here):
    assert layout('digraph { "∂" }', "dot") == 'digraph { "∂" }'.encode()


@pytest.mark.parametrize("format", ["gif", "SVG", "", "svg -o/etc/passwd"])
def test_unknown_format_names_the_formats(format):
    with pytest.raises(ValueError, match="choose one of svg, png, dot") as caught:
        layout("digraph {}", format)
    assert repr(format) in str(caught.value)


def test_warnings_are_kept_from_the_terminal(capfd):
    layout('digraph { a [label="∂"] }')
    assert capfd.readouterr() == ("", "")


# Which program runs


@scripts
def test_the_systems_dot_comes_first(only_here):
    dot = program(only_here, CAT)
    program(only_here, CAT, "graphviz-pure")
    assert find_dot() == str(dot)
    assert layout("one line\n") == b"one line\n"


@scripts
@pytest.mark.parametrize("folder", ["", "scripts", USER, "bin"])
def test_graphviz_pure_is_found_where_pip_puts_it(only_here, folder):
    (only_here / folder).mkdir(exist_ok=True)
    pure = program(only_here / folder, CAT, "graphviz-pure")
    assert find_dot() == str(pure)


def test_an_interpreter_that_does_not_know_itself(only_here, monkeypatch):
    monkeypatch.setattr(sys, "executable", None)
    assert find_dot() is None


@pytest.mark.parametrize("format", ["svg", "png"])
def test_no_program_names_both_remedies(only_here, format):
    remedies = r"graphviz\.org/download.*pip install 'graphviz-pure<0\.3'"
    with pytest.raises(LayoutError, match=remedies):
        layout("digraph {}", format)


# PDF, which graphviz-pure doesn't make


@scripts
def test_a_pdf_is_made_by_the_systems_dot(only_here):
    program(only_here, 'echo "$1"')
    assert layout("digraph {}", "pdf") == b"-Tpdf\n"


FAKE = """
class AGraph:
    def __init__(self, string):
        self.string = string

    def draw(self, format, prog):
        return f"%PDF {format} {prog} {self.string}".encode()
"""


def test_a_pdf_is_made_by_pygraphviz_where_there_is_no_dot(tmp_path, monkeypatch):
    (tmp_path / "pygraphviz.py").write_text(FAKE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda *args, **options: None)
    assert layout('digraph { "∂" }', "pdf") == '%PDF pdf dot digraph { "∂" }'.encode()


@pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is not None, reason="pygraphviz makes it"
)
def test_a_pdf_without_either_is_an_error_that_names_both(only_here):
    with pytest.raises(LayoutError, match=r"install Graphviz .* `pip install pygraphviz`"):
        layout("digraph {}", "pdf")


# A function in place of a program, as where none can run


@pytest.fixture
def laid_out():
    """Return the list of what a function of the host's is asked to lay out."""
    asked = []
    use_layout(lambda dot: asked.append(dot) or '<svg><g id="graph0">é</g></svg>')
    yield asked
    use_layout(None)


def test_a_drawing_is_laid_out_by_the_function(only_here, laid_out):
    drawing = draw(Value(2.0, label="x"))
    assert drawing._repr_mimebundle_()["image/svg+xml"].endswith('<g id="graph0">é</g></svg>')
    assert laid_out == [drawing.source]


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_a_function_makes_no_other_format(laid_out, format):
    with pytest.raises(LayoutError, match=f"no {format} can be made here: take the svg or the dot"):
        layout("digraph { a }", format)
    assert layout("digraph { a }", "dot") == b"digraph { a }"
    assert laid_out == []


@pytest.mark.parametrize("given", [None, b"<svg/>", "", "no picture"])
def test_a_function_that_returns_no_svg(laid_out, given):
    use_layout(lambda dot: given)
    with pytest.raises(LayoutError, match=f"returned no SVG, but {re.escape(repr(given))}"):
        layout("digraph { a }")
    use_layout(lambda dot: 1 / 0)
    with pytest.raises(LayoutError, match="the layout failed: division by zero"):
        layout("digraph { a }")


def test_where_no_program_can_run_and_there_is_no_function_the_error_says_so(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(LayoutError, match=r"no program can run here .*use_layout"):
        layout("digraph { a }")


# What goes wrong


def test_a_real_layout_is_stopped():
    edges = "\n".join(f"{a} -> {b}" for b in range(200) for a in range(b) if (a * b) % 7 == 3)
    with pytest.raises(LayoutError, match="draw a smaller part"):
        layout(f"digraph {{ {edges} }}", timeout=0.1)


def test_dot_that_cannot_be_read_is_quoted_by_line():
    with pytest.raises(LayoutError, match=r"failed: .*syntax error in line 2"):
        layout('digraph { a [label="∂"]\nb ->')


def test_no_graph():
    with pytest.raises(LayoutError, match="the DOT text holds no graph"):
        layout("")


@scripts
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'Warning: a letter' >&2; echo >&2; echo 'no plugin' >&2; exit 1", "no plugin"),
        ("echo first >&2; echo second >&2; exit 1", "first$"),
        ("exit 3", "exit status 3"),
        ("kill -9 $$", "exit status -9"),
        ("cat >/dev/null", "the DOT text holds no graph"),
    ],
)
def test_a_program_that_fails(only_here, monkeypatch, script, told):
    program(only_here, script)
    monkeypatch.setenv("PATH", f"{only_here}{os.pathsep}{os.defpath}")
    with pytest.raises(LayoutError, match=f"dot failed: {told}"):
        layout("digraph {}")


@scripts
def test_a_program_that_cannot_be_run(only_here):
    (only_here / "dot").write_text("#!/no/such/interpreter\n")
    (only_here / "dot").chmod(0o755)
    with pytest.raises(LayoutError, match="dot cannot be run: No such file"):
        layout("digraph {}")


def test_half_a_surrogate_pair_in_the_source_is_no_crash():
    assert texts(layout('digraph { a [label="x\ud800"] }')) == ["x?"]
