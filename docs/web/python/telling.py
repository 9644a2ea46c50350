"""Errors and warnings in few words: the lines of the cells, and none of the machinery's.

The kernel at build and Python in the page tell them alike; ``use_in_kernel`` is for the kernel.
"""

import linecache
import sys
import traceback
from typing import Any, TextIO

MOST_LINES, SHOWN_LINES = 12, 4  # of an error; of a longer one those at its two ends


def is_cell(file: str | None) -> bool:
    """Return whether code stands in a cell: the page's or a kernel's."""
    return file is not None and (file.startswith("<cell ") or "ipykernel_" in file)


def describe_error(error: BaseException) -> str:
    """Return an error as a reader sees it: where in which cell, and what."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_cell(frame[0])]
    lines = []
    for frame in frames:
        above = " of a cell above" if frame.filename != frames[0].filename else ""
        inside = "" if frame.name.startswith("<") else f", in {frame.name}"
        lines.append(f"Line {frame.lineno}{above}{inside}: {frame.line}\n")
    if len(lines) > MOST_LINES:
        lines[SHOWN_LINES:-SHOWN_LINES] = ["… and so on …\n"]
    told = list(traceback.TracebackException.from_exception(error).format_exception_only())
    if isinstance(error, SyntaxError) and is_cell(error.filename):
        told[0] = f"Line {error.lineno}:\n"  # without the name of a file
    else:
        told[0] = told[0].removeprefix(f"{type(error).__module__}.")
    return "".join([*lines, *told]).rstrip()


def tell_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Write a warning to stderr, with the line of the cell that it is about."""
    where = f"Line {lineno}: " if is_cell(filename) else ""
    print(f"{where}{category.__name__}: {message}", file=file or sys.stderr)
    code = linecache.getline(filename, lineno).strip() if where else ""
    if code:
        print(f"  {code}", file=file or sys.stderr)


def use_in_kernel(shell: Any) -> None:
    """Let a kernel's shell tell errors and warnings so."""
    import warnings

    send = shell._showtraceback
    shell._showtraceback = lambda kind, error, lines: send(kind, error, [describe_error(error)])
    warnings.showwarning = tell_warning
