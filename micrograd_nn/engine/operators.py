"""The operators and everyday methods of whatever the table's operations apply to.

Each calls ``combine`` or ``operate``, by which a class says what operating means: those of a Value
are ``record_operator`` and ``record`` of ``value.py``.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from numbers import Real
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .._ground.habits import UFUNC_OPERATORS, UFUNCS, unwrap_number
from . import table as op
from .operation import Operation
from .refusals import REMEDIES, as_float
from .setting import setting

T = TypeVar("T", bound="Operand")

PLAIN = {float, int}  # kinds of numbers that are known at once
MIRRORED = str.maketrans("<>", "><")  # x < y as y sees it: y > x
COMPARISONS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq,  # of the numbers in a function that is compiled; else == is identity
}  # fmt: skip
MIRRORED_METHODS = {"<": "__gt__", "<=": "__ge__", ">": "__lt__", ">=": "__le__"}


class Operand:
    """Arithmetic, functions and comparisons: for a class with ``operate``, ``compared``, ``data``.

    >>> from micrograd_nn import Value
    >>> (2 - Value(3.0) ** 2).data
    -7.0

    What would lose the gradient silently is an error:

    >>> float(Value(3.0))
    Traceback (most recent call last):
    TypeError: float(v), round(v), math.exp(v) and the like would lose the gradient: \
