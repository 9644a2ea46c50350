"""Derivatives of functions: the right numbers, in the right form, however they are nested."""

import math
from fractions import Fraction
from random import Random

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from oracle import EXACT, FLOOR, ORACLE, close
from strategies import every_row, graphs, inputs_of, random_graph, searching

from micrograd_nn import OPERATIONS, Constant, Operation, Value, no_grad, nodes
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
from micrograd_nn.nn import MLP, Neuron

for_every_row = pytest.mark.parametrize("row", every_row, ids=OPERATIONS)

ULP = 2.0**-52  # the distance from 1 to the next float, the unit of "a few ulps"


def number(x):
    """Return the number of what may be a Value."""
    return getattr(x, "data", x)


def unit(size, position):
    return [float(i == position) for i in range(size)]


def with_input(row, inputs, position):
    """Return the row as a function of one input, the others being fixed numbers."""
    return lambda x: row.apply([x if i == position else y for i, y in enumerate(inputs)])


def forward_slope(f, x):
    return jvp(f, (x,), (1.0,))[1]


def forward_slopes(f, point):
    """Return the gradient of a function of a list by forward mode, a pass for each number."""
    return [jvp(f, (point,), (unit(len(point), i),))[1] for i in range(len(point))]


# grad and value_and_grad: the form of arguments and results


def test_the_gradient_of_a_function_of_a_number_is_a_number():
    slope = grad(lambda x: x * x * x)(2.0)
    assert type(slope) is float
    assert slope == 12.0


def test_the_gradient_of_a_function_of_a_list_is_a_list():
    assert grad(lambda v: v[0] * v[1] + v[2])([2.0, 3.0, 5.0]) == [3.0, 2.0, 1.0]


def test_the_gradient_of_a_function_of_a_tuple_is_a_tuple():
    assert grad(lambda v: v[0] * v[1])((2.0, 3.0)) == (3.0, 2.0)


def test_the_gradient_of_a_function_of_nested_lists_is_nested_alike():
    def trace_of_square(m):
        return op.sum(m[i][k] * m[k][i] for i in range(2) for k in range(2))

    assert grad(trace_of_square)([[1.0, 2.0], [3.0, 4.0]]) == [[2.0, 6.0], [4.0, 8.0]]


def test_the_gradient_of_a_function_of_a_dictionary_has_its_keys_in_its_order():
    def f(p):
        return p["w"][0] * p["x"] + p["w"][1] ** 2 * p["b"][0][0]

    slopes = grad(f)({"w": [2.0, 3.0], "x": 5.0, "b": ((7.0,),)})
    assert slopes == {"w": [5.0, 42.0], "x": 2.0, "b": ((9.0,),)}
    assert list(slopes) == ["w", "x", "b"]


def test_the_gradient_of_a_function_of_nothing_is_empty():
    assert grad(lambda v: 3.0)([]) == []
    assert grad(lambda v: 3.0)({"a": [], "b": ()}) == {"a": [], "b": ()}


@pytest.mark.parametrize(
    "three",
    [3, Fraction(3), np.float64(3), np.int64(3), Constant(3.0)],
    ids=lambda x: repr(type(x)),
)
def test_any_kind_of_number_gives_plain_floats(three):
    value, slope = value_and_grad(lambda x: x * x)(three)
    assert (type(value), type(slope)) == (float, float)
    assert (value, slope) == (9.0, 6.0)


def f_of_three(x, y, z):
    return x * y**2 * z[0] ** 3


SLOPES_OF_THREE = (72.0, 96.0, [216.0])  # at (2, 3, [2])


@pytest.mark.parametrize(
    ("argnums", "positions"),
    [
        (0, 0),
        (1, 1),
        (2, 2),
        (-1, 2),
        (-3, 0),
        ((0, 1), (0, 1)),
        ([2, 0], (2, 0)),
        ((-1, 1), (2, 1)),
        (range(3), (0, 1, 2)),
        ((1,), (1,)),
        ((), ()),
    ],
    ids=repr,
)
def test_argnums_choose_the_arguments_and_their_order(argnums, positions):
    value, slopes = value_and_grad(f_of_three, argnums)(2.0, 3.0, [2.0])
    expected = SLOPES_OF_THREE[positions] if isinstance(positions, int) else None
    expected = expected or tuple([SLOPES_OF_THREE[i] for i in positions])
    assert value == 144.0
    assert slopes == expected
    assert grad(f_of_three, argnums)(2.0, 3.0, [2.0]) == expected


@pytest.mark.parametrize("argnums", [(0, 0), (0, -1)], ids=repr)
def test_an_argument_chosen_twice_has_its_gradient_twice_and_as_numbers(argnums):
    slopes = grad(lambda x: x * x, argnums)(3.0)
    assert [number(slope) for slope in slopes] == [6.0, 6.0]
    assert [type(slope) for slope in slopes] == [float, float]


def test_arguments_that_are_not_chosen_may_be_anything():
    def apply(name, x, bias=None):
        return OPERATIONS[name](x) + bias["b"]

    assert grad(apply, 1)("sinh", 0.0, {"b": 2}) == 1.0


