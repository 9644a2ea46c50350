"""A plot shows what it was given, where it belongs, and can be read by anybody."""

import math
import re
import sys
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pictures import dots, parse, paths, read_back, texts, ticks

from micrograd_nn import Value, sigmoid
from micrograd_nn._ground.text import InputError
from micrograd_nn.extras.plot import Plot
from micrograd_nn.extras.plot.canvas import STYLE

NAN, INF = math.nan, math.inf


def approx(points):
    return [pytest.approx(point, abs=2e-3, rel=2e-3) for point in points]


# Where things are


POINTS = [(0.0, 1.0), (3.0, -2.0), (1.5, 4.0)]


def unit(**limits):
    return Plot(**{"xlim": (0, 4), "ylim": (0, 4), **limits})


@pytest.mark.parametrize(
    ("plot", "kind", "lines"),
    [
        (Plot().line(POINTS), "line", [POINTS]),
        (unit().slope((2, 1), 0.5, reach=1), "line", [[(1, 0.5), (3, 1.5)]]),
        (unit().slope((2, 1), 1), "line", [[(1, 0), (4, 3)]]),
        (unit().guide(x=1, y=0.5), "guide", [[(1, 0), (1, 4)], [(0, 0.5), (4, 0.5)]]),
        # What leaves the plot is cut, and what comes from afar goes where it does.
        (unit().line([(-3, 0.5), (2, 0.5), (2, 9)]), "line", [[(0, 0.5), (2, 0.5), (2, 4)]]),
        (unit(xlim=(-1, 1)).line([(-1e7, -5e6), (1e8, 5e7)]), "line", [[(0, 0), (1, 0.5)]]),
    ],
)
def test_lines_are_where_the_axes_say(plot, kind, lines):
    root = parse(plot)
    assert [read_back(root, line) for line in paths(root, kind)] == [approx(line) for line in lines]


def test_dots_are_where_the_axes_say_or_outside():
    root = parse(Plot().dots(POINTS))
    assert read_back(root, dots(root)) == approx(POINTS)
    assert dots(parse(unit().dots([(5, 5)]))) == []


def test_a_curve_goes_through_the_functions_values_to_its_ends():
    root = parse(Plot(xlim=(-3, 3), ylim=(-1, 1)).curve(math.sin))
    [curve] = paths(root, "line")
    points = read_back(root, curve)
    assert points == approx([(x, math.sin(x)) for x, _ in points])
    assert [points[0][0], points[-1][0]] == pytest.approx([-3, 3])


def test_a_logarithmic_axis_has_its_decades_at_equal_distances():
    root = parse(
        Plot(log_x=True, log_y=True).line([(h, h * h) for h in (1e-4, 1e-3, 1e-2, 0.1, 1)])
    )
    [[first, *_, last]] = paths(root, "line")
    [line] = paths(root, "line")
    gaps = [(round(b[0] - a[0], 1), round(b[1] - a[1], 1)) for a, b in zip(line, line[1:])]  # noqa: B905, RUF007
    assert max(gap[0] for gap in gaps) - min(gap[0] for gap in gaps) < 0.3
    across, up = ticks(root)
    assert list(across) == ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "x (log scale)"]
    assert first == pytest.approx((across["10⁻⁴"], up["10⁻⁸"]), abs=0.1)
    assert last == pytest.approx((across["10⁰"], up["10⁰"]), abs=0.1)
    assert "y (log scale)" in texts(root)


def test_a_slope_on_a_logarithmic_axis_is_bent():
    root = parse(Plot(xlim=(1, 100), ylim=(0, 100), log_x=True).slope((1, 1), 1))
    [line] = paths(root, "line")
    across, up = ticks(root)
    at_ten = min(line, key=lambda place: abs(place[0] - across["10"]))
    assert up["20"] < at_ten[1] < up["0"]


def test_arrows_have_their_heads_at_the_points():
    steps = [(3.0, 9.0), (2.4, 5.76), (1.92, 3.69)]
    root = parse(Plot(xlim=(0, 4), ylim=(0, 10)).line(steps, arrows=True))
    heads = [head[0] for head in paths(root, "head")]
    assert read_back(root, heads) == approx(steps[1:])


