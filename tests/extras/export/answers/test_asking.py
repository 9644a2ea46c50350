"""Rows to compare a file on: made from what a model knows of its columns, or given and checked."""

import math

import pytest
from tabular import COLOUR, INPUTS, TARGETS, WEIGHT, build

from micrograd_nn import MLP, Value, choose, compile
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.export.answers.asking import answer_by_engine, ask_rows, make_question
from micrograd_nn.extras.tables.columns import TextColumn
from micrograd_nn.extras.tables.storage import SavedModel


def test_rows_that_are_made_have_every_text_and_numbers_like_those_in_training():
    many = TextColumn("kind", tuple(map(str, range(40))))
    question = make_question(build((WEIGHT, COLOUR, many), TARGETS["two"]))
    weights, colours, kinds = zip(*question.rows, strict=True)
    assert len(question.rows) == 40
    assert set(colours) == set(COLOUR.categories)
    assert set(kinds) == set(many.categories)
    assert all(abs(x - WEIGHT.mean) <= 2 * WEIGHT.scale for x in weights)
    assert max(weights) - min(weights) > 2 * WEIGHT.scale
    assert make_question(build((WEIGHT, COLOUR, many), TARGETS["two"])).rows == question.rows


def test_inputs_of_programs_are_like_the_recorded_ones_and_indexes_are_indexes():
    i, x, y = Value(1.0, "i"), Value(100.0, "x"), Value(0.0, "y")
    question = make_question(compile(choose(i, [x, y, x * y]), [i, x, y]))
    assert question.rows[0] == [1.0, 100.0, 0.0]
    indexes, xs, ys = zip(*question.rows, strict=True)
    assert set(indexes) == {0.0, 1.0, 2.0}
    assert all(90 <= x <= 110 for x in xs)
    assert all(-0.1 <= y <= 0.1 for y in ys)


def test_given_rows_are_lists_or_dictionaries_of_numbers_or_their_texts():
    saved = build(INPUTS["mixed"], TARGETS["two"])
    rows = [[1, "red", "50 %"], {"share": 50.0, "weight": "1e0", "colour": "red"}]
    assert ask_rows(saved, rows).rows == [[1.0, "red", 50.0]] * 2
    x, w = Value(1.0, "x"), Value(3.0, "w")
    question = ask_rows(compile(x * w, [x], [w]), [[2]])
    assert (question.rows, question.parameters) == ([[2.0]], [3.0])


def test_what_is_no_row_is_refused_and_says_which():
    saved = build(INPUTS["mixed"], TARGETS["two"])
    good = [1, "red", 50]
    for row, told in (
        ([1, "red"], r"cells: 2, columns: 3 \(weight, colour, share\)"),
        ({"weight": 1, "share": 2}, "lacks 'colour'"),
        (7, "isn't a list of cells"),
        ("123", "isn't a list of cells but the text '123': of a DataFrame, give df.values"),
        ([1, 2, 50], "column 'colour' takes texts, not 2"),
        ([None, "red", 50], "column 'weight' needs a real number"),
        (["1 %", "red", 50], "'1 %' is not a finite number"),
    ):
        with pytest.raises(InputError, match=f"row 2 to compare:? {told}"):
            ask_rows(saved, [good, row])
    with pytest.raises(InputError, match="there are no rows to compare"):
        ask_rows(saved, [])


def test_asking_the_engine_leaves_the_models_gradients_as_they_are():
    model = MLP(2, [1])
    for i, parameter in enumerate(model.parameters()):
        parameter.grad = float(i)
    saved = SavedModel(model)
    answers = answer_by_engine(saved, make_question(saved))
    assert [parameter.grad for parameter in model.parameters()] == [0.0, 1.0, 2.0]
    assert answers.values[3] == [model(make_question(saved).rows[3]).data]


def test_what_the_engine_refuses_is_nan():
    saved = build(INPUTS["mixed"], TARGETS["two"])
    answers = answer_by_engine(saved, ask_rows(saved, [[1, "blue", 50], [1, "red", 50]]))
    assert math.isnan(answers.values[0][0])
    assert answers.labels[0] == ""
    assert len(answers.values[1]) == 2
    assert answers.labels[1] in ("apple", "pear")
