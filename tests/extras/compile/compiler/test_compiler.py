"""Compiled functions: the function's own numbers, whatever the arguments."""

import math
import random
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from compiled import assert_same_calls, pack_floats, read_numbers, run_eagerly, run_on_numbers
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import for_every_row, graphs, inputs_of, searching

from micrograd_nn import Constant, Value, compile
from micrograd_nn.calculus import derivative, grad, hessian, jvp, vjp
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import ARITHMETIC
from micrograd_nn.nn import MLP

# The function's own numbers


@searching
@given(graph=graphs(max_size=50), random=st.randoms(use_true_random=False))
def test_any_graph_as_a_function_gives_its_own_numbers(graph, random):
    calls = [graph.leaves, *[[x + random.uniform(-1e-3, 1e-3) for x in graph.leaves]] * 3]
    try:
        wanted = [run_eagerly(graph, call) for call in calls]
    except ARITHMETIC:
        assume(False)
    compiled = compile(graph, unchecked=True)
    assert pack_floats([compiled(call) for call in calls]) == pack_floats(wanted)


@for_every_row
@searching
@given(data=st.data())
def test_every_row_compiles_as_a_function(row, data):
    numbers = data.draw(inputs_of(row))
    compiled = compile(lambda xs: row.apply(xs))
    assert pack_floats(compiled(numbers)) == pack_floats(row.apply(numbers))
    assert pack_floats(compiled(numbers)) == pack_floats(row.apply(numbers))


@for_every_row
def test_every_rows_derivatives_compile(row):
    """First and second ones, in both modes, bit for bit."""
    from hypothesis import find

    numbers = find(inputs_of(row), lambda xs: all(x not in (0.0, 1.0) for x in xs))
    unit = [1.0] + [0.0] * (len(numbers) - 1)
    for f in (
        grad(row.apply),
        hessian(row.apply),
        lambda xs: jvp(row.apply, [xs], [unit]),
        lambda xs: jvp(grad(row.apply), [xs], [unit]),
        lambda xs: vjp(row.apply, xs)[1](1.5),
    ):
        assert_same_calls(f, (numbers,), by=run_on_numbers)


def test_a_function_is_run_for_a_form_and_then_to_compare_its_program_now_and_then():
    calls = []

    def square(x):
        calls.append(x)
        return x * x

    compiled = compile(square, unchecked=True)
    for x in range(2000):
        assert compiled(float(x)) == x * x
    assert isinstance(calls[0], Value)
    due = [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 999, 1023, 1999]
    assert calls[1:] == [float(x) for x in due]


def test_it_is_named_as_the_function_and_has_its_docstring():
    def square(x):
        """Return x times x."""
        return x * x

    compiled = compile(square)
    assert (compiled.__name__, compiled.__doc__) == ("square", "Return x times x.")
    assert compile(MLP(1, [1])).__name__


def test_it_may_decorate_a_method():
    class Line:
        def __init__(self, slope):
            self.slope = Value(slope)

        @compile
        def at(self, x):
            return self.slope * x

    one, other = Line(2.0), Line(5.0)
    assert [one.at(3.0), other.at(3.0), one.at(4.0)] == [6.0, 15.0, 8.0]


def test_arguments_may_be_given_by_name():
    compiled = compile(lambda x, factor=2: x * factor)
    assert compiled(3.0) == 6.0
    assert compiled(3.0, factor=4) == 12.0
    assert compiled(x=3.0, factor=5) == 15.0


# Arguments of any form