def test_one_scale_for_both_axes():
    for xlim, ylim in [
        ((-10, 10), (-2, 2)),
        ((0, 1), (0, 1)),
        ((0, 1), (0, 100)),
        ((0, 1), (0, 2)),
        ((0, 1), (123456.0, 123457.0)),  # whose labels are wide
    ]:
        end = 1, ylim[0] + 1
        plot = Plot(xlim=xlim, ylim=ylim, same_scale=True).line([(xlim[0], ylim[0]), end])
        [[a, b]] = paths(parse(plot), "line")
        width, height = 1 - xlim[0], 1
        assert (b[0] - a[0]) / width == pytest.approx((a[1] - b[1]) / height, rel=0.01)


def test_values_count_as_their_data():
    w = Value(0.5, "w")
    root = parse(Plot(xlim=(0, 1), ylim=(0, 1)).dots([(w, w * w)]).curve(lambda x: sigmoid(w * x)))
    assert read_back(root, dots(root)) == approx([(0.5, 0.25)])
    [curve] = paths(root, "line")
    assert read_back(root, [curve[0]]) == approx([(0, 0.5)])


def test_a_plot_shows_what_was_at_the_time():
    w = Value(1.0)
    plot = Plot(xlim=(0, 1), ylim=(0, 9)).curve(lambda x: w * x)
    before = plot.svg
    w.data = 5.0
    assert plot.svg == before


# Gaps, peaks and jumps


def test_what_is_not_finite_is_a_gap():
    root = parse(Plot().line([(0, 1), (1, 2), (2, NAN), (3, 1), (4, INF), (5, 1), (6, 2)]))
    assert [len(line) for line in paths(root, "line")] == [2, 2]
    assert len(dots(root)) == 1  # alone between two gaps


@pytest.mark.parametrize(
    ("f", "pieces"),
    [
        (math.log, 1),
        (lambda x: 1 / x, 2),
        (lambda x: x**0.5, 1),  # complex below 0
        (math.sqrt, 1),
        (lambda x: math.exp(1000 * x), 1),
        (lambda x: float(x > 0), 2),
        (lambda x: NAN, 0),
        (abs, 1),
    ],
    ids=["log", "pole", "root", "sqrt", "overflow", "jump", "nothing", "kink"],
)
def test_a_curve_has_its_gaps(f, pieces):
    root = parse(Plot(xlim=(-1, 1), ylim=(-3, 3)).curve(f, -1, 1))
    assert len(paths(root, "line")) == pieces
    if f is math.sqrt:  # it begins where its function does
        assert -1e-9 <= read_back(root, paths(root, "line")[0][:1])[0][0] < 1e-3


def test_a_steep_curve_is_one_line_with_points_on_the_way():
    root = parse(Plot(xlim=(-4, 4), ylim=(0, 1)).curve(lambda x: sigmoid(400 * x), -4, 4))
    [curve] = paths(root, "line")
    on_the_way = [y for _, y in read_back(root, curve) if 0.1 < y < 0.9]
    assert len(on_the_way) > 3


def test_a_narrow_peak_keeps_its_height():
    centre = 0.3456
    root = parse(Plot().curve(lambda x: math.exp(-(((x - centre) / 0.01) ** 2)), 0, 1))
    assert max(y for _, y in read_back(root, paths(root, "line")[0])) > 0.99


def test_a_long_line_keeps_its_extremes():
    ys = [math.sin(i / 50) for i in range(50_000)]
    ys[777], ys[33_333] = 9.0, -9.0
    plot = Plot(ylim=(-9, 9)).line(enumerate(ys))
    assert len(plot.svg) < 60_000
    root = parse(plot)
    heights = [y for _, y in read_back(root, paths(root, "line")[0])]
    assert [max(heights), min(heights)] == pytest.approx([9, -9], rel=1e-4)


# Names and colours


def test_names_stand_beside_their_curves():
    root = parse(Plot().curve(abs, -3, 3, "|e|").curve(lambda e: e * e, -3, 3, "e²"))
    names = {text.text: text for text in root.find("g").iter("text")}
    assert {"|e|", "e²"} <= set(names)
    assert "blue" in names["|e|"].get("class")


def test_names_that_have_no_room_are_in_the_legend():
    plot = Plot(xlim=(0, 1), ylim=(0, 1))
    for i in range(40):
        plot.line([(0, i / 40), (1, i / 40)])
    root = parse(plot.line([(0, 0.5), (1, 0.5)], "the middle one"))
    assert "the middle one" not in [text.text for text in root.find("g").iter("text")]
    assert "the middle one" in [text.text for text in root.findall("text")]


