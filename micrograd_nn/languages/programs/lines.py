"""From a recorded graph to the lines of a function: its forward part, and its backward part.

Nothing here knows an operation, nor a language. Forward lines are the rows' written forms on names;
backward lines are what the rows' derivative rules give when they run on symbols, in the order of
``backward()``. Which expressions have a line of their own, and its text, stands in ``listing.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Any

from ...engine.operation import Lookup
from ...engine.table import add, mul, neg, step
from ...engine.value import Value
from ..writing.expressions import Expressions
from ..writing.python import Identifiers
from .branches import Branches, sort_branches
from .choosing import Choosing, Spreading
from .listing import Listing
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
        self.choosing = Choosing(self.listing)

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
                    x = self.choosing.take_value(node, inputs)
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
                        self.listing.add(
                            partial(self.statements.guard, how, outcome), first, second
                        )
        self.listing.forward_end = len(operations)

    def set_parameters(self, parameters: Iterable[Value]) -> None:
        """Tell which leaves are in the list ``parameters``, in their order, as the lines run."""
        self.choosing.listed = {x: i for i, x in enumerate(parameters)}

    def name_slopes(self, wrt: Sequence[Value], in_columns: bool = False) -> dict[Value, str]:
        """Return a name for the derivative by each leaf.

        Those that lookups add to by an index are items of ``columns``, if there may be such.
        """
        columns = self.choosing.find_columns(self.graph, wrt, self.constants) if in_columns else {}
        return {
            x: f"columns[{columns[x]}]" if x in columns else self.names.new(f"d_{self.leaves[x]}")
            for x in wrt
        }

    def list_names(self, leaves: Iterable[Value]) -> list[str]:
        """Return the names of leaves."""
        return [self.leaves[x] for x in leaves]

    def continue_elsewhere(self, names: Identifiers, statements: Statements) -> FunctionWriter:
        """Return a writer of what follows this one's forward lines, in another function."""
        names.taken |= self.names.taken
        writer = FunctionWriter(
            self.graph, self.leaves, self.branches, names, self.constants, statements,
            self.expressions.copy(),
        )  # fmt: skip
        writer.of, writer.inputs_of = self.of, self.inputs_of
        writer.choosing.places, writer.choosing.fixed = self.choosing.places, self.choosing.fixed
        writer.listing.forward = self.listing.texts
        writer.listing.forward_end = self.listing.forward_end
        return writer

    def add_results(self, roots: Iterable[Value]) -> None:
        """Add the forward part, and the line that keeps the results of a row."""
        self.add_forward()
        self.listing.add(self.statements.keep_all, *[self.of[root] for root in roots])

    def add_gradient(self, root: Value, slopes: Mapping[Value, str]) -> None:
        """Add the line that keeps a result, and the backward part, behind a forward part."""
        self.listing.add(self.statements.keep, self.of[root])
        self.listing.add(partial(self.statements.comment, "Backward"))
        self.add_backward(root, slopes)

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
        spreading = Spreading(self.choosing, needed, increase, arrived)
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
        if not self.statements.skips:
            return False
        x, y = self.expressions.inputs[product]
        operations = self.expressions.operations
        return operations[x] is step or operations[y] is step

    def write_lines(self) -> Iterable[str]:
        """Return the function's lines, each expression before the first line that needs it."""
        return self.listing.write_lines()


def begin_function(
    program: Any, kind: int | str, names: Identifiers, statements: Statements
) -> FunctionWriter:
    """Return a writer of one function of a program, whatever the language.

    ``kind`` is the place of the output whose gradient it has, or the name of another function.
    """
    leaves = {
        x: names.new(name)
        for known in (program.parameters, program.inputs)
        for x, name in known.items()
    }
    writer = FunctionWriter(
        program.graph, leaves, program.branches, names, program.constants, statements
    )
    if isinstance(kind, int) or not program.wrt:  # predictions of a training need no derivatives
        writer.differentiated = program.differentiated
    return writer
