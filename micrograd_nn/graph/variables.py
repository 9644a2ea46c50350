"""``build_graph``: a graph named by whatever variables there are, as where a program has stopped.

It serves debuggers and what they show: a variable may be of any library, and raise anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from ..engine.value import Value
from .graph import Graph


def build_graph(root: Value, namespace: Mapping[str, Any]) -> Graph:
    """Return a root's graph with the namespace's names; a stranger's errors cost few of them."""
    try:
        graph = Graph(root, namespace)
        graph.names  # noqa: B018 - found now, where what a list or a dictionary raises is known
    except Exception:
        graph = Graph(root, select_values(namespace))
    return graph


def select_values(variables: Mapping[str, Any]) -> dict[str, Value]:
    """Return the variables that are Values."""
    return {name: x for name, x in variables.items() if is_value(x)}


def is_value(thing: object) -> TypeGuard[Value]:
    """Tell whether a thing is a Value by its type: a Mock may say that it is any."""
    return issubclass(type(thing), Value)
