"""Tables as other countries and programs write them: marks, encodings, percent signs, row names."""

import json

import pytest
from tables import parse_table, read_refusal

from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.kinds import find_kinds
from micrograd_nn.extras.tables.reading import make_table, open_table, read_table
from micrograd_nn.extras.tables.spelling import Spelling
from micrograd_nn.extras.tables.table import ROW_NAMES, Table

GERMAN = Spelling(decimal=",")


def read(tmp_path, data, spelling=None):
    """Return the table that bytes spell."""
    path = tmp_path / "t.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_table(path, *([spelling] if spelling else []))


# Decimal marks


TEXTS = "Mai, Juni;12.05.2020;1,2,3;7;1_000,5;1_000.5"  # as numbers, underscores are Python's


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ("a;b,c\n1,5;-2,5e3\n", [("1.5", "-2.5e3")]),
        ("a\tb,c\n1,5\t-2,5e3\n", [("1.5", "-2.5e3")]),
        ('a,b\n"1,5",x\n', [("1.5", "x")]),
        (f"a;b;c;d;e;f\n{TEXTS}\n", [tuple(TEXTS.split(";"))]),
        ("a;b\n1,5;2\n1.234;-1.234.567,8 €\n", [("1.5", "2"), ("1234", "-1234567.8€")]),
        ("x;y\n1.234,50 €;a\n5 €;c\n", [("1234.50€", "a"), ("5 €", "c")]),
    ],
)
def test_decimal_commas_are_read_as_points_and_points_beside_them_are_for_thousands(
    tmp_path, data, rows
):
    assert read(tmp_path, data, GERMAN).rows == tuple(rows)


def test_a_point_that_is_not_for_thousands_is_refused_beside_decimal_commas(tmp_path):
    told = read_refusal(read, tmp_path, "a;b\n1,5;2\n12.34;3\n", GERMAN)
    assert "line 3, column 'a': '12.34' has a point that is not for thousands, but the dec" in told


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1 024,47", "1024.47"),
        ("-22\u00a0625,97\u00a0€", "-22625.97€"),
        ("1\u202f024\u202f000,5", "1024000.5"),
        ("1’024", "1024"),
        *[(cell, cell) for cell in ("01 024", "12 34", "1 0245", "1 024 5", "5 €", "tel. 1 024")],
    ],
)
def test_spaces_and_apostrophes_are_for_thousands(cell, read):
    assert GERMAN.read_cell(cell) == read


@pytest.mark.parametrize("cells", ["7.835 €;9.495 €", "1.478€;9€", "443;1.243;62.503"])
def test_a_point_that_may_be_for_thousands_is_asked_about(tmp_path, cells):
    data = "x,y\n" + "".join(
        f"{cell},{y}\n" for cell, y in zip(cells.split(";"), "abc", strict=False)
    )
    told = read_refusal(Encoding.learn, read(tmp_path, data), "y")
    assert told.endswith("decimal mark is a point or a comma, with --decimal . or --decimal ,")
    means = [
        Encoding.learn(read(tmp_path, data, Spelling(decimal=mark)), "y").input_columns[0].mean
        for mark in ".,"
    ]
    assert 1 < 10 * means[0] < means[1]


@pytest.mark.parametrize("cells", ["0.443;1.243", "1.2;1.243", "5.100;6.100", "1.243;0.5;3"])
def test_three_decimals_are_decimals(tmp_path, cells):
    data = "x,y\n" + "".join(
        f"{cell},{y}\n" for cell, y in zip(cells.split(";"), "abc", strict=False)
    )
    assert Encoding.learn(read(tmp_path, data), "y").input_columns[0].high < 10


# Encodings


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        *[(encoding, None) for encoding in ("utf-8", "utf-8-sig", "utf-16")],
        *[(encoding, encoding) for encoding in ("latin-1", "cp1252", "utf-16-le", "mac-roman")],
    ],
)
def test_an_encoding_is_named_or_known_by_its_byte_order_mark(tmp_path, encoding, named):
    table = read(tmp_path, "größe,b\n1,2\n".encode(encoding), Spelling(encoding=named))
    assert (table.columns, table.rows) == (("größe", "b"), (("1", "2"),))


def test_another_encoding_than_named_is_told_with_its_place(tmp_path):
    told = read_refusal(read, tmp_path, "a,b\n1,ö\n".encode("latin-1"), Spelling(encoding="ascii"))
    assert "line 2: the byte 0xf6 (byte 7 of the file) isn't ascii text: " in told


@pytest.mark.parametrize("encoding", ["nope", "rot13", "hex", "", "a\0b", "undefined"])
def test_an_encoding_that_there_is_not_is_told(tmp_path, encoding):
    told = read_refusal(read, tmp_path, b"a,b\n1,\xff\n", Spelling(encoding=encoding or "\n"))
    assert "encoding: there is no " in told


# Percent signs


