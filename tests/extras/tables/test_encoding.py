"""Encodings: what is learned from a table, and whatever else comes out as an error of one line."""

import json
import math
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tables import parse_table, read_refusal

from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.encoding import Encoding
from micrograd_nn.extras.tables.table import Table

FRUIT = parse_table("weight,colour,fruit 100,green,pear 140,red,apple 120,red,pear")


# Learning


def test_numbers_are_standardised_by_the_population():
    encoding = Encoding.learn(parse_table("x,y 1,2 2,4 3,9"), "y")
    seen = {"middle": 2.0, "low": 1.0, "high": 3.0}
    (column,) = encoding.input_columns
    assert column == NumericColumn("x", 2.0, pytest.approx(math.sqrt(2 / 3)), **seen)
    assert (encoding.target.mean, encoding.target.scale) == (5.0, pytest.approx(math.sqrt(26 / 3)))
    assert not encoding.is_classification
    assert (encoding.n_inputs, encoding.n_outputs) == (1, 1)


def test_texts_become_one_hot_and_classes_in_sorted_order():
    encoding = Encoding.learn(FRUIT, "fruit")
    assert encoding.input_columns[1] == TextColumn("colour", ("green", "red"), (1 / 3, 2 / 3))
    assert encoding.target == TextColumn("fruit", ("apple", "pear"))
    assert encoding.is_classification
    assert (encoding.n_inputs, encoding.n_outputs) == (3, 2)
    inputs = encoding.encode_inputs(FRUIT)
    assert [row[1:] for row in inputs] == [(1.0, 0.0), (0.0, 1.0), (0.0, 1.0)]
    assert encoding.encode_targets(FRUIT) == [1, 0, 1]


def test_the_tiniest_differences_do_not_divide_by_zero():
    table = parse_table("x,y 5e-324,a" + 10 * " 0,b")
    encoding = Encoding.learn(table, "y")
    assert (encoding.input_columns[0].mean, encoding.input_columns[0].scale) == (0.0, 1.0)
    assert encoding.encode_inputs(table)[0] == (5e-324,)


def constant(x):
    return NumericColumn("x", x, 1.0, middle=x, low=x, high=x)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("1 2 p q", TextColumn("x", ("1", "2", "p", "q"), (0.25,) * 4)),
        ("1_0 2_0", TextColumn("x", ("1_0", "2_0"), (0.5, 0.5))),
        *[(f"{cell} {cell} {cell}", constant(float(cell))) for cell in ("0.1", "1e308", "-3")],
    ],
)
def test_a_column_is_one_of_numbers_where_more_than_half_of_its_cells_are(cells, column):
    rows = [f"{cell},{'ab'[i % 2]}" for i, cell in enumerate(cells.split())]
    table = parse_table(f"x,y {' '.join(rows)}")
    encoding = Encoding.learn(table, "y")
    assert encoding.input_columns == (column,)
    if isinstance(column, NumericColumn):
        assert {*encoding.encode_inputs(table)} == {(0.0,)}, "exactly, as it is always the same"


