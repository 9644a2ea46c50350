"""The command that searches: what it is given is read and checked, and what came of it is told."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

from rich.console import Console

from ..._ground.files import check_output
from ..._ground.text import InputError, count_things, format_number, show_path
from ..reading import read_table
from ..report import escape_text
from ..spelling import AS_USUAL, Spelling
from .plan import Plan, write_choice
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
    results: str | None = None,
    ignore: list[str] | None = None,
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
        raise InputError("search needs an option with several choices, such as --lr 0.01 0.003")
    fixed = {name: choices[0] for name, choices in given.items() if len(choices) == 1}
    rows = read_table(table, spelling)
    plan = Plan(rows, target, grid, seeds, tuple(ignore or ()), classes, skip_empty, fixed)
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
    latest = Search(plan)
    with show_search(console) as show:

        def update(found: Search) -> None:
            nonlocal latest
            latest = found
            show(found)

        try:
            return conduct_search(plan, jobs, path, update)
        except KeyboardInterrupt:
            trials = plan.list_trials()
            done = sum(key in latest.trainings for key in trials)
            raise KeyboardInterrupt(
                f": {done} of {count_things(len(trials), 'training')} are in {show_path(path)}, "
                f"and the same command goes on from there"
            ) from None
        except LostWorkerError as error:
            raise InputError(str(error)) from error


def report(
    found: Search, console: Console, table: str, spelling: Spelling, path: str
) -> None:  # fmt: skip
    """Print the settings, how to train as the best did, and why some trainings failed."""
    console.print(found.tabulate())
    for row in found.rows:
        for seed, reason in row.failed.items():
            told = ", ".join(f"{name} {write_choice(x)}" for name, x in row.setting.items())
            console.print(f"Failed: {told}, seed {seed}: {escape_text(reason)}", soft_wrap=True)
            break  # the others of a setting mostly fail alike
    best = found.best
    console.print(
        f"Best by its mean validation loss of {format_number(best.mean)}. Its best training anew:"
    )
    console.print(f"  {escape_text(write_anew(found, table, spelling))}", soft_wrap=True)
    console.print(f"Results: {escape_text(show_path(path))}", soft_wrap=True)


def write_anew(found: Search, table: str, spelling: Spelling) -> str:
    """Return the command that trains as the best training did."""
    plan, options = found.plan, found.best_options
    words = ["micrograd-nn", "train", table, "--target", plan.target]
    for name, choice in {**(plan.fixed or {}), **found.best.setting}.items():
        words.append(f"--{name.replace('_', '-')}")
        words += map(str, choice) if isinstance(choice, list) else [str(choice)]
    words += ["--seed", str(options.seed)]
    words += [word for name in plan.ignore for word in ("--ignore", name)]
    words += ["--classes"] * plan.classes + ["--skip-empty"] * plan.skip_empty
    words += [word for text in spelling.missing for word in ("--missing", text)]
    words += ["--decimal", spelling.decimal] if spelling.decimal else []
    words += ["--encoding", spelling.encoding] if spelling.encoding else []
    return shlex.join([*words, "--model", "model.json"])
