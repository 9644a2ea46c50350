"""A program as a file that stands alone: in Python, in C, or in JavaScript."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ...._ground.files import Written, check_writable, write_file
from ...._ground.text import InputError, join_words, show_path
from ....notation.python import Python
from ..c.alone import write_c
from ..javascript.alone import write_javascript
from ..programs.lines import PREDICT
from ..python.module import write_module

Writer = Callable[..., Mapping[Path, str | bytes]]  # of the content of each file
IN_SINGLE = (".c", ".onnx")  # the endings of what can be written in single precision
USE_ARRAYS = 'no module for {} is written: compile(…, over="array") computes whole columns with it'
USE_INSTEAD = {  # endings for which something else is there, and what
    ".np.py": USE_ARRAYS.format("NumPy"),
    ".jax.py": USE_ARRAYS.format("JAX"),
    ".pt.py": USE_ARRAYS.format("PyTorch") + ", and to_torch(model) gives the layers of a network",
    ".json": "save_model(model, path) writes a model's own file, which load_model reads",
    ".onnx": "a program isn't written in ONNX: export the model that it was compiled from, or name "
    "a file that ends in .py, .c or .js; to_torch(model) goes on with gradients",
}


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


PROGRAM_WRITERS: dict[str, Writer] = {
    ".py": write_python,
    ".c": write_c,
    ".js": write_javascript,
}


def save_program(program: Any, path: str | os.PathLike[str], single: bool = False) -> Written:
    """Write the file or the files that a path's ending asks for."""
    ending = choose_ending(path, PROGRAM_WRITERS, single)
    require_one_output(program)
    if program.verifying.reason:
        raise ValueError(f"not saved, since {program.verifying.reason}")
    options = {"single": True} if single else {}
    return write_files(path, PROGRAM_WRITERS[ending](program, Path(path), **options))


def require_one_output(program: Any) -> None:
    """Refuse a program of several outputs."""
    if len(program.outputs) > 1:
        raise ValueError("a program of several outputs can't be saved: compile each by itself")


def choose_ending(
    path: str | os.PathLike[str], endings: Iterable[str], single: bool = False
) -> str:
    """Return which of the endings a path has; another path is an InputError.

    In ``single`` precision, it is one of fewer.
    """
    name, known = Path(path).name, [*endings]
    for other, told in USE_INSTEAD.items():
        if name.endswith(other) and other not in known:
            raise InputError(f"{show_path(path)}: {told}")
    ending = next((x for x in known if name.endswith(x) and name != x), None)
    if ending is None:
        listed = join_words(known, "or")
        raise InputError(f"{show_path(path)}: name a file that ends in {listed}")
    if single and ending not in IN_SINGLE:
        listed = join_words([x for x in known if x in IN_SINGLE], "or")
        raise InputError(
            f"{show_path(path)}: single precision is for files that end in {listed}: name one"
        )
    return ending


def write_files(path: str | os.PathLike[str], texts: Mapping[Path, str | bytes]) -> Written:
    """Write files that belong together, if all of them can be written."""
    check_all(texts)
    for name, text in texts.items():
        write_file(name, text)
    return Written(path)


def check_all(paths: Iterable[Path]) -> None:
    """Refuse now to write where it's impossible."""
    for path in paths:
        check_writable(path)
