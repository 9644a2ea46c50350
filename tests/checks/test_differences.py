"""One numerical derivative: which steps it takes, what they extrapolate to, how far it is trusted.

The numbers of the extrapolations are worked out by hand from Neville's scheme: column k of a row
is b + (b - a) / (2**(power*k) - 1), where b stands to its left and a above b. Slopes are chosen
so that all of it is exact in binary.
"""

import math
from itertools import pairwise

import pytest

from micrograd_nn.checks.differences import (
    ROUNDING,
    TINY,
    Estimate,
    compare_derivative,
    estimate_derivative,
    extrapolate_slopes,
)


def halving(count, first=4.0):
    return [first / 2**i for i in range(count)]


def around_zero(count, first=4.0):
    return [(-h, h) for h in halving(count, first)]


def with_slopes(*slopes):
    """Return a function with these slopes over spans around 0 that halve, and the spans."""
    spans = around_zero(len(slopes))
    points = {}
    for (a, b), slope in zip(spans, slopes, strict=True):
        points[a], points[b] = a * slope, b * slope
    return points.__getitem__, spans


# Extrapolation


def test_a_cubics_central_slopes_are_extrapolated_to_its_derivative():
    """The slopes of t**3 over (-4, 4) and (-2, 2) are 16 and 4: 4 + (4 - 16) / 3 is 0."""
    limit, error = extrapolate_slopes(lambda t: t**3, around_zero(2), 2, 0.0)
    assert (limit, error) == (0.0, 16.0 + ROUNDING * 8 / 4)


def test_the_entry_of_the_least_error_is_taken_be_it_the_last_or_not():
    """Slopes 272, 20, 2, 0.3125: the columns after them are -64, -4, -0.25; then 0, 0; then 0."""

    def f(t):
        return t**5 + t**3

    assert extrapolate_slopes(f, around_zero(2), 2, 0.0) == (-64.0, 336.0 + ROUNDING * 40 / 4)
    assert extrapolate_slopes(f, around_zero(3), 2, 0.0) == (-4.0, 24.0 + ROUNDING * 2 / 2)
    assert extrapolate_slopes(f, around_zero(4), 2, 0.0) == (0.0, ROUNDING * 0.15625)


def test_one_sided_slopes_are_extrapolated_by_every_power():
    """Slopes of t**2 over (h, 2h) are 3h: 6, 3; then 3 + (3 - 6) / 1 is 0."""
    spans = [(h, 2 * h) for h in halving(2, 2.0)]
    assert extrapolate_slopes(lambda t: t * t, spans, 1, 0.0) == (0.0, 6.0 + ROUNDING * 4)


def test_an_entrys_error_is_its_largest_difference_to_the_two_it_is_made_of():
    f, spans = with_slopes(8.0, 2.0)  # 2 + (2 - 8) / 1 is -4: 6 from the 2, 12 from the 8
    assert extrapolate_slopes(f, spans, 1, 0.0) == (-4.0, 12.0 + ROUNDING * 4 / 4)


def test_of_entries_with_the_same_error_the_first_is_taken():
    f, spans = with_slopes(-7.0, 0.0, 2.0)  # then 7, 4; then 3; both the 4 and the 3 are off by 4
    limit, error = extrapolate_slopes(f, spans, 1, 0.0)
    assert limit == 4.0
    assert error == 4.0 + ROUNDING * 2 / 2


@pytest.mark.parametrize(
    ("f", "spans", "scale", "largest"),
    [
        (lambda t: t, [(-4.0, 0.0), (-2.0, 0.0)], 0.0, 2.0),
        (lambda t: t, [(0.0, 4.0), (0.0, 2.0)], 0.0, 2.0),
        (lambda t: t, [(0.0, 4.0), (0.0, 2.0)], 8.0, 8.0),
        (lambda t: 0.0, [(0.0, 4.0), (0.0, 2.0)], 0.0, TINY),
    ],
    ids=["at the left end", "at the right end", "of the function at large", "where it is 0"],
)
def test_rounding_is_that_of_the_largest_number(f, spans, scale, largest):
    assert extrapolate_slopes(f, spans, 1, scale)[1] == ROUNDING * largest / 2


