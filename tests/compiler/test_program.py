"""Compiled graphs: the eager numbers bit for bit, guards where it branched, readable source."""

import copy
import gc
import inspect
import io
import linecache
import math
import operator
import pdb
import pickle
import random
import re
import threading
from fractions import Fraction
from struct import pack

import numpy as np
import pytest
from golden import assert_stands
from hypothesis import assume, given
from hypothesis import strategies as st
from places import GOLDEN
from strategies import every_row, graphs, inputs_of, random_graph, searching

from micrograd_nn import OPERATIONS, Constant, Operation, Reduction, Value, compile, nodes
from micrograd_nn.compiler.program import BranchError
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import ARITHMETIC
from micrograd_nn.nn import MLP
from micrograd_nn.testing import interval

ROWS = pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)


def bits(numbers):
    """Return the eight bytes of each float; every not-a-number has the same."""
    assert all(type(x) is float for x in numbers)
    return [pack("d", math.nan if math.isnan(x) else x) for x in numbers]


def recorded(function, parameters, rows):
    """Return function(parameters, row) summed over rows and its gradient, by the graph."""
    leaves = [Value(x) for x in parameters]
    total = op.sum([function(leaves, list(map(Value, row))) for row in rows])
    total.backward()
    return total.data, [x.grad or 0.0 for x in leaves]


def program_of(function, parameters, row):
    """Return the program of function(parameters, row), recorded at these numbers."""
    inputs, leaves = [Value(x) for x in row], [Value(x) for x in parameters]
    return compile(function(leaves, inputs), inputs, leaves)


def assert_same(function, parameters, rows, program=None):
    """Compare value, gradient and predictions with the graph's, bit for bit."""
    program = program or program_of(function, parameters, rows[0])
    total, gradient = program(parameters, rows)
    wanted_total, wanted_gradient = recorded(function, parameters, rows)
    assert bits([total]) == bits([wanted_total])
    assert bits(gradient) == bits(wanted_gradient)
    alone = [recorded(function, parameters, [row])[0] for row in rows]
    assert bits(program.predictions(parameters, rows)) == bits(alone)


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
    program = program_of(lambda leaves, row: graph([*row, *leaves]), parameters, row)
    moved = near(random, parameters)
    rows = [near(random, row) for _ in range(n_rows)]
    try:
        recorded(lambda leaves, row: graph([*row, *leaves]), moved, rows)
    except ARITHMETIC:
        assume(False)
    assert_same(lambda leaves, row: graph([*row, *leaves]), moved, rows, program)


@searching
@given(graph=graphs(max_size=30), random=st.randoms(use_true_random=False))
def test_a_program_fails_as_the_graph_does(graph, random):
    """Far from the numbers that were recorded, the outcome is the same number or the same error."""
    leaves = [Value(x) for x in graph.leaves]
    program = compile(graph(leaves), [], leaves)
    moved = [random.uniform(-3, 3) for _ in leaves]
    try:
        wanted = recorded(lambda leaves, row: graph(leaves), moved, [()])
    except ARITHMETIC as error:
        # A derivative that isn't needed isn't computed.
        if "the derivative of" not in str(error):
            with pytest.raises(type(error), match=re.escape(str(error))):
                program(moved)
    else:
        total, gradient = program(moved)
        assert bits([total]) == bits([wanted[0]])
        for found, slope in zip(gradient, wanted[1], strict=True):
            # A zero that stands for no derivative may be left out beside an infinity.
            assert bits([found]) == bits([slope]) or math.isnan(slope)


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
    assert bits(gradient) == bits([other[leaves.index(x)].grad for x in wrt])


@ROWS
@searching
@given(data=st.data())
def test_every_row_compiles_whatever_of_its_inputs_is_constant(row, data):
    """Recorded at numbers from its domain, and run at others."""
    first = data.draw(inputs_of(row))
    other = [data.draw(st.floats(*interval(row, i))) for i in range(len(first))]
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
    program = program_of(function, those("parameter", first), those("input", first))
    try:
        recorded(function, those("parameter", numbers), [those("input", numbers)])
    except ARITHMETIC:
        assume(False)
    rows = [those("input", numbers), those("input", first), those("input", numbers)]
    assert_same(function, those("parameter", numbers), rows, program)


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
        assert bits([total, *gradient]) == bits([output.data, *[x.grad for x in leaves]])
    assert program.predict([x.data for x in leaves]) == [output.data for output in outputs]


def test_a_list_of_one_output_gives_lists_too():
    x = Value(2.0)
    program = compile([x * x], [], [x])
    assert program([3.0]) == ([9.0], [[6.0]])
    assert program.predict([3.0]) == [9.0]
    assert program.predictions([3.0], [(), ()]) == [[9.0], [9.0]]


def curve(leaves, row):
    w, b = leaves
    return (w * w * b).tanh() * row[0] + (w * w * b).sin() * w - b


@searching
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=12), st.floats(-2, 2), st.floats(-2, 2))
def test_a_sum_over_rows_is_rounded_as_the_graph_of_the_sum(xs, w, b):
    assert_same(curve, [w, b], [[x] for x in xs])


@searching
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=12))
def test_an_upstream_of_one_nth_gives_the_gradient_of_the_mean(xs):
    program = program_of(curve, [0.3, 0.7], [1.0])
    w, b = Value(0.37), Value(-0.2)
    mean = op.mean([curve([w, b], [x]) for x in xs])
    mean.backward()
    total, gradient = program([0.37, -0.2], [[x] for x in xs], 1 / len(xs))
    assert bits(gradient) == bits([w.grad, b.grad])
    assert bits([total / len(xs)]) == bits([mean.data])


