"""What a picture marks and how strongly it fills: a step, the paths of a gradient, its size."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.steps import Step
from ..engine.value import Constant, Value
from ..graph.paths import count_paths, dependents
from ..text import short, with_article
from .boxes import SHADES


def marks(
    root: Value,
    named: dict[Value, str],
    highlight: Value | Step | None = None,
    paths_from: Value | None = None,
    precision: int = 4,
) -> tuple[set[Value], set[tuple[Value, int]], list[str]]:
    """Return the nodes and edges to mark, and what the caption says of them."""
    nodes_marked: set[Value] = set()
    edges: set[tuple[Value, int]] = set()
    caption = []
    for what, node in (("highlight", highlight), ("paths_from", paths_from)):
        is_step = what == "highlight" and isinstance(node, Step)
        wanted = node.node if is_step and isinstance(node, Step) else node
        if not (wanted is None or isinstance(wanted, Value)):
            kinds = "a Value" + " or a Step" * (what == "highlight")
            raise TypeError(f"{what} is {kinds}, not {with_article(type(wanted).__name__)}")
        if wanted is not None and wanted not in named:
            raise ValueError(f"{what} is {wanted!r}, which isn't in this graph")
    if isinstance(paths_from, Constant):
        raise ValueError(f"paths_from is {paths_from!r}, which no gradient flows to")
    if isinstance(highlight, Step):
        step = highlight
        nodes_marked |= {step.node, step.input}
        edges.add((step.node, step.position))
        numbers = step.upstream, step.partial, step.amount
        upstream, partial, amount = [short(number, precision) for number in numbers]
        product = f"{upstream} × {partial} = {amount}"
        caption.append(f"Marked: {named[step.node]} passes {product} to {named[step.input]}")
    elif highlight is not None:
        nodes_marked.add(highlight)
    if paths_from is not None:
        on_the_way = dependents(root, paths_from)
        reached = {paths_from, *on_the_way}
        nodes_marked |= reached
        edges |= {
            (node, i) for node in on_the_way for i, x in enumerate(node.inputs) if x in reached
        }
        paths = count_paths(root, paths_from)
        told = f"{paths:,} path{'s' * (paths != 1)}" if paths < 10**9 else "over 1e9 paths"
        caption.append(f"Marked: {told} from {named[paths_from]} to {named[root]};")
        caption.append("the gradient is the sum over paths of the products of × along each")
    return nodes_marked, edges, caption


def shades_of(graph: Iterable[Value]) -> dict[Value, int]:
    """Return the strength of each node's fill: its gradient's share of the largest one."""
    found = {node: abs(node.grad) for node in graph if node.grad is not None}
    largest = max((size for size in found.values() if size < float("inf")), default=0.0)
    strongest = len(SHADES) - 1
    return {
        node: min(strongest, round(size / largest * strongest)) if size <= largest and largest
        else strongest * (size != 0)
        for node, size in found.items()
    }  # fmt: skip


def legend(graph: Iterable[Value], precision: int) -> str:
    """Return what the faintest and the strongest fill stand for, in either theme."""
    sizes = [abs(node.grad) for node in graph if node.grad is not None]
    largest = max((size for size in sizes if size < float("inf")), default=None)
    return f"from faint (0) to orange ({short(largest, precision)})" if sizes else "none yet"
