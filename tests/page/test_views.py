"""The pictures of a page: which depths there are, where each node is, room for its numbers."""

import random
import re
import xml.etree.ElementTree as ET

import pytest

from micrograd_nn import Value, nodes
from micrograd_nn.draw.layout import LayoutError, TooLargeError, layout
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP
from micrograd_nn.page import views
from micrograd_nn.page.views import WIDEST_NUMBER
from micrograd_nn.text import format_number

SVG = "{http://www.w3.org/2000/svg}"


def network(*sizes):
    model = MLP(2, sizes, rng=random.Random(1))
    output = model([0.5, -1.0])
    return model, (output - 1.0) ** 2


def found(root, names=None):
    """Return the views of a graph by depth, and what is told."""
    pictures, told = views.draw_views(Graph(root, names))
    return {view.depth: view for view in pictures}, told


def ids_of(view):
    """Return the ids in a view's picture without its depth, which each has."""
    ids = [element.get("id") for element in ET.fromstring(view.svg).iter(f"{SVG}g")]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith(f"{view.depth}-") for id in ids)
    return {id.removeprefix(f"{view.depth}-") for id in ids}


def texts_of(view, id):
    """Return the lines in a box or beside an arrow."""
    for element in ET.fromstring(view.svg).iter(f"{SVG}g"):
        if element.get("id") == f"{view.depth}-{id}":
            return [text.text.strip() for text in element.iter(f"{SVG}text")]
    raise AssertionError(f"there is no {id}")


# Which views there are


def test_a_graph_without_a_network_is_shown_node_by_node():
    x = Value(3.0, "x")
    pictures, told = found(x * x + 2)
    assert list(pictures) == ["node"]
    assert told == ""


@pytest.mark.parametrize(
    ("sizes", "depths"),
    [
        ((1,), ["node", "neuron", "layer"]),
        ((4, 1), ["neuron", "layer", "node"]),
        ((16, 1), ["layer", "neuron", "node"]),
        ((24, 1), ["layer", "neuron", "node"]),
    ],
)
def test_a_network_begins_with_the_view_that_is_seen_whole(sizes, depths):
    model, loss = network(*sizes)
    pictures, told = found(loss, model)
    assert list(pictures) == depths
    assert told == ""


def test_too_many_nodes_are_collapsed_and_that_is_told(monkeypatch):
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 20)
    model, loss = network(4, 1)
    pictures, told = found(loss, model)
    count = len(nodes(loss))
    assert list(pictures) == ["neuron", "layer"]
    assert told.startswith(
        f"The graph has {count:,} nodes, more than a page shows one by one (20): "
        "it is collapsed to neurons and layers."
    )


def test_what_cannot_be_collapsed_is_left_out_from_the_leaves_on(monkeypatch):
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 5)
    x = y = Value(3.0, "x")
    for _ in range(10):
        y = y.tanh()
    pictures, told = found(y)
    assert told == "By nodes, the 5 boxes nearest to the root are drawn; 6 more are left out."
    assert (pictures["node"].drawn, pictures["node"].left_out) == (5, 6)
    assert len(pictures["node"].places) == 11
    assert {f"n{i}" for i in range(11)} & ids_of(pictures["node"]) == {
        f"n{i}" for i in range(6, 11)
    }
    assert x.label == "x"


def test_a_view_that_cannot_be_laid_out_is_left_out_and_told(monkeypatch):
    layout = views.layout

    def failing(source, *rest):
        if "class=group" not in source:
            raise LayoutError("it took too long")
        return layout(source, *rest)

    monkeypatch.setattr(views, "layout", failing)
    model, loss = network(2, 1)
    pictures, told = found(loss, model)
    assert list(pictures) == ["neuron", "layer"]
    assert told == "No picture by nodes: it took too long."


def test_without_any_picture_there_is_no_page(monkeypatch):
    def failing(source, *rest):
        raise LayoutError("no Graphviz found")

    monkeypatch.setattr(views, "layout", failing)
    model, loss = network(2, 1)
    with pytest.raises(LayoutError, match="no Graphviz found"):
        found(loss, model)


# Where nodes and arrows are


def check_places(root, view):
    """Check that each node has its box, each edge its arrow, by the ids that the page asks for."""
    graph = nodes(root)
    ids, place = ids_of(view), dict(zip(graph, view.places, strict=True))
    arrows = set()
    for node in graph:
        for position, x in enumerate(node.inputs):
            tail, head = place[x], place[node]
            if tail != head:
                collapsed = tail in view.groups or head in view.groups
                arrows.add(f"{tail}-{head}-{0 if collapsed else position}")
    drawn = {id for id in ids if re.fullmatch(r"[ngi]\d+(-[ngi]\d+-\d+)?", id)}
    assert drawn == {*view.places, *arrows}
    assert set(view.groups) == {id for id in view.places if not id.startswith("n")}
    assert view.drawn == len(set(view.places))


