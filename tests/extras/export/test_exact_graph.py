"""A graph in 60-digit arithmetic has the values and gradients that the engine has."""

import math
import random

import mpmath
import pytest

from micrograd_nn import OPERATIONS, Operation, Value, choose, compile, elu, leaky_relu, relu
from micrograd_nn.checks.exact import DIGITS, FUNCTIONS, compute_exactly
from micrograd_nn.checks.samples import find_interval
from micrograd_nn.engine.node import nodes
from micrograd_nn.engine.table import max as largest
from micrograd_nn.extras.export.answers.exact import SLOPES, ExactGraph, NoExactError


def compute(root, leaves):
    """Return the value and the gradient by the leaves, at their numbers."""
    graph = ExactGraph(nodes(root))
    results = graph.compute({x: mpmath.mpf(x.data) for x in leaves})
    return results[root], graph.find_gradient(results, [root], leaves)


def draw_inputs(row, rng):
    """Return numbers that an operation takes; of any number of inputs, three."""
    if row.name == "choose":
        return [1.0, *[rng.uniform(-3, 3) for _ in range(3)]]
    count = 5 if row.name == "dot" else 3 if row.inputs == ("values",) else len(row.inputs)
    return [rng.uniform(*find_interval(row, i)) for i in range(count)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_row_has_the_engines_value_and_gradient(name):
    row, rng = OPERATIONS[name], random.Random(name)
    for _ in range(5):
        leaves = [Value(x) for x in draw_inputs(row, rng)]
        root = row.apply(leaves)
        root.backward()
        value, gradient = compute(root, leaves)
        assert float(value) == pytest.approx(root.data, rel=1e-13, abs=1e-13)
        slopes = [x.grad or 0.0 for x in leaves]
        assert [*map(float, gradient)] == pytest.approx(slopes, rel=1e-12, abs=1e-13)


def test_at_kinks_the_choice_is_the_engines():
    x, y, z = (Value(0.0) for _ in range(3))
    for root in (relu(x), abs(x), leaky_relu(x), elu(x), largest([x, y]), largest([x, y, z])):
        for leaf in (x, y, z):
            leaf.grad = 0.0
        root.backward()
        _, gradient = compute(root, [x, y, z])
        assert [*map(float, gradient)] == pytest.approx([x.grad, y.grad, z.grad], abs=1e-15)


def test_a_long_chain_is_computed_without_recursion():
    x = Value(0.5)
    root = x
    for _ in range(1500):
        root = root * 1.0 + 0.0
    assert compute(root, [x]) == (0.5, [1])


def test_a_program_with_lookups_is_computed():
    i, a, b = Value(1.0), Value(2.0), Value(3.0)
    root = choose(i, [a, b]) * b
    program = compile(root, [i], [a, b])
    assert program([2.0, 3.0], [[1.0]])[1] == [0.0, 6.0]
    assert compute(root, [a, b]) == (9, [0, 6])


def test_what_it_does_not_know_is_named():
    own = Operation("own", lambda x: x, [lambda out, x: 1.0])
    with pytest.raises(NoExactError, match="own has no form in 60-digit arithmetic"):
        compute(own(Value(1.0)), [])


def test_only_operations_of_programs_have_a_slope_without_a_function():
    assert set(SLOPES) - set(FUNCTIONS) == {"held"}


ANY_SIZE = [5e-324, 1e-300, 1e-9, 0.9, 2.9999, 3.1, 9.7, 37.9, 710.0]
WIDE = [
    "erf", "erfc", "gelu", "sin", "cos", "tan", "tanh", "sinh", "expm1", "log1p", "asinh",
    "sigmoid", "softplus", "silu",
]  # fmt: skip


@pytest.mark.parametrize("name", WIDE)
def test_functions_of_numbers_of_any_size_have_50_digits(name):
    """Those that cancel in the plain formula, too: gelu(-37.9) is 3e-313."""
    for x in [sign * x for x in ANY_SIZE for sign in (1, -1)]:
        if name == "log1p" and x <= -1:
            continue
        ours = compute_exactly(FUNCTIONS[name], [x])
        with mpmath.workdps(1000):
            theirs = FUNCTIONS[name](mpmath.mpf(x))
            assert abs(ours - theirs) <= abs(theirs) * mpmath.mpf(10) ** -50


def test_angles_and_saturation_of_any_size():
    for x in (1e5, 1e15, 1e22):
        assert float(compute_exactly(FUNCTIONS["sin"], [x])) == math.sin(x)
    assert compute_exactly(FUNCTIONS["tanh"], [1e300]) == 1
    assert compute_exactly(FUNCTIONS["softplus"], [1e300]) == 1e300
    assert compute_exactly(FUNCTIONS["logsumexp"], [1e300, 0.0]) == 1e300
    assert compute_exactly(FUNCTIONS["pow"], [-3.0, 2.0]) == 9


def test_slopes_are_right_to_30_digits():
    first, second = (compute_exactly(FUNCTIONS["log"], [3.0], *[0] * n) for n in (1, 2))
    with mpmath.workdps(DIGITS):
        third = mpmath.mpf(1) / 3
        assert abs(first - third) < mpmath.mpf(10) ** -30
        assert abs(second + third**2) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize(
    "name", ["gelu", "silu", "softplus", "sigmoid", "tanh", "sin", "sqrt", "log"]
)
def test_slopes_at_numbers_of_any_size_are_the_engines(name):
    for x in (1e-300, 1e-9, 0.7, 31.0, 1e9, 1e300, -1e-300, -31.0, -1e9, -1e300):
        if (x < 0 and name in ("sqrt", "log")) or (abs(x) > 1e10 and name in ("sin", "gelu")):
            continue
        leaf = Value(x)
        root = OPERATIONS[name](leaf)
        root.backward()
        _, (slope,) = compute(root, [leaf])
        assert float(slope) == pytest.approx(leaf.grad, rel=1e-12, abs=1e-16)