def test_the_function_is_called_once_with_its_own_structures():
    calls = []

    def f(v, other):
        calls.append((type(v), type(v["a"]), other))
        return v["a"][0] * other

    grad(f)({"a": [2.0]}, 3.0)
    jacobian(f)({"a": [2.0]}, 3.0)
    assert calls == [(dict, list, 3.0)] * 2


def test_the_arguments_given_are_not_changed():
    point = {"a": [2.0, 3.0]}
    grad(lambda p: p["a"][0] * p["a"][1])(point)
    jvp(lambda p: p["a"][0] * p["a"][1], (point,), ({"a": [1.0, 0.0]},))
    assert point == {"a": [2.0, 3.0]}


def test_a_function_that_does_not_use_its_argument_has_a_gradient_of_zero():
    assert value_and_grad(lambda x: 7.0)(3.0) == (7.0, 0.0)
    assert value_and_grad(lambda x: Constant(7.0))(3.0) == (7.0, 0.0)
    assert grad(lambda v: v[0] * 2)([1.0, 5.0]) == [2.0, 0.0]


def test_the_identity_has_the_gradient_one():
    assert value_and_grad(lambda x: x)(3.0) == (3.0, 1.0)


@pytest.mark.parametrize(
    ("f", "exact", "point"),
    [
        (lambda x: op.exp(op.sin(x) * x), lambda x: mpmath.exp(mpmath.sin(x) * x), [0.8]),
        (lambda x, y: op.atan2(y, x) ** 2, lambda x, y: mpmath.atan2(y, x) ** 2, [1.2, 0.7]),
        (
            lambda x, y, z: op.log(x * y + op.cosh(z)) / op.hypot(x, z),
            lambda x, y, z: mpmath.log(x * y + mpmath.cosh(z)) / mpmath.sqrt(x * x + z * z),
            [0.5, 2.5, -1.5],
        ),
        (lambda x, y: x**y * op.gelu(y), lambda x, y: x**y * y * mpmath.ncdf(y), [1.7, -0.6]),
    ],
    ids=["exp(x sin x)", "atan2²", "log over hypot", "x**y gelu"],
)
def test_gradients_jacobians_and_hessians_of_compositions_agree_with_50_digits(f, exact, point):
    size = len(point)
    slopes = grad(f, tuple(range(size)))(*point)
    second = hessian(lambda v: f(*v))(point)
    with mp.workdps(50):
        at = tuple(map(mpmath.mpf, point))
        for i in range(size):
            expected = mpmath.diff(exact, at, tuple(map(int, unit(size, i))))
            assert close(slopes[i], expected, EXACT, 0.0)
            for j in range(size):
                orders = tuple(int(i == k) + int(j == k) for k in range(size))
                assert close(second[i][j], mpmath.diff(exact, at, orders), EXACT, 0.0)


# Every row of the table


@for_every_row
@searching
@given(data=st.data())
def test_forward_mode_reverse_mode_and_the_row_agree_exactly(row, data):
    inputs = data.draw(inputs_of(row))
    out = row.apply(inputs)
    expected = list(row.local_partials(out, inputs))
    value, slopes = value_and_grad(row.apply)(inputs)
    assert (value, slopes) == (out, expected)
    result, pull = vjp(row.apply, inputs)
    assert (result, pull(1.0)) == (out, (expected,))
    assert jacobian(row.apply)(inputs) == expected
    assert forward_slopes(row.apply, inputs) == expected
    assert jvp(row.apply, (inputs,), (unit(len(inputs), 0),))[0] == out


@for_every_row
@searching
@given(data=st.data())
def test_a_jvp_along_any_direction_is_the_gradient_times_the_direction(row, data):
    inputs = data.draw(inputs_of(row))
    size = len(inputs)
    direction = data.draw(st.lists(st.floats(-5, 5), min_size=size, max_size=size))
    products = [slope * t for slope, t in zip(grad(row.apply)(inputs), direction, strict=True)]
    along = jvp(row.apply, (inputs,), (direction,))[1]
    allowed = size * ULP * math.fsum(map(abs, products))
    assert abs(along - math.fsum(products)) <= allowed


@for_every_row
@searching
@given(data=st.data())
def test_the_gradient_of_the_gradient_agrees_with_50_digits(row, data):
    inputs = data.draw(inputs_of(row, max_size=4))
    for i in range(len(inputs)):
        second = grad(grad(with_input(row, inputs, i)))(inputs[i])
        assert type(second) is float
        orders = tuple(2 * (i == j) for j in range(len(inputs)))
        with mp.workdps(50):
            exact = mpmath.diff(ORACLE[row.name], tuple(inputs), orders)
        assert close(second, exact, EXACT, FLOOR), f"∂²/∂{i}²"


