"""Tables read from files of CSV."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator

from .._ground.text import InputError, show_path
from .spelling import AS_USUAL, Spelling, read_table_text
from .table import ROW_NAMES, Table

MOST_SHARED = 100_000  # different cells


def read_table(path: str | os.PathLike[str], spelling: Spelling = AS_USUAL) -> Table:
    r"""Read a CSV file whose first line names the columns, in UTF-8 unless its spelling differs.

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

    >>> read_table("no-such.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn.InputError: no-such.csv cannot be read (there is no such file): ...
    """
    source = show_path(path)
    return parse_table(read_table_text(os.fspath(path), source, spelling), source, spelling)


def parse_table(text: str, source: str = "the table", spelling: Spelling = AS_USUAL) -> Table:
    r"""Return the table that a text of CSV is, as ``read_table`` does of a file's.

    >>> parse_table("weight,fruit\n120,apple\n99,pear\n").column("fruit")
    ['apple', 'pear']

    ``source`` is what its errors call it:

    >>> parse_table("weight,fruit", source="my fruit")
    Traceback (most recent call last):
    micrograd_nn.InputError: my fruit has a header but no rows: add rows under it
    """
    text = text.removeprefix("\ufeff")  # some programs begin a file with it, as a mark
    (_, columns), *rows = [*iterate_rows(text, source, spelling)] or [(1, ())]
    if len(columns) > 1 and not columns[0]:
        columns = (ROW_NAMES, *columns[1:])
    lines, cells = [*zip(*rows, strict=True)] or ((), ())
    return Table(source, columns, cells, lines)


def iterate_rows(
    text: str, source: str, spelling: Spelling
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
                if not is_header:
                    cells = spelling.read_cells(cells, f"{source}, line {start}")
                yield start, cells
                is_header = False
            start = reader.line_num + 1
    except csv.Error as error:
        reason = str(error).replace("\t", r"\t")  # it quotes the separator
        remedy = "close every quote, and double a quote within quotes"
        raise InputError(f"{source}, line {start}: malformed CSV ({reason}): {remedy}") from None
