"""Programs in C: the numbers of those in Python, bit for bit, or Python itself."""

import math
import pickle
import random
import sys
from array import array
from threading import Thread

import pytest
from bits import pack_numbers
from foreign import needs_compiler
from programs import trace_program
from strategies import every_row

from micrograd_nn import Operation, Reduction, Value, compile
from micrograd_nn.calculus import grad, gradients
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.c.loops import LoopedC
from micrograd_nn.extras.compile.compiler.program import BranchError
from micrograd_nn.extras.compile.native import building, choice
from micrograd_nn.extras.compile.native.building import NoNativeError
from micrograd_nn.extras.compile.native.choice import WORTH_BUILDING
from micrograd_nn.nn import MLP

pytestmark = pytest.mark.usefixtures("with_compiler")


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
    except (ArithmeticError, ValueError) as error:
        return type(error), str(error)


def draw_inputs(row, rng):
    """Return numbers for the inputs of an operation, of its domain."""
    domain = row.domain * 3 if isinstance(row, Reduction) else row.domain
    return [rng.uniform(*interval) for interval in domain]


@pytest.fixture(autouse=True)
def start_early(monkeypatch):
    """Have a compiler started for small programs, too."""
    monkeypatch.setattr(choice, "WORTH_STARTING", 50_000)


@needs_compiler
def test_every_operation_and_its_derivatives_have_the_bits_of_python_at_some_points():
    """Also where each function of C is probed, which tells of one that has other digits."""
    rng = random.Random(5)
    inputs, found = [Value(rng.random()) for _ in range(3)], []
    for row in every_row:
        domain = row.domain * 3 if isinstance(row, Reduction) else row.domain
        given = [low + (high - low) * x for (low, high), x in zip(domain, inputs, strict=False)]
        out = row.apply(given)
        found.append(op.sum([out, *gradients(out, given, create_graph=True)]))
    in_c, in_python = (
        compile(op.sum(found), inputs, wrt=inputs, native=on) for on in (True, False)
    )
    rows = [[rng.random() for _ in inputs] for _ in range(20)]
    assert run(in_c, (), rows) == run(in_python, (), rows)
    assert repr(in_c).endswith(", in C>")


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
def test_a_function_runs_in_c():
    def f(x, y):
        return x * y if x > y else (x - y).exp()

    in_c, in_python = compile(f, native=True), compile(f, native=False)
    for pair in [(1.0, 2.0), (2.0, 1.0), (math.inf, 1.0), (-3.0, -2.0), (800.0, 0.0)]:
        assert in_c(*pair) == in_python(*pair)
    assert repr(in_c) == "<compiled f: 2 programs, in C>"
    assert repr(in_python) == "<compiled f: 2 programs, in Python>"
    slope = compile(grad(op.log), native=True)
    assert slope(2.0) == 0.5
    with pytest.raises(ValueError, match="needs x > 0"):
        slope(-1.0)


@needs_compiler
def test_a_derivative_that_nobody_needs_fails_as_in_python():
    slope = compile(grad(lambda t: [t.sqrt(), t * t][1]), native=True)
    assert [slope(x) for x in (4.0, 9.0, 1.0)] == [8.0, 18.0, 2.0]
    for _ in range(3):
        with pytest.raises(ZeroDivisionError, match=r"the derivative of sqrt\(x\) needs x > 0"):
            slope(0.0)


