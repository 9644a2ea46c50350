"""A training's path over two of its parameters, on contours of the loss.

The contours are a slice: where other parameters move, too, they are held as one epoch left them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any, NamedTuple

from ..._ground.text import count_things, format_number, list_first, quote_text
from ...engine.node import nodes
from ...engine.operation import ARITHMETIC
from ...engine.setting import graphs
from ..plot.grid import COLUMNS, ROWS
from ..plot.plot import Plot
from ..plot.reading import Pair
from ..plot.scales import is_drawn, list_powers
from .examples import Example
from .objective import Objective
from .snapshots import Recording, Snapshot

MOST_EDGES = 300_000_000  # of graphs that are computed for the contours: ten seconds or so
MOST_ON_PATH = 120  # epochs of a path
FEW_STEPS = 30  # of a path, each of which has an arrow
ROOM = 0.35  # of the path's extent, on each side of it
FAR_DOWN = 50.0  # times as high as the lowest: contours are then as far apart as their logarithms
LOWEST_CONTOUR = 1e4  # times as low as the highest is the lowest contour then
MOST_DECADES = 7  # of which each has a contour
SAME_LOSS = 0.01  # of each other: the slice says the same as the training
NAMES_LISTED = 8  # that a message lists


class Slice(NamedTuple):
    """The loss over two parameters of a recorded training, the others as an epoch left them."""

    recording: Recording
    objective: Objective
    examples: Sequence[Example]
    names: tuple[str, str]
    held: Snapshot

    def compute_loss(self, a: float, b: float) -> float:
        """Return the mean loss where the two parameters have other numbers."""
        state = {**self.held.state, self.names[0]: a, self.names[1]: b}
        return self.compute_at(self.held._replace(state=state))

    def compute_at(self, snapshot: Snapshot) -> float:
        """Return the mean loss of a snapshot, nan where it has none."""
        self.recording.weights.put(snapshot)
        try:
            return self.objective.compute_mean(self.examples)
        except ARITHMETIC:
            return math.nan

    def tell(self) -> str:
        """Say what is held, and over which examples it is."""
        told = "The path of training on its loss"
        others = [name for name in self.held.state if name not in self.names]
        states = [snapshot.state for snapshot in self.recording.snapshots]
        moved = [name for name in others if any(x[name] != y[name] for x, y in pairwise(states))]
        if moved:
            held = count_things(len(moved), "other parameter")
            best = ", the best" * (self.held.epoch == self.recording.best)
            told = f"A slice of the loss: {held} held as in epoch {self.held.epoch}{best}"
        if len(self.examples) < len(self.recording.training):
            told += f"; {len(self.examples):,} of {len(self.recording.training):,} examples"
        return told

    def tell_epoch(self, snapshot: Snapshot, height: float) -> str:
        """Say how high the loss was in an epoch, and how high the slice is where it was."""
        loss = self.compute_at(snapshot)
        told = f"epoch {snapshot.epoch}: loss {format_number(loss)}"
        if not math.isclose(loss, height, rel_tol=SAME_LOSS):
            told += f", on this slice {format_number(height)}"
        return told

    def place(self, snapshot: Snapshot) -> Pair:
        """Return where an epoch's weights are on the slice."""
        return snapshot.state[self.names[0]], snapshot.state[self.names[1]]


def plot_path(
    recording: Recording,
    names: tuple[str | None, str | None],
    epoch: int | None,
    xlim: Pair | None,
    ylim: Pair | None,
) -> Plot:
    """Return the plot of ``History.plot_descent``."""
    chosen = choose_names(list(recording.snapshots[0].state), names)
    held = find_snapshot(recording, recording.best if epoch is None else epoch)
    with recording.weights.put_for_a_while(held), graphs():
        return plot_slice(cut_slice(recording, chosen, held), xlim, ylim)