def hessians(f, point):
    """Return the second derivatives of a function of a list by each order of the two modes."""
    size = len(point)
    return {
        "reverse over reverse": hessian(f)(point),
        "forward over reverse": forward_slopes(grad(f), point),
        "reverse over forward": [
            grad(lambda v, i=i: jvp(f, (v,), (unit(size, i),))[1])(point) for i in range(size)
        ],
        "forward over forward": [
            forward_slopes(lambda v, i=i: jvp(f, (v,), (unit(size, i),))[1], point)
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
                assert close(second[i][j], expected[i][j], EXACT, floor), f"{name} {i} {j}"
                assert close(second[i][j], second[j][i], EXACT, floor), f"{name} {i} {j}"


@for_every_row
@searching
@given(data=st.data())
def test_the_hessian_is_symmetric_and_the_same_in_each_order_of_the_modes(row, data):
    check_hessians(row.apply, data.draw(inputs_of(row, max_size=4)), FLOOR)


# Random graphs


def lengths_of_paths(root, leaves):
    """Return for each leaf the sum of |products of partials| over all paths to it.

    It is what the gradient would be if nothing cancelled, and so the size that its rounding
    errors are relative to.
    """
    length = {root: 1.0}
    for node in reversed(nodes(root)):
        for input, partial in zip(node.inputs, node.partials, strict=True):
            if partial is not None:
                length[input] = length.get(input, 0.0) + length.get(node, 0.0) * abs(partial)
    return [length.get(x, 0.0) for x in leaves]


@searching
@given(graph=graphs(max_size=250))
def test_forward_and_reverse_mode_agree_to_the_last_few_ulps_on_random_graphs(graph):
    leaves = [Value(x) for x in graph.leaves]
    lengths = lengths_of_paths(graph(leaves), leaves)
    value, reverse = value_and_grad(graph)(graph.leaves)
    forward = forward_slopes(graph, graph.leaves)
    assert jvp(graph, (graph.leaves,), (graph.leaves,))[0] == value == graph(graph.leaves)
    for ahead, back, length in zip(forward, reverse, lengths, strict=True):
        assert abs(ahead - back) <= 8 * ULP * length


@searching
@given(graph=graphs(max_size=30))
def test_hessians_of_random_graphs_are_symmetric_and_the_same_in_each_order_of_the_modes(graph):
    check_hessians(graph, graph.leaves, 1.0)


@searching
@given(graph=graphs(max_size=60))
def test_hessians_of_random_graphs_agree_with_60_digits(graph):
    def apply(row, inputs):
        return ORACLE[row.name](*map(mpmath.mpf, inputs))

    second = hessian(graph)(graph.leaves)
    size = len(graph.leaves)
    with mp.workdps(60):
        h = mpmath.mpf(10) ** -12  # which leaves errors of 1e-24 or so

        def at(*moves):
            leaves = [mpmath.mpf(x) for x in graph.leaves]
            for position, by in moves:
                leaves[position] += by
            return graph(leaves, apply)

        for i in range(size):
            for j in range(size):
                above = at((i, h), (j, h)) - at((i, h), (j, -h))
                below = at((i, -h), (j, h)) - at((i, -h), (j, -h))
                assert close(second[i][j], (above - below) / (4 * h * h), 1e-10, 1.0)


@searching
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
    assert close(ahead, back, EXACT, 1.0)


# Nesting

MODES = {
    "grad": grad,
    "jvp": lambda f: lambda x: forward_slope(f, x),
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "jacobian": jacobian,
}

# Each nests the derivative ``inner`` in ``outer``, with the closed form's number beside it.
NESTED = {
    # Siskind and Pearlmutter, "Perturbation confusion and referential transparency" (2005)
    "x d(x + y)/dy": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0),
        1.0,
    ),
    # with the inner function closing over the outer variable
    "x d(x y²)/dy at 1": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: x * y * y)(1.0))(3.0),
        12.0,
    ),
    "x d(x y²)/dy at x": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: x * y * y)(x))(3.0),
        54.0,
    ),
    "d(x y²)/dy at x²": (
        lambda outer, inner: outer(lambda x: inner(lambda y: x * y * y)(x * x))(2.0),
        24.0,
    ),
    "d(x³)/dy": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: x * x * x)(1.0))(2.0),
        0.0,
    ),
    "d(y^x)/dy": (
        lambda outer, inner: outer(lambda x: inner(lambda y: y**x)(2.0))(3.0),
        4 + 12 * math.log(2),
    ),
    "d sin(x y)/dy": (
        lambda outer, inner: outer(lambda x: inner(lambda y: op.sin(x * y))(0.5))(2.0),
        math.cos(1.0) - math.sin(1.0),
    ),
    "d max(x, y)/dy": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: op.max(x, y))(5.0))(2.0),
        1.0,
    ),
    "d dot([x, y], [y, x])/dy": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: op.dot([x, y], [y, x], y))(5.0))(
            2.0
        ),
        9.0,
    ),
    # with an inner function of its own variable only
    "x d(y³)/dy at x": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: y * y * y)(x))(2.0),
        36.0,
    ),
    "x d(y²)/dy at 3": (
        lambda outer, inner: outer(lambda x: x * inner(lambda y: y * y)(3.0))(2.0),
        6.0,
    ),
    "d exp(y)/dy at x": (
        lambda outer, inner: outer(lambda x: inner(op.exp)(x))(0.7),
        math.exp(0.7),
    ),
    "d(y)/dy at x": (lambda outer, inner: outer(lambda x: inner(lambda y: y)(x))(0.7), 0.0),
    # three deep
    "three deep": (
        lambda outer, inner: outer(
            lambda x: inner(lambda y: outer(lambda z: x * y**2 * z**3)(x * y))(x)
        )(1.5),
        546.75,
    ),
}

