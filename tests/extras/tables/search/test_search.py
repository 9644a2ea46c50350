"""Searches: the same results in any number of jobs, kept as they come, and never done twice."""

import io
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from places import ROOT
from rich.console import Console
from tables import write_fruit

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables import parse_table, train_table
from micrograd_nn.extras.tables.search import Search, search
from micrograd_nn.extras.tables.search.command import report, search_table, show_search
from micrograd_nn.extras.tables.task import Task
from micrograd_nn.terminal.cli import main

searching = sys.modules["micrograd_nn.extras.tables.search.search"]

WAVE = "x,y\n" + "".join(f"{x / 8},{math.sin(x / 8):.6f}\n" for x in range(40))
TABLE = parse_table(WAVE)
GRID = {"hidden": [[], [3]], "lr": [0.003, 0.1]}
QUICK = {"target": "y", "seeds": 2, "epochs": 3}
RATE = "--lr", "0.1", "--lr", "0.2"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in an empty folder, with tables, at a terminal of a known width."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("wave.csv").write_text(WAVE)
    Path("fruit.csv").write_text(write_fruit(20, pear_every=2))


@pytest.fixture
def done(monkeypatch):
    """Note the options of each training that is really done."""
    noted, real = [], searching.run_trial

    def note(*given):
        noted.append(given[-1])
        return real(*given)

    monkeypatch.setattr(searching, "run_trial", note)
    return noted


@pytest.mark.slow
@pytest.mark.parametrize("table", ["wave", "with holes"])
def test_the_last_figure_is_of_rows_that_were_in_no_training(table, monkeypatch):
    given, real = [], Task.learn

    def note(task, options, console):
        given.append((task.rows, options))
        return real(task, options, console)

    monkeypatch.setattr(Task, "learn", note)
    holes = table == "with holes"
    whole = parse_table(WAVE + "1.5,\n,0.1\n2.5,\n" * 3) if holes else TABLE
    found = search(whole, {"lr": [0.003, 0.1]}, **QUICK, skip_empty=holes)
    trials = [(rows, options) for rows, options in given if not options.test]
    assert len(trials) == 4
    seen = {row for rows, _ in trials for row in rows.rows}
    assert len(seen) == 32
    for rows, options in trials:
        alone = train_table(rows, "y", **vars(options))
        loss, scale = alone.history.best.validation_loss, alone.encoding.target.scale
        (row,) = [row for row in found.rows if row.setting == {"lr": options.lr}]
        assert row.losses[options.seed] == scale * math.sqrt(loss)
    best = found.train_best()
    (rmse,) = re.findall(r"  this model +(\S+)", best.report)
    held_out = [(float(x), float(y)) for x, y in {*TABLE.rows} - seen]
    errors = [best.predict({"x": x}) - y for x, y in held_out]
    assert float(rmse) == pytest.approx(math.sqrt(sum(e * e for e in errors) / 8), rel=1e-5)


def test_settings_that_seeds_can_not_tell_apart_are_named(capsys):
    plan = Search(Task.read(TABLE, "y"), {"lr": [0.1, 0.2, 0.3]}, seeds=3)
    losses = {0.1: (1.0, 1.3, 1.1), 0.2: (1.1, 1.2, 1.2), 0.3: (2.0, 2.3, 2.2)}
    trainings = {
        key: {"validation_loss": losses[trial.lr][trial.seed], "best_epoch": 1}
        for key, trial in plan.list_trials().items()
    }
    found = replace(plan, trainings=trainings)
    assert [row.setting["lr"] for row in found.alike] == [0.2]
    report(found, Console(width=200), "micrograd-nn train", "r.json")
    said = capsys.readouterr().out
    assert "lr 0.1. 1 of 2 others can't be told apart from it (≈): more --seeds may tell." in said
    assert [line.split()[-2:] for line in said.splitlines()[4:7]] == [
        ["1", "best"], ["1", "≈"], ["2.3", "1"],
    ]  # fmt: skip
    assert len(replace(found, seeds=1).alike) == 2


