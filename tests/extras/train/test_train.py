"""Training: what fit learns, when it stops, and with which weights it leaves a model."""

import math
import random
import re
import warnings
from contextlib import nullcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_nn import Value, no_grad
from micrograd_nn.extras.train import Epoch, History, fit, mean_loss, split
from micrograd_nn.extras.train.snapshots import Recording, Snapshot, Weights
from micrograd_nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    l2_penalty,
    mean_absolute_error,
    squared_error,
)
from micrograd_nn.nn import MLP, Module
from micrograd_nn.optim import SGD, Adam

LINE = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]


def noisy_line(count, seed=0):
    rng = random.Random(seed)
    points = [rng.uniform(-1, 1) for _ in range(count)]
    return [([x], 2 * x + 1 + rng.gauss(0, 0.3)) for x in points]


def line_model(seed=0):
    return MLP(1, [1], rng=random.Random(seed))


def weights(model):
    return [parameter.data for parameter in model.parameters()]


class Fixed(Module):
    """A model of one weight that begins at a given number."""

    def __init__(self, w):
        self.w = Value(w)

    def __call__(self, x):
        return self.w * x[0]


# Learning


def test_exclusive_or_is_learned_as_three_kinds_of_problem():
    corners = [([-1.0, -1.0], 0), ([-1.0, 1.0], 1), ([1.0, -1.0], 1), ([1.0, 1.0], 0)]
    for loss, outputs, target, label in [
        (binary_cross_entropy, 1, lambda y: y, lambda out: int(out.data > 0)),
        (hinge, 1, lambda y: 2 * y - 1, lambda out: int(out.data > 0)),
        (cross_entropy, 2, lambda y: y, lambda out: int(out[1].data > out[0].data)),
    ]:
        rng = random.Random(2)
        model = MLP(2, [8, outputs], "tanh", rng=rng)
        data = [(x, target(y)) for x, y in corners]
        fit(model, data, loss, optimizer=Adam(model.parameters(), 0.1), epochs=60, rng=rng)
        assert [label(model(x)) for x, _ in corners] == [0, 1, 1, 0]


def train_once(seed):
    rng = random.Random(seed)
    model = MLP(1, [4, 1], "tanh", rng=rng)
    history = fit(
        model, noisy_line(40), squared_error, epochs=5, batch_size=7, validation=0.2, rng=rng
    )
    return model.state(), history


@pytest.mark.parametrize("compiled", [True, False])
def test_a_training_within_no_grad_is_the_same(compiled):
    results = []
    for around in (nullcontext(), no_grad()):
        model = line_model()
        with around, warnings.catch_warnings():
            warnings.simplefilter("error")
            history = fit(
                model, LINE, squared_error, optimizer=Adam(model.parameters(), 0.1), epochs=20,
                rng=random.Random(0), compiled=compiled,
            )  # fmt: skip
        results.append((weights(model), history))
    assert results[0] == results[1]
    assert history.best.loss < 0.5 * history.epochs[0].loss


def test_the_same_seed_gives_the_same_weights_and_history_and_another_others():
    assert train_once(3) == train_once(3)
    assert train_once(3)[0] != train_once(4)[0]


def test_without_a_generator_the_order_is_what_random_seed_fixes():
    def train():
        model = line_model()
        fit(model, LINE, squared_error, epochs=3, batch_size=5)
        return model.state()

    random.seed(1)
    first = train()
    random.seed(1)
    again, other = train(), train()
    assert first == again != other


def test_a_generator_handed_in_leaves_pythons_own_alone():
    state = random.getstate()
    train_once(3)
    assert random.getstate() == state


@pytest.mark.parametrize("validation", [0.0, 0.3, noisy_line(5, seed=1)], ids=["0", "0.3", "list"])
def test_the_data_is_left_in_its_order(validation):
    data = noisy_line(20)
    copy = list(data)
    fit(line_model(), data, squared_error, epochs=3, validation=validation, rng=random.Random(0))
    assert data == copy


class Watch:
    """A loss that notes the targets it was asked for: those to learn from, and the others."""

    def __init__(self):
        self.learned = []
        self.only_measured = []

    def __call__(self, prediction, target):
        inputs = squared_error(prediction, target)
        (self.learned if inputs.operation else self.only_measured).append(target)
        return inputs