def test_a_start_continues_a_sum():
    """As if the later rows of one sum came first: it is taken from the last to the first."""
    program = program_of(curve, [0.3, 0.7], [1.0])
    rows = [[x / 7] for x in range(9)]
    _, whole = program([0.4, 0.1], rows)
    _, half = program([0.4, 0.1], rows[4:])
    assert bits(program([0.4, 0.1], rows[:4], 1.0, half)[1]) == bits(whole)


def test_a_start_is_left_as_it_was():
    program = program_of(curve, [0.3, 0.7], [1.0])
    start = [1.0, 2.0]
    _, gradient = program([0.4, 0.1], [[1.0]], 1.0, start)
    assert start == [1.0, 2.0] != gradient


@pytest.mark.parametrize("upstream", [2, Fraction(1, 4), np.float64(0.25), np.int64(3)])
def test_upstream_and_start_may_be_numbers_of_any_kind(upstream):
    x = Value(2.0)
    program = compile(x * x, [], [x])
    total, gradient = program([3.0], upstream=upstream, start=[upstream])
    assert bits([total, *gradient]) == bits([9.0, float(upstream) + float(upstream) * 6.0])
    total, gradient = program([3.0], start=np.array([1.5]))
    assert bits([total, *gradient]) == bits([9.0, 7.5])


def test_a_start_may_be_an_array():
    x, y = Value(2.0), Value(3.0)
    program = compile(x * y, [], [x, y])
    assert bits(program([2.0, 3.0], start=np.array([1.0, 2.0]))[1]) == bits([4.0, 4.0])


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


def test_a_leaf_may_be_the_root():
    x = Value(2.0, "x")
    program = compile(x, [x], wrt=[x])
    assert program((), [[3.0], [4.0]]) == (7.0, [2.0])
    assert program.predict((), [3.0]) == 3.0
    assert compile(x, [], [x])([5.0], upstream=0.5) == (5.0, [0.5])


def test_a_leaf_may_be_used_twice():
    x = Value(2.0)
    assert compile(x * x + x, [], [x])([3.0]) == (12.0, [7.0])


def test_a_parameter_that_is_not_used_has_a_gradient_of_zero():
    x, w, unused = Value(1.0), Value(2.0), Value(3.0, "unused")
    program = compile(x * w, [x], [w, unused])
    assert program([2.0, 9.0], [[3.0]]) == (6.0, [3.0, 0.0])
    assert program([2.0, 9.0], [[3.0]], 1.0, [1.0, 5.0]) == (6.0, [4.0, 5.0])


def test_a_derivative_may_be_asked_for_twice():
    x = Value(3.0)
    program = compile(x * x, [x], wrt=[x, x])
    assert program((), [[3.0]]) == (9.0, [6.0, 6.0])


def test_constants_alone_are_a_program():
    for root in (Constant(3.0), Constant(1.5) * 2, Value(3.0).detach()):
        program = compile(root)
        assert program() == (3.0, [])
        assert program((), [(), ()]) == (6.0, [])
        assert program.predict() == 3.0


def test_no_rows_sum_to_zero():
    x, w = Value(2.0), Value(3.0)
    program = compile(x * w, [x], [w])
    assert program([3.0], []) == (0.0, [0.0])
    assert program([3.0], iter([])) == (0.0, [0.0])
    assert program([3.0], [], 1.0, [7.0]) == (0.0, [7.0])
    assert program.predictions([3.0], []) == []


def test_a_graph_without_inputs_has_rows_of_nothing():
    w = Value(2.0)
    program = compile(w * w, [], [w])
    assert program([3.0]) == (9.0, [6.0])
    assert program([3.0], [[], []]) == (18.0, [12.0])
    assert program.predict([3.0]) == 9.0


def test_a_sum_of_minus_zero_is_minus_zero_as_the_graphs():
    x = Value(-0.0)
    assert_same(lambda leaves, row: leaves[0] * row[0], [-0.0], [[1.0]])
    assert_same(lambda leaves, row: leaves[0] * row[0], [-0.0], [[1.0], [1.0]])
    assert math.copysign(1.0, compile(x * 1, [x]).predict((), [-0.0])) == -1.0


SPECIAL = [math.inf, -math.inf, math.nan, 0.0, -0.0, 1.0, -1.0, 1e308, 5e-324, -2.5]


