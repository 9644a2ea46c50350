"""Two graphs and the nodes that are in both, by pairs: what a comparison of them is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from ....engine.backprop import is_same_number
from ....engine.value import Constant, Value
from ....graph.graph import Graph


@dataclass(frozen=True)
class Change:
    """Two graphs, the nodes that are in both, by pairs, and what the graphs are called."""

    old: Graph
    new: Graph
    pairs: Mapping[Value, Value]
    called: tuple[str, str] = ("before", "after")

    @cached_property
    def partners(self) -> dict[Value, Value]:
        """The pairs the other way round: for a node of the new graph the one of the old."""
        return {after: before for before, after in self.pairs.items()}

    @cached_property
    def names(self) -> tuple[dict[Value, str], dict[Value, str]]:
        """The names of the old graph's nodes and of the new one's: both of a pair have one name.

        >>> x, y = Value(3.0, "x"), Value(3.0, "y")
        >>> change = Change(Graph(x.tanh()), Graph(y.exp() + 1), {x: y})
        >>> [list(names.values()) for names in change.names]
        [['x → y', 'v3'], ['x → y', 'v1', '1', 'v2']]

        What nobody named is called as in the new graph; what is in the old one alone, by a number
        that is free there. A bare number is called by itself.
        """
        old, new, pairs = self.old, self.new, self.pairs
        after_names, before_names = dict(new.names), dict(old.names)
        for node in [x for x in old.given_names if x in pairs]:
            given = dict.fromkeys(
                [old.names[node], new.given_names.get(pairs[node], old.names[node])]
            )
            after_names[pairs[node]] = " → ".join(given)
        taken = set(after_names.values())
        free = (name for i in count(1) if (name := f"v{i}") not in taken)
        for node in [x for x in old.nodes if not isinstance(x, Constant)]:
            name = old.names[node]
            if node in pairs:
                name = after_names[pairs[node]]
            elif name in taken:
                name = f"{name} ({self.called[0]})" if node in old.given_names else next(free)
            taken.add(name)
            before_names[node] = name
        return before_names, after_names

    @property
    def start(self) -> Value:
        """The root from which both graphs are reached: the old one where it has no partner."""
        return self.new.root if self.old.root in self.pairs else self.old.root

    def is_new_input(self, before: Value, after: Value) -> bool:
        """Tell whether a node is given from outside, and with another number than before."""
        numbers = self.old.numbers[before], self.new.numbers[after]
        return not after.inputs and not is_same_number(*numbers)

    def find_parted_inputs(self, before: Value, after: Value) -> tuple[list[int], list[int]]:
        """Return the positions of a pair's inputs in the old graph alone, and in the new alone."""
        old, new = before.inputs, after.inputs
        both = min(len(old), len(new))
        parted = [i for i in range(both) if self.pairs.get(old[i]) is not new[i]]
        return [*parted, *range(both, len(old))], [*parted, *range(both, len(new))]

    @cached_property
    def parted_edges(self) -> tuple[list[tuple[Value, int]], list[tuple[Value, int]]]:
        """The edges that are in the old graph alone, and those in the new one alone.

        Of a node that is in one graph alone, no edge is among them.
        """
        gone, added = [], []
        for before, after in self.pairs.items():
            old, new = self.find_parted_inputs(before, after)
            gone += [(before, i) for i in old]
            added += [(after, i) for i in new]
        return gone, added

    @property
    def is_of_one_form(self) -> bool:
        """Whether each node and each edge is in both graphs."""
        counts = {len(self.pairs), len(self.old.nodes), len(self.new.nodes)}
        return len(counts) == 1 and self.parted_edges == ([], [])