for_all_nestings = pytest.mark.parametrize("nesting", NESTED.values(), ids=NESTED)
for_both_modes = [
    pytest.mark.parametrize("outer", MODES.values(), ids=MODES),
    pytest.mark.parametrize("inner", MODES.values(), ids=[f"{name} in" for name in MODES]),
]


@for_all_nestings
@for_both_modes[0]
@for_both_modes[1]
def test_perturbation_confusion(inner, outer, nesting):
    nested, exact = nesting
    assert number(nested(outer, inner)) == pytest.approx(exact, rel=1e-14, abs=1e-14)


@for_all_nestings
@for_both_modes[0]
@for_both_modes[1]
def test_nested_derivatives_of_numbers_are_numbers(inner, outer, nesting):
    nested, _ = nesting
    assert type(nested(outer, inner)) is float


def test_a_derivative_inside_of_a_function_that_differentiates_its_own_argument_twice():
    def f(x):
        return grad(lambda y: y**3 * forward_slope(lambda z: z**2 * y, x))(x)  # 2x⁴·4

    assert number(grad(f)(1.5)) == pytest.approx(32 * 1.5**3, rel=1e-14)
    assert number(forward_slope(f, 1.5)) == pytest.approx(32 * 1.5**3, rel=1e-14)


@pytest.mark.parametrize("depth", range(1, 7))
def test_derivatives_in_alternating_modes_nest_to_any_depth(depth):
    f = op.sin
    for level in range(depth):
        f = list(MODES.values())[level % len(MODES)](f)
    exact = [math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x)][depth % 4]
    assert f(0.7) == pytest.approx(exact(0.7), rel=1e-14)


def test_the_gradient_of_the_gradient_of_the_gradient_of_the_sine():
    third = grad(grad(grad(op.sin)))(0.7)
    assert type(third) is float
    assert third == -math.cos(0.7)


@pytest.mark.parametrize("outer", MODES.values(), ids=MODES)
def test_a_value_computed_within_a_derivative_passes_its_own_derivative_on(outer):
    assert number(outer(lambda x: value_and_grad(lambda y: x * y * y)(x)[0])(2.0)) == 12.0
    assert number(outer(lambda x: vjp(lambda y: x * y * y, x)[0])(2.0)) == 12.0
    assert number(outer(lambda x: jvp(lambda y: x * y * y, (x,), (1.0,))[0])(2.0)) == 12.0


@pytest.mark.parametrize("outer", MODES.values(), ids=MODES)
def test_a_tangent_or_a_weight_may_be_an_outer_variable(outer):
    assert number(outer(lambda x: jvp(lambda y: y * y * x, (3.0,), (x,))[1])(2.0)) == 24.0
    assert number(outer(lambda x: vjp(lambda y: y * y * x, 3.0)[1](x)[0])(2.0)) == 24.0


def test_the_value_within_a_derivative_of_numbers_is_a_number():
    value, along = jvp(lambda x: value_and_grad(lambda y: y * y)(x)[0], (2.0,), (1.0,))
    assert (type(value), type(along)) == (float, float)
    value = value_and_grad(lambda w: value_and_grad(lambda x: w * x * x)(2.0)[0])(3.0)
    assert [type(x) for x in value] == [float, float]


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
        assert close(found, expected, 1e-10, 0.0), point


def test_the_derivative_is_of_order_one_unless_told_otherwise():
    assert derivative(lambda x: x**4)(2.0) == 32.0


def test_the_derivative_of_order_zero_is_the_function_itself():
    assert derivative(op.sin, 0)(0.7) == math.sin(0.7)


@pytest.mark.parametrize("order", [4, 5, 8])
def test_the_derivatives_of_a_polynomial_beyond_its_degree_are_zero(order):
    assert derivative(lambda x: 2 * x * x * x - x + 5, order)(1.7) == 0.0


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


# jacobian and hessian


def test_a_jacobian_has_the_form_of_the_result_with_the_argument_in_place_of_each_number():
    def f(p):
        return {"sum": p["a"] + p["b"][0], "rest": [p["a"] * p["b"][1], (p["b"][0] ** 2,)]}

    assert jacobian(f)({"a": 2.0, "b": [3.0, 5.0]}) == {
        "sum": {"a": 1.0, "b": [1.0, 0.0]},
        "rest": [{"a": 5.0, "b": [0.0, 2.0]}, ({"a": 0.0, "b": [6.0, 0.0]},)],
    }


def test_a_jacobian_of_polar_coordinates():
    def cartesian(polar):
        r, angle = polar
        return [r * op.cos(angle), r * op.sin(angle)]

    r, angle = 2.0, 0.5
    assert jacobian(cartesian)([r, angle]) == [
        [math.cos(angle), -r * math.sin(angle)],
        [math.sin(angle), r * math.cos(angle)],
    ]


@pytest.mark.parametrize("argnums", [1, -1])
def test_a_jacobian_by_another_argument(argnums):
    assert jacobian(lambda x, y: [x * y, x, y * y], argnums)(2.0, 3.0) == [2.0, 0.0, 6.0]


