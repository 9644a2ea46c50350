"""``search``: trains on a table with each setting of a grid, here or on many machines."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..._ground.ruled import Console, Grid
from ..._ground.text import InputError, count_things, format_number
from ..columns import NumericColumn
from ..options import Options
from ..reading import open_table
from ..trained import TrainedTable, train_table
from .plan import Plan, describe_setting, name_trial
from .results import SettingResult, Trainings, add_results
from .showing import show_search, tabulate_rows
from .trial import BROKEN, run_trial
from .workers import run_tasks

TABLE_WIDTH = 100  # of a search as text


@dataclass(repr=False)
class Search:
    """What came of a search; its ``rows`` are sorted by the mean validation loss of a setting."""

    plan: Plan
    trainings: Trainings = field(default_factory=dict)
    measure: str = "loss"  # what it judges by: RMSE, in the target's unit, or cross-entropy

    @property
    def rows(self) -> list[SettingResult]:
        """The settings that were trained so far, the best first."""
        rows = []
        for setting in self.plan.list_settings():
            row = SettingResult(setting, {}, {}, {})
            for seed in range(self.plan.seeds):
                outcome = self.trainings.get(name_trial(self.plan.make_options(setting, seed)), {})
                if "failed" in outcome:
                    row.failed[seed] = outcome["failed"]
                elif outcome:
                    row.losses[seed] = outcome["validation_loss"]
                    row.epochs[seed] = outcome["best_epoch"]
            rows.append(row)
        trained = [row for row in rows if row.losses or row.failed]
        return sorted(trained, key=lambda row: row.rank)

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
        return self.plan.make_options(self.best.setting, 0)

    def table(self) -> str:
        """Return the settings as a table of text, the best first."""
        out = io.StringIO()
        console = Console(file=out, width=TABLE_WIDTH, force_jupyter=False, force_terminal=False)
        console.print(self.tabulate())
        return out.getvalue()

    def tabulate(self, most: int | None = None) -> Grid:
        """Return the table, of the best settings, for a console of rich."""
        trials = self.plan.list_trials()
        done = sum(key in self.trainings for key in trials)
        return tabulate_rows(self.plan, self.rows, self.measure, f"{done} of {len(trials)}", most)

    def train_best(self) -> TrainedTable:
        """Train with the best setting, and return the model; its report has the test rows."""
        plan = self.plan
        return train_table(
            plan.table, plan.target, ignore=plan.ignore, categories=plan.categories,
            classes=plan.classes, skip_empty=plan.skip_empty, **vars(self.best_options),
        )  # fmt: skip

    def __repr__(self) -> str:
        done = [len(self.rows), sum(key in self.trainings for key in self.plan.list_trials())]
        told = f"{count_things(done[0], 'setting')}, {count_things(done[1], 'training')}"
        if self.rows and self.rows[0].losses:
            best = describe_setting(self.best.setting)
            mean = format_number(self.best.mean)
            told += f"; best {best} with a mean validation {self.measure} of {mean}"
        return f"<Search: {told}>"


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
    show: bool = False,
    **options: Any,
) -> Search:
    r"""Train on a table with each setting of a grid, once a seed, and return what came of it.

    >>> from micrograd_nn.tables import parse_table
    >>> line = parse_table("x,y\n" + "".join(f"{x},{2 * x + 1}\n" for x in range(20)))
    >>> found = search(line, {"lr": [0.001, 0.1]}, target="y", seeds=2, hidden=[], epochs=20)
    >>> found.best.setting, len(found.rows)
    ({'lr': 0.1}, 2)

    A setting is judged by its mean validation loss over the seeds, each of which holds other rows
    back. Options that aren't in the grid are the same for all. ``found.table()`` shows all
    settings, and ``found.alike`` are those that these seeds can't tell apart from the best. A part
    of the rows, ``test`` (0.2), is in no training: ``found.train_best()`` trains with the best
    setting, and its report says how good that is on them. ``show`` shows the table as it grows, at
    a terminal.

    ``n_jobs`` trainings run at once, by joblib: what comes of them doesn't depend on it. Each one
    that is done goes into the file ``results``. A search that was stopped goes on from there, and
    so does any other on the same table: one with more seeds, choices or options, say.

    >>> search(line, {"lr": [0.0]}, target="y")
    Traceback (most recent call last):
    micrograd_nn.InputError: lr: 0.0 is not a number above 0
    """
    if isinstance(ignore, str):  # whose letters would be columns
        raise TypeError(f"ignore is a text: write ignore=[{ignore!r}]")
    plan = Plan(
        open_table(table), target, grid, seeds, test, tuple(ignore), tuple(categories), classes,
        skip_empty, options,
    )  # fmt: skip
    if not show:
        return conduct_search(plan, n_jobs, results)
    with show_search(Console(stderr=True)) as update:
        return conduct_search(plan, n_jobs, results, update)


def conduct_search(
    plan: Plan,
    n_jobs: int,
    results: str | os.PathLike[str] | None,
    update: Callable[[Search], object] = lambda found: None,
) -> Search:
    """Do the trainings of a plan that a file of results doesn't have, and tell of each."""
    trials = plan.list_trials()
    first = replace(next(iter(trials.values())), seed=0)
    # What can't be done at the end is refused now.
    _, saved = plan.learn(first, Console(quiet=True), is_trial=False)
    measure = "cross-entropy"
    if saved.encoding and isinstance(saved.encoding.target, NumericColumn):
        measure = f"RMSE {saved.encoding.target.unit}".strip()
    # The file is this search's before anything is trained, or is refused now.
    found = Search(plan, {} if results is None else add_results(results, plan, {}), measure)
    tasks = {key: (plan, options) for key, options in trials.items() if key not in found.trainings}
    update(found)

    def keep(key: str, outcome: dict[str, Any]) -> None:
        if BROKEN in outcome:
            raise RuntimeError(f"the training with {key} failed: {outcome[BROKEN]}")
        found.trainings[key] = outcome
        if results is not None:
            found.trainings = add_results(results, plan, found.trainings)
        update(found)

    if n_jobs == 1:
        for key, given in tasks.items():
            keep(key, run_trial(*given))
    elif tasks:
        run_tasks(n_jobs, run_trial, tasks, keep)
    return found
