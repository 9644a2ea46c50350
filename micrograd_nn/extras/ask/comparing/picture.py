"""Two graphs as one picture: what a step of training changed, or whatever made one of the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from ...._ground.text import count_things, format_change, format_number
from ....draw.boxes import Boxes, Extent, choose_depth, classify_node
from ....draw.captions import count_left_out, describe_folding, describe_part
from ....draw.diagram import Arrow, Box, Diagram, Flow
from ....draw.drawing import LAYOUT_SECONDS, Drawing
from ....draw.look import Look
from ....draw.marks import Marks
from ....draw.picture import MOST_BOXES, check_limit, check_options, choose_folding, make_drawing
from ....engine.value import Value
from ....graph.folding import format_range, measure_range
from ....graph.graph import Graph
from ....graph.paths import find_nearest
from .matching import Change, pair_places


def draw_change(
    before: Value | Graph,
    after: Value | Graph,
    direction: str = "LR",
    *,
    names: Any = None,
    precision: int = 4,
    fold: bool | str = "auto",
    limit: int = MOST_BOXES,
    timeout: float = LAYOUT_SECONDS,
) -> Drawing:
    """Return one picture of two graphs of the same form, as before and after a training step.

    Each node shows its old → new number and gradient, the edges the new local derivatives; the
    leaves that changed are marked. Repeats are folded as ``draw`` does.

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
    new = Graph.of(after, names, "draw_change")
    change = Change(old, new, pair_places(old, new))
    marked = [after for before, after in change.pairs.items() if change.is_new_input(before, after)]
    inputs = f"Marked: the {len(marked):,} input{'s' * (len(marked) > 1)} that changed"
    caption = [
        "Blue: value, orange: gradient, before → after; on an edge: × the local derivative after",
        inputs if marked else "Nothing changed",
    ]
    return draw_pairs(
        change, marked, {}, caption, direction, precision, limit, timeout, fold,
        how_else="fold=False unfolds",
    )  # fmt: skip


def draw_pairs(
    change: Change,
    marked: Collection[Value],
    shades: Mapping[Value, int] = MappingProxyType({}),
    caption: Iterable[str] = (),
    direction: str = "LR",
    precision: int = 4,
    limit: int = MOST_BOXES,
    timeout: float = LAYOUT_SECONDS,
    fold: bool | str = "auto",
    how_else: str = "draw_change(…, fold=False) unfolds",
) -> Drawing:
    """Return one picture of two graphs: a box for two nodes that are one, or for one by itself.

    ``marked`` and ``shades`` are by nodes of the new graph, or of the old one alone. The roots are
    a pair, or one of them has its partner within the other graph. Repeats are folded where both
    graphs have one form.
    """
    check_options(direction, precision)
    check_limit(limit)
    lines = [*caption]
    if change.is_of_one_form:
        boxes = box_one_form(
            change, Marks(frozenset(marked), shades=shades), precision, fold, limit
        )
        diagram = boxes.diagram
        lines += [*describe_folding(boxes, fold != "auto", how_else), *describe_part(boxes)]
    else:
        diagram = box_pairs(
            change, marked, shades, ChangedLook(change.new, precision, change=change), limit
        )
        left_out = len(change.new.nodes) + len(change.old.nodes) - len(change.pairs)
        left_out -= len(diagram.boxes)
        if left_out:
            lines.append(count_left_out(len(diagram.boxes), left_out, "the root", limit))
    return make_drawing(change.new, diagram, (lines, lines), direction, timeout)


@dataclass(frozen=True)
class ChangedLook(Look):
    """How a picture shows two graphs: numbers and gradients before and after."""

    change: Change = field(kw_only=True)

    @property
    def has_shares(self) -> bool:
        """Whether gradients are of one backward pass: these are of two."""
        return False

    @property
    def edited(self) -> Collection[Value]:
        """The nodes whose edits are told by themselves: the numbers before and after tell it."""
        return ()

    def show_numbers(self, nodes: Sequence[Value]) -> str:
        """Return the number of a node before and after, or the least and the greatest of several.

        They are those that each graph was recorded with.
        """
        sides = find_sides(self.change, nodes)
        before, after = [[graph.numbers[node] for graph, node in side] for side in sides]
        return format_range_change(before, after, self.precision)

    def show_gradients(self, nodes: Sequence[Value]) -> str:
        """Return the gradient of a node before and after; "" where no pass reaches it."""
        sides = find_sides(self.change, nodes)
        before, after = [[graph.gradients.get(node) for graph, node in side] for side in sides]
        has_none = {*before, *after} == {None}
        return "" if has_none else format_range_change(before, after, self.precision)

    def name_constant(self, members: Sequence[Value], name: str) -> str:
        """Return what stands for a constant: its numbers before and after where it changed."""
        before = self.change.partners.get(members[0])
        if before is not None and self.change.is_new_input(before, members[0]):
            return self.show_numbers(members)
        return super().name_constant(members, name)


