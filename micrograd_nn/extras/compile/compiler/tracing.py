"""Tracing: a function's graph, recorded in a way that shows what a compiled program can't follow.

A trace runs the function once, on Values that hide their numbers. What a program would freeze is
a ``LastingError`` then, whether the function catches it or not.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import Any, NoReturn

from ...._ground.callers import find_user
from ...._ground.nested import describe_shape, iterate_numbers, rebuild
from ...._ground.text import add_article
from ....engine import table as op
from ....engine.node import is_leaf, nodes
from ....engine.operation import Lookup
from ....engine.setting import Observer, graphs, next_number, observed_by, setting
from ....engine.value import Constant, Value
from ..programs.branches import Branch, collect_nodes
from ..programs.operations import NEVER_FAIL, held, taken
from .errors import LastingError, NotCompiledError
from .instructions import name_place
from .kinds import LARGEST
from .outside import iterate_containers, iterate_mutable
from .traced import CANNOT, Traced, TracedNumber

MOST_RUNS = 4  # of a function until it takes the same Values from elsewhere as before
MOST_EXACT = 2.0**53  # up to which floats are exact for whole numbers
EXACT = {op.add, op.sub, op.abs, op.mul}  # of whole numbers, they give such
ROUNDED = {op.mul, op.pow, op.mod, op.floordiv, op.neg}  # or their zero may be -0.0
LOOK = (
    f"{CANNOT} look at .data, set it or copy a Value: compute a new Value, compare the Value "
    f"itself (x > 0) to decide, use .detach() for a number without a gradient, or call the "
    f"function as it is"
)
MOST_NODES = 200_000  # of a trace, and comparisons


class Tracer(Observer):
    """Makes every new node a traced one, and keeps all comparisons."""

    def __init__(self) -> None:
        self.setting: Any = None  # in which the function itself runs, not a derivative within it
        self.classes: dict[Value, type[Value]] = {}
        self.made_nodes: dict[Value, None] = {}
        self.numbers: set[Value] = set()  # of those: floats when the function runs by itself
        self.of_numbers: set[Value] = set()  # leaves that only derivatives are made of which are
        self.branches: dict[Value, list[Branch]] = {}
        self.outside: list[Value] = []
        self.refusal = ""  # what was refused first
        self.whole: dict[Value, float] = {}  # whole numbers, each with what it is at most
        self.counted = 0
        self.hiding: dict[Any, Any] = {}

    def made(self, node: Value) -> None:
        """Turn a new node into a traced one."""
        if isinstance(node, Constant):
            if not setting.get().recording:
                self.refuse(f"{CANNOT} use no_grad(): use .detach()")
            return
        self.made_nodes[node] = None
        self.count()
        # In a derivative's own graph a number is a Value, which is equal to itself alone.
        is_number = setting.get() is self.setting and node.operation is not None
        is_number = is_number and all(isinstance(x, (TracedNumber, Constant)) for x in node.inputs)
        is_number = is_number and node.operation is not held  # a Value, as a constant is
        if is_number:
            self.numbers.add(node)
        if self.whole and self.whole.keys() & node.inputs:
            self.follow_whole(node)
        if node.operation is op.choose and isinstance(node.inputs[0], TracedNumber):
            node.operation = taken
        self.hide_number(node, TracedNumber if is_number else Traced)

    def follow_whole(self, node: Value) -> None:
        """Refuse what Python computes exactly with whole numbers, and a program by floats."""
        # A constant may stand for a whole number that the function has in it.
        if not all(
            x in self.whole or (isinstance(x, Constant) and x.number.is_integer())
            for x in node.inputs
        ):
            return
        most = [self.whole.get(x, x.number) for x in node.inputs]
        total = sum(map(abs, most))
        is_multiple = isinstance(node.inputs[-1], Constant) or isinstance(node.inputs[0], Constant)
        if node.operation is op.mul and is_multiple and min(most) > 0:  # else 0 may be -0.0
            total = math.prod(most)
        elif node.operation in ROUNDED:
            total = math.inf
        if total > MOST_EXACT:
            self.refuse(f"{CANNOT} compute with whole numbers as exactly as Python: give floats")
        if node.operation in EXACT:
            self.whole[node] = total

    def derived(self, node: Value, since: int) -> None:
        """Turn a derivative into a number where it is one when the function runs by itself."""
        leaves = [x for x in nodes(node) if x.operation is None]
        if setting.get() is self.setting and all(
            isinstance(x, (TracedNumber, Constant)) or x in self.of_numbers
            for x in leaves
            if x.created < since
        ):
            self.mark_number(node)
            self.of_numbers.update(leaves)

    def mark_number(self, node: Value) -> None:
        """Turn a traced node into a number: a float, when the function runs by itself."""
        if not isinstance(node, (TracedNumber, Constant)):
            own = self.classes[node]
            node.__class__ = self.find_hiding(TracedNumber, own)

    def count(self) -> None:
        """Count a node or a comparison; too many are refused, before they fill the memory."""
        self.counted += 1
        if self.counted > MOST_NODES:
            raise LastingError(f"it takes more than {MOST_NODES:,} operations and comparisons")

    def note(self, message: str) -> str:
        """Note what a program can't do, the first time, and return which line of it does what."""
        frame = find_user(sys._getframe())
        told = f"{name_place(frame.f_code, frame.f_lineno)}: {message}"
        self.refusal = self.refusal or told
        return told

    def refuse(self, message: str) -> NoReturn:
        """Raise an error, and note it, since the function may catch it."""
        raise LastingError(self.note(message))

    def hide_number(self, node: Value, kind: type[Traced] = Traced) -> None:
        """Make a node a traced one, until the end."""
        own = type(node)
        if issubclass(own, Traced):
            other = vars(own)["tracer"]
            if other is not self and other not in setting.get().observers:
                raise NotCompiledError("another thread traces with the same Values")
        else:
            self.classes[node] = own
            node.__class__ = self.find_hiding(kind, own)

    def find_hiding(self, kind: type[Traced], own: type[Value]) -> Any:
        """Return the class of traced nodes of a class, which knows this tracer."""
        if (kind, own) not in self.hiding:
            fields = {"__slots__": (), "tracer": self}
            self.hiding[kind, own] = type(own.__name__, (kind, own), fields)
        return self.hiding[kind, own]

    def show_numbers(self) -> None:
        """Turn all nodes into ordinary ones."""
        for node, own in self.classes.items():
            node.__class__ = own

    def compared(self, node: Value, how: str, other: Value | float, outcome: bool) -> bool:
        """Keep a comparison, which a program will check: it decides nothing of other graphs."""
        self.count()
        self.branches.setdefault(node, []).append((how, other, outcome))
        return True

    def detached(self, node: Value) -> None:
        """Keep a node from outside whose number is used without its gradient."""
        self.outside += [x for x in nodes(node) if x.operation is None]

    def looked_at(self, node: Value) -> None:
        """Refuse a look at a number, which may be another at the next call."""
        if not isinstance(node, Constant):
            self.refuse(LOOK)

    def passes_back(self, root: Value) -> None:
        """Refuse: the gradients would be numbers."""
        self.refuse(f"{CANNOT} use backward(): use calculus.grad")


