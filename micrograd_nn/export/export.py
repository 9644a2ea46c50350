"""``export``: a trained model or a program as a file of another language."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..compiler.arrays import ArrayProgram
from ..compiler.program import Program
from ..engine.refusals import require_real
from ..nn import MLP
from ..programs.saving import (
    PROGRAM_TARGETS,
    check_all,
    choose_ending,
    require_one_output,
    write_files,
)
from ..tables.storage import SavedModel
from ..text import add_article, show_path
from .answers.measuring import compare_file
from .answers.running import run_arrays, run_columns, run_javascript, run_json, run_python
from .answers.running_c import run_c
from .in_arrays import export_jax, export_numpy
from .in_c import export_c
from .in_javascript import export_javascript
from .in_onnx.models import export_onnx
from .in_onnx.programs import export_onnx_program
from .in_onnx.running import run_onnx
from .in_python import export_python
from .in_torch.models import export_torch
from .report import ExportReport, NotEqualError, NotRunError, Target


def export_json(saved: SavedModel, path: Path) -> dict[Path, str]:
    """Return the text of a model file of this package."""
    return {path: saved.format()}


# What models are exported to, and what programs are, each by its ending.
TARGETS_OF_MODELS = {
    target.ending: target
    for target in (
        Target(".c", "C with a header", export_c, run_c, "a C compiler", single=True),
        Target(".js", "a module in JavaScript", export_javascript, run_javascript, "Node.js"),
        Target(".py", "a module in Python", export_python, run_python),
        Target(".np.py", "a module of NumPy", export_numpy, run_arrays, "NumPy"),
        Target(".jax.py", "a module of JAX", export_jax, run_arrays, "JAX"),
        Target(".pt.py", "a module of PyTorch", export_torch, run_arrays, "PyTorch"),
        Target(".json", "a model file of this package", export_json, run_json),
        Target(".onnx", "an ONNX graph", export_onnx, run_onnx, "onnx", single=True),
    )
}
TARGETS_OF_PROGRAMS = {
    target.ending: target
    for target in (
        Target(".py", "a module in Python", PROGRAM_TARGETS[".py"], run_python),
        Target(".c", "C with a header", PROGRAM_TARGETS[".c"], run_c, "a C compiler", single=True),
        Target(".js", "a module in JavaScript", PROGRAM_TARGETS[".js"], run_javascript, "Node.js"),
        Target(".np.py", "a module of NumPy", PROGRAM_TARGETS[".np.py"], run_columns, "NumPy"),
        Target(".pt.py", "a module of PyTorch", PROGRAM_TARGETS[".pt.py"], run_columns, "PyTorch"),
        Target(".jax.py", "a module of JAX", PROGRAM_TARGETS[".jax.py"], run_columns, "JAX"),
        Target(".onnx", "an ONNX graph", export_onnx_program, run_onnx, "onnx", single=True),
    )
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
    nothing else; .np.py, .jax.py, .pt.py (with its weights beside it) or .onnx, for what reads
    them; or .json. What ``load_model`` gives takes a table's columns as they are, and gives the
    target in its unit, or the class; an MLP takes and gives its own numbers; a program is saved as
    ``program.save`` does.

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
    micrograd_nn.text.InputError: model.exe: name a file that ends in .c, .js, .py, .np.py, \
.jax.py, .pt.py, .json or .onnx
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
    targets = TARGETS_OF_PROGRAMS if isinstance(source, Program) else TARGETS_OF_MODELS
    in_single = [target.ending for target in targets.values() if target.single]
    target = targets[choose_ending(path, targets, in_single if single else None)]
    if isinstance(source, Program):
        require_one_output(source)
    files = target.write(source, Path(path), **({"single": True} if single else {}))
    check_all(files)
    report = ExportReport(path)
    rows = None if isinstance(check, bool) else check
    if check is not False:
        try:
            with place_files(files) as folder:
                found = compare_file(source, target, folder / Path(path).name, rows)
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
    number = require_real(bound, "bound", "a number")
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
