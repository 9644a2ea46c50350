"""The rules of columns: each gives what the row engine gives, number by number."""

import math
import random

import pytest
from strategies import every_row, for_every_row

from micrograd_nn import Operation, Reduction
from micrograd_nn.checks.samples import find_interval
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.arrays.notation import (
    ALIKE,
    ARRAY_RULES,
    STANDARD,
    Arrays,
    NoArraysError,
    compute_columns,
    find_array_rule,
)
from micrograd_nn.extras.compile.arrays.rules import choose, place, share
from micrograd_nn.notation.writing.notation import Text

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1e-9, 40.0, -40.0, 700.0, -700.0, 2.0, math.nan]
CLOSE = {"rel": 1e-13, "abs": 1e-15}


def draw_examples(row, count=60, most=3):
    """Return lists of inputs from a row's domain, and all pairs of numbers that are special."""
    rng = random.Random(row.name)
    size = most if isinstance(row, Reduction) else len(row.inputs)
    intervals = [find_interval(row, i) for i in range(size)]
    examples = [[rng.uniform(*interval) for interval in intervals] for _ in range(count)]
    special = [[rng.choice(SPECIAL) for _ in intervals] for _ in range(count)]
    tied = [0.0, -0.0, -1.0][:size]
    return examples + [[x] * size for x in SPECIAL] + special + [tied, [-x for x in tied]]


def compute_row(row, inputs):
    """Return what the row engine gives, None where that is an error."""
    try:
        return row.apply(inputs)
    except (ValueError, ArithmeticError):
        return None


def compare(row, xp, examples, **close):
    """Compare a row over columns with the row engine; where that fails, nothing is finite."""
    columns = [xp.asarray(column, dtype=xp.float64) for column in zip(*examples, strict=True)]
    found = [float(x) for x in compute_columns(xp, row, *columns)]
    assert len(found) == len(examples)
    for x, inputs in zip(found, examples, strict=True):
        expected = compute_row(row, inputs)
        if expected is None:
            assert not math.isfinite(x), inputs
        else:
            assert x == pytest.approx(expected, nan_ok=True, **(close or CLOSE)), inputs
            if not math.isnan(expected):
                assert math.copysign(1.0, x) == math.copysign(1.0, expected), inputs


@pytest.fixture(scope="module")
def numpy():
    np = pytest.importorskip("numpy", minversion="2")
    with np.errstate(all="ignore"):
        yield np


@for_every_row
def test_every_row_and_member_over_columns_of_numpy(row, numpy):
    close = {"rel": 1e-12, "abs": 1e-12} if row.name.startswith("pow_by") else {}
    compare(row, numpy, draw_examples(row), **close)


@for_every_row
def test_a_number_may_stand_for_a_column(row, numpy):
    """Whichever it is: programs write constants as numbers."""
    size = 3 if isinstance(row, Reduction) else len(row.inputs)
    inputs = [0.4] * size if row is not op.acosh else [1.4]
    expected = row.apply(inputs)
    for i in range(size):
        given = [numpy.asarray([x, x]) if i == j else x for j, x in enumerate(inputs)]
        assert list(compute_columns(numpy, row, *given)) == pytest.approx([expected] * 2, rel=1e-14)


def test_tails_of_the_error_function_keep_their_digits(numpy):
    examples = [[x / 8] for x in range(-220, 221)]
    compare(op.erf, numpy, examples, rel=2e-15, abs=0.0)
    compare(op.erfc, numpy, examples, rel=2e-15, abs=1e-307)
    compare(op.gelu, numpy, examples, rel=2e-15, abs=1e-307)


def test_a_lookup_takes_where_the_index_is_whole(numpy):
    index = numpy.asarray([0.0, 2.0, 1.0, 3.0, -1.0, 0.5, math.nan])
    places = place(numpy, index, 3.0)
    assert [str(x) for x in places.tolist()] == ["0.0", "2.0", "1.0", "nan", "nan", "nan", "nan"]
    values = numpy.asarray([10.0] * 3), 20.0, numpy.asarray([30.0, 31.0, 32.0])
    assert choose(numpy, places[:3], *values).tolist() == [10.0, 31.0, 20.0]
    assert share(numpy, places[:3], 2.0, numpy.asarray([5.0] * 3)).tolist() == [0.0, 5.0, 0.0]


def test_each_rule_of_a_row_is_used():
    """What is none is a part of one, or is for lookups, or for what is given."""
    parts = {"lift", "divide_polynomials", "split_error", "total"}
    parts |= {"place", "choose", "share"}
    parts |= {"take_numbers", "take_columns", "take_array"}
    found = {find_array_rule(row) for row in every_row if row not in ALIKE}
    assert found - STANDARD == ARRAY_RULES.keys() - parts


@pytest.mark.parametrize("kind", [Operation, Reduction])
def test_what_is_not_in_the_table_is_refused_with_the_remedy(kind, numpy):
    partials = [lambda out, x: 1.0] if kind is Operation else lambda out, *xs: [1.0] * len(xs)
    tanh = kind("tanh", lambda *xs: xs[0], partials)
    with pytest.raises(NoArraysError, match=r'tanh can\'t be computed over columns: .* arrays="'):
        compute_columns(numpy, tanh, numpy.asarray([1.0]))
    joined = Reduction("both", lambda *xs: 0.0, lambda out, *xs: [0.0] * len(xs), joiner=" + ")
    with pytest.raises(NoArraysError, match="both can't"):
        Arrays().write_parts(joined, [Text("x"), Text("y")])


def test_an_operation_of_ones_own_says_how_it_is_computed_over_columns(numpy):
    cube = Operation("cube", lambda x: x**3, [lambda out, x: 3 * x * x], arrays="{0} * {0} * {0}")
    assert compute_columns(numpy, cube, numpy.asarray([2.0])).tolist() == [8.0]
    assert Arrays().needs_name(cube, 0)
    assert Arrays().write_operation(cube, [Text("x")]) == Text("x * x * x", "Mult", 1)
