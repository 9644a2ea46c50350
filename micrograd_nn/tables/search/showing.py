"""How a search shows itself: a table of its settings, which grows at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live

from ..._ground.ruled import Grid
from ..._ground.text import count_things, format_number
from .plan import Plan, write_choice
from .results import SettingResult

SHOWN_LIVE = 12  # settings, the best, while trainings go on


def tabulate_rows(
    plan: Plan, rows: Sequence[SettingResult], measure: str, done: str, most: int | None = None
) -> Grid:
    """Return settings as a table, in their order; of many, the first few.

    Those that can't be told apart from the best have the mark ≈.
    """
    caption = f"{done} trainings done"
    if most is not None and len(rows) > most:
        caption += f"; the best {most} of {count_things(len(rows), 'setting')}"
    is_failed = any(row.failed for row in rows)
    grid = Grid(
        *[name.replace("_", " ") for name in plan.grid],
        caption=caption, title=f"Validation {measure}, the mean over seeds", padding=(0, 1, 0, 0),
    )  # fmt: skip
    for head in ("mean", "lowest", "highest", "epochs", *["failed"] * is_failed):
        grid.add_column(head, justify="right")
    grid.add_column("")
    for i, row in enumerate(rows[:most]):
        losses = row.losses.values()
        epochs = sorted(row.epochs.values())
        spread = f"{epochs[0]} to {epochs[-1]}" if epochs else "–"
        shown = [row.mean, min(losses), max(losses)] if losses else [None] * 3
        grid.add_row(
            *map(write_choice, row.setting.values()),
            *map(format_number, shown),
            spread if len({*epochs}) > 1 else spread.partition(" ")[0],
            *[str(len(row.failed) or "")] * is_failed,
            "best" if i == 0 else "≈" if losses and row.is_like(rows[0]) else "",
        )
    return grid


@contextmanager
def show_search(console: Console) -> Iterator[Callable[[Any], object]]:
    """Yield what shows a search as it goes on; nothing is shown where there's no terminal."""
    if not console.is_terminal or console.is_dumb_terminal or console.quiet:
        yield lambda search: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda search: live.update(search.tabulate(SHOWN_LIVE), refresh=True)
