"""Compiled functions: numbers are equal as floats are, and errors are the function's."""

import math
from collections import namedtuple
from fractions import Fraction
from functools import partial

import pytest
from compiled import assert_same_calls, run_on_numbers

from micrograd_nn import Operation, Value, compile, no_grad
from micrograd_nn.calculus import grad, jvp
from micrograd_nn.checks.mistakes import AnomalyError, anomaly_detection, provenance
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler.tracing import Trace

# Numbers that the function looks at


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * 2 if x == 3 else x,
        lambda x: x * 2 if x == 3.0 else x,
        lambda x: x * 2 if x != 0.0 else x,
        lambda x: x * 2 if x * 2 == 6 else x,
        lambda x: x * 2 if x in [1.0, 2.0] else x,
        lambda x: x * [1.0, 3.0, 5.0].count(x),
        lambda x, three=Fraction(3): x * 2 if x == three else x,
        lambda x, three=Fraction(3): x * 2 if three == x else x,
        lambda x: x * 2 if x == "text" or x is None or x == [] else x * 3,
        lambda x: x * 2 if x == x else x * 3,
        lambda x: x * 2 if x - x == 0 else x * 3,
    ],
)
def test_numbers_are_equal_as_floats_are(function):
    calls = [(x,) for x in (3.0, 1.0, 0.0, -0.0, 2.0, 3.0, math.nan, math.inf)]
    assert_same_calls(function, *calls, by=run_on_numbers)


def test_arguments_are_equal_to_one_another_as_floats_are():
    pairs = (1.0, 1.0), (2.0, 1.0), (0.0, -0.0), (math.nan, math.nan)
    same = partial(assert_same_calls, by=run_on_numbers)
    same(lambda x, y: x * 2 if x == y else y * 3, *pairs)
    same(lambda x, y: [x + 1, y].count(y) * x, *pairs)
    same(lambda xs, y: xs.index(y), ([1.0, 2.0, 3.0], 3.0), ([4.0, 4.0, 4.0], 4.0))
    same(
        lambda found, wanted: sum(x == y for x, y in zip(found, wanted, strict=True)),
        ([1.0, 2.0, 3.0], [1.0, 0.0, 3.0]), ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),
    )  # fmt: skip


def test_no_grad_around_changes_nothing():
    compiled = compile(lambda x: x * x)
    with no_grad():
        assert [compiled(3.0), compiled(4.0)] == [9.0, 16.0]
    assert isinstance(compiled(Value(3.0)), Value)


def test_detach_works_and_changes_with_the_argument():
    assert_same_calls(lambda x: x.detach() * x + x.detach(), (3.0,), (4.0,))
    assert_same_calls(grad(lambda x: x.detach() * x), (3.0,), (4.0,), by=run_on_numbers)
    assert_same_calls(grad(lambda x: (x * x).detach() * x), (3.0,), (4.0,), by=run_on_numbers)
    assert_same_calls(
        lambda x: jvp(lambda t: t.detach() * t, (x,), (1.0,)), (3.0,), by=run_on_numbers
    )
    assert_same_calls(lambda x: x * 2 if x.detach() > 1 else x, (3.0,), (0.5,))
    assert compile(lambda x: x.detach())(-0.0) == 0.0


# Errors


def test_an_error_of_an_operation_is_the_functions():
    compiled = compile(lambda x: x.log())
    for _ in range(2):
        with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0"):
            compiled(-1.0)
        assert compiled(1.0) == 0.0
    quotient = compile(lambda x, y: x / y)
    assert quotient(1.0, 2.0) == 0.5
    with pytest.raises(ZeroDivisionError, match=r"^float division by zero$"):
        quotient(1.0, 0.0)


@pytest.mark.parametrize("order", [1, -1])
def test_a_value_without_a_derivative_is_a_value_whenever_it_is_asked_for(order):
    compiled = compile(lambda x: x.sqrt() + op.hypot(x, x) + x**0.5)
    numbers = [0.0, 4.0][::order]
    assert [compiled(x) for x in numbers] == [eager_without_graph(x) for x in numbers]


def eager_without_graph(x):
    with no_grad():
        return (Value(x).sqrt() + op.hypot(x, x) + Value(x) ** 0.5).data


def test_a_whole_number_that_is_no_index_keeps_its_error():
    with pytest.raises(TypeError, match=r"can only concatenate|unsupported operand"):
        compile(lambda n: n + "text")(3)


def test_anomalies_are_found_in_a_compiled_function_too():
    compiled = compile(lambda x: x * 1e300 * 1e300)
    assert compiled(1.0) == math.inf
    with anomaly_detection(), pytest.raises(AnomalyError):
        compiled(1.0)
    assert compiled(1.0) == math.inf
    with anomaly_detection():
        assert compile(lambda x: x * 2)(1.0) == 2.0


def test_a_derivative_of_no_argument_is_a_number_within_a_compiled_function():
    assert_same_calls(lambda x: x * grad(lambda t: t * t * t)(2.0), (3.0,), (1.0,))


def test_an_error_within_duals_of_duals_tells_the_number():
    def slope(x):
        return jvp(lambda t: jvp(lambda u: (u * -1.0).log(), (t,), (1.0,))[1], (x,), (1.0,))[1]

    for function in (slope, compile(slope)):
        with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -3.0"):
            function(3.0)


def test_provenance_is_of_the_functions_lines():
    with provenance():
        trace = Trace(lambda x: x * 2, [1.0], [0])
    assert trace.result.origin.file == __file__


# A trace


def test_a_trace_keeps_results_and_comparisons_and_leaves_ordinary_values():
    trace = Trace(lambda x, y: [x * y if x > 0 else y, "text"], [3.0, 2.0], [0, 1])
    assert [x.data for x in trace.inputs] == [3.0, 2.0]
    assert [y.data for y in trace.outputs] == [6.0]
    assert trace.result[1] == "text"
    assert {type(x) for x in (*trace.inputs, *trace.outputs)} == {Value}
    ((how, other, outcome),) = trace.branches[trace.inputs[0]]
    assert (how, float(other), outcome) == (">", 0.0, True)


def test_custom_operations_compile_in_functions():
    bell = Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out])
    assert_same_calls(lambda x: bell(x) * 2, (0.5,), (-1.0,))
    assert_same_calls(grad(grad(bell)), (0.5,), (-1.0,), by=run_on_numbers)


# Forms, and recorded graphs


def test_a_graph_that_was_not_recorded_is_refused():
    x = Value(2.0)
    with no_grad():
        y = x * 3.0
    with pytest.raises(ValueError, match=r"Constant\(6.0\) depends on no input: was it recorded"):
        compile(y, inputs=[x])


def test_a_program_says_how_large_it_is():
    w = Value(2.0, "w")
    assert repr(compile(w * w, parameters=[w])) == "<program of 1 parameters and 0 inputs, 2 nodes>"


def test_tuples_of_one_name_and_other_fields_are_told_apart():
    one, other = namedtuple("P", "x y"), namedtuple("P", "y x")
    f = compile(lambda p: p.x - p.y)
    assert (f(one(5.0, 2.0)), f(other(5.0, 2.0))) == (3.0, -3.0)


@pytest.mark.parametrize("earlier", [0, 1])
def test_an_index_is_one_where_each_node_is_looked_at_too(earlier):
    compiled = compile(lambda x, i: [x, x * 2][i])
    for _ in range(earlier):
        assert compiled(3.0, 1) == 6.0
    with anomaly_detection():
        assert (compiled(3.0, 1), compiled(3.0, 0)) == (6.0, 3.0)
