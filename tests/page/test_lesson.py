"""The page of a graph: all that stands in it, and the engine in it against the one in Python."""

import math
import random

import pytest
from elements import Elements
from hypothesis import given
from page_engine import asked_of, close
from strategies import graphs, searching

from micrograd_nn import Operation, Value, nodes
from micrograd_nn._ground.text import InputError
from micrograd_nn.engine.backprop import steps
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP
from micrograd_nn.page import page
from micrograd_nn.page.lesson import build_lesson


def square(x=3.0, label="x"):
    x = Value(x, label)
    return x, x * x


def network():
    model = MLP(2, [3, 1], rng=random.Random(1))
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    output = model(x)
    return model, x, (output - 1.0) ** 2


# What stands in it


def test_a_page_has_the_nodes_of_its_graph():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    root = (x * y + 1).tanh()
    root.label = "z"
    data = Elements(build_lesson(root).text).data
    assert [node["name"] for node in data["nodes"]] == ["x", "y", "v1", "1", "v2", "z"]
    kinds = ["leaf", "leaf", "inner", "constant", "inner", "inner"]
    assert [node["kind"] for node in data["nodes"]] == kinds
    assert [node["inputs"] for node in data["nodes"]] == [[], [], [0, 1], [], [2, 3], [4]]
    assert [node["number"] for node in data["nodes"]][:4] == [3.0, 2.0, 6.0, 1.0]
    rules = [node["rule"] for node in data["nodes"]]
    assert rules == [None, None, 0, None, 1, 2]
    assert [rule["name"] for rule in data["rules"]] == ["mul", "add", "tanh"]
    assert data["fixed"] == data["told"] == ""
    assert data["examples"] == {"inputs": [], "rows": []}


@pytest.mark.parametrize("name", ["square", "network"])
def test_all_that_the_page_looks_for_stands_in_it_once(name):
    model, _, loss = network()
    text = build_lesson(loss, model).text if name == "network" else build_lesson(square()[1]).text
    found = Elements(text)
    data = found.data
    assert len(set(found.ids)) == len(found.ids)
    assert "view" in found.ids
    assert data["view"]["tree"]["kind"] == "graph"
    numbers = [
        i for node in data["nodes"] for i in (node["formula"], *node["local"]) if i is not None
    ]
    assert set(numbers) == set(range(len(found.of("math"))))
    assert all(len(node["local"]) == len(node["inputs"]) for node in data["nodes"])


def test_leaves_of_a_network_are_grouped_by_layers():
    model, _, loss = network()
    groups = [node["group"] for node in Elements(build_lesson(loss, model).text).data["nodes"]]
    assert set(groups) == {"", "layer 1", "layer 2"}


def test_a_title_is_made_of_the_roots_name():
    _, root = square()
    assert Elements(build_lesson(root).text).of("h1")[0][1] == "Backpropagation through root"
    assert (
        Elements(build_lesson(root, {"area": root}).text).of("h1")[0][1]
        == "Backpropagation through area"
    )
    blank = Elements(build_lesson(root, title="  ").text)
    assert blank.of("title")[0][1] == "Backpropagation through root"
    assert Elements(build_lesson(root, title="A square").text).of("title")[0][1] == "A square"


def test_notes_are_paragraphs():
    _, root = square()
    found = Elements(build_lesson(root, notes="One <b>\n\n\n\n  two\nlines & three  \n\n").text)
    place = next(i for i, (tag, _, _) in enumerate(found.found) if tag == "summary")
    assert [(tag, text) for tag, _, text in found.found[place + 2 : place + 5]] == [
        ("span", "One <b>"),  # the line that is seen
        ("div", ""),
        ("p", "two lines & three"),
    ]


def test_examples_name_their_leaves_by_place():
    model, x, loss = network()
    data = Elements(
        build_lesson(loss, model, inputs=x, rows=[[1.0, math.nan], [2.0, 3.0]]).text
    ).data
    named = [data["nodes"][i]["name"] for i in data["examples"]["inputs"]]
    assert named == ["x1", "x2"]
    assert data["examples"]["rows"] == [[1.0, "NaN"], [2.0, 3.0]]


# The graph stays as it was


def test_ones_own_operation_brings_no_markup_into_the_page():
    latex = r"\text{{</template><img src=x>}} \href{{javascript:alert(1)}}{{{0}}}"
    own = Operation(
        "own</script>", lambda x: x, [lambda out, x: 1.0],
        latex=latex, symbol="<img>", needs="<img>\x00", javascript="{0}",
    )  # fmt: skip
    page = build_lesson(own(Value(2.0, "x"))).text
    assert Elements(page).data["rules"][0]["name"] == "own</script>"
    assert "\x00" not in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert len(Elements(page).of("template")) == 1


