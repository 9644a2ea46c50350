"""The command that trains: what it is compared with, what it warns of, and what it refuses."""

import math
import random
import re
import sys
from pathlib import Path

import pytest
from places import ROOT
from rich.console import Console
from tables import read_refusal, write_fruit

from micrograd_nn import MLP, load_model, save_model
from micrograd_nn.extras.tables import network, run
from micrograd_nn.extras.tables.columns import TextColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.network import train_linear
from micrograd_nn.extras.tables.options import Options
from micrograd_nn.extras.tables.reading import read_table
from micrograd_nn.extras.tables.report import print_report
from micrograd_nn.extras.tables.seen import MOST_HASHES, measure_seen, remember_rows
from micrograd_nn.extras.tables.storage import SavedModel
from micrograd_nn.extras.tables.table import Table
from micrograd_nn.extras.train.objective import ExampleVariants
from micrograd_nn.nn import Neuron
from micrograd_nn.terminal.cli import main


@pytest.fixture(autouse=True)
def fruit(folder):
    """Work in a folder with a table to train on."""
    Path("fruit.csv").write_text(write_fruit(20, pear_every=2))


def train(*arguments):
    return main(["train", *arguments, "--model", "m.json", "--force"])


def write_table(header, rows):
    """Write t.csv, and return its name."""
    lines = [",".join(map(str, row)) for row in rows]
    Path("t.csv").write_text("\n".join([header, *lines]) + "\n")
    return "t.csv"


def write_line(count=60, noise=0.1):
    """Write a table in which y is a line of x, but for some noise."""
    rng = random.Random(1)
    rows = [(x := rng.uniform(-9, 9), 3 * x + rng.gauss(0, noise)) for _ in range(count)]
    return write_table("x,y", rows)


# What it refuses to count, and to take for a number


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_outputs_that_are_not_finite_are_no_class_and_so_never_right(bad, capsys):
    target = TextColumn("fruit", ("apple", "pear"))
    outputs = [[bad, 0.0], [0.0, bad], [1.0, 0.0], [0.0, 1.0]]
    for right in (0, 1):
        targets = [right, right, 0, 1]
        print_report(Console(), target, outputs, targets, "test")
        said = capsys.readouterr().out
        assert "test: accuracy 50.0%" in said
        assert "(outputs not finite)" in said
        apple, pear = [line.split()[1:] for line in said.splitlines()[-3:-1]]
        assert apple == ["1", "·", *(["2", "33%"] if right == 0 else ["·", "100%"])]
        assert pear == ["·", "1", *(["2", "33%"] if right == 1 else ["·", "100%"])]
    print_report(Console(), target, outputs[2:], [0, 1], "test")
    assert "finite" not in capsys.readouterr().out


# What the network is compared with


@pytest.mark.usefixtures("whole_rival")
def test_a_regression_is_compared_with_a_linear_model_and_the_mean(capsys):
    assert train(write_line(), "--target", "y", "--epochs", "2", "--hidden", "3") == 0
    said = capsys.readouterr().out
    training, validation = said.split("validation, 12 rows (they chose the epoch):")
    assert "linear" not in training
    rows = re.findall(r"(?m)^  (\S.*?) {2,}\S+ +\S+ +(\S+) *$", validation)
    scores = {name: float(score) for name, score in rows}
    assert scores["a linear model"] > 0.99, "it isn't stopped on its way, after two epochs"
    assert scores["always the mean"] < 0.05
    assert "this model" in scores


@pytest.mark.usefixtures("whole_rival")
def test_a_linear_model_is_compared_with_the_guess_alone(capsys):
    train("fruit.csv", "--target", "fruit", "--epochs", "2", "--hidden", "none")
    assert "For comparison: always 'pear' (the commonest)" in capsys.readouterr().out


def test_nothing_is_compared_where_nothing_is_said_or_chosen(monkeypatch):
    monkeypatch.setattr(run, "train_linear", lambda *_, **__: pytest.fail("trained for nobody"))
    quick = ["fruit.csv", "--target", "fruit", "--epochs", "1", "--quiet"]
    assert train(*quick, "--hidden", "3") == 0
    assert train(*quick, "--validation", "0") == 0


