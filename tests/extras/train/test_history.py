"""A history as a prompt and a notebook show it."""

import math

import pytest

from micrograd_nn.extras.train import Epoch, History, fit
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP


@pytest.mark.parametrize(
    ("history", "shown"),
    [
        (History(), "<History: no epochs yet>"),
        (History([], "Ctrl-C"), "<History: no epochs, Ctrl-C>"),
        (
            History([Epoch(0, 1.0, None, 0.1), Epoch(1, 0.25, None, 0.1)], "all epochs done"),
            "<History: 1 epoch, best 1 with a training loss of 0.25, all epochs done>",
        ),
        (
            History(
                [Epoch(i, 1.0, loss, 0.1) for i, loss in enumerate([2.0, 1 / 3, 0.5])],
                "no better epoch in 1",
            ),
            "<History: 2 epochs, best 1 with a validation loss of 0.3333, no better epoch in 1>",
        ),
        (
            History([Epoch(0, math.nan, None, 0.1)], "the loss became nan:\ntry"),
            "<History: 0 epochs, best 0 with a training loss of nan, the loss became nan: try>",
        ),
    ],
)
def test_a_history_is_one_line(history, shown):
    assert repr(history) == shown
    assert history._repr_mimebundle_()["text/plain"] == shown


@pytest.mark.parametrize(("stopped", "told"), [("", "no epochs yet"), ("why", "no epochs, why")])
def test_a_history_without_epochs_has_no_best_and_says_why(stopped, told):
    with pytest.raises(ValueError, match=f"this history has no best epoch: {told}$"):
        History([], stopped).best  # noqa: B018


def test_a_training_says_that_all_epochs_are_done_when_they_are():
    seen = []
    data = [([x / 10], x / 5) for x in range(10)]
    history = History()
    fit(
        MLP(1, [1]), data, squared_error, epochs=2, history=history,
        callback=lambda epoch: seen.append(history.stopped),
    )  # fmt: skip
    assert [*seen, history.stopped] == ["", "", "", "all epochs done"]


def test_a_history_without_an_epoch_of_training_has_no_curve():
    assert "image/svg+xml" not in History([Epoch(0, 1.0, None, 0.1)])._repr_mimebundle_()