@pytest.mark.parametrize("constant", SPECIAL)
@pytest.mark.parametrize(
    "name",
    ["add", "sub", "mul", "truediv", "atan2", "hypot", "max", "min", "equal", "leaky_relu"],
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
            assert bits([program.predict((), [at])]) == bits([wanted.data])


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

        assert_same(function, [x], [()])


def test_powers_with_negative_numbers_stand_in_parentheses():
    def function(leaves, row):
        (x,) = leaves
        return (-3.0) ** 2.0 * x + x**3 + x**-2 + (-x) ** 2 - (-2.0) * x + op.pow(-3.0, 2) * x**2

    for x in (-1.7, 2.0, 0.3):
        assert_same(function, [x], [(), ()])


@pytest.mark.parametrize("y", [2.0, 3.0, -2.0, -3.0, 1.0, 0.0, 0.5, 2.5, -0.5])
@pytest.mark.parametrize("x", [1.7, -1.7, 0.25])
def test_constant_exponents_are_the_graphs(x, y):
    if x < 0 and not float(y).is_integer():
        return
    assert_same(lambda leaves, row: leaves[0] ** y + leaves[0], [x], [()])


def test_a_constant_base_is_the_graphs():
    assert_same(lambda leaves, row: 3.0 ** leaves[0] + 0.5 ** -leaves[0], [1.3], [(), ()])


@pytest.mark.parametrize("base", [0.0, -0.0])
def test_a_base_of_zero_has_a_derivative_by_the_exponent(base):
    """The rule for it looks at its number, which is the one that a program can't."""
    y = Value(2.0)
    program = compile(base**y, [], [y])
    assert program([3.0]) == (0.0, [0.0])
    assert program.predict([3.0]) == 0.0


def test_a_base_that_becomes_zero_in_one_of_the_rows_keeps_all_bits():
    def function(leaves, row):
        (y,) = leaves
        return row[0] ** y + 0.1 * y * y * y

    rows = [[0.1], [0.0], [0.7], [1e10], [0.0]]
    program = program_of(lambda leaves, row: function(leaves, row), [1.5], [2.0])
    leaves = [Value(1.3)]
    total = op.sum([function(leaves, [Value(x)]) for (x,) in rows])
    total.backward()
    found, gradient = program([1.3], rows)
    assert bits([found, *gradient]) == bits([total.data, leaves[0].grad])
    half = program([1.3], rows[3:])[1]
    assert bits(program([1.3], rows[:3], 1.0, half)[1]) == bits(gradient)


def test_an_exponent_that_becomes_zero_has_the_graphs_derivatives():
    x, y = Value(2.0), Value(1.5)
    program = compile(x**y, [x, y], wrt=[x, y])
    for a, b in [(2.0, 0.0), (0.0, 2.0), (0.0, 1.0), (3.0, 1.0)]:
        p, q = Value(a), Value(b)
        out = p**q
        out.backward()
        total, gradient = program((), [[a, b]])
        assert bits([total, *gradient]) == bits([out.data, p.grad, q.grad])


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
    assert bits([total]) == bits([out.data])
    assert bits(gradient) == bits([w.grad for w in parameters])


@pytest.mark.parametrize("w", [math.nan, math.inf, -math.inf, 2.0, 0.0, -0.0])
@pytest.mark.parametrize("x", [math.nan, math.inf, 1.5, -1.5, 0.0])
def test_not_a_number_is_not_switched_off(x, w):
    def function(leaves, row):
        return op.relu(leaves[0] * row[0] + leaves[0]) * leaves[0] + op.relu(leaves[0])

    total, gradient = program_of(function, [1.0], [2.0])([w], [[x]])
    wanted = recorded(function, [w], [[x]])
    assert bits([total, *gradient]) == bits([wanted[0], *wanted[1]])


# Labels


LABELS = ["2x", "lambda", "a-b", "größe", "日本", "w", "w", "exp", "total", "rows", "print", ""]
LABELS += ["d_w", "v1", "t1", "result", "program", "predict", "inf", "None", "{0}", '"\n\\', "½"]
LABELS += ["upstream", "start", "row", "results", "parameters", "x", "µ", "μ", "𝐞𝐱𝐩", "ﬁ", "fi"]


def labelled(labels):
    leaves = [Value(i + 0.5, label) for i, label in enumerate(labels)]
    inner = op.sum([x * x for x in leaves])
    inner.label = labels[0]
    out = inner * leaves[0].tanh() + op.dot(leaves, leaves) / leaves[-1].exp()
    out.label = labels[-1]
    out = out * 2 if inner > 0 else out
    return leaves, out


def test_any_label_may_be_a_leafs_and_a_nodes():
    leaves, out = labelled(LABELS)
    program = compile(out, [], leaves)
    out.backward()
    total, gradient = program([x.data for x in leaves])
    assert bits([total, *gradient]) == bits([out.data, *[x.grad for x in leaves]])
    assert program.predict([x.data for x in leaves]) == out.data


@searching
@given(st.lists(st.one_of(st.text(max_size=4), st.sampled_from(LABELS)), min_size=1, max_size=5))
def test_no_labels_can_mix_up_numbers(labels):
    leaves, out = labelled(labels)
    program = compile(out, leaves[:1], leaves[1:], wrt=leaves)
    out.backward()
    total, gradient = program([x.data for x in leaves[1:]], [[leaves[0].data]])
    assert bits([total, *gradient]) == bits([out.data, *[x.grad for x in leaves]])


def test_names_come_from_labels_from_a_model_from_a_dictionary_or_from_the_place():
    x, y, w, v = Value(1.0), Value(1.0, "y"), Value(1.0), Value(1.0)
    program = compile(x * w + y * v, [x, y], [w, v], names={"weight": w, "in": x})
    assert list(program.inputs.values()) == ["in_", "y"]
    assert list(program.parameters.values()) == ["weight", "p2"]
    model = MLP(1, [1], rng=random.Random(0))
    program = compile(model([x]), [x], model.parameters(), names=model)
    assert list(program.parameters.values()) == [
        "layers_0_neurons_0_w_0",
        "layers_0_neurons_0_b",
    ]


# Wide and deep


@pytest.mark.parametrize(
    "operation", [op.sum, op.prod, op.max, op.logsumexp, op.mean, op.dot], ids=lambda row: row.name
)
def test_a_reduction_of_five_thousand_is_the_graphs(operation):
    rng = random.Random(0)
    xs = [Value(rng.uniform(0.9, 1.1)) for _ in range(5001)]
    out = operation.apply(xs)
    out.backward()
    total, gradient = compile(out, [], xs)([x.data for x in xs])
    assert bits([total, *gradient]) == bits([out.data, *[x.grad for x in xs]])


def test_a_chain_of_twenty_thousand_nodes_is_the_graphs():
    x, w = Value(0.5), Value(1.001)
    y = x
    for i in range(20_000):
        y = (y.sin(), y * w, y + x, -y)[i % 4]
    program = compile(y, [x], [w], wrt=[x, w])
    y.backward()
    total, gradient = program([1.001], [[0.5]])
    assert bits([total, *gradient]) == bits([y.data, x.grad, w.grad])


def test_a_random_graph_of_two_thousand_operations_is_the_graphs():
    graph = random_graph(1, 2000)
    leaves = [Value(x) for x in graph.leaves]
    out = graph(leaves)
    out.backward()
    total, gradient = compile(out, [], leaves)(graph.leaves)
    assert bits([total, *gradient]) == bits([out.data, *[x.grad for x in leaves]])


def test_many_leaves_of_one_label_each_have_a_name():
    xs = [Value(float(i), "w") for i in range(300)]
    out = op.dot(xs, xs)
    assert compile(out, [], xs)([1.0] * 300) == (300.0, [2.0] * 300)


# Guards


def refused_or_right(program, function, row):
    """Return whether a program refused; if it didn't, its number must be the function's."""
    wanted = function(*[Value(x) for x in row])
    try:
        found = program.predict((), row)
    except BranchError:
        return True
    assert bits([found]) == bits([wanted.data if isinstance(wanted, Value) else float(wanted)])
    return False


def guarded(function, first, others):
    """Compile a function's graph at some numbers, and return at which others it refuses."""
    inputs = [Value(x) for x in first]
    try:
        program = compile(function(*inputs), inputs)
    except ValueError as error:  # of a number that is gone
        assert "compile the function" in str(error)  # noqa: PT017
        return list(others)
    assert not refused_or_right(program, function, first)
    return [row for row in others if refused_or_right(program, function, row)]


def test_a_branch_that_would_go_the_other_way_is_an_error_that_says_which():
    x = Value(2.0, "x")
    program = compile(x * x if x > 0 else -x, [x], wrt=[x])
    assert program((), [[3.0]]) == (9.0, [6.0])
    message = (
        r"^x > 0(\.0)? was True when the graph was recorded: "
        r"record and compile the graph anew, or compile the function that makes it$"
    )
    for compute in (program, program.predict):
        with pytest.raises(BranchError, match=message):
            compute((), [[-3.0]] if compute is program else [-3.0])
    assert issubclass(BranchError, ValueError)
    with pytest.raises(BranchError):
        program((), [[3.0], [-3.0], [3.0]])


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
@pytest.mark.parametrize("first", [-1.0, 0.0, 1.0, math.nan])
def test_every_comparison_is_guarded_and_with_not_a_number_too(compare, first):
    def function(x):
        return x * 2 if compare(x, 0) else x * 3

    numbers = [-1.0, 0.0, -0.0, 1.0, math.inf, math.nan]
    refused = guarded(function, [first], [[x] for x in numbers])
    assert refused == [[x] for x in numbers if compare(x, 0) != compare(first, 0)]


@pytest.mark.parametrize(
    "threshold", [0, 0.5, -0.5, 10**20, Fraction(1, 2), np.float64(0.5), np.float32(0.5), math.inf]
)
def test_a_threshold_may_be_a_number_of_any_kind(threshold):
    def function(x):
        return x * 2 if x >= threshold else x * 3

    numbers, was = [-3.0, 0.5, 1e30, math.inf], bool(threshold <= 2)
    refused = guarded(function, [2.0], [[x] for x in numbers])
    assert refused == [[x] for x in numbers if (x >= threshold) != was]


BRANCHING = {
    "two inputs": lambda x, y: x * 2 if x > y else y * 3,
    "mirrored": lambda x, y: x * 2 if y < x else y * 3,
    "a node and an input": lambda x, y: y * 2 if x * 2 > y else y * 3,
    "an input and a younger node": lambda x, y: x * 2 if x > y * 2 else x * 3,
    "two nodes that go no further": lambda x, y: x * 2 if x * x > y * 2 else x * 3,
    "an input and a younger constant": lambda x, y: x * 2 if x > Constant(1.0) else x * 3,
    "a detached number": lambda x, y: x * 2 if x > Value(1.0).detach() else x * 3,
    "the root itself": lambda x, y: (lambda z: z if z > 1 else 0 * z)(x * y),
    "a hand-written relu": lambda x, y: (lambda z: z if z > 0 else 0.0)(x - y),
    "the larger of two nodes": lambda x, y: (lambda a, b: a if a > b else b)(x * 1.5, y * y),
    "Python's max of leaves": lambda x, y: max(x, y),
    "Python's max, used": lambda x, y: max(x, y) * 3,
    "Python's min of nodes": lambda x, y: min(x * 1.5, y * y) + 1,
    "sorted": lambda x, y: sorted([x * 2, y, x * y], key=lambda z: z)[1] * 2,
    "clipped": lambda x, y: (lambda z: 0 * z if z < 0 else z if z < 2 else 0 * z + 2)(x + y),
    "a loop": lambda x, y: sum([x for n in range(5) if x > n * 0.7]) + y,
    "twice": lambda x, y: (x if x > 0 else -x) * (y if y > x else -y),
}


@pytest.mark.parametrize("name", BRANCHING)
def test_a_graph_is_never_silently_that_of_another_branch(name):
    others = [[x, y] for x in (-2.0, 0.25, 1.0, 1.2, 4.0) for y in (-1.0, 0.5, 1.0, 3.0)]
    function = BRANCHING[name]
    for first in [[2.0, 1.0], [0.5, 1.5], [-1.0, 2.0], [3.0, 2.5]]:
        inputs = [Value(x) for x in first]
        out = function(*inputs)
        if isinstance(out, Value):  # else the branch is to a plain number
            try:
                program = compile(out, inputs)
            except ValueError as error:  # it compared a number that is gone
                assert "compile the function" in str(error)  # noqa: PT017
                continue
            assert not refused_or_right(program, function, first)
            for row in others:
                refused_or_right(program, function, row)


def test_a_comparison_with_a_leaf_that_is_no_input_asks_for_it():
    x, threshold = Value(2.0), Value(1.0, "threshold")
    y = x * 2 if x > threshold else x
    with pytest.raises(ValueError, match=r"'threshold'.*list it, or use its .detach"):
        compile(y, [x])
    program = compile(y, [x], [threshold])
    assert program([1.0], [[3.0]]) == (6.0, [0.0])
    with pytest.raises(BranchError):
        program([3.5], [[3.0]])


def test_a_number_that_is_compared_very_often_is_still_guarded():
    def function(x):
        return x * sum([1 for threshold in reversed(range(1500)) if x > threshold])

    refused = guarded(function, [2000.5], [[1200.5], [3.5], [3000.0]])
    assert refused == [[1200.5], [3.5]]


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))], ids=["copied", "pickled"]
)
def test_a_copy_of_a_graph_is_guarded(again):
    x = Value(2.0)
    y = again(x * 2 if x > 0 else x * 3)
    (x,) = [node for node in nodes(y) if not node.inputs and type(node) is Value]
    program = compile(y, [x])
    with pytest.raises(BranchError):
        program.predict((), [-1.0])


