"""Programs as ONNX graphs: each row of the table, its gradient, and where there is none."""

import json
import math
import random

import pytest
from programs import trace_program
from strategies import every_row

from micrograd_nn import MLP, Operation, Reduction, Value, choose, compile, export, log, where
from micrograd_nn.engine import table as op
from micrograd_nn.export.in_onnx import running
from micrograd_nn.export.in_onnx.programs import export_onnx_program
from micrograd_nn.export.in_onnx.running import run_onnx
from micrograd_nn.export.report import Question
from micrograd_nn.text import InputError

onnx = pytest.importorskip("onnx")
KINKS = [0.0, 1.0, -1.0, 2.0, -2.0, 1000.0, -1000.0]  # and where operations fail


@pytest.fixture(params=["onnxruntime", pytest.param("onnx", marks=pytest.mark.slow)])
def runtime(request, monkeypatch):
    """Let both run the files, in turn."""
    pytest.importorskip(request.param)
    if request.param == "onnx":
        monkeypatch.setattr(running, "find_spec", lambda name: None)


def ask(program, parameters, rows, path, **options):
    """Return what a program's file answers."""
    path.write_bytes(export_onnx_program(program, path, **options)[path])
    return run_onnx(path, Question(rows, parameters, program))


def compute(found, count):
    """Return numbers, or not-a-number where there is an error."""
    try:
        return found()
    except (ArithmeticError, ValueError):
        return [math.nan] * count


def assert_answers(answers, program, parameters, rows, rel=1e-12, floor=1e-13):
    """Hold a file's answers equal to the program's, row by row, errors and all."""
    assert len(answers.values) == len(rows)
    for i, row in enumerate(rows):
        given = parameters, [row]
        result = compute(lambda: program.predictions(*given), 1)  # noqa: B023
        slopes = compute(lambda: program(*given)[1], len(program.wrt))  # noqa: B023
        near = {"rel": rel, "abs": floor, "nan_ok": True}
        assert answers.values[i] == pytest.approx(result, **near), row
        assert answers.gradients[i] == pytest.approx(slopes, **near), row


def draw_inputs(row, rng):
    """Return as many intervals as a row, or one of its like, has inputs."""
    domain = row.domain * 4 if isinstance(row, Reduction) else row.domain
    return [rng.uniform(*interval) for interval in domain]


@pytest.mark.slow
@pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)
def test_every_row_and_its_derivatives_are_those_of_the_program(row, runtime, tmp_path):
    rng = random.Random(row.name)
    leaves = [Value(x, f"x{i}") for i, x in enumerate(draw_inputs(row, rng))]
    program = compile(row.apply(leaves), inputs=leaves, wrt=leaves)
    rows = [draw_inputs(row, rng) for _ in range(20)]
    rows += [[rng.uniform(-4, 4) for _ in leaves] for _ in range(20)]
    rows += [[rng.choice(KINKS) for _ in leaves] for _ in range(20)]
    answers = ask(program, [], rows, tmp_path / "row.onnx")
    assert_answers(answers, program, [], rows)


@pytest.mark.parametrize("y", [2.0, 3.0, -1.0, 0.5, 0.0])
def test_powers_with_a_number_as_exponent(y, runtime, tmp_path):
    x = Value(2.0, "x")
    program = compile(x**y * 2.0 ** (x / 2), inputs=[x], wrt=[x])
    rows = [[x] for x in KINKS]
    assert_answers(ask(program, [], rows, tmp_path / "p.onnx"), program, [], rows)


def make_loss(rng):
    """Return a network's loss on one example as a program."""
    model = MLP(2, [5, 1], "gelu", rng=rng)
    inputs, target = [Value(0.5, "x1"), Value(-1.0, "x2")], Value(0.3, "target")
    loss = (model(inputs) - target) ** 2
    return model, compile(loss, inputs=[*inputs, target], parameters=model.parameters())


@pytest.mark.slow
def test_the_loss_of_a_network_has_its_gradient(runtime, tmp_path):
    rng = random.Random(1)
    model, program = make_loss(rng)
    rows = [[rng.gauss(0, 1) for _ in range(3)] for _ in range(10)]
    numbers = [x.data for x in model.parameters()]
    path = tmp_path / "loss.onnx"
    assert_answers(ask(program, numbers, rows, path), program, numbers, rows)
    others = [rng.gauss(0, 1) for _ in numbers]  # in the same file
    assert_answers(run_onnx(path, Question(rows, others, program)), program, others, rows)
    answers = ask(program, numbers, rows, path, single=True)
    assert_answers(answers, program, numbers, rows, 1e-4, 1e-4)


