"""The command ``micrograd-nn``: what it prints, writes and refuses."""

import csv
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from commands import run_command
from places import ROOT
from tables import write_fruit

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables import run
from micrograd_nn.extras.tables.storage import load_model
from micrograd_nn.terminal.arguments import list_commands, parse_arguments
from micrograd_nn.terminal.cli import main

pytestmark = pytest.mark.usefixtures("brief_rival")

IRIS = str(ROOT / "demos" / "iris.csv")
FRUIT = write_fruit(20, pear_every=2)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, with tables to train on, at a terminal of a known width."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("fruit.csv").write_text(FRUIT)
    Path("line.csv").write_text("x,y\n" + "".join(f"{x},{3 * x + 1}\n" for x in range(30)))
    return tmp_path


def train(*arguments):
    return main(["train", *arguments, "--model", "m.json", "--force"])


# Training


def test_a_numeric_target_makes_a_regression(capsys):
    assert (
        train("line.csv", "--target", "y", "--hidden", "none", "--epochs", "200", "--lr", "0.05")
        == 0
    )
    said = capsys.readouterr().out
    assert "RMSE" in said
    assert "R²" in said
    model = load_model("m.json")
    assert not model.encoding.is_classification
    assert model.model.sizes == [1, 1]
    assert main(["predict", "m.json", "line.csv", "-o", "out.csv"]) == 0
    for row in csv.DictReader(Path("out.csv").read_text().splitlines()):
        assert float(row["predicted_y"]) == pytest.approx(float(row["y"]), abs=2)


def test_options_reach_the_network():
    train(
        "fruit.csv", "--target", "fruit", "--epochs", "2", "--hidden", "5,4",
        "--activation", "tanh", "--ignore", "colour", "--validation", "0",
    )  # fmt: skip
    saved = load_model("m.json")
    assert saved.model.sizes == [1, 5, 4, 2]
    assert saved.model.activations == ["tanh", "tanh", "linear"]
    assert [column.name for column in saved.encoding.input_columns] == ["weight"]
    assert saved.training["validation"] == 0
    assert len(saved.training["losses"]) == 2
    assert all(validation is None for _, validation in saved.training["losses"])


def test_resume_goes_on_and_keeps_the_better_model_it_began_with():
    train("fruit.csv", "--target", "fruit", "--epochs", "9", "--hidden", "3", "--batch-size", "8")
    before = load_model("m.json")
    resumed = ["train", "fruit.csv", "--resume", "m.json", "--model", "more.json"]
    assert main([*resumed, "--lr", "1e-300", "--epochs", "2"]) == 0
    after = load_model("more.json")
    assert after.model.state() == before.model.state()
    assert after.training["losses"][:9] == before.training["losses"]
    assert (len(after.training["losses"]), after.training["batch_size"]) == (11, 8)


def test_rows_with_an_empty_cell_may_be_left_out(capsys):
    rows = (
        FRUIT.replace("\n", ",\n").replace("fruit,", "fruit,note") + "100,,pear,x\n,red,apple,x\n"
    )
    Path("holes.csv").write_text(rows)
    arguments = ("holes.csv", "--target", "fruit", "--epochs", "2", "--ignore", "note",
                 "--hidden", "3")  # fmt: skip
    assert train(*arguments) == 0
    said = capsys.readouterr().out
    assert "weight: 100 to 128; 1 empty: taken as the median, 114\n" in said
    assert "colour: 2 texts, green, red; 1 empty: " in said
    Path("m.json").unlink()
    assert train(*arguments, "--skip-empty") == 0
    assert "Left out, with an empty cell: 2 of 22 rows" in capsys.readouterr().out
    assert main(["train", "holes.csv", "--resume", "m.json", "--skip-empty", "-q"]) == 0
    assert len(load_model("m.json").training["losses"]) == 4


def test_nothing_that_is_read_is_written_over(capsys):
    train("fruit.csv", "--target", "fruit", "--epochs", "2")
    model = Path("m.json").read_bytes()
    for read in ("m.json", "fruit.csv"):
        assert main(["predict", "m.json", "fruit.csv", "-o", read]) == 2
        assert "would overwrite" in capsys.readouterr().err
    assert (Path("fruit.csv").read_text(), Path("m.json").read_bytes()) == (FRUIT, model)


def test_quiet_prints_nothing(capsys):
    assert train("fruit.csv", "--target", "fruit", "--epochs", "2", "--quiet") == 0
    assert capsys.readouterr() == ("", "")
    assert Path("m.json").exists()


