"""The command that trains a network on a person's table: what it is given is read and checked.

What can't be done is an ``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from ..files import check_output, check_writable
from ..nn import MLP
from ..text import InputError, show_path
from .encoding import Encoding
from .options import Options, resume_options
from .report import escape_text
from .run import Training, locate_chart
from .storage import SavedModel, load_model, require_encoding
from .table import Table, read_table


def train(
    table: str,
    console: Console,
    *,
    model: str | None = None,
    resume: str | None = None,
    page: str | None = None,
    skip_empty: bool = False,
    **given: Any,
) -> bool:
    """Train on a table, or with ``resume`` go on with a saved model; False after Ctrl-C.

    ``given`` are the fields of ``Options``, and ``target``, ``ignore`` and ``classes``, as far as
    the user chose them; the others are those of the resumed training, or the defaults. A resumed
    model keeps its columns, layers and activation. ``page`` is where to replay the training.
    """
    rows = read_table(table)
    unset = [name for name, choice in given.items() if choice is None or choice is False]
    given = {name: choice for name, choice in given.items() if name not in unset}
    path = model or resume
    if path is None:
        raise InputError("train needs --model MODEL.json: where to save the model")
    if resume is None:
        target, ignore = given.pop("target", None), given.pop("ignore", [])
        classes = given.pop("classes", False)
        if target is None:
            raise InputError("train needs --target COLUMN: the column to learn")
        options = Options(**given)
        rows = drop_empty_rows(rows, console, ignore) if skip_empty else rows
        saved = create_model(Encoding.learn(rows, target, ignore, classes), options)
        hint_at_classes(rows, require_encoding(saved, path), console)
    else:
        saved = load_model(resume)
        options = resume_options(resume, saved, given)
        encoding = require_encoding(saved, resume)
        used = {encoding.target.name, *[column.name for column in encoding.input_columns]}
        rows = drop_empty_rows(rows, console, set(rows.columns) - used) if skip_empty else rows
    check_output(path, table)
    check_writable(locate_chart(Path(path)))
    if page is not None:
        check_page(page, table, resume or table, model=path)
    return Training(rows, saved, options, Path(path), Path(page) if page else None).run(console)


def check_page(page: str, *sources: str, model: str) -> None:
    """Refuse now to write a page where it's impossible, or where another file is or will be."""
    check_output(page, *sources)
    others = [os.path.realpath(model), os.path.realpath(locate_chart(Path(model)))]
    if os.path.realpath(page) in others:
        raise InputError(f"the page and the model can't both be {show_path(page)}: name another")


def drop_empty_rows(table: Table, console: Console, ignore: Iterable[str]) -> Table:
    """Return the table without the rows that have an empty cell, and say how many there are."""
    complete = table.drop_incomplete([name for name in table.columns if name not in ignore])
    left_out = len(table.rows) - len(complete.rows)
    console.print(f"Left out for an empty cell: {left_out} of {len(table.rows)} rows")
    return complete


def hint_at_classes(table: Table, encoding: Encoding, console: Console) -> None:
    """Say so where a target of numbers looks like one of classes."""
    different = sorted(set(table.column(encoding.target.name)))
    if not encoding.is_classification and len(different) <= 10 < len(table.rows):
        console.print(
            f"A regression, though {escape_text(encoding.target.name)} has only {len(different)} "
            f"different numbers: if they stand for classes, add --classes."
        )


def create_model(encoding: Encoding, options: Options) -> SavedModel:
    """Return a network for a table's columns, with weights that suit its activation."""
    like_relu = options.activation in ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")
    model = MLP(
        encoding.n_inputs,
        [*options.hidden, encoding.n_outputs],
        options.activation,
        init="he" if like_relu else "xavier",
        rng=random.Random(options.seed),
    )
    return SavedModel(model, encoding)
