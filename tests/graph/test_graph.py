"""A recorded graph is looked at once, and each answer is that of the node's own record."""

import random

import pytest
from added import draw_change
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, searching

from micrograd_nn import Constant, Value, nodes, steps
from micrograd_nn.checks.mistakes import stale, unreached
from micrograd_nn.draw import draw
from micrograd_nn.explain import explain
from micrograd_nn.explain.tree import tree
from micrograd_nn.graph import Graph
from micrograd_nn.graph import graph as module
from micrograd_nn.graph.graph import recompute
from micrograd_nn.graph.naming import name_nodes as name
from micrograd_nn.graph.paths import find_dependents
from micrograd_nn.nn import MLP
from micrograd_nn.page import page
from micrograd_nn.stepping import Backprop


def network():
    model = MLP(2, [3, 1], "tanh", rng=random.Random(1))
    loss = (model([Value(0.5, "x1"), Value(-1.0, "x2")]) - 1.0) ** 2
    return model, loss


# Ways of showing a root, or its Graph, of which one leaf is of interest


def write_page(root, leaf, names=None):
    page(root, "lesson.html", names=names)
    with open("lesson.html", encoding="utf-8") as file:
        return file.read()


def step_through(root, leaf, names=None):
    cursor = Backprop(root, names)
    cursor.goto(len(cursor))
    return str(cursor)


WAYS = {
    "draw": lambda root, leaf, names=None: draw(root, names=names, paths_from=leaf).source,
    "draw_change": lambda root, leaf, names=None: draw_change(root, root, names=names).source,
    "tree": lambda root, leaf, names=None: str(tree(root, names)),
    "explain": lambda root, leaf, names=None: str(explain(root, leaf, names)),
    "Backprop": step_through,
    "page": write_page,
}


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Return the roots whose nodes were put in order, and those that were named."""
    monkeypatch.chdir(tmp_path)
    ordered, named = [], []
    monkeypatch.setattr(module, "nodes", lambda root: ordered.append(root) or nodes(root))
    monkeypatch.setattr(
        module, "name_nodes", lambda graph, *given: named.append(graph[-1]) or name(graph, *given)
    )
    return ordered, named


@pytest.mark.parametrize("way", WAYS)
def test_a_graph_is_put_in_order_and_named_once(way, asked):
    model, loss = network()
    loss.backward()
    leaf = model.parameters()[0]
    first = WAYS[way](loss, leaf, model)
    roots = 2 if way == "draw_change" else 1  # before and after
    assert asked == ([loss] * roots, [loss] * roots)
    graph = Graph(loss, model)
    for _ in range(2):
        assert WAYS[way](graph, leaf) == first
        assert asked == ([loss] * (roots + 1), [loss] * (roots + 1))


@pytest.mark.parametrize("way", [draw, tree, page, Backprop, stale])
def test_what_is_no_root_is_refused(way):
    with pytest.raises(TypeError, match=r"takes one Value, .* not a list: one of its items"):
        way([Value(1.0)])


# What a graph tells


def test_a_graph_keeps_its_names_unless_it_is_given_others():
    x = Value(3.0)
    graph = Graph(x * 2, {"mine": x})
    assert Graph.of(graph, None, "a test") is graph
    assert Graph.of(graph, {"yours": x}, "a test").names[x] == "yours"
    assert graph.names[x] == "mine"


def test_the_text_of_a_graph_is_short():
    x = Value(3.0, "x")
    assert repr(Graph(x * x)) == "<Graph of v1: 2 nodes>"


def test_edits_are_those_of_now():
    x = Value(3.0, "x")
    graph = Graph(x * x)
    assert (graph.find_edited(), str(tree(graph)).count("(edited)")) == ([], 0)
    x.data = 4.0
    assert (graph.find_edited(), str(tree(graph)).count("(edited)")) == ([x], 1)
    assert (graph.numbers[x], graph.gradients[x], recompute(graph.nodes, {})) == (3.0, 6.0, 9.0)
    x.data = 3.0
    assert graph.find_edited() == stale(graph) == []


def test_a_graph_without_a_model_has_no_neurons():
    model, loss = network()
    assert Graph(loss).neurons == Graph(loss, {"x": Value(1.0)}).neurons == {}
    layers = Graph(loss, model).layers
    assert set(layers.values()) == {"layers.0", "layers.1"}
    assert layers.keys() == Graph(loss, model).neurons.keys()


@pytest.mark.parametrize(
    ("with_model", "found"),
    [(True, ["model.layers.0.neurons.0.w.0", "model.layers.0.neurons.0.b"]), (False, ["w"])],
)
def test_parameters_are_a_models_or_else_go_by_their_names(with_model, found):
    model, w, x = MLP(1, [1]), Value(2.0), Value(3.0)
    root = w * model([x])
    graph = Graph(root, {"w": w, "x": x} | ({"model": model} if with_model else {}))
    assert [graph.names[node] for node in graph.parameters] == found
    unused = Graph(w * x, {"w": w, "x": x, "model": model})
    assert unused.parameters == [w]


def test_unreached_parameters_are_those_of_no_place():
    model, loss = network()
    other = Value(1.0)
    assert unreached(Graph(loss), [*model.parameters(), other]) == [other]


@searching
@given(graphs(), st.data())
def test_a_graph_tells_what_its_nodes_tell(graph, data):
    root = graph([Value(x) for x in graph.leaves])
    if not isinstance(root, Value):
        return
    found = Graph(root)
    assert found.nodes == nodes(root)
    assert [found.nodes[i] for i in found.places.values()] == list(found.places)
    assert [str(step) for step in found.steps] == [str(step) for step in steps(root)]
    for node, users in found.users.items():
        assert users == [other for other in found.nodes if node in other.inputs]
    root.backward()
    for leaf in found.leaves:
        assert str(found.gradients.get(leaf, 0.0) + 0.0) == str(leaf.grad + 0.0)
    wrt = data.draw(st.sampled_from(found.nodes))
    depends = {wrt}
    for node in found.nodes:
        if any(input in depends for input in node.inputs):
            depends.add(node)
    assert find_dependents(found.nodes, [wrt]) == depends
    if not isinstance(wrt, Constant):
        assert set(found.paths(wrt).users) == depends - {wrt}
