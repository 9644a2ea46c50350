"""A model in 60-digit arithmetic is what mpmath makes of its weights, with scaling and softmax."""

import random

import mpmath
import pytest
from tabular import INPUTS, TARGETS, build, draw_row

from micrograd_nn import MLP, Value, compile
from micrograd_nn.extras.export.answers import exact as exact_answers
from micrograd_nn.extras.export.answers.asking import ask_rows, make_question
from micrograd_nn.extras.export.answers.exact import ExactSource
from micrograd_nn.extras.tables.columns import NumericColumn, TextColumn
from micrograd_nn.extras.tables.storage import SavedModel


def predict_by_mpmath(saved, row):
    """Return the outputs of a network of tanh inside, and what they mean."""
    number = mpmath.mpf
    x = []
    for column, cell in zip(saved.encoding.input_columns, row, strict=True):
        if isinstance(column, TextColumn):
            x += [number(text == cell) for text in column.categories]
        else:
            x.append((number(cell) - number(column.mean)) / number(column.scale))
    for i, layer in enumerate(saved.model.layers):
        sums = [
            mpmath.fdot([number(w.data) for w in neuron.w], x) + number(neuron.b.data)
            for neuron in layer.neurons
        ]
        x = sums if i == len(saved.model.layers) - 1 else [*map(mpmath.tanh, sums)]
    target = saved.encoding.target
    if isinstance(target, NumericColumn):
        return [x[0] * number(target.scale) + number(target.mean)]
    shares = [mpmath.exp(y) for y in x]
    return [share / sum(shares) for share in shares]


@pytest.mark.parametrize("target", TARGETS)
def test_values_are_those_of_mpmath_to_50_digits(target):
    saved, rng = build(INPUTS["mixed"], TARGETS[target]), random.Random(1)
    question = ask_rows(saved, [draw_row(saved, rng) for _ in range(3)])
    found = ExactSource(saved).answer(question.rows)
    assert found.rows == [0, 1, 2]
    with mpmath.workdps(60):
        for row, values in zip(question.rows, found.values, strict=True):
            for ours, theirs in zip(values, predict_by_mpmath(saved, row), strict=True):
                assert abs(mpmath.mpf(str(ours)) - theirs) < mpmath.mpf(10) ** -50 * abs(theirs)


def test_what_has_no_number_has_no_answer():
    saved = build(INPUTS["mixed"], TARGETS["two"])
    found = ExactSource(saved).answer([[1.0, "blue", 2.0]])
    assert (found.values, found.gradients) == ([None], [None])
    x = Value(1.0, "x")
    program = compile(x**0.5, [x], wrt=[x])
    found = ExactSource(program).answer([[4.0], [-4.0]])
    (four, nothing), (slope, none) = found.values, found.gradients
    assert (float(four[0]), nothing, float(slope[0]), none) == (2.0, None, 0.25, None)


def test_of_a_large_network_some_rows_are_computed_spread_evenly(monkeypatch):
    source = SavedModel(MLP(2, [4, 1]))
    question, exact = make_question(source), ExactSource(source)
    monkeypatch.setattr(exact_answers, "MOST_WORK", exact.work * 5)
    assert exact.answer(question.rows).rows == [0, 4, 8, 12, 16]
    monkeypatch.setattr(exact_answers, "MOST_WORK", 1)
    assert exact.answer(question.rows).rows == [0]