def test_percentages_are_numbers_of_their_own_unit(tmp_path):
    table = read(tmp_path, "x;y\n10%;a\n12,5 %;b\n15%;a\n", GERMAN)
    encoding = Encoding.learn(table, "y")
    (column,) = encoding.input_columns
    assert (column.mean, column.scale, column.unit) == (12.5, pytest.approx(5 / 6**0.5), "%")
    assert Encoding.from_json(encoding.to_json()) == encoding


@pytest.mark.parametrize(
    ("cells", "odd"), [("1% 2% 3", "'3' is not a finite number with a %"), ("1 2 3%", "'3%' is")]
)
def test_a_column_of_numbers_with_and_without_percent_signs_is_refused(cells, odd):
    rows = " ".join(f"{cell},{i}" for i, cell in enumerate(cells.split()))
    assert odd in read_refusal(Encoding.learn, parse_table(f"x,y {rows}"), "y")


def test_an_encoding_of_an_older_file_knows_less():
    data = Encoding.learn(parse_table("x,c,y 1,r,a 2,s,b"), "y").to_json()
    for name in ("unit", "middle", "low", "high"):
        del data["input_columns"][0][name]
    del data["input_columns"][1]["shares"]
    encoding = Encoding.from_json(data)
    assert encoding.input_columns == (NumericColumn("x", 1.5, 0.5), TextColumn("c", ("r", "s")))
    assert encoding.encode_inputs(parse_table("x,c ,t")) == [(0.0, 0.5, 0.5)]
    assert len([*encoding.find_oddities(parse_table("x,c 1e9,r"))]) == 0


# Money, and thousands


@pytest.mark.parametrize(
    ("cells", "unit", "mean"),
    [
        (["$4,649", "$351"], "$", 2500.0),
        (["$ 4649.50", "-$50.5"], "$", 2299.5),
        (["4,650.00 €", "350€"], "€", 2500.0),
        (["£1,234,567", "£1"], "£", 617284.0),
        (["1,234,567", "1,233"], "", 617900.0),
        (["1,234.5", "1,234.5"], "", 1234.5),
        (["-1'024.50", "1’024", "3.5"], "", 1.0),
        (["1 000 000.5 €", "1\u00a0000€", "1\u202f000.5 €"], "€", 334000.0 + 1 / 3),
    ],
)
def test_money_and_thousands_are_numbers(cells, unit, mean):
    encoding = Encoding.learn(open_table({"x": cells, "y": [*"abc"][: len(cells)]}), "y")
    (column,) = encoding.input_columns
    assert (column.unit, column.mean) == (unit, pytest.approx(mean))
    assert Encoding.from_json(encoding.to_json()) == encoding
    assert column.encode(column.write(mean)) == [pytest.approx(0.0, abs=1e-5)]


def test_what_a_comma_is_in_numbers_is_asked_where_nothing_tells(tmp_path):
    data = 'x,y\n"1,234",a\n"2,345",b\n'
    told = read_refusal(Encoding.learn, read(tmp_path, data), "y")
    assert "column 'x' has numbers such as '1,234': say whether their decimal mark is a poi" in told
    for decimal, mean in ((",", 1.7895), (".", 1789.5)):
        encoding = Encoding.learn(read(tmp_path, data, Spelling(decimal=decimal)), "y")
        assert encoding.input_columns[0].mean == pytest.approx(mean)


# Codes


def test_a_leading_zero_makes_a_code_and_a_text_of_pandas_stays_one():
    encoding = Encoding.learn(parse_table("zip,y 01067,a 80331,b 80331,a"), "y")
    assert encoding.input_columns[0].categories == ("01067", "80331")
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({
        "s": ["1", "2", "1"], "c": pandas.Categorical([1, 2, 1]), "n": [1, 2, 1], "y": [*"aba"]
    })  # fmt: skip
    assert [x.width for x in Encoding.learn(make_table(frame), "y").input_columns] == [2, 2, 1]


@pytest.mark.parametrize(
    ("write", "is_hinted"),
    [
        (lambda i: f"{i} EUR", True),
        (lambda i: f"{i} 349", True),
        (lambda i: f"{i} 234,50", True),
        (lambda i: f"R$ {i}.376,73", True),
        (lambda i: f"−{i}", True),
        (lambda i: f"{i} kg", True),
        (lambda i: f"{i % 28 + 1:02}.{i % 12 + 1:02}.{i}", True),
        (lambda i: f"{i} Feb 2024", True),
        (lambda i: f"id{i}", False),
        (lambda i: f"Person {i}", False),
    ],
)
def test_what_looks_like_numbers_or_dates_is_left_out_with_a_hint(write, is_hinted):
    rows = tuple([(write(i), str(i), "ab"[i % 2]) for i in range(10, 99)])
    table = Table("t.csv", ("x", "z", "y"), rows, tuple(range(2, 91)))
    why = find_kinds(table, "y")["x"].useless
    assert "different texts tell a network nothing" in why
    assert ("they look like numbers or dates: write those as 1234.5 or 20" in why) == is_hinted
    assert find_kinds(table, "y", as_texts=["x"])["x"].useless == ""