def test_what_is_compared_after_the_graph_for_another_purpose_may_be_refused_but_not_wrong():
    """Such as whether the loss is small enough to stop."""
    x = Value(2.0)
    loss = x * x
    if loss > 3:
        pass
    refused_or_right(compile(loss, [x]), lambda x: x * x, [1.0])


def test_a_row_that_fails_leaves_no_other_row_unguarded():
    """0 ** y fails in its derivative, is computed by the graph, and that knows no guards."""
    x, y = Value(0.5), Value(2.0)
    program = compile(x**y * (2 if x < 1 else 3), [x], [y])
    assert program([2.0], [[0.0]]) == (0.0, [0.0])
    for rows in ([[2.0], [0.0]], [[0.0], [2.0]], [[0.0], [2.0], [0.0]]):
        with pytest.raises(BranchError):
            program([2.0], rows)


# Errors


def test_an_operation_that_fails_tells_operation_number_and_label():
    x = Value(2.0, "x")
    program = compile(x.log(), [x], wrt=[x])
    for compute in (program, program.predictions):
        with pytest.raises(ValueError, match=r"^log\(x\) needs x > 0; x = -1.0 \(label 'x'\)$"):
            compute((), [[1.0], [-1.0]])
    with pytest.raises(ValueError, match=r"needs x > 0; x = 0.0"):
        program.predict((), [0.0])


