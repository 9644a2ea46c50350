"""Programs over columns of NumPy: they give what programs row by row give, and their errors."""

import builtins
import math
import random
import sys

import pytest
from places import ROOT
from programs import trace_program
from sizes import choose_size
from strategies import for_every_row

from micrograd_nn import Operation, Reduction, Value, choose, compile, step, where
from micrograd_nn.checks.samples import find_interval, make_expression
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import Choice
from micrograd_nn.extras.compile.arrays.functions import HARMLESS
from micrograd_nn.extras.compile.arrays.notation import NoArraysError
from micrograd_nn.extras.compile.compiler.arrays import ArrayProgram, find_namespace
from micrograd_nn.graph.rebuilding import BranchError

np = pytest.importorskip("numpy", minversion="2")
CLOSE = {"rel": 1e-10, "abs": 1e-11}


def compare(outputs, inputs, parameters, rows, wrt=None, **close):
    """Compare a program over columns with that of rows, for the parameters as they are."""
    by_rows = compile(outputs, inputs, parameters, wrt)
    over = compile(outputs, inputs, parameters, wrt, over="array")
    numbers = [p.data for p in parameters]
    columns = [np.asarray(column) for column in zip(*rows, strict=True)]
    total, gradient = over(numbers, columns)
    expected, slopes = by_rows(numbers, rows)
    assert total == pytest.approx(expected, **(close or CLOSE))
    assert [*gradient] == pytest.approx(slopes, **(close or CLOSE))
    assert over.predictions(numbers, columns).tolist() == pytest.approx(
        by_rows.predictions(numbers, rows), **(close or CLOSE)
    )


@for_every_row
def test_every_row_with_its_gradient_by_columns_and_parameters(row):
    rng = random.Random(row.name)
    count = 3 if isinstance(row, Reduction) else len(row.inputs)
    intervals = [find_interval(row, i) for i in range(count)]
    given = [Value(rng.uniform(*interval)) for interval in intervals]
    rows = [[rng.uniform(*interval) for interval in intervals] for _ in range(7)]
    compare(row.apply(given), given, [], rows, wrt=given)
    first = [line[:1] for line in rows]
    compare(row.apply(given), given[:1], given[1:], first, wrt=given)


def test_the_source_is_what_the_guide_shows():
    x, w, b = Value(2.0, "x"), Value(3.0, "w"), Value(0.5, "b")
    program = compile((w * x + b).tanh(), [x], [w, b], over="array")
    guide = (ROOT / "docs" / "do" / "arrays.md").read_text(encoding="utf-8")
    assert f">>> print(program.source)\n{program.source}<BLANKLINE>\n" in guide
    assert repr(program) == "<program over columns of 2 parameters and 1 inputs, 6 nodes>"


def test_what_no_input_changes_counts_once_a_row():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    compare(w * 2 + 0 * x, [x], [w], [[1.0], [2.0], [3.0]])
    compare(w * 2, [x], [w], [[1.0], [2.0], [3.0]])
    compare(w.exp(), [x], [w], [[1.0], [2.0], [3.0]])
    compare(x, [x], [w], [[1.0], [2.0]])


def test_upstream_scales_the_gradient_alone():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(w * x, [x], [w], over="array")
    assert [float(y) for y in np.hstack(program([3.0], [[1.0, 5.0]], upstream=0.5))] == [18.0, 3.0]


def test_several_outputs():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile([w * x, w.exp()], [x], [w], over="array")
    assert program.predictions([0.0], [[1.0, 2.0]]).tolist() == [[0.0, 1.0], [0.0, 1.0]]
    totals, gradients = program([0.0], [[1.0, 2.0]])
    assert [*map(float, totals)] == [0.0, 2.0]
    assert [[*map(float, gradient)] for gradient in gradients] == [[3.0], [2.0]]
    assert "xp.exp(w)" in program.source_of(1)


def test_without_derivatives_there_are_none():
    x = Value(2.0, "x")
    total, gradient = compile(x * x, [x], over="array")([], [[1.0, 2.0]])
    assert (float(total), gradient) == (5.0, [])


def test_a_lookup_takes_another_value_in_each_row():
    x, index = Value(2.0, "x"), Value(1.0, "index")
    table = [Value(float(i), f"t{i}") for i in range(4)]
    rows = [[0.5, 0.0], [1.5, 3.0], [2.5, 1.0], [3.5, 3.0]]
    compare(choose(index, table) * x, [x, index], table, rows)
    compare(choose(index, [x, x * x, table[0], table[1]]), [x, index], table[:2], rows)
    program = compile(choose(index, table) * x, [x, index], table, over="array")
    with pytest.raises(ValueError, match=r"needs a whole index from 0 to below .* index = 4\.0"):
        program.predictions([1.0] * 4, [[1.0, 1.0], [1.0, 4.0]])


# What the row engine refuses


