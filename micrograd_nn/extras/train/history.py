"""What a training leaves: the figures of its epochs, which one was best, and why it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ..._ground.cells import find_cell
from ..._ground.text import count_things, format_number, make_printable
from ..plot.plot import Plot
from .chart import draw_losses
from .habits import tell_habits
from .snapshots import Recording


@dataclass(frozen=True)
class Epoch:
    """The figures of one pass over the data; number 0 is the model before training.

    ``loss`` is that of the weights after the pass; with a ``validation_loss``, which is of these
    weights then, it is the mean of the losses on the way, each before its step.
    """

    number: int
    loss: float
    validation_loss: float | None
    lr: float

    @property
    def monitored(self) -> float:
        """The validation loss where there is one, else the training loss."""
        return self.loss if self.validation_loss is None else self.validation_loss


@tell_habits
@dataclass(repr=False)
class History:
    """What happened in a training: its epochs, the best of them, why it ended and how it ran.

    It shows itself in one line, and in a notebook with its curve. ``ran`` is "native"
    (in C), "compiled" (in Python), or "eager" with the reason; of "compiled", ``not_native`` is the
    reason, where one is known. ``recording`` has the weights on the way, if ``fit`` was asked to
    ``record`` them.

    >>> history = History([Epoch(0, 1.0, None, 0.1), Epoch(1, 0.5, None, 0.1)])
    >>> history, history.best.number
    (<History: 1 epoch, best 1 with a training loss of 0.5>, 1)
    """

    epochs: list[Epoch] = field(default_factory=list)
    stopped: str = ""
    ran: str = ""
    not_native: str = field(default="", compare=False)
    recording: Recording | None = field(default=None, compare=False, repr=False)
    seen_in: int | None = field(default=None, compare=False, repr=False)  # a notebook's cell

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest monitored loss, the earliest of equal ones."""
        if not self.epochs:
            raise ValueError(f"this history has no best epoch: {self.tell_none()}")
        return min(self.epochs, key=lambda epoch: (math.isnan(epoch.monitored), epoch.monitored))

    def __repr__(self) -> str:
        if not self.epochs:
            return f"<History: {self.tell_none()}>"
        count, best = self.epochs[-1].number, self.best
        which = "training" if best.validation_loss is None else "validation"
        loss = f"best {best.number} with a {which} loss of {format_number(best.monitored)}"
        parts = [count_things(count, "epoch"), loss, make_printable(self.stopped)]
        return f"<History: {', '.join(filter(None, parts))}>"

    def plot_descent(
        self,
        a: str | None = None,
        b: str | None = None,
        *,
        epoch: int | None = None,
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
    ) -> Plot:
        """Return the path of a recorded training over two parameters, on contours of the loss.

        >>> from micrograd_nn import MLP, fit
        >>> from micrograd_nn.losses import squared_error
        >>> data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
        >>> model = MLP(1, [1])
        >>> history = fit(model, data, squared_error, epochs=20, record=True)
        >>> history.plot_descent().save("descent.svg", animate=True)
        wrote descent.svg

        The parameters are named as in ``model.state()``; of a model that has just two, they
        needn't be. Where others move, too, the contours are a slice: the others are held as they
        were in an ``epoch``, by itself the best, and the title says so. The animation then says of
        each epoch how high the loss was, and how high the slice is at that place.

        >>> history.plot_descent("w", "b")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: the model has no parameter 'w': it has layers.0.neurons.0.w.0, layers.0...

        The loss is the mean over the training's examples without a penalty: over as many of them
        as can be computed in some seconds, and the title says how many.
        """
        from .descent import plot_path

        return plot_path(require_recording(self), (a, b), epoch, xlim, ylim)

    def tell_none(self) -> str:
        """Say that there is no epoch, and why."""
        stopped = make_printable(self.stopped)
        return f"no epochs, {stopped}" if stopped else "no epochs yet"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if self.seen_in is not None and self.seen_in == find_cell():
            return {"text/plain": repr(self)}  # below its curve, which was drawn as it trained
        return self.show_curve("Loss by epoch")

    def show_curve(self, title: str) -> dict[str, str]:
        """Return what a notebook shows: the line, and the curve once there is an epoch."""
        shown = {"text/plain": repr(self)}
        if len(self.epochs) > 1:
            training = [epoch.loss for epoch in self.epochs]
            losses = [epoch.validation_loss for epoch in self.epochs]
            validation = [] if None in losses else losses
            first = self.epochs[0].number  # 0 is before training
            shown["image/svg+xml"] = draw_losses(training, validation, title=title, first=first)
        return shown


def require_recording(history: History, name: str = "this training") -> Recording:
    """Return what a training recorded; one that wasn't is refused."""
    recording = history.recording
    if recording is None or not recording.snapshots:
        raise ValueError(f"{name} was not recorded: use fit(..., record=True)")
    return recording
