"""From a recorded graph to the source of a Python function: its forward and its backward part.

Nothing here knows an operation. Forward lines are the rows' written forms on names; backward lines
are what the rows' derivative rules give when they run on symbols, in the order of ``backward()``.
"""

from __future__ import annotations

import textwrap
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..engine.table import mul, step
from ..engine.value import Value
from ..graph.pullback import Pullback
from ..writing.notation import MOST_TERMS, Text
from ..writing.python import Identifiers, Python
from ..writing.symbol import Symbol, Symbols, derive_partials
from .branches import Branches, sort_branches
from .traced import NEVER_FAIL

COLUMNS = 100  # of a line with a list of names


class Entry(NamedTuple):
    """A line that must stand in a program, and how many expressions were known before it."""

    mark: int
    text: str  # of which {0}, {1}, … are the expressions
    expressions: tuple[Symbol | float, ...] = ()
    switch: Symbol | None = None  # a factor of the line that is often 0, which saves the line


class FunctionWriter:
    """Writes one function from a graph: first its forward lines, then its backward lines."""

    def __init__(
        self,
        graph: Sequence[Value],
        leaves: Mapping[Value, str],
        branches: Branches,
        names: Identifiers,
        constants: Collection[Value],
    ) -> None:
        self.graph = graph
        self.leaves = leaves
        self.constants = constants
        self.branches = branches
        self.names = names
        self.symbols = Symbols()
        self.of: dict[Value, Symbol | float] = {}
        self.name: dict[Symbol, str] = {}
        self.entries: list[Entry] = []
        self.differentiated: Collection[Value] = ()  # whose derivatives may fail, of use or not
        self.notation = Python(names)

    def add(self, text: str, *expressions: Symbol | float, switch: Symbol | None = None) -> None:
        """Add a line after all expressions that are known by now."""
        self.entries.append(Entry(len(self.symbols.known), text, expressions, switch))

    def add_forward(self) -> None:
        """Add one named expression for each node, and a guard for each branch taken."""
        unnamed = self.names.count_up("v")
        branches = sort_branches(self.graph, self.branches)
        guarded = set()
        for node in self.graph:
            if node in self.constants:
                self.of[node] = node.number
            elif node.operation is None:
                symbol = self.of[node] = self.symbols.leaf()
                self.name[symbol] = self.leaves[node]
            else:
                inputs = [self.of[x] for x in node.inputs]
                symbol = self.of[node] = self.symbols.apply(node.operation, inputs, zeros=False)
                if isinstance(symbol, Symbol) and symbol not in self.name:
                    name = self.names.new(node.label) if node.label else next(unnamed)
                    self.name[symbol] = name
                    self.add("", symbol)
                if node in self.differentiated:
                    self.add_checks(node, inputs)
            for compared, (how, other, outcome) in branches.get(node, ()):
                x = self.of[compared]
                y = self.of[other] if isinstance(other, Value) else other
                guard = identify(x), how, identify(y), outcome
                if guard not in guarded and (isinstance(x, Symbol) or isinstance(y, Symbol)):
                    guarded.add(guard)
                    self.add_guard(x, how, y, outcome)

    def add_checks(self, node: Value, inputs: Sequence[Symbol | float]) -> None:
        """Add a line for each derivative of a node that may fail for other numbers."""
        assert node.operation is not None
        known = len(self.symbols.known)
        wanted = [x not in self.constants for x in node.inputs]
        partials = derive_partials(node.operation, self.of[node], inputs, wanted)
        new = list(self.symbols.known.values())[known:]
        if any(symbol.operation not in NEVER_FAIL for symbol in new):
            for partial in partials:
                if isinstance(partial, Symbol) and partial not in self.name:
                    self.name[partial] = self.names.new("derivative")
                    self.add("", partial)

    def add_guard(self, x: Symbol | float, how: str, y: Symbol | float, outcome: bool) -> None:
        """Add the line that refuses numbers which would take another branch."""
        test = f"not {{0}} {how} {{1}}" if outcome else f"{{0}} {how} {{1}}"
        was = f"{{0}} {how} {{1}} was {outcome} when the graph was recorded"
        self.add(f'if {test}: raise BranchError("{was}")', x, y)

    def add_backward(self, root: Value, wanted: Mapping[Value, str]) -> None:
        """Add what the chain rule gives: the derivatives of the root by the wanted leaves."""
        seed = self.symbols.leaf()
        self.name[seed] = "upstream"
        pullback = Pullback(self.graph, root, seed, wanted)
        for node, upstream in pullback:
            if not isinstance(upstream, Symbol):  # 0.0
                continue
            if node in wanted:  # the root itself
                self.add(f"{wanted[node]} += {{0}}", upstream)
                continue
            self.name_gradient(upstream, node)
            switch = upstream if is_switch(upstream) else None
            if switch is not None and not pullback.arrived:  # all to come flows through this node
                self.add("if not {0}: continue", switch)
                switch = None
            assert node.operation is not None
            inputs = [self.of[x] for x in node.inputs]
            partials = derive_partials(node.operation, self.of[node], inputs, pullback.needs(node))
            for x, amount in pullback.amounts(node, upstream, partials):
                if x not in wanted:
                    pullback.add(x, amount)
                elif isinstance(amount, Symbol):
                    self.add(f"{wanted[x]} += {{0}}", amount, switch=switch)

    def name_gradient(self, gradient: Symbol, node: Value) -> None:
        """Name a node's derivative after the node, unless it's another's, too."""
        symbol = self.of[node]
        if gradient not in self.name and isinstance(symbol, Symbol):
            self.name[gradient] = self.names.new(f"d_{self.name[symbol]}")
            self.add("", gradient)

    def write_lines(self) -> Iterator[str]:
        """Yield the function's lines, each expression before the first line that needs it."""
        uses = self.symbols.count_uses(x for entry in self.entries for x in entry.expressions)
        whole = self.find_whole(uses)
        temporary = self.names.count_up("t")
        text = {symbol: Text(name) for symbol, name in self.name.items()}
        entries, waiting = deque(self.entries), list(self.symbols.known.values())
        switch = None
        for place in range(len(waiting) + 1):
            while entries and entries[0].mark <= place:
                entry = entries.popleft()
                if entry.text:
                    values = [self.notation.write_symbol(x, text).text for x in entry.expressions]
                    if entry.switch is not None and entry.switch is not switch:
                        yield f"if {text[entry.switch].text}:"
                    switch = entry.switch
                    yield "    " * (switch is not None) + entry.text.format(*values)
            if place == len(waiting) or waiting[place] not in uses:
                continue
            symbol = waiting[place]
            assert symbol.operation is not None
            inputs = [self.notation.write_symbol(x, text) for x in symbol.inputs]
            name = self.name.get(symbol)
            parts = self.notation.write_parts(symbol.operation, inputs)
            if name is None and (
                uses[symbol] > 1 or symbol in whole or parts[-1].size > MOST_TERMS or len(parts) > 1
            ):
                name = next(temporary)
            if name is None:
                text[symbol] = parts[0]
            else:
                text[symbol], switch = Text(name), None
                yield f"{name} = {parts[0].text}"
                for part in parts[1:]:
                    yield f"{name} = {name}{part.text}"

    def find_whole(self, uses: Iterable[Symbol]) -> set[Symbol]:
        """Return the expressions that stand by their names alone in the forms of those in use."""
        return {
            x
            for symbol in uses
            if symbol.operation is not None
            for i, x in enumerate(symbol.inputs)
            if isinstance(x, Symbol) and self.notation.needs_name(symbol.operation, i)
        }


