"""Activations as nodes of ONNX: an operation of ONNX, or a function that the file brings along.

onnxruntime has few operations in double precision. Its sigmoid is 0 where ours is 1e-20, and its
attributes, such as the slope of a LeakyRelu, are in single precision always. So in double, an
activation is a function: the operation's rule for columns (``compile/arrays/rules.py``),
run on an ``OnnxArray``, whose operators and functions become nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....engine.operation import Operation
from ....nn.networks import ACTIVATIONS
from ...compile.arrays.notation import NoArraysError, compute_columns
from ...compile.programs.operations import NEVER_FAIL
from .nodes import Nodes

ONNX_IN_DOUBLE = {"relu": "Relu", "tanh": "Tanh", "sin": "Sin"}
ONNX_IN_SINGLE = ONNX_IN_DOUBLE | {
    "elu": "Elu", "gelu": "Gelu", "leaky_relu": "LeakyRelu", "sigmoid": "Sigmoid",
    "softplus": "Softplus",
}  # fmt: skip
# The functions of arrays that onnxruntime has in double precision, too.
DIRECT = {
    "abs": "Abs", "ceil": "Ceil", "cos": "Cos", "exp": "Exp", "floor": "Floor", "isnan": "IsNaN",
    "log": "Log", "round": "Round", "sin": "Sin", "sqrt": "Sqrt", "tanh": "Tanh",
}  # fmt: skip


def record_function(operation: Operation, name: str, single: bool) -> Any:
    """Return a function of ONNX that computes an operation, its further inputs as usual."""
    nodes = Nodes(single, ["x", "y"])
    xp = OnnxNamespace(nodes)
    x = OnnxArray(xp, "x")
    try:
        result: OnnxArray = compute_columns(xp, operation, x, *operation.defaults)
    except (AttributeError, TypeError) as error:  # of what an array or the namespace lacks
        raise NoArraysError(
            f"{operation.name} needs more than ONNX has in double precision ({error}): choose one "
            f"of {', '.join(name for name in ACTIVATIONS if name != 'linear')}"
        ) from None
    if operation not in NEVER_FAIL and operation.name not in ACTIVATIONS:
        result = xp.where(xp.isfinite(result) | ~xp.isfinite(x), result, math.nan)
    nodes.add("Identity", [result.name], "y", given=True)
    doc = str(operation.__doc__).partition("\n")[0]
    return nodes.make_function(name, ["x"], "y", doc or operation.name)


Operator = Callable[[Any, Any], "OnnxArray"]


def make_operators(kind: str) -> tuple[Operator, Operator]:
    """Return what an operator does where the tensor is its left input, and where its right."""
    return lambda x, y: x.xp.node(kind, x, y), lambda y, x: y.xp.node(kind, x, y)


class OnnxArray:
    """A tensor of a function that is being written, of numbers or of truth values."""

    __hash__ = None  # type: ignore[assignment]
    dtype = "number"

    def __init__(self, xp: OnnxNamespace, name: str) -> None:
        self.xp = xp
        self.name = name

    __add__, __radd__ = make_operators("Add")
    __sub__, __rsub__ = make_operators("Sub")
    __mul__, __rmul__ = make_operators("Mul")
    __truediv__, __rtruediv__ = make_operators("Div")
    __pow__, __rpow__ = make_operators("Pow")
    __lt__, _ = make_operators("Less")
    __le__, _ = make_operators("LessOrEqual")
    __gt__, _ = make_operators("Greater")
    __ge__, _ = make_operators("GreaterOrEqual")
    __and__, _ = make_operators("And")
    __or__, _ = make_operators("Or")

    def __eq__(self, other: object) -> OnnxArray:  # type: ignore[override]
        return self.xp.node("Equal", self, other)

    def __ne__(self, other: object) -> OnnxArray:  # type: ignore[override]
        return ~(self == other)

    def __neg__(self) -> OnnxArray:
        return self.xp.node("Neg", self)

    def __abs__(self) -> OnnxArray:
        return self.xp.node("Abs", self)

    def __invert__(self) -> OnnxArray:
        return self.xp.node("Not", self)

    def __bool__(self) -> bool:
        raise TypeError("ONNX knows no number while a graph is written: choose with where")


class OnnxNamespace:
    """The array API standard's functions, as far as the activations need them, recording nodes."""

    inf, nan = math.inf, math.nan

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.made: dict[Any, OnnxArray] = {}  # by what makes it: no node stands there twice
        for name, kind in DIRECT.items():
            setattr(self, name, self.make_direct(kind))

    def make_direct(self, kind: str) -> Callable[[Any], OnnxArray]:
        """Return the function of one array that an operation of ONNX is."""
        return lambda x: self.node(kind, x)

    def node(self, kind: str, *inputs: Any) -> OnnxArray:
        """Return what an operation of ONNX gives."""
        names = [self.asarray(x).name for x in inputs]
        key = (kind, *names)
        if key not in self.made:
            self.made[key] = OnnxArray(self, self.nodes.add(kind, names, kind.lower()))
        return self.made[key]

    def asarray(self, x: Any, dtype: Any = None) -> OnnxArray:
        """Return a number as an array."""
        return x if isinstance(x, OnnxArray) else OnnxArray(self, self.nodes.number(x))

    def where(self, condition: OnnxArray, x: Any, y: Any) -> OnnxArray:
        """Return x where a truth value is true, else y."""
        return self.node("Where", condition, x, y)

    def zeros_like(self, x: OnnxArray) -> OnnxArray:
        """Return 0, which stands for as many numbers as it meets."""
        return self.asarray(0.0)

    def ones_like(self, x: OnnxArray) -> OnnxArray:
        """Return 1, which stands for as many numbers as it meets."""
        return self.asarray(1.0)

    def isfinite(self, x: Any) -> OnnxArray:
        """Return whether x is neither infinite nor not-a-number."""
        return self.node("Abs", x) < math.inf

    def log1p(self, x: OnnxArray) -> OnnxArray:
        """Return log(1 + x), exact for small x: the rounding of 1 + x is divided out (W. Kahan)."""
        moved = 1.0 + x
        kept = self.node("Log", moved) * (x / (moved - 1.0))
        return self.where(moved == 1.0, x, self.where(moved == math.inf, moved, kept))

    def expm1(self, x: OnnxArray) -> OnnxArray:
        """Return exp(x) - 1, exact for small x: the rounding of exp is divided out (W. Kahan)."""
        moved = self.node("Exp", x)
        less = moved - 1.0
        kept = less * (x / self.node("Log", moved))
        is_plain = (less == -1.0) | (moved == math.inf)
        return self.where(moved == 1.0, x, self.where(is_plain, less, kept))
