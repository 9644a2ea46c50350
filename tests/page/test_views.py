"""What a page's picture is told of a graph: groups, repeats, short names, and what is left out."""

import random

import pytest

from micrograd_nn import Value, nodes
from micrograd_nn.graph import Graph
from micrograd_nn.nn import MLP
from micrograd_nn.page import views
from micrograd_nn.page.lesson import build_lesson


def network(*sizes):
    model = MLP(2, sizes, rng=random.Random(1))
    return model, (model([0.5, -1.0]) - 1.0) ** 2


def batch(count):
    """Return the loss that everybody writes, of this many examples."""
    rng = random.Random(2)
    model = MLP(2, [3, 1], rng=rng)
    data = [
        ([rng.uniform(-1, 1), rng.uniform(-1, 1)], rng.choice([-1.0, 1.0])) for _ in range(count)
    ]
    return model, sum((model(x) - y) ** 2 for x, y in data)


def list_nodes(group):
    """Return the numbers of the nodes in a group and in those within it."""
    return [*group["nodes"], *[node for inner in group["groups"] for node in list_nodes(inner)]]


def test_a_graph_without_a_network_is_shown_node_by_node():
    x = Value(3.0, "x")
    view, told = views.describe_view(Graph(x * x + 2))
    assert [depth for depth, _ in view["depths"]] == ["node"]
    assert view["tree"]["nodes"] == [0, 1, 2, 3]
    assert view["tree"]["groups"] == view["stands"] == view["repeats"] == []
    assert told == ""


def test_a_network_begins_with_its_neurons():
    model, loss = network(4, 3, 1)
    view, _ = views.describe_view(Graph(loss, model))
    assert [depth for depth, _ in view["depths"]] == ["neuron", "layer", "node"]
    layers = view["tree"]["groups"]
    assert [layer["name"] for layer in layers] == ["layer 1", "layer 2", "layer 3"]
    assert [neuron["name"] for neuron in layers[1]["groups"]] == ["h2.1", "h2.2", "h2.3"]
    assert layers[1]["groups"][0]["title"] == "layers.1.neurons.0"
    assert layers[2]["groups"][0]["name"] == "out"
    assert sorted(list_nodes(view["tree"])) == list(range(len(nodes(loss)))), "each once"


def test_names_of_weights_say_whose_they_are():
    model, loss = network(4, 1)
    graph = Graph(loss, model)
    names = views.describe_view(graph)[0]["names"]
    weight = model.layers[0].neurons[3].w[0]
    assert names[graph.places[weight]] == "h4.w1"
    assert names[graph.places[model.layers[1].neurons[0].b]] == "out.b"


def test_of_two_models_names_stay_as_they_are():
    one, other = MLP(1, [2, 1], rng=random.Random(1)), MLP(1, [2, 1], rng=random.Random(2))
    graph = Graph(one([1.0]) + other([1.0]), {"one": one, "other": other})
    assert (graph.short_groups, graph.short_names) == ({}, graph.names)


@pytest.mark.parametrize("count", [5, 10])
def test_repetitions_are_one_that_stands_for_all(count):
    model, loss = batch(count)
    graph = Graph(loss, model)
    view, told = views.describe_view(graph)
    (repeat,) = view["tree"]["groups"]
    assert (repeat["kind"], repeat["times"]) == ("repeat", count)
    (rows,) = [repeat["rows"] for repeat in view["repeats"]]
    assert len(rows) == count
    standing = set(list_nodes(view["tree"]))
    assert {view["stands"][node] for row in rows for node in row} <= standing
    in_rows = [node for row in rows for node in row]
    assert len(in_rows) == len(set(in_rows)), "no node is in two repetitions"
    others = set(range(len(graph.nodes))) - set(in_rows)
    assert others == {graph.places[parameter] for parameter in model.parameters()}
    assert f"{count} repetitions are alike but for numbers" in told


def test_too_many_nodes_are_shown_as_neurons_and_layers_and_that_is_told(monkeypatch):
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 20)
    model, loss = network(4, 1)
    view, told = views.describe_view(Graph(loss, model))
    assert [depth for depth, _ in view["depths"]] == ["neuron", "layer"]
    assert told == (
        f"The graph has {len(nodes(loss))} nodes, more than a page shows at once (20): "
        "it shows neurons and layers, of which you can open some."
    )


def zigzag(length):
    """Return a chain in which nothing is repeated."""
    rng = random.Random(3)
    y = Value(0.5, "x")
    for _ in range(length):
        y = rng.choice([Value.tanh, Value.exp, Value.relu])(y)
    return y


def test_what_cannot_be_folded_is_left_out_from_the_leaves_on(monkeypatch):
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 5)
    view, told = views.describe_view(Graph(zigzag(10)))
    assert view["tree"]["nodes"] == [6, 7, 8, 9, 10]
    assert told == "The 5 nodes nearest to the root are drawn; 6 more are left out."


def test_of_a_very_large_graph_a_page_has_what_is_nearest_to_the_root(monkeypatch):
    monkeypatch.setattr(views, "MOST_COMPUTED", 20)
    monkeypatch.setattr(views, "MOST_ONE_BY_ONE", 5)
    root = zigzag(30)
    graph = Graph(root)
    part = views.keep_near_root(graph)
    assert len(graph.nodes) == 31, "which stays as it is"
    assert part.nodes == graph.nodes[-5:]
    assert (part.cut, part.left_out) == ({graph.nodes[-5]}, 26)
    assert len(part.steps) == 4
    page = build_lesson(graph)
    assert page.text.count('"kind":"given"') == 1
    assert "more are left out" in page.text
    assert repr(page).startswith("<page of v30: 9 steps"), "4 forward, the seed, 4 back"