def test_hostile_column_names_and_classes_arrive_as_text(capsys):
    rows = "".join(f'{i},"[red]a[/] <b>","{chr(27)}[31mx"\n{i},:smile:x\\,y\n' for i in range(6))
    Path("hostile.csv").write_text(f'n,"[bold]t[/]",class\n{rows}')
    assert train("hostile.csv", "--target", "[bold]t[/]", "--epochs", "2") == 0
    said = capsys.readouterr().out
    assert "[red]a[/] <b>" in said
    assert ":smile:x\\ " in said
    assert "\x1b" not in said


def test_a_diverging_training_says_so_and_keeps_finite_weights(capsys):
    assert train("line.csv", "--target", "y", "--lr", "1e200", "--epochs", "9") in (0, 2)
    said = "".join(capsys.readouterr())
    assert "smaller" in said
    if Path("m.json").exists():
        load_model("m.json")


def test_ctrl_c_keeps_the_best_model_so_far(monkeypatch, capsys):
    def stop(epoch):
        if epoch.number == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(run, "show_bar", lambda *_: nullcontext(SimpleNamespace(update=stop)))
    assert train("fruit.csv", "--target", "fruit", "--page", "m.html") == 130
    said = capsys.readouterr().out
    assert "Stopped after epoch 3: Ctrl-C. Kept is the best model so far" in said
    assert len(load_model("m.json").training["losses"]) == 3
    assert '"stopped":"Ctrl-C"' in Path("m.html").read_text()


def test_a_page_that_can_not_be_written_is_told_and_the_model_is_kept(monkeypatch, capsys):
    monkeypatch.setattr(run, "write_file", Mock(side_effect=InputError("the disk is full")))
    assert train("fruit.csv", "--target", "fruit", "--epochs", "1", "--page", "m.html") == 2
    assert capsys.readouterr().err == "micrograd-nn train: the disk is full\n"
    assert len(load_model("m.json").training["losses"]) == 1


# Prediction


def test_predict_prints_the_table_with_predictions(capsys):
    train("fruit.csv", "--target", "fruit", "--epochs", "60", "--validation", "0")
    capsys.readouterr()
    Path("new.csv").write_text("colour,weight,note\nred,110,first\ngreen,120,\n")
    assert main(["predict", "m.json", "new.csv"]) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(said.out.splitlines()))
    assert [row["note"] for row in rows] == ["first", ""]
    assert [row["predicted_fruit"] for row in rows] == ["apple", "pear"]
    assert all(0.5 <= float(row["probability"]) <= 1 for row in rows)
    assert said.err == ""


NAMES = [
    ("probability,fruit", "probability", "predicted_fruit,probability_2,remark"),
    ("predicted_fruit,fruit", "predicted_fruit", "predicted_fruit_2,probability,remark"),
    ("weight,probability", "probability", "predicted_probability,probability_2,remark"),
    ("probability,probability_2,fruit", "probability", "predicted_fruit,probability_3,remark"),
    ("remark,fruit", "remark", "predicted_fruit,probability,remark_2"),
]


@pytest.mark.parametrize(("columns", "known", "added"), NAMES)
def test_a_column_with_the_name_of_a_prediction_is_kept_beside_it(columns, known, added, capsys):
    rows = [f"{10 + x},{x % 7},{'apple' if x % 2 else 'pear'}".split(",") for x in range(20)]
    width = columns.count(",")
    lines = [columns, *[",".join([*row[:width], row[2]]) for row in rows]]
    Path("t.csv").write_text("\n".join(lines) + "\n")
    train("t.csv", "--target", columns.split(",")[-1], "--epochs", "2")
    capsys.readouterr()
    assert main(["predict", "m.json", "t.csv"]) == 0
    said = capsys.readouterr()
    printed = said.out.splitlines()
    assert printed[0] == f"{columns},{added}"
    assert [line.rsplit(",", 3)[0] for line in printed[1:]] == lines[1:]
    name = next(name for name in added.split(",") if name[-1].isdigit())
    assert f"There is a column {known}: the new one is {name}.\n" in said.err


