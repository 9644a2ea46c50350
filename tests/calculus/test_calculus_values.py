"""Derivatives by Values, of recorded graphs, and within no_grad."""

import math
from random import Random

import pytest
from derivatives import MODES, differentiate_forward, read_number
from hypothesis import given
from hypothesis import strategies as st
from strategies import graphs, searching_modes

from micrograd_nn import Constant, Operation, Value, no_grad, nodes
from micrograd_nn.calculus import grad, gradients, hessian, jacobian, jvp, value_and_grad, vjp
from micrograd_nn.engine import table as op
from micrograd_nn.nn import Neuron

# Numbers or Values: what depends on Values from outside is a Value


def test_a_derivative_at_a_value_is_a_value_that_can_be_differentiated_by_it():
    x = Value(2.0)
    slope = grad(lambda x: x**4)(x)
    assert slope.data == 32.0
    assert gradients(slope, [x]) == [48.0]
    (again,) = gradients(slope, [x], create_graph=True)
    assert gradients(again, [x]) == [48.0]
    assert x.grad is None


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_derivative_that_closes_over_a_value_is_a_value_that_can_be_differentiated(mode):
    w = Value(3.0)
    slope = mode(lambda x: w * w * op.sin(x))(0.7)
    assert type(slope) is Value
    assert slope.data == pytest.approx(9 * math.cos(0.7), rel=1e-15)
    assert gradients(slope, [w]) == pytest.approx([6 * math.cos(0.7)], rel=1e-15)
    slope.backward()
    assert w.grad == pytest.approx(6 * math.cos(0.7), rel=1e-15)


def test_a_value_beside_its_derivative_is_one_that_can_be_differentiated():
    w = Value(3.0)
    for value in (
        value_and_grad(lambda x: w * x * x)(2.0)[0],
        vjp(lambda x: w * x * x, 2.0)[0],
        jvp(lambda x: w * x * x, (2.0,), (1.0,))[0],
    ):
        assert value.data == 12.0
        assert gradients(value, [w]) == [4.0]


def test_a_pulled_gradient_that_closes_over_a_value_can_be_differentiated():
    w = Value(3.0)
    _, pull = vjp(lambda x: [w * x * x, x], 2.0)
    (slope,) = pull([1.0, 5.0])
    assert slope.data == 17.0
    assert gradients(slope, [w]) == [4.0]


def test_hessians_and_jacobians_that_close_over_a_value_can_be_differentiated():
    w = Value(3.0)
    ((second, mixed), _) = hessian(lambda v: w * v[0] ** 3 * v[1])([2.0, 5.0])
    assert (second.data, gradients(second, [w])) == (180.0, [60.0])
    assert (mixed.data, gradients(mixed, [w])) == (36.0, [12.0])
    rows = jacobian(lambda x: [w * w * x, x])(2.0)
    assert [read_number(row) for row in rows] == [9.0, 1.0]
    assert gradients(rows[0], [w]) == [6.0]


OF_A_CONSTANT = {
    "closed over": lambda c: value_and_grad(lambda x: c * x)(3.0),
    "argument": lambda c: value_and_grad(lambda x: x * x + c)(c),
    "jvp closed over": lambda c: jvp(lambda x: c * x, (3.0,), (1.0,)),
    "jvp argument": lambda c: jvp(lambda x: x * x, (c,), (1.0,)),
    "tangent": lambda c: jvp(lambda x: x * x, (3.0,), (c,)),
    "vjp": lambda c: (vjp(lambda x: c * x, 3.0)[0], *vjp(lambda x: c * x, 3.0)[1](1.0)),
    "jacobian": lambda c: jacobian(lambda x: [c * x, c])(3.0),
}


@pytest.mark.parametrize("compute", OF_A_CONSTANT.values(), ids=OF_A_CONSTANT)
def test_a_constant_is_as_good_as_a_number(compute):
    found = compute(Constant(2.0))
    assert [read_number(x) for x in found] == list(compute(2.0))
    assert [type(x) for x in found] == [float, float]


