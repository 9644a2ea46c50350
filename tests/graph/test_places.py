"""Names that the caller's variables give without being asked: right ones, or none."""

import gc
import itertools
import random
import weakref
from collections.abc import Mapping
from unittest.mock import MagicMock, Mock

import pytest
from added import draw_change
from labels import shown

from micrograd_nn import Value, nodes, steps
from micrograd_nn.draw import draw
from micrograd_nn.explain import explain
from micrograd_nn.explain.tree import tree
from micrograd_nn.graph import Graph
from micrograd_nn.graph.places import MOST_LOOKED_AT, walk_places
from micrograd_nn.nn import MLP
from micrograd_nn.page.lesson import build_lesson
from micrograd_nn.stepping import Backprop


def names_in(root, **variables):
    """Return the names of a graph's nodes where these are the variables, one of them its root."""
    frame = {"Backprop": Backprop, "y": root, **variables}
    exec("found = Backprop(y).graph.names", frame)
    return [frame["found"][node] for node in nodes(root)]


def test_every_way_of_showing_takes_the_callers_names():
    first, second = Value(2.0), Value(3.0)
    product = first * second
    output = product.tanh()
    assert str(tree(output)).startswith("output = tanh(product)")
    assert "first" in shown(draw(output).source)
    assert "first" in shown(draw_change(output, output).source)
    assert str(explain(output, first)).startswith("The gradient of output by first is")
    assert list(Backprop(output).names.values()) == ["first", "second", "product", "output"]
    assert "<title>Backpropagation through output</title>" in build_lesson(output).text


def test_no_names_are_taken_where_none_are_wanted():
    first = Value(2.0)
    output = first * 3
    assert str(tree(output, names={})).startswith("v2 = v1 · 3")
    assert str(tree(output, {"a": first})).startswith("v1 = a · 3"), "nor where others are given"
    assert str(tree(Graph(output))).startswith("v2 = v1 · 3"), (
        "nor where a Graph is, which has its own"
    )


def test_a_node_has_its_earliest_name():
    x = Value(2.0)
    assert names_in(x * x, x=x, also=x) == ["x", "y"]
    assert names_in(x * x, xs=[x], x=x) == ["xs.0", "y"], "as after a loop over a list"


def test_ipythons_own_names_are_none():
    x = Value(2.0)
    y = x * x
    own = {"_": y, "__": y, "_1": y, "_i": "y", "_oh": {1: x, 2: y}, "_ih": ["", "x"], "_dh": []}
    notebook = {"In": own["_ih"], "Out": own["_oh"], **own}
    assert names_in(y, **notebook, x=x) == ["x", "y"]
    given = Graph(y, {**notebook, "x": x, "y": y})
    assert list(given.names.values()) == ["x", "y"], "with names=locals(), too"
    mine = {"Out": [x], "In": {"a": y}}
    assert list(Graph(y, mine).names.values()) == ["Out.0", "In.a"], (
        "a reader's own may be so called"
    )


def test_what_a_notebook_leaves_among_the_variables_names_nothing():
    x, w = Value(2.0), Value(3.0)
    shell = type("Shell", (), {"__module__": "IPython.core.interactiveshell"})()
    leave = type("Leave", (), {"__module__": "IPython.core.autocall", "__call__": lambda self: 0})()
    leave._ip, shell.user_ns = shell, {"x": x, "w": w}
    assert names_in(x * w, exit=leave, x=x, w=w) == ["x", "w", "y"]


def test_a_list_of_all_nodes_or_steps_names_none_of_the_inner_ones():
    x, w = Value(2.0), Value(3.0)
    y = (x * w).tanh()
    order, all_steps = nodes(y), list(steps(y))
    assert names_in(y, x=x, w=w, order=order, step=all_steps[0], all_steps=all_steps) == [
        "x", "w", "v1", "y"
    ]  # fmt: skip
    assert names_in(y, ws=[x, w]) == ["ws.0", "ws.1", "v1", "y"]


def test_the_variables_of_a_test_tool_or_a_comprehension_are_none():
    x = Value(2.0)
    assert names_in(x * 2, **{"@py_assert1": x, ".0": x}) == ["v1", "2", "y"]


def test_a_model_among_the_variables_is_drawn_by_its_layers():
    model = MLP(2, [16, 16, 1], rng=random.Random(1))
    loss = (model([0.5, -1.0]) - 1) ** 2
    source = draw(loss).source
    assert "One box a layer" in source
    assert "model.layers.1" in source
    assert names_in(loss, net=MLP(2, [1])) == list(Graph(loss, {"y": loss}).names.values())


def test_a_function_sees_its_own_variables_and_a_comprehension_those_around_it():
    hidden = Value(2.0)

    def show(value):
        return list(Backprop(value).names.values())

    assert show(hidden * 2) == ["v1", "2", "value"]
    assert next(map(Backprop, [hidden * 2])).names[hidden] == "hidden", "map has no frame"
    (names,) = [list(Backprop(root * 1).names.values()) for root in [hidden * hidden]]
    assert names == ["hidden", "root", "1", "v1"]


