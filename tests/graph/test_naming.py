"""Names of nodes: the reader's own where there are any, and the same for the same graph."""

import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import graphs, searching

from micrograd_nn import Constant, Value, nodes
from micrograd_nn._ground.text import format_number
from micrograd_nn.engine import table as op
from micrograd_nn.graph import Graph
from micrograd_nn.graph.places import find_places
from micrograd_nn.nn import MLP


def names(root):
    return list(Graph(root).names.values())


def test_a_constant_is_named_by_its_label_or_else_by_its_number():
    assert names(Value(2.0, "x") * Value(3.0, "y").detach()) == ["x", "y", "v1"]
    x = Value(2.0, "x")
    assert names(x * 2 - 0.5) == ["x", "2", "v1", "0.5", "v2"]
    assert names(x * -2) == ["x", "−2", "v1"]


def test_a_number_does_not_take_a_label_that_the_reader_gave():
    a, b = Value(1.0), Value(2.0, "v1")
    assert names(a * b) == ["v2", "v1", "v3"]
    assert names(a * b * b) == ["v2", "v1", "v3", "v4"]


labels = st.none() | st.sampled_from(["", "x", "x (2)", "x (2) (2)", "x (3)", "v1", "v1 (2)", "v2"])


@example(["x", "x", "x (2)"], None)
@searching
@given(given_labels=st.lists(labels, min_size=1, max_size=8), label=labels)
def test_no_two_values_have_the_same_name(given_labels, label):
    root = op.sum([Value(1.0, label) for label in given_labels])
    root.label = label
    assert len(set(names(root))) == len(given_labels) + 1


@searching
@given(graph=graphs(max_size=60))
def test_every_node_has_a_name_and_every_value_one_of_its_own_whatever_was_made_before(graph):
    root = graph([Value(x) for x in graph.leaves])
    named = Graph(root).names
    assert list(named) == nodes(root)
    own = [name for node, name in named.items() if not isinstance(node, Constant)]
    assert len(set(own)) == len(own)
    assert names(graph([Value(x) for x in graph.leaves])) == list(named.values())


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, "–"),
        (0.0, "0"),
        (-0.0, "−0"),
        (2.0, "2"),
        (-2.5, "−2.5"),
        (1 / 3, "0.3333"),
        (123456.0, "1.235e+05"),
        (-1e-9, "−1e−09"),
        (math.inf, "inf"),
        (-math.inf, "−inf"),
        (math.nan, "nan"),
    ],
)
def test_short_shows_four_digits_a_true_minus_and_a_dash_for_none(number, shown):
    assert format_number(number) == shown


def test_a_label_wins_over_a_given_name():
    x, y = Value(1.0, "y"), Value(2.0)
    assert Graph(x - y, {"x": x, "y": y}).names[x] == "y"
    assert Graph(x - y, {"x": x, "y": y}).names[y] == "y (2)"


def test_names_are_found_in_lists_dictionaries_and_models():
    model = MLP(1, [1], rng=random.Random(0))
    x, w = Value(1.0), [Value(2.0), Value(3.0)]
    found = find_places({"x": x, "w": w, "more": {"x": x}, "model": model, "_": Value(0.0)})
    assert {place.name for place in found.values()} == {
        "x", "w.0", "w.1", "model.layers.0.neurons.0.w.0", "model.layers.0.neurons.0.b"
    }  # fmt: skip


@pytest.mark.parametrize("names", [5, "x", [Value(1.0)]])
def test_names_of_another_kind_are_refused(names):
    with pytest.raises(TypeError, match=r"names is locals\(\), a model or a dictionary of Values"):
        list(Graph(Value(1.0), names).names)


def test_what_only_looks_like_a_model_gives_no_names():
    class Anything:
        def __getattr__(self, name):
            return None

    class Other:
        def named_parameters(self):
            return [("weight", [1.0]), ("bias", "text")]

    assert find_places({"a": Anything(), "b": Other()}) == {}


def test_a_name_is_one_line_and_nobody_elses():
    x, y = Value(1.0, "a\nb"), Value(2.0, "a b")
    assert list(Graph(x * y).names.values()) == ["a b", "a b (2)", "v1"]