def test_each_epoch_uses_every_example_once_in_an_order_of_its_own():
    watch, model = Watch(), line_model()
    optimizer = SGD(model.parameters(), 0.01)
    data = [([1.0], float(number)) for number in range(10)]
    fit(model, data, watch, optimizer=optimizer, epochs=4, batch_size=4, rng=random.Random(0))
    _, *learned = watch.learned  # the first one is asked for which parameters its loss depends on
    orders = [tuple(learned[start : start + 10]) for start in range(0, 40, 10)]
    assert len(learned) == 40
    assert all(sorted(order) == [float(number) for number in range(10)] for order in orders)
    assert len(set(orders)) == 4
    assert optimizer.steps == 4 * 3, "batches of 4, 4 and 2"


def test_a_batchs_loss_is_the_mean_of_its_examples():
    model = Fixed(3.0)
    data = [([1.0], 0.0), ([2.0], 1.0), ([0.5], 2.0)]
    slope = sum(2 * (3.0 * x - y) * x for (x,), y in data) / 3
    seen = []
    fit(
        model, data, squared_error, optimizer=SGD(model.parameters(), 0.01), epochs=1,
        callback=lambda epoch: seen.append(model.w.data),
    )  # fmt: skip
    assert seen == pytest.approx([3.0, 3.0 - 0.01 * slope], rel=1e-12)


def test_an_unequal_last_batch_counts_by_its_size_in_the_epochs_loss():
    data = [([1.0], float(number)) for number in range(5)]
    model = Fixed(3.0)
    optimizer = SGD(model.parameters(), lr=0.0)
    history = fit(
        model, data, squared_error, optimizer=optimizer, epochs=1, batch_size=4, validation=LINE
    )
    assert history.epochs[1].loss == pytest.approx((9 + 4 + 1 + 0 + 1) / 5, rel=1e-12)


# A validation part


def test_a_fraction_is_held_back_and_never_learned_from():
    watch = Watch()
    data = [([1.0], float(number)) for number in range(20)]
    fit(line_model(), data, watch, epochs=3, batch_size=4, validation=0.25, rng=random.Random(1))
    learned = set(watch.learned)
    held_back = set(watch.only_measured[-5:])
    assert len(learned) == 15
    assert len(held_back) == 5
    assert learned | held_back == {float(number) for number in range(20)}


def test_other_data_to_validate_on_is_never_learned_from():
    watch = Watch()
    fit(line_model(), [([1.0], 1.0)], watch, epochs=3, validation=[([2.0], 5.0), ([3.0], 6.0)])
    assert set(watch.learned) == {1.0}
    assert {5.0, 6.0} <= set(watch.only_measured)


def test_the_validation_loss_is_that_of_the_weights_after_the_epoch():
    model, held_back = line_model(), noisy_line(9, seed=1)
    measured = []
    history = fit(
        model, noisy_line(30), squared_error, epochs=6, batch_size=8, validation=held_back,
        callback=lambda epoch: measured.append(mean_loss(model, held_back, squared_error)),
        rng=random.Random(0),
    )  # fmt: skip
    assert [epoch.validation_loss for epoch in history.epochs] == measured
    assert [epoch.monitored for epoch in history.epochs] == measured


def test_without_validation_there_is_no_validation_loss():
    history = fit(line_model(), LINE, squared_error, epochs=2)
    assert [epoch.validation_loss for epoch in history.epochs] == [None] * 3
    assert [epoch.monitored for epoch in history.epochs] == [e.loss for e in history.epochs]
    again = fit(line_model(), LINE, squared_error, epochs=2, validation=[])
    assert [epoch.validation_loss for epoch in again.epochs] == [None] * 3


# The best weights


def wild(step):
    """Return a learning rate that learns for 10 steps and then jumps about."""
    return 0.1 if step < 10 else 1.2


