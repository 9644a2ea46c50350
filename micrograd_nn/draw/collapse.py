"""Which nodes of a graph belong to which neuron and layer, by the names of its parameters."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ..engine.value import Constant, Value, is_leaf
from ..graph.naming import given_names
from ..text import short
from .boxes import Arrow

PLACES = re.compile(r"(\.?\d+)+$")  # the places in lists that end a name
NEURON = re.compile(r"(.*?)\.?neurons\.\d+")
FEW_INPUTS = 8  # inputs of collapsed boxes that are drawn each by itself
FEW_ARROWS = 40  # of a collapsed picture, which then have texts; if there are more, tooltips:
# one text anywhere makes Graphviz leave room for one on every arrow


def owner_of(name: str) -> str:
    """Return the part of a parameter's name that says whose parameter it is.

    >>> owner_of("layers.0.neurons.3.w.1"), owner_of("layers.0.neurons.3.b")
    ('layers.0.neurons.3', 'layers.0.neurons.3')

    A name by itself has no owner:

    >>> owner_of("x1"), owner_of("weights.0.1")
    ('', '')
    """
    return PLACES.sub("", name).rpartition(".")[0] if "." in name else ""


def layer_of(owner: str) -> str:
    """Return the layer of a neuron; what isn't a neuron of a layer is one by itself.

    >>> layer_of("layers.0.neurons.3"), layer_of("neurons.3"), layer_of("encoder")
    ('layers.0', 'layer', 'encoder')
    """
    found = NEURON.fullmatch(owner)
    return (found[1] or "layer") if found else owner


def neurons_in(graph: Sequence[Value], names: Any) -> dict[Value, str]:
    """Return for each node that belongs to a neuron of a model in ``names`` which one.

    >>> neurons_in([Value(1.0)], None)
    {}
    """
    parameters = given_names(names, models_only=True)
    return neurons_of(graph, {node: name for node, name in parameters.items() if is_leaf(node)})


def neurons_of(graph: Sequence[Value], parameters: dict[Value, str]) -> dict[Value, str]:
    """Return for each node that belongs to a neuron which one, by the names of the parameters.

    What uses a neuron's parameters belongs to it; so does what only combines such nodes of one
    neuron (the sum of its products), and the one activation of that.

    >>> from micrograd_nn import nn
    >>> neuron, x = nn.Neuron(1, "tanh"), Value(2.0)
    >>> y = neuron([x])
    >>> names = {p: f"neurons.0.{name}" for name, p in neuron.named_parameters()}
    >>> [owner for owner in neurons_of([x, *names, y.inputs[0], y], names).values()]
    ['neurons.0', 'neurons.0', 'neurons.0', 'neurons.0']
    """
    group = {node: owner for node in graph if (owner := owner_of(parameters.get(node, "")))}
    if not group:
        return group
    own = set(group)  # the parameters
    users: dict[Value, int] = {}
    for node in graph:
        for input in dict.fromkeys(node.inputs):
            users[input] = users.get(input, 0) + 1
    activations: set[Value] = set()
    for node in graph:
        inputs = {input for input in node.inputs if not isinstance(input, Constant)}
        direct = {group[input] for input in inputs if input in own}
        if len(direct) == 1:
            group[node] = direct.pop()
            continue
        owners = {group.get(input, "") for input in inputs}
        if direct or len(owners) != 1 or "" in owners or any(users[x] > 1 for x in inputs):
            continue
        if len(inputs) > 1:
            group[node] = owners.pop()
        elif is_activation(node) and not inputs & activations:
            group[node] = owners.pop()
            activations.add(node)
    return group


def is_activation(node: Value) -> bool:
    """Tell whether an operation is of one input, but for inputs that have a default."""
    operation = node.operation
    if operation is None or len(node.inputs) == 1:
        return operation is not None
    return len(operation.inputs) - len(operation.defaults) == 1 < len(operation.inputs)


class Group(NamedTuple):
    """Nodes that are drawn as one box."""

    id: str
    nodes: Sequence[Value]
    lines: Sequence[str]
    kind: str = "group"


def folded(
    graph: Sequence[Value],
    neurons: dict[Value, str],
    depth: str | None,
    precision: int = 4,
    show: str = "both",
) -> list[Group]:
    """Return the boxes that stand for the neurons or the layers of a graph; none without depth.

    >>> folded([], {}, "layer")
    []

    Many inputs that only one of them uses are one box, too.
    """
    if not depth:
        return []
    members: dict[str, list[Value]] = {}
    group_of = {
        node: layer_of(neurons[node]) if depth == "layer" else neurons[node]
        for node in graph
        if node in neurons
    }
    for node, name in group_of.items():
        members.setdefault(name, []).append(node)
    outward = set(graph[-1:])  # the root, and what is used outside of its group
    for node in graph:
        outward.update(x for x in node.inputs if group_of.get(x) != group_of.get(node))
    groups = [
        Group(f"g{i}", own, lines_of_group(name, own, outward, neurons, precision, show))
        for i, (name, own) in enumerate(members.items())
    ]
    used_in: dict[Value, set[str]] = {}
    for node in graph:
        for input in node.inputs:
            if not input.inputs and input not in group_of:
                used_in.setdefault(input, set()).add(group_of.get(node, ""))
    sources: dict[bool, list[Value]] = {}
    for node, users in used_in.items():
        if "" not in users:
            sources.setdefault(isinstance(node, Constant), []).append(node)
    for is_constant, own in sources.items():
        if len(own) > FEW_INPUTS:
            kind = "constant" if is_constant else "leaf"
            groups.append(Group(f"i{is_constant:d}", own, [f"{len(own)} inputs"], kind))
    return groups


def lines_of_group(
    name: str,
    own: Sequence[Value],
    outward: set[Value],
    neurons: dict[Value, str],
    precision: int,
    show: str,
) -> list[str]:
    """Return what a collapsed box tells: name, shape, operations, parameters and numbers."""
    parameters = [node for node in own if not node.inputs]
    inner = [node for node in own if node.inputs]
    count = len(dict.fromkeys(neurons[node] for node in own))
    fan_in = max((len(set(node.inputs) - set(parameters)) for node in inner), default=0)
    symbols = dict.fromkeys(node.operation.symbol for node in inner if node.operation)
    lines = [name]
    if count > 1:
        lines.append(f"{fan_in} → {count} neurons")
    lines.append(", ".join(symbols))
    outputs = [node for node in inner if node in outward]
    if len(outputs) > count:
        lines.append(f"used {len(outputs) / count:.4g} times")
    if show != "grad":
        lines.append(f"data {range_of([node.data for node in outputs], precision)}")
    lines.append(f"{len(parameters)} parameter{'s' * (len(parameters) != 1)}")
    if show != "data":
        lines.append(f"their grad {range_of([node.grad for node in parameters], precision)}")
    return [line for line in lines if line]


def range_of(numbers: Sequence[float | None], precision: int) -> str:
    """Return the least and the greatest number as a text, a dash where there are none.

    >>> range_of([2.0, -1.0], 4), range_of([None], 4), range_of([2.0], 4)
    ('−1 … 2', '–', '2')
    """
    known = [number for number in numbers if number is not None]
    if any(math.isnan(number) for number in known):
        return short(math.nan)
    ends = dict.fromkeys(short(end, precision) for end in (min(known), max(known))) if known else {}
    return " … ".join(ends) or short(None)


def arrows_of(
    graph: Iterable[Value],
    place: dict[Value, str],
    holder: dict[Value, Group],
    marked: set[tuple[Value, int]],
    precision: int,
    show: str,
    passed: bool,
) -> list[Arrow]:
    """Return the arrows between boxes: one an argument, but one bundle between collapsed boxes."""
    bundles: dict[tuple[str, str, int], list[tuple[Value, int]]] = {}
    for node in graph:
        for position, input in enumerate(node.inputs):
            tail, head = place[input], place[node]
            if tail != head:
                part = 0 if node in holder or input in holder else position
                bundles.setdefault((tail, head, part), []).append((node, position))
    arrows = []
    for (tail, head, part), edges in bundles.items():
        node, position = edges[0]
        partial, lines = node.partials[position], []
        values = len({node.inputs[position] for node, position in edges})
        if len(edges) > 1:
            lines = [f"{values} values"] if values > 1 else []
        elif partial is not None and show != "data":
            lines = [f"× {short(partial + 0.0, precision)}"]  # no −0
            if passed and node.grad is not None:
                lines.append(f"= {short(node.grad * partial + 0.0, precision)}")
        tooltip = ""
        if holder and len(bundles) > FEW_ARROWS:
            tooltip, lines = " ".join(lines), []
        arrows.append(Arrow(tail, head, part, lines, not marked.isdisjoint(edges), tooltip))
    return arrows
