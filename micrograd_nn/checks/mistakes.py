"""Mistakes caught by name: where a number went wrong, and what a gradient does not say.

``provenance`` and ``anomaly_detection`` are switched on while one searches, at a cost;
``stale`` and ``unreached`` look at a graph that is there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from ..engine.backprop import Step, steps
from ..engine.operation import ARITHMETIC, Operation
from ..engine.refusals import find_name
from ..engine.setting import Observer, observed_by
from ..engine.value import Value
from ..graph.calls import Provenance
from ..graph.calls import provenance as provenance
from ..graph.graph import Graph, read_input_numbers, read_partials
from ..nn.module import name_parameters
from ..nn.networks import find_embeddings

MOST_TOLD = 8  # nodes that an anomaly's message tells of, at most
MOST_TRIED = 8  # inputs of a node that are tried as the one that made a number too large


class AnomalyError(FloatingPointError):
    """The first number that isn't finite: ``node`` is where, ``step`` the step back, if any."""

    def __init__(self, message: str, node: Value, step: Step | None = None) -> None:
        super().__init__(message)
        self.node = node
        self.step = step


class AnomalyDetection(Observer):
    """Raises an AnomalyError at the first number that isn't finite."""

    def made(self, node: Value) -> None:
        """Look at a node's number and at its local derivatives."""
        if not math.isfinite(node.number):
            raise AnomalyError(f"{describe_result(node)}\n{trace_inputs(node)}", node)
        for i, partial in enumerate(read_partials(node)):
            if partial is not None and not math.isfinite(partial):
                what = f"the derivative by {refer_to_node(node.inputs[i])} is {partial}"
                where = f"in {describe_result(node)}\n{trace_inputs(node, i)}"
                raise AnomalyError(f"{what}, {where}", node)

    def passes_back(self, root: Value) -> None:
        """Make the pass in steps, and look at each."""
        largest: dict[Value, Step] = {}  # of the steps to each node
        for step in steps(root):
            earlier = largest.setdefault(step.input, step)
            if abs(step.share) > abs(earlier.share) or not math.isfinite(step.share):
                largest[step.input] = step
            if not math.isfinite(step.after):
                what = (
                    f"the gradient of {refer_to_node(step.input)} becomes {step.after} going back: "
                    f"{step.before} + upstream {step.upstream} × local derivative {step.partial}, "
                    f"through {describe_result(step.node)}"
                )
                raise AnomalyError(f"{what}\n{trace_steps(step, largest)}", step.node, step)


class anomaly_detection(observed_by):  # noqa: N801 - as contextlib does
    """Raise an AnomalyError where the first NaN or infinity is born, forward or backward.

    >>> with anomaly_detection():
    ...     x = Value(1e200, label="x")
    ...     y = x * x  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn.checks.mistakes.AnomalyError: x * y is inf; x = 1e+200 (label 'x'), y = 1e+200 ...

    The message has the inputs, the line of the program, and the nodes that led there. Under
    ``no_grad``, where no graph is recorded, there is nothing to look at.
    """

    def __init__(self) -> None:
        super().__init__(Provenance(), AnomalyDetection())


def refer_to_node(node: Value) -> str:
    """Return a node's label or the user's variable, or else the operation or number that it is."""
    if called := repr(node.label) if node.label else find_name(node):
        return called
    return f"the result of {node.operation.name}" if node.operation else f"{node.number!r}"


def describe_result(node: Value) -> str:
    """Tell how a node came to its number, and where."""
    where = f"\n  made by {node.origin}" if node.origin else ""
    if node.operation is None:
        return f"{refer_to_node(node)} is {node.number}{where}"
    return (
        f"{node.operation.written(*node.operation.inputs)} is {node.number}"
        f"{node.operation.describe_inputs(node.inputs)}{where}"
    )


def trace_inputs(node: Value, position: int | None = None) -> str:
    """Return the nodes that led to one, or to its derivative by an input, a line each."""
    lines: list[str] = []
    while node.inputs and len(lines) < MOST_TOLD:
        node, position = find_culprit(node, position), None
        lines.append(f"  from {locate_node(node)}")
    return "\n".join(lines)


