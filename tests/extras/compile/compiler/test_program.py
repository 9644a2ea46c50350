"""Compiled graphs: the eager numbers bit for bit, whatever the graph."""

import math
import random
import re
from fractions import Fraction

import numpy as np
import pytest
from bits import pack_numbers
from hypothesis import assume, given
from hypothesis import strategies as st
from programs import assert_same_numbers, compile_at, run_graph
from strategies import for_every_row, graphs, inputs_of, searching

from micrograd_nn import Constant, Value, compile, nodes
from micrograd_nn.checks.samples import find_interval
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import ARITHMETIC
from micrograd_nn.nn import MLP


def near(random, numbers):
    return [x + random.uniform(-1e-3, 1e-3) for x in numbers]


# The eager numbers, bit for bit


@searching
@given(
    graph=graphs(max_size=60),
    random=st.randoms(use_true_random=False),
    count=st.integers(0, 4),
    n_rows=st.integers(1, 5),
)
def test_a_program_computes_other_numbers_as_the_graph_does(graph, random, count, n_rows):
    row, parameters = graph.leaves[:count], graph.leaves[count:]
    program = compile_at(lambda leaves, row: graph([*row, *leaves]), parameters, row)
    moved = near(random, parameters)
    rows = [near(random, row) for _ in range(n_rows)]
    try:
        run_graph(lambda leaves, row: graph([*row, *leaves]), moved, rows)
    except ARITHMETIC:
        assume(False)
    assert_same_numbers(lambda leaves, row: graph([*row, *leaves]), moved, rows, program)


@pytest.mark.by_graph
@searching
@given(graph=graphs(max_size=30), random=st.randoms(use_true_random=False))
def test_a_program_fails_as_the_graph_does(graph, random):
    """Far from the numbers that were recorded, the outcome is the same number or the same error."""
    leaves = [Value(x) for x in graph.leaves]
    program = compile(graph(leaves), [], leaves)
    moved = [random.uniform(-3, 3) for _ in leaves]
    try:
        wanted = run_graph(lambda leaves, row: graph(leaves), moved, [()])
    except ARITHMETIC as error:
        # A derivative that isn't needed isn't computed.
        if "the derivative of" not in str(error):
            with pytest.raises(type(error), match=re.escape(str(error))):
                program(moved)
    else:
        total, gradient = program(moved)
        assert pack_numbers([total]) == pack_numbers([wanted[0]])
        for found, slope in zip(gradient, wanted[1], strict=True):
            # A zero that stands for no derivative may be left out beside an infinity.
            assert pack_numbers([found]) == pack_numbers([slope]) or math.isnan(slope)


@searching
@given(graph=graphs(max_size=30), random=st.randoms(use_true_random=False))
def test_derivatives_by_inputs_and_by_inner_choice_are_the_graphs(graph, random):
    leaves = [Value(x) for x in graph.leaves]
    wrt = random.sample(leaves, random.randint(1, len(leaves)))
    program = compile(graph(leaves), leaves, wrt=wrt)
    other = [Value(x) for x in near(random, graph.leaves)]
    try:
        graph(other).backward()
    except ARITHMETIC:
        assume(False)
    _, gradient = program((), [[x.data for x in other]])
    assert pack_numbers(gradient) == pack_numbers([other[leaves.index(x)].grad for x in wrt])