def test_the_error_is_that_of_the_row_engine():
    x = Value(2.0, "x")
    program = compile(x.log(), [x], wrt=[x], over="array")
    for call in (program, program.predictions):
        with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -2\.0"):
            call([], [[1.0, -2.0, -3.0]])
    program = compile(x.sqrt(), [x], wrt=[x], over="array")
    assert program.predictions([], [[4.0, 0.0]]).tolist() == [2.0, 0.0]
    with pytest.raises(ZeroDivisionError, match=r"derivative of sqrt\(x\) needs x > 0"):
        program([], [[4.0, 0.0]])


def test_an_error_on_the_way_is_told_where_the_result_would_hide_it():
    x = Value(2.0, "x")
    with pytest.raises(OverflowError, match=r"exp\(x\) is beyond the largest float"):
        compile(x.exp().tanh(), [x], over="array").predictions([], [[1.0, 1000.0]])
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0"):
        compile(where(x, x.log(), 0.0), [x], over="array").predictions([], [[1.0, -1.0]])


def test_a_row_that_takes_another_branch_is_an_error():
    x = Value(0.5, "x")
    program = ArrayProgram(trace_program(lambda: x * 2 if x < 1 else x * 3, [x], wrt=[x]))
    assert program.predictions([], [[0.5, -1.0]]).tolist() == [1.0, -2.0]
    for call in (program, program.predictions):
        with pytest.raises(BranchError, match=r"x < 1.0 was True when the graph was recorded"):
            call([], [[0.5, 2.0]])
    z = Value(0.5, "z")
    program = ArrayProgram(trace_program(lambda: z * 3 if z > 1 else z * 2, [z]))
    assert program.predictions([], [[0.5, 1.0]]).tolist() == [1.0, 2.0]
    with pytest.raises(BranchError, match=r"z > 1\.0 was False"):
        program.predictions([], [[0.5, 2.0]])


def test_numbers_that_are_not_finite_are_refused():
    x = Value(0.5, "x")
    program = compile(x * 2, [x], wrt=[x], over="array")
    with pytest.raises(ValueError, match="row 1 gives nan, and a program over columns finite"):
        program.predictions([], [[1.0, math.nan]])
    with pytest.raises(ValueError, match="row 0 gives inf, and a program over columns finite"):
        program([], [[1e308]])
    with pytest.raises(ValueError, match="isn't finite that is so row by row: a sum beyond"):
        program([], [[8e307, 8e307]])


def test_columns_are_one_array_an_input_and_of_one_length():
    x, y = Value(0.5, "x"), Value(0.5, "y")
    program = compile(x * y, [x, y], [], over="array")
    wrong = {
        "columns of inputs: 1, and this program takes 2": [[1.0]],
        "columns have one length": [[1.0, 2.0], [1.0]],
        "a column has one dimension": [[[1.0]], [[1.0]]],
        r"of an array X it is list\(X.T\)": np.ones((2, 2)),
        "of a DataFrame or a dictionary": {"x": [1.0], "y": [2.0]},
        "a column has one dimension, .* not an array of the shape ()": [1.0, 2.0],
    }
    for told, columns in wrong.items():
        with pytest.raises(ValueError, match=told):
            program.predictions([], columns)
    with pytest.raises(ValueError, match="parameters: 1, and this program takes 0"):
        program.predictions([1.0], [[1.0], [1.0]])
    with pytest.raises(TypeError, match=r"not Values: x\.data"):
        program.predictions([x], [[1.0], [1.0]])
    with pytest.raises(TypeError, match="upstream"):
        program([], [[1.0], [1.0]], upstream="2")


def test_whole_numbers_and_numbers_of_32_bits_are_computed_with_in_64():
    x = Value(0.5, "x")
    program = compile(x / 3, [x], over="array")
    for column in ([1, 2], np.asarray([1, 2]), np.asarray([1.0, 2.0], dtype="float32")):
        assert program.predictions([], [column]).tolist() == [1 / 3, 2 / 3]


def test_without_rows_the_sum_is_nothing():
    x, w = Value(0.5, "x"), Value(2.0, "w")
    program = compile(w * x, [x], [w], over="array")
    total, gradient = program([2.0], [[]])
    assert (float(total), gradient.tolist()) == (0.0, [0.0])
    assert program.predictions([2.0], [[]]).tolist() == []


def test_what_is_off_is_multiplied_by_0_over_columns():
    """Row by row, the line is left out: so the gradient is 0, and over columns it is refused."""
    x = Value(4.0, "x")
    y = op.relu(x.sqrt() - 1)
    assert compile(y, [x], wrt=[x])([], [[0.0]]) == (0.0, [0.0])
    program = compile(y, [x], wrt=[x], over="array")
    with pytest.raises(ValueError, match="0 times an infinite derivative"):
        program([], [[0.0, 4.0]])


class Series(list):
    """A column with an index, by which two of them would be matched."""

    dtype = np.dtype("float64")

    def to_numpy(self):
        return np.asarray(self)


def test_a_column_of_a_data_frame_is_taken_without_its_index():
    x, y = Value(0.5, "x"), Value(2.0, "y")
    program = compile(x * y, [x, y], over="array")
    found = program.predictions([], [Series([1.0, 2.0]), Series([3.0, 4.0])])
    assert type(found) is np.ndarray
    assert found.tolist() == [3.0, 8.0]


