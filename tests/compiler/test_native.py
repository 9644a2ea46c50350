"""Programs in C: the numbers of those in Python, bit for bit, or Python itself."""

import math
import random
import shutil
import stat
import subprocess
import sys

import pytest
from hypothesis import given, settings
from programs import pack_numbers
from strategies import every_row, graphs

from micrograd_nn import Operation, Reduction, Value, compile
from micrograd_nn.calculus import grad
from micrograd_nn.compiler import kept, native, probing
from micrograd_nn.compiler.choice import WORTH_BUILDING
from micrograd_nn.compiler.native import Building, NoNativeError
from micrograd_nn.compiler.program import BranchError
from micrograd_nn.engine import table as op
from micrograd_nn.nn import MLP

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="needs a C compiler"
)
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1e-320, 1e308, -1e308, 710.0, math.inf, -math.inf, math.nan]


@pytest.fixture(autouse=True)
def with_compiler(monkeypatch, tmp_path):
    """Compile into a folder of the test's own."""
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept.find_folder.cache_clear()
    native.find_compiler.cache_clear()
    probing.checked.clear()
    yield tmp_path / "micrograd_nn"
    kept.find_folder.cache_clear()
    native.find_compiler.cache_clear()


def run_both(make, parameters, rows):
    """Return what the program of a graph gives in C and in Python, errors too."""
    found = []
    for is_native in (True, False):
        inputs, leaves = [Value(x) for x in rows[0]], [Value(x) for x in parameters]
        program = compile(make(leaves, inputs), inputs, leaves, native=is_native)
        found.append([run(program, parameters, [row]) for row in rows])
        found[-1].append(run(program, parameters, rows[:3]))
    return found


def run(program, parameters, rows):
    """Return the bits of a program's numbers, or its error."""
    try:
        total, gradient = program(parameters, rows)
        return pack_numbers([total, *gradient, *program.predictions(parameters, rows)])
    except ArithmeticError as error:
        return type(error), str(error)
    except ValueError as error:
        return type(error), str(error)


def draw_inputs(row, rng):
    """Return numbers for the inputs of an operation, of its domain."""
    domain = row.domain * 3 if isinstance(row, Reduction) else row.domain
    return [rng.uniform(*interval) for interval in domain]


@needs_compiler
@pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)
def test_every_operation_has_the_bits_of_python(row):
    rng = random.Random(row.name)
    count = len(draw_inputs(row, rng))
    rows = [draw_inputs(row, rng) for _ in range(40)]
    rows += [[rng.choice(SPECIAL) for _ in range(count)] for _ in range(60)]

    def make(leaves, inputs):
        return row.apply(inputs) * leaves[0] + row.apply([x * leaves[1] for x in inputs])

    in_c, in_python = run_both(make, [1.5, 1.0], rows)
    assert in_c == in_python


@needs_compiler
@settings(max_examples=25)
@given(graphs())
def test_any_graph_has_the_bits_of_python(graph):
    numbers = graph.leaves
    leaves = [Value(x) for x in numbers]
    root = graph(leaves)
    in_c, in_python = (compile(root, (), leaves, native=on) for on in (True, False))
    try:
        in_c(numbers)
    except NoNativeError:
        return
    assert run(in_c, numbers, [()]) == run(in_python, numbers, [()])


@needs_compiler
@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "elu", "softplus", "silu"])
def test_a_network_has_the_bits_of_python(activation):
    rng = random.Random(1)
    model = MLP(3, [6, 5, 2], activation, rng=rng)
    inputs = [Value(0.5) for _ in range(3)]
    loss = op.sum([y * y for y in model(inputs)])
    parameters = model.parameters()
    numbers = [x.data for x in parameters]
    rows = [[rng.uniform(-2, 2) for _ in inputs] for _ in range(20)]
    in_c, in_python = (compile(loss, inputs, parameters, native=on) for on in (True, False))
    assert in_c(numbers, rows, 0.05, numbers) == in_python(numbers, rows, 0.05, numbers)
    assert in_c.predictions(numbers, rows) == in_python.predictions(numbers, rows)
    assert repr(in_c).endswith(", in C>")
    assert not repr(in_python).endswith(", in C>")


@needs_compiler
def test_no_rows_and_several_outputs_and_no_parameters():
    x = Value(2.0, "x")
    in_c = compile([x * x, x + 1], [x], wrt=[x], native=True)
    assert in_c((), []) == ([0.0, 0.0], [[0.0], [0.0]])
    assert in_c((), [[3.0], [4.0]]) == ([25.0, 9.0], [[14.0], [2.0]])
    assert in_c.predictions((), [[3.0], [4.0]]) == [[9.0, 4.0], [16.0, 5.0]]
    assert in_c.predict((), [3.0]) == [9.0, 4.0]


