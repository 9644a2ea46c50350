"""What a search trains: a table, and each setting of a grid with each seed."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from rich.console import Console

from ..._ground.text import InputError, list_first, quote_text
from ...nn.networks import ACTIVATIONS
from ..options import Options
from ..parts import ExampleParts
from ..storage import SavedModel
from ..table import Table
from ..training import learn_columns

VARIABLE = [option.name for option in fields(Options) if option.name != "seed"]


@dataclass(frozen=True)
class Plan:
    """The trainings of a search: of a table, with a target and options; some of those vary.

    >>> table = Table("t.csv", ("x", "y"), (("1", "2"), ("2", "4"), ("3", "6")), (2, 3, 4))
    >>> plan = Plan(table, "y", grid={"lr": [0.01, 0.1]}, seeds=2)
    >>> [key for key in plan.list_trials()]
    ['lr=0.01 seed=0', 'lr=0.01 seed=1', 'lr=0.1 seed=0', 'lr=0.1 seed=1']
    """

    table: Table
    target: str
    grid: Mapping[str, Sequence[Any]]
    seeds: int
    ignore: tuple[str, ...] = ()
    classes: bool = False
    skip_empty: bool = False
    fixed: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        fixed = dict(self.fixed or {})
        for name in (*self.grid, *fixed):
            if name not in VARIABLE:
                reason = ": say how many seeds" if name == "seed" else ""
                raise TypeError(
                    f"search has no option {name!r}{reason}: choose from {', '.join(VARIABLE)}"
                )
        both = [name for name in self.grid if name in fixed]
        if both:
            raise TypeError(f"{both[0]} is both in the grid and beside it: give it once")
        if type(self.seeds) is not int or self.seeds < 1:
            raise InputError(f"seeds: {quote_text(self.seeds)} is not a whole number from 1 up")
        for name, choices in self.grid.items():
            if not isinstance(choices, (list, tuple)) or not choices:
                raise InputError(f"{name}: {quote_text(choices)} is not a list of what to try")
            if len({*map(repr, choices)}) < len(choices):
                raise InputError(f"{name}: {quote_text(choices)} has one twice")
        for setting in self.list_settings():
            options = self.make_options(setting, 0)
            if options.activation not in ACTIVATIONS:
                raise InputError(
                    f"activation: {quote_text(options.activation)} is none of "
                    f"{', '.join(ACTIVATIONS)}"
                )
            if not options.validation:
                raise InputError(
                    "validation: a search chooses by the rows that are held back: use a fraction "
                    "above 0"
                )

    def list_settings(self) -> list[dict[str, Any]]:
        """Return each setting, a choice for every option in the grid."""
        return [
            dict(zip(self.grid, chosen, strict=True))
            for chosen in itertools.product(*self.grid.values())
        ]

    def list_trials(self) -> dict[str, tuple[dict[str, Any], int]]:
        """Return all trainings by their keys: a setting and a seed each."""
        return {
            name_trial(setting, seed): (setting, seed)
            for setting in self.list_settings()
            for seed in range(self.seeds)
        }

    def make_options(self, setting: Mapping[str, Any], seed: int) -> Options:
        """Return how to train with a setting and a seed."""
        return Options(**{**(self.fixed or {}), **setting}, seed=seed)

    def learn(self, options: Options, console: Console) -> tuple[ExampleParts, SavedModel]:
        """Return the parts of the table's rows, and an untrained network for its columns."""
        return learn_columns(
            self.table, options, console, self.target,
            ignore=self.ignore, classes=self.classes, skip_empty=self.skip_empty,
        )  # fmt: skip

    def describe(self) -> dict[str, Any]:
        """Return as JSON what has to be the same in a search that goes on."""
        rows = json.dumps([self.table.columns, self.table.rows]).encode()
        kept = [option for option in VARIABLE if option not in self.grid]
        options = vars(Options(**(self.fixed or {})))
        return {
            "table": hashlib.sha256(rows).hexdigest(),
            "target": self.target,
            "ignore": sorted(self.ignore),
            "classes": self.classes,
            "skip_empty": self.skip_empty,
            "varied": sorted(self.grid),
            "options": {name: options[name] for name in kept},
        }


def name_trial(setting: Mapping[str, Any], seed: int) -> str:
    """Return the key of a training, in which a grid's order doesn't matter."""
    return " ".join([*sorted(describe_setting(setting)), f"seed={seed}"])


def describe_setting(setting: Mapping[str, Any]) -> list[str]:
    """Return what a setting chooses, one by one."""
    return [f"{name}={write_choice(choice)}" for name, choice in setting.items()]


def write_choice(choice: Any) -> str:
    """Return a choice as the command line has it; of no hidden layer, "none"."""
    if isinstance(choice, (list, tuple)):
        return ",".join(map(str, choice)) or "none"
    return "by itself" if choice is None else f"{choice}"


def explain_difference(asked: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Say in which ways a search isn't the one that a file has results of.

    >>> explain_difference({"target": "y", "options": {"lr": 1}}, {"target": "x", "options": {}})
    'another target (x), another lr (by itself)'
    """
    differing = []
    for name, wanted in asked.items():
        if name == "options":
            kept = found.get(name, {})
            differing += [
                f"another {option} ({write_choice(kept.get(option))})"
                for option in wanted
                if kept.get(option) != wanted[option]
            ]
        elif found.get(name) != wanted:
            told = "" if name == "table" else f" ({write_choice(found.get(name))})"
            differing.append(f"another {name}{told}")
    return list_first(differing, 3)
