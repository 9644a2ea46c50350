"""From a recorded graph to the lines of a function: its forward part, and its backward part.

Nothing here knows an operation, nor a language. Forward lines are the rows' written forms on names;
backward lines are what the rows' derivative rules give when they run on symbols, in the order of
``backward()``. How a line reads is for the ``Statements`` of a language to say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

from ..engine.lookup import Lookup
from ..engine.table import mul, step
from ..engine.value import Value
from ..graph.pullback import Pullback
from ..writing.notation import MOST_TERMS, Notation, Text
from ..writing.python import Identifiers
from ..writing.symbol import Symbol, Symbols, derive_partials
from . import lookups
from .branches import Branches, sort_branches
from .lookups import Steps, find_steps
from .traced import NEVER_FAIL, taken


class Statements(ABC):
    """The statements that a function's lines are made of, in one language."""

    notation: Notation
    indent: ClassVar[str]
    end_if: ClassVar[str] = ""

    @abstractmethod
    def assign(self, name: str, text: str, is_new: bool = True) -> str:
        """Give a number a name, or a new number to a name."""

    @abstractmethod
    def increase(self, name: str, text: str) -> str:
        """Add a number to one that has a name."""

    @abstractmethod
    def guard(self, how: str, outcome: bool, x: str, y: str) -> str:
        """Refuse numbers that would take another branch than the recorded one."""

    @abstractmethod
    def keep(self, text: str) -> str:
        """Keep the result of a row."""

    @abstractmethod
    def keep_all(self, *texts: str) -> str:
        """Keep several results of a row."""

    @abstractmethod
    def increase_item(self, name: str, steps: Steps, place: str, text: str) -> str:
        """Add a number to an item of a list, at a place that is known when the program runs."""

    @abstractmethod
    def skip_row(self, x: str) -> str:
        """Go on to the next row where a number is 0."""

    @abstractmethod
    def begin_if(self, x: str) -> str:
        """Begin what is left out where a number is 0."""

    @abstractmethod
    def comment(self, text: str) -> str:
        """Tell what follows."""