def test_cells_stand_beside_the_predictions_as_they_were(capsys):
    train("fruit.csv", "--target", "fruit", "--epochs", "2")
    capsys.readouterr()
    rows = ["red,110,NA,=1+1", "?,120,,NA", "green,NA,x,+49 30", "red,100,?,@me"]
    Path("new.csv").write_text("\n".join(["colour,weight,country,note", *rows, ""]))
    how = ["--missing", "NA", "--missing", "?"]
    assert main(["predict", "m.json", "new.csv", *how]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.rsplit(",", 3)[0] for line in lines] == rows
    remarks = [line.rsplit(",", 1)[1] for line in lines]
    assert remarks == ["", "colour is empty", "weight is empty", ""]
    assert main(["predict", "m.json", "new.csv", *how, "--skip-empty"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.endswith(",,,") for line in lines] == [False, True, True, False]


@pytest.mark.slow
def test_output_into_a_pipe_has_no_colour_and_may_be_cut_short():
    train("fruit.csv", "--target", "fruit", "--epochs", "2")
    Path("long.csv").write_text("weight,colour\n" + "100,red\n" * 20_000)
    shell = f"'{sys.executable}' -m micrograd_nn predict -q m.json long.csv | head -n 1"
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, timeout=120)
    assert done.stdout == "weight,colour,predicted_fruit,probability,remark\n"
    assert done.stderr == ""


# Bad input: one clear line on standard error, exit status 2, and nothing lost


BAD_OPTIONS = {
    "no such table": (["none.csv", "--target", "fruit"], "none.csv: there is no such file"),
    "a folder as table": ([".", "--target", "fruit"], ".: it is a folder"),
    "no such target": (["fruit.csv", "--target", "Fruit"], "did you mean 'fruit'?"),
    "no target given": (["fruit.csv"], "--target COLUMN"),
    "hidden in words": (["fruit.csv", "--target", "fruit", "--hidden", "8", "4"], "--hidden 16,16"),
    "hidden of a letter": (["--hidden", "8,x", "fruit.csv", "--target", "fruit"], "'8,x'"),
    "epochs 0": (["fruit.csv", "--target", "fruit", "--epochs", "0"], "epochs: 0"),
    "hidden 0": (["fruit.csv", "--target", "fruit", "--hidden", "0"], "hidden: 0"),
    "rate 0": (["fruit.csv", "--target", "fruit", "--lr", "0"], "lr: 0.0"),
    "rate nan": (["fruit.csv", "--target", "fruit", "--lr", "nan"], "lr: nan"),
    "validation 1": (["fruit.csv", "--target", "fruit", "--validation", "1"], "validation: 1.0"),
    "no model to resume": (["fruit.csv", "--resume", "none.json"], "none.json"),
    "not a model": (["fruit.csv", "--resume", "fruit.csv"], "not a valid model file"),
}


