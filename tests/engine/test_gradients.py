"""Every derivative in the table, and those of whole graphs, against independent mathematics.

The checks are functions of a row, so that the last part of this file can hand them rows that
are wrong on purpose and see each one caught.
"""

import itertools
import math
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from oracle import EXACT, FLOOR, ORACLE, differentiate_exactly, is_close
from strategies import (
    EXAMPLES,
    every_row,
    for_every_row,
    graphs,
    inputs_of,
    make_expression,
    searching,
    searching_derivatives,
)

from micrograd_nn import OPERATIONS, Operation, Reduction, Value, nodes
from micrograd_nn.checks.exact import compute_exactly
from micrograd_nn.checks.selfcheck import draw_point
from micrograd_nn.engine import forward
from micrograd_nn.engine import table as op

# Central differences of floats are good to about h² plus 1e-16 / h.
H = 1e-5
ROUGH = 1e-6


def check_forward(row, exact, inputs):
    """Check that the forward rule is the function that the row's name promises."""
    assert is_close(row.apply(inputs), compute_exactly(exact, inputs), EXACT, FLOOR)


# The written form stands on math and forward; abs, max, min (which Python has, too, with other
# answers for nan) are the table's own.
NAMESPACE = {**OPERATIONS, **vars(math), **vars(forward)}


def check_written(row, exact, inputs):
    """Check that the written form, run as Python, gives what the forward rule gives."""
    names = [f"x{i}" for i in range(len(inputs))]
    result = eval(row.written(*names), dict(NAMESPACE), dict(zip(names, inputs, strict=True)))
    assert result == row.apply(inputs)


def first_partials(row, inputs):
    out = row.apply(inputs)
    partials = row.local_partials(out, inputs)
    assert len(partials) == len(inputs), "a partial for each input"
    return partials


def second_partials(row, inputs, constant=frozenset()):
    """Return ∂²out/∂i∂j of floats: the partial rules run on Values, then backward passes.

    Inputs at ``constant`` positions stay numbers, and by them there is no derivative.
    """
    wanted = [i not in constant for i in range(len(inputs))]
    table = []
    for i in range(len(inputs)):
        mixed = [Value(x) if needed else x for x, needed in zip(inputs, wanted, strict=True)]
        partial = row.local_partials(row.apply(mixed), mixed, wanted)[i]
        assert (partial is not None) == wanted[i]
        if isinstance(partial, Value):  # else a number, which depends on nothing
            partial.backward()
        table.append([getattr(x, "grad", None) or 0.0 for x in mixed])
    return table


def moved(inputs, position, by):
    return [x + by if i == position else x for i, x in enumerate(inputs)]


def check_first_by_differences(row, exact, inputs):
    for i, partial in enumerate(first_partials(row, inputs)):
        slope = (row.apply(moved(inputs, i, H)) - row.apply(moved(inputs, i, -H))) / (2 * H)
        assert is_close(partial, slope, ROUGH, 1.0), f"∂/∂{i}"


def check_second_by_differences(row, exact, inputs):
    second = second_partials(row, inputs)
    for j in range(len(inputs)):
        above = first_partials(row, moved(inputs, j, H))
        below = first_partials(row, moved(inputs, j, -H))
        for i in range(len(inputs)):
            slope = (above[i] - below[i]) / (2 * H)
            assert is_close(second[i][j], slope, ROUGH, 1.0), f"∂²/∂{i}∂{j}"


def check_first_exactly(row, exact, inputs):
    for i, partial in enumerate(first_partials(row, inputs)):
        assert is_close(partial, compute_exactly(exact, inputs, i), EXACT, FLOOR), f"∂/∂{i}"


def check_second_exactly(row, exact, inputs, constant=frozenset()):
    second = second_partials(row, inputs, constant)
    varied = [i for i in range(len(inputs)) if i not in constant]
    for i, j in itertools.combinations_with_replacement(varied, 2):
        expected = compute_exactly(exact, inputs, i, j)
        assert is_close(second[i][j], expected, EXACT, FLOOR), f"∂²/∂{i}∂{j}"
        assert is_close(second[j][i], expected, EXACT, FLOOR), f"∂²/∂{j}∂{i}"


def check_backward(row, exact, inputs):
    """Check that backward() through one node gives the row's partials."""
    values = [Value(x) for x in inputs]
    row.apply(values).backward()
    assert [x.grad for x in values] == list(first_partials(row, inputs))


CHECKS = [
    check_forward,
    check_written,
    check_first_by_differences,
    check_first_exactly,
    check_second_by_differences,
    check_second_exactly,
    check_backward,
]


def test_the_oracle_covers_the_whole_table():
    assert set(ORACLE) == set(OPERATIONS)


@for_every_row
@searching_derivatives
@given(data=st.data())
def test_a_row_and_its_derivatives_agree_with_differences_and_60_digits(row, data):
    inputs = data.draw(inputs_of(row, max_size=5))
    for check in CHECKS:
        check(row, ORACLE[row.name], inputs)


