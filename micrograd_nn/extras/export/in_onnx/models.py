"""A table's model, or an MLP, as an ONNX graph, for onnxruntime and whatever else reads ONNX.

A layer is one ``Gemm`` and the node of its activation. A table's model has an input for each column
before them, and behind them what comes out. Rows that have no right result (a text that training
never saw, a number that is missing, an overflow) give NaN, and the label "".
"""

from __future__ import annotations

import json
import math
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

from ...._ground.text import InputError
from ....engine.operation import Operation
from ...compile.arrays.notation import NoArraysError
from ...tables.columns import NumericColumn, TableColumn, TextColumn
from ...tables.storage import SavedModel
from ..blueprint import Blueprint, describe_column, describe_model
from ..numbers import LayerNumbers
from .activations import ONNX_IN_DOUBLE, ONNX_IN_SINGLE, record_function
from .nodes import DOMAIN, Nodes

ANY_ROWS = "N"  # the name of a dimension: how many rows there are
RESULTS_OF_KIND = {
    "give_number": ["prediction"], "give_numbers": ["outputs"],
    "give_class": ["label", "probabilities"],
}  # fmt: skip
ABOUT_OUTPUTS = {
    "give_number": "prediction (N, 1) is in the target's own unit; it is NaN in rows that have no "
    "right one: a number is missing or far too large, or a text was never seen in training.",
    "give_numbers": "outputs are the network's own.",
    "give_class": "label (N) is the likeliest class, and probabilities (N, {count}) has those of "
    'all: {classes}. A row has the label "" and NaNs where a number is missing or far too large, '
    "or a text was never seen in training.",
}


def export_onnx(saved: SavedModel, path: Path, single: bool = False) -> dict[Path, bytes]:
    """Return the file of a model; ``single`` makes it compute in single precision.

    An input of a table's model is a column (N, 1) by its name, of numbers or of texts; of an MLP,
    ``x`` has all of its inputs. A weight that isn't finite is an InputError.
    """
    model = describe_model(saved)
    try:
        return {path: OnnxWriter(model, single).write(path.stem)}
    except NoArraysError as error:
        raise InputError(f"not exported: {error}") from None
    except UnicodeEncodeError as error:
        raise InputError(f"not exported: a text that UTF-8 can't hold ({error})") from None


