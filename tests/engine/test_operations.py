"""The table as a whole, its errors, and its rows at their edges: large numbers, kinks, nan."""

import math
from contextlib import nullcontext
from fractions import Fraction

import numpy as np
import pytest
from added import compile
from golden import assert_stands
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT
from strategies import every_row, finite, for_every_row, inputs_of, searching

import micrograd_nn
from micrograd_nn import OPERATIONS, Constant, Operation, Reduction, Value, no_grad
from micrograd_nn.calculus import derivative, hessian, jacobian
from micrograd_nn.engine import table as op


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
def test_each_row_is_a_function_of_the_package_by_its_name(row):
    assert getattr(micrograd_nn, row.name) is row
    assert OPERATIONS[row.name] is row


def cell(text):
    return text.replace("|", "\\|")


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(cell, line))} |\n" for line in lines)


def test_the_page_of_operations_tells_every_row():
    """docs/look-up/operations.md is written from the table: what changes in a row shows there."""
    meaning, checks = [], []
    proofs = pytest.importorskip("micrograd_nn.extras.proof.theorems")
    proved = proofs.read_proved()
    for row in OPERATIONS.values():
        name = f"`{row.name}`"
        doc = row.__doc__.split("\n")[0]
        example = f"`{row.example}`" if row.example else ""
        meaning.append([name, doc, row.needs or "–", row.partials_need or "–", example])
        defaults = dict(zip(row.inputs[-len(row.defaults) :], row.defaults, strict=False))
        checks.append(
            [
                name,
                f"`{row.written('a', 'b', 'c', 'd', 'e')}`"
                if isinstance(row, Reduction)
                else f"`{row.written(*row.inputs)}`",
                row.symbol,
                ", ".join(f"{input} = {x}" for input, x in defaults.items()) or "–",
                ", ".join(map(str, row.kinks)) or "–",
                " × ".join(f"[{low:g}, {high:g}]" for low, high in row.domain),
                f"✓ by {told}" if (told := proofs.describe_proved(row, proved)) else "–",
            ]
        )
    first = ["operation", "what it is", "needs", "a finite derivative needs", "example"]
    second = ["operation", "in Python", "in a picture", "defaults", "kinks", "checked on"]
    second += ["formula proved over ℝ"]
    assert_stands(
        "# The operations\n\n"
        "What `micrograd_nn.OPERATIONS` holds, written from the table by "
        "`REFRESH=1 pytest tests/engine/test_operations.py`.\n\n"
        + table(first, meaning)
        + "\n## How each is written, drawn and checked\n\n"
        "Checks draw each input from its interval; at a kink the derivative jumps. The last "
        "column names the inputs whose derivative Coq has proved, off kinks and jumps (see "
        "[What is proved](../understand/trust.md#what-is-proved)). "
        "The derivatives stand beside the rows in `micrograd_nn/engine/table.py`.\n\n"
        + table(second, checks),
        ROOT / "docs" / "look-up" / "operations.md",
    )


@for_every_row
def test_each_row_is_documented_and_complete(row):
    assert row.__doc__.strip()
    assert row.symbol
    assert len(row.domain) == len(row.inputs)
    assert isinstance(row, Reduction) or len(row.partials) == len(row.inputs)


# Numbers in, number out; Values in, Value out


def ones(row, kind):
    """Return inputs of value 1 and of one kind; 1/2 or 2 where 1 is not in the row's domain."""
    count = 3 if isinstance(row, Reduction) else len(row.inputs)
    within = (x for x in (1, Fraction(1, 2), 2) if all(low < x <= high for low, high in row.domain))
    one = next(within)
    return [kind(one)] * count


@for_every_row
@pytest.mark.parametrize("kind", [np.float64, np.float32, Fraction, int, np.int64, np.uint8])
def test_any_kind_of_real_number_gives_what_the_float_gives(row, kind):
    if kind(0.5) != 0.5 and ones(row, float)[0] == 0.5:
        pytest.skip("no whole number will do")
    result = row.apply(ones(row, kind))
    assert type(result) is float
    assert result == row.apply(ones(row, float))


