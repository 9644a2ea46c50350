"""A model as an ONNX graph: what onnxruntime, and onnx's own evaluator, make of its rows."""

import importlib
import math
import random

import pytest
from tabular import ALL, HOSTILE, INPUTS, TARGETS, build, draw_row

from micrograd_nn import MLP, Operation, export, from_onnx, save_model
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.export.answers import running
from micrograd_nn.extras.export.answers.asking import answer_by_engine
from micrograd_nn.extras.export.answers.running import run_onnx
from micrograd_nn.extras.export.in_onnx.models import export_onnx
from micrograd_nn.extras.export.report import Question
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.report import compute_outputs
from micrograd_nn.extras.tables.storage import SavedModel
from micrograd_nn.nn.networks import ACTIVATIONS
from micrograd_nn.terminal.cli import main as command

onnx = pytest.importorskip("onnx")


@pytest.fixture(params=["onnxruntime", pytest.param("onnx", marks=pytest.mark.slow)])
def runtime(request, monkeypatch):
    """Let both run the files, in turn."""
    pytest.importorskip(request.param)
    if request.param == "onnx":
        monkeypatch.setattr(running, "find_spec", lambda name: None)


def ask(saved, rows, path, **options):
    """Return what a model's file answers."""
    saved = SavedModel(saved) if isinstance(saved, MLP) else saved
    path.write_bytes(export_onnx(saved, path, **options)[path])
    return run_onnx(path, Question(rows, saved))


def draw_rows(saved, count, seed=2):
    rng = random.Random(seed)
    return [draw_row(saved, rng) for _ in range(count)]


def predict(saved, row):
    """Return the label, if there are classes, and the numbers that the engine gives for a row."""
    answers = answer_by_engine(saved, Question([row], saved))
    return answers.labels and answers.labels[0], answers.values[0]


