"""Copying and pickling a graph of any depth: node by node, since recursion fails on a deep one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from .comparisons import is_compared, mark_copies
from .node import is_leaf, nodes
from .setting import next_number

ITS_OWN = {"__weakref__", "__dict__", "created", "x", "y"}  # a copy has other inputs and its place


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
        kind: Any = type(self)
        slots = {name: getattr(self, name) for name in copied_slots(kind) if hasattr(self, name)}
        return slots | getattr(self, "__dict__", {})

    def __copy__(self: Any) -> Any:
        return restore_node(type(self), self.inputs, self.fields())

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        from copy import deepcopy  # which has called this

        graph = nodes(self)
        for node in graph:
            if id(node) not in memo:
                inputs = [memo[id(input)] for input in node.inputs]
                memo[id(node)] = restore_node(type(node), inputs, node.fields())
        for node in graph:  # what a class of your own adds may have Values in it, these too
            for name in find_added(node):
                setattr(memo[id(node)], name, deepcopy(getattr(node, name), memo))
        if self.operation is not None and is_compared(graph):  # a leaf alone is a new number
            mark_copies([memo[id(node)] for node in graph])
        return memo[id(self)]

    def __reduce__(self: Any) -> tuple[Any, ...]:
        """Pickle the graph below as one flat list.

        Leaves are pickled by themselves, and so come first in the order of the new nodes: two
        graphs that share a leaf share it afterwards. Inner nodes that they share become two.
        """
        if self.operation is None:
            return restore_node, (type(self), (), {}), (None, self.fields())
        return restore_graph, flatten_nodes(nodes(self))


def flatten_nodes(graph: Sequence[Any]) -> tuple[list[Any], bool]:
    """Return the nodes of a graph as what can be pickled: what ``restore_nodes`` takes."""
    place = {node: i for i, node in enumerate(graph)}
    flat = []
    for node in graph:
        inputs = [place[input] for input in node.inputs]
        flat.append(node if is_leaf(node) else (type(node), inputs, node.fields()))
    return flat, is_compared(graph)


def find_added(node: Any) -> list[str]:
    """Return the names of what a node's class has added to a Value's own fields."""
    kind: Any = type(node)
    added = [name for name in added_slots(kind) if hasattr(node, name)]
    return [*added, *getattr(node, "__dict__", ())]


@cache
def added_slots(kind: type) -> tuple[str, ...]:
    """Return the slots of a class that aren't those of Value, which has ``created``."""
    value = next(base for base in kind.__mro__ if "created" in base.__dict__.get("__slots__", ()))
    own = {*copied_slots(value)}
    return tuple([name for name in copied_slots(kind) if name not in own])


@cache
def copied_slots(kind: type) -> tuple[str, ...]:
    """Return the names of a class's slots that are copied, those of its bases too."""
    found = []
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ITS_OWN:
                mangled = name.startswith("__") and not name.endswith("__")
                found.append(f"_{base.__name__.lstrip('_')}{name}" if mangled else name)
    return tuple(found)


def restore_node(kind: type, inputs: Sequence[Any], fields: dict[str, Any]) -> Any:
    """Return a copied or unpickled node: it is new, so it gets a new number in the order."""
    node: Any = object.__new__(kind)
    node.created = next_number()
    node.replace_inputs(inputs)
    for name, field in fields.items():
        setattr(node, name, field)
    return node


def restore_graph(flat: list[Any], was_compared: bool) -> Any:
    """Return the root of an unpickled graph."""
    return restore_nodes(flat, was_compared)[-1]


def restore_nodes(flat: list[Any], was_compared: bool) -> list[Any]:
    """Return the nodes of an unpickled graph, in the order in which they were: inputs first."""
    graph: list[Any] = []
    for entry in flat:
        if isinstance(entry, tuple):
            kind, places, fields = entry
            entry = restore_node(kind, [graph[i] for i in places], fields)
        graph.append(entry)
    if was_compared:
        mark_copies(graph)
    return graph
