"""The command ``diff``: two expressions, what scripts build, saved models."""

import random
from pathlib import Path

import pytest
from commands import SCRIPT, said

from micrograd_nn import MLP
from micrograd_nn.extras.tables.storage import save_model
from micrograd_nn.terminal.cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder with a script, at a terminal of a known width."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("net.py").write_text(SCRIPT)
    return tmp_path


TRAINED = """
import random
from micrograd_nn import MLP, fit
from micrograd_nn.losses import squared_error

print("ran")
model, other = MLP(1, [1], rng=random.Random(0)), MLP(1, [1], rng=random.Random(1))
data = [([0.5], 1.0), ([1.0], 2.0)]
first = fit(model, data, squared_error, epochs=2, record=True)
second = fit(other, data, squared_error, epochs=2, record=True)
unrecorded = fit(other, data, squared_error, epochs=1)
"""


def test_two_expressions_are_compared_and_written_as_a_page(capsys):
    text = said(capsys, "diff", "w*x", "w*x + b", "w=2", "x=3", "b=1", "-o", "diff.html")
    assert text.startswith("output: 6 → 7\n")
    assert "Only in second: b, v1 = w · x\n" in text
    assert text.endswith("Difference: diff.html\n")
    assert "<table>" in Path("diff.html").read_text(encoding="utf-8")
    said(capsys, "diff", "x*2", "x*3", "x=1", "-o", "diff.svg")
    assert Path("diff.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_what_a_script_builds_is_compared_and_the_script_runs_once(capsys):
    Path("trained.py").write_text(TRAINED)
    for names, told in (("first", "second"), "Best loss"), (("model", "other"), "2 parameters"):
        assert main(["diff", *[f"trained.py:{name}" for name in names]]) == 0
        out, err = capsys.readouterr()
        assert err == "ran\n", "beside what the command prints"
        assert told in out
    assert "Nothing differs" in said(capsys, "diff", "net.py:loss", "net.py:alias")


def test_two_saved_models_are_compared(capsys):
    save_model(MLP(1, [1], rng=random.Random(0)), "a.json")
    save_model(MLP(1, [1], rng=random.Random(1)), "b.json")
    assert "on both sides" in said(capsys, "diff", "a.json", "b.json")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["x"], "diff compares two"),
        (["x", "x*2", "x=1", "z=2"], "z=2: neither expression has that name"),
        (["net.py:loss", "x*2"], "give two of a kind"),
        (["net.py:loss", "net.py:_hidden", "x=1"], "'x=1' is for two expressions"),
        (
            ["net.py:loss", "net.py:number"],
            "net.py:NAME needs a Value, a model or a history: number is of type int: there are ",
        ),
        (["trained.py:first", "trained.py:secnd"], "has no 'secnd': did you mean second?"),
        (["trained.py:first", "trained.py:data"], "data is of type list: there are model, other, "),
        (["trained.py:first", "trained.py:zz"], "model, other, first, second, unrecorded"),
        (["net.py:loss", "net.py"], "net.py:NAME needs a name"),
        (["x", "x*2", "x=1", "-o", "diff.txt"], "diff.txt: the ending says the format"),
    ],
)
def test_what_cannot_be_compared_is_told(words, reason, capsys):
    Path("trained.py").write_text(TRAINED)
    assert main(["diff", *words]) == 2
    assert reason in capsys.readouterr().err