@needs_compiler
def test_an_error_is_that_of_the_operation():
    x, y = Value(2.0, "x"), Value(4.0, "y")
    in_c = compile(x.log() / y, [x, y], wrt=[x], native=True)
    assert in_c((), [[1.0, 2.0]]) == (0.0, [0.5])
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0 \(label 'x'\)"):
        in_c((), [[-1.0, 2.0]])
    with pytest.raises(ZeroDivisionError, match=r"needs y != 0; x = inf, y = 0.0 \(label 'y'\)"):
        in_c((), [[math.inf, 0.0]])
    with pytest.raises(TypeError, match="needs a number, not a Value"):
        in_c((), [[Value(1.0), 2.0]])
    with pytest.raises(ValueError, match="takes 2 inputs"):
        in_c((), [[1.0]])


@needs_compiler
def test_a_branch_is_guarded():
    x = Value(2.0, "x")
    in_c = compile(x * x if x > 0 else -x, [x], wrt=[x], native=True)
    assert in_c((), [[3.0]]) == (9.0, [6.0])
    with pytest.raises(BranchError, match=r"x > 0\.0 was True when the graph was recorded"):
        in_c((), [[3.0], [-1.0]])


@needs_compiler
def test_a_function_runs_in_c():
    def f(x, y):
        return x * y if x > y else (x - y).exp()

    in_c, in_python = compile(f, native=True), compile(f, native=False)
    for pair in [(1.0, 2.0), (2.0, 1.0), (math.inf, 1.0), (-3.0, -2.0), (800.0, 0.0)]:
        assert in_c(*pair) == in_python(*pair)
    slope = compile(grad(op.log), native=True)
    assert slope(2.0) == 0.5
    with pytest.raises(ValueError, match="needs x > 0"):
        slope(-1.0)