@pytest.mark.slow
def test_what_is_in_the_results_is_not_done_again_and_more_may_be_asked_for(done):
    first = search(TABLE, {"lr": [0.003, 0.1]}, **QUICK, results="r.json")
    assert len(done) == 4
    assert search(TABLE, {"lr": [0.1, 0.003]}, **QUICK, results="r.json").rows == first.rows
    assert len(done) == 4
    wider = search(TABLE, {"lr": [0.003, 0.1, 0.03]}, **QUICK | {"seeds": 3}, results="r.json")
    assert len(done) == 9
    assert len(wider.rows) == 3
    again = search(TABLE, {"lr": [0.003, 0.1]}, **QUICK, results="r.json")
    assert again.rows == first.rows
    assert len(json.loads(Path("r.json").read_text())["trainings"]) == 9


def test_another_table_or_reading_of_it_is_another_search():
    table = parse_table("x,z,y\n" + "".join(f"{x},{-x},{x % 2}\n" for x in range(20)))
    asked = {}, {"ignore": ["z"]}, {"classes": True}, {"categories": ["x"]}
    prints = [Task.read(table, "y", **how).fingerprint for how in asked]
    prints += [Task.read(*of).fingerprint for of in ((table, "z"), (TABLE, "y"))]
    assert len({*prints}) == 6


DAMAGES = ["[]", "{", '{"format": "micrograd_nn model"}', "\udcff", ""]


@pytest.mark.parametrize("text", DAMAGES)
def test_a_file_of_something_else_is_refused_and_left_as_it_is(text):
    data = text.encode("utf-8", "surrogateescape")
    Path("r.json").write_bytes(data)
    with pytest.raises(InputError, match=r"r\.json"):
        search(TABLE, GRID, **QUICK, results="r.json")
    assert Path("r.json").read_bytes() == data


@pytest.mark.slow
def test_damaged_results_are_refused():
    search(TABLE, {"lr": [0.003, 0.1]}, **QUICK, results="r.json")
    text = Path("r.json").read_text()
    loss = json.loads(text)["trainings"][0]["outcome"]["validation_loss"]
    for good, bad in [
        (f'"validation_loss": {loss!r}', '"validation_loss": "low"'),
        (f'"validation_loss": {loss!r}', '"validation_loss": NaN'),
        ('"seed": 0', '"seed": -1'),
        ('"lr": 0.003', '"rate": 0.003'),
        ('"trainings"', '"training"'),
    ]:
        assert good in text
        Path("r.json").write_text(text.replace(good, bad))
        with pytest.raises(
            InputError, match=r"^r\.json has no results .* or it is damaged: name another"
        ):
            search(TABLE, {"lr": [0.003, 0.1]}, **QUICK, results="r.json")


def test_a_training_that_fails_is_told_and_comes_last(capsys):
    found = search(TABLE, {"hidden": [[3], [9999, 9999]]}, **QUICK)
    assert found.best.setting == {"hidden": [3]}
    assert sorted(found.rows[1].failed) == [0, 1]
    assert math.isnan(found.rows[1].mean)
    line = ["search", "wave.csv", "--target", "y", "--hidden", "3", "--hidden", "9999,9999"]
    assert main([*line, "--epochs", "2"]) == 0
    said = capsys.readouterr().out
    assert "Failed: hidden 9999,9999, seed 0: a network from 1 inputs to layers of" in said


def test_where_all_fail_the_best_is_an_error_with_the_reason():
    found = Search(Task.read(TABLE, "y"), {"lr": [0.1]}, seeds=2)
    with pytest.raises(InputError, match=r"no training of this search gave a validation loss$"):
        found.best  # noqa: B018
    found.trainings = {key: {"failed": "no luck"} for key in found.list_trials()}
    with pytest.raises(InputError, match=r"no training .* gave a validation loss: no luck"):
        found.best  # noqa: B018


