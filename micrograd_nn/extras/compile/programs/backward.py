"""The backward lines of a function: what the chain rule gives, in the order of ``backward()``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from itertools import compress
from typing import Any

from ....engine.operation import Lookup
from ....engine.value import Value
from . import lookups
from .blocks import Block
from .bodies import write_loop
from .lookups import find_steps
from .operations import taken


class Backward:
    """Where derivatives arrive in a function, and what each node makes of what has arrived at it.

    ``writer`` has the forward lines, and ``wanted`` the names of derivatives by leaves. What
    arrives at a node is one sum when its turn comes: all that use it have had theirs.
    """

    def __init__(self, writer: Any, wanted: Mapping[Value, str]) -> None:
        self.writer = writer
        self.listing, looping = writer.listing, writer.looping
        self.needed = self.find_needed(wanted)
        self.arrived: dict[Value, list[int]] = {}
        own: Collection[Value] = wanted if looping is None else looping.leaves & wanted.keys()
        statements = writer.statements
        self.increase = {x: partial(statements.increase, wanted[x]) for x in own}
        # Of what loops take or give: where what arrives is added.
        self.sums: Mapping[Value, str] = {} if looping is None else looping.list_slopes()
        if looping is not None:
            add_term = looping.statements.add_term
            self.increase |= {x: partial(add_term, to) for x, to in self.sums.items()}

    def find_needed(self, wanted: Mapping[Value, str]) -> set[Value]:
        """Return the nodes that depend on what is wanted: ``find_dependents`` of the graph."""
        needed, looping = {*wanted}, self.writer.looping
        if looping is not None:
            needed |= looping.list_needed()
        for node, inputs in self.writer.inputs_of.items():
            if not needed.isdisjoint(inputs):
                needed.add(node)
        return needed

    def add_lines(self, root: Value) -> None:
        """Add the derivatives of a root by the wanted leaves."""
        listing, looping = self.listing, self.writer.looping
        self.seed = listing.find_leaf("upstream")
        if looping is not None:
            listing.add_lines(looping.begin_outside())
        self.pass_on(root, self.seed)
        for node in reversed(self.writer.items):
            if isinstance(node, Block):
                listing.add_lines(write_loop(looping, node, is_backward=True))
                continue
            amounts = self.arrived.pop(node, [])
            if node in self.sums:
                amounts = [listing.find_leaf(self.sums[node])]
            if amounts and node in self.needed:
                self.pass_back(node, listing.add_up(amounts))

    def pass_back(self, node: Value, upstream: int) -> None:
        """Pass on to a node's inputs what its derivatives make of what has arrived."""
        listing, of, needed = self.listing, self.writer.of, self.needed
        expressions, out, inputs = listing.expressions, of[node], self.writer.inputs_of[node]
        if upstream != self.seed and out not in expressions.constants:
            listing.slope_of.setdefault(upstream, out)
        switch = listing.find_switch(upstream)
        if switch >= 0 and not self.arrived and self.writer.looping is None:
            listing.add(self.writer.statements.skip_row, upstream)  # all to come flows through it
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
        choosing, listing, values = self.writer.choosing, self.listing, node.inputs[1:]
        if node in choosing.fixed:
            self.pass_on(values[choosing.fixed[node]], amount)
            return
        place, expressions = choosing.places[node], listing.expressions
        steps = find_steps([choosing.columns.get(x) for x in values])
        if steps:
            add = listing.statements.increase_item
            listing.add(partial(add, listing.statements.columns, steps), place, amount)
            return
        for i, x in enumerate(values):
            if x in self.needed:
                given = place, expressions.constant(float(i)), amount
                self.pass_on(x, expressions.apply(lookups.share, given))