@pytest.mark.parametrize(
    "rate", [wild, lambda step: 0.05, lambda step: 3.0], ids=["wild", "small", "large"]
)
def test_a_model_is_left_with_the_weights_of_its_best_validation_loss(rate):
    model, held_back = line_model(), noisy_line(10, seed=1)
    states = []
    history = fit(
        model, noisy_line(20), squared_error, optimizer=SGD(model.parameters(), rate), epochs=15,
        batch_size=20, validation=held_back, callback=lambda epoch: states.append(model.state()),
    )  # fmt: skip
    lowest = min(epoch.validation_loss for epoch in history.epochs)
    assert history.best.validation_loss == lowest
    assert model.state() == states[history.best.number]
    assert mean_loss(model, held_back, squared_error) == lowest


def test_training_without_validation_never_leaves_a_model_worse_than_it_was():
    """The last step of an epoch may be the one that ruins it."""
    model = line_model()
    before = mean_loss(model, LINE, squared_error)
    optimizer = SGD(model.parameters(), lr=lambda step: 0.1 if step == 0 else 100.0)
    fit(model, LINE, squared_error, optimizer=optimizer, epochs=2)
    assert mean_loss(model, LINE, squared_error) <= before


# Stopping early


@pytest.mark.parametrize(
    ("target", "rate", "patience", "epochs", "best", "w"),
    [
        (-1.0, 0.1, 4, 4, 0, 0.0),  # every step leads away from what is validated
        (0.5, 0.1, 3, 6, 3, 0.488),  # it starts over with every better epoch: 0.2, 0.36, 0.488
        (1.0, 0.01, 2, 50, 50, 1 - 0.98**50),  # it isn't a limit while it gets better
    ],
)
def test_it_stops_after_so_many_epochs_without_a_better_one(
    target, rate, patience, epochs, best, w
):
    model = Fixed(0.0)
    history = fit(
        model, [([1.0], 1.0)], squared_error, optimizer=SGD(model.parameters(), rate), epochs=50,
        patience=patience, validation=[([1.0], target)],
    )  # fmt: skip
    assert [epoch.number for epoch in history.epochs] == list(range(epochs + 1))
    done = epochs == 50
    assert history.stopped == ("all epochs done" if done else f"no better epoch in {patience}")
    assert history.best.number == best
    assert model.w.data == pytest.approx(w, rel=1e-12)


# What is told


def test_the_callback_sees_every_epoch_from_number_0_as_the_history_has_it():
    seen = []
    model = line_model()
    before = mean_loss(model, LINE, squared_error)

    def rate(step):
        return 0.1 / (1 + step)

    history = fit(
        model, LINE, squared_error, optimizer=SGD(model.parameters(), rate), epochs=3,
        batch_size=21, callback=seen.append,
    )  # fmt: skip
    assert seen == history.epochs
    assert [epoch.number for epoch in seen] == [0, 1, 2, 3]
    assert seen[0] == Epoch(0, before, None, 0.1)
    assert [epoch.lr for epoch in seen] == [
        rate(step) for step in (0, 0, 1, 2)
    ]  # an epoch's own rate


def test_the_best_epoch_is_the_earliest_of_the_lowest_and_never_nan():
    losses = [math.nan, 2.0, math.inf, 1.0, 1.0, math.nan]
    history = History([Epoch(i, loss, None, 0.1) for i, loss in enumerate(losses)])
    assert history.best.number == 3
    validated = [Epoch(0, 0.0, 2.0, 0.1), Epoch(1, 5.0, 1.0, 0.1)]
    assert History(validated).best.number == 1, "the validation loss decides where there is one"


# A penalty


@pytest.mark.parametrize("start", [3.0, 1.0, 0.0])
def test_a_penalty_draws_a_weight_to_where_it_balances_the_loss(start):
    """(w - 3)² + w² is lowest at 1.5, also for a model that fits the data from the start."""
    model = Fixed(start)
    fit(
        model, [([1.0], 3.0)], squared_error, optimizer=SGD(model.parameters(), 0.1), epochs=80,
        penalty=lambda parameters: l2_penalty(parameters, 1.0),
    )  # fmt: skip
    assert model.w.data == pytest.approx(1.5, abs=1e-3)


# Interrupted


