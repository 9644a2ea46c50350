"""The command that trains a network on a person's table: what it is given is read and checked.

What can't be done is an ``InputError``, and leaves every file as it was.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from ..files import check_output
from ..text import InputError, show_path
from .columns import NumericColumn
from .encoding import Encoding
from .kinds import is_row_number
from .network import create_model
from .options import Options, resume_options
from .parts import ExampleParts, cut_table, encode_parts
from .reading import read_table
from .report import escape_text
from .run import Training, locate_chart
from .spelling import AS_USUAL, Spelling
from .storage import SavedModel, load_model, require_encoding
from .streaming import Source, Streaming
from .table import ROW_NAMES, Table


def train(
    table: str,
    console: Console,
    *,
    model: str | None = None,
    resume: str | None = None,
    page: str | None = None,
    spelling: Spelling = AS_USUAL,
    skip_empty: bool = False,
    stream: bool = False,
    **given: Any,
) -> bool:
    """Train on a table, or with ``resume`` go on with a saved model; False after Ctrl-C.

    ``given`` are the fields of ``Options``, and ``target``, ``ignore`` and ``classes``, as far as
    the user chose them; the others are those of the resumed training, or the defaults. A resumed
    model keeps its columns, layers and activation. ``page`` is where to replay the training. With
    ``stream`` the table needn't fit in memory.
    """
    unset = [name for name, choice in given.items() if choice is None or choice is False]
    given = {name: choice for name, choice in given.items() if name not in unset}
    path = model or resume
    with open_table(table, stream, spelling) as rows:
        if path is None:
            raise InputError("train needs --model MODEL.json: where to save the model")
        check_files(table, path, resume, page, stream)
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
            parts = take_columns(rows, columns, options, console, skip_empty)
        page_path = Path(page) if page else None
        return Training(parts, saved, options, Path(path), page_path).run(console)


@contextmanager
def open_table(
    table: str | os.PathLike[str] | Table, stream: bool, spelling: Spelling = AS_USUAL
) -> Iterator[Table | Streaming]:
    """Give a table that is in memory, or one in pieces and room for its numbers on disk."""
    if isinstance(table, Table):
        yield table
    elif stream:
        source = Source(table, spelling)
        with TemporaryDirectory(prefix="micrograd-nn-") as folder:
            yield Streaming(source, Path(folder))
    else:
        yield read_table(table, spelling)


def check_files(table: str, path: str, resume: str | None, page: str | None, stream: bool) -> None:
    """Refuse now what can't be written when the training is done."""
    sources = table, resume or table
    check_output(path, table)
    if chart := locate_chart(Path(path)):
        check_output(str(chart), *sources)
    if page is not None:
        if stream:
            raise InputError("--page keeps all rows in memory, which --stream doesn't: choose one")
        check_page(page, *sources, model=path)


def learn_columns(
    table: Table | Streaming,
    options: Options,
    console: Console,
    target: str,
    *,
    ignore: Iterable[str] = (),
    classes: bool = False,
    skip_empty: bool = False,
) -> tuple[ExampleParts, SavedModel]:
    """Return the parts of a table's rows, and an untrained network for its columns.

    All cells have to be usable, and tell what a column is. What a network is told of it is learnt
    from the training rows.
    """
    if isinstance(table, Streaming):
        header = table.source.look_at_header()
        ignore = [*ignore, *find_row_names(header, {target, *ignore}, console)]
        if skip_empty:
            table.source.needed = [name for name in header.columns if name not in ignore]
        counts = table.survey(target, ignore, classes)
        if skip_empty:
            tell_dropped(console, table.source.left_out, table.rows)
        columns = table.learn(options, target)
        parts = table.encode(columns, options)
        hint_at_classes(table.rows, counts[target].different, columns, console)
        hint_at_numbered_rows(table.row_numbers, console)
    else:
        ignore = [*ignore, *find_row_names(table, {target, *ignore}, console)]
        rows = drop_empty_rows(table, console, ignore) if skip_empty else table
        cut = cut_table(rows, options)
        columns = Encoding.learn(rows, target, ignore, classes).relearn(cut.training)
        parts = encode_parts(columns, cut)
        hint_at_classes(len(rows.rows), {*rows.column(target)}, columns, console)
        hint_at_numbered_rows(list_row_numbers(rows, columns), console)
    return parts, SavedModel(create_model(columns, options), columns)


def take_columns(
    table: Table | Streaming, columns: Encoding, options: Options, console: Console,
    skip_empty: bool,
) -> ExampleParts:  # fmt: skip
    """Return the parts of a table's rows, whose columns were learnt before."""
    used = [*columns.input_columns, columns.target]
    if isinstance(table, Streaming):
        header = table.source.look_at_header()
        header.require([column.name for column in used], "columns trained on")
        table.source.needed = [column.name for column in used] if skip_empty else ()
        table.store({x.name: x.unit if isinstance(x, NumericColumn) else None for x in used})
        if skip_empty:
            tell_dropped(console, table.source.left_out, table.rows)
        return table.encode(columns, options)
    ignore = set(table.columns) - {column.name for column in used}
    rows = drop_empty_rows(table, console, ignore) if skip_empty else table
    return encode_parts(columns, cut_table(rows, options))


def check_page(page: str, *sources: str, model: str) -> None:
    """Refuse now to write a page where it's impossible, or where another file is or will be."""
    check_output(page, *sources)
    others = [Path(model), locate_chart(Path(model)) or Path(model)]
    if os.path.realpath(page) in map(os.path.realpath, others):
        raise InputError(f"the page and the model can't both be {show_path(page)}: name another")


def drop_empty_rows(table: Table, console: Console, ignore: Iterable[str]) -> Table:
    """Return the table without the rows that have an empty cell, and say how many there are."""
    complete = table.drop_incomplete([name for name in table.columns if name not in ignore])
    tell_dropped(console, len(table.rows) - len(complete.rows), len(complete.rows))
    return complete


def tell_dropped(console: Console, left_out: int, kept: int) -> None:
    """Say how many rows have an empty cell."""
    console.print(f"Left out for an empty cell: {left_out} of {left_out + kept} rows")


def find_row_names(table: Table, named: set[str], console: Console) -> list[str]:
    """Return the column without a name that isn't one of these, and say that it's left out."""
    if ROW_NAMES not in table.places or ROW_NAMES in named:
        return []
    console.print(
        "Left out: a column without a name, which should be the names or numbers of the rows "
        "(pandas writes none with index=False)"
    )
    return [ROW_NAMES]


def hint_at_numbered_rows(names: Iterable[str], console: Console) -> None:
    """Say so where inputs number the rows: what they teach holds for this table's order."""
    for name in map(escape_text, map(repr, names)):
        console.print(
            f"Column {name} seems to number the rows, and a network may learn nothing but "
            f"their order from it: if so, add --ignore {name}."
        )


def list_row_numbers(table: Table, encoding: Encoding) -> list[str]:
    """Return the names of the inputs that seem to number the rows."""
    numeric = [x for x in encoding.input_columns if isinstance(x, NumericColumn) and not x.unit]
    return [x.name for x in numeric if is_row_number(x.name, [*map(float, table.column(x.name))])]


def hint_at_classes(
    rows: int, different: Collection[str], encoding: Encoding, console: Console
) -> None:
    """Say so where a target of numbers, given by its different cells, looks like one of classes."""
    if not encoding.is_classification and len(different) <= 10 < rows:
        console.print(
            f"A regression, though {escape_text(encoding.target.name)} has only {len(different)} "
            f"different numbers: if they stand for classes, add --classes."
        )
