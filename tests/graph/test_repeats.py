"""Repeats of a graph: what loops made is found whatever the loop was, and nothing else is."""

import builtins
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs

import micrograd_nn
from micrograd_nn import Value, nn, nodes, tanh
from micrograd_nn.graph import Graph
from micrograd_nn.graph.folding import find_repeats, fold_repeats

COUNT = 30


def shapes(root):
    """Return how often each repeat is there, and what one of its repetitions is made of."""
    return [
        (len(repeat), [node.operation.name for node in repeat[-1]])
        for repeat in find_repeats(nodes(root))
    ]


def make_data():
    return [([i / 10, (i % 7) / 5], float(i % 2)) for i in range(COUNT)]


def make_model():
    return nn.MLP(2, [4, 1])


def test_the_loss_that_everybody_writes_is_one_example_many_times():
    model = make_model()
    loss = builtins.sum((model(x) - y) ** 2 for x, y in make_data())
    ((count, operations),) = shapes(loss)
    assert count == COUNT
    assert operations[-3:] == ["sub", "pow", "add"]
    (repeat,) = find_repeats(nodes(loss))
    assert repeat[0][-1] is None  # the first is added to nothing
    sums = [part[-1] for part in repeat[1:]]
    assert all(x in after.inputs for x, after in pairwise(sums))


def test_a_recurrent_loop_is_its_body():
    w, u, b, h = Value(0.5), Value(0.2), Value(0.1), Value(0.0)
    for i in range(COUNT):
        h = tanh(w * h + u * i + b)
    assert shapes(h) == [(COUNT, ["mul", "mul", "add", "add", "tanh"])]
    (repeat,) = find_repeats(nodes(h))
    parts = repeat
    assert all(part[-1] in after[0].inputs for part, after in pairwise(parts))


def test_a_loop_in_a_loop_is_folded_twice():
    w, u, total = Value(0.5), Value(0.2), Value(0.0)
    for row in range(COUNT):
        h = Value(0.0)
        for i in range(10):
            h = tanh(w * h + u * (i + row))
        total = total + (h - 1) ** 2
    folding = fold_repeats(nodes(total))
    assert {len(own) for own in folding.members.values()} == {COUNT, 10 * COUNT}
    assert len({*folding.places.values()}) < 20


def test_neurons_are_parts_of_one_network_and_not_repetitions():
    model = nn.MLP(2, [8, 1])
    loss = builtins.sum((model(x) - y) ** 2 for x, y in make_data())
    folding = fold_repeats(nodes(loss))
    assert all(folding.places[weight] is weight for weight in model.parameters())
    assert {len(own) for own in folding.members.values()} == {COUNT, COUNT - 1}


def test_a_chain_of_one_operation_and_a_fan_are_one_node():
    y = x = Value(0.5)
    for _ in range(20_000):
        y = -y
    assert shapes(y) == [(20_000, ["neg"])]
    assert shapes(micrograd_nn.sum([x * i for i in range(20_000)])) == [(20_000, ["mul"])]


def test_micrograds_own_demo():
    """Its scores, its losses, their sum and the sum of squares are loops of their own."""
    micrograd = pytest.importorskip("micrograd_nn.extras.micrograd")
    model = micrograd.nn.MLP(2, [4, 4, 1])
    inputs = [[micrograd.Value(x) for x in row] for row, _ in make_data()]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * score).relu() for (_, yi), score in zip(make_data(), scores, strict=True)]
    total = builtins.sum(losses) * (1.0 / len(losses))
    penalty = 1e-4 * builtins.sum(p * p for p in model.parameters())
    found = shapes(total + penalty)
    assert [count for count, _ in found] == [COUNT, COUNT, COUNT - 1, len(model.parameters())]
    assert [operations for _, operations in found[1:]] == [
        ["mul", "add", "relu"],
        ["add"],
        ["mul", "add"],
    ]


def test_a_number_that_something_else_uses_stands_for_itself():
    w, xs = Value(0.5), [Value(float(i)) for i in range(COUNT)]
    loss = builtins.sum((w * x) ** 2 for x in xs) + xs[7].exp()
    folding = fold_repeats(nodes(loss))
    assert folding.places[xs[7]] is xs[7]
    assert folding.places[xs[3]] is folding.places[xs[4]]


