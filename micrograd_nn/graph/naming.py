"""One name for every node, for all that shows a graph: the same graph gives the same names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from ..engine.value import Constant, Value
from ..text import add_article, format_number, make_printable

DEEPEST = 4  # lists in lists in which names are looked for: locals() may hold anything


def name_nodes(nodes: Sequence[Value], namespace: Any = None) -> dict[Value, str]:
    """Return a name for each of a graph's nodes, in its order.

    A node is named by the namespace (``locals()``, a model or any dictionary), else by its label,
    a constant by its number, and the rest v1, v2, … by their place:

    >>> x = Value(3.0, label="x")
    >>> from micrograd_nn import nodes
    >>> graph = nodes(2 * x + 1)
    >>> list(name_nodes(graph).values())
    ['x', '2', 'v1', '1', 'v2']
    >>> list(name_nodes(graph, {"weights": [x]}).values())
    ['weights.0', '2', 'v1', '1', 'v2']

    Where two nodes have one name, the later ones are numbered:

    >>> list(name_nodes([Value(1.0, "x"), Value(2.0, "x")]).values())
    ['x', 'x (2)']
    """
    given = collect_names(namespace)
    found: dict[Value, str] = {}
    wanted = {node: make_printable(given.get(node) or node.label or "") for node in nodes}
    taken = set(wanted.values())
    unnamed = count(1)
    numbers: dict[str, Iterator[int]] = {}
    for node in sorted(nodes, key=lambda node: node not in given):  # a given name is unchanged
        name = wanted[node]
        if name and name not in numbers:
            numbers[name] = count(2)
            found[node] = name
        elif name:
            again = (f"{name} ({number})" for number in numbers[name])
            found[node] = next(name for name in again if name not in taken)
        elif isinstance(node, Constant):
            found[node] = format_number(node.data)
        else:
            found[node] = next(name for i in unnamed if (name := f"v{i}") not in taken)
    return {node: found[node] for node in nodes}


def collect_names(namespace: Any, models_only: bool = False) -> dict[Value, str]:
    """Return the name of each Value in a dictionary such as ``locals()``, or in a model.

    >>> x, w = Value(1.0), Value(2.0)
    >>> list(collect_names({"x": x, "layer": {"w": [w, w]}, "_": x}).values())
    ['x', 'layer.w.0']

    The first name of a Value counts, and a name that begins with an underscore doesn't. With
    ``models_only``, a Value that no model in the dictionary has as its parameter isn't named:

    >>> collect_names({"x": x, "layer": {"w": [w]}}, models_only=True)
    {}
    """
    named = getattr(namespace, "named_parameters", None)
    if named is None and namespace is not None and not isinstance(namespace, Mapping):
        kind = add_article(type(namespace).__name__)
        raise TypeError(f"names is locals(), a model or a dictionary of Values, not {kind}")
    found: dict[Value, str] = {}
    for name, node in named() if named else walk_names(namespace or {}, "", DEEPEST, models_only):
        found.setdefault(node, name)
    return found


def walk_names(
    thing: Any, name: str, depth: int, models_only: bool = False
) -> Iterator[tuple[str, Value]]:
    """Yield the Values in lists, dictionaries and models, each with its place as a name.

    Only what things are is asked for, not their attributes, which a stranger's may make up.
    """
    kind = type(thing)
    if issubclass(kind, Value):
        if not models_only:
            yield name, thing
    elif callable(getattr(kind, "named_parameters", None)):
        for place, node in thing.named_parameters():
            if isinstance(node, Value):  # not another library's
                yield f"{name}.{place}", node
    elif depth and issubclass(kind, (list, tuple, Mapping)):
        items = thing.items() if issubclass(kind, Mapping) else enumerate(thing)
        for key, item in items:
            if not str(key).startswith("_"):
                place = f"{name}.{key}" if name else str(key)
                yield from walk_names(item, place, depth - 1, models_only)
