"""What a search trains: a table, and each setting of a grid with each seed."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from rich.console import Console

from ..._ground.text import InputError, quote_text
from ...nn.networks import ACTIVATIONS
from ..options import Options
from ..parts import ExampleParts, cut_table
from ..storage import SavedModel
from ..table import Table
from ..training import learn_rows, select_rows

VARIABLE = [option.name for option in fields(Options) if option.name not in ("seed", "test")]


@dataclass(frozen=True)
class Plan:
    """The trainings of a search: of a table, with a target and options; some of those vary.

    >>> table = Table("t.csv", ("x", "y"), (("1", "2"), ("2", "4"), ("3", "6")), (2, 3, 4))
    >>> plan = Plan(table, "y", grid={"lr": [0.01, 0.1]}, seeds=2)
    >>> [(trial.lr, trial.seed) for trial in plan.list_trials().values()]
    [(0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1)]
    """

    table: Table
    target: str
    grid: Mapping[str, Sequence[Any]]
    seeds: int
    test: float = 0.2  # the fraction of rows that choose nothing
    ignore: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
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

    def list_trials(self) -> dict[str, Options]:
        """Return all trainings by their keys: how to train, for each setting and seed."""
        trials = [
            self.make_options(setting, seed)
            for setting in self.list_settings()
            for seed in range(self.seeds)
        ]
        return {name_trial(options): options for options in trials}

    def make_options(self, setting: Mapping[str, Any], seed: int) -> Options:
        """Return how to train with a setting and a seed."""
        return Options(**{**(self.fixed or {}), **setting}, test=self.test, seed=seed)

    def learn(
        self, options: Options, console: Console, is_trial: bool = True
    ) -> tuple[ExampleParts, SavedModel]:
        """Return the parts of the table's rows, and an untrained network for its columns.

        A trial gets no test rows: they are those that the same options give with the seed 0.
        """
        as_texts = [*self.categories, *[self.target] * self.classes]
        rows, kinds = select_rows(
            self.table, console, self.target, self.ignore, as_texts, self.skip_empty
        )
        if is_trial and options.test:
            by_class = rows.column(self.target) if kinds[self.target].is_text else ()
            test = cut_table(rows, replace(options, seed=0), by_class).test
            held_out = {*test.lines} if test else set()
            rows = rows.take([i for i, n in enumerate(rows.lines) if n not in held_out])
            options = replace(options, test=0.0)
        return learn_rows(rows, kinds, options, console, self.target)

    def describe(self) -> dict[str, Any]:
        """Return as JSON what all trainings in a file of results have in common."""
        rows = json.dumps([self.table.columns, self.table.rows]).encode()
        return {
            "table": hashlib.sha256(rows).hexdigest(),
            "target": self.target,
            "ignore": sorted(self.ignore),
            "categories": sorted(self.categories),
            "classes": self.classes,
            "skip_empty": self.skip_empty,
        }


def name_trial(options: Options) -> str:
    """Return the key of a training: all its options."""
    return json.dumps(vars(options), sort_keys=True)


def describe_setting(setting: Mapping[str, Any], between: str = "=") -> str:
    """Return what a setting chooses, one by one.

    >>> describe_setting({"hidden": [8, 8], "lr": 0.1})
    'hidden=8,8, lr=0.1'
    """
    chosen = [f"{name}{between}{write_choice(choice)}" for name, choice in setting.items()]
    return ", ".join(chosen)


def write_choice(choice: Any) -> str:
    """Return a choice as the command line has it; of no hidden layer, "none"."""
    if isinstance(choice, (list, tuple)):
        return ",".join(map(str, choice)) or "none"
    return "by itself" if choice is None else f"{choice}"
