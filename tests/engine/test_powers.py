"""Powers: their derivatives at 0, of negative numbers and where a factor is too large."""

import math
from itertools import product

import pytest
from added import compile

from micrograd_nn import Value, pow_by_x
from micrograd_nn.calculus import derivative, grad, gradients, hessian, jvp


def raise_to_power(v):
    return v[0] ** v[1]


def is_same(found, expected):
    return repr(found) == repr(expected)


def test_a_square_at_zero_has_the_second_derivative_2_whatever_its_exponent_is():
    assert hessian(raise_to_power)([0.0, 2.0]) == [[2.0, 0.0], [0.0, 0.0]]


def test_a_power_0_of_zero_has_no_curvature_by_its_base():
    nan = math.nan
    assert is_same(hessian(raise_to_power)([0.0, 0.0]), [[0.0, nan], [nan, nan]])
    assert hessian(raise_to_power)([1e-200, 0.0])[0][0] == 0.0


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_a_power_of_zero_has_no_slope_by_its_exponent_in_any_order(order):
    assert derivative(lambda y: 0.0**y, order)(1.5) == 0.0


def test_a_compiled_gradient_of_a_power_is_the_gradient_where_a_branch_would_be_frozen():
    compiled = compile(grad(raise_to_power))
    for point in ([2.0, 3.0], [0.0, 2.0], [-3.0, 2.0], [0.0, 1.0], [2.0, 0.0], [5.0, -1.0]):
        assert is_same(compiled(point), grad(raise_to_power)(point))


def test_a_derivative_is_given_where_a_factor_of_it_alone_is_too_large():
    by_base, by_exponent = grad(raise_to_power)([1e-310, 1e-5])
    assert by_base == pytest.approx(9.92887e304, rel=1e-5)
    assert by_exponent == pytest.approx(-708.724, rel=1e-5)
    with pytest.raises(OverflowError, match="the derivative of x"):
        grad(raise_to_power)([5e-324, 0.01])


@pytest.mark.parametrize("y", [2.0**53, 1e16, -1e16, 1e300])
def test_a_negative_base_is_refused_where_a_float_can_not_tell_y_minus_1_odd_or_even(y):
    powers = (lambda x: x**y, lambda x: x ** (y + 0.0 * x))  # of a plain number, and of a Value
    for f, order in product(powers, (1, 2)):
        assert f(-1.0) == 1.0
        with pytest.raises(ValueError, match=r"needs x != 0 .* and x > 0 where .*2 \*\* 53"):
            derivative(f, order)(-1.0)
    x = Value(1.0)
    with pytest.raises(ValueError, match="2 \\*\\* 53"):
        compile(x**y, [], [x])([-1.0])
    assert grad(lambda x: x ** (2.0**53 - 1))(-1.0) == 2.0**53 - 1


@pytest.mark.parametrize("y", [1e-20, -1e-20, 5e-324])
def test_a_fraction_stays_one_though_y_minus_1_is_rounded_to_a_whole_number(y):
    with pytest.raises(ValueError, match="x > 0 where y is a fraction"):
        pow_by_x(-3.0, y)


@pytest.mark.parametrize(("x", "y", "slope"), [(-3.0, 2.0, -6.0), (0.0, 0.0, 0.0)])
def test_where_there_is_no_derivative_by_the_exponent_that_by_the_base_is_given(x, y, slope):
    assert is_same(grad(raise_to_power)([x, y]), [slope, math.nan])
    base, exponent = Value(x), Value(y)
    (base**exponent).backward()
    assert is_same([base.grad, exponent.grad], [slope, math.nan])


def test_forward_mode_gives_it_too_since_an_exponent_that_does_not_move_needs_none():
    assert jvp(lambda x, y: x**y, (-3.0, 2.0), (1.0, 0.0)) == (9.0, -6.0)
    assert math.isnan(jvp(lambda x, y: x**y, (-3.0, 2.0), (1.0, 1.0))[1])


def test_second_derivatives_of_a_power_of_a_negative_number_are_those_that_exist():
    nan = math.nan
    assert is_same(hessian(raise_to_power)([-3.0, 2.0]), [[2.0, nan], [nan, nan]])


@pytest.mark.parametrize("x", [2.0, 3.0, -1.5])
def test_a_plain_whole_exponent_stays_the_textbooks_and_asks_for_no_logarithm(x):
    value = Value(x)
    (slope,) = gradients(value**3, [value], create_graph=True)
    assert slope.data == 3.0 * x * x
    assert "pow_by" not in compile(slope, [value]).source
    assert compile(slope, [value]).predict((), [0.0]) == 0.0
