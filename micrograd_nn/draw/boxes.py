"""Which boxes and arrows stand for a graph: one a node, a neuron or a layer. Pictures share it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..graph.folding import Folding
from ..graph.graph import Graph
from .bundles import Bundles, bundle_edges
from .collapse import NodeGroup, collapse_nodes, find_frames
from .diagram import Arrow, Box, Diagram
from .faces import Flow, describe_edges, describe_node
from .marks import Look
from .part import EVERY_BOX, Extent, add_users, find_near_boxes, find_near_nodes, note_cuts

FEW_ARROWS = 40  # of a collapsed picture, which then have texts; if there are more, tooltips:
# one text anywhere makes Graphviz leave room for one on every arrow


class BoxedGraph(NamedTuple):
    """A graph as a diagram: the box of each node, which stand for several, how many aren't drawn.

    ``reached`` are the boxes within the radius, of which the limit may have left some out.
    """

    diagram: Diagram
    places: Mapping[Value, str]
    groups: Sequence[NodeGroup]
    all: int = 0
    reached: int = 0


def box_graph(
    graph: Graph,
    depth: str,
    look: Look,
    folding: Folding | None = None,
    part: Extent = EVERY_BOX,
    shown: int | None = None,
) -> BoxedGraph:
    """Return a graph as boxes and arrows, one box a "node", a "neuron" or a "layer".

    >>> x = Value(3.0, label="x")
    >>> boxed = box_graph(Graph(x * x), "node", Look(show="data"))
    >>> [box.face[:3] for box in boxed.diagram.boxes]
    [('x', '', '3'), ('v1', '×', '9')]

    With a ``folding``, boxes stand for all repetitions, or show that one's numbers alone.
    """
    has_passed = look.gradients is not None or graph.root.grad is not None
    look = look._replace(has_passed=has_passed and look.change is None)  # which is of two passes
    frames = find_frames(graph, folding, shown)
    groups = collapse_nodes(graph, depth, look, folding, frames, shown)
    group_of = {node: group for group in groups for node in group.nodes}
    numbers = graph.places
    nodes: Sequence[Value] = graph.nodes
    kept: Collection[str] | None
    if folding or groups:
        stands: Mapping[Value, Value] = folding.places if folding else {}
        places = {
            node: group_of[node].id if node in group_of else f"n{numbers[stands.get(node, node)]}"
            for node in nodes
        }
        bundles = bundle_edges(nodes, places, group_of, folding)
        count = len(set(places.values()))
        kept, reached = find_near_boxes(bundles, places, graph.root, part, count)
    else:
        near, reached = find_near_nodes(graph, part)
        heads = near if part.around is None else add_users(graph, near)
        places = {x: f"n{numbers[x]}" for node in heads for x in (*node.inputs, node)}
        bundles = bundle_edges(heads, places, group_of, folding)
        kept = None if len(near) == len(nodes) else [places[node] for node in near]
        nodes, count = near, len(nodes)
    boxes = make_boxes(graph, nodes, places, group_of, kept, look, depth, folding, frames, shown)
    boxes = note_cuts(boxes, bundles, kept, part)
    arrows = make_arrows(bundles, group_of, kept, look, folding, shown)
    root = places[graph.root if part.around is None else part.around]
    return BoxedGraph(Diagram(boxes, arrows, root), places, groups, count, reached)


def make_boxes(
    graph: Graph,
    nodes: Sequence[Value],
    places: Mapping[Value, str],
    group_of: Mapping[Value, NodeGroup],
    kept: Collection[str] | None,
    look: Look,
    depth: str,
    folding: Folding | None,
    frames: Mapping[Value, tuple[str, int]],
    shown: int | None,
) -> list[Box]:
    """Return the boxes of some nodes, in their order."""
    chosen = None if kept is None else set(kept)
    marks, shades = look.marks, look.marks.shades
    edited = set(graph.find_edited() if look.change is None else ())
    boxes: dict[str, Box] = {}
    for node in nodes:
        id, group = places[node], group_of.get(node)
        if id in boxes or (chosen is not None and id not in chosen):
            continue
        if group is not None:
            marked = not marks.nodes.isdisjoint(group.nodes)
            shade = max((shades[n] for n in group.nodes if n in shades), default=None)
            around = (group.frame,) if group.frame else ()
            boxes[id] = Box(id, group.kind, marked, shade, around, group.face)
            continue
        stand = folding.places[node] if folding else node
        members = folding.members.get(stand, [stand]) if folding else [stand]
        frame, times = frames.get(stand, ("", 1))
        notes = [f"× {len(members):,}"] if len(members) > times and shown is None else []
        neuron = graph.neurons.get(stand, "") if depth == "node" else ""
        is_root = folding is not None and stand is folding.places[graph.root]
        named = graph.root if is_root else choose_named(graph, stand, members)
        name = graph.names[named if shown is None else stand]
        path = [frame] if frame else []
        if neuron:
            name = name.removeprefix(f"{neuron}.")  # the cluster says whose it is
            path += [graph.layers[stand], neuron]
        seen = members if shown is None else [stand]
        if is_root and shown is None and len(members) > 1:  # the last of a loop, and of its sum
            seen = [graph.root]
            notes += [f"{look.show_numbers(members)} over all"]
        face = describe_node(seen, name, not edited.isdisjoint(seen), look, notes)
        kind = classify_node(stand, stand if is_root else graph.root)
        marked = not marks.nodes.isdisjoint(members)
        shade = max((shades[n] for n in members if n in shades), default=None)
        within = tuple(dict.fromkeys(path))
        boxes[id] = Box(id, kind, marked, shade, within, face)
    return list(boxes.values())


def choose_named(graph: Graph, stand: Value, members: Sequence[Value]) -> Value:
    """Return the node whose name a box has that stands for several.

    After a loop the user's variable is the node of the last repetition, where the first has no
    name: a page, which shows the last one, has that name, too.

    >>> x = Value(3.0, "x")
    >>> first = x * 2
    >>> last = first * 2
    >>> choose_named(Graph(last, {"h": last}), first, [first, last]) is last
    True
    """
    if len(members) == 1:  # in a large graph, looking for what has names takes a while
        return stand
    given = graph.given_names
    return members[-1] if stand not in given and members[-1] in given else stand


def make_arrows(
    bundles: Bundles,
    collapsed: Collection[Value],
    kept: Collection[str] | None,
    look: Look,
    folding: Folding | None,
    shown: int | None,
) -> list[Arrow]:
    """Return the arrows between the boxes that are drawn, with what they say."""
    chosen = None if kept is None else set(kept)
    drawn = {
        key: edges
        for key, edges in bundles.items()
        if chosen is None or (key[0] in chosen and key[1] in chosen)
    }
    are_many = bool(collapsed) and len(drawn) > FEW_ARROWS
    stands: Mapping[Value, Value] = folding.places if folding else {}
    arrows = []
    for (tail, head, part, before), edges in drawn.items():
        inputs = {node.inputs[position] for node, position in edges}
        values = len({stands.get(input, input) for input in inputs})
        seen = edges
        if folding is None and len(edges) > 1:
            flow = Flow() if values == 1 else describe_edges(edges, values, look)
        else:
            if shown is not None:
                seen = [edge for edge in edges if stands.get(edge[0]) is edge[0]] or edges
            flow = describe_edges(seen, values, look)
        tooltip = " ".join(flow.lines) if are_many else ""
        marked = not look.marks.edges.isdisjoint(edges)
        flow = Flow(share=flow.share) if are_many else flow
        arrows.append(Arrow(tail, head, part, marked, tooltip, flow, before))
    return arrows


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
