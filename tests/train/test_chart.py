"""The chart says what the losses say, whatever they are, and can be read by anybody."""

import math
import re
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pictures import parse_svg, texts

from micrograd_nn.train.chart import (
    CHART_HEIGHT,
    CHART_STYLE,
    CHART_WIDTH,
    CURVE_POINTS,
    draw_losses,
    list_round_epochs,
)

NAN, INF = math.nan, math.inf
DECAY = [math.exp(-epoch / 9) + 0.05 for epoch in range(60)]

CASES = {
    "usual": (DECAY, [0.2 + (loss - 0.4) ** 2 for loss in DECAY]),
    "one epoch": ([0.5], [0.6]),
    "one epoch, training alone": ([0.5], []),
    "constant": ([0.693147] * 20, [0.693147] * 20),
    "zero": ([0.0] * 3, [0.0] * 3),
    "negative": ([-float(e) for e in range(12)], [5.0 - e for e in range(12)]),
    "logarithmic": ([10.0**-e for e in range(8)], [None, 0.5, None, 0.05]),
    "hundreds of decades": ([10.0 ** (3 * e - 100) for e in range(60)], [1e-90]),
    "large offset": ([1000000.1 + e / 1000 for e in range(30)], [1000000.2]),
    "gaps": ([1.0, NAN, 0.5, 0.25, INF, -INF, 0.2], [NAN, 2.0]),
    "nothing finite": ([NAN, INF, -INF], [NAN]),
    "longer validation": ([1.0], [1.0, 2.0, 0.5]),
    "many epochs": ([1 / (1 + e / 9e5) for e in range(100_000)], []),
    "best at the start": ([1.0, 2.0, 3.0], [0.123456789, 1.0, 2.0]),
}
cases = pytest.mark.parametrize(("training", "validation"), CASES.values(), ids=CASES.keys())


def pieces(root, name):
    """Return the lines of a curve, each a list of places; the first path is its legend's."""
    paths = [path for path in root.iter("path") if path.get("class") == f"curve {name}"]
    return [
        [tuple(map(float, place.split())) for place in path.get("d")[1:].split("L")]
        for path in paths[1:]
    ]


def dots(root, name, radius):
    return [
        (float(dot.get("cx")), float(dot.get("cy")))
        for dot in root.iter("circle")
        if dot.get("class") == name and dot.get("r") == radius
    ]


def heights(root):
    """Return where on the picture each labelled loss is."""
    ends = [text for text in root.iter("text") if text.get("text-anchor") == "end"]
    return {text.text: float(text.get("y")) - 5.5 for text in ends if text.get("class") is None}


def boxes(root):
    """Return left, top, right and bottom of each text and legend line, in wide letters."""
    for text in root.iter("text"):
        size = 19 if text.get("class") == "title" else 16
        long, x, y = 0.6 * size * len(text.text), float(text.get("x")), float(text.get("y"))
        before = {None: 0, "start": 0, "middle": long / 2, "end": long}[text.get("text-anchor")]
        if text.get("transform"):
            yield text.text, x - size, y - before, x + 0.3 * size, y + long - before
        else:
            yield text.text, x - before, y - size, x + long - before, y + 0.3 * size
    for name in ("training", "validation"):
        for path in root.iter("path"):
            if path.get("class") == f"curve {name}":
                (x, y), (end, _) = [
                    map(float, p.split()) for p in path.get("d")[1:].split("L", 1)[:2]
                ]
                yield f"legend of {name}", x, y - 2, end, y + 2
                break


# What the curve says


def test_a_loss_is_drawn_at_its_height_and_epoch():
    root = parse_svg(draw_losses([0.0, 1.0, 5.0, 2.5]))
    [line] = pieces(root, "training")
    scale = heights(root)
    assert [y for _, y in line] == [
        scale["0"],
        scale["1"],
        scale["5"],
        (scale["2"] + scale["3"]) / 2,
    ]
    gaps = {round(b[0] - a[0], 2) for a, b in pairwise(line)}
    assert len(gaps) == 1
    assert gaps.pop() > 100


def test_a_logarithmic_height_is_halfway_at_the_root():
    root = parse_svg(draw_losses([1000.0, 1.0, math.sqrt(1000)]))
    [line] = pieces(root, "training")
    scale = heights(root)
    assert [line[0][1], line[1][1]] == [scale["1000"], scale["1"]]
    assert line[2][1] == pytest.approx((scale["1000"] + scale["1"]) / 2, abs=0.01)


@pytest.mark.parametrize(
    ("losses", "name"),
    [
        ([1.0, 0.0099], "loss (log scale)"),
        ([1.0, 0.01], "loss"),
        ([1.0, 0.001, 0.0], "loss"),
        ([1.0, -0.001], "loss"),
        ([1.0, 1e-250], "loss"),
        ([1.0, NAN, 1e-9], "loss (log scale)"),
        ([1.0, 1e250], "loss"),
    ],
)
def test_the_axis_is_logarithmic_beyond_two_decades(losses, name):
    assert name in texts(parse_svg(draw_losses(losses)))


