"""One run of training: its steps, what is measured after each epoch, and the best weights."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from ..._ground.callers import warn_user
from ..._ground.nested import iterate_numbers
from ..._ground.text import list_first
from ...checks.mistakes import unreached
from ...engine.node import nodes
from ...engine.setting import no_grad
from ...engine.value import Value
from ...graph.places import is_value
from ...optim import Optimizer
from .examples import Example
from .history import Epoch, History
from .in_c import InC
from .objective import Objective
from .progress import Progress
from .snapshots import Weights

Penalty = Callable[[list[Value]], Value]

REMEDY = "try a smaller learning rate"
LOST = (
    "The model has its best weights. For the history until there, hand one in: "
    "history = History(), fit(…, history=history)"
)


class Model(Protocol):
    """What ``fit`` needs of a model; every ``nn.Module`` with a ``__call__`` has it.

    A ``state`` and a ``load_state`` of a class's own are its word on what else training changes.
    """

    def __call__(self, x: Sequence[float], /) -> Any:
        """Return the prediction for one example's inputs."""

    def parameters(self) -> list[Value]:
        """Return the parameters to train."""


class Run:
    """One run of training: its model and its data, and the best epoch so far."""

    def __init__(
        self, objective: Objective, optimizer: Optimizer, weights: Weights,
        training: Sequence[Example], validation: Sequence[Example], rng: random.Random,
        history: History, epochs: int, batch_size: int, patience: int | None,
        callback: Callable[[Epoch], object] | None, is_handed_in: bool,
    ) -> None:  # fmt: skip
        self.objective = objective
        self.optimizer = optimizer
        self.training = training
        self.order = [*range(len(training))]  # in which the examples are taken
        self.validation = validation
        self.rng = rng
        self.history = history
        self.epochs, self.batch_size = epochs, batch_size
        self.patience, self.callback = patience, callback
        self.is_handed_in = is_handed_in  # the history, where one finds it after an error
        self.in_c = InC(objective, optimizer, batch_size, epochs * len(training))
        self.progress: Progress | None = None
        self.first_step = optimizer.steps
        self.weights = weights
        self.best, self.lowest = weights.take(0), math.inf

    def train(self) -> Generator[list[Example], None, None]:
        """Train to the last epoch, or until a reason to stop, and return to the best weights.

        It pauses before each step that Python takes, and yields its batch.
        """
        history, callback, patience = self.history, self.callback, self.patience
        try:
            self.in_c.begin(self.training)
            for number in range(self.epochs + 1):
                lr = self.optimizer.lr_at(self.optimizer.steps)
                try:
                    running = (yield from self.take_steps()) if number else None
                    if number < self.epochs:
                        self.rng.shuffle(self.order)
                    epoch = self.measure(number, running, lr)
                except OverflowError as error:
                    loss = f"the loss became too large ({error}): {REMEDY}"
                    history.stopped = history.stopped or loss
                    break
                history.epochs.append(epoch)
                if history.recording:
                    history.recording.add(self.weights.take(number), epoch.monitored)
                if self.progress:
                    self.progress.update(epoch)
                if callback:
                    callback(epoch)
                    self.objective.examples.forget_editable()
                if number and not math.isfinite(epoch.monitored):
                    remedy = find_nan(self.training) or REMEDY
                    history.stopped = f"the loss became {epoch.monitored}: {remedy}"
                    break
                self.keep_best(epoch)
                if patience and number - self.best.epoch >= patience:
                    history.stopped = f"no better epoch in {patience}"
                    break
            else:
                history.stopped = "all epochs done"
        except GeneratorExit:  # left where it stood, by whoever asked for single steps
            history.stopped = "left before its end"
            return
        except BaseException as error:
            history.stopped = "Ctrl-C" if isinstance(error, KeyboardInterrupt) else repr(error)
            if history.epochs:
                self.keep_best(history.epochs[-1])  # which a callback may have interrupted
            if history.stopped == "Ctrl-C" and history.epochs and not self.is_handed_in:
                error.add_note(LOST)
            self.weights.put(self.best)
            raise
        self.weights.put(self.best)

    def take_steps(self) -> Generator[list[Example], None, float]:
        """Take the steps of one epoch and return the mean loss on the way."""
        size, count = self.batch_size, len(self.training)
        starts = range(0, count, size)
        losses: list[float] = []
        while len(losses) < len(starts):
            if self.optimizer.steps != self.first_step:
                self.in_c.require_native()
                self.in_c.take_steps(self.training, self.order, losses)
            if len(losses) < len(starts):
                batch = self.take_batch(starts[len(losses)])
                yield batch
                losses.append(self.take_step(batch))
        total = 0.0
        for start, mean in zip(starts, losses, strict=True):
            total += mean * min(size, count - start)
        return total / count

    def take_batch(self, start: int) -> list[Example]:
        """Return the examples of the batch that starts at this place of their order."""
        return [self.training[i] for i in self.order[start : start + self.batch_size]]

    def take_step(self, batch: Sequence[Example]) -> float:
        """Take the step of one batch and return its mean loss."""
        for parameter in self.optimizer.parameters:
            parameter.grad = 0.0  # which of a constant loss is the gradient, too
        if self.optimizer.steps == self.first_step:
            self.warn_of_unchanged(batch)
        mean = self.objective.leave_gradient(batch)
        try:
            self.optimizer.step()
        except OverflowError as error:  # it says itself which gradient is too large
            self.history.stopped = str(error)
            raise
        return mean

    def warn_of_unchanged(self, batch: Sequence[Example]) -> None:
        """Warn of parameters that the loss doesn't depend on, and of weights that are none."""
        objective, named = self.objective, self.weights.named
        steps = {*objective.parameters, *self.optimizer.parameters}
        error = objective.record_batch(batch[:1])
        if unreached(error, objective.model):  # one example mostly depends on all
            error = objective.record_batch(batch)
        missed = [x for x in unreached(error, objective.model) if named[x] in steps]
        if missed:
            warn_user(
                f"the loss doesn't depend on {len(missed)} of the parameters, which training won't "
                f"change: {list_first(missed, 5)}"
            )
        others = {*nodes(error)}.difference(steps, filter(is_value, iterate_numbers(batch)))
        lacking = [name for name, x in named.items() if x in others]
        if lacking:
            warn_user(
                f"the model's parameters() lack {len(lacking)} of its Values that the loss depends "
                f"on, which training won't change: {list_first(lacking, 5)}. Return them, too; to "
                f"keep some as they are, give the optimizer the others"
            )

    def measure(self, number: int, running: float | None, lr: float) -> Epoch:
        """Return an epoch's figures; the monitored loss is that of the weights as they are now."""
        objective, loss = self.objective, running if self.validation else None
        parts = [self.validation] if self.validation else []
        means = self.compute_means([*parts, self.training] if loss is None else parts, number)
        if loss is None:
            loss = means[-1]
            if objective.penalty:
                with no_grad():
                    loss += objective.penalty([*objective.parameters]).data
        self.history.ran = objective.ran
        self.history.not_native = self.in_c.explain()
        return Epoch(number, loss, means[0] if self.validation else None, lr)

    def compute_means(self, parts: Sequence[Sequence[Example]], number: int) -> list[float]:
        """Return the mean loss of the training or validation examples, or of both."""
        losses = self.objective.try_compiled(lambda: self.run_programs(parts, number))
        if losses is None:
            losses = [self.objective.record_losses(x) for x in parts]
        return [math.fsum(of) / len(of) for of in losses]

    def run_programs(self, parts: Sequence[Sequence[Example]], number: int) -> list[list[float]]:
        """Return the losses of examples by programs, one of which is compared with the graph."""
        objective = self.objective
        losses = [self.in_c.predict_losses(x) or objective.predict_losses(x) for x in parts]
        if number:
            objective.check_one(self.training, number)
        return losses

    def keep_best(self, epoch: Epoch) -> None:
        """Keep the weights if no epoch was as good; one whose loss isn't finite is none."""
        if math.isfinite(epoch.monitored) and epoch.monitored < self.lowest:
            self.best, self.lowest = self.weights.take(epoch.number), epoch.monitored


def find_nan(data: Sequence[Example]) -> str:
    """Tell the first example that has not-a-number among its numbers, if one has."""
    for i, example in enumerate(data):
        if any(isinstance(x, float) and x != x for x in iterate_numbers(example)):
            return f"example {i} has nan among its numbers"
    return ""
