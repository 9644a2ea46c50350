"""Derivatives of functions: nested in each other, and through deep chains."""

import math

import pytest
from derivatives import MODES, differentiate_forward, read_number
from sizes import choose_size

from micrograd_nn import Value, nodes
from micrograd_nn.calculus import grad, gradients, jvp, value_and_grad, vjp
from micrograd_nn.engine import table as op

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
    found = nested(outer, inner)
    assert type(found) is float, "of numbers"
    assert found == pytest.approx(exact, rel=1e-14, abs=1e-14)


def test_a_derivative_inside_of_a_function_that_differentiates_its_own_argument_twice():
    def f(x):
        return grad(lambda y: y**3 * differentiate_forward(lambda z: z**2 * y, x))(x)  # 2x⁴·4

    assert read_number(grad(f)(1.5)) == pytest.approx(32 * 1.5**3, rel=1e-14)
    assert read_number(differentiate_forward(f, 1.5)) == pytest.approx(32 * 1.5**3, rel=1e-14)


@pytest.mark.parametrize("depth", range(1, 7))
def test_derivatives_in_alternating_modes_nest_to_any_depth(depth):
    f = op.sin
    for level in range(depth):
        f = list(MODES.values())[level % len(MODES)](f)
    exact = [math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x)][depth % 4]
    assert f(0.7) == pytest.approx(exact(0.7), rel=1e-14)


@pytest.mark.parametrize("outer", MODES.values(), ids=MODES)
def test_a_value_computed_within_a_derivative_passes_its_own_derivative_on(outer):
    assert read_number(outer(lambda x: value_and_grad(lambda y: x * y * y)(x)[0])(2.0)) == 12.0
    assert read_number(outer(lambda x: vjp(lambda y: x * y * y, x)[0])(2.0)) == 12.0
    assert read_number(outer(lambda x: jvp(lambda y: x * y * y, (x,), (1.0,))[0])(2.0)) == 12.0


@pytest.mark.parametrize("outer", MODES.values(), ids=MODES)
def test_a_tangent_or_a_weight_may_be_an_outer_variable(outer):
    assert read_number(outer(lambda x: jvp(lambda y: y * y * x, (3.0,), (x,))[1])(2.0)) == 24.0
    assert read_number(outer(lambda x: vjp(lambda y: y * y * x, 3.0)[1](x)[0])(2.0)) == 24.0


def test_the_value_within_a_derivative_of_numbers_is_a_number():
    value, along = jvp(lambda x: value_and_grad(lambda y: y * y)(x)[0], (2.0,), (1.0,))
    assert (type(value), type(along)) == (float, float)
    value = value_and_grad(lambda w: value_and_grad(lambda x: w * x * x)(2.0)[0])(3.0)
    assert [type(x) for x in value] == [float, float]


# Deep graphs

DEPTH = choose_size(20_000, 100_000)


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


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
def test_a_deep_function_is_differentiated_in_every_mode_without_recursion(mode):
    slope = mode(deep)(0.7)
    assert slope == pytest.approx(0.7 * math.cos(0.7) + math.sin(0.7), rel=1e-12)


def test_a_long_list_of_arguments_is_fine():
    point = [float(i % 7) for i in range(20_000)]
    assert grad(lambda v: op.dot(v, v))(point) == [2 * x for x in point]
