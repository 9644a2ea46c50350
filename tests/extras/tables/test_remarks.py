"""How a table's columns were read, told in ten lines before a training."""

import random

import pytest

from micrograd_nn.extras.tables import Spelling, parse_table, train_table
from micrograd_nn.extras.tables.columns import NumericColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.kinds import find_kinds
from micrograd_nn.extras.tables.remarks import describe_columns, is_row_number


def describe(table, target="y", **how):
    kinds = find_kinds(table, target, **how)
    return describe_columns(table, Encoding.learn_kinds(table, target, kinds), kinds)


def make_table(count=20, **columns):
    """Return a table of columns, each made of a row's number, and of a target of noise."""
    rng = random.Random(1)
    rule = {"y": lambda i: rng.choice("ab"), **columns}
    rows = [",".join([str(make(i)) for make in rule.values()]) for i in range(count)]
    return parse_table("\n".join([",".join(rule), *rows]), "t.csv")


NINES = "if that stands for an empty cell, --missing"


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda i: i % 7 / 2, "0 to 3"),
        (lambda i: 5, "always 5"),
        (lambda i: f"{i % 3}%", "0% to 2%"),
        (lambda i: f"${i % 3 - 1}.5", "-$1.5 to $1.5"),
        (lambda i: i % 7 or "", "1 to 6; 3 empty: taken as the median, 3"),
        (lambda i: i % 7 or "n/a", "1 to 6; 3 'n/a': taken as the median, 3"),
        (lambda i: "red" if i % 3 else "blue", "2 texts, blue, red"),
        (lambda i: "red", "1 text, red; always the same"),
        (lambda i: ["Red", "red ", "blue"][i % 3],
         "3 texts, Red, blue, red; 'Red' and 'red' differ in capitals or spaces alone"),
        (lambda i: i % 2 and "red", "2 texts, 0, red"),
        (lambda i: "red" if i % 4 else "", "1 text, red; 5 empty: a category of their own"),
        (lambda i: "", "left out: every cell is empty"),
        (lambda i: f"person {i}", "left out: 20 different texts tell a network nothing"),
        (lambda i: i + 100, "100 to 119; seems to number the rows: if so, --ignore it"),
        (lambda i: f"2026-01-{i % 9 + 1:02}",
         "2026-01-01 to 2026-01-09, with month and day of the week"),
        (lambda i: f"2026-01-{i % 9 + 1:02} 09:30",
         "2026-01-01 to 2026-01-09, with month and day of the week; the time of day isn't used: "
         "a column for the hour would be"),
        (lambda i: 7560000000002838 + i % 7, "7560000000002838 to 7560000000002844"),
        (lambda i: -999 if i % 9 == 4 else i % 7 / 2,
         f"-999 to 3; 2 cells are -999: {NINES} '-999'"),
        (lambda i: 9 if i % 5 == 4 else i % 3, f"0 to 9; 4 cells are 9: {NINES} '9'"),
        (lambda i: 99 if i == 4 else i % 7, "0 to 99"),  # of one cell, it may be so
        (lambda i: 99 if i % 5 == 4 else 40 + i % 3 * 30, "40 to 100"),
        (lambda i: -998 if i % 5 == 4 else i % 7, "-998 to 6"),
        (lambda i: "99%" if i % 5 == 4 else f"{i % 3}%", "0% to 99%"),
    ],
)  # fmt: skip
def test_each_column_has_a_line(make, told):
    first, *lines = describe(make_table(x=make, z=lambda i: i % 3))
    assert first.startswith("t.csv, 20 rows: y (2 classes) is learned from ")
    assert lines == [f"  x: {told}", "  z: 0 to 2"]


