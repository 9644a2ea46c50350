"""Derivatives of functions: every row and random graphs, both modes, many digits."""

import math
from random import Random

import mpmath
import pytest
from derivatives import build_unit, measure_paths
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from oracle import EXACT, FLOOR, ORACLE, differentiate_exactly, is_close
from strategies import (
    for_every_row,
    graphs,
    inputs_of,
    make_expression,
    searching_derivatives,
    searching_modes,
)

from micrograd_nn import Value
from micrograd_nn.calculus import (
    derivative,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from micrograd_nn.engine import table as op

ULP = 2.0**-52  # the distance from 1 to the next float, the unit of "a few ulps"


def forward_slopes(f, point):
    """Return the gradient of a function of a list by forward mode, a pass for each number."""
    return [jvp(f, (point,), (build_unit(len(point), i),))[1] for i in range(len(point))]


# Every row of the table


@for_every_row
@searching_modes
@given(data=st.data())
def test_forward_mode_reverse_mode_and_the_row_agree_exactly(row, data):
    inputs = data.draw(inputs_of(row))
    size = len(inputs)
    out = row.apply(inputs)
    expected = list(row.local_partials(out, inputs))
    value, slopes = value_and_grad(row.apply)(inputs)
    assert (value, slopes) == (out, expected)
    result, pull = vjp(row.apply, inputs)
    assert (result, pull(1.0)) == (out, (expected,))
    assert jacobian(row.apply)(inputs) == expected
    assert forward_slopes(row.apply, inputs) == expected

    direction = data.draw(st.lists(st.floats(-5, 5), min_size=size, max_size=size))
    result, along = jvp(row.apply, (inputs,), (direction,))
    products = [slope * t for slope, t in zip(expected, direction, strict=True)]
    assert result == out
    assert abs(along - math.fsum(products)) <= size * ULP * math.fsum(map(abs, products))


def hessians(f, point):
    """Return the second derivatives of a function of a list by each order of the two modes."""
    size = len(point)
    return {
        "reverse over reverse": hessian(f)(point),
        "forward over reverse": forward_slopes(grad(f), point),
        "reverse over forward": [
            grad(lambda v, i=i: jvp(f, (v,), (build_unit(size, i),))[1])(point) for i in range(size)
        ],
        "forward over forward": [
            forward_slopes(lambda v, i=i: jvp(f, (v,), (build_unit(size, i),))[1], point)
            for i in range(size)
        ],
    }


def check_hessians(f, point, floor):
    found = hessians(f, point)
    expected = found["reverse over reverse"]
    for name, second in found.items():
        for i in range(len(point)):
            for j in range(len(point)):
                assert type(second[i][j]) is float
                assert is_close(second[i][j], expected[i][j], EXACT, floor), f"{name} {i} {j}"
                assert is_close(second[i][j], second[j][i], EXACT, floor), f"{name} {i} {j}"


@for_every_row
@searching_modes
@given(data=st.data())
def test_the_hessian_is_symmetric_and_the_same_in_each_order_of_the_modes(row, data):
    check_hessians(row.apply, data.draw(inputs_of(row, max_size=3)), FLOOR)


# Random graphs


@searching_modes
@given(graph=graphs(max_size=250))
def test_forward_and_reverse_mode_agree_to_the_last_few_ulps_on_random_graphs(graph):
    leaves = [Value(x) for x in graph.leaves]
    lengths = measure_paths(graph(leaves), leaves)
    value, reverse = value_and_grad(graph)(graph.leaves)
    forward = forward_slopes(graph, graph.leaves)
    assert jvp(graph, (graph.leaves,), (graph.leaves,))[0] == value == graph(graph.leaves)
    for ahead, back, length in zip(forward, reverse, lengths, strict=True):
        assert abs(ahead - back) <= 8 * ULP * length


@searching_modes
@given(graph=graphs(max_size=30))
def test_hessians_of_random_graphs_are_symmetric_and_the_same_in_each_order_of_the_modes(graph):
    check_hessians(graph, graph.leaves, 1.0)


@searching_derivatives
@given(graph=graphs(max_size=60))
def test_hessians_of_random_graphs_agree_with_60_digits(graph):
    for i, line in enumerate(hessian(graph)(graph.leaves)):
        for j, second in enumerate(line):
            assert is_close(second, differentiate_exactly(graph, i, j), 1e-10, 1.0)


@searching_modes
@given(graph=graphs(max_size=60), seed=st.integers(0, 1000))
def test_jvp_and_vjp_are_adjoint(graph, seed):
    """Weights·(J direction) = (weights J)·direction, for a function with several results."""
    random = Random(seed)

    def f(leaves):
        results = []
        graph(leaves, lambda row, inputs: results.append(row.apply(inputs)) or results[-1])
        return results[-3:]

    direction = [random.uniform(-1, 1) for _ in graph.leaves]
    result, along = jvp(f, (graph.leaves,), (direction,))
    weights = [random.uniform(-1, 1) for _ in result]
    same, pull = vjp(f, graph.leaves)
    (pulled,) = pull(weights)
    assert same == result
    ahead = math.fsum(w * t for w, t in zip(weights, along, strict=True))
    back = math.fsum(g * d for g, d in zip(pulled, direction, strict=True))
    assert is_close(ahead, back, EXACT, 1.0)


# derivative: orders 0 to 6

SMOOTH = {
    "sin": (op.sin, mpmath.sin),
    "tanh": (op.tanh, mpmath.tanh),
    "exp(sin x)": (lambda x: op.exp(op.sin(x)), lambda x: mpmath.exp(mpmath.sin(x))),
    "log": (op.log, mpmath.log),
    "sqrt": (op.sqrt, mpmath.sqrt),
    "1 / (1 + x²)": (lambda x: 1 / (1 + x * x), lambda x: 1 / (1 + x * x)),
    "x^x": (lambda x: x**x, lambda x: x**x),
    "2^x": (lambda x: 2**x, lambda x: 2**x),
    "x^7": (lambda x: x**7, lambda x: x**7),
    "x^-2.5": (lambda x: x**-2.5, lambda x: x ** mpmath.mpf(-2.5)),
    "gelu": (op.gelu, ORACLE["gelu"]),
    "softplus": (op.softplus, ORACLE["softplus"]),
    "erfc": (op.erfc, mpmath.erfc),
    "logsumexp": (lambda x: op.logsumexp([x, 2 * x, 1.0]), lambda x: logsumexp(x, 2 * x, 1)),
    "prod": (
        lambda x: op.prod([x, op.cos(x), op.exp(x)]),
        lambda x: x * mpmath.cos(x) * mpmath.exp(x),
    ),
}


logsumexp = ORACLE["logsumexp"]


@pytest.mark.parametrize("order", range(7))
@pytest.mark.parametrize(("f", "exact"), SMOOTH.values(), ids=SMOOTH)
def test_derivatives_of_orders_up_to_6_agree_with_60_digits(f, exact, order):
    for point in (0.3, 0.7, 1.9):
        found = derivative(f, order)(point)
        assert type(found) is float
        with mp.workdps(60):
            expected = mpmath.diff(exact, mpmath.mpf(point), order)
        assert is_close(found, expected, 1e-10, 0.0), point


def test_the_derivative_is_of_order_one_unless_told_otherwise():
    assert derivative(lambda x: x**4)(2.0) == 32.0


def test_the_derivative_of_order_zero_is_the_function_itself():
    assert derivative(op.sin, 0)(0.7) == math.sin(0.7)


@pytest.mark.parametrize("x", [-3.0, 0.0])
def test_whole_powers_have_derivatives_of_any_order_at_negative_numbers_and_zero(x):
    found = [derivative(lambda x: x**3, order)(x) for order in range(6)]
    assert found == [x**3, 3 * x**2, 6 * x, 6.0, 0.0, 0.0]


@pytest.mark.parametrize("order", [-1, -7])
def test_a_negative_order_is_a_value_error_that_names_it(order):
    with pytest.raises(ValueError, match="order") as caught:
        derivative(op.sin, order)
    assert str(caught.value) == (
        f"the order of a derivative is a whole number from 0 up, not {order}"
    )


# A test of the tests


def test_the_lengths_of_paths_are_of_the_size_of_the_gradients_that_they_are_to_measure():
    ratios = []
    for seed in range(50):
        graph = make_expression(seed, 60)
        leaves = [Value(x) for x in graph.leaves]
        root = graph(leaves)
        found = zip(measure_paths(root, leaves), gradients(root, leaves), strict=True)
        ratios += [length / abs(slope) for length, slope in found if slope]
    assert len(ratios) > 50
    assert min(ratios) >= 1 - 8 * ULP
    assert sorted(ratios)[len(ratios) // 2] < 4