@pytest.mark.parametrize("history", [None, History()])
def test_ctrl_c_says_how_to_keep_the_history(history):
    def callback(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        fit(line_model(), LINE, squared_error, callback=callback, history=history)
    told = getattr(caught.value, "__notes__", [])
    assert [note.partition(": ")[2] for note in told] == (
        ["history = History(), fit(…, history=history)"] if history is None else []
    )


def test_an_interrupt_before_the_first_epoch_changes_nothing():
    def callback(epoch):
        raise KeyboardInterrupt

    model = line_model()
    before = model.state()
    with pytest.raises(KeyboardInterrupt):
        fit(model, LINE, squared_error, callback=callback)
    assert model.state() == before


# Recorded


def recorded(record, epochs=10, validation=0.3, **options):
    """Train with weights recorded, and note each epoch's state as a callback sees it."""
    model, states = line_model(), []
    history = fit(
        model, noisy_line(20), squared_error, optimizer=SGD(model.parameters(), 0.05),
        epochs=epochs, validation=validation, record=record, rng=random.Random(0),
        callback=lambda epoch: states.append(model.state()), **options,
    )  # fmt: skip
    return history, states


def test_recorded_weights_are_those_after_each_epoch_with_the_examples():
    history, states = recorded(True)
    recording = history.recording
    assert [snapshot.state for snapshot in recording.snapshots] == states
    assert [snapshot.epoch for snapshot in recording.snapshots] == list(range(11))
    assert (len(recording.training), len(recording.validation)) == (14, 6)
    assert recording.loss is squared_error
    for snapshot, epoch in zip(recording.snapshots, history.epochs, strict=True):
        recording.model.load_state(snapshot.state)
        assert mean_loss(recording.model, recording.validation, squared_error) == epoch.monitored


def test_recording_changes_nothing_of_the_training():
    with_it, without = recorded(3), recorded(None)
    assert with_it == without, "histories and states are the same numbers"
    assert without[0].recording is recorded(False)[0].recording is None


@given(st.lists(st.floats(), min_size=1, max_size=300), st.integers(3, 20))
def test_a_thinned_recording_has_the_first_the_last_and_the_best_epoch(losses, most):
    recording = Recording(Weights(None, []), squared_error, most=most)
    for number, loss in enumerate(losses):
        recording.add(Snapshot(number, {"w": float(number)}), loss)
        kept = [snapshot.epoch for snapshot in recording.snapshots]
        so_far = History([Epoch(i, x, None, 0.1) for i, x in enumerate(losses[: number + 1])])
        assert kept == sorted(set(kept))
        assert {0, number, so_far.best.number} <= set(kept)
        assert len(kept) <= most
        assert [snapshot.state["w"] for snapshot in recording.snapshots] == kept
    apart = [y - x for x, y in pairwise(kept)]
    assert max(apart, default=1) <= recording.stride
    assert recording.stride * (most - 3) <= 2 * max(number, most), "no thinner than need be"
    few = [snapshot.epoch for snapshot in recording.at_most(5)]
    assert len(few) <= 5
    assert {kept[0], kept[-1], recording.best} <= set(few) <= set(kept)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_what_was_recorded_is_at_hand_after_ctrl_c_and_errors(error):
    model, history = line_model(), History()

    def callback(epoch):
        if epoch.number == 6:
            raise error

    with pytest.raises(error):
        fit(model, LINE, squared_error, callback=callback, record=True, history=history)
    assert [epoch.number for epoch in history.epochs] == list(range(7))
    assert [snapshot.epoch for snapshot in history.recording.snapshots] == list(range(7))
    assert history.stopped == {KeyboardInterrupt: "Ctrl-C"}.get(error, "ZeroDivisionError()")


def test_a_history_is_filled_once():
    history = History()
    assert fit(line_model(), LINE, squared_error, epochs=2, history=history) is history
    with pytest.raises(ValueError, match=r"pass a new History\(\)"):
        fit(line_model(), LINE, squared_error, epochs=2, history=history)


# A loss that isn't a number any more


@pytest.mark.parametrize("compiled", [True, False])
def test_a_gradient_that_the_optimizer_refuses_stops_with_its_own_reason(compiled):
    model = line_model()
    before = weights(model)
    history = fit(
        model, LINE * 20, lambda prediction, target: prediction * 1e200, compiled=compiled,
        optimizer=Adam(model.parameters()), epochs=3,
    )  # fmt: skip
    assert history.stopped.startswith("Adam squares gradients, and that of parameter")
    assert history.stopped.endswith("clip it or scale the loss down")
    assert len(history.epochs) == 1
    assert weights(model) == before


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_target_that_is_no_number_stops_with_a_reason_and_leaves_finite_weights(bad):
    model = line_model()
    before = model.state()
    history = fit(model, [*LINE, ([0.5], bad)], mean_absolute_error, epochs=9)
    assert f"the loss became {bad}" in history.stopped
    assert len(history.epochs) == 2
    assert model.state() == before


# What is refused


OTHER = line_model()
REFUSED = [
    *[({"optimizer": one}, TypeError, "optimizer is one of this model's parameters, such as")
      for one in ("adam", "", Adam, OTHER)],
    *[({"data": data}, ValueError, "fit needs at least one example") for data in ([], ())],
    *[({"data": [LINE[0], row]}, ValueError, r"pairs, and example 1 is none: .*row\[:-1\], row")
      for row in ([1.0, 2.0, 3.0], 1.0, ([1.0],))],
    *[({"data": data}, TypeError, rf"data is a list of \(inputs, target\) pairs, not {data}")
      for data in (3, None)],
    *[({name: bad}, ValueError, f"{name} is at least 1, not {bad}")
      for name in ("epochs", "batch_size", "patience") for bad in (0, -1, -100)],
    *[({"validation": share}, ValueError, "a fraction from 0 to below 1, not")
      for share in (-0.1, 1, 1.0, 2.5, math.nan, math.inf)],
    ({"data": LINE[:1], "validation": 0.5}, ValueError, "at least two examples"),
    ({"validation": [[1.0, 2.0, 3.0]]}, ValueError, "^validation is a list .*, and example 0 is"),
    ({"validation": None}, TypeError, "^validation is a list of .* pairs, not None"),
    *[({"record": bad}, ValueError, r"at least 3 \(the first, the best and the last\)")
      for bad in (0, 1, 2, -5, 2.5, "all")],
    *[({"model": one}, TypeError, r"a model is called with .* derive its class from nn\.Module, or")
      for one in (3, OTHER.parameters(), lambda x: x, "net", MLP)],
    *[({"penalty": one}, TypeError, "penalty is a function of the parameters, such as")
      for one in (0.01, "l2", Value(1.0))],
]  # fmt: skip


@pytest.mark.parametrize(("given", "error", "told"), REFUSED)
def test_what_fit_cannot_take_is_refused_with_the_remedy_and_nothing_changes(given, error, told):
    model = line_model()
    before = model.state()
    with pytest.raises(error, match=told):
        fit(**{"model": model, "data": LINE, "loss": squared_error, **given})
    assert model.state() == before


def test_not_a_number_among_the_examples_is_told():
    history = fit(line_model(), [*LINE, ([math.nan], 1.0)], squared_error, validation=0.0)
    assert re.fullmatch(r"the loss became nan: example \d+ has nan among .*", history.stopped)


# Splitting


@given(st.integers(2, 60), st.floats(0, 1, exclude_max=True), st.integers(0, 100))
def test_a_split_loses_nothing_and_takes_nothing_twice(count, fraction, seed):
    data = [([float(number)], number) for number in range(count)]
    training, held_back = split(data, fraction, random.Random(seed))
    assert sorted(training + held_back) == data
    assert abs(len(held_back) - count * fraction) <= 1
    assert bool(held_back) == (fraction > 0)
    assert training


def test_a_split_is_shuffled_by_the_generator_alone():
    data = [([float(number)], number) for number in range(50)]
    one, other = split(data, 0.3, random.Random(1)), split(data, 0.3, random.Random(2))
    assert one == split(data, 0.3, random.Random(1)) != other
    assert one[1] not in (data[:15], data[-15:])
    assert data == sorted(data)


def test_mean_loss_is_the_mean_and_touches_no_gradient():
    model = Fixed(2.0)
    assert mean_loss(model, [([1.0], 1.0), ([2.0], 1.0)], squared_error) == (1.0 + 9.0) / 2
    assert model.w.grad is None
