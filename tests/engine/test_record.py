"""The fast ways to record do what ``record`` does, to the bit, for every row, whatever comes in."""

import math
import operator
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import searching

from micrograd_nn import OPERATIONS, Operation, Value
from micrograd_nn.checks.mistakes import provenance
from micrograd_nn.engine.operation import Reduction
from micrograd_nn.engine.setting import Observer, observed_by
from micrograd_nn.engine.table import mul
from micrograd_nn.engine.value import Constant, make_node, record

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
    "Value of a class of one's own": lambda x: Own(x),
}


OPERATORS = {
    name: getattr(operator, name)
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "abs")
}


class Own(Value):
    pass


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
        [any(x is y for y in inputs) for x in node.inputs],
        (node.operation, node.grad, node.label, node.passes, node.origin),
    )


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
@searching
@given(data=st.data())
def test_every_row_is_recorded_alike(row, data):
    count = data.draw(st.integers(1, 4)) if isinstance(row, Reduction) else len(row.inputs)
    kinds = [data.draw(st.sampled_from(list(KINDS))) for _ in range(count)]
    inputs = [KINDS[kind](data.draw(NUMBERS)) for kind in kinds]
    if any(isinstance(x, Value) for x in inputs):
        plainly = outcome(lambda inputs: make_node(row, inputs), inputs)
        assert outcome(lambda inputs: record(row, inputs), inputs) == plainly
        is_start_of_sum = row.name == "add" and type(inputs[0]) is int and inputs[0] == 0
        if row.name in OPERATORS and not is_start_of_sum:
            assert outcome(lambda inputs: OPERATORS[row.name](*inputs), inputs) == plainly
        assert outcome(row.apply, tuple(inputs)) == plainly
        with provenance():  # where all is recorded the plain way
            assert outcome(row.apply, inputs)[:3] == plainly[:3]


def test_a_derivative_may_look_at_numbers():
    assert (Value(math.nan) ** 0.0).partials == (0.0, None)
    assert (Value(-3.0) ** 2).partials == (-6.0, None)


def test_a_custom_operation_with_a_rule_that_branches():
    def rule(out, x):
        return 2.0 if x > 1 else 3.0

    kinked = Operation("kinked", lambda x: 2 * x if x > 1 else 3 * x - 1, [rule])
    assert [kinked(Value(x)).partials for x in (2.0, 0.5)] == [(2.0,), (3.0,)]


def test_a_custom_operation_that_gives_an_int():
    parity = Operation("parity", lambda x: int(x) % 2, [lambda out, x: 0])
    node = parity(Value(3.0))
    assert (type(node.data), node.data) == (float, 1.0)


def test_three_inputs():
    row = Operation(
        "blend",
        lambda node, out, operation: node * out + operation,
        [lambda r, a, b, c: b, lambda r, a, b, c: a, lambda r, a, b, c: 1.0],
        inputs=("node", "out", "lambda"),
    )
    inputs = Value(2.0), Value(3.0), Value(4.0)
    node = row(*inputs)
    assert (node.partials, node.numbers, node.inputs) == ((3.0, 2.0, 1.0), (2.0, 3.0, 4.0), inputs)
    assert row(inputs[0], 3.0, 4.0).partials == (3.0, None, None)
    node.backward()
    assert [x.grad for x in inputs] == [3.0, 2.0, 1.0]


@pytest.mark.parametrize("count", range(6))
def test_the_inputs_of_a_node_are_a_tuple_whatever_their_number(count):
    row = Reduction("total", lambda *xs: sum(xs, 0.0), lambda out, *xs: [1.0] * len(xs))
    inputs = tuple(Value(float(i)) for i in range(count))
    node = row(inputs)
    if count:
        assert node.inputs == inputs
        assert node.partials == (1.0,) * count
        assert node.numbers == tuple(map(float, range(count)))
        node.backward()
    assert [x.grad for x in inputs] == [1.0] * count


