"""The command that trains a network on a person's table: what it is given is read and checked.

What can't be done is an ``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from operator import eq, gt, lt
from pathlib import Path
from typing import Any

from rich.console import Console

from .._ground.files import check_output
from .._ground.text import InputError, show_path
from .columns import NumericColumn
from .encoding import Encoding
from .network import create_model
from .options import Options, resume_options
from .parts import ExampleParts, cut_table, encode_parts
from .reading import read_table
from .report import escape_text
from .run import Training
from .spelling import AS_USUAL, Spelling
from .storage import SavedModel, load_model, require_encoding
from .table import ROW_NAMES, Table


def train(
    table: str,
    console: Console,
    *,
    model: str | None = None,
    resume: str | None = None,
    page: str | None = None,
    chart: str | None = None,
    force: bool = False,
    spelling: Spelling = AS_USUAL,
    skip_empty: bool = False,
    **given: Any,
) -> bool:
    """Train on a table, or with ``resume`` go on with a saved model; False after Ctrl-C.

    ``given`` are the fields of ``Options``, and ``target``, ``ignore`` and ``classes``, as far as
    the user chose them; the others are those of the resumed training, or the defaults. A resumed
    model keeps its columns, layers and activation. ``page`` is where to replay the training,
    ``chart`` where to draw its losses; ``force`` replaces another model.
    """
    path = model or resume
    rows = read_table(table, spelling)
    if path is None:
        raise InputError("train needs --model MODEL.json: where to save the model")
    check_files(table, path, resume, (page, chart), force)
    if resume is None:
        target, ignore = given.pop("target", None), given.pop("ignore", [])
        classes = given.pop("classes", False)
        if target is None:
            raise InputError("train needs --target COLUMN: the column to learn")
        options = Options(**given)
        parts, saved = learn_columns(
            rows, options, console, target,
            ignore=ignore, classes=classes, skip_empty=skip_empty,
        )  # fmt: skip
    else:
        saved = load_model(resume)
        options = resume_options(resume, saved, given)
        columns = require_encoding(saved, resume)
        used = {column.name for column in (*columns.input_columns, columns.target)}
        if skip_empty:
            rows = drop_empty_rows(rows, console, {*rows.columns} - used)
        parts = encode_parts(columns, cut_table(rows, options))
    del rows  # of which a wide table's texts take much memory
    at_page, at_chart = [Path(place) if place else None for place in (page, chart)]
    return Training(parts, saved, options, Path(path), at_page, at_chart).run(console)


def check_files(
    table: str, path: str, resume: str | None, others: Sequence[str | None], force: bool
) -> None:
    """Refuse now what can't be written when the training is done, or would replace a model."""
    check_output(path, table)
    is_own = resume is not None and os.path.realpath(path) == os.path.realpath(resume)
    if os.path.isfile(path) and not is_own and not force:
        shown = show_path(path)
        raise InputError(f"{shown} is there already: name another file, or replace it by --force")
    places = [path, *filter(None, others)]
    for place in places[1:]:
        check_output(place, table, resume or table)
    if len({*map(os.path.realpath, places)}) < len(places):
        raise InputError("the model, its page and its chart can't be one file: name another")


def learn_columns(
    table: Table,
    options: Options,
    console: Console,
    target: str,
    *,
    ignore: Iterable[str] = (),
    classes: bool = False,
    skip_empty: bool = False,
) -> tuple[ExampleParts, SavedModel]:
    """Return the parts of a table's rows, and an untrained network for its columns.

    All cells have to be usable, and tell what a column is. What a network is told of it is learned
    from the training rows.
    """
    ignore = [*ignore, *find_row_names(table, {target, *ignore}, console)]
    rows = drop_empty_rows(table, console, ignore) if skip_empty else table
    cut = cut_table(rows, options)
    columns = Encoding.learn(rows, target, ignore, classes, cut.training)
    parts = encode_parts(columns, cut)
    hint_at_classes(rows, columns, console)
    hint_at_numbered_rows(rows, columns, console)
    return parts, SavedModel(create_model(columns, options), columns)


def drop_empty_rows(table: Table, console: Console, ignore: Iterable[str]) -> Table:
    """Return the table without the rows that have an empty cell, and say how many there are."""
    complete = table.drop_incomplete([name for name in table.columns if name not in ignore])
    left_out = len(table.rows) - len(complete.rows)
    console.print(f"Left out for an empty cell: {left_out} of {len(table.rows)} rows")
    return complete


def find_row_names(table: Table, named: set[str], console: Console) -> list[str]:
    """Return the column without a name that isn't one of these, and say that it's left out."""
    if ROW_NAMES not in table.places or ROW_NAMES in named:
        return []
    console.print(
        "Left out: a column without a name, which should be the names or numbers of the rows "
        "(pandas writes none with index=False)"
    )
    return [ROW_NAMES]


def hint_at_numbered_rows(table: Table, encoding: Encoding, console: Console) -> None:
    """Say so where inputs number the rows: what they teach holds for this table's order."""
    for column in encoding.input_columns:
        if isinstance(column, NumericColumn) and not column.unit:
            cells = table.column(column.name)
            # In most columns, some cells are alike.
            if len({*cells}) == len(cells) and is_row_number(column.name, [*map(float, cells)]):
                name = escape_text(repr(column.name))
                console.print(
                    f"Column {name} seems to number the rows, and a network may learn nothing but "
                    f"their order from it: if so, add --ignore {name}."
                )


def is_row_number(name: str, numbers: Sequence[float]) -> bool:
    """Tell whether a column has whole numbers without a gap, or in order, or is called an id.

    >>> is_row_number("x", [5.0, 3.0, 4.0, *range(6, 14)]), is_row_number("x", [1.0, 2.0])
    (True, False)
    """
    if len(numbers) < 10 or not all(number == number // 1 for number in numbers):
        return False
    rising = sorted(numbers)
    if any(map(eq, rising, rising[1:])):  # so they aren't all different
        return False
    without_gap = rising[-1] - rising[0] == len(rising) - 1
    in_order = all(map(lt, numbers, numbers[1:])) or all(map(gt, numbers, numbers[1:]))
    return in_order or without_gap or bool(re.search(r"(?i)(^|[^a-z])id$", name))


def hint_at_classes(table: Table, encoding: Encoding, console: Console) -> None:
    """Say so where a target of numbers looks like one of classes."""
    different = {*table.column(encoding.target.name)}
    if not encoding.is_classification and len(different) <= 10 < len(table.rows):
        console.print(
            f"A regression, though {escape_text(encoding.target.name)} has only {len(different)} "
            f"different numbers: if they stand for classes, add --classes."
        )