@for_every_row
@searching
@given(data=st.data())
def test_values_give_a_node_that_remembers_the_operation(row, data):
    inputs = data.draw(inputs_of(row))
    values = [Value(x) for x in inputs]
    out = row.apply(values)
    assert type(out) is Value
    assert out.data == row.apply(inputs)
    assert out.operation is row
    assert out.inputs == tuple(values)
    assert out.partials == tuple(row.local_partials(out.data, inputs))
    assert all(type(partial) is float for partial in out.partials)


@for_every_row
@searching
@given(data=st.data())
def test_a_number_beside_values_becomes_a_constant_without_a_partial(row, data):
    inputs = data.draw(inputs_of(row).filter(lambda inputs: len(inputs) > 1 or len(row.inputs) < 2))
    position = data.draw(st.integers(0, len(inputs) - 1))
    mixed = [Value(x) for x in inputs]
    full = row.apply(mixed)
    mixed[position] = inputs[position]
    out = row.apply(mixed)
    if len(inputs) == 1:
        assert out == full.data
        assert type(out) is float
        return
    assert out.data == full.data
    assert type(out.inputs[position]) is Constant
    assert out.inputs[position].data == inputs[position]
    expected = list(full.partials)
    expected[position] = None
    assert out.partials == tuple(expected)


@for_every_row
@pytest.mark.parametrize(("kind", "within"), [(Constant, nullcontext), (Value, no_grad)])
def test_of_constants_alone_or_within_no_grad_nothing_is_recorded(row, kind, within):
    with within():
        out = row.apply(ones(row, lambda x: kind(float(x))))
    assert type(out) is Constant
    assert out.data == row.apply(ones(row, float))
    assert (out.operation, out.inputs, out.partials) == (None, (), ())


def test_leaky_relu_and_elu_have_the_usual_defaults():
    assert op.leaky_relu(-2.0) == op.leaky_relu(-2.0, 0.01) == -0.02
    assert op.elu(-2.0) == op.elu(-2.0, 1.0) == math.expm1(-2.0)
    assert op.leaky_relu(Value(-2.0)).data == -0.02
    assert op.elu(Value(-2.0)).data == math.expm1(-2.0)


def test_the_slope_of_leaky_relu_and_the_alpha_of_elu_can_learn():
    for row in (op.leaky_relu, op.elu):
        parameter = Value(0.5)
        row(-2.0, parameter).backward()
        assert parameter.grad == row(-2.0, 1.0)  # both are linear in it below 0
        parameter.grad = 0.0
        row(2.0, parameter).backward()
        assert parameter.grad == 0.0


# Errors: every condition that a row's message quotes is provoked here.

NEEDS = [
    (op.truediv, (1.0, 0.0), ZeroDivisionError),
    (op.pow, (-8.0, 1 / 3), ValueError),
    (op.pow, (0.0, -1.0), ZeroDivisionError),
    (op.log, (-0.5,), ValueError),
    (op.log, (0.0,), ValueError),
    (op.log1p, (-1.0,), ValueError),
    (op.sqrt, (-1.0,), ValueError),
    (op.sin, (math.inf,), ValueError),
    (op.cos, (-math.inf,), ValueError),
    (op.pow_by_x, (0.0, 0.5), ZeroDivisionError),
    (op.tan, (math.inf,), ValueError),
    (op.asin, (1.5,), ValueError),
    (op.acos, (-1.5,), ValueError),
    (op.mod, (1.0, 0.0), ZeroDivisionError),
    (op.floordiv, (1.0, 0.0), ZeroDivisionError),
    (op.log2, (0.0,), ValueError),
    (op.log10, (-1.0,), ValueError),
    (op.semicircle, (1.5,), ValueError),
    (op.acosh, (0.5,), ValueError),
    (op.atanh, (1.0,), ValueError),
    (op.level, (), ValueError),
    (op.mean, (), ZeroDivisionError),
    (op.max, (), ValueError),
    (op.min, (), ValueError),
    (op.logsumexp, (), ValueError),
]

