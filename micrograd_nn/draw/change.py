"""Two graphs of one form as one picture: what a step of training changed."""

from __future__ import annotations

from typing import Any

from ..engine.order import nodes
from ..engine.value import Value
from ..graph.naming import names_of
from ..graph.numbers import gradients, made_from
from ..text import short
from ..tree import tree
from .boxes import Arrow, Box
from .drawing import SECONDS, Drawing
from .picture import LIMIT, PAPER, bounded, check, kind_of, lines_of


def paired(before: Value, after: Value, names: Any = None) -> dict[Value, Value]:
    """Return for each node of one graph the node at its place in the other.

    >>> x = Value(2.0)
    >>> old, new = x * x, x * x
    >>> paired(old, new) == {old: new, x: x}
    True

    Graphs of another form are a ValueError that names where they part.
    """
    pairs, back = {before: after}, {after: before}
    waiting = [(before, after)]
    while waiting:
        old, new = waiting.pop()
        made = [node.operation.name if node.operation else "" for node in (old, new)]
        if made[0] != made[1]:
            how = [f"made by {name}" if name else "not computed" for name in made]
            part(before, old, names, f"is {how[0]} before, {how[1].removeprefix('made ')} after")
        if len(old.inputs) != len(new.inputs):
            counts = f"has {len(old.inputs)} inputs before, {len(new.inputs)} after"
            part(before, old, names, counts)
        for one, other in zip(old.inputs, new.inputs, strict=True):
            if (
                type(one) is not type(other)
                or pairs.get(one, other) is not other
                or (back.get(other, one) is not one)
            ):
                part(before, old, names, "has other inputs before than after")
            if one not in pairs:
                pairs[one], back[other] = other, one
                waiting.append((one, other))
    return pairs


def part(before: Value, node: Value, names: Any, how: str) -> None:
    """Raise the error that says at which node two graphs part."""
    name = names_of(before, names)[node]
    raise ValueError(f"draw_change needs two graphs of one form: {name} {how}")


def draw_change(
    before: Value,
    after: Value,
    direction: str = "LR",
    *,
    names: Any = None,
    precision: int = 4,
    limit: int = LIMIT,
    timeout: float = SECONDS,
) -> Drawing:
    """Return one picture of two graphs of the same form, as before and after a training step.

    Each node shows its old → new number and gradient, the edges the new local derivatives; the
    leaves that changed are marked.

    >>> w = Value(3.0, label="w")
    >>> before = w * w
    >>> w.data = 2.0
    >>> "data 9 → 4" in draw_change(before, w * w).source
    True

    The numbers are those that each graph was recorded with. Graphs of another form are a
    ValueError:

    >>> draw_change(before, w + w)
    Traceback (most recent call last):
    ValueError: draw_change needs two graphs of one form: v1 is made by mul before, by add after
    """
    for root in (before, after):
        check(root, direction, precision, "draw_change")
    named = names_of(after, names)
    old_of = {new: old for old, new in paired(before, after, names).items()}
    graph = nodes(after)
    place = {node: f"n{i}" for i, node in enumerate(graph)}
    data, grads = (made_from(before), made_from(after)), (gradients(before), gradients(after))
    boxes, changed = [], 0

    def told(old: float | None, new: float | None) -> str:
        texts = dict.fromkeys([short(old, precision), short(new, precision)])
        return " → ".join(texts)

    for node in graph:
        old, kind = old_of[node], kind_of(node, after)
        numbers = data[0][old], data[1][node]
        differs = not node.inputs and repr(numbers[0]) != repr(numbers[1])  # NaN is NaN
        lines = lines_of(node, named[node], precision=precision)[:1]
        if kind != "constant":
            lines += [
                f"data {told(*numbers)}",
                f"grad {told(grads[0].get(old), grads[1].get(node))}",
            ]
        elif differs:
            lines = [told(*numbers)]
        changed += differs
        boxes.append(Box(place[node], lines, kind, differs))
    arrows = [
        Arrow(place[input], place[node], i, [] if p is None else [f"× {short(p, precision)}"])
        for node in graph
        for i, (input, p) in enumerate(zip(node.inputs, node.partials, strict=True))
    ]
    caption = ["Before → after; on an edge: × the local derivative after"]
    inputs = f"the {changed:,} input{'s' * (changed > 1)} that changed"
    caption.append(f"Marked: {inputs}" if changed else "Nothing changed")
    drawn = boxes, arrows, place[after], caption, direction, limit
    return Drawing(
        bounded(*drawn), lambda: str(tree(after, names)), timeout, bounded(*drawn, PAPER)
    )