@pytest.mark.parametrize(
    ("x", "y", "is_told"),
    [
        (lambda i: "SMX"[i % 3], lambda i: ["small", "medium", "large"][i % 3], True),
        (lambda i: "SMX"[i % 3], lambda i: ["small", "medium", "large"][(i + (i == 7)) % 3], False),
        (lambda i: (i * 7) % 20, lambda i: 3 * ((i * 7) % 20) - 5, True),
        (lambda i: (i * 7) % 20, lambda i: ((i * 7) % 20) ** 2, False),
        (lambda i: i / 3, lambda i: "ab"[i % 2], False),
        (lambda i: f"k{i}"[:3], lambda i: "ab"[i // 10], False),
    ],
)
def test_a_column_that_gives_the_target_away_is_told_first(x, y, is_told):
    many = {f"n{i}": (lambda i: i * i % 5) for i in range(12)}
    lines = describe(make_table(**many, x=x, y=y))
    assert ("gives y away: if it's known no sooner, --ignore it" in lines[1]) == is_told
    assert len(lines) <= 10


@pytest.mark.parametrize(
    ("name", "cells", "are_numbers"),
    [
        ("nr", range(100, 10, -3), True),
        ("nr", random.Random(1).sample(range(30), 30), True),
        ("customer_id", random.Random(1).sample(range(9999), 30), True),
        ("population", random.Random(1).sample(range(9999), 30), False),
        ("nr", [i // 2 for i in range(30)], False),
        ("x", [i / 2 for i in range(30)], False),
    ],
)
def test_a_column_that_numbers_the_rows_is_known(name, cells, are_numbers):
    assert is_row_number([*map(str, cells)], NumericColumn(name, 0.0, 1.0)) == are_numbers


def test_many_columns_are_told_together_but_for_the_odd_ones():
    plain = {f"n{i}": (lambda i: i % 2) for i in range(20)}
    texts = {f"t{i}": (lambda i: "rs"[i % 2]) for i in range(9)}
    odd = {f"o{i}": (lambda i: i % 5 or "") for i in range(8)}
    lines = describe(make_table(**plain, **texts, **odd))
    assert [line.partition(":")[0] for line in lines[1:7]] == [f"  o{i}" for i in range(6)]
    assert lines[7:] == [
        "  and 2 more with something odd: o6, o7",
        "  20 columns of numbers: n0, n1, n2, n3, n4, n5, …",
        "  9 columns of texts: t0, t1, t2, t3, t4, t5, …",
    ]


def test_all_figures_are_of_the_rows_that_have_a_target():
    rows = [f"{i},c{i % 9},p{i},{i % 2 if i < 40 else ''}" for i in range(60)]
    table = parse_table("x,c,p,y\n" + "\n".join(rows), "t.csv")
    report = train_table(table, "y", classes=True, epochs=1).report.splitlines()
    assert report[:5] == [
        "Left out, without y: 20 of 60 rows",
        "t.csv, 40 rows: y (2 classes) is learned from 2 columns",
        "  x: 0 to 39; seems to number the rows: if so, ignore it",
        "  c: 9 texts, c0, c1, c2, c3, …",
        "  p: left out: 40 different texts tell a network nothing",
    ]


def test_texts_are_those_of_all_rows_and_what_is_missing_has_to_be_there():
    rows = "".join(f"{'rs'[i == 0]},{i % 3},{'ab'[i % 2]}\n" for i in range(20))
    table = parse_table(f"x,z,y\n{rows}", "t.csv", Spelling(missing=("2", "zzz")))
    kinds = find_kinds(table, "y")
    encoding = Encoding.learn_kinds(table.take([*range(1, 20)]), "y", kinds)
    assert describe_columns(table, encoding, kinds)[1:] == [
        "  x: 2 texts, r, s",
        "  z: 0 to 1; 6 empty: taken as the median, 1",
        "  no cell is 'zzz', which --missing names",
    ]


def test_numbers_may_be_codes():
    table = make_table(x=lambda i: i % 4)
    assert describe(table)[1] == "  x: 0 to 3"
    assert describe(table, as_texts=["x"])[1] == "  x: 4 texts, 0, 1, 2, 3"
    trained = train_table(table, "y", categories=["x"], epochs=1)
    assert trained.encoding.n_inputs == 4
    assert trained.report.splitlines()[1] == "  x: 4 texts, 0, 1, 2, 3"
    with pytest.raises(TypeError, match=r"write categories=\['x'\]"):
        train_table(table, "y", categories="x")


def test_a_last_row_of_sums_is_told():
    table = parse_table("city,x,y\nA,1,5\nB,2,7\nTotal,3,12\n", "t.csv")
    assert describe(table)[-1] == "  line 4 seems to sum up the others: if so, delete it"


def test_a_target_of_few_numbers_may_be_one_of_classes():
    lines = describe(make_table(x=lambda i: i % 4, y=lambda i: i % 3))
    assert lines[0] == "t.csv, 20 rows: y (0 to 2) is learned from 1 column"
    told = "  y has only 3 different numbers: if they stand for classes, add --classes"
    assert lines[-1] == told
