"""One run of training: its steps, what is measured after each epoch, and the best weights."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._ground.callers import warn_user
from .._ground.nested import iterate_numbers
from .._ground.text import list_first
from ..engine.setting import no_grad
from ..engine.value import Value
from ..nn import Module
from ..optim import Optimizer
from .examples import Example
from .history import Epoch, History
from .in_c import InC
from .objective import Objective
from .progress import Progress

Penalty = Callable[[list[Value]], Value]

REMEDY = "try a smaller learning rate"
LOST = (
    "The model has its best weights. For the history until there, hand one in: "
    "history = History(), fit(…, history=history)"
)


class Model(Protocol):
    """What ``fit`` needs of a model; every ``nn.Module`` with a ``__call__`` has it."""

    def __call__(self, x: Sequence[float], /) -> Any:
        """Return the prediction for one example's inputs."""

    def parameters(self) -> list[Value]:
        """Return the parameters to train."""

    def zero_grad(self) -> None:
        """Set the parameters' gradients to 0.0."""

    def state(self) -> dict[str, float]:
        """Return a snapshot of the parameters by name, in their order."""

    def load_state(self, state: dict[str, float], /) -> None:
        """Return to a snapshot."""


@dataclass(frozen=True)
class FitOptions:
    """How to train: what ``fit`` takes beside a model, the data and a loss."""

    optimizer: Optimizer | None
    epochs: int
    batch_size: int
    validation: float | Sequence[Example]
    patience: int | None
    penalty: Penalty | None
    rng: random.Random | None
    callback: Callable[[Epoch], object] | None = None
    compiled: bool = True
    unchecked: bool = False
    native: bool | None = None
    record: bool | int | None = None
    history: History | None = None


