"""A program as a file that stands alone: in Python, in C with a header, or in JavaScript."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ..files import Written, check_writable, write_file
from ..text import InputError, show_path
from ..writing.python import Python
from .alone_c import write_c
from .alone_javascript import write_javascript
from .in_python import PREDICT
from .module import write_module

Writer = Callable[..., dict[Path, str]]  # of the text of each file


def write_python(program: Any, path: Path) -> dict[Path, str]:
    """Return a module in Python, which prints result and gradient when it is run."""
    write = Python().write_number
    parameters, row = (
        ", ".join([write(x.data).text for x in these])
        for these in (program.parameters, program.inputs)
    )
    main = [
        f"parameters = [{parameters}]",
        f"row = [{row}]",
        "total, gradient = program(parameters, [row])",
        'print("result:", total)',
        f"names = {program.wrt_names!r}",
        "for name, slope in zip(names, gradient):",
        '    print(f"derivative by {name}:", slope)',
    ]
    functions = [program.source, program.source_of(PREDICT)]
    docstring = "A program that micrograd_nn wrote from a recorded graph; it needs Python alone."
    return {path: write_module(functions, program.rules, docstring, "\n".join(main))}


PROGRAM_TARGETS: dict[str, Writer] = {".py": write_python, ".c": write_c, ".js": write_javascript}


def save_program(program: Any, path: str | os.PathLike[str], single: bool = False) -> Written:
    """Write the file or the files that a path's ending asks for."""
    writer = choose_writer(path, PROGRAM_TARGETS, single)
    if len(program.outputs) > 1:
        raise ValueError("a program of several outputs can't be saved: compile each by itself")
    return write_files(path, writer(program, Path(path), **{"single": True} if single else {}))


def choose_writer(
    path: str | os.PathLike[str], targets: Mapping[str, Writer], single: bool
) -> Writer:
    """Return what writes files of a path's ending; another ending is an InputError.

    >>> choose_writer("model.exe", PROGRAM_TARGETS, single=False)
    Traceback (most recent call last):
    micrograd_nn.text.InputError: model.exe: name a file that ends in .py, .c or .js
    """
    ending = Path(path).suffix
    if ending not in targets:
        *others, last = targets
        raise InputError(
            f"{show_path(path)}: name a file that ends in {', '.join(others)} or {last}"
        )
    if single and ending != ".c":
        raise InputError(f"{show_path(path)}: single precision is for C alone: name a file .c")
    return targets[ending]


def write_files(path: str | os.PathLike[str], texts: Mapping[Path, str]) -> Written:
    """Write files that belong together, if all of them can be written."""
    check_all(texts)
    for name, text in texts.items():
        write_file(name, text)
    return Written(path)


def check_all(paths: Iterable[Path]) -> None:
    """Refuse now to write where it's impossible."""
    for path in paths:
        check_writable(path)
