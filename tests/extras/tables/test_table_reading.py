"""Tables from other files than CSV, and from memory; what can't be read says what to write."""

import datetime
import gzip
import json

import pytest
from tables import read_refusal

from micrograd_nn.extras.tables import train_table
from micrograd_nn.extras.tables.reading import make_table, open_table, read_table
from micrograd_nn.extras.tables.spelling import Spelling

CSV = "x,y\n1,a\n2,b\n"
ROWS = (("1", "a"), ("2", "b"))


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv"], ids=["named", "by its first bytes"])
def test_a_file_may_be_packed_by_gzip(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(CSV.encode()))
    assert read_table(tmp_path / name).rows == ROWS


def test_a_packed_file_that_is_damaged_or_too_large_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode() * 9)[:-9])
    assert "cannot be unpacked (" in read_refusal(read_table, path)
    monkeypatch.setattr("micrograd_nn.extras.tables.reading.LARGEST_FILE", 1000)
    path.write_bytes(gzip.compress(b"x" * 10_000))
    assert "unpacked, is larger than" in read_refusal(read_table, path)


@pytest.mark.parametrize(
    "text",
    [
        '{"x": 1, "y": "a"}\n\n{"y": "b", "x": 2}\n',
        '[{"x": 1, "y": "a"}, {"x": "2", "y": "b"}]',
        '[\n{"x": 1, "y": "a"},\n{"x": "2", "y": "b"}\n]\n',
    ],
)
def test_rows_may_be_json(tmp_path, text):
    path = tmp_path / "t.jsonl"
    path.write_text(text)
    table = read_table(path)
    assert (table.columns, table.rows) == (("x", "y"), ROWS)


def test_a_cell_that_a_row_of_json_lacks_is_empty_and_says_its_line(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"x": null, "y": "a"}\n\n{"z": true}\n')
    table = read_table(path, Spelling(missing=("True",)))
    assert (table.columns, table.lines) == (("x", "y", "z"), (1, 3))
    assert table.rows == (("", "a", ""), ("", "", ""))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"x": 1}\n{"x": \n', "has no rows of JSON ("),
        ('{"x": 1}\n[1]\n', "has no rows of JSON (not all rows are objects)"),
        ('{"x": [1, 2]}\n', "[1, 2] is neither a number nor text: make a column of each part"),
    ],
)
def test_json_that_has_no_table_is_refused(tmp_path, text, told):
    (tmp_path / "t.jsonl").write_text(text)
    assert told in read_refusal(read_table, tmp_path / "t.jsonl")


@pytest.mark.parametrize(
    ("start", "reader"), [(b"PK\3\4", "read_excel"), (b"PAR1", "read_parquet")]
)
def test_another_format_says_which_line_makes_a_csv(tmp_path, start, reader):
    (tmp_path / "t.xlsx").write_bytes(start + b"\0" * 50)
    told = read_refusal(read_table, tmp_path / "t.xlsx")
    assert f"in pandas, {reader}(path).to_csv('table.csv', index=False)" in told


@pytest.mark.parametrize("library", ["dict", "pandas", "polars"])
def test_columns_in_memory_are_a_table(library):
    columns = {
        "day": [datetime.date(2026, 1, 31), None, datetime.date(2026, 2, 28)],
        "x": [1.5, None, 3.25],
        "y": ["a", "b", "b"],
    }
    given = columns if library == "dict" else pytest.importorskip(library).DataFrame(columns)
    table = open_table(given)
    assert table.columns == ("day", "x", "y")
    assert table.rows == (("2026-01-31", "1.5", "a"), ("", "", "b"), ("2026-02-28", "3.25", "b"))
    assert open_table(table) is table


def test_what_pandas_has_for_nothing_is_an_empty_cell():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({
        "day": pandas.to_datetime(["2026-01-31", None]),
        "n": pandas.array([1, None], dtype="Int64"),
        "c": pandas.Categorical(["NA", None]),
    })  # fmt: skip
    assert make_table(frame).rows == (("2026-01-31 00:00:00", "1", "NA"), ("", "", ""))
    frame.columns = ["a", "a", "b"]
    assert "are both named 'a'" in read_refusal(make_table, frame)


@pytest.mark.parametrize("given", [3, [1, 2], "no-such.csv", {"x": [1], "y": [1, 2]}, []])
def test_what_is_no_table_is_refused(given):
    with pytest.raises((TypeError, ValueError), match=r"a table is|there is no such|differ|empty"):
        open_table(given)


def test_many_rows_are_predicted_in_python():
    table = {"x": [*range(40)], "colour": ["red", "blue"] * 20, "y": ["lo"] * 20 + ["hi"] * 20}
    trained = train_table(table, "y", epochs=60, hidden=[])
    rows = [{"x": 1, "colour": "red"}, {"x": 39, "colour": "blue"}]
    for many in (rows, {"x": [1, 39], "colour": ["red", "blue"]}, make_table(rows)):
        assert trained.predict(many) == ["lo", "hi"]
    assert trained.predict(rows[0]) == "lo"
    chances = trained.predict_probabilities(rows)
    assert [max(each, key=each.get) for each in chances] == ["lo", "hi"]
    assert sum(chances[0].values()) == pytest.approx(1)
    with pytest.warns(UserWarning, match=r"too: colour has a new text, 'teal' \(in 1 row"):
        assert trained.predict({"x": 1, "colour": "teal"}) == "lo"
    with pytest.warns(UserWarning, match="x is far above 39"):
        trained.predict({"x": 1000, "colour": "red"})
    assert "never seen" in read_refusal(trained.predict, {"x": 1, "colour": "teal"}, strict=True)
    assert json.dumps(trained.predict_probabilities(rows[0])).startswith('{"hi": ')
