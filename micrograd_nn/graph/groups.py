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
    groups: dict[tuple[str, str], GroupTree] = field(default_factory=dict)

    def walk_nodes(self) -> Iterator[Value]:
        """Yield the nodes of this group and of all groups in it."""
        yield from self.nodes
        for group in self.groups.values():
            yield from group.walk_nodes()

    def enter(self, kind: str, name: str, times: int = 1) -> GroupTree:
        """Return the group of a kind and name within this one, a new one if there is none yet."""
        return self.groups.setdefault((kind, name), GroupTree(kind, name, times))


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
    for i, repeat in enumerate(folding.repeats, 1):
        group = everything.enter("repeat", f"repeat {i}", len(repeat))
        where.update((folding.places[x], group) for x in repeat[-1] if x is not None)
    kept = [node for node in nodes if folding.places[node] is node]
    users: dict[Value, set[GroupTree]] = {}
    for node in kept:
        for input in node.inputs:
            # In a part of a graph, inputs may be left out.
            users.setdefault(folding.places.get(input, input), set()).add(
                where.get(node, everything)
            )
    for node in kept:
        group = where.get(node, everything)
        used_in = users.get(node, set())
        is_owned = node in folding.members or node in neurons
        if node.operation is None and len(used_in) == 1 and is_owned:
            (group,) = used_in
        for kind, names in (("layer", layers), ("neuron", neurons)):
            if names.get(node, group.name) != group.name:
                group = group.enter(kind, names[node])
        group.nodes.append(node)
    return everything