def test_results_that_depend_on_nothing_have_rows_of_zeros():
    assert (
        jacobian(lambda v: [v[0], 3.0, Constant(4.0)])([1.0, 2.0])
        == [[1.0, 0.0]] + [[0.0, 0.0]] * 2
    )
    assert jacobian(lambda v: [])([1.0]) == []


def test_a_hessian_has_the_form_of_the_argument_twice():
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda p: p["a"] ** 2 * p["b"][0])({"a": 3.0, "b": [5.0]}) == {
        "a": {"a": 10.0, "b": [6.0]},
        "b": [{"a": 6.0, "b": [0.0]}],
    }


@pytest.mark.parametrize("argnums", [1, -1])
def test_a_hessian_by_another_argument(argnums):
    assert hessian(lambda x, y: x * y**3, argnums)(2.0, 3.0) == 36.0


def test_the_hessian_of_a_quadratic_form_is_its_matrix_twice():
    matrix = [[2.0, -1.0, 0.5], [-1.0, 3.0, 0.25], [0.5, 0.25, 1.0]]

    def form(x):
        return op.dot(x, [op.dot(row, x) for row in matrix])

    assert hessian(form)([0.3, -0.7, 2.0]) == [[2 * m for m in row] for row in matrix]


def test_the_hessian_of_the_logsumexp_is_that_of_the_softmax():
    point = [0.3, -1.2, 2.0]
    p = op.softmax(point)
    second = hessian(op.logsumexp)(point)
    for i in range(3):
        assert second[i] == pytest.approx(
            [p[i] * (i == j) - p[i] * p[j] for j in range(3)], rel=1e-13
        )


# jvp and vjp


def test_a_jvp_moves_all_arguments_of_any_form_at_once():
    result, along = jvp(
        lambda x, p: [x * p["a"][0], p["b"]],
        (2.0, {"a": [3.0], "b": 7.0}),
        (1.0, {"a": [10.0], "b": -1.0}),
    )
    assert (result, along) == ([6.0, 7.0], [23.0, -1.0])


def test_a_jvp_has_the_form_of_the_result_and_zero_where_nothing_moves():
    result, along = jvp(lambda x: {"a": (x * x, 3.0), "b": [x]}, (2.0,), (5.0,))
    assert result == {"a": (4.0, 3.0), "b": [2.0]}
    assert along == {"a": (20.0, 0.0), "b": [5.0]}


@pytest.mark.parametrize("one", [1, Fraction(1), np.float64(1), np.int64(1)], ids=lambda x: repr(x))
def test_a_jvp_of_any_kind_of_number_gives_plain_floats(one):
    for f in (lambda x: x * x, lambda x: op.sin(x) + 2, lambda x: x):
        result, along = jvp(f, (3 * one,), (one,))
        assert (type(result), type(along)) == (float, float)
        assert (result, along) == jvp(f, (3.0,), (1.0,))


def test_a_vjp_gives_one_gradient_for_each_argument_in_its_form():
    result, pull = vjp(lambda x, p: [x * p["a"][0], p["b"]], 2.0, {"a": [3.0], "b": 7.0})
    assert result == [6.0, 7.0]
    assert pull([1.0, 10.0]) == (3.0, {"a": [2.0], "b": 10.0})
    assert pull([0.0, 1.0]) == (0.0, {"a": [0.0], "b": 1.0})


def test_a_vjp_calls_the_function_once_however_often_it_pulls():
    calls = []

    def f(x):
        calls.append(x)
        return x * x

    _, pull = vjp(f, 3.0)
    assert [pull(w) for w in (1.0, 2.0, -0.5)] == [(6.0,), (12.0,), (-3.0,)]
    assert len(calls) == 1


def test_weights_in_the_form_of_nested_results():
    _, pull = vjp(lambda x, y: {"a": [x * y, x], "b": (y,)}, 2.0, 3.0)
    assert pull({"a": [1.0, 10.0], "b": (100.0,)}) == (13.0, 102.0)


def test_forward_mode_keeps_no_graph():
    made = []
    probe = Operation("probe", lambda x: made.append(x) or x, [lambda out, x: 1.0])
    result, along = jvp(lambda x: probe(x) * 2, (3.0,), (1.0,))
    assert (result, along) == (6.0, 2.0)
    assert [type(x) for x in made] == [float]


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
    assert [number(row) for row in rows] == [9.0, 1.0]
    assert gradients(rows[0], [w]) == [6.0]


@pytest.mark.parametrize(
    "compute",
    [
        lambda c: value_and_grad(lambda x: c * x)(3.0),
        lambda c: value_and_grad(lambda x: x * x + c)(c),
        lambda c: jvp(lambda x: c * x, (3.0,), (1.0,)),
        lambda c: jvp(lambda x: x * x, (c,), (1.0,)),
        lambda c: jvp(lambda x: x * x, (3.0,), (c,)),
        lambda c: (vjp(lambda x: c * x, 3.0)[0], *vjp(lambda x: c * x, 3.0)[1](1.0)),
        lambda c: jacobian(lambda x: [c * x, c])(3.0),
    ],
    ids=[
        "closed over",
        "argument",
        "jvp closed over",
        "jvp argument",
        "tangent",
        "vjp",
        "jacobian",
    ],
)
def test_a_constant_is_as_good_as_a_number(compute):
    found = compute(Constant(2.0))
    assert [number(x) for x in found] == list(compute(2.0))
    assert [type(x) for x in found] == [float, float]


