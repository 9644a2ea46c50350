"""Compiled graphs: errors as the graph's, and what compile and a program refuse."""

import math
from fractions import Fraction

import numpy as np
import pytest
from bits import pack_numbers

from micrograd_nn import Constant, Operation, Value, compile
from micrograd_nn.engine import table as op

# Errors


@pytest.mark.parametrize(
    ("function", "bad", "kind", "message"),
    [
        (lambda x: 1 / x, 0.0, ZeroDivisionError, r"x / y needs y != 0"),
        (lambda x: x.exp(), 1000.0, OverflowError, r"exp\(x\) is beyond the largest float"),
        (lambda x: x**0.5, -1.0, ValueError, r"x \*\* y needs"),
        (lambda x: x**-1, 0.0, ZeroDivisionError, r"x \*\* y needs"),
        (lambda x: op.asin(x), 2.0, ValueError, r"asin\(x\) needs -1 <= x <= 1"),
        (lambda x: op.sin(x), math.inf, ValueError, r"sin\(x\) needs a finite x"),
        (lambda x: x.sqrt(), 0.0, ZeroDivisionError, r"derivative of sqrt\(x\) needs x > 0"),
    ],
)
def test_a_failure_is_that_of_the_graph(function, bad, kind, message):
    x = Value(0.5, "x")
    program = compile(function(x), [x], wrt=[x])
    with pytest.raises(kind, match=message) as graphs:
        function(Value(bad, "x"))
    with pytest.raises(kind, match=message) as programs:
        program((), [[bad]])
    assert str(programs.value) == str(graphs.value)


def test_a_prediction_asks_for_no_derivative():
    """The square root has a value at 0, and no finite derivative there."""
    x = Value(4.0)
    program = compile(x.sqrt(), [x])
    assert program.predict((), [0.0]) == 0.0
    with pytest.raises(ValueError, match=r"^sqrt\(x\) needs x >= 0; x = -1.0"):
        program.predictions((), [[0.0], [-1.0]])


def test_an_error_of_another_kind_goes_on_up():
    def broken(x):
        if x > 1:
            raise KeyError("no such number")
        return x

    own = Operation("own", broken, [lambda out, x: 1.0])
    x = Value(0.5)
    program = compile(own(x), [x])
    with pytest.raises(KeyError, match="no such number"):
        program.predict((), [2.0])


@pytest.mark.parametrize(
    ("parameters", "rows", "message"),
    [
        ([], [[1.0]], r"takes 1 parameter.*\(w\), not 0"),
        ([1.0, 2.0], [[1.0]], r"takes 1 parameter.*\(w\), not 2"),
        ([1.0], [[]], r"takes 1 input.* row 0.*\(x\), not 0"),
        ([1.0], [[1.0], [1.0, 2.0]], r"takes 1 input.* row 1.*\(x\), not 2"),
    ],
)
def test_a_wrong_number_of_numbers_is_told_with_their_names(parameters, rows, message):
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(x * w, [x], [w])
    for compute in (program, program.predictions):
        with pytest.raises(ValueError, match=message):
            compute(parameters, rows)


def test_a_start_of_the_wrong_length_is_told():
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(x * w, [x], [w])
    for start in ([], [1.0, 2.0]):
        with pytest.raises(ValueError, match=rf"1 numbers as start \(w\), not {len(start)}"):
            program([1.0], [[1.0]], 1.0, start)


@pytest.mark.parametrize("bad", ["3", None, True, 1j, Value(1.0), [1.0]])
def test_what_is_no_number_is_refused(bad):
    x, w = Value(2.0), Value(3.0)
    program = compile(x * w, [x], [w])
    with pytest.raises(TypeError, match="one of the parameters needs a"):
        program([bad], [[1.0]])
    with pytest.raises(TypeError, match=r"one of the inputs, in row 1,? needs a"):
        program([1.0], [[1.0], [bad]])
    with pytest.raises(TypeError, match="one of the inputs"):
        program.predict([1.0], [bad])


def test_rows_that_are_no_rows_are_refused_with_a_hint():
    x = Value(2.0)
    program = compile(x * x, [x])
    with pytest.raises(TypeError, match="row"):
        program((), [1.0, 2.0])


@pytest.mark.parametrize(
    "numbers", [[2], [Fraction(2)], [np.float64(2)], [np.int64(2)], np.array([2.0]), (2.0,)]
)
def test_numbers_may_be_of_any_kind(numbers):
    x, w = Value(1.0), Value(1.0)
    program = compile(x * w, [x], [w])
    for rows in ([numbers], (numbers,), iter([numbers])):
        total, gradient = program(numbers, rows)
        assert pack_numbers([total, *gradient]) == pack_numbers([4.0, 2.0])
    assert pack_numbers([program.predict(numbers, numbers)]) == pack_numbers([4.0])
    assert pack_numbers(program.predictions(numbers, np.array([[1.0], [3.0]]))) == pack_numbers(
        [2.0, 6.0]
    )


# What compile takes


def test_a_leaf_that_is_not_listed_is_named():
    x, w = Value(1.0, "x"), Value(2.0, "w")
    with pytest.raises(
        ValueError, match=r"label='w'.* neither among the inputs nor the parameters"
    ):
        compile(x * w, [x])
    assert compile(x * w.detach(), [x]).predict((), [3.0]) == 6.0


@pytest.mark.parametrize("make", [lambda x: x * 2, lambda x: x.detach(), lambda x: 2.0, str])
def test_inputs_are_leaves(make):
    x = Value(1.0)
    for listed in ({"inputs": [make(x)]}, {"parameters": [make(x)]}):
        with pytest.raises(TypeError, match="inputs and parameters of a program are leaves"):
            compile(x * x, **listed)


def test_a_leaf_stands_in_one_place():
    x = Value(1.0, "x")
    for listed in ({"inputs": [x, x]}, {"inputs": [x], "parameters": [x]}):
        with pytest.raises(ValueError, match=r"label='x'.* stands twice among the inputs and"):
            compile(x * x, **listed)


def test_an_input_that_is_of_no_use_has_no_derivative_where_the_graph_serves():
    x, y, w = Value(2.0), Value(3.0), Value(0.0)
    program = compile(w**x, [x, y], [w], wrt=[x, y])
    assert program([0.0], [[2.0, 3.0]]) == (0.0, [0.0, 0.0])  # log(0) fails in the program
    with pytest.raises(ZeroDivisionError, match="needs x != 0 where y < 0"):
        program([0.0], [[-2.0, 3.0]])


def test_derivatives_are_by_inputs_and_parameters():
    x = Value(1.0)
    y = x * x
    for bad in (y, Constant(2.0), Value(1.0), 2.0):
        with pytest.raises(ValueError, match=r"wrt has .*, neither an input nor a parameter"):
            compile(y, [x], wrt=[bad])


@pytest.mark.parametrize("bad", [3.0, None, "abc", [1.0], [Value(1.0) * 2, 3.0]])
def test_what_is_no_graph_is_refused(bad):
    with pytest.raises(TypeError, match="compile needs a function or recorded Values, not a"):
        compile(bad)


@pytest.mark.parametrize("place", ["inputs", "parameters", "wrt"])
def test_a_single_value_where_a_list_belongs_is_refused_with_a_hint(place):
    x = Value(1.0)
    listed = {"inputs": [x]} | {place: x}
    with pytest.raises(TypeError, match="list"):
        compile(x * x, **listed)
