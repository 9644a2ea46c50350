"""Which boxes and arrows stand for a graph: one a node, a neuron or a layer. Pictures share it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..text import format_number
from .collapse import NodeGroup, collapse_nodes
from .marks import Look

FEW_ARROWS = 40  # of a collapsed picture, which then have texts; if there are more, tooltips:
# one text anywhere makes Graphviz leave room for one on every arrow


class Box(NamedTuple):
    """A box of a picture: its kind gives its look, ``within`` the clusters that it stands in."""

    id: str
    lines: Sequence[str]
    kind: str
    marked: bool = False
    shade: int | None = None
    within: tuple[str, ...] = ()


class Arrow(NamedTuple):
    """An arrow from one box to another; ``part`` tells arrows between the same two apart."""

    tail: str
    head: str
    part: int
    lines: Sequence[str] = ()
    marked: bool = False
    tooltip: str = ""


class Diagram(NamedTuple):
    """The boxes and arrows of a picture, and which box is the root's."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    root: str

    def keep_nearest(self, limit: int) -> Diagram:
        """Return the boxes nearest to the root against the arrows, so many at most.

        >>> boxes = [Box(id, [id], "leaf") for id in "abc"]
        >>> chain = Diagram(boxes, [Arrow("a", "b", 0), Arrow("b", "c", 0)], "c")
        >>> [box.id for box in chain.keep_nearest(2).boxes]
        ['b', 'c']
        """
        tails: dict[str, list[str]] = {}
        for arrow in self.arrows:
            tails.setdefault(arrow.head, []).append(arrow.tail)
        kept = {self.root}
        waiting = deque(kept)
        while waiting and len(kept) < limit:
            for tail in tails.get(waiting.popleft(), ()):
                if tail not in kept and len(kept) < limit:
                    kept.add(tail)
                    waiting.append(tail)
        boxes = [box for box in self.boxes if box.id in kept]
        arrows = [arrow for arrow in self.arrows if arrow.tail in kept and arrow.head in kept]
        return Diagram(boxes, arrows, self.root)


class BoxedGraph(NamedTuple):
    """A graph as a diagram: the box of each node, and which boxes stand for several."""

    diagram: Diagram
    places: Mapping[Value, str]
    groups: Sequence[NodeGroup]


def box_graph(graph: Graph, depth: str, look: Look) -> BoxedGraph:
    """Return a graph as boxes and arrows, one box a "node", a "neuron" or a "layer".

    >>> x = Value(3.0, label="x")
    >>> [box.lines for box in box_graph(Graph(x * x), "node", Look(show="data")).diagram.boxes]
    [['x', 'data 3'], ['v1 = ×', 'data 9']]
    """
    groups = collapse_nodes(graph, depth, look)
    group_of = {node: group for group in groups for node in group.nodes}
    places = {
        node: group_of[node].id if node in group_of else f"n{i}"
        for i, node in enumerate(graph.nodes)
    }
    marks, shades = look.marks, look.marks.shades
    edited = set(graph.find_edited())
    boxes: dict[str, Box] = {}
    for node in graph.nodes:
        id, group = places[node], group_of.get(node)
        if group is None:
            neuron = graph.neurons.get(node, "")
            name = graph.names[node]
            within: tuple[str, ...] = ()
            if neuron:
                name = name.removeprefix(f"{neuron}.")  # the cluster says whose it is
                within = tuple(dict.fromkeys([graph.layers[node], neuron]))
            lines = describe_node(node, name, node in edited, look)
            kind, marked = classify_node(node, graph.root), node in marks.nodes
            boxes[id] = Box(id, lines, kind, marked, shades.get(node), within)
        elif id not in boxes:
            marked = not marks.nodes.isdisjoint(group.nodes)
            shade = max((shades[n] for n in group.nodes if n in shades), default=None)
            boxes[id] = Box(id, group.lines, group.kind, marked, shade)
    arrows = connect_boxes(graph, places, group_of.keys(), look)
    return BoxedGraph(Diagram(list(boxes.values()), arrows, places[graph.root]), places, groups)


def connect_boxes(
    graph: Graph, places: Mapping[Value, str], collapsed: Collection[Value], look: Look
) -> list[Arrow]:
    """Return the arrows between boxes: one an argument, but one bundle between collapsed boxes."""
    bundles: dict[tuple[str, str, int], list[tuple[Value, int]]] = {}
    for node in graph.nodes:
        for position, input in enumerate(node.inputs):
            tail, head = places[input], places[node]
            if tail != head:
                part = 0 if node in collapsed or input in collapsed else position
                bundles.setdefault((tail, head, part), []).append((node, position))
    are_many = bool(collapsed) and len(bundles) > FEW_ARROWS
    has_passed = graph.root.grad is not None
    arrows = []
    for (tail, head, part), edges in bundles.items():
        lines = describe_edges(edges, look, has_passed)
        tooltip = " ".join(lines) if are_many else ""
        is_marked = not look.marks.edges.isdisjoint(edges)
        arrows.append(Arrow(tail, head, part, [] if are_many else lines, is_marked, tooltip))
    return arrows


def describe_edges(edges: Sequence[tuple[Value, int]], look: Look, has_passed: bool) -> list[str]:
    """Return the text of an arrow: of one edge what flows along it, of several their number."""
    if len(edges) > 1:
        values = len({node.inputs[position] for node, position in edges})
        return [f"{values} values"] if values > 1 else []
    node, position = edges[0]
    partial = node.partials[position]
    if partial is None or not look.has_grad:
        return []
    lines = [f"× {look.format_number(partial + 0.0)}"]  # no −0
    if has_passed and node.grad is not None:
        lines.append(f"= {look.format_number(node.grad * partial + 0.0)}")
    return lines


def classify_node(node: Value, root: Value | None = None) -> str:
    """Say what part a node plays in the graph of a root.

    >>> x = Value(3.0)
    >>> y = x * 2
    >>> [classify_node(node, y) for node in (x, y.inputs[1], y)], classify_node(y)
    (['leaf', 'constant', 'root'], 'inner')
    """
    if isinstance(node, Constant):
        return "constant"
    return "root" if node is root else "inner" if node.inputs else "leaf"


def describe_node(node: Value, name: str, is_edited: bool, look: Look) -> list[str]:
    """Return the lines of text in a node's box: its title, then its numbers."""
    lines = [title_node(node, name, look)]
    if isinstance(node, Constant):
        return lines
    if look.has_data:
        lines.append(f"data {look.format_number(node.data)}" + " (edited)" * is_edited)
    if look.has_grad:
        lines.append(f"grad {look.format_number(node.grad)}")
    return lines


def title_node(node: Value, name: str, look: Look) -> str:
    """Return the first line in a node's box: its name and operation."""
    if isinstance(node, Constant):  # one without a name is called by its number
        return look.format_number(node.data) if name == format_number(node.data) else name
    return f"{name} = {node.operation.symbol}" if node.operation else name
