"""ONNX as a namespace of arrays: rules that run on these arrays record the nodes of a graph.

An ``OnnxArray`` is a tensor that only the runtime will know. What operators do to it, or functions
of ``OnnxNamespace``, which are named as those of the array API standard, becomes nodes. An
operation of the table becomes what its rule for columns does (``writing/array_rules.py``); so does
its derivative, which is made of operations.

onnxruntime has but a few functions in double precision. The others are written here in terms of
those, by formulas that lose no digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from ...engine import forward
from ...engine.operation import Lookup, Operation
from ...writing import array_rules
from ...writing.arrays import compute_columns
from .nodes import Nodes

# What onnxruntime computes in double precision, and what it has in single precision beside it.
DIRECT = {
    "abs": "Abs", "ceil": "Ceil", "cos": "Cos", "exp": "Exp", "floor": "Floor", "isnan": "IsNaN",
    "log": "Log", "round": "Round", "sin": "Sin", "sqrt": "Sqrt", "tanh": "Tanh",
}  # fmt: skip
DIRECT_IN_SINGLE = {
    "acos": "Acos", "acosh": "Acosh", "asin": "Asin", "asinh": "Asinh", "atan": "Atan",
    "atanh": "Atanh", "cosh": "Cosh", "sinh": "Sinh", "tan": "Tan",
}  # fmt: skip

# The arc tangent near 0 is x + x³ P(x²) / Q(x²); from S. Moshier's Cephes library, ``atan.c``.
ATAN_OVER = (
    -0.8750608600031904122785, -16.15753718733365076637, -75.00855792314704667340,
    -122.8866684490136173410, -64.85021904942025371773,
)  # fmt: skip
ATAN_UNDER = (
    1.0, 24.85846490142306297962, 165.0270098316988542046, 432.8810604912902668951,
    485.3903996359136964868, 194.5506571482613964425,
)  # fmt: skip
REST_OF_HALF_PI = 6.123233995736765886130e-17  # what the float nearest to π/2 lacks


class OnnxArray:
    """A tensor of a graph that is being written, of numbers or of truth values."""

    __hash__ = None  # type: ignore[assignment]
    dtype = "number"

    def __init__(self, xp: OnnxNamespace, name: str) -> None:
        self.xp = xp
        self.name = name

    def operate(self, operation: Operation, inputs: Sequence[Any]) -> Any:
        """Return an operation of the table on arrays and numbers: it becomes nodes."""
        return self.xp.compute(operation, inputs)

    def __add__(self, other: Any) -> OnnxArray:
        return self.xp.node("Add", self, other)

    def __radd__(self, other: Any) -> OnnxArray:
        return self.xp.node("Add", other, self)

    def __sub__(self, other: Any) -> OnnxArray:
        return self.xp.node("Sub", self, other)

    def __rsub__(self, other: Any) -> OnnxArray:
        return self.xp.node("Sub", other, self)

    def __mul__(self, other: Any) -> OnnxArray:
        return self.xp.node("Mul", self, other)

    def __rmul__(self, other: Any) -> OnnxArray:
        return self.xp.node("Mul", other, self)

    def __truediv__(self, other: Any) -> OnnxArray:
        return self.xp.node("Div", self, other)

    def __rtruediv__(self, other: Any) -> OnnxArray:
        return self.xp.node("Div", other, self)

    def __pow__(self, other: Any) -> OnnxArray:
        return self.xp.node("Pow", self, other)

    def __rpow__(self, other: Any) -> OnnxArray:
        return self.xp.node("Pow", other, self)

    def __mod__(self, other: Any) -> OnnxArray:
        return self.xp.remainder(self, other)

    def __rmod__(self, other: Any) -> OnnxArray:
        return self.xp.remainder(other, self)

    def __floordiv__(self, other: Any) -> OnnxArray:
        return self.xp.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> OnnxArray:
        return self.xp.floor_divide(other, self)

    def __neg__(self) -> OnnxArray:
        return self.xp.node("Neg", self)

    def __pos__(self) -> OnnxArray:
        return self

    def __abs__(self) -> OnnxArray:
        return self.xp.node("Abs", self)

    def __lt__(self, other: Any) -> OnnxArray:
        return self.xp.node("Less", self, other)

    def __le__(self, other: Any) -> OnnxArray:
        return self.xp.node("LessOrEqual", self, other)

    def __gt__(self, other: Any) -> OnnxArray:
        return self.xp.node("Greater", self, other)

    def __ge__(self, other: Any) -> OnnxArray:
        return self.xp.node("GreaterOrEqual", self, other)

    def __eq__(self, other: object) -> OnnxArray:  # type: ignore[override]
        return self.xp.node("Equal", self, other)

    def __ne__(self, other: object) -> OnnxArray:  # type: ignore[override]
        return ~(self == other)

    def __and__(self, other: OnnxArray) -> OnnxArray:
        return self.xp.node("And", self, other)

    def __or__(self, other: OnnxArray) -> OnnxArray:
        return self.xp.node("Or", self, other)

    def __invert__(self) -> OnnxArray:
        return self.xp.node("Not", self)

    def __bool__(self) -> bool:
        raise TypeError("ONNX knows no number while a graph is written: choose with where")


class OnnxNamespace:
    """The array API standard's functions, as far as our rules need them, recording nodes."""

    inf, nan = math.inf, math.nan

    def __init__(self, nodes: Nodes, prefix: str = "") -> None:
        self.nodes = nodes
        self.prefix = prefix
        self.made: dict[Any, OnnxArray] = {}  # by what makes it: no node stands there twice
        direct = DIRECT | (DIRECT_IN_SINGLE if nodes.single else {})
        for name, kind in direct.items():
            setattr(self, name, self.make_direct(kind))

    def make_direct(self, kind: str) -> Callable[[Any], OnnxArray]:
        """Return the function of one array that an operation of ONNX is."""
        return lambda x: self.node(kind, x)

    def node(self, kind: str, *inputs: Any, **attributes: Any) -> OnnxArray:
        """Return what an operation of ONNX gives."""
        names = [self.asarray(x).name for x in inputs]
        key = (kind, *names, *attributes.items())
        if key not in self.made:
            name = self.prefix + kind.lower()
            self.made[key] = OnnxArray(self, self.nodes.add(kind, names, name, **attributes))
        return self.made[key]

    def compute(self, operation: Operation, inputs: Sequence[Any]) -> Any:
        """Return what an operation of the table gives, of arrays and numbers."""
        if not any(isinstance(x, OnnxArray) for x in inputs):
            return operation.apply(inputs)
        if isinstance(operation, Lookup):
            return self.choose(*inputs)
        return compute_columns(self, operation, *inputs)

    def choose(self, index: Any, *values: Any) -> Any:
        """Return the value at an index; not-a-number where there is none."""
        if not isinstance(index, OnnxArray):
            return values[forward.place(index, len(values))]
        place = array_rules.place(self, index, len(values))
        return self.where(place == place, array_rules.choose(self, place, *values), math.nan)

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

    def maximum(self, x: Any, y: Any) -> OnnxArray:
        """Return the larger number; not-a-number if one is, which not all runtimes' Max gives."""
        x = self.asarray(x)
        return self.where((x > y) | self.node("IsNaN", x), x, y)

    def minimum(self, x: Any, y: Any) -> OnnxArray:
        """Return the smaller number; not-a-number if one is."""
        x = self.asarray(x)
        return self.where((x < y) | self.node("IsNaN", x), x, y)

    def remainder(self, x: Any, y: Any) -> OnnxArray:
        """Return x - y floor(x / y), of the sign of y, as Python's %."""
        rest = self.node("Mod", x, y, fmod=1)
        is_other = (rest != 0.0) & self.node("Xor", rest < 0.0, self.asarray(y) < 0.0)
        return self.where(is_other, rest + y, rest)

    def floor_divide(self, x: Any, y: Any) -> OnnxArray:
        """Return x / y rounded down, as Python's //."""
        whole = (x - self.remainder(x, y)) / y  # but for its rounding
        floor = self.node("Floor", whole)
        return self.where(whole - floor > 0.5, floor + 1.0, floor)

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

    def log2(self, x: OnnxArray) -> OnnxArray:
        """Return the logarithm to base 2."""
        return self.node("Log", x) / math.log(2.0)

    def log10(self, x: OnnxArray) -> OnnxArray:
        """Return the logarithm to base 10."""
        return self.node("Log", x) / math.log(10.0)

    def sign_like(self, x: OnnxArray, size: OnnxArray) -> OnnxArray:
        """Return a number of this size with the sign of x."""
        return self.where(x < 0.0, -size, size)

    def sinh(self, x: OnnxArray) -> OnnxArray:
        """Return the hyperbolic sine."""
        size = abs(x)
        small, root = self.expm1(size), self.node("Exp", 0.5 * size)
        near = 0.5 * (small + small / (small + 1.0))
        return self.sign_like(x, self.where(size < 30.0, near, 0.5 * root * root))

    def cosh(self, x: OnnxArray) -> OnnxArray:
        """Return the hyperbolic cosine, whose half exponential is no square that overflows."""
        root = self.node("Exp", 0.5 * abs(x))
        return 0.5 * root * root + 0.5 / (root * root)

    def asinh(self, x: OnnxArray) -> OnnxArray:
        """Return the number whose hyperbolic sine is x."""
        size = abs(x)
        square = size * size
        near = self.log1p(size + square / (1.0 + self.node("Sqrt", 1.0 + square)))
        far = self.node("Log", size) + math.log(2.0)
        return self.sign_like(x, self.where(size < 1e9, near, far))

    def acosh(self, x: OnnxArray) -> OnnxArray:
        """Return the number from 0 up whose hyperbolic cosine is x."""
        rest = x - 1.0
        near = self.log1p(rest + self.node("Sqrt", rest) * self.node("Sqrt", x + 1.0))
        return self.where(x < 1e9, near, self.node("Log", x) + math.log(2.0))

    def atanh(self, x: OnnxArray) -> OnnxArray:
        """Return the number whose hyperbolic tangent is x."""
        size = abs(x)
        return self.sign_like(x, 0.5 * self.log1p(2.0 * size / (1.0 - size)))

    def tan(self, x: OnnxArray) -> OnnxArray:
        """Return the tangent."""
        return self.node("Sin", x) / self.node("Cos", x)

    def atan(self, x: OnnxArray) -> OnnxArray:
        """Return the angle whose tangent is x: near 0 by a quotient, elsewhere by an identity."""
        size = abs(x)
        is_far, is_near = size > 1.0 + math.sqrt(2.0), size <= 0.66
        moved = self.where(is_near, size, (size - 1.0) / (size + 1.0))
        moved = self.where(is_far, -1.0 / size, moved)
        base = self.where(is_near, 0.0, self.where(is_far, math.pi / 2, math.pi / 4))
        rest = self.where(is_near, 0.0, self.where(is_far, 1.0, 0.5)) * REST_OF_HALF_PI
        square = moved * moved
        over, under = [
            reduce(lambda sum, c: sum * square + c, these) for these in (ATAN_OVER, ATAN_UNDER)
        ]
        return self.sign_like(x, base + (moved * (square * (over / under)) + moved + rest))

    def asin(self, x: OnnxArray) -> OnnxArray:
        """Return the angle whose sine is x."""
        return self.atan(x / self.node("Sqrt", (1.0 - x) * (1.0 + x)))

    def acos(self, x: OnnxArray) -> OnnxArray:
        """Return the angle whose cosine is x."""
        return 2.0 * self.atan(self.node("Sqrt", (1.0 - x) / (1.0 + x)))

    def hypot(self, x: OnnxArray, y: OnnxArray) -> OnnxArray:
        """Return the length of the vector (x, y), without a square that overflows."""
        first, second = abs(x), abs(y)
        large, small = self.maximum(first, second), self.minimum(first, second)
        ratio = self.where((large == 0.0) | (large == math.inf), 0.0, small / large)
        return large * self.node("Sqrt", 1.0 + ratio * ratio)

    def atan2(self, y: OnnxArray, x: OnnxArray) -> OnnxArray:
        """Return the angle of the point (x, y), from -π to π."""
        is_steep = abs(y) > abs(x)
        over, under = self.where(is_steep, x, y), self.where(is_steep, y, x)
        ratio = self.where(over == 0.0, 0.0, over / under)
        angle = self.atan(ratio)
        is_down = y < 0.0
        steep = self.where(is_down, -math.pi / 2, math.pi / 2) - angle
        turn = self.where(is_down, -math.pi, math.pi)
        return self.where(is_steep, steep, self.where(x < 0.0, angle + turn, angle))
