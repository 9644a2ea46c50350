"""The command ``export``: a saved model in another language, and how equal it is."""

from __future__ import annotations

import math
import os
from functools import partial

from rich.console import Console

from ..._ground.files import check_output
from ..._ground.text import InputError, count_things, join_words, show_path
from ...terminal.parser import Parser, tell_error
from ..tables.arguments import add_table_options
from ..tables.encoding import add_date_parts
from ..tables.reading import read_table
from ..tables.spelling import AS_USUAL, Spelling
from ..tables.storage import SavedModel, load_model
from .answers.asking import read_cell
from .blueprint import list_columns_of
from .export import TARGETS, export
from .report import NotEqualError


def export_model(
    console: Console,
    model: str,
    output: str,
    single: bool = False,
    bound: float | None = None,
    unchecked: bool = False,
    rows: str | None = None,
    spelling: Spelling = AS_USUAL,
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
    given = None if rows is None else read_cells(console, saved, rows, spelling)
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
    console: Console, saved: SavedModel, path: str, spelling: Spelling
) -> list[tuple[float | str, ...]]:
    """Return a table's cells in a model's columns; a bad one is an InputError with its line.

    Rows with an empty cell, which ``train`` fills and a written file refuses, are left out, and a
    line says how many.
    """
    table = read_table(path, spelling)
    if saved.encoding is not None:
        table = add_date_parts(table, saved.encoding.dates)
    columns = {column.name: column for column in list_columns_of(saved)}
    table.require([*columns], "columns of the model")
    complete = table.drop_incomplete(columns, saved.encoding.text_names if saved.encoding else ())
    if complete is not table:
        told = f"{len(table.rows) - len(complete.rows):,} of {count_things(len(table.rows), 'row')}"
        console.out(f"Left out, with an empty cell: {told}", highlight=False)
    cells = [complete.convert(name, partial(read_cell, column)) for name, column in columns.items()]
    return [*zip(*cells, strict=True)]


def add_export_options(export: Parser) -> None:
    """Add what ``export`` takes: the model, what to write, and how to compare it."""
    endings = join_words([*TARGETS], "or")
    export.add_argument("model", metavar="MODEL.json")
    export.add_argument(
        "-o",
        "--output",
        metavar="OUT.c",
        required=True,
        help=f"the ending: {endings}",
    )
    export.add_argument(
        "--float", dest="single", action="store_true",
        help="C or ONNX in single precision, for small processors",
    )  # fmt: skip
    comparing = export.add_mutually_exclusive_group()
    comparing.add_argument(
        "--check", dest="bound", metavar="BOUND", type=float,
        help="write nothing that differs by a larger part than this, such as 1e-9",
    )  # fmt: skip
    comparing.add_argument(
        "--no-check", dest="unchecked", action="store_true", help="compare nothing"
    )
    export.add_argument(
        "--rows", metavar="TABLE.csv",
        help="compare on its rows without an empty cell (default: rows made for it)",
    )  # fmt: skip
    add_table_options(export)
