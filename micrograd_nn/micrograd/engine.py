"""Values with the names and habits of micrograd's; what they do is the engine's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from ..engine import table as op
from ..engine import value as engine
from ..engine.operand import Operand
from ..engine.operation import Operation
from ..engine.order import nodes, split_slots
from ..engine.record import apply_one, apply_two, record

# How micrograd writes an operation, where that isn't the operation's name.
SIGNS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "neg": "-", "relu": "ReLU"}


class Peer(engine.Value):
    """What Values and the bare numbers among them share: a gradient that begins at 0."""

    __slots__ = ("__dict__",)  # for attributes of one's own

    def _make(self, *fields: Any, **named: Any) -> None:
        super()._make(*fields, **named)
        self.grad = 0
        self.label = self.label or ""

    @property
    def _prev(self) -> set[engine.Value]:
        return {*self._children}

    @property
    def _children(self) -> tuple[engine.Value, ...]:
        """The inputs that a gradient flows to: an exponent that is a number isn't one."""
        return tuple([input for input in self.inputs if input.takes_gradient])

    @property
    def _local_grads(self) -> tuple[float, ...]:
        return tuple([partial for partial in self.partials if partial is not None])

    @property
    def _op(self) -> str:
        if self.operation is None:
            return ""
        if self.operation.name == "pow":
            return f"**{self.numbers[1]:g}"
        return SIGNS.get(self.operation.name, self.operation.name)

    def _backward(self) -> None:
        """Hand this node's gradient on to its inputs, once."""
        for input, partial in zip(self._children, self._local_grads, strict=True):
            input.grad = (input.grad or 0.0) + (self.grad or 0.0) * partial

    def __repr__(self) -> str:
        return f"Value(data={self.number!r}, grad={self.grad!r})"


class Value(Peer):
    """A number that remembers how it was made, as in micrograd.

    >>> x = Value(3.0)
    >>> y = x**2 + 1
    >>> y, y._op, x in y._prev
    (Value(data=10.0, grad=0), '+', False)

    A node may be made by hand, from its inputs with their local gradients, or with a function
    that hands its gradient on:

    >>> y = Value(x.data**2, (x,), (2 * x.data,))
    >>> z = Value(y.data + 1, (y,), "increment")
    >>> def increment_backward():
    ...     y.grad += z.grad
    >>> z._backward = increment_backward
    >>> z.backward()
    >>> x.grad
    6.0
    """

    __slots__ = ()

    def __init__(
        self, data: float, _children: Iterable[engine.Value] = (), _op: Any = "", label: str = ""
    ) -> None:
        super().__init__(data, label)
        inputs = tuple(_children)
        if inputs:
            self.operation = ByHand(_op if isinstance(_op, str) else "", len(inputs))
            partials = [float("nan")] * len(inputs) if isinstance(_op, str) else [*map(float, _op)]
            self.x, self.y = split_slots(inputs)
            self.by_x, self.by_y = split_slots(partials)
            self.at_x, self.at_y = split_slots([input.number for input in inputs])

    def apply_one(self, operation: Operation) -> Any:
        """Apply an operation to this alone."""
        return apply_one(self, operation, Value)

    def apply_two(self, operation: Operation, other: Any) -> Any:
        """Apply an operation to this and another."""
        return apply_two(self, operation, other, Value, Number, True)

    @staticmethod
    def operate(operation: Operation, inputs: Sequence[Any]) -> Any:
        """Apply an operation to inputs of which at least one is such a Value."""
        if len(inputs) == 2 and type(operation) is Operation:
            out = apply_two(inputs[0], operation, inputs[1], Value, Number, True)
            if out is not NotImplemented:
                return out
        return record(operation, inputs)

    def __pow__(self, other: Any) -> Any:
        if not isinstance(other, Operand):
            other = engine.Constant(other)  # its derivative, with log(x) in it, is not wanted
        return self.apply_two(op.pow, other)

    def backward(self, *given: NoReturn, **named: NoReturn) -> None:
        """Compute the gradient of everything that this was made of; leaves add up over passes."""
        graph = nodes(self)
        if not (given or named) and any(type(node.operation) is ByHand for node in graph):
            for node in graph:
                if node.operation is not None:
                    node.grad = 0
            self.grad = 1
            for node in reversed(graph):
                if isinstance(node, Peer):
                    node._backward()
        else:
            super().backward(*given, **named)


class Number(Peer, engine.Constant):
    """A bare number in a graph; as in micrograd, it has a gradient."""

    __slots__ = ()

    takes_gradient = True
    grad = vars(engine.Value)["grad"]  # the slot, which Constant hides


class ByHand(Operation):
    """An operation of which one result is known, and no rule."""

    def __init__(self, name: str, count: int) -> None:
        rules = [self.refuse] * count
        super().__init__(
            name or "by_hand", self.refuse, rules, inputs=tuple(f"x{i + 1}" for i in range(count))
        )

    def refuse(self, *numbers: Any) -> NoReturn:
        """Say that other results can't be computed."""
        raise TypeError(
            f"the node {self.name!r} was made by hand, of one result: for others, its rule must be "
            f"known, as an Operation({self.name!r}, …)"
        )


Value.kinds = Number.kinds = engine.Kinds(Value, Number)
