"""Pictures of graphs: what the DOT text says, and that a label arrives as text in the SVG."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, searching

from micrograd_nn import Constant, Value, nodes
from micrograd_nn import operations as op
from micrograd_nn.draw import draw
from micrograd_nn.errors import InputError
from micrograd_nn.layout import LayoutError, printable

SVG = "{http://www.w3.org/2000/svg}"


def drawn_nodes(root, **options):
    """Return the attributes of each node in the DOT text, by its id."""
    found = re.findall(r"^\t(n\d+) \[(.*)\]$", draw(root, **options).source, re.MULTILINE)
    return dict(found)


def drawn_edges(root):
    """Return (from, to, label) of each edge in the DOT text."""
    line = re.compile(r'^\t(n\d+) -> (n\d+) \[label="?(.*?)"? id=', re.MULTILINE)
    return line.findall(draw(root).source)


def groups(root, kind):
    """Return the texts in each node or edge of the SVG, by its id."""
    svg = ET.fromstring(draw(root).render())
    return {
        group.get("id"): [text.text for text in group.iter(f"{SVG}text")]
        for group in svg.iter(f"{SVG}g")
        if kind in group.get("class", "").split()
    }


def classes(root):
    svg = ET.fromstring(draw(root).render())
    return {group.get("id"): group.get("class") for group in svg.iter(f"{SVG}g")}


# The DOT text


def test_a_square_shows_two_edges():
    a = Value(3.0, "a")
    assert drawn_edges(a * a) == [("n0", "n1", "× 3"), ("n0", "n1", "× 3")]


def test_the_two_edges_of_a_node_are_told_apart_by_their_ids():
    a = Value(3.0, "a")
    source = draw(a * a).source
    assert 'id="n0-n1-0"' in source
    assert 'id="n0-n1-1"' in source


def test_before_backward_a_gradient_is_a_dash_and_an_edge_shows_the_local_derivative_alone():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    root = x * y
    shown = drawn_nodes(root)
    assert r'label="x\ndata 3\ngrad –"' in shown["n0"]
    assert r'label="v1 = ×\ndata 12\ngrad –"' in shown["n2"]
    assert drawn_edges(root) == [("n0", "n2", "× 4"), ("n1", "n2", "× 3")]
    assert "flows back" not in draw(root).source


def test_after_backward_nodes_show_gradients_and_edges_what_flowed():
    x = Value(2.0, "x")
    y = x * x
    root = y * 10
    root.backward()
    shown = drawn_nodes(root)
    assert r'label="x\ndata 2\ngrad 40"' in shown["n0"]
    assert r'label="v1 = ×\ndata 4\ngrad 10"' in shown["n1"]
    assert r'label="v2 = ×\ndata 40\ngrad 1"' in shown["n3"]
    assert drawn_edges(root) == [
        ("n0", "n1", r"× 2\n= 20"),
        ("n0", "n1", r"× 2\n= 20"),
        ("n1", "n3", r"× 10\n= 10"),
        ("n2", "n3", ""),
    ]
    assert "flows back" in draw(root).source


def test_a_picture_of_a_part_shows_what_flowed_through_it_from_the_whole():
    x = Value(2.0, "x")
    part = x * x
    (part * 3).backward()
    assert r"grad 3" in drawn_nodes(part)["n1"]
    assert drawn_edges(part) == [("n0", "n1", r"× 2\n= 6"), ("n0", "n1", r"× 2\n= 6")]


def test_a_gradient_of_zero_is_not_a_dash():
    x = Value(-1.0, "x")
    root = op.relu(x)
    root.backward()
    assert r'label="x\ndata −1\ngrad 0"' in drawn_nodes(root)["n0"]


def test_a_node_shows_its_name_and_its_operations_symbol():
    x = Value(2.0, "x")
    root = op.sqrt(x)
    root.label = "root of x"
    assert r'label="root of x = √\ndata 1.414\ngrad –"' in drawn_nodes(root)["n1"]


def test_a_constant_is_small_plain_and_without_a_gradient():
    x = Value(3.0, "x")
    root = x * 2
    root.backward()
    constant = drawn_nodes(root)["n1"]
    assert "label=2 " in constant
    assert "shape=plaintext" in constant
    assert "grad" not in constant
    assert ("n1", "n2", "") in drawn_edges(root)


def test_root_leaf_inner_node_and_constant_have_looks_of_their_own():
    x = Value(3.0, "x")
    root = (x * 2).exp()
    kinds = [re.search(r"class=(\w+)", text)[1] for text in drawn_nodes(root).values()]
    assert kinds == ["leaf", "constant", "inner", "root"]
    colours = {
        re.search(r"fillcolor=(\S+)", text)[1]
        for text in drawn_nodes(root).values()
        if "fillcolor" in text
    }
    assert len(colours) == 3


@pytest.mark.parametrize("root", [Value(3.0, "x"), Constant(3.0)], ids=["leaf", "constant"])
def test_a_graph_of_one_node_is_drawn_without_edges(root):
    assert len(drawn_nodes(root)) == 1
    assert drawn_edges(root) == []
    assert len(groups(root, "node")) == 1


@searching
@given(graph=graphs(max_size=40), passed=st.booleans())
def test_every_node_and_every_edge_is_drawn_once(graph, passed):
    root = graph([Value(x) for x in graph.leaves])
    if passed:
        root.backward()
    graph_nodes = nodes(root)
    assert list(drawn_nodes(root)) == [f"n{i}" for i in range(len(graph_nodes))]
    place = {node: f"n{i}" for i, node in enumerate(graph_nodes)}
    expected = [(place[i], place[node]) for node in graph_nodes for i in node.inputs]
    assert [edge[:2] for edge in drawn_edges(root)] == expected


def test_drawing_changes_no_gradient():
    x = Value(3.0)
    root = x * x
    draw(root)
    assert (x.grad, root.grad) == (None, None)
    root.backward()
    draw(root).render()
    assert (x.grad, root.grad) == (6.0, 1.0)


def test_the_same_graph_gives_the_same_text():
    def source():
        x = Value(3.0, "x")
        root = (x * x + 2).tanh()
        root.backward()
        return draw(root).source

    assert source() == source()


@pytest.mark.parametrize("direction", ["LR", "TB", "RL", "BT"])
def test_the_direction_is_graphviz_rankdir(direction):
    assert f"rankdir={direction}" in draw(Value(1.0), direction).source


def test_left_to_right_is_the_default():
    assert "rankdir=LR" in draw(Value(1.0)).source


@pytest.mark.parametrize("direction", ["lr", "", "XX", None])
def test_another_direction_is_a_value_error_that_lists_them(direction):
    with pytest.raises(ValueError, match=f"one of LR, TB, RL, BT, not {direction!r}"):
        draw(Value(1.0), direction)


@pytest.mark.parametrize("root", [3.0, None, [Value(1.0)]], ids=lambda root: type(root).__name__)
def test_what_is_no_value_is_a_type_error_that_says_so(root):
    with pytest.raises(TypeError, match=f"draw takes one Value, .* not a {type(root).__name__}"):
        draw(root)


def test_a_long_chain_is_written_without_recursion():
    x = Value(0.0)
    for _ in range(3_000):
        x = -x
    assert draw(x).source.count("->") == 3_000


# The picture

HOSTILE = [
    r"{ a | b } | <port> c",
    "<b>bold</b>",
    "<<i>html-like</i>>",
    '</script><script>alert("x")</script>',
    r"\N \G \l \r \n \\ \"",
    "ends in a backslash \\",
    '", shape=circle] evil [label="',
    "&amp; &lt; &#65; & ;",
    "// comment /* comment */ # comment",
    "-->",
    "]]>",
    "∂L/∂w 🙂 é עברית",
    "digraph",
    "%s {0} $x",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_arrives_as_text(label):
    x = Value(3.0, label)
    root = x * x
    root.label = label + label
    root.backward()
    shown = groups(root, "node")
    assert shown["n0"] == [label, "data 3", "grad 6"]
    assert shown["n1"] == [f"{label}{label} = ×", "data 9", "grad 1"]


@pytest.mark.parametrize(
    "label", ["two\nlines", "a\ttab", "a bell \a", "\x1b[31mred", "\ud800", "\0"]
)
def test_a_label_with_control_characters_is_made_printable_on_one_line(label):
    shown = groups(Value(3.0, label), "node")
    assert [text.strip() for text in shown["n0"]] == [printable(label).strip(), "data 3", "grad –"]


def test_the_svg_shows_derivatives_and_what_flowed_on_its_edges():
    x = Value(2.0, "x")
    root = x * x * 10
    root.backward()
    assert groups(root, "edge") == {
        "n0-n1-0": ["× 2", "= 20"],
        "n0-n1-1": ["× 2", "= 20"],
        "n1-n3-0": ["× 10", "= 10"],
        "n2-n3-1": [],
    }


def test_the_svg_tells_the_parts_of_the_graph_by_class_and_styles_both_themes():
    x = Value(2.0, "x")
    root = (x * 10).exp()
    kinds = classes(root)
    assert [kinds[f"n{i}"] for i in range(4)] == [
        "node leaf",
        "node constant",
        "node inner",
        "node root",
    ]
    style = ET.fromstring(draw(root).render()).find(f"{SVG}style").text
    assert "prefers-color-scheme: dark" in style


def test_a_notebook_shows_the_svg():
    drawing = draw(Value(1.0))
    assert drawing._repr_svg_().encode() == drawing.render("svg")


@pytest.mark.parametrize(
    ("ending", "begins"),
    [(".svg", b"<?xml"), (".SVG", b"<?xml"), (".png", b"\x89PNG\r\n"), (".dot", b"digraph")],
)
@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["str", "Path"])
def test_a_picture_is_saved_in_the_format_of_its_ending(tmp_path, ending, begins, kind):
    path = tmp_path / f"graph{ending}"
    drawing = draw(Value(1.0, "x") * 2)
    drawing.save(kind(path))
    assert path.read_bytes().startswith(begins)
    assert path.read_bytes() == drawing.render(ending[1:].lower())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("name", ["graph.bmp", "graph", "graph.", "svg", ".svg", "graph.svg.txt"])
def test_another_ending_is_a_value_error_that_lists_them_and_no_file_is_written(tmp_path, name):
    with pytest.raises(ValueError, match=r"the ending says the format, one of \.svg, \.png, \.dot"):
        draw(Value(1.0)).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_another_format_is_a_value_error():
    with pytest.raises(ValueError, match="unknown format 'bmp': choose one of svg, png, dot"):
        draw(Value(1.0)).render("bmp")


def test_a_picture_that_takes_too_long_is_an_error_and_no_file_is_written(tmp_path):
    drawing = draw(Value(1.0))
    with pytest.raises(LayoutError, match="stopped after 0 seconds"):
        drawing.render("svg", timeout=0.0)
    with pytest.raises(LayoutError, match="stopped after 0 seconds"):
        drawing.save(tmp_path / "graph.svg", timeout=0.0)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"can't write .*graph\.dot: there is no such folder$"):
        draw(Value(1.0)).save(tmp_path / "missing" / "graph.dot")


def test_a_number_that_was_edited_since_is_marked():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    root = x * y
    x.data = 4.0
    source = draw(root).source
    assert "data 4 (edited)" in source
    assert source.count("edited") == 1