def test_parameters_may_be_left_out(tmp_path):
    runtime = pytest.importorskip("onnxruntime")
    numpy = pytest.importorskip("numpy")
    a, b, x = Value(2.0, "a"), Value(0.5, "b"), Value(1.0, "x")
    program = compile(a * x + b, inputs=[x], parameters=[a, b])
    path = tmp_path / "line.onnx"
    path.write_bytes(export_onnx_program(program, path)[path])
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    column = numpy.array([[1.0], [10.0]])
    result, gradient = session.run(None, {"x": column})
    assert (result.tolist(), gradient.tolist()) == ([[2.5], [20.5]], [[1, 1], [10, 1]])
    (result,) = session.run(["result"], {"x": column, "parameters": numpy.array([1.0, 0.0])})
    assert result.tolist() == [[1.0], [10.0]]


def test_a_row_on_another_branch_has_no_number(runtime, tmp_path):
    x, y = Value(2.0, "x"), Value(1.0, "y")
    program = trace_program(lambda: x * y if x > y else x + y, [x, y], wrt=[x, y])
    rows = [[2.0, 1.0], [1.0, 2.0], [3.0, 0.5], [1.0, 1.0]]
    answers = ask(program, [], rows, tmp_path / "branch.onnx")
    assert answers.values[0] + answers.values[2] == [2.0, 1.5]
    assert math.isnan(answers.values[1][0])
    assert math.isnan(answers.values[3][0])
    assert_answers(answers, program, [], rows)


def test_what_fails_gives_no_number_even_where_it_is_not_chosen(runtime, tmp_path):
    x = Value(2.0, "x")
    program = compile(where(x, 2 * x, log(x)), inputs=[x], wrt=[x])
    rows = [[2.0], [-1.0], [0.5]]
    answers = ask(program, [], rows, tmp_path / "log.onnx")
    assert math.isnan(answers.values[1][0])
    assert_answers(answers, program, [], rows)


def test_a_lookup_takes_its_value_in_each_row(runtime, tmp_path):
    index, a, b, c = (Value(x, name) for x, name in zip((1.0, 2.0, 3.0, 5.0), "iabc", strict=True))
    program = compile(
        choose(index, [a * a, b, c * a]), inputs=[index], parameters=[a, b, c], wrt=[a, b, c]
    )
    rows = [[0.0], [1.0], [2.0], [3.0], [-1.0], [0.5], [math.nan]]
    answers = ask(program, [2.0, 3.0, 5.0], rows, tmp_path / "choose.onnx")
    assert [row[0] for row in answers.values[:3]] == [4.0, 3.0, 10.0]
    assert all(math.isnan(row[0]) for row in answers.values[3:])
    assert_answers(answers, program, [2.0, 3.0, 5.0], rows)


def test_names_shapes_and_notes(tmp_path):
    x, y, a = Value(1.0, "result"), Value(2.0, "größe 1"), Value(3.0, "a")
    program = compile(a * x + y, inputs=[x, y], parameters=[a], wrt=[a, x])
    path = tmp_path / "odd.onnx"
    answers = ask(program, [3.0], [[10.0, 1.0]], path)
    assert (answers.values, answers.gradients) == ([[31.0]], [[10.0, 3.0]])
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    names = [x.name for x in model.graph.input]
    assert names == ["result_2", "größe_1", "parameters"]
    assert [x.name for x in model.graph.output] == ["result", "gradient"]
    notes = {note.key: json.loads(note.value) for note in model.metadata_props}
    assert notes == {"wrt": ["a", "result"], "parameters": ["a"]}
    assert "its derivatives by a, result" in model.doc_string


def test_a_program_without_inputs_has_one_row(runtime, tmp_path):
    a, b = Value(3.0, "a"), Value(4.0, "b")
    program = compile(a**2 + b, parameters=[a, b])
    answers = ask(program, [3.0, 4.0], [[]], tmp_path / "none.onnx")
    assert (answers.values, answers.gradients) == ([[13.0]], [[6.0, 1.0]])


def test_an_operation_that_says_nothing_of_columns_is_refused(tmp_path):
    own = Operation("cube", lambda x: x**3, [lambda out, x: 3 * x * x])
    x = Value(2.0, "x")
    program = compile(own(x), inputs=[x], wrt=[x])
    with pytest.raises(InputError, match="not exported: cube can't be computed over columns"):
        export(program, tmp_path / "own.onnx")
    assert not (tmp_path / "own.onnx").exists()
    own = Operation("cube", lambda x: x**3, [lambda out, x: 3 * x * x], arrays="{0} ** 3")
    program = compile(own(x), inputs=[x], wrt=[x])
    rows = [[2.0], [-1.5]]
    assert_answers(ask(program, [], rows, tmp_path / "own.onnx"), program, [], rows)


def test_common_parts_stand_in_the_file_once(tmp_path):
    x = Value(2.0, "x")
    program = compile(op.exp(x) * op.exp(x), inputs=[x], wrt=[x])
    path = tmp_path / "exp.onnx"
    path.write_bytes(export_onnx_program(program, path)[path])
    assert [x.op_type for x in onnx.load(path).graph.node].count("Exp") == 1