PARTIALS_NEED = [
    (op.pow, (0.0, 0.5)),
    (op.semicircle, (1.0,)),
    (op.acosh, (1.0,)),
    (op.hypot, (0.0, 0.0)),
    (op.sqrt, (0.0,)),
    (op.asin, (1.0,)),
    (op.acos, (-1.0,)),
    (op.atan2, (0.0, 0.0)),
]


def case_name(case):
    return case.name if isinstance(case, Operation) else None


def test_the_cases_of_errors_cover_every_condition_in_the_table():
    assert {row.name for row, *_ in NEEDS} == {row.name for row in every_row if row.needs}
    assert {row.name for row, *_ in PARTIALS_NEED} == {
        row.name for row in every_row if row.partials_need != row.needs
    }


@pytest.mark.parametrize(("row", "inputs", "kind"), NEEDS, ids=case_name)
def test_a_number_outside_the_domain_is_an_error_of_pythons_class_that_says_why(row, inputs, kind):
    """In the row's own words, which stand in docs/look-up/operations.md."""
    with pytest.raises(kind) as caught:
        row.apply(inputs)
    assert type(caught.value) is kind
    numbers = ", ".join(f"{name} = {x!r}" for name, x in zip(row.inputs, inputs, strict=False))
    told = f"{row.written(*row.inputs)} needs {row.needs}"
    assert str(caught.value) == (f"{told}; {numbers}" if numbers else told)


@pytest.mark.parametrize(("row", "inputs"), PARTIALS_NEED, ids=case_name)
def test_a_point_without_a_finite_derivative_is_an_error_for_values_alone(row, inputs):
    assert math.isfinite(row.apply(inputs))
    with no_grad():
        row.apply([Value(x) for x in inputs])  # has no use for the derivative
    values = [Value(x, name) for x, name in zip(inputs, row.inputs, strict=True)]
    with pytest.raises(ZeroDivisionError) as caught:
        row.apply(values)
    numbers = ", ".join(f"{x.label} = {x.data} (label {x.label!r})" for x in values)
    written = row.written(*row.inputs)
    assert str(caught.value) == f"the derivative of {written} needs {row.partials_need}; {numbers}"


@pytest.mark.parametrize("row", [op.exp, op.expm1, op.sinh, op.cosh, lambda x: op.pow(10, x)])
def test_a_result_beyond_the_largest_float_is_an_overflow_error(row):
    for x in (1000, Value(1000.0)):
        with pytest.raises(OverflowError, match=r"is beyond the largest float, .* = 1000\.0"):
            row(x)


def test_a_derivative_beyond_the_largest_float_is_an_overflow_error_that_says_so():
    with pytest.raises(OverflowError, match=r"^the derivative of x \*\* y is beyond the largest"):
        Value(1e-200) ** -1


# Where one number is enough to judge, the condition as Python; the two in words are pow's.
CONDITIONS = {"a finite x": "isfinite(x)", "at least one value": "True", "": "True"}


def holds(condition, row, inputs):
    code = CONDITIONS.get(condition, condition)
    return eval(code, {"isfinite": math.isfinite}, dict(zip(row.inputs, inputs, strict=False)))


@pytest.mark.parametrize(
    "row", [row for row in every_row if not row.name.startswith("pow")], ids=lambda row: row.name
)
@searching
@given(data=st.data())
def test_a_row_works_on_every_finite_number_that_its_condition_admits(row, data):
    """Forward and backward; only a result that is too large is an error beyond the condition."""
    size = st.integers(1, 4) if isinstance(row, Reduction) else st.just(len(row.inputs))
    inputs = data.draw(size.flatmap(lambda n: st.lists(finite, min_size=n, max_size=n)))
    try:
        row.apply(inputs)
        worked = True
    except OverflowError:
        return
    except (ValueError, ZeroDivisionError):
        worked = False
    assert worked == holds(row.needs, row, inputs)
    if worked:
        try:
            row.apply([Value(x) for x in inputs])
        except OverflowError:
            return
        except (ValueError, ZeroDivisionError):
            worked = False
        assert worked == holds(row.partials_need, row, inputs)