def test_ctrl_c_during_the_comparison_leaves_it_out(monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "train_linear", interrupt)
    assert train("fruit.csv", "--target", "fruit", "--epochs", "1") == 0
    assert "For comparison: always 'pear'" in capsys.readouterr().out


@pytest.mark.usefixtures("whole_rival")
def test_the_linear_model_is_trained_on_the_training_rows_alone(monkeypatch):
    table = read_table(write_line())
    encoding = Encoding.learn(table, "y")
    rows = list(zip(encoding.encode_inputs(table), encoding.encode_targets(table), strict=True))
    seen = []
    monkeypatch.setattr(network, "train_network", lambda *given, **_: seen.append(given[3:5]))
    train_linear(encoding, Options(), rows[:40], rows[40:50])
    assert seen == [(rows[:40], rows[40:50])]


@pytest.mark.usefixtures("whole_rival")
@pytest.mark.parametrize(("power", "hidden"), [(1, []), (2, [32])])
def test_the_linear_model_is_kept_where_it_does_better_on_validation_rows(power, hidden, capsys):
    path = write_table("x,y", [(x / 9, (x / 9) ** power) for x in range(-40, 40)])
    assert train(path, "--target", "y", "--page", "p.html") == 0
    said, notes = capsys.readouterr().out, load_model("m.json").training
    assert ("has a lower loss on" in said) == (not hidden)
    assert ("the network" in said) == (not hidden)
    assert ("  a linear model" in said) == bool(hidden)
    assert notes["hidden"] == hidden
    assert f"epoch {notes['best_epoch']}." in said
    sizes = [len(layer.neurons) for layer in load_model("m.json").model.layers]
    assert sizes == [*hidden, 1]
    assert f"MLP(1, {sizes}" in Path("p.html").read_text()
    done = len(notes["losses"])
    assert main(["train", path, "--resume", "m.json", "--epochs", "1", "--quiet"]) == 0
    again = load_model("m.json")
    assert [len(layer.neurons) for layer in again.model.layers] == sizes
    assert len(again.training["losses"]) == done + 1


@pytest.mark.usefixtures("whole_rival")
def test_a_linear_model_is_the_same_where_it_is_asked_for_as_where_it_is_a_rival():
    found = []
    for more in ([], ["--hidden", "none"]):
        assert train(write_line(80), "--target", "y", *more, "--quiet") == 0
        found.append(load_model("m.json"))
    rival, asked_for = found
    assert len(rival.model.layers) == 1
    assert len(rival.training["losses"]) > Options().settle(64, 1).epochs
    assert asked_for.training["losses"] == rival.training["losses"]
    assert asked_for.model.state() == rival.model.state()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(x, "ab"[x % 2]) for x in range(40)], {"Cross-validation"}),
        ([(x if x % 4 else "", "ab"[x % 2]) for x in range(600)], {"Missing cells"}),
        ([(x, "ab"[x > 575]) for x in range(600)], {"Weights of rows and classes"}),
        ([(x if x % 40 else "", "ab"[x % 2]) for x in range(600)], set()),
        ([(x, x % 7) for x in range(600)], set()),
    ],
    ids=["cross-validation", "missing cells", "weights", "few missing", "many classes"],
)
def test_a_line_names_a_heading_of_the_guide_to_scikit_learn(rows, told, capsys):
    assert train(write_table("x,y", rows), "--target", "y", "--epochs", "1") == 0
    found = re.findall(r'(?m): see "(.*)" in (docs/do/scikit-learn.md)\.$', capsys.readouterr().out)
    assert {heading for heading, _ in found} == told
    for heading, guide in found:
        assert f"\n## {heading}\n" in (ROOT / guide).read_text(encoding="utf-8")


# Parts of the rows


