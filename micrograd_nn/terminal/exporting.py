"""The command ``export``: a saved model in another language, and how equal it is."""

from __future__ import annotations

import math
import os
from functools import partial

from rich.console import Console

from .._ground.files import check_output
from .._ground.text import InputError, show_path
from ..export.answers.asking import read_cell
from ..export.blueprint import list_columns_of
from ..export.export import export
from ..export.report import NotEqualError
from ..tables.encoding import add_date_parts
from ..tables.reading import read_table
from ..tables.spelling import AS_USUAL, Spelling
from ..tables.storage import SavedModel, load_model
from .parser import tell_error


def export_model(
    console: Console,
    model: str,
    output: str,
    single: bool = False,
    bound: float | None = None,
    unchecked: bool = False,
    rows: str | None = None,
    spelling: Spelling = AS_USUAL,
    skip_empty: bool = False,
) -> bool:
    """Write a model, and say where it is and how equal; False where it isn't equal."""
    saved = load_model(model)
    written = [output]
    if output.endswith(".c"):
        written.append(f"{os.path.splitext(output)[0]}.h")
    for path in written:
        check_output(path, model, *([rows] if rows else []))
    if bound is not None and not bound >= 0:
        raise InputError(f"--check {bound!r}: a bound is a number from 0 up, such as 1e-9")
    if rows is not None and unchecked:
        raise InputError("--rows says what to compare, and --no-check to compare nothing")
    given = None if rows is None else read_cells(saved, rows, spelling, skip_empty)
    try:
        report = export(
            saved, output, single=single, check=False if unchecked else given, bound=bound
        )
    except NotEqualError as error:
        for line in error.report.tell():
            console.out(line, highlight=False)
        tell_error("micrograd-nn export", str(error))
        return False
    console.out(f"Model: {' and '.join(map(show_path, written))}", highlight=False)
    for line in report.tell():
        console.out(line, highlight=False)
    return report.worst != math.inf


def read_cells(
    saved: SavedModel, path: str, spelling: Spelling, skip_empty: bool
) -> list[tuple[float | str, ...]]:
    """Return a table's cells in a model's columns; a bad one is an InputError with its line."""
    table = read_table(path, spelling)
    if saved.encoding is not None:
        table = add_date_parts(table, saved.encoding.dates)
    columns = {column.name: column for column in list_columns_of(saved)}
    table.require([*columns], "columns of the model")
    if skip_empty:
        texts = saved.encoding.text_names if saved.encoding else ()
        table = table.drop_incomplete([*columns], texts)
    cells = [table.convert(name, partial(read_cell, column)) for name, column in columns.items()]
    return [*zip(*cells, strict=True)]
