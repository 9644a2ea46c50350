"""Columns are learned from the training rows: the others are read as ``predict`` reads new rows."""

import math
import random
import re
from pathlib import Path

import pytest
from tables import read_refusal

from micrograd_nn.extras.tables import parse_table, train_table
from micrograd_nn.extras.tables.columns import NumericColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.kinds import find_kinds
from micrograd_nn.extras.tables.options import Options
from micrograd_nn.extras.tables.task import cut_table

pytestmark = pytest.mark.usefixtures("folder")

HEADER = "size,colour,price"
ROWS = [(x, "red" if x % 3 else "blue", 7 * x + 30 * (x % 3 > 0)) for x in range(50)]
OPTIONS = {"test": 0.2, "epochs": 3}


def write(rows, name="t.csv"):
    """Write a table of these rows, and return its name."""
    Path(name).write_text("\n".join([HEADER, *[",".join(map(str, row)) for row in rows]]) + "\n")
    return name


def cut_by_hand(rows, test=0.2, validation=0.2, seed=0):
    """Return places of the training, validation and test rows, as the guide says it: shuffled."""
    rng, places = random.Random(seed), [*range(len(rows))]
    parts = []
    for fraction in (test, validation):
        rng.shuffle(places)
        size = round(fraction * len(places))
        parts, places = [places[:size], *parts], places[size:]
    return [places, *parts]


def replace_row(place, **cells):
    """Return the rows with other cells in one of them."""
    rows = [dict(zip(HEADER.split(","), row, strict=True)) for row in ROWS]
    rows[place].update(cells)
    return [tuple(row.values()) for row in rows]


def read_figures(report, part):
    """Return what a report says of a part of the rows: the RMSE, MAE and R²."""
    line, row = r"RMSE (\S+), MAE (\S+), R² (\S+)", r"this model +(\S+) +(\S+) +(\S+)"
    found = re.search(f"{line}|{row}", report.split(f"{part}, ", 1)[1])
    return [figure for figure in found.groups() if figure]


def test_means_and_spreads_are_those_of_the_training_rows_by_hand():
    training, _, _ = cut_by_hand(ROWS)
    assert len(training) == 32
    encoding = train_table(write(ROWS), "price", **OPTIONS).encoding
    for column, place in ((encoding.input_columns[0], 0), (encoding.target, 2)):
        numbers = [ROWS[i][place] for i in training]
        mean = sum(numbers) / 32
        assert column.mean == pytest.approx(mean, rel=1e-14)
        spread = math.sqrt(sum((x - mean) ** 2 for x in numbers) / 32)
        assert column.scale == pytest.approx(spread, rel=1e-14)


def test_the_figures_of_the_test_rows_are_those_by_hand():
    trained = train_table(write(ROWS), "price", **OPTIONS)
    errors = []
    for i in cut_by_hand(ROWS)[2]:
        size, colour, price = ROWS[i]
        errors.append(trained.predict({"size": size, "colour": colour}) - price)
    rmse = math.sqrt(sum(error**2 for error in errors) / len(errors))
    mae = sum(map(abs, errors)) / len(errors)
    assert read_figures(trained.report, "test")[:2] == [f"{rmse:.6g}", f"{mae:.6g}"]


# What no training row has


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("counts", [(30, 20), (1, 49), (1, 1, 48), (2, 2, 2), (9, 1)])
def test_every_class_is_trained_on_and_held_back_in_its_proportion(counts, seed):
    classes = "".join(letter * count for letter, count in zip("abc", counts, strict=False))
    table = parse_table("x,y\n" + "".join(f"{i},{y}\n" for i, y in enumerate(classes)))
    training, validation, test = cut_table(table, Options(test=0.2, seed=seed), "y")
    assert sorted([*training, *validation, *test]) == [*range(len(classes))]
    assert {classes[place] for place in training} == {*classes}
    for y, count in zip("abc", counts, strict=False):
        assert abs([classes[place] for place in test].count(y) - 0.2 * count) <= 1


def test_a_class_of_one_row_is_trained_on():
    rows = [(size, colour, "high" if size > 20 else "low") for size, colour, _ in ROWS]
    for place in (0, 17, 49):
        with_odd = [*rows]
        with_odd[place] = (*rows[place][:2], "odd")
        trained = train_table(write(with_odd), "price", test=0.2, epochs=1)
        assert trained.encoding.target.categories == ("high", "low", "odd")


def test_training_rows_of_one_target_teach_nothing():
    place = cut_by_hand(ROWS)[2][0]
    rows = [(size, colour, 5) for size, colour, _ in ROWS]
    rows[place] = (*rows[place][:2], 6)
    assert read_refusal(train_table, write(rows), "price", test=0.2) == (
        "t.csv, column 'price': every training row has '5': add rows with another"
    )


def test_a_cell_that_no_column_can_use_is_refused_wherever_it_is():
    places = [part[0] for part in cut_by_hand(ROWS)]
    for place in places:
        told = read_refusal(train_table, write(replace_row(place, size="big")), "price", test=0.2)
        assert told.startswith(f"t.csv, line {place + 2}, column 'size': 'big' is not a finite")


# What stays as it is


def test_all_rows_tell_what_a_column_is():
    """Else it would be a column of numbers with one seed, and one of texts with another."""
    cells = [*"1234567", *"abcde"]
    table = parse_table("x,y\n" + "".join(f"{x},{i % 2}\n" for i, x in enumerate(cells)))
    for seed in range(9):
        told = read_refusal(train_table, table, "y", classes=True, seed=seed)
        assert "column 'x': 'a' is not a finite number" in told


def test_a_unit_is_kept():
    table = parse_table("x,y\n10 %,a\n30 %,b\n50 %,a\n")
    kinds = find_kinds(table, "y")
    encoding = Encoding.learn_kinds(table.take([0, 1]), "y", kinds)
    assert encoding.input_columns == (
        NumericColumn("x", 20.0, 10.0, "%", middle=20.0, low=10.0, high=30.0),
    )


def test_a_column_that_is_empty_in_all_training_rows_is_refused():
    table = parse_table("x,y\n,a\n,b\n5,a\n")
    told = read_refusal(Encoding.learn_kinds, table.take([0, 1]), "y", find_kinds(table, "y"))
    assert told.endswith("column 'x': every training row's cell is empty: --ignore 'x'")


def test_rows_are_cut_as_examples_were():
    """A table's parts are those of ``split`` by the same seed, so old figures can be compared."""
    table = parse_table(HEADER + "\n" + "".join(f"{a},{b},{c}\n" for a, b, c in ROWS))
    for options in (Options(), Options(test=0.3, seed=4), Options(validation=0.0, test=0.1)):
        by_hand = cut_by_hand(ROWS, options.test, options.validation, options.seed)
        if not options.test:  # then nothing is shuffled for it
            rng, places = random.Random(options.seed), [*range(50)]
            rng.shuffle(places)
            by_hand = [places[10:], places[:10], []]
        assert cut_table(table, options) == by_hand
