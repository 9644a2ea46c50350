"""``export``: a trained model or a program as a file of another language."""

from __future__ import annotations

import os
from pathlib import Path

from ..compiler.program import Program
from ..files import Written
from ..nn import MLP
from ..programs.saving import PROGRAM_TARGETS, choose_ending, require_one_output, write_files
from ..tables.storage import SavedModel
from ..text import add_article
from .columns import run_columns
from .in_c import export_c
from .in_javascript import export_javascript
from .in_python import export_python
from .report import Target
from .running import run_c, run_javascript, run_python

# What models are exported to, and what programs are, each by its ending.
TARGETS_OF_MODELS = {
    target.ending: target
    for target in (
        Target(".c", "C with a header", export_c, run_c, "a C compiler", single=True),
        Target(".js", "a module in JavaScript", export_javascript, run_javascript, "Node.js"),
        Target(".py", "a module in Python", export_python, run_python),
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
    )
}


def export(
    model: SavedModel | MLP | Program, path: str | os.PathLike[str], *, single: bool = False
) -> Written:
    """Write a file that predicts as a model does, and needs nothing of this package.

    The ending says in which language: .c (with its header beside it), .js or .py. What
    ``load_model`` gives takes a table's columns as they are, and gives the target in its unit, or
    the class; an MLP takes and gives its own numbers; a program is saved as ``program.save`` does.

    >>> from micrograd_nn import MLP
    >>> export(MLP(2, [3, 1]), "model.c")
    wrote model.c
    >>> print(Path("model.h").read_text().partition("int ")[2].partition(";")[0])
    model_predict(const double row[MODEL_INPUTS], double outputs[MODEL_OUTPUTS])

    ``single`` makes C of floats in single precision. Another ending is an InputError:

    >>> export(MLP(2, [3, 1]), "model.exe")
    Traceback (most recent call last):
    micrograd_nn.text.InputError: model.exe: name a file that ends in .c, .js or .py
    """
    if type(model) is MLP:
        model = SavedModel(model)
    if not isinstance(model, (SavedModel, Program)):
        raise TypeError(
            f"export takes an MLP, what load_model gives or a program, not "
            f"{add_article(type(model).__name__)}: compile the model, and export the program"
        )
    targets = TARGETS_OF_PROGRAMS if isinstance(model, Program) else TARGETS_OF_MODELS
    in_single = [target.ending for target in targets.values() if target.single]
    target = targets[choose_ending(path, targets, in_single if single else None)]
    if isinstance(model, Program):
        require_one_output(model)
    options = {"single": True} if single else {}
    return write_files(path, target.write(model, Path(path), **options))