def plot_slice(slice: Slice, xlim: Pair | None, ylim: Pair | None) -> Plot:
    """Return the plot of a slice, with the path of training on it."""
    path = slice.recording.at_most(MOST_ON_PATH)
    points = [slice.place(snapshot) for snapshot in path]
    heights = [slice.compute_loss(*point) for point in points]
    a, b = slice.names
    xlim = xlim or find_reach([x for x, _ in points], a)
    ylim = ylim or find_reach([y for _, y in points], b)
    plot = Plot(slice.tell(), x=a, y=b, xlim=xlim, ylim=ylim)
    plot.contours(slice.compute_loss, choose_levels_of_loss(heights))
    told = [slice.tell_epoch(*one) for one in zip(path, heights, strict=True)]
    plot.line(points, "", len(points) <= FEW_STEPS, "orange", told)
    best = find_snapshot(slice.recording, slice.recording.best)
    plot.dots(points[:1], labels=[f"epoch {path[0].epoch}"], hollow=True)
    marked = {f"epoch {path[-1].epoch}": points[-1]}
    if best.epoch != path[-1].epoch:
        marked[f"best: epoch {best.epoch}"] = slice.place(best)
    return plot.dots(list(marked.values()), labels=list(marked))


def choose_names(known: list[str], names: tuple[Any, Any]) -> tuple[str, str]:
    """Return the names of two parameters; of a model that has just two, they needn't be given."""
    listed = list_first(known, NAMES_LISTED, ", … ({all:,} in all)")
    a, b = known if len(known) == 2 and names == (None, None) else names
    for name in (a, b):
        if name is None:
            raise ValueError(f"which two parameters? Name two of {listed}")
        if name not in known:
            raise ValueError(f"the model has no parameter {quote_text(name)}: it has {listed}")
    if a == b:
        raise ValueError(f"a plane needs two parameters, not {a} twice: name another of {listed}")
    return a, b


def find_snapshot(recording: Recording, epoch: object) -> Snapshot:
    """Return the weights that were kept of an epoch; True, which is equal to 1, is none."""
    if isinstance(epoch, bool) or not isinstance(epoch, Integral):
        raise TypeError(f"the epoch of a slice is a whole number, not {quote_text(epoch)}")
    for snapshot in recording.snapshots:
        if snapshot.epoch == epoch:
            return snapshot
    known = list_first([str(snapshot.epoch) for snapshot in recording.snapshots], 12)
    raise ValueError(
        f"of this training the weights of the epochs {known} were kept, not of {epoch}"
    )


def cut_slice(recording: Recording, names: tuple[str, str], held: Snapshot) -> Slice:
    """Return the slice, with as many of the training's examples as there is time for."""
    examples = recording.training
    objective = Objective(recording.model, recording.loss, [*recording.weights.named.values()])
    try:
        size = sum(len(node.inputs) for node in nodes(objective.record_loss(*examples[0])))
    except ARITHMETIC:
        size = len(held.state)
    asked = (COLUMNS + 1) * (ROWS + 1) + 2 * MOST_ON_PATH
    most = max(1, MOST_EDGES // (asked * max(size, 1)))
    if len(examples) > most:
        examples = [examples[i * len(examples) // most] for i in range(most)]
    return Slice(recording, objective, examples, names, held)


def find_reach(numbers: Sequence[float], name: str) -> Pair:
    """Return from where to where an axis goes, with room beside the path.

    >>> find_reach([0.0, 1.0], "w"), find_reach([2.0, 2.0], "w")
    ((-0.35, 1.35), (1.0, 3.0))
    """
    finite = [number for number in numbers if math.isfinite(number)]
    if not finite:
        raise ValueError(f"{name} has no finite number in this training: there is no path to draw")
    low, high = min(finite), max(finite)
    room = ROOM * (high - low)
    if room <= 1e-6 * max(abs(low), abs(high)):
        room = max(0.5 * abs(high), 0.5)
    return low - room, high + room


def choose_levels_of_loss(heights: Sequence[float]) -> int | list[float]:
    """Return how many contours there are, or which, where the path comes down a long way.

    What is far below the highest is narrower than a contour can be drawn.
    """
    finite = [height for height in heights if is_drawn(10 * height)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if not 0 < low < high / FAR_DOWN:
        return 10
    return list_powers(max(low, high / LOWEST_CONTOUR), 10 * high, MOST_DECADES)
