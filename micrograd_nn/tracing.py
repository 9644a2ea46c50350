"""Tracing: a function's graph, recorded in a way that shows what a compiled program can't follow.

A trace runs the function once, on Values of a kind that notices a look at its number. What a
program would freeze is a ``TraceError`` then: ``.data``, ``no_grad``, ``==`` with a number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from .operation import Operation
from .recording import Observer, graphs, observed_by, setting
from .source import Branch
from .structure import leaves, rebuilt
from .value import Constant, Value, record

PACKAGE = __name__.partition(".")[0]

# A number that goes on without its gradient: what ``detach`` is in a program.
held = Operation(
    "held", lambda x: x, [lambda out, x: 0.0],
    code="(+{0})", doc="The number itself, with no gradient.", example="held(2) == 2.0",
)  # fmt: skip


class TraceError(TypeError):
    """A function does something that a compiled program can't follow."""


class Traced(Value):
    """A Value whose number must not be looked at, except by the engine."""

    __slots__ = ()

    @property
    def data(self) -> float:
        """The number, for the engine alone."""
        if sys._getframe(1).f_globals.get("__name__", "").partition(".")[0] != PACKAGE:
            raise TraceError(
                "a compiled function can't look at .data: compare the Value itself (x > 0) to "
                "decide, use .detach() for a number without a gradient, or call the function "
                "as it is"
            )
        return number_of(self)

    @data.setter
    def data(self, number: float) -> None:
        raise TraceError("a compiled function can't set .data: compute a new Value")

    def detach(self) -> Any:
        """Return the number as a node that no gradient flows through."""
        return record(held, (self,))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)):
            raise TraceError(
                f"a compiled function can't ask whether a Value == {other!r}: use <= and >="
            )
        return self is other

    __hash__ = Value.__hash__


number_of: Callable[[Value], float] = vars(Value)["data"].__get__


class Tracing(Observer):
    """Makes every new node a traced one, and keeps all comparisons."""

    def __init__(self) -> None:
        self.nodes: list[Value] = []
        self.branches: dict[Value, list[Branch]] = {}

    def made(self, node: Value) -> None:
        """Turn a new node into a traced one."""
        if isinstance(node, Constant):
            if not setting.get().recording:
                raise TraceError("a compiled function can't use no_grad(): use .detach()")
        else:
            self.take(node)

    def take(self, node: Value) -> None:
        """Make a node a traced one, until the end."""
        if type(node) is Value:
            node.__class__ = Traced
            self.nodes.append(node)

    def compared(self, node: Value, how: str, other: Value | float, outcome: bool) -> None:
        """Keep a comparison."""
        self.branches.setdefault(node, []).append((how, other, outcome))

    def end(self) -> None:
        """Turn all nodes into ordinary ones."""
        for node in self.nodes:
            node.__class__ = Value


class Trace:
    """What one run of a function made: the Values in the place of its numbers, and its result.

    >>> trace = Trace(lambda x: x * x if x > 0 else -x, [3.0], [0])
    >>> trace.result.data, [how for how, _, _ in trace.branches[trace.inputs[0]]]
    (9.0, ['>'])
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        traced: Sequence[int],
        parameters: Sequence[Value] = (),
    ) -> None:
        """Run the function; ``traced`` are the places of the numbers that a program may change."""
        given = list(leaves(list(arguments)))
        tracing = Tracing()
        with graphs(), observed_by(tracing):
            try:
                for i in traced:
                    given[i] = Value(given[i])
                for parameter in parameters:
                    tracing.take(parameter)
                self.inputs: list[Value] = [given[i] for i in traced]
                self.result = function(*rebuilt(list(arguments), iter(given)))
            finally:
                tracing.end()
        self.branches = tracing.branches
        self.outputs = [y for y in leaves(self.result) if isinstance(y, Value)]