def trace_steps(step: Step, largest: Mapping[Value, Step]) -> str:
    """Return what led to a step's result, a line each: the larger one of its two factors.

    An upstream comes from the steps before, a local derivative from the inputs of the step's node.
    """
    lines: list[str] = []
    cause = largest[step.input]  # another than the step where a sum overflows
    while len(lines) < MOST_TOLD:
        if cause is not step:
            product = f"upstream {cause.upstream} × local derivative {cause.partial}"
            lines.append(f"  from {product}, through {locate_node(cause.node)}")
        if not abs(cause.upstream) > abs(cause.partial) or cause.node not in largest:
            lines += trace_inputs(cause.node, cause.position).splitlines()
            break
        cause = largest[cause.node]
    return "\n".join(lines[:MOST_TOLD])


def locate_node(node: Value) -> str:
    """Return a node on one line, with the line of the program that made it, if that was noted."""
    return f"{node!r}, made by {node.origin}" if node.origin else repr(node)


def find_culprit(node: Value, position: int | None = None) -> Value:
    """Return the input that makes a node's number extreme, or its derivative by an input.

    It is the one with which replaced by 1 the result would be nearest to 1, in magnitude:

    >>> x, y = Value(1e200, "x"), Value(1e-9, "y")
    >>> find_culprit(x * y).label, find_culprit(x * y, 0).label, find_culprit(y / x, 0).label
    ('x', 'y', 'x')

    Of many inputs only the most extreme ones are tried.
    """
    operation, numbers = cast(Operation, node.operation), read_input_numbers(node)

    def measure_without(i: int) -> float:
        changed = [*numbers[:i], 1.0, *numbers[i + 1 :]]
        try:
            result = operation.forward(*changed)
            if position is not None:
                wanted = [j == position for j in range(len(numbers))]
                result = operation.local_partials(result, changed, wanted)[position]
        except ARITHMETIC:
            return math.inf
        return measure_extremity(result)

    order = sorted(range(len(numbers)), key=lambda i: measure_extremity(numbers[i]), reverse=True)
    return node.inputs[min(order[:MOST_TRIED], key=measure_without)]


def measure_extremity(number: float) -> float:
    """Return how far from 1 a number's magnitude is, by ratio; 0, from a difference, isn't far.

    >>> [round(measure_extremity(x)) for x in (1e-9, 1e9, -2.0, 0.0)], measure_extremity(math.nan)
    ([21, 21, 1, 0], inf)
    """
    if not math.isfinite(number):
        return math.inf
    return abs(math.log(abs(number))) if number else 0.0


def stale(root: Value | Graph) -> list[Value]:
    """Return the nodes whose ``data`` was edited since the root was recorded.

    Gradients are those of the recorded pass; compute the root again to have them at the new
    numbers.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> x.data = 4.0
    >>> stale(y)
    [Value(4.0, grad=None, label='x')]
    >>> y.backward()
    >>> x.grad
    6.0

    Right after recording there are none.
    """
    return Graph.of(root, {}, "stale").find_edited()


def unreached(loss: Value | Graph, parameters: Any) -> list[Any]:
    """Return the parameters that a loss doesn't depend on, which no training will change.

    Of a model they are returned by name, of a list as they are.

    >>> from micrograd_nn.nn import MLP
    >>> model = MLP(1, [2])
    >>> unreached(model([1.0])[0], model)
    ['layers.0.neurons.1.w.0', 'layers.0.neurons.1.b']

    Of an ``Embedding``, those that other examples look up aren't reported:

    >>> from micrograd_nn.nn import Embedding
    >>> embedding = Embedding(27, 2)
    >>> unreached(embedding(3)[0] + embedding(3)[1], embedding)
    []

    A detached value and a constant reach nothing:

    >>> x = Value(3.0)
    >>> unreached(x.detach() * 2, [x])
    [Value(3.0, grad=None)]
    """
    reached = set(Graph.of(loss, {}, "unreached").places)
    for embedding in find_embeddings(parameters):
        for column in zip(*embedding.weight, strict=True):
            if not reached.isdisjoint(column):
                reached.update(column)
    if callable(getattr(parameters, "parameters", None)):
        return [name for name, node in name_parameters(parameters).items() if node not in reached]
    return [node for node in parameters if node not in reached]
