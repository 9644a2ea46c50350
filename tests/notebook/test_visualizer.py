"""Values for VS Code's Debug Visualizer: its kinds of data, and that its package finds them."""

import importlib
import json
import os
import socket
import subprocess
import sys
import types

import pytest
from hypothesis import given
from strategies import graphs, searching

from micrograd_nn import Value, draw, nodes, sum
from micrograd_nn.graph import Graph
from micrograd_nn.notebook import visualizer
from micrograd_nn.notebook.visualizer import MOST_SHOWN, VISUAL_KINDS, register, visualize

PACKAGE = "vscodedebugvisualizer"


def make_loss():
    x, w = Value(3.0, "x"), Value(-2.0, "w")
    loss = (w * x + 1).tanh()
    loss.backward()
    return loss


def test_a_graph_is_nodes_with_edges_to_what_was_made_of_them():
    found = visualize(make_loss(), names={})
    assert found["kind"] == {"graph": True}
    labels = {node["id"]: node["label"].splitlines() for node in found["nodes"]}
    assert [label[0] for label in labels.values()] == [
        "v3 = tanh(v2)",
        "v2 = v1 + 1",
        "v1 = w · x",
        "w",
        "x",
    ]
    edges = {(labels[edge["from"]][0], edge["label"]) for edge in found["edges"]}
    assert ("w", "× 3") in edges
    assert ("x", "× −2") in edges
    assert len(found["edges"]) == 4
    assert labels["n0"][1:] == ["value 3", "gradient −0.0003632"]


def test_a_node_that_is_used_twice_has_two_edges():
    x = Value(3.0, "x")
    assert len(visualize(x * x)["edges"]) == 2


def test_dot_is_what_draw_gives():
    loss = make_loss()
    assert visualize(loss, "dotGraph", {})["text"] == draw(loss, names={}).source


def test_of_many_nodes_the_nearest_are_there_and_the_rest_is_told():
    xs = [Value(float(i), f"x{i}") for i in range(1_000)]
    found = visualize(sum(xs))["nodes"]
    assert len(found) == MOST_SHOWN + 1
    assert found[-1]["label"] == "… 701 more: visualize(root, most=1001)"
    assert len(visualize(sum(xs), most=1_001)["nodes"]) == 1_001


@pytest.mark.parametrize("kind", VISUAL_KINDS)
def test_of_a_deep_chain_some_is_shown(kind):
    y = Value(0.5, "x")
    for _ in range(3_000):
        y = -y
    assert len(json.dumps(visualize(y, kind))) < 200_000


def test_what_is_no_finite_number_is_marked_and_is_text():
    found = visualize(Value(1e200, "x") * 1e200)
    assert [node.get("color") for node in found["nodes"]] == [visualizer.HIGHLIGHT, None]
    for kind in VISUAL_KINDS:
        json.loads(json.dumps(visualize(Value(float("nan"), "x") * 2, kind), allow_nan=False))


def test_what_it_does_not_know_is_refused():
    with pytest.raises(ValueError, match="kind is one of graph, dotGraph, not 'svg'"):
        visualize(make_loss(), "svg")
    with pytest.raises(ValueError, match="at least 1 as its most, not 0"):
        visualize(make_loss(), most=0)
    with pytest.raises(TypeError):
        visualize(3)


@given(graphs(max_size=12))
@searching
def test_every_edge_leads_from_a_node_to_a_node(graph):
    root = graph([Value(x) for x in graph.leaves])
    found = visualize(root, names={})
    ids = [node["id"] for node in found["nodes"]]
    assert (
        len(ids) == len(set(ids)) == len([x for x in nodes(root) if x is root or not x.is_constant])
    )
    assert {edge[end] for edge in found["edges"] for end in ("from", "to")} <= set(ids)


class Factory:
    """What the extension's package has for this, without NumPy and the rest of it."""

    def __init__(self):
        self.visualizers = []
        self.addVisualizer = self.visualizers.append


def test_it_is_registered_once_where_the_package_is(monkeypatch):
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    assert not register()
    package = types.ModuleType(PACKAGE)
    package.globalVisualizationFactory = factory = Factory()
    monkeypatch.setitem(sys.modules, PACKAGE, package)
    assert register()
    importlib.reload(visualizer)
    assert [type(known).__name__ for known in factory.visualizers] == ["ValueVisualizer"]
    (known,) = factory.visualizers
    loss = make_loss()
    assert known.checkType(loss)
    assert known.checkType(Graph(loss))
    assert known.checkType(made := visualizer.visualize(loss, "dotGraph"))
    assert json.loads(known.visualize(made)) == made
    assert not known.checkType({"kind": "graph"})
    assert json.loads(known.visualize(loss))["nodes"][0]["label"].startswith("loss = tanh(v2)")


LABEL = "it's " + r"\"x\" \\"
PROGRAM = f"""\
from micrograd_nn import Value, sum
LABEL = {LABEL!r}
def train():
    wide = sum([Value(float(i)) for i in range(2000)])
    w = Value(3.0)
    x = Value(2.0, LABEL)
    loss = w * x
    return loss
train()
"""


@pytest.mark.slow
def test_the_extension_gets_the_graph_by_what_it_evaluates_in_an_editors_debugger(tmp_path):
    """By the requests and the repairs of text that the extension has for Python."""
    pytest.importorskip("debugpy")
    pytest.importorskip(PACKAGE)
    from dap import Client

    script = tmp_path / "script.py"
    script.write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "debugvisualizer.py").write_text("import micrograd_nn.notebook.visualizer\n")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--wait-for-client",
         str(script)],
        env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}, cwd=tmp_path,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with Client(port, seconds=50) as client:
            client.ask("initialize", adapterID="test", pathFormat="path")
            client.send("attach", justMyCode=True)
            client.wait_for("initialized")
            lines = [{"line": 8}]
            client.ask("setBreakpoints", source={"path": str(script)}, breakpoints=lines)
            client.ask("configurationDone")
            thread = client.wait_for("stopped")["threadId"]
            frame = client.ask("stackTrace", threadId=thread)["stackFrames"][0]["id"]
            start = (
                f"from {PACKAGE} import visualize\ntry:\n  import debugvisualizer\n"
                "except ImportError:\n  pass"
            )
            client.ask("evaluate", expression=start, frameId=frame, context="repl")

            def show(expression):
                found = client.ask(
                    "evaluate", expression=f"visualize({expression})", frameId=frame,
                    context="repl",
                )["result"].replace("\\'", "'").replace("\\\\", "\\")  # fmt: skip
                return json.loads(found.strip()[1:-1])

            found = show("loss")
            assert [node["label"].splitlines()[0] for node in found["nodes"]] == [
                f"loss = w · ({LABEL})", "w", LABEL
            ]  # fmt: skip
            assert len(show("wide")["nodes"]) == 301, "nothing is cut off on the way"
            dot = show(
                'debugvisualizer.micrograd_nn.notebook.visualizer.visualize(loss, "dotGraph")'
            )
            assert dot["kind"] == {"dotGraph": True}
            client.ask("disconnect", terminateDebuggee=True)
        process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
