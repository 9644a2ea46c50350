"""``export``: a trained model or a program as a file of another language."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..._ground.text import add_article, show_path
from ...engine.refusals import as_float
from ...nn import MLP
from ..compile.compiler.arrays import ArrayProgram
from ..compile.compiler.program import Program
from ..compile.compiler.saving import (
    PROGRAM_WRITERS,
    Writer,
    check_all,
    choose_ending,
    require_one_output,
    write_files,
)
from ..tables.storage import SavedModel
from .answers.measuring import compare_file
from .answers.running import run_c, run_javascript, run_onnx, run_python
from .in_c import export_c
from .in_javascript import export_javascript
from .in_onnx.models import export_onnx
from .in_python import export_python
from .report import ExportReport, NotEqualError, NotRunError, Target

TARGETS = {  # by the ending; what writes a program is what ``program.save`` has
    ".c": Target(export_c, run_c),
    ".js": Target(export_javascript, run_javascript),
    ".py": Target(export_python, run_python),
    ".onnx": Target(export_onnx, run_onnx),
}


def export(
    model: SavedModel | MLP | Program | ArrayProgram,
    path: str | os.PathLike[str],
    *,
    single: bool = False,
    check: Iterable[Any] | bool | None = None,
    bound: float | None = None,
) -> ExportReport:
    """Write a file that predicts as a model does, and tell how equal it is to this engine.

    The ending says in which language: .c (with its header beside it), .js or .py, which need
    nothing else; or .onnx, for what reads it. What ``load_model`` gives takes a table's columns as
    they are, and gives the target in its unit, or the class; an MLP takes and gives its own
    numbers; a program is saved as ``program.save`` does.

    >>> from micrograd_nn import MLP
    >>> report = export(MLP(2, [3, 1]), "model.py")
    >>> report.path, report.worst
    ('model.py', 0.0)

    The file is run, by what it is for, on rows that are made, or on those of ``check``: lists of
    cells, or dictionaries by the columns' names. With a ``bound``, a file that differs by more, or
    that can't be run here, isn't written: that is a NotEqualError. ``check=False`` runs nothing.

    >>> export(MLP(2, [3, 1]), "model.c", check=False)
    wrote model.c
    >>> print(Path("model.h").read_text().partition("int ")[2].partition(";")[0])
    model_predict(const double row[MODEL_INPUTS], double outputs[MODEL_OUTPUTS])

    ``single`` makes C or ONNX of floats in single precision. Another ending is an InputError:

    >>> export(MLP(2, [3, 1]), "model.exe")
    Traceback (most recent call last):
    micrograd_nn.InputError: model.exe: name a file that ends in .c, .js, .py or .onnx
    """
    source = SavedModel(model) if type(model) is MLP else model
    if isinstance(source, ArrayProgram):
        source = source.rows  # which every file is written from, as its save does
    if not isinstance(source, (SavedModel, Program)):
        raise TypeError(
            f"export takes an MLP, what load_model gives or a program, not "
            f"{add_article(type(model).__name__)}: compile the model, and export the program"
        )
    if bound is not None:
        bound = require_bound(bound, check)
    if isinstance(source, Program):
        require_one_output(source)
        writers: Mapping[str, Writer] = PROGRAM_WRITERS
    else:
        writers = {ending: target.write for ending, target in TARGETS.items()}
    ending = choose_ending(path, writers, single)
    files = writers[ending](source, Path(path), **({"single": True} if single else {}))
    check_all(files)
    report = ExportReport(path)
    rows = None if isinstance(check, bool) else check
    if check is not False:
        try:
            with place_files(files) as folder:
                found = compare_file(source, TARGETS[ending].run, folder / Path(path).name, rows)
            report = ExportReport(path, found)
        except NotRunError as error:
            report = ExportReport(path, not_run=str(error))
    fault = "" if bound is None else report.find_fault(bound)
    if fault:
        raise NotEqualError(f"{show_path(path)} wasn't written: {fault}", report)
    write_files(path, files)
    return report


def require_bound(bound: object, check: object) -> float:
    """Return the bound of a relative difference, a number from 0 up."""
    if check is False:
        raise ValueError("check=False compares nothing, so that there is no bound: leave one out")
    number = as_float(bound, "bound", "a number")
    if not number >= 0:
        raise ValueError(f"bound={number!r}: a bound is a number from 0 up, such as 1e-9")
    return number


@contextmanager
def place_files(files: Mapping[Path, str | bytes]) -> Iterator[Path]:
    """Write files into a folder of their own, for as long as they are run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in files.items():
            data = content.encode("utf-8") if isinstance(content, str) else content
            (folder / path.name).write_bytes(data)
        yield folder