def test_validation_counts_for_the_scale():
    assert "loss (log scale)" in texts(parse_svg(draw_losses([1.0, 1.0], [None, 1e-3])))


@pytest.mark.parametrize(
    ("validation", "told", "index"),
    [
        ([3.0, 1.0, 2.0], "best epoch 2: 1", 1),
        ([1.0, 1.0, 1.0], "best epoch 1: 1", 0),
        ([NAN, None, 0.123456789], "best epoch 3: 0.123457", None),
        ([-INF, 2.0, 1.5], "best epoch 3: 1.5", 1),
    ],
)
def test_the_best_validation_epoch_is_marked(validation, told, index):
    root = parse_svg(draw_losses([1.0, 2.0, 3.0], validation))
    assert told in texts(root)
    [dot] = dots(root, "best", "5.5")
    if index is not None:
        assert dot == pieces(root, "validation")[0][index]


@pytest.mark.parametrize("validation", [[], [None, None], [NAN, INF]])
def test_no_best_without_a_validation_loss(validation):
    root = parse_svg(draw_losses([1.0, 2.0], validation))
    assert not any("best" in text for text in texts(root))
    assert ("validation" in " ".join(texts(root))) == (NAN in validation)


def test_gaps_are_gaps_and_none_is_not():
    root = parse_svg(
        draw_losses([4.0, 3.0, NAN, 2.0, INF, 1.0, 1.0], [5.0, None, 4.0, None, None, 3.0])
    )
    assert [len(line) for line in pieces(root, "training")] == [2, 2]
    assert len(dots(root, "training", "4")) == 1
    assert [len(line) for line in pieces(root, "validation")] == [3]
    assert "training (2 not finite)" in texts(root)
    assert "validation" in texts(root)


@pytest.mark.parametrize("epochs", [400, 401, 5000, 79_999])
def test_a_long_curve_is_thinned(epochs):
    losses = [5 + 2 * math.sin(epoch) for epoch in range(epochs)]
    losses[0], losses[epochs // 3], losses[epochs // 2], losses[-1] = 4.0, 0.0, 10.0, 6.0
    root = parse_svg(draw_losses(losses, losses[::-1]))
    scale = heights(root)
    for name, ends in (("training", ["4", "6"]), ("validation", ["6", "4"])):
        [line] = pieces(root, name)
        assert CURVE_POINTS / 2 < len(line) <= CURVE_POINTS
        assert sorted(line, key=lambda place: place[0]) == line
        assert {scale["0"], scale["10"]} <= {y for _, y in line}
        assert [line[0][1], line[-1][1]] == [scale[end] for end in ends]
        assert line[-1][0] == 680


def test_a_gap_survives_thinning():
    losses = [1.0 + epoch % 2 for epoch in range(10_000)]
    losses[3000] = NAN
    losses[5000:5999] = [INF] * 999
    root = parse_svg(draw_losses(losses))
    assert len(pieces(root, "training")) == 3
    assert "training (1000 not finite)" in texts(root)


def test_no_losses():
    with pytest.raises(ValueError, match="train for at least one epoch"):
        draw_losses([], [1.0])


def test_same_losses_same_text():
    losses = [math.sin(epoch) for epoch in range(2000)]
    assert draw_losses(losses, losses[::-1], title="∂") == draw_losses(
        tuple(losses), tuple(losses[::-1]), title="∂"
    )


def test_one_epoch_is_a_dot_in_the_middle():
    root = parse_svg(draw_losses([0.5]))
    [axis] = [text for text in root.iter("text") if text.text == "epoch"]
    [(x, _)] = dots(root, "training", "4")
    assert x == float(axis.get("x"))
    assert pieces(root, "training") == []


def test_labels_have_the_digits_that_tell_them_apart():
    labels = list(heights(parse_svg(draw_losses([1e6, 1e6 + 0.2]))))
    assert labels == ["1000000", "1000000.05", "1000000.1", "1000000.15", "1000000.2"]


@pytest.mark.parametrize(
    ("epochs", "ticks"),
    [
        (1, [1]),
        (2, [1, 2]),
        (6, [1, 2, 3, 4, 5, 6]),
        (7, [1, 2, 4, 6]),
        (100, [1, 20, 40, 60, 80, 100]),
        (1000, [1, 200, 400, 600, 800, 1000]),
    ],
)
def test_round_epochs(epochs, ticks):
    assert list_round_epochs(1, epochs) == ticks


# Whatever the numbers


losses = st.lists(st.floats() | st.sampled_from([0.0, 0.5, NAN, INF]), min_size=1, max_size=30)


@settings(deadline=None)
@given(losses, st.lists(st.none() | st.floats(), max_size=30), st.text(max_size=80))
@example([5e-324, 1e308], [-1e308], "")
@example([1e200, -1e200], [], "\x00\ud800\uffff")
def test_any_losses_make_a_picture(training, validation, title):
    root = parse_svg(draw_losses(training, validation, title=title))
    for name in ("training", "validation"):
        places = [place for line in pieces(root, name) for place in line]
        for x, y in places + dots(root, name, "4"):
            assert 40 < x <= CHART_WIDTH - 40
            assert 70 < y < CHART_HEIGHT - 60
    labels = list(heights(root))
    assert len(set(labels)) == len(labels)


@cases
@pytest.mark.parametrize(
    "title",
    ["", "moons", "m" * 300, "W" * 300, "損失" * 50],
    ids=["none", "short", "m", "W", "wide"],
)
def test_no_text_is_cut_or_overlaps(training, validation, title):
    root = parse_svg(draw_losses(training, validation, title=title))
    places = [box for box in boxes(root) if box[0] != ""]
    assert len(places) >= 6
    for text, left, top, right, bottom in places:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= CHART_WIDTH, text
        assert bottom <= CHART_HEIGHT, text
    for (text, left, top, right, bottom), (other, *there) in combinations(places, 2):
        apart = right <= there[0] or there[2] <= left or bottom <= there[1] or there[3] <= top
        assert apart, f"{text!r} overlaps {other!r}"


@cases
def test_numbers_are_short(training, validation):
    root = parse_svg(draw_losses(training, validation))
    for element in root.iter():
        for name in ("d", "x", "y", "cx", "cy", "r", "transform"):
            for number in re.findall(r"[\d.]+", element.get(name, "")):
                assert len(number.replace(".", "").lstrip("0")) <= 6, number


# For every reader


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<b>bold</b> &amp; </svg><script>", "<b>bold</b> &amp; </svg><script>"),
        ("two\nlines\x07", "two lines�"),
        ("  ∂L/∂w  ", "∂L/∂w"),
    ],
)
def test_the_title_arrives_as_text(title, shown):
    root = parse_svg(draw_losses([1.0], title=title))
    [text] = [text for text in root.iter("text") if text.get("class") == "title"]
    assert text.text == root.find("title").text == shown
    assert root.get("aria-label").startswith(f"{shown}: loss over 1 epoch;")
    assert root.find("script") is None


