"""``search``: trains on a table with each setting of a grid, here or on many machines."""

from __future__ import annotations

import io
import itertools
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...._ground.ruled import Console, Grid
from ...._ground.text import InputError, count_things, format_number, quote_text
from ..columns import NumericColumn
from ..options import Options, read_options
from ..reading import open_table
from ..run import Training
from ..task import Task
from ..trained import TrainedTable, train_task
from .results import SettingResult, Trainings, add_results, name_trial
from .workers import run_tasks

TABLE_WIDTH = 100  # of a search as text


def search(
    table: Any,
    grid: Mapping[str, Sequence[Any]],
    *,
    target: str,
    seeds: int = 3,
    test: float = 0.2,
    n_jobs: int = 1,
    results: str | os.PathLike[str] | None = None,
    ignore: Iterable[str] = (),
    categories: Iterable[str] = (),
    classes: bool = False,
    skip_empty: bool = False,
    **options: Any,
) -> Search:
    r"""Train on a table with each setting of a grid, once a seed, and return what came of it.

    >>> from micrograd_nn.extras.tables import parse_table
    >>> line = parse_table("x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(20)))
    >>> found = search(line, {"lr": [0.001, 0.1]}, target="y", seeds=2, hidden=[], epochs=20)
    >>> found.best.setting, len(found.rows)
    ({'lr': 0.1}, 2)

    A setting is judged by its mean validation loss over the seeds, each of which holds other rows
    back. Options that aren't in the grid are the same for all. ``found.table()`` shows all
    settings, and ``found.alike`` are those that these seeds can't tell apart from the best. A part
    of the rows, ``test`` (0.2), is in no training: ``found.train_best()`` trains with the best
    setting, and its report says how good that is on them.

    ``n_jobs`` trainings run at once, by joblib: what comes of them doesn't depend on it. Each one
    that is done goes into the file ``results``. A search that was stopped goes on from there, and
    so does any other on the same table: one with more seeds, choices or options, say.
    """
    task = Task.read(
        open_table(table), target,
        ignore=ignore, categories=categories, classes=classes, skip_empty=skip_empty,
    )  # fmt: skip
    found = Search(task, grid, seeds, test, options)
    conduct_search(found, n_jobs, results)
    return found


def conduct_search(
    found: Search,
    n_jobs: int,
    results: str | os.PathLike[str] | None,
    update: Callable[[Search], object] = lambda found: None,
) -> None:
    """Do the trainings of a search that a file of results doesn't have, and tell of each."""
    # What can't be done at the end is refused now.
    found.task.learn(found.make_options(found.list_settings()[0]), Console(quiet=True))
    fingerprint = found.task.fingerprint

    def keep(outcomes: Trainings) -> None:
        found.trainings |= outcomes
        if results is not None:
            found.trainings = add_results(results, fingerprint, found.trainings)
        update(found)

    keep({})  # the file is this search's before anything is trained, or is refused now
    task = found.task.hold_out(found.test) if found.test else found.task
    trials = [
        (key, task, replace(options, test=0.0))
        for key, options in found.list_trials().items()
        if key not in found.trainings
    ]
    if n_jobs == 1:
        for given in trials:
            keep(run_trial(*given))
    elif trials:
        run_tasks(n_jobs, run_trial, trials, keep)


def run_trial(key: str, task: Task, options: Options) -> Trainings:
    """Train, and return what to keep of that: losses of the best epoch, or why there are none."""
    console = Console(quiet=True)
    try:
        training = Training(*task.learn(options, console), options)
        if not training.run(console):
            raise KeyboardInterrupt
    except Exception as error:  # of these rows or this network, not of all
        return {key: {"failed": str(error) or type(error).__name__}}
    best, target = training.history.best, training.encoding.target
    loss = best.validation_loss
    if loss is None or not math.isfinite(loss):
        return {key: {"failed": f"the validation loss is {loss}"}}
    if isinstance(target, NumericColumn):
        loss = target.scale * math.sqrt(loss)  # the RMSE, in the target's own unit
    return {key: {"validation_loss": loss, "best_epoch": best.number}}


