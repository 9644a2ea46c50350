"""Programs over columns of NumPy: they give what programs row by row give, and their errors."""

import builtins
import math
import random
import sys
from inspect import signature

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


def test_several_outputs():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile([w * x, w.exp()], [x], [w], over="array")
    assert program.predictions([0.0], [[1.0, 2.0]]).tolist() == [[0.0, 1.0], [0.0, 1.0]]
    totals, gradients = program([0.0], [[1.0, 2.0]])
    assert [*map(float, totals)] == [0.0, 2.0]
    assert [[*map(float, gradient)] for gradient in gradients] == [[3.0], [2.0]]
    assert "xp.exp(w)" in program.source_of(1)


def make_leaves(function):
    """Return a leaf for each parameter of a function, younger than all that was compared."""
    names = signature(function).parameters
    return [Value(1.0 + i / 4, name.removesuffix("_")) for i, name in enumerate(names)]


def over(function, inputs=1, has_slopes=True):
    """Return the program over columns of a function of leaves, of which the first are inputs."""
    leaves = make_leaves(function)
    wrt = leaves if has_slopes else []
    return compile(function(*leaves), leaves[:inputs], leaves[inputs:], wrt=wrt, over="array")


def branching(function):
    """Return the program of a way through branches over columns, recorded at 1.0."""
    (x,) = make_leaves(function)
    return ArrayProgram(trace_program(lambda: function(x), [x], wrt=[x]))


