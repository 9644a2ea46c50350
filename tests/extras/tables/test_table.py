"""Tables: what is read from a file, and every way in which one can fail."""

from pathlib import Path

import pytest
from tables import parse_table, read_refusal

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables.reading import read_table
from micrograd_nn.extras.tables.table import Table

# Reading


def read(folder: Path, data: bytes) -> Table:
    path = folder / "t.csv"
    path.write_bytes(data)
    return read_table(path)


def read_error(folder: Path, data: bytes) -> str:
    return read_refusal(read, folder, data).replace(str(folder / "t.csv"), "t.csv")


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,x\n2,y\n",
        b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
        b"a,b\r\n1,x\r\n2,y",
        b"a,b\r1,x\r2,y",
        b"a;b\n1;x\n2;y\n",
        b"a\tb\n1\tx\n2\ty\n",
        b' a , b\n 1, "x"\n2\t,y \n',
    ],
    ids=["plain", "byte order mark", "CRLF", "CR", "semicolons", "tabs", "white space"],
)
def test_the_same_table_however_it_is_written(tmp_path, data):
    table = read(tmp_path, data)
    assert table == Table(
        str(tmp_path / "t.csv"), ("a", "b"), (("1", "x"), ("2", "y")), lines=(2, 3)
    )


def test_a_comma_in_the_header_wins_over_a_semicolon_and_a_semicolon_over_a_tab(tmp_path):
    assert read(tmp_path, b"a;b,c\n1;2,3\n").rows == (("1;2", "3"),)
    assert read(tmp_path, b"a;b\tc\n1,5;2\t3\n").rows == (("1,5", "2\t3"),)


def test_a_row_has_the_number_of_the_line_where_it_starts(tmp_path):
    data = b'\n"a\nname",b\n\n1,"x\r\ny\n"\n  \n2,"a ""b"", c"\n3,z\n\n'
    table = read(tmp_path, data)
    assert table.columns == ("a\nname", "b")
    assert table.rows == (("1", "x\r\ny"), ("2", 'a "b", c'), ("3", "z"))
    assert table.lines == (5, 9, 10)
    assert read(tmp_path, b"\n \na;b\n1;x\n").lines == (4,)


def test_a_path_may_be_a_text_and_stands_in_the_table_as_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("é,b\n1,2\n", encoding="utf-8")
    assert read_table("./t.csv").source == "./t.csv"
    assert read_table(Path("t.csv")).column("é") == ["1"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "t.csv is empty: it needs a header line and rows under it"),
        (b"\xef\xbb\xbf\n \n", "t.csv is empty"),
        (b"a,b\n\n", "t.csv has a header but no rows: add rows under it"),
        (b"a,b,a\n1,2,3\n", "t.csv: columns 1 and 3 are both named 'a': rename one in the header"),
        (
            b"a, ,c\n1,2,3\n",
            "t.csv: column 2 of the header needs a name (the first line is taken for the header)",
        ),
        (
            b"Account 123\na,b,c\n1,2,3\n",
            "in the header: 1: add or remove cells, and quote a cell "
            "that has a separator in it (the first line is taken for the header)",
        ),
        (
            b"a,b\n1,2\n\n1,2,3\n",
            "t.csv, line 4: cells in the row: 3, in the header: 2: add or remove cells, and "
            "quote a cell that has a separator in it",
        ),
        (b"a,b\n1\n", "t.csv, line 2: cells in the row: 1, in the header: 2"),
        (
            b"a,b\n1,\xff\n",
            "t.csv, line 2: the byte 0xff (byte 7 of the file) isn't UTF-8 text: save the file "
            "as CSV in UTF-8, or name its encoding, as in --encoding cp1252",
        ),
        (b"\xef\xbb\xbfa,b\r\n1,caf\xe9\r\n", "line 2: the byte 0xe9 (byte 14 of the file) isn't"),
        ("a,b\n".encode("utf-16-le"), "t.csv, line 1: a NUL byte (byte 2 of the file) isn't UTF-8"),
        (b"a,b\n1,\0\n\0", "t.csv, line 2: a NUL byte (byte 7 of the file) isn't UTF-8 text"),
        (
            b'a,b\n1,2\n"3,4\n5,6\n',
            "t.csv, line 3: malformed CSV (unexpected end of data): close every quote, and "
            "double a quote within quotes",
        ),
        (b'a,"b\n1,2\n', "t.csv, line 1: malformed CSV (unexpected end of data)"),
        (b'a,b\n1,2\n"3"x,4\n', "line 3: malformed CSV (',' expected after '\"')"),
        (b'a\tb\n"3"x\t4\n', "line 2: malformed CSV ('\\t' expected after '\"')"),
        (b"a,b\n1," + b"x" * 200_000 + b"\n", "line 2: malformed CSV (field larger than field lim"),
    ],
)
def test_a_file_that_is_no_table(tmp_path, data, expected):
    assert expected in read_error(tmp_path, data)


