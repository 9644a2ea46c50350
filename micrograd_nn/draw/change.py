"""Two graphs of one form as one picture: what a step of training changed."""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..graph.graph import Graph
from .boxes import Arrow, Box, Diagram, classify_node, list_lines
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
    new, look = Graph.of(after, names, "draw_change"), Look(precision)
    pairs = {node: partner for partner, node in pair_nodes(old, new).items()}
    boxes = [box_change(old, new, pairs[node], node, look) for node in new.nodes]
    ids = {node: box.id for node, box in zip(new.nodes, boxes, strict=True)}
    arrows = [
        connect_boxes(ids[x], ids[node], i, "" if p is None else look.format_number(p))
        for node in new.nodes
        for i, (x, p) in enumerate(zip(node.inputs, node.partials, strict=True))
    ]
    diagram = Diagram(boxes, arrows, ids[new.root])
    changed = sum(box.marked for box in boxes)
    inputs = f"Marked: the {changed:,} input{'s' * (changed > 1)} that changed"
    caption = [
        "Blue: value, orange: gradient, before → after; on an edge: × the local derivative after",
        inputs if changed else "Nothing changed",
    ]
    return make_drawing(new, diagram, (caption, caption), direction, limit, timeout)


def box_change(old: Graph, new: Graph, before: Value, after: Value, look: Look) -> Box:
    """Return the box of a node before and after, marked if it is an input that changed.

    >>> old, new = Graph(Value(2.0, "x")), Graph(Value(3.0, "x"))
    >>> box_change(old, new, old.root, new.root, Look()).lines
    ['x', 'data 2 → 3', 'grad 1']
    """

    def format_change(number: float | None, its: float | None) -> str:
        return " → ".join(dict.fromkeys([look.format_number(number), look.format_number(its)]))

    data = old.numbers[before], new.numbers[after]
    differs = not after.inputs and repr(data[0]) != repr(data[1])  # NaN is NaN
    kind = classify_node(after, new.root)
    face = name_node(after, new.names[after], look)
    if kind != "constant":
        gradients = old.gradients.get(before), new.gradients.get(after)
        gradient = "" if gradients == (None, None) else format_change(*gradients)
        face = face._replace(value=format_change(*data), gradient=gradient)
    elif differs:
        face = Face(format_change(*data))
    id = f"n{new.places[after]}"
    return Box(id, list_lines(face, kind, True), kind, differs, face=face)


def connect_boxes(tail: str, head: str, part: int, partial: str) -> Arrow:
    """Return the arrow of an edge that shows its local derivative."""
    flow = Flow(partial)
    return Arrow(tail, head, part, flow.lines, flow=flow)


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
