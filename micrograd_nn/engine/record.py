"""The rule that records: an operation on Values gives a node that remembers what it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .operand import Operand
from .operation import ARITHMETIC, Operation
from .order import in_slots
from .recording import setting, special
from .refusals import real
from .value import Constant, Value

BARE = {float, int}  # kinds of numbers that become constants at once
VALUES, NODES = {Value}, {Value, Constant}

new = object.__new__


def record(operation: Operation, inputs: Sequence[Any]) -> Value:
    """Apply an operation and return the node that remembers it.

    >>> from micrograd_nn import mul
    >>> record(mul, (Value(2.0), Value(3.0))).partials
    (3.0, 2.0)

    It is also how ``Operation`` applies itself to a Value.
    """
    now = setting.get()
    wanted = None  # the positions of what isn't constant, where something is
    kinds = {*map(type, inputs)}
    if kinds != VALUES:
        if not kinds <= NODES:
            for x in inputs:
                if isinstance(x, Operand) and not isinstance(x, Value):  # which knows more
                    return x.operate(operation, inputs)  # type: ignore[return-value]
            inputs = [
                x if isinstance(x, Value) else make_constant(x, operation.name) for x in inputs
            ]
        wanted = [not x.is_constant for x in inputs]
    numbers = tuple([x.number for x in inputs])
    try:
        out = operation.forward(*numbers)
    except ARITHMETIC as error:
        operation.fail(error, inputs)
    if not now.recording or (wanted is not None and True not in wanted):
        return make_constant(out, operation.name)
    try:
        partials = operation.local_partials(out, numbers, wanted)
    except ARITHMETIC as error:
        operation.fail(error, inputs, derivative=True)
    node = new(Value)
    if type(out) is not float:
        out = real(out, operation.name)
    if len(inputs) > 2:
        node.make(out, operation, tuple(inputs), None, partials, None, numbers, None)
    else:
        (x, y), (by_x, by_y), (at_x, at_y) = map(in_slots, (inputs, partials, numbers))
        node.make(out, operation, x, y, by_x, by_y, at_x, at_y)
    for observer in now.observers:
        observer.made(node)
    return node


def make_constant(x: Any, where: str) -> Constant:
    """Return a number of any kind as a constant node, faster than the class does."""
    node = new(Constant)
    node.make(x if type(x) is float else real(x, where))
    if special:
        for observer in setting.get().observers:
            observer.made(node)
    return node


# The same for one input and for two, which is most of what is recorded: without a look at the
# setting where none is special, and without lists. What goes wrong here is told by ``record``.


def transform(x: Value, operation: Operation) -> Any:
    """Apply an operation to one Value.

    >>> from micrograd_nn import exp
    >>> transform(Value(0.0), exp).partials
    (1.0,)
    """
    if type(x) is Value and not special:
        at_x = x.number
        try:
            out = operation.forward(at_x)
            by_x = operation.partials[0](out, at_x)
        except ARITHMETIC:
            return record(operation, (x,))
        if type(out) is float:
            node = new(Value)
            node.make(out, operation, x, None, by_x, None, at_x)
            return node
    return record(operation, (x,))


def combine(x: Any, operation: Operation, y: Any) -> Any:
    """Apply an operation to two inputs, one of which may be a bare number.

    >>> from micrograd_nn import mul
    >>> combine(Value(2.0), mul, 3.0).partials
    (3.0, None)
    """
    inputs = x, y
    x_moves, y_moves = type(x) is Value, type(y) is Value
    if special or not (x_moves or y_moves):
        return record(operation, inputs)
    if not (x_moves and y_moves):
        if type(y if x_moves else x) not in BARE:
            return record(operation, inputs)
        if x_moves:
            y = make_constant(y, operation.name)
        else:
            x = make_constant(x, operation.name)
    at_x, at_y = x.number, y.number
    try:
        out = operation.forward(at_x, at_y)
        x_rule, y_rule = operation.partials
        by_x = x_rule(out, at_x, at_y) if x_moves else None
        by_y = y_rule(out, at_x, at_y) if y_moves else None
    except ARITHMETIC:
        return record(operation, inputs)
    if type(out) is not float:
        return record(operation, inputs)
    node = new(Value)
    node.make(out, operation, x, y, by_x, by_y, at_x, at_y)
    return node


def operate(operation: Operation, inputs: Sequence[Any]) -> Any:
    """Apply an operation to inputs of which at least one is a Value, in the fastest way."""
    if type(operation) is Operation:
        if len(inputs) == 1:
            return transform(inputs[0], operation)
        if len(inputs) == 2:
            return combine(inputs[0], operation, inputs[1])
    return record(operation, inputs)


# Here, since this needs Value, and a reader of Value first wants the number and the chain rule.
Value.operate = staticmethod(operate)  # type: ignore[method-assign, assignment]
Value.combine = combine  # type: ignore[method-assign, assignment]
Value.transform = transform  # type: ignore[method-assign, assignment]