def test_a_constant_exponent_is_as_good_as_a_number():
    for n in (0.0, 1.0, 2.0):
        assert grad(lambda x, n=n: x ** Constant(n))(0.0) == float(n == 1)
        assert read_number(differentiate_forward(lambda x, n=n: x ** Constant(n), 0.0)) == float(
            n == 1
        )


def test_no_gradient_of_a_value_outside_is_touched():
    w = Value(3.0)
    w.grad = 7.0
    inner = w * w
    for compute in MODES.values():
        compute(lambda x: inner * x * x)(2.0)
    hessian(lambda x: inner * x * x)(2.0)
    assert (w.grad, inner.grad) == (7.0, None)


def test_a_penalty_on_a_networks_slopes_trains_its_weights():
    neuron = Neuron(3, activation="linear", rng=Random(1))
    slopes = grad(neuron)([0.5, -1.0, 2.0])
    assert [s.data for s in slopes] == [w.data for w in neuron.w]
    op.sum(s * s for s in slopes).backward()
    assert [w.grad for w in neuron.w] == [2 * w.data for w in neuron.w]


def test_a_detached_part_counts_as_constant_in_both_modes():
    def f(x):
        return x.detach() * x

    assert grad(f)(3.0) == 3.0
    assert read_number(differentiate_forward(f, 3.0)) == 3.0


def test_a_weight_that_was_made_after_the_vjp_is_one_to_differentiate_by():
    _, pull = vjp(lambda y: y * y, 3.0)
    w = Value(2.0)
    (slope,) = pull(w)
    assert slope.data == 12.0
    assert gradients(slope, [w]) == [6.0]
    for mode in MODES.values():
        assert read_number(mode(lambda x: pull(x)[0])(2.0)) == 6.0


# gradients() on a recorded graph


@searching_modes
@given(graph=graphs())
def test_gradients_of_a_recorded_graph_are_those_of_backward_bit_for_bit(graph):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    found = gradients(root, leaves)
    root.backward()
    assert [x.hex() for x in found] == [x.grad.hex() for x in leaves]


@searching_modes
@given(graph=graphs(max_size=100))
def test_gradients_that_create_a_graph_are_the_same_numbers(graph):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    found = gradients(root, leaves, create_graph=True)
    assert all(isinstance(x, Value) for x in found)
    assert [x.data for x in found] == gradients(root, leaves)


@searching_modes
@given(graph=graphs(max_size=100), earlier=st.none() | st.floats(-5, 5), create=st.booleans())
def test_gradients_change_no_node(graph, earlier, create):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    for node in nodes(root):
        node.grad = earlier
    before = [(x.data, x.grad, x.inputs, x.partials) for x in nodes(root)]
    gradients(root, leaves, create_graph=create)
    assert [(x.data, x.grad, x.inputs, x.partials) for x in nodes(root)] == before


for_both_graphs = pytest.mark.parametrize("create", [False, True], ids=["numbers", "graph"])


@for_both_graphs
def test_a_value_that_the_root_does_not_depend_on_has_a_derivative_of_zero(create):
    x, other = Value(3.0), Value(4.0)
    found = gradients(x * x, [other, x, x * x], create_graph=create)
    assert [read_number(slope) for slope in found] == [0.0, 6.0, 0.0]
    assert [isinstance(slope, Value) for slope in found] == [create] * 3


@for_both_graphs
def test_the_root_has_a_derivative_of_one_by_itself(create):
    x = Value(3.0)
    root = x * x
    found = gradients(root, [root, x], create_graph=create)
    assert [read_number(slope) for slope in found] == [1.0, 6.0]
    assert [read_number(slope) for slope in gradients(x, [x], create_graph=create)] == [1.0]


@for_both_graphs
def test_a_value_that_another_one_depends_on_has_its_total_derivative(create):
    """∂root/∂x is along all paths, through y too, though y is asked for as well."""
    x = Value(3.0)
    y = x * x
    z = y * x
    root = z + y * y  # x³ + x⁴
    for wrt in ([x, y, z], [z, y, x]):
        found = gradients(root, wrt, create_graph=create)
        expected = {x: 27.0 + 108.0, y: 3.0 + 18.0, z: 1.0}
        assert [read_number(slope) for slope in found] == [expected[node] for node in wrt]


