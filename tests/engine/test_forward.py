"""The forward rules that math lacks: right to the last digits over their whole range."""

import ast
import inspect
import math

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp
from strategies import searching

from micrograd_nn.engine import forward

RULES = {
    name: rule
    for name, rule in vars(forward).items()
    if inspect.isfunction(rule) and rule.__module__ == forward.__name__
}


def test_the_rules_stand_on_math_and_two_helpers_of_the_standard_library():
    tree = ast.parse(inspect.getsource(forward))
    imported = {
        (node.module, alias.name) if isinstance(node, ast.ImportFrom) else (alias.name, None)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert imported == {
        ("math", None),
        ("math", "exp"),
        ("functools", "reduce"),
        ("operator", "add"),
        ("operator", "mul"),
    }


# Over the whole range, against 50 digits

EXACT = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
}


@pytest.mark.parametrize("name", EXACT)
@searching
@given(x=st.floats(-30, 700))
def test_smooth_activations_are_right_to_the_last_digits(name, x):
    with mp.workdps(50):
        exact = EXACT[name](mpmath.mpf(x))
    # gelu squares x, and with it 500 times a rounding error; the others are good to an ulp or two
    assert math.isclose(RULES[name](x), exact, rel_tol=2e-13, abs_tol=1e-300)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu"])
@searching
@given(x=st.floats(-700, -30))
def test_small_tails_keep_their_relative_precision(name, x):
    with mp.workdps(50):
        exact = EXACT[name](mpmath.mpf(x))
    assert math.isclose(RULES[name](x), exact, rel_tol=1e-15)


@searching
@given(x=st.floats(-700, 0), alpha=st.floats(0.1, 10))
def test_elu_is_right_to_the_last_digits_near_zero_and_far_from_it(x, alpha):
    with mp.workdps(50):
        exact = alpha * mpmath.expm1(mpmath.mpf(x))
    assert math.isclose(forward.elu(x, alpha), exact, rel_tol=1e-15, abs_tol=1e-300)


@searching
@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=8))
def test_logsumexp_is_right_to_the_last_digits(values):
    with mp.workdps(50):
        exact = mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpf(x)) for x in values))
    assert math.isclose(forward.logsumexp(*values), exact, rel_tol=1e-15, abs_tol=2e-15)


@pytest.mark.parametrize(
    ("rule", "x", "result"),
    [
        (forward.sigmoid, math.inf, 1.0),
        (forward.sigmoid, -math.inf, 0.0),
        (forward.softplus, math.inf, math.inf),
        (forward.softplus, -math.inf, 0.0),
        (forward.gelu, 1e300, 1e300),
        (forward.gelu, -1e300, 0.0),
        (forward.silu, 1e300, 1e300),
        (forward.silu, -1e300, 0.0),
        (forward.relu, math.inf, math.inf),
        (forward.relu, -math.inf, 0.0),
        (forward.step, math.inf, 1.0),
        (forward.sign, -math.inf, -1.0),
    ],
)
def test_no_number_is_too_large(rule, x, result):
    assert rule(x) == result


@pytest.mark.parametrize("rule", [forward.maximum, forward.minimum, forward.level])
@pytest.mark.parametrize("zeros", [(0.0, -0.0), (-0.0, 0.0), (-0.0,)])
def test_a_largest_or_smallest_zero_has_no_sign(rule, zeros):
    assert str(rule(*zeros)) == "0.0"


def test_sums_round_at_each_addition_on_every_python():
    ten = [0.1] * 10  # math.fsum, and from Python 3.12 sum, give 1.0
    assert forward.total(*ten) == 0.9999999999999999
    assert forward.mean(*ten) == 0.09999999999999999
    assert forward.dot(*ten, *[1.0] * 10) == 0.9999999999999999


def test_the_bias_is_added_last():
    assert forward.dot(1.0, 1.0, 1.0, -1.0, 1e-20) == 1e-20
    assert forward.dot(1e16, 1.0, 1.0) == 1e16
