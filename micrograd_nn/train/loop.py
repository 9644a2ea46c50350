"""The training loop: mini-batches, a validation part, early stopping, and a history of it all."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from numbers import Integral
from typing import Any, Protocol

from ..engine.setting import graphs, no_grad, setting
from ..engine.value import Value
from ..habits import tell_habits
from ..mistakes import unreached
from ..native.building import NoNativeError, require_choice
from ..nn import Module, provide_generator
from ..optim import Adam, Optimizer
from ..text import list_first, quote_text
from .examples import Example
from .history import Epoch, History
from .in_c import InC
from .objective import Objective
from .snapshots import start_recording
from .stepping import rule_compiled

REMEDY = "try a smaller learning rate"
WORTH_COMPILING = 100  # passes of an example by the graph: about what compiling one costs

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
        """Return a snapshot of the parameters by name, in their order."""

    def load_state(self, state: dict[str, float], /) -> None:
        """Return to a snapshot."""


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


@tell_habits
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
    compiled: bool = True,
    native: bool | None = None,
    record: bool | int | None = None,
    history: History | None = None,
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
    the history. Ctrl-C and errors leave the best weights, too, before they go on up; a
    ``History()`` handed in as ``history`` then tells of the epochs until there.

    ``record`` keeps the weights on the way, for a page that replays the training: up to 256
    snapshots of them, or as many as it says.

    >>> history = fit(model, data, squared_error, epochs=4, record=True)
    >>> [snapshot.epoch for snapshot in history.recording.snapshots]
    [0, 1, 2, 3, 4]

    The loss runs ``compiled`` where that's possible and worth it: the model and the loss are then
    called once for each form of examples, and what they read from elsewhere (a number that a
    callback changes) is as it was then. Values are read at each step. ``no_grad`` around it changes
    nothing. Where there is a C compiler, and work enough for one, whole epochs run in C: the
    numbers are the same, bit for bit. ``native=True`` waits for the compiler, or is a NoNativeError
    that says why it can't be; ``native=False`` stays with Python.
    """
    if not data:
        raise ValueError("fit needs at least one example")
    require_choice(native)
    counts: Any = {"epochs": epochs, "batch_size": batch_size, "patience": patience}
    for name, number in counts.items():
        if number is not None and not isinstance(number, Integral):
            raise TypeError(f"{name} is a whole number from 1 up, not {number!r}")
        if number is not None and number < 1:
            raise ValueError(f"{name} is at least 1, not {number!r}")
    if not callable(loss):
        raise TypeError(
            f"loss is a function such as losses.squared_error, not {quote_text(loss)}: "
            f"of inputs X and targets y, data is list(zip(X, y))"
        )
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer is one of this model's parameters, such as "
            f"Adam(model.parameters(), lr=0.01), not {quote_text(optimizer)}"
        )
    rng = provide_generator(rng)
    if isinstance(validation, (int, float)):
        training, held_back = split(data, validation, rng)
    else:
        training, held_back = list(data), list(validation)
    parameters = model.parameters()
    optimizer = optimizer or Adam(parameters)
    if not set(parameters) & set(optimizer.parameters):
        raise ValueError("the optimizer has none of this model's parameters: it's another model's")
    history = History() if history is None else history
    if history.epochs:
        raise ValueError("this history has epochs already: hand in a new History()")
    history.stopped = ""
    history.recording = start_recording(
        record, model=model, loss=loss, training=list(training), validation=held_back
    )
    eager = "" if compiled else "as asked"
    if epochs * len(training) < WORTH_COMPILING and not native:
        eager = eager or "too little work to be worth compiling"
    if native and eager:
        raise NoNativeError(f"native=True: this training runs without programs, {eager}")
    objective = Objective(model, loss, parameters, penalty, eager, native)
    in_c = InC(objective, optimizer, batch_size, epochs * len(training))
    run = Run(model, objective, in_c, optimizer, training, held_back, batch_size, rng, history)
    # Within no_grad, too, a training needs graphs; a setting of its own slows down operations.
    recording = nullcontext() if setting.get().recording else graphs()
    with recording, nullcontext() if eager else rule_compiled(optimizer):
        run.train(epochs, patience, callback)
    return history


