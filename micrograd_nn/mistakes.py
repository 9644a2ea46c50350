"""Mistakes caught by name: where a number went wrong, and what a gradient does not say.

``provenance`` and ``anomaly_detection`` are switched on while one searches, at a cost;
``stale`` and ``unreached`` look at a graph that is there.
"""

from __future__ import annotations

import linecache
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from .backprop import Step, steps, was_edited
from .recording import RECORDER, Observer, observed_by
from .value import Value, nodes

PACKAGE = os.path.dirname(__file__) + os.sep, RECORDER
CHAIN = 8  # nodes that an anomaly's message tells of, at most


class Origin(NamedTuple):
    """The line of a program that made a node.

    >>> print(Origin("model.py", 12, "loss"))
    model.py, line 12, in loss
    """

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        code = linecache.getline(self.file, self.line).strip()
        place = f"{self.file}, line {self.line}, in {self.function}"
        return f"{place}: {code}" if code else place


class Provenance(Observer):
    """Notes on each node which line of the user's program, outside this package, made it."""

    def made(self, node: Value) -> None:
        """Find the nearest caller that isn't of this package."""
        frame = sys._getframe(1)
        while frame.f_back and frame.f_code.co_filename.startswith(PACKAGE):
            frame = frame.f_back
        code = frame.f_code
        node.noted().origin = Origin(code.co_filename, frame.f_lineno, code.co_name)


@contextmanager
def provenance() -> Iterator[None]:
    """Make every node remember the line of the program that made it, in ``origin``.

    >>> with provenance():
    ...     x = Value(2.0)
    >>> x.origin.line
    2

    Nodes made outside have an ``origin`` of None.
    """
    with observed_by(Provenance()):
        yield


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
        if not math.isfinite(node.data):
            raise AnomalyError(f"{told(node)}\n{chain(node)}", node)
        for input, partial in zip(node.inputs, node.partials, strict=True):
            if partial is not None and not math.isfinite(partial):
                what = f"the derivative by {named(input)} is {partial}, in {told(node)}"
                raise AnomalyError(f"{what}\n{chain(node)}", node)

    def passes_back(self, root: Value) -> None:
        """Make the pass in steps, and look at each."""
        for step in steps(root):
            if not math.isfinite(step.after):
                what = (
                    f"the gradient of {named(step.input)} becomes {step.after} going back: "
                    f"{step.before} + upstream {step.upstream} × partial {step.partial}, "
                    f"through {told(step.node)}"
                )
                raise AnomalyError(f"{what}\n{chain(step.node)}", step.node, step)


@contextmanager
def anomaly_detection() -> Iterator[None]:
    """Raise an AnomalyError where the first NaN or infinity is born, forward or backward.

    >>> with anomaly_detection():
    ...     x = Value(1e200, label="x")
    ...     y = x * x  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    micrograd_nn.mistakes.AnomalyError: x * y is inf; x = 1e+200 (label 'x'), y = 1e+200 ...

    The message has the inputs, the line of the program, and the nodes that led there. Under
    ``no_grad``, where no graph is recorded, there is nothing to look at.
    """
    with observed_by(Provenance(), AnomalyDetection()):
        yield


def named(node: Value) -> str:
    """Return a node's label, or else the operation or number that it is."""
    if node.label:
        return repr(node.label)
    return f"the result of {node.operation.name}" if node.operation else f"{node.data!r}"


def told(node: Value) -> str:
    """Tell how a node came to its number, and where."""
    where = f"\n  made by {node.origin}" if node.origin else ""
    if node.operation is None:
        return f"{named(node)} is {node.data}{where}"
    given = node.operation.told(node.inputs)
    return f"{node.operation.written(*node.operation.inputs)} is {node.data}{given}{where}"


def chain(node: Value) -> str:
    """Return the nodes that led to one, a line each: at each, its largest input is followed."""
    lines: list[str] = []
    while node.inputs and len(lines) < CHAIN:
        node = max(node.inputs, key=lambda x: (not math.isfinite(x.data), abs(x.data)))
        where = f", made by {node.origin}" if node.origin else ""
        lines.append(f"  from {node!r}{where}")
    return "\n".join(lines)


def stale(root: Value) -> list[Value]:
    """Return the nodes whose ``data`` was edited since the root was recorded.

    Gradients are those of the recorded pass; compute the root anew to have them at the new
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
    return list(dict.fromkeys(input for node in nodes(root) for input in edited_inputs(node)))


def edited_inputs(node: Value) -> list[Value]:
    """Return the inputs whose number isn't the one that the node was made from.

    >>> edited_inputs(Value(3.0) * 2)
    []

    Not-a-number, which isn't equal to itself, is no edit of itself.
    """
    return [
        input
        for input, number in zip(node.inputs, node.numbers, strict=True)
        if was_edited(input, number)
    ]


def unreached(loss: Value, parameters: Any) -> list[Any]:
    """Return the parameters that a loss doesn't depend on, which no training will change.

    Of a model they are returned by name, of a list as they are.

    >>> from micrograd_nn.nn import MLP
    >>> model = MLP(1, [2])
    >>> unreached(model([1.0])[0], model)
    ['layers.0.neurons.1.w.0', 'layers.0.neurons.1.b']

    A detached value and a constant reach nothing:

    >>> x = Value(3.0)
    >>> unreached(x.detach() * 2, [x])
    [Value(3.0, grad=None)]
    """
    reached = set(nodes(loss))
    if hasattr(parameters, "named_parameters"):
        return [name for name, node in parameters.named_parameters() if node not in reached]
    return [node for node in parameters if node not in reached]
