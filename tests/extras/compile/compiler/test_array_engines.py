"""Programs over columns of PyTorch, JAX and Dask: each gives what the row engine gives."""

import doctest
import math
import random
import sys

import pytest
from places import ROOT
from programs import trace_program
from sizes import choose_size
from strategies import for_every_row

from micrograd_nn import MLP, Reduction, Value, compile
from micrograd_nn.checks.samples import find_interval
from micrograd_nn.extras.compile.arrays.notation import compute_columns
from micrograd_nn.extras.compile.compiler.arrays import ArrayProgram
from micrograd_nn.losses import squared_error

pytestmark = pytest.mark.slow
CLOSE = {"rel": 1e-12, "abs": 1e-13}


def load_namespace(name):
    """Return the namespace of an engine, as its users import it."""
    if name == "torch":
        return pytest.importorskip("torch")
    if name == "dask":
        pytest.importorskip("dask.array")
        return pytest.importorskip("array_api_compat.dask.array")
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return jax.numpy


@pytest.fixture(scope="module", params=["torch", "jax", "dask"])
def xp(request):
    pytest.importorskip("array_api_compat")
    return load_namespace(request.param)


@pytest.fixture(scope="module")
def jax():
    pytest.importorskip("array_api_compat")
    return sys.modules[load_namespace("jax").__name__.partition(".")[0]]


def draw_rows(row):
    """Return lists of inputs from a row's domain."""
    rng, count = random.Random(row.name), choose_size(20, 60)
    size = 3 if isinstance(row, Reduction) else len(row.inputs)
    intervals = [find_interval(row, i) for i in range(size)]
    return [[rng.uniform(*interval) for interval in intervals] for _ in range(count)]


def read_numbers(array):
    """Return an array's numbers, computed once."""
    return pytest.importorskip("numpy").asarray(array).tolist()


@for_every_row
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of Dask's NumPy, of what is refused
def test_every_row(row, xp):
    examples = draw_rows(row)
    columns = [xp.asarray(column, dtype=xp.float64) for column in zip(*examples, strict=True)]
    found = read_numbers(compute_columns(xp, row, *columns))
    assert found == pytest.approx([row.apply(inputs) for inputs in examples], **CLOSE)


def make_loss(activation="elu"):
    """Return the loss of a network, its inputs, its parameters, and rows of examples."""
    model = MLP(2, [3, 1], activation, rng=random.Random(1))
    inputs = [Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "y")]
    loss = squared_error(model(inputs[:2]), inputs[2])
    rng = random.Random(2)
    rows = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(choose_size(10, 30))]
    return loss, inputs, model.parameters(), rows


def test_a_loss_and_its_gradient(xp):
    loss, inputs, parameters, rows = make_loss()
    numbers = [p.data for p in parameters]
    columns = [xp.asarray(column, dtype=xp.float64) for column in zip(*rows, strict=True)]
    total, gradient = compile(loss, inputs, parameters)(numbers, rows)
    found = compile(loss, inputs, parameters, over="array")
    for given in (numbers, xp.asarray(numbers, dtype=xp.float64)):
        own_total, own_gradient = found(given, columns)
        assert float(own_total) == pytest.approx(total, **CLOSE)
        assert read_numbers(own_gradient) == pytest.approx(gradient, rel=1e-11, abs=1e-12)
        assert type(own_gradient) is type(columns[0])


def test_a_row_that_is_refused(xp):
    x = Value(0.5, "x")
    program = compile(x.log() * 2, [x], over="array")
    column = xp.asarray([1.0, -1.0], dtype=xp.float64)
    if "dask" in xp.__name__:  # which isn't computed yet: not-a-number
        with pytest.warns(RuntimeWarning):
            assert [str(float(y)) for y in program.predictions([], [column])] == ["0.0", "nan"]
    else:
        with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1\.0"):
            program.predictions([], [column])


# JAX


def test_jit_and_grad_of_jax_agree(jax):
    loss, inputs, parameters, rows = make_loss("tanh")
    numbers = jax.numpy.asarray([p.data for p in parameters])
    columns = [jax.numpy.asarray(column) for column in zip(*rows, strict=True)]
    program = compile(loss, inputs, parameters, over="array")
    total, gradient = program(numbers, columns)
    fast_total, fast_gradient = jax.jit(program)(numbers, columns)
    assert float(fast_total) == pytest.approx(float(total), rel=1e-13)
    assert fast_gradient.tolist() == pytest.approx(gradient.tolist(), rel=1e-12, abs=1e-13)

    def sum_predictions(numbers):
        return program.predictions(numbers, columns).sum()

    for own in (jax.grad(sum_predictions), jax.jit(jax.grad(sum_predictions))):
        assert own(numbers).tolist() == pytest.approx(gradient.tolist(), rel=1e-10, abs=1e-11)


@for_every_row
def test_the_derivative_that_jax_finds_is_the_rows(row, jax):
    """Also at 0 where the row is smooth, and far away where it saturates."""
    examples = draw_rows(row)
    if len(row.inputs) == 1 and not isinstance(row, Reduction):
        examples += [[x] for x in (0.0, 40.0, -40.0) if has_slope(row, x)]
    columns = [jax.numpy.asarray(column) for column in zip(*examples, strict=True)]

    def add_up(*columns):
        return compute_columns(jax.numpy, row, *columns).sum()

    found = jax.grad(add_up, tuple(range(len(columns))))(*columns)
    expected = zip(*[row.local_partials(row.apply(x), x) for x in examples], strict=True)
    for slopes, own in zip(expected, found, strict=True):
        assert own.tolist() == pytest.approx([*slopes], rel=1e-10, abs=1e-11)


def has_slope(row, x):
    """Tell whether a row has a finite derivative somewhere, and no kink there."""
    try:
        slopes = row.local_partials(row.apply([x]), [x])
    except (ValueError, ArithmeticError):
        return False
    return all(map(math.isfinite, slopes))


def test_what_is_traced_gives_not_a_number_where_the_engine_refuses(jax):
    x = Value(0.5, "x")
    program = ArrayProgram(trace_program(lambda: (x * 2 if x < 3 else x).log(), [x], wrt=[x]))
    column = jax.numpy.asarray([1.0, -1.0, 4.0])
    found = jax.jit(program.predictions)([], [column]).tolist()
    assert [str(round(v, 6)) for v in found] == ["0.693147", "nan", "nan"]
    total, gradient = jax.jit(program)([], [column])
    assert [*map(math.isnan, [total, *gradient])] == [True, True]


def test_jax_without_64_bits_is_refused(jax):
    x = Value(0.5, "x")
    program = compile(x * x, [x], over="array")
    jax.config.update("jax_enable_x64", False)
    try:
        with (
            pytest.warns(UserWarning, match="float64"),
            pytest.raises(TypeError, match="jax_enable_x64"),
        ):
            program.predictions([], [jax.numpy.asarray([1.0])])
    finally:
        jax.config.update("jax_enable_x64", True)


# PyTorch


# The guide


def test_each_line_of_the_guide_runs(tmp_path, monkeypatch):
    """Those of JAX and PyTorch, which the examples of the docs leave out."""
    monkeypatch.chdir(tmp_path)
    pytest.importorskip("jax")
    pytest.importorskip("torch")
    pytest.importorskip("array_api_compat")
    guide = ROOT / "docs" / "do" / "arrays.md"
    text = guide.read_text(encoding="utf-8").replace("```", "")
    example = doctest.DocTestParser().get_doctest(text, {}, "arrays.md", str(guide), 0)
    report: list[str] = []
    doctest.DocTestRunner().run(example, out=report.append)
    assert "".join(report) == ""
