"""``from_onnx``: a network from an ONNX file, its numbers bit for bit, if it is an MLP.

What stands between two layers is read as a formula of x, their sums, and looked up among the
formulas that are activations: ``Mul(Sigmoid(x), x)`` is a silu, whoever wrote it so.
"""

from __future__ import annotations

import math
import os
import struct
from importlib import import_module
from typing import Any, NoReturn

from ...._ground.files import explain_error
from ...._ground.text import InputError, quote_text, shorten_text, show_line, show_path
from ....engine.operation import Operation
from ....engine.table import OPERATIONS
from ....nn import MLP
from ..numbers import build_mlp
from .activations import ONNX_IN_SINGLE
from .nodes import DOMAIN, load_onnx

FORMULAS: dict[str, str | Operation] = {"x": "linear"}
FORMULAS |= {f"{kind}(x)": name for name, kind in ONNX_IN_SINGLE.items()}
FORMULAS |= {
    f"{DOMAIN}.{name}(x)": row
    for name, row in OPERATIONS.items()
    if type(row) is Operation and len(row.inputs) == 1 + len(row.defaults)
}
FORMULAS |= {
    "Mul(Sigmoid(x), x)": "silu",
    "Mul(0.5, Mul(Add(1.0, Erf(Div(x, √2))), x))": "gelu",
    "Mul(Mul(0.5, x), Add(1.0, Erf(Div(x, √2))))": "gelu",
}
# Attributes of ONNX are in single precision: the slope of LeakyRelu is the float nearest to 0.01.
USUAL_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "Elu": {"alpha": 1.0}, "LeakyRelu": {"alpha": 0.009999999776482582},
    "Gelu": {"approximate": "none"}, "Swish": {"alpha": 1.0},
    "Gemm": {"alpha": 1.0, "beta": 1.0, "transA": 0},
}  # fmt: skip
ROOTS = {math.sqrt(2): "√2", struct.unpack("<f", struct.pack("<f", math.sqrt(2)))[0]: "√2"}
FLOATS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16")
LONGEST_FORMULA = 200


