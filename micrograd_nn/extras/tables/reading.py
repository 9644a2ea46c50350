"""Tables read from files of CSV or JSON lines, or from columns in memory."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from ..._ground.files import LARGEST_FILE, read_bytes
from ..._ground.text import InputError, quote_text, show_path
from .spelling import AS_USUAL, SPACES, Spelling, are_grouped, read_number, stands_for_none
from .table import ROW_NAMES, Table

BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OTHER_FORMATS = {
    b"PK\3\4": "read_excel",
    b"\xd0\xcf\x11\xe0": "read_excel",
    b"PAR1": "read_parquet",
}
MOST_SHARED = 100_000  # different cells
CATEGORIES = "category", "Categorical", "Enum"  # as pandas and Polars call them
RECORDS = re.compile(r"\s*(\[\s*)?\{")  # rows as objects of JSON begin so
SPACE_INSIDE = re.compile(rf"[{SPACES}]\d{{3}}")  # as numbers have for thousands


def read_table(path: str | os.PathLike[str], spelling: Spelling = AS_USUAL) -> Table:
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

    A first column without a name holds row names, as pandas and R write them: ``ROW_NAMES``.

    >>> read_table("no-such.csv")
    Traceback (most recent call last):
    micrograd_nn.InputError: no-such.csv: there is no such file
    """
    return spell_plainly(read_as_written(path, spelling), spelling)


def parse_table(text: str, source: str = "the table", spelling: Spelling = AS_USUAL) -> Table:
    r"""Return the table that a text of CSV is, as ``read_table`` does of a file's.

    >>> parse_table("weight,fruit\n120,apple\n99,pear\n").column("fruit")
    ['apple', 'pear']

    ``source`` is what its errors call it:

    >>> parse_table("weight,fruit", source="my fruit")
    Traceback (most recent call last):
    micrograd_nn.InputError: my fruit has a header but no rows: add rows under it
    """
    return spell_plainly(parse_as_written(text, source, spelling), spelling)


def spell_plainly(table: Table, spelling: Spelling) -> Table:
    """Return a table with its numbers written with points, and empty cells where any is missing."""
    rules = dict.fromkeys(table.columns, spelling.read_cell)
    if spelling.decimal is None:
        sure, is_spaced = list[str](), False
        for name in [name for name in table.columns if name not in table.texts]:
            cells = table.count(name)
            sure += [name] * are_grouped(cells)
            is_spaced = is_spaced or bool(SPACE_INSIDE.search("\n".join(cells)))
        rules.update(dict.fromkeys(sure, replace(spelling, decimal=".").read_cell))
        if not (sure or is_spaced or spelling.missing):
            return table
    rules.update(dict.fromkeys(table.texts, spelling.drop_missing))
    plain = [*table.convert_columns(rules)]
    columns = [map(new.__getitem__, old) for new, old in zip(plain, table.cells, strict=True)]
    return replace(
        table,
        rows=tuple(zip(*columns, strict=True)),
        asks=table.asks and spelling.decimal is None,
        unmet=spelling.find_unmet(chain.from_iterable([new.items() for new in plain])),
    )


def read_as_written(path: str | os.PathLike[str], spelling: Spelling) -> Table:
    """Return a file's table with all cells as they are written."""
    source = show_path(path)
    return parse_as_written(read_text(os.fspath(path), source, spelling), source, spelling)


def read_text(path: str, source: str, spelling: Spelling) -> str:
    """Return the text of a file."""
    data = unpack(read_bytes(path), source)
    for start, reader in OTHER_FORMATS.items():
        if data.startswith(start):
            remedy = f"in pandas, {reader}(path).to_csv('table.csv', index=False)"
            raise InputError(f"{source} isn't CSV: save it as CSV ({remedy})")
    encoding = spelling.encoding or BYTE_ORDER_MARKS.get(data[:2], "utf-8")
    try:
        text = data.decode(encoding)
        if "\0" not in text:
            return text
        bad, what = len(text.partition("\0")[0].encode(encoding)), "a NUL byte"
    except UnicodeDecodeError as error:
        bad = error.start
        what = f"the byte 0x{data[bad]:02x}" if bad < len(data) else "its end"
    except (LookupError, ValueError):
        raise InputError(
            f"encoding: there is no {quote_text(encoding)} of text: try utf-8, cp1252 or utf-16"
        ) from None
    where = f"{source}, line {len((data[:bad] + b'?').splitlines())}"
    named = "UTF-8" if encoding == "utf-8" else encoding
    remedy = "save the file as CSV in UTF-8, or name its encoding, as in --encoding cp1252"
    raise InputError(f"{where}: {what} (byte {bad + 1} of the file) isn't {named} text: {remedy}")