def test_a_constant_exponent_is_as_good_as_a_number():
    for n in (0.0, 1.0, 2.0):
        assert grad(lambda x, n=n: x ** Constant(n))(0.0) == float(n == 1)
        assert number(forward_slope(lambda x, n=n: x ** Constant(n), 0.0)) == float(n == 1)


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


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_a_networks_slopes_by_its_inputs_are_the_same_in_both_modes(activation):
    model = MLP(2, [4, 3], activation=activation, rng=Random(2))
    point = [0.5, -1.2]
    back = [[number(x) for x in row] for row in jacobian(model)(point)]
    columns = [jvp(model, (point,), (unit(2, i),))[1] for i in range(2)]
    for i in range(2):
        assert [number(x) for x in columns[i]] == pytest.approx([row[i] for row in back], rel=1e-13)


def test_a_detached_part_counts_as_constant_in_both_modes():
    def f(x):
        return x.detach() * x

    assert grad(f)(3.0) == 3.0
    assert number(forward_slope(f, 3.0)) == 3.0


def test_a_weight_that_was_made_after_the_vjp_is_one_to_differentiate_by():
    _, pull = vjp(lambda y: y * y, 3.0)
    w = Value(2.0)
    (slope,) = pull(w)
    assert slope.data == 12.0
    assert gradients(slope, [w]) == [6.0]
    for mode in MODES.values():
        assert number(mode(lambda x: pull(x)[0])(2.0)) == 6.0


# gradients() on a recorded graph


@searching
@given(graph=graphs())
def test_gradients_of_a_recorded_graph_are_those_of_backward_bit_for_bit(graph):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    found = gradients(root, leaves)
    root.backward()
    assert [x.hex() for x in found] == [x.grad.hex() for x in leaves]


@searching
@given(graph=graphs(max_size=100))
def test_gradients_that_create_a_graph_are_the_same_numbers(graph):
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    found = gradients(root, leaves, create_graph=True)
    assert all(isinstance(x, Value) for x in found)
    assert [x.data for x in found] == gradients(root, leaves)


@searching
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
    assert [number(slope) for slope in found] == [0.0, 6.0, 0.0]
    assert [isinstance(slope, Value) for slope in found] == [create] * 3


@for_both_graphs
def test_the_root_has_a_derivative_of_one_by_itself(create):
    x = Value(3.0)
    root = x * x
    found = gradients(root, [root, x], create_graph=create)
    assert [number(slope) for slope in found] == [1.0, 6.0]
    assert [number(slope) for slope in gradients(x, [x], create_graph=create)] == [1.0]


@for_both_graphs
def test_a_derivative_by_an_inner_node_is_that_of_all_that_was_made_of_it(create):
    x = Value(3.0)
    y = x * x
    root = y * y + y * x
    assert [number(s) for s in gradients(root, [y], create_graph=create)] == [2 * 9.0 + 3.0]


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
        assert [number(slope) for slope in found] == [expected[node] for node in wrt]


@for_both_graphs
def test_a_value_asked_for_twice_is_answered_twice(create):
    x = Value(3.0)
    assert [number(s) for s in gradients(x * x, [x, x], create_graph=create)] == [6.0, 6.0]
    assert gradients(x * x, [], create_graph=create) == []


@for_both_graphs
@pytest.mark.parametrize("kind", [tuple, iter, dict.fromkeys, lambda wrt: (x for x in wrt)])
def test_the_values_may_come_in_any_iterable(kind, create):
    x, y = Value(3.0), Value(2.0)
    found = gradients(x * x * y, kind([x, y]), create_graph=create)
    assert [number(slope) for slope in found] == [12.0, 9.0]


@for_both_graphs
def test_nothing_flows_to_a_constant(create):
    x, c = Value(3.0), Constant(2.0)
    assert [number(slope) for slope in gradients(x * c, [c, x], create_graph=create)] == [0.0, 2.0]


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
    assert [number(slope) for slope in found] == [6.0]
    assert [type(slope) for slope in found] == [Constant if create else float]


def test_what_was_computed_within_no_grad_depends_on_nothing():
    x = Value(3.0)
    with no_grad():
        root = x * x
    assert gradients(root, [x]) == [0.0]


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("kind", [float, Value], ids=["number", "Value"])
def test_derivatives_asked_for_within_no_grad_are_right(mode, kind):
    with no_grad():
        slope = mode(lambda x: x * x)(kind(3.0))
    assert number(slope) == 6.0


def test_what_the_function_itself_computes_within_no_grad_counts_as_constant():
    def f(x):
        with no_grad():
            still = x * x
        return still * x

    assert grad(f)(3.0) == 9.0


# Mistakes


