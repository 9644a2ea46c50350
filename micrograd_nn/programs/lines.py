"""From a recorded graph to the lines of a function: its forward part, and its backward part.

Nothing here knows an operation, nor a language. Forward lines are the rows' written forms on names;
backward lines are what the rows' derivative rules give when they run on symbols, in the order of
``backward()``. Which expressions have a line of their own, and its text, stands in ``listing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import compress

from ..engine import forward
from ..engine.lookup import Lookup
from ..engine.table import add, mul, neg, step
from ..engine.value import Value
from ..writing.expressions import Expressions
from ..writing.python import Identifiers
from . import lookups
from .branches import Branches, sort_branches
from .listing import Listing
from .lookups import find_steps
from .operations import NEVER_FAIL, taken
from .statements import Statements

MOST_SUMMED = 20  # terms in one line of a derivative


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
        expressions: Expressions | None = None,
    ) -> None:
        self.graph = graph
        self.leaves = leaves
        self.constants = constants
        self.branches = branches
        self.names = names
        self.expressions = expressions or Expressions()
        self.of: dict[Value, int] = {}
        self.inputs_of: dict[Value, tuple[Value, ...]] = {}
        self.listing = Listing(self.expressions, names, statements, len(graph))
        self.statements = statements
        self.notation = statements.notation
        self.differentiated: Collection[Value] = ()  # whose derivatives may fail, of use or not
        self.listed: Mapping[Value, int] = {}  # the places of those in the list ``parameters``
        self.columns: Mapping[Value, int] = {}  # of those whose derivatives are in ``columns``
        self.first_column = 0  # the place of the first of them among all leaves
        self.places: dict[Value, int] = {}  # of lookups: what tells which value is chosen
        self.fixed: dict[Value, int] = {}  # or which one always is

    def add(self, write: Callable[..., str], *expressions: int) -> None:
        """Add a line after all expressions that are known by now."""
        self.listing.entries.append((len(self.expressions), write, expressions, -1))

    def add_forward(self) -> None:
        """Add one expression for each node, and a guard for each branch taken."""
        expressions, of, constants = self.expressions, self.of, self.constants
        are_moving = expressions.constants.keys().isdisjoint
        operations, all_inputs = expressions.operations, expressions.inputs
        find_expression = of.__getitem__
        known_of = expressions.known
        branches = sort_branches(self.graph, self.branches)
        guarded: set[tuple[int, str, int, bool]] = set()
        labels = self.listing.labels
        for node in self.graph:
            operation = node.operation
            count = len(operations)
            if node in constants:
                of[node] = expressions.constant(node.number)
            elif operation is None:
                labels[count] = self.leaves[node]
                of[node] = expressions.leaf()
            else:
                self.inputs_of[node] = given = node.inputs
                inputs = tuple(map(find_expression, given))
                known = known_of.get(operation)
                if isinstance(operation, Lookup):
                    x = self.look_up(node, inputs)
                elif known is not None and inputs and operation is not neg and are_moving(inputs):
                    x = known.setdefault(inputs, count)  # what apply would do, but at once
                    if x == count:
                        operations.append(operation)
                        all_inputs.append(inputs)
                else:
                    x = expressions.apply(operation, inputs)
                of[node] = x
                if x >= count and node.label:
                    labels[x] = node.label
                if node in self.differentiated:
                    self.add_checks(node, inputs)
            if node in branches:
                for compared, (how, other, outcome) in branches[node]:
                    first = of[compared]
                    second = of[other] if isinstance(other, Value) else expressions.constant(other)
                    guard = first, how, second, outcome
                    if guard not in guarded and not {first, second} <= expressions.constants.keys():
                        guarded.add(guard)
                        self.listing.named.update((first, second))
                        self.add(partial(self.statements.guard, how, outcome), first, second)
        self.listing.forward_end = len(operations)

    def look_up(self, node: Value, inputs: Sequence[int]) -> int:
        """Return the expression of a lookup: a value itself where the index never changes."""
        expressions = self.expressions
        index, *values = inputs
        count = float(len(values))
        if index in expressions.constants:
            self.fixed[node] = forward.place(expressions.constants[index], count)
            return values[self.fixed[node]]
        place = expressions.apply(lookups.place, (index, expressions.constant(count)))
        self.places[node] = place
        steps = find_steps([self.listed.get(x) for x in node.inputs[1:]])
        if steps:
            return expressions.apply(lookups.find_item(steps), (place,))
        return expressions.apply(lookups.find_choice(len(values)), (place, *values))

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

    def continue_elsewhere(self, names: Identifiers, statements: Statements) -> FunctionWriter:
        """Return a writer of what follows this one's forward lines, in another function."""
        names.taken |= self.names.taken
        writer = FunctionWriter(
            self.graph, self.leaves, self.branches, names, self.constants, statements,
            self.expressions.copy(),
        )  # fmt: skip
        writer.of, writer.inputs_of = self.of, self.inputs_of
        writer.places, writer.fixed = self.places, self.fixed
        writer.listing.forward = self.listing.texts
        writer.listing.forward_end = self.listing.forward_end
        return writer

    def add_checks(self, node: Value, inputs: Sequence[int]) -> None:
        """Add a line for each derivative of a node that may fail for other numbers."""
        assert node.operation is not None
        expressions, listing = self.expressions, self.listing
        known = len(expressions)  # before its derivatives
        wanted = tuple([x not in self.constants for x in node.inputs])
        given = [self.of[node], *inputs]
        pattern = expressions.find_partials(node.operation, given, wanted)
        partials = expressions.instantiate(pattern, given)
        listing.not_nodes.update(range(known, len(expressions)))
        if not NEVER_FAIL.issuperset(filter(None, expressions.operations[known:])):
            for x in partials:
                if x in listing.not_nodes and x not in listing.labels:
                    listing.labels[x] = "derivative"
                    listing.needed.add(x)

    def add_backward(self, root: Value, wanted: Mapping[Value, str]) -> None:
        """Add what the chain rule gives: the derivatives of the root by the wanted leaves.

        What arrives at a node is one sum when its turn comes: all that use it have had theirs.
        """
        expressions, of, listing = self.expressions, self.of, self.listing
        operations, all_inputs = expressions.operations, expressions.inputs
        patterns, find_expression = expressions.patterns, of.__getitem__
        are_moving = expressions.constants.keys().isdisjoint
        increase = {x: partial(self.statements.increase, name) for x, name in wanted.items()}
        entries, slope_of = listing.entries, listing.slope_of
        sums = expressions.find_known(add)
        needed = self.find_needed(wanted)
        seed = expressions.leaf()
        listing.labels[seed] = "upstream"
        arrived: dict[Value, list[int]] = {root: [seed]}
        spreading = Spreading(self, needed, increase, arrived)
        are_taken = {x for x in self.inputs_of if x.operation is taken}
        for node in reversed(self.graph):
            amounts = arrived.pop(node, None)
            if amounts is None or node not in needed:
                continue
            while len(amounts) > 1:
                summed = tuple(amounts[:MOST_SUMMED])
                amounts[:MOST_SUMMED] = [expressions.add(add, sums, summed)]
            (upstream,) = amounts
            if node in wanted:  # the root itself
                entries.append((len(operations), increase[node], (upstream,), -1))
                continue
            operation, out, inputs = node.operation, of[node], self.inputs_of[node]
            assert operation is not None
            if upstream != seed and out not in expressions.constants:
                slope_of.setdefault(upstream, out)
            switch = -1
            if operations[upstream] is mul and self.is_switch(upstream):
                listing.named.add(upstream)
                if arrived:
                    switch = upstream
                else:  # all to come flows through this node
                    skip = self.statements.skip_row
                    entries.append((len(operations), skip, (upstream,), -1))
            if isinstance(operation, Lookup):
                spreading.spread(node, upstream)
                continue
            are_wanted = None
            if not needed.issuperset(inputs):
                are_wanted = tuple([x in needed for x in inputs])
            there = [upstream, out, *map(find_expression, inputs)]
            pattern = patterns.get((operation, len(there), are_wanted))
            if pattern is None or not are_moving(there):
                pattern = expressions.find_amounts(operation, there, are_wanted)
            if pattern.constants:
                there += pattern.constants
            receivers = inputs if are_wanted is None else compress(inputs, are_wanted)
            for x, (steps, place) in zip(receivers, pattern.results):  # noqa: B905 (for speed)
                for its_operation, known, pick in steps:  # as instantiate() does, but at once
                    given = pick(there)
                    found = known.get(given)
                    if found is None:
                        if its_operation is neg:
                            found = expressions.add(neg, known, given)
                        else:
                            found = known[given] = len(operations)
                            operations.append(its_operation)
                            all_inputs.append(given)
                    there.append(found)
                if place is None:  # nothing flows there
                    continue
                if x in are_taken:
                    spreading.spread(x, there[place])
                elif x in wanted:
                    entries.append((len(operations), increase[x], (there[place],), switch))
                elif x in arrived:
                    arrived[x].append(there[place])
                else:
                    arrived[x] = [there[place]]

    def find_needed(self, wanted: Iterable[Value]) -> set[Value]:
        """Return the nodes that depend on what is wanted: ``find_dependents`` of the graph."""
        needed = set(wanted)
        for node, inputs in self.inputs_of.items():
            if not needed.isdisjoint(inputs):
                needed.add(node)
        return needed

    def is_switch(self, product: int) -> bool:
        """Tell whether a gradient is nothing where a step is off, as behind every relu.

        Then a line that multiplies by it needn't run: half of a network's neurons may be off.
        """
        x, y = self.expressions.inputs[product]
        operations = self.expressions.operations
        return operations[x] is step or operations[y] is step

    def write_lines(self) -> Iterable[str]:
        """Return the function's lines, each expression before the first line that needs it."""
        return self.listing.write_lines()


