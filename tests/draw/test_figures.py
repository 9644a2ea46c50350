"""Drawings as TikZ, Mermaid, and SVGs that play the steps."""

import importlib.util
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from added import draw_change
from hypothesis import given
from places import ROOT
from strategies import odd_roots, searching

from micrograd_nn import MLP, Value, draw
from micrograd_nn._ground.text import InputError
from micrograd_nn.draw import animation
from micrograd_nn.draw.animation import read_path
from micrograd_nn.draw.drawing import ENDINGS, WRITERS, Drawing
from micrograd_nn.stepping.passes import Passes

X = Value(3.0, "x")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    r"{ a | b } | <port> c", r"\input{x} \N % # $ ~^_ & \\ \"", "∂L/∂w 🙂 é ŷ α2 Ω β_1 עברית ß",
    "--> %%", "end", "```", "two\nlines", "x12", " ", "Ö", "ϑ ﬁ € … “q” « ¿ № ½ ﷺ",
]  # fmt: skip
DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath, tikz}
\begin{document}
\input{figure}
\end{document}
"""


BEGINS = {
    "svg": b"<?xml", "png": b"\x89PNG\r\n", "dot": b"digraph", "pdf": b"%PDF",
    "tex": b"% In the document's head", "mmd": b"flowchart LR\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("format", WRITERS)
def test_each_ending_writes_what_it_says(tmp_path, format, kind):
    path = tmp_path / f"graph.{format.upper() if kind is str else format}"
    if format == "pdf" and not shutil.which("dot") and not importlib.util.find_spec("pygraphviz"):
        pytest.skip("no program here makes a PDF")
    draw(Value(1.0, "x") * 2).save(kind(path))
    assert path.read_bytes().startswith(BEGINS[format])
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_each_ending_stands_in_the_guide():
    told = (ROOT / "docs" / "do" / "drawing.md").read_text(encoding="utf-8")
    assert {*re.findall(r"`(\.\w+)`", told.partition("| ending |")[2].partition("\n\n")[0])} == {
        *ENDINGS
    }


def hostile_root():
    root = Value(1.0, "x1")
    for label in HOSTILE:
        root = root * Value(2.0, label).tanh() - 1
    root.backward()
    return root


def square():
    x = Value(3.0, "x1")
    y = x * x
    y.label = "y"
    return y


def test_names_in_tikz_are_mathematics_and_numbers_have_their_colours():
    y = square()
    y.backward()
    text = draw(y).render("tex").decode()
    assert "{$x_{1}$}" in text
    assert re.search(r"text=value.*\{9\}", text)
    assert re.search(r"text=gradient.*\{6\}", text)
    assert text.count(r"\ensuremath{\triangleleft} 3") == 2
    assert text.count(r"\begin{tikzpicture}") == text.count(r"\end{tikzpicture}") == 1
    assert text.isascii() is False or "◂" not in text.partition("\\begin")[2]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex on this machine")
@pytest.mark.parametrize("root", [square, hostile_root])
def test_tikz_compiles_in_a_plain_document(tmp_path, root):
    for drawing in (draw(root()), draw(root(), fold=True), draw_change(root(), root())):
        drawing.save(tmp_path / "figure.tex")
        (tmp_path / "document.tex").write_text(DOCUMENT)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True)
        assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-1500:]
        assert b"Missing character" not in done.stdout


def test_mermaid_has_heads_at_the_inputs_once_shares_have_flowed():
    y = square()
    before = draw(y).render("mmd").decode()
    assert before.startswith("flowchart LR\n")
    assert before.count('  n0 -->|"× 3"| n1\n') == 2
    y.backward()
    after = draw(y).render("mmd").decode()
    assert after.startswith("flowchart RL\n")
    assert after.count('  n1 -->|"× 3 ◂ 3"| n0\n') == 2


def test_hostile_names_are_spelled_by_numbers_in_mermaid():
    text = draw(hostile_root(), fold=False).render("mmd").decode()
    for line in text.splitlines():
        for label in re.findall(r'"(.*)"', line):
            plain = re.sub(r"</?b>|<br/>|</?font[^>]*>|#\d+;", "", label)
            assert not set(plain) & set('"<>{}[]|`#;&\\%'), line


def test_repeats_are_a_dashed_frame_in_mermaid_and_tikz():
    x = Value(0.5, "x")
    loss = sum((x * i - 1) ** 2 for i in range(30))
    drawing = draw(loss)
    text = drawing.render("mmd").decode()
    assert text.count('subgraph c1["× 30"]') == text.count("  end\n") == 1
    assert "-.->" in text
    assert r"\draw[quiet, dashed]" in drawing.render("tex").decode()


def test_a_drawing_that_is_dot_alone_says_so():
    for format in ("tex", "mmd"):
        with pytest.raises(ValueError, match=f"DOT alone: no {format}"):
            Drawing("digraph { a }").render(format)
    with pytest.raises(ValueError, match="no steps"):
        Drawing("digraph { a }").animate()


# The steps played


def seen_at(svg, step):
    """Return the texts that are seen in a step, by the intervals of their classes."""
    found = []
    for text in svg.iter(f"{SVG}text"):
        span = re.fullmatch(r"from(\d+)to(\d+)", text.get("class", "from0to9999"))
        if int(span[1]) <= step <= int(span[2]):
            found.append(text.text)
    return found


def test_each_step_shows_what_is_known_by_then():
    y = square()
    svg = ET.fromstring(draw(y).animate())
    passes = Passes(y)
    assert len(passes) == 4
    for step, known in enumerate([["3"], ["3", "9"], ["3", "9", "1"], ["3", "3", "9", "1"]]):
        texts = [text for text in seen_at(svg, step) if re.fullmatch(r"\d+", text)]
        assert texts == known
        assert any(text.strip().startswith(f"step {step} of 4") for text in seen_at(svg, step))
    assert "6" in seen_at(svg, 4)
    assert "3" in seen_at(svg, 3)
    assert (y.grad, y.inputs[0].grad) == (None, None)


def test_an_arrow_has_its_head_at_the_result_until_its_share_flows_back():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    for direction in ("LR", "TB"):
        svg = ET.fromstring(draw((w * x).tanh(), direction).animate())
        passes = Passes((w * x).tanh())
        edges = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "edge"]
        assert len(edges) == 3
        for edge in edges:
            heads = {part.get("class"): part for part in edge.iter(f"{SVG}polygon")}
            (first, forward), (last, back) = sorted(heads.items())
            assert first == f"from0to{int(last.removeprefix('from').split('to')[0]) - 1}"
            assert last.endswith(f"to{len(passes)}")
            line = next(part for part in edge if part.get("class") == first and part.get("d"))
            ends = read_path(line.get("d"))
            tips = [read_path(head.get("points"))[1] for head in (back, forward)]
            assert [ends[0], ends[-1]] == [pytest.approx(tip, abs=0.01) for tip in tips]


def test_what_is_hidden_without_motion_is_what_is_not_seen_at_the_end():
    svg = ET.fromstring(draw(square()).animate())
    for element in svg.iter():
        span = re.fullmatch(r"from(\d+)to(\d+)", element.get("class", ""))
        if span:
            assert (element.get("visibility") == "hidden") == (span[2] != "4")
    styles = "".join(style.text for style in svg.iter(f"{SVG}style"))
    assert "prefers-reduced-motion" in styles
    assert "<script" not in ET.tostring(svg, encoding="unicode")


def test_an_animation_is_an_svg_of_a_graph_of_some_steps(tmp_path, monkeypatch):
    drawing = draw(square())
    drawing.save(tmp_path / "steps.svg", animate=True)
    assert (tmp_path / "steps.svg").read_bytes() == drawing.animate()
    with pytest.raises(InputError, match=r"what is animated is an SVG: end it with \.svg"):
        drawing.save(tmp_path / "steps.png", animate=True)
    drawing = draw(sum([X * float(i) for i in range(5_000)]), names={})
    monkeypatch.setattr(animation, "Passes", lambda graph: pytest.fail("steps were taken"))
    with pytest.raises(ValueError, match="24,998 steps, more than are played"):
        drawing.animate()


OPTIONS = {
    "show": "data", "fold": True, "collapse": "layer", "limit": 2, "color_by_gradient": True,
    "highlight": X, "paths_from": X, "around": X,
}  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS)
def test_what_is_asked_of_a_drawing_is_not_dropped_as_it_plays(option):
    drawing = draw(sum(X * i for i in range(3)), **{option: OPTIONS[option]})
    with pytest.raises(ValueError, match=f"each step once: leave {option} out"):
        drawing.animate()


def test_what_an_animation_honours_is_no_reason_to_refuse_it():
    drawing = draw(X * 7, "TB", precision=2, collapse=None, fold=False, limit=9, names={})
    root = ET.fromstring(drawing.animate())
    assert root.get("aria-label") == drawing.words == "The graph of v1: 3 nodes, from x"
    assert root.get("role") == "img"
    with pytest.raises(ValueError, match="no steps to play"):
        draw_change(X * 2, X * 2).animate()


@searching
@given(odd_roots())
def test_any_small_graph_plays_each_of_its_steps(root):
    svg = ET.fromstring(draw(root, names={}, collapse=None, fold=False).animate())
    passes = Passes(root, {})
    for step in range(len(passes) + 1):
        told = [text for text in seen_at(svg, step) if f"step {step} of {len(passes)}:" in text]
        assert len(told) == 1


def test_a_formula_longer_than_a_line_is_told_whole():
    x, y = Value(3.0, "x" * 40), Value(2.0, "y" * 40)
    svg = ET.fromstring(draw(x * y, names={}).animate())
    told = "".join(seen_at(svg, 4)).replace(" ", "")
    assert f"∂v1/∂{y.label}:0+1×3=3" in told


def test_a_node_whose_whole_name_is_its_tooltip_plays_as_any_other():
    model = MLP(1, [1])
    svg = ET.fromstring(draw(model([2.0]), names=model).animate())
    assert len([*svg.iter(f"{SVG}a")]) == 2
    for step, gradients in enumerate([[], [], ["1"], ["1", "2"], ["1", "2", "1"]]):
        shown = [text for text in seen_at(svg, step) if text in ("1", "2")]
        assert sorted(shown) == sorted(["2", *gradients]), "beside the constant"
