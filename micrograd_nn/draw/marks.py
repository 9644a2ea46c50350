"""What a picture shows and marks: its numbers, paths and steps, and how strongly boxes are filled.

The colours are in ``dot``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import NamedTuple

from ..engine.backprop import Step
from ..engine.value import Constant, Value
from ..graph.change import Change
from ..graph.graph import Graph
from ..text import add_article, format_change, format_number

STRONGEST = 4  # of the shades that boxes are filled with, the faintest of which is 0


class Marks(NamedTuple):
    """What stands out in a picture, how strongly nodes are filled, what the caption says of that.

    An edge is a node and the position of its input.
    """

    nodes: AbstractSet[Value] = frozenset()
    edges: AbstractSet[tuple[Value, int]] = frozenset()
    shades: Mapping[Value, int] = MappingProxyType({})
    caption: Sequence[str] = ()


class Look(NamedTuple):
    """How a picture shows a graph: its numbers (``show`` is as in ``draw``), and its marks."""

    precision: int = 4
    show: str = "both"
    marks: Marks = Marks()
    has_passed: bool = True  # a backward pass from the root: else shares are another root's
    gradients: Mapping[Value, float] | None = None  # in place of the nodes' own
    change: Change | None = None  # whose numbers before and after are shown

    @property
    def has_data(self) -> bool:
        """Whether the numbers of the forward pass are shown."""
        return self.show != "grad"

    @property
    def has_grad(self) -> bool:
        """Whether gradients are shown."""
        return self.show != "data"

    def read_gradient(self, node: Value) -> float | None:
        """Return a node's gradient, None if it has none.

        >>> x = Value(3.0)
        >>> Look().read_gradient(x), Look(gradients={x: 6.0}).read_gradient(x)
        (None, 6.0)
        """
        gradients = self.gradients if self.change is None else self.change.new.gradients
        return node.grad if gradients is None else gradients.get(node)

    def has_gradient(self, node: Value) -> bool:
        """Tell whether a node has a gradient, or had one before the change that is shown.

        >>> Look(gradients={}).has_gradient(Value(3.0))
        False
        """
        if self.read_gradient(node) is not None:
            return True
        return self.change is not None and self.change.partners[node] in self.change.old.gradients

    def show_numbers(self, nodes: Sequence[Value]) -> str:
        """Return the number of a node as text, or the least and the greatest of several.

        >>> Look().show_numbers([Value(3.0)]), Look().show_numbers([Value(2.0), Value(-1.0)])
        ('3', '−1 … 2')
        """
        change = self.change
        if change is None:
            return self.format_range([node.data for node in nodes])
        old, new = change.old.numbers, change.new.numbers
        before = [old[change.partners[node]] for node in nodes]
        return self.format_range_change(before, [new[node] for node in nodes])

    def show_gradients(self, nodes: Sequence[Value]) -> str:
        """Return the gradient of a node as text, or the least and the greatest of several.

        Where one of the nodes has none, it is empty.

        >>> Look(gradients={}).show_gradients([Value(3.0)])
        ''
        """
        after = [self.read_gradient(node) for node in nodes]
        if self.change is None:
            return "" if None in after else self.format_range(after)
        old = self.change.old.gradients
        before = [old.get(self.change.partners[node]) for node in nodes]
        return "" if {*before, *after} == {None} else self.format_range_change(before, after)

    def format_number(self, number: float | None) -> str:
        """Return a number as text.

        >>> Look(precision=2).format_number(-0.777)
        '−0.78'
        """
        return format_number(number, self.precision)

    def format_change(self, before: float | None, after: float | None) -> str:
        """Return a number before and after as text.

        >>> Look(precision=2).format_change(1.0, -0.777)
        '1 → −0.78'
        """
        return format_change(before, after, self.precision)

    def format_range(self, numbers: Sequence[float | None]) -> str:
        """Return the least and the greatest number as a text, a dash where there are none.

        >>> Look().format_range([2.0, -1.0]), Look().format_range([None])
        ('−1 … 2', '–')
        """
        return " … ".join(dict.fromkeys(map(self.format_number, measure_range(numbers))))

    def format_range_change(
        self, before: Sequence[float | None], after: Sequence[float | None]
    ) -> str:
        """Return the least and the greatest number before and after as a text.

        >>> Look().format_range_change([2.0, -1.0], [3.0, -1.0])
        '−1 … 2 → −1 … 3'

        What differs is written with as many digits as show it:

        >>> Look().format_range_change([0.0, 1.0], [0.0, 1.000001])
        '0 … 1 → 0 … 1.000001'
        """
        ends = measure_range(before), measure_range(after)
        if all(low == high or low != low for low, high in ends):
            return self.format_change(ends[0][0], ends[1][0])
        shown = [self.format_range(numbers) for numbers in ends]
        if shown[0] == shown[1] and ends[0] != ends[1]:
            finer = self._replace(precision=self.precision + 1)
            return finer.format_range_change(before, after)
        return " → ".join(dict.fromkeys(shown))


def measure_range(numbers: Iterable[float | None]) -> tuple[float | None, float | None]:
    """Return the least and the greatest number: None where there are none, nan where one is.

    >>> measure_range([2.0, None, -1.0]), measure_range([])
    ((-1.0, 2.0), (None, None))
    """
    known = [number for number in numbers if number is not None]
    if any(math.isnan(number) for number in known):
        return math.nan, math.nan
    return (min(known), max(known)) if known else (None, None)


def find_marks(
    graph: Graph,
    highlight: Value | Step | None,
    paths_from: Value | None,
    color_by_gradient: bool,
    precision: int,
) -> Marks:
    """Return what stands out: a node or a step, all paths from a node to the root, fills.

    >>> x = Value(3.0, label="x")
    >>> find_marks(Graph(x * x), x, None, False, 4).nodes == {x}
    True
    """
    check_marked(graph, "highlight", highlight.node if isinstance(highlight, Step) else highlight)
    check_marked(graph, "paths_from", paths_from)
    nodes: set[Value] = set()
    edges: set[tuple[Value, int]] = set()
    caption = []
    if isinstance(highlight, Step):
        step, names = highlight, graph.names
        nodes |= {step.node, step.input}
        edges.add((step.node, step.position))
        numbers = step.upstream, step.partial, step.share
        upstream, partial, share = [format_number(number, precision) for number in numbers]
        product = f"{upstream} × {partial} = {share}"
        caption.append(f"Marked: {names[step.node]} passes {product} to {names[step.input]}")
    elif highlight is not None:
        nodes.add(highlight)
    if paths_from is not None:
        paths = graph.paths(paths_from)
        nodes |= paths.reached
        edges |= {
            (node, i)
            for node in paths.users
            for i, input in enumerate(node.inputs)
            if input in paths.reached
        }
        count = "over 1e9" if paths.count >= 10**9 else f"{paths.count:,}"
        ends = f"from {graph.names[paths_from]} to {graph.names[graph.root]}"
        caption.append(f"Marked: {count} path{'s' * (paths.count != 1)} {ends};")
        caption.append("the gradient is the sum over paths of the products of × along each")
    shades: dict[Value, int] = {}
    if color_by_gradient:
        shades, largest = measure_shades(graph.nodes)
        range = (
            f"from faint (0) to orange ({format_number(largest, precision)})"
            if shades
            else "none yet"
        )
        caption.append(f"Fill: the size of the gradient, {range}")
    return Marks(nodes, edges, shades, caption)


def check_marked(graph: Graph, what: str, node: object) -> None:
    """Refuse to mark what is no node of a graph."""
    if node is None:
        return
    if not isinstance(node, Value):
        kinds = "a Value" + " or a Step" * (what == "highlight")
        raise TypeError(f"{what} is {kinds}, not {add_article(type(node).__name__)}")
    if node not in graph.places:
        raise ValueError(f"{what} is {node!r}, which isn't in this graph")
    if what == "paths_from" and isinstance(node, Constant):
        raise ValueError(f"paths_from is {node!r}, which no gradient flows to")


def measure_shades(nodes: Iterable[Value]) -> tuple[dict[Value, int], float | None]:
    """Return the strength of each node's fill, its gradient's share of the largest, and that one.

    >>> x, y = Value(3.0), Value(4.0)
    >>> x.grad, y.grad = -2.0, 1.0
    >>> shades, largest = measure_shades([x, y])
    >>> shades[x], shades[y], largest
    (4, 2, 2.0)

    An infinite gradient is filled as the largest.
    """
    sizes = {node: abs(node.grad) for node in nodes if node.grad is not None}
    largest = max((size for size in sizes.values() if size < math.inf), default=None)
    shades = {
        node: min(STRONGEST, round(size / largest * STRONGEST)) if largest and size <= largest
        else STRONGEST * (size != 0)
        for node, size in sizes.items()
    }  # fmt: skip
    return shades, largest
