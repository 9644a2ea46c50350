"""What a function gets in the place of its numbers while it is traced: Values that hide theirs.

Whatever would freeze a number of the first call into a program is refused, and the tracer notes
that: the function may catch the error and go on, with a result that no other number would give.
"""

from __future__ import annotations

import sys
from numbers import Number, Real
from typing import Any

from ...._ground.callers import is_own_code
from ....engine import table as op
from ....engine.copying import restore_node
from ....engine.operators import Operand
from ....engine.setting import setting
from ....engine.value import Value, record
from ..programs.operations import held
from .allowed import PACKAGE
from .kinds import NOT_FLOATS, is_exact

CANNOT = "a compiled function can't"
# Whose functions go through what they are given, such as map(set, rows), and keep no nodes.
GOES_THROUGH = {
    f"{PACKAGE}.{name}"
    for name in ("engine.operation", "engine.table", "losses", "nn.module", "nn.networks")
}
TAKE_OUT = (
    "take a plain float out of a number, as math.sin(x) and int(x) do: micrograd_nn's sin(x) and "
    "its like compute with it"
)
REFUSED = {  # what Python asks a number for, and what that means
    "__bool__": "ask whether a number is true: compare it, as in x != 0",
    "__index__": "take a number as an index or a count: choose(index, values) does",
    **dict.fromkeys(["__float__", "__int__", "__complex__"], TAKE_OUT),
}


def hide_attribute(name: str, message: str) -> Any:
    """Return an attribute of a Value that nobody looks at or sets; the engine has its slots."""
    attribute = getattr(Value, name)

    def look(self: Traced) -> Any:
        self.refuse(message)
        return attribute.__get__(self)

    def change(self: Traced, thing: Any) -> None:
        self.refuse(f"{CANNOT} set .{name}: compute a new Value")
        attribute.__set__(self, thing)

    return property(look, change)


def note_refusal(name: str) -> Any:
    """Return the method of that name, whose error the tracer notes: float(x), say."""
    method = getattr(Operand, name)

    def refused(self: Traced) -> Any:
        try:
            return method(self)
        except TypeError:
            self.refuse(f"{CANNOT} {REFUSED[name]}")
            raise

    return refused


