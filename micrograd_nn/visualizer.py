"""Values for VS Code's Debug Visualizer: a graph as the data that its pictures are made from.

Where its Python package is installed (``pip install vscodedebugvisualizer``), importing this module
is enough: a Value that is watched in its window is then a picture. It imports a file
``debugvisualizer.py`` beside the program by itself, in which ``import micrograd_nn.visualizer`` may
stand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from typing import Any

from .draw.picture import draw
from .engine.value import Constant, Value
from .graph.frames import is_own_code
from .graph.graph import Graph
from .graph.nearest import find_nearest
from .graph.variables import build_graph
from .text import format_number, make_printable
from .tree import walk_rows
from .writing.narration import write_node

VISUAL_KINDS = (
    "graph",
    "dotGraph",
    "tree",
    "table",
)  # by the names that the extension has for them
MOST_SHOWN = 300  # nodes, or lines of a tree
DEEPEST_TREE = 100  # levels: JSON is read and written by functions that call themselves
HIGHLIGHT = "#ff8ad1"  # of a number that is none, or infinite
EXTENSION = "vscodedebugvisualizer"


class ShownData(dict[str, Any]):
    """What the extension shows; its Python package takes any other dictionary as a text."""


def visualize(
    root: Value | Graph, kind: str = "graph", names: Any = None, *, most: int = MOST_SHOWN
) -> ShownData:
    r"""Return a graph as data for the Debug Visualizer: a "graph", "dotGraph", "tree" or "table".

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> found = visualize(y, names={"y": y})
    >>> [node["label"] for node in found["nodes"]], found["edges"][0]
    (['y = x · x\nvalue 9', 'x\nvalue 3'], {'from': 'n0', 'to': 'n1', 'label': '× 3'})

    Of what has more than ``most`` nodes, those nearest to the root are there, and what was left out
    is told:

    >>> visualize(y, "table", {"y": y}, most=1)["rows"][1]
    {'name': '… 1 more: visualize(root, most=2)'}
    """
    graph = Graph.of(root, names, "visualize")
    if kind not in VISUAL_KINDS:
        raise ValueError(f"kind is one of {', '.join(VISUAL_KINDS)}, not {kind!r}")
    if type(most) is not int or most < 1:
        raise ValueError(f"visualize needs at least 1 as its most, not {most!r}")
    if kind == "dotGraph":
        data: dict[str, Any] = {"text": draw(graph, limit=most).source}
    elif kind == "tree":
        data = {"root": list_branches(graph, most)}
    else:
        nodes = list_nearest(graph, most)
        total = len([node for node in graph.nodes if is_shown(node, graph)])
        more = describe_omitted(total - len(nodes), total)
        data = list_rows(graph, nodes, more) if kind == "table" else connect(graph, nodes, more)
    return ShownData(kind={kind: True}, **data)


def is_shown(node: Value, graph: Graph) -> bool:
    """Tell whether a node is shown by itself: a bare number stands in what it was used for."""
    return node is graph.root or not isinstance(node, Constant) or bool(node.label)


def list_nearest(graph: Graph, most: int) -> list[Value]:
    """Return so many nodes at most, the root first, then what it was made of."""

    def list_shown(node: Value) -> list[Value]:
        return [input for input in node.inputs if is_shown(input, graph)]

    return list(find_nearest(graph.root, list_shown, most))


def describe_omitted(count: int, total: int) -> str:
    """Say how many nodes were left out; "" for none."""
    return f"… {count:,} more: visualize(root, most={total})" if count else ""


def connect(graph: Graph, nodes: list[Value], more: str) -> dict[str, Any]:
    """Return nodes with edges to what was made of them: × the local derivative."""
    ids = {node: f"n{graph.places[node]}" for node in nodes}
    boxes = [
        {
            "id": ids[node],
            "label": "\n".join([write_node(node, graph.names), *tell_numbers(node)]),
            "shape": "box" if node.operation else "ellipse",
            **({} if is_sound(node) else {"color": HIGHLIGHT}),
        }
        for node in nodes
    ]
    edges = [
        {
            "from": ids[input],
            "to": ids[node],
            "label": "" if partial is None else f"× {format_number(partial)}",
        }
        for node in nodes
        for input, partial in zip(node.inputs, node.partials, strict=True)
        if input in ids
    ]
    boxes += [{"id": "more", "label": more, "shape": "box"}] * bool(more)
    return {"nodes": boxes, "edges": edges}


def tell_numbers(node: Value) -> list[str]:
    """Return a node's number and its gradient, if it has one, a line each."""
    lines = [f"value {format_number(node.number)}"]
    return lines if node.grad is None else [*lines, f"gradient {format_number(node.grad)}"]


