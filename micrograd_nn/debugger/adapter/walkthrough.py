"""``Walkthrough``: backpropagation written out as a program in Python, in which a line is a step.

The compiler's programs say the same in fewer lines, since they serve speed: here each use of the
chain rule has its own, so that a debugger stops at each. The positions are those of ``Passes``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from ..._ground.text import InputError, count_things, list_first
from ...engine.backprop import is_same_number
from ...engine.operation import Operation
from ...engine.table import mul
from ...engine.value import Constant, Value
from ...graph.graph import Graph
from ...graph.rebuilding import is_same_float, recompute, require_operation
from ...notation.formulas.formula import compute_numbers
from ...notation.python import Python, PythonIdentifiers
from ...notation.writing.notation import Text
from ...notation.writing.symbol import Symbol, Symbols, derive_partials
from ...stepping.passes import Computed, Passes, Seed

MOST_WRITTEN = 500_000  # steps: no editor shows a larger text, nor would anybody read it

MOST_OPERATIONS = 100  # in the local derivative of a line: one of max over n inputs has 2n
MOST_NAMED = 8  # leaves that the first line names, and the last
BODY_INDENT = "    "


class Quantity(NamedTuple):
    """What a name of the program stands for: a node's number, or its gradient."""

    node: Value
    is_gradient: bool


