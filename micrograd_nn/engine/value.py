"""A number that remembers how it was made, and backpropagates through that by the chain rule.

``x * y`` is ``__mul__`` of ``operators.py``, and its ``self.combine`` is ``record_operator`` here:
that computes the product, notes the local derivatives and returns the node that remembers them;
``x.tanh()`` comes to ``record``, and what isn't plain to ``make_node``. Both are made by
``record_as``. What a node holds is in ``node.py``, how gradients flow back in ``backprop.py``, the
operations in ``table.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._ground.habits import tell_habits
from .backprop import Differentiable
from .copying import Copying
from .node import Node, moments
from .operation import ARITHMETIC, Operation
from .operators import COMPARISONS, MIRRORED, PLAIN, Operand
from .refusals import as_float
from .setting import next_number, setting, special_settings


@tell_habits
class Value(Differentiable, Node, Copying, Operand):
    """A real number and a node of a computation graph.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> x.grad  # dy/dx = 2x + 2
    8.0

    ``data`` is the number and ``grad`` the derivative of the root by it, of a leaf summed over
    backward passes (None before the first). An inner node also has the ``operation`` that made it,
    its ``inputs``, and the ``partials``, ∂node/∂input for each input as they were when the node was
    made from the inputs' ``numbers``: editing ``data`` afterwards can't falsify a gradient. Bare
    numbers become constants. ``passes`` says how many backward passes a leaf's ``grad`` adds up
    since it was 0, ``origin`` which line of a program made it (by ``checks.mistakes.provenance``).
    """

    __slots__ = ()

    result_class: type[Value]  # of what is computed from it; a subclass may choose its own

    def __init__(self, data: float, label: str | None = None) -> None:
        self.begin(as_float(data, "Value", "a real number", "use it as it is, or .detach() it"))
        if label is not None:
            self.label = label
        for observer in setting.get().observers:
            observer.made(self)

    def compared(self, how: str, other: Any) -> bool:
        """Return how the numbers compare, and note when: it may decide what is recorded next."""
        is_node = isinstance(other, Value)
        if not is_node:
            if isinstance(other, Operand):  # which knows more, as a Dual does
                return other.compared(how.translate(MIRRORED), self)
            as_float(other, "a comparison")  # or a refusal; Python compares a large int exactly
        outcome = bool(COMPARISONS[how](self.number, other.number if is_node else other))
        seen = [x.compared(self, how, other, outcome) for x in setting.get().observers]
        if not any(seen) and not (self.is_constant and (not is_node or other.is_constant)):
            moments.append(next_number())
        return outcome

    def detach(self) -> Constant:
        """Return this number as a constant: no gradient flows through it.

        >>> x = Value(3.0)
        >>> y = x.detach() * x
        >>> y.backward()
        >>> x.grad
        3.0
        """
        for observer in setting.get().observers:
            observer.detached(self)
        return Constant(self.number, self.label)


class Constant(Value):
    """A number in a graph that no gradient flows to: a bare number or a detached value.

    >>> y = Value(3.0) * 2
    >>> y.inputs[1].data, type(y.inputs[1]).__name__, y.partials
    (2.0, 'Constant', (2.0, None))
    >>> (Constant(2.0) + 1).inputs  # of constants alone: a constant, with no history
    ()
    """

    __slots__ = ()

    is_constant = True

    grad = property(lambda self: None, lambda self, grad: None)  # no pass computes it


new = object.__new__
VALUES, NODES = {Value}, {Value, Constant}


def make_constant(x: Any, where: str) -> Constant:
    """Return a number of any kind as a constant node, faster than the class does."""
    node = new(Constant)
    node.begin(x if type(x) is float else as_float(x, where))
    if special_settings:
        for observer in setting.get().observers:
            observer.made(node)
    return node


def make_node(operation: Operation, inputs: Sequence[Any]) -> Any:
    """Return the node of an operation on Values and numbers: a constant, if nothing is recorded."""
    result_class, kinds = Value, {*map(type, inputs)}
    if not kinds <= NODES:
        given, inputs = inputs, []
        for x in given:
            if isinstance(x, Value):
                result_class = result_class if x.result_class is Value else x.result_class
            elif isinstance(x, Operand):  # which knows more of the operation, as a Dual does
                return x.operate(operation, given)
            else:
                x = make_constant(x, operation.name)
            inputs.append(x)
    wanted = None if kinds == VALUES else [not x.is_constant for x in inputs]  # None: all are
    numbers = tuple([x.number for x in inputs])
    out = operation.compute(numbers, inputs)
    now = setting.get()
    if not now.recording or (wanted is not None and True not in wanted):
        return make_constant(out, operation.name)
    try:
        partials = operation.float_partials(out, numbers, wanted)
    except ARITHMETIC as error:
        operation.fail(error, inputs, derivative=True)
    node = new(result_class)
    node.begin(out, operation)
    node.attach(inputs, partials, numbers)
    for observer in now.observers:
        observer.made(node)
    return node


def record_as(kind: Any, grad: float | None = None, label: str | None = None) -> None:
    """Let operations on a class of Values be recorded as its nodes: fast, where all is plain.

    A new node begins with this gradient and label. The ``operate`` of the class then applies an
    operation to inputs with a Value among them:

    >>> from micrograd_nn import mul
    >>> Value.operate(mul, (Value(2.0), Value(3.0))).partials
    (3.0, 2.0)
    """
    begin = Node.begin

    def record(operation: Operation, inputs: Sequence[Any]) -> Any:
        """Return the node of an operation: of one input, in a third of ``make_node``'s time."""
        x: Any = inputs[0] if len(inputs) == 1 and operation.is_plain else None
        if special_settings or type(x) is not kind:
            return make_node(operation, inputs)
        at_x = x.number
        try:
            out = operation.forward(at_x)
            by_x = operation.partials[0](out, at_x)
        except ARITHMETIC:
            return make_node(operation, inputs)  # which words it
        node = new(kind)
        begin(node, out, operation, x, None, by_x, None, at_x, None, grad, label)
        return node

    def record_operator(operation: Operation, x: Any, y: Any) -> Any:
        """Return the node of an operator on a Value and another or a number."""
        x_moves, y_moves = type(x) is kind, type(y) is kind
        if special_settings or not (x_moves or y_moves):
            return Operand.combine(operation, x, y)
        if not (x_moves and y_moves):
            other = y if x_moves else x
            if type(other) in PLAIN:
                other = make_constant(other, operation.name)
            elif type(other) is not Constant:
                return Operand.combine(operation, x, y)
            x, y = (x, other) if x_moves else (other, y)
        at_x, at_y = x.number, y.number
        try:
            out = operation.forward(at_x, at_y)
            by_x = operation.partials[0](out, at_x, at_y) if x_moves else None
            by_y = operation.partials[1](out, at_x, at_y) if y_moves else None
        except ARITHMETIC:
            return make_node(operation, (x, y))  # which words it
        node = new(kind)
        begin(node, out, operation, x, y, by_x, by_y, at_x, at_y, grad, label)
        return node

    kind.operate, kind.combine = staticmethod(record), staticmethod(record_operator)
    kind.result_class = kind


record_as(Value)
record: Any = Value.operate
