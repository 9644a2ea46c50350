"""Features: what a network of the playground is given of an example's one or two numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import pi
from typing import Any, NamedTuple

from micrograd_nn import sin
from micrograd_nn._ground.text import InputError


class Feature(NamedTuple):
    """A number made of x1 and x2: as it is computed, in programs too, and with columns' names."""

    text: str
    name: str
    columns: int = 1  # that data need to have it


FEATURES = {
    "x1": Feature("x1", "{0}"),
    "x2": Feature("x2", "{1}", 2),
    "x1^2": Feature("x1 * x1", "{0}²"),
    "x2^2": Feature("x2 * x2", "{1}²", 2),
    "x1*x2": Feature("x1 * x2", "{0}·{1}", 2),
    "sin(pi*x1)": Feature("sin(pi * x1)", "sin(π·{0})"),
    "sin(pi*x2)": Feature("sin(pi * x2)", "sin(π·{1})", 2),
}


class Features:
    """Some of them, for data of one or two columns: those that need a second one are left out."""

    def __init__(self, asked: Sequence[str], columns: int) -> None:
        self.columns = columns
        self.offered = [name for name, one in FEATURES.items() if one.columns <= columns]
        self.chosen = [name for name in self.offered if name in asked]
        if not self.chosen:
            known = ", ".join(self.offered)
            raise InputError(f"features: a network needs one at least: choose from {known}")
        self.texts = [FEATURES[name].text for name in self.chosen]
        names = ", ".join(self.places)
        made: Callable[..., list[Any]] = eval(
            f"lambda {names}: [{', '.join(self.texts)}]", {"sin": sin, "pi": pi}
        )
        self.make = made

    @property
    def places(self) -> list[str]:
        """The names of the columns, in a program."""
        return [f"x{i}" for i in range(1, 1 + self.columns)]

    @property
    def are_plain(self) -> bool:
        """Whether they are the columns as they are."""
        return self.texts == self.places

    def compute(self, x: Sequence[Any]) -> list[Any]:
        """Return the features of an example's numbers, which may be Values."""
        return self.make(*x)

    def describe(self, names: Sequence[str]) -> dict[str, Any]:
        """Return which there are and which are chosen, with the columns' names."""
        return {
            "chosen": self.chosen,
            "offered": [[name, FEATURES[name].name.format(*names)] for name in self.offered],
        }