@needs_compiler
def test_an_operation_of_ones_own_may_say_how_it_reads_in_c():
    def make(**form):
        cube = Operation("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], **form)
        return lambda leaves, inputs: -cube(inputs[0] + 1) * leaves[0]

    in_c, in_python = run_both(make(c="{0} * {0} * {0}"), [1.5], [[0.1], [-7.3], [1e200]])
    assert in_c == in_python
    x = Value(2.0)
    with pytest.raises(NoNativeError, match=r'cube can\'t be written in C: Operation\(.*c="…?'):
        compile(make()([x], [x]), [x], native=True).predict((), [1.0])


@needs_compiler
def test_labels_of_any_kind_become_names():
    for label in ("double", "α", "β γ", "*/", "exp", "row", "2x", "main", "parameters"):
        x = Value(2.0, label)
        out = x * x
        out.label = label
        assert compile(out, [x], wrt=[x], native=True)((), [[3.0]]) == (9.0, [6.0])


def test_the_source_reads_as_the_python_does():
    x, w, b = Value(2.0, "x"), Value(-3.0, "w"), Value(6.88, "b")
    out = (w * x + b).tanh()
    out.label = "output"
    program = compile(out, [x], [w, b])
    assert (
        program.c_source.splitlines()[8:]
        == """\
/* The result for each row of (x), and the derivatives of their sum by
   w, b, which are added to the gradient. */
static int program(const double *parameters, const double *rows, long count,
                   double upstream, double *gradient, double *results) {
    double w = parameters[0];
    double b = parameters[1];
    double d_w = gradient[0];
    double d_b = gradient[1];
    for (long row = count - 1; row >= 0; row--) {
        double x = rows[row * 1 + 0];
        /* Forward */
        double v1 = w * x;
        double v2 = v1 + b;
        double output = tanh(v2);
        results[row] = output;
        /* Backward */
        double d_v2 = upstream * (1.0 - output * output);
        d_b += d_v2;
        d_w += d_v2 * x;
    }
    if (has_failed()) return 2;
    gradient[0] = d_w;
    gradient[1] = d_b;
    return 0;
}""".splitlines()
    )
    assert "d_v2 = upstream * (1.0 - output * output)" in program.source


# Which of them runs


@needs_compiler
def test_a_program_is_compiled_in_c_once_it_pays():
    model = MLP(2, [8, 1], "tanh", rng=random.Random(0))
    x = [Value(0.5), Value(-0.5)]
    rows = [[0.1 * i, -0.2 * i] for i in range(WORTH_BUILDING // 2)]
    numbers = [p.data for p in model.parameters()]
    program = compile(model(x), x, model.parameters())
    before = program(numbers, rows)
    assert not program.choice.buildings
    again = program(numbers, rows)
    ((_, building),) = program.choice.buildings.values()
    if building.process is not None:
        building.process.wait(60)
    assert before == again == program(numbers, rows)
    assert repr(program).endswith(", in C>")


def test_little_work_stays_in_python():
    x = Value(0.5)
    program = compile(x * x, [x], wrt=[x])
    for _ in range(WORTH_BUILDING + 1):
        program((), [[2.0]])
    assert not program.choice.buildings


@pytest.fixture
def lonely(monkeypatch):
    """Hide all compilers."""
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(native.shutil, "which", lambda name: None)
    monkeypatch.setattr(native, "find_spec", lambda name: None)


def network_program(is_native=None):
    model = MLP(2, [8, 1], "tanh", rng=random.Random(0))
    x = [Value(0.5), Value(-0.5)]
    return compile(model(x), x, model.parameters(), native=is_native), model


def test_without_a_compiler_all_is_as_ever(lonely):
    program, model = network_program()
    numbers, rows = [p.data for p in model.parameters()], [[0.1, 0.2]] * 3000
    assert program(numbers, rows) == program(numbers, rows)
    assert program.choice.reason.startswith("there is no C compiler: install gcc or clang")
    with pytest.raises(NoNativeError, match="native=True: there is no C compiler"):
        network_program(True)[0](numbers, rows)


def test_an_environment_variable_switches_it_off(monkeypatch):
    monkeypatch.setenv("MICROGRAD_NN_NATIVE", "0")
    with pytest.raises(NoNativeError, match="MICROGRAD_NN_NATIVE is 0"):
        network_program(True)[0]([0.0] * 33, [[0.1, 0.2]])


def test_a_compiler_that_fails_is_no_matter_and_says_nothing(monkeypatch, capfd, tmp_path):
    script = tmp_path / "failing.py"
    script.write_text("print('noise'); raise SystemExit('more noise')")
    monkeypatch.setenv("CC", f"{sys.executable} {script}")
    program, model = network_program()
    numbers, rows = [p.data for p in model.parameters()], [[0.1, 0.2]] * 3000
    before = program(numbers, rows)
    for _, building in program.choice.buildings.values():
        building.process.wait(60)
    assert program(numbers, rows) == before
    assert "the C compiler failed with status" in program.choice.reason
    assert capfd.readouterr() == ("", "")


@needs_compiler
def test_other_last_digits_are_noticed(monkeypatch):
    x = Value(0.5)
    program = compile(op.tanh(x), [x], native=True)
    wrong = Operation("tanh", lambda x: math.tanh(x) * (1 + 1e-15), [], inputs=())
    monkeypatch.setattr(op.tanh, "forward", wrong.forward)
    with pytest.raises(NoNativeError, match="tanh has other last digits here in C than in Python"):
        program.predict((), [1.0])


# Where compiled programs are kept


def compile_once():
    x = Value(0.5)
    program = compile(op.tanh(x) * 3, [x], native=True)
    assert program.predict((), [1.0]) == math.tanh(1.0) * 3
    return program


@needs_compiler
def test_a_program_is_compiled_once_and_kept(with_compiler, monkeypatch):
    compile_once()
    (kept,) = with_compiler.iterdir()
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **named: pytest.fail("compiled again"))
    compile_once()
    assert list(with_compiler.iterdir()) == [kept]
    assert stat.S_IMODE(with_compiler.stat().st_mode) == 0o700


@needs_compiler
@pytest.mark.skipif(sys.platform == "win32", reason="folders there are each user's own")
@pytest.mark.parametrize("kind", ["writable", "link"])
def test_a_folder_that_others_may_write_to_is_not_used(kind, with_compiler, tmp_path):
    if kind == "writable":
        with_compiler.mkdir()
        with_compiler.chmod(0o777)
    else:
        (tmp_path / "other").mkdir()
        with_compiler.symlink_to(tmp_path / "other")
    compile_once()
    assert list(with_compiler.iterdir()) == []


@needs_compiler
def test_a_broken_file_is_dropped_and_made_again(with_compiler, monkeypatch, tmp_path):
    compile_once()
    (whole,) = with_compiler.iterdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    kept.find_folder.cache_clear()
    broken = kept.find_folder() / whole.name
    broken.write_bytes(b"broken")
    compile_once()
    assert broken.stat().st_size == whole.stat().st_size


def test_a_compiler_is_stopped_with_its_program(with_compiler, monkeypatch, tmp_path):
    script = tmp_path / "slow.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setenv("CC", f"{sys.executable} {script}")
    building = Building("int x;")
    building.stop()
    assert list(with_compiler.iterdir()) == []
