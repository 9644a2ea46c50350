"""Heights over a plane: contours lie where the function has their value, shades are its bands."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pictures import parse, paths, read_back, texts

from micrograd_nn.extras.plot import Plot
from micrograd_nn.extras.plot.canvas import STRONGEST_FILL
from micrograd_nn.extras.plot.grid import (
    ask_on_grid,
    choose_bands,
    choose_levels,
    cut_cell,
    trace_contour,
)
from micrograd_nn.extras.plot.scales import Scale


def bowl(x, y):
    return x * x + y * y


def test_a_bowls_contours_are_circles_of_the_right_radius():
    plot = Plot(xlim=(-3, 3), ylim=(-3, 3), same_scale=True).contours(bowl, [1, 4])
    root = parse(plot)
    circles = paths(root, "contour")
    assert len(circles) == 2
    for circle, radius in zip(circles, (1, 2), strict=True):
        assert circle[0] == circle[-1]
        radii = [math.hypot(x, y) for x, y in read_back(root, circle)]
        assert [min(radii), max(radii)] == pytest.approx([radius, radius], rel=0.01)
    assert {"1", "4"} <= set(texts(root))
    assert plot.describe().endswith("contours at 1, 4")


def test_a_contour_that_leaves_is_open_and_whole():
    axis = Scale(-1.0, 1.0, 0, 1)
    [line] = trace_contour(ask_on_grid(lambda x, y: x + y, axis, axis), 0.501)
    assert all(x + y == pytest.approx(0.501) for x, y in line)
    ends = sorted([line[0], line[-1]])
    assert ends == [pytest.approx((-0.499, 1)), pytest.approx((1, -0.499))]


def test_a_saddle_is_cut_into_two_lines():
    axis = Scale(-1.0, 1.0, 0, 1)
    lines = trace_contour(ask_on_grid(lambda x, y: x * y - 1e-4, axis, axis), 0.0)
    assert len(lines) == 2
    assert all(x * y == pytest.approx(1e-4, abs=2e-3) for line in lines for x, y in line)


def test_the_mean_decides_which_corners_of_a_saddle_hang_together():
    assert list(cut_cell((1.0, 0.0, 1.0, 0.0), 0.4)) == [(0, 1), (2, 3)]  # around the low ones
    assert list(cut_cell((1.0, 0.0, 1.0, 0.0), 0.6)) == [(3, 0), (1, 2)]  # around the high ones
    assert list(cut_cell((0.0, 1.0, 0.0, 1.0), 0.4)) == [(3, 0), (1, 2)]


def test_a_gap_has_no_contour():
    axis = Scale(-2.0, 2.0, 0, 1)
    grid = ask_on_grid(lambda x, y: math.sqrt(x) + y, axis, axis)
    [line] = trace_contour(grid, 0.5)
    assert min(x for x, _ in line) >= 0
    assert trace_contour(ask_on_grid(lambda x, y: math.nan, axis, axis), 0.0) == []


def test_contours_on_logarithmic_axes():
    axis = Scale(1e-3, 1.0, 0, 1, logarithmic=True)
    [line] = trace_contour(
        ask_on_grid(lambda x, y: math.log10(x) + math.log10(y), axis, axis), -3.1
    )
    assert len(line) > 50


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([0.0, 60.0, 136.0], [20.0, 40.0, 60.0, 80.0, 100.0, 120.0]),
        ([-1.0, 0.0, 1.0], [-0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8]),
        ([3.0, 3.0], []),
        ([], []),
    ],
)
def test_levels_are_round(values, levels):
    assert choose_levels(values, 8) == levels


@pytest.mark.parametrize("high", [0.999, 1.0, 1.7, 3.0, 1e100])
def test_there_is_a_level_however_few_are_wanted(high):
    assert len(choose_levels([-high, high / 2, high], 1)) in (1, 2)


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ([0.1, 0.9], 0.0, 1.0),
        ([-3.0, 1.0], -3.0, 3.0),
        ([2.0, 9.0], 2.0, 10.0),
        ([-5.0, -1.0], -5.0, -1.0),
        ([-7.0, 12.0], -12.0, 12.0),
        ([0.6, 1.6], 0.6, 1.6),
        ([5.0, 5.0], 0.0, 10.0),
    ],
)
def test_bands_are_round(values, first, last):
    bands = choose_bands(values)
    assert [bands[0], bands[-1]] == [first, last]
    assert (0.0 in bands) == (first <= 0 <= last)


finite = st.floats(-1e200, 1e200)


@given(finite, finite)
@example(0.0, 5e-324)
@example(1.0, 1.0 + 2**-52)
@example(-1e200, 1e200)
@example(0.1, 0.3)
def test_bands_hold_any_two_numbers(one, other):
    low, high = sorted([one, other])
    bands = choose_bands([low, high])
    room = 1e-6 * (bands[1] - bands[0])
    assert bands[0] - room <= low <= high <= bands[-1] + room
    assert 5 <= len(bands) <= 15
    assert sorted(set(bands)) == bands


def fills(root):
    return [path for path in root.find("g").iter("path") if path.get("fill-opacity")]


def test_a_shade_fills_each_place_once():
    root = parse(Plot(xlim=(0, 4), ylim=(0, 2)).shade(lambda x, y: x / 4, "ŷ"))
    area = 0
    for path in fills(root):
        for start, _, end in re.findall(r"M(\d+) (\d+)H(\d+)v1H\1z", path.get("d")):
            area += int(end) - int(start)
    assert area == 180 * 132
    strengths = [float(path.get("fill-opacity")) for path in fills(root)]
    assert strengths == sorted(strengths)
    assert len(strengths) == 10
    assert {"ŷ", "0", "1"} <= set(texts(root))


def test_a_shade_of_both_signs_has_two_colours_and_paper_between():
    root = parse(Plot(xlim=(-1, 1), ylim=(-1, 1)).shade(lambda x, y: x))
    colours = [path.get("class").split()[0] for path in fills(root)]
    half = len(colours) // 2
    assert colours == ["purple"] * half + ["green"] * half
    assert max(float(path.get("fill-opacity")) for path in fills(root)) <= STRONGEST_FILL
    assert min(float(path.get("fill-opacity")) for path in fills(root)) < 0.07


def test_a_shade_of_zeros_is_told_by_the_first_band_and_has_no_sign():
    root = parse(Plot(xlim=(0, 1), ylim=(0, 1)).shade(lambda x, y: 0))
    assert [path.get("class") for path in fills(root)] == ["blue fill"]
    assert texts(root)[:2] == ["0", "1"]


def test_heights_that_are_nearly_the_same_are_told_apart():
    plot = Plot(xlim=(0, 1), ylim=(0, 1)).contours(lambda x, y: 1e7 + x, [1e7 + 0.25, 1e7 + 0.5])
    assert "contours at 1.000000025·10⁷, 1.00000005·10⁷" in plot.describe()


def test_a_shade_has_gaps():
    plot = Plot(xlim=(-1, 1), ylim=(-1, 1)).shade(lambda x, y: math.sqrt(x), "root")
    edges = [int(n) for path in fills(parse(plot)) for n in re.findall(r"M(\d+)", path.get("d"))]
    assert min(edges) >= 90
    nothing = (
        Plot(xlim=(-1, 1), ylim=(-1, 1))
        .shade(lambda x, y: math.nan)
        .contours(lambda x, y: math.nan)
    )
    assert nothing.describe().endswith("shade: nothing finite; no contours")
    assert fills(parse(nothing)) == []


def test_a_shade_fills_what_one_scale_for_both_axes_adds():
    asked = []
    plot = Plot(xlim=(0, 100), ylim=(0, 1), same_scale=True)
    plot.shade(lambda x, y: asked.append(y) or y).contours(lambda x, y: y, [9])
    assert (min(asked), max(asked)) == pytest.approx((-8.875, 9.875))
    assert plot.describe().endswith("contours at 9")
