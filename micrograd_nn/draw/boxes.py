"""Which boxes and arrows stand for a graph: one a node, a neuron or a layer. Pictures share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from .._ground.text import count_things
from ..engine.node import by_creation
from ..engine.value import Constant, Value
from ..graph.blocks import Block
from ..graph.folding import EVERY_NODE, Folding
from ..graph.graph import Graph
from ..graph.neurons import FROM_WEIGHTS
from ..graph.paths import find_nearest
from .diagram import Arrow, Box, Diagram, Face, Flow
from .look import Look

FEW_NEURONS = 24  # which are drawn each by itself, unless one says how
FEW_INPUTS = 8  # inputs of collapsed boxes that are drawn each by itself
FEW_ARROWS = 40  # of a collapsed picture, which then have texts; if there are more, tooltips:
# one text anywhere makes Graphviz leave room for one on every arrow

T = TypeVar("T")

# The edges that are one arrow: by tail, head, part, and whether from a repetition before
Bundles = dict[tuple[str, str, int, bool], list[tuple[Value, int]]]


class Extent(NamedTuple):
    """The part of a graph that is drawn: the boxes around a node or the root, up to a limit."""

    limit: int | None = None
    around: Value | None = None
    radius: int = 0


EVERY_BOX = Extent()


class Boxes:
    """A graph as boxes and arrows, one box a "node", a "neuron" or a "layer", or one of ``blocks``.

    >>> x = Value(3.0, label="x")
    >>> boxes = Boxes(Look(Graph(x * x), show="data"))
    >>> [box.face[:3] for box in boxes.diagram.boxes]
    [('x', '', '3'), ('v1', '×', '9')]

    With a ``folding``, boxes stand for all repetitions.
    ``places`` has the box of each node that is looked at; ``count`` is how many boxes there would
    be, and ``reached`` how many are within the radius, of which the limit may leave some out.
    """

    def __init__(
        self,
        look: Look,
        depth: str = "node",
        folding: Folding | None = None,
        part: Extent = EVERY_BOX,
        blocks: Mapping[Value, Block] | None = None,
    ) -> None:
        self.look, self.graph, self.depth = look, look.graph, depth
        self.blocks = blocks or {}
        if depth == "node" and not folding and self.graph.blocks.levels:
            self.blocks = self.graph.blocks.group(self.graph.blocks.levels[-1])
        self.folding, self.part = folding, part
        self.start = self.graph.root if part.around is None else part.around
        self.stands: Mapping[Value, Value] = folding.places if folding else {}
        self.members: Mapping[Value, Sequence[Value]] = folding.members if folding else {}
        self.turns = folding.turns if folding else {}
        self.edited = set(look.edited)
        self.frames = self.find_frames()
        self.owners = self.find_owners()
        self.alike: dict[Value, Value] = {}  # bare numbers that are one input of several neurons
        self.groups = [*self.collapse_nodes(), *self.gather_inputs()] if self.owners else []
        self.group_of = {node: box for box, own in self.groups for node in own}
        nodes: Sequence[Value] = self.graph.nodes
        if folding or self.groups:
            self.places = {node: self.name_box(node) for node in nodes}
            self.count = len(set(self.places.values()))
            self.bundles = self.bundle_edges(nodes)
            self.kept, self.reached = self.find_near_boxes()
        else:  # of a million nodes, none but the near ones are then looked at
            self.count = len(nodes)
            nodes, heads, self.reached = self.find_near_nodes()
            self.places = {x: self.name_box(x) for node in heads for x in (*node.inputs, node)}
            self.bundles = self.bundle_edges(heads)
            self.kept = {self.places[node] for node in nodes}
        self.diagram = Diagram(self.note_cuts(self.make_boxes(nodes)), self.make_arrows())

    def name_box(self, node: Value) -> str:
        """Return what the box of a node is called in the picture."""
        group = self.group_of.get(node)
        return group.id if group else f"n{self.graph.places[self.stands.get(node, node)]}"

    # Frames and groups

    def find_frames(self) -> dict[Value, tuple[str, int]]:
        """Return what the frame of each repeated node says, and how many repetitions there are."""
        found = self.graph.group(self.folding).groups if self.folding else {}
        repeats = [group for group in found.values() if group.kind == "repeat"]
        are_many = len(repeats) > 1
        return {
            node: (f"{group.name}: " * are_many + f"× {group.times:,}", group.times)
            for group in repeats
            for node in group.walk_nodes()
        }

    def find_frame(self, node: Value) -> tuple[str, int]:
        """Return what the frame around a node says, and how many nodes it stands for there."""
        return self.frames.get(self.stands.get(node, node), ("", 1))

    def find_owners(self) -> Mapping[Value, Any]:
        """Return the neuron, the layer or the block of each node that is drawn as a part of one."""
        if self.depth == "call":
            return {
                x: block
                for x, block in self.blocks.items()
                if block.is_called or len(block.parts) > 1
            }
        if self.depth == "node":
            return {}
        return self.graph.layers if self.depth == "layer" else self.graph.neurons

    def collapse_nodes(self) -> list[tuple[Box, Sequence[Value]]]:
        """Return the boxes that stand for the neurons or the layers of a graph."""
        graph, owners, stands = self.graph, self.owners, self.stands
        group_of = {
            node: (self.find_frame(node)[0], owners[node]) for node in graph.nodes if node in owners
        }
        members: dict[tuple[str, Any], list[Value]] = {}
        for node, key in group_of.items():
            members.setdefault(key, []).append(node)
        groups = []
        for i, (key, own) in enumerate(members.items()):
            outputs = [
                node
                for node in own
                if node.inputs
                and (
                    node is graph.root
                    or any(group_of.get(user) != key for user in graph.users[node])
                )
            ]
            frame, owner = key
            inner = [node for node in own if node.inputs and stands.get(node, node) is node]
            block = owner if isinstance(owner, Block) else None
            name = block.title if block else graph.short_groups.get(owner, owner)
            if block and not block.is_called:
                face = self.look.describe_node(own, name)
            else:
                count = 0 if block else len({*map(graph.neurons.get, own)})
                face = self.look.describe_group(name, own, inner, outputs, count)
            groups.append(
                self.box_group(
                    f"g{i}", own, face, "group",
                    block.around if block else (frame,) * bool(frame),
                    "" if block or name == owner else owner,
                )
            )  # fmt: skip
        return groups

    def gather_inputs(self) -> list[tuple[Box, Sequence[Value]]]:
        """Return boxes for inputs that collapsed boxes alone use, if they are many.

        Those of calls are gathered by the calls that use them, few of each if all are many.
        """
        owners, graph, learned = self.owners, self.graph, {*self.graph.parameters}
        sources: dict[tuple[Any, ...], list[Value]] = {}
        for x in graph.nodes:
            if not x.inputs and x not in owners and all(user in owners for user in graph.users[x]):
                users = frozenset(owners[user] for user in graph.users[x] if self.depth == "call")
                key = isinstance(x, Constant), x in learned, self.find_frame(x)[0], users
                sources.setdefault(key, []).append(x)
        groups = []
        are_many_in_all = self.depth == "call" and sum(map(len, sources.values())) > FEW_INPUTS
        for i, ((is_constant, is_learned, frame, users), own) in enumerate(sources.items()):
            each = list(dict.fromkeys(self.stands.get(x, x) for x in own))
            are_many = len(each) > (1 if are_many_in_all else FEW_INPUTS)
            is_one = len(own) > 1 and (len(users) > 1 or (is_constant and len(users) == 1))
            if is_constant and are_many:
                self.alike |= self.find_alike(each)
            if are_many or is_one:
                many = len({self.alike.get(x, x) for x in each})
                name = count_things(many, "parameter" if is_learned else "input")
                face = Face(name)
                if not are_many:
                    name = graph.names[own[0]] if is_constant else name
                    face = self.look.describe_node(own, name)
                groups.append(
                    self.box_group(
                        f"i{i}", own, face, "constant" if is_constant else "leaf",
                        (frame,) * bool(frame),
                    )
                )  # fmt: skip
        return groups

    def find_alike(self, constants: Iterable[Value]) -> dict[Value, Value]:
        """Return, where all neurons take the same bare numbers, for each the first neuron's.

        A bare number is a node for each of its uses: of a layer's neurons, each has its own.
        """
        taken: dict[str, list[Value]] = {}
        for x in constants:
            taken.setdefault(self.graph.neurons.get(self.graph.users[x][0], ""), []).append(x)
        first, *others = taken.values()
        if any([x.data for x in own] != [x.data for x in first] for own in others):
            return {}
        return {x: same for own in others for x, same in zip(own, first, strict=True)}

    # The part that is drawn

    def find_near_nodes(self) -> tuple[Sequence[Value], Sequence[Value], int]:
        """Return the nodes that are drawn, those whose edges matter, how many are in the radius."""
        users = {} if self.part.around is None else self.graph.users
        found, reached = self.find_near(self.start, lambda x: (*x.inputs, *users.get(x, ())))
        near = sorted(found, key=by_creation)
        using = [user for node in near for user in users.get(node, ())]
        return near, sorted({*near, *using}, key=by_creation), reached

    def find_near_boxes(self) -> tuple[set[str], int]:
        """Return the boxes that are drawn, and how many are within the radius."""
        if self.part == EVERY_BOX:
            return set(self.places.values()), self.count
        beside: dict[str, list[str]] = {}
        for tail, head, _, _ in self.bundles:
            beside.setdefault(head, []).append(tail)
            if self.part.around is not None:
                beside.setdefault(tail, []).append(head)
        near, reached = self.find_near(self.places[self.start], lambda id: beside.get(id, ()))
        return set(near), reached

    def find_near(self, start: T, beside: Callable[[T], Iterable[T]]) -> tuple[list[T], int]:
        """Return the nearest of what is drawn, and how many are within the radius."""
        limit, around, radius = self.part
        reached = find_nearest(
            start, beside, *((limit, None) if around is None else (None, radius))
        )
        return list(reached)[:limit], self.count if around is None else len(reached)

    def note_cuts(self, boxes: Iterable[Box]) -> list[Box]:
        """Return the boxes with notes of how many inputs, and around a node uses, aren't drawn."""
        inputs = Counter(head for tail, head, _, _ in self.bundles if tail not in self.kept)
        seen = self.kept if self.part.around is not None else {*self.places.values()}
        uses = Counter(tail for tail, head, _, _ in self.bundles if head not in seen)
        return [
            box.add_notes([
                f"+ {count_things(counts[box.id], noun)}"
                for counts, noun in ((inputs, "input"), (uses, "use")) if counts[box.id]
            ])
            if box.id in inputs or box.id in uses else box
            for box in boxes
        ]  # fmt: skip

    # Boxes

    def make_boxes(self, nodes: Iterable[Value]) -> list[Box]:
        """Return the boxes of some nodes, in their order."""
        boxes: dict[str, Box] = {}
        for node in nodes:
            id = self.places[node]
            if id in self.kept and id not in boxes:
                boxes[id] = self.group_of.get(node) or self.box_node(node)
        return list(boxes.values())

    def make_box(
        self,
        id: str,
        kind: str,
        nodes: Sequence[Value],
        within: Iterable[str],
        face: Face,
        path: str,
    ) -> Box:
        """Return the box of one or several nodes, with their marks."""
        marks = self.look.marks
        marked = not marks.nodes.isdisjoint(nodes)
        shade = max([marks.shades[x] for x in nodes if x in marks.shades], default=None)
        return Box(
            id, kind, marked, shade, tuple(within), face, path, marks.others_faint and not marked
        )  # fmt: skip

    def box_group(
        self,
        id: str,
        nodes: Sequence[Value],
        face: Face,
        kind: str,
        within: Iterable[str],
        path: str = "",
    ) -> tuple[Box, Sequence[Value]]:
        """Return the box of several nodes, and these."""
        notes = ["edited"] * (self.look.has_data and not self.edited.isdisjoint(nodes))
        return self.make_box(id, kind, nodes, within, face, path).add_notes(notes), nodes

    def box_node(self, node: Value) -> Box:
        """Return the box of a node, or of those that it stands for."""
        graph = self.graph
        stand = self.stands.get(node, node)
        members = self.members.get(stand, [stand])
        frame, times = self.find_frame(stand)
        notes = [f"× {len(members):,}"] if len(members) > times else []
        is_root = stand is self.stands.get(graph.root)
        named = graph.root if is_root else choose_named(graph, stand, members)
        name, path = graph.short_names[named], graph.names[named]
        within = [frame] if frame else []
        is_bare = isinstance(stand, Constant) and not stand.label and bool(graph.neurons)
        users = graph.users[stand] if is_bare else ()
        part = users[0] if len(users) == 1 else stand  # a bare number stands where it is used
        block = self.blocks.get(part)
        if block is not None:
            within += [*block.around, *[block.title] * block.is_called]
        neuron = graph.neurons.get(part, "") if self.depth == "node" and block is None else ""
        if neuron not in ("", FROM_WEIGHTS):  # whose frame would lie across those of neurons
            frames = [graph.short_groups.get(x, x) for x in (graph.layers[part], neuron)]
            name = name.removeprefix(f"{frames[1]}.")  # the cluster says whose it is
            within += frames
        seen = members
        if is_root and len(members) > 1:  # the last of a loop, and of its sum
            seen = [graph.root]
            notes += [f"{self.look.show_numbers(members)} over all"]
        face = self.look.describe_node(seen, name, not self.edited.isdisjoint(seen), notes)
        kind = classify_node(stand, stand if is_root else graph.root)
        path = "" if path == name else path
        return self.make_box(self.places[node], kind, members, dict.fromkeys(within), face, path)

    # Arrows

    def is_from_before(self, node: Value, input: Value) -> bool:
        """Tell whether a node takes an input from the repetition before, or from the call before.

        Within the box of several calls that is one of another call, or a node by itself.
        """
        if node in self.group_of and self.places[node] == self.places[input]:
            block, parts = self.blocks.get(node), self.graph.blocks.parts
            level = len(block.around) if block else 0
            return bool(block) and input in parts and parts[node][level] is not parts[input][level]
        stand, taken = self.stands.get(node, node), self.stands.get(input, input)
        loop, turn = self.turns.get(node, (-1, 0))
        its_loop, its_turn = self.turns.get(input, (-2, 0))
        is_turned = turn != its_turn or taken.created > stand.created
        return taken is stand or (loop == its_loop and is_turned)

    def bundle_edges(self, heads: Iterable[Value]) -> Bundles:
        """Return the edges to nodes as arrows: one an argument, but all between collapsed boxes.

        What a repetition takes from the one before it goes round, or back. Of what it takes from
        somewhere else at its beginning, as a sum does from its first term, nothing is an arrow.
        """
        bundles: Bundles = {}
        places, collapsed = self.places, self.group_of
        for node in heads:
            inputs, head, is_one = node.inputs, places[node], node in collapsed
            first: dict[tuple[Value, int], int] = {}
            uses: Counter[Value] = Counter()
            for position, input in enumerate(inputs):
                tail, taken = places[input], self.stands.get(input, input)
                before = self.is_from_before(node, input)
                if tail == head and not before:
                    continue
                part = 0 if is_one or input in collapsed else position
                if not is_one and len(inputs) > 2 and taken in self.members:  # maybe all of a place
                    part = first.setdefault((taken, uses[input]), part)
                    uses[input] += 1
                bundles.setdefault((tail, head, part, before), []).append((node, position))
        most: Counter[tuple[str, int]] = Counter()
        for (_, head, part, before), edges in bundles.items():
            if before:
                most[head, part] = max(most[head, part], len(edges))
        return {
            key: edges
            for key, edges in bundles.items()
            if not key[3] or len(edges) == most[key[1], key[2]]
        }

    def make_arrows(self) -> list[Arrow]:
        """Return the arrows between the boxes that are drawn, with what they say."""
        drawn = {
            key: edges
            for key, edges in self.bundles.items()
            if key[0] in self.kept and key[1] in self.kept
        }
        are_many = bool(self.groups) and len(drawn) > FEW_ARROWS
        arrows = []
        for (tail, head, part, before), edges in drawn.items():
            flow = self.describe_flow(edges)
            tooltip = " ".join(flow.lines) if are_many else ""
            marked = not self.look.marks.edges.isdisjoint(edges)
            flow = Flow(share=flow.share, size=flow.size) if are_many else flow
            faint = self.look.marks.others_faint and not marked
            arrows.append(Arrow(tail, head, part, marked, tooltip, flow, before, faint))
        return arrows

    def describe_flow(self, edges: Sequence[tuple[Value, int]]) -> Flow:
        """Return what an arrow says that stands for some edges."""
        stands, taken = self.stands, [node.inputs[position] for node, position in edges]
        values = len({self.alike.get(x, x) for x in [stands.get(x, x) for x in taken]})
        parted = self.folding is None and len(edges) > 1 and values == 1
        flow = self.look.describe_edges(edges, values)
        return flow._replace(partial="") if parted else flow  # to several nodes, by one each


def choose_depth(graph: Graph, folding: Folding | None = None) -> str:
    """Return how a graph is best drawn: one box a "node", a "neuron" or a "layer"."""
    places = folding.places if folding else {}
    neurons = {x: name for x, name in graph.neurons.items() if places.get(x, x) is x}
    count = len(set(places.values())) if folding else len(graph.nodes)
    if count <= EVERY_NODE or not neurons:
        return "node"
    few = len(set(neurons.values())) <= FEW_NEURONS and count - len(neurons) <= EVERY_NODE
    return "neuron" if few and not folding else "layer"


def choose_named(graph: Graph, stand: Value, members: Sequence[Value]) -> Value:
    """Return the node whose name a box has that stands for several.

    After a loop the user's variable is the node of the last repetition, where the first has no
    name: a page, which shows the last one, has that name, too.
    """
    if len(members) == 1:  # in a large graph, looking for what has names takes a while
        return stand
    given = graph.given_names
    return members[-1] if stand not in given and members[-1] in given else stand


def classify_node(node: Value, root: Value | None = None) -> str:
    """Say what part a node plays in the graph of a root."""
    if isinstance(node, Constant):
        return "constant"
    return "root" if node is root else "inner" if node.inputs else "leaf"
