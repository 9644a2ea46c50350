"""Networks: micrograd's meaning of them, their parameters by name, and what they refuse."""

import math
import random
import re
import statistics
from itertools import pairwise

import pytest

from micrograd_nn import Value, nodes, relu, sigmoid
from micrograd_nn import sum as sum_of
from micrograd_nn.nn import load_state, state
from micrograd_nn.nn.networks import ACTIVATIONS, MLP, Layer, Module, Neuron

# What micrograd means by MLP(2, [16, 16, 1])


def plain_network(sizes, rng):
    """Draw layers as micrograd does: for each neuron its weights, then a bias of 0."""
    return [
        [([rng.uniform(-1, 1) for _ in range(inputs)], 0.0) for _ in range(neurons)]
        for inputs, neurons in pairwise(sizes)
    ]


def plain_outputs(layers, x):
    """Compute micrograd's MLP on floats: ReLU inside, linear at the end."""
    for layer in layers:
        x = [sum((w * v for w, v in zip(ws, x, strict=True)), 0.0) + b for ws, b in layer]
        if layer is not layers[-1]:
            x = [max(0.0, v) for v in x]
    return x


@pytest.mark.parametrize("sizes", [[2, 16, 16, 1], [3, 4, 2], [1, 1], [5, 1, 1, 3]])
def test_a_network_draws_and_computes_as_micrograd_does(sizes):
    plain = plain_network(sizes, random.Random(7))
    model = MLP(sizes[0], sizes[1:], rng=random.Random(7))
    flat = [number for layer in plain for ws, b in layer for number in [*ws, b]]
    assert [parameter.data for parameter in model.parameters()] == flat
    points = random.Random(8)
    for _ in range(10):
        x = [points.uniform(-2, 2) for _ in range(sizes[0])]
        outputs = model(x)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        assert [v.data for v in outputs] == pytest.approx(plain_outputs(plain, x), rel=1e-12)


def test_a_name_leads_to_the_parameter_at_that_place():
    model = MLP(2, [16, 16, 1])
    named = dict(model.named_parameters())
    assert named["layers.0.neurons.3.w.1"] is model.layers[0].neurons[3].w[1]
    assert named["layers.2.neurons.0.b"] is model.layers[2].neurons[0].b
    assert list(named.values()) == model.parameters()


def test_a_layer_of_one_neuron_returns_its_value_and_one_of_more_a_list():
    one, three = Layer(2, 1)([1.0, 2.0]), Layer(2, 3)([1.0, 2.0])
    assert isinstance(one, Value)
    assert isinstance(three, list)
    assert [type(v) for v in three] == [Value] * 3
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert len(MLP(2, [3, 2])([1.0, 2.0])) == 2


# The graph


def operations_of(root):
    return [node.operation.name for node in nodes(root) if node.operation is not None]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_neuron_is_a_dot_and_an_activation_and_nothing_else(name):
    operations = operations_of(Neuron(3, name)([1.0, 2.0, -1.0]))
    assert operations == (["dot"] if name == "linear" else ["dot", name])


def test_a_network_has_two_nodes_a_neuron_and_one_at_the_linear_end():
    assert sorted(operations_of(MLP(2, [16, 16, 1])([1.0, 2.0]))) == ["dot"] * 33 + ["relu"] * 32


def test_a_bare_input_is_one_node_for_all_neurons():
    output = sum_of(Layer(2, 5)([1.0, 2.0]))
    leaves = [node for node in nodes(output) if node.operation is None]
    assert len(leaves) == 5 * 3 + 2


def test_a_gradient_flows_to_an_input_that_is_a_value():
    x = Value(0.5)
    model = MLP(2, [4, 1], activation="tanh", rng=random.Random(3))
    model([x, 1.0]).backward()
    h = 1e-6
    slope = (model([0.5 + h, 1.0]).data - model([0.5 - h, 1.0]).data) / (2 * h)
    assert x.grad == pytest.approx(slope, rel=1e-7)


# Activations


def square(v):
    return v * v


def test_an_activation_may_be_a_function_of_ones_own():
    model = MLP(1, [1], [square])
    total = 3.0 * model.layers[0].neurons[0].w[0].data
    assert model([3.0]).data == total * total
    assert model.activations == ["square"]


