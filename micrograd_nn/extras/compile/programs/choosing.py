"""The lookups of a function: how each takes its value, and where its derivatives are added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ....engine import forward
from ....engine.operation import Lookup
from ....engine.value import Value
from . import lookups
from .listing import Listing
from .lookups import find_steps


class Choosing:
    """The lookups of one function, and where the values stand that they choose among."""

    def __init__(self, listing: Listing, parameters: Sequence[Value]) -> None:
        self.listing = listing
        self.listed = {x: i for i, x in enumerate(parameters)}  # places in the list ``parameters``
        self.columns: Mapping[Value, int] = {}  # of those whose derivatives are in ``columns``
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

    @staticmethod
    def find_columns(
        graph: Sequence[Value], wrt: Sequence[Value], constants: Collection[Value]
    ) -> range:
        """Return the places of the leaves whose derivatives are in ``columns``.

        These are the leaves from the first to the last that lookups add to by an index.
        """
        places = {x: i for i, x in enumerate(wrt)}
        found: set[int] = set()
        for node in graph:
            if isinstance(node.operation, Lookup) and node.inputs[0] not in constants:
                these = [places.get(x) for x in node.inputs[1:]]
                if find_steps(these):
                    found.update(i for i in these if i is not None)
        return range(min(found), max(found) + 1) if found else range(0)
