"""The nodes of a graph in groups within groups: repetitions, layers, neurons.

Whatever shows a graph shows some groups as one box each, and opens others: a cut through the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..engine.value import Value
from .folding import Folding


@dataclass(eq=False)
class GroupTree:
    """Nodes that belong together, and the groups among them.

    ``kind`` is "graph" for all, "repeat" for one repetition that stands for ``times`` many,
    "layer" or "neuron". Of what is repeated there are the nodes of one repetition alone.
    """

    kind: str
    name: str
    times: int = 1
    nodes: list[Value] = field(default_factory=list)
    groups: dict[object, GroupTree] = field(default_factory=dict)

    def __repr__(self) -> str:
        times = f" × {self.times:,}" if self.times > 1 else ""
        return (
            f"<GroupTree: {self.kind} {self.name!r}{times}, {len(list(self.walk_nodes())):,} nodes>"
        )

    def walk_nodes(self) -> Iterator[Value]:
        """Yield the nodes of this group and of all groups in it."""
        waiting = [self]
        while waiting:
            group = waiting.pop()
            yield from group.nodes
            waiting += group.groups.values()

    def enter(self, key: object, kind: str, name: str, times: int = 1) -> GroupTree:
        """Return the group of a key within this one, a new one if there is none yet."""
        if key not in self.groups:
            self.groups[key] = GroupTree(kind, name, times)
        return self.groups[key]


def group_nodes(
    nodes: Sequence[Value],
    folding: Folding,
    layers: Mapping[Value, str],
    neurons: Mapping[Value, str],
) -> GroupTree:
    """Return the group of all nodes, of which those that stand for others stand alone.

    A weight stands in its neuron, and so does a number that all its users' group has for itself.
    """
    everything = GroupTree("graph", "")
    where: dict[Value, GroupTree] = {}  # the repeat of each node in one
    for i, repeat in enumerate(folding.repeats):
        group = everything.enter(i, "repeat", f"repeat {i + 1}", len(repeat.repetitions))
        where.update((folding.places[x], group) for x in repeat.repetitions[-1] if x is not None)
    kept = [node for node in nodes if folding.places[node] is node]
    users: dict[Value, set[GroupTree]] = {}
    for node in kept:
        for input in node.inputs:
            users.setdefault(folding.places[input], set()).add(where.get(node, everything))
    for node in kept:
        group = where.get(node, everything)
        used_in = users.get(node, set())
        owned = node in folding.members or node in neurons
        if node.operation is None and len(used_in) == 1 and owned:
            (group,) = used_in
        if node in neurons:
            layer, neuron = layers[node], neurons[node]
            group = group.enter(("layer", layer), "layer", layer)
            if neuron != layer:
                group = group.enter(("neuron", neuron), "neuron", neuron)
        group.nodes.append(node)
    return everything
