"""Activations as nodes of ONNX: an operation of ONNX, or a function that the file brings along.

onnxruntime has few operations in double precision. Its sigmoid is 0 where ours is 1e-20, and its
attributes, such as the slope of a LeakyRelu, are in single precision always. So in double, an
activation is a function: the operation's rule for arrays, recorded.
"""

from __future__ import annotations

import math
from typing import Any

from ...engine.operation import Operation
from ...nn import ACTIVATIONS
from ...programs.operations import NEVER_FAIL
from .arrays import OnnxArray, OnnxNamespace
from .nodes import DOMAIN, Nodes

ONNX_IN_DOUBLE = {"relu": "Relu", "tanh": "Tanh", "sin": "Sin"}
ONNX_IN_SINGLE = ONNX_IN_DOUBLE | {
    "elu": "Elu", "gelu": "Gelu", "leaky_relu": "LeakyRelu", "sigmoid": "Sigmoid", "silu": "Swish",
    "softplus": "Softplus",
}  # fmt: skip


class Activations:
    """The activations of a file, and the functions that they need."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.standard = ONNX_IN_SINGLE if nodes.single else ONNX_IN_DOUBLE
        self.of_file: dict[Operation, Any] = {}

    @property
    def functions(self) -> list[Any]:
        """The functions that stand in the file beside the graph."""
        return list(self.of_file.values())

    def add(self, operation: Operation, x: str, prefix: str, output: str = "") -> str:
        """Add an activation of a tensor, and return what it gives, maybe by a given name."""
        name, given = output or prefix + operation.name, bool(output)
        if operation.name in self.standard and operation.is_row:
            return self.nodes.add(self.standard[operation.name], [x], name, given=given)
        if operation not in self.of_file:
            # A row's name stands for the row: whoever reads the file knows it by that.
            called = operation.name if operation.is_row else f"own{len(self.of_file)}"
            self.of_file[operation] = record_function(operation, called, self.nodes.single)
        return self.nodes.add(self.of_file[operation].name, [x], name, DOMAIN, given=given)


def record_function(operation: Operation, name: str, single: bool) -> Any:
    """Return a function of ONNX that computes an operation, its further inputs as usual."""
    nodes = Nodes(single, ["x", "y"])
    xp = OnnxNamespace(nodes)
    x = OnnxArray(xp, "x")
    result = xp.compute(operation, [x, *operation.defaults])
    if operation not in NEVER_FAIL and operation.name not in ACTIVATIONS:
        result = xp.where(xp.isfinite(result) | ~xp.isfinite(x), result, math.nan)
    nodes.add("Identity", [result.name], "y", given=True)
    doc = str(operation.__doc__).partition("\n")[0]
    return nodes.make_function(name, ["x"], "y", doc or operation.name)