def test_a_long_title_is_shortened_where_it_is_seen():
    title = "long title " * 20
    root = parse_svg(draw_losses([1.0], title=title))
    assert texts(root)[0].startswith("long title")
    assert texts(root)[0].endswith("…")
    assert root.find("title").text == title.strip()


def test_the_picture_in_words():
    root = parse_svg(draw_losses([1.0, 0.25, 0.5], [None, INF, 2.0]))
    assert root.get("role") == "img"
    assert root.find("title").text == "Loss over the epochs"
    assert root.get("aria-label") == (
        "loss over 3 epochs; training from 1 to 0.5, lowest 0.25 in epoch 2; "
        "validation from 2 to 2, lowest 2 in epoch 3; validation not finite in 1 epoch"
    )


def test_it_may_begin_before_training():
    root = parse_svg(draw_losses([200.0, 1.0, 0.5], [None, 2.0, 1.0], first=0))
    assert "best epoch 2: 1" in texts(root)
    assert root.get("aria-label").startswith("loss over 2 epochs; training from 200 to 0.5")
    assert {"0", "1", "2", "loss (log scale)"} <= set(texts(root))


def test_the_file_stands_alone():
    svg = draw_losses(DECAY, DECAY, title="moons")
    root = parse_svg(svg)
    assert root.get("viewBox") == f"0 0 {CHART_WIDTH} {CHART_HEIGHT}"
    assert svg.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert root.find("style").text == CHART_STYLE


def test_every_class_has_a_style_and_every_rule_stays_inside_the_chart():
    root = parse_svg(draw_losses(DECAY, [*DECAY, NAN], title="moons"))
    used = {name for element in root.iter() for name in element.get("class", "").split()}
    plain = {"training", "best"}  # a solid line in ink; a dot and a text in it
    assert used - plain == set(re.findall(r"\.([a-z][a-z-]*)", CHART_STYLE))
    selectors = re.findall(r"^([^@{}\n]+)\{", CHART_STYLE, re.MULTILINE)
    assert all(
        part.strip().startswith(".loss-chart") for line in selectors for part in line.split(",")
    )


def test_the_curves_are_ink_and_differ_by_a_dash():
    assert not re.search(r"\.(training|validation)[^}]*color:", CHART_STYLE)
    assert re.search(r"\.curve\.validation \{[^}]*stroke-dasharray: \d", CHART_STYLE)


def test_letters_are_large_enough():
    sizes = [int(size) for size in re.findall(r"(\d+)px", CHART_STYLE)]
    assert len(sizes) == 2
    assert min(sizes) >= 13


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_stand_out_from_the_paper(scheme):
    rules = CHART_STYLE.split("@media")[scheme]
    colours = dict(re.findall(r"\.loss-chart(?: \.)?(\w*) \{[^}]*color: (#\w{6})", rules))
    assert set(colours) == {"", "paper", "grid"}
    light, dark = sorted([luminance(colours["paper"]), luminance(colours[""])], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