def test_an_inner_nodes_label_is_told_too():
    x = Value(2.0)
    total = x * 2
    total.label = "total"
    program = compile(total.log(), [x])
    with pytest.raises(ValueError, match=r"x = -2.0 \(label 'total'\)"):
        program.predict((), [-1.0])


@pytest.mark.parametrize(
    ("function", "bad", "kind", "message"),
    [
        (lambda x: 1 / x, 0.0, ZeroDivisionError, r"x / y needs y != 0"),
        (lambda x: x.exp(), 1000.0, OverflowError, r"exp\(x\) is beyond the largest float"),
        (lambda x: x**0.5, -1.0, ValueError, r"x \*\* y needs"),
        (lambda x: x**-1, 0.0, ZeroDivisionError, r"x \*\* y needs"),
        (lambda x: op.asin(x), 2.0, ValueError, r"asin\(x\) needs -1 <= x <= 1"),
        (lambda x: op.sin(x), math.inf, ValueError, r"sin\(x\) needs a finite x"),
        (lambda x: x.sqrt(), 0.0, ZeroDivisionError, r"derivative of sqrt\(x\) needs x > 0"),
    ],
)
def test_a_failure_is_that_of_the_graph(function, bad, kind, message):
    x = Value(0.5, "x")
    program = compile(function(x), [x], wrt=[x])
    with pytest.raises(kind, match=message) as graphs:
        function(Value(bad, "x"))
    with pytest.raises(kind, match=message) as programs:
        program((), [[bad]])
    assert str(programs.value) == str(graphs.value)


def test_a_prediction_asks_for_no_derivative():
    """The square root has a value at 0, and no finite derivative there."""
    x = Value(4.0)
    program = compile(x.sqrt(), [x])
    assert program.predict((), [0.0]) == 0.0
    with pytest.raises(ValueError, match=r"^sqrt\(x\) needs x >= 0; x = -1.0"):
        program.predictions((), [[0.0], [-1.0]])


def test_an_error_of_another_kind_goes_on_up():
    def broken(x):
        if x > 1:
            raise KeyError("no such number")
        return x

    own = Operation("own", broken, [lambda out, x: 1.0])
    x = Value(0.5)
    program = compile(own(x), [x])
    with pytest.raises(KeyError, match="no such number"):
        program.predict((), [2.0])


@pytest.mark.parametrize(
    ("parameters", "rows", "message"),
    [
        ([], [[1.0]], r"takes 1 parameter.*\(w\), not 0"),
        ([1.0, 2.0], [[1.0]], r"takes 1 parameter.*\(w\), not 2"),
        ([1.0], [[]], r"takes 1 input.* row 0.*\(x\), not 0"),
        ([1.0], [[1.0], [1.0, 2.0]], r"takes 1 input.* row 1.*\(x\), not 2"),
    ],
)
def test_a_wrong_number_of_numbers_is_told_with_their_names(parameters, rows, message):
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(x * w, [x], [w])
    for compute in (program, program.predictions):
        with pytest.raises(ValueError, match=message):
            compute(parameters, rows)