micrograd_nn.exp(v) and its like keep it; v.data is the number
    """

    __slots__ = ()
    if TYPE_CHECKING:

        @property
        def data(self) -> float:
            """The number itself."""

        def compared(self, how: str, other: Any) -> bool:
            """Return how the number compares with another, or with that of an operand."""

    @staticmethod
    def operate(operation: Operation, inputs: Sequence[Any]) -> Any:
        """Apply an operation to inputs of which at least one is of this class."""
        raise NotImplementedError(f"a class of operands says how {operation.name} applies to it")

    @staticmethod
    def combine(operation: Operation, x: Any, y: Any) -> Any:
        """Apply an operator as its first operand applies it, or leave it to the other's class.

        A Value has ``record_operator`` in the place of this, and comes here for what isn't plain.
        """
        operand, other = (x, y) if isinstance(x, Operand) else (y, x)
        if knows_method(other, f"__r{operation.name}__"):
            return NotImplemented
        return operand.operate(operation, (x, y))

    # Each operation is a row of the table; these are their everyday spellings.

    def __add__(self: T, other: T | float) -> T:
        return self.combine(op.add, self, other)

    def __radd__(self: T, other: float) -> T:
        if type(other) is int and other == 0:  # where Python's sum() starts
            return self
        return self.combine(op.add, other, self)

    def __sub__(self: T, other: T | float) -> T:
        return self.combine(op.sub, self, other)

    def __rsub__(self: T, other: float) -> T:
        return self.combine(op.sub, other, self)

    def __mul__(self: T, other: T | float) -> T:
        return self.combine(op.mul, self, other)

    def __rmul__(self: T, other: float) -> T:
        return self.combine(op.mul, other, self)

    def __truediv__(self: T, other: T | float) -> T:
        return self.combine(op.truediv, self, other)

    def __rtruediv__(self: T, other: float) -> T:
        return self.combine(op.truediv, other, self)

    def __mod__(self: T, other: T | float) -> T:
        return self.combine(op.mod, self, other)

    def __rmod__(self: T, other: float) -> T:
        return self.combine(op.mod, other, self)

    def __floordiv__(self: T, other: T | float) -> T:
        return self.combine(op.floordiv, self, other)

    def __rfloordiv__(self: T, other: float) -> T:
        return self.combine(op.floordiv, other, self)

    def __pow__(self: T, other: T | float) -> T:
        return self.combine(op.pow, self, other)

    def __rpow__(self: T, other: float) -> T:
        return self.combine(op.pow, other, self)

    def __neg__(self: T) -> T:
        return self.operate(op.neg, (self,))

    def __pos__(self: T) -> T:
        return self

    def __abs__(self: T) -> T:
        return self.operate(op.abs, (self,))

    def exp(self: T) -> T:
        """Return ``exp(self)``."""
        return self.operate(op.exp, (self,))

    def log(self: T) -> T:
        """Return the natural logarithm; a ValueError unless positive."""
        return self.operate(op.log, (self,))

    def sqrt(self: T) -> T:
        """Return the square root; a ValueError if negative."""
        return self.operate(op.sqrt, (self,))

    def sin(self: T) -> T:
        """Return the sine of this angle in radians."""
        return self.operate(op.sin, (self,))

    def cos(self: T) -> T:
        """Return the cosine of this angle in radians."""
        return self.operate(op.cos, (self,))

    def tanh(self: T) -> T:
        """Return the hyperbolic tangent."""
        return self.operate(op.tanh, (self,))

    def sigmoid(self: T) -> T:
        """Return ``1 / (1 + exp(-self))``."""
        return self.operate(op.sigmoid, (self,))

    def relu(self: T) -> T:
        """Return this where it is positive, else 0."""
        return self.operate(op.relu, (self,))

    # Comparisons are of the numbers; == stays identity, so that a Value can be a key. With a number
    # it would never be true, nor within a derivative, where a Value stands for a number.

    def __eq__(self, other: object) -> bool:
        is_other = isinstance(other, Operand) and self is not other
        if isinstance(other, Real) or (is_other and self.stands_for_a_number()):
            raise TypeError(
                f"a Value is a node, equal to itself alone and never to {other!r}: compare its "
                f"number, v.data == 2.0"
            )
        return NotImplemented

    __hash__ = object.__hash__

    def stands_for_a_number(self) -> bool:
        """Tell whether a function that is differentiated takes this for a number."""
        return setting.get().began is not None

    def __lt__(self, other: Operand | float) -> bool:
        return self.compare("<", other)

    def __le__(self, other: Operand | float) -> bool:
        return self.compare("<=", other)

    def __gt__(self, other: Operand | float) -> bool:
        return self.compare(">", other)

    def __ge__(self, other: Operand | float) -> bool:
        return self.compare(">=", other)

    def compare(self, how: str, other: Operand | float) -> bool:
        """Return how this compares, or leave it to the class of the other operand."""
        if knows_method(other, MIRRORED_METHODS[how]):
            return NotImplemented
        return self.compared(how, other)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self!r} is neither true nor false: compare its number, v.data != 0")

    def __float__(self, *digits: Any) -> NoReturn:
        raise TypeError(
            "float(v), round(v), math.exp(v) and the like would lose the gradient: "
            "micrograd_nn.exp(v) and its like keep it; v.data is the number"
        )

    def __index__(self) -> NoReturn:
        raise TypeError(
            "a Value can't be an index or a count, which have no gradient: "
            "int(v.data) is the whole number"
        )

    __int__ = __complex__ = __round__ = __float__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        """Compute np.float64(2) * v as 2.0 * v, and refuse NumPy's functions, as np.exp(v)."""
        name = ufunc.__name__
        if name not in UFUNC_OPERATORS or method != "__call__" or named:
            row = UFUNCS.get(name, name)
            counterpart = f"micrograd_nn.{row}(v) keeps it; " if row in op.OPERATIONS else ""
            raise TypeError(
                f"numpy.{name} would lose the gradient: {counterpart}v.data is the number"
            )
        apply = UFUNC_OPERATORS[name]
        where = apply.__name__ if apply.__name__ in op.OPERATIONS else "a comparison"
        items = map(unwrap_number, inputs)
        return apply(*[x if isinstance(x, Operand) else as_float(x, where) for x in items])

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)


def knows_method(other: object, method: str) -> bool:
    """Tell whether another class has a method such as ``__rmul__``, which Python asks next.

    Numbers, lists and arrays have some as well, and know nothing of a Value: what is told of them
    here says more than what they would say.
    """
    kind = type(other)
    if kind in PLAIN or isinstance(other, (Operand, Real)) or kind.__name__ in REMEDIES:
        return False
    return isinstance(getattr(kind, method, None), FunctionType)
