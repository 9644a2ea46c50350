"""A prediction explained: how much it changes with its inputs, and where a gradient comes from."""

from __future__ import annotations

from typing import Any

from ..._ground.text import InputError, count_things, format_number, make_printable, quote_text
from ...engine.value import Value
from ...explain.explanation import Explanation, escape_markdown
from ...graph.graph import Graph
from ...graph.paths import format_count
from ...nn import MLP
from ..tables.columns import NumericColumn
from ..tables.encoding import Encoding
from ..tables.table import list_quoted
from .reading import encode_features, read_row

NamedInputs = dict[str, tuple[Value, float]]  # by name, each with what it changes by in training
SHOWN_INPUTS = 5  # by which a prediction changes most


class Explained(Explanation):
    """An explanation in some ten lines, since a network has thousands of paths.

    ``details()`` is all of it; ``effects`` has each input's gradient times its usual change: the
    standard deviation of a number in training, 1 of a text.
    """

    def __init__(self, graph: Graph, wrt: Value, effects: dict[str, float]) -> None:
        super().__init__(graph, wrt)
        self.effects = effects

    def __repr__(self) -> str:
        return f"<Explained: {self.describe_gradient()}; details() is all of it>"

    def __str__(self) -> str:
        return "\n".join(self.list_lines())

    def _repr_markdown_(self) -> str:
        return "".join([f"{escape_markdown(line.strip())}  \n" for line in self.list_lines()])

    def details(self) -> str:
        """Return the explanation in full: the ledger, the largest paths, and the chain rule."""
        return super().__str__()

    def list_lines(self) -> list[str]:
        """Return what it says, by line."""
        ranked = sorted(self.effects.items(), key=lambda item: -abs(item[1]))
        shown = [(make_printable(name), x) for name, x in ranked[:SHOWN_INPUTS]]
        width = max([len(name) for name, _ in shown])
        left = count_things(len(ranked) - len(shown), "other input")
        ends = f"from {self.names[self.wrt]} to {self.names[self.root]}"
        paths = "1 path" if self.path_count == 1 else f"{format_count(self.path_count)} paths"
        lines = [
            f"{self.describe_gradient()}.",
            "Gradient × usual change (of a number its standard deviation, of a text 1):",
            *[f"  {name.ljust(width)}  {format_number(x + 0.0)}" for name, x in shown],
        ]
        if len(ranked) > len(shown):
            lines.append(f"  {left}, by which it changes less")
        lines.append(f"{paths} {ends}: details() has the largest, with the chain rule.")
        if self.kinks:
            lines.append(f"{count_things(len(self.kinks), 'node')} on the way at a kink.")
        return [*lines, self.list_remarks()[0]]


def record_row(row: Any, model: MLP, encoding: Encoding) -> tuple[list[Value], NamedInputs]:
    """Return the graph's outputs for a row, and its inputs, in the columns' own units."""
    known = encoding.input_columns
    cells = read_row(row, known)
    encode_features(known, cells)  # which refuses what no training row has
    named: NamedInputs = {}
    inputs = []
    for column in known:
        cell: Any = cells[column.name][0]
        if isinstance(column, NumericColumn):
            x = add_input(named, column.name, cell, column.scale)
            scaled = (x - column.mean) / column.scale
            scaled.label = f"scaled {column.name}"
            inputs.append(scaled)
            continue
        for category in column.categories:
            name = f"{column.name}={category}"
            inputs.append(add_input(named, name, float(cell == category), 1.0))
    outputs = model(inputs)
    return outputs if isinstance(outputs, list) else [outputs], named


def add_input(named: NamedInputs, name: str, number: float, scale: float) -> Value:
    """Return an input, added by its name, which may be no other's."""
    if name in named:
        raise InputError(f"two inputs are named {quote_text(name)}: rename a column")
    named[name] = x, _ = Value(number, name), scale
    return x


def explain_prediction(root: Value, model: MLP, named: NamedInputs, by: str | None) -> Explained:
    """Explain what a prediction owes to one input, by itself to that which it changes most with."""
    graph = Graph(root, model)
    effects = {name: graph.gradients.get(x, 0.0) * scale for name, (x, scale) in named.items()}
    chosen = max(effects, key=lambda name: abs(effects[name])) if by is None else by
    if chosen not in named:
        known = list_quoted([*named])
        raise InputError(f"there is no input {quote_text(chosen)}: choose from {known}")
    return Explained(graph, named[chosen][0], effects)
