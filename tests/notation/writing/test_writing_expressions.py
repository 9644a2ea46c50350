"""Expressions as numbers: each once, and a rule runs once for each kind of use, not for each."""

import math

import pytest
from strategies import for_every_row

from micrograd_nn import Operation
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import Reduction
from micrograd_nn.notation.writing.expressions import Expressions


def leaves(expressions, count):
    return [expressions.leaf() for _ in range(count)]


def compute(expressions, x, numbers):
    """Compute an expression for its leaves' numbers, by the table."""
    known = {**expressions.constants, **numbers}
    if x not in known:
        inputs = [compute(expressions, y, numbers) for y in expressions.inputs[x]]
        return expressions.operations[x].forward(*inputs)
    return known[x]


def test_zeros_of_different_sign_are_different_numbers_and_not_a_number_is_one():
    expressions = Expressions()
    assert expressions.constant(0.0) != expressions.constant(-0.0)
    assert expressions.constant(math.nan) == expressions.constant(math.nan)


def test_constants_are_computed_at_once_and_refused_by_name():
    expressions = Expressions()
    three, half = expressions.constant(3.0), expressions.constant(0.5)
    assert expressions.constants[expressions.apply(op.mul, (three, half))] == 1.5
    assert expressions.constants[expressions.apply(op.sum, ())] == 0.0
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0"):
        expressions.apply(op.log, (expressions.constant(-1.0),))


def test_a_double_minus_is_the_number_itself_in_a_pattern_too():
    expressions = Expressions()
    upstream, x = leaves(expressions, 2)
    minus = expressions.apply(op.neg, (upstream,))
    out = expressions.apply(op.neg, (x,))
    pattern = expressions.find_amounts(op.neg, (upstream, out, x), None)
    assert [*expressions.instantiate(pattern, (upstream, out, x))] == [minus]
    assert [*expressions.instantiate(pattern, (minus, out, x))] == [upstream]
    assert expressions.apply(op.neg, (minus,)) == upstream


def count_calls(constants):
    """Return how often a rule ran for a hundred uses on numbers and these constants in turn."""
    calls = []

    def by_x(out, x, y):
        calls.append(1)
        return y * out

    row = Operation("row", lambda x, y: x * y, [by_x, by_x], inputs=("x", "y"))
    row.is_row = True
    expressions = Expressions()
    for i in range(100):
        upstream, out, x = leaves(expressions, 3)
        y = expressions.constant(constants[i % len(constants)]) if constants else x
        expressions.find_amounts(row, (upstream, out, x, y), (True, False))
    return len(calls)


def test_a_rule_runs_once_for_each_kind_of_use():
    assert count_calls([]) == 1
    assert count_calls([0.5 + i for i in range(100)]) == 1
    assert count_calls([2.0, 3.0, 1.0, 0.0, -1.0]) == 4  # ordinary ones, and three that simplify


def test_a_rule_that_looks_at_what_it_is_given_sees_numbers_where_they_are_constant():
    def by_x(out, x, y):
        return 7.0 if isinstance(y, float) and y > 2 else 8.0 * x

    looks = Operation("looks", lambda x, y: x, [by_x, by_x], inputs=("x", "y"))
    expressions = Expressions()
    upstream, out, x = leaves(expressions, 3)
    found = []
    for y in (3.0, 1.5):
        given = (upstream, out, x, expressions.constant(y))
        pattern = expressions.find_amounts(looks, given, (True, False))
        (amount,) = expressions.instantiate(pattern, given)
        found.append(compute(expressions, amount, {upstream: 1.0, out: 0.0, x: 5.0}))
    assert found == [7.0, 40.0]


@for_every_row
@pytest.mark.parametrize("constant", [None, 0.0, -0.0, 1.0, -1.0, 0.75, 2.0])
def test_the_second_use_of_a_pattern_gives_what_the_rule_gives(row, constant):
    count = 3 if isinstance(row, Reduction) else len(row.inputs)
    numbers = [(low + high) / 2 + 0.1 for low, high in row.domain] * count
    numbers = numbers[:count]
    wanted = [True] * count
    if constant is not None and count > 1:
        numbers[-1], wanted[-1] = constant, False
    try:
        number = row.apply(numbers)
        partials = row.local_partials(number, numbers, wanted)
    except (ArithmeticError, ValueError):
        return
    expressions = Expressions()
    for _ in range(2):
        out, *inputs = leaves(expressions, count + 1)
        if not wanted[-1]:
            inputs[-1] = expressions.constant(constant)
        given = out, *inputs
        pattern = expressions.find_partials(row, given, tuple(wanted))
        known = dict(zip(given, [number, *numbers], strict=True))
        found = [compute(expressions, x, known) for x in expressions.instantiate(pattern, given)]
        assert found == [x for x in partials if x is not None]