@needs_compiler
def test_an_operation_of_ones_own_may_say_how_it_reads_in_c():
    def make(**form):
        cube = Operation("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], **form)
        return lambda leaves, inputs: -cube(inputs[0] + 1) * leaves[0]

    in_c, in_python = run_both(make(c="{0} * {0} * {0}"), [1.5], [[0.1], [-7.3], [1e200]])
    assert in_c == in_python
    x = Value(2.0)
    with pytest.raises(NoNativeError, match="cube can't be written in C: give its Operation a c="):
        compile(make()([x], [x]), [x], native=True).predict((), [1.0])


@needs_compiler
@pytest.mark.parametrize("form", ["{0} * {0} * {0} * 1.0000000000000002", "1 / {0}"])
def test_what_an_operation_says_in_c_is_compared_with_its_rule(form):
    cube = Operation("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], c=form)
    x = Value(2.0)
    right = Operation("cube", cube.forward, cube.partials, c="{0} * {0} * {0}")
    assert compile(right(x), [x], native=True).predict((), [3.0]) == 27.0  # no excuse for others
    program = compile(cube(x), [x], native=True)
    with pytest.raises(NoNativeError, match="cube has other last digits here in C than in Python"):
        program.predict((), [1.0])


@needs_compiler
def test_an_error_that_an_operation_hides_in_c_is_noticed():
    def root(x):
        if x < 0:
            raise ValueError("x < 0")
        return math.sqrt(x)

    safe = Operation("safe", root, [lambda out, x: 0.5 / out], c="sqrt(fabs({0}))")
    x = Value(2.0)
    with pytest.raises(NoNativeError, match="safe has other last digits"):
        compile(safe(x), [x], native=True).predict((), [1.0])


def look(out, x):
    if not isinstance(x, float):
        raise ValueError("numbers only")
    return 1.0


powers = Reduction(
    "powers", lambda *xs: xs[0] ** xs[1], lambda out, *xs: [1.0] * len(xs), joiner=" // "
)
same = Operation("same", lambda x: x, [look], c="{0}")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda x: op.where(x, x * 2, math.inf), "a constant that isn't finite: inf"),
        (lambda x: op.where(x, x * 2, math.nan), "a constant that isn't finite: nan"),
        (same, "native=True: numbers only"),
        (lambda x: powers(x, 3.0), "powers can't be written in C: it isn't in the table"),
    ],
)
def test_what_c_cannot_say_is_a_reason(make, told):
    x = Value(2.0)
    with pytest.raises(NoNativeError, match=told):
        compile(make(x), [x], wrt=[x], native=True)((), [[1.0]])


@needs_compiler
def test_constants_keep_their_bits():
    rng = random.Random(1)
    numbers = [-0.0, 5e-324, -1e-320, 2.2250738585072011e-308, 1.7976931348623157e308, 0.1, 1e22]
    numbers += [rng.uniform(-1, 1) * 2.0 ** rng.randint(-1070, 1020) for _ in range(300)]
    x = Value(1.0)
    outputs = [x * number for number in numbers]
    in_c = compile(outputs, [x], native=True)
    assert pack_numbers(in_c.predict((), [1.0])) == pack_numbers([1.0 * n for n in numbers])


# Long functions


def make_long(rows):
    """Return programs of some 700 lines, in C and in Python, which branch, skip rows and fail."""
    rng = random.Random(4)
    model = MLP(3, [12, 12, 1], "relu", rng=rng)
    inputs = [Value(x, name) for x, name in zip(rows[0], "xnp", strict=True)]

    def branch():
        out = model(inputs)
        return (out + inputs[1].log()).relu() if inputs[0] > -1.0 else out

    parameters = [inputs[2], *model.parameters()]
    for i, x in enumerate(parameters):
        x.label = x.label or f"w{i}"
    return [p.data for p in parameters], [
        trace_program(branch, inputs[:2], parameters, native=on) for on in (True, False)
    ]


@needs_compiler
def test_a_long_function_has_the_same_bits(monkeypatch):
    monkeypatch.setattr(LoopedC, "fewest_nodes", math.inf)
    rng = random.Random(2)
    rows = [[rng.uniform(-1, 2), rng.uniform(0.1, 2), 0.3] for _ in range(60)]
    numbers, (in_c, in_python) = make_long(rows)
    rows = [row[:2] for row in rows]
    assert "continue;" in in_c.c_source  # a row that has no gradient
    start = [0.5 * x for x in numbers]
    assert in_c(numbers, rows, 0.3, start) == in_python(numbers, rows, 0.3, start)
    assert in_c.predictions(numbers, rows) == in_python.predictions(numbers, rows)
    assert in_c(numbers, []) == in_python(numbers, [])
    assert set(in_c.choice.natives) == {0, "predict"}
    with pytest.raises(BranchError):
        in_c(numbers, [*rows, [-2.0, 1.0]])
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0"):
        in_c(numbers, [*rows, [1.0, 0.0]])