def test_curves_differ_without_colour():
    plot = Plot()
    for slope in range(6):
        plot.curve(lambda x, slope=slope: slope * x, 0, 1)
    lines = [p for p in parse(plot).find("g").iter("path") if "line" in p.get("class", "").split()]
    assert len({line.get("stroke-dasharray") for line in lines}) == 6


def test_a_slope_is_orange_and_nothing_else_is():
    plot = Plot().curve(abs, 0, 1).curve(abs, 1, 2).slope((1, 1), 1)
    kinds = [
        p.get("class") for p in parse(plot).iter("path") if "line" in p.get("class", "").split()
    ]
    assert kinds == ["line blue", "line green", "line orange"]
    many = Plot()
    for slope in range(6):
        many.line([(0, 0), (1, slope)])
    assert "line orange" not in [p.get("class") for p in parse(many).iter("path")]


def test_slopes_differ_by_their_dashes_where_they_have_names():
    for names, dashes in ((["a", "b", "c"], 3), (["", "", ""], 1)):
        plot = Plot()
        for x, name in enumerate(names):
            plot.slope((x, 1), x + 1, name)
        drawn = [
            p for p in parse(plot).find("g").iter("path") if "line orange" in p.get("class", "")
        ]
        assert len({line.get("stroke-dasharray") for line in drawn}) == dashes


def test_named_dots_differ_in_shape():
    root = parse(Plot().dots([(0, 0)], "a").dots([(1, 1)], "b").dots([(2, 2)], "c", hollow=True))
    assert len(dots(root)) == 1
    assert len(dots(root, "hollow")) == 1
    assert {"a", "b", "c"} <= {text.text for text in root.findall("text")}


def boxes(root):
    """Return left, top, right, bottom of each text in the area, in wide letters."""
    for text in root.find("g").iter("text"):
        long, x, y = 9.0 * len(text.text), float(text.get("x")), float(text.get("y"))
        before = {None: 0, "middle": long / 2, "end": long}[text.get("text-anchor")]
        yield text.text, x - before, y - 13, x + long - before, y + 3


def test_texts_do_not_collide():
    days = [(z, 1 / (1 + math.exp(-z))) for z in (2, 0, -2, -1)]
    labels = ["(2, 0)", "(2, 1)", "(2, 2)", "(0, 1)"]
    plot = Plot("σ", x="z", y="ŷ", ylim=(0, 1)).curve(lambda z: sigmoid(z), -4, 4, "σ(z)")
    root = parse(plot.dots(days, labels=labels).guide(x=0, y=0.5, name="undecided"))
    assert set(labels) <= set(texts(root))
    assert texts(root).count("undecided") == 1
    for (text, left, top, right, bottom), (other, *there) in combinations(boxes(root), 2):
        apart = right <= there[0] or there[2] <= left or bottom <= there[1] or there[3] <= top
        assert apart, f"{text!r} overlaps {other!r}"


# For every reader


def test_the_plot_in_words():
    plot = Plot("Loss", x="w1", y="L").curve(lambda w: w * w, -2, 2, "w²")
    plot.dots([(1, 1)], labels=["here"]).slope((1, 1), 2, "tangent").guide(y=3, name="start")
    plot.line([(0, 1), (2, NAN)], arrows=True).note((0, 0), "lowest")
    assert plot.describe() == (
        "Loss: w1 from −2 to 2 across, L from 0 to 4.16 up; "
        "curve w² from (−2, 4) to (2, 4), lowest at (0, 0); 1 dot: here (1, 1); "
        "tangent: slope 2 through (1, 1); dashed line at y = 3 (start); "
        "line of 2 points from (0, 1) to (0, 1), with a gap; “lowest” at (0, 0)"
    )
    root = parse(plot)
    assert root.get("role") == "img"
    assert root.get("aria-label") == plot.describe()
    assert root.find("title").text == "Loss"
    assert plot._repr_mimebundle_() == {"image/svg+xml": plot.svg, "text/plain": plot.describe()}