def test_a_file_that_is_not_there_or_not_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for path, told in (
        ("t.csv", "t.csv: there is no such file"),
        ("folder", "folder: it is a folder"),
        ("a\0b", r"'a\x00b': embedded null byte"),
        ("a\nb", r"'a\nb': there is no such file"),
        ("", "'': there is no such file"),
    ):
        assert read_refusal(read_table, path).startswith(told)


def test_a_path_that_cannot_be_shown_on_one_line_is_escaped_in_every_error(tmp_path):
    path = tmp_path / "a\nb.csv"
    path.write_text("x,y\n,2\n1,2\n")
    table = read_table(path)
    assert r"a\nb.csv', line 2, column 'x'" in read_refusal(table.convert, "x", refuse_empty)
    assert r"a\nb.csv' lacks" in read_refusal(table.require, ["z"], "a column")


def test_a_table_in_memory_is_checked_as_one_from_a_file_is():
    assert read_refusal(Table, "t.csv", (), (), ()).startswith("t.csv is empty")
    with pytest.raises(ValueError, match="longer"):
        Table("t.csv", ("a",), (("1",), ("2",)), (2,))


# Columns


FRUIT = parse_table("weight,colour,fruit 100,green,pear 140,,apple 120,red,pear")


def refuse_empty(cell: str) -> str:
    if not cell:
        raise InputError("the cell is empty")
    return cell.upper()


def test_a_column_has_its_cells_from_top_to_bottom():
    assert FRUIT.column("fruit") == ["pear", "apple", "pear"]
    assert FRUIT.convert("fruit", refuse_empty) == ["PEAR", "APPLE", "PEAR"]


def test_a_cell_that_a_rule_refuses_is_told_with_its_place():
    assert read_refusal(FRUIT.convert, "colour", refuse_empty) == (
        "t.csv, line 3, column 'colour': the cell is empty; correct the cell or delete its row"
    )


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["fruits"], "'fruits' (did you mean 'fruit'?)"),
        (["color", "weight", "id"], "'color' (did you mean 'colour'?), 'id'"),
        (["a\nb"], r"'a\nb'"),
    ],
)
def test_missing_columns_are_named_with_a_near_name(names, missing):
    assert read_refusal(FRUIT.require, names, "columns to use") == (
        f"t.csv lacks columns to use: {missing}; its columns are 'weight', 'colour', 'fruit'"
    )


@pytest.mark.parametrize(("count", "told"), [(13, "'c08', 'c09' and 3 more"), (10, "'c08', 'c09'")])
def test_a_long_list_of_columns_is_cut(count, told):
    table = Table("t.csv", tuple(f"c{i:02}" for i in range(count)), (("1",) * count,), (2,))
    assert read_refusal(table.require, ["q"], "a column").endswith(told)


# Converting cells


def test_cells_that_are_the_same_are_read_once_and_refused_as_often_as_they_stand():
    asked = []

    def read_whole(cell: str) -> int:
        asked.append(cell)
        if not cell.isdecimal():
            raise InputError(f"{cell} isn't a whole number")
        return int(cell)

    table = parse_table("x 1 2 1 1 2")
    assert table.convert("x", read_whole) == [1, 2, 1, 1, 2]
    assert asked == ["1", "2"]
    told = read_refusal(parse_table("x 1 b a 1 b").convert, "x", read_whole)
    assert "line 3, column 'x': b isn't a whole number" in told
    assert "in all, 3 cells can't be used: 3 in 'x'" in told
