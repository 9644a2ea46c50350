"""Columns of dates: how they are recognised, what becomes of them, and what is refused."""

import json

import pytest
from tables import read_refusal

from micrograd_nn.extras.tables import parse_table, train_table
from micrograd_nn.extras.tables.columns import NumericColumn
from micrograd_nn.extras.tables.encoding import Encoding

WRITTEN = {
    "%Y-%m-%d": ("2025-12-31", "2026-01-07"),
    "%Y/%m/%d": ("2025/12/31 23:59", "2026/1/7"),
    "%d.%m.%Y": ("31.12.2025", "07.01.2026"),
    "%d/%m/%Y": ("31/12/2025", "7/1/2026"),
    "%m/%d/%Y": ("12/31/2025", "1/7/2026"),
    "%d-%m-%Y": ("31-12-2025", "07-01-2026"),
    "%Y%m%d": ("20251231", "20260107"),
}


@pytest.mark.parametrize(("style", "cells"), WRITTEN.items(), ids=WRITTEN)
def test_a_date_is_its_month_its_weekday_and_the_years_since_the_first(style, cells):
    table = parse_table(
        "day,y\n" + "".join(f"{day},{y}\n" for day, y in zip(cells, "ab", strict=True))
    )
    encoding = Encoding.learn(table, "y")
    assert (encoding.dates, encoding.names) == ({"day": style}, ["day"])
    month, weekday, years = encoding.input_columns
    assert month.categories == ("December", "January")
    assert weekday.categories == ("Wednesday",)
    assert isinstance(years, NumericColumn)
    assert (years.write(years.low), years.write(years.high)) == ("2025-12-31", "2026-01-07")
    assert (years.low, years.high - years.low) == pytest.approx((2026, 7 / 365.2425), abs=0.01)
    assert Encoding.from_json(json.loads(json.dumps(encoding.to_json()))) == encoding


def test_which_comes_first_the_day_or_the_month_is_asked_where_no_cell_tells():
    told = read_refusal(Encoding.learn, parse_table("day,y\n1/2/2026,a\n3/4/2026,b\n"), "y")
    assert told == (
        "the table, column 'day': whether the day or the month comes first in '1/2/2026', no cell "
        "tells: write dates as 2026-12-31, or leave the column out with --ignore"
    )


@pytest.mark.parametrize("cell", ["2026-02-30", "soon", "31.12.2025"])
def test_a_cell_that_is_no_such_date_is_refused(cell):
    table = parse_table(f"day,y\n2026-01-01,a\n2026-01-02,b\n{cell},b\n")
    told = read_refusal(Encoding.learn, table, "y")
    assert f"line 4, column 'day': '{cell}' is not a date such as 2026-12-31, as the col" in told


def test_a_date_that_training_has_not_seen_is_told_as_a_date():
    encoding = Encoding.learn(parse_table("day,y\n2026-01-01,a\n2026-02-03,b\n"), "y")
    other = parse_table("day\n2026-02-05\n1999-01-07\n")
    told = [x.told for _, x in encoding.find_oddities(other) if "(weekday)" not in x.told]
    assert told == ["day is after 2026-02-03", "day is far before 2026-01-01"]


def test_an_empty_date_is_nothing_in_particular():
    table = parse_table("day,y\n2026-01-01,a\n2026-02-03,b\nNA,b\n")
    encoding = Encoding.learn(table, "y")
    month, _, years = encoding.input_columns
    assert month.categories == ("(empty)", "February", "January")
    assert years.write(years.middle) in ("2026-01-17", "2026-01-18")
    assert [x.told for _, x in encoding.find_oddities(table)] == ["day is empty"]
    told = read_refusal(encoding.encode_inputs, parse_table("x,day\n1,\n1,NA\n"), strict=True)
    assert told.endswith("in all, 2 cells can't be used: 2 in 'day'")


def test_dates_of_two_orders_and_a_target_of_dates_are_refused():
    mixed = parse_table("day,y\n13/05/2024,a\n05/13/2024,b\n01/02/2024,a\n")
    assert "'13/05/2024', no cell tells" in read_refusal(Encoding.learn, mixed, "y")
    told = read_refusal(Encoding.learn, parse_table("x,y\n1,2026-01-01\n2,2026-01-02\n"), "y")
    assert told.endswith("dates can't be learned: make numbers or classes of them")


def test_a_name_that_a_date_needs_is_taken():
    table = parse_table("day,day (month),y\n2026-01-01,1,a\n2026-02-03,2,b\n")
    assert "both named 'day (month)'" in read_refusal(Encoding.learn, table, "y")


def test_seasons_are_learned_and_predicted():
    days = [f"{y}-{m:02}-{d:02}" for y in (2024, 2025) for m in range(1, 13) for d in (1, 9, 17)]
    seasons = ["warm" if "04" <= day[5:7] <= "09" else "cold" for day in days]
    trained = train_table({"day": days, "season": seasons}, "season", hidden=[8], epochs=30)
    assert "  day: 2024-01-01 to 2025-12-17, with month and day of the week\n" in trained.report
    assert trained.predict({"day": ["2025-07-01", "2025-01-01"]}) == ["warm", "cold"]
