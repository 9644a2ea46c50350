"""Losses: their textbook values, their slopes, what they do far out, and what they refuse."""

import math
import random

import pytest

from micrograd_nn import Value, gradcheck, nodes
from micrograd_nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    l1_penalty,
    l2_penalty,
    mean_absolute_error,
    squared_error,
)


def values(numbers):
    return [Value(number) for number in numbers]


def slopes(loss, at, h=1e-6):
    """Return the central differences of a loss of a list of predictions."""
    found = []
    for i in range(len(at)):
        above, below = list(at), list(at)
        above[i] += h
        below[i] -= h
        found.append((loss(values(above)).data - loss(values(below)).data) / (2 * h))
    return found


def gradient(loss, at):
    predictions = values(at)
    loss(predictions).backward()
    return [prediction.grad for prediction in predictions]


# Formulas from a textbook, on floats; fine near zero, where nothing overflows.


def plain_squared_error(p, t):
    return sum((a - b) ** 2 for a, b in zip(p, t, strict=True))


def plain_mean_absolute_error(p, t):
    return sum(abs(a - b) for a, b in zip(p, t, strict=True)) / len(p)


def plain_binary_cross_entropy(x, t):
    p = 1 / (1 + math.exp(-x))
    return -t * math.log(p) - (1 - t) * math.log(1 - p)


def plain_cross_entropy(xs, t):
    return -math.log(math.exp(xs[t]) / sum(math.exp(x) for x in xs))


CASES = {
    **{
        f"squared error {p} {t}": (lambda v, t=t: squared_error(v, t), p, plain_squared_error(p, t))
        for p, t in [([3.0], [1.0]), ([0.5, -1.5, 2.0], [1.0, 1, -2.0]), ([1.0, 2.0], (1.0, 3.0))]
    },
    **{
        f"mean absolute error {p} {t}": (
            lambda v, t=t: mean_absolute_error(v, t),
            p,
            plain_mean_absolute_error(p, t),
        )
        for p, t in [([3.0], [1.0]), ([0.5, -1.5, 2.0, 0.0], [1.0, 1, -2.0, 0.1])]
    },
    **{
        f"hinge {p} {t}": (lambda v, t=t: hinge(v[0], t), [p], max(0.0, 1 - t * p))
        for p in (-3.0, -0.25, 0.5, 1.5)
        for t in (-1, 1, 1.0)
    },
    **{
        f"binary cross-entropy {p} {t}": (
            lambda v, t=t: binary_cross_entropy(v[0], t),
            [p],
            plain_binary_cross_entropy(p, t),
        )
        for p in (-4.0, 0.0, 0.3, 3.0)
        for t in (0, 1, 0.25)
    },
    **{
        f"cross-entropy {p} {t}": (lambda v, t=t: cross_entropy(v, t), p, plain_cross_entropy(p, t))
        for p in ([0.0, 1.0], [2.0, -1.0, 0.5], [0.1, 0.2, 0.3, 0.4, 5.0])
        for t in range(len(p))
    },
}


