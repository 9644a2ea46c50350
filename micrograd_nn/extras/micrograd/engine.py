"""Values with the names and habits of micrograd's; what they do is the engine's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from ...engine import value as engine
from ...engine.node import nodes
from ...graph.by_hand import ByHand

# How micrograd writes an operation, where that isn't the operation's name.
SIGNS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "neg": "-", "relu": "ReLU"}


class Value(engine.Value):
    """A number that remembers how it was made, as in micrograd.

    >>> x = Value(3.0)
    >>> y = x**2 + 1
    >>> y, y._op, x in y._prev
    (Value(data=10.0, grad=0), '+', False)

    A bare number is a constant, which isn't among ``_prev``. A node may be made by hand, from its
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

    some_by_hand = False  # whether a node was ever made so, which each pass looks for then

    def __init__(
        self, data: float, _children: Iterable[engine.Value] = (), _op: Any = "", label: str = "",
        *, children: Iterable[engine.Value] = (), local_grads: Iterable[float] = (),
    ) -> None:  # fmt: skip
        super().__init__(data, label)
        if _children or children:
            name, shares = (_op, local_grads) if isinstance(_op, str) else ("", _op)
            self.attach_by_hand(_children or children, name, [*map(float, shares)])

    def attach_by_hand(self, given: Any, name: str, partials: list[float]) -> None:
        """Say what this was made of; without partials, its ``_backward`` is to be set."""
        inputs = tuple(given) if isinstance(given, Iterable) else (None,)
        if not inputs:  # of a generator, which can't be asked
            return
        if not all(isinstance(input, engine.Value) for input in inputs):
            raise TypeError(
                f"children are Values, as in Value(6.0, (x, y), '*'), not {given!r}; "
                "a label goes by its name: Value(2.0, label='x')"
            )
        partials = partials or [float("nan")] * len(inputs)
        if len(partials) != len(inputs):
            raise ValueError(f"a local gradient for each child: {len(inputs)}, not {len(partials)}")
        numbers = [input.number for input in inputs]
        self.operation = ByHand(name, numbers, self.number, partials)
        self.attach(inputs, partials, numbers)
        Value.some_by_hand = True

    def begin(self, *fields: Any) -> None:
        """Begin as any node, with a gradient of 0 and no label."""
        super().begin(*fields, grad=0, label="")  # type: ignore[misc]

    def __bool__(self) -> bool:  # type: ignore[override]
        return True  # of whatever number, as in micrograd

    @property
    def _prev(self) -> set[engine.Value]:
        return {*self._children}

    @property
    def _children(self) -> tuple[engine.Value, ...]:
        """The inputs that a gradient flows to: a bare number isn't one."""
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
        graph = nodes(self) if Value.some_by_hand else ()
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


engine.record_as(Value, grad=0, label="")
