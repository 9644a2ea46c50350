"""``search``: trains on a table with each setting of a grid, here or on many machines."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...._ground.ruled import Console
from ..columns import NumericColumn
from ..options import Options
from ..reading import open_table
from ..run import Training
from ..task import Task
from .found import Search
from .results import Trainings, add_results
from .workers import run_tasks


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
