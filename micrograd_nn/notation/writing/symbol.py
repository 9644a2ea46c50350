"""Symbols: operations on names instead of numbers, which is how a rule becomes source text.

A row's derivative rules run on symbols as they run on floats and on Values; what comes out is an
expression that can be printed. Simplifications are those that change no result in floating point.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..._ground.callers import is_own_code
from ...engine import table as op
from ...engine.operation import ARITHMETIC, Operation, Reduction
from ...engine.operators import Operand
from ...engine.refusals import as_float


class Symbol(Operand):
    """One expression of a program: a leaf, or an operation on symbols and numbers."""

    __slots__ = ("inputs", "operation", "symbols")

    def __init__(
        self, symbols: Symbols, operation: Operation | None, inputs: Sequence[Any]
    ) -> None:
        self.symbols = symbols
        self.operation = operation
        self.inputs = inputs

    @property
    def data(self) -> float:
        """No number, since a symbol stands for any: a TypeError."""
        raise TypeError("a rule of derivatives can't look at numbers: use step, sign or equal")

    @staticmethod
    def operate(operation: Operation, inputs: Sequence[Any]) -> Any:
        """Apply an operation to inputs of which at least one is a symbol."""
        first: Symbol = next(x for x in inputs if type(x) is Symbol)
        return first.symbols.apply(operation, inputs)

    def __eq__(self, other: object) -> bool:
        if other is None or self.symbols.is_general:
            return self is other
        return self.symbols.decide("==", self, other)

    def __hash__(self) -> int:
        if self.symbols.is_of_a_rule and not is_own_code(sys._getframe(1)):
            self.symbols.decide("in", self, None)  # the rule's look-up would find no number
        return object.__hash__(self)

    def compared(self, how: str, other: Any) -> bool:
        """Return how a comparison is decided."""
        return self.symbols.decide(how, self, other)

    def __repr__(self) -> str:
        return "Symbol(leaf)" if self.operation is None else f"Symbol({self.operation.name})"


class Symbols:
    """The expressions of one program, inputs before results, each once.

    >>> symbols = Symbols()
    >>> x = symbols.leaf()
    >>> x * x is x * x, 1.0 * x is x
    (True, True)

    With ``zeros`` every zero is kept, since its sign counts. ``is_general`` ones equal no number,
    as most numbers don't: what comes out is to be checked.
    """

    is_of_a_rule = False  # which somebody wrote, and may look numbers up in it

    def __init__(self, zeros: bool = False, is_general: bool = False) -> None:
        self.is_general = is_general
        self.keep_zeros = zeros
        self.known: dict[Any, Symbol] = {}
        self.rules: dict[tuple[Operation, int], Operation] = {}

    def leaf(self) -> Symbol:
        """Return a new symbol, which stands for a number given from outside."""
        return Symbol(self, None, ())

    def decide(self, how: str, x: Symbol, y: object) -> bool:
        """Return the outcome of a comparison; here there is none, since a symbol has no number."""
        raise TypeError("a rule of derivatives can't look at numbers: use step, sign or equal")

    def find_rule(self, operation: Operation, i: int) -> Operation:
        """Return the rule of a derivative by the input ``i`` as an operation, always the same."""
        if (operation, i) not in self.rules:
            rule: Callable[..., Any] = (
                (lambda out, *inputs: operation.local_partials(out, inputs)[i])
                if isinstance(operation, Reduction)
                else operation.partials[i]
            )
            self.rules[operation, i] = Operation(f"{operation.name}_by_{i}", rule, [], inputs=())
        return self.rules[operation, i]

    def count_uses(self, wanted: Iterable[Any]) -> dict[Symbol, int]:
        """Return how often each symbol is used by what is wanted, and on the way to that."""
        uses: dict[Symbol, int] = {}

        def count(used: Iterable[Any]) -> None:
            for x in used:
                if isinstance(x, Symbol):
                    uses[x] = uses.get(x, 0) + 1

        count(wanted)
        for symbol in reversed(self.known.values()):  # results before inputs
            if symbol in uses:
                count(symbol.inputs)
        return uses

    def apply(self, operation: Operation, inputs: Sequence[Any], zeros: bool = True) -> Any:
        """Return the expression of an operation in its simplest form, a float if it has one.

        Zeros are left out of sums and products where the sign of a zero doesn't matter: in
        gradients, which are added to 0.0 in the end.
        """
        given = [x if type(x) is Symbol else as_float(x, operation.name) for x in inputs]
        if Symbol not in map(type, given):
            try:
                return operation.forward(*given)
            except ARITHMETIC as error:
                operation.fail(error, given)
        zeros = zeros and not self.keep_zeros
        if operation in SIMPLER:
            for form in (given, given[::-1]) if operation in (op.add, op.mul) else (given,):
                simple = SIMPLER[operation](form[0], form[-1], zeros)
                if simple is not None:
                    return simple
        # As keys, 0.0 and -0.0 would be equal.
        key = (operation, *[id(x) if type(x) is Symbol else repr(x) for x in given])
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = Symbol(self, operation, given)
        return found


# What is simpler, for a first and a last input; None if nothing is.


def is_exactly(x: Any, number: float) -> bool:
    """Tell whether this is that very number, not a symbol."""
    return type(x) is float and x == number


SIMPLER: dict[Operation, Callable[[Any, Any, bool], Any]] = {
    op.mul: lambda x, y, zeros: (
        y if is_exactly(x, 1.0) else -y if is_exactly(x, -1.0)
        else 0.0 if zeros and is_exactly(x, 0.0) else None
    ),
    op.add: lambda x, y, zeros: y if zeros and is_exactly(x, 0.0) else None,
    op.sub: lambda x, y, zeros: (
        x if zeros and is_exactly(y, 0.0) else -y if zeros and is_exactly(x, 0.0) else None
    ),
    op.truediv: lambda x, y, zeros: x if is_exactly(y, 1.0) else None,
    op.pow: lambda x, y, zeros: x if is_exactly(y, 1.0) else 1.0 if is_exactly(y, 0.0) else None,
    op.neg: lambda x, y, zeros: x.inputs[0] if x.operation is op.neg else None,
}  # fmt: skip


def derive_partials(
    operation: Operation, out: Any, inputs: Sequence[Any], wanted: Sequence[bool]
) -> list[Any]:
    """Return ∂out/∂input as expressions, None where it isn't wanted.

    A rule that looks at its numbers gives none: it is called as it is.
    """
    try:
        return list(operation.local_partials(out, inputs, wanted))
    except ARITHMETIC:
        raise
    except Exception:  # whatever a rule that takes numbers does with something else
        given = out, *inputs
        symbols: Symbols = next(x.symbols for x in given if type(x) is Symbol)
        return [
            symbols.apply(symbols.find_rule(operation, i), given) if needed else None
            for i, needed in enumerate(wanted)
        ]