# Missing cells and bad ones


def test_what_stands_for_a_missing_cell_is_empty(tmp_path):
    table = read(tmp_path, "?,b\n1, ? \nNA,??\n", Spelling(missing=("?", "NA")))
    assert (table.columns, table.rows) == (("?", "b"), (("1", ""), ("", "??")))


@pytest.mark.parametrize(
    ("missing", "cell", "decimal", "is_missing"),
    [
        ("-999", "-999.0", None, True),
        ("-999.0", "-999", None, True),
        ("-999", "-999,00", ",", True),
        ("-999,0", "-999", ",", True),
        ("999", "0999", None, False),  # a code
        ("0", "00", None, False),
        ("0", "0.0", None, True),
        ("-999", "-999 kg", None, False),
    ],
)
def test_a_missing_number_is_one_however_it_is_written(missing, cell, decimal, is_missing):
    spelling = Spelling(missing=(missing,), decimal=decimal)
    read = spelling.read_cell(cell)
    assert (read == "") == is_missing
    assert spelling.find_unmet([(cell, read)]) == (() if is_missing else (missing,))


@pytest.mark.parametrize("library", ["dict", "pandas", "json"])
def test_texts_in_memory_are_spelled_and_numbers_are_not(library, tmp_path):
    columns = {"x": ["1,5", "k. A.", "1.234"], "z": [1.234, -999.0, 2.5], "y": [*"aba"]}
    spelling = Spelling(decimal=",", missing=("k. A.", "-999"))
    given = columns
    if library == "pandas":
        pandas = pytest.importorskip("pandas")
        given = pandas.DataFrame({**columns, "c": pandas.Categorical(["1", "2", "2"])})
    elif library == "json":
        given = tmp_path / "t.json"
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        given.write_text(json.dumps(rows))
    table = open_table(given, spelling)
    assert (table.column("x"), table.column("z")) == (["1.5", "", "1234"], ["1.234", "", "2.5"])
    kinds = find_kinds(table, "y")
    assert [name for name, kind in kinds.items() if kind.is_text] == [
        *["c"] * (library == "pandas"), "y"
    ]  # fmt: skip


def test_a_spelling_that_nothing_obeys_is_refused():
    with pytest.raises(TypeError, match="a Table is read already"):
        open_table(parse_table("x 1"), GERMAN)
    with pytest.raises(TypeError, match=r"write missing=\('abs',\)"):
        Spelling(missing="abs")


def test_all_bad_cells_of_all_columns_are_counted():
    table = Table("t.csv", ("x", "z", "y"), (("1", "r", "a"), ("q", "2", "b"), ("3", "s", "b"),
                  ("4", "4", "a"), ("5", "7", "a")), (2, 3, 4, 5, 6))  # fmt: skip
    assert read_refusal(Encoding.learn, table, "y") == (
        "t.csv, line 3, column 'x': 'q' is not a finite number, as the column's cells are (if it "
        "stands for a missing one: --missing 'q'); correct the cell or delete its row; in all, "
        "3 cells can't be used: 1 in 'x', 2 in 'z'"
    )


def test_where_every_row_lacks_a_cell_that_is_told():
    told = read_refusal(parse_table("x,y 1, ,2").drop_incomplete, ["x", "y"])
    assert told == (
        "t.csv: every row has an empty cell, or one that --missing takes for empty (line 2, column "
        "'y', …): fill in what matters"
    )


def test_a_text_that_may_stand_for_a_missing_one_is_told_so_in_any_column():
    encoding = Encoding.learn(parse_table("x,y red,a blue,b"), "y")
    assert read_refusal(encoding.encode_inputs, parse_table("x NA"), strict=True) == (
        "t.csv, line 2, column 'x': 'NA' was never seen in training, only 'blue', 'red' (if it "
        "stands for a missing one: --missing 'NA'); correct the cell or delete its row"
    )


# Row names, and many columns


def test_a_first_column_without_a_name_has_row_names(tmp_path):
    table = read(tmp_path, ",a,y\n0,5,b\n1,6,c\n")
    assert table.columns == (ROW_NAMES, "a", "y")
    assert "it has no name, as the numbers of rows" in find_kinds(table, "y")[ROW_NAMES].useless


def test_columns_are_found_without_a_search(tmp_path):
    """Ten times the columns take about ten times the comparisons of names, not a hundred times."""

    class Name(str):
        compared = 0
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            Name.compared += 1
            return str.__eq__(self, other)

    names = tuple(Name(f"c{i}") for i in range(1000))
    rows = tuple(tuple(str(i * j % 7) for i in range(1000)) for j in range(3))
    table = Table("t.csv", names, rows, (2, 3, 4))
    Encoding.learn(table, "c5").encode_inputs(table)
    assert Name.compared < 20 * len(names)
