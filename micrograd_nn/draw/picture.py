"""``draw``: one graph as a picture, with its numbers, its gradients and what flowed along edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..engine.order import is_leaf
from ..engine.steps import Step
from ..engine.value import Value
from ..graph.graph import Graph
from ..text import count_things, list_first
from ..tree import tree
from .boxes import BoxedGraph, Diagram, box_graph
from .collapse import EVERY_NODE, choose_depth
from .dot import write_dot
from .drawing import LAYOUT_SECONDS, Drawing
from .marks import Look, find_marks

MOST_BOXES = 400  # that are drawn, unless one says how many
FEW_NAMES = 3  # that a caption lists
MANY_NAMES = 12  # that the words of a picture list
PAPER = "white"  # behind what has no dark theme
CHOICES = {
    "direction": ("LR", "TB", "RL", "BT"),
    "show": ("both", "data", "grad"),
    "collapse": ("auto", "layer", "neuron", None),
}


def draw(
    root: Value | Graph,
    direction: str = "LR",
    *,
    names: Any = None,
    precision: int = 4,
    show: str = "both",
    highlight: Value | Step | None = None,
    paths_from: Value | None = None,
    color_by_gradient: bool = False,
    collapse: str | None = "auto",
    limit: int = MOST_BOXES,
    timeout: float = LAYOUT_SECONDS,
) -> Drawing:
    """Return a picture of everything that a value was made of.

    A node shows its number and its gradient, – before a backward pass. An edge shows the local
    derivative, and after a backward pass what flowed along it: upstream × local derivative = share.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y).source.count("× 3"))  # both edges of x * x
    2

    A number that was edited since the root was computed is marked so: gradients are those of the
    recorded pass. ``direction`` is LR (left to right), TB, RL or BT; ``names`` names the nodes
    that have no label (a model or a dictionary; by itself the caller's variables, ``{}`` for
    none); ``show`` is "both", "data" (the forward pass alone)
    or "grad". ``highlight`` marks a node or a step of ``steps(root)``, ``paths_from`` all paths
    that a node's gradient is summed over; ``color_by_gradient`` fills nodes by its size.

    ``collapse`` draws one box a "layer" or a "neuron" of the model in ``names``, or None every
    node; by itself it depends on how many there are, and the caption says. Of what would be
    more than ``limit`` boxes only those nearest to the root are drawn.
    """
    graph = Graph.of(root, names, "draw")
    check_options(direction, precision)
    for what, given in (("show", show), ("collapse", collapse)):
        if given not in CHOICES[what]:
            choices = ", ".join(map(repr, CHOICES[what]))
            raise ValueError(f"{what} is one of {choices}, not {given!r}")
    depth = choose_depth(graph) if collapse == "auto" else collapse or "node"
    marks = find_marks(graph, highlight, paths_from, color_by_gradient, precision)
    look = Look(precision, show, marks)
    boxed = box_graph(graph, depth, look)
    edges, edges_on_paper = explain_edges(graph, boxed, look)
    caption = [
        *marks.caption,
        *(describe_passes(graph) if look.has_grad else ()),
        *describe_depth(graph, boxed, depth, is_asked_for=collapse != "auto"),
    ]
    captions = [*edges, *caption], [*edges_on_paper, *caption]
    return make_drawing(graph, boxed.diagram, captions, direction, limit, timeout)


def make_drawing(
    graph: Graph,
    diagram: Diagram,
    captions: tuple[Sequence[str], Sequence[str]],
    direction: str,
    limit: int,
    timeout: float,
) -> Drawing:
    """Return a diagram as a drawing, with one caption on a screen and another on paper.

    Where no picture can be, it is the graph's tree.
    """
    diagram, left_out = limit_boxes(diagram, limit)
    on_screen, on_paper = [[*caption, *left_out] for caption in captions]
    source = write_dot(diagram, on_screen, direction)
    paper = write_dot(diagram, on_paper, direction, PAPER)
    return Drawing(source, lambda: str(tree(graph)), timeout, paper, name_picture(graph))


def name_picture(graph: Graph) -> str:
    """Say in words which graph a picture shows: its root, its size and its leaves.

    >>> x = Value(3.0, label="x")
    >>> name_picture(Graph(x * x))
    'The graph of v1: 2 nodes, from x'
    """
    leaves = [graph.names[x] for x in graph.nodes if is_leaf(x) and x is not graph.root]
    count = count_things(len(graph.nodes), "node")
    told = f"The graph of {graph.names[graph.root]}: {count}"
    return (
        f"{told}, from {list_first(leaves, MANY_NAMES, ' and {left:,} more')}" if leaves else told
    )


def check_options(direction: str, precision: int) -> None:
    """Refuse what is no direction and no number of digits."""
    if type(precision) is not int or precision < 1:
        error = ValueError if isinstance(precision, int) else TypeError
        raise error(f"precision is a number of digits, such as 4, not {precision!r}")
    if direction not in CHOICES["direction"]:
        raise ValueError(f"direction is one of LR, TB, RL, BT, not {direction!r}")


def explain_edges(graph: Graph, boxed: BoxedGraph, look: Look) -> tuple[list[str], list[str]]:
    """Say what is written at edges: on a screen, and on paper, where one can't point at them."""
    if not look.has_grad:
        return [], []
    tooltips = any(arrow.tooltip for arrow in boxed.diagram.arrows)
    where = "Point at" if tooltips else "On"
    flows = ", = what flows back through it" * (graph.root.grad is not None)
    edges = [f"{where} an edge: × the local derivative{flows}"]
    return edges, [] if tooltips else edges