class Run:
    """One run of training: its model and its data, and the best epoch so far."""

    def __init__(
        self,
        model: Model,
        objective: Objective,
        in_c: InC,
        optimizer: Optimizer,
        training: list[Example],
        validation: Sequence[Example],
        batch_size: int,
        rng: random.Random,
        history: History,
    ) -> None:
        self.model = model
        self.objective = objective
        self.in_c = in_c
        self.optimizer = optimizer
        self.training = training
        self.order = list(range(len(training)))
        self.validation = validation
        self.batch_size = batch_size
        self.rng = rng
        self.history = history
        self.first_step = optimizer.steps
        self.names = list_names(model, objective.parameters)
        self.best, self.lowest, self.best_state = 0, math.inf, self.read_state()

    def train(
        self, epochs: int, patience: int | None, callback: Callable[[Epoch], object] | None
    ) -> None:
        """Train for so many epochs, or until a reason to stop, and return to the best weights."""
        history = self.history
        try:
            for number in range(epochs + 1):
                lr = self.optimizer.lr_at(self.optimizer.steps)
                try:
                    epoch = self.measure(number, self.take_steps() if number else None, lr)
                except OverflowError as error:
                    loss = f"the loss became too large ({error}): {REMEDY}"
                    history.stopped = history.stopped or loss
                    break
                history.epochs.append(epoch)
                if history.recording:
                    history.recording.add(number, epoch.monitored, self.read_state())
                if callback:
                    callback(epoch)
                    self.objective.examples.forget_editable()
                if number and not math.isfinite(epoch.monitored):
                    history.stopped = f"the loss became {epoch.monitored}: {REMEDY}"
                    break
                self.keep_best(epoch)
                if patience and number - self.best >= patience:
                    history.stopped = f"no better epoch in {patience}"
                    break
            else:
                history.stopped = "all epochs done"
        except BaseException as error:
            history.stopped = "Ctrl-C" if isinstance(error, KeyboardInterrupt) else repr(error)
            raise
        finally:
            self.model.load_state(self.best_state)

    def take_steps(self) -> float:
        """Take the steps of one epoch and return the mean loss on the way."""
        self.rng.shuffle(self.order)
        size, count = self.batch_size, len(self.training)
        starts = range(0, count, size)
        losses: list[float] = []
        while len(losses) < len(starts):
            if self.optimizer.steps != self.first_step:
                self.in_c.require_native()
                self.in_c.take_steps(self.training, self.order, losses)
            if len(losses) < len(starts):
                start = starts[len(losses)]
                batch = [self.training[i] for i in self.order[start : start + size]]
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
            error = self.objective.record_batch(batch)
            warn_of_unreached(error, self.model)
            mean = self.objective.pass_back(error)
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
                    loss += objective.penalty(objective.parameters).data
        if number:
            objective.check_one(self.training, number)
        self.history.ran = objective.ran
        return Epoch(number, loss, validation_loss, lr)

    def compute_mean(self, data: Sequence[Example]) -> float:
        """Return the mean loss of examples."""
        losses = self.in_c.compute_losses(data)
        if losses is None:
            return self.objective.compute_mean(data)
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
        numbers = [x.data for x in self.objective.parameters]
        return dict(zip(self.names, numbers, strict=True))


def list_names(model: Model, parameters: Sequence[Value]) -> list[str] | None:
    """Return the parameters' names in a module's state; None where its class has its own way."""
    if getattr(type(model), "state", None) is not Module.state:
        return None
    named = [*model.named_parameters()]  # type: ignore[attr-defined]  # it is a module
    return [name for name, _ in named] if [x for _, x in named] == parameters else None


def warn_of_unreached(error: Value, model: Model) -> None:
    """Warn of the parameters that the loss doesn't depend on, by name where they have one."""
    missed = unreached(error, model if hasattr(model, "named_parameters") else model.parameters())
    if missed:
        warnings.warn(
            f"the loss doesn't depend on {len(missed)} of the parameters, which training won't "
            f"change: {list_first([*map(str, missed)], 5)}",
            stacklevel=7,  # where fit was called
        )


def mean_loss(model: Model, data: Sequence[Example], loss: Loss) -> float:
    """Return the mean loss over examples, without recording a graph.

    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.losses import squared_error
    >>> mean_loss(MLP(1, [1]), [([0.0], 3.0)], squared_error)
    9.0
    """
    with no_grad():
        return math.fsum([loss(model(x), target).data for x, target in data]) / len(data)
