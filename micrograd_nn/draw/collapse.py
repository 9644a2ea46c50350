"""Boxes that stand for several nodes: which depth a picture has, and what such a box says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..text import format_number
from .marks import Look

EVERY_NODE = 60  # a graph of no more nodes is drawn whole, unless one says how
FEW_NEURONS = 24  # which are drawn each by itself, unless one says how
FEW_INPUTS = 8  # inputs of collapsed boxes that are drawn each by itself


class NodeGroup(NamedTuple):
    """Nodes that are drawn as one box."""

    id: str
    nodes: Sequence[Value]
    lines: Sequence[str]
    kind: str = "group"


def choose_depth(graph: Graph) -> str:
    """Return how a graph is best drawn: one box a "node", a "neuron" or a "layer".

    >>> choose_depth(Graph(Value(3.0) * 2))
    'node'
    """
    count, neurons = len(graph.nodes), graph.neurons
    if count <= EVERY_NODE or not neurons:
        return "node"
    few = len(set(neurons.values())) <= FEW_NEURONS and count - len(neurons) <= EVERY_NODE
    return "neuron" if few else "layer"


def collapse_nodes(graph: Graph, depth: str, look: Look) -> list[NodeGroup]:
    """Return the boxes that stand for the neurons or the layers of a graph.

    Many inputs that only one of them uses are one box, too. Where each node has a box, or no node
    belongs to a neuron, there are none:

    >>> collapse_nodes(Graph(Value(3.0)), "layer", Look())
    []
    """
    if depth == "node":
        return []
    neurons = graph.neurons
    owners = graph.layers if depth == "layer" else neurons
    group_of = {node: owners[node] for node in graph.nodes if node in owners}
    members: dict[str, list[Value]] = {}
    for node, name in group_of.items():
        members.setdefault(name, []).append(node)
    groups = []
    for i, (name, own) in enumerate(members.items()):
        outputs = [
            node
            for node in own
            if node is graph.root or any(group_of.get(user) != name for user in graph.users[node])
        ]
        count = len({neurons[node] for node in own})
        lines = describe_group(own, outputs, count, look)
        groups.append(NodeGroup(f"g{i}", own, [name, *lines]))
    inputs = dict.fromkeys(x for node in graph.nodes for x in node.inputs if not x.inputs)
    sources: dict[bool, list[Value]] = {}
    for x in inputs:
        if x not in group_of and all(user in group_of for user in graph.users[x]):
            sources.setdefault(isinstance(x, Constant), []).append(x)
    for is_constant, own in sources.items():
        if len(own) > FEW_INPUTS:
            kind = "constant" if is_constant else "leaf"
            groups.append(NodeGroup(f"i{is_constant:d}", own, [f"{len(own)} inputs"], kind))
    return groups


def describe_group(
    own: Sequence[Value], outputs: Sequence[Value], count: int, look: Look
) -> list[str]:
    """Return what the box of so many neurons says: shape, operations, parameters and numbers."""
    parameters = [node for node in own if not node.inputs]
    inner = [node for node in own if node.inputs]
    fan_in = max((len(set(node.inputs) - set(parameters)) for node in inner), default=0)
    symbols = dict.fromkeys(node.operation.symbol for node in inner if node.operation)
    outputs = [node for node in outputs if node.inputs]
    lines = [f"{fan_in} → {count} neurons"] if count > 1 else []
    lines.append(", ".join(symbols))
    if len(outputs) > count:
        lines.append(f"used {len(outputs) / count:.4g} times")
    if look.has_data:
        lines.append(f"data {format_range([node.data for node in outputs], look)}")
    lines.append(f"{len(parameters)} parameter{'s' * (len(parameters) != 1)}")
    if look.has_grad:
        lines.append(f"their grad {format_range([node.grad for node in parameters], look)}")
    return [line for line in lines if line]


def format_range(numbers: Sequence[float | None], look: Look) -> str:
    """Return the least and the greatest number as a text, a dash where there are none.

    >>> format_range([2.0, -1.0], Look()), format_range([None], Look())
    ('−1 … 2', '–')
    """
    known = [number for number in numbers if number is not None]
    if not known:
        return format_number(None)
    if any(math.isnan(number) for number in known):
        return format_number(math.nan)
    return " … ".join(dict.fromkeys(map(look.format_number, (min(known), max(known)))))
