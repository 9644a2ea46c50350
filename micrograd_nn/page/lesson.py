"""What the page of a graph is made from: its nodes, rules, formulas and pictures in a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..draw.collapse import layer_of, neurons_in
from ..engine.value import Constant, Value, nodes
from ..graph.naming import names_of
from ..graph.numbers import made_from
from ..writing.mathml import Formulas
from ..writing.rules import Rules, find_key
from .document import document
from .views import views

DEPTH_NAMES = {"node": "every node", "neuron": "neurons", "layer": "layers"}


class Examples(NamedTuple):
    """A data set: which leaves hold an example, and the numbers of each."""

    inputs: Sequence[Value] = ()
    rows: Sequence[Sequence[float]] = ()


NO_EXAMPLES = Examples()


def lesson(
    root: Value,
    names: Any = None,
    title: str = "",
    notes: str = "",
    examples: Examples = NO_EXAMPLES,
) -> str:
    """Return the page of a graph as HTML.

    >>> x = Value(3.0, "x")
    >>> lesson(x * x).startswith("<!doctype html>")
    True
    """
    graph, named = nodes(root), names_of(root, names)
    place = {node: i for i, node in enumerate(graph)}
    pictures, told = views(graph, named, names)
    formulas, rules = Formulas(), Rules()
    owners = neurons_in(graph, names)
    described = nodes_of(root, formulas, rules)
    for node, entry in zip(graph, described, strict=True):
        entry |= {"name": named[node], "group": layer_of(owners.get(node, ""))}
    title = title.strip() or f"Backpropagation through {named[root]}"
    data = {
        "nodes": described,
        "rules": rules.descriptions,
        "fixed": rules.missing,
        "told": told,
        "views": [
            {
                "depth": view.depth,
                "title": DEPTH_NAMES[view.depth],
                "places": view.places,
                "groups": view.groups,
            }
            for view in pictures
        ],
        "examples": {
            "inputs": [place[x] for x in examples.inputs],
            "rows": examples.rows,
        },
    }
    drawn = [
        f'<div class="view" id="view-{view.depth}"{" hidden" * (i > 0)}>{view.svg}</div>'
        for i, view in enumerate(pictures)
    ]
    return document(
        "lesson",
        data,
        {"rules.js": rules.write_script()},
        title=title,
        notes=notes,
        views="\n".join(drawn),
        formulas="\n".join(formulas.texts),
    )


def nodes_of(root: Value, formulas: Formulas, rules: Rules) -> list[dict[str, Any]]:
    """Return how each node of a graph is computed, from which recorded number, by which formulas.

    >>> x = Value(3.0)
    >>> [node["inputs"] for node in nodes_of(x * x, Formulas(), Rules())]
    [[], [0, 0]]
    """
    graph, numbers = nodes(root), made_from(root)
    place = {node: i for i, node in enumerate(graph)}
    return [
        {
            "kind": kind_of(node),
            "inputs": [place[x] for x in node.inputs],
            "rule": rules.add_node(node),
            "number": numbers[node],
            "partials": node.partials if find_key(node) in rules.unwritten else (),
            "formula": formulas.add_operation(node),
            "local": [formulas.add_partial(node, i) for i in range(len(node.inputs))],
        }
        for node in graph
    ]


def kind_of(node: Value) -> str:
    """Say what a node is: a leaf, a constant or computed."""
    return "constant" if isinstance(node, Constant) else "inner" if node.inputs else "leaf"
