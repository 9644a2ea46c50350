"""Values with the names and habits of micrograd's; what they do is the engine's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from ..engine import value as engine
from ..engine.node import nodes
from ..engine.operation import Operation
from ..engine.operators import Operand
from ..graph.foreign.operations import ByHand

# How micrograd writes an operation, where that isn't the operation's name.
SIGNS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "neg": "-", "relu": "ReLU"}


class Value(engine.Value):
    """A number that remembers how it was made, as in micrograd.

    >>> x = Value(3.0)
    >>> y = x**2 + 1
    >>> y, y._op, x in y._prev
    (Value(data=10.0, grad=0), '+', False)

    A bare number becomes a Value, too, which has a gradient. A node may be made by hand, from its
    inputs with their local gradients, or with a function that hands its gradient on:

    >>> y = Value(x.data**2, (x,), (2 * x.data,))
    >>> z = Value(y.data + 1, (y,), "increment")
    >>> def increment_backward():
    ...     y.grad += z.grad
    >>> z._backward = increment_backward
    >>> z.backward()
    >>> x.grad
    6.0
    """

    __slots__ = ("__dict__",)  # for attributes of one's own

    def __init__(
        self, data: float, _children: Iterable[engine.Value] = (), _op: Any = "", label: str = ""
    ) -> None:
        super().__init__(data, label)
        inputs = tuple(_children)
        if inputs:
            name = _op if isinstance(_op, str) else ""
            partials = [float("nan")] * len(inputs) if isinstance(_op, str) else [*map(float, _op)]
            numbers = [input.number for input in inputs]
            self.operation = ByHand(name, numbers, self.number, partials)
            self.attach(inputs, partials, numbers)

    def begin(self, *fields: Any, **named: Any) -> None:
        """Begin as any node, with a gradient of 0 and no label."""
        super().begin(*fields, **named)
        self.grad = 0
        self.own_label = ""

    @staticmethod
    def operate(operation: Operation, inputs: Sequence[Any]) -> Any:
        """Apply an operation to inputs of which at least one is such a Value."""
        return engine.record(operation, [x if isinstance(x, Operand) else Value(x) for x in inputs])

    @staticmethod
    def combine(operation: Operation, x: Any, y: Any) -> Any:
        """Apply an operator; an exponent that is a number stays constant, as in micrograd."""
        if operation.name == "pow" and not isinstance(y, Operand):
            y = engine.Constant(y)
        return Operand.combine(operation, x, y)

    @property
    def _prev(self) -> set[engine.Value]:
        return {*self._children}

    @property
    def _children(self) -> tuple[engine.Value, ...]:
        """The inputs that a gradient flows to: an exponent that is a number isn't one."""
        return tuple([input for input in self.inputs if not input.is_constant])

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
        for input, partial in self.edges:
            input.grad = (input.grad or 0.0) + (self.grad or 0.0) * partial

    def __repr__(self) -> str:
        return f"Value(data={self.number!r}, grad={self.grad!r})"

    def backward(self, *given: NoReturn, **named: NoReturn) -> None:
        """Compute the gradient of everything that this was made of; leaves add up over passes."""
        graph = nodes(self)
        if not (given or named) and any(type(node.operation) is ByHand for node in graph):
            for node in graph:
                if node.operation is not None:
                    node.grad = 0
            self.grad = 1
            for node in reversed(graph):
                if isinstance(node, Value):
                    node._backward()
        else:
            super().backward(*given, **named)


Value.result_class = Value