# What is called


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize(("row", "status"), [([1.0, 1.0], 0), ([-2.0, 1.0], 1), ([1.0, 0.0], 2)])
def test_a_gradient_is_touched_only_if_all_went_well(row, status):
    numbers, (in_c, _) = make_long([[1.0, 1.0, 0.3]])
    in_c(numbers, [[1.0, 1.0]])
    given, rows = array("d", numbers), array("d", [*row, 1.5, 0.5])
    gradient, results = array("d", numbers), array("d", [0.0, 0.0])
    pointers = [x.buffer_info()[0] for x in (given, rows, gradient, results)]
    found = in_c.choice.natives[0].call(*pointers[:2], 2, 1.0, *pointers[2:])
    assert found == status
    assert (gradient.tolist() == numbers) is (status != 0)


@pytest.mark.slow
@needs_compiler
def test_threads_may_call_at_once():
    rng = random.Random(3)
    rows = [[rng.uniform(0.0, 2.0), rng.uniform(0.1, 2.0), 0.3] for _ in range(2000)]
    numbers, (in_c, in_python) = make_long(rows)
    given = [[row[:2] for row in rows[i::4]] for i in range(4)]
    found = [[] for _ in given]
    in_c(numbers, given[0])  # is compiled by now
    threads = [
        Thread(target=lambda i=i: found[i].extend(in_c(numbers, given[i]) for _ in range(5)))
        for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[in_python(numbers, these)] * 5 for these in given]


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
    monkeypatch.setattr(building.shutil, "which", lambda name: None)
    monkeypatch.setattr(building, "find_spec", lambda name: None)


def network_program(is_native=None):
    model = MLP(2, [8, 1], "tanh", rng=random.Random(0))
    x = [Value(0.5), Value(-0.5)]
    return compile(model(x), x, model.parameters(), native=is_native), model


def test_without_a_compiler_all_is_as_ever(lonely):
    program, model = network_program()
    numbers, rows = [p.data for p in model.parameters()], [[0.1, 0.2]] * 3000
    assert program(numbers, rows) == program(numbers, rows)
    assert program.choice.reason.startswith("there is no C compiler: install gcc or clang")
    assert repr(program).endswith(f", in Python, since {program.choice.reason}>")
    with pytest.raises(NoNativeError, match="native=True: there is no C compiler"):
        network_program(True)[0](numbers, rows)


def test_a_function_that_shall_run_in_c_says_why_it_can_not(monkeypatch):
    square = compile(lambda x: x * x, native=True)
    monkeypatch.setenv("MICROGRAD_NN_NATIVE", "0")
    for function in (square, pickle.loads(pickle.dumps(compile(cube, native=True)))):
        with pytest.raises(NoNativeError, match="MICROGRAD_NN_NATIVE=0"):
            function(3.0)


def cube(x):
    return x**3


def test_a_compiler_that_fails_is_no_matter_and_says_nothing(monkeypatch, capfd, tmp_path):
    script = tmp_path / "failing.py"
    script.write_text("print('noise'); raise SystemExit('more noise')")
    monkeypatch.setenv("CC", f"{sys.executable} {script}")
    program, model = network_program()
    numbers, rows = [p.data for p in model.parameters()], [[0.1, 0.2]] * 3000
    before = program(numbers, rows)
    for _, one in program.choice.buildings.values():
        one.process.wait(60)
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


def test_lookups_among_very_many_values_are_left_to_python():
    table, index = [Value(0.5 * i) for i in range(4001)], Value(1.0)
    program = compile(op.choose(index, table) ** 2, [index], table, native=True)
    with pytest.raises(NoNativeError, match="its lookups are among 4,001 values"):
        program([x.data for x in table], [[3.0]])
