"""The chart says what the losses say, whatever they are; how it looks is the plots' affair."""

import math

import pytest
from pictures import dots, parse_svg, paths, read_back, texts, ticks

from micrograd_nn.extras.train.chart import draw_losses

NAN, INF = math.nan, math.inf


def draw(*losses, **options):
    return parse_svg(draw_losses(*losses, **options))


def lines(root):
    """Return the pieces of both curves as epochs and losses: those of training, then the dashed."""
    found = {"training": [], "validation": []}
    for path in root.find("g").iter("path"):
        if "line" in path.get("class", "").split():
            places = [tuple(map(float, p.split())) for p in path.get("d")[1:].split("L")]
            name = "validation" if path.get("stroke-dasharray") else "training"
            found[name].append(read_back(root, places))
    return found


def test_a_loss_is_drawn_at_its_height_and_epoch_with_whole_epochs_below():
    root = draw([0.0, 1.0, 5.0, 2.5])
    assert lines(root)["training"] == [
        [pytest.approx(p, abs=0.01) for p in [(1, 0), (2, 1), (3, 5), (4, 2.5)]]
    ]
    assert list(ticks(root)[0]) == ["1", "2", "3", "4", "epoch"]


@pytest.mark.parametrize(
    ("losses", "name"),
    [
        ([5e-324, 1e308], "loss"),
        ([1e200, -1e200], "loss"),
        ([1e-100, 1e100], "loss (log scale)"),
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
    assert name in texts(draw(losses))
    assert name in texts(draw([1.0], losses))


@pytest.mark.parametrize(
    ("validation", "told", "best"),
    [
        ([3.0, 1.0, 2.0], "best epoch 2: 1", (2, 1)),
        ([1.0, 1.0, 1.0], "best epoch 1: 1", (1, 1)),
        ([NAN, None, 0.123456789], "best epoch 3: 0.123457", (3, 0.123)),
        ([-INF, 2.0, 1.5], "best epoch 3: 1.5", (3, 1.5)),
    ],
)
def test_the_best_validation_epoch_is_marked(validation, told, best):
    root = draw([1.0, 2.0, 3.0], validation)
    assert told in texts(root)
    assert read_back(root, dots(root)[-1:]) == [pytest.approx(best, abs=0.01)]


@pytest.mark.parametrize("validation", [[], [None, None], [NAN, INF]])
def test_no_best_without_a_validation_loss(validation):
    root = draw([1.0, 2.0], validation)
    assert not any("best" in text for text in texts(root))
    assert ("validation" in " ".join(texts(root))) == (NAN in validation)


def test_gaps_are_gaps_and_none_is_not():
    root = draw([4.0, 3.0, NAN, 2.0, INF, 1.0, 1.0], [5.0, None, 4.0, None, None, 3.0])
    found = lines(root)
    assert [len(line) for line in found["training"]] == [2, 2]
    assert [len(line) for line in found["validation"]] == [3]
    assert len(dots(root)) == 2  # alone between two gaps, and the best
    assert "training (2 not finite)" in texts(root)
    assert "validation" in texts(root)


def test_a_long_curve_is_thinned_and_keeps_its_ends_extremes_and_gaps():
    losses = [5 + 2 * math.sin(epoch) for epoch in range(79_999)]
    losses[0], losses[26_666], losses[40_000], losses[-1] = 4.0, 0.0, 10.0, 6.0
    root = draw(losses, [*losses[:50_000], NAN, *losses[50_001:]])
    [line], pieces = lines(root).values()
    heights = [loss for _, loss in line]
    assert len(line) < 2200
    assert sorted(line) == line
    assert [min(heights), max(heights)] == pytest.approx([0, 10], abs=0.05)
    assert (heights[0], heights[-1]) == pytest.approx((4, 6), abs=0.05)
    assert len(pieces) == 2
    assert "validation (1 not finite)" in texts(root)


def test_no_losses():
    with pytest.raises(ValueError, match="train for at least one epoch"):
        draw_losses([], [1.0])


def test_one_epoch_is_a_dot_in_the_middle():
    root = draw([0.5])
    assert dots(root)[0][0] == ticks(root)[0]["1"] == ticks(root)[0]["epoch"]
    assert paths(root, "line") == []


def test_it_may_begin_before_training():
    root = draw([200.0, 1.0, 0.5], [None, 2.0, 1.0], first=0)
    assert "best epoch 2: 1" in texts(root)
    assert {"0", "1", "2", "loss (log scale)"} <= set(texts(root))


def test_the_curves_are_ink_and_differ_by_a_dash():
    root = draw([2.0, 1.0], [3.0, 2.0])
    curves = [p for p in root.find("g").iter("path") if "line" in p.get("class", "").split()]
    assert [curve.get("class") for curve in curves] == ["line ink", "line ink"]
    assert len({curve.get("stroke-dasharray") for curve in curves}) == 2