@for_every_row
@searching
@given(data=st.data())
def test_every_row_compiles_whatever_of_its_inputs_is_constant(row, data):
    """Recorded at numbers from its domain, and run at others."""
    first = data.draw(inputs_of(row))
    other = [data.draw(st.floats(*find_interval(row, i))) for i in range(len(first))]
    kinds = [data.draw(st.sampled_from(["input", "parameter", "constant"])) for _ in first]
    moved = zip(first, other, kinds, strict=True)
    numbers = [a if kind == "constant" else b for a, b, kind in moved]

    def function(leaves, row_of_inputs):
        leaves, inputs, constants = iter(leaves), iter(row_of_inputs), iter(fixed)
        kind_of = {"input": inputs, "parameter": leaves, "constant": constants}
        out = row.apply([next(kind_of[kind]) for kind in kinds])
        return out * 0.75 + 0.5

    def those(kind, numbers):
        return [x for x, its_kind in zip(numbers, kinds, strict=True) if its_kind == kind]

    fixed = those("constant", first)
    assume(len(fixed) < len(first))
    program = compile_at(function, those("parameter", first), those("input", first))
    try:
        run_graph(function, those("parameter", numbers), [those("input", numbers)])
    except ARITHMETIC:
        assume(False)
    rows = [those("input", numbers), those("input", first), those("input", numbers)]
    assert_same_numbers(function, those("parameter", numbers), rows, program)


@searching
@given(graph=graphs(max_size=30), random=st.randoms(use_true_random=False))
def test_several_outputs_have_a_gradient_each(graph, random):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    inner = [node for node in nodes(root) if node.operation]
    outputs = [root, random.choice(inner), root * leaves[0]]
    program = compile(outputs, [], leaves)
    totals, gradients = program([x.data for x in leaves])
    for output, total, gradient in zip(outputs, totals, gradients, strict=True):
        for x in leaves:
            x.grad = 0.0
        output.backward()
        assert pack_numbers([total, *gradient]) == pack_numbers(
            [output.data, *[x.grad for x in leaves]]
        )
    assert program.predict([x.data for x in leaves]) == [output.data for output in outputs]


def curve(leaves, row):
    w, b = leaves
    return (w * w * b).tanh() * row[0] + (w * w * b).sin() * w - b


@searching
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=12))
def test_an_upstream_of_one_nth_gives_the_gradient_of_the_mean(xs):
    program = compile_at(curve, [0.3, 0.7], [1.0])
    w, b = Value(0.37), Value(-0.2)
    mean = op.mean([curve([w, b], [x]) for x in xs])
    mean.backward()
    total, gradient = program([0.37, -0.2], [[x] for x in xs], 1 / len(xs))
    assert pack_numbers(gradient) == pack_numbers([w.grad, b.grad])
    assert pack_numbers([total / len(xs)]) == pack_numbers([mean.data])


def test_a_start_continues_a_sum():
    """As if the later rows of one sum came first: it is taken from the last to the first."""
    program = compile_at(curve, [0.3, 0.7], [1.0])
    rows = [[x / 7] for x in range(9)]
    _, whole = program([0.4, 0.1], rows)
    _, half = program([0.4, 0.1], rows[4:])
    assert pack_numbers(program([0.4, 0.1], rows[:4], 1.0, half)[1]) == pack_numbers(whole)


@pytest.mark.parametrize("upstream", [2, Fraction(1, 4), np.float64(0.25), np.int64(3)])
def test_upstream_and_start_may_be_numbers_of_any_kind(upstream):
    x = Value(2.0)
    program = compile(x * x, [], [x])
    total, gradient = program([3.0], upstream=upstream, start=[upstream])
    assert pack_numbers([total, *gradient]) == pack_numbers(
        [9.0, float(upstream) + float(upstream) * 6.0]
    )
    total, gradient = program([3.0], start=np.array([1.5]))
    assert pack_numbers([total, *gradient]) == pack_numbers([9.0, 7.5])


@pytest.mark.parametrize("what", ["upstream", "start"])
@pytest.mark.parametrize("bad", ["a", None, True, Value(2.0), [1.0], 1j])
def test_an_upstream_or_a_start_that_is_no_number_is_refused(what, bad):
    x = Value(2.0)
    program = compile(x * x, [], [x])
    if (what, bad) == ("upstream", None):
        return
    with pytest.raises(TypeError, match=f"{what}.* needs a"):
        program([3.0], **{what: [bad] if what == "start" else bad})


# Edge cases of graphs


def leaf(x, w, v):
    return compile(x, [x], [w], wrt=[x])


def unused(x, w, v):
    return compile(x * w, [x], [w, v])


def listed(x, w, v):
    return compile([w * w], [], [w])


