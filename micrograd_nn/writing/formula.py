"""A local derivative as a formula: a row's own rule, run on symbols.

No derivative is known here by heart. A rule runs on symbols as it does for a compiled program, and
what comes out is written with names or with numbers, in one of two notations.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from typing import Any, NamedTuple

from ..engine.operation import Reduction
from ..engine.steps import is_same_number
from ..engine.table import mul, pow
from ..engine.value import Constant, Value
from .mathematics import Mathematics
from .notation import Text
from .symbol import Symbol, Symbols

MOST_OPERATIONS = 16  # operations in one formula: what is longer explains nothing


class Local(NamedTuple):
    """A local derivative as an expression on symbols, and the node and number of each leaf."""

    expression: Symbol | float
    symbols: Symbols
    nodes: dict[Symbol, Value]
    numbers: dict[Symbol, float]


def derive_local(node: Value, position: int) -> Local | None:
    """Return the formula of ∂node/∂input, None if its rule has none.

    >>> local = derive_local(Value(3.0) * Value(2.0), 0)
    >>> local.expression, list(local.numbers.values())
    (Symbol(leaf), [3.0, 2.0])

    A rule that looks at numbers has no formula, nor has one whose formula gives another number.
    """
    symbols, operation = Symbols(is_general=True), node.operation
    if operation is None:
        return None
    leaves: dict[Value, Symbol] = {x: symbols.leaf() for x in node.inputs if is_variable(x)}
    pairs = list(zip(node.inputs, node.numbers, strict=True))
    numbers = {leaves[x]: number for x, number in pairs if x in leaves}
    inputs = [leaves.get(x, number) for x, number in pairs]
    wanted = [i == position for i in range(len(inputs))]
    try:
        out: Any
        if isinstance(operation, Reduction):  # its name, since its inputs may be thousands
            out = leaves[node] = symbols.leaf()
            numbers[out] = operation.forward(*node.numbers)
        else:
            out = symbols.apply(operation, inputs, zeros=False)
        expression = operation.local_partials(out, inputs, wanted)[position]
        number = compute_number(expression, symbols, numbers)
    except Exception:  # whatever a rule that looks at numbers does with something else
        return None
    partial = node.partials[position]
    if partial is None or not (isclose(number, partial) or is_same_number(number, partial)):
        return None
    return Local(expression, symbols, {symbol: x for x, symbol in leaves.items()}, numbers)


def is_variable(node: Value) -> bool:
    """Tell whether a node is more than a number in a formula."""
    return not isinstance(node, Constant)


def compute_number(expression: Any, symbols: Symbols, numbers: Mapping[Symbol, float]) -> float:
    """Return the number that an expression on symbols gives."""
    known = dict(numbers)
    for symbol in symbols.known.values():  # inputs before results
        if symbol.operation is not None:
            inputs = [known[x] if isinstance(x, Symbol) else x for x in symbol.inputs]
            known[symbol] = symbol.operation.forward(*inputs)
    return known[expression] if isinstance(expression, Symbol) else float(expression)


def write_formula(
    local: Local, leaves: Mapping[Symbol, Text], notation: Mathematics
) -> Text | None:
    """Return a local derivative in a notation; None if it is too long.

    >>> from micrograd_nn.writing.plain import Plain
    >>> x = Value(3.0)
    >>> local = derive_local(x.tanh(), 0)
    >>> write_formula(local, {leaf: Text("x") for leaf in local.nodes}, Plain()).text
    '1 − tanh(x)²'
    """
    texts = dict(leaves)

    def find_text(x: Any) -> Text | None:
        return texts.get(x) if isinstance(x, Symbol) else notation.write_number(x)

    for symbol in local.symbols.known.values():  # inputs before results
        operation, inputs = symbol.operation, symbol.inputs
        if operation is mul and inputs[0] is inputs[1]:
            operation, inputs = pow, (inputs[0], 2.0)  # which reads better
        given = [text for x in inputs if (text := find_text(x)) is not None]
        size = sum([text.size for text in given]) + max(len(inputs) - 1, 1)
        if operation is not None and len(given) == len(inputs) and size <= MOST_OPERATIONS:
            texts[symbol] = notation.write_operation(operation, given)._replace(size=size)
    return find_text(local.expression)


def write_partial(
    node: Value, position: int, names: Mapping[Value, str], notation: Mathematics
) -> tuple[Text | None, Text | None]:
    """Return ∂node/∂input with the nodes' names and with their numbers; None if there's no formula.

    >>> from micrograd_nn.writing.plain import Plain
    >>> x = Value(3.0)
    >>> [text.text for text in write_partial(x.sin(), 0, {x: "x"}, Plain())]
    ['cos(x)', 'cos(3)']
    """
    local = derive_local(node, position)
    if local is None:
        return None, None
    named = {leaf: notation.write_name(names[x]) for leaf, x in local.nodes.items()}
    given = {leaf: notation.write_number(x) for leaf, x in local.numbers.items()}
    return write_formula(local, named, notation), write_formula(local, given, notation)