def unpack(data: bytes, source: str) -> bytes:
    """Return what gzip has packed, or data that it hasn't as they are."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{source} cannot be unpacked ({error}): pack it again by gzip") from None
    if len(unpacked) > LARGEST_FILE:
        raise InputError(
            f"{source}, unpacked, is larger than {LARGEST_FILE // 10**6} MB: take a part"
        )
    return unpacked


def parse_as_written(text: str, source: str, spelling: Spelling) -> Table:
    """Return a text's table with all cells as they are written."""
    text = text.removeprefix("\ufeff")  # some programs begin a file with it, as a mark
    if RECORDS.match(text):
        return parse_records(text, source, spelling.decimal)
    separators = ";\t," if spelling.decimal == "," else ",;\t"  # the likeliest first
    (_, columns), *rows = [*iterate_rows(text, source, separators)] or [(1, ())]
    if len(columns) > 1 and not columns[0]:
        columns = (ROW_NAMES, *columns[1:])
    lines, cells = [*zip(*rows, strict=True)] or ((), ())
    return Table(source, columns, cells, lines, asks=True)


def iterate_rows(text: str, source: str, separators: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows of a text of CSV from the header on, each behind the number of its line."""
    header = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    separator = next((mark for mark in separators if mark in header), ",")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    start = 1  # the line where the next row starts: a cell may span several
    strip = lru_cache(MOST_SHARED)(str.strip)  # cells that are alike take memory once
    try:
        for row in reader:
            cells = tuple(map(strip, row))
            if cells not in ((), ("",)):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        reason = str(error).replace("\t", r"\t")  # it quotes the separator
        raise InputError(
            f"{source}, line {start}: malformed CSV ({reason}): close every quote, and "
            "double a quote within quotes"
        ) from None


def parse_records(text: str, source: str, mark: str | None = None) -> Table:
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
        raise InputError(
            f"{source} has no rows of JSON ({error}): write one object in each line, or all "
            "in one list"
        ) from None
    return make_table(records, source, lines, mark)


def open_table(table: Any, spelling: Spelling | None = None) -> Table:
    """Return the table that somebody gives: the path of a file, or rows or columns in memory."""
    if isinstance(table, Table):
        if spelling:
            raise TypeError("a Table is read already: give the spelling to read_table")
        return table
    if isinstance(table, (str, os.PathLike)):
        return read_table(table, spelling or AS_USUAL)
    spelling = spelling or AS_USUAL
    return spell_plainly(make_table(table, mark=spelling.decimal), spelling)


def make_table(
    given: Any,
    source: str = "the table",
    lines: Sequence[int] | None = None,
    mark: str | None = None,
) -> Table:
    """Return the table of a DataFrame, of a dictionary of columns, or of a list of rows.

    With a decimal mark, numbers are written with it, and texts are read as a file's are. Without
    one, a DataFrame's texts stay texts, as its categories always do.

    >>> make_table({"x": [1, None], "fruit": ["apple", "pear"]}).rows
    (('1', 'apple'), ('', 'pear'))
    >>> make_table([{"x": 1}, {"x": 2, "y": 3}]).rows
    (('1', ''), ('2', '3'))

    >>> make_table([1, 2])
    Traceback (most recent call last):
    TypeError: a table is the path of a file, a DataFrame, a dictionary of columns, or a list of \
dictionaries, not [1, 2]
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
        raise TypeError(
            "a table is the path of a file, a DataFrame, a dictionary of columns, or a list "
            f"of dictionaries, not {quote_text(given)}"
        )
    cells = tuple([tuple([write_cell(cell, mark) for cell in row]) for row in rows])
    is_text = has_no_numbers if mark is None else is_categorical
    texts = [str(name) for name in getattr(given, "columns", ()) if is_text(given[name])]
    return Table(
        source,
        tuple(map(str, names)),
        cells,
        tuple(lines or range(1, len(rows) + 1)),
        frozenset(texts),
    )


def has_no_numbers(column: Any) -> bool:
    """Tell whether a column of a DataFrame says itself that it has no numbers."""
    return is_categorical(column) or (
        all(isinstance(cell, str) or not write_cell(cell) for cell in column)  # ends at a number
        and any(map(write_cell, column))
    )


def is_categorical(column: Any) -> bool:
    """Tell whether a column of pandas or Polars says itself that its cells are categories."""
    return str(getattr(column, "dtype", "")).startswith(CATEGORIES)


def write_cell(cell: Any, mark: str | None = None) -> str:
    """Return a cell as a text: empty for None, NaN and what else pandas has for none."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, (Mapping, list, tuple, set)):
        raise InputError(
            f"{quote_text(cell)} is neither a number nor text: make a column of each part"
        )
    text = str(cell)
    if stands_for_none(text):
        return ""
    return text.replace(".", mark) if mark and read_number(text) is not None else text
