"""From a recorded graph to the lines of a function: its forward part, and its backward part.

Nothing here knows an operation, nor a language. Forward lines are the rows' written forms on names;
backward lines are what the rows' derivative rules give when they run on symbols, in the order of
``backward()``. Which expressions have a line of their own, and its text, stands in ``listing.py``;
what is kept between loops in ``looping.py``, and their bodies in ``bodies.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Any

from ....engine import forward
from ....engine.operation import Lookup, Operation
from ....engine.value import Value
from ....notation.writing.identifiers import Identifiers
from . import lookups
from .blocks import Block
from .bodies import write_loop
from .branches import sort_branches
from .listing import Listing
from .looping import find_looping
from .operations import NEVER_FAIL, has_failing_partials, list_wanted, taken
from .statements import Statements

PREDICT = "predict"  # the function of results alone
FEW_NAMES = 6  # which are told


class FunctionWriter:
    """Writes one function of a program, whatever the language: forward lines, then backward lines.

    ``kind`` is the place of the output whose gradient it has, or the name of another function.
    """

    def __init__(
        self, program: Any, kind: int | str, names: Identifiers, statements: Statements
    ) -> None:
        known = {**program.parameters, **program.inputs}
        self.leaves = dict(zip(known, names.keep(known.values()), strict=True))
        self.program, self.kind, self.graph = program, kind, program.graph
        self.names, self.statements = names, statements
        self.notation: Any = statements.notation
        self.parameters, self.inputs, self.wrt = (
            [self.leaves[x] for x in these]
            for these in (program.parameters, program.inputs, program.wrt)
        )
        self.listing = Listing(names, statements, len(self.graph))
        self.expressions = self.listing.expressions
        # Of lookups: where the values stand in the list ``parameters``, and those in ``columns``
        # whose derivatives are there; what tells which value is chosen, or which one always is.
        listed = [*program.parameters] if statements.has_items else []
        self.listed = {x: i for i, x in enumerate(listed)}
        self.places_in_columns: Mapping[Value, int] = {}
        self.chosen: dict[Value, int] = {}
        self.fixed: dict[Value, int] = {}
        looping = find_looping(program, kind, self.leaves, names, statements)
        self.looping: Any = looping  # None where nothing repeats itself
        self.items: Sequence[Value | Block] = self.graph
        self.of: dict[Value, int] = {}
        if looping is not None:
            self.items = [*looping.list_items(self.graph)]
            self.of = {x: self.listing.find_leaf(looping.write_outside(x)) for x in looping.inside}
        self.inputs_of: dict[Value, tuple[Value, ...]] = {}
        # Nodes whose derivatives may fail, of use or not: predictions of a training need none.
        is_checked = isinstance(kind, int) or not program.wrt
        self.differentiated: Collection[Value] = program.differentiated if is_checked else ()
        self.columns = range(0)  # the places of the derivatives that are items of an array
        self.slopes: dict[Value, str] = {}
        # What arrives at a node is one sum when its turn comes: all that use it have had theirs.
        self.arrived: dict[Value, list[int]] = {}

    def add_forward(self) -> None:
        """Add one expression for each node, and a guard for each branch taken."""
        expressions, of, listing = self.expressions, self.of, self.listing
        branches = sort_branches(self.graph, self.program.branches)
        guarded: set[tuple[int, str, int, bool]] = set()
        if self.looping is not None:
            listing.add_lines(self.looping.declare_values())
        for node in self.items:
            if isinstance(node, Block):
                listing.add_lines(write_loop(self.looping, node))
                continue
            of[node] = self.add_node(node)
            for compared, (how, other, outcome) in branches.get(node, ()):
                first = of[compared]
                second = of[other] if isinstance(other, Value) else expressions.constant(other)
                guard = first, how, second, outcome
                if guard not in guarded and not {first, second} <= expressions.constants.keys():
                    guarded.add(guard)
                    listing.named.update((first, second))
                    listing.add(partial(self.statements.guard, how, outcome), first, second)
        listing.forward_end = len(expressions)

    def add_node(self, node: Value) -> int:
        """Return the expression of a leaf or a node."""
        expressions, operation = self.expressions, node.operation
        if node in self.program.constants:
            return expressions.constant(node.number)
        if operation is None:
            return self.listing.find_leaf(self.leaves[node])
        self.inputs_of[node] = given = node.inputs
        inputs = tuple(map(self.of.__getitem__, given))
        count = len(expressions)  # some of the inputs may be new
        if isinstance(operation, Lookup):
            x = self.take_value(node, inputs)
        else:
            x = expressions.apply(operation, inputs)
        if x >= count and node.label:
            self.listing.labels[x] = node.label
        if node in self.differentiated:
            self.add_checks(operation, [x, *inputs], list_wanted(self.program, node))
        return x if self.looping is None else self.listing.keep(self.looping.outside[node], x)

    def take_value(self, node: Value, inputs: Sequence[int]) -> int:
        """Return the expression of a lookup: a value itself where the index never changes."""
        expressions = self.expressions
        index, *values = inputs
        count = float(len(values))
        if index in expressions.constants:
            self.fixed[node] = forward.place(expressions.constants[index], count)
            return values[self.fixed[node]]
        found = expressions.apply(lookups.place, (index, expressions.constant(count)))
        self.chosen[node] = found
        steps = lookups.find_steps([self.listed.get(x) for x in node.inputs[1:]])
        if steps:
            return expressions.apply(lookups.find_item(steps), (found,))
        return expressions.apply(lookups.find_choice(len(values)), (found, *values))

    def add_checks(
        self, operation: Operation, given: Sequence[int], wanted: tuple[bool, ...]
    ) -> None:
        """Add a line for each derivative of a node that may fail for other numbers."""
        expressions, listing = self.expressions, self.listing
        known = len(expressions)  # before its derivatives
        if not has_failing_partials(operation, wanted):
            return
        pattern = expressions.find_partials(operation, given, wanted)
        partials = [*expressions.instantiate(pattern, given)]
        listing.not_nodes.update(range(known, len(expressions)))
        if not NEVER_FAIL.issuperset(filter(None, expressions.operations[known:])):
            for x in partials:
                if x in listing.not_nodes and x not in listing.labels:
                    listing.labels[x] = "derivative"
                    listing.needed.add(x)

    def name_slopes(self) -> None:
        """Give the derivative by each leaf that is wanted a name.

        Those that lookups or loops add to by an index are items of an array.
        """
        wrt, array = [*self.program.wrt], self.statements.columns
        if self.looping is not None:
            self.columns = self.looping.columns
        elif self.statements.has_items:
            constants = self.program.constants
            self.columns = lookups.find_columns(self.graph, wrt, constants)
        columns = {x: i for i, x in enumerate(wrt[self.columns.start : self.columns.stop])}
        self.places_in_columns = columns
        self.slopes = {
            x: f"{array}[{columns[x]}]" if x in columns else self.names.new(f"d_{self.leaves[x]}")
            for x in wrt
        }
        if self.looping is not None:
            self.looping.slopes = [*self.slopes.values()]

    def add_backward(self, root: Value) -> None:
        """Add the lines of the derivatives of a root by the leaves that are wanted."""
        listing, looping, slopes = self.listing, self.looping, self.slopes
        increase, own = self.statements.increase, slopes.keys()
        self.needed = {*slopes}
        self.sums: Mapping[Value, str] = {}  # of what loops take or give: where amounts are added
        if looping is not None:
            listing.add_lines(looping.declare_slopes())
            own &= looping.leaves
            self.needed |= looping.list_needed()
            self.sums = looping.list_slopes()
        for node, inputs in self.inputs_of.items():  # ``find_dependents`` of the graph
            if not self.needed.isdisjoint(inputs):
                self.needed.add(node)
        self.increase = {x: partial(increase, slopes[x]) for x in own}
        for x, to in self.sums.items():
            self.increase[x] = partial(looping.statements.add_term, to)
        self.seed = listing.find_leaf("upstream")
        self.pass_on(root, self.seed)
        for item in reversed(self.items):
            if isinstance(item, Block):
                listing.add_lines(write_loop(looping, item, is_backward=True))
                continue
            amounts = self.arrived.pop(item, [])
            if item in self.sums:
                amounts = [listing.find_leaf(self.sums[item])]
            if amounts and item in self.needed:
                self.pass_back(item, listing.add_up(amounts))

    def pass_back(self, node: Value, upstream: int) -> None:
        """Pass on to a node's inputs what its derivatives make of what has arrived."""
        listing, of, needed = self.listing, self.of, self.needed
        expressions, out, inputs = self.expressions, of[node], self.inputs_of[node]
        if upstream != self.seed and out not in expressions.constants:
            listing.slope_of.setdefault(upstream, out)
        switch = listing.find_switch(upstream)
        if switch >= 0 and not self.arrived and self.looping is None:
            # All to come flows through it.
            listing.add(self.statements.skip_row.format, upstream)
            switch = -1
        assert node.operation is not None
        if isinstance(node.operation, Lookup):
            self.spread(node, upstream)
            return
        are_wanted = None
        if not needed.issuperset(inputs):
            are_wanted = tuple([x in needed for x in inputs])
        there = [upstream, out, *map(of.__getitem__, inputs)]
        pattern = expressions.find_amounts(node.operation, there, are_wanted)
        receivers = inputs if are_wanted is None else compress(inputs, are_wanted)
        for x, amount in zip(receivers, expressions.instantiate(pattern, there), strict=True):
            if amount is not None:  # else nothing flows there
                self.pass_on(x, amount, switch)

    def pass_on(self, x: Value, amount: int, switch: int = -1) -> None:
        """Add what a value receives; a lookup by a plain number passes it on at once."""
        if x not in self.needed:
            return
        if x.operation is taken:
            self.spread(x, amount)
        elif x in self.increase:
            self.listing.add(self.increase[x], amount, switch=switch)
        else:
            self.arrived.setdefault(x, []).append(amount)

    def spread(self, node: Value, amount: int) -> None:
        """Add what a lookup receives to the value that it chose, whichever that is in a row."""
        values = node.inputs[1:]
        if node in self.fixed:
            self.pass_on(values[self.fixed[node]], amount)
            return
        place, expressions = self.chosen[node], self.expressions
        steps = lookups.find_steps([self.places_in_columns.get(x) for x in values])
        if steps:
            add, columns = self.statements.increase_item, self.statements.columns
            self.listing.add(partial(add, columns, steps), place, amount)
            return
        for i, x in enumerate(values):
            if x in self.needed:
                given = place, expressions.constant(float(i)), amount
                self.pass_on(x, expressions.apply(lookups.share, given))

    def tell_wrt(self) -> str:
        """Return what the derivatives are by, in words."""
        if len(self.wrt) > FEW_NAMES:
            return f"{len(self.wrt)} numbers"
        return ", ".join(self.wrt) or "nothing"

    def add_results(self, keep: Callable[..., str], roots: Sequence[Value]) -> None:
        """Add the line that keeps the results of a row."""
        self.listing.add(keep, *[self.of[root] for root in roots])

    def write_lines(self) -> list[str]:
        """Return the function's lines: those of the results, or of one result and its gradient."""
        listing, statements, outputs = self.listing, self.statements, self.program.outputs
        if not isinstance(self.kind, int):
            self.add_forward()
            self.add_results(statements.keep_all, outputs)
        else:
            self.name_slopes()
            self.add_forward()
            self.add_results(statements.keep, [outputs[self.kind]])
            listing.add_lines([statements.comments.format("Backward")])
            self.add_backward(outputs[self.kind])
        return [line for text in listing.write_lines() for line in text.split("\n") if line]