EMPTY = "the cell is empty (--skip-empty leaves out such rows); correct the cell or delete its row"
NOT_FINITE = "is not a finite number, as the column's cells are; correct the cell or delete its row"
A_WORD = f"{NOT_FINITE.partition(';')[0]} (if it stands for a missing one: --missing"
NOTHING = "different texts tell a network nothing): ignore fewer or add one"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x,y 1,a 2,b red,a", f"line 4, column 'x': 'red' {A_WORD} 'red')"),
        ("x,y 1,a 2,b nan,a q,b", "t.csv, line 5, column 'x': 'q' is not a finite number"),
        ("x,y 1,a 2,b 1_000,a", "line 4, column 'x': '1_000' is not a finite number"),
        ("x,y 1,a -inf,b 3,a", "line 3, column 'x': '-inf' is not a finite number"),
        ("x,y 1,a 1e999,b 3,a", "line 3, column 'x': '1e999' is not a finite number"),
        ("x,y p,a p,b q,", f"line 4, column 'y': {EMPTY}"),
        ("x,y ,a ,b ,a", "t.csv has no input column left: left out is 'x' (every cell is empty)"),
        ("x,y 1,nan 2,", "t.csv, column 'y': every cell is empty"),
        (
            "x,y 1e308,a -1e308,b",
            "column 'x': numbers from -1e+308 to 1e+308 are too large: write them in a larger unit",
        ),
        ("x,y -1e308,a -9e307,b", "column 'x': numbers from -1e+308 to -9e+307 are too large"),
        ("x,y 1,1e308 2,1e308 3,9e307", "column 'y': numbers from 9e+307 to 1e+308 are too large"),
        ("x,y 1,a", "t.csv leaves only 1 row to learn from: add at least 1 more"),
        ("y a b", "t.csv has no input column left: ignore fewer or add one"),
        ("x,y 1,a 2,a", "t.csv, column 'y': every training row has 'a': add rows with another"),
        (
            "x,y " + " ".join(f"{i},CHF{i}" for i in range(60)),
            "column 'y': 60 different texts look like numbers: make numbers of them, such as 1234",
        ),
        ("x,y 1,0.1 2,0.1 3,0.1", "column 'y': every training row has '0.1'"),
        ("x,z 1,2 3,4", "t.csv lacks the target column: 'y'; its columns are 'x', 'z'"),
        (
            "x,y " + " ".join(f"id{i},{'ab'[i % 2]}" for i in range(11)),
            f"t.csv has no input column left: left out is 'x' (11 {NOTHING}",
        ),
        ("x,y " + " ".join(f"id{i % 51},{'ab'[i % 2]}" for i in range(1000)), NOTHING),
    ],
)
def test_a_table_that_cannot_be_learned_from(text, told):
    assert told in read_refusal(Encoding.learn, parse_table(text), "y")


def test_numbers_with_a_comma_are_not_taken_for_texts():
    rows = (("1", "a"), ("1,5", "b"), ("2", "a"))
    told = read_refusal(Encoding.learn, Table("t.csv", ("x", "y"), rows, (2, 3, 4)), "y")
    told_of_marks = NOT_FINITE.replace(";", " (--decimal says what its marks are);")
    assert told == f"t.csv, line 3, column 'x': '1,5' {told_of_marks}"
    rows = (("1,5", "a"), ("2", "b"), ("1,000,000", "a"))
    assert read_refusal(Encoding.learn, Table("t.csv", ("x", "y"), rows, (2, 3, 4)), "y") == (
        "t.csv, column 'x' has numbers such as '1,5': say whether their decimal mark is a point or "
        "a comma, with --decimal . or --decimal ,"
    )
    rows = (("a, b", "a"), ("c, d", "b"))
    texts = Encoding.learn(Table("t.csv", ("x", "y"), rows, (2, 3)), "y").input_columns
    assert texts == (TextColumn("x", ("a, b", "c, d"), (0.5, 0.5)),)


@pytest.mark.parametrize(
    ("target", "ignore", "told"),
    [
        ("fruits", [], "lacks the target column: 'fruits' (did you mean 'fruit'?); its columns"),
        ("fruit", ["color", "id"], "lacks columns to ignore: 'color' (did you mean 'colour'?), 'i"),
        ("fruit", ["fruit"], "t.csv: do not ignore 'fruit', it is the target"),
        ("fruit", ["weight", "colour"], "t.csv has no input column left"),
    ],
)
def test_columns_that_are_wrongly_named(target, ignore, told):
    assert told in read_refusal(Encoding.learn, FRUIT, target, ignore)


@pytest.mark.parametrize(("different", "rows"), [(10, 10), (6, 12), (50, 1000)])
def test_limits_on_texts_are_inclusive(different, rows):
    cells = [f"id{i % different},{'ab'[i % 2]}" for i in range(rows)]
    assert Encoding.learn(parse_table(f"x,y {' '.join(cells)}"), "y").n_inputs == different


