"""Copying and pickling a graph of any depth: node by node, since recursion fails on a deep one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .node import Node, copies, is_compared, is_leaf, nodes
from .setting import next_number, setting

FIELDS = {*Node.__slots__}  # beside these is what a class of one's own adds
ITS_OWN = {"created", "x", "y"}  # a copy has a place in the order and inputs of its own


class Copying:
    """What a Value does when it is copied or pickled: the graph below it goes along."""

    __slots__ = ()

    def fields(self) -> dict[str, Any]:
        """Return all of this node but its inputs and its number in the order of making.

        >>> from micrograd_nn import Value
        >>> Value(3.0, label="x").fields()["number"]
        3.0

        What a class of your own adds, in slots or not, is among them.
        """
        for observer in setting.get().observers:
            observer.looked_at(self)
        state: Any = object.__getstate__(self)  # its __dict__, if any, and its slots
        fields = (state[1] | (state[0] or {})).items()
        return {name: x for name, x in fields if name not in ITS_OWN}

    def __copy__(self: Any) -> Any:
        return restore_node(type(self), self.inputs, self.fields())

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        from copy import deepcopy  # which has called this

        graph, added = nodes(self), []
        for node in graph:
            if id(node) not in memo:
                inputs, fields = [memo[id(input)] for input in node.inputs], node.fields()
                copied = memo[id(node)] = restore_node(type(node), inputs, fields)
                added += [(copied, name, fields[name]) for name in fields if name not in FIELDS]
        for copied, name, field in added:  # which may have Values in it, these too
            setattr(copied, name, deepcopy(field, memo))
        if self.operation is not None and is_compared(graph):  # a leaf alone is a new number
            copies.update([memo[id(node)] for node in graph])
        return memo[id(self)]

    def __reduce__(self: Any) -> tuple[Any, ...]:
        """Pickle the graph below as one flat list.

        Leaves are pickled by themselves, and so come first in the order of the new nodes: two
        graphs that share a leaf share it afterwards. Inner nodes that they share become two.
        """
        if self.operation is None:
            return restore_node, (type(self), (), {}), (None, self.fields())
        graph = nodes(self)
        place = {node: i for i, node in enumerate(graph)}
        flat = [
            x if is_leaf(x) else (type(x), [place[input] for input in x.inputs], x.fields())
            for x in graph
        ]
        return restore_graph, (flat, is_compared(graph))


def restore_node(kind: type, inputs: Sequence[Any], fields: dict[str, Any]) -> Any:
    """Return a copied or unpickled node: it is new, so it gets a new number in the order."""
    node: Any = object.__new__(kind)
    node.created = next_number()
    node.replace_inputs(inputs)
    for name, field in fields.items():
        setattr(node, name, field)
    return node


def restore_graph(flat: list[Any], was_compared: bool) -> Any:
    """Return the root of an unpickled graph, whose nodes come in their order: inputs first."""
    graph: list[Any] = []
    for entry in flat:
        if isinstance(entry, tuple):
            kind, places, fields = entry
            entry = restore_node(kind, [graph[i] for i in places], fields)
        graph.append(entry)
    if was_compared:
        copies.update(graph)
    return graph[-1]
