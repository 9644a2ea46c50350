"""Numbers stand where they belong on an axis, and its round numbers hold what is drawn."""

import math

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from micrograd_nn.extras.plot.scales import Scale, label_ticks


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf, 1e300])
def test_what_has_no_place_is_nan(number):
    assert math.isnan(Scale(1e-3, 1.0, 0, 300, logarithmic=True).place(number))


@pytest.mark.parametrize(
    ("ticks", "logarithmic", "labels"),
    [
        ([-1.0, -0.5, 0.0], False, ["−1", "−0.5", "0"]),
        ([1.0, 10.0, 100.0], True, ["1", "10", "100"]),
        ([1e-16, 1e-8, 1.0], True, ["10⁻¹⁶", "10⁻⁸", "10⁰"]),
        ([0.0, 5e6], False, ["0", "5·10⁶"]),
        ([0.0, -2e-5], False, ["0", "−2·10⁻⁵"]),
        ([1000.0005, 1000.001], False, ["1000.0005", "1000.001"]),
        ([0.2, 0.5, 1.0], True, ["0.2", "0.5", "1"]),
        ([9.834054235, 9.83405424], False, ["9.834054235", "9.83405424"]),
    ],
)
def test_labels(ticks, logarithmic, labels):
    assert label_ticks(ticks, logarithmic) == labels


@given(st.floats(-1e200, 1e200), st.floats(-1e200, 1e200), st.integers(3, 9))
@example(-4.9, 9.6, 7)
def test_ticks_are_inside_and_few_but_at_least_two(one, other, most):
    low, high = sorted([one, other])
    assume(high - low > 1e-9 * max(-low, high, 1e-190))
    scale = Scale(low, high, 0, 500)
    ticks = scale.list_ticks(most)
    assert all(map(scale.holds, ticks))
    assert 1 <= len(ticks) <= most
    assert sorted(set(ticks)) == ticks


@given(st.floats(1e-200, 1e200), st.floats(1e-200, 1e200))
def test_logarithmic_ticks_are_inside_and_few(one, other):
    low, high = sorted([one, other])
    assume(high > 1.001 * low)
    scale = Scale(low, high, 0, 500, logarithmic=True)
    ticks = scale.list_ticks(7)
    assert all(map(scale.holds, ticks))
    assert 1 <= len(ticks) <= 9
    assert sorted(set(ticks)) == ticks
