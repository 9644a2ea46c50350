"""Shapes to learn from: where their points are, and that a seed fixes them."""

import math
import random

import pytest

from micrograd_nn.extras.train.shapes import (
    BY_NAME,
    circles,
    hills,
    moons,
    plane,
    spirals,
    wave,
    xor,
)

CLASSES = [moons, circles, spirals, xor]


@pytest.mark.parametrize("shape", BY_NAME.values(), ids=BY_NAME)
def test_a_seed_fixes_the_points_and_pythons_own_generator_is_left_alone(shape):
    before = random.getstate()
    one, same, other = [shape(50, 0.1, random.Random(seed)) for seed in (1, 1, 2)]
    assert one == same != other
    assert random.getstate() == before
    assert all(x == round(x, 4) for inputs, _ in one for x in inputs)


@pytest.mark.parametrize("shape", CLASSES)
@pytest.mark.parametrize("count", [1, 2, 51])
def test_of_an_odd_count_the_first_class_has_one_more(shape, count):
    kinds = [kind for _, kind in shape(count, 0.1, random.Random(1))]
    assert [kinds.count(-1.0), kinds.count(1.0)] == [count - count // 2, count // 2]


def test_without_noise_the_points_are_on_their_curves():
    for (x, y), kind in moons(100, 0.0):
        assert math.hypot(x + 0.5 * kind * -1, y + 0.25 * kind * -1) == pytest.approx(1, abs=1e-3)
    for (x, y), kind in circles(100, 0.0):
        assert math.hypot(x, y) == pytest.approx(0.4 if kind == 1 else 1.0, abs=1e-3)
    assert all(x * y * kind > 0 for (x, y), kind in xor(100, 0.0, random.Random(1)))
    assert all(y == pytest.approx(math.sin(math.pi * x), abs=1e-3) for (x,), y in wave(100, 0.0))
    ends = [math.hypot(*x) for x, _ in spirals(100, 0.0)]
    assert (min(ends), max(ends)) == (pytest.approx(0.1, abs=1e-3), pytest.approx(1, abs=1e-3))


def test_numbers_over_a_square_are_those_of_their_surface():
    for (x1, x2), y in plane(100, 0.0, random.Random(1)):
        assert y == pytest.approx((x1 + x2) / 2, abs=1e-4)
    tops = {}
    for (x1, x2), y in hills(3000, 0.0, random.Random(1)):
        assert max(abs(x1), abs(x2)) <= 1
        assert y == 0 or math.copysign(1, y) == math.copysign(1, x1 * x2) or abs(x1 * x2) < 0.01
        tops[(x1 > 0, x2 > 0)] = max(tops.get((x1 > 0, x2 > 0), 0), abs(y))
    assert len(tops) == 4
    assert all(top == pytest.approx(1, abs=0.02) for top in tops.values())


def test_the_noise_of_numbers_is_that_of_the_target():
    points = plane(1000, 0.2, random.Random(3))
    strays = [y - (x1 + x2) / 2 for (x1, x2), y in points]
    assert math.sqrt(math.fsum(x * x for x in strays) / 1000) == pytest.approx(0.2, rel=0.05)
    assert all(-1 <= x <= 1 for inputs, _ in points for x in inputs)


def test_noise_is_how_far_points_stray():
    still, moved = circles(1000, 0.0), circles(1000, 0.2, random.Random(3))
    strays = [p[i] - q[i] for (p, _), (q, _) in zip(still, moved, strict=True) for i in (0, 1)]
    spread = math.sqrt(math.fsum(x * x for x in strays) / len(strays))
    assert spread == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize(
    ("given", "told"),
    [((0, 0.1), "at least 1 point"), ((2.5, 0.1), "at least 1"), ((5, -1), "from 0 up, not -1"),
     ((5, math.nan), "not nan"), ((5, math.inf), "not inf")],
)  # fmt: skip
def test_what_has_no_points_is_refused(given, told):
    for shape in BY_NAME.values():
        with pytest.raises(ValueError, match=told):
            shape(*given)