@pytest.mark.parametrize(("argnums", "given"), [(1, 1), (2, 2), (-2, 1), (-3, 2), (0, 0), (7, 1)])
@pytest.mark.parametrize("compute", [grad, value_and_grad, jacobian, hessian])
def test_an_argument_that_is_not_there_is_a_value_error_that_says_how_many_there_are(
    compute, argnums, given
):
    with pytest.raises(ValueError, match="argument") as caught:
        compute(lambda *xs: 1.0, argnums)(*[1.0] * given)
    assert str(caught.value) == f"there is no argument {argnums}: the function got {given}"


def test_one_of_several_arguments_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"^there is no argument 2: the function got 2$"):
        grad(lambda x, y: x * y, (0, 2))(1.0, 2.0)


@pytest.mark.parametrize(
    "result",
    [lambda x: [x, x], lambda x: (x,), lambda x: {"a": x}, lambda x: None],
    ids=["list", "tuple", "dict", "NoneType"],
)
@pytest.mark.parametrize("compute", [grad, value_and_grad, hessian])
def test_several_results_are_a_type_error_that_points_to_jacobian(compute, result, request):
    kind = type(result(1.0)).__name__
    with pytest.raises(TypeError) as caught:
        compute(result)(1.0)
    assert str(caught.value) == (
        f"grad needs a function with one number as its result, not a {kind}: "
        f"jacobian differentiates each of several results"
    )


NO_RESULTS = {
    "str": lambda x: "3",
    "set": lambda x: {x},
    "generator": lambda x: (y for y in [x]),
    "array": lambda x: np.array([x, x]),
    "complex": lambda x: 1j,
}


@pytest.mark.parametrize("result", NO_RESULTS.values(), ids=NO_RESULTS)
@pytest.mark.parametrize(
    "compute",
    [
        lambda f: grad(f)(1.0),
        lambda f: jacobian(f)(1.0),
        lambda f: jvp(f, (1.0,), (1.0,)),
        lambda f: vjp(f, 1.0)[1](1.0),
    ],
    ids=["grad", "jacobian", "jvp", "vjp"],
)
def test_a_result_that_is_no_number_is_a_type_error_not_a_gradient_of_zero(compute, result):
    kind = type(result(1.0)).__name__
    with pytest.raises(TypeError, match=f"not an? {kind}"):
        compute(result)


@pytest.mark.parametrize(
    "compute",
    [
        lambda f: jacobian(f)(1.0),
        lambda f: jvp(f, (1.0,), (1.0,)),
        lambda f: vjp(f, 1.0)[1](1.0),
    ],
    ids=["jacobian", "jvp", "vjp"],
)
def test_a_forgotten_return_is_a_type_error_in_every_mode(compute):
    with pytest.raises(TypeError, match="NoneType"):
        compute(lambda x: None)


NO_NUMBERS = [
    ("3", "a str"),
    (None, "a NoneType"),
    (1j, "a complex"),
    (True, "a bool"),
    (np.array([1.0]), "a ndarray"),
]


@pytest.mark.parametrize(("wrong", "told"), NO_NUMBERS, ids=[told for _, told in NO_NUMBERS])
@pytest.mark.parametrize(
    "compute",
    [
        lambda x: grad(lambda x: x)(x),
        lambda x: value_and_grad(lambda x: 1.0)(x),
        lambda x: grad(lambda v: 1.0)([1.0, x]),
        lambda x: jacobian(lambda x: x)(x),
        lambda x: hessian(lambda x: x)(x),
        lambda x: derivative(lambda x: x, 2)(x),
        lambda x: vjp(lambda x: x, x),
        lambda x: jvp(lambda x: x, (x,), (1.0,)),
        lambda x: jvp(lambda x: x * x, (1.0,), (x,)),
        lambda x: jvp(lambda x: 1.0, (1.0,), (x,)),
        lambda x: vjp(lambda x: x * x, 1.0)[1](x),
    ],
    ids=[
        "grad",
        "value_and_grad",
        "in a list",
        "jacobian",
        "hessian",
        "derivative",
        "vjp",
        "jvp",
        "tangent",
        "unused tangent",
        "weight",
    ],
)
def test_an_argument_that_is_no_number_is_a_type_error_that_says_what_came(compute, wrong, told):
    with pytest.raises(TypeError, match=rf"needs a real number.*, not {told}\b"):
        compute(wrong)


@pytest.mark.parametrize(
    ("arguments", "tangents", "counts"),
    [
        ((1.0, 2.0), (1.0,), "2 numbers, 1 tangents"),
        ((1.0, 2.0), (1.0, 0.0, 0.0), "2 numbers, 3 tangents"),
        (([1.0, 2.0], 3.0), ([1.0], 1.0), "3 numbers, 2 tangents"),
        ((), (1.0,), "0 numbers, 1 tangents"),
    ],
    ids=repr,
)
def test_a_wrong_number_of_tangents_is_a_value_error_with_both_counts(arguments, tangents, counts):
    with pytest.raises(ValueError, match="tangent") as caught:
        jvp(lambda *xs: 1.0, arguments, tangents)
    assert (
        str(caught.value) == f"there must be a tangent for each number, in the same form: {counts}"
    )