Point = namedtuple("Point", "x y")
INDICES = [(0.5, 1), (0.5, 2), (-0.25, 3), (0.75, 1), (0.5, 4), (0.125, 2)]
CALLS = {
    "containers": (
        lambda v, pair, named: v[0] * named["a"] + pair[1] * named["b"][0] - v[1] * pair[0],
        [
            ([1.0, 2.0], (3.0, 4.0), {"a": 5.0, "b": [6.0]}),
            ([-1.0, 0.5], (0.25, 4.5), {"a": 1.5, "b": [-6.0]}),
            ([-1.0, 0.5], (0.25, 4.5), {"b": [-6.0], "a": 1.5}),
            ((-1.0, 0.5), [0.25, 4.5], {"a": 1.5, "b": (-6.0,)}),
        ],
    ),
    "forms": (
        lambda v: (op.sum(v) * len(v), v[:]),
        [([1.0, 2.0],), ([1.0],), ((1.0,),), ((1.0, 2.0),), ([],), ([3.0, 4.0],)],
    ),
    "results": (
        lambda x, y: {"sum": x + y, "all": [x, (y, x * y), {}], "rest": (None, "a", True, 5, [])},
        [(2.0, 3.0), (-1.0, 0.5)],
    ),
    "a number": (lambda x: 3.0, [(1.0,), (2.0,)]),
    "nothing": (lambda x: [None, x], [(1.0,), (2.0,)]),
    "no argument": (lambda: 2.0, [()]),
    "a constant": (lambda x: Constant(2.0) * 3 * Value(1.0), [(1.0,), (2.0,)]),
    "whole numbers": (lambda n, x: [n * n, n // 2, n * x], [(7, 0.5), (8, 0.0), (7, 2.5)]),
    "True, which is not 1": (
        lambda x, kind: x * 2 if kind is True else x * [3.0, 4.0][kind],
        [(1.0, 0), (1.0, True), (1.0, 1), (1.0, True), (1.0, 1)],
    ),
    "an index": (lambda x, n: x * [1.0, 2.0, 4.0, 8.0, 16.0][n], INDICES),
    "a count": (lambda x, n: op.prod([x] * n), INDICES),
    "a key": (lambda x, n: x * {1: 0.5, 2: 1.5, 3: 2.5, 4: 3.5}[n], INDICES),
    "an item of a set": (lambda x, n: x * (2.0 if n in {1, 2} else 3.0), INDICES),
    "equal to 1": (lambda x, n: x * (2.0 if n == 1 else 3.0), INDICES),
    "odd": (lambda x, n: x * (2.0 if n % 2 else 3.0), INDICES),
    "digits": (lambda x, n: x * int("7" * n), INDICES),
    "an order": (lambda x, n: derivative(lambda t: t**6, n)(x), INDICES),
    "a range": (lambda x, n: x if n < 2 else op.sum([x * i for i in range(n)]), INDICES),
    "a named tuple": (
        lambda p: Point(p.x * 2, p.y), [(Point(1.0, 2.0),), (Point(3.0, 2.0),)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_arguments_and_results_have_any_form(name):
    function, calls = CALLS[name]
    compiled = assert_same_calls(function, *calls)
    assert type(compiled(*calls[0])) is type(function(*calls[0])) or name == "a constant"


class Angle(float):
    def __add__(self, other):
        return Angle((float(self) + other) % 360)


def test_numbers_of_other_kinds_are_the_functions_own_business():
    compiled = compile(lambda x, y: x * y)
    assert compiled(2.0, 1j) == 2j
    with pytest.raises(TypeError, match="unsupported operand type"):
        compiled(1.0, Decimal(1))


# What is fixed


def test_flags_texts_and_none_are_part_of_the_form():
    def function(x, kind, flag=False, extra=None):
        x = {"tanh": op.tanh, "exp": op.exp}[kind](x)
        x = -x if flag else x
        return x if extra is None else x * len(extra)

    assert_same_calls(
        function,
        (0.5, "tanh"), (0.5, "exp"), (0.5, "tanh", True), (0.5, "tanh", False),
        (0.5, "exp", True, None), (0.5, "exp", True, "abc"), (0.25, "exp", True, "abcd"),
    )  # fmt: skip


@pytest.mark.parametrize("thing", [{1, 2}, np.array([1.0, 2.0]), bytearray(b"ab"), slice(0, 2)])
def test_what_cannot_be_part_of_a_form_works(thing):
    assert compile(lambda x, thing: x * 2)(3.0, thing) == 6.0


OTHERS = {
    "a fraction": (lambda x: x * 3 if x + x == 2 * x else x, [Fraction(1, 10), 2.0]),
    "single": (lambda x: x * 3 if x + x == 2 * x else x, [np.float32(0.1), 2.0]),
    "a float of one's own": (lambda x: x + 30.0, [Angle(350.0), 350.0, Angle(340.0)]),
    "zeros": (
        lambda d: op.atan2(next(iter(d)), -1.0) * next(iter(d.values())), [{0.0: 1.0}, {-0.0: 1.0}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_numbers_of_other_kinds_are_computed_as_the_function_does(name):
    function, numbers = OTHERS[name]
    compiled = compile(function)
    for x in (*numbers, numbers[0]):
        assert compiled(x) == function(x)


# Values among the arguments, and from elsewhere


def test_with_a_value_among_the_arguments_the_function_itself_runs_and_records():
    compiled = compile(lambda xs, y: xs[0] * y + xs[1])
    x = Value(2.0)
    with pytest.warns(RuntimeWarning, match=r"no faster than .* quick = compile\(loss, net\)"):
        out = compiled([x, 1.0], 3.0)
    out.backward()
    assert (out.data, x.grad) == (7.0, 3.0)
    assert compiled([x, 1.0], 2.0).data == 5.0, "which is said once"
    assert "0 programs, was called with Values" in repr(compiled)
    assert compiled([2.0, 1.0], 3.0) == 7.0


def test_a_compiled_function_can_be_differentiated():
    compiled = compile(lambda x: x**3 if x > 1 else -x * x)
    assert compiled(2.0) == 8.0
    assert grad(compiled)(2.0) == 12.0
    assert grad(compiled)(0.5) == -1.0
    assert jvp(compiled, (2.0,), (1.0,)) == (8.0, 12.0)
    assert compile(grad(compiled))(2.0) == 12.0


def test_parameters_from_elsewhere_are_read_at_each_call():
    model = MLP(2, [3, 2], "tanh", rng=random.Random(0))
    compiled = compile(model)
    for seed in range(3):
        for i, parameter in enumerate(model.parameters()):
            parameter.data = math.sin(i + seed)
        assert pack_floats(compiled([0.5, -1.0])) == pack_floats(run_eagerly(model, [0.5, -1.0]))


def within_another(w):
    inner = compile(lambda x: x * w)
    return lambda x: x * inner(2.0)


READ_AGAIN = {
    "a result": lambda w: lambda x: [w, x * w],
    "a branch": lambda w: lambda x: x * w if w > 1 else x - w,
    "a function that is compiled, too": within_another,
    "a derivative": lambda w: grad(lambda x: w * x * x if x > w else x * w * w),
}


@pytest.mark.parametrize("name", READ_AGAIN)
def test_a_value_from_elsewhere_is_read_at_each_call(name):
    w = Value(2.0)
    function = READ_AGAIN[name](w)
    compiled = compile(function)
    for w.data in (2.0, 0.5, 4.0, 2.0):
        assert compiled(3.0) == read_numbers(function(3.0))


def test_a_node_from_elsewhere_is_not_frozen_differently():
    """One that was computed outside keeps its number, whatever becomes of its inputs."""
    w = Value(2.0)
    double = w * 2

    def function(x):
        return x * double

    compiled = compile(function)
    with pytest.warns(RuntimeWarning, match=r"can't use Value\(4.0, .*, computed outside of it"):
        assert compiled(1.0) == 4.0
    w.data = 5.0
    assert compiled(1.0) == run_eagerly(function, 1.0)
