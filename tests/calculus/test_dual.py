"""Dual numbers: a derivative beside every number, of a level that no other derivative mistakes."""

import math
import operator
from fractions import Fraction

import numpy as np
import pytest
from derivatives import read_number
from hypothesis import given
from hypothesis import strategies as st
from strategies import every_row, for_every_row, inputs_of, searching_modes

from micrograd_nn import Constant, Operation, Reduction, Value
from micrograd_nn.calculus import gradients
from micrograd_nn.calculus.dual import Dual, is_number, new_level, plus, times
from micrograd_nn.engine import table as op

reductions = [row for row in every_row if isinstance(row, Reduction)]


def parts(dual):
    assert type(dual) is Dual
    return dual.primal, dual.tangent


# Arithmetic


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow"])
@pytest.mark.parametrize(
    "other",
    [2, Fraction(2), np.float64(2), np.int64(2), Constant(2.0)],
    ids=lambda x: type(x).__name__,
)
def test_any_kind_of_number_may_stand_on_either_side(name, other):
    operate, x = getattr(operator, name), Dual(3.0, 7.0, 1)
    assert parts(operate(x, other)) == parts(operate(x, 2.0))
    assert parts(operate(other, x)) == parts(operate(2.0, x))


@pytest.mark.parametrize(("x", "n"), [(-3.0, 2), (-2.0, 3), (-2.0, -1), (0.0, 1), (0.0, 0)])
def test_a_derivative_that_does_not_move_is_not_computed(x, n):
    """The one by the exponent would be a logarithm of a number that has none."""
    slope = n * x ** (n - 1) if n else 0.0
    assert parts(Dual(x, 1.0, 1) ** n) == (x**n, slope)


def test_a_rule_runs_for_moving_inputs_only():
    calls = []

    def rule(name):
        return lambda out, *inputs: calls.append(name) or 1.0

    row = Operation("row", lambda x, y: x, [rule("x"), rule("y")], inputs=("x", "y"))
    row(Dual(3.0, 1.0, 1), 2.0)
    assert calls == ["x"]
    row(2.0, Dual(3.0, 1.0, 1))
    assert calls == ["x", "y"]


# Every row, beside every kind of input

BESIDE = {
    "number": lambda x: x,
    "Value": Value,
    "Constant": Constant,
    "dual of a lower level": lambda x: Dual(x, 1.0, 1),
    "dual of a Value": lambda x: Dual(Value(x), Value(1.0), 1),
}


@for_every_row
@searching_modes
@given(data=st.data())
def test_at_any_place_beside_anything_the_tangent_is_the_partial(row, data):
    inputs = data.draw(inputs_of(row, max_size=5))
    position = data.draw(st.integers(0, len(inputs) - 1))
    expected = row.apply(inputs), row.local_partials(row.apply(inputs), inputs)[position]
    for name, beside in BESIDE.items():
        mixed = [beside(x) for x in inputs]
        mixed[position] = Dual(inputs[position], 1.0, 2)
        out = row.apply(mixed)
        assert type(out) is Dual
        assert out.level == 2
        assert (read_number(out.primal), read_number(out.tangent)) == expected
        if name in ("number", "Constant"):
            assert [type(part) for part in parts(out)] == [float, float]


# Beside Values


@pytest.mark.parametrize(
    ("compute", "primal", "tangent", "by_value"),
    [
        (lambda d, w: d * w, 15.0, 35.0, 7.0),  # w·3, 7·w
        (lambda d, w: w * d, 15.0, 35.0, 7.0),
        (lambda d, w: d / w, 0.6, 1.4, -7 / 25),  # 7/w
        (lambda d, w: w / d, 5 / 3, -35 / 9, -7 / 9),  # -7w/9
        (lambda d, w: d**w, 243.0, 2835.0, 567 + 2835 * math.log(3)),  # 7w·3^(w-1)
        (lambda d, w: w**d, 125.0, 875 * math.log(5), 525 * math.log(5) + 175),  # 7·w³ log w
        (lambda d, w: op.dot([d, w], [w, d]), 30.0, 70.0, 14.0),
    ],
)
def test_beside_a_value_the_tangent_can_be_differentiated_by_it(compute, primal, tangent, by_value):
    w = Value(5.0)
    found = parts(compute(Dual(3.0, 7.0, 1), w))
    assert [type(part) for part in found] == [Value, Value]
    assert [part.data for part in found] == pytest.approx([primal, tangent], rel=1e-15)
    assert gradients(found[1], [w]) == pytest.approx([by_value], rel=1e-15)
    assert w.grad is None


def test_a_dual_of_values_records_what_is_done_to_it():
    x, t = Value(3.0), Value(7.0)
    square = Dual(x, t, 1) * Dual(x, t, 1)
    assert (square.primal.data, square.tangent.data) == (9.0, 42.0)
    assert gradients(square.primal, [x]) == [6.0]
    assert gradients(square.tangent, [x, t]) == [14.0, 6.0]


# Levels


def test_each_new_level_is_above_all_before():
    levels = [new_level() for _ in range(5)]
    assert levels == sorted(set(levels))


@pytest.mark.parametrize("swap", [False, True], ids=["low first", "high first"])
def test_a_higher_level_takes_a_lower_one_for_a_number(swap):
    low, high = Dual(3.0, 7.0, 1), Dual(5.0, 11.0, 2)
    product = high * low if swap else low * high
    assert product.level == 2
    assert product.primal.level == product.tangent.level == 1
    assert parts(product.primal) == (15.0, 35.0)  # 5·(3 + 7ε₁)
    assert parts(product.tangent) == (33.0, 77.0)  # 11·(3 + 7ε₁)


