"""``from_onnx``: a network from an ONNX file, its numbers bit for bit, if it is an MLP.

What stands between two layers is read as a formula of x, their sums, and looked up among the
formulas that are activations: ``Mul(Sigmoid(x), x)`` is a silu, whoever wrote it so.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NoReturn

from ..engine.operation import Operation
from ..engine.table import OPERATIONS
from ..files import explain_error
from ..nn import ACTIVATIONS, MLP
from ..text import InputError, quote_text, shorten_text, show_path
from .onnx_activations import IN_SINGLE
from .onnx_nodes import DOMAIN, load_onnx

FORMULAS: dict[str, str | Operation] = {"x": "linear"}
FORMULAS |= {f"{kind}(x)": name for name, kind in IN_SINGLE.items()}
FORMULAS |= {f"{DOMAIN}.{name}(x)": name for name in ACTIVATIONS}
FORMULAS |= {f"{DOMAIN}.{name}(x)": row for name, row in OPERATIONS.items() if row.arity == 1}
FORMULAS |= {
    "Mul(Sigmoid(x), x)": "silu",
    "Mul(0.5, Mul(Add(1.0, Erf(Div(x, √2))), x))": "gelu",
    "Mul(Mul(0.5, x), Add(1.0, Erf(Div(x, √2))))": "gelu",
}
# Attributes of ONNX are in single precision: the slope of LeakyRelu is the float nearest to 0.01.
USUAL = {
    "Elu": {"alpha": 1.0}, "LeakyRelu": {"alpha": 0.009999999776482582},
    "Gelu": {"approximate": "none"}, "Swish": {"alpha": 1.0},
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transA": 0},
}  # fmt: skip
ROOTS = {math.sqrt(2): "√2", struct.unpack("<f", struct.pack("<f", math.sqrt(2)))[0]: "√2"}
FLOATS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")
LONGEST_FORMULA = 200
SAME = ("Identity", "Dropout", "Flatten", "Reshape", "Cast")  # some of which change no number


@dataclass
class Layer:
    """The weights of a layer, a list for each neuron, its biases, and its activation."""

    weights: list[list[float]]
    biases: list[float] = field(default_factory=list)
    activation: str | Operation = "linear"


class Tensor:
    """What is known of a tensor: a formula of the sums of a layer, or the numbers of a constant."""

    def __init__(self, layer: int = 0, formula: str = "x", numbers: Any = None) -> None:
        self.layer, self.formula, self.numbers = layer, formula, numbers


def from_onnx(path: str | os.PathLike[str]) -> MLP:
    """Return the MLP that an ONNX file holds, as ``export`` or PyTorch writes one.

    >>> from micrograd_nn import export
    >>> model = MLP(2, [3, 1], activation="tanh")
    >>> export(model, "network.onnx")
    wrote network.onnx
    >>> again = from_onnx("network.onnx")
    >>> again, again.state() == model.state()
    (MLP(2, [3, 1], activation=['tanh', 'linear']), True)

    It takes Gemm, or MatMul and Add, and the activations that we have; layers without biases beside
    others get some of 0. A weight is the same number, bit for bit; what is computed with it is
    double precision here. Anything else is an InputError that names the node. The columns of a
    table's model are in the JSON file that it was exported from.
    """
    onnx = load_onnx()
    shown = show_path(path)
    try:
        model = onnx.load(os.fspath(path), format="protobuf")
        onnx.checker.check_model(model)
    except (OSError, ValueError) as error:
        raise InputError(f"{shown}: {explain_error(error)}") from None
    except Exception as error:  # of protobuf, which isn't among our packages, and of onnx
        raise InputError(f"{shown} is no usable ONNX file: {shorten_text(str(error))}") from None
    try:
        return build_network(Reader(onnx, model.graph).read())
    except InputError as error:
        raise InputError(f"{shown} is no MLP: {error}") from None


class Reader:
    """Reads the layers of a graph, node by node."""

    def __init__(self, onnx: Any, graph: Any) -> None:
        self.onnx = onnx
        self.graph = graph
        self.layers: list[Layer] = []
        self.tensors: dict[str, Tensor] = {}

    def read(self) -> list[Layer]:
        """Return the layers; what an MLP can't have is an InputError."""
        for constant in self.graph.initializer:
            self.tensors[constant.name] = Tensor(numbers=self.read_numbers(constant))
        inputs = [x.name for x in self.graph.input if x.name not in self.tensors]
        outputs = [x.name for x in self.graph.output]
        for what, names in (("input", inputs), ("output", outputs)):
            if len(names) != 1:
                listed = ", ".join(map(quote_text, names))
                raise InputError(
                    f"it has {len(names)} {what}s ({shorten_text(listed)}), and an MLP has one; "
                    "of a table's model, load the JSON file that it was exported from"
                )
        self.tensors[inputs[0]] = Tensor()
        for node in self.graph.node:
            self.read_node(node)
        if not self.layers:
            raise InputError("it has no Gemm and no MatMul, and an MLP needs one at least")
        self.end_layer(self.tensors[outputs[0]], self.graph.node[-1])
        return self.layers

    def read_node(self, node: Any) -> None:
        """Take one node into account."""
        get = self.onnx.helper.get_attribute_value
        attributes = {a.name: get(a) for a in node.attribute}
        for name, value in attributes.items():
            attributes[name] = value.decode() if isinstance(value, bytes) else value
        for name, usual in USUAL.get(node.op_type, {}).items():
            if attributes.get(name) == usual:
                del attributes[name]
        for name in node.input:
            if name and name not in self.tensors:
                refuse(node, f"it takes {quote_text(name)}, which is no number of the network")
        given = [self.tensors[name] for name in node.input if name]
        kind = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        if kind == "Constant":
            made = Tensor(numbers=self.read_constant(node, attributes))
        elif kind in ("Gemm", "MatMul"):
            made = self.begin_layer(node, given, attributes)
        elif kind in SAME and self.changes_nothing(kind, given, attributes):
            made = given[0]
        elif kind == "Add" and self.is_bias(given):
            made = self.tensors[node.output[0]] = Tensor(len(self.layers), "x")
        else:
            made = self.write_formula(node, kind, given, attributes)
        self.tensors[node.output[0]] = made