def find_sides(
    change: Change, nodes: Iterable[Value]
) -> tuple[list[tuple[Graph, Value]], list[tuple[Graph, Value]]]:
    """Return for each node the graph and the node before, and those after.

    Of a node that is in one graph alone, both are that graph's.
    """
    after = [(change.new if node in change.new.places else change.old, node) for node in nodes]
    partners = change.partners
    before = [
        (change.old, partners[node]) if node in partners else (graph, node) for graph, node in after
    ]
    return before, after


def format_range_change(
    before: Sequence[float | None], after: Sequence[float | None], precision: int
) -> str:
    """Return the least and the greatest number before and after as a text.

    >>> format_range_change([2.0, -1.0], [3.0, -1.0], 4)
    '−1 … 2 → −1 … 3'

    What differs is written with as many digits as show it:

    >>> format_range_change([0.0, 1.0], [0.0, 1.000001], 4)
    '0 … 1 → 0 … 1.000001'
    """
    ends = measure_range(before), measure_range(after)
    if all(low == high or low != low for low, high in ends):
        return format_change(ends[0][0], ends[1][0], precision)
    shown = [format_range(numbers, precision) for numbers in ends]
    if shown[0] == shown[1] and ends[0] != ends[1]:
        return format_range_change(before, after, precision + 1)
    return " → ".join(dict.fromkeys(shown))


def box_one_form(
    change: Change, marks: Marks, precision: int, fold: bool | str, limit: int
) -> Boxes:
    """Return the boxes and arrows of two graphs of one form."""
    graph = Graph(change.new.root, change.new.namespace)
    graph.nodes, graph.names = change.new.nodes, change.names[1]  # a pair's are one
    folding = choose_folding(graph, fold)
    depth = choose_depth(graph, folding) if folding else "node"
    look = ChangedLook(graph, precision, marks=marks, change=change)
    return Boxes(look, depth, folding, Extent(limit))


def box_pairs(
    change: Change,
    marked: Collection[Value],
    shades: Mapping[Value, int],
    look: Look,
    limit: int,
) -> Diagram:
    """Return the boxes and arrows of two graphs of which one has what the other lacks."""
    near = find_nearest(
        change.start, lambda node: [edge.tail for edge in list_edges(change, node)], limit
    )
    edges = {node: list_edges(change, node) for node in near}
    drawn = [node for node in change.new.nodes if node in edges]
    drawn += [node for node in change.old.nodes if node in edges and node not in change.pairs]
    boxes = {node: box_pair(change, node, look) for node in drawn}
    arrows = []
    for node, box in boxes.items():
        for tail, part, partial, note in edges[node]:
            if tail in boxes:
                shown = "" if partial is None else format_number(partial, look.precision)
                arrows.append(Arrow(boxes[tail].id, box.id, part, flow=Flow(shown, note=note)))
        left_out = sum(edge.tail not in boxes for edge in edges[node])
        notes = [f"+ {count_things(left_out, 'input')}"] if left_out else []
        box = box.add_notes(notes) if notes else box
        boxes[node] = box._replace(marked=node in marked, shade=shades.get(node))
    return Diagram(list(boxes.values()), arrows)


class PairEdge(NamedTuple):
    """An edge of one of two graphs, or of both: from which node, and what is said of it."""

    tail: Value
    part: int
    partial: float | None = None
    note: str = ""


def list_edges(change: Change, node: Value) -> list[PairEdge]:
    """Return the edges to a node in both graphs, those that are in one alone with a note."""
    pairs, before = change.pairs, change.partners.get(node)
    if before is None and node not in change.new.places:
        return [PairEdge(pairs.get(x, x), -1 - i) for i, x in enumerate(node.inputs)]
    gone, added = ([], []) if before is None else change.find_parted_inputs(before, node)
    notes = [f"only {name}" for name in change.called]
    edges = [
        PairEdge(x, i, partial, notes[1] * (i in added))
        for i, (x, partial) in enumerate(zip(node.inputs, node.partials, strict=True))
    ]
    if before is not None:
        lost = [(i, before.inputs[i]) for i in gone]
        edges += [PairEdge(pairs.get(x, x), -1 - i, note=notes[0]) for i, x in lost]
    return edges


def box_pair(change: Change, node: Value, look: Look) -> Box:
    """Return the box of a node of the new graph and its partner, or of one that has none."""
    i = 1 if node in change.new.places else 0
    graph = (change.old, change.new)[i]
    face = look.describe_node([node], change.names[i][node])
    box = Box(f"n{graph.places[node]}", classify_node(node, graph.root), face=face)
    if node in change.partners:
        return box
    box = box.add_notes([f"only {change.called[i]}"])
    return box if i else box._replace(id=f"o{box.id}")
