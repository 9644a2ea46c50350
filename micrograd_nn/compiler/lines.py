"""From a recorded graph to the lines of a Python function: its forward part and its backward part.

Nothing here knows an operation. Forward lines are the rows' written forms on names; backward lines
are what the rows' derivative rules give when they run on symbols, in the order of ``backward()``.
"""

from __future__ import annotations

import textwrap
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..engine.operation import Operation
from ..engine.table import mul, step
from ..engine.value import Constant, Value
from ..writing.python import LONGEST, RULES, Names, Text, expression, needs_name, number
from ..writing.symbol import Symbol, Symbols, partials_on

WIDTH = 100  # columns of a list of names

Branch = tuple[str, Any, bool]  # how a node was compared, with what, and the outcome


class Entry(NamedTuple):
    """A line that must stand in a program, and how many expressions were known before it."""

    mark: int
    text: str  # of which {0}, {1}, … are the expressions
    expressions: tuple[Symbol | float, ...] = ()
    switch: Symbol | None = None  # a factor of the line that is often 0, which saves the line


class Function:
    """The lines of one function, grown from a graph: first ``forward``, then ``backward``."""

    def __init__(
        self,
        graph: Sequence[Value],
        leaves: Mapping[Value, str],
        branches: Mapping[Value, Sequence[Branch]],
        names: Names,
    ) -> None:
        self.graph = graph
        self.leaves = leaves
        place = {node: i for i, node in enumerate(graph)}
        self.guards: dict[Value, list[tuple[Value, Branch]]] = {}
        for node, compared in branches.items():
            for branch in compared:
                other = branch[1] if isinstance(branch[1], Value) else node
                last = max(node, other, key=place.__getitem__)
                self.guards.setdefault(last, []).append((node, branch))
        self.symbols = Symbols()
        self.of: dict[Value, Symbol | float] = {}
        self.name: dict[Symbol, str] = {}
        self.names = names
        self.entries: list[Entry] = []
        self.calls: dict[Operation, str] = {}  # the names by which forward rules are called

    def add(self, text: str, *expressions: Symbol | float, switch: Symbol | None = None) -> None:
        """Add a line after all expressions that are known by now."""
        self.entries.append(Entry(len(self.symbols.known), text, expressions, switch))

    def forward(self) -> None:
        """Add one named expression for each node, and a guard for each branch taken."""
        unnamed = self.names.numbered("v")
        for node in self.graph:
            if isinstance(node, Constant):
                self.of[node] = node.data
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
            for compared, (how, other, outcome) in self.guards.get(node, ()):
                operands = self.of[compared], self.of[other] if isinstance(other, Value) else other
                if any(isinstance(x, Symbol) for x in operands):
                    test = f"not {{0}} {how} {{1}}" if outcome else f"{{0}} {how} {{1}}"
                    was = f"{{0}} {how} {{1}} was {outcome} when the graph was recorded"
                    self.add(f'if {test}: raise BranchError("{was}")', *operands)

    def backward(self, root: Value, wanted: Mapping[Value, str]) -> None:
        """Add what the chain rule gives: the derivatives of the root by the wanted leaves."""
        needed = set(wanted)
        for node in self.graph:
            if not needed.isdisjoint(node.inputs):
                needed.add(node)
        seed = self.symbols.leaf()
        self.name[seed] = "upstream"
        gradient: dict[Value, Symbol | float] = {root: seed}
        for node in reversed(self.graph):
            upstream = gradient.pop(node, 0.0)
            if node not in needed or not isinstance(upstream, Symbol):
                continue
            if node in wanted:  # the root itself
                self.add(f"{wanted[node]} += {{0}}", upstream)
                continue
            self.name_gradient(upstream, node)
            switch = upstream if is_switch(upstream) else None
            if switch is not None and not gradient:  # all that is to come flows through this node
                self.add("if not {0}: continue", switch)
                switch = None
            inputs = [self.of[x] for x in node.inputs]
            operation = node.operation
            assert operation is not None
            is_wanted = [x in needed for x in node.inputs]
            partials = partials_on(operation, self.of[node], inputs, is_wanted)
            for x, partial in zip(node.inputs, partials, strict=True):
                if partial is None:
                    continue
                amount = self.symbols.apply(mul, (upstream, partial))
                if x in wanted:
                    if isinstance(amount, Symbol):
                        self.add(f"{wanted[x]} += {{0}}", amount, switch=switch)
                else:
                    gradient[x] = gradient.get(x, 0.0) + amount

    def name_gradient(self, gradient: Symbol, node: Value) -> None:
        """Name a node's derivative after the node, unless it's another's, too."""
        symbol = self.of[node]
        if gradient not in self.name and isinstance(symbol, Symbol):
            self.name[gradient] = self.names.new(f"d_{self.name[symbol]}")
            self.add("", gradient)

    def lines(self) -> Iterator[str]:
        """Yield the function's lines, each expression before the first line that needs it."""
        uses, whole = self.uses()
        temporary = self.names.numbered("t")
        text = {symbol: Text(name) for symbol, name in self.name.items()}
        entries, waiting = deque(self.entries), list(self.symbols.known.values())
        switch = None
        for place in range(len(waiting) + 1):
            while entries and entries[0].mark <= place:
                entry = entries.popleft()
                if entry.text:
                    values = [written_of(x, text).text for x in entry.expressions]
                    if entry.switch is not None and entry.switch is not switch:
                        yield f"if {text[entry.switch].text}:"
                    switch = entry.switch
                    yield "    " * (switch is not None) + entry.text.format(*values)
            if place == len(waiting) or waiting[place] not in uses:
                continue
            symbol = waiting[place]
            assert symbol.operation is not None
            inputs = [written_of(x, text) for x in symbol.inputs]
            name = self.name.get(symbol)
            written = expression(symbol.operation, self.call_of(symbol.operation), inputs)
            if name is None and (
                uses[symbol] > 1
                or symbol in whole
                or written[-1].size > LONGEST
                or len(written) > 1
            ):
                name = next(temporary)
            if name is None:
                text[symbol] = written[0]
            else:
                text[symbol], switch = Text(name), None
                yield f"{name} = {written[0].text}"
                for part in written[1:]:
                    yield f"{name} = {name}{part.text}"

    def call_of(self, operation: Operation) -> str:
        """Return the name of an operation's forward rule in the program."""
        called = self.calls.get(operation)
        if called is None:
            called = getattr(operation.forward, "__name__", "")
            if RULES.get(called) is not operation.forward:
                called = self.names.new(operation.name)
            self.calls[operation] = called
        return called

    def uses(self) -> tuple[dict[Symbol, int], set[Symbol]]:
        """Return how often each needed expression is used, and which need a name for it."""
        uses: dict[Symbol, int] = {}
        whole: set[Symbol] = set()
        for entry in self.entries:
            for x in entry.expressions:
                if isinstance(x, Symbol):
                    uses[x] = uses.get(x, 0) + 1
        for symbol in reversed(self.symbols.known.values()):
            if symbol in uses and symbol.operation is not None:
                for i, x in enumerate(symbol.inputs):
                    if isinstance(x, Symbol):
                        uses[x] = uses.get(x, 0) + 1
                        if needs_name(symbol.operation, i):
                            whole.add(x)
        return uses, whole


