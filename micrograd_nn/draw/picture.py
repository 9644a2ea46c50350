"""``draw``: one graph as a picture, with its numbers, its gradients and what flowed along edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._ground.text import list_first
from ..engine.backprop import Step
from ..engine.value import Value
from ..graph.blocks import Block, Blocks
from ..graph.folding import EVERY_NODE, Folding
from ..graph.graph import Graph
from .boxes import Boxes, Extent, choose_depth
from .captions import name_picture, write_captions
from .diagram import Diagram
from .dot import write_dot
from .drawing import LAYOUT_SECONDS, Drawing, Sketch
from .look import Look
from .marks import check_marked, find_marks

MOST_CHOICES = 12  # that a message lists
MOST_BOXES = 400  # that are drawn, unless one says how many
ON_PAPER = "◄"  # in place of ◂, which few fonts have
CHOICES = {
    "direction": ("LR", "TB", "RL", "BT"),
    "show": ("both", "data", "grad"),
    "fold": ("auto", True, False),
}


def draw(
    root: Value | Graph | Callable[[], Value],
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
    node; by itself it depends on how many there are, and the caption says. Given a function
    instead of its result, a box is what one call of a function or a layer computed, and
    ``collapse`` may be the name of one that is called:

    >>> def square(x):
    ...     return x * x
    >>> draw(lambda: square(x) + square(Value(2.0)), collapse="square").source.count("square × 2")
    1

    ``fold`` draws what is repeated, as a loop over examples repeats a network, once, in a frame
    that says how often, with the least and the greatest of each number. By itself it does so if
    there are more than 60 nodes.

    >>> loss = sum((x * i - 1) ** 2 for i in range(100))
    >>> draw(loss).source.count("× 100")
    1

    ``around`` draws the boxes within ``radius`` edges of a node. Of what would be more than
    ``limit`` boxes only those nearest to it, or to the root, are drawn.
    """
    graph = Graph.of(root, names, "draw")
    check_options(direction, precision)
    for what, given in (("show", show), ("fold", fold)):
        if given not in CHOICES[what]:
            choices = ", ".join(map(repr, CHOICES[what]))
            raise ValueError(f"{what} is one of {choices}, not {given!r}")
    check_limit(limit)
    check_around(graph, around, radius)
    blocks = choose_blocks(graph, collapse, fold)
    folding = None if blocks else choose_folding(graph, fold)
    depth = "call" if blocks else collapse or "node"
    if depth == "auto":
        depth = choose_depth(graph, folding)
    marks = find_marks(graph, highlight, paths_from, color_by_gradient, precision)
    look = Look(graph, precision, show, marks)
    boxes = Boxes(look, depth, folding, Extent(limit, around, radius), blocks)
    captions = write_captions(boxes, fold, collapse)
    asked = {
        "show": show != "both", "highlight": highlight, "paths_from": paths_from,
        "color_by_gradient": color_by_gradient, "collapse": collapse not in ("auto", None),
        "fold": fold is True, "around": around,
        "limit": len(graph.nodes) > limit != MOST_BOXES,
    }  # fmt: skip
    unplayed = [name for name, given in asked.items() if given is not None and given is not False]

    def animate(seconds: float) -> str:
        from .animation import write_animation  # here, since few pictures play

        if unplayed:
            raise ValueError(
                f"an animation shows each node, and each step once: leave {', '.join(unplayed)} out"
            )
        return write_animation(graph, direction, precision, seconds)

    return make_drawing(graph, boxes.diagram, captions, direction, timeout, animate)


def choose_blocks(graph: Graph, collapse: str | None, fold: bool | str) -> Mapping[Value, Block]:
    """Return the blocks of calls that are drawn as a box each; none where others or nodes are."""
    name = collapse.lower() if isinstance(collapse, str) else ""
    is_called = name in [x.lower() for x in graph.blocks.names]
    if not is_called and collapse not in ("auto", "layer", "neuron", None):
        known = [*map(repr, ["auto", "layer", "neuron", None, *graph.blocks.names])]
        hint = "" if graph.blocks.names else "; a call's name, where draw is given a function"
        raise ValueError(
            f"collapse is one of {list_first(known, MOST_CHOICES, ', …')}, not {collapse!r}{hint}"
        )
    is_large = collapse == "auto" and len(graph.nodes) > EVERY_NODE
    blocks = Blocks(graph.users, graph.parameters, name) if is_called else graph.blocks
    levels = [*blocks.levels][-1:] if is_called else [*blocks.levels] * is_large
    return (
        blocks.choose(levels, {True: "all", False: "none", "auto": "auto"}[fold]) if levels else {}
    )


def choose_folding(graph: Graph, fold: bool | str) -> Folding | None:
    """Return a graph's repeats folded if that is asked for, or if it is of use."""
    if fold is False:
        return None
    folding = graph.folding if fold is True else graph.folding_of_use
    return folding if folding.repeats else None


def check_around(graph: Graph, around: Value | None, radius: int) -> None:
    """Refuse what isn't a node of the graph, or a number of edges."""
    check_marked(graph, "around", around)
    if type(radius) is not int or radius < 0:
        raise ValueError(f"radius is a number of edges from 0 on, not {radius!r}")


def make_drawing(
    graph: Graph,
    diagram: Diagram,
    captions: tuple[Sequence[str], Sequence[str]] = ((), ()),
    direction: str = "LR",
    timeout: float = LAYOUT_SECONDS,
    animate: Callable[[float], str] | None = None,
) -> Drawing:
    """Return a diagram as a drawing, with one caption on a screen and another on paper.

    Where no picture can be, it is the graph's tree.
    """

    def write_tree() -> str:
        from ..explain.tree import tree

        return str(tree(graph))

    on_screen, on_paper = captions
    source = write_dot(diagram, on_screen, direction)
    paper = write_dot(diagram, on_paper, direction).replace("◂", ON_PAPER)
    return Drawing(
        source, write_tree, timeout, paper, name_picture(graph),
        Sketch(diagram, on_paper, direction, animate),
    )  # fmt: skip


def check_options(direction: object, precision: int) -> None:
    """Refuse what isn't a direction, or a number of digits."""
    if type(precision) is not int or precision < 1:
        error = ValueError if isinstance(precision, int) else TypeError
        raise error(f"precision is a number of digits, such as 4, not {precision!r}")
    if direction not in CHOICES["direction"]:
        given = repr(direction)
        if direction is not None and not isinstance(direction, str):  # a model's own text is long
            given = f"this {type(direction).__name__}: give names as names="
        raise ValueError(f"direction is one of LR, TB, RL, BT, not {given}")


def check_limit(limit: int) -> None:
    """Refuse what isn't a number of boxes."""
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit is at least 1 box, not {limit!r}")