def from_onnx(path: str | os.PathLike[str]) -> MLP:
    """Return the MLP that an ONNX file holds, as ``export`` or PyTorch writes one.

    >>> import onnx
    >>> from micrograd_nn import export
    >>> model = MLP(2, [3, 1], activation="tanh")
    >>> written = export(model, "network.onnx")
    >>> [node.op_type for node in onnx.load("network.onnx").graph.node]
    ['Gemm', 'Tanh', 'Gemm']
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
    except (onnx.checker.ValidationError, import_module("google.protobuf.message").Error) as error:
        raise InputError(f"{shown} isn't a usable ONNX file: {show_line(str(error))}") from None
    reader = GraphReader(onnx, model.graph)
    try:
        reader.read()
    except InputError as error:
        raise InputError(f"{shown} isn't an MLP: {error}") from None
    return build_mlp(reader.layers, reader.activations)


class GraphReader:
    """Reads the layers of a graph, node by node.

    A tensor is a constant, or a formula of the latest sums: there are new ones at each layer, and
    with their biases again. Then the earlier ones are forgotten, since an MLP skips none.
    """

    def __init__(self, onnx: Any, graph: Any) -> None:
        self.onnx = onnx
        self.graph = graph
        self.makers = {node.output[0]: node for node in graph.node}
        self.layers: list[tuple[list[list[float]], list[float]]] = []  # weights and biases
        self.activations: list[str | Operation] = []
        self.constants: dict[str, Any] = {}
        self.formulas: dict[str, str] = {}

    def read(self) -> None:
        """Read the layers; what an MLP can't have is an InputError."""
        for constant in self.graph.initializer:
            self.constants[constant.name] = self.read_numbers(constant)
        inputs = [x.name for x in self.graph.input if x.name not in self.constants]
        outputs = [x.name for x in self.graph.output]
        for what, names in (("input", inputs), ("output", outputs)):
            if len(names) != 1:
                listed = ", ".join(map(quote_text, names))
                raise InputError(
                    f"it has {len(names)} {what}s ({shorten_text(listed)}), and an MLP has one; "
                    "of a table's model, load the JSON file that it was exported from"
                )
        self.formulas[inputs[0]] = "x"
        for node in self.graph.node:
            self.read_node(node)
        if not self.layers:
            raise InputError("it has no Gemm and no MatMul, and an MLP needs one at least")
        self.end_layer(outputs[0])

    def read_node(self, node: Any) -> None:
        """Take one node into account."""
        attributes = self.read_attributes(node)
        is_own = node.domain in ("", "ai.onnx")
        kind = node.op_type if is_own else f"{node.domain}.{node.op_type}"
        output = node.output[0]
        if kind == "Constant":
            self.constants[output] = self.read_constant(node, attributes)
            return
        known = self.formulas.keys() | self.constants.keys() | {""}
        if not known.issuperset(node.input) or self.formulas.keys().isdisjoint(node.input):
            refuse(node, "it takes more or else than the sums before it, and an MLP skips none")
        if kind in ("Gemm", "MatMul"):
            self.begin_layer(node, attributes)
        elif kind == "Add" and not attributes and self.takes_bias(*node.input):
            self.formulas = {output: "x"}
        elif kind == "Identity":
            self.formulas[output] = self.formulas[node.input[0]]
        elif kind == "Dropout":
            refuse(node, "export the network as it predicts, after eval(), which leaves it out")
        else:
            self.formulas[output] = self.write_formula(node, kind, attributes)

    def read_attributes(self, node: Any) -> dict[str, Any]:
        """Return the attributes of a node but for those that are as usual."""
        found = {}
        usual = USUAL_ATTRIBUTES.get(node.op_type, {})
        for attribute in node.attribute:
            value = self.onnx.helper.get_attribute_value(attribute)
            value = value.decode() if isinstance(value, bytes) else value
            if attribute.name not in usual or usual[attribute.name] != value:
                found[attribute.name] = value
        return found

    def read_numbers(self, tensor: Any) -> Any:
        """Return a constant tensor as an array, of doubles where it holds any kind of float."""
        array = import_module("onnx.numpy_helper").to_array(tensor)
        kind = self.onnx.TensorProto.DataType.Name(tensor.data_type)
        return array.astype("float64") if kind in FLOATS else array

    def read_constant(self, node: Any, attributes: dict[str, Any]) -> Any:
        """Return what a node that makes a constant makes."""
        if list(attributes) == ["value"]:
            return self.read_numbers(attributes["value"])
        ((name, value),) = attributes.items()
        if name in ("value_float", "value_floats", "value_int", "value_ints"):
            return import_module("numpy").asarray(value)
        return refuse(node, f"an MLP has no constant with {name}")

    def begin_layer(self, node: Any, attributes: dict[str, Any]) -> None:
        """Begin a layer with the weights that a node multiplies by."""
        is_transposed = attributes.pop("transB", 0) == 1
        if attributes:
            refuse(node, f"{node.op_type} with {tell(attributes)}")
        x, name, *biases = node.input
        weights: Any = self.constants.get(name)
        if x not in self.formulas or not is_floats(weights) or weights.ndim != 2:
            refuse(node, "an MLP multiplies its numbers by a constant matrix of floats")
        self.end_layer(x)
        rows = (weights if is_transposed else weights.T).tolist()
        if self.layers and len(rows[0]) != len(self.layers[-1][0]):
            refuse(node, "its weights don't fit the layer before")
        self.layers.append((rows, []))
        self.formulas = {node.output[0]: "x"}
        if any(biases) and not self.takes_bias(node.output[0], *biases):
            refuse(node, "its biases aren't constant floats, one for each neuron")

    def takes_bias(self, sums: str, biases: str) -> bool:
        """Take what is added to fresh sums as the biases of their layer; False if it is none."""
        if sums in self.constants:
            sums, biases = biases, sums
        numbers: Any = self.constants.get(biases)
        if not self.layers or self.formulas.get(sums) != "x" or not is_floats(numbers):
            return False
        weights, known = self.layers[-1]
        if known or numbers.shape not in ((len(weights),), (1, len(weights))):
            return False
        known += numbers.ravel().tolist()
        return True

    def write_formula(self, node: Any, kind: str, attributes: dict[str, Any]) -> str:
        """Return what a node makes of the sums of one layer, as a formula."""
        texts = [
            write_constant(self.constants[x]) if x in self.constants else self.formulas.get(x, "")
            for x in node.input
        ]
        if kind in ("Add", "Mul"):
            texts.sort()
        texts += [tell(attributes)] * bool(attributes)
        formula = f"{kind}({', '.join(texts)})"
        if len(formula) > LONGEST_FORMULA:
            refuse(node, f"{shorten_text(formula)} isn't an activation that we have")
        return formula

    def end_layer(self, name: str) -> None:
        """Take a tensor as what the latest layer gives, by an activation that we have."""
        maker, formula = self.makers.get(name), self.formulas.get(name, "")
        activation = FORMULAS.get(formula)
        if activation is None:
            told = f"{formula}, x the sums before it," if formula else "what comes out"
            refuse(maker, f"{told} isn't an activation that we have")
        if self.layers:
            self.activations.append(activation)
        elif activation != "linear":
            refuse(maker, "an MLP has nothing before its first layer")


def refuse(node: Any, complaint: str) -> NoReturn:
    """Raise the error of a node that no MLP has."""
    if node is None:
        raise InputError(complaint)
    name = node.name or next(iter(node.output), "")
    raise InputError(f"node {quote_text(name)} ({node.op_type}): {complaint}")


def is_floats(numbers: Any) -> bool:
    """Tell whether this is a constant of finite floats."""
    return (
        numbers is not None and numbers.dtype == "float64" and all(map(math.isfinite, numbers.flat))
    )


def tell(attributes: dict[str, Any]) -> str:
    """Return attributes as a formula has them."""
    return ", ".join([f"{name}={value}" for name, value in sorted(attributes.items())])


def write_constant(numbers: Any) -> str:
    """Return a constant as a formula has it: a lone number with all digits."""
    if numbers.size != 1:
        return f"constants of shape {numbers.shape}"
    number = numbers.item()
    return ROOTS.get(number) or repr(number)