REFUSED = [
    ({"lr": []}, {}, InputError, "lr: .* is not a list of what to try"),
    ({"lr": 0.1}, {}, InputError, "lr: .* is not a list of what to try"),
    ({"lr": [0.1, 0.1]}, {}, InputError, "has one twice"),
    ({"lr": [0.1, -1]}, {}, InputError, "-1 is not a number above 0"),
    ({"rate": [0.1]}, {}, TypeError, "no option 'rate': choose from hidden, activation"),
    ({"seed": [0, 1]}, {}, TypeError, "search has 'seed' twice"),
    ({"lr": [0.1]}, {"lr": 0.1}, TypeError, "search has 'lr' twice: give it once, in the"),
    ({"lr": [0.1]}, {"seeds": 0}, InputError, "seeds: 0 is not a whole number from 1 up"),
    ({"lr": [0.1]}, {"validation": 0}, InputError, "validation: a search chooses by"),
    ({"activation": ["rely"]}, {}, ValueError, "no activation 'rely': choose from linear, relu"),
    ({"lr": [0.1]}, {"target": "z"}, InputError, "lacks the target column"),
    ({"lr": [0.1]}, {"ignore": "x"}, TypeError, r"write ignore=\['x'\]"),
]


@pytest.mark.parametrize(("grid", "options", "kind", "told"), REFUSED)
def test_what_cannot_be_searched_is_refused_before_any_training(done, grid, options, kind, told):
    with pytest.raises(kind, match=told):
        search(TABLE, grid, **QUICK | options, results="r.json")
    assert not done
    assert not Path("r.json").exists()


def test_a_search_shows_itself():
    found = search(TABLE, GRID, **QUICK)
    best = found.rows[0]
    text = found.table()
    assert "4 of" not in text
    assert "8 of 8 trainings done" in text
    lines = [line.split() for line in text.splitlines()]
    firsts = [line[0] for line in lines if line and line[0] in ("none", "3")]
    assert firsts == ["none" if not row.setting["hidden"] else "3" for row in found.rows]
    means = [row.mean for row in found.rows]
    assert means == sorted(means)
    assert all(row.mean == sum(row.losses.values()) / 2 for row in found.rows)
    assert repr(found).startswith("<Search: 4 settings, 8 trainings; best hidden=")
    assert f"lr={best.setting['lr']} with a mean" in repr(found)
    assert "0 of 8 trainings done" in replace(found, trainings={}).table()


@pytest.mark.slow
@pytest.mark.parametrize("is_terminal", [True, False])
def test_at_a_terminal_the_table_grows(is_terminal):
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=100, legacy_windows=False)
    with show_search(console) as update:
        update(search(TABLE, {"lr": [0.1, 0.2]}, **QUICK))
    assert ("4 of 4 trainings done" in out.getvalue()) == is_terminal


# The command
# The command


def run(*arguments):
    return main(["search", *arguments, "--epochs", "3", "--seeds", "2"])


def test_the_command_prints_the_settings_and_how_to_train_the_best(capsys):
    line = [f"--hidden={layers}" for layers in ("none", "3", "2,2")]
    line = ["--target", "y", *line, "--lr", "0.01", "--lr", "0.1", "wave.csv"]
    assert run(*line) == 0
    said = capsys.readouterr().out
    assert "12 of 12 trainings done" in said
    assert "Results: wave-search.json" in said
    again = next(x for x in said.splitlines() if x.startswith("  micrograd-nn train")).split()
    judged = said.split("\n\ntraining, ")[1].split("Model: ")[0]
    assert "test, 8 rows (neither trained on nor chosen by):" in judged
    assert main(again[1:]) == 0
    assert judged in capsys.readouterr().out


COMMAND_REFUSED = [
    (["wave.csv", *RATE], "search needs --target COLUMN"),
    (["wave.csv", "--target", "y", "--lr", "0.1"], "search needs an option with several choices"),
    (["wave.csv", "--target", "y", *RATE, "--results", "wave.csv"], "overwrite"),
    (["no.csv", "--target", "y", *RATE], "there is no such file"),
    (
        ["wave.csv", "--target", "y", *RATE, "--jobs", "0"],
        "--jobs is how many processes, or -1 for all cores, not 0",
    ),
]