def identify(x: Symbol | float) -> str:
    """Return what tells an expression, or a number, from all others of a program."""
    return str(id(x)) if isinstance(x, Symbol) else repr(x)


def is_switch(gradient: Symbol) -> bool:
    """Tell whether a gradient is nothing where a step is off, as behind every relu.

    Then a line that multiplies by it needn't run: half of a network's neurons may be off.
    """
    return gradient.operation is mul and any(
        isinstance(x, Symbol) and x.operation is step for x in gradient.inputs
    )


def write_program(
    writer: FunctionWriter, root: Value, inputs: Sequence[str], parameters: Sequence[str],
    wrt: Sequence[Value],
) -> str:  # fmt: skip
    """Return the source of the function that sums a result and its gradient over rows."""
    slopes = {x: writer.names.new(f"d_{writer.leaves[x]}") for x in wrt}
    writer.add_forward()
    writer.add("results.append({0})", writer.of[root])
    writer.add("# Backward")
    writer.add_backward(root, slopes)
    row, all_slopes = join_names(inputs), [slopes[x] for x in wrt]
    few = len(wrt) <= 6
    by = ", ".join(writer.leaves[x] for x in wrt) if few else f"{len(wrt)} numbers"
    zeros = f"({join_names(['0.0'] * len(wrt))})" if few else f"[0.0] * {len(wrt)}"
    what = f"the result summed over rows of ({row})" if row else "the result, once for each row"
    return "\n".join(
        [
            "def program(parameters, rows, upstream=1.0, start=None):",
            f'    """Return {what}, and its derivatives by {by or "nothing"}."""',
            *wrap_names("", parameters, " = parameters"),
            *wrap_names("", all_slopes, f" = start or {zeros}"),
            "    results = []",
            f"    for {row or 'row'} in reversed(rows):  # as backward() takes their sum",
            "        # Forward",
            *[f"        {line}" for line in writer.write_lines()],
            "    total = results.pop() if results else 0.0",
            "    while results:",
            "        total = total + results.pop()",
            *(wrap_names("return total, ", all_slopes, "", "[]") or ["    return total, []"]),
            "",
        ]
    )


