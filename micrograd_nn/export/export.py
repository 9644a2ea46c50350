"""``export``: a trained model or a program as a file of another language."""

from __future__ import annotations

import os
from pathlib import Path

from ..compiler.program import Program
from ..files import Written
from ..nn import MLP
from ..programs.saving import Writer, choose_writer, write_files
from ..tables.storage import SavedModel
from ..text import add_article
from .in_c import export_c
from .in_javascript import export_javascript
from .in_python import export_python

MODEL_TARGETS: dict[str, Writer] = {".c": export_c, ".js": export_javascript, ".py": export_python}


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
    if isinstance(model, Program):
        return model.save(path, single=single)
    if type(model) is MLP:
        model = SavedModel(model)
    if not isinstance(model, SavedModel):
        raise TypeError(
            f"export takes an MLP, what load_model gives or a program, not "
            f"{add_article(type(model).__name__)}: compile the model, and export the program"
        )
    writer = choose_writer(path, MODEL_TARGETS, single)
    return write_files(path, writer(model, Path(path), **{"single": True} if single else {}))