def test_spans_out_of_the_domain_are_skipped_and_what_was_found_by_then_forgotten():
    f, spans = with_slopes(1.0, 1.0, math.nan, 6.0, 3.0)
    assert extrapolate_slopes(f, spans, 1, 0.0) == (0.0, 6.0 + ROUNDING * 0.75 / 0.5)
    f, spans = with_slopes(1.0, 1.0, math.inf)
    limit, error = extrapolate_slopes(f, spans, 1, 0.0)
    assert math.isnan(limit)
    assert error == math.inf


# Both sides


def steps_of(calls):
    """Return the steps h of recorded calls: 8 central spans, then 8 on the left, 8 on the right."""
    assert len(calls) % 48 == 0
    starts = range(0, len(calls), 48)
    return [[(calls[i + 1] - calls[i]) / 2 for i in range(j, j + 16, 2)] for j in starts]


def test_slopes_are_taken_around_and_on_either_side_and_never_at_the_point():
    calls = []
    estimate_derivative(lambda t: calls.append(t) or 0.0, 0.0, 4.0, 0.0)
    central = [t for h in halving(8) for t in (-h, h)]
    left = [t for h in halving(8) for t in (-2 * h, -h)]
    right = [t for h in halving(8) for t in (h, 2 * h)]
    assert calls == central + left + right


def test_the_sides_of_a_curved_kink_are_as_precise_as_a_smooth_function():
    found = estimate_derivative(
        lambda t: math.exp(3 * t) if t > 0 else math.exp(2 * t), 0.0, 1 / 16, 1.0
    )
    assert found.left == pytest.approx(2.0, abs=1e-10)
    assert found.right == pytest.approx(3.0, abs=1e-10)
    assert found.error < 1e-9


def test_the_jump_of_a_kink_is_the_largest_difference_around_it():
    found = estimate_derivative(lambda t: 3 * t if t > 0 else t, 0.0, 1.0, 0.0)
    assert (found.left, found.right, found.jump) == (1.0, 3.0, 2.0)


def at_a_kink(slope, error_of_both):
    """Estimate slope * |t| at 0 where the function's size makes the sides uncertain so much."""
    return estimate_derivative(lambda t: slope * abs(t), 0.0, 1.0, error_of_both * 2.0**46)


def test_sides_that_differ_by_ten_times_their_errors_are_one_and_by_more_a_kink():
    assert at_a_kink(5.0, 1.0)[:2] == (0.0, 0.0)
    assert at_a_kink(5.125, 1.0)[:2] == (-5.125, 5.125)
    assert at_a_kink(1.0, 1 / 64)[:2] == (-1.0, 1.0)


def at_a_jump(size, error_of_both):
    """Estimate a step from -size to size at 0, whose slopes are 1, 2 and more times the size.

    From the first two Neville's scheme makes 7/3 of the size.
    """
    return estimate_derivative(lambda t: math.copysign(size, t), 0.0, 1.0, error_of_both * 2.0**46)


def test_central_differences_that_run_away_from_the_sides_are_a_jump():
    assert at_a_jump(75.0, 1.75).jump == 0.0  # 175 is a hundred times the error
    assert at_a_jump(75.0, 1.75)[:2] == (175.0, 175.0)
    assert at_a_jump(150.0, 1.75) == (0.0, 0.0, 1.75, 350.0)


# Which estimate to believe


NONE = Estimate(math.nan, math.nan, math.inf, math.inf)
UNIT = 2.0**-20


def test_what_could_not_be_evaluated_beats_nothing():
    assert not NONE.beats(NONE)
    assert not NONE.beats(Estimate(1.0, 1.0, 0.1))
    assert Estimate(1.0, 1.0, 0.1).beats(NONE)


def test_of_estimates_that_agree_the_one_of_less_error_wins_and_the_first_at_a_tie():
    assert Estimate(1.0, 1.0, 1e-9).beats(Estimate(1.0, 1.0, 2e-9))
    assert not Estimate(1.0, 1.0, 2e-9).beats(Estimate(1.0, 1.0, 1e-9))
    assert not Estimate(1.0, 1.0, 1e-9).beats(Estimate(1.0, 1.0, 1e-9))


@pytest.mark.parametrize(("apart", "refuted"), [(40 * UNIT, False), (45 * UNIT, True)])
def test_estimates_disagree_beyond_four_times_the_tolerance(apart, refuted):
    """The tolerance of a 0 is ten times its error; a kink that smaller steps don't see is none."""
    smaller, larger = Estimate(0.0, 0.0, UNIT), Estimate(apart, apart, UNIT, 90 * UNIT)
    assert smaller.beats(larger) is refuted


