"""Programs over columns, written and run by their libraries, answer what the row engine answers."""

import math

import pytest

from micrograd_nn import Value, compile, softplus
from micrograd_nn.export.export import TARGETS_OF_PROGRAMS
from micrograd_nn.export.report import NotRunError, Question

LIBRARIES = {".np.py": "numpy", ".pt.py": "torch", ".jax.py": "jax"}
ENDINGS = [".np.py", *[pytest.param(x, marks=pytest.mark.slow) for x in (".pt.py", ".jax.py")]]


@pytest.mark.parametrize("ending", ENDINGS)
def test_values_and_gradients_row_by_row(ending, tmp_path):
    library = pytest.importorskip(LIBRARIES[ending], minversion="0.4")
    x, y, w = Value(0.5, "x"), Value(2.0, "y"), Value(1.5, "w")
    program = compile(softplus(w * x) / y + w, [x, y], [w])
    path = tmp_path / f"quotient{ending}"
    program.save(path)
    rows = [[0.5, 2.0], [-1.0, 0.0], [3.0, -0.5]]  # the second has no quotient
    answers = TARGETS_OF_PROGRAMS[ending].run(path, Question(rows, [0.7], program))
    assert answers.versions == {LIBRARIES[ending]: library.__version__}
    for row, values, gradient in zip(rows, answers.values, answers.gradients, strict=True):
        if row[1] == 0.0:
            assert [*map(math.isnan, [*values, *gradient])] == [True, True]
        else:
            total, slopes = program([0.7], [row])
            assert [*values, *gradient] == pytest.approx([total, *slopes], rel=1e-13)


def test_a_program_without_derivatives_answers_none(tmp_path):
    pytest.importorskip("numpy", minversion="2")
    x = Value(0.5, "x")
    program = compile(x * x, [x])
    program.save(tmp_path / "square.np.py")
    run = TARGETS_OF_PROGRAMS[".np.py"].run
    answers = run(tmp_path / "square.np.py", Question([[3.0], [-2.0]], [], program))
    assert (answers.values, answers.gradients) == ([[9.0], [4.0]], None)


def test_where_the_library_is_not_there_nothing_is_run(tmp_path, monkeypatch):
    monkeypatch.setattr("micrograd_nn.export.answers.running.find_spec", lambda name: None)
    x = Value(0.5, "x")
    program = compile(x * x, [x])
    program.save(tmp_path / "square.jax.py")
    with pytest.raises(NotRunError, match="there is no jax"):
        TARGETS_OF_PROGRAMS[".jax.py"].run(tmp_path / "square.jax.py", Question([], [], program))