class Trap:
    """An object that must not be asked anything."""

    def __getattribute__(self, name):
        raise RuntimeError(f"asked for {name}")


class Wild(Mapping):
    """A dictionary that can't be read."""

    def __getitem__(self, key):
        raise OSError

    def __iter__(self):
        raise OSError

    def __len__(self):
        return 1


class Liar(MLP):
    """A model that fails when it is asked for its parameters."""

    def named_parameters(self):
        raise ValueError


STRANGE = [Trap, Wild, lambda: Liar(1, [1]), Mock, MagicMock, lambda: {Trap(): 1}]


@pytest.mark.parametrize("make", STRANGE)
def test_strange_things_among_the_variables_are_passed_over(make):
    x, thing = Value(2.0), make()
    assert names_in(x * x, strange=thing, things=[thing], x=x) == ["x", "y"]


def test_a_large_data_set_among_the_variables_costs_no_time():
    looked = []

    class Counted(list):
        def __iter__(self):
            for item in super().__iter__():
                looked.append(1)
                yield item

    x, last = Value(2.0), Value(3.0)
    data = Counted([[float(i)] for i in range(5 * MOST_LOOKED_AT)] + [last])
    assert names_in(x * last, data=data, x=x) == ["x", "v1", "y"]
    assert len(looked) <= MOST_LOOKED_AT
    few = [*range(100), last]
    assert names_in(x * last, few=few, x=x) == ["x", "few.100", "y"]


def test_a_drawing_keeps_nothing_of_the_frame_alive():
    class Data(list):
        pass

    def make():
        data, x = Data([1.0, Value(3.0)]), Value(2.0)
        return draw(x * 2), weakref.ref(data)

    drawing, data = make()
    gc.collect()
    assert data() is None
    assert "x" in drawing.text


RATE = Value(0.5)


def test_the_globals_of_a_module_name_nodes_but_a_functions_own_name_comes_first():
    local = Value(3.0)
    output = local * RATE
    assert str(tree(output)).startswith("output = local · RATE")
    mine = RATE
    output = mine * 2.0
    assert str(tree(output)).startswith("output = mine · 2")


class Neuron:
    """A learner's own, of no base class."""

    def __init__(self, size, rng):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(size)]
        self.b = Value(0.0)

    def __call__(self, x):
        return sum((w * a for w, a in zip(self.w, x, strict=True)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Slotted:
    """One with slots."""

    __slots__ = ("neurons", "scale")

    def __init__(self, sizes, rng):
        self.neurons, self.scale = [Neuron(sizes[0], rng) for _ in range(sizes[1])], Value(2.0)

    def __call__(self, x):
        return [neuron(x) * self.scale for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class Network:
    """One of layers."""

    def __init__(self, *sizes, rng):
        self.layers = [Slotted(pair, rng) for pair in itertools.pairwise(sizes)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x[0]

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def test_the_parameters_of_plain_objects_are_named_by_where_they_are():
    net = Network(2, 2, 1, rng=random.Random(1))
    loss = (net([0.5, -1.0]) - 1) ** 2
    names = {"layers.0.neurons.1.w.0", "layers.1.neurons.0.b", "layers.1.scale"}
    assert names <= {*Graph(loss, net).names.values()}
    assert {f"net.{name}" for name in names} <= {*names_in(loss, net=net)}
    for p in net.parameters():
        p.data += 0.1
    assert "p" not in names_in(loss, p=p, net=net), "a loop's variable names no model's parameter"


def test_plain_objects_are_drawn_by_their_neurons():
    net = Network(2, 3, 1, rng=random.Random(1))
    loss = (net([0.5, -1.0]) - 1) ** 2
    assert "net.layers.0.neurons.2" in draw(loss, collapse="neuron").source
    assert "h3.w2" in str(tree(loss))


def test_a_name_reaches_eight_levels_deep_and_no_further():
    x = Value(2.0)
    within = x
    for _ in range(7):
        within = [within]
    assert names_in(x * x, a=within) == ["a" + 7 * ".0", "y"]
    assert names_in(x * x, a=[[within]]) == ["v1", "y"]


def test_pytorchs_modules_are_named_without_running_their_code():
    torch = pytest.importorskip("torch")
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    places = walk_places(net, is_wanted=lambda x: isinstance(x, torch.Tensor))
    assert [place.name for place in places] == [name for name, _ in net.named_parameters()]


def test_a_graph_among_the_variables_is_no_model():
    """It has ``parameters``, too, which are those of whatever it is of."""
    x, weights = Value(3.0), [Value(2.0)]
    graph = Graph(x * weights[0])
    assert graph.leaves == [x, weights[0]]
    assert [place.name for place in walk_places({"graph": graph, "x": x})] == ["x"]
