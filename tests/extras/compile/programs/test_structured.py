"""Programs that repeat themselves, at random: every way to run one gives the graph's numbers.

Loops begin where programs are large. Here they begin at once, in each language, and lines alone are
tried as well. With ``EXAMPLES=10000`` in the environment, more are.
"""

import math
import os
import runpy

import pytest
from bits import pack_numbers
from foreign import needs_compiler, run_in_c, run_module
from programs import nobody_else_answers, run_graph, trace_program
from sizes import choose_size
from structured import TWISTS, make_case

from micrograd_nn import Value
from micrograd_nn.calculus import gradients
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.c.alone import CheckedStatements
from micrograd_nn.extras.compile.c.lanes import LoopedC
from micrograd_nn.extras.compile.compiler.arrays import ArrayProgram
from micrograd_nn.extras.compile.javascript.alone import JavaScriptStatements, write_numbers
from micrograd_nn.extras.compile.programs import bodies
from micrograd_nn.extras.compile.python.functions import PythonStatements
from micrograd_nn.graph.rebuilding import BranchError

COUNT = int(os.environ.get("EXAMPLES", choose_size(24, 48)))
AT_ONCE = 12  # cases of one test
# How small a program has loops, how much of it is written out, and which sums are.
SIZES = {"lines": (math.inf, 0, 0), "loops": (0, 0, 0), "some of both": (0, 300, 8)}
# A C compiler takes its time: few cases, yet each twist. Usually they take the sizes in turn.
IN_C = [
    (seed, size)
    for seed in range(max(len(TWISTS), COUNT // choose_size(12, 6)))
    for size in choose_size([[*SIZES][seed % len(SIZES)]], [*SIZES])
]
pytestmark = pytest.mark.random
for_cases_in_c = pytest.mark.parametrize(("seed", "size"), IN_C)
for_cases = pytest.mark.parametrize("first", range(0, COUNT, AT_ONCE))
for_sizes = pytest.mark.parametrize("size", SIZES)


@pytest.fixture
def begin_loops(monkeypatch):
    """Return a function that sets, for all languages, from which sizes on loops are written."""

    def begin(size):
        fewest, most, longest = SIZES[size]
        for statements in (PythonStatements, LoopedC, CheckedStatements, JavaScriptStatements):
            monkeypatch.setattr(statements, "fewest_nodes", fewest)
            monkeypatch.setattr(statements, "most_written", most)
            monkeypatch.setattr(statements, "longest_written", longest)
        monkeypatch.setattr(bodies, "RUN_AHEAD", 2)

    return begin


def list_cases(first, count=AT_ONCE):
    """Return some cases of all that are tried."""
    return [make_case(seed) for seed in range(first, min(first + count, COUNT))]


def record(case, function=None):
    """Return the program of a case, recorded for its first row."""
    inputs, parameters = [*map(Value, case.rows[0])], [*map(Value, case.parameters)]
    function = function or case.function
    return trace_program(lambda: function(parameters, inputs), inputs, parameters)


def list_served(case):
    """Return the rows that take the branch of the first one: a program refuses others."""
    if case.twist != "branches":
        return case.rows
    return [row for row in case.rows if (row[0] > 0.25) is (case.rows[0][0] > 0.25)]


def pack_found(total, gradient):
    """Return the bits of a result and its gradient."""
    return pack_numbers([total, *gradient])


def assert_same(case, program, function=None):
    """Compare all that a program gives with the graph, and see what it refuses."""
    function, rows = function or case.function, list_served(case)
    total, gradient = run_graph(function, case.parameters, rows)
    wanted = pack_found(total, gradient)
    assert pack_found(*program(case.parameters, rows)) == wanted, case
    predicted = [run_graph(function, case.parameters, [row])[0] for row in rows]
    program.predictions(case.parameters, rows)
    with nobody_else_answers(program):
        assert pack_found(*program(case.parameters, rows)) == wanted, case
        found = program.predictions(case.parameters, rows)
    assert pack_numbers(found) == pack_numbers(predicted), case
    if len(rows) < len(case.rows):
        with pytest.raises(BranchError):
            program(case.parameters, case.rows)


def assert_descends(case, program):
    """Compare three steps of a descent with those of the graph."""
    rows, numbers, losses = list_served(case), case.parameters, []
    for _ in range(3):
        loss, gradient = run_graph(case.function, numbers, rows)
        losses.append(loss)
        numbers = [p - 0.001 * slope for p, slope in zip(numbers, gradient, strict=True)]
    program.descend(case.parameters, rows, 3, 0.001)
    with nobody_else_answers(program):
        found, results = program.descend(case.parameters, rows, 3, 0.001)
    assert pack_found(0.0, [*found, *results]) == pack_found(0.0, [*numbers, *losses]), case


@for_sizes
@for_cases
def test_python_has_the_bits_of_the_graph(first, size, begin_loops):
    begin_loops(size)
    for case in list_cases(first):
        program = record(case)
        assert_same(case, program)
        assert_descends(case, program)


@for_cases
def test_a_saved_module_has_the_bits_of_the_graph(first, begin_loops, tmp_path):
    begin_loops("loops")
    for case in list_cases(first):
        record(case).save(tmp_path / "m.py")
        program = runpy.run_path(str(tmp_path / "m.py"))["program"]
        rows = list_served(case)
        found, wanted = (
            program(case.parameters, rows),
            run_graph(case.function, case.parameters, rows),
        )
        assert pack_found(*found) == pack_found(*wanted), case


@for_cases
def test_a_gradient_of_gradients_has_the_bits_of_its_graph(first, begin_loops):
    begin_loops("loops")
    for case in list_cases(first):

        def differentiate(parameters, row, case=case):
            total = case.function(parameters, row)
            slopes = gradients(total, [*parameters, *row], create_graph=True)
            return op.dot(slopes, [0.5 - i % 3 for i in range(len(slopes))]) + total

        assert_same(case, record(case, differentiate), differentiate)


@for_cases
def test_columns_are_as_close_to_the_graph_as_sums_of_columns_are(first):
    numpy = pytest.importorskip("numpy", minversion="2")
    for case in list_cases(first):
        rows = list_served(case)
        columns = [numpy.array(column) for column in zip(*rows, strict=True)]
        total, gradient = ArrayProgram(record(case))(case.parameters, columns)
        wanted, slopes = run_graph(case.function, case.parameters, rows)
        close = {"rel": 1e-9, "abs": 1e-9 * max(1.0, *map(abs, slopes))}
        assert [total, *gradient] == pytest.approx([wanted, *slopes], **close), case


SCRIPT = """
const bits = (numbers) => Buffer.from(new Float64Array(numbers).buffer).toString("hex");
for (const [model, parameters, rows] of asked) {
  console.log(bits(model.program(parameters, rows).flat()));
  console.log(bits(model.predict(parameters, rows).flat()));
}
"""


@for_cases
def test_javascript_has_the_bits_of_its_lines_and_the_graphs_numbers(
    first, begin_loops, node, tmp_path
):
    """Its tanh and the like may differ from Python's in the last digit."""
    cases, asked = list_cases(first), []
    for case in cases:
        for size in SIZES:
            begin_loops(size)
            path = tmp_path / f"{case.seed}_{len(asked)}.js"
            record(case).save(path)
            path.rename(path.with_suffix(".mjs"))
            rows = ", ".join(map(write_numbers, list_served(case)))
            asked.append(
                f"[await import('./{path.stem}.mjs'), {write_numbers(case.parameters)}, [{rows}]],"
            )
    (tmp_path / "none.js").write_text("", encoding="utf-8")
    said = run_module(
        node, tmp_path / "none.js", "\n".join(["const asked = [", *asked, "];", SCRIPT])
    )
    found = iter(said.split())
    for case in cases:
        lines, *loops = [(next(found), next(found)) for _ in SIZES]
        assert loops == [lines, lines], case
        wanted, slopes = run_graph(case.function, case.parameters, list_served(case))
        numbers = memoryview(bytes.fromhex(lines[0])).cast("d").tolist()
        close = {"rel": 1e-9, "abs": 1e-9 * max(1.0, *map(abs, slopes))}
        assert numbers == pytest.approx([wanted, *slopes], **close), case


@needs_compiler
@for_cases_in_c
def test_c_has_the_bits_of_the_graph_whatever_the_number_of_rows(seed, size, begin_loops, in_c):
    begin_loops(size)
    case = make_case(seed)
    program = record(case)
    program.choice.native = True
    assert_same(case, program)
    assert_descends(case, program)
    assert str(program.choice) == "in C"
    for count in (1, 8):
        rows = list_served(case)[:count]
        wanted = run_graph(case.function, case.parameters, rows)
        with nobody_else_answers(program):
            assert pack_found(*program(case.parameters, rows)) == pack_found(*wanted), case


@needs_compiler
@for_cases_in_c
def test_saved_c_has_the_bits_of_the_graph(seed, size, begin_loops, tmp_path):
    begin_loops(size)
    case = make_case(seed)
    rows = list_served(case)
    found = run_in_c(record(case), tmp_path / "model.c", case.parameters, rows)
    for row, numbers in zip(rows, found, strict=True):
        total, gradient = run_graph(case.function, case.parameters, [row])
        assert pack_numbers(numbers) == pack_found(total, gradient), case
