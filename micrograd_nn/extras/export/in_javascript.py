"""A table's model as a module in JavaScript, for pages and servers."""

from __future__ import annotations

from pathlib import Path

from ..._ground.text import InputError
from ...notation.javascript.notation import JavaScript, NoJavaScriptError
from ...notation.writing.quoting import quote_comment, quote_javascript
from ..compile.javascript.alone import carry_library
from ..tables.columns import NumericColumn, TableColumn
from ..tables.storage import SavedModel
from .blueprint import ABOUT_RESULT, Blueprint, describe_model, make_filler, write_activation

NUMBERS = JavaScript()


def export_javascript(saved: SavedModel, path: Path) -> dict[Path, str]:
    """Return the module in JavaScript."""
    model, fill = describe_model(saved), make_filler("pieces.js")
    try:
        layers = write_layers(model)
    except NoJavaScriptError as error:
        raise InputError(f"not exported: {error}") from None
    names = ""
    if model.classes:
        listed = list_texts(model.classes)
        names = f"\n/** The classes, by their index. */\nexport const classes = {listed};\n"
    scale, mean = model.unscaling
    result = fill(model.kind, scale=write_literal(scale), mean=write_literal(mean))
    library = carry_library(layers)
    about, returned = ABOUT_RESULT[model.kind]
    row = "[]"
    if model.example:
        cells = [quote_javascript(x) if isinstance(x, str) else repr(x) for x in model.example.row]
        row = f"[{', '.join(cells)}]"
    text = fill(
        "file",
        title=model.title,
        about=about,
        network=model.network,
        usage=f"import {{ predict }} from {quote_comment(f'./{path.name}')};",
        example=f"predict({row}) gives {tell_result(model)}" if model.example else "",
        library=library + "\n" * bool(library),
        columns=list_columns(model.columns),
        names=names,
        layers=layers,
        returned=returned,
        result=result.rstrip(),
    )
    return {path: "\n".join([line.rstrip() for line in text.split("\n")])}


def write_literal(x: float) -> str:
    """Return a number of JavaScript."""
    return NUMBERS.write_number(x).text


def list_texts(texts: tuple[str, ...]) -> str:
    """Return an array of strings."""
    return f"[{', '.join(map(quote_javascript, texts))}]"


def list_columns(columns: tuple[TableColumn, ...]) -> str:
    """Return the columns as an array of objects."""
    lines = []
    for column in columns:
        rest = (
            f"mean: {write_literal(column.mean)}, scale: {write_literal(column.scale)}"
            if isinstance(column, NumericColumn)
            else f"texts: {list_texts(column.categories)}"
        )
        lines.append(f"  {{ name: {quote_javascript(column.name)}, {rest} }},\n")
    return f"[\n{''.join(lines)}]"


def write_layers(model: Blueprint) -> str:
    """Return the layers as an array of objects."""
    lines = []
    for layer in model.layers:
        form = write_activation(JavaScript(), layer.activation, "x") if layer.activation else "x"
        rows = "".join([f"      {list_numbers(row)},\n" for row in layer.weights])
        biases = list_numbers(layer.biases) if layer.biases else "null"
        lines.append(
            f"  {{\n    weights: [\n{rows}    ],\n    biases: {biases},\n"
            f"    activation: (x) => {form},\n  }},\n"
        )
    return f"[\n{''.join(lines)}]"


def list_numbers(numbers: list[float]) -> str:
    """Return an array of numbers."""
    return f"[{', '.join(map(write_literal, numbers))}]"


def tell_result(model: Blueprint) -> str:
    """Return what the example gives, as JavaScript shows it."""
    assert model.example is not None
    if model.kind == "give_numbers":
        return list_numbers(model.example.outputs)
    if model.kind == "give_number":
        return repr(model.example.result)
    index = model.probabilities.index(max(model.probabilities))
    label = quote_javascript(str(model.example.result))
    probabilities = list_numbers(model.probabilities)
    return f"{{ index: {index}, label: {label}, probabilities: {probabilities} }}"
