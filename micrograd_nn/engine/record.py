"""The rule that records: an operation on Values gives a node that remembers what it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .operand import Operand, leave_operator
from .operation import ARITHMETIC, Operation
from .order import split_slots
from .refusals import require_real
from .setting import ORDINARY, setting, special_settings
from .value import Constant, Kinds, Value

BARE = {float, int}  # kinds of numbers that become constants at once
VALUES, NODES = {Value}, {Value, Constant}

new = object.__new__


def record(operation: Operation, inputs: Sequence[Any]) -> Value:
    """Apply an operation and return the node that remembers it.

    >>> from micrograd_nn import mul
    >>> record(mul, (Value(2.0), Value(3.0))).partials
    (3.0, 2.0)

    It is also how ``Operation`` applies itself to a Value. Observers are told of its errors.
    """
    try:
        return make_node(operation, inputs)
    except Exception as error:
        for observer in setting.get().observers:
            observer.failed(error)
        raise


def make_node(operation: Operation, inputs: Sequence[Any]) -> Value:
    """Return the node of an operation on Values and numbers; what fails is told in its terms."""
    now = setting.get() if special_settings else ORDINARY
    wanted = None  # for each input, whether a gradient flows to it; None if to all
    kinds = Value.kinds
    classes = {*map(type, inputs)}
    if classes != VALUES:
        if not classes <= NODES:
            for x in inputs:
                if isinstance(x, Operand) and not isinstance(x, Value):
                    knows = x.operate.__module__ != __name__  # as a Dual; not a Value of before
                    other: Value = (x if knows else Operand).operate(operation, inputs)
                    return other
            own = [x.kinds for x in inputs if isinstance(x, Value) and x.kinds is not kinds]
            kinds = own[0] if own else kinds
            inputs = [
                x if isinstance(x, Value) else make_constant(x, operation.name, kinds.constant)
                for x in inputs
            ]
        wanted = [x.takes_gradient for x in inputs]
    numbers = tuple([x.number for x in inputs])
    try:
        out = operation.forward(*numbers)
    except ARITHMETIC as error:
        operation.fail(error, inputs)
    if type(out) is not float:
        out = operation.require_result(out)
    if not now.recording or (wanted is not None and True not in wanted):
        return make_constant(out, operation.name, kinds.constant)
    try:
        partials = operation.local_partials(out, numbers, wanted)
    except ARITHMETIC as error:
        operation.fail(error, inputs, derivative=True)
    if not operation.is_row:  # a row of the table gives floats, as the tests see
        partials = require_partials(operation, partials, wanted)
    node: Value = new(kinds.value)
    if len(inputs) > 2:  # as split_slots has it, without the detour
        node._make(out, operation, tuple(inputs), None, partials, None, numbers, None)
    else:
        (x, y), (by_x, by_y), (at_x, at_y) = map(split_slots, (inputs, partials, numbers))
        node._make(out, operation, x, y, by_x, by_y, at_x, at_y)
    for observer in now.observers:
        observer.made(node)
    return node


def require_partials(
    operation: Operation, partials: Sequence[Any], wanted: Sequence[bool] | None
) -> tuple[float | None, ...]:
    """Return what an operation's rules gave as floats; what is no number is a TypeError.

    >>> forgetful = Operation("forgetful", lambda x: x * x, [lambda out, x: None])
    >>> forgetful(Value(3.0))
    Traceback (most recent call last):
    TypeError: the derivative of forgetful needs a real number, not a NoneType: is a return \
