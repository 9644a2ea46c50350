"""A table that is read in pieces trains to the same model as one that is in memory."""

import json
import os
import random
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from micrograd_nn.tables import reading, run, spelling, streaming, train_table
from micrograd_nn.tables.reading import iterate_tables, read_table
from micrograd_nn.terminal.cli import main

COLOURS = "red", "green", "blue"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def in_small_pieces(monkeypatch):
    monkeypatch.setattr(iterate_tables, "__defaults__", (spelling.AS_USUAL, 7))


def write_mixed(rows=120, empty_every=0, mauve=()):
    """Write a table of numbers, percentages and texts, some cells of it empty or seldom."""
    rng, lines = random.Random(2), ["size;colour;share;price;kind"]
    for i in range(rows):
        colour, size, share = rng.choice(COLOURS), rng.gauss(3, 1), rng.random() * 100
        colour = "mauve" if i in mauve else "" if empty_every and i % empty_every == 1 else colour
        price = size * 2 + (colour == "red") + share / 100
        kind = "dear" if price > 7 else "cheap"
        lines.append(f"{size:.3f};{colour};{share:.1f} %;{price:.4f};{kind}")
    Path("t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def train(*options, table="t.csv", target="price", model="m.json"):
    """Train, and return the exit status and the file's content, if there is one."""
    Path(model).unlink(missing_ok=True)
    line = ["train", table, "--target", target, "--model", model, "--epochs", "4"]
    status = main([*line, *options])
    return status, json.loads(Path(model).read_text()) if Path(model).exists() else None


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize(
    "options",
    [
        [],
        pytest.param(["--target", "kind", "--ignore", "price"], marks=pytest.mark.slow),
        pytest.param(["--test", "0.2", "--skip-empty"], marks=pytest.mark.slow),
        pytest.param(["--validation", "0", "--hidden"], marks=pytest.mark.slow),
    ],
    ids=["numbers", "classes", "empty cells", "no validation"],
)
def test_the_model_is_the_same_to_the_last_bit(options, capsys):
    write_mixed(empty_every=9 if "--skip-empty" in options else 0)
    status, wanted = train(*options)
    said = capsys.readouterr().out
    assert status == 0
    assert train(*options, "--stream") == (0, wanted)
    assert capsys.readouterr().out == said


@pytest.mark.slow
@pytest.mark.usefixtures("in_small_pieces")
def test_a_training_goes_on_as_one_in_memory_does():
    write_mixed()
    train(model="first.json")
    wanted = train("--resume", "first.json")
    assert wanted == train("--resume", "first.json", "--stream")
    assert len(wanted[1]["training"]["losses"]) == 8


def test_a_resumed_training_refuses_rows_that_it_cannot_take(capsys):
    write_mixed()
    train(model="first.json")
    write_mixed(mauve=range(3, 40))
    assert train("--resume", "first.json", "--stream") == (2, None)
    error = capsys.readouterr().err
    assert "column 'colour': 'mauve' was never seen in training, only 'blue', 'green'" in error
    assert "cells can't be used" in error
    Path("t.csv").write_text("size;colour;share;price;kind\n1;;2 %;3;dear\n2;;3 %;4;cheap\n")
    assert train("--resume", "first.json", "--stream", "--skip-empty") == (2, None)
    assert "t.csv: every row has an empty cell" in capsys.readouterr().err


def test_a_file_that_changes_between_its_readings_is_refused(monkeypatch, capsys):
    write_mixed()
    store = streaming.Streaming.store

    def append_and_store(*given):
        with open("t.csv", "a", encoding="utf-8") as file:
            file.write("3;red;5 %;4;cheap\n")
        store(*given)

    monkeypatch.setattr(streaming.Streaming, "store", append_and_store)
    assert train("--stream") == (2, None)
    assert "t.csv has changed while it was read: train again" in capsys.readouterr().err


@pytest.mark.slow
def test_inputs_that_number_the_rows_are_told_of_as_in_memory(capsys):
    rows = "".join(f"{i},{i % 7},{i * 3 % 11},{-i}\n" for i in range(40))
    Path("t.csv").write_text("order,a,y,down\n" + rows)
    train(target="y")
    said = capsys.readouterr().out
    assert "Column 'order' seems to number the rows" in said
    assert "Column 'down' seems" in said
    assert "Column 'a' seems" not in said
    train("--stream", target="y")
    assert capsys.readouterr().out == said


def test_texts_of_which_each_row_has_another_are_refused_before_they_are_kept(monkeypatch, capsys):
    Path("t.csv").write_text("x,y\n" + "".join(f"t{i},{i}\n" for i in range(99)))
    monkeypatch.setattr(streaming, "number_text", None)
    assert train("--stream", target="y") == (2, None)
    assert "more than 50 different texts" in capsys.readouterr().err


def test_a_full_disk_is_told(monkeypatch, capsys):
    write_mixed()

    def refuse(path, mode):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(streaming, "open", refuse, raising=False)
    assert train("--stream") == (2, None)
    error = capsys.readouterr().err
    assert "(No space left on device): make room, or name another folder as TMPDIR" in error


@pytest.mark.slow
@pytest.mark.usefixtures("in_small_pieces")
def test_rows_that_cannot_be_predicted_are_left_out_and_told(capsys):
    write_mixed(mauve=[100])
    for seed in range(9):  # until the only row of that colour is held back
        capsys.readouterr()
        _, wanted = train("--seed", str(seed), "--test", "0.4")
        said = capsys.readouterr().out
        if "Left out of" in said:
            break
    assert train("--seed", str(seed), "--test", "0.4", "--stream") == (0, wanted)
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "Left out" in line]
    (before,) = [line for line in said.splitlines() if "Left out" in line]
    assert told.partition("refuse: ")[0] == before.partition("refuse: ")[0]
    assert "'colour': 'mauve' was never seen in training" in told