@pytest.mark.parametrize(
    ("arguments", "tangents"),
    [
        (([1.0, 2.0],), (1.0, 2.0)),
        (([1.0, 2.0],), ([[1.0], 2.0],)),
        (({"a": 1.0, "b": 2.0},), ([1.0, 2.0],)),
        (({"a": 1.0, "b": 2.0},), ({"a": 1.0, "c": 2.0},)),
    ],
    ids=repr,
)
def test_tangents_of_another_form_than_the_arguments_are_a_value_error(arguments, tangents):
    with pytest.raises(ValueError, match="tangent"):
        jvp(lambda *xs: 1.0, arguments, tangents)


def test_tangents_of_a_dictionary_are_found_by_their_keys():
    """In whatever order they stand, or it is a ValueError; never one key's for another's."""
    try:
        _, along = jvp(lambda p: p["a"] * p["b"], ({"a": 2.0, "b": 3.0},), ({"b": 1.0, "a": 0.0},))
    except ValueError:
        return
    assert along == 2.0


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0, 3.0], 1.0, []], ids=repr)
def test_a_wrong_number_of_weights_is_a_value_error_with_both_counts(weights):
    _, pull = vjp(lambda x: [x, x * x], 3.0)
    count = len(weights) if isinstance(weights, list) else 1
    with pytest.raises(ValueError, match=rf"2 .*{count} weight"):
        pull(weights)


@pytest.mark.parametrize(("arguments", "tangents"), [(3.0, 1.0), ("3", "1"), (3.0, (1.0,))])
def test_arguments_of_jvp_that_are_no_sequence_are_a_type_error_that_asks_for_one(
    arguments, tangents
):
    with pytest.raises(TypeError, match="jvp"):
        jvp(lambda x: x, arguments, tangents)


@pytest.mark.parametrize("root", [3.0, "x", None, [Value(1.0)]], ids=lambda x: type(x).__name__)
def test_a_root_that_is_no_value_is_a_type_error_that_says_so(root):
    with pytest.raises(TypeError, match=rf"Value.* not an? {type(root).__name__}"):
        gradients(root, [Value(1.0)])


@pytest.mark.parametrize("wrong", [3.0, "x", None], ids=lambda x: type(x).__name__)
def test_what_is_no_value_among_those_to_differentiate_by_is_a_type_error(wrong):
    x = Value(3.0)
    with pytest.raises(TypeError, match=rf"Value.* not an? {type(wrong).__name__}"):
        gradients(x * x, [x, wrong])


@pytest.mark.parametrize(
    ("f", "point", "told"),
    [
        (op.sqrt, 0.0, r"^the derivative of sqrt\(x\) needs x > 0; x = 0.0"),
        (lambda x: op.hypot(x, 0.0), 0.0, r"^the derivative of hypot\(x, y\) needs \(x, y\) !="),
        (op.asin, 1.0, r"^the derivative of asin\(x\) needs -1 < x < 1; x = 1.0"),
        (op.log, -1.0, r"^log\(x\) needs x > 0; x = -1.0"),
        (lambda x: 1 / x, 0.0, r"^x / y needs y != 0; x = 1.0, y = 0.0"),
    ],
    ids=["sqrt", "hypot", "asin", "log", "truediv"],
)
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_derivative_that_does_not_exist_is_told_in_the_operations_own_terms(mode, f, point, told):
    with pytest.raises((ValueError, ZeroDivisionError), match=told):
        mode(f)(point)


# Deep graphs

DEPTH = 100_000


def deep(x):
    """Return f(x) by a chain of operations whose derivative, x times sin's there, is known."""
    y = x
    for _ in range(DEPTH // 2):
        y = -y
        y = y * 1.0
    return op.sin(y) * x


def test_a_deep_chain_has_gradients_of_gradients_without_recursion():
    x = Value(0.7)
    root = deep(x)
    (slope,) = gradients(root, [x], create_graph=True)
    assert len(nodes(root)) > DEPTH
    assert slope.data == gradients(root, [x])[0]
    assert slope.data == pytest.approx(0.7 * math.cos(0.7) + math.sin(0.7), rel=1e-12)
    (second,) = gradients(slope, [x], create_graph=True)
    assert second.data == pytest.approx(2 * math.cos(0.7) - 0.7 * math.sin(0.7), rel=1e-12)


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_deep_function_is_differentiated_in_every_mode_without_recursion(mode):
    slope = mode(deep)(0.7)
    assert slope == pytest.approx(0.7 * math.cos(0.7) + math.sin(0.7), rel=1e-12)


def test_a_long_list_of_arguments_is_fine():
    point = [float(i % 7) for i in range(20_000)]
    assert grad(lambda v: op.dot(v, v))(point) == [2 * x for x in point]


# A test of the tests


def test_the_lengths_of_paths_are_of_the_size_of_the_gradients_that_they_are_to_measure():
    ratios = []
    for seed in range(50):
        graph = random_graph(seed, 60)
        leaves = [Value(x) for x in graph.leaves]
        root = graph(leaves)
        found = zip(lengths_of_paths(root, leaves), gradients(root, leaves), strict=True)
        ratios += [length / abs(slope) for length, slope in found if slope]
    assert len(ratios) > 50
    assert min(ratios) >= 1 - 8 * ULP
    assert sorted(ratios)[len(ratios) // 2] < 4