statement or an argument missing?
    """
    where = f"the derivative of {operation.name}"
    return tuple(
        [
            require_real(partial, where, "a real number") if wanted is None or wanted[i] else None
            for i, partial in enumerate(partials)
        ]
    )


def make_constant(x: Any, where: str, kind: type[Constant] = Constant) -> Constant:
    """Return a number of any kind as a constant node, faster than the class does."""
    node = new(kind)
    node._make(x if type(x) is float else require_real(x, where))
    if special_settings:
        for observer in setting.get().observers:
            observer.made(node)
    return node


# Fast paths for one and two inputs, which are most of what is recorded. They look at the setting
# only if one anywhere is special. What is unusual or fails goes to ``record``, which words errors.


def apply_one(x: Value, operation: Operation, kind: type[Value] = Value) -> Any:
    """Apply an operation to one Value, or to one of another kind that gives the same kind.

    >>> from micrograd_nn import exp
    >>> apply_one(Value(0.0), exp).partials
    (1.0,)
    """
    if type(x) is not kind or special_settings:
        return record(operation, (x,))
    at_x = x.number
    try:
        out = operation.forward(at_x)
        if type(out) is not float:
            out = operation.require_result(out)
        by_x = operation.partials[0](out, at_x)
    except ARITHMETIC:
        return record(operation, (x,))
    if type(by_x) is not float:
        (by_x,) = require_partials(operation, (by_x,), None)
    node = new(kind)
    node._make(out, operation, x, None, by_x, None, at_x)
    return node


def apply_two(
    x: Any, operation: Operation, y: Any, kind: type[Value] = Value,
    constant: type[Constant] = Constant, bare_wanted: bool = False,
) -> Any:  # fmt: skip
    """Apply an operation to two inputs, one of which may be a bare number.

    >>> from micrograd_nn import mul
    >>> apply_two(Value(2.0), mul, 3.0).partials
    (3.0, None)
    """
    inputs = x, y
    x_wanted, y_wanted = type(x) is kind, type(y) is kind
    if special_settings or not (x_wanted or y_wanted):
        return record_operator(operation, inputs)
    if not (x_wanted and y_wanted):
        other = type(y if x_wanted else x)
        if other not in BARE:
            if other is not Constant:
                return record_operator(operation, inputs)
        elif x_wanted:
            y, y_wanted = make_constant(y, operation.name, constant), bare_wanted
        else:
            x, x_wanted = make_constant(x, operation.name, constant), bare_wanted
    at_x, at_y = x.number, y.number
    try:
        out = operation.forward(at_x, at_y)
        if type(out) is not float:
            out = operation.require_result(out)
        x_rule, y_rule = operation.partials
        by_x = x_rule(out, at_x, at_y) if x_wanted else None
        by_y = y_rule(out, at_x, at_y) if y_wanted else None
    except ARITHMETIC:
        return record(operation, inputs)
    if (x_wanted and type(by_x) is not float) or (y_wanted and type(by_y) is not float):
        by_x, by_y = require_partials(operation, (by_x, by_y), (x_wanted, y_wanted))
    node = new(kind)
    node._make(out, operation, x, y, by_x, by_y, at_x, at_y)
    return node


def record_operator(operation: Operation, inputs: tuple[Any, Any]) -> Any:
    """Apply an operation to two inputs, or leave it to the class of the second one."""
    try:
        return record(operation, inputs)
    except TypeError:
        return leave_operator(inputs[1], f"__r{operation.name}__")


def operate(operation: Operation, inputs: Sequence[Any]) -> Any:
    """Apply an operation to inputs of which at least one is a Value, in the fastest way."""
    if type(operation) is Operation:
        if len(inputs) == 1:
            return apply_one(inputs[0], operation)
        if len(inputs) == 2:
            out = apply_two(inputs[0], operation, inputs[1])
            if out is not NotImplemented:  # which is an answer to an operator only
                return out
    return record(operation, inputs)


# Set here, not in value.py: recording needs Value, and value.py shall read without it.
Value.operate = staticmethod(operate)  # type: ignore[method-assign]
Value.apply_one = apply_one  # type: ignore[method-assign, assignment]
Value.apply_two = apply_two  # type: ignore[method-assign, assignment]
Value.kinds = Kinds(Value, Constant)
