"""What the page of a graph is made from: its nodes, rules, formulas and pictures in a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .change import made_from
from .collapse import layer_of, neurons_in
from .document import document, escape
from .javascript import Key, NoJavaScriptError, key_of, rule_source
from .mathml import Formulas
from .naming import names_of
from .operation import Reduction
from .text import printable
from .value import Constant, Value, nodes
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
    title = printable(title).strip() or f"Backpropagation through {named[root]}"
    data = {
        "nodes": described,
        "rules": rules.described,
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
        {"rules.js": rules.source()},
        title=escape(title),
        notes="".join(f"<p>{escape(printable(part))}</p>" for part in paragraphs(notes)),
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
            "rule": rules.number(node),
            "number": numbers[node],
            "partials": node.partials if key_of(node) in rules.unwritten else (),
            "formula": formulas.of_operation(node),
            "local": [formulas.of_partial(node, i) for i in range(len(node.inputs))],
        }
        for node in graph
    ]


class Rules:
    """The functions that a page computes its nodes with, one for all nodes that can share it."""

    def __init__(self) -> None:
        self.numbers: dict[Key, int] = {}
        self.sources: list[str] = []
        self.described: list[Mapping[str, Any]] = []
        self.unwritten: set[Key | None] = set()  # their nodes keep what was recorded
        self.missing = ""

    def number(self, node: Value) -> int | None:
        """Return the number of a node's function, None for a node that isn't computed."""
        key = key_of(node)
        if key is None:
            return None
        if key not in self.numbers:
            operation = key.operation
            try:
                source = rule_source(key)
            except NoJavaScriptError as error:
                source = "{}"
                self.unwritten.add(key)
                self.missing = self.missing or printable(str(error))
            self.numbers[key] = len(self.sources)
            self.sources.append(
                f"// {operation.name}\n{source}" if operation.name.isidentifier() else source
            )
            self.described.append(
                {
                    "name": printable(operation.name),
                    "symbol": printable(operation.symbol),
                    "written": printable(operation.written(*operation.inputs)),
                    "inputs": []
                    if isinstance(operation, Reduction)
                    else [printable(name) for name in operation.inputs[: len(key.wanted)]],
                    "needs": printable(operation.needs),
                    "partialsNeed": printable(operation.partials_need),
                    "wanted": key.wanted,
                }
            )
        return self.numbers[key]

    def source(self) -> str:
        """Return the script of the functions."""
        items = ",\n".join(self.sources)
        return f'import {{ math }} from "./math.js";\n\nexport const rules = [\n{items}\n];\n'


def kind_of(node: Value) -> str:
    """Say what a node is: a leaf, a constant or computed."""
    return "constant" if isinstance(node, Constant) else "inner" if node.inputs else "leaf"


def paragraphs(text: str) -> list[str]:
    r"""Return the parts of a text that blank lines divide.

    >>> paragraphs("one\n\ntwo ")
    ['one', 'two']
    """
    return [part.strip() for part in text.split("\n\n") if part.strip()]
