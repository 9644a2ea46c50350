"""The path of a training is where its weights were, on contours of its loss."""

import random
import re

import pytest
from pictures import parse, paths, read_back

from micrograd_nn import MLP, fit
from micrograd_nn.extras.train import History
from micrograd_nn.extras.train import descent as module
from micrograd_nn.losses import squared_error
from micrograd_nn.optim import SGD

NAME = "layers.0.neurons.0.b"
LINE = [([x / 5], 2 * x / 5 + 1) for x in range(-5, 6)]


def train(widths=(1,), epochs=6, record=True, data=LINE, lr=0.1):
    model = MLP(1, [*widths], rng=random.Random(1))
    optimizer = SGD(model.parameters(), lr=lr)
    history = fit(
        model, data, squared_error, optimizer=optimizer, epochs=epochs, record=record,
        rng=random.Random(1),
    )  # fmt: skip
    return model, history


def test_the_path_is_where_the_weights_were_and_the_model_stays():
    model, history = train()
    before = model.state()
    plot = history.plot_descent()
    assert model.state() == before
    a, b = before
    states = [snapshot.state for snapshot in history.recording.snapshots]
    drawn = [point for line in paths(parse(plot), "line") for point in line]
    assert read_back(parse(plot), drawn) == [
        pytest.approx((state[a], state[b]), abs=0.02) for state in states
    ]
    assert plot.title == "The path of training on its loss"


def test_the_contours_are_the_loss_of_all_examples():
    _, history = train()
    plot = history.plot_descent(xlim=(0, 4), ylim=(0, 3))
    [contours] = [part for part in plot.parts if hasattr(part, "lines")]
    spread = sum(x[0] ** 2 for x, _ in LINE) / len(LINE)
    for level, lines in contours.lines.items():
        for w, b in [point for line in lines for point in line]:
            assert (w - 2) ** 2 * spread + (b - 1) ** 2 == pytest.approx(level, rel=0.05, abs=2e-3)


@pytest.mark.slow
def test_a_slice_says_what_is_held_and_how_far_off_it_is():
    model, history = train([2, 1], epochs=30)
    a, _, _, b, *_ = model.state()
    plot = history.plot_descent(a, b, epoch=0)
    assert plot.title == "A slice of the loss: 5 other parameters held as in epoch 0"
    first, *_, last = next(part.told for part in plot.parts if getattr(part, "told", ()))
    assert re.fullmatch(r"epoch 0: loss [\d.]+", first)
    assert re.fullmatch(r"epoch 30: loss [\d.]+, on this slice [\d.]+", last)
    loss = float(last.split()[3].rstrip(","))
    assert loss == pytest.approx(history.epochs[-1].loss, rel=0.2)
    assert history.plot_descent(a, b).title.endswith(f"epoch {history.best.number}, the best")


def test_what_there_is_no_time_for_is_left_out_and_told(monkeypatch):
    monkeypatch.setattr(module, "MOST_EDGES", 150_000)
    model, history = train([2, 1], epochs=2)
    a, b, *_ = model.state()
    assert re.search(r"; [2-9] of 11 examples$", history.plot_descent(a, b).title)


def test_a_loss_beyond_all_bounds_leaves_gaps():
    _, history = train(epochs=500, lr=3.0)
    assert "the loss became" in history.stopped
    told = history.plot_descent().describe()
    assert "The path of training" in told


@pytest.mark.parametrize(
    ("widths", "names", "error", "told"),
    [
        ([2, 1], (), ValueError, r"two parameters\? Name two of layers\.0\.neurons"),
        ([1], (NAME,), ValueError, "which two parameters"),
        ([1], ("w", NAME), ValueError, "the model has no parameter 'w'"),
        ([1], (1, 2), ValueError, "the model has no parameter 1"),
        ([1], [NAME] * 2, ValueError, "twice"),
    ],
)  # fmt: skip
def test_what_is_no_plane_is_refused(widths, names, error, told):
    _, history = train(widths, epochs=1)
    with pytest.raises(error, match=told):
        history.plot_descent(*names)


def test_without_a_recording_there_is_no_path():
    for history in (train(record=False)[1], History()):
        with pytest.raises(ValueError, match=r"fit\(\.\.\., record=True\)"):
            history.plot_descent()
    _, history = train(epochs=20, record=3)
    with pytest.raises(ValueError, match=r"the epochs 0, .* were kept, not of 7"):
        history.plot_descent(epoch=7)
    with pytest.raises(TypeError, match="the epoch of a slice is a whole number, not True"):
        history.plot_descent(epoch=True)
