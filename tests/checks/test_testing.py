"""The strategies draw what they promise; the check of a row passes it or names what is wrong."""

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import every_row, searching

from micrograd_nn import Constant, Operation, Reduction, Value, nodes
from micrograd_nn.calculus import dual
from micrograd_nn.checks.samples import make_expression
from micrograd_nn.checks.testing import check_operation, graphs, inputs_of
from micrograd_nn.engine import table as op

for_every_row = pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)


# Strategies


@pytest.mark.slow
@for_every_row
@searching
@given(data=st.data())
def test_inputs_are_in_the_domain_and_away_from_kinks(row, data):
    inputs = data.draw(inputs_of(row, max_size=4))
    assert 1 <= len(inputs) <= 4 if isinstance(row, Reduction) else len(inputs) == len(row.inputs)
    domain = row.domain * len(inputs) if isinstance(row, Reduction) else row.domain
    assert all(low <= x <= high for x, (low, high) in zip(inputs, domain, strict=False))
    assert all(abs(inputs[0] - kink) >= 0.01 for kink in row.kinks)
    if row.name in ("max", "min", "equal"):
        assert all(abs(x - y) >= 0.01 for i, x in enumerate(inputs) for y in inputs[:i])


@searching
@given(data=st.data(), size=st.integers(1, 30))
def test_graphs_are_functions_of_a_list_of_numbers_of_at_most_so_many_operations(data, size):
    graph = data.draw(graphs(max_size=size))
    assert 1 <= len(graph.lines) <= size
    assert 1 <= len(graph.leaves) <= 4
    result = graph(graph.leaves)
    assert type(result) is float
    leaves = [Value(x) for x in graph.leaves]
    root = graph(leaves)
    assert root.data == result
    found = [node for node in nodes(root) if not isinstance(node, Constant)]
    assert set(leaves) <= set(found)
    assert len(found) <= len(graph.leaves) + size


def test_a_seed_and_a_size_make_a_graph():
    assert make_expression(seed=1, size=50) == make_expression(seed=1, size=50)
    assert make_expression(seed=1, size=50) != make_expression(seed=2, size=50)
    assert {len(make_expression(seed, 1).lines) for seed in range(50)} == {1}


def test_graphs_have_shared_nodes_constants_and_every_row():
    drawn = [make_expression(seed, 100) for seed in range(50)]
    assert {row for graph in drawn for row, _ in graph.lines} == set(every_row)
    for graph in drawn:
        assert len(graph.lines) > 90
        places = [a for _, arguments in graph.lines for a in arguments if type(a) is int]
        assert len(places) > len(set(places))
        assert any(type(a) is float for _, arguments in graph.lines for a in arguments)
        assert any(len(arguments) > 3 for _, arguments in graph.lines)


@pytest.mark.parametrize("size", [20, 200])
def test_graphs_stay_well_conditioned(size):
    for seed in range(50):
        graph = make_expression(seed, size)
        leaves = [Value(x) for x in graph.leaves]
        root = graph(leaves)
        root.backward()
        assert max(abs(x) for x in [root.data, *[leaf.grad for leaf in leaves]]) < 100


bell = Operation(
    "bell",
    lambda x: math.exp(-x * x),
    [lambda out, x: -2 * x * out],
    python="exp(-{0} * {0})",
    example="bell(0) == 1.0",
)


def test_graphs_can_be_of_rows_of_ones_own():
    drawn = [make_expression(seed, 20, rows=[bell, op.add]) for seed in range(20)]
    used = {row for graph in drawn for row, _ in graph.lines}
    assert {bell, op.add} <= used <= {bell, op.add, op.mul, op.mean}

    @settings(max_examples=5)
    @given(graphs(max_size=9, rows=[bell]))
    def run(graph):
        assert any(row is bell for row, _ in graph.lines) or len(graph.lines) == 1

    run()


def test_a_row_whose_domain_is_never_met_makes_no_endless_search():
    far = Operation("far", lambda x: x, [lambda out, x: 1.0], domain=((100.0, 101.0),))
    assert make_expression(1, 20, rows=[far]).lines


# The check of a row: right ones


@pytest.mark.slow
@for_every_row
def test_every_row_of_the_table_passes(row):
    check_operation(row, examples=10)


def root_mean_square(*xs):
    return math.sqrt(sum(x * x for x in xs) / len(xs))