def test_a_start_of_the_wrong_length_is_told():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(x * w, [x], [w])
    for start in ([], [1.0, 2.0]):
        with pytest.raises(ValueError, match=rf"1 numbers as start \(w\), not {len(start)}"):
            program([1.0], [[1.0]], 1.0, start)


@pytest.mark.parametrize("bad", ["3", None, True, 1j, Value(1.0), [1.0]])
def test_what_is_no_number_is_refused(bad):
    x, w = Value(2.0), Value(3.0)
    program = compile(x * w, [x], [w])
    with pytest.raises(TypeError, match="one of the parameters needs a"):
        program([bad], [[1.0]])
    with pytest.raises(TypeError, match=r"one of the inputs, in row 1,? needs a"):
        program([1.0], [[1.0], [bad]])
    with pytest.raises(TypeError, match="one of the inputs"):
        program.predict([1.0], [bad])


def test_rows_that_are_no_rows_are_refused_with_a_hint():
    x = Value(2.0)
    program = compile(x * x, [x])
    with pytest.raises(TypeError, match="row"):
        program((), [1.0, 2.0])


@pytest.mark.parametrize(
    "numbers", [[2], [Fraction(2)], [np.float64(2)], [np.int64(2)], np.array([2.0]), (2.0,)]
)
def test_numbers_may_be_of_any_kind(numbers):
    x, w = Value(1.0), Value(1.0)
    program = compile(x * w, [x], [w])
    for rows in ([numbers], (numbers,), iter([numbers])):
        total, gradient = program(numbers, rows)
        assert bits([total, *gradient]) == bits([4.0, 2.0])
    assert bits([program.predict(numbers, numbers)]) == bits([4.0])
    assert bits(program.predictions(numbers, np.array([[1.0], [3.0]]))) == bits([2.0, 6.0])


# What compile takes


def test_a_leaf_that_is_not_listed_is_named():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    with pytest.raises(
        ValueError, match=r"label='w'.* neither among the inputs nor the parameters"
    ):
        compile(x * w, [x])
    assert compile(x * w.detach(), [x]).predict((), [3.0]) == 6.0


@pytest.mark.parametrize("make", [lambda x: x * 2, lambda x: x.detach(), lambda x: 2.0, str])
def test_inputs_are_leaves(make):
    x = Value(1.0)
    for listed in ({"inputs": [make(x)]}, {"parameters": [make(x)]}):
        with pytest.raises(TypeError, match="inputs and parameters of a program are leaves"):
            compile(x * x, **listed)


def test_a_leaf_stands_in_one_place():
    x = Value(1.0, "x")
    for listed in ({"inputs": [x, x]}, {"inputs": [x], "parameters": [x]}):
        with pytest.raises(ValueError, match=r"label='x'.* stands twice among the inputs and"):
            compile(x * x, **listed)


def test_derivatives_are_by_inputs_and_parameters():
    x = Value(1.0)
    y = x * x
    for bad in (y, Constant(2.0), Value(1.0), 2.0):
        with pytest.raises(ValueError, match=r"wrt has .*, neither an input nor a parameter"):
            compile(y, [x], wrt=[bad])


@pytest.mark.parametrize("bad", [3.0, None, "abc", [1.0], [Value(1.0) * 2, 3.0]])
def test_what_is_no_graph_is_refused(bad):
    with pytest.raises(TypeError, match="compile needs a function or recorded Values, not a"):
        compile(bad)


@pytest.mark.parametrize("place", ["inputs", "parameters", "wrt"])
def test_a_single_value_where_a_list_belongs_is_refused_with_a_hint(place):
    x = Value(1.0)
    listed = {"inputs": [x]} | {place: x}
    with pytest.raises(TypeError, match="list"):
        compile(x * x, **listed)


# Operations of one's own


def test_a_custom_operation_compiles():
    bell = Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out])
    for x in (0.5, -1.25):
        assert_same(lambda leaves, row: bell(leaves[0]) * row[0] + leaves[0], [x], [[2.0], [3.0]])


def defined(x):
    return x * x * x


@pytest.mark.parametrize(
    "form",
    [
        {"python": "{0} * {0} * {0}"},
        {"code": "{0} * {0} * {0}"},
        {"code": lambda x: "{0} * {0} * {0}"},
        {"python": "cube({0})", "code": "({0} * {0} * {0})"},
        {"python": "cube({0})"},
        {},
    ],
)
def test_a_custom_operation_may_say_how_it_is_written(form):
    cube = Operation("cube", defined, [lambda out, x: 3 * x * x], **form)
    assert_same(lambda leaves, row: -cube(leaves[0]) * 2 - cube(-leaves[0]), [0.7], [(), ()])


@pytest.mark.parametrize("form", [{}, {"python": "own({0})"}])
def test_two_custom_operations_of_one_name_are_two(form):
    double = Operation("own", lambda x: 2 * x, [lambda out, x: 2.0], **form)
    triple = Operation("own", lambda x: 3 * x, [lambda out, x: 3.0], **form)
    assert_same(lambda leaves, row: double(leaves[0]) + triple(leaves[0]), [1.0], [()])


def test_a_custom_operation_may_be_written_with_functions_of_math():
    """As ``check_operation`` reads the written form: with the table, forward rules and math."""
    absolute = Operation("absolute", math.fabs, [lambda out, x: op.sign(x)], python="fabs({0})")
    assert_same(lambda leaves, row: absolute(leaves[0]) * 2, [-1.5], [()])


NAMES = ["program", "predict", "result", "results", "row", "total", "exp", "sum", "d_x", "x"]
NAMES += ["v1", "t1", "BranchError", "reversed", "lambda", "a-b", "2x", "math", "upstream", ""]


