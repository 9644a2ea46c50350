"""A training as it goes: a curve in a notebook, a bar and at last a curve in a terminal."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..._ground.cells import find_cell, open_output
from ..._ground.text import format_number
from ..plot.scales import Scale, is_drawn, widen
from .chart import is_wide
from .history import Epoch, History

if TYPE_CHECKING:
    from rich.console import Console

PAUSE = 0.1  # seconds between two drawings, at least
SHARE = 0.01  # of the time that drawing may take
BAR_WIDTH = 24  # of the bar, in letters, at most
BLOCKS = "▁▂▃▄▅▆▇█"
NOT_FINITE = "×"
LONGEST_CURVE = 60  # letters of a curve


class Progress:
    """Draws the epochs of a training, as often as costs it next to nothing."""

    def __init__(self) -> None:
        self.epoch: Epoch | None = None
        self.next = 0.0

    def __enter__(self) -> Progress:
        self.draw()
        self.next = time.perf_counter() + PAUSE
        return self

    def update(self, epoch: Epoch) -> None:
        """Take over an epoch, and draw if it's time."""
        self.epoch = epoch
        begun = time.perf_counter()
        if begun >= self.next:
            self.draw()
            ended = time.perf_counter()
            self.next = ended + max(PAUSE, (ended - begun) / SHARE)

    def __exit__(self, *error: object) -> None:
        """Draw the last epoch, and leave all as it was before."""

    def draw(self) -> None:
        """Draw the latest epoch."""


class LiveBar(Progress):
    """A line in a terminal that is written again and again: how far it is, and the losses.

    Nothing else there is changed, so whoever stops it at any moment leaves a terminal in order.
    """

    def __init__(self, console: Console, epochs: int) -> None:
        super().__init__()
        self.console, self.epochs = console, epochs
        self.losses: list[float] = []

    def update(self, epoch: Epoch) -> None:
        """Take over an epoch, and keep its loss for the curve at the end."""
        self.losses.append(epoch.monitored)
        super().update(epoch)

    def draw(self, end: str = "\r") -> None:
        """Write the line over the one before; ``end`` is what comes behind it."""
        from rich.text import Text

        number = self.epoch.number if self.epoch else 0
        begin = f"epoch {number}/{self.epochs} "
        told, room = "", -1
        for told in describe_losses(self.epoch):  # the first that fits: no number is cut
            room = self.console.width - len(f"{begin} {told} ")
            if room >= 0:
                break
        width = max(0, min(BAR_WIDTH, room))  # what is told has the first right to the line
        full = width * number // self.epochs
        line = Text.assemble(begin, ("━" * full, "blue"), ("━" * (width - full), "dim"), " ")
        line.append(told, "blue" if self.epoch else "")
        line.truncate(max(1, self.console.width - 1), pad=True)
        self.console.print(line, end=end, no_wrap=True, overflow="crop", highlight=False)

    def __exit__(self, *error: object) -> None:
        """Write the line for the last time, below it the curve, and go to the next one."""
        self.draw("\n")
        curve = write_sparkline(self.losses, self.console.width - 1)
        encoding = self.console.encoding
        if curve and curve == curve.encode(encoding, "ignore").decode(encoding):
            self.console.print(curve, style="blue", no_wrap=True, overflow="crop", highlight=False)


class LiveCurve(Progress):
    """A curve in a notebook that is drawn again in its place."""

    def __init__(self, history: History, epochs: int, show: Any) -> None:
        super().__init__()
        self.history, self.epochs, self.show = history, epochs, show
        self.title = "Loss by epoch"

    def draw(self) -> None:
        """Draw the curve so far."""
        if self.epoch:
            kind = "loss" if self.epoch.validation_loss is None else "validation loss"
            told = f"{kind} {format_number(self.epoch.monitored)}"
            self.title = f"Epoch {self.epoch.number} of {self.epochs}: {told}"
        self.show(self)

    def __exit__(self, *error: object) -> None:
        """Draw the curve for the last time, as the history has it."""
        self.title = "Loss by epoch"
        self.show(self)
        self.history.seen_in = find_cell()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.history.show_curve(self.title)


def describe_losses(epoch: Epoch | None) -> list[str]:
    """Return the losses of an epoch as texts, each shorter than the one before."""
    if epoch is None:
        return ["preparing"]
    if epoch.validation_loss is None:
        return [f"loss {format_number(epoch.loss)}", format_number(epoch.loss)]
    losses = [format_number(loss) for loss in (epoch.loss, epoch.validation_loss)]
    return [
        text.format(*losses)
        for text in ("training loss {}  validation loss {}", "loss {}, validation {}", "{}, {}")
    ]


def write_sparkline(losses: Sequence[float], room: int) -> str:
    """Return a line that begins with the curve of some losses, one a stretch of epochs.

    >>> write_sparkline([8.0, 6.0, 4.0, 3.0, 2.0, 1.0], 40)
    '█▆▄▃▂▁  8 → 1, lowest 1'

    A stretch is as high as its mean, and × where a loss isn't finite. Where all are positive and
    span two decades, the height is their logarithm's. In too little room there is none:

    >>> write_sparkline([1e3, 30.0, 1.0, math.nan], 60), write_sparkline([2.0, 1.0], 9)
    ('█▄▁×  1000 → nan, lowest 1 (heights: logarithms)', '')
    """
    finite = [loss for loss in losses if is_drawn(loss)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    first, last, lowest = map(format_number, (losses[0], losses[-1], low))
    told = f"  {first} → {last}, lowest {lowest}"
    told += " (heights: logarithms)" if is_wide(low, high) else ""
    width = min(LONGEST_CURVE, room - len(told), len(losses))
    if width < 2:
        return ""
    scale = Scale(low, widen(low, high)[1], 0, len(BLOCKS), is_wide(low, high))
    letters = []
    for start, end in pairwise(i * len(losses) // width for i in range(width + 1)):
        height = math.fsum(map(scale.place, losses[start:end])) / (end - start)
        is_gap = math.isnan(height)
        letters.append(NOT_FINITE if is_gap else BLOCKS[min(len(BLOCKS) - 1, int(height))])
    return "".join(letters) + told


def show_bar(console: Console, epochs: int) -> AbstractContextManager[Progress | None]:
    """Return a bar of ``epochs``; None is in its place where there's no terminal."""
    is_shown = console.is_terminal and not console.is_dumb_terminal
    return LiveBar(console, epochs) if is_shown else nullcontext()


def show_progress(history: History, epochs: int) -> AbstractContextManager[Progress | None]:
    """Return what shows a training where it runs: in a notebook, a terminal, or nowhere."""
    show = open_output()
    if show is not None:
        return LiveCurve(history, epochs, show)
    from ..._ground.ruled import Console  # which a training that isn't shown does without

    return show_bar(Console(stderr=True), epochs)