CUSTOM = {
    "one input": bell,
    "two inputs": Operation(
        "gap", lambda x, y: (x - y) ** 2,
        [lambda out, x, y: 2 * (x - y), lambda out, x, y: 2 * (y - x)],
        inputs=("x", "y"), python="({0} - {1}) ** 2",
    ),
    "a kink": Operation(
        "ramp", lambda x: max(x - 1.0, 0.0), [lambda out, x: op.step(x - 1)], kinks=(1.0,)
    ),
    "a jump": Operation("floor", lambda x: float(math.floor(x)), [lambda out, x: 0.0],
        kinks=(-2.0, -1.0, 0.0, 1.0, 2.0), domain=((-2.5, 2.5),)),
    "a default": Operation(
        "scaled", lambda x, a: x * a, [lambda out, x, a: a, lambda out, x, a: x],
        inputs=("x", "a"), defaults=(2.0,), example="scaled(3) == 6.0",
    ),
    "many inputs": Reduction(
        "rms", root_mean_square, lambda out, *xs: [x / (len(xs) * out) for x in xs],
        domain=((0.1, 2.0),),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("row", CUSTOM.values(), ids=CUSTOM)
def test_a_custom_row_that_is_right_passes(row):
    check_operation(row)


def test_a_custom_row_can_be_checked_on_inputs_of_ones_own():
    seen = []

    def forward(x):
        seen.append(x)
        return math.log(x)

    row = Operation("ln", forward, [lambda out, x: 1 / x])
    check_operation(row, st.tuples(st.floats(1e3, 1e6)).map(list), examples=5)
    assert min(seen) > 100
    with pytest.raises(
        AssertionError, match=r"ln at \[.*\]: ValueError: ln\(x\) failed: math domain"
    ):
        check_operation(row)  # whose domain, -3 to 3, is wrong


# Wrong ones


def sine(rule, **rest):
    return Operation("sine", rest.pop("forward", math.sin), [rule], **rest)


def product(*rules):
    return Operation("product", lambda x, y: x * y, rules, inputs=("x", "y"))


def data_of(x):
    return getattr(x, "data", x)


WRONG = {
    "sign": (sine(lambda out, x: -op.cos(x)), "x disagrees: "),
    "factor": (sine(lambda out, x: 1.001 * op.cos(x)), "x disagrees: "),
    "second alone": (sine(lambda out, x: math.cos(data_of(x))), "x, x disagrees: 0 by the rules"),
    "swapped": (product(lambda out, x, y: x, lambda out, x, y: y), "x disagrees: "),
    "mixed second": (
        product(lambda out, x, y: y, lambda out, x, y: data_of(x)),
        "y, x disagrees: ",
    ),
    "one too few of many": (
        Reduction("total", lambda *xs: sum(xs), lambda out, *xs: [1.0] * (len(xs) - 1)),
        "its rule gives 0 for 1 inputs",
    ),
    "not on Values": (
        sine(lambda out, x: math.cos(x)),
        "TypeError: float(v), round(v), math.exp",
    ),
    "not on floats": (sine(lambda out, x: x.cos()), "AttributeError: 'float' object has no"),
    "whole number": (sine(op.cos, forward=lambda x: 1), "the forward rule gives 1, not a float"),
    "written otherwise": (
        Operation("double", lambda x: 2 * x, [lambda out, x: 2.0], python="{0} + 2.0"),
        "written as x0 + 2.0 it gives 2.0, the forward rule 0.0",
    ),
    "written in unknown terms": (
        Operation("double", lambda x: 2 * x, [lambda out, x: 2.0], python="twice({0})"),
        "NameError: name 'twice' is not defined",
    ),
    "example": (
        Operation("double", lambda x: 2 * x, [lambda out, x: 2.0], example="double(2) == 5.0"),
        "its example is not true: double(2) == 5.0",
    ),
    "at the kink": (
        Operation(
            "ramp",
            lambda x: max(x, 0.0),
            [lambda out, x: op.step(x) + 2 * op.equal(x, 0.0)],
            kinks=(0.0,),
        ),
        "0 from the left, 1 from the right",
    ),
    "constants": (
        Operation(
            "power",
            lambda x, y: x * x * y,
            [
                lambda out, x, y: 2 * (x if type(x) is type(y) else data_of(x)) * y,
                lambda out, x, y: x * x,
            ],
            inputs=("x", "y"),
        ),
        "a second one with the others constant gives 0.0 for input 0",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("row", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_caught_and_named(row, told):
    with pytest.raises(AssertionError) as caught:
        check_operation(row)
    assert str(caught.value).startswith(f"{row.name} at [")
    assert told in str(caught.value)


def test_a_wrong_forward_mode_is_caught(monkeypatch):
    times = dual.times
    monkeypatch.setattr(dual, "times", lambda x, y: times(times(x, y), 1.001))
    with pytest.raises(AssertionError, match=r"sine at .*: forward mode gives .* for input 0, "):
        check_operation(sine(lambda out, x: op.cos(x)))


def test_a_wrong_backward_is_caught(monkeypatch):
    def backward(self):
        for node in nodes(self):
            node.grad = 1.0

    monkeypatch.setattr(Value, "backward", backward)
    with pytest.raises(AssertionError, match=r"sine at .*: backward\(\) gives 1.0 for input 0, "):
        check_operation(sine(lambda out, x: op.cos(x)))


def test_the_smallest_failing_inputs_are_told_and_the_same_each_time():
    row = Operation("ramp", lambda x: max(x, 1.0), [lambda out, x: 0.0], kinks=(1.0,))
    told = []
    for _ in range(2):
        with pytest.raises(AssertionError) as caught:
            check_operation(row, examples=100)
        told.append(str(caught.value))
    assert told[0] == told[1]
    assert told[0].startswith("ramp at [2.0]: ")


def test_checks_are_not_silenced_by_python_without_asserts():
    program = (
        "import math\n"
        "from micrograd_nn import Operation\n"
        "from micrograd_nn.checks.testing import check_operation\n"
        "check_operation(Operation('sine', math.sin, [lambda out, x: 1.0]))"
    )
    done = subprocess.run([sys.executable, "-O", "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert "AssertionError: sine at [" in done.stderr


def test_without_hypothesis_the_error_says_what_to_install():
    program = "import sys; sys.modules['hypothesis'] = None; import micrograd_nn.checks.testing"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ImportError: testing needs Hypothesis: pip install hypothesis"
    )