@pytest.mark.parametrize("case", CASES)
def test_a_loss_is_the_textbooks_formula(case):
    loss, at, expected = CASES[case]
    assert loss(values(at)).data == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_a_losss_gradient_is_its_finite_difference(case):
    loss, at, _ = CASES[case]
    assert gradient(loss, at) == pytest.approx(slopes(loss, at), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("loss", [squared_error, mean_absolute_error])
def test_a_single_prediction_is_like_a_list_of_one(loss):
    assert loss(Value(3.0), 1.5).data == loss([Value(3.0)], [1.5]).data


def test_the_gradient_at_a_kink_is_zero():
    assert gradient(lambda v: mean_absolute_error(v, [1.0]), [1.0]) == [0.0]
    assert gradient(lambda v: hinge(v[0], 1), [1.0]) == [0.0]


# Far out


@pytest.mark.parametrize(
    ("logit", "target", "loss", "slope"),
    [
        (1000.0, 0, 1000.0, 1.0),
        (1000.0, 1, 0.0, 0.0),
        (-1000.0, 0, 0.0, 0.0),
        (-1000.0, 1, 1000.0, -1.0),
        (1000.0, 0.25, 750.0, 0.75),
        (-1000.0, 0.25, 250.0, -0.25),
    ],
)
def test_binary_cross_entropy_is_exact_far_out(logit, target, loss, slope):
    assert binary_cross_entropy(Value(logit), target).data == loss
    assert gradient(lambda v: binary_cross_entropy(v[0], target), [logit]) == [slope]


@pytest.mark.parametrize(
    ("logits", "target", "loss", "slope"),
    [
        ([1000.0, -1000.0], 0, 0.0, [0.0, 0.0]),
        ([1000.0, -1000.0], 1, 2000.0, [1.0, -1.0]),
        ([1000.0, 1000.0], 1, math.log(2), [0.5, -0.5]),
        ([-1000.0, -1000.0], 0, math.log(2), [-0.5, 0.5]),
        ([-1000.0, 0.0, 1000.0], 1, 1000.0, [0.0, -1.0, 1.0]),
    ],
)
def test_cross_entropy_is_exact_far_out(logits, target, loss, slope):
    assert cross_entropy(values(logits), target).data == pytest.approx(loss, rel=1e-12)
    assert gradient(lambda v: cross_entropy(v, target), logits) == pytest.approx(slope, rel=1e-12)


# Targets


@pytest.mark.parametrize("target", [0, 0.5, 2, -2, math.nan, math.inf, "1", None])
def test_hinge_refuses_a_target_other_than_minus_one_and_one(target):
    with pytest.raises(ValueError, match="hinge takes a target of -1 or 1, not "):
        hinge(Value(0.0), target)


@pytest.mark.parametrize("target", [-1, 1.5, math.nan, math.inf, -1e-9])
def test_binary_cross_entropy_refuses_a_target_outside_0_to_1(target):
    with pytest.raises(ValueError, match="binary_cross_entropy takes a target from 0 to 1, not "):
        binary_cross_entropy(Value(0.0), target)


@pytest.mark.parametrize("target", [-1, 3, 100])
def test_cross_entropy_refuses_a_class_that_is_not_there(target):
    with pytest.raises(ValueError, match=f"cross_entropy of 3 logits has no class {target}"):
        cross_entropy(values([0.0, 0.0, 0.0]), target)


@pytest.mark.parametrize("target", [0.5, math.nan, "1", None, [1], Value(0.5)])
def test_cross_entropy_refuses_what_is_no_index(target):
    with pytest.raises((TypeError, ValueError)):
        cross_entropy(values([0.0, 0.0, 0.0]), target)


@pytest.mark.parametrize("loss", [squared_error, mean_absolute_error])
@pytest.mark.parametrize("target", [[], [1.0], [1.0, 2.0, 3.0], 1.0, None])
def test_as_many_targets_as_predictions_are_needed(loss, target):
    with pytest.raises(ValueError, match="2 predictions need as many targets, not "):
        loss(values([1.0, 2.0]), target)


@pytest.mark.parametrize("loss", [squared_error, mean_absolute_error])
@pytest.mark.parametrize("target", ["1", None, [1.0]])
def test_a_target_that_is_no_number_is_refused(loss, target):
    with pytest.raises(TypeError, match="needs a real number or a Value"):
        loss(Value(1.0), target)


# Penalty


def test_the_penalty_is_the_strength_times_the_squares_and_pulls_to_zero():
    weights = [1.0, -2.0, 0.5]
    assert l2_penalty(values(weights), 0.1).data == pytest.approx(0.1 * 5.25, rel=1e-15)
    assert l2_penalty(values(weights)).data == pytest.approx(1e-4 * 5.25, rel=1e-15)
    assert gradient(lambda v: l2_penalty(v, 0.1), weights) == pytest.approx([0.2, -0.4, 0.1])


def test_the_l1_penalty_is_the_strength_times_the_sizes_and_pulls_alike_on_all():
    weights = [1.0, -2.0, 0.001, 0.0]
    assert l1_penalty(values(weights), 0.1).data == pytest.approx(0.1 * 3.001, rel=1e-15)
    assert l1_penalty(values(weights)).data == pytest.approx(1e-4 * 3.001, rel=1e-15)
    assert gradient(lambda v: l1_penalty(v, 0.1), weights) == [0.1, -0.1, 0.1, 0.0]
    assert gradcheck(lambda v: l1_penalty(v, 0.3), [3.0, -0.5])


def test_the_penalty_takes_any_iterable():
    assert l2_penalty((Value(w) for w in (3.0, 4.0)), 1).data == 25.0
    assert l1_penalty((Value(w) for w in (3.0, -4.0)), 1).data == 7.0


def test_the_penalty_of_a_thousand_parameters_is_few_nodes():
    rng = random.Random(1)
    parameters = values(rng.random() for _ in range(1000))
    assert len(nodes(l2_penalty(parameters))) <= 1000 + 3


# Large logits


def test_the_cross_entropy_of_large_logits_knows_what_they_differ_by():
    logits = [1e16, 1e16, 0.0]
    assert cross_entropy(values(logits), 0).data == math.log(2)
    assert gradient(lambda v: cross_entropy(v, 0), logits) == [-0.5, 0.5, 0.0]
    assert gradient(lambda v: cross_entropy(v, 2), logits) == [0.5, 0.5, -1.0]


def test_a_nearly_certain_prediction_has_a_small_loss_and_not_none():
    assert cross_entropy(values([40.0, 0.0]), 0).data == math.exp(-40)
    slopes = gradient(lambda v: cross_entropy(v, 0), [40.0, 0.0])
    assert slopes == pytest.approx([-math.exp(-40), math.exp(-40)], rel=1e-15, abs=0.0)


def test_one_class_alone_is_certain():
    assert gradient(lambda v: cross_entropy(v, 0), [3.0]) == [0.0]