@for_both_graphs
def test_a_value_asked_for_twice_is_answered_twice(create):
    x = Value(3.0)
    assert [read_number(s) for s in gradients(x * x, [x, x], create_graph=create)] == [6.0, 6.0]
    assert gradients(x * x, [], create_graph=create) == []


@for_both_graphs
@pytest.mark.parametrize("kind", [tuple, iter, dict.fromkeys, lambda wrt: (x for x in wrt)])
def test_the_values_may_come_in_any_iterable(kind, create):
    x, y = Value(3.0), Value(2.0)
    found = gradients(x * x * y, kind([x, y]), create_graph=create)
    assert [read_number(slope) for slope in found] == [12.0, 9.0]


@for_both_graphs
def test_nothing_flows_to_a_constant(create):
    x, c = Value(3.0), Constant(2.0)
    assert [read_number(slope) for slope in gradients(x * c, [c, x], create_graph=create)] == [
        0.0,
        2.0,
    ]


def test_derivatives_of_derivatives_of_a_recorded_graph():
    x, y = Value(2.0), Value(3.0)
    root = x**3 * y**2
    by_x, by_y = gradients(root, [x, y], create_graph=True)
    assert (by_x.data, by_y.data) == (108.0, 48.0)
    assert gradients(by_x, [x, y]) == [108.0, 72.0]
    assert gradients(by_y, [x, y]) == [72.0, 16.0]
    (third,) = gradients(gradients(by_x, [x], create_graph=True)[0], [x], create_graph=True)
    assert third.data == 54.0
    by_x.backward()
    assert (x.grad, y.grad) == (108.0, 72.0)


def test_a_gradient_that_is_constant_can_still_be_differentiated():
    x = Value(2.0)
    (slope,) = gradients(x * 3, [x], create_graph=True)
    assert slope.data == 3.0
    assert gradients(slope, [x]) == [0.0]


def test_only_the_derivatives_asked_for_are_computed():
    def never(out, x):
        raise AssertionError("this derivative was not asked for")

    x, y = Value(3.0), Value(0.5)
    hidden = op.tanh(y)
    hidden.operation = Operation("hidden", math.tanh, [never])
    (slope,) = gradients(x * hidden, [x], create_graph=True)
    assert slope.data == math.tanh(0.5)


def test_gradients_read_an_edited_leaf_as_it_was_recorded():
    x, y = Value(3.0), Value(4.0)
    root = x * x * x * op.tanh(y)
    before = gradients(root, [x, y])
    x.data, y.data = 10.0, -1.0
    assert gradients(root, [x, y]) == before
    root.backward()
    assert [x.grad, y.grad] == before


def test_gradients_that_create_a_graph_mix_no_edited_number_into_a_recorded_pass():
    x = Value(3.0)
    root = x * x * x
    x.data = 10.0
    with pytest.raises(ValueError, match=r"Value\(10.0, .*was edited since"):
        gradients(root, [x], create_graph=True)


def test_a_derivative_reads_edited_values_as_they_are():
    w = Value(3.0)
    slope = grad(lambda x: w * x * x)
    assert slope(2.0).data == 12.0
    w.data = 5.0
    assert slope(2.0).data == 20.0


# no_grad


@for_both_graphs
def test_a_recorded_graph_is_differentiated_within_no_grad(create):
    x = Value(3.0)
    root = x * x
    with no_grad():
        found = gradients(root, [x], create_graph=create)
    assert [read_number(slope) for slope in found] == [6.0]
    assert [type(slope) for slope in found] == [Constant if create else float]


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("kind", [float, Value], ids=["number", "Value"])
def test_derivatives_asked_for_within_no_grad_are_right(mode, kind):
    with no_grad():
        slope = mode(lambda x: x * x)(kind(3.0))
    assert read_number(slope) == 6.0


def test_what_the_function_itself_computes_within_no_grad_counts_as_constant():
    def f(x):
        with no_grad():
            still = x * x
        return still * x

    assert grad(f)(3.0) == 9.0
