"""The command that searches: what it is given is read and checked, and what came of it is told."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from ..._ground.files import check_output
from ..._ground.ruled import print_lines
from ..._ground.text import InputError, count_things, show_path
from ..reading import read_table
from ..report import escape_text
from ..run import Training
from ..spelling import AS_USUAL, Spelling
from .plan import Plan, describe_setting, write_choice
from .results import read_results
from .search import Search, conduct_search
from .showing import show_search
from .workers import LostWorkerError, import_joblib


def search_table(
    table: str,
    console: Console,
    *,
    target: str | None = None,
    jobs: int = 1,
    seeds: int = 3,
    test: float = 0.2,
    results: str | None = None,
    ignore: Sequence[str] = (),
    category: Sequence[str] = (),
    classes: bool = False,
    spelling: Spelling = AS_USUAL,
    skip_empty: bool = False,
    **given: Any,
) -> None:
    """Search on a table, and say how to train as the best training did.

    ``given`` are lists of choices for the fields of ``Options``.
    """
    if target is None:
        raise InputError("search needs --target COLUMN: the column to learn")
    check_jobs(jobs)
    grid = {name: choices for name, choices in given.items() if len(choices) > 1}
    if not grid:
        raise InputError(
            "search needs an option with several choices, such as --lr 0.01 --lr 0.003"
        )
    fixed = {name: choices[0] for name, choices in given.items() if len(choices) == 1}
    rows = read_table(table, spelling)
    plan = Plan(
        rows, target, grid, seeds, test, tuple(ignore), tuple(category), classes, skip_empty, fixed
    )
    path = results or f"{Path(table).stem}-search.json"
    check_output(path, table)
    found = search_live(plan, jobs, path, console)
    report(found, console, table, spelling, path)


def check_jobs(jobs: int) -> None:
    """Refuse now a number of processes that can't be, or several without joblib."""
    try:
        if jobs != 1:
            import_joblib(jobs)
    except (ValueError, ImportError) as error:
        raise InputError(str(error).replace("n_jobs", "--jobs")) from None


def search_live(plan: Plan, jobs: int, path: str, console: Console) -> Search:
    """Search, and show that as it goes on; Ctrl-C says what is done."""
    with show_search(console) as show:
        try:
            return conduct_search(plan, jobs, path, show)
        except KeyboardInterrupt:
            trials, kept = plan.list_trials(), read_results(path, plan)
            raise KeyboardInterrupt(
                f": {len(trials.keys() & kept)} of {count_things(len(trials), 'training')} are in "
                f"{show_path(path)}, and the same command goes on from there"
            ) from None
        except LostWorkerError as error:
            raise InputError(str(error)) from error


def report(
    found: Search, console: Console, table: str, spelling: Spelling, path: str
) -> None:  # fmt: skip
    """Print the settings, which may be as good as the best, why some failed, and what is to do."""
    console.print(found.tabulate())
    for row in found.rows:
        for seed, reason in row.failed.items():
            told = f"{describe_setting(row.setting, ' ')}, seed {seed}: {escape_text(reason)}"
            console.print(f"Failed: {told}", soft_wrap=True)
            break  # the others of a setting mostly fail alike
    best, others = found.best, sum(bool(row.losses) for row in found.rows) - 1
    told = f"Best by its mean validation {found.measure}: {describe_setting(best.setting, ' ')}."
    if found.plan.seeds == 1 and others:
        told += " One seed can't tell whether others are as good: try --seeds 5."
    elif found.alike:
        told += f" {len(found.alike)} of {others} others can't be told apart from it (≈): "
        told += "; ".join([describe_setting(row.setting, " ") for row in found.alike[:3]])
        told += "; …" * (len(found.alike) > 3)
    elif others:
        told += " Each of the others can be told apart from it."
    print_lines(console, escape_text(told))
    options, silent = found.best_options, Console(quiet=True)
    console.print(f"To train with it{', and what comes of that' * bool(options.test)}:")
    console.print(f"  {escape_text(write_anew(found, table, spelling))}", soft_wrap=True)
    if options.test and not console.quiet:
        training = Training(*found.plan.learn(options, silent, is_trial=False), options)
        training.run(silent)
        training.report(console, hurried=False)
    console.print(f"Results: {escape_text(show_path(path))}", soft_wrap=True)


def write_anew(found: Search, table: str, spelling: Spelling) -> str:
    """Return the command that trains with the best setting."""
    plan = found.plan
    words = ["micrograd-nn", "train", table, "--target", plan.target]
    chosen = {"test": plan.test, **(plan.fixed or {}), **found.best.setting}
    for name, choice in chosen.items():
        words += [f"--{name.replace('_', '-')}", write_choice(choice)]
    words += [word for name in plan.ignore for word in ("--ignore", name)]
    words += [word for name in plan.categories for word in ("--category", name)]
    words += ["--classes"] * plan.classes + ["--skip-empty"] * plan.skip_empty
    words += [word for text in spelling.missing for word in ("--missing", text)]
    words += ["--decimal", spelling.decimal] if spelling.decimal else []
    words += ["--encoding", spelling.encoding] if spelling.encoding else []
    return shlex.join([*words, "--model", "model.json"])
