"""Two graphs as one picture: what a step of training changed, or whatever made one of the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..engine.backprop import is_same_number
from ..engine.value import Value
from ..graph.change import Change
from ..graph.graph import Graph
from ..text import count_things
from .boxes import box_graph, classify_node
from .captions import count_left_out, describe_folding, describe_part
from .collapse import choose_depth
from .diagram import Arrow, Box, Diagram, add_notes
from .drawing import LAYOUT_SECONDS, Drawing
from .faces import Face, Flow, name_node
from .marks import Look, Marks
from .part import Extent
from .picture import MOST_BOXES, check_limit, check_options, choose_folding, make_drawing


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
    check_options(direction, precision)
    new = Graph.of(after, names, "draw_change")
    change = Change(old, new, pair_nodes(old, new))
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

    >>> x = Value(3.0, "x")
    >>> old, new = Graph(x * 2), Graph(x * 2 + 1)
    >>> change = Change(old, new, {x: x, old.root: new.root.inputs[0]})
    >>> "only after" in draw_pairs(change, []).source
    True

    ``marked`` and ``shades`` are by nodes of the new graph, or of the old one alone. The roots are
    a pair, or one of them has its partner within the other graph. Repeats are folded where both
    graphs have one form.
    """
    check_options(direction, precision)
    check_limit(limit)
    lines = [*caption]
    if change.is_of_one_form:
        marks = Marks(frozenset(marked), shades=shades)
        look = Look(precision, marks=marks, change=change)
        diagram, told = box_one_form(change, look, fold, limit, how_else)
        lines += told
    else:
        diagram = box_pairs(change, marked, shades, Look(precision), limit)
        left_out = len(change.new.nodes) + len(change.old.nodes) - len(change.pairs)
        left_out -= len(diagram.boxes)
        if left_out:
            lines.append(count_left_out(len(diagram.boxes), left_out, "the root", limit))
    return make_drawing(change.new, diagram, (lines, lines), direction, None, timeout)


def box_one_form(
    change: Change, look: Look, fold: bool | str, limit: int, how_else: str
) -> tuple[Diagram, list[str]]:
    """Return the boxes and arrows of two graphs of one form, and what there is to say of them."""
    graph = Graph(change.new.root, change.new.namespace)
    graph.nodes, graph.names = change.new.nodes, change.names[1]  # a pair's are one
    folding = choose_folding(graph, fold, None)
    depth = choose_depth(graph, folding) if folding else "node"
    boxed = box_graph(graph, depth, look, folding, Extent(limit))
    return boxed.diagram, [
        *describe_folding(graph, boxed, folding, None, fold != "auto", how_else),
        *describe_part(graph, boxed, None, 0, limit),
    ]


def box_pairs(
    change: Change,
    marked: Collection[Value],
    shades: Mapping[Value, int],
    look: Look,
    limit: int,
) -> Diagram:
    """Return the boxes and arrows of two graphs of which one has what the other lacks."""
    edges = collect_edges(change, limit)
    drawn = [node for node in change.new.nodes if node in edges]
    drawn += [node for node in change.old.nodes if node in edges and node not in change.pairs]
    boxes = {node: box_pair(change, node, look) for node in drawn}
    arrows = []
    for node, box in boxes.items():
        for tail, part, partial, note in edges[node]:
            if tail in boxes:
                flow = Flow("" if partial is None else look.format_number(partial), note=note)
                arrows.append(Arrow(boxes[tail].id, box.id, part, flow=flow))
        left_out = sum(edge.tail not in boxes for edge in edges[node])
        notes = [f"+ {count_things(left_out, 'input')}"] if left_out else []
        box = add_notes(box, notes) if notes else box
        boxes[node] = box._replace(marked=node in marked, shade=shades.get(node))
    return Diagram(list(boxes.values()), arrows, boxes[change.start].id)


class PairEdge(NamedTuple):
    """An edge of one of two graphs, or of both: from which node, and what is told of it."""

    tail: Value
    part: int
    partial: float | None = None
    note: str = ""


def collect_edges(change: Change, limit: int) -> dict[Value, list[PairEdge]]:
    """Return the nodes nearest to the root, so many at most, each with the edges to it.

    >>> x = Value(3.0, "x")
    >>> old, new = Graph(x * 2), Graph(x * 2)
    >>> change = Change(old, new, {x: x, old.root: new.root})
    >>> [edge.note for edge in collect_edges(change, 1)[new.root]]
    ['', 'only after', 'only before']

    A node that is in both graphs is that of the new one.
    """
    found: dict[Value, list[PairEdge]] = {}
    waiting, met = deque([change.start]), {change.start}
    while waiting and len(found) < limit:
        node = waiting.popleft()
        found[node] = list_edges(change, node)
        for edge in found[node]:
            if edge.tail not in met:
                met.add(edge.tail)
                waiting.append(edge.tail)
    return found


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
        lost = [before.inputs[i] for i in gone]
        edges += [
            PairEdge(pairs.get(x, x), -1 - i, note=notes[0])
            for i, x in zip(gone, lost, strict=True)
        ]
    return edges


def box_pair(change: Change, node: Value, look: Look) -> Box:
    """Return the box of a node of the new graph and its partner, or of one that has none.

    >>> x = Value(2.0, "x")
    >>> change = Change(Graph(x), Graph(Value(3.0, "x")), {})
    >>> box_pair(change, x, Look()).face[2:]
    ('2', '1', ['only before'])
    """
    before = change.partners.get(node)
    if before is not None:
        return box_change(change, before, node, look)
    graph, i = (change.new, 1) if node in change.new.places else (change.old, 0)
    box = box_numbers((graph, graph), (node, node), change.names[i][node], look)
    box = add_notes(box, [f"only {change.called[i]}"])
    return box if i else box._replace(id=f"o{box.id}")


def box_change(change: Change, before: Value, after: Value, look: Look) -> Box:
    """Return the box of a node before and after.

    >>> change = Change(Graph(Value(2.0, "x")), Graph(Value(3.0, "x")), {})
    >>> box_change(change, change.old.root, change.new.root, Look()).face[:4]
    ('x', '', '2 → 3', '1')
    """
    name = change.names[1][after]
    return box_numbers((change.old, change.new), (before, after), name, look)


def box_numbers(
    graphs: tuple[Graph, Graph], nodes: tuple[Value, Value], name: str, look: Look
) -> Box:
    """Return the box of a node with its numbers in two graphs."""
    (old, new), (before, after) = graphs, nodes
    data = old.numbers[before], new.numbers[after]
    kind = classify_node(after, new.root)
    face = name_node(after, name, look)
    if kind != "constant":
        gradients = old.gradients.get(before), new.gradients.get(after)
        gradient = "" if gradients == (None, None) else look.format_change(*gradients)
        face = face._replace(value=look.format_change(*data), gradient=gradient)
    elif not is_same_number(*data):
        face = Face(look.format_change(*data))
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
