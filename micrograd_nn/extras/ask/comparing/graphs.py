"""Two graphs side by side: what has other numbers or gradients, and where that begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import NoReturn

from ...._ground.text import format_change, format_constant, list_first, make_printable
from ....draw.drawing import Drawing
from ....engine.backprop import is_same_number
from ....engine.value import Constant, Value
from ....graph.graph import Graph
from ....notation.formulas.narration import write_node
from .difference import WIDTHS, Difference, PairRow
from .matching import Change, name_making
from .picture import draw_pairs

FEW_NODES = 6  # that a line names


class GraphDifference(Difference):
    """Two graphs and their pairs of nodes; numbers and gradients are those of the record."""

    def __init__(
        self,
        old: Graph,
        new: Graph,
        pairs: Mapping[Value, Value],
        called: tuple[str, str] = ("a", "b"),
        told: Sequence[str] = (),
        explained: Collection[Value] = (),
    ) -> None:
        self.told = told  # what there is to say first
        self.explained = explained  # nodes of which that says how they are made now
        self.change = Change(old, new, pairs, called)
        roots = zip(self.change.names, (old.root, new.root), strict=True)
        named = dict.fromkeys(make_printable(names[root]) for names, root in roots)
        shown = format_change(old.numbers[old.root], new.numbers[new.root])
        super().__init__(
            called, f"{' → '.join(named)}: {shown}", compare_pairs(self.change), self.find_alone()
        )
        self.rows.sort(key=lambda row: row.node is not new.root)  # what it is all about comes first

    def __reduce__(self) -> NoReturn:
        raise TypeError("a difference can't be copied or pickled: save it, or compare copies")

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
        told = [*self.told, *super().describe()]
        if self.begins:
            told.append(f"It begins at {self.list_nodes(1, self.begins)}")
        return told

    def find_alone(self) -> list[str]:
        """Say which nodes and edges are in one graph only."""
        change, told = self.change, list[str]()
        sides = (change.old, change.pairs), (change.new, change.partners)
        for side, (graph, paired) in enumerate(sides):
            names, called = change.names[side], change.called[side]
            if nodes := [node for node in graph.nodes if node not in paired]:
                told.append(f"Only in {called}: {self.list_nodes(side, nodes)}")
            places = sorted(
                change.parted_edges[side], key=lambda edge: (graph.places[edge[0]], edge[1])
            )
            if lines := [f"{names[x.inputs[i]]} → {names[x]}" for x, i in places]:
                told.append(f"Edges only in {called}: {list_first(lines, FEW_NODES)}")
        remade = [
            (one, other)
            for one, other in change.pairs.items()
            if name_making(one) != name_making(other) and one not in self.explained
        ]
        if remade:
            listed = [self.tell_remade(*pair) for pair in remade[:FEW_NODES]]
            told.append(f"Made another way: {', '.join(listed)}{count_rest(remade)}")
        return told

    def tell_remade(self, before: Value, after: Value) -> str:
        """Say how a node was made in both graphs."""
        ways = []
        for side, node in enumerate((before, after)):
            names = self.change.names[side]
            is_given = "a constant" if isinstance(node, Constant) else "given"
            way = write_node(node, names).removeprefix(f"{names[node]} = ")
            ways.append(way if node.operation else is_given)
        return f"{self.change.names[1][after]} = {' → '.join(ways)}"

    def list_nodes(self, side: int, nodes: list[Value]) -> str:
        """Return what some nodes of one of the graphs are, the first few of them."""
        told = [self.tell_node(side, node) for node in nodes[:FEW_NODES]]
        return make_printable(", ".join(told) + count_rest(nodes))

    def tell_row(self, row: PairRow) -> str:
        """Say what a row is about, as short as its column is."""
        if row.node is None:
            return row.name
        if self.is_bare(1, row.node):
            return f"number in {self.name_user(1, row.node)}"
        told = self.tell_node(1, row.node)
        return told if len(told) <= WIDTHS[1] else row.name

    def tell_node(self, side: int, node: Value) -> str:
        """Return a node's name; what has none is described by how it was made, or where it is used.

        >>> x = Value(3.0, "x")
        >>> old, new = Graph(x * 2 + 1), Graph(x * 3 + 1)
        >>> found = GraphDifference(old, new, dict(zip(old.nodes, new.nodes)))
        >>> [found.tell_node(1, node) for node in new.nodes]
        ['x', 'the number 2 → 3 in v1', 'v1 = x · 3', 'the number 1 in v2', 'v2 = v1 + 1']
        """
        change, names = self.change, self.change.names[side]
        if self.is_bare(side, node):
            partner = (change.pairs, change.partners)[side].get(node, node)
            before, after = (partner, node) if side else (node, partner)
            shown = format_change(before.number, after.number)
            return f"the number {shown} in {self.name_user(side, node)}"
        return names[node] if self.is_named(side, node) else write_node(node, names)

    def is_bare(self, side: int, node: Value) -> bool:
        """Tell whether a node of one of the graphs is a number without a name."""
        name = self.change.names[side][node]
        return isinstance(node, Constant) and name == format_constant(node.data)

    def is_named(self, side: int, node: Value) -> bool:
        """Tell whether somebody named a node of one of the graphs, or its partner.

        A name that the new graph has from the old one, where it is a number, is none.
        """
        old, new = self.change.old, self.change.new
        one = self.change.partners.get(node) if side else node
        other = node if side else self.change.pairs.get(node)
        if one is None or other is None:
            return other in new.given_names or one in old.given_names
        own = old.names[one]
        return one in old.given_names or new.given_names.get(other, own) != own

    def name_user(self, side: int, node: Value) -> str:
        """Return the name of the node that a constant is an input of, the first where it has more.

        A root that is a constant has none, and is called by itself.
        """
        user = self.users[side].get(node)
        return self.change.names[side][node if user is None else user]

    @cached_property
    def users(self) -> list[dict[Value, Value]]:
        """For each constant of the old and of the new graph the first node that it is input of."""
        return [
            {x: node for node in reversed(graph.nodes) for x in node.inputs if x.is_constant}
            for graph in (self.change.old, self.change.new)
        ]

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


def compare_pairs(change: Change) -> list[PairRow]:
    """Return the pairs of two graphs as rows, in their order; a constant has no gradient."""
    old, new, names = change.old, change.new, change.names[1]
    numbers, others = old.numbers, new.numbers  # looked up once: there may be a million pairs
    gradients, other_gradients = old.gradients, new.gradients
    return [
        PairRow(
            names[after],
            (numbers[before], others[after]),
            (
                None if before.is_constant else gradients.get(before, 0.0),
                None if after.is_constant else other_gradients.get(after, 0.0),
            ),
            node=after,
        )
        for before, after in change.pairs.items()
    ]


def count_rest(things: Sequence[object]) -> str:
    """Return how many things are left out, where a line tells the first few."""
    left = len(things) - FEW_NODES
    return f" and {left:,} more" if left > 0 else ""
