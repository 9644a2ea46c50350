"""The training loop: mini-batches, a validation part, early stopping, and a history of it all."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from . import operations as op
from .optim import Adam, Optimizer
from .value import Value, no_grad

Example = tuple[Sequence[float], Any]
Loss = Callable[[Any, Any], Value]
Penalty = Callable[[list[Value]], Value]


class Model(Protocol):
    """What ``fit`` needs of a model; every ``nn.Module`` with a ``__call__`` has it."""

    def __call__(self, x: Sequence[float], /) -> Any:
        """Return the prediction for one example's inputs."""

    def parameters(self) -> list[Value]:
        """Return the parameters to train."""

    def zero_grad(self) -> None:
        """Set the parameters' gradients to 0.0."""

    def state(self) -> dict[str, float]:
        """Return a snapshot of the parameters."""

    def load_state(self, state: dict[str, float], /) -> None:
        """Return to a snapshot."""


@dataclass(frozen=True)
class Epoch:
    """The figures of one pass over the data; number 0 is the model before training."""

    number: int
    loss: float
    validation_loss: float | None
    lr: float

    @property
    def monitored(self) -> float:
        """The validation loss where there is one, else the training loss."""
        return self.loss if self.validation_loss is None else self.validation_loss


@dataclass
class History:
    """What happened in a training: its epochs, the best of them, and why it ended.

    >>> history = History([Epoch(0, 1.0, None, 0.1), Epoch(1, 0.5, None, 0.1)])
    >>> history.best.number
    1
    """

    epochs: list[Epoch] = field(default_factory=list)
    stopped: str = ""

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest monitored loss, the earliest of equal ones."""
        return min(self.epochs, key=lambda epoch: (math.isnan(epoch.monitored), epoch.monitored))


def split(
    data: Sequence[Example], fraction: float, rng: random.Random
) -> tuple[list[Example], list[Example]]:
    """Return the data, shuffled, as a training part and a validation part of that fraction.

    >>> training, validation = split([([x], x) for x in range(10)], 0.2, random.Random(0))
    >>> len(training), len(validation)
    (8, 2)

    Neither part is left empty unless the fraction is 0.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"a validation part is a fraction from 0 to below 1, not {fraction!r}")
    shuffled = list(data)
    rng.shuffle(shuffled)
    size = max(1, min(len(shuffled) - 1, round(len(shuffled) * fraction))) if fraction else 0
    if fraction and len(shuffled) < 2:
        raise ValueError("a validation part needs at least two examples: one stays for training")
    return shuffled[size:], shuffled[:size]


def fit(
    model: Model,
    data: Sequence[Example],
    loss: Loss,
    *,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int = 32,
    validation: float | Sequence[Example] = 0.0,
    patience: int | None = None,
    penalty: Penalty | None = None,
    rng: random.Random | None = None,
    callback: Callable[[Epoch], object] | None = None,
) -> History:
    """Train a model on (inputs, target) pairs and leave it with its best weights.

    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.losses import squared_error
    >>> rng = random.Random(0)
    >>> model = MLP(1, [1], rng=rng)
    >>> data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
    >>> history = fit(model, data, squared_error, optimizer=Adam(model.parameters(), 0.1), rng=rng)
    >>> [round(parameter.data, 2) for parameter in model.parameters()]
    [2.0, 1.0]

    ``loss(prediction, target)`` is of one example; a batch's is their mean, plus
    ``penalty(parameters)`` if given. ``validation`` is a fraction of the data or other data; with
    it, the best weights are those of the lowest validation loss. ``patience`` stops after so many
    epochs without a better one. ``callback(epoch)`` is called after each, number 0 (before
    training) included. A loss that grows beyond all bounds stops the training, with the reason in
    the history. Ctrl-C and errors leave the best weights, too, before they go on up.
    """
    if not data:
        raise ValueError("fit needs at least one example")
    for name, number in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        if number is not None and number < 1:
            raise ValueError(f"{name} is at least 1, not {number!r}")
    if not callable(loss):
        raise TypeError(f"loss is a function such as losses.squared_error, not {loss!r}")
    rng = rng or random.Random()
    if isinstance(validation, (int, float)):
        training, held_back = split(data, validation, rng)
    else:
        training, held_back = list(data), list(validation)
    parameters = model.parameters()
    optimizer = optimizer or Adam(parameters)
    if not set(parameters) & set(optimizer.parameters):
        raise ValueError("the optimizer has none of this model's parameters: it's another model's")
    history = History(stopped="all epochs done")

    def measured(number: int, running: float | None) -> Epoch:
        """Note an epoch; the monitored loss is that of the weights as they are now."""
        training_loss, validation_loss = running, None
        if held_back:
            validation_loss = mean_loss(model, held_back, loss)
        if training_loss is None or not held_back:
            training_loss = mean_loss(model, training, loss)
            if penalty:
                with no_grad():
                    training_loss += penalty(parameters).data
        epoch = Epoch(number, training_loss, validation_loss, optimizer.lr_at(optimizer.steps))
        history.epochs.append(epoch)
        if callback:
            callback(epoch)
        return epoch

    best_state = model.state()
    try:
        best = measured(0, None)
        for number in range(1, epochs + 1):
            rng.shuffle(training)
            total = 0.0
            for start in range(0, len(training), batch_size):
                batch = training[start : start + batch_size]
                error = op.mean([loss(model(x), target) for x, target in batch])
                if penalty:
                    error = error + penalty(parameters)
                optimizer.zero_grad()
                error.backward()
                optimizer.step()
                total += error.data * len(batch)
            epoch = measured(number, total / len(training))
            if not math.isfinite(epoch.monitored):
                history.stopped = f"the loss became {epoch.monitored}: try a smaller learning rate"
                break
            if epoch.monitored < best.monitored or math.isnan(best.monitored):
                best, best_state = epoch, model.state()
            if patience and number - best.number >= patience:
                history.stopped = f"no better epoch in {patience}"
                break
    except OverflowError as error:
        history.stopped = f"the loss became too large ({error}): try a smaller learning rate"
    finally:
        model.load_state(best_state)
    return history


def mean_loss(model: Model, data: Sequence[Example], loss: Loss) -> float:
    """Return the mean loss over examples, without recording a graph.

    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.losses import squared_error
    >>> mean_loss(MLP(1, [1]), [([0.0], 3.0)], squared_error)
    9.0
    """
    with no_grad():
        return math.fsum([loss(model(x), target).data for x, target in data]) / len(data)
