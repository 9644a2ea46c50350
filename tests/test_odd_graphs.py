"""Graphs that few people record are shown, too: hostile ones, and nodes of many inputs.

A node of many inputs is shown in time in proportion to them, and its texts are as long.
"""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import odd_roots, searching

import micrograd_nn as m
from micrograd_nn import Value, draw, explain, page, tree
from micrograd_nn.debugger.adapter.timeline import Timeline
from micrograd_nn.debugger.adapter.walkthrough import Walkthrough
from micrograd_nn.engine.operation import Reduction
from micrograd_nn.graph import Graph
from micrograd_nn.stepping.passes import Passes
from micrograd_nn.terminal.stepper import write_steps

MANY = 500  # inputs: more than whatever is written out in full


def look_at_numbers(out, *inputs):
    if out > 0.0:  # which no symbol can answer
        return [float(i == 0) for i in range(len(inputs))]
    return [0.0] * len(inputs)


FIRST = Reduction("first", lambda *inputs: inputs[0], look_at_numbers, doc="The first input.")

OPERATIONS = {
    "sum": m.sum, "mean": m.mean, "max": m.max, "prod": m.prod, "logsumexp": m.logsumexp,
    "softmax": lambda xs: m.softmax(xs)[0],
    "dot": lambda xs: m.dot(xs[::2], xs[1::2]),
    "of one input": lambda xs: m.mean([xs[0]] * len(xs)),
    "of one's own": FIRST,
}  # fmt: skip


def run_adapter(graph):
    timeline = Timeline(Walkthrough(graph))
    timeline.run_to_stop(1)
    return timeline.walkthrough.text


WAYS = {
    "adapter": run_adapter,
    "steps": lambda graph: "".join(write_steps(Passes(graph))),
    "explain": lambda graph: str(explain(graph, graph.nodes[0])),
    "tree": lambda graph: str(tree(graph)),
    "draw": lambda graph: draw(graph, limit=10**6).source,
    "fold": lambda graph: draw(graph, fold=True).source,
    "page": lambda graph: str(page(graph)),
}


def list_fields(graph):
    """Return what the nodes of a graph have, as texts: nan isn't equal to itself."""
    return [str((x.data, x.grad, x.label, x.partials, x.passes)) for x in graph.nodes]


@searching
@given(odd_roots(), st.booleans())
def test_any_small_graph_is_shown_in_each_way_and_stays_as_it_is(root, is_passed):
    graph = Graph(root, {})
    if is_passed and not root.is_constant:
        root.backward()
    before = list_fields(graph)
    for name, show in WAYS.items():
        if root.is_constant and name == "adapter":
            with pytest.raises(m.InputError, match="was made of constants alone"):
                show(graph)
        elif graph.nodes[0].is_constant and name == "explain":
            with pytest.raises(ValueError, match="which receives no gradient"):
                show(graph)
        else:
            assert show(graph)
    assert list_fields(graph) == before


def count_work(way, operation, size):
    """Return how many calls a way of showing makes, and how long its text is."""
    root = operation([Value(1.0 + i / size) for i in range(size)])
    graph, calls = Graph(root, {}), 0

    def note(frame, event, thing):
        nonlocal calls
        calls += 1

    sys.setprofile(note)
    try:
        text = way(graph)
    finally:
        sys.setprofile(None)
    return calls, len(text)


@pytest.mark.parametrize(
    "way",
    [x if x == "steps" else pytest.param(x, marks=pytest.mark.slow) for x in WAYS],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_twice_as_many_inputs_are_twice_the_work(operation, way):
    once, twice = [count_work(WAYS[way], OPERATIONS[operation], n) for n in (MANY, 2 * MANY)]
    for before, after in zip(once, twice, strict=True):
        assert after < 2.5 * before + 1_000
