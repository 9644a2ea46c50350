"""A model as a module of NumPy or JAX: what ``predict`` gives, for all rows at once."""

import math
import random
import runpy
import subprocess
import sys

import numpy
import pytest
from asked import ask_written, assert_equal_answers
from tabular import ALL, HOSTILE, INPUTS, TARGETS, build

from micrograd_nn import MLP, OPERATIONS, Operation, Reduction, export
from micrograd_nn.export.answers.asking import answer_by_engine, make_question
from micrograd_nn.nn import ACTIVATIONS
from micrograd_nn.tables.columns import NumericColumn, TextColumn
from micrograd_nn.tables.storage import SavedModel
from micrograd_nn.text import InputError


def load_written(saved, path):
    """Export a model, and return what its module defines, once it is imported."""
    export(saved, path, check=False)
    return runpy.run_path(str(path))


def list_values(found):
    """Return what predict gives as lists of numbers, and the labels."""
    if isinstance(found, dict):
        return found["probabilities"].tolist(), found["label"]
    return [x if isinstance(x, list) else [x] for x in found.tolist()], None


@pytest.mark.parametrize(("inputs", "target"), ALL, ids=map("-".join, ALL))
def test_numpy_predicts_as_the_table_does(inputs, target, tmp_path):
    saved = build(INPUTS[inputs], TARGETS[target])
    predict = load_written(saved, tmp_path / "fruit.np.py")["predict"]
    question = make_question(saved)
    wanted = answer_by_engine(saved, question)
    values, labels = list_values(predict(question.rows))
    assert labels == wanted.labels
    for x, y in zip(values, wanted.values, strict=True):
        assert x == pytest.approx(y, rel=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("bias", [True, False], ids=["biases", "none"])
def test_numpy_has_each_activation(activation, bias, tmp_path):
    model = MLP(2, [3, 3, 2], [activation] * 3, bias=bias, rng=random.Random(3))
    rows = [[0.5, -1.0], [0.0, 0.0], [30.0, -40.0], [-300.0, 5.0], [1e3, 1e3]]
    found = load_written(model, tmp_path / "m.np.py")["predict"](rows).tolist()
    for x, row in zip(found, rows, strict=True):
        assert x == pytest.approx([y.data for y in model(row)], rel=1e-12, abs=1e-13)


OF_ONE = [
    row
    for row in OPERATIONS.values()
    if row.name not in ACTIVATIONS and len(row.inputs) == 1 and not isinstance(row, Reduction)
]


@pytest.mark.parametrize("row", OF_ONE, ids=str)
def test_numpy_has_each_operation_of_a_number_as_an_activation(row, tmp_path):
    pytest.importorskip("numpy", minversion="2")
    model = MLP(1, [1, 1], row, init=lambda rng, fan_in, fan_out: 1.0)
    low, high = row.domain[0]
    rows = [[low + (high - low) * k / 7] for k in range(8)]
    found = load_written(model, tmp_path / "m.np.py")["predict"](rows).tolist()
    assert found == [pytest.approx([model(x).data], rel=1e-12) for x in rows]


def test_rows_come_in_many_ways(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    predict = load_written(saved, tmp_path / "fruit.np.py")["predict"]
    rows = [[120.0, "green", 50.0], [100.0, "red", 49.9]]
    names = ["weight", "colour", "share"]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    others = [
        [tuple(row) for row in rows],
        [dict(zip(names, row, strict=True)) for row in rows],
        [{"more": 1, **dict(zip(reversed(names), reversed(row), strict=True))} for row in rows],
        columns,
        {**columns, "more": [1, 2], "weight": numpy.array([120, 100])},
    ]
    for other in others:
        assert predict(other).tolist() == predict(rows).tolist()
    assert predict([]).tolist() == []
    assert predict(rows[:1]) == pytest.approx(predict(rows)[:1], rel=1e-14)
    numbers = build(INPUTS["numbers"], TARGETS["number"])
    predict = load_written(numbers, tmp_path / "n.np.py")["predict"]
    assert predict(numpy.array([[120.0, 50.0]])) == predict([[120, 50]])


def test_a_data_frame_is_taken_as_it_is(tmp_path):
    pandas = pytest.importorskip("pandas")
    saved = build(INPUTS["mixed"], TARGETS["two"])
    predict = load_written(saved, tmp_path / "fruit.np.py")["predict"]
    rows = [[120.0, "green", 50.0], [100.0, "red", 49.9]]
    frame = pandas.DataFrame(rows, columns=["weight", "colour", "share"], index=["b", "a"])
    found, wanted = predict(frame[["share", "colour", "weight"]]), predict(rows)
    assert found["label"] == wanted["label"]
    assert found["probabilities"].tolist() == wanted["probabilities"].tolist()
    with pytest.raises(ValueError, match="there is no column 'weight'"):
        predict(frame[["share", "colour"]])
    frame.loc["a", "weight"] = None
    with pytest.raises(ValueError, match="nan in column 'weight' is no finite number"):
        predict(frame)
    lacking = frame.assign(weight=pandas.array([1, None], dtype="Int64"))
    with pytest.raises(ValueError, match="<NA> in column 'weight' is no finite number"):
        predict(lacking)
    lacking = frame.assign(weight=1, colour=pandas.array(["red", None], dtype="string"))
    with pytest.raises(ValueError, match=r"(<NA>|nan) in column 'colour' was never seen"):
        predict(lacking)


KNOWN = "'green', 'red', 'yellow or so'"
BAD_ROWS = [
    ([[1, "red"]], "a row has 3 columns, not 2"),
    ([["1", "red", 2]], "'1' in column 'weight' is no finite number"),
    ([[None, "red", 2]], "None in column 'weight' is no finite number"),
    ([[math.inf, "red", 2]], "inf in column 'weight' is no finite number"),
    ([[10**400, "red", 2]], "in column 'weight' is no finite number"),
    ([[1j, "red", 2]], "1j in column 'weight' is no finite number"),
    (7, "rows are a list: for a single one, predict([row]), not 7"),
    ([[1, "blue", 2]], f"'blue' in column 'colour' was never seen in training, only {KNOWN}"),
    ([[1, 0, 2]], f"0 in column 'colour' was never seen in training, only {KNOWN}"),
    ([{"weight": 1, "share": 2}], "there is no column 'colour'"),
    ({"weight": [1], "share": [2]}, "there is no column 'colour'"),
    ({"weight": [1], "colour": ["red", "red"], "share": [2]}, "the columns are not equally long"),
    ([1, "red", 2], "rows are a list: for a single one, predict([row]), not 1"),
    (["red"], "rows are a list: for a single one, predict([row]), not 'red'"),
    ({"weight": 1, "colour": "red", "share": 2}, "for a single one, predict([row]), not 1"),
    ([[1, "red", 50], [1, "red", 1.7e308]], "row 1 is too far from those in training"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "told"), BAD_ROWS, ids=[told for _, told in BAD_ROWS])
def test_rows_that_do_not_fit_are_refused(rows, told, tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    predict = load_written(saved, tmp_path / "fruit.np.py")["predict"]
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        predict(rows)
    assert told in str(caught.value)


def test_what_overflows_on_the_way_or_at_the_end_is_refused(tmp_path):
    saved = build(INPUTS["numbers"], NumericColumn("price", 0.0, 1e308), activation="linear")
    predict = load_written(saved, tmp_path / "m.np.py")["predict"]
    for row in ([120.0, 1e6], [120.0, 1.7e308]):
        with pytest.raises(ValueError, match="row 0 is too far"):
            predict([row])
    steep = MLP(1, [1, 1], "tanh", init=lambda rng, fan_in, fan_out: math.inf)
    predict = load_written(steep, tmp_path / "n.np.py")["predict"]
    with pytest.raises(ValueError, match="row 0 is too far"):
        predict([[0.0]])  # inf times 0


def test_texts_of_any_kind_stand_in_the_module(tmp_path):
    columns = [TextColumn(text, (text, *"ab")) for text in HOSTILE]
    saved = build(tuple(columns), TextColumn("'''\"\"\"\n", tuple(HOSTILE)), (2,))
    written = load_written(saved, tmp_path / "m.np.py")
    assert list(written["COLUMNS"]) == HOSTILE
    assert written["CLASSES"] == HOSTILE
    question = make_question(saved)
    values, labels = list_values(written["predict"](question.rows))
    assert labels == answer_by_engine(saved, question).labels
    assert values[0] == pytest.approx(answer_by_engine(saved, question).values[0], rel=1e-12)


def test_a_module_of_numpy_runs_by_itself(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["two"], activation="gelu")
    export(saved, tmp_path / "fruit.np.py", check=False)
    command = [sys.executable, "-W", "error", "-I", str(tmp_path / "fruit.np.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.stderr == ""
    assert done.stdout.startswith("[[120.5, 'green', 50.0]]\n{'index': array([")
    found, wanted = ask_written(saved, tmp_path / "fruit.np.py")
    assert found.versions == {"numpy": numpy.__version__}
    assert found.gradients is None
    assert_equal_answers(found, wanted)


@pytest.mark.slow
def test_a_file_that_refuses_a_row_answers_nan_for_it_alone(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    rows = [[120.0, "green", 50.0], [1.0, "blue", 2.0], [math.inf, "red", 1.0], [99.0, "red", 49.0]]
    found, wanted = ask_written(saved, tmp_path / "fruit.np.py", rows)
    assert [math.isnan(x) for (x,) in found.values] == [False, True, True, False]
    assert_equal_answers(found, wanted)


def test_what_arrays_cannot_say_is_refused(tmp_path):
    lacking = Operation("lacking", lambda x: x, [lambda out, x: 1.0])
    for ending in (".np.py", ".jax.py"):
        with pytest.raises(
            InputError, match="not exported: lacking can't be computed over columns"
        ):
            export(MLP(1, [1, 1], lacking), tmp_path / f"m{ending}", check=False)
    assert not list(tmp_path.iterdir())
    said = Operation("said", lambda x: 2 * x, [lambda out, x: 2.0], arrays="xp.add({0}, {0})")
    predict = load_written(MLP(1, [1, 1], said), tmp_path / "m.np.py")["predict"]
    assert predict([[0.0]]).tolist() == [[0.0]]


def test_thousands_of_rows_are_predicted_at_once(tmp_path):
    model = MLP(2, [16, 16, 1], "tanh", rng=random.Random(0))
    written = load_written(SavedModel(model), tmp_path / "m.np.py")
    rows = numpy.random.default_rng(0).normal(size=(10_000, 2))
    found = written["network"](rows)
    assert found.shape == (10_000, 1)
    assert written["predict"](rows)[17] == pytest.approx([model(rows[17].tolist()).data], rel=1e-12)
