"""Two graphs as one picture: what a step of training changed, or whatever made one of the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..engine.steps import is_same_number
from ..engine.value import Value
from ..graph.graph import Graph
from .boxes import classify_node
from .diagram import Arrow, Box, Diagram, add_notes
from .drawing import LAYOUT_SECONDS, Drawing
from .faces import Face, Flow, name_node
from .marks import Look
from .picture import MOST_BOXES, check_options, make_drawing


def draw_change(
    before: Value | Graph,
    after: Value | Graph,
    direction: str = "LR",
    *,
    names: Any = None,
    precision: int = 4,
    limit: int = MOST_BOXES,
    timeout: float = LAYOUT_SECONDS,
) -> Drawing:
    """Return one picture of two graphs of the same form, as before and after a training step.

    Each node shows its old → new number and gradient, the edges the new local derivatives; the
    leaves that changed are marked.

    >>> w = Value(3.0, label="w")
    >>> before = w * w
    >>> w.data = 2.0
    >>> "9 → 4" in draw_change(before, w * w).source
    True

    The numbers are those that each graph was recorded with. Graphs of another form are a
    ValueError:

    >>> draw_change(before, w + w)
    Traceback (most recent call last):
    ValueError: draw_change needs two graphs of one form: before is made by mul before, by add after
    """
    old = Graph.of(before, names, "draw_change")
    check_options(direction, precision)
    new = Graph.of(after, names, "draw_change")
    change = Change(old, new, pair_nodes(old, new))
    marked = [after for before, after in change.pairs.items() if change.is_new_input(before, after)]
    inputs = f"Marked: the {len(marked):,} input{'s' * (len(marked) > 1)} that changed"
    caption = [
        "Blue: value, orange: gradient, before → after; on an edge: × the local derivative after",
        inputs if marked else "Nothing changed",
    ]
    return draw_pairs(change, marked, {}, caption, direction, precision, limit, timeout)


class Change(NamedTuple):
    """Two graphs, the nodes that are in both, by pairs, and what the graphs are called."""

    old: Graph
    new: Graph
    pairs: Mapping[Value, Value]
    called: tuple[str, str] = ("before", "after")

    @property
    def partners(self) -> dict[Value, Value]:
        """The pairs the other way round: for a node of the new graph the one of the old."""
        return {after: before for before, after in self.pairs.items()}

    def is_new_input(self, before: Value, after: Value) -> bool:
        """Tell whether a node is given from outside, and with another number than before."""
        numbers = self.old.numbers[before], self.new.numbers[after]
        return not after.inputs and not is_same_number(*numbers)

    def find_parted_edges(self) -> tuple[set[tuple[Value, int]], set[tuple[Value, int]]]:
        """Return the edges that are in the old graph alone, and those in the new one alone.

        Of a node that is in one graph alone, no edge is among them.
        """
        gone, added = set(), set()
        for before, after in self.pairs.items():
            old, new = before.inputs, after.inputs
            for i in range(max(len(old), len(new))):
                if i >= len(old) or i >= len(new) or self.pairs.get(old[i]) is not new[i]:
                    gone |= {(before, i)} if i < len(old) else set()
                    added |= {(after, i)} if i < len(new) else set()
        return gone, added


def draw_pairs(
    change: Change,
    marked: Collection[Value],
    shades: Mapping[Value, int] = MappingProxyType({}),
    caption: Iterable[str] = (),
    direction: str = "LR",
    precision: int = 4,
    limit: int = MOST_BOXES,
    timeout: float = LAYOUT_SECONDS,
) -> Drawing:
    """Return one picture of two graphs: a box for two nodes that are one, or for one by itself.

    >>> x = Value(3.0, "x")
    >>> old, new = Graph(x * 2), Graph(x * 2 + 1)
    >>> change = Change(old, new, {x: x, old.root: new.root.inputs[0]})
    >>> "only after" in draw_pairs(change, []).source
    True

    ``marked`` and ``shades`` are by nodes of the new graph, or of the old one alone. The roots are
    a pair, or one of them has its partner within the other graph.
    """
    check_options(direction, precision)
    (old, new, pairs, called), look = change, Look(precision)
    partners = change.partners
    both = [(partners.get(node), node) for node in new.nodes]
    alone = [node for node in old.nodes if node not in pairs]
    boxes, ids = [], {}
    for before, after in both:
        if before is None:
            box = box_one(new, after, called[1], look)
        else:
            box = box_change(old, new, before, after, look)
        ids[after] = box.id
        boxes.append(box._replace(marked=after in marked, shade=shades.get(after)))
    for node in alone:
        box = box_one(old, node, called[0], look)
        ids[node] = f"o{box.id}"
        boxes.append(box._replace(id=ids[node], marked=node in marked, shade=shades.get(node)))
    gone, added = change.find_parted_edges()
    place = {node: ids[pairs.get(node, node)] for node in old.nodes}
    arrows = []
    for node in new.nodes:
        for i, (x, p) in enumerate(zip(node.inputs, node.partials, strict=True)):
            partial = "" if p is None else look.format_number(p)
            flow = Flow(partial, note=f"only {called[1]}" * ((node, i) in added))
            arrows.append(Arrow(ids[x], ids[node], i, flow=flow))
    for node in old.nodes:
        for i, x in enumerate(node.inputs):
            if node not in pairs or (node, i) in gone:
                flow = Flow(note=f"only {called[0]}" * (node in pairs))
                arrows.append(Arrow(place[x], place[node], -1 - i, flow=flow))
    root = ids[new.root] if old.root in pairs else place[old.root]  # from where all is reached
    diagram = Diagram(boxes, arrows, root)
    lines = [*caption]
    return make_drawing(new, diagram, (lines, lines), direction, limit, timeout)


def box_one(graph: Graph, node: Value, called: str, look: Look) -> Box:
    """Return the box of a node that is in one of two graphs alone.

    >>> graph = Graph(Value(2.0, "x"))
    >>> box_one(graph, graph.root, "after", Look()).face[2:]
    ('2', '1', ['only after'])
    """
    return add_notes(box_change(graph, graph, node, node, look), [f"only {called}"])


def box_change(old: Graph, new: Graph, before: Value, after: Value, look: Look) -> Box:
    """Return the box of a node before and after.

    >>> old, new = Graph(Value(2.0, "x")), Graph(Value(3.0, "x"))
    >>> box_change(old, new, old.root, new.root, Look()).face[:4]
    ('x', '', '2 → 3', '1')
    """

    def format_change(number: float | None, its: float | None) -> str:
        return " → ".join(dict.fromkeys([look.format_number(number), look.format_number(its)]))

    data = old.numbers[before], new.numbers[after]
    kind = classify_node(after, new.root)
    face = name_node(after, new.names[after], look)
    if kind != "constant":
        gradients = old.gradients.get(before), new.gradients.get(after)
        gradient = "" if gradients == (None, None) else format_change(*gradients)
        face = face._replace(value=format_change(*data), gradient=gradient)
    elif not is_same_number(*data):
        face = Face(format_change(*data))
    return Box(f"n{new.places[after]}", kind, face=face)


def pair_nodes(before: Graph, after: Graph) -> dict[Value, Value]:
    """Return for each node of one graph the node at its place in the other.

    >>> x = Value(2.0)
    >>> old, new = x * x, x * x
    >>> pair_nodes(Graph(old), Graph(new)) == {old: new, x: x}
    True

    Graphs of another form are a ValueError that names where they part.
    """
    pairs, back = {before.root: after.root}, {after.root: before.root}
    waiting = [(before.root, after.root)]
    while waiting:
        old, new = waiting.pop()
        made = [node.operation.name if node.operation else "" for node in (old, new)]
        if made[0] != made[1]:
            how = [f"made by {name}" if name else "not computed" for name in made]
            said = f"is {how[0]} before, {how[1].removeprefix('made ')} after"
            raise make_form_error(before.names[old], said)
        if len(old.inputs) != len(new.inputs):
            counts = f"has {len(old.inputs)} inputs before, {len(new.inputs)} after"
            raise make_form_error(before.names[old], counts)
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
