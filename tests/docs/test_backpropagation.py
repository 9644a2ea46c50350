"""Chapter 5 of the book: the steps that it names are those of its page."""

import re

from places import ROOT

from demos.umbrella import make_neuron
from micrograd_nn import steps
from micrograd_nn.graph.graph import Graph

CHAPTER = ROOT / "docs" / "learn" / "05-backpropagation.md"


def test_the_steps_that_the_chapter_names_are_those_of_the_page():
    n = make_neuron()
    count = Graph.of(n.L, None, "page").count_steps()
    told = re.findall(r"^\| (\d+) \| (\S+)→(\S+) \|", CHAPTER.read_text("utf-8"), re.MULTILINE)[:12]
    edges = [(share.node.label, share.input.label) for share in steps(n.L)]
    assert told == [(str(9 + i), *edge) for i, edge in enumerate(edges)]
    assert count == 20 == int(told[-1][0])