@pytest.mark.slow
def test_many_windows_learn_as_well(monkeypatch, capsys):
    write_mixed(rows=400)
    monkeypatch.setattr(streaming, "WINDOW", 50)
    monkeypatch.setattr(run, "SAMPLE", 40)
    status, found = train("--stream", "--epochs", "30", "--seed", "3")
    assert status == 0
    assert "a random 40 of 320 rows" in capsys.readouterr().out
    (before, _), *_, (after, _) = found["training"]["losses"]
    assert after < before / 20
    losses = train("--epochs", "30", "--seed", "3")[1]["training"]["losses"]
    assert losses != found["training"]["losses"]


def test_in_python_too():
    write_mixed()
    trained = train_table("t.csv", target="kind", ignore=["price"], epochs=4, stream=True)
    wanted = train_table("t.csv", target="kind", ignore=["price"], epochs=4)
    assert trained.model.state() == wanted.model.state()
    assert trained.report == wanted.report
    with pytest.raises(ValueError, match="record"):
        trained.replay()


@pytest.mark.usefixtures("in_small_pieces")
def test_nothing_is_left_on_disk(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    write_mixed()
    assert train("--stream")[0] == 0
    assert train("--stream", target="nothing")[0] == 2
    assert [*(tmp_path / "temporary").iterdir()] == []


BAD = {
    "a word": ("x,y\n" + "1,2\n" * 30 + "2,red\n3,blue\n", "line 32, column 'y': 'red' is not a"),
    "an empty cell": ("x,y\n" + "1,2\n3,\n2,3\n" * 9, "line 3, column 'y': the cell is empty"),
    "a cell too many": ("x,y\n1,2\n2,3,4\n", "line 3: cells in the row: 3, in the header: 2"),
    "one row": ("x,y\n1,2\n", "has only 1 row"),
    "no row": ("x,y\n", "has a header but no rows"),
    "nothing": ("", "is empty: it needs a header line"),
    "one target": ("x,y\n1,2\n2,2\n3,2\n", "column 'y': every target"),
    "many texts": (
        "x,y\n" + "".join(f"t{i},{i}\n" for i in range(60)),
        "column 'x': more than 50 different texts",
    ),
    "commas": ('x,y\n"1,5",2\n"2,5",3\n"3,5",4\n', "numbers with a comma, as '1,5'"),
    "an open quote": ('x,y\n1,2\n"2,3\n', "malformed CSV"),
    "no text": (b"x,y\n1,2\n\xff,3\n", "line 3: the byte 0xff (byte 9 of the file) is no UTF-8"),
    "a NUL byte": (b"x,y\n1,2\n2,\x003\n", "line 3: a NUL byte"),
}


@pytest.mark.usefixtures("in_small_pieces")
@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_trained_on_is_refused_in_a_line(name, capsys):
    text, told = BAD[name]
    Path("t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert train("--stream", target="y") == (2, None)
    error = capsys.readouterr().err
    assert error.startswith("micrograd-nn train: t.csv")
    assert told in error
    assert error.count("\n") == 1


def test_what_needs_all_rows_or_cannot_be_read_twice_is_refused(capsys, monkeypatch):
    write_mixed()
    assert train("--stream", "--page", "p.html") == (2, None)
    assert "--page keeps all rows in memory" in capsys.readouterr().err
    assert train("--stream", table="/dev/null") == (2, None)
    assert "--stream reads twice: save the rows as a file" in capsys.readouterr().err
    assert train("--stream", table="none.csv") == (2, None)
    assert "none.csv cannot be read (there is no such file)" in capsys.readouterr().err
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(streaming.shutil, "disk_usage", lambda folder: usage(10, 0, 10))
    assert train("--stream") == (2, None)
    assert "--stream needs 0.0 GB" in capsys.readouterr().err


def test_pieces_are_the_table():
    write_mixed(rows=50)
    whole, pieces = read_table("t.csv"), [*iterate_tables("t.csv", size=8)]
    assert [len(piece.rows) for piece in pieces] == [8] * 6 + [2]
    assert [row for piece in pieces for row in piece.rows] == [*whole.rows]
    assert [line for piece in pieces for line in piece.lines] == [*whole.lines]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-16", "utf-16"),
        (f"utf-16-{sys.byteorder[0]}e", "utf-16"),  # without a mark
        ("utf-32", "utf-32"),
        (f"utf-32-{sys.byteorder[0]}e", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_pieces_are_decoded_as_a_whole_is(encoding, named):
    Path("t.csv").write_text("größe,y\r\n1,ä\r\n\r\n2,ö\r\n", encoding=encoding, newline="")
    how = spelling.Spelling(encoding=named)
    (piece,) = iterate_tables("t.csv", how)
    assert piece == read_table("t.csv", how)


@pytest.mark.parametrize("limit", [10**8, 10], ids=["small", "large"])
def test_what_is_no_text_has_its_place_where_the_file_is_small(limit, monkeypatch):
    monkeypatch.setattr(spelling, "LARGEST_FILE", limit)
    Path("t.csv").write_bytes(b"x,y\n1,2\n" + b"3,4\n" * 3 + b"\xff,3\n")
    with pytest.raises(
        ValueError, match="line 6: the byte" if limit > 10 else "behind line 0: the"
    ):
        [*iterate_tables("t.csv")]


@pytest.mark.parametrize(("path", "named"), [("t.csv", "punycode"), ("a\0b", None)])
def test_what_cannot_be_opened_or_decoded_is_told(path, named):
    write_mixed()
    errors = []
    for read in (read_table, lambda *given: [*iterate_tables(*given)]):
        with pytest.raises(
            ValueError, match=r"there is no 'punycode'|cannot be read|is no punycode text"
        ) as raised:
            read(path, spelling.Spelling(encoding=named))
        errors.append(str(raised.value))
    assert errors[0] == errors[1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's figures of a process")
def test_a_large_table_takes_little_memory():
    """The same training in memory takes several times as much."""
    rng = random.Random(0)
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write(",".join([*"abcdefghij", "y"]) + "\n")
        for _ in range(100_000):
            row = [rng.gauss(0, 1) for _ in range(10)]
            file.write(",".join([f"{x:.5g}" for x in [*row, sum(row)]]) + "\n")
    peaks = []
    for options in (["--stream"], []):
        line = ["train", "t.csv", "--target", "y", "--model", "m.json", "--epochs", "1", "-q"]
        program = (
            f"from micrograd_nn.terminal.cli import main; main({line + options})\n"
            "for line in open('/proc/self/status'):\n"
            "    if line.startswith('VmHWM'): print(line.split()[1])"
        )
        environment = {**os.environ, "PYTHONPATH": str(Path(reading.__file__).parents[2])}
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True, text=True, check=True, env=environment,
        )  # fmt: skip
        peaks.append(int(done.stdout))
    assert peaks[0] < peaks[1] / 2