class Run:
    """One run of training: its model and its data, and the best epoch so far."""

    def __init__(
        self, objective: Objective, optimizer: Optimizer, training: Sequence[Example],
        validation: Sequence[Example], rng: random.Random, history: History, options: FitOptions,
    ) -> None:  # fmt: skip
        model: Any = objective.model
        self.model: Model = model
        self.objective = objective
        self.optimizer = optimizer
        self.training = training
        self.order = [*range(len(training))]  # in which the examples are taken
        self.validation = validation
        self.rng = rng
        self.history = history
        self.options = options
        self.batch_size = options.batch_size
        self.in_c = InC(objective, optimizer, self.batch_size, options.epochs * len(training))
        self.progress: Progress | None = None
        self.first_step = optimizer.steps
        self.names = list_names(model, objective.parameters)
        self.best, self.lowest, self.best_state = 0, math.inf, self.read_state()

    def train(self) -> Generator[list[Example], None, None]:
        """Train to the last epoch, or until a reason to stop, and return to the best weights.

        It pauses before each step that Python takes, and yields its batch.
        """
        history, callback, patience = self.history, self.options.callback, self.options.patience
        try:
            self.in_c.begin(self.training)
            for number in range(self.options.epochs + 1):
                lr = self.optimizer.lr_at(self.optimizer.steps)
                try:
                    running = (yield from self.take_steps()) if number else None
                    epoch = self.measure(number, running, lr)
                except OverflowError as error:
                    loss = f"the loss became too large ({error}): {REMEDY}"
                    history.stopped = history.stopped or loss
                    break
                history.epochs.append(epoch)
                if history.recording:
                    history.recording.add(number, epoch.monitored, self.read_state())
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
                if patience and number - self.best >= patience:
                    history.stopped = f"no better epoch in {patience}"
                    break
            else:
                history.stopped = "all epochs done"
        except GeneratorExit:  # left where it stood, by whoever asked for single steps
            history.stopped = "left before its end"
            return
        except BaseException as error:
            history.stopped = "Ctrl-C" if isinstance(error, KeyboardInterrupt) else repr(error)
            if history.stopped == "Ctrl-C" and history.epochs and self.options.history is None:
                error.add_note(LOST)
            self.model.load_state(self.best_state)
            raise
        self.model.load_state(self.best_state)

    def take_steps(self) -> Generator[list[Example], None, float]:
        """Take the steps of one epoch and return the mean loss on the way."""
        size, count = self.batch_size, len(self.training)
        self.rng.shuffle(self.order)
        starts = range(0, count, size)
        losses: list[float] = []
        while len(losses) < len(starts):
            if self.optimizer.steps != self.first_step:
                self.in_c.require_native()
                self.in_c.take_steps(self.training, self.order, losses)
            if len(losses) < len(starts):
                start = starts[len(losses)]
                batch = [self.training[i] for i in self.order[start : start + size]]
                yield batch
                losses.append(self.take_step(batch))
        total = 0.0
        for start, mean in zip(starts, losses, strict=True):
            total += mean * min(size, count - start)
        return total / count

    def take_step(self, batch: Sequence[Example]) -> float:
        """Take the step of one batch and return its mean loss."""
        for parameter in self.optimizer.parameters:
            parameter.grad = 0.0  # which of a constant loss is the gradient, too
        if self.optimizer.steps == self.first_step:
            mean, missed = self.objective.begin(batch)
            warn_of_unreached(missed)
        else:
            mean = self.objective.leave_gradient(batch)
        try:
            self.optimizer.step()
        except OverflowError as error:  # it says itself which gradient is too large
            self.history.stopped = str(error)
            raise
        return mean

    def measure(self, number: int, running: float | None, lr: float) -> Epoch:
        """Return an epoch's figures; the monitored loss is that of the weights as they are now."""
        objective, loss, validation_loss = self.objective, running, None
        if self.validation:
            validation_loss = self.compute_mean(self.validation)
        if loss is None or not self.validation:
            loss = self.compute_mean(self.training)
            if objective.penalty:
                with no_grad():
                    loss += objective.penalty([*objective.parameters]).data
        if number:
            objective.check_one(self.training, number)
        self.history.ran = objective.ran
        self.history.not_native = self.in_c.explain()
        return Epoch(number, loss, validation_loss, lr)

    def compute_mean(self, data: Sequence[Example]) -> float:
        """Return the mean loss of the training or validation examples."""
        losses = self.in_c.compute_losses(data)
        if losses is None:
            losses = self.objective.compute_losses(data)
        return math.fsum(losses) / len(data)

    def keep_best(self, epoch: Epoch) -> None:
        """Keep the weights if no epoch was as good."""
        if not epoch.monitored >= self.lowest:  # better, or the first number at all
            self.best, self.lowest = epoch.number, epoch.monitored
            self.best_state = self.read_state()

    def read_state(self) -> dict[str, float]:
        """Return the model's state, without a walk through a module that is as it was."""
        if self.names is None:
            return self.model.state()
        numbers = [x.number for x in self.objective.parameters]
        return dict(zip(self.names, numbers, strict=True))


def find_nan(data: Sequence[Example]) -> str:
    """Tell the first example that has not-a-number among its numbers, if one has."""
    for i, example in enumerate(data):
        if any(isinstance(x, float) and x != x for x in iterate_numbers(example)):
            return f"example {i} has nan among its numbers"
    return ""


def list_names(model: Model, parameters: Sequence[Value]) -> list[str] | None:
    """Return the parameters' names in a module's state; None where its class has its own way."""
    if getattr(type(model), "state", None) is not Module.state:
        return None
    named = [*model.named_parameters()]  # type: ignore[attr-defined]  # it is a module
    return [name for name, _ in named] if [x for _, x in named] == parameters else None


def warn_of_unreached(missed: list[Any]) -> None:
    """Warn of the parameters that the loss doesn't depend on."""
    if missed:
        warn_user(
            f"the loss doesn't depend on {len(missed)} of the parameters, which training won't "
            f"change: {list_first([*map(str, missed)], 5)}"
        )
