"""``draw``: one graph as a picture, with its numbers, its gradients and what flowed along edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..engine.order import is_leaf
from ..engine.steps import Step
from ..engine.value import Value
from ..graph.folding import Folding, fold_repeats
from ..graph.graph import Graph
from ..text import count_things, list_first
from ..tree import tree
from .animation import write_animation
from .boxes import BoxedGraph, Diagram, Extent, add_notes, box_graph
from .collapse import EVERY_NODE, choose_depth
from .dot import write_dot
from .drawing import LAYOUT_SECONDS, Drawing, Sketch
from .marks import Look, check_marked, find_marks

MOST_BOXES = 400  # that are drawn, unless one says how many
FEW_NAMES = 3  # that a caption lists
MANY_NAMES = 12  # that the words of a picture list
ON_PAPER = "◄"  # in place of ◂, which few fonts have
PAPER = "white"  # behind what has no dark theme
CHOICES = {
    "direction": ("LR", "TB", "RL", "BT"),
    "show": ("both", "data", "grad"),
    "collapse": ("auto", "layer", "neuron", None),
    "fold": ("auto", True, False),
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
    fold: bool | str = "auto",
    repetition: int | None = None,
    around: Value | None = None,
    radius: int = 3,
    limit: int = MOST_BOXES,
    timeout: float = LAYOUT_SECONDS,
) -> Drawing:
    """Return a picture of everything that a value was made of.

    A node shows its value in blue and, after a backward pass, its gradient in orange. An edge
    shows the local derivative, and below it the share that flowed back: its head is then at the
    input that the share went to.

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
    node; by itself it depends on how many there are, and the caption says.

    ``fold`` draws what is repeated, as a loop over examples repeats a network, once, in a frame
    that says how often: with the least and the greatest of each number, or with those of one
    ``repetition``, counted from 0. By itself it does so if there are more than 60 nodes.

    >>> loss = sum((x * i - 1) ** 2 for i in range(100))
    >>> draw(loss).source.count("× 100"), draw(loss, repetition=7).source.count("repetition=7")
    (1, 1)

    ``around`` draws the boxes within ``radius`` edges of a node. Of what would be more than
    ``limit`` boxes only those nearest to it, or to the root, are drawn.
    """
    graph = Graph.of(root, names, "draw")
    check_options(direction, precision)
    for what, given in (("show", show), ("collapse", collapse), ("fold", fold)):
        if given not in CHOICES[what]:
            choices = ", ".join(map(repr, CHOICES[what]))
            raise ValueError(f"{what} is one of {choices}, not {given!r}")
    check_limit(limit)
    check_around(graph, around, radius)
    folding = choose_folding(graph, fold, repetition)
    depth = choose_depth(graph, folding) if collapse == "auto" else collapse or "node"
    marks = find_marks(graph, highlight, paths_from, color_by_gradient, precision)
    look = Look(precision, show, marks)
    boxed = box_graph(graph, depth, look, folding, Extent(limit, around, radius), repetition)
    edges, edges_on_paper = explain_edges(graph, boxed, look)
    caption = [
        *marks.caption,
        *(describe_passes(graph) if look.has_grad else ()),
        *describe_folding(graph, boxed, folding, repetition),
        *describe_depth(graph, boxed, depth, is_asked_for=collapse != "auto"),
        *describe_part(graph, boxed, around, radius, limit),
    ]
    captions = [*edges, *caption], [*edges_on_paper, *caption]
    drawing = make_drawing(graph, boxed.diagram, captions, direction, None, timeout)
    is_all = show == "both" and collapse in ("auto", None) and fold is not True
    is_plain = (highlight, paths_from, around, repetition) == (None,) * 4 and not color_by_gradient
    if drawing.sketch is not None and is_all and is_plain:  # what is asked for is never dropped
        drawing.sketch = drawing.sketch._replace(
            animate=lambda seconds: write_animation(graph, direction, precision, seconds)
        )
    return drawing


def choose_folding(graph: Graph, fold: bool | str, repetition: int | None) -> Folding | None:
    """Return a graph's repeats folded if that is asked for, or if it is large and has any.

    >>> x = Value(3.0)
    >>> graph = Graph(sum(x * i for i in range(5)))
    >>> choose_folding(graph, "auto", None), len(choose_folding(graph, True, None).repeats)
    (None, 1)
    """
    if repetition is not None and (type(repetition) is not int or repetition < 0):
        raise ValueError(f"repetition is a number from 0 on, not {repetition!r}")
    if repetition is not None and fold is False:
        raise ValueError("repetition is for repeats that are folded: leave fold=False out")
    if fold is False or (fold == "auto" and repetition is None and len(graph.nodes) <= EVERY_NODE):
        return None
    folding = graph.folding
    most = max((len(repeat.repetitions) for repeat in folding.repeats), default=0)
    if repetition is not None and repetition >= most:
        has = f"the repetitions are 0 to {most - 1:,}" if most else "nothing is repeated"
        raise ValueError(f"there is no repetition={repetition}: {has}")
    if repetition:
        folding = fold_repeats(graph.nodes, graph.neurons, repetition)
    return folding if folding.repeats else None


def describe_folding(
    graph: Graph, boxed: BoxedGraph, folding: Folding | None, repetition: int | None
) -> list[str]:
    """Say, in a line of a caption, what was folded, and how else it can be.

    >>> x = Value(3.0)
    >>> graph = Graph(sum(x * i for i in range(5)))
    >>> boxed = box_graph(graph, "node", Look(), graph.folding)
    >>> describe_folding(graph, boxed, graph.folding, None)[0]
    'Folded: 15 nodes as 4 boxes, with the least … greatest number'
    """
    if folding is None:
        return []
    which = "the least … greatest number" if repetition is None else f"repetition {repetition}"
    told = f"Folded: {len(graph.nodes):,} nodes as {count_boxes(boxed.all)}, with {which}"
    before = any(arrow.from_before for arrow in boxed.diagram.arrows)
    return [
        told,
        "Dashed: from the step before; fold=False unfolds" if before else "fold=False unfolds",
    ]


def check_around(graph: Graph, around: Value | None, radius: int) -> None:
    """Refuse what is no node of the graph, and no number of edges."""
    check_marked(graph, "around", around)
    if type(radius) is not int or radius < 0:
        raise ValueError(f"radius is a number of edges from 0 on, not {radius!r}")


def describe_part(
    graph: Graph, boxed: BoxedGraph, around: Value | None, radius: int, limit: int
) -> list[str]:
    """Say, in a line of a caption, how many boxes are beyond the part that is drawn."""
    drawn = len(boxed.diagram.boxes)
    said = []
    if around is not None:
        within = f"Within {count_things(radius, 'edge')} of {graph.names[around]}"
        said.append(f"{within}: {boxed.reached:,} of {count_boxes(boxed.all)}")
    left_out = boxed.reached - drawn
    if left_out:
        near = "the root" if around is None else graph.names[around]
        said.append(count_left_out(drawn, left_out, near, limit))
    return said


def make_drawing(
    graph: Graph,
    diagram: Diagram,
    captions: tuple[Sequence[str], Sequence[str]],
    direction: str,
    limit: int | None,
    timeout: float,
) -> Drawing:
    """Return a diagram as a drawing, with one caption on a screen and another on paper.

    Where no picture can be, it is the graph's tree.
    """
    diagram, left_out = limit_boxes(diagram, limit) if limit is not None else (diagram, [])
    on_screen, on_paper = [[*caption, *left_out] for caption in captions]
    source = write_dot(diagram, on_screen, direction)
    paper = write_dot(diagram, on_paper, direction, PAPER).replace("◂", ON_PAPER)
    sketch = Sketch(diagram, on_paper, direction)
    return Drawing(source, lambda: str(tree(graph)), timeout, paper, name_picture(graph), sketch)


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
    arrows = boxed.diagram.arrows
    tooltips = any(arrow.tooltip for arrow in arrows)
    flows = any(arrow.flow.share for arrow in arrows)
    where = "Point at" if tooltips else "On"
    share = ", ◂ the share back" * flows
    numbers = "Blue: value" if look.has_data else ""
    if any(box.face.gradient for box in boxed.diagram.boxes):
        numbers += ", orange: gradient" if numbers else "Orange: gradient"
    legend = [numbers] if numbers else []
    if any(arrow.flow.partial or arrow.tooltip for arrow in arrows):
        at = f"{where} an edge: × the local derivative{share}"
        edges = [*legend, at]
        return edges, legend if tooltips else edges
    return legend, legend


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
        return [
            f"One box a {depth}: its outputs' values, its weights' gradients",
            f"{others} all {count}",
        ]
    if not is_asked_for and boxed.all > EVERY_NODE and not graph.neurons:
        return [f"{count}, none collapsed: names=model draws a model by neurons or layers"]
    return []


def limit_boxes(diagram: Diagram, limit: int) -> tuple[Diagram, list[str]]:
    """Return the boxes nearest to the root, and in a line of a caption how many aren't drawn."""
    check_limit(limit)
    near = diagram.keep_nearest(limit)
    left_out = len(diagram.boxes) - len(near.boxes)
    if not left_out:
        return diagram, []
    kept = {box.id for box in near.boxes}
    cut = Counter(arrow.head for arrow in diagram.arrows if arrow.tail not in kept)
    boxes = [
        add_notes(box, [f"+ {count_things(cut[box.id], 'input')}"] * (box.id in cut))
        for box in near.boxes
    ]
    told = count_left_out(len(boxes), left_out, "the root", limit)
    return near._replace(boxes=boxes), [told]


def count_left_out(drawn: int, left_out: int, near: str, limit: int) -> str:
    """Return the line of a caption that counts the boxes that aren't drawn.

    >>> count_left_out(1, 1, "the root", 1)
    'The 1 box nearest to the root; 1 more is left out (limit=1)'
    """
    boxes = f"The {count_boxes(drawn)} nearest to {near}"
    return f"{boxes}; {left_out:,} more {'are' if left_out > 1 else 'is'} left out (limit={limit})"


def count_boxes(number: int) -> str:
    """Return a number of boxes in words."""
    return f"{number:,} box{'es' * (number != 1)}"


def check_limit(limit: int) -> None:
    """Refuse what is no number of boxes."""
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit is at least 1 box, not {limit!r}")