@pytest.mark.parametrize(
    ("size", "slopes"), [(1e-200, (5e199, -5e199)), (1e200, (5e-201, -5e-201))]
)
def test_atan2_has_derivatives_at_tiny_and_huge_points(size, slopes):
    y, x = Value(size), Value(size)
    assert op.atan2(y, x).partials == pytest.approx(slopes, rel=1e-12, abs=0)


# Powers


def gradients_of(out, *values):
    out.backward()
    return [x.grad for x in values]


@pytest.mark.parametrize(("x", "n"), [(-3.0, 2), (-3.0, 3), (-2.0, -1), (-2.0, 0), (-0.5, 1)])
def test_a_negative_number_has_whole_powers_with_gradients(x, n):
    value = Value(x)
    out = value**n
    assert out.data == x**n
    assert gradients_of(out, value) == [n * x ** (n - 1)]
    assert out.partials[1] is None


@pytest.mark.parametrize(
    ("n", "result", "slope"), [(0, 1.0, 0.0), (1, 0.0, 1.0), (2, 0.0, 0.0), (1.5, 0.0, 0.0)]
)
def test_powers_have_gradients_at_zero(n, result, slope):
    x = Value(0.0)
    out = x**n
    assert out.data == result
    assert gradients_of(out, x) == [slope]


# Stable forms


@pytest.mark.parametrize(
    ("row", "x", "result", "slope"),
    [
        (op.sigmoid, 1000.0, 1.0, 0.0),
        (op.sigmoid, -1000.0, 0.0, 0.0),
        (op.tanh, 1000.0, 1.0, 0.0),
        (op.tanh, -1000.0, -1.0, 0.0),
        (op.softplus, 1000.0, 1000.0, 1.0),
        (op.softplus, -1000.0, 0.0, 0.0),
        (op.silu, 1000.0, 1000.0, 1.0),
        (op.silu, -1000.0, 0.0, 0.0),
        (op.gelu, 1000.0, 1000.0, 1.0),
        (op.gelu, -1000.0, 0.0, 0.0),
        (op.elu, 1000.0, 1000.0, 1.0),
        (op.elu, -1000.0, -1.0, 0.0),
        (op.relu, 1000.0, 1000.0, 1.0),
        (op.relu, -1000.0, 0.0, 0.0),
        (op.leaky_relu, 1000.0, 1000.0, 1.0),
        (op.leaky_relu, -1000.0, -10.0, 0.01),
        (op.erf, 1e200, 1.0, 0.0),
        (op.erf, -1e200, -1.0, 0.0),
        (op.erfc, 1e200, 0.0, 0.0),
        (op.atan, 1e200, math.pi / 2, 0.0),
        (op.expm1, -1000.0, -1.0, 0.0),
    ],
    ids=lambda case: case.name if isinstance(case, Operation) else None,
)
def test_a_large_number_gives_the_limit_with_a_gradient(row, x, result, slope):
    value = Value(x)
    out = row(value)
    assert out.data == row(x) == result
    assert gradients_of(out, value) == [slope]


@pytest.mark.parametrize(
    "row",
    [op.sigmoid, op.tanh, op.softplus, op.silu, op.gelu, op.elu, op.relu, op.leaky_relu, op.erf],
    ids=lambda row: row.name,
)
@pytest.mark.parametrize("x", [1000.0, -1000.0])
def test_a_large_number_has_a_second_derivative_of_zero(row, x):
    value = Value(x)
    inputs = (value, *row.defaults)
    wanted = [True] + [False] * len(row.defaults)
    slope = row.local_partials(row(value), inputs, wanted)[0]
    assert gradients_of(slope, value) == [0.0]