def test_each_layer_may_have_an_activation_of_its_own():
    model = MLP(2, [3, 2, 1], ["tanh", relu, None])
    assert model.activations == ["tanh", "relu", "linear"]
    operations = operations_of(model([1.0, 2.0]))
    assert sorted(operations) == ["dot"] * 6 + ["relu"] * 2 + ["tanh"] * 3
    assert operations[-1] == "dot", "linear at the end"


def test_a_list_of_activations_decides_on_the_last_layer_too():
    assert 0 < MLP(2, [3, 1], ["relu", sigmoid])([5.0, -5.0]).data < 1


def test_an_unnamed_callable_is_an_activation_too():
    class Scale:
        def __call__(self, v):
            return 2 * v

    assert MLP(1, [1], [Scale()]).activations == ["Scale"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"activation": "rleu"}, r"activation 'rleu': choose from linear, relu, .*tanh"),
        ({"activation": ["relu", "exp"]}, r"activation 'exp'"),
        ({"init": "xaver"}, r"initialisation 'xaver': choose from uniform, xavier, he$"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(options, told):
    with pytest.raises(ValueError, match=told):
        MLP(2, [3, 1], **options)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_as_many_activations_as_layers_are_needed(count):
    with pytest.raises(ValueError, match=f"MLP of 2 layers needs as many activations, not {count}"):
        MLP(2, [3, 1], ["relu"] * count)


# Initial weights


def test_without_bias_there_is_none():
    model = MLP(2, [16, 16, 1], bias=False)
    assert len(model.parameters()) == 2 * 16 + 16 * 16 + 16
    assert not model.has_bias
    assert MLP(2, [1]).has_bias
    assert model([0.0, 0.0]).data == 0.0


def weights_of(init, seed=5):
    """Return the 20,000 weights of a layer with 100 inputs and 200 neurons."""
    layer = Layer(100, 200, init=init, bias=False, rng=random.Random(seed))
    return [parameter.data for parameter in layer.parameters()]


@pytest.mark.parametrize(
    ("init", "bound"), [("uniform", 1.0), ("xavier", math.sqrt(6 / (100 + 200)))]
)
def test_uniform_schemes_fill_their_range(init, bound):
    weights = weights_of(init)
    assert -bound <= min(weights) < -0.999 * bound
    assert 0.999 * bound < max(weights) <= bound
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=0.02 * bound)
    assert statistics.pvariance(weights) == pytest.approx(bound**2 / 3, rel=0.03)


def test_he_weights_are_normal_with_a_variance_of_two_over_the_inputs():
    weights = weights_of("he")
    deviation = math.sqrt(2 / 100)
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=0.02 * deviation)
    assert statistics.pvariance(weights) == pytest.approx(2 / 100, rel=0.03)
    within = sum(abs(w) < deviation for w in weights) / len(weights)
    assert within == pytest.approx(0.6827, abs=0.015)


def test_an_initialisation_may_be_a_function_of_ones_own():
    seen = []

    def init(rng, fan_in, fan_out):
        seen.append((fan_in, fan_out))
        return rng.random() + 10

    model = MLP(2, [3, 1], init=init, rng=random.Random(1))
    assert seen == [(2, 3)] * 6 + [(3, 1)] * 3
    assert all(w.data >= 10 for w in model.layers[0].neurons[2].w)


@pytest.mark.parametrize("init", ["uniform", "xavier", "he"])
def test_the_same_seed_gives_the_same_weights_and_another_others(init):
    def state(seed):
        return MLP(3, [4, 2], init=init, rng=random.Random(seed)).state()

    assert state(1) == state(1)
    assert state(1) != state(2)


def test_a_generator_handed_in_wins_over_random_seed_and_leaves_it_alone():
    random.seed(1)
    state = random.getstate()
    model = MLP(2, [3, 1], rng=random.Random(2))
    assert random.getstate() == state
    random.seed(3)
    assert MLP(2, [3, 1], rng=random.Random(2)).state() == model.state()


