"""Loops: written out again, they are the nodes in their own order, whatever made them."""

import random
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import searching
from styles import STYLES

from micrograd_nn import MLP, Value, nodes
from micrograd_nn.engine import table as op
from micrograd_nn.graph.loops import CONSTANTS, INPUTS, PARAMETERS, Loop, find_loops, find_runs


def write_out(items, turns=()):
    """Yield each node's operation, its place and the places of its inputs."""
    for item in items:
        if isinstance(item, Loop):
            for turn in range(item.turns):
                yield from write_out(item.items, (*turns, turn))
        else:
            yield item.operation, *[list_places(x, turns) for x in (item.result, *item.operands)]


def list_places(operand, turns):
    first = operand.place + sum(s * t for s, t in zip(operand.strides, turns, strict=True))
    return [first + i * operand.step for i in range(operand.length)]


def count_lines(items):
    return sum(count_lines(x.items) if isinstance(x, Loop) else 1 for x in items)


def assert_same_nodes(root, parameters, inputs, **options):
    """Compare loops, written out, with the graph that they were found in; return them."""
    places = {x: PARAMETERS + i for i, x in enumerate(parameters)}
    places |= {x: INPUTS + i for i, x in enumerate(inputs)}
    items = find_loops(nodes(root), places, **options)
    found = [(op, at, [*chain(*taken)]) for op, at, *taken in write_out(items)]
    computed = [x for x in nodes(root) if x.operation is not None]
    assert found == [(x.operation, [places[x]], [places[y] for y in x.inputs]) for x in computed]
    return items


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("most_written", [0, 50, 10**9])
def test_written_out_they_are_the_graph(style, most_written):
    function, *counts = STYLES[style]
    parameters, inputs = [[Value(0.1 * i) for i in range(count)] for count in counts]
    root = function(parameters, inputs)
    items = assert_same_nodes(root, parameters, inputs, most_written=most_written)
    computed = [x for x in nodes(root) if x.operation is not None]
    if most_written == 0:
        assert count_lines(items) < len(computed) / 2
    if most_written == 10**9:
        assert count_lines(items) == len(computed)


@searching
@given(st.randoms(use_true_random=False))
def test_of_random_graphs_too(rng):
    values = leaves = [Value(rng.random()) for _ in range(8)]
    for _ in range(rng.randrange(1, 40)):
        x, y, count = rng.choice(values), rng.choice(values), rng.randrange(1, 9)
        made = rng.choice(
            [
                [x * y],
                [op.tanh(x)],
                [op.sum(rng.choices(values, k=count))],
                [a * b for a, b in zip(values[-count:], leaves, strict=False)],
                [x + 1.0],
            ]
        )
        values = [*values, *made]
    assert_same_nodes(sum(values), leaves[:4], leaves[4:])


def test_a_network_of_many_rows_has_as_many_lines_as_one():
    model = MLP(3, [8, 2], rng=random.Random(0))

    def loss(count):
        return sum(sum(model([i / 10, 0.5, 1.0])) for i in range(count))

    few, many = [assert_same_nodes(loss(n), model.parameters(), []) for n in (10, 100)]
    assert count_lines(few) == count_lines(many) < 20


def test_a_node_alone_is_in_no_loop_and_other_leaves_are_constants():
    x, w = Value(2.0), [Value(float(i)) for i in range(9)]
    terms = [a * x * 0.5 for a in w]
    places = {a: PARAMETERS + i for i, a in enumerate(w)}
    items = find_loops(nodes(sum(terms)), places, alone={terms[4]})
    assert terms[4] in [item.node for item in items if not isinstance(item, Loop)]
    assert places[x] == CONSTANTS + 0


@pytest.mark.parametrize("places", [[], [4], [3, 2, 1], [1, 1, 1, 1], [1, 2, 3, 5, 7, 9, 9, 9]])
def test_runs_are_places_in_their_order(places):
    begins, runs = find_runs(places)
    given = zip(begins, runs, strict=True)
    assert [x + i * step for x, (count, step) in given for i in range(count)] == places
