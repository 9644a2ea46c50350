"""``from_onnx``: a network from an ONNX file, its numbers bit for bit, if it is an MLP.

What stands between two layers is read as a formula of x, their sums, and looked up among the
formulas that are activations: ``Mul(Sigmoid(x), x)`` is a silu, whoever wrote it so.
"""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NoReturn

from ...engine.operation import Operation
from ...engine.table import OPERATIONS
from ...files import explain_error
from ...nn import MLP
from ...text import InputError, quote_text, shorten_text, show_line, show_path
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
OLDEST_OPSET = 7
SAME = ("Identity", "Dropout", "Flatten", "Reshape", "Cast")  # which may change no number


@dataclass
class LayerRead:
    """The weights of a layer, a list for each neuron, its biases, and its activation."""

    weights: list[list[float]]
    biases: list[float] = field(default_factory=list)
    activation: str | Operation = "linear"


@dataclass
class KnownTensor:
    """What is known of a tensor: a formula of the latest sums, or the numbers of a constant.

    ``stage`` counts the sums: there are new ones at each layer, and with their biases again.
    """

    node: Any  # which made it, if any did
    stage: int = 0
    formula: str = "x"
    numbers: Any = None


ABSENT = KnownTensor(None, stage=-1, formula="")  # for an input that a node does without


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
        raise InputError(f"{shown} is no usable ONNX file: {show_line(str(error))}") from None
    try:
        require_opset(model)
        layers = GraphReader(onnx, model.graph).read()
    except InputError as error:
        raise InputError(f"{shown} is no MLP: {error}") from None
    return build_mlp(
        [(layer.weights, layer.biases) for layer in layers],
        [layer.activation for layer in layers],
    )


def require_opset(model: Any) -> None:
    """Refuse an old file, in which a Dropout drops numbers unless told otherwise."""
    for opset in model.opset_import:
        if opset.domain in ("", "ai.onnx") and opset.version < OLDEST_OPSET:
            raise InputError(
                f"its opset is {opset.version}: export it with {OLDEST_OPSET} or later"
            )


