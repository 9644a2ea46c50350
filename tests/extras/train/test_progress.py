"""A training that shows itself: a terminal's bar, a notebook's curve, silence elsewhere."""

import io
import math
import random
import re
import sys
from types import SimpleNamespace

import pytest
from rich.console import Console

from micrograd_nn import MLP, fit
from micrograd_nn._ground.text import format_number
from micrograd_nn.extras.train import Epoch, History, fit_by_steps, progress
from micrograd_nn.extras.train.progress import BLOCKS, write_sparkline
from micrograd_nn.losses import squared_error

DATA = [([i / 10], 2 * i / 10 + 1) for i in range(-10, 11)]


def train(**options):
    model = MLP(1, [1], rng=random.Random(0))
    return fit(model, DATA, squared_error, epochs=20, rng=random.Random(0), **options)


def read_lines(screen):
    """Return what stood in the line, one text after the other, without colors."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    return [line.strip() for line in re.split(r"[\r\n]", text) if line.strip()]


@pytest.fixture
def terminal(monkeypatch):
    """Return what is written to a terminal."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=70, color_system="standard")
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    monkeypatch.setattr(progress, "SHARE", 1e9)  # so that each epoch is drawn
    monkeypatch.setattr("micrograd_nn._ground.ruled.Console", lambda **options: console)
    monkeypatch.setattr(console.__class__, "is_dumb_terminal", False)
    return screen


def test_a_pipe_gets_nothing(capsys):
    train(show=True)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_has_a_bar_and_the_training_is_the_same(terminal):
    history = train(show=True, validation=0.2)
    assert history.epochs == train(validation=0.2).epochs
    *lines, curve = read_lines(terminal)
    first, last = lines[0], lines[-1]
    losses = [epoch.validation_loss for epoch in history.epochs]
    assert curve == write_sparkline(losses, 69)
    assert curve.startswith("█")
    assert first.startswith("epoch 0/20 ━")
    assert first.endswith("preparing")
    loss, validation = history.epochs[-1].loss, history.epochs[-1].validation_loss
    assert last.startswith("epoch 20/20 ━")
    told = f"training loss {format_number(loss)}  validation loss {format_number(validation)}"
    assert last.endswith(told), "which loss is which"
    assert len(lines) == 23, "the beginning, each epoch from 0 on, and the end"
    assert terminal.getvalue().endswith("\n")
    assert "\x1b[?25l" not in terminal.getvalue(), "the cursor is never hidden"


@pytest.mark.parametrize("width", [20, 45, 60, 200])
def test_a_narrow_terminal_has_a_shorter_bar_not_fewer_numbers(terminal, width):
    console = Console(file=terminal, force_terminal=True, width=width)
    bar = progress.LiveBar(console, 1000)
    bar.update(Epoch(500, 3e-6, 0.25, 0.1))
    (line,) = read_lines(terminal)
    assert len(line) < width
    wide, narrow = "training loss 3e−06  validation loss 0.25", "loss 3e−06, validation 0.25"
    told = {20: "epoch 500/1000", 45: narrow}.get(width, wide)
    assert told in line
    assert line.endswith(told) or width == 20
    assert line.count("━") == {20: 0, 45: 1, 60: 2, 200: 24}[width]


def test_ctrl_c_leaves_the_line_complete(terminal):
    def stop(epoch):
        if epoch.number == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(show=True, callback=stop)
    *_, last, curve = read_lines(terminal)
    assert last.startswith("epoch 7/20")
    assert re.match("[▁-█]{8}  ", curve)
    assert terminal.getvalue().endswith("\n")


def test_a_training_that_is_left_between_steps_leaves_the_line_complete(terminal):
    model = MLP(1, [1], rng=random.Random(0))
    training = fit_by_steps(model, DATA, squared_error, epochs=5, show=True)
    next(training)
    assert not terminal.getvalue().endswith("\n")
    training.close()
    assert read_lines(terminal)[-1].startswith("epoch 0/5")
    assert terminal.getvalue().endswith("\n")


def test_the_curve_of_many_epochs_is_one_line():
    losses = [math.exp(-i / 100) for i in range(1000)]
    for room in (30, 50, 70, 200):
        curve = write_sparkline(losses, room)
        heights = [BLOCKS.index(letter) for letter in curve.partition(" ")[0]]
        assert heights == sorted(heights, reverse=True)
        assert len(curve) <= room
        assert not heights or (heights[0], heights[-1]) == (7, 0)
    assert write_sparkline([3.0] * 5, 70).startswith("▁▁▁▁▁  3 → 3")
    assert write_sparkline([math.nan, math.inf], 70) == ""
    assert write_sparkline([1.0, math.inf, 1e99], 70).startswith("▁×█")
    assert write_sparkline([-1e199, 1e199, 1e300], 70).startswith("▁█×")


def test_what_drawing_costs_is_waited_for_a_hundred_times_over(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])

    class Slow(progress.Progress):
        drawn = 0

        def draw(self):
            self.drawn += 1
            now[0] += 0.05

    with Slow() as slow:
        for _ in range(1000):
            now[0] += 0.01
            slow.update(None)
    assert slow.drawn <= 1 + 1000 * 0.01 / 5


class Shell:
    """A stand-in for IPython's shell in a notebook, of which this test has no need."""

    kernel, execution_count = True, 3


def test_a_notebook_has_one_curve_that_changes_in_place(monkeypatch):
    shown = []

    def display(thing, display_id):
        assert display_id is True
        shown.append(thing._repr_mimebundle_())
        return SimpleNamespace(update=lambda one: shown.append(one._repr_mimebundle_()))

    shell = Shell()
    stand_in = SimpleNamespace(get_ipython=lambda: shell, display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", stand_in)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    monkeypatch.setattr(progress, "SHARE", 1e9)
    history = train(show=True)
    assert list(shown[0]) == ["text/plain"]
    assert ">Epoch 9 of 20: loss " in shown[10]["image/svg+xml"]
    assert ">Loss by epoch<" in shown[-1]["image/svg+xml"]
    assert list(history._repr_mimebundle_()) == ["text/plain"], "its curve is above, in this cell"
    shell.execution_count = 4
    assert "image/svg+xml" in history._repr_mimebundle_()
    assert "image/svg+xml" in History(history.epochs)._repr_mimebundle_()
