"""Every way of showing a graph of a million nodes ends, and says what it left out.

A chain has a tenth of that unless FULL=2. Those of other shapes have 100,000 or more: a way that
takes more than its share is seen there.
"""

import subprocess
import sys

import pytest
from sizes import choose_size

LENGTH, TOLD = choose_size(
    (100_000, "Folded: 100,001 nodes as 2 boxes"),
    (100_000, "Folded: 100,001 nodes as 2 boxes"),
    (1_000_000, "999,601 more are left out (limit=400)"),
)
TIMEOUT = 600  # seconds, for a slow machine that is busy with other things, too
ROOTS = {
    "chain": f"for _ in range({LENGTH}):\n    root = -root",
    "fan-out": "root = sum([root * 1.0 for _ in range(150_000)])",
    "batch": """
model, root = MLP(2, [16, 16, 1]), 0.0
for i in range(800):
    root = root + (model([i / 800, 0.5]) - 1.0) ** 2
""",
}
SHOW = """
from micrograd_nn import MLP, Value, draw, explain, sum, tree
from micrograd_nn.graph import Graph
from micrograd_nn.stepping.passes import Passes

root = Value(1.5, "x")
{}
root.backward()
graph = Graph(root, {{}})
for show in (
    lambda: draw(graph).source,
    lambda: draw(graph, around=root.inputs[0], radius=1, fold=False).source,
    lambda: repr(root),
    lambda: tree(graph),
    lambda: explain(graph, graph.leaves[0]),
):
    print(show(), end="\\0")
passes = Passes(graph)
passes.goto(len(passes))
print(passes, end="")
"""
LEFT_OUT = {
    "chain": [TOLD, f"Within 1 edge of v{LENGTH - 1}: 3 of {LENGTH + 1:,}"],
    "fan-out": ["299,602 more are left out (limit=400)", "Within 1 edge of v1: 4 of 300,002"],
    "batch": ["Folded: 57", "Within 1 edge of"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ROOTS)
def test_a_very_large_graph_is_shown_in_bounded_time(name):
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(ROOTS[name])],
        capture_output=True, text=True, timeout=TIMEOUT, check=True,
    )  # fmt: skip
    drawn, around, short, printed, explained, step = done.stdout.split("\0")
    for text, told in zip((drawn, around), LEFT_OUT[name], strict=True):
        assert told in text
        assert len(text) < 10**6
    assert "\n" not in short
    assert "more lines: tree(root, lines=" in printed or "(× " in printed
    assert len(printed) < 10**6
    assert len(explained) < 20_000
    assert step.startswith("step ")