def test_observers_are_told_once_of_each_node():
    with provenance():
        node = Value(2.0) * 3.0
    assert node.origin.function == "test_observers_are_told_once_of_each_node"
    made = []

    class Counting(Observer):
        def made(self, node):
            made.append(node)

    x = Value(2.0)
    with observed_by(Counting()):
        y = x * 3.0
    assert made == [y.inputs[1], y]


@pytest.mark.parametrize("inputs", [(Value(1.0),), (Value(1.0),) * 3])
def test_no_wrong_number_of_inputs_is_recorded(inputs):
    with pytest.raises(TypeError):
        mul.apply(inputs)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(
    ("gives", "told"),
    [(None, "not a NoneType: is a return"), (1j, "not a complex"), ("2", "a str")],
)
def test_a_rule_that_gives_no_number_is_told(count, gives, told):
    rules = [lambda *given: 1.0] * (count - 1) + [lambda *given: gives]
    row = Operation("odd", lambda *xs: 1.0, rules, inputs=("x", "y", "z")[:count])
    with pytest.raises(TypeError, match=f"the derivative of odd needs a real number, .*{told}"):
        row(*[Value(2.0) for _ in range(count)])


def test_a_rule_of_a_reduction_that_gives_no_list_is_told():
    row = Reduction("odd", lambda *xs: 1.0, lambda out, *xs: None)
    with pytest.raises(TypeError, match="the derivative rule of odd gives a NoneType, not a list"):
        row([Value(2.0), 3.0])


@pytest.mark.parametrize("inputs", [(2.0,), (Value(2.0),), (2.0, 3.0), (Value(2.0), 3.0)])
@pytest.mark.parametrize("gives", [None, 1j, "2"])
def test_a_forward_rule_that_gives_no_number_is_told(inputs, gives):
    rules = [lambda out, *given: out * 2] * len(inputs)
    row = Operation("odd", lambda *given: gives, rules, inputs=("x", "y")[: len(inputs)])
    with pytest.raises(TypeError, match="the result of odd needs a real number, not a"):
        row(*inputs)


def test_rules_are_called_once_whatever_kind_of_number_they_give():
    calls = []
    row = Operation(
        "counted", lambda x: calls.append("forward") or 4,
        [lambda out, x: calls.append("rule") or 2],
    )  # fmt: skip
    node = row(Value(2.0))
    assert (calls, node.data, node.partials) == (["forward", "rule"], 4.0, (2.0,))
    assert {type(number) for number in (node.data, *node.partials)} == {float}
    assert type(row(2.0)) is type(row.apply([2.0])) is float


@pytest.mark.parametrize("rules", [lambda out, x: 1.0, [1.0], None])
def test_rules_that_are_no_list_of_functions_are_told(rules):
    with pytest.raises(TypeError, match="'f' needs a list of derivative rules, one a function"):
        Operation("f", lambda x: x, rules)


class Heard(Value):
    """A class of one's own that says what operating on it means."""

    __slots__ = ()

    @staticmethod
    def operate(operation, inputs):
        heard.append((operation.name, *inputs))
        return record(operation, inputs)


heard = []
OTHERS = {"number": 2.0, "Value": Value(2.0), "Constant": Constant(2.0), "Heard": Heard(2.0)}


@pytest.mark.parametrize("name", [name for name in OPERATORS if name not in ("neg", "abs")])
@pytest.mark.parametrize("kind", OTHERS)
def test_operators_and_functions_ask_the_first_operand_alike(name, kind):
    own, other = Heard(3.0), OTHERS[kind]
    for inputs in ((own, other), (other, own)):
        heard.clear()
        by_operator, told = OPERATORS[name](*inputs), [*heard]
        heard.clear()
        by_function = OPERATIONS[name](*inputs)
        assert told == heard
        assert bool(heard) == (inputs[0] is own or kind in ("number", "Heard"))
        assert (by_operator.data, by_operator.partials) == (by_function.data, by_function.partials)


@pytest.mark.parametrize("name", ["neg", "abs"])
def test_an_operator_of_one_operand_asks_it_as_a_function_does(name):
    own = Heard(3.0)
    heard.clear()
    assert OPERATORS[name](own).data == OPERATIONS[name](own).data
    assert heard == [(name, own), (name, own)]
