"""How to train on a table: what one may choose, for a new training or one that goes on."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

from ..._ground.text import InputError, quote_text, show_path
from ...nn.networks import ACTIVATIONS, choose_function
from .storage import SavedModel

EPOCHS = 100
LINEAR_STEPS = 1000  # of about 0.01, for numbers whose scale is 1
LINEAR_WORK = 300_000  # changes of a weight, which take a second or less

RANGES = {
    "hidden": (1, 10_001, "a whole number from 1 to 10,000"),
    "epochs": (1, math.inf, "a whole number from 1 up"),
    "batch_size": (1, math.inf, "a whole number from 1 up"),
    "patience": (1, math.inf, "a whole number from 1 up"),
    "lr": (1e-300, 1e300, "a number above 0 and below 1e300"),
    "weight_decay": (0, math.inf, "a number from 0 up"),
    "validation": (0, 1, "a fraction from 0 to below 1"),
    "test": (0, 1, "a fraction from 0 to below 1"),
    "seed": (0, math.inf, "a whole number from 0 up"),
}
MAY_BE_NONE = {"hidden", "epochs", "patience", "weight_decay"}  # patience: never to stop early


@dataclass
class Options:
    """How to train; the defaults suit a table of a few hundred rows.

    What is None is left open, and chosen by what the table is like:

    >>> chosen = Options().settle(rows=3000, weights=10)
    >>> chosen.hidden, chosen.epochs, chosen.weight_decay
    ([32], 100, 0.053)

    A network without hidden layers has too few weights to overfit with, and needs as many steps as
    bring it to its end:

    >>> chosen = Options(hidden=[]).settle(rows=30, weights=10)
    >>> chosen.epochs, chosen.patience, chosen.weight_decay
    (500, 150, 0.0)

    >>> Options(epochs=0)
    Traceback (most recent call last):
    micrograd_nn.InputError: epochs: 0 is not a whole number from 1 up
    """

    hidden: list[int] | None = None  # [32], or none if a linear model does better
    activation: str = "relu"
    epochs: int | None = None
    batch_size: int = 16
    lr: float = 0.01
    patience: int | None = 30
    validation: float = 0.2
    seed: int = 0
    test: float = 0.0
    weight_decay: float | None = None

    def __post_init__(self) -> None:
        hidden: Any = self.hidden
        if hidden is not None:
            if not isinstance(hidden, (list, tuple)):
                raise InputError(
                    f"hidden: {quote_text(hidden)} is not a list of layers' sizes, such as [16, 16]"
                )
            self.hidden = [*hidden]
        choose_function(self.activation, ACTIVATIONS, "activation")
        for name, (least, below, meaning) in RANGES.items():
            choice = getattr(self, name)
            if choice is None and name in MAY_BE_NONE:
                continue
            kinds = int if "whole" in meaning else (int, float)
            for number in choice if name == "hidden" else [choice]:
                is_number = isinstance(number, kinds) and not isinstance(number, bool)
                if not (is_number and least <= number < below):
                    raise InputError(
                        f"{name.replace('_', '-')}: {quote_text(number)} is not {meaning}"
                    )

    @property
    def layers(self) -> list[int]:
        """The sizes of a network's hidden layers: those that were chosen, or the usual ones."""
        return [32] if self.hidden is None else self.hidden

    def settle(self, rows: int, weights: int, to_end: bool = False) -> Options:
        """Return these options with a choice for all that is left open.

        Many rows need less weight decay: they leave little to overfit. ``weights`` are those of a
        model without hidden layers; ``to_end`` trains it to its end, whatever was chosen.
        """
        steps, epochs, patience = math.ceil(rows / self.batch_size), self.epochs, self.patience
        decay = min(0.6, round(10 / steps, 3)) if self.layers else 0.0
        if not self.layers and (to_end or epochs is None):
            epochs = epochs or EPOCHS
            enough = min(LINEAR_STEPS, LINEAR_WORK / weights)  # a very wide one takes fewer
            longer = max(1, math.ceil(enough / (steps * epochs)))
            epochs, patience = longer * epochs, patience and longer * patience
        return replace(
            self, hidden=self.layers, epochs=epochs or EPOCHS, patience=patience,
            weight_decay=decay if self.weight_decay is None else self.weight_decay,
        )  # fmt: skip


def read_options(function: str, given: dict[str, Any]) -> Options:
    """Return the options that a function was given by name; one that there isn't is an error."""
    known = [field.name for field in fields(Options)]
    for name in set(given).difference(known):
        raise TypeError(f"{function} has no option {name!r}: choose from {', '.join(known)}")
    return Options(**given)


def resume_options(path: str, saved: SavedModel, given: dict[str, Any]) -> Options:
    """Return the options of a saved training, with those that the user changed."""
    for fixed in ("hidden", "activation", "target", "ignore", "categories", "classes"):
        if fixed in given:
            told = "can't change in a resumed training: leave it out"
            raise InputError(f"--{fixed.replace('categories', 'category')} {told}")
    notes = saved.training
    kept = {field.name: notes[field.name] for field in fields(Options) if field.name in notes}
    losses = notes.get("losses", [])
    try:
        are_good = isinstance(losses, list) and all(map(is_loss_pair, losses))
        if not (are_good and type(notes.get("best_epoch", 0)) is int):
            raise ValueError
        options = Options(**{**kept, "hidden": saved.model.sizes[1:-1]})
    except ValueError:
        told = "has damaged notes on its training: train from the start"
        raise InputError(f"{show_path(path)} {told}") from None
    return replace(options, **given)


def is_loss_pair(pair: Any) -> bool:
    """Tell whether this is an epoch's training and validation loss, None where there is none."""
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(loss is None or isinstance(loss, float) for loss in pair)
    )
