"""Compiled graphs: a recorded graph as lines and loops, which run for any other numbers.

Here a program is called: by a function in Python, which is written when first wanted and shown by
debuggers, by one in C once that pays (``native/choice.py``), or, where an error is to be raised, by
the graph.
"""

from __future__ import annotations

import gc
import linecache
import os
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain, count
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

from ...._ground.files import Written
from ....engine.node import is_leaf, nodes
from ....engine.operation import ARITHMETIC
from ....engine.operators import COMPARISONS
from ....engine.refusals import as_float
from ....engine.setting import graphs, no_grad, setting
from ....engine.value import Constant, Value, record
from ....graph.places import find_places
from ....graph.rebuilding import BranchError
from ....notation.python import RULES, PythonIdentifiers
from ..native.choice import NativeChoice
from ..native.packing import list_rows
from ..programs.branches import Branches, collect_nodes
from ..programs.lines import PREDICT
from ..python.functions import PythonStatements, write_function
from .descending import descend_program
from .given import Numbers, check_numbers, check_rows
from .saving import save_program
from .verifying import Verifying

Result = TypeVar("Result")
next_program = count(1).__next__


class Program:
    """A compiled graph: its result and its gradient for any numbers; ``compile`` makes it."""

    def __init__(
        self,
        outputs: Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        wrt: Sequence[Value],
        *,
        is_single: bool = True,
        names: Any = None,
        branches: Branches = MappingProxyType({}),
        checks: Sequence[Value] = (),
        constants: Collection[Value] = (),
        differentiated: Collection[Value] = (),
        native: bool | None = None,
    ) -> None:
        """Name each leaf: by its label, by that in ``names``, or by its place.

        The program computes the ``checks``, too, which may fail, and the derivatives of those that
        are ``differentiated``; the leaves ``constants`` never change.
        """
        self.outputs = outputs
        self.wrt = wrt
        self.branches = branches
        self.is_single = is_single
        leaf_names = name_leaves(inputs, parameters, names)
        for x in wrt:
            if x not in leaf_names:
                raise ValueError(f"wrt has {x!r}, neither an input nor a parameter of the program")
        if len({*wrt}) < len(wrt):
            raise ValueError("wrt has a leaf twice: ask for its derivative once")
        self.inputs = {x: leaf_names[x] for x in inputs}
        self.parameters = {x: leaf_names[x] for x in parameters}
        self.wrt_names = [leaf_names[x] for x in wrt]
        self.by_names = [f"derivative by {name}" for name in self.wrt_names]
        self.graph = collect_nodes([*outputs, *checks], branches)  # which may fail, if unneeded
        self.differentiated = differentiated
        self.constants = {*constants, *[x for x in self.graph if isinstance(x, Constant)]}
        # Functions in Python, by their kinds: the place of an output, or ``predict``.
        self.sources: dict[int | str, str] = {}
        self.functions: dict[int | str, Callable[..., Any]] = {}
        self.rules = {**RULES, "BranchError": BranchError}  # what their lines call
        self.number = next_program()
        self.choice = NativeChoice(self, native)
        self.verifying = Verifying(self)
        for node in self.graph:
            if is_leaf(node) and node not in leaf_names and node not in self.constants:
                raise ValueError(
                    f"{node!r} is neither among the inputs nor the parameters of this program: "
                    f"list it, or use its .detach(), a constant"
                )

    def __repr__(self) -> str:
        reason = self.verifying.reason
        told = f", by the graph, since {reason}" if reason else f", {self.choice}"
        return (
            f"<program of {len(self.parameters)} parameters and {len(self.inputs)} inputs, "
            f"{len(self.graph)} nodes{told if told != ', in Python' else ''}>"
        )

    def __call__(
        self,
        parameters: Numbers = (),
        rows: Iterable[Numbers] = ((),),
        upstream: float = 1.0,
        start: Numbers | None = None,
    ) -> tuple[Any, Any]:
        """Return the result summed over rows of inputs, and the gradient of that sum.

        ``upstream`` is what each row's result counts in the gradient (1 / n for a mean of n), and
        ``start`` a gradient to add to. Rows are taken from the last to the first, as
        ``backward()`` on their sum takes them: the numbers are the same, bit for bit. Of several
        outputs, both are lists, one entry an output.
        """
        numbers = check_numbers(parameters, self.parameters.values(), "parameters")
        table = check_rows(rows, self.inputs.values())
        upstream = as_float(upstream, "upstream", "a number")
        if start is not None:
            names = self.wrt_names
            start = check_numbers(start, names, "numbers as start") if names else None
        given = numbers, table, upstream, start
        found = [
            self.run(i, given, partial(self.sum_rows_by_graph, i), self.by_names)
            for i in range(len(self.outputs))
        ]
        if self.is_single:
            return found[0]
        return [total for total, _ in found], [gradient for _, gradient in found]

    def predict(self, parameters: Numbers = (), row: Numbers = ()) -> Any:
        """Return the result for one row of inputs, by the forward part alone.

        Of several outputs, it is a list.
        """
        return self.predictions(parameters, [row])[0]

    def predictions(self, parameters: Numbers, rows: Iterable[Numbers]) -> list[Any]:
        """Return the result for each row of inputs."""
        numbers = check_numbers(parameters, self.parameters.values(), "parameters")
        table = check_rows(rows, self.inputs.values())
        results = self.run(PREDICT, (numbers, table), self.predict_by_graph)
        return [result for (result,) in results] if self.is_single else results

    def descend(
        self, parameters: Numbers, rows: Iterable[Numbers], steps: int, lr: float
    ) -> tuple[list[float], list[float]]:
        """Return the parameters after ``steps`` of descent, and the result before each step.

        >>> from micrograd_nn import compile
        >>> w, x, y = Value(0.0, label="w"), Value(1.0, label="x"), Value(2.0, label="y")
        >>> program = compile((w * x - y) ** 2, [x, y], [w])
        >>> (slope,), losses = program.descend([0.0], [[1.0, 2.0], [2.0, 4.0]], steps=60, lr=0.05)
        >>> slope, losses[0]
        (2.0, 20.0)

        Each step is p -= lr * the derivative of the result summed over all rows by p.
        """
        return descend_program(self, parameters, rows, steps, lr)

    @property
    def source(self) -> str:
        """The Python of what a call runs (for the first of several outputs)."""
        return self.source_of(0)

    def source_of(self, kind: int | str) -> str:
        """Return the Python of the sum over rows of an output, or of ``predict``."""
        if kind not in self.sources:
            try:
                with collector_paused():
                    python = PythonStatements(PythonIdentifiers())
                    self.sources[kind] = write_function(self, kind, python)
                called = python.notation.calls
                self.rules |= {name: operation.forward for operation, name in called.items()}
            except ARITHMETIC as error:  # of a rule that looks at a constant
                self.sources[kind] = f"# By the graph, since there is no program: {error}\n"
                self.functions[kind] = refuse_to_run
        return self.sources[kind]

    def load_function(self, kind: int | str) -> Callable[..., Any]:
        """Return a function in Python; one that can't be written refuses to run.

        Debuggers show it as long as its program lives.
        """
        source = self.source_of(kind)
        if kind not in self.functions:
            filename = f"<program {self.number} of micrograd_nn, {kind}>"
            namespace: dict[str, Any] = dict(self.rules)
            exec(compile(source, filename, "exec", dont_inherit=True), namespace)
            # Lines without a time of change stay in linecache, from which debuggers read.
            linecache.cache[filename] = len(source), None, source.splitlines(True), filename
            weakref.finalize(self, linecache.cache.pop, filename, None)
            self.functions[kind] = namespace["program" if isinstance(kind, int) else kind]
        return self.functions[kind]

    def save(self, path: str | os.PathLike[str], *, single: bool = False) -> Written:
        """Write a file that stands alone, without this package: by its ending .py, .c or .js.

        A module in Python, run as a script, prints the result and the gradient for the numbers
        that were recorded. Beside a file in C stands its header; ``single`` makes it of floats in
        single precision. Of several outputs, compile and save each by itself.
        """
        return save_program(self, path, single)

    def run(
        self, kind: int | str, given: tuple[Any, ...], by_graph: Callable[..., Result],
        names: Sequence[str] = (),
    ) -> Result:  # fmt: skip
        """Return what the function of an output or of ``predict`` gives, or else the graph."""
        if not setting.get().observers:  # which look at each node
            try:
                native = self.choice.find(kind, len(given[1]))
                function = native or partial(self.choice.run_python, kind)
                if self.verifying.serves((kind, native), names, function, by_graph, given):
                    return function(*given)  # type: ignore[no-any-return]
            except BranchError:
                raise
            except ARITHMETIC:
                # Recorded again, the error tells operation and numbers; or there is none, since a
                # rule looks at its numbers: 0 ** y has derivative 0 by y, for all that log(0)
                # fails.
                pass
        return by_graph(*given)

    def sum_rows_by_graph(
        self, i: int, parameters: Numbers, rows: Sequence[Numbers], upstream: float = 1.0,
        start: Numbers | None = None,
    ) -> tuple[float, list[float]]:  # fmt: skip
        """Return the same sum and gradient, recorded row by row and walked as backward() does."""
        results: list[float] = []
        slopes = dict(zip(self.wrt, start or [0.0] * len(self.wrt), strict=True))
        for row in reversed(list_rows(rows)):
            with graphs():
                again = self.record_again(parameters, row)
            root = again[self.outputs[i]]
            results.append(root.data)
            for x in self.wrt:
                if x in again:
                    again[x].grad = slopes[x]
            root.grad = (root.grad or 0.0) + upstream
            for node in reversed(nodes(root)):
                if node.grad is not None:  # else nothing flows there
                    for input, slope in node.edges:
                        input.grad = (input.grad or 0.0) + node.grad * slope
            slopes |= {x: again[x].grad or 0.0 for x in self.wrt if x in again}
        total = results.pop() if results else 0.0
        while results:
            total += results.pop()
        return total, [slopes[x] for x in self.wrt]

    def predict_by_graph(self, parameters: Numbers, rows: Sequence[Numbers]) -> list[list[float]]:
        """Return the results of each row, recorded again."""
        with no_grad():
            again = [self.record_again(parameters, row) for row in list_rows(rows)]
        return [[of[output].data for output in self.outputs] for of in again]

    def record_again(self, parameters: Numbers, row: Numbers) -> dict[Value, Value]:
        """Return the nodes of the graph computed with other numbers, operation by operation."""
        numbers = dict(zip(chain(self.parameters, self.inputs), [*parameters, *row], strict=True))
        again: dict[Value, Value] = {}
        for node in self.graph:
            if node.operation is not None:
                again[node] = record(node.operation, tuple([again[x] for x in node.inputs]))
                again[node].label = node.label
            elif node in self.constants:
                again[node] = node
            else:
                again[node] = Value(numbers[node], node.label)
        for node, branches in self.branches.items():
            for how, other, outcome in branches:
                y = again[other].data if isinstance(other, Value) else other
                if COMPARISONS[how](again[node].data, y) is not outcome:
                    raise BranchError(
                        f"{node!r} {how} {other!r} was {outcome} when the graph was recorded"
                    )
        return again

    def load_fastest(self, kind: int | str, rows: int) -> Callable[..., Any]:
        """Return the function in C that serves this many rows, or else the one in Python."""
        return self.choice.find(kind, rows) or self.load_function(kind)

    @property
    def c_source(self) -> str:
        """The C of what a call runs where there is a compiler (for the first of the outputs)."""
        return self.choice.write(0).source


def name_leaves(
    inputs: Iterable[Value], parameters: Iterable[Value], names: Any
) -> dict[Value, str]:
    """Return a name for each leaf of a program, which is unlike any other."""
    known = find_places(names)
    identifiers, found = PythonIdentifiers(), {}
    for letter, these in (("x", inputs), ("p", parameters)):
        for i, x in enumerate(these, start=1):
            if x in found:
                raise ValueError(f"{x!r} stands twice among the inputs and parameters")
            found[x] = identifiers.new((known[x].name if x in known else x.label) or f"{letter}{i}")
    return found


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's collector of cycles from scanning, over and over, what grows without any."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def refuse_to_run(*arguments: object) -> NoReturn:
    """Stand for a function that can't be written: the graph serves."""
    raise ValueError("there is no program")
