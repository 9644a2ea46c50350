"""Recorders do what ``record`` does, to the bit, for every row and whatever comes in."""

import copy
import linecache
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sizes import choose_size

from micrograd_nn import OPERATIONS, Operation, Value, no_grad
from micrograd_nn.compiler.recorder import recorder_of
from micrograd_nn.engine.operation import ARITHMETIC, Reduction
from micrograd_nn.engine.table import log, mul, pow
from micrograd_nn.engine.value import OFTEN, Constant, record
from micrograd_nn.mistakes import provenance

ROWS = [row for row in OPERATIONS.values() if not isinstance(row, Reduction)]
NUMBERS = st.one_of(
    st.floats(-4, 4),
    st.floats(),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 1e-320, 1e300, math.inf, math.nan]),
)
KINDS = {
    "Value": Value,
    "float": float,
    "int": lambda x: int(x) if math.isfinite(x) and abs(x) < 1e15 else x,
    "Constant": Constant,
    "edited to an int": lambda x: edited(x),
}


def edited(x):
    node = Value(0.0)
    node.data = int(x) if math.isfinite(x) and abs(x) < 1e15 else x
    return node


def bits(x):
    return x if x is None else "nan" if math.isnan(x) else struct.pack("d", x)


def outcome(apply, inputs):
    """Return all that can be seen of the node, or of the error."""
    try:
        node = apply(inputs)
    except (ArithmeticError, ValueError, TypeError) as error:
        return type(error), str(error)
    if isinstance(node, float):
        return bits(node)
    return (
        type(node),
        [[bits(x) for x in numbers] for numbers in ([node.data], node.partials, node.numbers)],
        [(type(x), bits(x.data)) for x in node.inputs],
        [x in inputs for x in node.inputs],
        (node.operation, node.grad, node.label, node.notes),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@settings(max_examples=choose_size(25, 100))
@given(data=st.data())
def test_every_row_is_recorded_alike(row, data):
    apply = recorder_of(row)
    kinds = [data.draw(st.sampled_from(list(KINDS))) for _ in row.inputs]
    inputs = tuple(KINDS[kind](data.draw(NUMBERS)) for kind in kinds)
    if any(isinstance(x, Value) for x in inputs):
        assert outcome(apply, inputs) == outcome(lambda inputs: record(row, inputs), inputs)
    assert outcome(apply, list(inputs)) == outcome(lambda i: Operation.apply(row, i), list(inputs))


def test_what_the_rules_look_at_is_not_frozen():
    """At x ** 0 the derivative is 0 whatever x is, which a formula for all y can't say."""
    apply = recorder_of(pow)
    assert apply((Value(math.nan), 0.0)).partials == (0.0, None)
    assert apply((Value(-3.0), 2)).partials == (-6.0, None)


def test_a_custom_operation_with_a_rule_that_branches():
    def rule(out, x):
        return 2.0 if x > 1 else 3.0

    kinked = Operation("kinked", lambda x: 2 * x if x > 1 else 3 * x - 1, [rule])
    apply = recorder_of(kinked)
    assert [apply((Value(x),)).partials for x in (2.0, 0.5)] == [(2.0,), (3.0,)]


def test_a_custom_operation_that_gives_an_int():
    parity = Operation("parity", lambda x: int(x) % 2, [lambda out, x: 0])
    node = recorder_of(parity)((Value(3.0),))
    assert (type(node.data), node.data) == (float, 1.0)


def test_three_inputs_and_names_that_clash():
    row = Operation(
        "blend",
        lambda node, out, operation: node * out + operation,
        [lambda r, a, b, c: b, lambda r, a, b, c: a, lambda r, a, b, c: 1.0],
        inputs=("node", "out", "lambda"),
    )
    inputs = Value(2.0), Value(3.0), Value(4.0)
    assert recorder_of(row)(inputs).partials == (3.0, 2.0, 1.0)
    assert recorder_of(row)((inputs[0], 3.0, 4.0)).partials == (3.0, None, None)


def test_an_operation_gets_its_recorder_when_it_is_used_often():
    square = Operation("square", lambda x: x * x, [lambda out, x: 2 * x])
    x = Value(3.0)
    for _ in range(OFTEN - 1):
        square(x)
    assert "apply" not in vars(square)
    square(x)
    assert "apply" in vars(square)
    assert "partials = (2.0 * x,)" in "".join(linecache.getlines(square.apply.__code__.co_filename))
    y = square(x)
    y.backward()
    assert (y.data, x.grad) == (9.0, 6.0)
    assert square(3) == 9.0
    assert copy.deepcopy(square) is square


def test_nothing_is_recorded_where_nothing_should_be():
    with no_grad():
        assert type(recorder_of(mul)((Value(2.0), Value(3.0)))) is Constant


def test_observers_are_told():
    with provenance():
        node = recorder_of(mul)((Value(2.0), Value(3.0)))
    assert node.origin.function == "test_observers_are_told"


def test_errors_are_those_of_the_row():
    with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -0.5 \(label 'p'\)"):
        recorder_of(log)((Value(-0.5, "p"),))


def test_a_recorder_takes_no_wrong_number_of_inputs():
    for inputs in ((Value(1.0),), (Value(1.0),) * 3):
        with pytest.raises((TypeError, *ARITHMETIC)):
            recorder_of(mul)(inputs)
