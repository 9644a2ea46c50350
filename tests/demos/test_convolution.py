"""The convolution of demos/ reads digits wherever they are, and shares its weights as it says."""

import copy
import random
import re
import runpy
import types
from collections import Counter

import pytest
from places import ROOT
from sizes import choose_size


@pytest.fixture(scope="module")
def convolution():
    return types.SimpleNamespace(**runpy.run_path(str(ROOT / "demos" / "convolution.py")))


def test_the_digits_are_fifty_of_each_in_pixels_from_0_to_16(convolution):
    digits = convolution.read_digits()
    counts = Counter(digit for _, digit in digits)
    assert counts == dict.fromkeys(range(10), 50)
    ink = {16 * pixel for picture, _ in digits for row in picture for pixel in row}
    assert ink == set(range(17))
    assert all([len(row) for row in picture] == [8] * 8 for picture, _ in digits)


def test_the_digits_are_the_first_of_their_source():
    """Who has scikit-learn has the source: its copy of the UCI repository's test part."""
    source = pytest.importorskip("sklearn.datasets").load_digits()
    taken, rows = Counter(), []
    for pixels, digit in zip(source.data, source.target, strict=True):
        if taken[digit] < 50:
            taken[digit] += 1
            rows.append([*map(int, pixels), int(digit)])
    text = (ROOT / "demos" / "digits.csv").read_text(encoding="utf-8")
    assert [list(map(int, line.split(","))) for line in text.splitlines()[1:]] == rows


def test_windows_are_cut_row_by_row(convolution):
    picture = [[1, 2, 3], [4, 5, 6]]
    assert convolution.cut_windows(picture, 2) == [[1, 2, 4, 5], [2, 3, 5, 6]]


def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_places(convolution):
    """The same network with a kernel of its own at each place: its gradients add up to ours."""
    network = convolution.Convolution(2, 2, random.Random(1))
    [(picture, _)] = convolution.place(convolution.read_digits(1)[:1])
    windows = convolution.cut_windows(picture, 3)
    copies = [copy.deepcopy(network.kernels) for _ in windows]
    network(picture)[0].backward()
    answers = [kernels(window) for kernels, window in zip(copies, windows, strict=True)]
    feature_maps = zip(*answers, strict=True)
    network.scores([convolution.largest(*of_one) for of_one in feature_maps])[0].backward()
    for place, shared in enumerate(network.kernels.parameters()):
        own = [kernels.parameters()[place].grad for kernels in copies]
        assert sum(own) == pytest.approx(shared.grad, rel=1e-12)
    assert any(parameter.grad for parameter in network.kernels.parameters())


def test_a_shifted_digit_gets_the_same_scores_from_the_convolution_alone(convolution):
    rng = random.Random(1)
    zero = convolution.read_digits(1)[:1]
    for model, same in (
        (convolution.Convolution(2, 2, rng), True),
        (convolution.Plain(96, 2, rng), False),
    ):
        scores = [
            [score.data for score in model(picture)]
            for shift in (-1, 0, 1)
            for picture, _ in convolution.place(zero, shift)
        ]
        assert (scores[0] == scores[1] == scores[2]) is same


@pytest.mark.parametrize("shift", [-2, 2])
def test_what_the_edge_takes_away_comes_back_with_more_blank_columns(convolution, shift):
    """Windows that would hang over the edge are left out; with blank columns there, none would."""
    network = convolution.Convolution(12, 2, random.Random(1), size=4)
    zeros = convolution.read_digits(1)[:4]

    def score(digits, blank):
        return [
            [score.data for score in network([blank + row + blank for row in picture])]
            for picture, _ in digits
        ]

    middle, shifted = convolution.place(zeros), convolution.place(zeros, shift)
    assert score(shifted, []) != score(middle, [])
    assert score(shifted, [0.0, 0.0]) == score(middle, [])


@pytest.mark.slow
def test_the_convolution_learns_to_read_two_digits_and_draws_its_kernels(convolution, tmp_path):
    digits = convolution.read_digits(2)
    random.Random(0).shuffle(digits)
    rng = random.Random(3)
    network = convolution.Convolution(2, 2, rng)
    history = convolution.train(network, digits[:40], rng, epochs=choose_size(8, 20), lr=0.1)
    assert history.epochs[-1].loss < history.epochs[0].loss / 3
    assert convolution.measure(network, digits[60:], shift=1) > 0.9
    convolution.draw_kernels(network).save(tmp_path / "kernels.svg")
    assert ">" in (tmp_path / "kernels.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_chapter_shows_what_the_convolution_prints(convolution, capsys):
    """Rates move a little where exp differs in its last digit."""
    convolution.main([])
    *printed, _ = capsys.readouterr().out.splitlines()
    shown = (ROOT / "demos" / "convolution.txt").read_text(encoding="utf-8")
    shown = shown.splitlines()
    assert len(printed) == len(shown) == 3
    assert printed[0] == shown[0]
    for ours, theirs in zip(printed[1:], shown[1:], strict=True):
        assert ours[:31] == theirs[:31]
        rates = [[float(n) for n in re.findall(r"(\d+)%", line)] for line in (ours, theirs)]
        assert rates[0] == pytest.approx(rates[1], abs=3)
