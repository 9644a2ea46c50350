"""A model as a module of PyTorch: its numbers, its gradients, and that it can be trained on."""

import runpy
import subprocess
import sys

import pytest
from asked import ask_written, assert_equal_answers
from tabular import ALL, HOSTILE, INPUTS, TARGETS, build, build_deep

from micrograd_nn import MLP, Operation, export, from_torch, to_torch
from micrograd_nn.export.answers.asking import answer_by_engine, make_question
from micrograd_nn.export.in_torch.models import name_class
from micrograd_nn.nn import ACTIVATIONS
from micrograd_nn.tables.columns import NumericColumn, TextColumn
from micrograd_nn.tables.storage import SavedModel
from micrograd_nn.terminal.cli import main as command
from micrograd_nn.text import InputError

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install -e '.[torch]'")


def load_written(saved, path):
    """Export a model, and return what its module defines, once it is imported."""
    export(saved, path, check=False)
    return runpy.run_path(str(path))


@pytest.mark.parametrize(("inputs", "target"), ALL, ids=map("-".join, ALL))
def test_pytorch_predicts_as_the_table_does(inputs, target, tmp_path):
    saved = build(INPUTS[inputs], TARGETS[target])
    predict = load_written(saved, tmp_path / "fruit.pt.py")["predict"]
    question = make_question(saved)
    wanted, found = answer_by_engine(saved, question), predict(question.rows)
    if saved.encoding.is_classification:
        assert found["label"] == wanted.labels
        places = [saved.encoding.target.categories.index(label) for label in found["label"]]
        assert found["index"].tolist() == places
        found = found["probabilities"]
    assert found.dtype == torch.float64
    for x, y in zip(found.reshape(len(question.rows), -1).tolist(), wanted.values, strict=True):
        assert x == pytest.approx(y, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["number", "many"])
def test_pytorch_has_the_numbers_and_the_gradients_of_all_activations(target, tmp_path):
    saved = build_deep(target)
    found, wanted = ask_written(saved, tmp_path / "fruit.pt.py")
    assert found.versions == {"torch": torch.__version__}
    assert found.gradients is not None
    assert_equal_answers(found, wanted)


