"""Tables read from files of CSV or JSON lines, or from columns in memory."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._ground.text import InputError, add_article, quote_text, show_path
from .spelling import AS_USUAL, Spelling, read_table_text, stands_for_none
from .table import ROW_NAMES, Table

MOST_SHARED = 100_000  # different cells
CATEGORIES = "category", "Categorical", "Enum"  # as pandas and Polars call them
RECORDS = re.compile(r"\s*(\[\s*)?\{")  # rows as objects of JSON begin so


def read_table(
    path: str | os.PathLike[str], spelling: Spelling = AS_USUAL, as_is: bool = False
) -> Table:
    r"""Read a CSV file whose first line names the columns, in UTF-8 unless its spelling differs.

    It may be packed by gzip. A file that begins with ``{`` has a row as JSON in each line.

    The separator is the comma; where the header has no comma, it is the semicolon or else the
    tab that the header does have. White space around cells and blank lines are dropped.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "fruit.csv")
    ...     _ = path.write_text("weight; fruit\n\n120; apple\n")
    ...     table = read_table(path)
    >>> table.columns, table.rows, table.lines
    (('weight', 'fruit'), (('120', 'apple'),), (3,))

    ``as_is`` leaves the cells as they are written, whatever their spelling.

    A first column without a name holds row names, as pandas and R write them: ``ROW_NAMES``.

    >>> read_table("no-such.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn.InputError: no-such.csv cannot be read (there is no such file): ...
    """
    source = show_path(path)
    text = read_table_text(os.fspath(path), source, spelling)
    return parse_table(text, source, spelling, as_is)


def parse_table(
    text: str, source: str = "the table", spelling: Spelling = AS_USUAL, as_is: bool = False
) -> Table:
    r"""Return the table that a text of CSV is, as ``read_table`` does of a file's.

    >>> parse_table("weight,fruit\n120,apple\n99,pear\n").column("fruit")
    ['apple', 'pear']

    ``source`` is what its errors call it:

    >>> parse_table("weight,fruit", source="my fruit")
    Traceback (most recent call last):
    micrograd_nn.InputError: my fruit has a header but no rows: add rows under it
    """
    text = text.removeprefix("\ufeff")  # some programs begin a file with it, as a mark
    if RECORDS.match(text):
        return parse_records(text, source, AS_USUAL if as_is else spelling)
    (_, columns), *rows = [*iterate_rows(text, source, spelling, as_is)] or [(1, ())]
    if len(columns) > 1 and not columns[0]:
        columns = (ROW_NAMES, *columns[1:])
    lines, cells = [*zip(*rows, strict=True)] or ((), ())
    last = len(columns) - 1
    if last > 0 and not columns[last] and all(row[last:] == ("",) for row in cells):
        columns, cells = columns[:last], tuple([row[:last] for row in cells])  # a mark ends lines
    return Table(source, columns, cells, lines, asks=spelling.decimal is None)


def iterate_rows(
    text: str, source: str, spelling: Spelling, as_is: bool
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows of a text of CSV from the header on, each behind the number of its line."""
    header = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    separator = next((mark for mark in spelling.separators if mark in header), ",")
    physical = io.StringIO(text, newline="")
    reader = csv.reader(physical, delimiter=separator, skipinitialspace=True, strict=True)
    start, is_header = 1, True  # the line where the next row starts: a cell may span several
    known: dict[str, str] = {}  # so that cells that are alike take memory once
    try:
        for row in reader:
            stripped = [*map(str.strip, row)]
            share = known.setdefault if len(known) < MOST_SHARED else known.get
            cells = tuple(map(share, stripped, stripped))
            if cells not in ((), ("",)):
                if not (is_header or as_is):
                    cells = spelling.read_cells(cells, f"{source}, line {start}")
                yield start, cells
                is_header = False
            start = reader.line_num + 1
    except csv.Error as error:
        reason = str(error).replace("\t", r"\t")  # it quotes the separator
        remedy = "close every quote, and double a quote within quotes"
        raise InputError(f"{source}, line {start}: malformed CSV ({reason}): {remedy}") from None


def parse_records(text: str, source: str, spelling: Spelling = AS_USUAL) -> Table:
    r"""Return the table of rows that are objects of JSON, one in a line, or all in one list.

    >>> parse_records('{"x": 1, "y": "a"}\n{"y": "b", "x": null}\n', "t.jsonl").rows
    (('1', 'a'), ('', 'b'))
    """
    try:
        if text.lstrip().startswith("["):
            records = json.loads(text)
            lines = [*range(1, len(records) + 1)]  # of a list, the numbers of its rows
        else:
            written = {i: line for i, line in enumerate(text.split("\n"), 1) if line.strip()}
            records, lines = [*map(json.loads, written.values())], [*written]
        if not all(isinstance(record, dict) for record in records):
            raise ValueError("not all rows are objects")
    except (ValueError, RecursionError) as error:
        remedy = "write one object in each line, or all in one list"
        raise InputError(f"{source} has no rows of JSON ({error}): {remedy}") from None
    return make_table(records, source, lines, spelling)


def open_table(table: Any, spelling: Spelling | None = None) -> Table:
    """Return the table that somebody gives: the path of a file, or rows or columns in memory."""
    if isinstance(table, Table):
        return table
    if isinstance(table, (str, os.PathLike)):
        return read_table(table, spelling or AS_USUAL)
    return make_table(table)


def make_table(
    given: Any,
    source: str = "the table",
    lines: Sequence[int] | None = None,
    spelling: Spelling = AS_USUAL,
) -> Table:
    """Return the table of a DataFrame, of a dictionary of columns, or of a list of rows.

    >>> make_table({"x": [1, None], "fruit": ["apple", "pear"]}).rows
    (('1', 'apple'), ('', 'pear'))
    >>> make_table([{"x": 1}, {"x": 2, "y": 3}]).rows
    (('1', ''), ('2', '3'))

    >>> make_table([1, 2])
    Traceback (most recent call last):
    TypeError: a table is the path of a file, a DataFrame, a dictionary of columns, or a list of \
dictionaries, not a list of ints
    """
    if isinstance(given, Mapping) or hasattr(given, "columns"):  # a DataFrame, of whatever library
        names = [*getattr(given, "columns", given)]
        columns = [[*given[name]] for name in names if names.count(name) == 1]
        if len({*map(len, columns)}) > 1:
            raise InputError(f"{source}: its columns have different numbers of cells")
        rows = [*zip(*columns, strict=True)]
    elif isinstance(given, Sequence) and all(isinstance(row, Mapping) for row in given):
        names = [*dict.fromkeys([name for row in given for name in row])]
        rows = [tuple([row.get(name) for name in names]) for row in given]
    else:
        kind = add_article(type(given).__name__)
        if isinstance(given, list):
            kind += f" of {type(next(x for x in given if not isinstance(x, Mapping))).__name__}s"
        known = "a DataFrame, a dictionary of columns, or a list of dictionaries"
        raise TypeError(f"a table is the path of a file, {known}, not {kind}")
    lines = range(1, len(rows) + 1) if lines is None else lines
    cells = tuple([
        spelling.read_cells(tuple(map(write_cell, row)), f"{source}, line {line}")
        for line, row in zip(lines, rows, strict=True)
    ])  # fmt: skip
    texts = [name for name in getattr(given, "columns", ()) if has_no_numbers(given[name])]
    return Table(source, tuple(map(str, names)), cells, tuple(lines), frozenset(map(str, texts)))


def has_no_numbers(column: Any) -> bool:
    """Tell whether a column of a DataFrame says itself that it has no numbers."""
    said = [cell for cell in column if write_cell(cell)]
    return is_categorical(column) or (bool(said) and all(isinstance(x, str) for x in said))


def is_categorical(column: Any) -> bool:
    """Tell whether a column of pandas or Polars says itself that its cells are categories."""
    return str(getattr(column, "dtype", "")).startswith(CATEGORIES)


def write_cell(cell: Any) -> str:
    """Return a cell as a text: empty for None, NaN and what else pandas has for none."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, (Mapping, list, tuple, set)):
        raise InputError(f"{quote_text(cell)} is no number and no text: make a column of each part")
    text = str(cell)
    return "" if stands_for_none(text) else text
