"""What is said below a picture: what its signs mean, what was folded or left out, and how else."""

from __future__ import annotations

from ..engine.node import is_leaf
from ..engine.value import Value
from ..graph.folding import EVERY_NODE, MOST_SEARCHED, Folding
from ..graph.graph import Graph
from ..text import count_things, list_first
from .boxes import BoxedGraph
from .marks import Look

FEW_NAMES = 3  # that a caption lists
MANY_NAMES = 12  # that the words of a picture list


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


def describe_folding(
    graph: Graph,
    boxed: BoxedGraph,
    folding: Folding | None,
    repetition: int | None,
    is_asked_for: bool = False,
    how_else: str = "fold=False unfolds",
) -> list[str]:
    """Say, in a line of a caption, what was folded, and how else it can be.

    >>> from micrograd_nn.draw.boxes import box_graph
    >>> x = Value(3.0)
    >>> graph = Graph(sum(x * i for i in range(5)))
    >>> boxed = box_graph(graph, "node", Look(), graph.folding)
    >>> describe_folding(graph, boxed, graph.folding, None)[0]
    'Folded: 15 nodes as 4 boxes, with the least … greatest number'
    """
    if folding is None and len(graph.nodes) > MOST_SEARCHED and not is_asked_for:
        return ["So many nodes aren't searched for repeats: fold=True does"]
    if folding is None:
        return []
    which = "the least … greatest number" if repetition is None else f"repetition {repetition}"
    told = f"Folded: {len(graph.nodes):,} nodes as {count_boxes(boxed.all)}, with {which}"
    before = any(arrow.from_before for arrow in boxed.diagram.arrows)
    return [told, f"Dashed: from the step before; {how_else}" if before else how_else]


def describe_depth(graph: Graph, boxed: BoxedGraph, depth: str, is_asked_for: bool) -> list[str]:
    """Say, in a line of a caption, what a box stands for, and how else it can be.

    >>> from micrograd_nn.draw.boxes import box_graph
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