def test_a_line_in_one():
    plot = Plot("w²").curve(abs, 0, 1).dots([(0, 0), (1, 1)]).dots([(1, 0)], hollow=True).guide(x=1)
    expected = '<Plot “w²”: 1 curve, 2 dots, 1 circle, 1 guide; .save("plot.svg") writes it>'
    assert repr(plot) == expected
    assert repr(Plot()) == '<Plot: empty; .save("plot.svg") writes it>'
    assert parse(Plot()).get("role") == "img"


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("</svg><script>alert(1)</script>", None),
        ("two\nlines\x07\ud800", "two lines��"),
        ("∂L 🙂", None),
    ],
)
def test_hostile_texts_arrive_as_texts(given_text, shown):
    shown = shown or given_text
    plot = Plot(given_text, x=given_text, y=given_text).curve(abs, -1, 1, given_text)
    plot.dots([(0, 0.5)], name=given_text, labels=[given_text]).guide(y=0.2, name=given_text)
    plot.slope((0, 0), 1, given_text).note((0, 1), given_text).line([(0, 0), (1, 1)], given_text)
    root = parse(plot)
    assert root.find(".//script") is None
    assert root.find("title").text == shown
    assert texts(root).count(shown) >= 6


def test_the_picture_stands_alone_and_has_a_dark_style():
    svg = Plot("t").curve(abs, -1, 1).svg
    assert svg.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert "@media (prefers-color-scheme: dark)" in svg
    assert "id=" not in svg  # two of them in one page would share it


def test_every_class_has_a_style_and_every_rule_stays_inside():
    plot = (
        Plot("t", xlim=(0, 1), ylim=(0, 1)).shade(lambda x, y: x - y).contours(lambda x, y: x * y)
    )
    plot.curve(abs, 0, 1, "c").dots([(0, 0)], "d").dots([(1, 1)], hollow=True).guide(x=0.5)
    plot.line([(0, 0), (1, 0.5)], arrows=True).note((0, 0), "n").slope((0, 0), 1)
    used = {name for element in parse(plot).iter() for name in element.get("class", "").split()}
    styled = set(re.findall(r"\.([a-z][a-z-]*)", STYLE))
    assert used - {"ink", "head"} <= styled
    selectors = re.findall(r"^([^@{}\n]+)\{", STYLE, re.MULTILINE)
    assert all(s.strip().startswith(".plot-figure") for line in selectors for s in line.split(","))
    assert min(int(size) for size in re.findall(r"font(?:-size)?: (\d+)px", STYLE)) >= 13


# What is refused


