"""What is said below a picture: what its signs mean, what was folded or left out, and how else."""

from __future__ import annotations

import math
from collections import defaultdict

from .._ground.text import count_things, list_first
from ..engine.node import is_leaf
from ..graph.folding import EVERY_NODE, MOST_SEARCHED
from ..graph.graph import Graph
from .boxes import Boxes

AS_TYPED = 1e-3  # how far a gradient that somebody rounded and typed may be off
FEW_NAMES = 3  # that a caption lists
MANY_NAMES = 12  # that the words of a picture list


def name_picture(graph: Graph) -> str:
    """Say in words which graph a picture shows: its root, its size and its leaves."""
    leaves = [graph.short_names[x] for x in graph.nodes if is_leaf(x) and x is not graph.root]
    count = count_things(len(graph.nodes), "node")
    told = f"The graph of {graph.names[graph.root]}: {count}"
    return (
        f"{told}, from {list_first(leaves, MANY_NAMES, ' and {left:,} more')}" if leaves else told
    )


def write_captions(
    boxes: Boxes, fold: bool | str, collapse: str | None
) -> tuple[list[str], list[str]]:
    """Return what is said below a picture on a screen, and on paper, where one can't point."""
    look = boxes.look
    lines = [
        *look.marks.caption,
        *(describe_passes(look.graph) if look.has_grad else ()),
        *(describe_sums(look.graph) if look.has_grad and look.has_shares else ()),
        *describe_folding(boxes, is_asked_for=fold != "auto"),
        *describe_depth(boxes, is_asked_for=collapse != "auto"),
        *describe_part(boxes),
    ]
    on_screen, on_paper = explain_edges(boxes)
    return [*on_screen, *lines], [*on_paper, *lines]


def explain_edges(boxes: Boxes) -> tuple[list[str], list[str]]:
    """Say what is written at edges: on a screen, and on paper, where one can't point at them."""
    arrows = boxes.diagram.arrows
    tooltips = any(arrow.tooltip for arrow in arrows)
    has_shares = any(arrow.flow.share for arrow in arrows)
    has_gradients = any(box.face.gradient for box in boxes.diagram.boxes)
    colours = ["blue: value"] * boxes.look.has_data + ["orange: gradient"] * has_gradients
    lines = [", ".join(colours).capitalize()] if colours else []
    if tooltips and has_shares:
        lines.append("The wider an edge, the larger its share back; dotted: 0")
    has_partials = tooltips or any(arrow.flow.partial for arrow in arrows)
    signs = ["× the local derivative"] * has_partials + ["◂ the share back"] * has_shares
    if not signs:
        return lines, lines
    where = "Point at" if tooltips else "On"
    on_screen = [*lines, f"{where} an edge: {', '.join(signs)}"]
    return on_screen, lines if tooltips else on_screen


def describe_passes(graph: Graph) -> list[str]:
    """Say, in a line of a caption, which gradients add up several backward passes."""
    several = [node for node in graph.nodes if node.grad and node.passes > 1]
    if not several:
        return []
    names = list_first(
        [graph.short_names[node] for node in several], FEW_NAMES, " and {left:,} more"
    )
    most = max(node.passes for node in several)
    add = "adds up" if len(several) == 1 else "add up"
    at_most = "at most " * any(node.passes < most for node in several)
    return [f"grad of {names} {add} {at_most}{most:,} passes"]


def describe_sums(graph: Graph) -> list[str]:
    """Say, in a line of a caption, which gradients aren't what the shares of this pass add up to.

    Those that add up several passes are told by themselves, and a 0 may be one that was set. Of
    another engine's graph, ``adopt`` tells what is wrong in it.
    """
    sums: defaultdict[object, float] = defaultdict(float)
    for node in reversed(graph.nodes) if graph.adoption is None else ():
        for input, partial in node.edges:
            sums[input] += (math.nan if node.grad is None else node.grad) * partial  # nan: unknown
    other = [
        graph.short_names[x]
        for x in graph.nodes
        if x in sums and x.grad and x.passes < 2
        and abs(x.grad - sums[x]) > AS_TYPED * max(abs(x.grad), abs(sums[x]))
    ]  # fmt: skip
    names = list_first(other, FEW_NAMES, " and {left:,} more")
    verb = "isn't the sum of its" if len(other) == 1 else "aren't the sums of their"
    return [f"grad of {names} {verb} shares: set by hand, or of more passes"] if other else []


def describe_folding(
    boxes: Boxes, is_asked_for: bool = False, how_else: str = "fold=False unfolds"
) -> list[str]:
    """Say, in lines of a caption, what was folded, and how else it can be."""
    count = len(boxes.graph.nodes)
    before = any(arrow.from_before for arrow in boxes.diagram.arrows)
    if boxes.folding is None:
        if count > MOST_SEARCHED and not is_asked_for:
            return ["A graph of this size isn't searched for repeats: fold=True does"]
        return ["Dashed: from the step before"] * before
    boxed = f"{count:,} nodes as {count_boxes(boxes.count)}"
    told = f"Folded: {boxed}, with the least … greatest number"
    return [told, f"Dashed: from the step before; {how_else}" if before else how_else]


def describe_depth(boxes: Boxes, is_asked_for: bool) -> list[str]:
    """Say, in lines of a caption, what a box stands for, and how else it can be."""
    count, depth = f"{len(boxes.graph.nodes):,} nodes", boxes.depth
    if depth != "node" and not boxes.groups:
        return ["No neurons to collapse: names=model says which nodes are whose"]
    if depth != "node":
        called = list_first([*boxes.graph.blocks.names], FEW_NAMES, ", …")
        others = {
            "layer": 'collapse="neuron" draws neurons, None',
            "call": f"collapse= the name of a call ({called}) opens what is around it; None draws",
        }.get(depth, "collapse=None draws")
        return [
            f"One box a {depth}: its outputs' values, its weights' gradients",
            f"{others} all {count}",
        ]
    if not is_asked_for and boxes.count > EVERY_NODE and not boxes.graph.neurons:
        return [f"{count}, none collapsed: names=model draws a model by neurons or layers"]
    return []


def describe_part(boxes: Boxes) -> list[str]:
    """Say, in lines of a caption, how many boxes are beyond the part that is drawn."""
    limit, around, radius = boxes.part
    drawn, near, said = len(boxes.diagram.boxes), "the root", []
    if around is not None:
        near = boxes.graph.short_names[around]
        within = f"Within {count_things(radius, 'edge')} of {near}"
        said.append(f"{within}: {boxes.reached:,} of {count_boxes(boxes.count)}")
    left_out = boxes.reached - drawn
    return [*said, count_left_out(drawn, left_out, near, limit)] if left_out else said


def count_left_out(drawn: int, left_out: int, near: str, limit: int | None) -> str:
    """Return the line of a caption that counts the boxes that aren't drawn."""
    boxes = f"The {count_boxes(drawn)} nearest to {near}"
    return f"{boxes}; {left_out:,} more {'are' if left_out > 1 else 'is'} left out (limit={limit})"


def count_boxes(number: int) -> str:
    """Return a number of boxes in words."""
    return f"{number:,} box{'es' * (number != 1)}"