def test_numbers_and_targets_may_all_differ():
    rows = " ".join(f"{i},id{i}" for i in range(60))
    encoding = Encoding.learn(parse_table("x,y " + rows), "y")
    assert (encoding.n_inputs, encoding.n_outputs) == (1, 60)


# Another table


def test_another_table_becomes_the_same_numbers():
    encoding = Encoding.learn(FRUIT, "fruit")
    other = parse_table("id,colour,weight 7,green,140 8,red,100")
    known = encoding.encode_inputs(FRUIT)
    assert encoding.encode_inputs(other) == [(known[1][0], 1.0, 0.0), (known[0][0], 0.0, 1.0)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mass,colour 1,red", "lacks columns trained on: 'weight'; its columns are 'mass', 'colou"),
        ("a,weights 1,2", "trained on: 'weight' (did you mean 'weights'?), 'colour'; its columns"),
        ("weight,colour x,red", "t.csv, line 2, column 'weight': 'x' is not a finite number"),
        ("weight,colour inf,red", "line 2, column 'weight': 'inf' is not a finite number"),
    ],
)
def test_another_table_that_does_not_fit(text, told):
    assert told in read_refusal(Encoding.learn(FRUIT, "fruit").encode_inputs, parse_table(text))


@pytest.mark.parametrize(
    ("cells", "inputs", "odd", "told"),
    [
        (
            "120,blue", (0.0, 1 / 3, 2 / 3), "colour has a new text, 'blue'",
            "t.csv, line 2, column 'colour': 'blue' was never seen in training, only 'green', "
            "'red'; correct the cell or delete its row",
        ),
        ("120,", (0.0, 1 / 3, 2 / 3), "colour is empty", "column 'colour': the cell is empty"),
        (",red", (0.0, 0.0, 1.0), "weight is empty", "line 2, column 'weight': the cell is empty"),
        ("n/a,red", (0.0, 0.0, 1.0), "weight is empty", "stands for a missing one: --missing 'n/a"),
    ],
)  # fmt: skip
def test_an_empty_cell_is_filled_and_a_new_text_averaged_unless_it_is_strict(
    cells, inputs, odd, told
):
    encoding, table = Encoding.learn(FRUIT, "fruit"), parse_table(f"weight,colour {cells}")
    assert encoding.encode_inputs(table) == [inputs]
    assert [oddity.told for _, oddity in encoding.find_oddities(table)] == [odd]
    assert told in read_refusal(encoding.encode_inputs, table, strict=True)


def test_empty_cells_among_those_that_are_learned_are_the_median_or_a_category_of_their_own():
    table = parse_table("x,c,y 1,a,p 9,,q NA,a,p 2,b,q")
    encoding = Encoding.learn(table, "y")
    number, text = encoding.input_columns
    assert (number.mean, number.middle, number.low, number.high) == (4.0, 2.0, 1.0, 9.0)
    assert text == TextColumn("c", ("(empty)", "a", "b"), (0.25, 0.5, 0.25))
    assert encoding.encode_inputs(table)[2][0] == encoding.encode_inputs(table)[3][0]
    assert encoding.encode_inputs(table)[1][1:] == (1.0, 0.0, 0.0)
    assert [oddity.told for _, oddity in encoding.find_oddities(table)] == ["x is empty"]


@pytest.mark.parametrize(
    ("cell", "odd"),
    [("140", None), ("140.5", "above 140"), ("99", "below 100"), ("181", "far above 140"),
     ("-1e9", "far below 100")],
)  # fmt: skip
def test_a_number_outside_what_training_saw_is_odd(cell, odd):
    encoding = Encoding.learn(FRUIT, "fruit")
    found = [*encoding.find_oddities(parse_table(f"weight,colour {cell},red"))]
    told = [(place, oddity.told, oddity.is_far) for place, oddity in found]
    assert told == ([] if odd is None else [(0, f"weight is {odd}", odd.startswith("far"))])


def test_a_number_that_overflows_when_standardised():
    encoding = Encoding.learn(parse_table("x,y 1e-9,a 3e-9,b"), "y")
    assert read_refusal(encoding.encode_inputs, parse_table("x 1 1e308")).startswith(
        "t.csv, line 3, column 'x': '1e308' is too far from the mean 2e-09 in steps of "
    )