@pytest.mark.parametrize(
    ("draw", "error", "told"),
    [
        (lambda: Plot(xlim=(3, 1)), ValueError, r"xlim is \(3, 1\): write the lower end first"),
        (lambda: Plot(ylim=(1, 1)), ValueError, "too narrow"),
        (lambda: Plot(ylim=(0, INF)), ValueError, "must be finite"),
        (lambda: Plot(xlim=(0, 1), log_x=True), ValueError, "no place for 0: begin above 0"),
        (lambda: Plot(xlim=5), TypeError, "not a pair"),
        (lambda: Plot(3), TypeError, "title is 3, not a text"),
        (lambda: Plot(same_scale=True, log_y=True), ValueError, "leave out log_x and log_y"),
        (lambda: Plot().curve([1, 2], 0, 1), TypeError, r"draws a function f\(x\), not a list"),
        (lambda: Plot().curve(abs), ValueError, r"write curve\(f, low, high\)"),
        (lambda: Plot().curve(abs, 2, 1), ValueError, "write the lower end first"),
        (lambda: Plot().curve(abs, "name", 1), TypeError, r"curve\(f, low, high, name\)"),
        (lambda: Plot().curve(lambda x: None, 0, 1), TypeError, "the result at 0 is None"),
        (lambda: Plot().line([]), ValueError, "line got no points"),
        (lambda: Plot().line([0.3, 0.2]), TypeError, r"point 0 is 0.3, not a pair .*enumerate"),
        (lambda: Plot().line([0.3], [0.2]), TypeError, r"zip\(xs, ys\) pairs two lists"),
        (lambda: Plot().line([(1, "2")]), TypeError, "y of point 0 is '2', not a number"),
        (lambda: Plot().line(3), TypeError, "not an int"),
        (lambda: Plot().dots([(1, 1)], labels="a"), TypeError, r"write labels=\['a'\]"),
        (lambda: Plot().dots([(1, 1)], labels=["a", "b"]), ValueError, "2 labels for 1 point"),
        (lambda: Plot().slope((0, 0), 1, reach=0), ValueError, "reach is 0"),
        (lambda: Plot().guide(), ValueError, r"write guide\(x=…\)"),
        (
            lambda: Plot().line([(0, 0)], color="red"),
            ValueError,
            "color is 'red': write one of blue",
        ),
        (lambda: Plot(xlim=(0, 1)).shade(max), ValueError, "shade needs the plot's ylim"),
        (lambda: Plot().contours(max), ValueError, "the plot's xlim and ylim"),
        (lambda: Plot(xlim=(0, 1), ylim=(0, 1)).contours(max, 0), ValueError, "levels is 0"),
        (lambda: Plot().save("plot.png"), InputError, "ends with .svg"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(draw, error, told):
    with pytest.raises(error, match=told):
        draw()


def test_an_error_of_the_function_is_its_own():
    with pytest.raises(KeyError):
        Plot().curve({}.__getitem__, 0, 1)


# Whatever the numbers

number = st.floats() | st.sampled_from([0.0, 0.5, 1.0, NAN, INF])
points = st.lists(st.tuples(number, number), min_size=1, max_size=20)


@given(points, points, st.booleans(), st.booleans(), st.text(max_size=50))
@example([(0.0, 5e-324), (1e308, -1e308)], [(1e200, -1e200)], False, False, "\x00\ud800\uffff")
@example([(1e-200, 1e200), (1e200, 1e-200)], [(1.0, 1.0)], True, True, "")
@example([(1.0, 1.0), (1.0 + 2**-52, 1.0)], [(1.0, 1.0)], False, True, "")
def test_any_numbers_make_a_picture(line, dotted, log_x, log_y, name):
    plot = Plot(name, log_x=log_x, log_y=log_y).line(line, name, arrows=True)
    root = parse(plot.dots(dotted, labels=[name] * len(dotted)).slope(line[0], dotted[0][1], name))
    for kind in ("line", "guide", "head"):
        for path in paths(root, kind):
            for x, y in path:
                assert 20 < x < 560
                assert -20 < y < 330
    assert "nan" not in re.sub(
        r"<title>.*?</title>|aria-label=\"[^\"]*\"|<text.*?</text>", "", plot.svg
    )
    assert sys.getsizeof(plot.svg) < 100_000


def test_letters_are_large_enough_for_a_phone_and_only_contours_numbers_are_smaller():
    """A page finds the narrowest width at which a picture can be read from its font sizes."""
    sizes = re.compile(r"font(?:-size)?[:=]\s*\"?([\d.]+)")
    plain = Plot("Plain").curve(math.sin, -3, 3, "sin").dots([(0, 0)], labels=["here"]).svg
    assert min(float(size) for size in sizes.findall(plain)) == 17
    both = Plot(xlim=(-3, 3), ylim=(-3, 3)).contours(lambda x, y: x * x + y * y, [1, 4])
    root = parse(both)
    smaller = {text.text for text in root.iter("text") if text.get("font-size") == "15"}
    assert smaller == {"1", "4"}


@pytest.mark.parametrize("slope", [1e4, 1e6, -1e9, 1e15, 1e300, INF])
def test_a_steep_slope_goes_through_its_point(slope):
    root = parse(Plot(xlim=(0, 1), ylim=(0, 1)).slope((0.1, 0.5), slope))
    [(bottom, top)] = [
        sorted(read_back(root, line), key=lambda p: p[1]) for line in paths(root, "line")
    ]
    assert [bottom, top] == approx([(0.1, 0.0), (0.1, 1.0)])


def test_ends_and_gaps_are_told_as_they_are():
    plot = Plot(xlim=(1e9, 1e9 + 2)).line([(1e9, NAN), (1e9, NAN), (1e9 + 1, 0), (1e9 + 2, 1)])
    assert plot.describe().startswith("x from 1000000000 to 1000000002 across")
    assert plot.describe().endswith(", with a gap")


@pytest.mark.parametrize("levels", [[0.5, NAN], [INF], 5.0, None])
def test_levels_that_are_no_numbers_are_refused(levels):
    with pytest.raises((TypeError, ValueError), match="level"):
        Plot(xlim=(0, 1), ylim=(0, 1)).contours(lambda x, y: x, levels)
