"""Tracing: a function's graph, recorded in a way that shows what a compiled program can't follow.

A trace runs the function once, on Values of a kind that notices a look at its number. What a
program would freeze is a ``TraceError`` then: ``.data``, ``no_grad``, ``==`` with a number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from numbers import Real
from typing import Any

from ..engine import table as operations
from ..engine.operation import Operation
from ..engine.order import is_leaf, next_number, nodes
from ..engine.record import record
from ..engine.setting import Observer, graphs, observed_by, setting
from ..engine.value import Constant, Value
from ..mistakes import is_own_code
from ..nested import iterate_numbers, rebuild
from ..text import add_article
from .branches import Branch, collect_nodes

# A number that goes on without its gradient: what ``detach`` is in a program.
held = Operation(
    "held", lambda x: x, [lambda out, x: 0.0],
    code="(+{0})", doc="The number itself, with no gradient.", example="held(2) == 2.0",
)  # fmt: skip


class TraceError(TypeError):
    """A function does something that a compiled program can't follow."""


def hide_attribute(name: str, what: str) -> Any:
    """Return an attribute of a Value that nobody looks at or sets; the engine has its slots."""

    def look(self: Value) -> Any:
        raise TraceError(f"a compiled function can't look at {what}")

    def change(self: Value, thing: Any) -> None:
        raise TraceError(f"a compiled function can't set {name}: compute a new Value")

    return property(look, change)


class Traced:
    """What makes a Value one whose number must not be looked at, except by the engine's slots.

    >>> x = Value(3.0)
    >>> x.__class__ = make_traced(Value)
    >>> x * 2 > x, x.number
    (True, 3.0)
    >>> x.numbers
    Traceback (most recent call last):
    micrograd_nn.compiler.tracing.TraceError: a compiled function can't look at its inputs' numbers
    """

    __slots__ = ()

    data = hide_attribute(
        ".data",
        ".data: compare the Value itself (x > 0) to decide, use .detach() for a number without a "
        "gradient, or call the function as it is",
    )
    partials = hide_attribute("partials", "partials: use calculus.grad")
    numbers = hide_attribute("numbers", "its inputs' numbers")

    def detach(self: Any) -> Any:
        """Return the number as a node that no gradient flows through."""
        return record(held, (self,))

    def __eq__(self, other: object) -> bool:
        # The table's own rules ask whether a number is that very one, which no Value is.
        by_a_row = sys._getframe(1).f_globals is vars(operations)
        if isinstance(other, Real) and not by_a_row:
            raise TraceError(
                f"a compiled function can't ask whether a Value == {other!r}: use <= and >="
            )
        return self is other

    def __hash__(self: Any) -> int:
        # As an argument, it would be found in {1.0, 2.0} if it were the number that it stands for.
        # Python tells a key nothing of the set or dict, and this package keeps nodes in many: that
        # leaves the caller's file to tell a user's look-up by.
        if self.operation is None and not is_own_code(sys._getframe(1)):
            raise TraceError("a compiled function can't look an argument up in a set or a dict")
        return object.__hash__(self)

    def __format__(self, spec: str) -> str:
        raise TraceError("a compiled function can't write a number into a text")


@cache
def make_traced(kind: type[Value]) -> type[Value]:
    """Return a class of Values as one whose numbers must not be looked at.

    >>> issubclass(make_traced(Value), Value)
    True
    """
    return type("Traced", (Traced, kind), {"__slots__": ()})


class Tracer(Observer):
    """Makes every new node a traced one, and keeps all comparisons."""

    def __init__(self) -> None:
        self.kinds: dict[Value, type[Value]] = {}
        self.branches: dict[Value, list[Branch]] = {}
        self.outside: list[Value] = []

    def made(self, node: Value) -> None:
        """Turn a new node into a traced one."""
        if isinstance(node, Constant):
            if not setting.get().recording:
                raise TraceError("a compiled function can't use no_grad(): use .detach()")
        else:
            self.hide_number(node)

    def hide_number(self, node: Value) -> None:
        """Make a node a traced one, until the end."""
        kind = type(node)
        if not issubclass(kind, (Traced, Constant)):
            self.kinds[node] = kind
            node.__class__ = make_traced(kind)  # type: ignore[arg-type]  # a class is hashable

    def show_numbers(self) -> None:
        """Turn all nodes into ordinary ones."""
        for node, kind in self.kinds.items():
            node.__class__ = kind

    def compared(self, node: Value, how: str, other: Value | float, outcome: bool) -> None:
        """Keep a comparison."""
        self.branches.setdefault(node, []).append((how, other, outcome))

    def detached(self, node: Value) -> None:
        """Keep a node from outside whose number is used without its gradient."""
        self.outside += [x for x in nodes(node) if x.operation is None]

    def passes_back(self, root: Value) -> None:
        """Refuse: the gradients would be numbers."""
        raise TraceError("a compiled function can't use backward(): use calculus.grad")


class Trace:
    """What one run of a function made: the Values in the place of its numbers, and its result.

    >>> trace = Trace(lambda x: x * x if x > 0 else -x, [3.0], [0])
    >>> trace.result.data, [how for how, _, _ in trace.branches[trace.inputs[0]]]
    (9.0, ['>'])

    ``others`` are the leaves that the function took from elsewhere, without the ``parameters``.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        places: Sequence[int],
        parameters: Sequence[Value] = (),
    ) -> None:
        """Run the function; ``places`` are those of the numbers that a program may change."""
        given = list(iterate_numbers(list(arguments)))
        tracer, since = Tracer(), next_number()
        with graphs(), observed_by(tracer):
            try:
                for i in places:
                    given[i] = Value(given[i])
                for parameter in parameters:
                    tracer.hide_number(parameter)
                self.inputs: list[Value] = [given[i] for i in places]
                self.result = function(*rebuild(list(arguments), iter(given)))
            finally:
                tracer.show_numbers()
        self.branches = tracer.branches
        self.outputs = collect_outputs(self.result)
        graph = collect_nodes(self.outputs, self.branches)
        for node in graph:
            if node.operation is not None and node.created < since:
                raise TraceError(f"a compiled function can't use {node!r}, computed outside of it")
        known = {*self.inputs, *parameters}
        others = [x for x in (*graph, *tracer.outside) if is_leaf(x) and x not in known]
        self.others: list[Value] = list(dict.fromkeys(others))


def collect_outputs(result: Any) -> list[Value]:
    """Return the Values in a function's result; what a program can't return is a TraceError."""
    outputs = []
    for y in iterate_numbers(result):
        if isinstance(y, Value):
            outputs.append(y)
        elif not (y is None or isinstance(y, (Real, str))):
            raise TraceError(
                f"a compiled function returns numbers, in lists, tuples and dictionaries, "
                f"not {add_article(type(y).__name__)}"
            )
    return outputs


def trace_function(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    places: Sequence[int],
    parameters: Sequence[Value] = (),
) -> Trace:
    """Return a trace in which the Values that the function takes from elsewhere are traced, too.

    They are found by a first run, and hidden in a second one.
    """
    trace = Trace(function, arguments, places, parameters)
    if trace.others:
        others = trace.others
        trace = Trace(function, arguments, places, [*parameters, *others])
        trace.others = others
    return trace