class Trace:
    """What one run of a function made: the Values in the place of its numbers, and its result.

    >>> trace = Trace(lambda x: x * x if x > 0 else -x, [3.0], [0])
    >>> trace.result.data, [how for how, _, _ in trace.branches[trace.inputs[0]]]
    (9.0, ['>'])

    ``others`` are the leaves that the function took from elsewhere, without the ``parameters``;
    ``constants`` are those that it made; ``checks`` are the nodes that may fail for other numbers,
    ``differentiated`` those of them whose derivatives the function itself would compute, too.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        places: Sequence[int],
        parameters: Iterable[Value] = (),
        hidden: Sequence[Value] = (),
    ) -> None:
        """Run the function; ``places`` are those of the numbers that a program may change.

        The numbers of the parameters are hidden, and those of other Values from elsewhere.
        """
        given = list(iterate_numbers(list(arguments)))
        tracer, since = Tracer(), next_number()
        wholes = [i for i in places if isinstance(given[i], int)]
        for i in places:
            given[i] = Value(given[i])
        self.inputs: list[Value] = [given[i] for i in places]
        whole = [given[i] for i in wholes]
        own = rebuild(list(arguments), iter(given))
        shape, containers = describe_shape(own), [*map(id, iterate_mutable(own))]
        with graphs(), observed_by(tracer):
            tracer.setting = setting.get()
            try:
                for x in self.inputs:
                    tracer.hide_number(x, TracedNumber)
                tracer.whole = dict.fromkeys(whole, LARGEST)
                for x in (*parameters, *hidden):
                    tracer.hide_number(x)
                self.result = function(*own)
            finally:
                tracer.show_numbers()
                tracer.setting = None  # which has the tracer
        if tracer.refusal:  # which the function caught, or a text that it made
            raise LastingError(tracer.refusal)
        made = [*map(id, iterate_mutable(self.result))]
        if len({*made}) < len(made):
            raise LastingError("its result has one list, or the like, in several places")
        if {*containers} & {*made}:
            raise LastingError("it returns a container that it was given, not a new one: v[:], say")
        now = [*map(id, iterate_mutable(own))], [*map(id, iterate_numbers(own))]
        if describe_shape(own) != shape or now != (containers, [*map(id, given)]):
            raise LastingError("it changes its arguments")
        for made_here in iterate_containers(self.result):
            if isinstance(made_here, defaultdict) and not (
                made_here.default_factory is None or isinstance(made_here.default_factory, type)
            ):
                raise LastingError("it returns a defaultdict with a default_factory of its own")
        self.branches = tracer.branches
        self.outputs = collect_outputs(self.result)
        self.checks = [
            x for x in tracer.made_nodes if x.operation and x.operation not in NEVER_FAIL
        ]
        self.differentiated = {
            x
            for x in self.checks
            if x not in tracer.numbers and not isinstance(x.operation, Lookup)  # which never fail
        }
        graph = collect_nodes([*self.outputs, *self.checks], self.branches)
        known = {*self.inputs, *parameters}
        for node in graph:
            if node.operation is not None and node not in tracer.made_nodes:
                where = "outside of it" if node.created < since else "in another thread"
                raise LastingError(f"{CANNOT} use {node!r}, computed {where}")
        leaves = dict.fromkeys(x for x in (*graph, *tracer.outside) if is_leaf(x))
        self.others = [x for x in leaves if x not in known and x.created < since]
        self.constants = {x for x in leaves if x not in known and x.created > since}


def collect_outputs(result: Any) -> list[Value]:
    """Return the Values in a function's result; what a program can't return is a LastingError."""
    outputs = []
    for y in iterate_numbers(result):
        if isinstance(y, Value):
            outputs.append(y)
        elif not (y is None or isinstance(y, (Real, str))):
            raise LastingError(
                f"a compiled function returns numbers, in lists, tuples and dictionaries, "
                f"not {add_article(type(y).__name__)}"
            )
    return outputs


def trace_function(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    places: Sequence[int],
    parameters: Iterable[Value] = (),
    known: Sequence[Value] | None = None,
) -> Trace:
    """Return a trace in which the Values that the function takes from elsewhere are traced, too.

    Where it was read, they are ``known``; else a first run finds them, and the next hides them.
    """
    hidden = dict.fromkeys(known or ())
    for run in range(MOST_RUNS):
        trace = Trace(function, arguments, places, parameters, [*hidden])
        found = [x for x in trace.others if x not in hidden]
        # What it made may be there from now on: a model that makes its weights at the first call.
        if not found and (known is not None or run or not trace.constants):
            return trace
        hidden |= dict.fromkeys(found)
    raise LastingError(f"{CANNOT} use other Values from elsewhere each time")
