"""Backpropagation as a person reads it: a step's formula, with names and with numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..._ground.text import format_constant, make_printable
from ...engine.backprop import Step
from ...engine.value import Constant, Value
from ..writing.notation import Text
from ..writing.symbol import Symbol
from .formula import derive_local, write_formula
from .mathematics import SPELLED_OUT, SUM
from .plain import Plain

LONGEST_OPERATION = 60  # letters of one that is written out
MOST_SYMBOLS = 100  # inputs of an operation whose local derivative is written out

NOTATION = Plain()  # the spelling of explanations

NodeNames = Mapping[Value, str]


class Taken(NamedTuple):
    """What a node was made of: how often each input is taken, and how many are constants."""

    uses: Counter[Value]
    constants: int


_taken: WeakKeyDictionary[Value, Taken] = WeakKeyDictionary()  # of nodes with many inputs


def narrate(step: Step, root: Value, names: NodeNames) -> list[str]:
    """Return where a step leads, its formula with names, its local derivative, and the numbers.

    >>> from micrograd_nn import steps
    >>> x = Value(0.5)
    >>> y = x.tanh()
    >>> for line in narrate(next(steps(y)), y, {y: "y", x: "x"}):
    ...     print(line)
    y = tanh(x), to x
    ∂y/∂x += ∂y/∂y × local ∂y/∂x
    local ∂y/∂x: 1 − tanh(x)² = 0.7864
    ∂y/∂x: 0 + 1 × 0.7864 = 0.7864

    A local derivative whose formula is a number alone has no line of its own. A negative number
    that follows a sign stands in parentheses, and a zero has no sign.
    """
    node, input = step.node, step.input
    place = f" (input {step.position + 1})" if count_taken(node).uses[input] > 1 else ""
    edited = " (edited since)" if step.edited else ""
    result = name_derivative(root, input, names)
    before, after = NOTATION.write_number(step.before), NOTATION.write_number(step.after)
    factors = NOTATION.write_number(step.upstream), NOTATION.write_number(step.partial)
    _, upstream, partial = NOTATION.write_items([before, *factors], SUM)
    local = f"local {name_derivative(node, input, names)}"
    formula = write_local(node, step.position, names)
    told = [
        f"{write_node(node, names)}, to {names[input]}{place}{edited}",
        f"{result} += {name_derivative(root, node, names)} × {local}",
    ]
    if formula:
        told.append(f"{local}: {formula} = {factors[1].text}")
    return [*told, f"{result}: {before.text} + {upstream} × {partial} = {after.text}"]


def write_local(node: Value, position: int, names: NodeNames) -> str:
    """Return the formula of ∂node/∂input in the inputs' names; "" where it says nothing.

    A number alone says nothing, and what is too long isn't read.
    """
    if len(node.inputs) > MOST_SYMBOLS:
        return ""
    local = derive_local(node, position)
    if local is None or not isinstance(local.expression, Symbol):
        return ""
    texts = {leaf: write_input(local.nodes[leaf], names) for leaf in local.numbers}
    formula = write_formula(local, texts, NOTATION)
    return (
        make_printable(formula.text) if formula and len(formula.text) <= LONGEST_OPERATION else ""
    )


def narrate_number(node: Value, names: NodeNames) -> list[str]:
    """Return how a node was made, with the names of its inputs and with their numbers.

    A leaf is its name alone, and of many inputs there are too many numbers to write.
    """
    if node.operation is None:
        return [names[node]]
    result = NOTATION.write_number(node.number).text
    given = [NOTATION.write_number(number) for number in node.numbers]
    if len(given) <= SPELLED_OUT:
        text = NOTATION.write_operation(node.operation, given).text
        if 0 < len(text) <= LONGEST_OPERATION:
            result = f"{make_printable(text)} = {result}"
    return [write_node(node, names), f"{names[node]}: {result}"]


def explain_other_pass(node: Value, gradient: float, root: str) -> str:
    """Say why a node's ``grad`` isn't what one pass from a root gives it; "" if it is, or is None.

    An inner node's is that of the latest pass, also of one from another root.
    """
    computed = NOTATION.write_number(gradient).text
    if node.grad is None or NOTATION.write_number(node.grad).text == computed:
        return ""
    if node.grad and node.passes > 1:
        said = f"adds up {node.passes:,} backward passes"
    elif node.operation is not None:
        said = "is of a pass from another root, of one under way, or was set"
    else:
        said = "is of another pass, of one under way, or was set"
    return f"its grad {said}; one pass from {root} gives {computed}"


def name_derivative(of: Value, by: Value, names: NodeNames) -> str:
    """Return the text of a derivative."""
    return NOTATION.write_derivative(*[NOTATION.write_name(names[x]) for x in (of, by)]).text


def write_node(node: Value, names: NodeNames) -> str:
    """Return how a node was made, in the names of its inputs; a leaf is its name alone.

    >>> from micrograd_nn.graph import Graph
    >>> x = Value(3.0, "x")
    >>> y = x ** 2
    >>> write_node(y, Graph(y).names), write_node(x, Graph(y).names)
    ('v1 = x²', 'x')

    Where that would be long, it says of how many inputs:

    >>> from micrograd_nn import mean
    >>> y = mean([x] * 99 + [1])
    >>> write_node(y, Graph(y).names)
    'v1 = mean of 100 inputs, 1 of them constant'
    """
    operation, count = node.operation, len(node.inputs)
    if operation is None:
        return names[node]
    text = ""
    if count <= SPELLED_OUT:
        inputs = [write_input(input, names) for input in node.inputs]
        text = NOTATION.write_operation(operation, inputs).text
    if not 0 < len(text) <= LONGEST_OPERATION:
        text = f"{operation.symbol} of {count:,} input" + "s" * (count != 1)
        constants = count_taken(node).constants
        text += f", {constants:,} of them constant" * (constants > 0)
    return f"{names[node]} = {make_printable(text)}"


def count_taken(node: Value) -> Taken:
    """Return what a node was made of; of many inputs it is counted once for all of its steps."""
    found = _taken.get(node)
    if found is None:
        inputs = node.inputs
        found = Taken(Counter(inputs), sum(isinstance(input, Constant) for input in inputs))
        if len(inputs) > SPELLED_OUT:
            _taken[node] = found
    return found


def write_input(node: Value, names: NodeNames) -> Text:
    """Return a node as it stands in a formula: a constant without a name is a number."""
    if isinstance(node, Constant) and names[node] == format_constant(node.data):
        return NOTATION.write_number(node.data)._replace(text=format_constant(node.data + 0.0))
    return NOTATION.write_name(names[node])
