"""Boxes that stand for several nodes: which depth a picture has, and what such a box says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from ..graph.folding import EVERY_NODE, Folding
from ..graph.graph import Graph
from ..graph.groups import group_nodes
from .faces import Face, describe_group
from .marks import Look

FEW_NEURONS = 24  # which are drawn each by itself, unless one says how
FEW_INPUTS = 8  # inputs of collapsed boxes that are drawn each by itself


class NodeGroup(NamedTuple):
    """Nodes that are drawn as one box."""

    id: str
    nodes: Sequence[Value]
    face: Face
    kind: str = "group"
    frame: str = ""  # of the repetition that it is in


def choose_depth(graph: Graph, folding: Folding | None = None) -> str:
    """Return how a graph is best drawn: one box a "node", a "neuron" or a "layer".

    >>> choose_depth(Graph(Value(3.0) * 2))
    'node'
    """
    neurons: Mapping[Value, str] = graph.neurons
    if folding and neurons:
        neurons = {node: name for node, name in neurons.items() if folding.places[node] is node}
    count = len(set(folding.places.values())) if folding else len(graph.nodes)
    if count <= EVERY_NODE or not neurons:
        return "node"
    if folding:
        return "layer"
    few = len(set(neurons.values())) <= FEW_NEURONS and count - len(neurons) <= EVERY_NODE
    return "neuron" if few else "layer"


def find_frames(
    graph: Graph, folding: Folding | None, shown: int | None
) -> dict[Value, tuple[str, int]]:
    """Return for each node that stands for repetitions what their frame says, and their number.

    >>> x = Value(3.0)
    >>> graph = Graph(sum(x * i for i in range(5)))
    >>> set(find_frames(graph, graph.folding, None).values())
    {('× 5', 5)}
    """
    if not folding:
        return {}
    frames: dict[Value, tuple[str, int]] = {}
    groups = group_nodes(graph.nodes, folding, graph.layers, graph.neurons).groups.values()
    repeats = [group for group in groups if group.kind == "repeat"]
    for group in repeats:
        label = f"{group.name}: × {group.times:,}" if len(repeats) > 1 else f"× {group.times:,}"
        if shown is not None:
            label += f", repetition={min(shown, group.times - 1)}"
        frames.update((node, (label, group.times)) for node in group.walk_nodes())
    return frames


def collapse_nodes(
    graph: Graph,
    depth: str,
    look: Look,
    folding: Folding | None = None,
    frames: Mapping[Value, tuple[str, int]] | None = None,
    shown: int | None = None,
) -> list[NodeGroup]:
    """Return the boxes that stand for the neurons or the layers of a graph.

    Many inputs that only one of them uses are one box, too. Where each node has a box, or no node
    belongs to a neuron, there are none:

    >>> collapse_nodes(Graph(Value(3.0)), "layer", Look())
    []
    """
    if depth == "node":
        return []
    neurons, frames = graph.neurons, frames or {}
    stands: Mapping[Value, Value] = folding.places if folding else {}
    owners = graph.layers if depth == "layer" else neurons
    group_of = {
        node: (frames.get(stands.get(node, node), ("", 1))[0], owners[node])
        for node in graph.nodes
        if node in owners
    }
    members: dict[tuple[str, str], list[Value]] = {}
    for node, key in group_of.items():
        members.setdefault(key, []).append(node)
    groups = []
    for i, (key, own) in enumerate(members.items()):
        outputs = [
            node
            for node in own
            if node.inputs
            and (node is graph.root or any(group_of.get(user) != key for user in graph.users[node]))
        ]
        frame, name = key
        count = len({neurons[node] for node in own})
        inner = [node for node in own if node.inputs and stands.get(node, node) is node]
        if shown is not None:
            outputs = [node for node in outputs if stands.get(node, node) is node]
        face = describe_group(name, own, inner, outputs, count, look)
        groups.append(NodeGroup(f"g{i}", own, face, frame=frame))
    return groups + gather_inputs(graph, group_of, stands, frames)


def gather_inputs(
    graph: Graph,
    group_of: Mapping[Value, object],
    stands: Mapping[Value, Value],
    frames: Mapping[Value, tuple[str, int]],
) -> list[NodeGroup]:
    """Return a box for the inputs that collapsed boxes alone use, if they are many."""
    inputs = [x for x in graph.nodes if not x.inputs]
    sources: dict[tuple[bool, str], list[Value]] = {}
    for x in inputs:
        if x not in group_of and all(user in group_of for user in graph.users[x]):
            frame, _ = frames.get(stands.get(x, x), ("", 1))
            sources.setdefault((isinstance(x, Constant), frame), []).append(x)
    groups = []
    for i, ((is_constant, frame), own) in enumerate(sources.items()):
        count = len({stands.get(x, x) for x in own})
        if count > FEW_INPUTS:
            kind = "constant" if is_constant else "leaf"
            groups.append(NodeGroup(f"i{i}", own, Face(f"{count} inputs"), kind, frame))
    return groups
