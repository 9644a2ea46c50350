"""The command that searches: what it is given is read and checked, its outcome printed."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.live import Live

from ...._ground.files import check_output
from ...._ground.ruled import Console, escape_text, print_lines
from ...._ground.text import InputError, count_things, show_path
from ..reading import read_table
from ..run import Training
from ..spelling import AS_USUAL, Spelling
from ..task import COLUMNS, Task
from .results import read_results
from .search import Search, conduct_search, describe_setting, write_choice
from .workers import import_joblib

SHOWN_LIVE = 12  # settings, the best, while trainings go on


def search_table(
    table: str,
    console: Console,
    *,
    jobs: int = 1,
    seeds: int = 3,
    test: float = 0.2,
    results: str | None = None,
    spelling: Spelling = AS_USUAL,
    **given: Any,
) -> None:
    """Search on a table, and say how to train as the best training did.

    ``given`` is what ``Task.read`` takes, and lists of choices for the fields of ``Options``.
    """
    if "target" not in given:
        raise InputError("search needs --target COLUMN: the column to learn")
    check_jobs(jobs)
    columns = {name: given.pop(name) for name in COLUMNS if name in given}
    grid = {name: choices for name, choices in given.items() if len(choices) > 1}
    if not grid:
        raise InputError(
            "search needs an option with several choices, such as --lr 0.01 --lr 0.003"
        )
    fixed = {name: choices[0] for name, choices in given.items() if len(choices) == 1}
    task = Task.read(read_table(table, spelling), **columns)
    found = Search(task, grid, seeds, test, fixed)
    path = results or f"{Path(table).stem}-search.json"
    check_output(path, table)
    with show_search(console) as show:
        try:
            conduct_search(found, jobs, path, show)
        except KeyboardInterrupt:
            trials, kept = found.list_trials(), read_results(path, task.fingerprint)
            raise KeyboardInterrupt(
                f": {len(trials.keys() & kept)} of {count_things(len(trials), 'training')} are in "
                f"{show_path(path)}, and the same command goes on from there"
            ) from None
    report(found, console, write_again(found, table, columns, spelling), path)


def check_jobs(jobs: int) -> None:
    """Refuse now a number of processes that can't be, or several without joblib."""
    try:
        if jobs != 1:
            import_joblib(jobs)
    except (ValueError, ImportError) as error:
        raise InputError(str(error).replace("n_jobs", "--jobs")) from None


@contextmanager
def show_search(console: Console) -> Iterator[Callable[[Search], object]]:
    """Yield what shows a search as it goes on; nothing is shown where there's no terminal."""
    if not console.is_terminal or console.is_dumb_terminal or console.quiet:
        yield lambda found: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda found: live.update(found.tabulate(SHOWN_LIVE), refresh=True)


def report(found: Search, console: Console, again: str, path: str) -> None:
    """Print the settings, which may be as good as the best, why some failed, and what is to do."""
    console.print(found.tabulate())
    for row in found.rows:
        for seed, reason in row.failed.items():
            told = f"{describe_setting(row.setting, ' ')}, seed {seed}: {escape_text(reason)}"
            console.print(f"Failed: {told}", soft_wrap=True)
            break  # the others of a setting mostly fail alike
    best, others = found.best, sum(bool(row.losses) for row in found.rows) - 1
    told = f"Best by its mean validation {found.measure}: {describe_setting(best.setting, ' ')}."
    if others:
        told += (
            f" {len(found.alike)} of {count_things(others, 'other')} can't be told apart "
            "from it (≈)"
        )
        told += ": more --seeds may tell." if found.alike else "."
    print_lines(console, escape_text(told))
    options = found.best_options
    console.print(f"To train with it{', and what comes of that' * bool(options.test)}:")
    console.print(f"  {escape_text(again)}", soft_wrap=True)
    if options.test and not console.quiet:
        Training(*found.task.learn(options, console), options).run(console)
    console.print(f"Results: {escape_text(show_path(path))}", soft_wrap=True)


def write_again(found: Search, table: str, columns: Mapping[str, Any], spelling: Spelling) -> str:
    """Return the command that trains with the best setting."""
    words = ["micrograd-nn", "train", table]
    chosen = {"test": found.test, **found.fixed, **found.best.setting}
    given = {**columns, **{name: write_choice(choice) for name, choice in chosen.items()}}
    given |= {name: choice for name, choice in asdict(spelling).items() if choice}
    for name, choice in (given | {"model": "model.json"}).items():
        option = "--category" if name == "categories" else f"--{name.replace('_', '-')}"
        texts = [choice] if isinstance(choice, str) else choice
        words += [option] if choice is True else [x for text in texts for x in (option, text)]
    return shlex.join(words)
