"""Compiled functions: what a trace can't follow is refused, and errors are the function's."""

import math
import re
import warnings
from collections import namedtuple
from fractions import Fraction
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from compiled import assert_same_calls, pack_floats, run_eagerly, run_on_numbers

from micrograd_nn import Constant, Operation, Value, compile, no_grad, steps
from micrograd_nn.calculus import (
    grad,
    gradients,
    jvp,
    vjp,
)
from micrograd_nn.checks.mistakes import AnomalyError, anomaly_detection, provenance
from micrograd_nn.engine import table as op
from micrograd_nn.languages.compiler.tracing import Trace, TraceError
from micrograd_nn.languages.compiler.variants import MOST_VARIANTS
from micrograd_nn.nn import Layer


def right_or_refused(function, *calls, by=run_eagerly):
    """Return whether it is refused in some call; each other call must give the right result."""
    compiled = compile(function)
    for arguments in calls:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                found = compiled(*arguments)
        except TypeError:
            return True
        assert pack_floats(found) == pack_floats(by(function, *arguments)), arguments
    return False


# Numbers that the function looks at


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * x.data,
        lambda x: (x * 2).data,
        lambda x: Value(x.data * 2),
        lambda x: x * getattr(x, "data"),  # noqa: B009
    ],
)
def test_looking_at_data_is_an_error_that_says_what_to_do(function):
    message = r"can't look at \.data: compare the Value itself .* use \.detach\(\)"
    with pytest.raises(TypeError, match=message):
        compile(function)(3.0)
    with pytest.raises(TraceError):
        compile(function)(3.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * 2 if x == 3 else x,
        lambda x: x * 2 if x == 3.0 else x,
        lambda x: x * 2 if x != 0.0 else x,
        lambda x: x * 2 if x * 2 == 6 else x,
        lambda x: x * 2 if x in [1.0, 2.0] else x,
        lambda x: x * [1.0, 3.0, 5.0].count(x),
        lambda x: x * 2 if x == Fraction(3) else x,
        lambda x: x * 2 if x == np.float32(3) else x,
        lambda x: x * 2 if np.float64(3) == x else x,
        lambda x: x * 2 if Fraction(3) == x else x,
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


def test_equality_where_a_value_may_be_meant_is_an_error_that_says_what_to_do():
    w = Value(3.0)
    for function in (
        lambda x: x * w if w == 3.0 else -w,
        lambda x: x if x * w == 9.0 else -x,
        lambda x: grad(lambda t: t * t if t == 3.0 else -t)(x),
        lambda x: x if x == w else -x,
    ):
        with pytest.raises(TypeError, match=r"can't ask whether a Value == .*: use <= and >="):
            compile(function)(3.0)


def test_no_grad_inside_is_an_error_that_says_what_to_do():
    def function(x):
        with no_grad():
            y = x * 2
        return y * x

    with pytest.raises(TypeError, match=r"can't use no_grad\(\): use \.detach\(\)"):
        compile(function)(3.0)


def test_no_grad_around_changes_nothing():
    compiled = compile(lambda x: x * x)
    with no_grad():
        assert [compiled(3.0), compiled(4.0)] == [9.0, 16.0]
    assert isinstance(compiled(Value(3.0)), Value)


def test_setting_data_is_an_error():
    def function(x):
        y = x * 2
        y.data = 5.0
        return y

    with pytest.raises(TypeError, match=r"can't set \.data: compute a new Value"):
        compile(function)(3.0)


def test_detach_works_and_changes_with_the_argument():
    assert_same_calls(lambda x: x.detach() * x + x.detach(), (3.0,), (4.0,))
    assert_same_calls(grad(lambda x: x.detach() * x), (3.0,), (4.0,), by=run_on_numbers)
    assert_same_calls(grad(lambda x: (x * x).detach() * x), (3.0,), (4.0,), by=run_on_numbers)
    assert_same_calls(
        lambda x: jvp(lambda t: t.detach() * t, (x,), (1.0,)), (3.0,), by=run_on_numbers
    )
    assert_same_calls(lambda x: x * 2 if x.detach() > 1 else x, (3.0,), (0.5,))
    assert compile(lambda x: x.detach())(-0.0) == 0.0


def by_backward(x):
    y = x * x * x
    y.backward()
    return y + x.grad


def by_gradients(x):
    return gradients(x * x * x, [x])[0] + x


def by_steps(x):
    return x * next(step.partial for step in steps(x * x))


def by_state(x):
    layer = Layer(1, 1, "linear")
    layer.neurons[0].w[0] = x
    return sum(layer.state().values())


LOOKS = {
    "backward()": by_backward,
    "partials": lambda x: x * (x * x).partials[0],
    "numbers": lambda x: x * (x * x).numbers[0],
    "gradients": by_gradients,
    "steps": by_steps,
    "a dual's number": lambda x: jvp(lambda t: t.data * t, (x,), (1.0,))[1],
    "a dual's format": lambda x: jvp(lambda t: t * len(f"{t:.0f}"), (x,), (1.0,))[1],
    "a model's state": lambda x: x * by_state(x),
    "a format": lambda x: x * len(f"{x:.0f}"),
    "a label": lambda x: [x, f"{x:.2f}"],
    "a dual's equality": lambda x: jvp(lambda t: t * t if t == 3.0 else -t, (x,), (1.0,))[1],
    "a set": lambda x: x * 2 if x in {1.0, 3.0} else x,
    "a dictionary": lambda x: x * {3.0: 2}.get(x, 1),
    "a copy": lambda x: x * __import__("copy").copy(x),
}


@pytest.mark.parametrize("name", LOOKS)
def test_what_depends_on_a_number_by_another_way_is_right_or_refused(name):
    """Never the number of the first call in all later ones."""
    right_or_refused(LOOKS[name], (3.0,), (1.0,), (12.0,))


RESULTS = {
    "a set": lambda x: {x * 2},
    "an object": lambda x: SimpleNamespace(y=x * 2),
    "a generator": lambda x: (x * i for i in range(3)),
    "a function": lambda x: lambda: x * 2,
    "an iterator": lambda x: iter([x, x * 2]),
    "a pullback": lambda x: vjp(lambda v: v * v, x),
    "keys": lambda x: {x: 1}.keys(),
    "an array": lambda x: np.array([x * 2, x], dtype=object),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_with_values_where_they_are_not_found_is_refused(name):
    """Else every call would give the first one's."""
    compiled = compile(RESULTS[name])
    with pytest.raises(TypeError):
        compiled(2.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: math.exp(x),
        lambda x: x if x else -x,
        lambda x: float(x),
        lambda x: x << 2,
        lambda x: x & 1,
        lambda x: [1, 2, 3][x],
        lambda x: Value(x),
    ],
)
def test_what_would_fail_on_a_value_fails_as_ever(function):
    with pytest.raises(TypeError) as own:
        function(Value(2.5))
    with pytest.raises(TypeError) as compiled:
        compile(function)(2.5)
    hidden = re.sub(r"Value\(.*\)", "Value(…)", str(own.value))
    assert str(compiled.value) in (str(own.value), hidden)


# Errors


def test_an_error_of_an_operation_is_the_functions():
    compiled = compile(lambda x: x.log())
    for _ in range(2):
        with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0"):
            compiled(-1.0)
        assert compiled(1.0) == 0.0
    quotient = compile(lambda x, y: x / y)
    assert quotient(1.0, 2.0) == 0.5
    with pytest.raises(ZeroDivisionError, match=r"x / y needs y != 0; x = 1.0, y = 0.0"):
        quotient(1.0, 0.0)


@pytest.mark.parametrize("order", [1, -1])
def test_a_value_without_a_derivative_is_a_value_whenever_it_is_asked_for(order):
    compiled = compile(lambda x: x.sqrt() + op.hypot(x, x) + x**0.5)
    numbers = [0.0, 4.0][::order]
    assert [compiled(x) for x in numbers] == [eager_without_graph(x) for x in numbers]


def eager_without_graph(x):
    with no_grad():
        return (Value(x).sqrt() + op.hypot(x, x) + Value(x) ** 0.5).data


def test_the_functions_own_errors_go_on_up_and_leave_no_trace():
    made = []

    def function(x):
        made.append(x * w)
        if x > 1:
            raise RuntimeError("too large")
        return made[-1]

    w = Value(2.0)
    compiled = compile(function)
    assert compiled(0.5) == 1.0
    for _ in range(2):
        with pytest.raises(RuntimeError, match="too large"):
            compiled(2.0)
    assert compiled(0.25) == 0.5
    assert {type(node) for node in [*made, w]} == {Value, Constant}  # some without recording
    assert made[-1].data == 0.5


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


def test_anomalies_are_found_within_a_compiled_function():
    def too_large(x):
        with anomaly_detection():
            return x * 1e300 * 1e300

    with pytest.raises(AnomalyError, match=r"x \* y is inf; x = 1e\+300, y = 1e\+300"):
        compile(too_large)(1.0)


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


# What can't be followed is not compiled, or refused


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def times(self, x):
        return x * self.factor

    @compile
    def compiled_times(self, x):
        return x * self.factor


def test_an_object_whose_attributes_change_is_not_frozen():
    by_argument = compile(lambda scale, x: scale.times(x))
    scale = Scale(2.0)
    before = by_argument(scale, 3.0), scale.compiled_times(3.0)
    scale.factor = 10.0
    assert (by_argument(scale, 3.0), scale.compiled_times(3.0)) == (30.0, 30.0)
    assert before == (6.0, 6.0)
    assert not by_argument.variants


def test_many_forms_leave_no_more_than_the_most_variants():
    f = compile(lambda x, name: x * 2)
    assert [f(1.0, str(i)) for i in range(200)] == [2.0] * 200
    assert len(f.variants) == MOST_VARIANTS
    assert repr(f) == f"<compiled <lambda>: {MOST_VARIANTS} programs, in Python>"


def test_a_graph_that_was_not_recorded_is_refused():
    x = Value(2.0)
    with no_grad():
        y = x * 3.0
    with pytest.raises(ValueError, match=r"Constant\(6.0\) depends on no input: was it recorded"):
        compile(y, inputs=[x])


def test_nothing_to_compile_is_refused():
    with pytest.raises(ValueError, match="a function or recorded Values, not an empty list"):
        compile([])


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ([Value(2.0)], r"needs a number, not a Value: \[p.data for p in …\]"),
        ({"w": 2.0}, "takes a list of numbers as its parameters, not a dict"),
        (2.0, "takes a list of numbers as its parameters, not a float"),
    ],
)
def test_parameters_that_are_no_list_of_numbers_are_told(parameters, told):
    w = Value(2.0, "w")
    with pytest.raises(TypeError, match=told):
        compile(w * w, parameters=[w])(parameters)


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