def test_the_mixed_part_of_two_levels_is_the_second_derivative():
    x = Dual(Dual(0.7, 1.0, 1), Dual(1.0, 0.0, 1), 2)
    y = op.sin(x)
    assert parts(y.primal) == (math.sin(0.7), math.cos(0.7))
    assert parts(y.tangent) == (math.cos(0.7), -math.sin(0.7))


def test_operations_of_many_inputs_keep_the_levels_apart():
    low, high = Dual(3.0, 7.0, 1), Dual(5.0, 11.0, 2)
    for out in (
        op.prod([low, 2.0, high]),
        op.prod([high, Constant(2.0), low]),
        op.dot([low], [high * 2]),
        op.dot([high, 0.0], [low * 2.0, low]),
    ):
        assert parts(out.primal) == (30.0, 70.0)
        assert parts(out.tangent) == (66.0, 154.0)
    total = op.sum([low, high, 1.0])
    assert parts(total.primal) == (9.0, 7.0)
    assert total.tangent == 11.0
    largest = op.max([low, high])
    assert read_number(largest.primal) == 5.0
    assert read_number(largest.tangent) == 11.0


# Comparisons

COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", COMPARISONS)
@searching_modes
@given(a=st.floats(), b=st.floats())
def test_comparisons_are_of_the_numbers(compare, a, b):
    expected = compare(a, b)
    x = Dual(a, 1.0, 1)
    assert compare(x, b) is expected
    assert compare(a, Dual(b, 1.0, 1)) is expected
    for other in (Dual(b, -1.0, 1), Dual(b, 1.0, 2), Value(b), Constant(b)):
        assert compare(x, other) is expected
        assert compare(other, x) is compare(b, a)
    assert compare(Dual(x, 0.0, 2), b) is expected
    assert compare(Dual(Value(a), 0.0, 2), b) is expected


# What a dual shows


@pytest.mark.parametrize(
    "dual",
    [
        Dual(3.0, 7.0, 1),
        Dual(Value(3.0), 7.0, 1),
        Dual(Constant(3.0), 7.0, 1),
        Dual(Dual(3.0, 1.0, 1), 1.0, 2),
        Dual(Dual(Value(3.0), 1.0, 1), 1.0, 2),
    ],
    ids=repr,
)
def test_its_data_is_the_number_at_the_bottom(dual):
    assert type(dual.data) is float
    assert dual.data == 3.0
    assert f"{dual:.2f}" == "3.00"


def test_repr_shows_both_parts_and_the_level():
    assert repr(Dual(3.0, 7.0, 2)) == "Dual(3.0, 7.0, level=2)"
    nested = Dual(Dual(3.0, 7.0, 1), Value(1.0), 2)
    assert f"{nested}" == "Dual(Dual(3.0, 7.0, level=1), Value(1.0, grad=None), level=2)"


# Mistakes


@pytest.mark.parametrize("row", reductions, ids=lambda row: row.name)
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_what_is_no_number_among_many_inputs_is_a_type_error_that_says_so(row, first):
    values = ["3", Dual(3.0, 7.0, 1)] if first else [Dual(3.0, 7.0, 1), "3"]
    with pytest.raises(TypeError, match=f"^{row.name} needs a real number .* not a str"):
        row.apply(values)


@pytest.mark.parametrize("kind", [Value, Constant])
def test_a_value_of_a_dual_is_refused(kind):
    with pytest.raises(TypeError, match="not a Dual"):
        kind(Dual(1.0, 1.0, 1))


# plus and times, which spare a bare 0 or 1 its operation


def nodes_made(compute):
    """Return how many Values a computation makes."""
    first = Value(0.0).created
    compute()
    return Value(0.0).created - first - 1


@pytest.mark.parametrize("x", [0.0, 1.0, -1.0, 2.5])
@pytest.mark.parametrize("y", [0.0, 1.0, -1.0, 2.5])
def test_plus_and_times_are_addition_and_multiplication(x, y):
    for a in (x, Value(x)):
        for b in (y, Value(y)):
            assert read_number(plus(a, b)) == x + y
            assert read_number(times(a, b)) == x * y


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_a_zero_times_no_finite_number_is_not_a_number_as_in_a_backward_pass(x):
    for product in (times(0.0, x), times(0.0, Value(x)).data, times(Value(x), 0.0).data):
        assert math.isnan(product)


def test_plus_and_times_record_nothing_that_is_not_needed():
    w = Value(5.0)
    assert plus(w, 0.0) is plus(0.0, w) is w
    assert times(w, 1.0) is times(1.0, w) is w
    assert times(w, 0.0) == times(0.0, w) == 0.0
    assert nodes_made(lambda: (plus(0.0, w), times(w, 0.0), times(1.0, w))) == 0
    assert times(w, -1.0).operation is times(-1.0, w).operation is op.neg
    assert plus(w, 2.0).operation is op.add
    assert times(w, 2.0).operation is op.mul


def test_only_what_is_in_no_graph_and_of_no_level_is_a_number():
    assert [is_number(x) for x in (3.0, 3, Fraction(3), np.float64(3))] == [True] * 4
    assert [is_number(x) for x in (Value(3.0), Constant(3.0), Dual(3.0, 1.0, 1))] == [False] * 3


def test_a_rule_that_gives_no_number_is_told_in_forward_mode_too():
    forgetful = Operation("forgetful", lambda x: x * x, [lambda out, x: None])
    with pytest.raises(TypeError, match="derivative of forgetful needs a real number, not a None"):
        forgetful(Dual(3.0, 1.0, 1))


def test_a_number_of_single_precision_enters_the_rules_as_a_float():
    assert type((Dual(3.0, 1.0, 1) / np.float32(0.1)).tangent) is float