class Entry(NamedTuple):
    """A line that must stand in a program, and how many expressions were known before it."""

    mark: int
    write: Callable[..., str] | None  # the line of the expressions' texts; None for a name alone
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
        statements: Statements,
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
        self.statements = statements
        self.notation = statements.notation
        self.differentiated: Collection[Value] = ()  # whose derivatives may fail, of use or not
        self.listed: Mapping[Value, int] = {}  # the places of those in the list ``parameters``
        self.columns: Mapping[Value, int] = {}  # of those whose derivatives are in ``columns``
        self.first_column = 0  # the place of the first of them among all leaves
        self.places: dict[Value, Any] = {}  # of lookups

    def add(
        self,
        write: Callable[..., str] | None,
        *expressions: Symbol | float,
        switch: Symbol | None = None,
    ) -> None:
        """Add a line after all expressions that are known by now."""
        self.entries.append(Entry(len(self.symbols.known), write, expressions, switch))

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
                symbol = self.of[node] = (
                    self.look_up(node, inputs)
                    if isinstance(node.operation, Lookup)
                    else self.symbols.apply(node.operation, inputs, zeros=False)
                )
                if isinstance(symbol, Symbol) and symbol not in self.name:
                    name = self.names.new(node.label) if node.label else next(unnamed)
                    self.name[symbol] = name
                    self.add(None, symbol)
                if node in self.differentiated:
                    self.add_checks(node, inputs)
            for compared, (how, other, outcome) in branches.get(node, ()):
                x = self.of[compared]
                y = self.of[other] if isinstance(other, Value) else other
                guard = identify(x), how, identify(y), outcome
                if guard not in guarded and (isinstance(x, Symbol) or isinstance(y, Symbol)):
                    guarded.add(guard)
                    self.add(partial(self.statements.guard, how, outcome), x, y)

    def look_up(self, node: Value, inputs: Sequence[Symbol | float]) -> Any:
        """Return the expression of a lookup, the value itself where its index never changes."""
        index, *values = inputs
        place = self.symbols.apply(lookups.place, [index, float(len(values))])
        self.places[node] = place
        if not isinstance(place, Symbol):
            return values[place]
        steps = find_steps([self.listed.get(x) for x in node.inputs[1:]])
        choice = lookups.find_choice(len(values))
        operation, given = (lookups.find_item(steps), []) if steps else (choice, values)
        return self.symbols.apply(operation, [place, *given])

    def set_parameters(self, names: Sequence[str]) -> None:
        """Tell the names of what is in the list ``parameters`` when the lines run."""
        places = {name: i for i, name in enumerate(names)}
        self.listed = {x: places[name] for x, name in self.leaves.items() if name in places}

    def name_slopes(self, wrt: Sequence[Value]) -> dict[Value, str]:
        """Return a name for the derivative by each leaf: its own, or an item of ``columns``.

        These are the leaves from the first to the last that lookups add to by an index.
        """
        places = {x: i for i, x in enumerate(wrt)}
        found: set[int] = set()
        for node in self.graph:
            if isinstance(node.operation, Lookup) and node.inputs[0] not in self.constants:
                these = [places.get(x) for x in node.inputs[1:]]
                if find_steps(these):
                    found.update(i for i in these if i is not None)
        if found:
            first, last = min(found), max(found)
            self.columns = {x: i for i, x in enumerate(wrt[first : last + 1])}
            self.first_column = first
        return {
            x: f"columns[{self.columns[x]}]"
            if x in self.columns
            else self.names.new(f"d_{self.leaves[x]}")
            for x in wrt
        }

    def add_checks(self, node: Value, inputs: Sequence[Symbol | float]) -> None:
        """Add a line for each derivative of a node that may fail for other numbers."""
        assert node.operation is not None
        known = len(self.symbols.known)
        wanted = [x not in self.constants for x in node.inputs]
        partials = derive_partials(node.operation, self.of[node], inputs, wanted)
        new = list(self.symbols.known.values())[known:]
        if any(symbol.operation not in NEVER_FAIL for symbol in new):
            for by_input in partials:
                if isinstance(by_input, Symbol) and by_input not in self.name:
                    self.name[by_input] = self.names.new("derivative")
                    self.add(None, by_input)

    def add_backward(self, root: Value, wanted: Mapping[Value, str]) -> None:
        """Add what the chain rule gives: the derivatives of the root by the wanted leaves."""
        seed = self.symbols.leaf()
        self.name[seed] = "upstream"
        pullback = Pullback(self.graph, root, seed, wanted)
        for node, upstream in pullback:
            if not isinstance(upstream, Symbol):  # 0.0
                continue
            if node in wanted:  # the root itself
                self.add(partial(self.statements.increase, wanted[node]), upstream)
                continue
            self.name_gradient(upstream, node)
            switch = upstream if is_switch(upstream) else None
            if switch is not None and not pullback.arrived:  # all to come flows through this node
                self.add(self.statements.skip_row, switch)
                switch = None
            assert node.operation is not None
            inputs = [self.of[x] for x in node.inputs]
            if isinstance(node.operation, Lookup):
                self.spread(pullback, wanted, node, upstream)
                continue
            partials = derive_partials(node.operation, self.of[node], inputs, pullback.needs(node))
            for x, amount in pullback.amounts(node, upstream, partials):
                self.hand_on(pullback, wanted, x, amount, switch)

    def hand_on(
        self, pullback: Pullback, wanted: Mapping[Value, str], x: Value, amount: Symbol | float,
        switch: Symbol | None = None,
    ) -> None:  # fmt: skip
        """Add what an input receives: to what has arrived there, or to the derivative by a leaf."""
        if x.operation is taken:  # which passes it on at once
            self.spread(pullback, wanted, x, amount)
        elif x not in wanted:
            pullback.add(x, amount)
        elif isinstance(amount, Symbol):
            self.add(partial(self.statements.increase, wanted[x]), amount, switch=switch)

    def spread(
        self, pullback: Pullback, wanted: Mapping[Value, str], node: Value, amount: Symbol | float
    ) -> None:
        """Add what a lookup receives to the value that it chose, whichever that is in a row."""
        place, values = self.places[node], node.inputs[1:]
        if not isinstance(place, Symbol):
            if values[place] in pullback.needed:
                self.hand_on(pullback, wanted, values[place], amount)
            return
        if not isinstance(amount, Symbol):  # 0.0
            return
        steps = find_steps([self.columns.get(x) for x in values])
        if steps:
            self.add(partial(self.statements.increase_item, "columns", steps), place, amount)
            return
        for i, x in enumerate(values):
            if x in pullback.needed:
                part = self.symbols.apply(lookups.share, [place, float(i), amount])
                self.hand_on(pullback, wanted, x, part)

    def name_gradient(self, gradient: Symbol, node: Value) -> None:
        """Name a node's derivative after the node, unless it's another's, too."""
        symbol = self.of[node]
        if gradient not in self.name and isinstance(symbol, Symbol):
            self.name[gradient] = self.names.new(f"d_{self.name[symbol]}")
            self.add(None, gradient)

    def write_lines(self) -> Iterator[str]:
        """Yield the function's lines, each expression before the first line that needs it."""
        uses = self.symbols.count_uses(x for entry in self.entries for x in entry.expressions)
        whole = self.find_whole(uses)
        temporary = self.names.count_up("t")
        text = {symbol: Text(name) for symbol, name in self.name.items()}
        entries, waiting = deque(self.entries), list(self.symbols.known.values())
        statements = self.statements
        switch: Symbol | None = None
        for place in range(len(waiting) + 1):
            while entries and entries[0].mark <= place:
                entry = entries.popleft()
                if entry.write is not None:
                    values = [self.notation.write_symbol(x, text).text for x in entry.expressions]
                    if entry.switch is not switch:
                        yield from self.end_switch(switch)
                        switch = entry.switch
                        if switch is not None:
                            yield statements.begin_if(text[switch].text)
                    yield statements.indent * (switch is not None) + entry.write(*values)
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
                yield from self.end_switch(switch)
                text[symbol], switch = Text(name), None
                yield statements.assign(name, parts[0].text)
                for part in parts[1:]:
                    yield statements.assign(name, f"{name}{part.text}", is_new=False)
        yield from self.end_switch(switch)

    def end_switch(self, switch: Symbol | None) -> Iterator[str]:
        """Yield what ends the lines that are left out where a switch is off, if anything does."""
        if switch is not None and self.statements.end_if:
            yield self.statements.end_if

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
