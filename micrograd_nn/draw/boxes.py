"""Which boxes and arrows stand for a graph: one a node, a neuron or a layer. Pictures share it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..graph.folding import Folding
from ..graph.graph import Graph
from ..text import count_things
from .collapse import NodeGroup, collapse_nodes, find_frames
from .faces import Face, Flow, describe_edges, describe_node, format_range
from .marks import Look

FEW_ARROWS = 40  # of a collapsed picture, which then have texts; if there are more, tooltips:
# one text anywhere makes Graphviz leave room for one on every arrow


class Box(NamedTuple):
    """A box of a picture: its kind gives its look, ``within`` the clusters that it stands in."""

    id: str
    kind: str
    marked: bool = False
    shade: int | None = None
    within: tuple[str, ...] = ()
    face: Face = Face("")


class Arrow(NamedTuple):
    """An arrow from one box to another; ``part`` tells arrows between the same two apart.

    A dashed one, ``from_before``, takes from the repetition before.
    """

    tail: str
    head: str
    part: int
    marked: bool = False
    tooltip: str = ""
    flow: Flow = Flow()
    from_before: bool = False

    @property
    def id(self) -> str:
        """What it is called in a picture.

        >>> Arrow("n0", "n1", 0).id
        'n0-n1-0'
        """
        return f"{self.tail}-{self.head}-{self.part}" + "-before" * self.from_before

    @property
    def lines(self) -> list[str]:
        """What is written beside it: nothing where a tooltip says it.

        >>> Arrow("n0", "n1", 0, flow=Flow("3")).lines
        ['× 3']
        """
        return [] if self.tooltip else self.flow.lines


class Diagram(NamedTuple):
    """The boxes and arrows of a picture, and which box is the root's."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    root: str

    def keep_nearest(self, limit: int) -> Diagram:
        """Return the boxes nearest to the root against the arrows, so many at most.

        >>> boxes = [Box(id, "leaf") for id in "abc"]
        >>> chain = Diagram(boxes, [Arrow("a", "b", 0), Arrow("b", "c", 0)], "c")
        >>> [box.id for box in chain.keep_nearest(2).boxes]
        ['b', 'c']
        """
        tails: dict[str, list[str]] = {}
        for arrow in self.arrows:
            tails.setdefault(arrow.head, []).append(arrow.tail)
        kept = find_nearest(self.root, tails, limit)
        boxes = [box for box in self.boxes if box.id in kept]
        arrows = [arrow for arrow in self.arrows if arrow.tail in kept and arrow.head in kept]
        return Diagram(boxes, arrows, self.root)


class BoxedGraph(NamedTuple):
    """A graph as a diagram: the box of each node, which stand for several, how many aren't drawn.

    ``reached`` are the boxes within the radius, of which the limit may have left some out.
    """

    diagram: Diagram
    places: Mapping[Value, str]
    groups: Sequence[NodeGroup]
    all: int = 0
    reached: int = 0


class Extent(NamedTuple):
    """The part of a graph that is drawn: so many boxes at most, those around a node or the root."""

    limit: int | None = None
    around: Value | None = None
    radius: int = 0


EVERY_BOX = Extent()


def find_nearest(
    start: str, beside: Mapping[str, Iterable[str]], limit: int | None, radius: int | None = None
) -> dict[str, int]:
    """Return how far boxes are from one, nearest first: so many, or none farther than a radius.

    >>> find_nearest("a", {"a": ["b"], "b": ["c"]}, 2)
    {'a': 0, 'b': 1}
    """
    found = {start: 0}
    waiting = deque(found)
    while waiting and (limit is None or len(found) < limit):
        id = waiting.popleft()
        if radius is not None and found[id] >= radius:
            break
        for other in beside.get(id, ()):
            if other not in found:
                if limit is not None and len(found) >= limit:
                    break
                found[other] = found[id] + 1
                waiting.append(other)
    return found


# The edges of a graph that are one arrow: by tail, head, part, and whether from a repetition before
Bundles = dict[tuple[str, str, int, bool], list[tuple[Value, int]]]


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
    look = look._replace(has_passed=look.gradients is not None or graph.root.grad is not None)
    stands: Mapping[Value, Value] = folding.places if folding else {}
    frames = find_frames(graph, folding, shown)
    groups = collapse_nodes(graph, depth, look, folding, frames, shown)
    group_of = {node: group for group in groups for node in group.nodes}
    numbers = graph.places
    places = {
        node: group_of[node].id if node in group_of else f"n{numbers[stands.get(node, node)]}"
        for node in graph.nodes
    }
    bundles = bundle_edges(graph, places, group_of, folding)
    kept, reached = choose_part(bundles, places, graph.root, part)
    boxes = make_boxes(graph, places, group_of, kept, look, depth, folding, frames, shown)
    boxes = note_cuts(boxes, bundles, kept, part)
    arrows = make_arrows(bundles, group_of, kept, look, folding, shown)
    root = places[graph.root if part.around is None else part.around]
    count = len(set(places.values()))
    return BoxedGraph(Diagram(boxes, arrows, root), places, groups, count, reached or count)


