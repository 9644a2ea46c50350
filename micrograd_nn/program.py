"""Compiled graphs: a recorded graph as straight-line Python, which runs for any other numbers.

How a graph becomes lines stands in ``source.py``; here the lines become functions that can be
called, stepped through in a debugger and saved as a module.
"""

from __future__ import annotations

import linecache
import math
import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

from .files import write_file
from .module import module_source
from .operation import ARITHMETIC, real
from .operations import OPERATIONS
from .source import Branch, Function, predict_source, program_source
from .symbol import literal
from .value import Constant, Value, nodes, record
from .written import Names

Row = Sequence[float]
Total = tuple[float, list[float]]
PREDICT = "predict"

REMEDY = "record and compile the graph anew, or compile the function that makes it"

next_program = count(1).__next__

# The functions that a program's lines call, by the rows' names and by their own.
RULES: dict[str, Any] = {"inf": math.inf, "nan": math.nan}
for row in OPERATIONS.values():
    RULES |= {row.name: row.forward, row.forward.__name__: row.forward}


class BranchError(ValueError):
    """A comparison that decided what was recorded (``if x > 0``) would go the other way now."""


RULES["BranchError"] = BranchError


class Program:
    """A compiled graph: its result and its gradient for any numbers; ``compile`` makes it."""

    def __init__(
        self,
        outputs: Sequence[Value],
        inputs: Mapping[Value, str],
        parameters: Mapping[Value, str],
        wrt: Sequence[Value],
        branches: Mapping[Value, Sequence[Branch]],
        is_single: bool = True,
    ) -> None:
        self.outputs = outputs
        self.inputs = inputs
        self.parameters = parameters
        self.wrt = wrt
        self.branches = branches
        self.is_single = is_single
        self.graph = with_compared(outputs, branches)
        self.number = next_program()
        self.sources: dict[Any, str] = {}
        self.functions: dict[Any, Callable[..., Any]] = {}
        self.rules = dict(RULES)
        for node in self.graph:
            if is_leaf(node) and node not in inputs and node not in parameters:
                raise ValueError(
                    f"{node!r} is neither among the inputs nor the parameters of this program: "
                    f"list it, or use its .detach(), a constant"
                )

    def __call__(
        self,
        parameters: Row = (),
        rows: Iterable[Row] = ((),),
        upstream: float = 1.0,
        start: Row | None = None,
    ) -> tuple[Any, Any]:
        """Return the result summed over rows of inputs, and the gradient of that sum.

        ``upstream`` is what each row's result counts in the gradient (1 / n for a mean of n), and
        ``start`` a gradient to add to. Rows are taken from the last to the first, as
        ``backward()`` on their sum takes them: the numbers are the same, bit for bit. Of several
        outputs, both are lists, one entry an output.
        """
        numbers = self.floats(parameters, self.parameters, "parameters")
        table = self.rows(rows)
        if start is not None and len(start) != len(self.wrt):
            raise ValueError(f"start needs {len(self.wrt)} numbers, not {len(start)}")
        found = [self.summed(i, numbers, table, upstream, start) for i in range(len(self.outputs))]
        if self.is_single:
            return found[0]
        return [total for total, _ in found], [gradient for _, gradient in found]

    def predict(self, parameters: Row = (), row: Row = ()) -> Any:
        """Return the result for one row of inputs, by the forward part alone.

        Of several outputs, it is a list.
        """
        return self.predictions(parameters, [row])[0]

    def predictions(self, parameters: Row, rows: Iterable[Row]) -> list[Any]:
        """Return the result for each row of inputs."""
        numbers = self.floats(parameters, self.parameters, "parameters")
        table = self.rows(rows)
        try:
            results = self.function(PREDICT)(numbers, table)
        except BranchError as error:
            raise BranchError(f"{error}: {REMEDY}") from None
        except ARITHMETIC:
            again = [self.recorded_again(numbers, row) for row in table]
            results = [[of[output].data for output in self.outputs] for of in again]
        return [result for (result,) in results] if self.is_single else results

    @property
    def source(self) -> str:
        """The Python of what a call runs (for the first of several outputs)."""
        return self.source_of(0)

    def source_of(self, kind: int | str) -> str:
        """Return the Python of the sum over rows of an output, or of ``predict``."""
        self.function(kind)
        return self.sources[kind]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a module that runs by itself, without this package.

        Run as a script, it prints the result and the gradient for the numbers that were recorded.
        """
        parameters, row = ([x.data for x in these] for these in (self.parameters, self.inputs))
        numbers = "[" + ", ".join(map(literal, parameters)) + "]"
        main = [
            f"parameters = {numbers}",
            f"row = [{', '.join(map(literal, row))}]",
            "total, gradient = program(parameters, [row])",
            'print("result:", total)',
            f"names = {[(self.parameters.get(x) or self.inputs[x]) for x in self.wrt]!r}",
            "for name, slope in zip(names, gradient):",
            '    print(f"derivative by {name}:", slope)',
        ]
        functions = f"{self.source}\n\n{self.source_of(PREDICT)}"
        docstring = (
            "A program that micrograd_nn wrote from a recorded graph; it needs Python alone."
        )
        write_file(path, module_source(functions, self.rules, docstring, "\n".join(main)))

    def summed(
        self, i: int, parameters: Row, rows: Sequence[Row], upstream: float, start: Row | None
    ) -> Total:
        """Return the sum and the gradient of one output."""
        try:
            return self.function(i)(parameters, rows, upstream, start)  # type: ignore[no-any-return]
        except BranchError as error:
            raise BranchError(f"{error}: {REMEDY}") from None
        except ARITHMETIC:
            # Recorded again, the error tells operation and numbers; or there is none, since a
            # rule looks at its numbers: 0 ** y has derivative 0 by y, for all that log(0) fails.
            total, gradient = 0.0, list(start or [0.0] * len(self.wrt))
            for row in reversed(rows):
                again = self.recorded_again(parameters, row)
                output = again[self.outputs[i]]
                (output * upstream).backward()
                total += output.data
                for j, x in enumerate(self.wrt):
                    gradient[j] += again[x].grad or 0.0
            return total, gradient

    def recorded_again(self, parameters: Row, row: Row) -> dict[Value, Value]:
        """Return the nodes of the graph computed with other numbers, operation by operation."""
        numbers = dict(zip(chain(self.parameters, self.inputs), [*parameters, *row], strict=True))
        again: dict[Value, Value] = {}
        for node in self.graph:
            if node.operation is not None:
                again[node] = record(node.operation, [again[x] for x in node.inputs])
            elif isinstance(node, Constant):
                again[node] = node
            else:
                again[node] = Value(numbers[node], node.label)
        return again

    def function(self, kind: int | str) -> Callable[..., Any]:
        """Return the compiled function of an output, or for predictions, made when first wanted."""
        if kind not in self.functions:
            self.sources[kind] = source = self.written(kind)
            filename = f"<program {self.number} of micrograd_nn, {kind}>"
            namespace = dict(self.rules)
            exec(compile(source, filename, "exec", dont_inherit=True), namespace)
            self.functions[kind] = namespace[PREDICT if kind == PREDICT else "program"]
            # Lines without a time of change stay in linecache, from which debuggers read.
            linecache.cache[filename] = len(source), None, source.splitlines(True), filename
            weakref.finalize(self, linecache.cache.pop, filename, None)
        return self.functions[kind]

    def written(self, kind: int | str) -> str:
        """Return the source of one function."""
        inputs, parameters = list(self.inputs.values()), list(self.parameters.values())
        leaves = {**self.parameters, **self.inputs}
        names = Names()
        names.taken.update(leaves.values())
        function = Function(self.graph, leaves, self.branches, names)
        if isinstance(kind, int):
            source = program_source(function, self.outputs[kind], inputs, parameters, self.wrt)
        else:
            source = predict_source(function, self.outputs, inputs, parameters)
        self.rules |= {name: operation.forward for operation, name in function.calls.items()}
        return source

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """Return rows of floats, each of the right length."""
        rows = list(rows)
        kinds = set(map(type, chain.from_iterable(rows)))
        if kinds <= {float} and set(map(len, rows)) <= {len(self.inputs)}:
            return rows
        return [self.floats(row, self.inputs, f"inputs, in row {i},") for i, row in enumerate(rows)]

    def floats(self, numbers: Row, leaves: Mapping[Value, str], what: str) -> Row:
        """Return numbers as floats, one for each of the leaves."""
        if len(numbers) != len(leaves):
            names = ", ".join([*leaves.values()][:6]) + ", …" * (len(leaves) > 6)
            raise ValueError(
                f"this program takes {len(leaves)} {what}"
                + f" ({names})" * bool(leaves)
                + f", not {len(numbers)}"
            )
        if set(map(type, numbers)) <= {float}:
            return numbers
        return [real(x, f"one of the {what}", "a number") for x in numbers]


def is_leaf(node: Value) -> bool:
    """Tell whether a node is a number given from outside, neither computed nor constant."""
    return node.operation is None and not isinstance(node, Constant)


def with_compared(
    roots: Iterable[Value], branches: Mapping[Value, Sequence[Branch]]
) -> list[Value]:
    """Return the graph of the roots and of all that was compared on the way."""
    others = [other for _, other, _ in chain(*branches.values()) if isinstance(other, Value)]
    return nodes(*roots, *branches, *others)