@pytest.mark.parametrize(
    "row", [row for row in every_row if row.inputs != ("x",)], ids=lambda row: row.name
)
@searching_derivatives
@given(data=st.data())
def test_second_derivatives_with_some_inputs_constant_agree_with_60_digits(row, data):
    inputs = data.draw(inputs_of(row, max_size=4))
    positions = st.integers(0, len(inputs) - 1)
    constant = data.draw(st.frozensets(positions, max_size=len(inputs) - 1))
    check_second_exactly(row, ORACLE[row.name], inputs, constant)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "gelu", "erfc", "elu", "expm1"])
@searching_derivatives
@given(x=st.floats(-25, -3))
def test_small_derivatives_in_the_tails_keep_their_relative_precision(name, x):
    """Beyond the domains above, where FLOOR would hide a derivative of 1e-20 that came out as 0."""
    x = -x if name == "erfc" else x
    value = Value(x)
    out = OPERATIONS[name](value)
    out.backward()
    exact = compute_exactly(lambda x: ORACLE[name](x, *OPERATIONS[name].defaults), [x], 0)
    assert is_close(value.grad, exact, EXACT, 0.0)


# Whole graphs


def gradients(graph, of=lambda root: root):
    """Return a graph's result and gradients by backward(), or those of a function of the result."""
    values = [Value(x) for x in graph.leaves]
    root = of(graph(values))
    root.backward()
    return root.data, [x.grad for x in values]


@searching_derivatives
@given(graph=graphs(max_size=250))
def test_gradients_of_random_graphs_agree_with_differences_of_60_digits(graph):
    result, slopes = gradients(graph)
    assert is_close(result, differentiate_exactly(graph), 1e-11, 1.0)
    for i, slope in enumerate(slopes):
        # Graphs of 250 nodes add up and magnify their roundings: 1e-12 is for single rows.
        assert is_close(slope, differentiate_exactly(graph, i), 1e-10, 1.0)


def test_random_graphs_have_shared_nodes_constants_many_inputs_and_hundreds_of_nodes():
    """Of a few together, since a new row of the table changes what a seed gives."""
    found = [make_expression(seed=seed, size=200) for seed in range(5)]
    given = [a for graph in found for row, arguments in graph.lines for a in arguments]
    assert any(type(a) is float for a in given)
    assert any(len(arguments) > 3 for graph in found for row, arguments in graph.lines)
    graph = max(found, key=lambda graph: len(nodes(graph([Value(x) for x in graph.leaves]))))
    assert len(nodes(graph([Value(x) for x in graph.leaves]))) > 200
    places = [a for row, arguments in graph.lines for a in arguments if type(a) is int]
    assert len(set(places)) < len(places)


@searching_derivatives
@given(graph=graphs(max_size=20), seed=st.integers(0, 2**32))
def test_the_gradient_obeys_the_chain_rule(graph, seed):
    """With each row as the outer function, and the graph moved into its domain as the inner."""
    result, slopes = gradients(graph)
    rng = Random(seed)
    for row in every_row:
        inputs = draw_point(row, rng)
        position = rng.randrange(len(inputs))

        def outer(root, row=row, inputs=inputs, position=position):
            shifted = root - result + inputs[position]  # exactly inputs[position]
            return row.apply([shifted if i == position else x for i, x in enumerate(inputs)])

        _, total = gradients(graph, of=outer)
        partial = first_partials(row, inputs)[position]
        for found, slope in zip(total, slopes, strict=True):
            assert is_close(found, partial * slope, 1e-12, 1.0), row.name


# Tests of the tests: a row that is wrong must be caught.


def verify(check, row, exact):
    """Run a check on a row as the tests above do, on inputs drawn from its domain."""

    @settings(
        searching,
        max_examples=max(50, EXAMPLES),
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate],
    )
    @given(inputs=inputs_of(row, max_size=5))
    def run(inputs):
        check(row, exact, inputs)

    run()


def by_number(rule):
    """Freeze a rule at the numbers it is given, as a Python `if` or an early `.data` would."""
    return lambda *args: rule(*[getattr(x, "data", x) for x in args])


# A kink's derivative with a derivative of its own, which is wrong.
slanted_step = Operation("step", forward.step, [lambda out, x: 1.0], kinks=(0.0,))

