"""Which nodes of two graphs are the same one: by what they are, by name, by how they were made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from ....engine.backprop import is_same_number
from ....engine.value import Constant, Value
from ....graph.graph import Graph


class Matching:
    """The pairs of two graphs' nodes as they are found; no node is in two pairs."""

    def __init__(self, old: Graph, new: Graph) -> None:
        self.old, self.new = old, new
        self.pairs: dict[Value, Value] = {}
        self.taken: set[Value] = set()

    def pair(self, before: Value, after: Value) -> bool:
        """Make two nodes a pair, unless one of them is in a pair already."""
        if before in self.pairs or after in self.taken:
            return False
        self.pairs[before] = after
        self.taken.add(after)
        return True

    def pair_by_name(self) -> None:
        """Pair what is one object in both graphs, then what has one name, given by somebody."""
        for node in self.old.nodes:
            if node in self.new.places:
                self.pair(node, node)
        named = {name: node for node, name in self.new.given_names.items()}
        for node, name in self.old.given_names.items():
            if name in named:
                self.pair(node, named[name])

    def pair_upward(self) -> None:
        """Pair what is computed by one operation from inputs that are pairs, in their order."""
        found: dict[Hashable, deque[Value]] = defaultdict(deque)
        for node in self.new.nodes:
            if node.operation is not None and node not in self.taken:
                found[describe_making(node, {})].append(node)
        for node in self.old.nodes:
            if node.operation is not None and node not in self.pairs:
                ways = found.get(describe_making(node, self.pairs))
                if ways:
                    self.pair(node, ways.popleft())
                    self.pair_constants(node)

    def pair_downward(self) -> None:
        """From the roots down, pair inputs that stand at one place and are made in one way."""
        if is_alike(self.old.root, self.new.root):
            self.pair(self.old.root, self.new.root)
        for node in reversed(self.old.nodes):
            other = self.pairs.get(node)
            if other is not None:
                for one, its in zip(node.inputs, other.inputs, strict=False):
                    if is_alike(one, its):
                        self.pair(one, its)

    def pair_constants(self, node: Value) -> None:
        """Pair the constant inputs of a node and its partner, place by place."""
        for one, its in zip(node.inputs, self.pairs[node].inputs, strict=True):
            if isinstance(one, Constant):
                self.pair(one, its)


def match_nodes(old: Graph, new: Graph) -> dict[Value, Value]:
    """Return for nodes of one graph the same nodes of another, in the order of the first.

    Two nodes are one if they are one object, have one name, are computed in one way from what is
    one, or stand at one place below the roots:

    >>> w, x = Value(2.0, "w"), Value(3.0)
    >>> pairs = match_nodes(Graph(w * x), Graph(w * Value(4.0)))
    >>> [(before.data, after.data) for before, after in pairs.items()]
    [(2.0, 2.0), (3.0, 4.0), (6.0, 8.0)]
    >>> pairs = match_nodes(Graph((w * x).tanh()), Graph(w * x + 1))
    >>> [before.data for before in pairs][:3]
    [2.0, 3.0, 6.0]

    Where neither root has a partner, the roots are a pair, however they were made.
    """
    with suppress(ValueError):  # of graphs of two forms
        pairs = pair_places(old, new)
        if are_pairs(old, new, pairs):
            return {node: pairs[node] for node in old.nodes}
    matching = Matching(old, new)
    matching.pair_by_name()
    matching.pair_upward()
    matching.pair_downward()
    matching.pair_upward()
    matching.pair(old.root, new.root)
    matching.pair_downward()
    matching.pair_upward()
    return {node: matching.pairs[node] for node in old.nodes if node in matching.pairs}


def pair_places(before: Graph, after: Graph) -> dict[Value, Value]:
    """Return for each node of one graph the node at its place in the other.

    Graphs of another form are a ValueError that names where they part.
    """
    pairs, back = {before.root: after.root}, {after.root: before.root}
    waiting = [(before.root, after.root)]
    while waiting:
        old, new = waiting.pop()
        made = [name_making(old), name_making(new)]
        if made[0] != made[1]:
            how = [f"made by {name}" if name else "not computed" for name in made]
            raise make_form_error(
                before.names[old], f"is {how[0]} before, {how[1].removeprefix('made ')} after"
            )
        if len(old.inputs) != len(new.inputs):
            raise make_form_error(
                before.names[old], f"has {len(old.inputs)} inputs before, {len(new.inputs)} after"
            )
        for one, other in zip(old.inputs, new.inputs, strict=True):
            if (
                type(one) is not type(other)
                or pairs.get(one, other) is not other
                or (back.get(other, one) is not one)
            ):
                raise make_form_error(before.names[old], "has other inputs before than after")
            if one not in pairs:
                pairs[one], back[other] = other, one
                waiting.append((one, other))
    return pairs


def make_form_error(name: str, how: str) -> ValueError:
    """Return the error that says at which node two graphs part."""
    return ValueError(f"draw_change needs two graphs of one form: {name} {how}")


def are_pairs(old: Graph, new: Graph, pairs: Mapping[Value, Value]) -> bool:
    """Tell whether each node and each given name that both graphs have stands at one place."""
    named = {name: pairs[node] for node, name in old.given_names.items()}
    return all(named.get(name, node) is node for node, name in new.given_names.items()) and all(
        one is other or not (one in new.places or other in old.places)
        for one, other in pairs.items()
    )


def describe_making(node: Value, pairs: Mapping[Value, Value]) -> Hashable:
    """Return what tells how a node was made from which nodes, a constant known by its number."""
    inputs = [
        repr(x.number) if isinstance(x, Constant) else id(pairs.get(x, x)) for x in node.inputs
    ]
    return (name_making(node), *inputs)


def is_alike(one: Value, other: Value) -> bool:
    """Tell whether two nodes are of one kind: made by one operation, or given from outside."""
    is_made_alike = name_making(one) == name_making(other)
    return is_made_alike and isinstance(one, Constant) == isinstance(other, Constant)


def name_making(node: Value) -> str:
    """Return the name of the operation that made a node, "" where it was given."""
    return node.operation.name if node.operation else ""


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