class Traced:
    """What makes a Value one whose number must not be looked at, except by the engine's slots.

    >>> from micrograd_nn.extras.compile.compiler.tracing import Tracer
    >>> from micrograd_nn.engine.setting import observed_by
    >>> x, tracer = Value(3.0), Tracer()
    >>> tracer.hide_number(x)
    >>> x.data
    3.0
    >>> with observed_by(tracer):  # doctest: +ELLIPSIS
    ...     x.numbers
    Traceback (most recent call last):
    micrograd_nn...LastingError: line 2 of <doctest ...can't look at its inputs' numbers
    """

    __slots__ = ()
    tracer: Any  # the Tracer whose class this is

    grad = hide_attribute("grad", f"{CANNOT} look at .grad: use calculus.grad")
    partials = hide_attribute("partials", f"{CANNOT} look at partials: use calculus.grad")
    numbers = hide_attribute("numbers", f"{CANNOT} look at its inputs' numbers")

    __bool__, __index__, __float__, __int__, __complex__ = map(note_refusal, REFUSED)

    def is_watched(self) -> bool:
        """Tell whether the tracer is at work here: another thread sees a Value as it is."""
        return self.tracer in setting.get().observers

    def refuse(self, message: str) -> None:
        """Refuse something to the function that is traced, and to it alone."""
        if self.is_watched():
            self.tracer.refuse(message)

    def detach(self) -> Any:
        """Return the number as a node that no gradient flows through."""
        return record(held, (self,))

    def __hash__(self: Any) -> int:
        # A number among the arguments would be found in {1.0, 2.0}; this Value would not. Python
        # tells a key nothing of the set or dict, and this package keeps nodes in many: that leaves
        # the caller's file to tell a user's look-up by. A Value from elsewhere is itself as a key.
        is_from_elsewhere = self.operation is None and not isinstance(self, TracedNumber)
        frame = sys._getframe(1)
        is_own = is_own_code(frame) and frame.f_globals["__name__"] not in GOES_THROUGH
        if not (is_from_elsewhere or is_own):
            self.refuse(f"{CANNOT} look a number up in a set or a dict")
        return object.__hash__(self)

    # Copies in another thread: to the function itself, the tracer refuses them.

    def __copy__(self: Any) -> Any:
        return restore_node(self.tracer.classes[self], self.inputs, self.fields())

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        copied = memo[id(self)] = self.__copy__()
        return copied

    def __reduce__(self: Any) -> Any:
        return restore_node, (self.tracer.classes[self], (), {}), (None, self.fields())

    def __format__(self: Any, spec: str) -> str:
        if self.is_watched():  # no error: it may be the text of the function's own error
            self.tracer.note(f"{CANNOT} write a number into a text")
        return format(self.number, spec)

    def __str__(self) -> str:
        return format(self, "")

    def __eq__(self: Any, other: object) -> Any:
        # Whether it is a Value there, which is equal to itself alone, isn't always known.
        if isinstance(other, (Operand, Number)) and self is not other:
            self.refuse(f"{CANNOT} ask whether a Value is equal to something")
        return object.__eq__(self, other)

    def compare(self: Any, how: str, other: Any) -> bool:
        """Compare with a number as a program would, which knows floats alone."""
        self.require_float(other)
        return Value.compare(self, how, other)

    def require_float(self, other: Any) -> None:
        """Refuse a number that no float is equal to."""
        if isinstance(other, Real) and not is_exact(other):
            self.refuse(f"{CANNOT} compare with {other!r}, which isn't a float")

    def __repr__(self: Any) -> str:
        if self.is_watched():  # no error: a debugger's look must not fail
            self.tracer.note(f"{CANNOT} write a number into a text")
        return f"Value({self.label or '…'})"


class TracedNumber(Traced):
    """A number among the arguments, or computed from such: a float, when not traced.

    So it is equal to an equal number, which a program checks as it does any comparison.
    """

    __slots__ = ()

    def __eq__(self: Any, other: object) -> Any:
        is_computed = isinstance(other, TracedNumber) and self.operation is not None
        if is_computed and not self.compared("==", self):  # which a program checks, too
            self.refuse(f"{CANNOT} compare NaN: Python finds it in a list by its identity")
        if isinstance(other, (TracedNumber, Real)):
            self.require_float(other)
            return self.compared("==", other)
        if isinstance(other, Operand):  # a Value is equal to no number
            self.refuse(f"{CANNOT} ask whether a number is a Value")
        if isinstance(other, Number):  # a complex one or a Decimal, which may be equal to a float
            self.refuse(f"{CANNOT} compare with {other!r}, which isn't a float")
        return NotImplemented

    __hash__ = Traced.__hash__

    is_number_there = True

    @staticmethod
    def combine(operation: Any, x: Any, y: Any) -> Any:
        """Apply an operator, to truth values, too, as a float does: x * (x > 0)."""
        x, y = (float(z) if type(z) is bool else z for z in (x, y))
        number, other = (x, y) if isinstance(x, TracedNumber) else (y, x)
        if isinstance(other, NOT_FLOATS) and number in number.tracer.whole:
            number.refuse(f"{CANNOT} compute with whole numbers and {other!r}: give floats")
        return Value.combine(operation, x, y)

    def __radd__(self: Any, other: float) -> Any:
        """Add to 0, too, where Python's sum() starts: for -0.0 that is 0.0."""
        return self.combine(op.add, other, self)

    def __neg__(self: Any) -> Any:
        """Return 0 - x for a whole number, whose zero has no sign."""
        if self in self.tracer.whole:
            if self.operation is not None:  # t - 1.0 is a float, unlike t - 1
                self.refuse(f"{CANNOT} negate what may be a whole number: write 0 - x, or -1.0 * x")
            return 0 - self
        return self.operate(op.neg, (self,))

    def __copy__(self) -> Any:
        return self