def test_test_rows_are_neither_trained_on_nor_chosen_by(capsys, monkeypatch):
    used = {}
    train_really = run.train_network

    def note(model, encoding, options, training, held_back, **more):
        used["rows"] = [repr(row) for row in [*training, *held_back]]
        return train_really(model, encoding, options, training, held_back, **more)

    monkeypatch.setattr(run, "train_network", note)
    path = write_table("x,y", [(x, x * x) for x in range(50)])
    assert train(path, "--target", "y", "--test", "0.2", "--epochs", "1", "--hidden", "3") == 0
    said = capsys.readouterr().out
    assert "training, 32 rows:" in said
    assert "validation, 8 rows (they chose the epoch):" in said
    test = said.split("test, 10 rows (neither trained on nor chosen by):")[1]
    assert "a linear model" in test
    assert "a linear model" not in said.split("test, 10 rows")[0]
    assert len(set(used["rows"])) == 40
    table = read_table(path)
    encoding = load_model("m.json").encoding
    rows = list(zip(encoding.encode_inputs(table), encoding.encode_targets(table), strict=True))
    assert measure_seen(rows, load_model("m.json").training["rows"]) == 0.8


def test_a_training_reads_its_rows_once(monkeypatch):
    """Rows that could be edited between two epochs would be read at each."""
    read, read_really = [], ExampleVariants.read_form

    def note(variants, example, numbers):
        read.append(example)
        return read_really(variants, example, numbers)

    monkeypatch.setattr(ExampleVariants, "read_form", note)
    path = write_table("x,y", [(x, x * x) for x in range(100)])
    train(path, "--target", "y", "--epochs", "9", "--hidden", "none", "--quiet")
    assert len(read) <= 100


@pytest.mark.slow
def test_test_rows_of_a_resumed_training_that_were_trained_on_are_told(capsys):
    path = write_table("x,y", [(x, x * x) for x in range(50)])
    train(path, "--target", "y", "--epochs", "1", "--test", "0.2")
    main(["train", path, "--resume", "m.json", "--epochs", "1"])
    assert "trained on earlier" not in capsys.readouterr().out
    main(["train", path, "--resume", "m.json", "--epochs", "1", "--seed", "7"])
    assert "% of these test rows were trained on earlier" in capsys.readouterr().out


def test_a_large_table_is_remembered_by_some_of_its_rows():
    rows = [([float(x)], x) for x in range(9000)]
    kept = remember_rows(rows[:6000])
    assert len(kept) == 8 * MOST_HASHES
    assert measure_seen(rows[:6000], kept) == 1
    assert measure_seen(rows[6000:], kept) == 0
    assert 0.6 < measure_seen(rows, kept) < 0.73
    assert remember_rows(rows[3000:6000], remember_rows(rows[:3000])) == kept


@pytest.mark.parametrize("damaged", [None, 3, "", "zz", "abc", ["ab"], "é", {}])
def test_damaged_notes_on_rows_remember_none(damaged):
    assert measure_seen([([1.0], 0)], damaged) == 0


# What is warned of


