"""The 60-digit functions that selfcheck measures by agree with mpmath, which is independent."""

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import ORACLE

from micrograd_nn import OPERATIONS
from micrograd_nn.checks import exact

NAMES = [
    name
    for name in exact.FUNCTIONS
    if name not in ("max", "min", "equal", "step", "sign", "choose")
]


def test_every_row_of_the_table_has_an_exact_function():
    assert set(exact.FUNCTIONS) == set(OPERATIONS)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_function_agrees_with_mpmath_to_50_digits(name, data):
    row = OPERATIONS[name]
    intervals = row.domain if len(row.domain) == len(row.inputs) > 1 else row.domain * 3
    count = len(row.inputs) if row.inputs != ("values",) else 3
    point = [data.draw(st.floats(low, high)) for low, high in intervals[:count]]
    with mpmath.workdps(60):
        theirs = mpmath.mpf(ORACLE[name](*map(mpmath.mpf, point)))
        ours = mpmath.mpf(str(exact.compute_value(exact.FUNCTIONS[name], point)))
        assert abs(ours - theirs) <= mpmath.mpf(10) ** -50 * max(1, abs(theirs))


def test_slopes_are_right_to_30_digits():
    with mpmath.workdps(60):
        third = mpmath.mpf(1) / 3
        log = exact.FUNCTIONS["log"]
        first = mpmath.mpf(str(exact.compute_slope(log, [3.0], 0)))
        assert abs(first - third) < mpmath.mpf(10) ** -30
        second = mpmath.mpf(str(exact.compute_second_slope(log, [3.0], 0, 0)))
        assert abs(second + third**2) < mpmath.mpf(10) ** -25


def test_exponents_are_those_of_every_machine_one_of_32_bits_too():
    """There, and in WebAssembly, decimal.MAX_EMAX is 425000000, and more is a ValueError."""
    assert exact.CONTEXT.Emax <= 425_000_000
    assert exact.CONTEXT.Emin >= -425_000_000