def test_targets_of_another_table():
    encoding = Encoding.learn(FRUIT, "fruit")
    assert encoding.encode_targets(parse_table("fruit pear Apple")) == [1, 0]
    for text, told in (
        ("fruit pear plum", "line 3, column 'fruit': 'plum' was never seen in training"),
        ("x 1", "t.csv lacks the target column: 'fruit'; its columns are 'x'"),
    ):
        assert told in read_refusal(encoding.encode_targets, parse_table(text))


@pytest.mark.parametrize(
    ("known", "cell", "read_as"),
    [
        ("free pro", "Pro", "pro"),
        ("True False", "TRUE", "True"),
        ("1101 1102", "1102.0", "1102"),
        ("1101.0 1102.0", "1102", "1102.0"),
        ("1101 1102", "1102.5", ""),
        ("v1 v2", "v1.0", ""),
        ("Pro pro", "PRO", ""),  # of which nobody knows which it is
        ("Pro pro", "Pro", "Pro"),
    ],
)
def test_a_text_that_differs_in_capitals_alone_is_known(known, cell, read_as):
    """So is a whole number to which pandas added .0, as it does where another cell is empty."""
    categories = tuple(known.split())
    column = TextColumn("x", categories, (0.5, 0.5))
    expected = [float(x == read_as) for x in categories] if read_as else [0.5, 0.5]
    assert column.fill(cell) == expected
    oddity = column.find_oddity(cell)
    new = f"x has a new text, '{cell}'"
    told = f"x has '{cell}', read as '{read_as}'" if read_as else new
    assert (oddity.told if oddity else cell) == (cell if cell in categories else told)
    if cell not in categories:
        assert "never seen" in read_refusal(column.encode, cell)  # as files that are exported do


def test_a_long_cell_with_a_line_break_is_shown_short_and_on_one_line():
    rows = (("1", "a"), ("2", "b"), ("x\n" * 500, "a"))
    told = read_refusal(Encoding.learn, Table("t.csv", ("x", "y"), rows, (2, 3, 4)), "y")
    assert r"'x\nx\n" in told
    assert len(told) < 200


# Decoding


def test_decode_returns_what_was_encoded():
    regression = Encoding.learn(FRUIT, "weight", ["fruit"])
    targets = regression.encode_targets(FRUIT)
    assert [regression.decode([z]) for z in targets] == [100.0, 140.0, 120.0]
    classes = Encoding.learn(FRUIT, "fruit")
    assert classes.decode([0.7, 0.3]) == "apple"
    assert classes.decode([-2.0, -1.0]) == "pear"
    assert classes.decode([1.0, 1.0]) == "apple", "the first of a tie"


def test_outputs_that_cannot_be_decoded():
    regression = Encoding(
        (NumericColumn("x", 0.0, 1.0),), target=NumericColumn("y", mean=0.0, scale=1e300)
    )
    classes = Encoding.learn(FRUIT, "fruit")
    for encoding, outputs, told in (
        (classes, [0.0, math.nan], "outputs [0.0, nan] are not finite or too large: train it ag"),
        (classes, [math.inf, 0.0], "outputs [inf, 0.0] are not finite"),
        (regression, [math.nan], "outputs [nan] are not finite"),
        (regression, [1e9], "outputs [1000000000.0] are not finite or too large"),
        (classes, [1.0], "1 outputs where the encoding has 2: use the network that was trained"),
    ):
        assert told in read_refusal(encoding.decode, outputs)


# JSON


finite = st.floats(allow_nan=False, allow_infinity=False)


@example(-sys.float_info.max, sys.float_info.max)
@example(-0.0, 5e-324)
@given(finite, finite.filter(lambda scale: scale > 0))
def test_floats_survive_json_bit_for_bit(mean, scale):
    encoding = Encoding((TextColumn("x", ("\u2028", "é")),), NumericColumn("y", mean, scale))
    again = Encoding.from_json(json.loads(json.dumps(encoding.to_json())))
    assert again == encoding
    assert isinstance(again.target, NumericColumn)
    assert (again.target.mean.hex(), again.target.scale.hex()) == (mean.hex(), scale.hex())


