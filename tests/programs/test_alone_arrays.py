"""Programs over columns as modules that stand alone: they run where this package is not."""

import random
import re
import subprocess
import sys

import pytest

from micrograd_nn import MLP, Operation, Value, choose, compile, gelu, logsumexp, sigmoid, step
from micrograd_nn.losses import squared_error
from micrograd_nn.text import InputError

ENGINES = {"np": "numpy", "pt": "torch", "jax": "jax"}


def make_program():
    """Return a program whose module carries many rules, one of them of a family."""
    x, w, b = Value(2.0, "x"), Value(3.0, "w"), Value(0.5, "b")
    y = gelu(w * x + b) + logsumexp([x, w, b]) + choose(step(x), [w, b * x]) + sigmoid(x) ** w
    return compile(y + (x * x + 1).log() if w > x else y, [x], [w, b])


def run_module(path, statement=""):
    """Return what a module prints, run alone in a Python that may not see this package."""
    name = "module" if statement else "__main__"
    program = (
        "import runpy, sys; sys.modules['micrograd_nn'] = None\n"
        f"module = runpy.run_path({str(path)!r}, run_name={name!r})\n{statement}"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def read_numbers(text):
    return [float(x) for x in re.findall(r"-?\d+\.\d+(?:e-?\d+)?|nan", text)]


@pytest.mark.parametrize("ending", [
    "np", *[pytest.param(x, marks=pytest.mark.slow) for x in ("pt", "jax")],
])  # fmt: skip
def test_a_module_prints_result_and_gradient(ending, tmp_path):
    pytest.importorskip(ENGINES[ending], minversion="2")
    program, path = make_program(), tmp_path / f"many.{ending}.py"
    program.save(path)
    total, gradient = program([3.0, 0.5], [[2.0]])
    assert read_numbers(run_module(path)) == pytest.approx([total, *gradient], rel=1e-13)


def test_a_module_computes_whole_columns_and_tells_rows_that_it_refuses(tmp_path):
    pytest.importorskip("numpy", minversion="2")
    program, path = make_program(), tmp_path / "many.np.py"
    program.save(path)
    rows = [[2.0], [-1.0], [0.0]]  # at 4.0, another branch; at -1.0, a power has no real result
    lines = "columns = [[2.0, 4.0, 0.0]]; print(module['predict']([3.0, 0.5], columns).tolist())"
    first, branched, last = read_numbers(run_module(path, lines))
    assert branched != branched
    expected = program.predictions([3.0, 0.5], [rows[0], rows[2]])
    assert [first, last] == pytest.approx(expected, rel=1e-13)
    lines = "total, gradient = module['program']([3.0, 0.5], [[2.0, 4.0]]); print(total, *gradient)"
    assert run_module(path, lines) == "nan nan nan\n"


def test_a_network_over_columns_is_that_over_rows(tmp_path):
    pytest.importorskip("numpy", minversion="2")
    model = MLP(2, [4, 1], "elu", rng=random.Random(1))
    inputs = [Value(0.5, "x1"), Value(-0.5, "x2"), Value(1.0, "y")]
    loss = squared_error(model(inputs[:2]), inputs[2])
    program = compile(loss, inputs, model.parameters())
    program.save(tmp_path / "loss.np.py")
    numbers = [p.data for p in model.parameters()]
    rows = [[0.1 * i, -0.3 * i, 0.5] for i in range(-5, 6)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    lines = (
        f"total, gradient = module['program']({numbers}, {columns})\n"
        "print(float(total), *map(float, gradient))"
    )
    total, gradient = program(numbers, rows)
    found = [float(x) for x in run_module(tmp_path / "loss.np.py", lines).split()]
    assert found == pytest.approx([total, *gradient], rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("ending", ENGINES)
def test_what_columns_can_not_say_is_refused_and_nothing_is_written(ending, tmp_path):
    odd = Operation("odd", lambda x: x, [lambda out, x: 1.0])
    x = Value(1.0, "x")
    path = tmp_path / f"odd.{ending}.py"
    with pytest.raises(InputError, match="not saved: odd can't be computed over columns"):
        compile(odd(x), [x]).save(path)
    assert not path.exists()
    with pytest.raises(InputError, match="single precision"):
        compile(x * x, [x]).save(path, single=True)
