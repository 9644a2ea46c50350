"""Compiled graphs: operations of one's own."""

import math
import random

import numpy as np
import pytest
from programs import assert_same_numbers

from micrograd_nn import OPERATIONS, Operation, Reduction, Value, compile
from micrograd_nn.engine import table as op

# Operations of one's own


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
    assert_same_numbers(
        lambda leaves, row: -cube(leaves[0]) * 2 - cube(-leaves[0]), [0.7], [(), ()]
    )


@pytest.mark.parametrize("form", [{}, {"python": "own({0})"}])
def test_two_custom_operations_of_one_name_are_two(form):
    double = Operation("own", lambda x: 2 * x, [lambda out, x: 2.0], **form)
    triple = Operation("own", lambda x: 3 * x, [lambda out, x: 3.0], **form)
    assert_same_numbers(lambda leaves, row: double(leaves[0]) + triple(leaves[0]), [1.0], [()])


def test_a_custom_operation_may_be_written_with_functions_of_math():
    """As ``check_operation`` reads the written form: with the table, forward rules and math."""
    absolute = Operation("absolute", math.fabs, [lambda out, x: op.sign(x)], python="fabs({0})")
    assert_same_numbers(lambda leaves, row: absolute(leaves[0]) * 2, [-1.5], [()])


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
    assert_same_numbers(lambda leaves, _: row(leaves) * row([*leaves, -0.5]), numbers, [(), ()])


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
        assert_same_numbers(lambda leaves, row: larger(at_two(leaves[0]), leaves[1]), numbers, [()])


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
    assert_same_numbers(lambda x, row: floor(x[0]) * floor(x[1]) * floor(x[2]), numbers, [()])
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
