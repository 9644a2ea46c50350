"""Errors and warnings in few words: the lines of the cells, and none of the machinery's.

The kernel at build and the page tell them alike.
"""

import linecache
import sys
import traceback


def is_cell(file: str) -> bool:
    """Return whether code stands in a cell: a kernel's or the page's."""
    return file.startswith("<cell") or "ipykernel_" in file


def describe_error(error: BaseException, file: str) -> str:
    """Return an error as a reader is told it: where in which cell, and what."""
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if is_cell(frame.filename):
            where = f"Line {frame.lineno}" + " of a cell above" * (frame.filename != file)
            inside = "" if frame.name.startswith("<") else f", in {frame.name}"
            lines.append(f"{where}{inside}: {frame.line}\n")
    what = list(traceback.TracebackException.from_exception(error).format_exception_only())
    if isinstance(error, SyntaxError) and is_cell(error.filename or ""):
        what[0] = f"Line {error.lineno}:\n"
    return "".join([*lines, *what]).rstrip()


def tell_warning(message, category, filename, lineno, file=None, line=None) -> None:
    """Write a warning to stderr, with the line of the cell that it is about."""
    where = f"Line {lineno}: " if is_cell(filename) else ""
    print(f"{where}{category.__name__}: {message}", file=file or sys.stderr)
    code = linecache.getline(filename, lineno).strip() if where else ""
    if code:
        print(f"  {code}", file=file or sys.stderr)