def choose_part(
    bundles: Bundles, places: Mapping[Value, str], root: Value, part: Extent
) -> tuple[Collection[str] | None, int]:
    """Return the boxes that are drawn, None for all, and how many are within the radius."""
    if part.around is None and part.limit is None:
        return None, 0
    beside: dict[str, list[str]] = {}
    for tail, head, _, _ in bundles:
        beside.setdefault(head, []).append(tail)
        if part.around is not None:
            beside.setdefault(tail, []).append(head)
    if part.around is None:
        return find_nearest(places[root], beside, part.limit), 0
    reached = find_nearest(places[part.around], beside, None, part.radius)
    return list(reached)[: part.limit], len(reached)


def make_boxes(
    graph: Graph,
    places: Mapping[Value, str],
    group_of: Mapping[Value, NodeGroup],
    kept: Collection[str] | None,
    look: Look,
    depth: str,
    folding: Folding | None,
    frames: Mapping[Value, tuple[str, int]],
    shown: int | None,
) -> list[Box]:
    """Return the boxes, in the order of the nodes."""
    chosen = None if kept is None else set(kept)
    marks, shades = look.marks, look.marks.shades
    edited = set(graph.find_edited())
    boxes: dict[str, Box] = {}
    for node in graph.nodes:
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
        name = graph.names[graph.root if is_root and shown is None else stand]
        path = [frame] if frame else []
        if neuron:
            name = name.removeprefix(f"{neuron}.")  # the cluster says whose it is
            path += [graph.layers[stand], neuron]
        seen = members if shown is None else [stand]
        if is_root and shown is None and len(members) > 1:  # the last of a loop, and of its sum
            seen = [graph.root]
            notes += [f"{format_range([node.data for node in members], look)} over all"]
        face = describe_node(seen, name, not edited.isdisjoint(seen), look, notes)
        kind = classify_node(stand, stand if is_root else graph.root)
        marked = not marks.nodes.isdisjoint(members)
        shade = max((shades[n] for n in members if n in shades), default=None)
        within = tuple(dict.fromkeys(path))
        boxes[id] = Box(id, kind, marked, shade, within, face)
    return list(boxes.values())


def note_cuts(
    boxes: list[Box], bundles: Bundles, kept: Collection[str] | None, part: Extent
) -> list[Box]:
    """Return the boxes with notes of how many inputs, and around a node uses, aren't drawn."""
    if kept is None:
        return boxes
    chosen = set(kept)
    inputs = Counter(head for tail, head, _, _ in bundles if tail not in chosen)
    uses: Counter[str] = Counter()
    if part.around is not None:
        uses = Counter(tail for tail, head, _, _ in bundles if head not in chosen)
    return [
        add_notes(box, [
            f"+ {count_things(counts[box.id], noun)}"
            for counts, noun in ((inputs, "input"), (uses, "use")) if counts[box.id]
        ])
        for box in boxes
    ]  # fmt: skip


def add_notes(box: Box, notes: Sequence[str]) -> Box:
    """Return a box that says more.

    >>> add_notes(Box("n0", "leaf", face=Face("x")), ["+ 1 use"]).face.notes
    ['+ 1 use']
    """
    return box._replace(face=box.face._replace(notes=[*box.face.notes, *notes]))


def bundle_edges(
    graph: Graph,
    places: Mapping[Value, str],
    collapsed: Collection[Value],
    folding: Folding | None,
) -> Bundles:
    """Return which edges are one arrow: one an argument, but all between collapsed boxes.

    What a repetition takes from the one before it goes round, or back. Of what it takes from
    somewhere else at its beginning, as a sum does from its first term, nothing is an arrow.
    """
    bundles: Bundles = {}
    repetition = number_repetitions(folding)
    stands: Mapping[Value, Value] = folding.places if folding else {}
    order = graph.places
    for node in graph.nodes:
        for position, input in enumerate(node.inputs):
            tail, head = places[input], places[node]
            before = False
            if folding:
                place, taken = stands[node], stands[input]
                here, there = repetition.get(node), repetition.get(input)
                same_loop = here is not None and there is not None and here[0] == there[0]
                before = same_loop and here != there
                before |= taken is place or (same_loop and order[taken] > order[place])
            if tail != head or (before and node not in collapsed):
                part = 0 if node in collapsed or input in collapsed else position
                bundles.setdefault((tail, head, part, before), []).append((node, position))
    if not folding:
        return bundles
    most: Counter[tuple[str, int]] = Counter()
    for (_, head, part, before), edges in bundles.items():
        if before:
            most[head, part] = max(most[head, part], len(edges))
    return {
        key: edges
        for key, edges in bundles.items()
        if not key[3] or len(edges) == most[key[1], key[2]]
    }


def number_repetitions(folding: Folding | None) -> dict[Value, tuple[int, int]]:
    """Return for each node in a repeat which repeat it is, and which repetition."""
    repeats = folding.repeats if folding else ()
    return {
        node: (i, j)
        for i, repeat in enumerate(repeats)
        for j, part in enumerate(repeat.repetitions)
        for node in part
        if node is not None
    }


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