@pytest.mark.parametrize(("arguments", "reason"), BAD_OPTIONS.values(), ids=BAD_OPTIONS)
def test_a_bad_option_is_told_in_one_line(arguments, reason, capsys):
    assert run_command(["train", *arguments, "--model", "m.json"]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert reason in said.err
    assert not Path("m.json").exists()


@pytest.mark.slow
def test_a_page_replays_the_training_and_a_resumed_one():
    command = ["fruit.csv", "--target", "fruit", "--epochs", "5", "--hidden", "3"]
    assert train(*command, "--page", "p.html") == 0
    page = Path("p.html").read_text()
    assert '<h1 dir="auto">Learning fruit from fruit.csv</h1>' in page
    assert '"categories":["green","red"]' in page
    resume = ["train", "fruit.csv", "--resume", "m.json", "--epochs", "3", "--page", "p.html"]
    assert main(resume) == 0
    assert '"snapshots":[5,6,7,8]' in Path("p.html").read_text()


@pytest.mark.parametrize(
    ("option", "place", "reason"),
    [
        ("--page", "none/p.html", "can't write none/p.html: there is no such folder"),
        ("--page", "fruit.csv", "would overwrite what is read"),
        ("--model", "./fruit.csv", "would overwrite what is read"),
        ("--page", "m.json", "the model and its page can't be one file"),
        ("--page", "./m.json", "the model and its page can't be one file"),
        *[("--model", place, "can't write") for place in ("none/m.json", "taken", ".", "\0.json")],
    ],
)
def test_a_place_that_can_not_be_written_is_told_before_training(option, place, reason, capsys):
    Path("taken").mkdir()
    arguments = ["train", "fruit.csv", "--target", "fruit", "--model", "m.json", option, place]
    assert main([*arguments, "--epochs", "9999999"]) == 2
    assert reason in capsys.readouterr().err
    assert Path("fruit.csv").read_text() == FRUIT
    assert not Path("m.json").exists()


def test_a_resumed_model_keeps_its_shape_and_target(capsys):
    train("fruit.csv", "--target", "fruit", "--epochs", "2")
    capsys.readouterr()
    changes = ["--hidden", "3"], ["--activation", "tanh"], ["--target", "weight"], ["--ignore", "x"]
    for change in changes:
        assert train("fruit.csv", "--resume", "m.json", *change) == 2
        assert capsys.readouterr().err.count("\n") == 1


# The demo and the rest


def test_demo_tells_the_story_and_draws_the_graph(capsys, monkeypatch):
    monkeypatch.setattr("micrograd_nn.extras.train.tour.ITERATIONS", 20_000)
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    assert "0.501 × −3 = −1.503" in said
    assert "0.4964" in said
    assert "0.0086" in said
    assert "micrograd-nn-demo" in said
    picture = Path("micrograd-nn-demo", "network.svg").read_text(encoding="utf-8")
    assert "layers.0.neurons.3" in picture, "the network of the second part"
    lesson = Path("micrograd-nn-demo", "lesson.html")
    assert lesson.resolve().as_uri() in said.replace("\n", "")
    assert "gate" in lesson.read_text(encoding="utf-8"), "and another neuron than the first part's"


def test_demo_where_nothing_can_be_written(capsys):
    Path("file").write_text("")
    for folder, why in (("file/below", "there is no such folder"), ("file", "it is a file")):
        assert main(["demo", "--folder", folder]) == 2
        assert capsys.readouterr().err == (
            f"micrograd-nn demo: can't make the folder {folder}: {why}\n"
        )


def test_version_and_help(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for arguments in (["--version"], ["--help"], *[[name, "--help"] for name in list_commands()]):
        assert run_command(arguments) == 0
        assert 0 < capsys.readouterr().out.count("\n") <= 30, "it fits a screen"


def test_a_word_from_elsewhere_means_one_command_and_is_none_itself():
    words = [word for command in list_commands().values() for word in command.elsewhere.split()]
    assert len(words) == len({*words, *list_commands()}) - len(list_commands())


def test_the_guides_name_commands_that_there_are():
    named = {
        (page.name, name)
        for page in (ROOT / "README.md", *(ROOT / "docs").glob("*/*.md"))
        for name in re.findall(r"micrograd-nn ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 30
    assert [(page, name) for page, name in named if name not in list_commands()] == []


@pytest.mark.parametrize("name", ["train", "search", "predict", "graph"])
def test_rare_options_are_told_by_help_all(name, capsys):
    assert run_command([name, "--help"]) == 0
    usual = capsys.readouterr().out
    assert run_command([name, "--help-all"]) == 0
    every = capsys.readouterr().out
    assert set(usual.split()) < set(every.split())
    hidden = {"graph": "--fold", "predict": "--decimal"}.get(name, "--patience")
    assert hidden in every
    assert hidden not in usual


@pytest.mark.parametrize(
    "option", ["--hidden=8", "--ignore=colour", "--missing=?", "--activation=tanh", "--lr=0.1"]
)
@pytest.mark.parametrize("command", ["train", "search"])
def test_no_option_takes_the_table_for_one_of_its_words(command, option):
    given = parse_arguments([command, *option.split("="), "fruit.csv", "--target", "fruit"])
    assert given.table == "fruit.csv"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["demo", "x"], "micrograd-nn demo: unrecognized arguments: x (see micrograd-nn demo --he"),
        (["predict"], "micrograd-nn predict: MODEL.json, TABLE.csv are missing (see"),
        (["train", "t.csv", "--activation", "Relu"], "'Relu' is not known: did you mean relu?"),
        (["doctor", "engine.py"], "'doctor' is not known: did you mean diagnose? (see"),
        (["train", "t.csv", "--epochs", "many"], "--epochs takes a whole number, not 'many'"),
        (["train", "t.csv", "--target"], "train: --target needs something after it (see"),
    ],
)
def test_options_of_extras_that_are_wrong_are_told_in_one_line(arguments, reason, capsys):
    assert run_command(arguments) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("typed", ["9" * 100_000, "\x1b[31m"], ids=["long", "escape"])
@pytest.mark.parametrize(
    "arguments",
    ["demo --folder file/{}", "train {0}.csv --target {0} --model {0}", "predict {0} {0}"],
)
def test_an_error_of_an_extra_is_short_and_has_no_control_characters(
    arguments, typed, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    assert run_command([word.format(typed) for word in arguments.split()]) == 2
    err = capsys.readouterr().err
    assert len(err) < 1_200
    assert "\x1b" not in err
