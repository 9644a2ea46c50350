"""Powers and sinc: their derivatives of every order, where products of rows have none."""

import math
import pickle

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from micrograd_nn.engine.families import Family, find_member
from mpmath import mp
from oracle import is_close
from strategies import searching

from micrograd_nn import Value, compile, sinc
from micrograd_nn.calculus import derivative, grad, gradients, hessian, jvp
from micrograd_nn.engine import forward
from micrograd_nn.engine.table import POWERS, SINCS


def raise_to_power(v):
    return v[0] ** v[1]


def is_same(found, expected):
    return repr(found) == repr(expected)


def test_a_family_with_a_name_that_is_there_is_refused():
    with pytest.raises(ValueError, match="there is a family 'pow' already: give this one another"):
        Family("pow", math.pow, ("x", "y"))
    slope = POWERS[1, 0]
    assert pickle.loads(pickle.dumps(slope)) is slope


# Powers


def test_a_square_at_zero_has_the_second_derivative_2_whatever_its_exponent_is():
    assert hessian(raise_to_power)([0.0, 2.0]) == [[2.0, 0.0], [0.0, 0.0]]


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


@searching
@given(x=st.floats(0.1, 5), y=st.floats(-3, 3), n=st.integers(0, 3), k=st.integers(0, 3))
def test_derivatives_of_a_power_of_every_order_are_right_to_50_digits(x, y, n, k):
    with mp.workdps(60):
        exact = mpmath.diff(lambda a, b: mpmath.exp(b * mpmath.log(a)), (x, y), (n, k))
        size = mpmath.mpf(x) ** (y - n)  # of the terms, which may cancel
    assert is_close(forward.power_slope(x, y, n, k), exact, 1e-12, max(1.0, float(size)))


@pytest.mark.parametrize(("y", "n"), [(3.0, 3), (3.0, 2), (3.0, 4), (2.5, 2), (0.0, 1), (1.0, 5)])
def test_derivatives_of_a_power_by_its_base_have_their_limits_at_zero(y, n):
    limits = {(3.0, 3): 6.0}
    assert forward.power_slope(0.0, y, n, 0) == limits.get((y, n), 0.0)


def test_a_limit_that_is_infinite_is_refused_by_the_base_and_nan_by_the_exponent():
    with pytest.raises(ZeroDivisionError):
        forward.power_slope(0.0, 0.5, 1, 0)
    assert math.isnan(forward.power_slope(0.0, 1.0, 1, 1))


@pytest.mark.parametrize("x", [2.0, 3.0, -1.5])
def test_a_plain_whole_exponent_stays_the_textbooks_and_asks_for_no_logarithm(x):
    value = Value(x)
    (slope,) = gradients(value**3, [value], create_graph=True)
    assert slope.data == 3.0 * x * x
    assert "power_slope" not in compile(slope, [value]).source
    assert compile(slope, [value]).predict((), [0.0]) == 0.0


# sinc


@pytest.mark.slow
@pytest.mark.parametrize("n", range(6))
@searching
@given(x=st.one_of(st.floats(-6, 6), st.floats(-1e-3, 1e-3)))
def test_derivatives_of_sinc_of_every_order_are_right_near_zero_and_far_from_it(n, x):
    with mp.workdps(30):

        def wave(t):
            return (mp.pi * t) ** n * mpmath.cos(mp.pi * x * t + n * mp.pi / 2)

        exact = mpmath.quad(wave, mpmath.linspace(0, 1, 8))  # sinc(x) is that of order 0
    assert is_close(SINCS[n](x) if n else sinc(x), exact, 1e-13, math.pi**n / 100)


def test_sinc_vanishes_at_whole_numbers_and_has_its_even_derivatives_at_zero():
    assert [sinc(float(x)) for x in (1, -7, 1e16)] == [0.0, 0.0, 0.0]
    slopes = [derivative(sinc, order)(0.0) for order in range(5)]
    expected = [1.0, 0.0, -(math.pi**2) / 3, 0.0, math.pi**4 / 5]
    assert slopes == pytest.approx(expected, rel=1e-15, abs=0.0)
    assert sinc(math.inf) == 0.0


# A member as an operation


def test_a_member_is_one_operation_that_is_found_by_its_name_and_pickled_by_it():
    x, y = Value(2.0), Value(3.0)
    (slope,) = gradients(x**y, [x], create_graph=True)
    assert slope.operation is POWERS[1, 0] is find_member("pow_by_x")
    again = pickle.loads(pickle.dumps(slope))
    assert again.operation is slope.operation
    assert again.data == slope.data == 12.0


def test_a_program_of_a_second_derivative_runs_by_itself(tmp_path):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    (slope,) = gradients(x**y, [x], create_graph=True)
    compile(slope, [x, y], wrt=[x, y]).save(tmp_path / "slope.py")
    names = {"__name__": "slope"}
    exec((tmp_path / "slope.py").read_text(encoding="utf-8"), names)
    total, slopes = names["program"]((), [(2.0, 3.0)])
    assert total == 12.0
    assert slopes == pytest.approx([12.0, 4 + 12 * math.log(2)], rel=1e-15)