@pytest.mark.parametrize(("inputs", "target"), ALL, ids=map("-".join, ALL))
def test_onnx_predicts_what_the_table_does(inputs, target, runtime, tmp_path):
    saved = build(INPUTS[inputs], TARGETS[target])
    rows = draw_rows(saved, 20)
    answers = ask(saved, rows, tmp_path / "fruit.onnx")
    for i, row in enumerate(rows):
        label, numbers = predict(saved, row)
        assert answers.values[i] == pytest.approx(numbers, rel=1e-12)
        assert label == (answers.labels and answers.labels[i])
    assert answers.gradients is None


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [[1], [20, 1], [3, 9, 2]], ids=str)
def test_an_mlp_of_any_layers_is_a_chain_of_gemm(layers, bias, runtime, tmp_path):
    model = MLP(3, layers, "tanh", bias=bias, rng=random.Random(3))
    rows = [[random.Random(i).gauss(0, 2) for _ in range(3)] for i in range(9)]
    answers = ask(model, rows, tmp_path / "mlp.onnx")
    for found, wanted in zip(answers.values, compute_outputs(model, rows), strict=True):
        assert found == pytest.approx(wanted, rel=1e-12)
    nodes = onnx.load(tmp_path / "mlp.onnx").graph.node
    assert [x.op_type for x in nodes] == ["Gemm", "Tanh"] * (len(layers) - 1) + ["Gemm"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_has_all_digits(activation, runtime, tmp_path):
    """Also where it is tiny: a sigmoid that is 0 from -37 on would be wrong."""
    model = MLP(1, [1], [activation], bias=False)
    model.layers[0].neurons[0].w[0].data = 1.0
    points = [-700.0, -45.0, -1e-9, 0.0, 1e-9, 45.0, 700.0]
    rows = [[x] for x in [*points, *[random.Random(4).gauss(0, 4) for _ in range(50)]]]
    answers = ask(model, rows, tmp_path / "one.onnx")
    for row, found in zip(rows, answers.values, strict=True):
        assert found == pytest.approx([model(row).data], rel=1e-13, abs=0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_single_precision_is_near(activation, runtime, tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["many"], activation=activation)
    rows = draw_rows(saved, 20)
    path = tmp_path / "fruit.onnx"
    answers = ask(saved, rows, path, single=True)
    for i, row in enumerate(rows):
        label, numbers = predict(saved, row)
        assert (answers.values[i], answers.labels[i]) == (pytest.approx(numbers, abs=1e-4), label)
    model = onnx.load(path)
    kinds = {x.data_type for x in model.graph.initializer}
    assert onnx.TensorProto.DOUBLE not in kinds
    assert [f.name for f in model.functions] == ["silu"] * (activation == "silu")


def test_what_the_table_refuses_has_no_number_and_no_label(runtime, tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["many"], activation="relu")
    good = [120.0, "red", 50.0]
    bad = [
        [120.0, "blue", 50.0], [120.0, "", 50.0], [120.0, "RED", 50.0], [math.nan, "red", 50.0],
        [120.0, "red", math.inf], [-math.inf, "red", 50.0], [120.0, "red", 1e308],
    ]  # fmt: skip
    answers = ask(saved, [good, *bad, good], tmp_path / "fruit.onnx")
    assert answers.values[0] == answers.values[-1] == pytest.approx(predict(saved, good)[1])
    assert all(math.isnan(x) for row in answers.values[1:-1] for x in row)
    assert answers.labels[1:-1] == [""] * len(bad)
    number = build(INPUTS["mixed"], TARGETS["number"], activation="relu")
    answers = ask(number, [good, *bad], tmp_path / "price.onnx")
    assert [math.isnan(x) for (x,) in answers.values] == [False] + [True] * len(bad)


def test_where_the_network_overflows_there_is_no_number_or_the_tables(runtime, tmp_path):
    """An infinity inside may leave a finite result: tanh of it is 1, in both."""
    for activation in set(ACTIVATIONS) - {"sin"}:  # whose angle has no digit that is right there
        saved = build(INPUTS["numbers"], TARGETS["number"], activation=activation)
        saved.model.load_state({name: x * 1e200 for name, x in saved.model.state().items()})
        rows = [[120.0, 50.0], [1e100, 50.0], [1e200, -1e100], [-1e200, 1e100]]
        answers = ask(saved, rows, tmp_path / "fruit.onnx")
        for row, (found,) in zip(rows, answers.values, strict=True):
            _, (wanted,) = predict(saved, row)
            if math.isnan(wanted) or not math.isnan(found):  # our sum may still be a number
                assert found == pytest.approx(wanted, rel=1e-9, nan_ok=True), (activation, row)


def test_an_operation_that_fails_gives_no_number(runtime, tmp_path):
    """Not even behind an activation that makes something finite of an infinity."""
    from micrograd_nn import exp, log

    model = MLP(1, [1, 1, 1], [exp, log, "tanh"], bias=False)
    for layer in model.layers:
        layer.neurons[0].w[0].data = 1.0
    answers = ask(model, [[2.0], [800.0]], tmp_path / "one.onnx")
    assert answers.values[0] == pytest.approx([math.tanh(2.0)])
    assert math.isnan(answers.values[1][0])


def test_names_of_any_kind_arrive_as_they_are(runtime, tmp_path):
    columns = [NumericColumn(f"{name}{i}", 1.0, 2.0) for i, name in enumerate(HOSTILE)]
    columns += [TextColumn(name, tuple(HOSTILE)) for name in HOSTILE]
    saved = build(tuple(columns), TextColumn("the\n*/ target", tuple(HOSTILE)), (3,))
    rows = draw_rows(saved, 3, 5)
    answers = ask(saved, rows, tmp_path / "odd.onnx")
    for i, row in enumerate(rows):
        label, numbers = predict(saved, row)
        assert (answers.labels[i], answers.values[i]) == (label, pytest.approx(numbers))
    names = [x.name for x in onnx.load(tmp_path / "odd.onnx").graph.input]
    assert names == [*[f"{name}{i}" for i, name in enumerate(HOSTILE)], *HOSTILE]


def test_a_column_of_an_outputs_name_has_one_like_it(runtime, tmp_path):
    columns = [NumericColumn(name, 1.0, 2.0) for name in ("label", "label_2", "row", "number")]
    saved = build(tuple(columns), TARGETS["two"])
    rows = draw_rows(saved, 3)
    answers = ask(saved, rows, tmp_path / "odd.onnx")
    assert [predict(saved, row)[0] for row in rows] == answers.labels
    found = onnx.load(tmp_path / "odd.onnx").graph.input
    assert [x.name for x in found] == ["label_3", "label_2", "row", "number"]
    assert found[0].doc_string.startswith('"label": a number')


def tell_type(value):
    """Return the name of a tensor, its type, and its shape."""
    kind = value.type.tensor_type
    name = onnx.TensorProto.DataType.Name(kind.elem_type)
    return value.name, name, *[dim.dim_param or dim.dim_value for dim in kind.shape.dim]


def test_the_file_says_what_it_is(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["two"], activation="gelu")
    export(saved, tmp_path / "fruit.onnx")
    model = onnx.load(tmp_path / "fruit.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert [tell_type(x) for x in model.graph.input] == [
        ("weight", "DOUBLE", "N", 1), ("colour", "STRING", "N", 1), ("share", "DOUBLE", "N", 1)
    ]  # fmt: skip
    assert [tell_type(x) for x in model.graph.output] == [
        ("label", "STRING", "N"), ("probabilities", "DOUBLE", "N", 2)
    ]  # fmt: skip
    assert model.graph.name == "fruit"
    assert model.graph.input[2].doc_string == (
        '"share": a number in % (in training: mean 50, scale 0.1)'
    )
    assert '"fruit" predicted from 3 columns' in model.doc_string
    assert "{'weight': 120.5, 'colour': 'green', 'share': 50.0} gives" in model.doc_string
    notes = {note.key: note.value for note in model.metadata_props}
    assert notes == {"network": repr(saved.model), "classes": '["apple", "pear"]'}
    assert [(f.domain, f.name) for f in model.functions] == [("micrograd_nn", "gelu")]
    shapes = {name: shape for name, _, *shape in map(tell_type, model.graph.value_info)}
    assert shapes["layer1/gelu"] == ["N", 5]  # and of every other tensor within
    assert len(shapes) + len(model.graph.output) == len(model.graph.node)


@pytest.mark.parametrize(
    ("saved", "opset", "version"),
    [
        (MLP(2, [3, 1], "tanh"), 13, 7), (MLP(2, [3, 1], "sigmoid"), 19, 9),
        (MLP(2, [3, 1], "gelu"), 20, 9), (build(INPUTS["mixed"], TARGETS["two"]), 20, 9),
    ],
)  # fmt: skip
def test_a_file_asks_for_the_oldest_operations_that_serve(saved, opset, version, tmp_path):
    export(saved, tmp_path / "m.onnx")
    model = onnx.load(tmp_path / "m.onnx")
    parts = [model, *model.functions]
    assert {x.version for part in parts for x in part.opset_import if not x.domain} == {opset}
    assert model.ir_version == version


def test_what_the_file_cannot_hold_is_refused_and_the_old_one_stays(tmp_path):
    path = tmp_path / "fruit.onnx"
    path.write_text("old")
    model = MLP(1, [1])
    model.layers[0].neurons[0].w[0].data = math.inf
    with pytest.raises(InputError, match="not exported: layer1 has a weight that is inf"):
        export(model, path)
    model.layers[0].neurons[0].w[0].data = 1e300
    with pytest.raises(InputError, match=r"1e\+300 is too large for single precision"):
        export(model, path, single=True)
    tiny = build((NumericColumn("x", 0.0, 1e-60),), TARGETS["number"])
    with pytest.raises(InputError, match="the scale 1e-60 is too small for single precision"):
        export(tiny, path, single=True)
    half = build((TextColumn("a\ud800", ("b", "c")),), TARGETS["number"])
    with pytest.raises(InputError, match="a text that UTF-8 can't hold"):
        export(half, path)
    own = Operation("cube", lambda x: x**3, [lambda out, x: 3 * x * x])
    with pytest.raises(InputError, match="not exported: cube can't be computed over columns"):
        export(MLP(1, [1], [own]), path)
    assert path.read_text() == "old"


def test_an_operation_of_ones_own_that_says_how_is_exported(runtime, tmp_path):
    cube = Operation("gelu", lambda x: x**3, [lambda out, x: 3 * x * x], arrays="{0} ** 3")
    square = Operation("gelu", lambda x: x**2, [lambda out, x: 2 * x], arrays="{0} ** 2")
    model = MLP(2, [3, 2, 2, 1], [cube, square, "gelu", "linear"], rng=random.Random(1))
    path = tmp_path / "own.onnx"
    answers = ask(model, [[1.0, 2.0]], path)
    assert answers.values[0] == pytest.approx([model([1.0, 2.0]).data], rel=1e-12)
    with pytest.raises(
        InputError, match=r"micrograd_nn\.own0\(x\).* isn't an activation that we have"
    ):
        from_onnx(path)


def test_without_onnx_the_error_says_what_to_install(monkeypatch, tmp_path, capsys):
    def lack(name):
        raise ModuleNotFoundError("No module named 'onnx'", name="onnx")

    monkeypatch.setattr("micrograd_nn.extras.export.numbers.import_module", lack)
    with pytest.raises(InputError, match=r"pip install onnx$"):
        export(MLP(1, [1]), tmp_path / "m.onnx")
    save_model(MLP(1, [1]), tmp_path / "m.json")
    assert command(["export", str(tmp_path / "m.json"), "-o", str(tmp_path / "m.onnx")]) == 2
    told = "micrograd-nn export: ONNX needs the package onnx: pip install onnx\n"
    assert capsys.readouterr().err == told
    assert not (tmp_path / "m.onnx").exists()
    assert importlib.import_module("onnx") is onnx
