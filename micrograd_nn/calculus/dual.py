"""Forward mode: numbers that carry their derivative along, on the same table of operations.

A dual number is x + ε x′ with ε² = 0, so f(x + ε x′) = f(x) + ε f′(x) x′: computing with duals
computes the derivative beside the value, in one pass and with no graph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count
from typing import Any

from ..engine.operation import ARITHMETIC, Operation
from ..engine.operators import COMPARISONS, MIRRORED, Operand
from ..engine.refusals import as_float
from ..engine.value import Constant

new_level = count(1).__next__


class Dual(Operand):
    """A number ``primal`` with its derivative ``tangent`` along one direction.

    >>> x = Dual(3.0, 1.0, level=new_level())
    >>> y = x * x
    >>> y.primal, y.tangent
    (9.0, 6.0)

    Both may be Values or duals of a lower level themselves: nested derivatives have a level each,
    and don't take one another's ε for their own.
    """

    __slots__ = ("level", "primal", "tangent")

    def __init__(self, primal: Any, tangent: Any, level: int) -> None:
        self.primal = primal
        self.tangent = tangent
        self.level = level

    @property
    def data(self) -> float:
        """The number itself, for comparisons and formats."""
        return self.primal.data if isinstance(self.primal, Operand) else self.primal

    @property
    def number(self) -> float:
        """The number itself, for messages; ``data`` refuses it while a function is compiled."""
        number: float = getattr(self.primal, "number", self.primal)
        return number

    def stands_for_a_number(self) -> bool:
        """Say yes: a dual is made of one, and lives no longer than the derivative."""
        return True

    @staticmethod
    def operate(operation: Operation, inputs: Sequence[Any]) -> Dual:
        """Apply an operation: the tangent is the sum of partial × tangent over the inputs.

        >>> from micrograd_nn import mul
        >>> Dual.operate(mul, (Dual(3.0, 1.0, 1), 2.0)).tangent
        2.0
        """
        level = max(x.level for x in inputs if isinstance(x, Dual))
        moving = [isinstance(x, Dual) and x.level == level for x in inputs]
        primals = [
            x.primal if moves else x
            for x, moves in zip(unwrap_constants(inputs, operation.name), moving, strict=True)
        ]
        out = operation.apply(primals)
        try:
            partials = operation.local_partials(out, primals, moving)
        except ARITHMETIC as error:
            operation.fail(error, primals, derivative=True)
        tangent: Any = 0.0
        for x, partial, moves in zip(inputs, partials, moving, strict=True):
            if moves:
                if is_number(partial):  # a rule of one's own may give anything
                    partial = operation.require_result(partial, "derivative")
                tangent = plus(tangent, times(x.tangent, partial))
        return Dual(out, tangent, level)

    def compared(self, how: str, other: Any) -> bool:
        """Compare the numbers, as whatever carries the derivative along does it."""
        other = other.primal if isinstance(other, Dual) else other
        if isinstance(self.primal, Operand):
            return bool(COMPARISONS[how](self.primal, other))
        if isinstance(other, Operand):
            return other.compared(how.translate(MIRRORED), self.primal)
        as_float(other, "a comparison")  # or a refusal; Python compares a large int exactly
        return bool(COMPARISONS[how](self.primal, other))

    def detach(self) -> Any:
        """Return the number as one that doesn't move.

        >>> Dual(3.0, 1.0, 1).detach()
        3.0
        """
        return self.primal if is_number(self.primal) else self.primal.detach()

    def __repr__(self) -> str:
        return f"Dual({self.primal!r}, {self.tangent!r}, level={self.level})"


def times(x: Any, y: Any) -> Any:
    """Return x * y, without an operation for a bare 0 or 1.

    A 0 beside an infinity or not-a-number makes not-a-number, as it does where both are numbers:

    >>> from micrograd_nn import Value
    >>> times(0.0, Value(3.0)), times(0.0, Value(math.inf)).data
    (0.0, nan)
    """
    if is_number(x) and is_number(y):
        return x * y
    for number, other in ((x, y), (y, x)):
        if is_number(number):
            if number == 0.0 and math.isfinite(getattr(other, "number", 0.0)):
                return 0.0
            if number == 1.0:
                return other
            if number == -1.0:
                return -other
    return x * y


def plus(x: Any, y: Any) -> Any:
    """Return x + y, without an operation for a bare 0."""
    if is_number(x) and is_number(y):
        return x + y
    if is_number(x) and x == 0.0:
        return y
    if is_number(y) and y == 0.0:
        return x
    return x + y


def is_number(x: Any) -> bool:
    """Tell whether this is a bare number, in no graph and of no level."""
    return not isinstance(x, Operand)


def unwrap_constants(inputs: Sequence[Any], where: str) -> list[Any]:
    """Return inputs with constants and numbers as floats, as they enter the rules of derivatives.

    >>> unwrap_constants([Constant(2.0), 3], "add")
    [2.0, 3.0]
    """
    return [
        as_float(x, where) if is_number(x) else x.number if isinstance(x, Constant) else x
        for x in inputs
    ]