@st.composite
def loops(draw):
    """Return the root of a loop whose body is any, and how often it ran."""
    operations = [
        lambda a, b: a * b,
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, _: tanh(a),
        lambda a, _: a**2,
    ]
    shared = [Value(0.5), Value(-0.25)]
    places = st.integers(0, 100)
    body = draw(st.lists(st.tuples(st.integers(0, 4), places, places), min_size=1, max_size=8))
    count = draw(st.integers(3, 12))
    carried, ends = Value(0.1), []
    for i in range(count):
        known = [*shared, carried, Value(i / 10)]
        for operation, a, b in body:
            known.append(operations[operation](known[a % len(known)], known[b % len(known)]))
        carried = known[-1]
        ends.append(carried)
    return micrograd_nn.sum(ends) if draw(st.booleans()) else carried


@given(st.one_of(loops(), graphs().map(lambda graph: graph([Value(x) for x in graph.leaves]))))
@settings(deadline=None)
def test_each_repetition_is_like_the_others_but_for_numbers(root):
    graph = nodes(root)
    folding = fold_repeats(graph)
    assert {*folding.places} == {*graph}
    for node, place in folding.places.items():
        assert folding.places[place] is place
        assert node.operation is place.operation
    seen = set()
    for repeat in find_repeats(graph):
        assert len(repeat) >= 3
        where = {
            node: (i, place)
            for i, part in enumerate(repeat)
            for place, node in enumerate(part)
            if node is not None
        }
        assert seen.isdisjoint(where)
        seen |= {*where}
        for column in zip(*repeat, strict=True):
            own = [node for node in column if node is not None]
            for position, latest in enumerate(own[-1].inputs):
                begin = 0  # of what is taken from two repetitions ago, say, the first two have none
                if latest in where:
                    again, place = where[latest]
                    first = next(i for i, x in enumerate(repeat) if x[place] is not None)
                    begin = first + where[own[-1]][0] - again
                inputs = [x.inputs[position] for x in own[len(own) // 2 :] if where[x][0] >= begin]
                taken = {
                    where[x][1] if x in where else "number" if x.operation is None else "outside"
                    for x in inputs
                }
                assert len(taken) == 1


def test_a_batch_layer_by_layer_is_shown_whole_since_a_layer_is_one_matrix():
    model = make_model()
    rows = [x for x, _ in make_data()]
    hidden = [model.layers[0](row) for row in rows]
    scores = [model.layers[1](row) for row in hidden]
    loss = builtins.sum((score - 1.0) ** 2 for score in scores)
    assert Graph(loss, model).folding.repeats == []
    # A layer of one neuron has no matrix to be seen.
    neuron = nn.Neuron(2)
    scores = [neuron(row) for row in rows]
    loss = builtins.sum((score - 1.0) ** 2 for score in scores)
    assert [len(x) for x in Graph(loss, neuron).folding.repeats] == [COUNT, COUNT]


def test_a_repetition_begins_where_the_fewest_results_are_taken_across():
    a, x = Value(2.0), Value(1.0)
    for _ in range(20):
        x = (x + a / x) / 2
    assert shapes(x) == [(20, ["truediv", "add", "truediv"])]


def test_a_few_steps_are_found_in_each_of_which_all_operations_come_several_times():
    w = {name: (Value(0.3), Value(-0.5)) for name in "fioc"}

    def gate(name, x, h):
        return w[name][0] * x + w[name][1] * h

    h = c = Value(0.0)
    for x in [1.0, 0.5, -0.3, 0.7, 0.2, -1.0]:
        kept = gate("f", x, h).sigmoid() * c
        c = kept + gate("i", x, h).sigmoid() * gate("c", x, h).tanh()
        h = gate("o", x, h).sigmoid() * c.tanh()
    ((count, operations),) = shapes(h)
    assert count >= 5
    assert len(operations) == 21


def test_a_recurrent_layer_is_repeated_though_a_layer_of_many_rows_is_not():
    cell, h = nn.Layer(4, 3, activation="tanh"), [Value(0.0) for _ in range(3)]
    for i in range(12):
        h = cell([*h, i / 10])
    (repeat,) = Graph(micrograd_nn.sum(h), cell).folding.repeats
    assert [len(part) for part in repeat] == [6] * 12


def test_a_loop_in_a_loop_begins_like_the_ones_after_it():
    """What the first epoch takes from numbers, the next ones take from the epoch before."""
    w, total = Value(0.5), 0.0
    for epoch in range(5):
        total = total + builtins.sum((w * i - epoch) ** 2 for i in range(20))
    ((count, operations),) = shapes(total)
    assert (count, len(operations)) == (5, 80)


def test_named_neurons_are_no_repetitions_even_of_one_example():
    model = nn.MLP(2, [8, 1])
    assert Graph(model([1.0, 2.0]), model).folding.repeats == []
