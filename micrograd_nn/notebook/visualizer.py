"""Values for VS Code's Debug Visualizer: a graph as the data that its pictures are made from.

Where its Python package is installed (``pip install vscodedebugvisualizer``), importing this module
is enough: a Value that is watched in its window is then a picture. It imports a file
``debugvisualizer.py`` beside the program by itself, in which
``import micrograd_nn.notebook.visualizer`` may stand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from math import isfinite
from typing import Any

from .._ground.callers import is_own_code
from .._ground.text import format_number
from ..draw.picture import draw
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..graph.nearest import find_nearest
from ..graph.variables import build_graph
from ..languages.writing.narration import write_node

VISUAL_KINDS = ("graph", "dotGraph")  # by the names that the extension has for them
MOST_SHOWN = 300  # nodes
HIGHLIGHT = "#ff8ad1"  # of a number that is none, or infinite
EXTENSION = "vscodedebugvisualizer"


class ShownData(dict[str, Any]):
    """What the extension shows; its Python package takes any other dictionary as a text."""


def visualize(
    root: Value | Graph, kind: str = "graph", names: Any = None, *, most: int = MOST_SHOWN
) -> ShownData:
    r"""Return a graph as data for the Debug Visualizer: a "graph", or ``draw``'s as a "dotGraph".

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> found = visualize(y, names={"y": y})
    >>> [node["label"] for node in found["nodes"]], found["edges"][0]
    (['y = x · x\nvalue 9', 'x\nvalue 3'], {'from': 'n0', 'to': 'n1', 'label': '× 3'})

    Of what has more than ``most`` nodes, those nearest to the root are there, and what was left out
    is told:

    >>> visualize(y, names={"y": y}, most=1)["nodes"][1]["label"]
    '… 1 more: visualize(root, most=2)'
    """
    graph = Graph.of(root, names, "visualize")
    if kind not in VISUAL_KINDS:
        raise ValueError(f"kind is one of {', '.join(VISUAL_KINDS)}, not {kind!r}")
    if type(most) is not int or most < 1:
        raise ValueError(f"visualize needs at least 1 as its most, not {most!r}")
    if kind == "dotGraph":
        return ShownData(kind={kind: True}, text=draw(graph, limit=most).source)
    return ShownData(kind={kind: True}, **connect(graph, most))


def is_shown(node: Value, graph: Graph) -> bool:
    """Tell whether a node is shown by itself: a bare number stands in what it was used for."""
    return node is graph.root or not isinstance(node, Constant) or bool(node.label)


def connect(graph: Graph, most: int) -> dict[str, Any]:
    """Return the nodes nearest to the root, with edges to what was made of them."""

    def list_shown(node: Value) -> list[Value]:
        return [input for input in node.inputs if is_shown(input, graph)]

    ids = {node: f"n{graph.places[node]}" for node in find_nearest(graph.root, list_shown, most)}
    boxes = [
        {
            "id": id,
            "label": "\n".join([write_node(node, graph.names), *tell_numbers(node)]),
            "shape": "box" if node.operation else "ellipse",
            **({} if is_sound(node) else {"color": HIGHLIGHT}),
        }
        for node, id in ids.items()
    ]
    edges = [
        {
            "from": ids[input],
            "to": id,
            "label": "" if partial is None else f"× {format_number(partial)}",
        }
        for node, id in ids.items()
        for input, partial in zip(node.inputs, node.partials, strict=True)
        if input in ids
    ]
    total = sum(is_shown(node, graph) for node in graph.nodes)
    if total > len(ids):
        more = f"… {total - len(ids):,} more: visualize(root, most={total})"
        boxes.append({"id": "more", "label": more, "shape": "box"})
    return {"nodes": boxes, "edges": edges}


def tell_numbers(node: Value) -> list[str]:
    """Return a node's number and its gradient, if it has one, a line each."""
    lines = [f"value {format_number(node.number)}"]
    return lines if node.grad is None else [*lines, f"gradient {format_number(node.grad)}"]


def is_sound(node: Value) -> bool:
    """Tell whether a node's number and its gradient are finite."""
    return isfinite(node.number) and (node.grad is None or isfinite(node.grad))


class ValueVisualizer:
    """What the extension's package asks: whether it knows a thing, and for its data as JSON."""

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