@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_logsumexp_of_large_numbers_is_finite_with_gradients(size):
    x, y = Value(size), Value(size)
    out = op.logsumexp([x, y, -2000.0])
    assert out.data == size + math.log(2)
    assert gradients_of(out, x, y) == pytest.approx([0.5, 0.5], rel=1e-12)


@pytest.mark.parametrize("values", [[math.inf, 0.0], [-math.inf, 0.0], [-math.inf, -math.inf]])
def test_logsumexp_takes_infinities(values):
    assert op.logsumexp(values) == max(values)


@pytest.mark.parametrize("x", [1e-20, -1e-20])
def test_expm1_and_log1p_are_exact_for_small_numbers(x):
    assert op.expm1(x) == op.log1p(x) == x


@pytest.mark.parametrize(
    ("row", "x", "first", "second"),
    [
        (op.silu, 1e16, 1.0, 0.0),
        (op.silu, -1e16, 0.0, 0.0),
        (op.asin, 1e-20, 1.0, 1e-20),
        (op.acos, 1e-20, -1.0, -1e-20),
        (op.atanh, 1e-20, 1.0, 2e-20),
        (op.asinh, 1e-20, 1.0, -1e-20),
        (op.sigmoid, 40.0, math.exp(-40), -math.exp(-40)),
        (op.sigmoid, -40.0, math.exp(-40), math.exp(-40)),
    ],
    ids=lambda case: case.name if isinstance(case, Operation) else None,
)
def test_derivatives_keep_their_digits_at_both_ends(row, x, first, second):
    assert derivative(row)(x) == pytest.approx(first, rel=1e-15, abs=0.0)
    assert derivative(row, 2)(x) == pytest.approx(second, rel=1e-15, abs=0.0)


def test_a_length_beyond_the_largest_float_is_refused_for_its_derivatives_would_be_zero():
    with pytest.raises(OverflowError, match=r"^hypot\(x, y\) is beyond the largest float"):
        op.hypot(Value(1.7e308), 1.7e308)
    assert op.hypot(math.inf, 1.0) == math.inf


def test_a_mean_is_finite_though_the_sum_is_not():
    x, y = Value(1.7e308), Value(1.7e308)
    out = op.mean([x, y])
    assert out.data == 1.7e308
    assert gradients_of(out, x, y) == [0.5, 0.5]


def test_logsumexp_has_the_derivatives_of_softmax_beside_large_numbers():
    x, y = Value(1e16), Value(1e16)
    assert gradients_of(op.logsumexp([x, y]), x, y) == [0.5, 0.5]
    assert hessian(op.logsumexp)([1e16, 1e16]) == [[0.25, -0.25], [-0.25, 0.25]]
    assert op.logsumexp([0.0, -40.0]) == math.exp(-40)


# Quotients rounded down, and choices


