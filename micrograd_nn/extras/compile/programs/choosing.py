"""What lookups do in a function: how each takes its value, and passes on what it receives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from ....engine import forward
from ....engine.operation import Lookup
from ....engine.value import Value
from . import lookups
from .listing import Listing
from .lookups import find_steps
from .operations import taken


class Choosing:
    """The lookups of one function, and where the values stand that they choose among."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.listed: Mapping[Value, int] = {}  # the places of those in the list ``parameters``
        self.columns: Mapping[Value, int] = {}  # of those whose derivatives are in ``columns``
        self.first_column = 0  # the place of the first of them among all leaves
        self.places: dict[Value, int] = {}  # of lookups: what tells which value is chosen
        self.fixed: dict[Value, int] = {}  # or which one always is

    def take_value(self, node: Value, inputs: Sequence[int]) -> int:
        """Return the expression of a lookup: a value itself where the index never changes."""
        expressions = self.listing.expressions
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

    def find_columns(
        self, graph: Sequence[Value], wrt: Sequence[Value], constants: Collection[Value]
    ) -> Mapping[Value, int]:
        """Return the places in ``columns`` of the leaves whose derivatives are there.

        These are the leaves from the first to the last that lookups add to by an index.
        """
        places = {x: i for i, x in enumerate(wrt)}
        found: set[int] = set()
        for node in graph:
            if isinstance(node.operation, Lookup) and node.inputs[0] not in constants:
                these = [places.get(x) for x in node.inputs[1:]]
                if find_steps(these):
                    found.update(i for i in these if i is not None)
        if found:
            self.first_column, last = min(found), max(found)
            self.columns = {x: i for i, x in enumerate(wrt[self.first_column : last + 1])}
        return self.columns


class Spreading:
    """What lookups pass on to the value that they choose, whichever that is in a row."""

    def __init__(
        self, choosing: Choosing, needed: Collection[Value],
        increase: Mapping[Value, Callable[..., str]], arrived: dict[Value, list[int]],
    ) -> None:  # fmt: skip
        self.choosing = choosing
        self.listing = choosing.listing
        self.needed = needed
        self.increase = increase
        self.arrived = arrived

    def spread(self, node: Value, amount: int) -> None:
        """Add what a lookup receives to the value that it chose."""
        choosing, listing, values = self.choosing, self.listing, node.inputs[1:]
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

    def pass_on(self, x: Value, amount: int) -> None:
        """Add what a value receives; a lookup by a plain number passes it on at once."""
        if x not in self.needed:
            return
        if x.operation is taken:
            self.spread(x, amount)
        elif x in self.increase:
            self.listing.add(self.increase[x], amount)
        else:
            self.arrived.setdefault(x, []).append(amount)