THREE, CHOSEN = [[1.0], [2.0], [3.0]], [[0.0, 0.5], [3.0, 1.5], [1.0, 2.5], [3.0, 3.5]]
BELL, SILENT = (
    Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out], **form)
    for form in ({"arrays": "xp.exp(-{0} * {0})"}, {})
)
LOOKS = Operation("looks", abs, [lambda out, x: 1.0 if x > 3 else 2.0], arrays="xp.abs({0})")
SAME = {
    "what no input changes": (lambda x, w: w * 2 + 0 * x, 1, THREE),
    "no input": (lambda x, w: w * 2, 1, THREE),
    "a function of no input": (lambda x, w: w.exp(), 1, THREE),
    "an input": (lambda x, w: x, 1, THREE),
    "a lookup": (lambda i, x, a, b, c, d: choose(i, [a, b, c, d]) * x, 2, CHOSEN),
    "one of nodes": (lambda i, x, a, b: choose(i, [x, x * x, a, b]), 2, CHOSEN),
    "an operation of one's own": (lambda x: BELL(x + 1), 1, [[0.1], [0.2]]),
    "names of rules": (
        lambda where_, xp: where(where_ - xp, step(where_), xp) + where_, 1, [[1.0], [0.1]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_columns_have_the_numbers_of_rows(name):
    function, inputs, rows = SAME[name]
    leaves = make_leaves(function)
    compare(function(*leaves), leaves[:inputs], leaves[inputs:], rows, wrt=leaves)


def product(x, y):
    return x * y


NUMBERS = {
    "scaled by upstream": (lambda: over(product)([3.0], [[1.0, 5.0]], 0.5), (18.0, [3.0, 3.0])),
    "no derivatives": (lambda: over(lambda x: x * x, 1, False)([], [[1.0, 2.0]]), (5.0, [])),
    "no rows": (lambda: over(product)([2.0], [[]]), (0.0, [0.0, 0.0])),
    "no rows, predicted": (lambda: over(product).predictions([2.0], [[]]), []),
    "a root": (lambda: over(root).predictions([], [[4.0, 0.0]]), [2.0, 0.0]),
    "one way": (lambda: branching(below).predictions([], [[0.5, -1.0]]), [1.0, -2.0]),
    "the other": (lambda: branching(above).predictions([], [[0.5, 1.0]]), [1.0, 2.0]),
    "a rule that looks": (lambda: over(looks, 1, False).predictions([], [[-2.0]]), [2.0]),
    **{
        name: (lambda x=column: over(lambda x: x / 3).predictions([], [x]), [1 / 3, 2 / 3])
        for name, column in (
            ("a list", [1, 2]), ("whole", np.asarray([1, 2])), ("32 bits", np.float32([1, 2])),
        )
    },
}  # fmt: skip


def below(x):
    return x * 2 if x < 2 else x * 3


def above(x):
    return x * 3 if x > 1 else x * 2


@pytest.mark.parametrize("name", NUMBERS)
def test_a_program_over_columns_gives_these_numbers(name):
    compute, wanted = NUMBERS[name]
    found = compute()
    if isinstance(wanted, tuple):
        assert (float(found[0]), [*map(float, found[1])]) == wanted
    else:
        assert found.tolist() == wanted


# What the row engine refuses, and what columns can't say


def looks(x):
    return LOOKS(x)


def root(x):
    return x.sqrt()


def log(x):
    return x.log()


def twice(x):
    return x * 2


MASKED = np.ma.masked_array([1.0, 2.0], [False, True])
BOTH = lambda program: program, lambda program: program.predictions
REFUSED = [
    *[
        (call, ValueError, told)
        for of in BOTH
        for call, told in (
            (lambda of=of: of(over(log))([], [[1.0, -2.0, -3.0]]), r"log\(x\) needs x > 0; x = -2"),
            (lambda of=of: of(branching(below))([], [[0.5, 2.0]]), "x < 2.0 was True when the gra"),
        )
    ],
    (lambda: over(root)([], [[4.0, 0.0]]), ZeroDivisionError, r"derivative of sqrt\(x\) needs"),
    (lambda: over(lambda x: x.exp().tanh()).predictions([], [[1.0, 1000.0]]), OverflowError,
     r"exp\(x\) is beyond the largest float"),
    (lambda: over(lambda x: where(x, x.log(), 0.0)).predictions([], [[1.0, -1.0]]), ValueError,
     r"log\(x\) needs x > 0"),
    (lambda: over(lambda i, a, b: choose(i, [a, b])).predictions([1.0] * 2, [[1.0, 4.0]]),
     ValueError, r"needs a whole index from 0 to below .* index = 4\.0"),
    (lambda: branching(above).predictions([], [[0.5, 2.0]]), BranchError, r"x > 1\.0 was False"),
    (lambda: over(twice).predictions([], [[1.0, math.nan]]), ValueError,
     "row 1 gives nan, and a program over columns finite"),
    (lambda: over(twice)([], [[1e308]]), ValueError, "row 0 gives inf, and a program over columns"),
    (lambda: over(twice)([], [[8e307, 8e307]]), ValueError, "isn't finite that is so row by row"),
    *[
        (lambda columns=columns: over(product, 2).predictions([], columns), ValueError, told)
        for told, columns in {
            "columns of inputs: 1, and this program takes 2": [[1.0]],
            "columns have one length": [[1.0, 2.0], [1.0]],
            "a column has one dimension": [[[1.0]], [[1.0]]],
            r"of an array X it is list\(X.T\)": np.ones((2, 2)),
            "of a DataFrame or a dictionary": {"x": [1.0], "y": [2.0]},
            "a column has one dimension, .* not an array of the shape ()": [1.0, 2.0],
        }.items()
    ],
    (lambda: over(twice).predictions([1.0], [[1.0]]), ValueError, "parameters: 1, and this"),
    (lambda: over(product).predictions([Value(1.0)], [[1.0]]), TypeError, r"not Values: x\.data"),
    (lambda: over(twice)([], [[1.0]], upstream="2"), TypeError, "upstream"),
    *[
        (lambda x=column: over(twice).predictions([], [x]), TypeError, "a real one, and none mask")
        for column in (MASKED, np.asarray([1.0 + 1j]))
    ],
    (lambda: over(lambda x: SILENT(x)), NoArraysError, "bell can't be computed .* arrays="),
    (lambda: over(twice, 0), NoArraysError, "needs inputs"),
    (lambda: compile(twice, over="array"), TypeError, "needs a recorded graph, not a function"),
    (lambda: compile(Value(1.0), over="columns"), ValueError, "over is .* or .*, not 'columns'"),
    (lambda: compile(Value(1.0), over="array", native=True), ValueError, "native=True"),
    (lambda: over(looks), NoArraysError, "looks_by_0 can't be computed over"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "told"), REFUSED)
def test_what_is_refused_is_named(call, kind, told):
    with pytest.raises(kind, match=told):
        call()


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


def test_arrays_that_are_given_stay_as_they_are():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(w * w * x, [x], [w], over="array")
    numbers, column = np.asarray([3.0]), np.asarray([1.0, 2.0])
    program(numbers, [column])
    assert (numbers.tolist(), column.tolist()) == ([3.0], [1.0, 2.0])


# What can't be compiled over columns


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