@pytest.mark.slow
def test_a_module_of_pytorch_runs_by_itself_and_refuses_rows(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    rows = [[120.0, "green", 50.0], [1.0, "blue", 2.0], [1.0, "red", 1e308], [99.0, "red", 49.0]]
    found, wanted = ask_written(saved, tmp_path / "fruit.pt.py", rows)
    assert_equal_answers(found, wanted)
    line = [sys.executable, "-W", "error", "-I", str(tmp_path / "fruit.pt.py")]
    done = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.stderr == ""
    assert done.stdout.startswith("[[120.5, 'green', 50.0]]\ntensor([")


def test_forward_takes_and_gives_numbers_in_the_units_of_the_table(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    written = load_written(saved, tmp_path / "fruit.pt.py")
    rows = [[120.0, "green", 50.0], [100.0, "red", 49.9]]
    x = torch.tensor(written["encode"](rows), dtype=torch.float64)
    assert x.tolist() == [[120.0, 1.0, 0.0, 0.0, 50.0], [100.0, 0.0, 1.0, 0.0, 49.9]]
    assert written["model"](x).tolist() == written["predict"](rows).tolist()
    assert type(written["model"]).__name__ == "PriceNet"
    assert repr(from_torch(written["model"].layers)) == repr(saved.model)
    assert from_torch(written["model"].layers).state() == saved.model.state()


def test_the_layers_are_those_of_to_torch(tmp_path):
    for activation in ACTIVATIONS:
        model = MLP(2, [3, 2], activation, bias=activation != "relu")
        layers = load_written(model, tmp_path / "m.pt.py")["model"].layers
        network = to_torch(model)
        for ours, theirs in zip(layers, network, strict=True):
            if activation == "sin" and not isinstance(ours, torch.nn.Linear):
                continue
            assert repr(ours) == repr(theirs)
        x = torch.tensor([[0.5, -1.0]], dtype=torch.float64)
        assert torch.equal(layers(x), network(x))


def test_the_module_is_trained_on_and_saved_as_any_other(tmp_path):
    saved = build(INPUTS["numbers"], TARGETS["number"])
    written = load_written(saved, tmp_path / "fruit.pt.py")
    model, x = written["model"], torch.tensor([[120.0, 50.0], [130.0, 50.1]], dtype=torch.float64)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(5):
        loss = ((model(x) - 3000.0) ** 2).mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0]
    torch.save(model.state_dict(), tmp_path / "fruit.pt")
    again = runpy.run_path(str(tmp_path / "fruit.pt.py"))
    assert torch.equal(again["model"](x), model(x))
    before = written["predict"]([[120.0, 50.0]]).item()
    model.float()
    assert written["predict"]([[120.0, 50.0]]).dtype == torch.float32
    assert written["predict"]([[120.0, 50.0]]).item() == pytest.approx(before, rel=1e-5)


def test_weights_are_written_alike_twice_and_loaded_as_numbers_alone(tmp_path):
    saved = build(INPUTS["mixed"], TARGETS["number"])
    export(saved, tmp_path / "fruit.pt.py", check=False)
    first = (tmp_path / "fruit.pt").read_bytes()
    export(saved, tmp_path / "fruit.pt.py", check=False)
    assert (tmp_path / "fruit.pt").read_bytes() == first
    state = torch.load(tmp_path / "fruit.pt", weights_only=True)
    assert state["target_mean"].item() == 3000.25
    assert state["mean"].tolist() == [120.5, 0.0, 0.0, 0.0, 50.0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fruit.pt", "fruit.pt.py"]


def test_rows_of_many_kinds_and_none(tmp_path):
    predict = load_written(MLP(2, [3, 2], "sin"), tmp_path / "m.pt.py")["predict"]
    assert predict([]).shape == (0, 2)
    assert torch.equal(predict({"x1": [1.0], "x2": [2]}), predict(torch.tensor([[1.0, 2.0]])))
    with pytest.raises(ValueError, match="nan in column 'x2' is no finite number"):
        predict([[1.0, float("nan")]])
    steep = load_written(MLP(1, [1], init=lambda *given: 1e308), tmp_path / "n.pt.py")
    with pytest.raises(ValueError, match="row 1 is too far from those in training"):
        steep["predict"]([[1.0], [10.0]])


def test_texts_of_any_kind_stand_in_the_module(tmp_path):
    columns = [TextColumn(text, (text, *"ab")) for text in HOSTILE]
    saved = build(tuple(columns), TextColumn("'''\"\"\"\n", tuple(HOSTILE)), (2,))
    written = load_written(saved, tmp_path / 'it\'s "\\n".pt.py')
    assert list(written["COLUMNS"]) == HOSTILE
    assert written["CLASSES"] == HOSTILE
    question = make_question(saved)
    found, wanted = written["predict"](question.rows), answer_by_engine(saved, question)
    assert found["label"] == wanted.labels


def test_a_class_is_named_after_the_target(tmp_path):
    for name, wanted in {
        "größe": "GroeNet",
        "…": "NeuralNet",
        "2nd": "Target2ndNet",
        "a b": "ABNet",
    }.items():
        saved = build(INPUTS["numbers"], NumericColumn(name, 0.0, 1.0))
        assert type(load_written(saved, tmp_path / "m.pt.py")["model"]).__name__ == wanted
    assert name_class("log1p") == "Log1p"


def test_what_pytorch_cannot_say_is_refused(tmp_path, monkeypatch, capsys):
    lacking = Operation("lacking", lambda x: x, [lambda out, x: 1.0])
    with pytest.raises(InputError, match="PyTorch has no layer for the activation lacking"):
        export(MLP(1, [1, 1], lacking), tmp_path / "m.pt.py", check=False)
    SavedModel(MLP(1, [1])).save(tmp_path / "m.json")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert command(["export", str(tmp_path / "m.json"), "-o", str(tmp_path / "m.pt.py")]) == 2
    said = capsys.readouterr().err
    assert said.endswith("needs PyTorch: pip install 'micrograd-nn[torch]'\n")
    assert [path.name for path in tmp_path.iterdir()] == ["m.json"]


def test_the_command_names_both_files_and_writes_neither_over_the_model(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    SavedModel(MLP(1, [1])).save("m.pt")
    assert command(["export", "m.pt", "-o", "n.pt.py", "--no-check"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "Model: n.pt.py and n.pt"
    assert command(["export", "m.pt", "-o", "m.pt.py", "--no-check"]) == 2
    assert "m.pt would overwrite what is read" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.pt", "n.pt", "n.pt.py"]
