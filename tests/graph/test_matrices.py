"""Layers as matrices: which have one, and that its nodes are those of W x + b."""

import pytest

from micrograd_nn import MLP, Value, dot
from micrograd_nn import sum as sum_of
from micrograd_nn.graph import Graph
from micrograd_nn.graph.matrices import find_matrix
from micrograd_nn.nn import Layer


def find_all(root, names):
    """Return the matrix of each layer of a graph."""
    graph = Graph(root, names)
    return [
        find_matrix(group.walk_nodes(), graph.users)
        for group in graph.group(graph.folding).groups.values()
        if group.kind == "layer"
    ]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ["tanh", "linear"])
def test_a_layers_neurons_are_the_rows_of_its_matrix(bias, activation):
    layer = Layer(3, 2, activation=activation, bias=bias)
    xs = [Value(float(i), f"x{i}") for i in range(3)]
    hs = layer(xs)
    (found,) = find_all(hs[0] * hs[1], layer)
    assert found.weights == [[*neuron.w] for neuron in layer.neurons]
    assert found.inputs == [xs]
    assert found.biases == ([neuron.b for neuron in layer.neurons] if bias else [])
    assert found.outputs == hs
    assert found.activation == (activation if activation == "tanh" else "")
    for total, row, b in zip(found.sums, found.weights, found.biases or [0.0] * 2, strict=True):
        assert total.data == dot(row, xs, b).data


def test_each_layer_takes_what_the_one_before_gives():
    model = MLP(2, [3, 2, 1])
    first, second, last = find_all(model([0.5, -1.0]), model)
    assert first.inputs == [[0.5, -1.0]], "bare numbers are the same to all neurons"
    assert second.inputs == [first.outputs]
    assert last.inputs == [second.outputs]
    assert (len(last.weights), len(last.weights[0])) == (1, 2)


def test_weights_stand_on_either_side():
    layer = Layer(2, 1)
    (neuron,) = layer.neurons
    x = [Value(1.0), Value(2.0)]
    (found,) = find_all(dot(x, neuron.w, neuron.b).tanh(), layer)
    assert (found.weights, found.inputs, found.weights_at) == ([[*neuron.w]], [x], 2)


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_a_batch_layer_by_layer_has_a_row_for_each_example(decay):
    model = MLP(2, [3, 2], activation="tanh")
    first, second = model.layers
    rows = [[Value(i / 3), Value(1.0 - i)] for i in range(4)]
    hidden = [first(row) for row in rows]
    outputs = [second(row) for row in hidden]
    loss = sum_of([x * x for row in outputs for x in row])
    if decay:
        loss = loss + decay * sum_of([p * p for p in model.parameters()])
    one, two, *penalty = find_all(loss, model)
    assert penalty == [None] * (decay > 0)
    assert (one.inputs, one.outputs) == (rows, [x for row in hidden for x in row])
    assert (two.inputs, two.outputs) == (hidden, [x for row in outputs for x in row])
    assert one.weights == [[*neuron.w] for neuron in first.neurons]


def test_of_repetitions_one_is_seen():
    model = MLP(3, [8, 8, 1])
    losses = [model([Value(i / 3), Value(1.0), Value(2.0 - i)]) ** 2 for i in range(4)]
    graph = Graph(sum_of(losses), model)
    (repeat,) = [x for x in graph.group(graph.folding_of_use).groups.values() if x.kind == "repeat"]
    layers = [find_matrix(group.walk_nodes(), graph.users) for group in repeat.groups.values()]
    assert [layer.weights for layer in layers] == [
        [[*neuron.w] for neuron in layer.neurons] for layer in model.layers
    ]


def test_what_is_no_matrix_has_none():
    layer = Layer(2, 2)
    one, other = layer.neurons
    x, y, z = (Value(float(i)) for i in range(3))
    others = dot(one.w, [x, y], one.b) * dot(other.w, [y, z], other.b)  # as a convolution has
    products = (one.w[0] * x + one.w[1] * y + one.b).tanh()
    some = dot(one.w, [x, y], one.b) * dot(other.w, [x, y])
    in_parts = layer([x, y])[0] * layer([y, z])[1]  # example by example
    for root in (others, products, some, in_parts):
        assert find_all(root, layer) == [None]