@pytest.mark.parametrize(("line", "told"), COMMAND_REFUSED)
def test_the_command_refuses_in_a_line(line, told, capsys):
    assert run(*line) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.err.count("\n") == 1
    assert Path("wave.csv").read_text() == WAVE


def test_several_jobs_without_joblib_are_refused_with_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "joblib", None)
    assert run("wave.csv", "--target", "y", *RATE, "--jobs", "2") == 2
    told = "--jobs needs joblib: pip install joblib"
    assert told in capsys.readouterr().err


def test_ctrl_c_says_how_much_is_kept(monkeypatch):
    real, calls = searching.run_trial, []

    def interrupt(*given):
        calls.append(given)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(searching, "run_trial", interrupt)
    with pytest.raises(
        KeyboardInterrupt, match=r"^: 2 of 6 trainings are in wave-search\.json, and"
    ):
        search_table("wave.csv", Console(quiet=True), target="y", lr=[0.1, 0.01], epochs=[2])
    assert len(json.loads(Path("wave-search.json").read_text())["trainings"]) == 2


SEARCHING = """
import sys
from micrograd_nn.extras.tables import parse_table
from micrograd_nn.extras.tables.search import search
table = parse_table("x,y\\n" + "".join(f"{x},{2 * x}\\n" for x in range(6)))
print("ready", flush=True)
sys.stdin.readline()
lrs = [float(lr) for lr in sys.argv[1:]]
search(table, {"lr": lrs}, target="y", seeds=10, epochs=1, hidden=[], results="all.json")
"""


def start_together(count, each):
    """Start several searches at once, each of other learning rates, into one file."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SEARCHING, *[f"0.0{1 + i}{1 + k}" for k in range(each)]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for i in range(count)
    ]  # fmt: skip
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("\n")
        process.stdin.flush()
    return running


def test_searches_that_write_into_one_file_at_once_keep_all_their_trainings():
    for process in start_together(3, each=3):
        said = process.communicate(timeout=100)
        assert process.returncode == 0, said
    trained = json.loads(Path("all.json").read_text())["trainings"]
    assert len({(one["options"]["lr"], one["options"]["seed"]) for one in trained}) == 3 * 3 * 10
    assert sorted(os.listdir()) == [".all.json.lock", "all.json", "fruit.csv", "wave.csv"]


def test_another_search_is_refused_before_it_trains_what_could_not_be_kept(monkeypatch):
    calls = []

    def search_otherwise(*given):
        calls.append(given)
        with pytest.raises(InputError, match="another search"):
            search(TABLE, {"lr": [0.1]}, **QUICK | {"target": "x"}, results="all.json")
        raise KeyboardInterrupt

    monkeypatch.setattr(searching, "run_trial", search_otherwise)
    with pytest.raises(KeyboardInterrupt):
        search(TABLE, {"lr": [0.1]}, **QUICK, results="all.json")
    assert len(calls) == 1  # the first training of the first search


@pytest.mark.skipif(os.name != "posix", reason="its lock")
def test_results_that_can_not_be_locked_are_refused_before_any_training(monkeypatch, done):
    import fcntl

    def refuse(*given):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    told = r"^can't lock r\.json: Operation not supported: name a file on another disk$"
    with pytest.raises(InputError, match=told):
        search(TABLE, GRID, **QUICK, results="r.json")
    Path(".q.json.lock").mkdir()
    with pytest.raises(InputError, match=r"^can't lock q\.json: .*\.q\.json\.lock: it is a folder"):
        search(TABLE, GRID, **QUICK, results="q.json")
    assert done == []


# On several processes, and stopped


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_results_do_not_depend_on_the_number_of_jobs(backend):
    joblib = pytest.importorskip("joblib")
    one = search(TABLE, GRID, **QUICK, results="one.json")
    with joblib.parallel_config(backend=backend):
        two = search(TABLE, GRID, **QUICK, n_jobs=2, results="two.json")
    assert two.rows == one.rows
    assert Path("two.json").read_bytes() == Path("one.json").read_bytes()