@pytest.mark.parametrize("jump", [1e-3, 0.5, 1.0, 2.0])
def test_an_exact_zero_refutes_a_kink_and_nothing_else(jump):
    zero = Estimate(0.0, 0.0, UNIT)
    assert zero.beats(Estimate(0.0, jump, UNIT / 2, jump))
    assert not zero.beats(Estimate(jump, jump, UNIT / 2))


# The comparison


def rounds(x, f=lambda t: 0.0, analytic=1.0, scale=0.0):
    calls = []
    compare_derivative("x", lambda t: calls.append(t) or f(t), x, analytic, scale)
    return steps_of(calls[: len(calls) // 48 * 48])  # a few neighbours may come behind them


@pytest.mark.parametrize(
    ("x", "largest"), [(0.0, -4), (0.75, -4), (1.0, -3), (3.0, -2), (-1000.0, 6)]
)
def test_steps_begin_at_a_sixteenth_of_the_numbers_power_of_two_and_halve_49_times(x, largest):
    found = rounds(x)
    assert len(found) == 7
    assert all(a[-1] == b[0] for a, b in pairwise(found)) or x  # x + h is rounded
    assert [round(math.log2(steps[0])) for steps in found[:6]] == [
        largest - 7 * i for i in range(6)
    ]


@pytest.mark.parametrize("exponent", [-46, -60, -100])
def test_a_number_smaller_than_these_steps_gets_three_rounds_of_its_own(exponent):
    x = math.ldexp(0.75, exponent)
    own = [exponent - 4, exponent - 11, exponent - 18] if exponent < -46 else []
    assert [round(math.log2(steps[0])) for steps in rounds(x)] == [*range(-4, -47, -7), *own]


def test_no_round_follows_one_that_settles_it():
    assert len(rounds(0.3, math.sin, math.cos(0.3), 1.0)) == 1
    assert len(rounds(0.3, math.sin, math.cos(0.3) + 0.1, 1.0)) == 7


def test_a_round_that_is_right_and_not_sharp_is_followed_by_others():
    """The size of the whole asks for an error of 1e-11, which a fast wave lacks at first."""

    def wave(t):
        return 1e-7 * math.sin(100 * t)

    assert len(rounds(0.5, wave, 1e-5 * math.cos(50.0), 1.0)) > 1


TOLERANCE = 10 * 2.0**-44  # of a function that is 0, beside numbers of size 1, by steps of 1/16


def test_a_derivative_off_by_the_tolerance_itself_agrees_and_by_more_does_not():
    def verdict(analytic):
        return compare_derivative("x", lambda t: 0.0, 0.0, analytic, 1.0).verdict

    assert verdict(TOLERANCE) == verdict(-TOLERANCE) == "agrees"
    assert verdict(math.nextafter(TOLERANCE, 1.0)) == "disagrees"
    assert len(rounds(0.0, analytic=TOLERANCE, scale=1.0)) == 1
    assert len(rounds(0.0, analytic=math.nextafter(TOLERANCE, 1.0), scale=1.0)) == 7


def test_a_tolerance_of_just_1e_11_of_the_size_is_sharp():
    size = 1e-12 * 2.0**44
    assert 10 * (size * 2.0**-44) == 1e-11
    assert len(rounds(0.0, lambda t: size, 0.0, 1.0)) == 1
    assert len(rounds(0.0, lambda t: math.nextafter(size, 99.0), 0.0, 1.0)) == 7


def test_where_nothing_can_be_evaluated_the_rules_derivative_is_still_told():
    found = compare_derivative("x", lambda t: math.nan, 2.0, 0.5, 1.0)
    assert (found.name, found.analytic, found.verdict) == ("x", 0.5, "unknown")
    assert found.note == "the function isn't finite around 2.0"
    assert math.isnan(found.numeric)


@pytest.mark.parametrize("analytic", [math.inf, -math.inf, math.nan])
def test_at_a_kink_a_derivative_that_is_no_number_is_compared_with_the_lower_side(analytic):
    found = compare_derivative("x", abs, 0.0, analytic, 0.0)
    assert (found.numeric, found.verdict) == (-1.0, "disagrees")
