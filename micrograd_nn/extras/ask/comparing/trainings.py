"""Two models or two recorded trainings side by side: their weights by name, and where they part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...._ground.text import format_change, format_number, list_first, make_printable
from ....engine.backprop import is_same_number
from ....nn.module import name_parameters
from ...plot.plot import Plot
from ...train.chart import is_wide, mark_gaps
from ...train.history import Epoch, History, require_recording
from ...train.snapshots import Recording, Snapshot
from .difference import Difference, PairRow, sort_rows, weigh_rows

FEW_WEIGHTS = 4  # that a line names


def compare_models(a: Any, b: Any, called: tuple[str, str]) -> Difference:
    """Return what two models' parameters of the same names differ in.

    A gradient is the one that the parameter has, if a backward pass has left one. The title has the
    models, once where they are of one shape.
    """
    old, new = name_parameters(a), name_parameters(b)
    rows = [
        PairRow(name, (x.data, new[name].data), (x.grad, new[name].grad))
        for name, x in old.items()
        if name in new
    ]
    title = " → ".join(dict.fromkeys(map(name_model, (a, b))))
    return Difference(called, title, rows, tell_alone(old, new, called), "parameter")


class TrainingDifference(Difference):
    """Two recorded trainings: their losses, where they part, their weights at one epoch."""

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
        self.loss_names = [  # of validation where there is one
            "loss" if history.best.validation_loss is None else "validation loss"
            for history in self.histories
        ]
        one, other = self.loss_names
        x, y = (history.best.monitored for history in self.histories)
        title = f"Best {one} {format_change(x, y)}"
        if one != other:
            title = f"Best {one} {format_number(x)} → best {other} {format_number(y)}"
        alone = tell_alone(before.state, after.state, called)
        super().__init__(called, title, pair_weights(before, after), alone, "weight")

    @property
    def is_same(self) -> bool:
        """Whether both have the same losses, and at each epoch the same weights."""
        lengths = {len(history.epochs) for history in self.histories}
        never_part = self.find_part() is None and self.find_loss_part() is None
        return never_part and len(lengths) == 1 and not self.alone

    def describe(self) -> list[str]:
        """Say where the trainings part, and how far each has come."""
        pairs = zip(self.called, self.histories, strict=True)
        told = [f"{name}: {history!r}" for name, history in pairs]
        one, other = map(list_setup, self.histories, self.recordings)
        told += [
            sentence.format(one[sentence][1], other[sentence][1])
            for sentence in one
            if one[sentence][0] != other[sentence][0]
        ]
        if self.is_same:
            return [*told, "They are the same, weight by weight and epoch by epoch"]
        if parts := self.find_part():
            told.append(self.describe_part(*parts))
        if loss := self.find_loss_part():
            both = format_change(loss[0].monitored, loss[1].monitored)
            told.append(f"Their losses part at epoch {loss[0].number}: {both}")
        elif len(self.histories[0].epochs) != len(self.histories[1].epochs):
            told.append("As long as both go on, their losses are the same")
        if not self.every:
            return [*told, *super().describe()]
        return [*told, f"The weights compared are those of epoch {self.epoch}"]

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
        return (
            f"Their weights part {when}: {make_printable(names)}; most of all "
            f"{make_printable(most.name)}, {format_change(*most.data)}"
        )

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


def list_setup(history: History, recording: Recording) -> dict[str, tuple[object, str]]:
    """Return how a training began: by what is said where two differ, what that is, and as shown."""
    model, rate = name_model(recording.model), history.epochs[0].lr
    loss = getattr(recording.loss, "__name__", "the loss")
    examples = {
        f"Their {what} examples differ ({{}} and {{}})": (repr(list(rows)), f"{len(rows):,}")
        for what, rows in (
            ("training", recording.training), ("validation", recording.validation),
        )
    }  # fmt: skip
    return {
        "Their models differ: {} and {}": (model, model),
        **examples,
        "Their losses differ: {} and {}": (loss, make_printable(loss)),
        "Their learning rates differ: {} and {}": (rate, format_number(rate)),
    }


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
