"""Pictures of computation graphs: every value, its gradient, and what flowed along each edge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.order import nodes
from ..engine.steps import Step
from ..engine.value import Constant, Value
from ..graph.naming import check_root, names_of
from ..graph.numbers import stale
from ..text import short
from ..tree import tree
from .boxes import Arrow, Box, nearest, written
from .collapse import arrows_of, folded, layer_of, neurons_in
from .drawing import SECONDS, Drawing
from .marking import legend, marks, shades_of

LIMIT = 400  # boxes that are drawn
EVERY_NODE = 60  # a graph of no more nodes is drawn whole, if not told how
FEW_NEURONS = 24
FEW_NAMES = 3  # that a caption lists
PAPER = "white"  # behind what has no dark theme


def draw(
    root: Value,
    direction: str = "LR",
    *,
    names: Any = None,
    precision: int = 4,
    show: str = "both",
    highlight: Value | Step | None = None,
    paths_from: Value | None = None,
    color_by_gradient: bool = False,
    collapse: str | None = "auto",
    limit: int = LIMIT,
    timeout: float = SECONDS,
) -> Drawing:
    """Return a picture of everything that a value was made of.

    A node shows its number and its gradient, – before a backward pass. An edge shows the local
    derivative, and after a backward pass what flowed along it: upstream × partial = amount.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y).source.count("× 3"))  # both edges of x * x
    2

    A number that was edited since the root was computed is marked so: gradients are those of the
    recorded pass. ``direction`` is LR (left to right), TB, RL or BT; ``names`` names the nodes
    (``locals()``, a model or a dictionary); ``show`` is "both", "data" (the forward pass alone)
    or "grad". ``highlight`` marks a node or one of ``backprop.steps``, ``paths_from`` all paths
    that a node's gradient is summed over; ``color_by_gradient`` fills nodes by its size.

    ``collapse`` draws one box a "layer" or a "neuron" of the model in ``names``, or None every
    node; by itself it depends on how many there are, and the caption tells. Of what would be
    more than ``limit`` boxes only those nearest to the root are drawn.
    """
    check(root, direction, precision, "draw")
    for what, given, choices in (
        ("show", show, ("both", "data", "grad")),
        ("collapse", collapse, ("auto", "layer", "neuron", None)),
    ):
        if given not in choices:
            raise ValueError(f"{what} is one of {', '.join(map(repr, choices))}, not {given!r}")
    graph = nodes(root)
    named, neurons = names_of(root, names), neurons_in(graph, names)
    is_auto = collapse == "auto"
    if is_auto:
        many = len(graph) > EVERY_NODE and neurons
        few = len(set(neurons.values())) <= FEW_NEURONS and len(graph) - len(neurons) <= EVERY_NODE
        collapse = ("neuron" if few else "layer") if many else None
    groups = folded(graph, neurons, collapse, precision, show)
    holder = {node: group for group in groups for node in group.nodes}
    marked, marked_edges, caption = marks(root, named, highlight, paths_from, precision)
    edited = set(stale(root))
    shades = shades_of(graph) if color_by_gradient else {}
    boxes: dict[str, Box] = {}
    place = {node: holder[node].id if node in holder else f"n{i}" for i, node in enumerate(graph)}
    for node in graph:
        id = place[node]
        if node in holder and id not in boxes:
            group = holder[node]
            is_marked = not marked.isdisjoint(group.nodes)
            shade = max((shades[n] for n in group.nodes if n in shades), default=None)
            boxes[id] = Box(id, group.lines, group.kind, is_marked, shade)
        elif node not in holder:
            owner = "" if collapse else neurons.get(node, "")
            within = tuple(dict.fromkeys([layer_of(owner), owner])) if owner else ()
            name = named[node].removeprefix(f"{owner}.")  # the cluster tells whose it is
            lines = lines_of(node, name, node in edited, precision, show)
            kind = kind_of(node, root)
            boxes[id] = Box(id, lines, kind, node in marked, shades.get(node), within)
    passed = root.grad is not None
    arrows = arrows_of(graph, place, holder, marked_edges, precision, show, passed)
    if color_by_gradient:
        caption.append(f"Fill: the size of the gradient, {legend(graph, precision)}")
    if show != "data":
        caption += summed(graph, named)
    if collapse and not groups:
        caption.append("No neurons to collapse: names=model says which nodes are whose")
    elif collapse:
        others = (
            'collapse="neuron" draws neurons, None'
            if collapse == "layer"
            else "collapse=None draws"
        )
        caption.append(f"One box a {collapse}: {others} all {len(graph):,} nodes")
    elif is_auto and len(graph) > EVERY_NODE and not neurons:
        caption.append(
            f"{len(graph):,} nodes, none collapsed: names=model draws a model by neurons or layers"
        )
    tooltips = any(arrow.tooltip for arrow in arrows)
    where, flows = "Point at" if tooltips else "On", ", = what flows back through it" * passed
    edges = [f"{where} an edge: × the local derivative{flows}"] * (show != "data")
    on_paper = [] if tooltips else edges  # where one can't point
    drawn = list(boxes.values()), arrows, place[root]
    return Drawing(
        bounded(*drawn, [*edges, *caption], direction, limit),
        lambda: str(tree(root, names)),
        timeout,
        bounded(*drawn, [*on_paper, *caption], direction, limit, PAPER),
    )


def summed(graph: Iterable[Value], named: Mapping[Value, str]) -> list[str]:
    """Say, in a line of a caption, which gradients add up several backward passes.

    >>> x = Value(3.0)
    >>> y = 2 * x
    >>> y.backward()
    >>> summed([x, y], {x: "x", y: "y"})
    []
    >>> y.backward()
    >>> summed([x, y], {x: "x", y: "y"})
    ['grad of x adds up 2 passes']
    """
    several = [node for node in graph if node.grad and node.passes > 1]
    if not several:
        return []
    names = ", ".join([named[node] for node in several[:FEW_NAMES]])
    more = f" and {len(several) - FEW_NAMES:,} more" if len(several) > FEW_NAMES else ""
    most = max(node.passes for node in several)
    add = "adds up" if len(several) == 1 else "add up"
    at_most = "at most " * any(node.passes < most for node in several)
    return [f"grad of {names}{more} {add} {at_most}{most:,} passes"]


def bounded(
    boxes: list[Box],
    arrows: list[Arrow],
    root: str,
    caption: list[str],
    direction: str,
    limit: int,
    background: str = "transparent",
) -> str:
    """Return the boxes nearest to the root as DOT, and in the caption how many aren't drawn."""
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit is at least 1 box, not {limit!r}")
    kept, left_out = nearest([box.id for box in boxes], arrows, root, limit)
    if left_out:
        are = "are" if left_out > 1 else "is"
        told = f"The {len(kept):,} boxes nearest to the root; {left_out:,} more {are} left out"
        caption = [*caption, f"{told} (limit={limit})"]
        cut = Counter(arrow.head for arrow in arrows if arrow.tail not in kept)
        boxes = [
            box._replace(lines=[*box.lines, f"… {cut[box.id]} more"]) if box.id in cut else box
            for box in boxes
            if box.id in kept
        ]
        arrows = [arrow for arrow in arrows if arrow.tail in kept and arrow.head in kept]
    return written(boxes, arrows, caption, direction, background)


