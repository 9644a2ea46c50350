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


REFUSED = [
    *[
        (lambda p, x=numbers, rows=rows: p(x, rows), ValueError, told)
        for numbers, rows, told in (
            ([], [[1.0]], r"takes 1 parameter.*\(w\), not 0"),
            ([1.0, 2.0], [[1.0]], r"takes 1 parameter.*\(w\), not 2"),
            ([1.0], [[]], r"takes 1 input.* row 0.*\(x\), not 0"),
            ([1.0], [[1.0], [1.0, 2.0]], r"takes 1 input.* row 1.*\(x\), not 2"),
        )
    ],
    (lambda p: p.predictions([], [[1.0]]), ValueError, r"takes 1 parameter.*\(w\), not 0"),
    (lambda p: p.predictions([1.0], [[]]), ValueError, r"takes 1 input.* row 0.*\(x\), not 0"),
    (lambda p: p([1.0], [[1.0]], 1.0, []), ValueError, r"1 numbers as start \(w\), not 0"),
    (lambda p: p([1.0], [[1.0]], 1.0, [1.0, 2.0]), ValueError, r"as start \(w\), not 2"),
    (lambda p: p([1.0], [1.0, 2.0]), TypeError, "row"),
    *[
        (call, TypeError, told)
        for bad in ("3", None, True, 1j, Value(1.0), [1.0])
        for call, told in (
            (lambda p, x=bad: p([x], [[1.0]]), "one of the parameters needs a"),
            (lambda p, x=bad: p([1.0], [[1.0], [x]]), r"one of the inputs, in row 1,? needs a"),
            (lambda p, x=bad: p.predict([1.0], [x]), "one of the inputs"),
        )
    ],
    (lambda p: p([Value(1.0)]), TypeError, r"needs a number, not a Value: \[p.data for p in …\]"),
    (lambda p: p({"w": 2.0}), TypeError, "takes a list of numbers as its parameters, not a dict"),
    (lambda p: p(2.0), TypeError, "takes a list of numbers as its parameters, not a float"),
]


@pytest.mark.parametrize(("call", "kind", "message"), REFUSED)
def test_what_a_program_refuses_is_named(call, kind, message):
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(x * w, [x], [w])
    with pytest.raises(kind, match=message):
        call(program)


UNCOMPILED = [
    (lambda x, w: (x * w, [x]), ValueError, "'w'.* neither among the inputs nor the parameters"),
    *[
        (given, TypeError, "inputs and parameters of a program are leaves")
        for make in (lambda x: x * 2, lambda x: x.detach(), lambda x: 2.0, str)
        for given in (
            lambda x, w, make=make: (x * x, [make(x)]),
            lambda x, w, make=make: (x * x, [], [make(x)]),
        )
    ],
    (lambda x, w: (x * x, [x, x]), ValueError, "'x'.* stands twice among the inputs and"),
    (lambda x, w: (x * x, [x], [x]), ValueError, "'x'.* stands twice among the inputs and"),
    *[
        (lambda x, w, make=make: (x * x, [x], [], [make(x, w)]), ValueError, "wrt has .*, neither")
        for make in (lambda x, w: x * w, lambda x, w: Constant(2.0), lambda x, w: w)
    ],
    (lambda x, w: (x * x, [x], [], [x, x]), ValueError, "wrt has a leaf twice"),
    *[
        (
            lambda x, w, bad=bad: (bad,),
            TypeError,
            "compile needs a function or recorded Values, not",
        )
        for bad in (3.0, None, "abc", [1.0], [Value(1.0) * 2, 3.0])
    ],
    (lambda x, w: ([],), ValueError, "a function or recorded Values, not an empty list"),
    (lambda x, w: (x * x, x), TypeError, "list"),
    (lambda x, w: (x * w, [x], w), TypeError, "list"),
    (lambda x, w: (x * x, [x], [], x), TypeError, "list"),
]


@pytest.mark.parametrize(("given", "kind", "message"), UNCOMPILED)
def test_what_compile_refuses_is_named(given, kind, message):
    with pytest.raises(kind, match=message):
        compile(*given(Value(2.0, "x"), Value(3.0, "w")))


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


def test_an_input_that_is_of_no_use_has_no_derivative_where_the_graph_serves():
    x, y, w = Value(2.0), Value(3.0), Value(0.0)
    program = compile(w**x, [x, y], [w], wrt=[x, y])
    assert program([0.0], [[2.0, 3.0]]) == (0.0, [0.0, 0.0])  # log(0) fails in the program
    with pytest.raises(ZeroDivisionError, match="needs x != 0 where y < 0"):
        program([0.0], [[-2.0, 3.0]])