# Shapes


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda: MLP(2, [16, 1])([1.0, 2.0, 3.0]),
            "layers.0 takes 2 inputs (it has 16 neurons), not 3",
        ),
        (
            lambda: MLP(2, [16, 1]).layers[1]([1.0]),
            "layers.1 takes 16 inputs (it has 1 neurons), not 1",
        ),
        (lambda: Layer(3, 2)([]), "layer takes 3 inputs (it has 2 neurons), not 0"),
        (
            lambda: Layer(3, 2, name="encoder")([1.0]),
            "encoder takes 3 inputs (it has 2 neurons), not 1",
        ),
    ],
)
def test_a_wrong_number_of_inputs_is_told_with_both_sizes_and_the_layers_name(call, told):
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        call()


@pytest.mark.parametrize("x", [1.0, "ab", None, Value(1.0), {1.0: 2.0}])
def test_inputs_that_are_no_list_are_refused_by_the_layers_name(x):
    with pytest.raises(
        TypeError, match=f"layers.0 takes a list of inputs, not .*{type(x).__name__}"
    ):
        MLP(2, [1])(x)


@pytest.mark.parametrize("bad", ["1", None, True, 1j, [1.0]])
def test_an_input_that_is_no_number_is_refused_by_the_layers_name(bad):
    with pytest.raises(TypeError, match=r"layers\.0"):
        MLP(2, [1])([1.0, bad])


@pytest.mark.parametrize("bad", [0, -1, 2.5, 3.0, "3", None])
def test_a_size_that_is_no_whole_number_from_1_up_is_refused(bad):
    with pytest.raises(ValueError, match=r"layers\.0 needs a whole number of inputs, at least 1"):
        MLP(bad, [3])
    with pytest.raises(ValueError, match=r"layers\.1 needs a whole number of neurons, at least 1"):
        MLP(2, [3, bad, 1])
    with pytest.raises(ValueError, match="layer needs a whole number of inputs, at least 1"):
        Layer(bad, 3)


def test_a_network_without_layers_is_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        MLP(2, [])


def test_sizes_and_repr_tell_the_architecture():
    model = MLP(2, (4, 3), ["tanh", None], bias=False)
    assert model.sizes == [2, 4, 3]
    assert repr(model) == "MLP(2, [4, 3], activation=['tanh', 'linear'])"


# Modules of one's own


class Tree(Module):
    """Parameters at the end of every kind of path, and things that are none."""

    def __init__(self):
        self.first = Value(1.0)
        self.nested = [[Value(2.0)], (Value(3.0), [Value(4.0)])]
        self.neuron = Neuron(1)
        self.fixed = Value(9.0).detach()
        self.name = "a tree"
        self.count = 3
        self.numbers = [1.0, 2.0]


def test_parameters_are_found_in_nested_lists_and_modules():
    assert [name for name, _ in Tree().named_parameters()] == [
        "first",
        "nested.0.0",
        "nested.1.0",
        "nested.1.1.0",
        "neuron.w.0",
        "neuron.b",
    ]


def test_tied_weights_are_counted_and_stepped_once():
    tree = Tree()
    tree.again = tree.first
    tree.twice = [tree.neuron, tree.neuron]
    assert len(tree.parameters()) == 6
    assert "again" not in tree.state()


def test_a_module_without_parameters_has_none():
    class Empty(Module):
        pass

    assert Empty().parameters() == []
    assert Empty().state() == {}
    Empty().zero_grad()


def test_gradients_add_up_until_they_are_zeroed():
    model = MLP(2, [3, 1], "tanh", rng=random.Random(1))
    model([1.0, 2.0]).backward()
    once = [parameter.grad for parameter in model.parameters()]
    model([1.0, 2.0]).backward()
    assert [parameter.grad for parameter in model.parameters()] == [2 * grad for grad in once]
    model.zero_grad()
    model([1.0, 2.0]).backward()
    assert [parameter.grad for parameter in model.parameters()] == once


# Snapshots


def test_a_state_brings_another_network_to_the_same_outputs():
    one, other = MLP(2, [3, 1], rng=random.Random(1)), MLP(2, [3, 1], rng=random.Random(2))
    assert one.state() != other.state()
    other.load_state(one.state())
    assert one.state() == other.state()
    assert one([0.1, 0.2]).data == other([0.1, 0.2]).data