@dataclass(repr=False)
class Search:
    r"""A search on one task: which options vary, which are fixed, and what came of the trainings.

    >>> from micrograd_nn.extras.tables import parse_table
    >>> task = Task.read(parse_table("x,y\n1,2\n2,4\n3,6"), "y")
    >>> planned = Search(task, grid={"lr": [0.01, 0.1]}, seeds=2)
    >>> [(trial.lr, trial.seed) for trial in planned.list_trials().values()]
    [(0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1)]
    >>> planned
    <Search: 0 settings, 0 trainings>
    """

    task: Task
    grid: Mapping[str, Sequence[Any]]
    seeds: int
    test: float = 0.2  # the fraction of rows that choose nothing
    fixed: Mapping[str, Any] = field(default_factory=dict)
    trainings: Trainings = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [*self.grid, *self.fixed, "seed", "test"]
        if twice := [name for name in names if names.count(name) > 1]:
            raise TypeError(
                f"search has {twice[0]!r} twice: give it once, in the grid, beside it, or as "
                "the numbers of seeds and test rows"
            )
        if type(self.seeds) is not int or self.seeds < 1:
            raise InputError(f"seeds: {quote_text(self.seeds)} is not a whole number from 1 up")
        for name, choices in self.grid.items():
            if not isinstance(choices, (list, tuple)) or not choices:
                raise InputError(f"{name}: {quote_text(choices)} is not a list of what to try")
            if len({*map(repr, choices)}) < len(choices):
                raise InputError(f"{name}: {quote_text(choices)} has one twice")
        if not all(trial.validation for trial in self.list_trials().values()):
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

    def make_options(self, setting: Mapping[str, Any], seed: int = 0) -> Options:
        """Return how to train with a setting and a seed."""
        return read_options("search", {**self.fixed, **setting, "test": self.test, "seed": seed})

    @property
    def measure(self) -> str:
        """What settings are judged by: RMSE, in the target's unit, or cross-entropy."""
        kind = self.task.kinds[self.task.target]
        return "cross-entropy" if kind.is_text else f"RMSE {kind.unit}".strip()

    @property
    def done(self) -> int:
        """How many of its trainings are done."""
        return len(self.list_trials().keys() & self.trainings.keys())

    @property
    def rows(self) -> list[SettingResult]:
        """The settings that were trained so far, the one with the lowest mean loss first."""
        rows = []
        for setting in self.list_settings():
            keys = [name_trial(self.make_options(setting, seed)) for seed in range(self.seeds)]
            done = {i: self.trainings[key] for i, key in enumerate(keys) if key in self.trainings}
            failed = {i: outcome["failed"] for i, outcome in done.items() if "failed" in outcome}
            good = [(i, outcome) for i, outcome in done.items() if i not in failed]
            losses = {i: outcome["validation_loss"] for i, outcome in good}
            epochs = {i: outcome["best_epoch"] for i, outcome in good}
            rows += [SettingResult(setting, losses, epochs, failed)] * bool(done)
        return sorted(rows, key=lambda row: row.rank)

    @property
    def best(self) -> SettingResult:
        """The setting with the lowest mean validation loss."""
        rows = self.rows
        if not rows or not rows[0].losses:
            why = f": {next(iter(rows[0].failed.values()))}" if rows else ""
            raise InputError(f"no training of this search gave a validation loss{why}")
        return rows[0]

    @property
    def alike(self) -> list[SettingResult]:
        """The settings that these seeds can't tell apart from the best."""
        best, *others = self.rows
        return [row for row in others if row.losses and row.is_like(best)]

    @property
    def best_options(self) -> Options:
        """How to train with the best setting, and with the test rows that no training had."""
        return self.make_options(self.best.setting)

    def train_best(self) -> TrainedTable:
        """Train with the best setting, and return the model; its report has the test rows."""
        return train_task(self.task, self.best_options)

    def table(self) -> str:
        """Return the settings as a table of text, the best first."""
        out = io.StringIO()
        console = Console(file=out, width=TABLE_WIDTH, force_jupyter=False, force_terminal=False)
        console.print(self.tabulate())
        return out.getvalue()

    def tabulate(self, most: int | None = None) -> Grid:
        """Return the table for a console of rich; of many settings, the best ones.

        Those that can't be told apart from the best have the mark ≈.
        """
        rows = self.rows
        caption = f"{self.done} of {len(self.list_trials())} trainings done"
        if most is not None and len(rows) > most:
            caption += f"; the best {most} of {count_things(len(rows), 'setting')}"
        is_failed = any(row.failed for row in rows)
        grid = Grid(
            *[name.replace("_", " ") for name in self.grid], caption=caption,
            title=f"Validation {self.measure}, the mean over seeds", padding=(0, 1, 0, 0),
        )  # fmt: skip
        for head in ("mean", "lowest", "highest", "epochs", *["failed"] * is_failed):
            grid.add_column(head, justify="right")
        grid.add_column("")
        for i, row in enumerate(rows[:most]):
            losses, epochs = row.losses.values(), sorted({*row.epochs.values()})
            shown = [row.mean, min(losses), max(losses)] if losses else [None] * 3
            grid.add_row(
                *map(write_choice, row.setting.values()),
                *map(format_number, shown),
                " to ".join(map(str, [*epochs[:1], *epochs[1:][-1:]])) or "–",
                *[str(len(row.failed) or "")] * is_failed,
                "best" if i == 0 else "≈" if losses and row.is_like(rows[0]) else "",
            )
        return grid

    def __repr__(self) -> str:
        rows = self.rows
        told = f"{count_things(len(rows), 'setting')}, {count_things(self.done, 'training')}"
        if rows and rows[0].losses:
            best, mean = describe_setting(rows[0].setting), format_number(rows[0].mean)
            told += f"; best {best} with a mean validation {self.measure} of {mean}"
        return f"<Search: {told}>"


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
