"""Two graphs side by side: what has other numbers or gradients, and where that begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from ..draw.change import Change, draw_pairs
from ..draw.drawing import Drawing
from ..engine.steps import is_same_number
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..text import format_change, format_number, list_first, make_printable
from .difference import Difference
from .matching import list_given, name_making
from .rows import PairRow

FEW_NODES = 6  # that a line names


class GraphDifference(Difference):
    """Two graphs and their pairs of nodes; numbers and gradients are those of the record.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> old, new = Graph(x * w), Graph(x * Value(5.0, "w"))
    >>> found = GraphDifference(old, new, {x: x, w: new.leaves[1], old.root: new.root})
    >>> [row.name for row in found.rows], found.begins == [new.leaves[1]]
    (['x', 'w', 'v1'], True)
    """

    def __init__(
        self,
        old: Graph,
        new: Graph,
        pairs: Mapping[Value, Value],
        called: tuple[str, str] = ("a", "b"),
        told: Sequence[str] = (),
    ) -> None:
        self.told = told  # what there is to say first
        self.change = Change(old, new, pairs, called)
        self.given = list_given(old), list_given(new)  # names
        super().__init__(called, [self.compare(*pair) for pair in pairs.items()])

    def compare(self, before: Value, after: Value) -> PairRow:
        """Return a pair of nodes as a row; of a constant there is no gradient."""
        old, new = self.change.old, self.change.new
        given = [
            names[x] for names, x in zip(self.given, (before, after), strict=True) if x in names
        ]
        name = " → ".join(dict.fromkeys(given)) or old.names[before]
        grads = [
            None if isinstance(node, Constant) else graph.gradients.get(node, 0.0)
            for graph, node in ((old, before), (new, after))
        ]
        return PairRow(name, (old.numbers[before], new.numbers[after]), (grads[0], grads[1]))

    @property
    def title(self) -> str:
        """The roots and their numbers."""
        old, new = self.change.old, self.change.new
        a, b = (make_printable(graph.names[graph.root]) for graph in (old, new))
        numbers = old.numbers[old.root], new.numbers[new.root]
        shown = format_change(*numbers)
        return f"{a}: {shown}" if a == b else f"{a} → {b}: {shown}"

    @cached_property
    def begins(self) -> list[Value]:
        """The nodes of ``b`` where numbers begin to differ: none of their inputs do."""
        old, new = self.change.old.numbers, self.change.new.numbers
        differs = {
            after
            for before, after in self.change.pairs.items()
            if not is_same_number(old[before], new[after])
        }
        return [
            node
            for node in self.change.new.nodes
            if node in differs and differs.isdisjoint(node.inputs)
        ]

    def describe(self) -> list[str]:
        """Say how many nodes are the same, and where differences begin."""
        told = [self.count_differing("node")]
        if self.begins:
            told.append(f"It begins at {self.list_names(self.change.new, self.begins)}")
        return [*self.told, *(["Nothing differs"] if self.is_same else told)]

    def find_alone(self) -> list[str]:
        """Say which nodes and edges are in one graph only."""
        old, new, pairs = self.change.old, self.change.new, self.change.pairs
        called, partners = self.change.called, self.change.partners
        gone, added = self.change.find_parted_edges()
        sides = (
            (called[0], old, [x for x in old.nodes if x not in pairs], gone),
            (called[1], new, [x for x in new.nodes if x not in partners], added),
        )
        told = []
        for name, graph, nodes, edges in sides:
            if nodes:
                told.append(f"Only in {name}: {self.list_names(graph, nodes)}")
            places = sorted(edges, key=lambda edge: (graph.places[edge[0]], edge[1]))
            names = [f"{graph.names[x.inputs[i]]} → {graph.names[x]}" for x, i in places]
            if names:
                told.append(f"Edges only in {name}: {list_first(names, FEW_NODES)}")
        remade = [
            f"{old.names[one]} ({name_making(one) or 'given'} → {name_making(other) or 'given'})"
            for one, other in pairs.items()
            if name_making(one) != name_making(other)
        ]
        if remade:
            told.append(f"Made another way: {list_first(remade, FEW_NODES, ' and {left:,} more')}")
        return told

    def list_names(self, graph: Graph, nodes: list[Value]) -> str:
        """Return the names of some nodes, a constant's by its number."""
        names = [
            format_number(x.number) if isinstance(x, Constant) else graph.names[x] for x in nodes
        ]
        return make_printable(list_first(names, FEW_NODES, " and {left:,} more"))

    @property
    def picture(self) -> Drawing:
        """Both graphs as one: filled by how much nodes differ, marked where that begins."""
        rows = zip(self.change.pairs.values(), self.every, strict=True)
        shades = {after: row.level for after, row in rows if row.level}
        a, b = self.called
        caption = [f"{a} → {b}; on an edge: × the local derivative in {b}"]
        caption += ["Marked: where numbers begin to differ"] if self.begins else []
        caption += ["Fill: by how much a node differs, faint under 1 %"] if shades else []
        return draw_pairs(self.change, set(self.begins), shades, map(make_printable, caption))
