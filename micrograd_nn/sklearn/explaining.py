"""A prediction explained: the graph of one row, from its columns to what is predicted."""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..explain import Explanation, explain
from ..graph.graph import Graph
from ..nn import MLP
from ..tables.columns import NumericColumn
from ..tables.encoding import Encoding
from ..tables.table import list_quoted
from ..text import InputError, quote_text
from .reading import encode_features, read_row

NamedInputs = dict[str, tuple[Value, float]]  # by name, each with what it changes by in training


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


def explain_prediction(root: Value, model: MLP, named: NamedInputs, by: str | None) -> Explanation:
    """Explain what a prediction owes to one input, by itself to that which it changes most with."""
    graph = Graph(root, model)
    reach = {name: abs(graph.gradients.get(x, 0.0)) * scale for name, (x, scale) in named.items()}
    chosen = max(reach, key=lambda name: reach[name]) if by is None else by
    if chosen not in named:
        known = list_quoted([*named])
        raise InputError(f"there is no input {quote_text(chosen)}: choose from {known}")
    return explain(graph, named[chosen][0])