def write_predict(
    writer: FunctionWriter, roots: Sequence[Value], inputs: Sequence[str], parameters: Sequence[str]
) -> str:
    """Return the source of the function that computes the results of each row."""
    writer.add_forward()
    places = ", ".join(f"{{{i}}}" for i in range(len(roots)))
    writer.add(f"results.append([{places}])", *[writer.of[root] for root in roots])
    row = join_names(inputs)
    return "\n".join(
        [
            "def predict(parameters, rows):",
            f'    """Return the list of results for each row of ({row})."""',
            *wrap_names("", parameters, " = parameters"),
            "    results = []",
            f"    for {row or 'row'} in rows:",
            *[f"        {line}" for line in writer.write_lines()],
            "    return results",
            "",
        ]
    )


def wrap_names(before: str, names: Sequence[str], after: str, marks: str = "") -> list[str]:
    """Return an indented line with a list of names, broken into several if it's a long one.

    >>> wrap_names("", ["x", "y"], " = row"), wrap_names("return ", ["x"], "", "[]")
    (['    x, y = row'], ['    return [x]'])
    """
    if not names:
        return []
    first, last = marks[:1], marks[1:]
    line = f"    {before}{first}{', '.join(names) if marks else join_names(names)}{last}{after}"
    if len(line) <= COLUMNS:
        return [line]
    first, last = first or "(", last or ")"
    indent = " " * 8
    filled = textwrap.wrap(
        ", ".join(names) + ",", COLUMNS, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [f"    {before}{first}", *filled, f"    {last}{after}"]


def join_names(names: Sequence[str]) -> str:
    """Return names as Python unpacks them: one alone has a comma.

    >>> join_names(["x", "y"]), join_names(["x"]), join_names([])
    ('x, y', 'x,', '')
    """
    return ", ".join(names) + "," * (len(names) == 1)