@pytest.mark.parametrize("x", [7.5, -7.5])
@pytest.mark.parametrize("y", [2.0, -2.0])
def test_the_remainder_is_pythons_and_so_are_its_derivatives(x, y):
    a, b = Value(x), Value(y)
    assert (a % b).data == x % y
    assert (a // b).data == x // y
    assert gradients_of(a % b, a, b) == [1.0, -(x // y)]
    assert gradients_of(x % b, b) == [-(x // y) - (x // y)]  # with the one before
    assert gradients_of(a // y, a) == [1.0]  # with nothing new
    assert (x // b).data == x // y
    assert (x % b).inputs[0].data == x


def test_where_chooses_by_the_sign_of_a_number_or_by_a_comparison():
    a, b, x = Value(2.0), Value(3.0), Value(5.0)
    assert gradients_of(op.where(x - 4, a, b), a, b, x) == [1.0, 0.0, 0.0]
    assert op.where(x > 6, a, b).data == op.where(False, 2.0, 3.0) == 3.0
    assert op.where(0.0, 2.0, 3.0) == 3.0
    assert op.where(np.float64(1.0) < 2.0, a, b).data == 2.0
    assert op.where(np.bool_(False), a, b).data == 3.0
    chosen = compile(lambda x: op.where(x - 4, x * x, -x))
    assert [chosen(x) for x in (5.0, 3.0, 6.0)] == [25.0, -3.0, 36.0]
    with pytest.raises(TypeError, match="str"):
        op.where("yes", 1.0, 2.0)


def test_a_false_condition_passes_the_gradient_to_the_other_value():
    a, b = Value(2.0), Value(3.0)
    assert gradients_of(op.where(Value(0.0), a, b), a, b) == [0.0, 1.0]
    assert gradients_of(op.where(False, a, b), a, b) == [0.0, 2.0]  # they add up


def test_hypot_does_not_overflow():
    x, y = Value(3e200), Value(4e200)
    out = op.hypot(x, y)
    assert out.data == pytest.approx(5e200, rel=1e-15)
    assert gradients_of(out, x, y) == pytest.approx([0.6, 0.8], rel=1e-15)


# nan


@pytest.mark.parametrize(
    "row", [row for row in every_row if not row.name.startswith("pow")], ids=lambda row: row.name
)
def test_not_a_number_stays_not_a_number_and_is_no_error(row):
    if isinstance(row, Reduction):
        cases = [(math.nan,), (math.nan, 1.0), (1.0, math.nan), (1.0, math.nan, 2.0)]
    else:
        cases = [(math.nan, *[1.0] * (len(row.inputs) - 1))]
    for inputs in cases:
        assert math.isnan(row.apply(inputs))
        assert math.isnan(row.apply([Value(x) for x in inputs]).data)


# Kinks


@pytest.mark.parametrize(
    ("row", "slope"),
    [(op.relu, 0.0), (op.abs, 0.0), (op.leaky_relu, 0.01), (op.elu, 1.0)],
    ids=lambda case: case.name if isinstance(case, Operation) else None,
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_derivative_at_a_kink_is_pytorchs(row, slope, zero):
    x = Value(zero)
    out = row(x)
    assert out.data == 0.0
    assert gradients_of(out, x) == [slope]


def test_at_a_kink_the_result_is_that_of_the_left_side_down_to_the_sign_of_a_zero():
    assert repr(op.relu(-0.0)) == "0.0"
    assert repr(op.leaky_relu(0.0, -1.0)) == "-0.0"
    assert repr(op.elu(0.0, -1.0)) == "-0.0"


@pytest.mark.parametrize("x", [0.03, 0.41, 0.63, 0.94])
def test_the_sigmoid_of_a_positive_number_is_its_formula_to_the_last_bit(x):
    assert op.sigmoid(x) == 1 / (1 + math.exp(-x))


def test_every_kinked_row_has_its_choice_at_the_kink_tested_here():
    tested = {"relu", "abs", "leaky_relu", "elu"}
    steps = {"step", "sign", "where"}  # which jump there themselves; their values at 0 follow
    assert {row.name for row in every_row if row.kinks} == tested | steps
    assert op.step(0.0) == op.sign(0.0) == op.where(0.0, 1.0, 0.0) == 0.0


@pytest.mark.parametrize("row", [op.max, op.min], ids=["max", "min"])
@pytest.mark.parametrize("count", [2, 3, 7])
def test_equal_values_share_the_derivative_of_max_and_min_equally(row, count):
    other = Value(-5.0 if row is op.max else 5.0)
    tied = [Value(2.0) for _ in range(count)]
    out = row([other, *tied])
    assert gradients_of(out, *tied) == [1 / count] * count
    assert other.grad == 0.0


def test_a_tie_with_a_constant_is_shared_with_it():
    x = Value(2.0)
    assert gradients_of(op.max(x, 2.0), x) == [0.5]


@pytest.mark.parametrize("row", [op.step, op.sign, op.equal], ids=lambda row: row.name)
def test_a_steps_own_derivative_is_zero_even_at_the_step(row):
    values = [Value(0.0) for _ in row.inputs]
    assert gradients_of(row(*values), *values) == [0.0] * len(values)


# Reductions


@pytest.mark.parametrize(("row", "result"), [(op.sum, 0.0), (op.prod, 1.0)], ids=["sum", "prod"])
def test_an_empty_sum_or_product_is_its_neutral_element(row, result):
    assert row([]) == row() == result


def test_an_empty_product_has_no_derivatives():
    assert op.prod.local_partials(1.0, ()) == ()


def test_an_empty_dot_is_zero():
    assert op.dot([], []) == 0.0


@pytest.mark.parametrize(
    ("factors", "slopes"),
    [([2.0, 0.0, 5.0], [0.0, 10.0, 0.0]), ([0.0, 0.0, 5.0], [0.0, 0.0, 0.0]), ([0.0], [1.0])],
)
def test_a_product_with_zeros_has_gradients(factors, slopes):
    values = [Value(x) for x in factors]
    out = op.prod(values)
    assert out.data == 0.0
    assert gradients_of(out, *values) == slopes


def test_a_product_of_thousands_takes_linear_time():
    values = [Value(1.0) for _ in range(20_000)]
    out = op.prod(values)  # in quadratic time this would take a minute
    assert gradients_of(out, *values) == [1.0] * 20_000


def test_a_neuron_is_one_node():
    weights, inputs, bias = [Value(2.0), Value(3.0)], [Value(10.0), Value(100.0)], Value(1.0)
    out = op.dot(weights, inputs, bias)
    assert out.data == 321.0
    assert out.inputs == (*weights, *inputs, bias)
    assert gradients_of(out, *weights, *inputs, bias) == [10.0, 100.0, 2.0, 3.0, 1.0]


# softmax and log_softmax

logits = st.lists(st.floats(-1000, 1000), min_size=1, max_size=6)


@searching
@given(logits)
def test_softmax_gives_probabilities_in_proportion_to_the_exponentials(values):
    probabilities = op.softmax(values)
    weights = [math.exp(x - max(values)) for x in values]
    assert probabilities == pytest.approx([w / math.fsum(weights) for w in weights], rel=1e-11)
    assert math.isclose(math.fsum(probabilities), 1.0, rel_tol=1e-12)
    assert all(0.0 <= p <= 1.0 for p in probabilities)


def test_softmax_of_large_numbers_knows_what_they_differ_by():
    assert op.softmax([1e16, 1e16]) == [0.5, 0.5]
    assert op.log_softmax([1e16, 1e16]) == [-math.log(2), -math.log(2)]
    assert jacobian(op.softmax)([1e16, 1e16]) == [[0.25, -0.25], [-0.25, 0.25]]
    assert jacobian(op.log_softmax)([1e16, 1e16]) == [[0.5, -0.5], [-0.5, 0.5]]


@searching
@given(logits)
def test_log_softmax_is_the_logarithm_of_softmax(values):
    for p, log_p in zip(op.softmax(values), op.log_softmax(values), strict=True):
        assert math.isclose(p, math.exp(log_p), rel_tol=1e-12, abs_tol=1e-320)


@searching
@given(logits)
def test_the_gradient_of_log_softmax_is_the_indicator_minus_the_probabilities(values):
    for i in range(len(values)):
        leaves = [Value(x) for x in values]
        slopes = gradients_of(op.log_softmax(leaves)[i], *leaves)
        expected = [(i == j) - p for j, p in enumerate(op.softmax(values))]
        assert slopes == pytest.approx(expected, abs=1e-12)


def test_softmax_takes_any_iterable_and_none():
    assert op.softmax(x for x in (0.0, 0.0)) == [0.5, 0.5]
    assert op.softmax([]) == op.log_softmax(iter(())) == []
