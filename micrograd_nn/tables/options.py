"""How to train on a table: what one may choose, anew or for a training that goes on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .._ground.text import InputError, quote_text, show_path
from .storage import SavedModel, require_encoding

RANGES = {
    "hidden": (1, 10_001, "a whole number from 1 to 10,000"),
    "epochs": (1, math.inf, "a whole number from 1 up"),
    "batch_size": (1, math.inf, "a whole number from 1 up"),
    "patience": (1, math.inf, "a whole number from 1 up"),
    "lr": (1e-300, math.inf, "a number above 0"),
    "weight_decay": (0, math.inf, "a number from 0 up"),
    "validation": (0, 1, "a fraction from 0 to below 1"),
    "test": (0, 1, "a fraction from 0 to below 1"),
    "seed": (0, math.inf, "a whole number from 0 up"),
}


@dataclass
class Options:
    """How to train; the defaults suit a table of a few hundred rows.

    Without ``hidden``, there is one layer of 32, or none if a linear model does better.
    Without a ``weight_decay``, one is chosen by the size of the table:

    >>> Options().choose_weight_decay(rows=300), Options().choose_weight_decay(rows=3000)
    (0.526, 0.053)
    >>> Options(hidden=[]).choose_weight_decay(rows=300)  # too few weights to overfit with
    0.0

    >>> Options(epochs=0)
    Traceback (most recent call last):
    micrograd_nn.InputError: epochs: 0 is not a whole number from 1 up
    """

    hidden: list[int] | None = None
    activation: str = "relu"
    epochs: int = 100
    batch_size: int = 16
    lr: float = 0.01
    patience: int = 30
    validation: float = 0.2
    seed: int = 0
    test: float = 0.0
    weight_decay: float | None = None

    def __post_init__(self) -> None:
        hidden: Any = self.hidden
        if hidden is not None:
            if not isinstance(hidden, (list, tuple)):
                told = f"{quote_text(hidden)} is not a list of layers' sizes, such as [16, 16]"
                raise InputError(f"hidden: {told}")
            self.hidden = [*hidden]
        for name, (least, below, meaning) in RANGES.items():
            choice = getattr(self, name)
            for number in choice if isinstance(choice, list) else [choice]:
                if choice is None:
                    continue  # it is chosen later
                kinds = int if "whole" in meaning else (int, float)
                is_number = isinstance(number, kinds) and not isinstance(number, bool)
                if not (is_number and least <= number < below):
                    raise InputError(
                        f"{name.replace('_', '-')}: {quote_text(number)} is not {meaning}"
                    )

    @property
    def layers(self) -> list[int]:
        """The sizes of a network's hidden layers: those that were chosen, or the usual ones."""
        return [32] if self.hidden is None else self.hidden

    def choose_weight_decay(self, rows: int) -> float:
        """Return the weight decay: what was chosen, or what does well on so many rows.

        Many rows need less: they leave little to overfit.
        """
        if self.weight_decay is not None:
            return self.weight_decay
        steps = math.ceil(rows / self.batch_size)
        return min(0.6, round(10 / steps, 3)) if self.layers else 0.0


def resume_options(path: str, saved: SavedModel, given: dict[str, Any]) -> Options:
    """Return the options of a saved training, with those that the user chose anew."""
    encoding, path = require_encoding(saved, path), show_path(path)
    target = given.pop("target", encoding.target.name)
    if target != encoding.target.name:
        raise InputError(
            f"{path} was trained for {quote_text(encoding.target.name)}, not {quote_text(target)}"
        )
    for fixed in ("hidden", "activation", "ignore", "classes"):
        if fixed in given:
            raise InputError(f"--{fixed} can't change in a resumed training: leave it out")
    # What older files don't have:
    usual: dict[str, Any] = {"hidden": Options().layers, "weight_decay": 0.0}
    known = vars(Options(**usual))
    kept = {name: saved.training[name] for name in known if name in saved.training}
    wrong = [name for name in kept if type(kept[name]) is not type(known[name])]
    losses = saved.training.get("losses", [])
    if (
        type(saved.training.get("best_epoch", 0)) is not int
        or wrong
        or not (isinstance(losses, list) and all(map(is_loss_pair, losses)))
    ):
        raise InputError(f"{path} has damaged notes on its training: train anew")
    return Options(**{**usual, **kept, **given})


def is_loss_pair(pair: Any) -> bool:
    """Tell whether this is an epoch's training and validation loss, None where there is none."""
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(loss is None or isinstance(loss, float) for loss in pair)
    )