class GraphReader:
    """Reads the layers of a graph, node by node."""

    def __init__(self, onnx: Any, graph: Any) -> None:
        self.onnx = onnx
        self.graph = graph
        self.layers: list[LayerRead] = []
        self.stage = 0
        self.kind = 0  # of the numbers that come in
        self.tensors: dict[str, KnownTensor] = {}

    def read(self) -> list[LayerRead]:
        """Return the layers; what an MLP can't have is an InputError."""
        for constant in self.graph.initializer:
            self.tensors[constant.name] = KnownTensor(None, numbers=self.read_numbers(constant))
        given = [x for x in self.graph.input if x.name not in self.tensors]
        inputs = [x.name for x in given]
        outputs = [x.name for x in self.graph.output]
        for what, names in (("input", inputs), ("output", outputs)):
            if len(names) != 1:
                listed = ", ".join(map(quote_text, names))
                raise InputError(
                    f"it has {len(names)} {what}s ({shorten_text(listed)}), and an MLP has one; "
                    "of a table's model, load the JSON file that it was exported from"
                )
        self.tensors[inputs[0]] = KnownTensor(None)
        self.kind = given[0].type.tensor_type.elem_type
        for node in self.graph.node:
            self.read_node(node)
        if not self.layers:
            raise InputError("it has no Gemm and no MatMul, and an MLP needs one at least")
        self.end_layer(self.tensors.get(outputs[0], ABSENT))
        return self.layers

    def read_node(self, node: Any) -> None:
        """Take one node into account."""
        for name in node.input:
            if name and name not in self.tensors:
                refuse(node, f"it takes {quote_text(name)}, which an MLP has not")
        given = [self.tensors[name] if name else ABSENT for name in node.input]
        attributes = self.read_attributes(node)
        is_own = node.domain in ("", "ai.onnx")
        kind = node.op_type if is_own else f"{node.domain}.{node.op_type}"
        if kind == "Constant":
            made = KnownTensor(node, numbers=self.read_constant(node, attributes))
        elif kind in ("Gemm", "MatMul"):
            made = self.begin_layer(node, given, attributes)
        elif kind in SAME and self.changes_nothing(kind, given, attributes):
            made = given[0]
        elif kind == "Add" and self.takes_bias(given):
            self.stage += 1
            made = KnownTensor(node, self.stage)
        else:
            made = self.write_formula(node, kind, given, attributes)
        self.tensors[node.output[0]] = made

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

    def begin_layer(
        self, node: Any, given: list[KnownTensor], attributes: dict[str, Any]
    ) -> KnownTensor:
        """Begin a layer with the weights that a node multiplies by."""
        is_transposed = attributes.pop("transB", 0) == 1
        if attributes:
            refuse(node, f"{node.op_type} with {tell(attributes)}")
        x, weights = given[0], given[1].numbers
        if x.numbers is not None or not is_floats(weights) or weights.ndim != 2:
            refuse(node, "an MLP multiplies its numbers by a constant matrix of floats")
        self.end_layer(x)
        layer = LayerRead((weights if is_transposed else weights.T).tolist())
        if self.layers and len(layer.weights[0]) != len(self.layers[-1].weights):
            refuse(node, "its weights don't fit the layer before")
        self.layers.append(layer)
        self.stage += 1
        sums = KnownTensor(node, self.stage)
        if len(given) > 2 and given[2] is not ABSENT and not self.takes_bias([sums, given[2]]):
            refuse(node, "its biases aren't constant floats, one for each neuron")
        return sums

    def takes_bias(self, given: list[KnownTensor]) -> bool:
        """Take what is added to fresh sums as the biases of their layer; False if it is none."""
        sums, biases = given if given[0].numbers is None else given[::-1]
        if not self.layers or (sums.stage, sums.formula) != (self.stage, "x"):
            return False
        layer, count = self.layers[-1], len(self.layers[-1].weights)
        if layer.biases or not is_floats(biases.numbers):
            return False
        if biases.numbers.shape not in ((count,), (1, count)):
            return False
        layer.biases = biases.numbers.ravel().tolist()
        return True

    def changes_nothing(
        self, kind: str, given: list[KnownTensor], attributes: dict[str, Any]
    ) -> bool:
        """Tell whether a node gives the very numbers that it takes: no training, no other shape."""
        if kind == "Dropout":
            return len(given) < 3 or given[2] is ABSENT or is_off(given[2].numbers)
        if kind in ("Flatten", "Reshape") and given[0].numbers is not None:
            return False
        if kind == "Flatten":
            return bool(attributes.get("axis", 1) == 1)
        if kind == "Reshape":  # to rows of as many numbers as there are
            count = len(self.layers[-1].weights) if self.layers else 0
            return given[1].numbers is not None and bool(given[1].numbers.tolist() == [-1, count])
        kept = {self.onnx.TensorProto.DOUBLE, *[self.kind] * (self.stage == 0)}
        return kind == "Identity" or attributes.get("to") in kept

    def write_formula(
        self, node: Any, kind: str, given: list[KnownTensor], attributes: dict[str, Any]
    ) -> KnownTensor:
        """Return what a node makes of the sums of one layer, as a formula."""
        if {x.stage for x in given if x.numbers is None} != {self.stage}:
            refuse(node, "it takes more or else than the sums before it, and an MLP skips none")
        texts = [x.formula if x.numbers is None else write_constant(x.numbers) for x in given]
        if kind in ("Add", "Mul"):
            texts.sort()
        texts += [tell(attributes)] * bool(attributes)
        formula = f"{kind}({', '.join(texts)})"
        if len(formula) > LONGEST_FORMULA:
            refuse(node, f"{shorten_text(formula)} is no activation that we have")
        return KnownTensor(node, self.stage, formula)

    def end_layer(self, tensor: KnownTensor) -> None:
        """Take a tensor as what the latest layer gives, by an activation that we have."""
        activation = FORMULAS.get(tensor.formula)
        if tensor.numbers is not None or activation is None:
            told = (
                f"{tensor.formula}, x the sums before it," if tensor.formula else "what comes out"
            )
            refuse(tensor.node, f"{told} is no activation that we have")
        if tensor.stage != self.stage:
            refuse(tensor.node, "it is used behind a later layer, and an MLP skips none")
        if self.layers:
            self.layers[-1].activation = activation
        elif activation != "linear":
            refuse(tensor.node, "an MLP has nothing before its first layer")


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


def is_off(flag: Any) -> bool:
    """Tell whether this is a constant that says no."""
    return flag is not None and not flag.any()


def tell(attributes: dict[str, Any]) -> str:
    """Return attributes as a formula has them."""
    return ", ".join([f"{name}={value}" for name, value in sorted(attributes.items())])


def write_constant(numbers: Any) -> str:
    """Return a constant as a formula has it: a lone number with all digits."""
    if numbers.size != 1:
        return f"constants of shape {numbers.shape}"
    number = numbers.item()
    return ROOTS.get(number) or repr(number)