class Walkthrough:
    """A graph's forward and backward pass as lines of a program.

    >>> x = Value(3.0, "x")
    >>> print(Walkthrough(Graph(x * x, {})).text)
    # Backpropagation of v1, written out: 4 steps, a line each
    def backpropagation(x):
        # forward: each number from those before it
        v1 = x * x
        # backward: each gradient from those after it
        d_v1 = 1.0
        d_x = d_v1 * x
        d_x += d_v1 * x
        return d_x
    <BLANKLINE>

    ``line_at`` has the line of the step that follows each position, and the last line for the
    end. ``numbers`` are those that the program gives its names, as they were recorded. What was
    edited between two uses, or made of constants alone, is an InputError.
    """

    stop: Any = None  # at which a client arrives, where an error has ended the program

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        passes = Passes(graph)
        self.name = graph.names[graph.root]
        if isinstance(graph.root, Constant):
            raise InputError(f"{self.name} was made of constants alone: no gradient flows")
        if len(passes) > MOST_WRITTEN:
            raise InputError(
                f"{self.name} has {len(passes):,} steps, and {MOST_WRITTEN:,} at most can be "
                "stepped through: take the loss of fewer examples"
            )
        names = PythonIdentifiers()
        nodes = [node for node in graph.nodes if not isinstance(node, Constant)]
        self.data_names = {node: names.new(graph.names[node]) for node in nodes}
        self.gradient_names = {
            node: names.new(f"d_{name}") for node, name in self.data_names.items()
        }
        self.parameters = {*graph.parameters}
        self.numbers = {
            node: graph.numbers[node] if node.operation is None else recompute(node)
            for node in nodes
        }
        self._refuse_edits()
        self.quantities = self._collect_quantities()
        self.notation = Python(names)
        self.lines: list[str] = []
        self.line_at: list[int] = []
        self._write_passes(passes)

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The names of all numbers, by what they are."""
        groups: dict[str, list[str]] = {"Parameters": [], "Inputs": [], "Inner nodes": []}
        for node, name in self.data_names.items():
            of_leaf = "Parameters" if node in self.parameters else "Inputs"
            groups[of_leaf if node.operation is None else "Inner nodes"].append(name)
        return groups

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join([*self.lines, ""])

    def find_position(self, line: int) -> int | None:
        """Return the position of the first step at a line or below, None where there is none."""
        return next((position for position, at in enumerate(self.line_at) if at >= line), None)

    def line(self, position: int) -> str:
        """Return the text of the line at a position."""
        return self.lines[self.line_at[position] - 1].strip()

    def _refuse_edits(self) -> None:
        """Refuse a graph in which a name would have two numbers."""
        for node in self.data_names:
            for input, number in zip(node.inputs, node.numbers, strict=True):
                if input in self.numbers and not is_same_float(self.numbers[input], number):
                    name = self.graph.names[input]
                    raise InputError(f"{name} was edited between two uses: record the graph again")

    def _collect_quantities(self) -> dict[str, Quantity]:
        """Return what each name stands for; the program's own win over those of the graph."""
        known = {self.graph.names[node]: Quantity(node, False) for node in self.data_names}
        known |= {name: Quantity(node, False) for node, name in self.data_names.items()}
        return known | {name: Quantity(node, True) for node, name in self.gradient_names.items()}

    def _write_passes(self, passes: Passes) -> None:
        graph, lines = self.graph, self.lines
        told_of = graph.adoption.by_edge if graph.adoption else {}
        leaves = [node for node in self.data_names if node.operation is None]
        given = list_first([self.data_names[leaf] for leaf in leaves], MOST_NAMED)
        lines.append(
            f"# Backpropagation of {self.name}, written out: "
            f"{count_things(len(passes), 'step')}, a line each"
        )
        lines.append(f"def backpropagation({given}):")
        lines.append(f"{BODY_INDENT}# forward: each number from those before it")
        shares: list[str] = []
        last, reached = None, {graph.root}
        for number in range(1, len(passes) + 1):
            step = passes.get_step(number)
            if isinstance(step, Computed):
                text = f"{self.data_names[step.node]} = {self._write_number(step.node)}"
            elif isinstance(step, Seed):
                lines.append(f"{BODY_INDENT}# backward: each gradient from those after it")
                text = f"{self.gradient_names[step.node]} = 1.0"
            else:
                if step.node is not last:
                    last, shares = step.node, self._write_shares(step.node)
                sign = "+=" if step.input in reached else "="
                reached.add(step.input)
                text = f"{self.gradient_names[step.input]} {sign} {shares[step.position]}"
                if told := told_of.get((step.node, step.input)):
                    text += f"  # ✗ {told}"
            lines.append(BODY_INDENT + text)
            self.line_at.append(len(lines))
        gradients = list_first([self.gradient_names[leaf] for leaf in leaves], MOST_NAMED)
        lines.append(f"{BODY_INDENT}return {gradients}")
        self.line_at.append(len(lines))

    def _write_number(self, node: Value) -> str:
        """Return how a node's number is computed."""
        inputs = [
            Text(self.data_names[input])
            if input in self.data_names
            else self.notation.write_number(number)
            for input, number in zip(node.inputs, node.numbers, strict=True)
        ]
        operation = require_operation(node)
        return "".join([part.text for part in self.notation.write_parts(operation, inputs)])

    def _write_shares(self, node: Value) -> list[str]:
        """Return what a node passes on to each of its inputs, "" where that is nothing.

        A local derivative whose formula would be long, or would give another number than the
        recorded one, as that of an operation that looks at its surroundings, is written as the
        number: of thousands of inputs, each of thousands of lines would tell all.
        """
        symbols = Symbols(zeros=True)
        texts, numbers = {}, {}

        def name(text: str, number: float) -> Any:
            leaf = symbols.leaf()
            texts[leaf], numbers[leaf] = Text(text), number
            return leaf

        operation = require_operation(node)
        out = name(self.data_names[node], self.numbers[node])
        upstream = name(self.gradient_names[node], 1.0)
        known = {
            input: name(self.data_names[input], number)
            for input, number in zip(node.inputs, node.numbers, strict=True)
            if input in self.data_names
        }
        inputs = [known.get(x, number) for x, number in zip(node.inputs, node.numbers, strict=True)]
        partials = list(node.partials)
        wanted = [partial is not None for partial in partials]
        formulas = self._derive(operation, out, inputs, wanted, symbols, numbers, partials)
        return [
            ""
            if formula is None
            else self.notation.write_symbol(
                symbols.apply(mul, (upstream, formula), zeros=False), texts
            ).text
            for formula in formulas
        ]

    @staticmethod
    def _derive(
        operation: Operation,
        out: Any,
        inputs: list[Any],
        wanted: list[bool],
        symbols: Symbols,
        numbers: dict[Any, float],
        partials: list[float | None],
    ) -> list[Any]:
        """Return the local derivatives as expressions, or as numbers where those give others."""
        try:
            if len(inputs) > MOST_OPERATIONS:  # then a rule without formulas has none
                formulas = list(operation.local_partials(out, inputs, wanted))
            else:
                formulas = derive_partials(operation, out, inputs, wanted)
            found = compute_numbers(symbols, numbers)
        except Exception:  # whatever a rule does with something else than its numbers
            return partials
        long = find_long(symbols)
        return [
            formula
            if partial is None
            or (formula not in long and is_same_number(found.get(formula, formula), partial))
            else partial
            for formula, partial in zip(formulas, partials, strict=True)
        ]


def find_long(symbols: Symbols) -> set[Symbol]:
    """Return the expressions that no line has, since they have too many operations."""
    sizes: dict[Symbol, int] = {}
    for symbol in symbols.known.values():  # inputs before results
        inputs = [sizes.get(x, 0) for x in symbol.inputs if isinstance(x, Symbol)]
        sizes[symbol] = min(sum(inputs) + max(len(symbol.inputs) - 1, 1), MOST_OPERATIONS + 1)
    return {x for x, size in sizes.items() if size > MOST_OPERATIONS}
