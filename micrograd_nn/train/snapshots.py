"""What a training leaves to be looked at later: the weights on its way, of a bounded number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ..losses import weigh
from .examples import Example

MOST_SNAPSHOTS = 256
FEWEST = 3  # the first epoch, the best and the last


class Snapshot(NamedTuple):
    """A model's weights, by name, as they were after an epoch."""

    epoch: int
    state: dict[str, float]


@dataclass
class Recording:
    """Snapshots of a training, with the model, the loss and the examples that they belong to.

    Of more epochs than ``most``, every second, fourth, … is kept, and always the first, the
    last and the best:

    >>> recording = Recording(most=5)
    >>> for number in range(100):
    ...     recording.add(number, monitored=abs(number - 7), state={"w": 0.1 * number})
    >>> [snapshot.epoch for snapshot in recording.snapshots]
    [0, 7, 64, 99]
    """

    model: Any = None
    loss: Callable[[Any, Any], Any] | None = None
    training: Sequence[Example] = ()
    validation: Sequence[Example] = ()
    most: int = MOST_SNAPSHOTS
    snapshots: list[Snapshot] = field(default_factory=list)
    best: int = 0
    stride: int = 1
    lowest: tuple[bool, float] = (True, math.inf)

    def add(self, number: int, monitored: float, state: dict[str, float]) -> None:
        """Keep an epoch's weights, and let go of one that isn't needed any more."""
        rank = math.isnan(monitored), monitored
        if rank < self.lowest:
            self.best, self.lowest = number, rank
        self.snapshots.append(Snapshot(number, state))
        self.snapshots = self.select_every(self.stride)
        while len(self.snapshots) > self.most:
            self.stride *= 2
            self.snapshots = self.select_every(self.stride)

    def select_every(self, stride: int) -> list[Snapshot]:
        """Return the snapshots whose epoch the stride divides, with the first, last and best."""
        always = {self.snapshots[0].epoch, self.snapshots[-1].epoch, self.best}
        return [x for x in self.snapshots if x.epoch % stride == 0 or x.epoch in always]

    def without_weights(self) -> Recording:
        """Return it with the targets and the loss of before they had weights, if they have some."""
        if getattr(self.loss, "func", None) is not weigh:
            return self
        loss: Any = self.loss
        parts = [[(x, y) for x, (y, _) in part] for part in (self.training, self.validation)]
        return replace(self, loss=loss.args[0], training=parts[0], validation=parts[1])

    def at_most(self, count: int) -> list[Snapshot]:
        """Return at most ``count`` snapshots, but never fewer than first, best and last."""
        stride = self.stride
        while len(self.select_every(stride)) > max(count, FEWEST):
            stride *= 2
        return self.select_every(stride)


def start_recording(record: bool | int | None, **of: Any) -> Recording | None:
    """Return a recording as ``fit`` was asked for, None if it wasn't."""
    if record is None or record is False:
        return None
    most = MOST_SNAPSHOTS if record is True else record
    if not isinstance(most, int) or most < FEWEST:
        raise ValueError(
            f"record is True or how many snapshots to keep, at least {FEWEST} (the first, the "
            f"best and the last), not {record!r}"
        )
    return Recording(most=most, **of)