def is_switch(gradient: Symbol) -> bool:
    """Tell whether a gradient is nothing where a step is off, as behind every relu.

    Then a line that multiplies by it needn't run: half of a network's neurons may be off.
    """
    return gradient.operation is mul and any(
        isinstance(x, Symbol) and x.operation is step for x in gradient.inputs
    )


def written_of(x: Symbol | float, text: Mapping[Symbol, Text]) -> Text:
    """Return the text of an expression, or of a number."""
    return text[x] if isinstance(x, Symbol) else number(x)


def program_source(
    function: Function, root: Value, inputs: Sequence[str], parameters: Sequence[str],
    wrt: Sequence[Value],
) -> str:  # fmt: skip
    """Return the source of the function that sums a result and its gradient over rows."""
    slopes = {x: function.names.new(f"d_{function.leaves[x]}") for x in wrt}
    function.forward()
    function.add("results.append({0})", function.of[root])
    function.add("# Backward")
    function.backward(root, slopes)
    row, all_slopes = listed(inputs), [slopes[x] for x in wrt]
    few = len(wrt) <= 6
    by = ", ".join(function.leaves[x] for x in wrt) if few else f"{len(wrt)} numbers"
    zeros = f"({listed(['0.0'] * len(wrt))})" if few else f"[0.0] * {len(wrt)}"
    what = f"the result summed over rows of ({row})" if row else "the result, once for each row"
    return "\n".join(
        [
            "def program(parameters, rows, upstream=1.0, start=None):",
            f'    """Return {what}, and its derivatives by {by or "nothing"}."""',
            *wrapped("", parameters, " = parameters"),
            *wrapped("", all_slopes, f" = start or {zeros}"),
            "    results = []",
            f"    for {row or 'row'} in reversed(rows):  # as backward() takes their sum",
            "        # Forward",
            *[f"        {line}" for line in function.lines()],
            "    total = results.pop() if results else 0.0",
            "    while results:",
            "        total = total + results.pop()",
            *(wrapped("return total, ", all_slopes, "", "[]") or ["    return total, []"]),
            "",
        ]
    )


def predict_source(
    function: Function, roots: Sequence[Value], inputs: Sequence[str], parameters: Sequence[str]
) -> str:
    """Return the source of the function that computes the results of each row."""
    function.forward()
    places = ", ".join(f"{{{i}}}" for i in range(len(roots)))
    function.add(f"results.append([{places}])", *[function.of[root] for root in roots])
    row = listed(inputs)
    return "\n".join(
        [
            "def predict(parameters, rows):",
            f'    """Return the list of results for each row of ({row})."""',
            *wrapped("", parameters, " = parameters"),
            "    results = []",
            f"    for {row or 'row'} in rows:",
            *[f"        {line}" for line in function.lines()],
            "    return results",
            "",
        ]
    )


def wrapped(before: str, names: Sequence[str], after: str, marks: str = "") -> list[str]:
    """Return an indented line with a list of names, broken into several if it's a long one.

    >>> wrapped("", ["x", "y"], " = row"), wrapped("return ", ["x"], "", "[]")
    (['    x, y = row'], ['    return [x]'])
    """
    if not names:
        return []
    first, last = marks[:1], marks[1:]
    line = f"    {before}{first}{', '.join(names) if marks else listed(names)}{last}{after}"
    if len(line) <= WIDTH:
        return [line]
    first, last = first or "(", last or ")"
    indent = " " * 8
    filled = textwrap.wrap(
        ", ".join(names) + ",", WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [f"    {before}{first}", *filled, f"    {last}{after}"]


def listed(names: Sequence[str]) -> str:
    """Return names as Python unpacks them: one alone has a comma.

    >>> listed(["x", "y"]), listed(["x"]), listed([])
    ('x, y', 'x,', '')
    """
    return ", ".join(names) + "," * (len(names) == 1)