def test_whole_numbers_are_taken_for_floats():
    """Some tools write 5.0 back as 5."""
    data = {"target": {"name": "y", "mean": 5, "scale": 1}, "input_columns": [X]}
    target = Encoding.from_json(data).target
    assert isinstance(target, NumericColumn)
    assert isinstance(target.mean, float)


X = {"name": "x", "mean": 0.0, "scale": 1.0}
Y = {"name": "y", "categories": ["a", "b"]}


@pytest.mark.parametrize(
    ("target", "inputs", "expected"),
    [
        ([], [X], " of the target isn't a column"),
        ({**Y, "name": 3}, [X], " of the target can't have 3 as its 'name'"),
        ({**Y, "name": ""}, [X], " of the target can't have '' as its 'name'"),
        ({"name": "y"}, [X], " of the target lacks 'mean'"),
        ({"name": "y", "mean": 1.0}, [X], " of the target lacks 'scale'"),
        (Y, X, " needs input columns"),
        (Y, [], " needs input columns"),
        (Y, "x", " needs input columns"),
        (Y, [X, 3], " of input 2 isn't a column"),
        (Y, [X, X], " needs a different name for every column"),
        (Y, [{**X, "name": "y"}], " needs a different name for every column"),
        ({**Y, "categories": ["a"]}, [X], " needs at least two classes"),
        ({**Y, "shares": [0.5]}, [X], " has not as many 'shares' as 'categories'"),
        *(
            ({**Y, "categories": bad}, [X], "as its 'categories'")
            for bad in ([], "ab", None, ["a", 1], ["a", []], ["a", ""], ["a", "b", "a"], {"a": 1})
        ),
        *(
            (Y, [{**X, name: bad}], f"as its {name!r}")
            for name, bads in (
                ("mean", (None, "0", True, [0.0], math.nan, -math.inf, 10**400)),
                ("scale", (None, "1", True, 0, 0.0, -1.0, math.nan, math.inf, 10**400)),
                ("low", ("1", math.nan)),
                ("unit", ("kg", "%c", 3, [])),
            )
            for bad in bads
        ),
    ],
)
def test_a_damaged_encoding(target, inputs, expected):
    told = read_refusal(Encoding.from_json, {"target": target, "input_columns": inputs})
    assert told.startswith("the model file's encoding")
    assert told.endswith(f"{expected}: train and save the model again")


@pytest.mark.parametrize("data", [None, [], "target", {"input_columns": [X]}, {"target": Y}])
def test_an_encoding_that_lacks_a_part(data):
    missing = "needs input columns" if data == {"target": Y} else "of the target isn't a column"
    assert missing in read_refusal(Encoding.from_json, data)


# Whatever comes


@st.composite
def tables(draw):
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 13))
    number = st.one_of(finite, finite.map(lambda x: x * 1e-300), st.integers(-3, 3)).map(str)
    cell = st.one_of(number, number, st.sampled_from(["a", "b\nc", "", "nan", "1_0", "1,5"]))
    column = st.one_of(*(st.lists(c, min_size=height, max_size=height) for c in (number, cell)))
    rows = tuple(zip(*(draw(column) for _ in range(width)), strict=True))
    return Table("t.csv", tuple("xyz"[:width]), rows, tuple(range(2, 2 + height)))


@given(tables())
def test_any_table_encodes_to_finite_numbers_or_an_input_error(table):
    for target in table.columns:
        try:
            encoding = Encoding.learn(table, target)
        except InputError as error:
            told = str(error)
            assert told.isprintable()
        else:
            rows = encoding.encode_inputs(table)
            assert all(len(row) == encoding.n_inputs for row in rows)
            assert all(math.isfinite(number) for row in rows for number in row)
            assert all(map(math.isfinite, encoding.encode_targets(table)))
            assert Encoding.from_json(json.loads(json.dumps(encoding.to_json()))) == encoding
