"""The page of a graph: its nodes, rules, formulas and pictures, put into a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._ground.text import count_things
from ..draw.boxes import classify_node
from ..engine.node import is_compared, is_leaf, nodes
from ..engine.refusals import as_float
from ..engine.value import Value
from ..graph.graph import Graph
from ..notation.formulas.mathml import Formulas
from ..notation.javascript.rules import Rules, find_key
from .document import build_document
from .frame import Page
from .mistakes import describe_misconceptions, list_choices, write_mistakes, write_slips
from .opening import BEGINNING, Opening, describe_opening
from .views import describe_view, keep_near_root


def build_lesson(
    root: Value | Graph,
    names: Any = None,
    title: str = "",
    notes: str = "",
    inputs: Sequence[Value] = (),
    rows: Sequence[Sequence[float]] = (),
    opening: Opening = BEGINNING,
) -> Page:
    """Return the page of a graph.

    ``inputs`` are the leaves that hold an example of a data set, ``rows`` the numbers of each. What
    doesn't fit the graph is a ValueError.
    """
    whole = Graph.of(root, names, "page")
    graph = keep_near_root(whole)
    opened, count = describe_opening(graph, opening)
    rows = check_examples(graph, inputs, rows)
    view, told = describe_view(graph)
    formulas, rules = Formulas(), Rules()
    described = describe_nodes(graph, formulas, rules)
    choices = list_choices(graph)
    data = {
        "nodes": described,
        "rules": rules.descriptions,
        "fixed": rules.missing,
        "told": told,
        "view": view,
        "examples": {"inputs": [graph.places[x] for x in inputs], "rows": rows},
        "parameters": [graph.places[x] for x in graph.parameters],
        "opening": opened,
        "compared": is_compared(nodes(graph.root)),
        "misconceptions": describe_misconceptions(),
        "mistakes": [[x.place, x.name, x.code, x.told, x.takes] for x in choices],
    }
    name = graph.names[graph.root]
    title = title.strip() or f"Backpropagation through {name}"
    document = build_document(
        "lesson",
        data,
        {
            "rules.js": rules.write_script(),
            "sliprules.js": write_slips(),
            "mistakerules.js": write_mistakes(choices),
        },
        title=title,
        notes=notes or ("\n\n".join(whole.adoption.notes) if whole.adoption else ""),
        sheets=("picture", "loop"),
        has_images=True,  # what a picture becomes before it is a PNG
        formulas="\n".join(formulas.texts),
    )
    return Page(document, title, name, count_things(count, "step"))


def check_examples(
    graph: Graph, inputs: Sequence[Value], rows: Sequence[Sequence[float]]
) -> list[list[float]]:
    """Return the rows of a data set for the leaves of a graph; what doesn't fit is refused."""
    for x in inputs:
        if not (isinstance(x, Value) and x in graph.places and is_leaf(x)):
            raise ValueError(f"page needs leaves of its graph as inputs, not {x!r}")
    for i, row in enumerate(rows):
        if len(row) != len(inputs):
            many = count_things(len(inputs), "input")
            raise ValueError(
                f"page needs one number an input in each row: row {i} has {len(row)} for {many}"
            )
    return [[as_float(x, "a row of page", "a number") for x in row] for row in rows]


def describe_nodes(graph: Graph, formulas: Formulas, rules: Rules) -> list[dict[str, Any]]:
    """Return how each node of a graph is computed, from which recorded number, by which formulas.

    Where a graph was cut, nodes keep their numbers, as what they are made from isn't there.
    """
    given = graph.cut
    return [
        {
            "kind": "given" if node in given else classify_node(node),
            "inputs": [] if node in given else [graph.places[x] for x in node.inputs],
            "rule": None if node in given else rules.add_node(node),
            "number": graph.numbers[node],
            "partials": node.partials if find_key(node) in rules.unwritten else (),
            "formula": None if node in given else formulas.add_operation(node),
            "local": []
            if node in given
            else [formulas.add_partial(node, i) for i in range(len(node.inputs))],
            "name": graph.names[node],
            "group": graph.short_groups.get(layer := graph.layers.get(node, ""), layer),
        }
        for node in graph.nodes
    ]
