"""The programs on real tasks learn what they say they learn, and draw it."""

import csv
import random
import re
import runpy
import sys
import types
from pathlib import Path

import pytest
from places import ROOT

from micrograd_nn.nn import MLP


def load(name):
    return types.SimpleNamespace(**runpy.run_path(str(ROOT / "demos" / f"{name}.py")))


def test_the_cars_are_those_of_their_source():
    with open(ROOT / "demos" / "cars.csv", encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert len(rows) == 392
    assert {row["origin"] for row in rows} == {"usa", "europe", "japan"}
    assert (rows[0]["mpg"], rows[0]["weight"], rows[-1]["mpg"]) == ("18", "3504", "31")
    training, others = load("cars").read_cars()
    assert len(training.rows) + len(others.rows) == 392
    assert {*training.lines}.isdisjoint(others.lines)


@pytest.mark.slow
def test_a_network_predicts_cars_better_than_the_mean(folder, capsys):
    load("cars").main(["cars.svg", "--epochs", "15"])
    printed = capsys.readouterr().out
    found = [float(x) for x in re.findall(r"R² (-?\d\.\d+)", printed)]
    assert len(found) == 2
    assert min(found) > 0.6
    assert "predicted" in (folder / "cars.svg").read_text(encoding="utf-8")


def test_a_table_of_pictures_may_lack_its_header(folder):
    mnist = load("mnist")
    table, target = mnist.read_pictures(ROOT / "demos" / "digits.csv")
    assert (target, len(table.columns), len(table.rows)) == ("digit", 65, 500)
    Path("bare.csv").write_text("7,0,255\n1,128,0\n", encoding="utf-8")
    table, target = mnist.read_pictures("bare.csv")
    assert table.column(target) == ["7", "1"]
    assert table.columns == ("label", "pixel0", "pixel1")
    Path("other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"other\.csv has no column that is called label or digit"):
        mnist.read_pictures("other.csv")


def test_all_pixels_of_a_table_are_divided_by_the_same_number(folder):
    mnist = load("mnist")
    Path("bare.csv").write_text("7,0,255\n1,51,0\n", encoding="utf-8")
    examples = mnist.take_examples(*mnist.read_pictures("bare.csv"))
    assert examples == [([0.0, 1.0], 7), ([0.2, 0.0], 1)]
    learned, held_out = mnist.hold_out([*range(10)])
    assert (learned, held_out) == ([1, 2, 3, 4, 6, 7, 8, 9], [0, 5])


def test_a_network_without_a_hidden_layer_reads_most_digits(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.neural_network", None)
    load("mnist").main(["--hidden", "none"])
    (rate,) = re.findall(r"(\d+\.\d)%", capsys.readouterr().out)
    assert float(rate) > 80


def test_four_ways_find_gradients_and_the_first_is_the_slowest(capsys):
    load("speed").main(["40", "8", "3"])
    first, *ways = capsys.readouterr().out.splitlines()
    assert first.startswith("40-8-3, 355 weights")
    assert [line.split("  ")[0] for line in ways][:3] == [
        "a Value for each product and sum", "a Value for each neuron", "a program in Python",
    ]  # fmt: skip
    assert ways[0].endswith(" 1 ×")


def test_a_picture_is_read_alike_value_by_value():
    speed, rng = load("speed"), random.Random(1)
    model = MLP(5, [4, 3], rng=rng)
    x = [rng.random() for _ in range(5)]
    scores = [score.data for score in speed.read_value_by_value(model, x)]
    assert scores == pytest.approx([score.data for score in model(x)])


@pytest.mark.slow
def test_handwritten_digits_are_read_and_confusions_counted(folder, capsys):
    load("mnist").main(["--page", "mnist.html"])
    printed = capsys.readouterr().out
    rates = [float(x) for x in re.findall(r"(\d+\.\d)%", printed)]
    assert min(rates) > 85
    *_, right = printed.splitlines()
    assert right.split()[:2] == ["a", "9"]
    counts = [int(x) for x in re.findall(r"\d+", printed.partition("read as")[2])]
    assert sum(counts) - 2 * sum(range(10)) == 100  # without what stands beside and above
    assert "epoch" in Path("mnist.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_spirals_are_told_apart(folder, capsys):
    load("spirals").main(["spirals.svg", "--epochs", "60"])
    rates = [float(x) for x in re.findall(r"(\d+\.\d)% right", capsys.readouterr().out)]
    assert len(rates) == 2
    assert min(rates) > 95
    assert "spiral 0" in (folder / "spirals.svg").read_text(encoding="utf-8")


def test_strings_are_of_the_grammar():
    """The grammar once more, as a regular expression and as what may follow each beginning."""
    recurrent, rng = load("recurrent"), random.Random(3)
    back = "(?:T*VPX)*"  # round the lower half
    end = f"T*V(?:V|P(?:X{back}T*VV|S|X{back}T*VPS))"
    whole = re.compile(f"B(?:TS*X(?:S|X{back}{end})|P{back}{end})E")
    strings = [recurrent.write_string(rng) for _ in range(300)]
    assert all(whole.fullmatch(letters + "E") for letters, _ in strings)
    follows = {}
    for letters, following in strings:
        for i, targets in enumerate(following):
            may = {x for x, target in zip(recurrent.LETTERS, targets, strict=True) if target}
            assert follows.setdefault(letters[: i + 1], may) == may
            assert (letters + "E")[i + 1] in may


@pytest.mark.slow
def test_a_recurrent_network_learns_the_grammar(folder, capsys):
    load("recurrent").main(["states.svg", "--epochs", "20"])
    before, after = re.findall(r"(\d+\.\d)%", capsys.readouterr().out)
    assert float(before) < 5
    assert float(after) > 95
    assert "The state after each letter" in (folder / "states.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_flowers_are_the_same_elsewhere(folder, capsys):
    pytest.importorskip("onnxruntime")
    load("flowers").main([".", "--epochs", "20"])
    assert "agree on 150 of 150 flowers" in capsys.readouterr().out
    assert (folder / "flowers.onnx").stat().st_size > 1000
    assert "<html" in (folder / "flowers.html").read_text(encoding="utf-8")
