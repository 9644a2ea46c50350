"""Which nodes of two graphs are the same one: by what they are, by name, by how they were made."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping

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

    def pair_same_form(self) -> bool:
        """Pair nodes place by place if both graphs have one form, and no name stands elsewhere."""
        old, new = self.old, self.new
        if len(old.nodes) != len(new.nodes):
            return False
        for one, other in zip(old.nodes, new.nodes, strict=True):
            is_one = one is other or (one not in new.places and other not in old.places)
            inputs = [new.places[x] for x in other.inputs]
            if not (
                is_one and is_alike(one, other) and [old.places[x] for x in one.inputs] == inputs
            ):
                return False
        places = {name: old.places[node] for node, name in old.given_names.items()}
        for node, name in new.given_names.items():
            if places.get(name, new.places[node]) != new.places[node]:
                return False
        self.pairs = dict(zip(old.nodes, new.nodes, strict=True))
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
    matching = Matching(old, new)
    if matching.pair_same_form():
        return matching.pairs
    matching.pair_by_name()
    matching.pair_upward()
    matching.pair_downward()
    matching.pair_upward()
    matching.pair(old.root, new.root)
    matching.pair_downward()
    matching.pair_upward()
    return {node: matching.pairs[node] for node in old.nodes if node in matching.pairs}


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
