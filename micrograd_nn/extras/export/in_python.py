"""A table's model as a module in Python that needs nothing but Python."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ...notation.python import Python
from ..compile.python.module import write_module
from ..tables.columns import NumericColumn
from ..tables.storage import SavedModel
from .blueprint import ABOUT_RESULT, describe_model, make_filler, write_activation


def export_python(saved: SavedModel, path: Path) -> dict[Path, str]:
    """Return the module in Python; run as a script, it predicts an example."""
    model, fill, notation = describe_model(saved), make_filler("pieces.py.txt"), Python()
    layers = []
    for layer in model.layers:
        form = write_activation(notation, layer.activation, "x") if layer.activation else "x"
        rows = "".join([f"            {row!r},\n" for row in layer.weights])
        layers.append(
            f"    (\n        [\n{rows}        ],\n        {layer.biases!r},\n"
            f"        lambda x: {form},\n    ),\n"
        )
    columns: list[dict[str, Any]] = [
        {"name": column.name, "mean": column.mean, "scale": column.scale}
        if isinstance(column, NumericColumn)
        else {"name": column.name, "texts": list(column.categories)}
        for column in model.columns
    ]
    names = ""
    if model.classes:
        names = f"\n# The classes, by their index.\nCLASSES = {list(model.classes)!r}\n"
    scale, mean = model.unscaling
    about, returned = ABOUT_RESULT[model.kind]
    data = fill(
        "data",
        columns="[\n" + "".join([f"    {column!r},\n" for column in columns]) + "]",
        names=names,
        layers=f"[\n{''.join(layers)}]",
    )
    result = fill(model.kind, scale=repr(scale), mean=repr(mean)).rstrip()
    functions = fill("functions", returned=returned, result=result)
    rules = {"isfinite": math.isfinite, "exp": math.exp}
    rules |= {name: operation.forward for operation, name in notation.calls.items()}
    row = model.example.row if model.example else []
    main = f"row = {row!r}\nprint(row, predict(row), sep='\\n')"
    docstring = f"A table's model that micrograd_nn wrote: it needs Python alone.\n\n{about}\n"
    return {path: write_module([data, functions], rules, docstring, main)}