def describe_passes(graph: Graph) -> list[str]:
    """Say, in a line of a caption, which gradients add up several backward passes.

    >>> x = Value(3.0, label="x")
    >>> y = 2 * x
    >>> y.backward()
    >>> describe_passes(Graph(y))
    []
    >>> y.backward()
    >>> describe_passes(Graph(y))
    ['grad of x adds up 2 passes']
    """
    several = [node for node in graph.nodes if node.grad and node.passes > 1]
    if not several:
        return []
    names = list_first([graph.names[node] for node in several], FEW_NAMES, " and {left:,} more")
    most = max(node.passes for node in several)
    add = "adds up" if len(several) == 1 else "add up"
    at_most = "at most " * any(node.passes < most for node in several)
    return [f"grad of {names} {add} {at_most}{most:,} passes"]


def describe_depth(graph: Graph, boxed: BoxedGraph, depth: str, is_asked_for: bool) -> list[str]:
    """Say, in a line of a caption, what a box stands for, and how else it can be.

    >>> graph = Graph(Value(3.0) * 2)
    >>> describe_depth(graph, box_graph(graph, "layer", Look()), "layer", is_asked_for=True)
    ['No neurons to collapse: names=model says which nodes are whose']
    """
    count = f"{len(graph.nodes):,} nodes"
    if depth != "node" and not boxed.groups:
        return ["No neurons to collapse: names=model says which nodes are whose"]
    if depth != "node":
        is_layer = depth == "layer"
        others = 'collapse="neuron" draws neurons, None' if is_layer else "collapse=None draws"
        return [f"One box a {depth}: {others} all {count}"]
    if not is_asked_for and len(graph.nodes) > EVERY_NODE and not graph.neurons:
        return [f"{count}, none collapsed: names=model draws a model by neurons or layers"]
    return []


def limit_boxes(diagram: Diagram, limit: int) -> tuple[Diagram, list[str]]:
    """Return the boxes nearest to the root, and in a line of a caption how many aren't drawn."""
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit is at least 1 box, not {limit!r}")
    near = diagram.keep_nearest(limit)
    left_out = len(diagram.boxes) - len(near.boxes)
    if not left_out:
        return diagram, []
    kept = {box.id for box in near.boxes}
    cut = Counter(arrow.head for arrow in diagram.arrows if arrow.tail not in kept)
    boxes = [
        box._replace(lines=[*box.lines, f"… {cut[box.id]} more"]) if box.id in cut else box
        for box in near.boxes
    ]
    are = "are" if left_out > 1 else "is"
    near_root = f"The {len(boxes):,} boxes nearest to the root; {left_out:,} more {are} left out"
    return near._replace(boxes=boxes), [f"{near_root} (limit={limit})"]
