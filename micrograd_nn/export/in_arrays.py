"""A table's model as a module of NumPy or of JAX, which predicts all rows at once."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..programs.module import Parts
from ..tables.columns import TextColumn
from ..tables.storage import SavedModel
from ..text import InputError
from ..writing.arrays import ARRAY_RULES, Arrays, NoArraysError
from .blueprint import Blueprint, describe_model, make_filler, write_activation
from .numbers import LayerNumbers

# Of each kind of result, what predict returns.
ABOUT_RESULTS = {
    "give_number": "the predictions, in the target's unit,",
    "give_numbers": "the outputs",
    "give_class": "index, label and probabilities",
}


def export_numpy(saved: SavedModel, path: Path) -> dict[Path, str]:
    """Return the module for NumPy."""
    return {path: write_arrays(saved, "numpy")}


def export_jax(saved: SavedModel, path: Path) -> dict[Path, str]:
    """Return the module for JAX, whose network can be compiled and differentiated."""
    return {path: write_arrays(saved, "jax")}


def write_arrays(saved: SavedModel, library: str) -> str:
    """Return a module that stands on a library of arrays alone."""
    model, fill = describe_model(saved), make_filler("pieces.arrays.txt")
    try:
        network = write_network(model, fill)
    except NoArraysError as error:
        raise InputError(f"not exported: {error}") from None
    means, scales = model.scaling
    target = model.target
    scale, mean = model.unscaling
    standardise = fill("arrays_standardise", means=repr(means), scales=repr(scales))
    predict = fill(
        "arrays_predict",
        returned=ABOUT_RESULTS[model.kind],
        width=model.width,
        standardise="        x = standardise(x)\n" if target else "",
        result=fill(f"arrays_{model.kind}", scale=repr(scale), mean=repr(mean)).rstrip(),
    )
    functions = [standardise] if target else []
    functions += [network, predict, fill("encode")]
    imports, rules = carry_rules(network)
    return fill(
        f"{library}_file",
        title=model.title,
        network=model.network,
        imports="".join([f"{line}\n" for line in imports]),
        data=write_array_data(model, fill),
        layers="".join(map(write_parameters, model.layers)),
        functions="\n\n\n".join([text.rstrip() for text in [*functions, *rules]]),
        rows=repr([model.example.row] if model.example else []),
    )


def write_network(model: Blueprint, fill: Any) -> str:
    """Return the function that computes the outputs of all rows, a product of matrices a layer."""
    notation, names, lines = Arrays(), [], []
    for i, layer in enumerate(model.layers, start=1):
        names.append(f"(w{i}, b{i})" if layer.biases else f"(w{i},)")
        lines.append(f"x = x @ w{i}.T" + f" + b{i}" * bool(layer.biases))
        if layer.activation is not None:
            lines.append(f"x = {write_activation(notation, layer.activation, 'x')}")
    text: str = fill(
        "arrays_network",
        names=", ".join(names) + "," * (len(names) == 1),
        lines="\n".join([f"    {line}" for line in lines]),
        of="the rows that standardise gives" if model.target else "a matrix of rows",
    )
    return text


def write_parameters(layer: LayerNumbers) -> str:
    """Return a layer's weights and biases as Python has them."""
    rows = "".join([f"            {list_constants(row)},\n" for row in layer.weights])
    biases = f"        np.array({list_constants(layer.biases)}),\n" if layer.biases else ""
    return f"    (\n        np.array([\n{rows}        ]),\n{biases}    ),\n"


def list_constants(numbers: Sequence[float]) -> str:
    """Return a list of numbers, any of which may be infinite, or none at all."""
    return f"[{', '.join([Arrays().write_number(x).text for x in numbers])}]"


def carry_rules(function: str) -> tuple[list[str], list[str]]:
    """Return the imports and the definitions of the rules over columns that a function calls."""
    parts = Parts()
    for node in ast.walk(ast.parse(function)):
        if isinstance(node, ast.Name) and node.id in ARRAY_RULES:
            parts.include(node.id, ARRAY_RULES[node.id])
    return sorted(parts.imports), [*parts.definitions.values()]


def write_array_data(model: Blueprint, fill: Any) -> str:
    """Return the columns, and the classes if there are any, as Python has them."""
    kinds = [
        f"    {column.name!r}: "
        + (f"{list(column.categories)!r},\n" if isinstance(column, TextColumn) else "float,\n")
        for column in model.columns
    ]
    data: str = fill("columns", columns=f"{{\n{''.join(kinds)}}}")
    if model.classes:
        data += "\n" + fill("classes", classes=repr(list(model.classes)))
    return data