def is_sound(node: Value) -> bool:
    """Tell whether a node's number and its gradient are finite."""
    return isfinite(node.number) and (node.grad is None or isfinite(node.grad))


def list_rows(graph: Graph, nodes: list[Value], more: str) -> dict[str, Any]:
    """Return a row a node: its name, what made it, its number and its gradient."""
    rows: list[dict[str, Any]] = [
        {
            "name": make_printable(graph.names[node]),
            "made by": write_node(node, graph.names).partition(" = ")[2],
            "value": format_number(node.number),
            "gradient": format_number(node.grad),
        }
        for node in nodes
    ]
    return {"rows": rows + [{"name": more}] * bool(more)}


def list_branches(graph: Graph, most: int) -> dict[str, Any]:
    """Return a tree: each node below what it was used for, the first time with its own inputs."""
    rows = list(walk_rows(graph.root))
    shown = [row for row in rows[:most] if row.depth < DEEPEST_TREE]
    last: list[dict[str, Any]] = []  # the latest item at each depth
    for row in shown:
        title = make_printable(graph.names[row.node])
        if row.is_again:
            items = [{"text": f"↑ {title}"}]
        else:
            numbers = f"  {', '.join(tell_numbers(row.node))}"
            items = [
                {"text": write_node(row.node, graph.names), "emphasis": "style1"},
                {"text": numbers, "emphasis": "style2"},
            ]
        item = {"children": [], "items": items, "segment": f"/{title}"}
        if row.depth:
            last[row.depth - 1]["children"].append(item)
        last[row.depth :] = [item]
    rest = len(rows) - len(shown)
    if rest:
        more = f"… {rest:,} more lines"
        last[0]["children"].append({"children": [], "items": [{"text": more}]})
    return last[0]


class ValueVisualizer:
    """What the extension's package asks: whether it knows a thing, and for its data as JSON.

    >>> visualizer = ValueVisualizer()
    >>> visualizer.checkType(3.0), visualizer.checkType(Value(3.0))
    (False, True)
    """

    def checkType(self, thing: object) -> bool:  # noqa: N802 - its name there
        """Tell whether a thing is a Value, a Graph, or what ``visualize`` made of one."""
        return issubclass(type(thing), (Value, Graph, ShownData))

    def visualize(self, thing: Value | Graph | ShownData) -> str:
        """Return the data of its graph as JSON, with the names of the frame that asks."""
        if isinstance(thing, ShownData):
            return json.dumps(thing)
        graph = thing if isinstance(thing, Graph) else build_graph(thing, find_watcher())
        return json.dumps(visualize(graph))


def find_watcher() -> Mapping[str, Any]:
    """Return the variables of the nearest frame that is neither of this package nor of theirs."""
    frame = sys._getframe()
    while frame.f_back and (
        is_own_code(frame) or frame.f_globals.get("__name__", "").startswith(EXTENSION)
    ):
        frame = frame.f_back
    return frame.f_locals


def register() -> bool:
    """Tell the extension's Python package of Values, once; say whether it is there."""
    with suppress(ImportError):
        from vscodedebugvisualizer import globalVisualizationFactory

        factory = globalVisualizationFactory
        known = {type(visualizer).__name__ for visualizer in factory.visualizers}
        if ValueVisualizer.__name__ not in known:
            factory.addVisualizer(ValueVisualizer())
        return True
    return False


register()