def test_the_same_graph_gives_the_same_page():
    model, x, loss = network()
    first = build_lesson(loss, model, inputs=x, rows=[[1.0, 2.0]]).text
    loss.backward()
    model, x, loss = network()
    assert build_lesson(loss, model, inputs=x, rows=[[1.0, 2.0]]).text == first


def test_a_page_has_the_numbers_that_were_recorded():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    inner = x * y
    root = inner + y
    x.data, inner.data, y.grad = 30.0, 50.0, 7.0
    data = Elements(build_lesson(root).text).data
    assert [node["number"] for node in data["nodes"]] == [3.0, 2.0, 6.0, 8.0]


# Writing it


def test_inputs_are_leaves_of_the_graph_and_rows_fit(tmp_path):
    x, root = square()
    for wrong in (root, Value(1.0), "x", (root * 2).inputs[1]):
        with pytest.raises(ValueError, match="page needs leaves of its graph as inputs, not"):
            page(root, tmp_path / "a.html", inputs=[wrong], rows=[[1.0]])
    for rows, told in (([[1.0], []], "row 1 has 0 for 1 input"), ([[1.0, 2.0]], "row 0 has 2 for")):
        with pytest.raises(ValueError, match=told):
            page(root, tmp_path / "a.html", inputs=[x], rows=rows)
    with pytest.raises(TypeError, match="a row of page needs a number, not a str"):
        page(root, tmp_path / "a.html", inputs=[x], rows=[["1"]])
    assert not list(tmp_path.iterdir())


def test_names_in_the_place_of_a_path_are_told_where_they_go():
    for names in (MLP(1, [1]), {"x": Value(1.0)}):
        with pytest.raises(TypeError, match=r"not an? (MLP|dict): give names of nodes as names="):
            page(Value(1.0) * 2, names)


def test_a_page_is_written_whole_or_not_at_all(tmp_path):
    x, root = square()
    path = tmp_path / "a.html"
    path.write_text("old")
    with pytest.raises(ValueError, match="row 0"):
        page(root, path, inputs=[x], rows=[[]])
    assert path.read_text() == "old"
    with pytest.raises(InputError, match=r"/a\.png: a page's name ends in \.html"):
        page(root, tmp_path / "a.png")
    with pytest.raises(InputError, match=r"can't write .*: there is no such folder"):
        page(root, tmp_path / "none" / "a.html")
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    page(root, str(path), inputs=[x], rows=[[1], [True + 1]])
    assert (
        path.read_text(encoding="utf-8") == build_lesson(root, inputs=[x], rows=[[1.0], [2.0]]).text
    )


# The engine in the page


def check_engine(javascript, root):
    """Check that the page's engine gives Python's numbers, gradients and steps."""
    asked, source = asked_of(root)
    (answer,) = javascript("graphs.js", [asked], rules=source)
    graph, facts, passed = nodes(root), list(steps(root)), Graph(root).gradients
    place = {node: i for i, node in enumerate(graph)}
    assert answer["errors"] == []
    assert close([node.data for node in graph], answer["data"])
    assert close([passed.get(node) for node in graph], answer["gradient"])
    edges = [f"{place[step.node]} {step.position} {place[step.input]}" for step in facts]
    assert [step["edge"] for step in answer["steps"]] == edges
    inner = [node for node in graph if node.operation is not None]
    assert answer["kinds"] == ["value"] * len(inner) + ["seed"] + ["share"] * len(facts)
    for i, name in enumerate(["upstream", "partial", "share", "before", "after"]):
        expected = [getattr(step, name) for step in facts]
        assert close(expected, [shares[i] for shares in answer["shares"]]), name


@searching
@given(graphs(max_size=60))
def test_the_engine_of_a_page_takes_the_steps_of_python(javascript, graph):
    check_engine(javascript, graph([Value(x) for x in graph.leaves]))


def test_a_graph_without_javascript_has_its_recorded_gradients(javascript):
    odd = Operation(
        "odd", lambda x, y: x * y, [lambda out, x, y: y, lambda out, x, y: x], inputs=("x", "y")
    )
    x, y = Value(3.0), Value(-2.0)
    check_engine(javascript, odd(odd(x, 2.0), y.tanh()) * x)


def test_a_wrong_engine_is_found(javascript):
    asked, source = asked_of(square()[1] * Value(2.0))
    wrong = source.replace("[y, x]", "[x, y]")
    assert wrong != source
    right, other = (javascript("graphs.js", [asked], rules=text)[0] for text in (source, wrong))
    assert not close([float(x) for x in right["gradient"]], other["gradient"])