def constant(x, w, v):
    return compile(Constant(1.5) * 2)


def power(x, w, v):
    return compile(0.0**w, [], [w])  # whose derivative looks at its number


def negative(x, w, v):
    return compile(-(0.0**w), [], [w])


EDGES = {
    "a leaf": (leaf, lambda p: p([1.0], [[3.0], [4.0]]), (7.0, [2.0])),
    "a leaf, predicted": (leaf, lambda p: p.predict([1.0], [3.0]), 3.0),
    "a leaf, upstream": (leaf, lambda p: p([1.0], [[5.0]], 0.5), (5.0, [0.5])),
    "of no use": (unused, lambda p: p([2.0, 9.0], [[3.0]]), (6.0, [3.0, 0.0])),
    "of no use, with a start": (
        unused, lambda p: p([2.0, 9.0], [[3.0]], 1.0, [1.0, 5.0]), (6.0, [4.0, 5.0]),
    ),
    "no rows": (unused, lambda p: p([3.0, 1.0], []), (0.0, [0.0, 0.0])),
    "no rows to come": (unused, lambda p: p([3.0, 1.0], iter([])), (0.0, [0.0, 0.0])),
    "a start alone": (unused, lambda p: p([3.0, 1.0], [], 1.0, [7.0, 2.0]), (0.0, [7.0, 2.0])),
    "nothing predicted": (unused, lambda p: p.predictions([3.0, 1.0], []), []),
    "a list of one": (listed, lambda p: p([3.0]), ([9.0], [[6.0]])),
    "a list of one, predicted": (listed, lambda p: p.predict([3.0]), [9.0]),
    "lists of one": (listed, lambda p: p.predictions([3.0], [(), ()]), [[9.0], [9.0]]),
    "a constant": (constant, lambda p: p(), (3.0, [])),
    "a constant twice": (constant, lambda p: p((), [(), ()]), (6.0, [])),
    "a constant, predicted": (constant, lambda p: p.predict(), 3.0),
    "a base of zero": (power, lambda p: p([3.0]), (0.0, [0.0])),
    "a base of zero, predicted": (power, lambda p: p.predict([3.0]), 0.0),
    "a base of minus zero": (negative, lambda p: p([3.0]), (0.0, [0.0])),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_the_edges_of_programs(name):
    make, call, wanted = EDGES[name]
    assert call(make(Value(2.0), Value(3.0), Value(4.0))) == wanted


def test_a_sum_of_minus_zero_is_minus_zero_as_the_graphs():
    x = Value(-0.0)
    assert_same_numbers(lambda leaves, row: leaves[0] * row[0], [-0.0], [[1.0]])
    assert_same_numbers(lambda leaves, row: leaves[0] * row[0], [-0.0], [[1.0], [1.0]])
    assert math.copysign(1.0, compile(x * 1, [x]).predict((), [-0.0])) == -1.0


SPECIAL = [math.inf, -math.inf, math.nan, 0.0, -0.0, 1.0, -1.0, 1e308, 5e-324, -2.5]


@pytest.mark.parametrize("constant", SPECIAL)
@pytest.mark.parametrize(
    "name", ["add", "sub", "mul", "truediv", "atan2", "hypot", "max", "min", "equal", "leaky_relu"]
)
def test_constants_of_any_kind_keep_the_value(name, constant):
    """Infinite, not a number, minus zero: the forward part has the very bits."""
    operation = getattr(op, name)
    for numbers in ([constant, None], [None, constant]):
        for at in (1.5, -0.5, 0.0, -0.0):
            x, y = Value(0.75), Value(at)
            try:
                first = operation.apply([x if n is None else n for n in numbers]) * 0.5
                wanted = operation.apply([y if n is None else n for n in numbers]) * 0.5
            except ARITHMETIC:
                continue
            program = compile(first, [x])
            assert pack_numbers([program.predict((), [at])]) == pack_numbers([wanted.data])


@searching
@given(
    st.sampled_from(["mul", "add", "sub"]),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0]),
    st.floats(-3, 3),
)
def test_ones_and_zeros_change_no_bit_of_the_gradient(name, constant, x):
    operation = getattr(op, name)
    for inputs in ([0, constant], [constant, 0]):

        def function(leaves, row, inputs=inputs):
            first, second = (leaves[0] if i is inputs[inputs.index(0)] else i for i in inputs)
            return operation(first, second) * leaves[0] + operation(second, leaves[0]).tanh()

        assert_same_numbers(function, [x], [()])