@pytest.mark.parametrize("name", NAMES)
def test_a_custom_operation_may_have_any_name(name):
    square = Operation(name, lambda x: x * x, [lambda out, x: 2 * x])
    x = Value(3.0, "x")
    out = square(x) * x.exp()
    out.backward()
    program = compile(out, [x], wrt=[x])
    assert program((), [[3.0]]) == (out.data, [x.grad])
    assert program.predict((), [3.0]) == out.data


def test_a_leaf_may_be_labelled_as_a_custom_operation():
    for form in ({}, {"python": "gamma({0})"}):
        gamma = Operation("gamma", math.gamma, [lambda out, x: out], **form)
        x = Value(3.0, "gamma")
        assert compile(gamma(x), [x], wrt=[x])((), [[5.0]]) == (24.0, [24.0])


@pytest.mark.parametrize("joiner", ["", " - "])
@pytest.mark.parametrize("count", [2, 7, 200])
def test_a_custom_reduction_compiles_with_and_without_a_joiner(joiner, count):
    def difference(*values):
        first, *others = values
        for x in others:
            first = first - x
        return first

    row = Reduction(
        "difference", difference, lambda out, *xs: [1.0] + [-1.0] * (len(xs) - 1), joiner=joiner
    )
    rng = random.Random(0)
    numbers = [rng.uniform(-1, 1) for _ in range(count)]
    assert_same(lambda leaves, _: row(leaves) * row([*leaves, -0.5]), numbers, [(), ()])


def test_a_custom_operation_used_in_a_rule_stands_in_parentheses():
    either = Operation(
        "either", lambda x, y: x or y, [lambda out, x, y: 1.0, lambda out, x, y: 0.0],
        inputs=("x", "y"), python="{0} or {1}",
    )  # fmt: skip
    odd = Operation("odd", lambda x: x, [lambda out, x: 2.0 * either(x, 3.0)])
    assert_same(lambda leaves, row: odd(leaves[0]), [0.0], [()])
    remainder = Operation(
        "remainder", lambda x, y: x % y, [lambda out, x, y: 1.0, lambda out, x, y: -(x - out) / y],
        inputs=("x", "y"), python="{0} % {1}",
    )  # fmt: skip
    saw = Operation("saw", lambda x: x, [lambda out, x: 2.0 * remainder(x * x, 1.0) * x])
    assert_same(lambda leaves, row: saw(leaves[0]), [1.3], [()])


@pytest.mark.parametrize(
    "rule",
    [
        lambda out, x: math.copysign(1.0, x),
        lambda out, x: 1.0 if x > 0 else -1.0,
        lambda out, x: float(np.sign(x)),
    ],
)
def test_a_rule_that_looks_at_numbers_is_called(rule):
    own = Operation("own", lambda x: abs(x), [rule])
    x = Value(2.0)
    program = compile(own(x), [x], wrt=[x])
    assert program.predict((), [-3.0]) == 3.0
    assert [program((), [[number]]) for number in (-3.0, 2.0)] == [(3.0, [-1.0]), (2.0, [1.0])]
    assert "own_by_0(" in program.source


def test_a_rule_that_compares_its_numbers_is_not_frozen():
    at_two = Operation("at_two", lambda x: x * x, [lambda out, x: 5.0 if x == 2.0 else 2.0 * x])
    larger = Operation(
        "larger",
        lambda x, y: x if x > y else y,
        [lambda out, x, y: 1.0 if x == out else 0.0, lambda out, x, y: 1.0 if y == out else 0.0],
        inputs=("x", "y"),
    )
    for numbers in ([2.0, 1.0], [1.0, 2.0], [3.0, 3.0]):
        assert_same(lambda leaves, row: larger(at_two(leaves[0]), leaves[1]), numbers, [()])


@pytest.mark.parametrize(
    ("x", "y"), [(math.inf, -1.0), (math.inf, -math.inf), (math.nan, 0.0), (math.nan, -0.0)]
)
def test_a_power_of_special_numbers_has_the_eager_derivatives(x, y):
    leaves = Value(2.0), Value(3.0)
    base, exponent = Value(x), Value(y)
    (base**exponent).backward()
    found = compile(leaves[0] ** leaves[1], [], leaves)([x, y])[1]
    assert repr(found) == repr([base.grad, exponent.grad])


def test_a_forward_rule_that_gives_an_int_gives_a_float_in_a_program():
    floor = Operation("floor", math.floor, [lambda out, x: 0.0])
    numbers = [1e6 + 1.5, 3e6 + 7.5, 7e6 + 9.5]
    assert_same(lambda x, row: floor(x[0]) * floor(x[1]) * floor(x[2]), numbers, [()])
    x = Value(0.5)
    assert repr(compile(-floor(x), [x]).predict((), [0.5])) == "-0.0"


def test_registered_operations_of_one_forward_name_are_told_apart(monkeypatch):
    def times(factor):
        def forward(x):
            return factor * x

        return forward

    rows = [Operation(f"times_{n}", times(n), [lambda out, x, n=n: n]) for n in (10.0, 100.0)]
    for row in (*rows, Operation("nameless", lambda x: x + 1, [lambda out, x: 1.0])):
        monkeypatch.setitem(OPERATIONS, row.name, row)
    x = Value(1.0, "forward")
    y = rows[0](x) + rows[1](x) + OPERATIONS["nameless"](x)
    assert compile(y, [x], wrt=[x])((), [[1.0]]) == (112.0, [111.0])


# Source


def neuron():
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.88, "b")
    total = w1 * x1 + w2 * x2 + b
    out = total.tanh()
    total.label, out.label = "n", "output"
    return compile(out, [x1, x2], [w1, w2, b])


def network():
    model = MLP(2, [2, 1], rng=random.Random(1))
    inputs = [Value(0.5), Value(-1.0)]
    return compile(model(inputs), inputs, model.parameters(), names=model)


