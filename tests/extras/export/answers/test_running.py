"""Each kind of file is run by what it is for, and says the same as this engine."""

import random

import pytest
from foreign import needs_compiler
from tabular import ALL, INPUTS, TARGETS, build, draw_row

from micrograd_nn import MLP, Value, choose, compile, export
from micrograd_nn.extras.export.answers import running
from micrograd_nn.extras.export.answers.asking import ask_rows
from micrograd_nn.extras.export.report import NotRunError
from micrograd_nn.extras.tables.storage import SavedModel

BOUNDS = {".c": 0.0, ".py": 0.0, ".js": 1e-13}  # elsewhere its own exp and tanh
SOME_ROWS = [[100.0, "red", 50.0], [100.0, "blue", 50.0], [1e300, "red", 50.0], [1, "green", 50]]


@pytest.fixture
def compiles(monkeypatch):
    """Let files in C be compiled."""
    monkeypatch.delenv("MICROGRAD_NN_NATIVE")


@pytest.fixture(params=BOUNDS)
def ending(request, compiles):
    """Go through the kinds of files that other programs run."""
    if request.param == ".js":
        request.getfixturevalue("node")
    return request.param


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize(("inputs", "target"), ALL, ids=map("-".join, ALL))
def test_a_models_file_has_a_report_of_equality(inputs, target, ending, tmp_path):
    saved = build(INPUTS[inputs], TARGETS[target])
    report = export(saved, tmp_path / f"fruit{ending}", bound=BOUNDS[ending])
    assert report.agreement.rows == 20
    assert report.agreement.refused == 0
    assert report.agreement.exact_rows == 20
    assert report.agreement.exact_values.relative < 1e-14
    given = [draw_row(saved, random.Random(3))] * 2
    again = export(saved, tmp_path / f"fruit{ending}", bound=BOUNDS[ending], check=given)
    assert again.agreement.rows == 2


@needs_compiler
def test_what_the_engine_refuses_the_file_refuses(ending, tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["two"], activation="relu")
    saved.model.parameters()[0].data = 1e20
    report = export(saved, tmp_path / f"fruit{ending}", bound=BOUNDS[ending], check=SOME_ROWS)
    assert (report.agreement.rows, report.agreement.wrong) == (4, [])
    assert report.agreement.refused == 2


def build_program(wrt=True):
    x, y, i, w = Value(0.5, "x"), Value(2.0, "y"), Value(1.0, "i"), Value(3.0, "w")
    root = (x * w).tanh() + choose(i, [x, y, w]).log() * (y / x).sqrt()
    return compile(root, [x, y, i], [w], wrt=[w, x, y] if wrt else [])


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize("wrt", [True, False])
def test_a_programs_file_has_a_report_of_its_gradients_too(ending, wrt, tmp_path):
    path = tmp_path / f"program{ending}"
    report = export(build_program(wrt), path, bound=BOUNDS[ending])
    agreement = report.agreement
    assert agreement.exact_values.relative < 1e-14
    if wrt:
        assert agreement.exact_gradients.relative < 1e-14
    rows = [[0.5, 2.0, 0], [0.5, 2.0, 7], [0.5, -1.0, 1], [0.0, 1.0, 2]]
    again = export(build_program(wrt), path, bound=BOUNDS[ending], check=rows)
    assert again.agreement.refused == 3


@needs_compiler
def test_single_precision_is_off_by_as_much(tmp_path, compiles):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    report = export(saved, tmp_path / "fruit.c", single=True, bound=1e-4)
    assert 1e-9 < report.worst < 1e-5
    x = Value(0.3, "x")
    report = export(compile(x.tanh(), [x], wrt=[x]), tmp_path / "p.c", single=True, bound=1e-4)
    assert 1e-9 < report.worst < 1e-5


def test_without_what_runs_it_a_file_is_written_and_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(running.shutil, "which", lambda name: None)
    report = export(MLP(1, [1]), tmp_path / "m.js")
    assert repr(report).endswith("\nnot run here: there is no Node.js")
    assert (tmp_path / "m.js").exists()
    report = export(MLP(1, [1]), tmp_path / "m.c")
    assert "MICROGRAD_NN_NATIVE=0 in the environment switches C off" in repr(report)


def test_a_file_that_fails_is_not_run(tmp_path, node):
    path = tmp_path / "m.js"
    question = ask_rows_of_two()
    for text, told in (
        ("export function predict() { return nothing; }", "ReferenceError: nothing is not defined"),
        ("export function (", "SyntaxError"),
    ):
        path.write_text(text)
        with pytest.raises(NotRunError, match=told):
            running.run_javascript(path, question)
    path = tmp_path / "m.py"
    path.write_text("def predict(row):\n    return nothing\n")
    with pytest.raises(NotRunError, match="NameError: name 'nothing' is not defined"):
        running.run_python(path, question)


def ask_rows_of_two():
    return ask_rows(SavedModel(MLP(2, [1])), [[1.0, 2.0]])


def test_a_process_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(running, "LONGEST_WAIT", 0.2)
    with pytest.raises(NotRunError, match=r"python.* took more than 0\.2 s"):
        running.run_process(["python3", "-c", "import time; time.sleep(60)"])
    with pytest.raises(NotRunError, match="cannot be run"):
        running.run_process(["/no/such/program"])
