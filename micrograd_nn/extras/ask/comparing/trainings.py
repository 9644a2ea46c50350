"""Two models or two recorded trainings side by side: their weights by name, and where they part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...._ground.text import format_change, format_number, list_first, make_printable
from ....draw.layout import LayoutError
from ....engine.backprop import is_same_number
from ....nn.module import name_parameters
from ...plot.plot import Plot
from ...train.chart import is_wide, mark_gaps
from ...train.history import Epoch, History, require_recording
from ...train.snapshots import Snapshot
from .difference import Difference
from .rows import PairRow, sort_rows, weigh_rows

FEW_WEIGHTS = 4  # that a line names


class ModelDifference(Difference):
    """Two models' parameters by name.

    A gradient is the one that the parameter has, if a backward pass has left one.
    """

    heading = "parameter"

    def __init__(self, a: Any, b: Any, called: tuple[str, str] = ("a", "b")) -> None:
        self.models = a, b
        old, new = name_parameters(a), name_parameters(b)
        rows = [
            PairRow(name, (x.data, new[name].data), (x.grad, new[name].grad))
            for name, x in old.items()
            if name in new
        ]
        super().__init__(called, rows, tell_alone(old, new, called))

    @property
    def title(self) -> str:
        """The models, once where they are of one shape."""
        return " → ".join(dict.fromkeys(map(name_model, self.models)))

    def describe(self) -> list[str]:
        """Say how many parameters differ."""
        if self.is_same:
            return ["Nothing differs"]
        if not self.every:
            return ["No parameter is on both sides by its name"]
        return [self.count_differing("parameter")]

    @property
    def picture(self) -> Plot:
        """None: there are no lines between parameters, and no epochs."""
        raise LayoutError("models are compared by their numbers: print that, or save it as .html")


class TrainingDifference(Difference):
    """Two recorded trainings: their losses, where they part, their weights at one epoch."""

    heading = "weight"

    def __init__(self, a: History, b: History, called: tuple[str, str] = ("a", "b")) -> None:
        self.histories = a, b
        self.recordings = (
            require_recording(a, f"the training {called[0]}"),
            require_recording(b, f"the training {called[1]}"),
        )
        old, new = ({s.epoch: s for s in one.snapshots} for one in self.recordings)
        self.states = [(old[epoch], new[epoch]) for epoch in old if epoch in new]
        before, after = self.states[-1]
        self.epoch = before.epoch
        alone = tell_alone(before.state, after.state, called)
        super().__init__(called, pair_weights(before, after), alone)

    @property
    def is_same(self) -> bool:
        """Whether both have the same losses, and at each epoch the same weights."""
        lengths = {len(history.epochs) for history in self.histories}
        never_part = self.find_part() is None and self.find_loss_part() is None
        return never_part and len(lengths) == 1 and not self.find_alone()

    @property
    def title(self) -> str:
        """The best loss of each."""
        a, b = (history.best.monitored for history in self.histories)
        one, other = self.loss_names
        if one == other:
            return f"Best {one} {format_change(a, b)}"
        return f"Best {one} {format_number(a)} → best {other} {format_number(b)}"

    @property
    def loss_names(self) -> list[str]:
        """Which loss of each is compared: of validation where there is one."""
        return [
            "loss" if history.best.validation_loss is None else "validation loss"
            for history in self.histories
        ]

    def describe(self) -> list[str]:
        """Say where the trainings part, and how far each has come."""
        told = [
            f"{name}: {history!r}"
            for name, history in zip(self.called, self.histories, strict=True)
        ]
        told += self.describe_setup()
        if self.is_same:
            return [*told, "They are the same, weight by weight and epoch by epoch"]
        parts = self.find_part()
        if parts:
            told.append(self.describe_part(*parts))
        loss = self.find_loss_part()
        if loss:
            x, y = loss
            both = format_change(x.monitored, y.monitored)
            told.append(f"Their losses part at epoch {x.number}: {both}")
        elif len(self.histories[0].epochs) != len(self.histories[1].epochs):
            told.append("As long as both go on, their losses are the same")
        if not self.every:
            return [*told, "No weight is on both sides by its name"]
        return [*told, f"The weights compared are those of epoch {self.epoch}"]

    def describe_setup(self) -> list[str]:
        """Say in what the trainings differ from the outset: the data, the loss, the rate."""
        a, b = self.recordings
        models = [name_model(side.model) for side in (a, b)]
        told = [f"Their models differ: {' and '.join(models)}"] if models[0] != models[1] else []
        for what in ("training", "validation"):
            one, other = (list(getattr(side, what)) for side in (a, b))
            if repr(one) != repr(other):
                counts = " and ".join(f"{len(x):,}" for x in (one, other))
                told.append(f"Their {what} examples differ ({counts})")
        names = [getattr(side.loss, "__name__", "the loss") for side in (a, b)]
        if names[0] != names[1]:
            told.append(f"Their losses differ: {' and '.join(map(make_printable, names))}")
        rates = [history.epochs[0].lr for history in self.histories]
        if rates[0] != rates[1]:
            told.append(f"Their learning rates differ: {' and '.join(map(format_number, rates))}")
        return told

    def find_part(self) -> tuple[int | None, int, list[PairRow]] | None:
        """Return the last epoch with the same weights, the first without, and which differ there.

        Of epochs between them no weights were kept. None: they never part.
        """
        before: int | None = None
        for old, new in self.states:
            rows = [row for row in weigh_rows(pair_weights(old, new)) if row.share]
            if rows:
                return before, old.epoch, rows
            before = old.epoch
        return None

    def describe_part(self, before: int | None, epoch: int, rows: list[PairRow]) -> str:
        """Say at which epoch weights part, and which."""
        when = f"at epoch {epoch}"
        if before is None:
            when = "from the start" if epoch == 0 else f"by epoch {epoch}"
        elif epoch - before > 1:
            when = f"between the epochs {before} and {epoch}, the next with weights"
        names = list_first([row.name for row in rows], FEW_WEIGHTS, " and {left:,} more")
        most = sort_rows(rows)[0]
        told = f"{make_printable(names)}; most of all {make_printable(most.name)}"
        return f"Their weights part {when}: {told}, {format_change(*most.data)}"

    def find_loss_part(self) -> tuple[Epoch, Epoch] | None:
        """Return the first epoch of both whose monitored losses aren't the same."""
        for x, y in zip(self.histories[0].epochs, self.histories[1].epochs, strict=False):
            if not is_same_number(x.monitored, y.monitored):
                return x, y
        return None

    @property
    def picture(self) -> Plot:
        """Both losses by epoch."""
        curves = [
            mark_gaps([epoch.monitored for epoch in history.epochs], history.epochs[0].number)
            for history in self.histories
        ]
        losses = [loss for curve in curves for _, loss in curve if not math.isnan(loss)]
        log_y = bool(losses) and is_wide(min(losses), max(losses))
        kinds = dict.fromkeys(self.loss_names)
        plot = Plot("Loss by epoch", x="epoch", y=" or ".join(kinds), log_y=log_y)
        for name, kind, curve in zip(self.called, self.loss_names, curves, strict=True):
            plot.line(curve, f"{name}, {kind}" if len(kinds) > 1 else name)
        return plot


def name_model(model: object) -> str:
    """Return what a model is called: by its class, unless that says more than where it is kept."""
    kind = type(model)
    return kind.__name__ if kind.__repr__ is object.__repr__ else make_printable(repr(model))


def pair_weights(old: Snapshot, new: Snapshot) -> list[PairRow]:
    """Return the weights that both have, a row each."""
    both = [name for name in old.state if name in new.state]
    return [PairRow(name, (old.state[name], new.state[name])) for name in both]


def tell_alone(
    old: Mapping[str, object], new: Mapping[str, object], called: tuple[str, str]
) -> list[str]:
    """Say which names are on one side alone."""
    sides = (called[0], old, new), (called[1], new, old)
    found = [(name, [key for key in one if key not in other]) for name, one, other in sides]
    return [
        f"Only in {name}: {make_printable(list_first(keys, FEW_WEIGHTS, ' and {left:,} more'))}"
        for name, keys in found
        if keys
    ]