class Spreading:
    """What lookups hand on to the value that they choose, whichever that is in a row."""

    def __init__(
        self, writer: FunctionWriter, needed: Collection[Value],
        increase: Mapping[Value, Callable[..., str]], arrived: dict[Value, list[int]],
    ) -> None:  # fmt: skip
        self.writer = writer
        self.needed = needed
        self.increase = increase
        self.arrived = arrived

    def spread(self, node: Value, amount: int) -> None:
        """Add what a lookup receives to the value that it chose."""
        writer, values = self.writer, node.inputs[1:]
        if node in writer.fixed:
            self.hand_on(values[writer.fixed[node]], amount)
            return
        place, expressions = writer.places[node], writer.expressions
        steps = find_steps([writer.columns.get(x) for x in values])
        if steps:
            increase = partial(writer.statements.increase_item, "columns", steps)
            writer.add(increase, place, amount)
            return
        for i, x in enumerate(values):
            if x in self.needed:
                given = place, expressions.constant(float(i)), amount
                self.hand_on(x, expressions.apply(lookups.share, given))

    def hand_on(self, x: Value, amount: int) -> None:
        """Add what a value receives; a lookup by a plain number passes it on at once."""
        if x not in self.needed:
            return
        if x.operation is taken:
            self.spread(x, amount)
        elif x in self.increase:
            self.writer.add(self.increase[x], amount)
        else:
            self.arrived.setdefault(x, []).append(amount)
