"""What every exported file says of a model: its columns, its layers, what comes out, an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import NamedTuple

from ...engine.operation import Operation
from ...notation.writing.notation import Notation, Text
from ...notation.writing.quoting import clean_comment, quote_comment
from ..compile.compiler.program import Program
from ..tables.columns import NumericColumn, TableColumn, TextColumn
from ..tables.encoding import measure_probabilities
from ..tables.report import compute_outputs
from ..tables.storage import SavedModel
from .numbers import LayerNumbers, read_layer

ABOUT_RESULT = {  # in a line, and in the words of a docstring
    "give_number": ("The prediction is in the target's own unit.", "the prediction"),
    "give_numbers": ("The outputs are the network's own.", "the outputs"),
    "give_class": (
        "The likeliest class comes with its index and the probabilities of all.",
        "index, label and probabilities",
    ),
}


class ExampleRow(NamedTuple):
    """A row, what the network gives for it, and what that means."""

    row: list[float | str]
    outputs: list[float]
    result: float | str


@dataclass
class Blueprint:
    """A model as it is exported; without a ``target``, it gives its outputs as they are."""

    columns: tuple[TableColumn, ...]
    target: TableColumn | None
    layers: list[LayerNumbers]
    network: str
    example: ExampleRow | None

    @property
    def outputs(self) -> int:
        """How many numbers the last layer gives."""
        return len(self.layers[-1].weights)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of the target; none of a number."""
        return list_classes(self.target)

    @property
    def unscaling(self) -> tuple[float, float]:
        """What an output is multiplied by, and what is added to it then: 1 and 0 for no number."""
        if isinstance(self.target, NumericColumn):
            return self.target.scale, self.target.mean
        return 1.0, 0.0

    @property
    def kind(self) -> str:
        """The piece of a file that makes a result of the last layer's numbers."""
        if self.target is None:
            return "give_numbers"
        return "give_class" if isinstance(self.target, TextColumn) else "give_number"

    @property
    def title(self) -> str:
        """What a file is for, in a line."""
        count = f"{len(self.columns)} column{'s' * (len(self.columns) > 1)}"
        what = quote_comment(self.target.name) if self.target else f"{self.outputs} outputs"
        return f"{what} predicted from {count}, by a model of micrograd_nn."

    @property
    def probabilities(self) -> list[float]:
        """The probabilities of the classes in the example."""
        return measure_probabilities(self.example.outputs) if self.example else []


def describe_model(saved: SavedModel) -> Blueprint:
    """Return what an exported file says of a model; what no file can say is an InputError."""
    columns = list_columns_of(saved)
    layers = [read_layer(layer) for layer in saved.model.layers]
    network = clean_comment(repr(saved.model))
    example = make_example(saved, columns)
    return Blueprint(columns, find_target(saved), layers, network, example)


def list_columns_of(source: SavedModel | Program) -> tuple[TableColumn, ...]:
    """Return the columns of a model; without a table, the inputs as they are."""
    if isinstance(source, SavedModel) and source.encoding is not None:
        return source.encoding.input_columns
    names: Iterable[str] = (
        source.inputs.values()
        if isinstance(source, Program)
        else [f"x{i}" for i in range(1, source.model.sizes[0] + 1)]
    )
    return tuple([NumericColumn(name, 0.0, 1.0) for name in names])


def find_target(source: SavedModel | Program) -> TableColumn | None:
    """Return what a table's model predicts; None of what has no table."""
    encoding = source.encoding if isinstance(source, SavedModel) else None
    return encoding.target if encoding else None


def list_classes(column: TableColumn | None) -> tuple[str, ...]:
    """Return the texts of a column; none of numbers."""
    return column.categories if isinstance(column, TextColumn) else ()


def make_example(saved: SavedModel, columns: Sequence[TableColumn]) -> ExampleRow | None:
    """Return a row near the middle of those in training; None if the network fails for it."""
    row: list[float | str] = [
        float(f"{column.mean:.4g}") if isinstance(column, NumericColumn) else column.categories[0]
        for column in columns
    ]
    try:
        (outputs,) = compute_outputs(saved.model, [encode_row(columns, row)])
        return ExampleRow(row, outputs, saved.encoding.decode(outputs) if saved.encoding else "")
    except (ValueError, OverflowError):
        return None


def encode_row(columns: Sequence[TableColumn], row: Sequence[float | str]) -> list[float]:
    """Return what a row's cells become as the inputs of a network; a bad cell is an InputError."""
    inputs: list[float] = []
    for column, cell in zip(columns, row, strict=True):
        if isinstance(column, NumericColumn):
            inputs.append(column.encode_number(float(cell)))
        else:
            inputs += column.encode(str(cell))
    return inputs


def describe_column(column: TableColumn) -> str:
    """Return what a comment says of a column."""
    name = quote_comment(column.name)
    if isinstance(column, TextColumn):
        return f"{name}: one of {column.width} texts"
    if (column.mean, column.scale) == (0.0, 1.0):  # as it is
        return name
    unit = " of years" if column.is_date else f" in {column.unit}" * bool(column.unit)
    return f"{name}: a number{unit} (in training: mean {column.mean:.4g}, scale {column.scale:.4g})"


def write_activation(notation: Notation, activation: Operation, name: str) -> str:
    """Return an activation of a number that has a name, with its usual further inputs."""
    more = [notation.write_number(x) for x in activation.defaults]
    return notation.write_operation(activation, [Text(name), *more]).text


def make_filler(name: str) -> Callable[..., str]:
    """Return a function that fills one piece of a file of this folder with its parts.

    The name of each piece stands above it.
    """
    text = (files(__package__) / name).read_text(encoding="utf-8")
    _, *parts = re.split(r"^//// (\w+)\n", text, flags=re.MULTILINE)
    pieces = dict(zip(parts[::2], parts[1::2], strict=True))
    return lambda piece, **parts: Template(pieces[piece]).substitute(parts)