def test_a_state_is_a_snapshot_that_later_changes_leave_alone():
    neuron = Neuron(1, rng=random.Random(1))
    before = neuron.state()
    neuron.w[0].data = 7.0
    assert before["w.0"] != 7.0
    neuron.load_state(before)
    assert neuron.w[0].data == before["w.0"]


def test_loading_keeps_the_parameters_themselves():
    neuron = Neuron(1)
    weight = neuron.w[0]
    neuron.load_state({"w.0": 3, "b": 4})
    assert neuron.w[0] is weight
    assert (weight.data, neuron.b.data) == (3.0, 4.0)
    assert type(weight.data) is float


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (lambda s: s.pop("b"), ValueError, "lacks 'b'"),
        (lambda s: s.update(c=1.0), ValueError, "unknown 'c'"),
        (lambda s: s.update({"c": 1.0, "b": s.pop("w.1")}), ValueError, "lacks 'w.1' and .* 'c'"),
        (lambda s: s.clear(), ValueError, "lacks 'w.0'"),
        (lambda s: s.update(b="1"), TypeError, "'b'.* not a str"),
        (lambda s: s.update(b=None), TypeError, "'b'.* not a NoneType"),
        (lambda s: s.update(b=True), TypeError, "'b'.* not a bool"),
        (lambda s: s.update(b=[1.0]), TypeError, "'b'.* not a list"),
        (lambda s: s.update(b=Value(1.0)), TypeError, "'b'.* not a Value"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error, told):
    neuron = Neuron(2, rng=random.Random(1))
    before = neuron.state()
    state = {name: number + 1 for name, number in before.items()}
    change(state)
    with pytest.raises(error, match=told):
        neuron.load_state(state)
    assert neuron.state() == before


def test_parts_say_what_they_are():
    assert repr(Layer(2, 3, "relu", bias=False)) == "Layer(2, 3, 'relu', bias=False)"
    assert repr(Neuron(1, abs)) == "Neuron(1, 'abs')"
    assert repr(Neuron(1, bias=False)) == "Neuron(1, 'linear', bias=False)"


# Models of no base class


class PlainLine:
    def __init__(self, slope=2.0):
        self.slope, self.rest = Value(slope), {"offset": [Value(1.0)]}

    def parameters(self):
        return [*self.rest["offset"], self.slope]


class Bare:
    """It has no ``parameters()``."""

    def __init__(self):
        self.line = PlainLine()


def test_the_numbers_of_any_model_are_saved_and_loaded_by_name():
    model, saved = PlainLine(), {"rest.offset.0": 5.0, "slope": 7.0}
    assert state(model) == {"rest.offset.0": 1.0, "slope": 2.0}
    assert list(state(model)) == ["rest.offset.0", "slope"], "in the order of parameters()"
    load_state(model, saved)
    assert state(model) == saved
    assert [p.data for p in model.parameters()] == [5.0, 7.0]
    bare = Bare()
    load_state(bare, {"line.slope": 3.0, "line.rest.offset.0": 4.0})
    assert bare.line.slope.data == 3.0
    layer = Layer(2, 2)
    assert state(layer) == layer.state()


@pytest.mark.parametrize("wrong", [{"slope": 7.0}, {"slope": 7.0, "rest.offset.0": "x"}])
def test_a_state_that_does_not_fit_changes_no_model_of_any_class(wrong):
    model = PlainLine()
    with pytest.raises((ValueError, TypeError), match=r"rest\.offset\.0"):
        load_state(model, wrong)
    assert state(model) == {"rest.offset.0": 1.0, "slope": 2.0}


def test_a_state_has_what_only_parameters_gives_and_what_it_forgets():
    class Odd(Module):
        def __init__(self):
            self.kept, self.hidden = Value(1.0), {Value(2.0)}

        def parameters(self):
            return [*self.hidden]

    assert Odd().state() == state(Odd()) == {"parameters.0": 2.0, "kept": 1.0}


def test_a_model_that_names_its_parameters_itself_is_believed():
    class Named(PlainLine):
        def named_parameters(self):
            yield from [("a", self.slope), ("b", self.rest["offset"][0])]

    assert state(Named()) == {"b": 1.0, "a": 2.0}
