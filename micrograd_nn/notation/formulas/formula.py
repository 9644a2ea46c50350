"""A local derivative as a formula: a row's own rule, run on symbols.

No derivative is known here by heart. A rule runs on symbols as it does for a compiled program, and
what comes out is written with names or with numbers, in one of two notations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isclose
from typing import Any, NamedTuple

from ...engine.backprop import is_same_number
from ...engine.operation import Operation, Reduction, Rule
from ...engine.table import mul, neg, pow, sigmoid, truediv
from ...engine.value import Constant, Value
from ..writing.notation import Text
from ..writing.symbol import Symbol, Symbols
from .mathematics import Mathematics

MOST_OPERATIONS = 16  # operations in one formula: what is longer explains nothing
MOST_RULED = 1_000  # of a node whose formulas are looked for: each is made of all of them


class Local(NamedTuple):
    """A local derivative as an expression on symbols, and the node of each that has a name.

    ``numbers`` are those of the leaves.
    """

    expression: Symbol | float
    symbols: Symbols
    nodes: dict[Symbol, Value]
    numbers: dict[Symbol, float]


def run_rule(node: Value, rule: Rule) -> Local:
    """Return what a rule of a local derivative gives on symbols: the node's own, or a wrong one."""
    symbols, operation = Symbols(is_general=True), node.operation
    assert operation is not None
    leaves: dict[Value, Symbol] = {
        x: symbols.leaf() for x in node.inputs if not isinstance(x, Constant)
    }
    pairs = list(zip(node.inputs, node.numbers, strict=True))
    inputs = [leaves.get(x, number) for x, number in pairs]
    nodes = {symbol: x for x, symbol in leaves.items()}
    numbers = {leaves[x]: number for x, number in pairs if x in leaves}
    out: Any
    if isinstance(operation, Reduction):  # its name, since its inputs may be thousands
        out = symbols.leaf()
        numbers[out] = operation.forward(*node.numbers)
    else:
        out = symbols.apply(operation, inputs, zeros=False)
    if isinstance(out, Symbol):
        nodes.setdefault(out, node)  # x ** 1 is x
    return Local(rule(out, *inputs), symbols, nodes, numbers)


def derive_local(node: Value, position: int) -> Local | None:
    """Return the formula of ∂node/∂input, None if its rule has none.

    A rule that looks at numbers has no formula, nor has one whose formula gives another number.
    That of a node with thousands of inputs isn't looked for.
    """
    operation, partial = node.operation, node.partials[position]
    if operation is None or partial is None or len(node.inputs) > MOST_RULED:
        return None
    wanted = [i == position for i in range(len(node.inputs))]

    def rule(out: Any, *inputs: Any) -> Any:
        return operation.local_partials(out, inputs, wanted)[position]

    try:
        local = run_rule(node, rule)
        known: dict[Any, float] = compute_numbers(local.symbols, local.numbers)
        number = float(known.get(local.expression, local.expression))
    except Exception:  # whatever a rule that looks at numbers does with something else
        return None
    return local if isclose(number, partial) or is_same_number(number, partial) else None


def compute_numbers(symbols: Symbols, numbers: Mapping[Symbol, float]) -> dict[Symbol, float]:
    """Return the number of each expression, given those of the leaves."""
    known = dict(numbers)
    for symbol in symbols.known.values():  # inputs before results
        if symbol.operation is not None:
            inputs = [known[x] if isinstance(x, Symbol) else x for x in symbol.inputs]
            known[symbol] = symbol.operation.forward(*inputs)
    return known


def write_formula(
    local: Local, leaves: Mapping[Symbol, Text], notation: Mathematics
) -> Text | None:
    """Return a local derivative in a notation; None if it is too long."""
    texts = dict(leaves)

    def find_text(x: Any) -> Text | None:
        return texts.get(x) if isinstance(x, Symbol) else notation.write_number(x)

    expression = make_readable(local, leaves)
    for symbol in local.symbols.known.values():  # inputs before results
        operation, inputs = symbol.operation, symbol.inputs
        given = [text for x in inputs if (text := find_text(x)) is not None]
        size = sum([text.size for text in given]) + max(len(inputs) - 1, 1)
        if operation is None or symbol in texts:
            continue
        if len(given) == len(inputs) and size <= MOST_OPERATIONS:
            texts[symbol] = notation.write_operation(operation, given)._replace(size=size)
    return find_text(expression)


def make_readable(local: Local, named: Collection[Symbol]) -> Symbol | float:
    """Return the expression of a local derivative as people write it; what is named stays."""
    better: dict[Symbol | float, Symbol | float] = {}
    for symbol in list(local.symbols.known.values()):  # inputs before results
        if symbol not in named and symbol.operation is not None:
            inputs = [better.get(x, x) for x in symbol.inputs]
            better[symbol] = rewrite_operation(symbol.operation, inputs)
    return better.get(local.expression, local.expression)


def rewrite_operation(operation: Operation, inputs: Sequence[Any]) -> Any:
    """Return an operation on symbols: x · x as x², a / b / b as a / b², σ(−x) as 1 − σ(x).

    What is negative in a fraction is its numerator.
    """
    x, y = inputs[0], inputs[-1]
    if operation is mul and x is y:
        return pow(x, 2.0)
    if operation is sigmoid and is_made_by(x, neg):
        return 1.0 - sigmoid(x.inputs[0])
    if operation is neg and is_made_by(x, truediv):
        return -x.inputs[0] / x.inputs[1]
    if operation is truediv and is_made_by(x, truediv) and x.inputs[1] is y:
        return x.inputs[0] / pow(y, 2.0)
    return operation.apply(inputs)


def is_made_by(x: Any, operation: Operation) -> bool:
    """Tell whether something is a symbol of that operation."""
    return isinstance(x, Symbol) and x.operation is operation


def write_partial(
    node: Value,
    position: int,
    names: Mapping[Value, str],
    notation: Mathematics,
    by_result: bool = False,
) -> tuple[Text | None, Text | None]:
    """Return ∂node/∂input with the nodes' names and with their numbers; None if there's no formula.

    >>> from micrograd_nn.notation.formulas.plain import Plain
    >>> x = Value(3.0)
    >>> [text.text for text in write_partial(x.sin(), 0, {x: "x"}, Plain())]
    ['cos(x)', 'cos(3)']

    The result has its name in it if it is written ``by_result``.

    >>> y = x.tanh()
    >>> write_partial(y, 0, {x: "x", y: "y"}, Plain(), by_result=True)[0].text
    '1 − y²'
    """
    local = derive_local(node, position)
    if local is None:
        return None, None
    given = {leaf: notation.write_number(x) for leaf, x in local.numbers.items()}
    named = [x for x in local.nodes if by_result or x in given]
    texts = {x: notation.write_name(names[local.nodes[x]]) for x in named}
    return write_formula(local, texts, notation), write_formula(local, given, notation)


def write_derivative_rule(
    node: Value, rule: Rule, names: Mapping[Value, str], notation: Mathematics
) -> Text | None:
    """Return a rule of a derivative, right or wrong, in the names of result and inputs."""
    local = run_rule(node, rule)
    texts = {symbol: notation.write_name(names[x]) for symbol, x in local.nodes.items()}
    return write_formula(local, texts, notation)
