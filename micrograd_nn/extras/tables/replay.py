"""The page that replays a training on a table, in the table's own columns and units."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...page.frame import Page
from ..train.history import History
from ..train.pages.predictions import Column, Columns
from ..train.pages.training import Losses, build_training
from .columns import NumericColumn, TextColumn
from .encoding import Encoding


def build_replay(
    history: History,
    encoding: Encoding,
    source: str,
    model: str,
    *,
    earlier: Sequence[Losses] = (),
    epoch: int | None = None,
) -> Page:
    """Return the page of a training; of the one that it resumed, it has the ``earlier`` losses."""
    return build_training(
        history,
        title=f"Learning {encoding.target.name} from {Path(source).name}",
        notes=model,
        columns=describe_columns(encoding),
        earlier=earlier,
        epoch=epoch,
    )


def describe_columns(encoding: Encoding) -> Columns:
    """Return what a network's inputs and outputs stand for, as a page shows it."""
    inputs = [convert_column(column) for column in encoding.input_columns]
    target = encoding.target
    if isinstance(target, NumericColumn):
        return Columns(inputs, [convert_column(target)])
    return Columns(inputs, [Column(name) for name in target.categories], target.categories)


def convert_column(column: NumericColumn | TextColumn) -> Column:
    """Return what the numbers of a column stand for."""
    if isinstance(column, NumericColumn):
        return Column(column.name, column.mean, column.scale)
    return Column(column.name, categories=column.categories)