WRONG_FIRST = {
    "tanh' = 1 - out": Operation("tanh", math.tanh, [lambda out, x: 1 - out]),
    "sin' = -cos": Operation("sin", math.sin, [lambda out, x: -op.cos(x)]),
    "|x|' = 1": Operation("abs", abs, [lambda out, x: 1.0], kinks=(0.0,)),
    "erf' without its factor": Operation("erf", math.erf, [lambda out, x: op.exp(-x * x)]),
    "sub' without its minus": Operation(
        "sub", lambda x, y: x - y, [lambda out, x, y: 1.0] * 2, inputs=("x", "y")
    ),
    "truediv' with its rules swapped": Operation(
        "truediv",
        lambda x, y: x / y,
        [lambda out, x, y: -out / y, lambda out, x, y: 1 / y],
        inputs=("x", "y"),
        domain=((-3.0, 3.0), (0.2, 4.0)),
    ),
    "dot' in the wrong order": Reduction(
        "dot",
        forward.dot,
        lambda out, *factors: (list(factors[:-1]) + [1.0] * (1 + len(factors)))[: len(factors)],
    ),
    "prod' in the wrong order": Reduction(
        "prod", forward.product, lambda out, *xs: op.products_of_others(xs)[::-1]
    ),
    "mean' without its divisor": Reduction("mean", forward.mean, lambda out, *xs: [1.0] * len(xs)),
    "sum' of the first value only": Reduction(
        "sum", forward.total, lambda out, *xs: [1.0, *[0.0] * (len(xs) - 1)]
    ),
    "max' for everybody": Reduction("max", forward.maximum, lambda out, *xs: [1.0] * len(xs)),
}

WRONG_SECOND = {
    "tanh'' frozen at a number": Operation(
        "tanh", math.tanh, [by_number(lambda out, x: 1 - out * out)]
    ),
    "tanh'' with the flow through out cut": Operation(
        "tanh", math.tanh, [lambda out, x: 1 - out * getattr(out, "data", out)]
    ),
    "relu'' of a slanted step": Operation(
        "relu", forward.relu, [lambda out, x: slanted_step(x)], kinks=(0.0,)
    ),
    "mul'' without its mixed part": Operation(
        "mul",
        lambda x, y: x * y,
        [by_number(lambda out, x, y: y), by_number(lambda out, x, y: x)],
        inputs=("x", "y"),
    ),
    "truediv'' with one mixed part cut": Operation(
        "truediv",
        lambda x, y: x / y,
        [by_number(lambda out, x, y: 1 / y), lambda out, x, y: -out / y],
        inputs=("x", "y"),
        domain=((-3.0, 3.0), (0.2, 4.0)),
    ),
    "logsumexp'' frozen at numbers": Reduction(
        "logsumexp",
        forward.logsumexp,
        lambda out, *xs: [math.exp(getattr(x, "data", x) - getattr(out, "data", out)) for x in xs],
    ),
}

WRONG_FORWARD = {
    "sinh is cosh": Operation("sinh", math.cosh, [lambda out, x: op.sinh(x)]),
    "gelu by its tanh approximation": Operation(
        "gelu",
        lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        [lambda out, x: 0.0],
    ),
    "mean by the wrong count": Reduction(
        "mean", lambda *xs: sum(xs) / (len(xs) + 1), lambda out, *xs: [1.0] * len(xs)
    ),
}

WRONG_WRITTEN = {
    "add written as a difference": Operation(
        "add",
        lambda x, y: x + y,
        [lambda out, x, y: 1.0] * 2,
        inputs=("x", "y"),
        python="{0} - {1}",
    ),
    "atan2 written in the order of hypot": Operation(
        "atan2",
        math.atan2,
        [lambda out, y, x: 0.0] * 2,
        inputs=("y", "x"),
        python="atan2({1}, {0})",
    ),
    "sum written as a product": Reduction(
        "sum", forward.total, lambda out, *xs: [1.0] * len(xs), joiner=" * "
    ),
}


def caught(check, row):
    with pytest.raises(AssertionError):
        verify(check, row, ORACLE[row.name])


def each(rows):
    return pytest.mark.parametrize("row", rows.values(), ids=rows)


@pytest.mark.parametrize("check", [check_first_by_differences, check_first_exactly])
@each(WRONG_FIRST)
def test_a_wrong_first_derivative_is_caught(check, row):
    caught(check, row)


@pytest.mark.slow
@pytest.mark.parametrize("check", [check_second_by_differences, check_second_exactly])
@each(WRONG_SECOND)
def test_a_wrong_second_derivative_is_caught_where_the_first_is_right(check, row):
    verify(check_first_exactly, row, ORACLE[row.name])
    caught(check, row)


@each(WRONG_FORWARD)
def test_a_wrong_forward_rule_is_caught(row):
    caught(check_forward, row)


@each(WRONG_WRITTEN)
def test_a_wrong_written_form_is_caught(row):
    caught(check_written, row)


@pytest.mark.parametrize("error", [1e-11, 1e-9])
def test_an_error_too_small_for_differences_is_caught_by_60_digits(error):
    row = Operation("exp", math.exp, [lambda out, x: out * (1 + error)])
    verify(check_first_by_differences, row, ORACLE["exp"])
    caught(check_first_exactly, row)
    caught(check_second_exactly, row)


def test_a_row_without_a_mistake_passes_every_check():
    row = Operation("tanh", math.tanh, [lambda out, x: 1 - out * out])
    for check in CHECKS:
        verify(check, row, ORACLE["tanh"])