def test_a_row_that_equals_one_of_training_is_not_said_to_be_that_one(capsys):
    path = write_table("id,x,y", [(i, i % 6, 2 * (i % 6)) for i in range(60)])
    assert train(path, "--target", "y", "--ignore", "id", "--epochs", "1", "--hidden", "none") == 0
    told = "equal rows that the model's training had, in all that it uses."
    for count, which in ((0, "These rows"), (2, "50% of these rows"), (500, None)):
        others = [(1000 + i, 100 + i, 0) for i in range(count)]
        new = write_table("id,x,y", [(900, 0, 0), (901, 1, 2), *others])
        capsys.readouterr()
        assert main(["predict", "m.json", new, "-o", "out.csv"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert f"{which} {told}" in said if which else "equal rows" not in said


def test_a_mark_for_missing_cells_makes_them_empty(capsys):
    path = write_table("x,y", [("k.A." if i % 5 == 0 else i, "ab"[i > 15]) for i in range(30)])
    how = ["--missing", "k.A."]
    assert train(path, "--target", "y", "--epochs", "1") == 2
    assert train(path, "--target", "y", "--epochs", "1", *how) == 0
    assert main(["predict", "m.json", path, *how, "-o", "out.csv"]) == 0
    assert "In 6 of 30 rows, x is empty.\n30 predictions: out.csv" in capsys.readouterr().out
    assert main(["predict", "m.json", path, *how, "--skip-empty", "-o", "out.csv"]) == 0
    assert "24 predictions (6 rows with an empty cell have none)" in capsys.readouterr().out
    assert Path("out.csv").read_text().splitlines()[1] == "k.A.,a,,,"


def test_a_table_with_decimal_commas_and_its_encoding_is_learned_and_predicted(capsys):
    text = "größe;y\n" + "".join(f"{i},5;{2 * i},25%\n" for i in range(20))
    Path("t.csv").write_bytes(text.encode("latin-1"))
    how = ["--decimal", ",", "--encoding", "latin-1"]
    assert train("t.csv", "--target", "y", "--epochs", "1", "--hidden", "3", *how) == 0
    assert re.search(r"RMSE [\d.]+%, MAE [\d.]+%", capsys.readouterr().out)
    assert main(["predict", "m.json", "t.csv", *how]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("%,")
    assert main(["predict", "m.json", "t.csv"]) == 2


def test_texts_that_are_read_as_others_are_told_once_a_column(capsys):
    rows = [("ab"[i % 2], ["low", "high"][i % 2]) for i in range(20)]
    assert train(write_table("x,y", rows), "--target", "y", "--epochs", "1") == 0
    path = write_table("x,y", [(x.upper(), y.upper()) for x, y in rows[:3]])
    capsys.readouterr()
    assert main(["predict", "m.json", path, "-o", "out.csv"]) == 0
    said = capsys.readouterr().out
    assert "In 3 of 3 rows, y has 'LOW', read as 'low', or the like." in said
    assert "In 3 of 3 rows, x has 'A', read as 'a', or the like." in said
    assert Path("out.csv").read_text().splitlines()[2].endswith(",\"x has 'B', read as 'b'\"")


@pytest.mark.parametrize("name", ["p.jsonl", "p.JSON", "p.xlsx", "p.csv.gz"])
def test_predictions_are_written_as_csv_alone(name, capsys):
    train("fruit.csv", "--target", "fruit", "--epochs", "1")
    assert main(["predict", "m.json", "fruit.csv", "-o", name]) == 2
    told = f"{name}: predictions are written as CSV: name a file.csv\n"
    assert capsys.readouterr().err.endswith(told)


# The defaults


def test_weight_decay_reaches_the_network_and_the_file():
    sizes, how = [], ["--epochs", "20", "--validation", "0", "--lr", "0.003", "--quiet"]
    for decay in ("0", "20"):
        train("fruit.csv", "--target", "fruit", *how, "--weight-decay", decay)
        sizes.append(sum(x * x for x in load_model("m.json").model.state().values()))
        assert load_model("m.json").training["weight_decay"] == float(decay)
    assert sizes[1] < 0.8 * sizes[0]


def test_a_model_without_notes_keeps_its_layers_where_it_is_resumed():
    table = read_table(write_line())  # on which a linear model does better
    SavedModel(MLP(1, [3, 1]), Encoding.learn(table, "y")).save("m.json")
    assert main(["train", "t.csv", "--resume", "m.json", "--epochs", "1", "-q"]) == 0
    assert load_model("m.json").model.sizes == [1, 3, 1]


# What is refused


def test_a_network_that_would_take_all_the_memory_is_refused_before_it_is_made(capsys):
    assert train("fruit.csv", "--target", "fruit", "--hidden", "10000,10000") == 2
    said = capsys.readouterr().err
    assert "has 100,070,002 weights, and only up to 200,000 are feasible here" in said
    assert said.count("\n") == 1
    assert not Path("m.json").exists()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file")
def test_an_endless_file_is_refused(capsys, monkeypatch):
    monkeypatch.setattr("micrograd_nn._ground.files.LARGEST_FILE", 10**6)
    assert train("/dev/zero", "--target", "x") == 2
    assert main(["predict", "/dev/zero", "fruit.csv"]) == 2
    assert capsys.readouterr().err == (
        "micrograd-nn train: /dev/zero is larger than 1 MB: take a part\n"
        "micrograd-nn predict: /dev/zero is larger than 1 MB: take a part\n"
    )


def test_another_model_is_replaced_by_force_alone(capsys):
    line = ["train", "fruit.csv", "--epochs", "1", "-q"]
    assert main([*line, "--target", "fruit", "--model", "m.json"]) == 0
    before = Path("m.json").read_text()
    assert main([*line, "--target", "colour", "--model", "m.json"]) == 2
    assert "m.json is there already: name another file, or replace it by --force" in (
        capsys.readouterr().err
    )
    assert Path("m.json").read_text() == before
    assert main([*line, "--resume", "m.json", "--model", "./m.json"]) == 0  # its own
    assert main([*line, "--target", "colour", "--model", "m.json", "--force"]) == 0
    assert load_model("m.json").encoding.target.name == "colour"


def test_ctrl_c_before_the_first_epoch_says_that_nothing_is_saved(monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "train_network", interrupt)
    assert train("fruit.csv", "--target", "fruit") == 130
    assert capsys.readouterr().err == (
        "micrograd-nn: stopped by Ctrl-C before the first epoch was done: nothing is saved\n"
    )
    assert not Path("m.json").exists()


def test_targets_that_are_too_large_to_square_or_sum_are_measured(capsys):
    path = write_table("x,y", [(x, 3 * x) for x in range(30)])
    train(path, "--target", "y", "--epochs", "1", "--quiet")
    write_table("x,y", [(3, 1.7e308)] * 30 + [(4, -1.7e308)] * 30)
    capsys.readouterr()
    assert main(["predict", "m.json", "t.csv", "-q"]) == 0
    assert main(["predict", "m.json", "t.csv"]) == 0
    said = capsys.readouterr().err
    assert "1.7e+308" in said
    assert "inf" not in said
    assert "nan" not in said


def test_inputs_that_a_network_can_not_compute_with_are_told_in_one_line(capsys):
    save = MLP(1, [1, 1], activation=["linear", "sin"])
    rows = tuple((str(x), str(3 * x)) for x in range(9))
    table = Table("t.csv", ("x", "y"), rows, tuple(range(2, 11)))
    save.load_state(dict.fromkeys(save.state(), 1e9))
    SavedModel(save, Encoding.learn(table, "y")).save("m.json")
    Path("t.csv").write_text("x\n1e305\n")
    assert main(["predict", "m.json", "t.csv"]) == 2
    said = capsys.readouterr().err
    assert "t.csv can't be predicted" in said
    assert said.count("\n") == 1


# Whatever else escapes


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (MemoryError(), 2, "micrograd-nn: out of memory: try fewer rows, columns or neurons\n"),
        (
            ZeroDivisionError("two\nlines\x1b[31m"),
            70,
            "micrograd-nn: internal error (ZeroDivisionError: two lines�[31m): please "
            "report it, with what python -X dev -m micrograd_nn prints instead\n",
        ),
    ],
)
def test_whatever_escapes_from_a_command_is_one_line(error, status, told, monkeypatch, capsys):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("micrograd_nn.extras.tables.prediction.predict", fail)
    if not sys.flags.dev_mode:
        assert main(["predict", "m.json", "fruit.csv"]) == status
        assert capsys.readouterr().err == told


# Models from Python


def test_a_class_of_ones_own_is_refused_with_what_to_do():
    class Doubled(MLP):
        def __call__(self, x):
            return 2 * super().__call__(x)

    named_as_ours = type("MLP", (), {})
    for model in (Neuron(2), Doubled(2, [1]), named_as_ours()):
        kind = type(model).__name__
        refused = rf"saves micrograd_nn.nn.MLP, not [\w.<>]*\b{kind}: .* write nn.state\(model\)"
        with pytest.raises(TypeError, match=refused):
            save_model(model, "m.json")
    assert not Path("m.json").exists()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"weight_decay": -1.0}, "weight-decay: -1.0 is not a number from 0 up"),
        ({"test": 1.0}, "test: 1.0 is not a fraction from 0 to below 1"),
        ({"lr": None}, "lr: None is not a number above 0"),
        ({"hidden": [2.5]}, "hidden: 2.5 is not a whole number from 1 to 10,000"),
        *[
            ({name: bad}, f"{name.replace('_', '-')}: {bad} is not a whole number from ")
            for name in ("epochs", "batch_size", "patience", "seed")
            for bad in (2.5, 2.0, True)
        ],
    ],
    ids=str,
)
def test_an_option_out_of_its_range_is_told(option, told):
    assert read_refusal(Options, **option).startswith(told)