def lines_of(source):
    return [line.strip() for line in source.splitlines()]


def test_the_source_of_a_neuron_stands_in_a_file():
    assert_stands(neuron().source, GOLDEN / "neuron.txt")


def test_the_source_of_a_network_stands_in_a_file():
    program = network()
    assert_stands(f"{program.source}\n\n{program.source_of('predict')}", GOLDEN / "network.txt")


def test_the_source_is_a_function_by_itself():
    namespace = {"tanh": math.tanh}
    exec(neuron().source, namespace)
    found = namespace["program"]([-3.0, 1.0, 6.88], [[2.0, 0.0], [1.0, 1.0]])
    assert found == neuron()([-3.0, 1.0, 6.88], [[2.0, 0.0], [1.0, 1.0]])


@searching
@given(graph=graphs(max_size=40))
def test_a_forward_line_is_one_node(graph):
    leaves = [Value(x) for x in graph.leaves]
    out = graph(leaves)
    source = compile(out, [], leaves).source
    forward = source.partition("# Forward\n")[2].partition("results.append")[0]
    names = [line.partition(" = ")[0] for line in lines_of(forward) if line]
    operations = len([node for node in nodes(out) if node.operation])
    assert len(set(names)) == len(names) <= operations


@searching
@given(graph=graphs(max_size=40))
def test_no_line_multiplies_by_one_and_no_expression_stands_twice(graph):
    leaves = [Value(x) for x in graph.leaves]
    source = compile(graph(leaves), [], leaves).source
    backward = source.partition("# Backward")[2]
    assert not re.search(r"(?<![\w.])1\.0 \*|\* 1\.0(?![\w.])", backward)
    named = [line.partition(" = ")[2] for line in lines_of(source) if re.match(r"\w+ = ", line)]
    named = [text for text in named if text not in ("[]", "0.0")]
    assert len(set(named)) == len(named)


def test_a_common_subexpression_is_computed_once():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    out = (x * y).tanh() + (x * y).sin() + (x * y).tanh()
    source = compile(out, [x, y], wrt=[x, y]).source
    assert source.count("x * y") == source.count("tanh(") == source.count("sin(") == 1


def test_a_line_names_the_derivative_after_its_node():
    lines = lines_of(neuron().source)
    assert "d_n = upstream * (1.0 - output * output)" in lines
    assert "d_w1 += d_n * x1" in lines


def test_only_what_the_derivative_needs_has_a_line():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    source = compile((x * x).exp() * w, [x], [w]).source
    assert "d_x" not in source
    assert lines_of(source.partition("# Backward")[2])[1].startswith("d_w += ")


def test_no_line_is_very_long_however_wide_the_graph():
    xs = [Value(float(i)) for i in range(500)]
    source = compile(op.sum(xs) * op.dot(xs[:250], xs[250:]), [], xs).source
    inner = source.partition("# Forward")[2].partition("total = 0.0")[0]
    assert max(map(len, inner.splitlines())) < 1500


# In a debugger


def test_inspect_and_tracebacks_show_the_lines():
    program = neuron()
    function = program.load_function(0)
    assert inspect.getsource(function) == program.source
    assert "".join(linecache.getlines(function.__code__.co_filename)) == program.source
    linecache.checkcache()
    assert inspect.getsource(function) == program.source
    assert program.load_function(0) is function


def test_lines_go_with_their_program():
    program = neuron()
    filename = program.load_function(0).__code__.co_filename
    assert filename in linecache.cache
    assert neuron().load_function(0).__code__.co_filename != filename
    del program
    gc.collect()
    assert filename not in linecache.cache


def test_a_debugger_shows_the_line_at_which_it_stands():
    program = neuron()
    function = program.load_function(0)
    said = io.StringIO()

    def debugged():
        commands = io.StringIO("step\n" * 7 + "p n\nlist\ncontinue\n")
        debugger = pdb.Pdb(stdin=commands, stdout=said, nosigint=True, readrc=False)
        debugger.runcall(function, [-3.0, 1.0, 6.88], [[2.0, 0.0]])

    thread = threading.Thread(target=debugged)
    thread.start()
    thread.join()
    assert "-> v1 = w1 * x1" in said.getvalue()
    assert "-> n = v3 + b" in said.getvalue()
    assert "d_n = upstream * (1.0 - output * output)" in said.getvalue()
    assert re.search(r"<program \d+ of micrograd_nn, 0>\(\d+\)program\(\)", said.getvalue())


def test_equal_comparisons_are_guarded_once():
    """By what is compared, how and with what outcome; a number edited between is seen."""
    x, y = Value(3.0, "x"), Value(2.0, "y")
    products = [x * y for _ in range(500)]
    for product in products:
        assert x > 0
        assert product > y
        assert not x <= 2
    program = compile(products[0], inputs=[x], parameters=[y])
    guards = [line.strip() for line in program.source.splitlines() if "BranchError" in line]
    assert [guard.partition(":")[0] for guard in guards] == [
        "if not x > 0.0", "if x <= 2.0", "if not v1 > y",
    ]  # fmt: skip
    assert program([2.0], [[3.0]]) == (6.0, [3.0])
    with pytest.raises(BranchError, match=r"x <= 2\.0 was False"):
        program([2.0], [[2.0]])


def test_a_comparison_with_both_outcomes_fits_no_number():
    x = Value(3.0, "x")
    assert x > 0
    x.data = -3.0
    assert not x > 0
    program = compile(x * x, inputs=[x])
    assert program.source.count("BranchError") == 2
    for number in (3.0, -3.0):
        with pytest.raises(BranchError):
            program([], [[number]])