@pytest.mark.parametrize("y", [2.0, 3.0, -2.0, -3.0, 1.0, 0.0, 0.5, 2.5, -0.5])
@pytest.mark.parametrize("x", [1.7, -1.7, 0.25])
def test_constant_exponents_are_the_graphs(x, y):
    if x < 0 and not float(y).is_integer():
        return
    assert_same_numbers(lambda leaves, row: leaves[0] ** y + leaves[0], [x], [()])


def test_a_base_that_becomes_zero_in_one_of_the_rows_keeps_all_bits():
    def function(leaves, row):
        (y,) = leaves
        return row[0] ** y + 0.1 * y * y * y

    rows = [[0.1], [0.0], [0.7], [1e10], [0.0]]
    program = compile_at(lambda leaves, row: function(leaves, row), [1.5], [2.0])
    leaves = [Value(1.3)]
    total = op.sum([function(leaves, [Value(x)]) for (x,) in rows])
    total.backward()
    found, gradient = program([1.3], rows)
    assert pack_numbers([found, *gradient]) == pack_numbers([total.data, leaves[0].grad])
    half = program([1.3], rows[3:])[1]
    assert pack_numbers(program([1.3], rows[:3], 1.0, half)[1]) == pack_numbers(gradient)


def test_an_exponent_that_becomes_zero_has_the_graphs_derivatives():
    x, y = Value(2.0), Value(1.5)
    program = compile(x**y, [x, y], wrt=[x, y])
    for a, b in [(2.0, 0.0), (0.0, 2.0), (0.0, 1.0), (3.0, 1.0)]:
        p, q = Value(a), Value(b)
        out = p**q
        out.backward()
        total, gradient = program((), [[a, b]])
        assert pack_numbers([total, *gradient]) == pack_numbers([out.data, p.grad, q.grad])


@searching
@given(
    seed=st.integers(0, 1000),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    rows=st.lists(st.tuples(*[st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.3, -2.5])] * 2), min_size=1),
    ends_off=st.booleans(),
)
def test_neurons_that_are_switched_off_change_no_bit(seed, sizes, rows, ends_off):
    """Nothing flows back through them, so that a program may skip it."""
    model = MLP(2, sizes, rng=random.Random(seed))

    def function(row):
        outputs = model(row)
        total = op.sum(outputs if isinstance(outputs, list) else [outputs])
        return op.relu(total) if ends_off else total

    inputs, parameters = [Value(1.0), Value(-0.5)], model.parameters()
    program = compile(function(inputs), inputs, parameters)
    out = op.sum([function([Value(x) for x in row]) for row in rows])
    model.zero_grad()
    out.backward()
    total, gradient = program([w.data for w in parameters], rows)
    assert pack_numbers([total]) == pack_numbers([out.data])
    assert pack_numbers(gradient) == pack_numbers([w.grad for w in parameters])


@pytest.mark.parametrize("w", [math.nan, math.inf, -math.inf, 2.0, 0.0, -0.0])
@pytest.mark.parametrize("x", [math.nan, math.inf, 1.5, -1.5, 0.0])
def test_not_a_number_is_not_switched_off(x, w):
    def function(leaves, row):
        return op.relu(leaves[0] * row[0] + leaves[0]) * leaves[0] + op.relu(leaves[0])

    total, gradient = compile_at(function, [1.0], [2.0])([w], [[x]])
    wanted = run_graph(function, [w], [[x]])
    assert pack_numbers([total, *gradient]) == pack_numbers([wanted[0], *wanted[1]])


# Wide and deep
