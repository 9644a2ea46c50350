"""Recorders: an operation's row written out as the function that records it, for speed.

``value.record`` serves every operation by calling its rules, and is the one to read. For an
operation that is used often, ``recorder_of`` writes an ``apply`` that does the same to ordinary
inputs, with the rules' formulas in place of calls, and leaves all else to ``Operation.apply``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from ..engine import value
from ..engine.operation import ARITHMETIC, Operation
from ..engine.recording import ORDINARY, RECORDER
from ..writing.python import RESERVED, RULES, Names
from ..writing.symbol import Symbols, derive_partials
from .lines import FunctionWriter
from .program import define_function

LINES = '''\
def apply(inputs):
    """Record {written}, as value.record does for any operation."""
    if setting.get() is not ORDINARY:
        return Operation.apply(operation, inputs)
    {nodes}, = inputs
{check}
{read}
    try:
{lines}
    except ARITHMETIC:
        out = None
    if type(out) is not float:
        return Operation.apply(operation, inputs)
    node = new(Value)
    node.data = out
    node.grad = node.label = node.notes = None
    node.operation = operation
    node.inputs = tuple(inputs)
    node.partials = partials
    node.numbers = ({numbers},)
    node.created = next_number()
    return node
'''

ALL_MOVE = """\
    if not ({all_are_values}):
        return Operation.apply(operation, inputs)"""

ONE_MAY_BE_A_NUMBER = """\
    {x}_moves = type({x}_node) is Value
    {y}_moves = type({y}_node) is Value
    if not ({x}_moves and {y}_moves):
        if {x}_moves and type({y}_node) in BARE:
            inputs = {x}_node, {y}_node = {x}_node, constant({y}_node, operation.name)
        elif {y}_moves and type({x}_node) in BARE:
            inputs = {x}_node, {y}_node = constant({x}_node, operation.name), {y}_node
        else:
            return Operation.apply(operation, inputs)"""

OWN = {"operation", "inputs", "node", "out", "partials"}  # names in the lines above
USED = {
    name: getattr(value, name)
    for name in ("BARE", "Value", "constant", "new", "next_number", "setting")
} | {"ARITHMETIC": ARITHMETIC, "ORDINARY": ORDINARY, "Operation": Operation}


def recorder_of(operation: Operation) -> Callable[..., Any]:
    """Return a function of a tuple of an operation's inputs that records it as ``record`` does.

    >>> from micrograd_nn import Value, mul
    >>> recorder_of(mul)((Value(2.0), 3)).partials
    (3.0, None)

    A debugger that steps into it shows its source.
    """
    writer = FunctionWriter((), {}, {}, Names({*RESERVED, *USED, *OWN}))
    source = recorder_source(operation, writer)
    namespace: dict[str, Any] = {**RULES, **USED, "operation": operation}
    namespace |= {name: row.forward for row, name in writer.notation.calls.items()}
    filename = f"{RECORDER}{operation.name}, {id(operation):#x}>"
    return define_function("apply", source, namespace, filename, operation)


def recorder_source(operation: Operation, writer: FunctionWriter) -> str:
    """Return a recorder's source, whose formulas are the row's rules applied to names.

    >>> from micrograd_nn import mul
    >>> print(recorder_source(mul, FunctionWriter((), {}, {}, Names())))  # doctest: +ELLIPSIS
    def apply(inputs):
        ...
            out = x * y
            partials = (y if x_moves else None, x if y_moves else None,)
        ...
    """
    symbols = writer.symbols = Symbols(zeros=True)
    names = []
    for name in operation.inputs:
        names.append(writer.names.new(name))
        writer.names.taken |= {f"{names[-1]}_node", f"{names[-1]}_moves"}
    numbers = [symbols.leaf() for _ in names]
    writer.name |= dict(zip(numbers, names, strict=True))
    out = symbols.apply(operation, numbers)
    writer.name[out] = "out"
    writer.add("", out)
    partials = derive_partials(operation, out, numbers, [True] * len(names))
    formulas = [f"{{{i}}}" for i in range(len(names))]
    if len(names) == 2:
        formulas = [f"{{{i}}} if {name}_moves else None" for i, name in enumerate(names)]
    writer.add(f"partials = ({', '.join(formulas)},)", *partials)

    nodes = ", ".join(f"{name}_node" for name in names)
    if len(names) == 2:
        check = ONE_MAY_BE_A_NUMBER.format(x=names[0], y=names[1])
    else:
        values = " and ".join(f"type({name}_node) is Value" for name in names)
        check = ALL_MOVE.format(all_are_values=values)
    return LINES.format(
        nodes=nodes,
        written=operation.written(*names),
        check=check,
        read="\n".join(f"    {name} = {name}_node.data" for name in names),
        lines=textwrap.indent("\n".join(writer.write_lines()), " " * 8),
        numbers=", ".join(names),
    )
