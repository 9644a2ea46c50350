"""Tables in Parquet files, read as the same rows in CSV."""

import json
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
from pyarrow import parquet  # noqa: E402

from micrograd_nn.tables.reading import read_table  # noqa: E402
from micrograd_nn.terminal.cli import main  # noqa: E402


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**columns):
    parquet.write_table(pa.table(columns), "t.parquet")


def test_cells_are_texts_with_all_digits():
    write(x=[0.1, None], n=[1, 2**53], text=["red", " blue "], yes=[True, False])
    table = read_table("t.parquet")
    assert table.columns == ("x", "n", "text", "yes")
    assert table.rows == (("0.1", "1", "red", "True"), ("", "9007199254740992", "blue", "False"))
    assert table.lines == (1, 2)


def test_training_gives_the_model_of_the_same_rows_in_csv():
    rows = [(x / 7, "ab"[x % 2], x * 0.3) for x in range(60)]
    x, kind, y = zip(*rows, strict=True)
    write(x=x, kind=kind, y=y)
    lines = ["x,kind,y", *[f"{x!r},{kind},{y!r}" for x, kind, y in rows]]
    Path("t.csv").write_text("\n".join(lines))
    models = []
    for table in ("t.csv", "t.parquet"):
        line = ["train", table, "--target", "y", "--model", "m.json", "--epochs", "3", "-q"]
        assert main(line) == 0
        models.append(json.loads(Path("m.json").read_text()))
    assert models[0] == models[1]
    assert main(["predict", "m.json", "t.parquet", "-o", "out.csv", "-q"]) == 0
    assert len(Path("out.csv").read_text().splitlines()) == 61


def test_the_index_that_pandas_writes_is_left_out(capsys):
    rows = {"x": [i * 5 % 11 for i in range(20)], "y": [*range(20)]}
    write(**rows, __index_level_0__=[i * 3 for i in range(20)])
    line = ["train", "t.parquet", "--target", "y", "--model", "m.json", "--epochs", "1"]
    assert main(line) == 0
    said = capsys.readouterr().out
    assert "Left out: a column without a name" in said
    assert "MLP(1, [16, 16, 1]" in said


def test_what_is_no_table_is_refused_in_a_line(capsys):
    line = ["train", "t.parquet", "--target", "y", "--model", "m.json"]
    assert main(line) == 2
    assert "t.parquet cannot be read (there is no such file)" in capsys.readouterr().err
    Path("t.parquet").write_text("x,y\n1,2\n")
    assert main(line) == 2
    assert "t.parquet cannot be read as Parquet (" in capsys.readouterr().err
    write(x=[[1], [2]], y=[1, 2])
    assert main(line) == 2
    assert "column 'x': cells of list<" in capsys.readouterr().err
    write(x=[], y=[])
    assert main(line) == 2
    assert "has a header but no rows" in capsys.readouterr().err