def test_numbers_that_are_not_real_or_not_there_are_refused():
    x = Value(0.5, "x")
    program = compile(x * 2, [x], over="array")
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    for column in (masked, np.asarray([1.0 + 1j])):
        with pytest.raises(TypeError, match="a real one, and none masked"):
            program.predictions([], [column])


def test_arrays_that_are_given_stay_as_they_are():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(w * w * x, [x], [w], over="array")
    numbers, column = np.asarray([3.0]), np.asarray([1.0, 2.0])
    program(numbers, [column])
    assert (numbers.tolist(), column.tolist()) == ([3.0], [1.0, 2.0])


# What can't be compiled over columns


def test_what_can_not_be_said_is_refused_at_once():
    x = Value(2.0, "x")
    bell = Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out])
    with pytest.raises(NoArraysError, match=r"bell can't be computed over columns: .* arrays="):
        compile(bell(x), [x], over="array")
    with pytest.raises(NoArraysError, match="needs inputs"):
        compile(x * x, [], [x], over="array")
    with pytest.raises(TypeError, match="needs a recorded graph, not a function"):
        compile(lambda x: x, over="array")
    with pytest.raises(ValueError, match='over is "rows" or "array", not \'columns\''):
        compile(x * x, [x], over="columns")
    with pytest.raises(ValueError, match="native=True"):
        compile(x * x, [x], over="array", native=True)


def test_a_rule_that_looks_at_its_numbers_is_refused():
    looks = Operation("looks", abs, [lambda out, x: 1.0 if x > 3 else 2.0], arrays="xp.abs({0})")
    x = Value(2.0, "x")
    assert compile(looks(x), [x], over="array").predictions([], [[-2.0]]).tolist() == [2.0]
    with pytest.raises(NoArraysError, match="looks_by_0 can't be computed over columns"):
        compile(looks(x), [x], wrt=[x], over="array")


def test_an_operation_of_ones_own_with_its_form_over_columns():
    bell = Operation(
        "bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out],
        arrays="xp.exp(-{0} * {0})",
    )  # fmt: skip
    x = Value(0.5, "x")
    compare(bell(x + 1), [x], [], [[0.1], [0.2]], wrt=[x])


def test_labels_can_be_names_of_rules_and_of_the_namespace():
    x, xp = Value(0.5, "where"), Value(0.25, "xp")
    compare(where(x - xp, step(x), xp) + x, [x], [xp], [[1.0], [0.1]])


def test_what_lacks_is_told_with_the_extra(monkeypatch):
    real = builtins.__import__

    def refuse(name, *given, **named):
        if name == "numpy":
            raise ModuleNotFoundError("No module named 'numpy'", name="numpy")
        return real(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "numpy")
    told = r"a program over columns needs numpy: pip install numpy array-api-compat"
    with pytest.raises(ModuleNotFoundError, match=told):
        find_namespace([])


EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 30.0, -30.0, 1000.0, -1000.0, 1e-300, 1e300, -1e300]


def has_infinity_like_a_failure(expression, row):
    """Tell whether an operation that may fail gives an infinity: over columns that is its sign."""
    found = []

    def apply(operation, inputs):
        number = operation.apply(inputs)
        may_fail = not (operation in HARMLESS or isinstance(operation, (Reduction, Choice)))
        found.append(may_fail and math.isinf(number))
        return number

    expression(row, apply)
    return any(found)


@pytest.mark.parametrize("seed", range(choose_size(5, 100)))
def test_a_row_has_a_number_over_columns_only_where_the_engine_has_it(seed):
    """Also where nothing looks at the results, as within a compiled function of JAX."""
    expression, rng = make_expression(seed, 12), random.Random(seed)
    leaves = [Value(x) for x in expression.leaves]
    rows = [[rng.choice(EDGES) for _ in leaves] for _ in range(30)]
    by_rows = compile(expression(leaves), leaves)
    over = compile(expression(leaves), leaves, over="array")
    with np.errstate(all="ignore"):
        columns = [np.asarray(column) for column in zip(*rows, strict=True)]
        found = over.load_function("predict", np)([], columns)
    for x, row in zip(found, rows, strict=True):
        try:
            expected = by_rows.predict([], row)
        except (ValueError, ArithmeticError):
            expected = math.nan
        else:
            if has_infinity_like_a_failure(expression, row):
                expected = math.nan  # refused, though the engine goes on with the infinity
        assert x == pytest.approx(expected, rel=1e-7, abs=1e-9, nan_ok=True), row


def test_many_operations_that_may_fail_are_checked_in_lines_of_a_limited_length():
    x = Value(0.5, "x")
    y = x
    for _ in range(3000):
        y = (-y).exp()
    program = compile(y, [x], over="array")
    assert max(map(len, program.source_of("predict").splitlines())) < 2000
    assert program.predictions([], [[0.5]]) == pytest.approx([y.data], rel=1e-12)