class OnnxWriter:
    """Writes a model as one graph."""

    def __init__(self, model: Blueprint, single: bool) -> None:
        self.model = model
        self.outputs = RESULTS_OF_KIND[model.kind]
        self.nodes = Nodes(single, [*self.outputs, *[column.name for column in model.columns]])
        self.functions: dict[Operation, Any] = {}  # that stand in the file beside the graph
        self.inputs: list[Any] = []

    @cached_property
    def row(self) -> str:
        """The axis that goes along a row."""
        return self.nodes.integers("row", [1])

    def write(self, name: str) -> bytes:
        """Return the file."""
        model, kind = self.model, self.nodes.kind
        if model.target is None:
            x = self.add_input("x", kind, len(model.columns), "the inputs of the network")
            self.add_layers(x, self.outputs[0])
            outputs = [self.describe(self.outputs[0], kind, [ANY_ROWS, model.outputs])]
        else:
            x = self.add_columns()
            outputs = self.add_result(x, self.add_layers(x))
        classes = model.classes
        about = ABOUT_OUTPUTS[model.kind].format(
            count=len(classes), classes=json.dumps(classes)[1:-1]
        )
        lines = [model.title, about, model.network]
        if model.example:
            given = dict(
                zip([column.name for column in model.columns], model.example.row, strict=True)
            )
            gives = model.example.outputs if model.target is None else model.example.result
            lines.append(f"An example: {given} gives {gives!r}.")
        notes = {"network": model.network}
        if classes:
            notes["classes"] = json.dumps(classes, ensure_ascii=False)
        return self.nodes.make_file(
            name, self.inputs, outputs, "\n".join(lines), [*self.functions.values()], notes
        )

    def add_input(self, name: str, kind: int, width: int, doc: str) -> str:
        """Add an input of ``width`` numbers, or a text, for each row, and return its name."""
        name = self.nodes.name(name) if name in self.outputs else name
        self.nodes.names.add(name)
        self.inputs.append(self.describe(name, kind, [ANY_ROWS, width], doc))
        return name

    def describe(self, name: str, kind: int, shape: list[Any], doc: str = "") -> Any:
        """Return what the file says of an input or an output."""
        make = self.nodes.onnx.helper.make_tensor_value_info
        return make(name, kind, shape, doc_string=doc)

    def add_columns(self) -> str:
        """Add an input for each column, and return what the network takes."""
        nodes, text = self.nodes, self.nodes.onnx.TensorProto.STRING
        names = {}
        for column in self.model.columns:
            kind = text if isinstance(column, TextColumn) else nodes.kind
            names[column] = self.add_input(column.name, kind, 1, describe_column(column))
        parts = []
        for kind, group in groupby(names, type):
            columns: list[Any] = list(group)
            if kind is TextColumn:
                parts += [self.add_one_hot(names[column], column) for column in columns]
            else:
                parts.append(self.add_scaling([names[column] for column in columns], columns))
        return self.join(parts)

    def join(self, parts: list[str], name: str = "columns") -> str:
        """Return the columns of all parts side by side."""
        return parts[0] if len(parts) == 1 else self.nodes.add("Concat", parts, name, axis=1)

    def add_scaling(self, names: list[str], columns: list[Any]) -> str:
        """Return ``(x - mean) / scale`` of columns of numbers."""
        nodes, count = self.nodes, len(columns)
        for column in columns:
            if nodes.round(column.scale) == 0:
                raise InputError(
                    f"not exported: the scale {column.scale!r} is too small for single precision: "
                    "leave out single"
                )
        means = nodes.floats("means", [column.mean for column in columns], [1, count])
        scales = nodes.floats("scales", [column.scale for column in columns], [1, count])
        deviations = nodes.add("Sub", [self.join(names, "numbers"), means], "deviations")
        return nodes.add("Div", [deviations, scales], "standardised")

    def add_one_hot(self, name: str, column: TextColumn) -> str:
        """Return 1.0 at the place of each row's text; NaN everywhere for an unknown text."""
        nodes = self.nodes
        texts = nodes.texts(f"{name}/texts", column.categories, [1, column.width])
        places = nodes.add("Equal", [name, texts], f"{name}/places")
        known = nodes.add("ReduceMax", [places, self.row], f"{name}/known")
        numbers = nodes.add("Cast", [places], f"{name}/numbers", to=nodes.kind)
        inputs = [known, numbers, nodes.number(math.nan)]
        return nodes.add("Where", inputs, f"{name}/one_hot")

    def add_layers(self, x: str, output: str = "") -> str:
        """Add the network, and return what its last layer gives, maybe by a given name."""
        count = len(self.model.layers)
        for i, layer in enumerate(self.model.layers, start=1):
            last = output if i == count else ""
            sums = last if layer.activation is None else ""
            x = self.add_sums(x, layer, f"layer{i}", sums)
            if layer.activation is not None:
                x = self.add_activation(layer.activation, x, f"layer{i}/", last)
        return x

    def add_activation(self, operation: Operation, x: str, prefix: str, output: str) -> str:
        """Add an activation of a tensor, and return what it gives, maybe by a given name."""
        name, given = output or prefix + operation.name, bool(output)
        standard = ONNX_IN_SINGLE if self.nodes.single else ONNX_IN_DOUBLE
        if operation.name in standard and operation.is_row:
            return self.nodes.add(standard[operation.name], [x], name, given=given)
        if operation not in self.functions:
            # A row's name stands for the row: whoever reads the file knows it by that.
            called = operation.name if operation.is_row else f"own{len(self.functions)}"
            self.functions[operation] = record_function(operation, called, self.nodes.single)
        return self.nodes.add(self.functions[operation].name, [x], name, DOMAIN, given=given)

    def add_sums(self, x: str, layer: LayerNumbers, name: str, output: str) -> str:
        """Return w·x + b of each neuron of a layer."""
        nodes, shape = self.nodes, [len(layer.weights), len(layer.weights[0])]
        flat = [w for row in layer.weights for w in row]
        for number in [*flat, *layer.biases]:
            if not math.isfinite(number):
                raise InputError(f"not exported: {name} has a weight that is {number}")
        inputs = [x, nodes.floats(f"{name}/weights", flat, shape)]
        if layer.biases:
            inputs.append(nodes.floats(f"{name}/biases", layer.biases, shape[:1]))
        return nodes.add("Gemm", inputs, output or f"{name}/sums", given=bool(output), transB=1)

    def add_result(self, x: str, y: str) -> list[Any]:
        """Add what the network's outputs mean, and return what the file says of the results."""
        nodes, target, texts = self.nodes, self.model.target, self.nodes.onnx.TensorProto.STRING
        nan = nodes.number(math.nan)
        if isinstance(target, NumericColumn):
            scale, mean = (
                nodes.floats(f"target/{what}", [number], [1, 1])
                for what, number in (("scale", target.scale), ("mean", target.mean))
            )
            scaled = nodes.add("Mul", [y, scale], "target/scaled")
            y = nodes.add("Add", [scaled, mean], "target/number")
            inputs = [self.check_finite(x, y), y, nan]
            nodes.add("Where", inputs, "prediction", given=True)
            return [self.describe("prediction", nodes.kind, [ANY_ROWS, 1], describe_target(target))]
        assert isinstance(target, TextColumn)
        finite = self.check_finite(x, y)
        shares = nodes.add("Softmax", [y], "target/shares", axis=1)
        nodes.add("Where", [finite, shares, nan], "probabilities", given=True)
        index = nodes.add("ArgMax", [y], "target/index", axis=1, keepdims=0)
        classes = nodes.texts("target/classes", target.categories, [target.width])
        likeliest = nodes.add("Gather", [classes, index], "target/likeliest")
        flat = nodes.add("Squeeze", [finite, self.row], "target/finite")
        nodes.add(
            "Where", [flat, likeliest, nodes.texts("target/none", [""], [])], "label", given=True
        )
        return [
            self.describe("label", texts, [ANY_ROWS], describe_target(target)),
            self.describe("probabilities", nodes.kind, [ANY_ROWS, target.width]),
        ]

    def check_finite(self, x: str, y: str) -> str:
        """Return which rows have only finite inputs and outputs of the network."""
        nodes = self.nodes
        both = self.join([x, y], "target/all")
        sizes = nodes.add("Abs", [both], "target/sizes")
        less = nodes.add("Less", [sizes, nodes.number(math.inf)], "target/finite_numbers")
        return nodes.add("ReduceMin", [less, self.row], "target/finite_rows")


def describe_target(target: TableColumn) -> str:
    """Return what a result is."""
    return f"what is predicted of {describe_column(target)}"
