"""How a picture shows a graph: which numbers, what it marks, and how strongly it fills boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ..engine.operation import with_article
from ..engine.steps import Step
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..text import short

SHADES = ["#fff7ec", "#fee3bd", "#fdc98a", "#fca55d", "#f28a4b"]  # by size of the gradient
DARK_SHADES = ["#21262d", "#3b2a1c", "#573616", "#7a4511", "#a0560b"]


class Marks(NamedTuple):
    """The nodes and edges that stand out in a picture, and what its caption says of them."""

    nodes: AbstractSet[Value] = frozenset()
    edges: AbstractSet[tuple[Value, int]] = frozenset()  # each a node and a position
    caption: tuple[str, ...] = ()


class Look(NamedTuple):
    """How a picture shows a graph: its numbers (``show`` is as in ``draw``), marks and fills."""

    precision: int = 4
    show: str = "both"
    marks: Marks = Marks()
    shades: Mapping[Value, int] = {}

    @property
    def has_data(self) -> bool:
        """Whether the numbers of the forward pass are shown."""
        return self.show != "grad"

    @property
    def has_grad(self) -> bool:
        """Whether gradients are shown."""
        return self.show != "data"

    def number(self, number: float | None) -> str:
        """Return a number as text.

        >>> Look(precision=2).number(-0.777)
        '−0.78'
        """
        return short(number, self.precision)


def find_marks(
    graph: Graph, highlight: Value | Step | None, paths_from: Value | None, precision: int
) -> Marks:
    """Return what stands out: a node or a step, and all paths from a node to the root.

    >>> x = Value(3.0, label="x")
    >>> find_marks(Graph(x * x), next(iter(Graph(x * x).steps)).input, None, 4).nodes == {x}
    True
    """
    for what, given in (("highlight", highlight), ("paths_from", paths_from)):
        is_step = what == "highlight" and isinstance(given, Step)
        node = given.node if is_step and isinstance(given, Step) else given
        if not (node is None or isinstance(node, Value)):
            kinds = "a Value" + " or a Step" * (what == "highlight")
            raise TypeError(f"{what} is {kinds}, not {with_article(type(node).__name__)}")
        if node is not None and node not in graph.places:
            raise ValueError(f"{what} is {node!r}, which isn't in this graph")
    if isinstance(paths_from, Constant):
        raise ValueError(f"paths_from is {paths_from!r}, which no gradient flows to")
    parts = []
    if isinstance(highlight, Step):
        parts.append(mark_step(graph, highlight, precision))
    elif highlight is not None:
        parts.append(Marks({highlight}))
    if paths_from is not None:
        parts.append(mark_paths(graph, paths_from))
    return Marks(
        {node for part in parts for node in part.nodes},
        {edge for part in parts for edge in part.edges},
        tuple([line for part in parts for line in part.caption]),
    )


def mark_step(graph: Graph, step: Step, precision: int) -> Marks:
    """Return a step of backpropagation as marks: its two nodes, and the edge that it takes."""
    numbers = step.upstream, step.partial, step.amount
    upstream, partial, amount = [short(number, precision) for number in numbers]
    product = f"{upstream} × {partial} = {amount}"
    told = f"Marked: {graph.names[step.node]} passes {product} to {graph.names[step.input]}"
    return Marks({step.node, step.input}, {(step.node, step.position)}, (told,))


def mark_paths(graph: Graph, wrt: Value) -> Marks:
    """Return all paths from a node to the root as marks."""
    paths = graph.paths(wrt)
    edges = {
        (node, i) for node in paths.users for i, x in enumerate(node.inputs) if x in paths.reached
    }
    count = f"{paths.count:,} path{'s' * (paths.count != 1)}"
    if paths.count >= 10**9:
        count = "over 1e9 paths"
    told = f"Marked: {count} from {graph.names[wrt]} to {graph.names[graph.root]};"
    sums = "the gradient is the sum over paths of the products of × along each"
    return Marks(paths.reached, edges, (told, sums))


def measure_shades(nodes: Iterable[Value]) -> dict[Value, int]:
    """Return the strength of each node's fill: its gradient's share of the largest one."""
    sizes = {node: abs(node.grad) for node in nodes if node.grad is not None}
    largest = find_largest(sizes.values())
    strongest = len(SHADES) - 1
    return {
        node: min(strongest, round(size / largest * strongest)) if largest and size <= largest
        else strongest * (size != 0)
        for node, size in sizes.items()
    }  # fmt: skip


def describe_shades(nodes: Iterable[Value], precision: int) -> str:
    """Say what the faintest and the strongest fill stand for, in either theme.

    >>> describe_shades([Value(1.0)], 4)
    'Fill: the size of the gradient, none yet'
    """
    sizes = [abs(node.grad) for node in nodes if node.grad is not None]
    largest = short(find_largest(sizes), precision)
    range = f"from faint (0) to orange ({largest})" if sizes else "none yet"
    return f"Fill: the size of the gradient, {range}"


def find_largest(sizes: Iterable[float]) -> float | None:
    """Return the largest finite size.

    >>> find_largest([1.0, float("inf"), 2.0])
    2.0
    """
    return max((size for size in sizes if size < float("inf")), default=None)
