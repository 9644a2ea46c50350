"""The command export tells how equal the file is, and fails above a bound."""

import math

import pytest
from tabular import INPUTS, TARGETS, build

from micrograd_nn.extras.export.answers.running import run_python
from micrograd_nn.extras.export.export import TARGETS as FILES
from micrograd_nn.terminal.cli import main as command

TABLE = "share,weight,colour\n50 %,120,red\n50.5 %,99.5,green\n,100,red\n"


@pytest.fixture(autouse=True)
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    build(INPUTS["mixed"], TARGETS["two"]).save("model.json")


def run(capsys, *options):
    """Return the exit status, and the lines of both outputs."""
    status = command(["export", "model.json", *options])
    said = capsys.readouterr()
    return status, said.out.splitlines(), said.err.splitlines()


def test_it_tells_what_the_report_does(capsys):
    status, out, err = run(capsys, "-o", "m.py")
    assert (status, err, out[0]) == (0, [], "Model: m.py")
    assert out[1].startswith("compared on 20 rows made for it, run by Python 3.")
    assert out[2].startswith("values: not a bit off this engine, at most ")
    assert out[3:] == []
    assert run(capsys, "-o", "m.py", "--no-check") == (0, ["Model: m.py"], [])


def test_it_compares_on_the_rows_of_a_table_but_those_with_an_empty_cell(capsys, tmp_path):
    options = ["-o", "m.py", "--rows", "t.csv", "--check", "0"]
    status, out, err = run(capsys, *options)
    assert (status, err) == (0, [])
    assert out[:2] == ["Left out, with an empty cell: 1 of 3 rows", "Model: m.py"]
    assert out[2].startswith("compared on 2 rows,")
    (tmp_path / "t.csv").write_text(TABLE + "30 %,?,green\n40 %,80,\n")
    status, out, _ = run(capsys, *options, "--missing", "?")
    assert (status, out[0]) == (0, "Left out, with an empty cell: 3 of 5 rows")


def test_a_table_without_an_empty_cell_loses_no_row(capsys, tmp_path):
    (tmp_path / "t.csv").write_text("".join(TABLE.splitlines(keepends=True)[:3]))
    status, out, _ = run(capsys, "-o", "m.py", "--rows", "t.csv")
    assert (status, out[0]) == (0, "Model: m.py")
    assert out[1].startswith("compared on 2 rows,")


def test_what_is_left_out_is_told_of_a_model_that_is_not_written_either(capsys, change):
    change(lambda values: [x + 1e-3 for x in values])
    status, out, err = run(capsys, "-o", "m.py", "--rows", "t.csv", "--check", "1e-9")
    assert (status, out[0]) == (1, "Left out, with an empty cell: 1 of 3 rows")
    assert "wasn't written" in err[0]


def test_a_table_of_which_no_row_is_left_is_refused(capsys, tmp_path):
    (tmp_path / "t.csv").write_text("share,weight,colour\n,120,red\n50 %,,green\n")
    status, out, err = run(capsys, "-o", "m.py", "--rows", "t.csv")
    assert (status, out) == (2, [])
    assert "every row has an empty cell" in err[0]


@pytest.fixture
def change(monkeypatch):
    """Return a function that has modules in Python answer otherwise in the first row."""

    def have(first):
        def run_otherwise(path, question):
            found = run_python(path, question)
            return found._replace(values=[first(found.values[0]), *found.values[1:]])

        target = FILES[".py"]._replace(run=run_otherwise)
        monkeypatch.setitem(FILES, ".py", target)

    return have


def test_above_the_bound_nothing_is_written_and_the_status_says_so(capsys, tmp_path, change):
    change(lambda shares: [x + 1e-6 for x in shares])
    (tmp_path / "m.py").write_text("as it was")
    status, out, err = run(capsys, "-o", "m.py", "--check", "1e-7")
    assert status == 1
    assert out[0].startswith("compared on 20 rows made for it, run by Python ")
    assert err[0].startswith("micrograd-nn export: m.py wasn't written: it differs from this")
    assert (tmp_path / "m.py").read_text() == "as it was"
    assert run(capsys, "-o", "m.py", "--check", "1e-5")[0] == 0
    assert (tmp_path / "m.py").read_text() != "as it was"


def test_where_nothing_runs_it_a_bound_fails(capsys, tmp_path):
    """The tests' environment switches C off."""
    status, out, err = run(capsys, "-o", "m.c", "--check", "1")
    assert (status, out[0][:14]) == (1, "not run here: ")
    assert "m.c wasn't written: it can't be compared" in err[0]
    assert not (tmp_path / "m.c").exists()
    status, out, _ = run(capsys, "-o", "m.c")
    assert (status, out[0], out[1][:14]) == (0, "Model: m.c and m.h", "not run here: ")


def test_a_wrong_file_is_told_and_has_a_status_of_its_own(capsys, change):
    change(lambda shares: [math.nan] * 2)
    status, out, _ = run(capsys, "-o", "m.py")
    assert (status, out[2]) == (1, "WRONG: no value where this engine has one: row 1")


def test_what_makes_no_sense_together_is_refused(capsys, tmp_path):
    (tmp_path / "other.csv").write_text("share,b\n1 %,2\n")
    for options, told in (
        (["--check", "-1"], "--check -1.0: a bound is a number from 0 up, such as 1e-9"),
        (["--check", "nan"], "a bound is a number from 0 up"),
        (["--rows", "t.csv", "--no-check"], "--rows says what to compare"),
        (["--rows", "no.csv"], "no.csv: there is no such file"),
        (["--rows", "other.csv"], "other.csv lacks columns of the model: 'weight', 'colour'"),
    ):
        status, out, err = run(capsys, "-o", "m.py", *options)
        assert (status, out) == (2, [])
        assert told in err[0]
    status, _, err = run(capsys, "-o", "t.csv", "--rows", "t.csv")
    assert status == 2
    assert not (tmp_path / "m.py").exists()
