"""Chapter 5 of the book: its engine of forty lines, the steps that it names, its debugger."""

import re
import subprocess
import sys

import pytest
from places import ROOT

from demos.umbrella import make_neuron
from micrograd_nn import Value, steps
from micrograd_nn.graph.graph import Graph
from micrograd_nn.page.opening import count_steps

CHAPTER = ROOT / "docs" / "learn" / "05-backpropagation.md"


@pytest.fixture
def engine():
    """Return the chapter's engine, and its lines without the empty ones around classes."""
    cells = re.findall(r"```\{code-cell\} python\n(.*?)```", CHAPTER.read_text("utf-8"), re.DOTALL)
    begins = ("import math", "def list_nodes", "def backward(")
    parts = [cell for cell in cells if cell.startswith(begins)]
    names = {}
    exec("\n\n".join(parts), names)
    return names, "\n\n".join(parts).splitlines()


def test_the_engine_of_forty_lines_has_no_more(engine):
    _, lines = engine
    assert len(lines) <= 42  # with two empty lines between two cells


def test_the_engine_of_forty_lines_finds_the_gradients_of_the_real_one(engine):
    names, _ = engine
    numbers = (2.0, 1.0, 0.5, -2.0, 1.0, 1.0)

    def loss_of(x1, x2, w1, w2, b, y):
        e = y - (w1 * x1 + w2 * x2 + b).sigmoid()
        return e * e * (e + w1)

    own, real = [names["Num"](a) for a in numbers], [Value(a) for a in numbers]
    names["backward"](loss_of(*own))
    loss_of(*real).backward()
    assert [a.grad for a in own] == pytest.approx([a.grad for a in real], rel=1e-12)


def test_the_steps_that_the_chapter_names_are_those_of_the_page():
    n = make_neuron()
    count = count_steps(Graph.of(n.L, None, "page"), 1)
    told = re.findall(r"^\| (\d+) \| (\S+)→(\S+) \|", CHAPTER.read_text("utf-8"), re.MULTILINE)[:12]
    edges = [(share.node.label, share.input.label) for share in steps(n.L)]
    assert told == [(str(9 + i), *edge) for i, edge in enumerate(edges)]
    assert count == 20 == int(told[-1][0])


def test_the_debugger_says_what_the_chapter_shows():
    shown = re.findall(r"```text\n(\(Pdb\).*?)```", CHAPTER.read_text("utf-8"), re.DOTALL)[0]
    commands = re.findall(r"^\(Pdb\) (.*)$", shown, re.MULTILINE)
    line = [sys.executable, "-m", "micrograd_nn.debugger", "demos/umbrella.py"]
    prompt = "\n".join([*commands, "q", ""])
    done = subprocess.run(line, input=prompt, capture_output=True, cwd=ROOT, encoding="utf-8")
    assert "umbrella.py(43)<module>()\n-> n.L.backward()" in done.stdout
    assert shown.partition(commands[-1] + "\n")[2] in done.stdout
