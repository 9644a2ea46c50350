"""Backpropagation as a person reads it: a step's formula, with names and with numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.steps import Step
from ..engine.value import Constant, Value
from ..text import printable, short
from .notation import Notation
from .python import Text

MOST_INPUTS = 8  # of an operation that is written out
LONGEST_OPERATION = 60

PLAIN = Notation()  # the spelling of explanations

Names = Mapping[Value, str]


def narrate(step: Step, root: Value, names: Names) -> list[str]:
    """Return where a step leads, its formula with names, and its formula with numbers.

    >>> from micrograd_nn import steps
    >>> x = Value(3.0)
    >>> y = 2 * x
    >>> for line in narrate(next(steps(y)), y, {y: "y", x: "x", y.inputs[0]: "2"}):
    ...     print(line)
    y = 2 · x, to x
    ∂y/∂x += ∂y/∂y × local ∂y/∂x
    ∂y/∂x: 0 + 1 × 2 = 2

    A negative number that follows a sign stands in parentheses, and a zero has no sign.
    """
    node, input = step.node, step.input
    place = f" (input {step.position + 1})" if node.inputs.count(input) > 1 else ""
    edited = " (edited since)" if step.edited else ""
    result = derivative(root, input, names)
    before, after = PLAIN.number(step.before), PLAIN.number(step.after)
    factors = PLAIN.number(step.upstream), PLAIN.number(step.partial)
    _, upstream, partial = PLAIN.among([before, *factors], "{0} + {1}")
    local = f"{derivative(root, node, names)} × local {derivative(node, input, names)}"
    return [
        f"{written(node, names)}, to {names[input]}{place}{edited}",
        f"{result} += {local}",
        f"{result}: {before.text} + {upstream} × {partial} = {after.text}",
    ]


def other_pass(node: Value, gradient: float, root: str) -> str:
    """Say why a node's ``grad`` isn't what one pass from a root gives it; "" if it is, or is None.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> y.backward()
    >>> other_pass(x, 6.0, "y")
    ''
    >>> y.backward()
    >>> other_pass(x, 6.0, "y")
    'its grad adds up 2 backward passes; one pass from y gives 6'

    An inner node's is that of the latest pass, also of one from another root.
    """
    computed = PLAIN.number(gradient).text
    if node.grad is None or PLAIN.number(node.grad).text == computed:
        return ""
    if node.grad and node.passes > 1:
        said = f"adds up {node.passes:,} backward passes"
    elif node.operation is not None:
        said = "is of a pass from another root, of one under way, or was set"
    else:
        said = "is of another pass, of one under way, or was set"
    return f"its grad {said}; one pass from {root} gives {computed}"


def derivative(of: Value, by: Value, names: Names) -> str:
    """Return the text of a derivative.

    >>> x, y = Value(3.0), Value(4.0)
    >>> derivative(y, x, {x: "w*x", y: "y"})
    '∂y/∂(w*x)'
    """
    return PLAIN.derivative(PLAIN.name(names[of]), PLAIN.name(names[by])).text


def written(node: Value, names: Names) -> str:
    """Return how a node was made, in the names of its inputs; a leaf is its name alone.

    >>> from micrograd_nn.graph import Graph
    >>> x = Value(3.0, "x")
    >>> y = x ** 2
    >>> written(y, Graph(y).names), written(x, Graph(y).names)
    ('v1 = x²', 'x')

    Where that would be long, it says of how many inputs:

    >>> from micrograd_nn import mean
    >>> y = mean([x] * 99 + [1])
    >>> written(y, Graph(y).names)
    'v1 = mean of 100 inputs, 1 of them constant'
    """
    operation, count = node.operation, len(node.inputs)
    if operation is None:
        return names[node]
    text = ""
    if count <= MOST_INPUTS:
        text = PLAIN.applied(operation, [text_of(input, names) for input in node.inputs]).text
    if not 0 < len(text) <= LONGEST_OPERATION:
        text = f"{operation.symbol} of {count:,} input" + "s" * (count != 1)
        constants = sum(isinstance(input, Constant) for input in node.inputs)
        text += f", {constants:,} of them constant" * (constants > 0)
    return f"{names[node]} = {printable(text)}"


def text_of(node: Value, names: Names) -> Text:
    """Return a node as it stands in a formula: a constant without a name is a number.

    >>> low, x = Constant(-2.0), Value(3.0)
    >>> text_of(low, {low: "−2"}).kind, text_of(x, {x: "w*x"}).kind
    ('USub', 'other')
    """
    if isinstance(node, Constant) and names[node] == short(node.data):
        return PLAIN.number(node.data)
    return PLAIN.name(names[node])
