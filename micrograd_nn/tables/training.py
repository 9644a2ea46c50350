"""The command that trains a network on a person's table: what it is given is read and checked.

What can't be done is an ``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from .._ground.files import check_output
from .._ground.ruled import print_lines
from .._ground.text import InputError, count_things, show_path
from .encoding import Encoding
from .kinds import Kind, find_kinds
from .network import create_model
from .options import Options, resume_options
from .parts import ExampleParts, cut_table, encode_parts
from .reading import read_table
from .remarks import describe_columns
from .report import escape_text
from .run import Training
from .spelling import AS_USUAL, Spelling
from .storage import SavedModel, load_model, require_encoding
from .table import Table


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

    ``given`` are the fields of ``Options``, and ``target``, ``ignore``, ``category`` and
    ``classes``, as far as the user chose them; the others are those of the resumed training, or the
    defaults. A resumed model keeps its columns, layers and activation. ``page`` is where to replay
    the training, ``chart`` where to draw its losses; ``force`` replaces another model.
    """
    path = model or resume
    rows = read_table(table, spelling)
    if path is None:
        raise InputError("train needs --model MODEL.json: where to save the model")
    check_files(table, path, resume, (page, chart), force)
    if resume is None:
        target = given.pop("target", None)
        if target is None:
            raise InputError("train needs --target COLUMN: the column to learn")
        ignore, categories = given.pop("ignore", ()), given.pop("category", ())
        classes = given.pop("classes", False)
        options = Options(**given)
        parts, saved = learn_columns(
            rows, options, console, target,
            ignore=ignore, categories=categories, classes=classes, skip_empty=skip_empty,
        )  # fmt: skip
    else:
        saved = load_model(resume)
        options = resume_options(resume, saved, given)
        columns = require_encoding(saved, resume)
        name = columns.target.name
        rows.require([*columns.names, name], "columns trained on")
        rows = choose_rows(rows, columns.names, name, columns.text_names, skip_empty, console)
        by_class = rows.column(name) if columns.is_classification else ()
        parts = encode_parts(columns, cut_table(rows, options, by_class))
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
    categories: Iterable[str] = (),
    classes: bool = False,
    skip_empty: bool = False,
) -> tuple[ExampleParts, SavedModel]:
    """Return the parts of a table's rows, and an untrained network for its columns.

    All cells have to be usable, and tell what a column is. What a network is told of it is learned
    from the training rows. How each column was read goes to the console.
    """
    as_texts = [*categories, *[target] * classes]
    rows, kinds = select_rows(table, console, target, [*ignore], as_texts, skip_empty)
    return learn_rows(rows, kinds, options, console, target)


def select_rows(
    table: Table,
    console: Console,
    target: str,
    ignore: Collection[str],
    as_texts: Collection[str],
    skip_empty: bool,
) -> tuple[Table, dict[str, Kind]]:
    """Return the rows that something can be learned from, and what each column is."""
    kinds = find_kinds(table, target, ignore, as_texts)
    used = [name for name, kind in kinds.items() if not kind.useless and name != target]
    texts = {name for name, kind in kinds.items() if kind.is_text}
    return choose_rows(table, used, target, texts, skip_empty, console), kinds


def learn_rows(
    rows: Table, kinds: Mapping[str, Kind], options: Options, console: Console, target: str
) -> tuple[ExampleParts, SavedModel]:
    """Cut rows in parts, and learn their columns from the training rows."""
    cut = cut_table(rows, options, rows.column(target) if kinds[target].is_text else ())
    columns = Encoding.learn_kinds(cut.training, target, kinds)
    parts = encode_parts(columns, cut)
    if not console.quiet:
        for line in describe_columns(rows, columns, kinds):
            print_lines(console, escape_text(line))
    return parts, SavedModel(create_model(columns, options), columns)


def choose_rows(
    table: Table,
    inputs: Iterable[str],
    target: str,
    texts: Collection[str],
    skip_empty: bool,
    console: Console,
) -> Table:
    """Return the rows with a target, and with ``skip_empty`` all inputs; say how many lack that."""
    lacking = ([target], f"without {target}"), ([*inputs] * skip_empty, "with an empty cell")
    for names, lack in lacking:
        complete = table.drop_incomplete(names, texts)
        if left_out := len(table.rows) - len(complete.rows):
            of = count_things(len(table.rows), "row")
            print_lines(console, escape_text(f"Left out, {lack}: {left_out:,} of {of}"))
        table = complete
    return table
