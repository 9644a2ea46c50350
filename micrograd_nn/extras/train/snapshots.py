"""A training's weights: what it moves and goes back to, and those on its way, a bounded number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ...engine.value import Value
from ...losses import weigh
from ...nn.module import Module, name_parameters
from .examples import Example

MOST_SNAPSHOTS = 256
FEWEST = 3  # the first epoch, the best and the last


class Snapshot(NamedTuple):
    """A model's weights, by name, as they were after an epoch.

    ``own`` is what the model's own ``state()`` returned, if it has one.
    """

    epoch: int
    state: dict[str, float]
    own: Any = None


class Weights:
    """The parameters of a training by their names, whoever has them, and how they are put back.

    They are what the model gives, what its attributes hold and what the optimizer steps.

    >>> class Doubled:
    ...     def __init__(self):
    ...         self.factor = Value(2.0)
    ...     def parameters(self):
    ...         return [self.factor]
    >>> weights = Weights(Doubled(), [])
    >>> before = weights.take(0)
    >>> weights.named["factor"].data = 5.0
    >>> weights.put(before)
    >>> before.state, weights.take(1).state
    ({'factor': 2.0}, {'factor': 2.0})

    A model whose class has a ``state`` and a ``load_state`` that aren't a Module's is asked, too.
    """

    def __init__(self, model: Any, stepped: Sequence[Value]) -> None:
        self.named = name_parameters(model, stepped)
        self.model = model
        ways = [getattr(type(model), name, None) for name in ("state", "load_state")]
        self.has_own = all(
            callable(way) and way not in (Module.state, Module.load_state) for way in ways
        )

    def take(self, epoch: int) -> Snapshot:
        """Return the weights as they are, after an epoch."""
        state = {name: x.number for name, x in self.named.items()}
        return Snapshot(epoch, state, self.model.state() if self.has_own else None)

    def put(self, snapshot: Snapshot) -> None:
        """Set the weights to what they were."""
        for name, x in self.named.items():
            x.data = snapshot.state[name]
        if self.has_own:  # last, since it may fail
            self.model.load_state(snapshot.own)

    @contextmanager
    def put_for_a_while(self, snapshot: Snapshot) -> Iterator[None]:
        """Set the weights to what they were, and in the end to what they are."""
        now = self.take(snapshot.epoch)
        try:
            self.put(snapshot)
            yield
        finally:
            self.put(now)


@dataclass
class Recording:
    """Snapshots of a training, with the model, the loss and the examples that they belong to.

    Of more epochs than ``most``, every second, fourth, … is kept, and always the first, the
    last and the best:

    >>> recording = Recording(Weights(None, []), weigh, most=5)
    >>> for number in range(100):
    ...     recording.add(Snapshot(number, {"w": 0.1 * number}), monitored=abs(number - 7))
    >>> [snapshot.epoch for snapshot in recording.snapshots]
    [0, 7, 64, 99]
    """

    weights: Weights
    loss: Callable[[Any, Any], Any]
    training: Sequence[Example] = ()
    validation: Sequence[Example] = ()
    most: int = MOST_SNAPSHOTS
    snapshots: list[Snapshot] = field(default_factory=list)
    best: int = 0
    stride: int = 1
    lowest: tuple[bool, float] = (True, math.inf)

    @property
    def model(self) -> Any:
        """The model that was trained."""
        return self.weights.model

    def with_model(self, model: Any) -> Recording:
        """Return it for another model of the same shape, or for none."""
        return replace(self, weights=Weights(model, []))

    def add(self, snapshot: Snapshot, monitored: float) -> None:
        """Keep an epoch's weights, and let go of one that isn't needed any more."""
        rank = math.isnan(monitored), monitored
        if rank < self.lowest:
            self.best, self.lowest = snapshot.epoch, rank
        self.snapshots.append(snapshot)
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