def check(root: object, direction: str, precision: int, what: str) -> None:
    """Refuse what is no root of a graph, no direction and no number of digits."""
    check_root(root, what)
    if type(precision) is not int or precision < 1:
        error = ValueError if isinstance(precision, int) else TypeError
        raise error(f"precision is a number of digits, such as 4, not {precision!r}")
    if direction not in ("LR", "TB", "RL", "BT"):
        raise ValueError(f"direction is one of LR, TB, RL, BT, not {direction!r}")


def kind_of(node: Value, root: Value) -> str:
    """Say what part a node plays in the picture of ``root``."""
    if isinstance(node, Constant):
        return "constant"
    return "root" if node is root else "inner" if node.inputs else "leaf"


def lines_of(
    node: Value, name: str, is_edited: bool = False, precision: int = 4, show: str = "both"
) -> list[str]:
    """Return the lines of text in a node: its name and operation, then its numbers."""
    if isinstance(node, Constant):  # one without a name is called by its number
        return [short(node.data, precision) if name == short(node.data) else name]
    lines = [f"{name} = {node.operation.symbol}" if node.operation else name]
    if show != "grad":
        lines.append(f"data {short(node.data, precision)}" + " (edited)" * is_edited)
    if show != "data":
        lines.append(f"grad {short(node.grad, precision)}")
    return lines
