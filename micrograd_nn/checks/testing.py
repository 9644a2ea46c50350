"""Hypothesis strategies and a check for those who test operations and networks of their own.

``check_operation(row)`` is one line for a new row; ``inputs_of`` and ``graphs`` are for tests
that you write yourself. All of it needs Hypothesis: ``pip install hypothesis``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..calculus import derivative, grad, hessian, jvp
from ..engine import forward
from ..engine.operation import Operation, Reduction
from ..engine.table import OPERATIONS
from ..engine.value import Value
from .gradcheck import gradcheck
from .samples import Expression, find_interval, is_near_kink, make_expression

try:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError("testing needs Hypothesis: pip install hypothesis") from error

Inputs = st.SearchStrategy[list[float]]
AGREEMENT = 1e-9  # the relative difference of two ways to one derivative that is rounding


def inputs_of(row: Operation, max_size: int = 6) -> Inputs:
    """Draw all inputs of a row, as its ``apply`` takes them, from its domain, away from kinks.

    >>> @given(inputs_of(OPERATIONS["log"]))
    ... def test_the_logarithm_of_a_square_is_twice_the_logarithm(inputs):
    ...     log, (x,) = OPERATIONS["log"], inputs
    ...     assert math.isclose(log(x * x), 2 * log(x), abs_tol=1e-15)
    >>> test_the_logarithm_of_a_square_is_twice_the_logarithm()

    A Reduction gets 1 to ``max_size`` of them. ``dot`` reads any count: the weights, as many
    inputs and, if the count is odd, a bias.
    """
    if isinstance(row, Reduction):
        drawn = st.lists(st.floats(*find_interval(row, 0)), min_size=1, max_size=max_size)
    else:
        drawn = st.tuples(*[st.floats(*bounds) for bounds in row.domain]).map(list)
    return drawn.filter(lambda inputs: not is_near_kink(row, inputs))


def graphs(
    max_size: int = 200, rows: Sequence[Operation] | None = None
) -> st.SearchStrategy[Expression]:
    """Draw a random differentiable function of 1 to 4 numbers, of at most ``max_size`` operations.

    It has shared nodes, constants and operations of many inputs, from the whole table or from
    the ``rows`` given. A failing one shrinks to a small one of the same seed.

    >>> @settings(max_examples=5)
    ... @given(graphs(max_size=20))
    ... def test_gradients(graph):
    ...     gradcheck(graph, graph.leaves).check()
    >>> test_gradients()
    """
    sizes = st.integers(min(2, max_size), max_size)  # of size 1, all are means
    return st.builds(make_expression, st.integers(0, 2**32), sizes, st.just(rows))


def check_operation(row: Operation, inputs: Inputs | None = None, *, examples: int = 20) -> None:
    """Check all that a row of the table promises, on inputs from its domain or those given.

    These are: the written form and the example, first and second derivatives against differences
    (from the sides at kinks), forward against reverse mode, constants among the inputs.

    >>> import math
    >>> from micrograd_nn import Operation
    >>> bell = Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out])
    >>> check_operation(bell)

    Whatever is wrong is an AssertionError that says what and where:

    >>> slope = Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -x * out])
    >>> try:
    ...     check_operation(slope)
    ... except AssertionError as error:
    ...     print(str(error).partition(" by the rules")[0])
    bell at [1.0]: 0 of 2 derivatives agree with differences
      x disagrees: -0.367879441
    """

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs_of(row) if inputs is None else inputs)
    def search(drawn: list[float]) -> None:
        for check in (check_forward, check_differences, check_modes):
            try:
                check(row, drawn)
            except Exception as error:
                kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
                raise AssertionError(f"{row.name} at {drawn}: {kind}{error}") from error

    search()


def expect(true: bool, told: str) -> None:
    """Raise an AssertionError unless true; an assert statement would be silent in python -O."""
    if not true:
        raise AssertionError(told)


def check_forward(row: Operation, inputs: list[float]) -> None:
    """Check that the forward rule gives a float, the written form the very same; the example."""
    out = row.apply(inputs)  # first, since its errors are in words
    gives = row.forward(*inputs)
    expect(type(gives) is float, f"the forward rule gives {gives!r}, not a float")
    given = {f"x{i}": x for i, x in enumerate(inputs)}
    text = row.written(*given)
    own = {} if row.name in OPERATIONS else {row.name: row}
    written = eval(text, {**OPERATIONS, **vars(math), **vars(forward), **own}, given)
    expect(written == out, f"written as {text} it gives {written!r}, the forward rule {out!r}")
    true = eval(row.example or "True", {**OPERATIONS, row.name: row}) is True
    expect(true, f"its example is not true: {row.example}")


def check_differences(row: Operation, inputs: list[float]) -> None:
    """Check first and second derivatives against differences, one-sided ones at the kinks."""
    many = isinstance(row, Reduction)
    for order, first in [(2, inputs[0]), *[(1, kink) for kink in row.kinks]]:
        point = [first, *inputs[1:]]
        gradcheck(row.apply if many else row, point if many else tuple(point), order).check()


def check_modes(row: Operation, inputs: list[float]) -> None:
    """Check that forward mode, and one input among constants, give what reverse mode gives."""
    slopes, curvature = grad(row.apply)(inputs), hessian(row.apply)(inputs)
    row.apply(values := [Value(x) for x in inputs]).backward()
    for i, x in enumerate(inputs):
        unit = [float(i == j) for j in range(len(inputs))]

        def apply_to_one(x: Any, i: int = i) -> Any:
            return row.apply([*inputs[:i], x, *inputs[i + 1 :]])

        by_i = [line[i] for line in curvature]
        moved = jvp(grad(row.apply), [inputs], [unit])[1]
        ways = [
            ("backward()", values[i].grad, slopes[i]),
            ("forward mode", jvp(row.apply, [inputs], [unit])[1], slopes[i]),
            ("a derivative with the others constant", derivative(apply_to_one)(x), slopes[i]),
            ("a second one with the others constant", derivative(apply_to_one, 2)(x), by_i[i]),
            *[("forward over reverse mode", *pair) for pair in zip(moved, by_i, strict=True)],
        ]
        for way, found, by_rules in ways:
            same = math.isclose(found, by_rules, rel_tol=AGREEMENT, abs_tol=AGREEMENT)
            expect(same, f"{way} gives {found!r} for input {i}, reverse mode {by_rules!r}")