def test_places_agree_with_the_picture():
    x, y = Value(3.0, "x"), Value(2.0, "y")
    root = (x * x + 2 * y).tanh() * x - x
    check_places(root, found(root)[0]["node"])


@pytest.mark.parametrize("sizes", [(2, 1), (8, 3, 1)])
def test_places_agree_with_the_picture_at_every_depth(sizes):
    model, loss = network(*sizes)
    pictures, _ = found(loss, model)
    for depth in ("node", "neuron", "layer"):
        check_places(loss, pictures[depth])
    assert pictures["node"].groups == []
    assert len(pictures["layer"].groups) == len(sizes)


def test_many_inputs_of_a_collapsed_network_share_a_box():
    model = MLP(12, [3, 1], rng=random.Random(1))
    output = model([Value(i / 10) for i in range(12)])
    pictures, _ = found(output, model)
    check_places(output, pictures["layer"])
    assert "i0" in pictures["layer"].groups


# Texts


def test_boxes_have_room_for_any_number():
    x = Value(3.0, "x")
    root = x * 2
    root.label = "double"
    pictures, _ = found(root)
    view = pictures["node"]
    assert texts_of(view, "n0") == ["x", f"data {WIDEST_NUMBER}", f"grad {WIDEST_NUMBER}"]
    assert texts_of(view, "n1") == ["2"], "a constant has its number for a name"
    assert texts_of(view, "n2")[1:] == [f"data {WIDEST_NUMBER}", f"grad {WIDEST_NUMBER}"]
    assert texts_of(view, "n0-n2-0") == [f"× {WIDEST_NUMBER}", f"= {WIDEST_NUMBER}"]
    assert texts_of(view, "n1-n2-1") == []


def test_collapsed_boxes_have_room_for_ranges():
    model, loss = network(8, 1)
    pictures, _ = found(loss, model)
    view = pictures["layer"]
    lines = texts_of(view, view.groups[0])
    assert lines[:2] == ["layers.0", "2 → 8 neurons"]
    assert f"data {WIDEST_NUMBER} … {WIDEST_NUMBER}" in lines
    assert f"their grad {WIDEST_NUMBER} … {WIDEST_NUMBER}" in lines


def test_a_title_that_begins_like_a_number_stays():
    model, root = network(3, 1)
    view = found(root, {"data net": model})[0]["neuron"]
    titles = {texts_of(view, id)[0] for id in view.groups}
    assert titles == {
        *[f"data net.layers.0.neurons.{i}" for i in range(3)], "data net.layers.1.neurons.0"
    }  # fmt: skip


def test_no_number_of_four_digits_is_wider_than_its_room():
    chance = random.Random(1)
    numbers = [chance.choice([-1, 1]) * 10 ** chance.uniform(-307, 308) for _ in range(2000)]
    assert max(len(format_number(x)) for x in numbers) == len(WIDEST_NUMBER)


def test_a_picture_stands_in_a_page_without_titles_links_or_comments():
    x = Value(3.0, "<title>&-->")
    pictures, _ = found(x * x)
    svg = pictures["node"].svg
    assert svg.startswith('<svg width="100%" height="100%"')
    assert "<!--" not in svg
    assert {"title", "a", "script", "style"}.isdisjoint(
        element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()
    )
    assert texts_of(pictures["node"], "n0")[0] == "<title>&-->"


def test_pictures_do_not_depend_on_the_numbers_or_on_passes():
    def made(number, is_passed):
        x = Value(number, "x")
        root = (x * x).tanh() + x
        if is_passed:
            root.backward()
        return found(root)

    assert made(3.0, is_passed=False) == made(-0.001, is_passed=True)


def test_collapsed_pictures_do_not_depend_on_the_numbers_either():
    def made(factor):
        model, _ = network(30, 1)
        for parameter in model.parameters():
            parameter.data *= factor
        return found(model([Value(factor, "x1"), Value(1.0, "x2")]), model)

    assert made(0.5) == made(1.0)


def test_of_a_picture_that_takes_too_long_the_part_near_the_root_is_drawn(monkeypatch):
    tried = []

    def slow(source, format, timeout):
        tried.append(source.count("class="))
        if tried[-1] > 150:
            raise TooLargeError("the layout was stopped")
        return layout(source, format, timeout)

    monkeypatch.setattr("micrograd_nn.page.views.layout", slow)
    root = Value(1.0, "x")
    for _ in range(400):
        root = -root
    pictures, told = views.draw_views(Graph(root))
    assert [*tried] == [401, 100]
    assert pictures[0].left_out == 301
    assert "the 100 boxes nearest to the root are drawn; 301 more are left out" in told


def test_a_small_picture_that_takes_too_long_is_an_error(monkeypatch):
    def slow(source, format, timeout):
        raise TooLargeError("the layout was stopped")

    monkeypatch.setattr("micrograd_nn.page.views.layout", slow)
    x = Value(1.0, "x")
    with pytest.raises(TooLargeError):
        views.draw_views(Graph(x))
