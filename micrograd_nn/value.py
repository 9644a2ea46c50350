"""A number that remembers how it was made, and backpropagates through that by the chain rule.

This file is the engine: ``Value`` records each operation as a node of a graph, and
``Value.backward`` walks the graph from its root to its leaves. Nothing recurses, so a chain
of a million nodes is fine. What an operation is and what its derivatives are stands in
``operations.py``; this file knows none by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from operator import attrgetter
from typing import Any, ClassVar, NoReturn

from . import operations as op
from .operation import ARITHMETIC, Operation, real

next_number = count().__next__
data_of = attrgetter("data")
recording: ContextVar[bool] = ContextVar("recording", default=True)


class Value:
    """A real number and a node of a computation graph.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> x.grad  # dy/dx = 2x + 2
    8.0

    ``data`` is the number and ``grad`` the derivative of the latest root by it (None until a
    backward pass computes one). An inner node also has the ``operation`` that made it, its
    ``inputs``, and the ``partials``, ∂node/∂input for each input as they were when the node was
    made: editing ``data`` afterwards can't falsify a gradient. Bare numbers become constants.

    What isn't a real number is refused with a TypeError:

    >>> Value("3")
    Traceback (most recent call last):
    TypeError: Value needs a real number or a Value, not a str ('3'): convert it with float(...)
    """

    __slots__ = ("created", "data", "grad", "inputs", "label", "operation", "partials")
    __array_ufunc__ = None  # makes np.float64(2) * Value(3) leave the product to Value
    operate: ClassVar[Callable[[Operation, Sequence[Any]], Value]]  # record, below

    data: float
    grad: float | None
    label: str | None
    operation: Operation | None
    inputs: tuple[Value, ...]
    partials: tuple[float | None, ...]
    created: int  # a node is made after its inputs, so this number orders a graph

    def __init__(self, data: float, label: str | None = None) -> None:
        if type(data) is not float:
            data = number_for(data, "Value")
        if label is not None and not isinstance(label, str):
            raise TypeError(f"a Value's label is a text or None, not a {type(label).__name__}")
        self.data = data
        self.grad = None
        self.label = label
        self.operation = None
        self.inputs = ()
        self.partials = ()
        self.created = next_number()

    def backward(self) -> None:
        """Compute the derivative of this value by every value that it was made of.

        A leaf's ``grad`` adds up over backward passes, an inner node's is that of the latest:

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad, y.grad
        (12.0, 1.0)

        Set a leaf's ``grad`` to 0.0 (a model's ``zero_grad()``) to begin anew.
        """
        graph: list[Any] = nodes(self)
        earlier = []
        for node in graph:
            if node.operation is None and node.grad:
                earlier.append((node, node.grad))
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(graph):
            upstream = node.grad
            for input, partial in zip(node.inputs, node.partials):
                if partial is not None:
                    input.grad += upstream * partial  # the chain rule
        for leaf, grad in earlier:
            leaf.grad += grad

    def detach(self) -> Constant:
        """Return this number as a constant: no gradient flows through it.

        >>> x = Value(3.0)
        >>> y = x.detach() * x
        >>> y.backward()
        >>> x.grad
        3.0
        """
        return Constant(self.data, self.label)

    # Each operation is a row of the table; these are their everyday spellings.

    def __add__(self, other: Value | float) -> Value:
        return record(op.add, (self, other))

    def __radd__(self, other: float) -> Value:
        if type(other) is int and other == 0:  # where Python's sum() starts
            return self
        return record(op.add, (other, self))

    def __sub__(self, other: Value | float) -> Value:
        return record(op.sub, (self, other))

    def __rsub__(self, other: float) -> Value:
        return record(op.sub, (other, self))

    def __mul__(self, other: Value | float) -> Value:
        return record(op.mul, (self, other))

    def __rmul__(self, other: float) -> Value:
        return record(op.mul, (other, self))

    def __truediv__(self, other: Value | float) -> Value:
        return record(op.truediv, (self, other))

    def __rtruediv__(self, other: float) -> Value:
        return record(op.truediv, (other, self))

    def __pow__(self, other: Value | float) -> Value:
        return record(op.pow, (self, other))

    def __rpow__(self, other: float) -> Value:
        return record(op.pow, (other, self))

    def __neg__(self) -> Value:
        return record(op.neg, (self,))

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return record(op.abs, (self,))

    def exp(self) -> Value:
        """Return ``exp(self)``.

        >>> Value(0.0).exp().data
        1.0
        """
        return record(op.exp, (self,))

    def log(self) -> Value:
        """Return the natural logarithm; a ValueError unless positive.

        >>> Value(1.0).log().data
        0.0
        """
        return record(op.log, (self,))

    def sqrt(self) -> Value:
        """Return the square root; a ValueError if negative.

        >>> Value(9.0).sqrt().data
        3.0
        """
        return record(op.sqrt, (self,))

    def sin(self) -> Value:
        """Return the sine of this angle in radians.

        >>> Value(0.0).sin().data
        0.0
        """
        return record(op.sin, (self,))

    def cos(self) -> Value:
        """Return the cosine of this angle in radians.

        >>> Value(0.0).cos().data
        1.0
        """
        return record(op.cos, (self,))

    def tanh(self) -> Value:
        """Return the hyperbolic tangent.

        >>> Value(0.0).tanh().data
        0.0
        """
        return record(op.tanh, (self,))

    def sigmoid(self) -> Value:
        """Return ``1 / (1 + exp(-self))``.

        >>> Value(0.0).sigmoid().data
        0.5
        """
        return record(op.sigmoid, (self,))

    def relu(self) -> Value:
        """Return this where it is positive, else 0.

        >>> Value(-2.0).relu().data
        0.0
        """
        return record(op.relu, (self,))

    # Comparisons are of the numbers; == stays identity, so that a Value can be a key.

    def __lt__(self, other: Value | float) -> bool:
        return self.data < comparable(other)

    def __le__(self, other: Value | float) -> bool:
        return self.data <= comparable(other)

    def __gt__(self, other: Value | float) -> bool:
        return self.data > comparable(other)

    def __ge__(self, other: Value | float) -> bool:
        return self.data >= comparable(other)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self!r} is neither true nor false: compare its number, v.data != 0")

    def __float__(self) -> NoReturn:
        raise TypeError(
            "float(v), and with it math.exp(v) and the like, would lose the gradient: "
            "micrograd_nn.exp(v) and its like keep it; v.data is the number"
        )

    def __index__(self) -> NoReturn:
        raise TypeError(
            "a Value can't be an index or a count, which have no gradient: "
            "int(v.data) is the whole number"
        )

    __int__ = __complex__ = __float__

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        text = f"{type(self).__name__}({self.data!r}"
        if not isinstance(self, Constant):
            text += f", grad={self.grad!r}"
        if self.operation is not None:
            text += f", operation={self.operation.name}"
        if self.label is not None:
            text += f", label={self.label!r}"
        return f"{text})" if len(text) < 80 else f"{text[:78]}…)"


class Constant(Value):
    """A number in a graph that no gradient flows to: a bare number or a detached value.

    >>> y = Value(3.0) * 2
    >>> y.inputs[1].data, type(y.inputs[1]).__name__, y.partials
    (2.0, 'Constant', (2.0, None))

    An operation on constants alone gives a constant, with no history.

    >>> (Constant(2.0) + 1).inputs
    ()
    """

    __slots__ = ()

    @property
    def grad(self) -> None:
        """None: no backward pass computes it."""

    @grad.setter
    def grad(self, grad: object) -> None:
        pass


def record(operation: Operation, inputs: Sequence[Any]) -> Value:
    """Apply an operation and return the node that remembers it.

    >>> record(op.mul, (Value(2.0), Value(3.0))).partials
    (3.0, 2.0)

    It is also how ``Operation`` applies itself to a Value.
    """
    wanted = None
    for x in inputs:
        if type(x) is not Value:
            inputs = [
                x if isinstance(x, Value) else Constant(real(x, operation.name)) for x in inputs
            ]
            wanted = [type(x) is not Constant for x in inputs]
            break
    numbers = tuple(map(data_of, inputs))
    try:
        data = operation.forward(*numbers)
    except ARITHMETIC as error:
        operation.fail(error, inputs)
    if not recording.get() or (wanted is not None and True not in wanted):
        return Constant(data)
    try:
        partials = operation.local_partials(data, numbers, wanted)
    except ARITHMETIC as error:
        operation.fail(error, inputs, derivative=True)
    node = Value(data)
    node.operation = operation
    node.inputs = tuple(inputs)
    node.partials = partials
    return node


Value.operate = staticmethod(record)


def nodes(*roots: Value) -> list[Value]:
    """Return the roots and everything that they were made of, inputs before their results.

    >>> x = Value(2.0, label="x")
    >>> [node.data for node in nodes(x * x + 1)]
    [2.0, 4.0, 1.0, 5.0]

    A node that is used twice stands there once.
    """
    found = dict.fromkeys(roots)
    graph = list(found)
    for node in graph:  # which grows as its nodes' inputs are found
        for input in node.inputs:
            if input not in found:
                found[input] = None
                graph.append(input)
    graph.sort(key=attrgetter("created"))
    return graph


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording, as a trained model's predictions need no graph.

    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y
    Constant(9.0)

    Other threads go on recording.
    """
    token = recording.set(False)
    try:
        yield
    finally:
        recording.reset(token)


def number_for(x: object, where: str) -> float:
    """Return ``real(x, where)``, with an error of its own for a Value where a number belongs."""
    if isinstance(x, Value):
        raise TypeError(f"{where} needs a number and got a Value: use it as it is, or .detach() it")
    return real(x, where)


def comparable(x: Value | float) -> float:
    """Return the number to compare with."""
    return x.data if isinstance(x, Value) else real(x, "a comparison")
