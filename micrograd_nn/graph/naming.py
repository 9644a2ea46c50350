"""One name for every node, for all that shows a graph: the same graph gives the same names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from itertools import count
from typing import Any

from .._ground.text import format_constant, list_first, make_printable, quote_text, shorten_text
from ..engine.table import OPERATIONS
from ..engine.value import Constant, Value
from .neurons import find_owner
from .places import PACKAGE, Place, find_places

UNNAMED = re.compile(r"v\d+")  # what a node without a name is called
MOST_LISTED = 8  # names that a message lists
LONGEST_NAME = 1_000  # characters of one that is compared with others, which takes their square


def name_nodes(nodes: Sequence[Value], namespace: Any = None) -> dict[Value, str]:
    """Return a name for each of a graph's nodes, in its order.

    A node is named by its label, else by the namespace (``locals()``, a model or any dictionary),
    a constant by its number, and the rest v1, v2, … by their place:

    >>> x, w = Value(3.0, label="x"), Value(2.0)
    >>> from micrograd_nn import nodes
    >>> graph = nodes(w * x + 1)
    >>> list(name_nodes(graph).values())
    ['x', 'v1', 'v2', '1', 'v3']
    >>> list(name_nodes(graph, {"weights": [w]}).values())
    ['x', 'weights.0', 'v1', '1', 'v2']

    Where two nodes have one name, the later ones are numbered:

    >>> list(name_nodes([Value(1.0, "x"), Value(2.0, "x")]).values())
    ['x', 'x (2)']
    """
    given = find_places(namespace)
    found: dict[Value, str] = {}
    wanted = {x: make_printable(x.label or (given[x].name if x in given else "")) for x in nodes}
    taken = set(wanted.values())
    free = (name for i in count(1) if (name := f"v{i}") not in taken)
    numbers: dict[str, Iterator[int]] = {}  # of each name, for those that have it, too
    for node in sorted(nodes, key=lambda node: not node.label):  # a label is unchanged
        name = wanted[node]
        if not name:
            found[node] = format_constant(node.data) if isinstance(node, Constant) else next(free)
        elif name not in numbers:
            numbers[name] = count(2)
            found[node] = name
        else:
            again = (f"{name} ({number})" for number in numbers[name])
            found[node] = next(name for name in again if name not in taken)
    return {node: found[node] for node in nodes}


def find_activations(places: Mapping[Value, Place]) -> Callable[[str], str | None]:
    """Return what tells the activation of a model's part by its name.

    >>> from micrograd_nn.nn import MLP
    >>> read = find_activations(find_places({"model": MLP(2, [3, 1])}))
    >>> read("model.layers.0.neurons.2"), read("model.layers.1.neurons.0")
    ('relu', '')

    It is None where there is no such part, or no row of the table, or the class isn't this
    package's: nobody knows what another does with an attribute of that name.
    """
    owners = {find_owner(place.name): place.owner for place in places.values()}

    def read(name: str) -> str | None:
        part = owners.get(name)
        is_ours = type(part).__module__.partition(".")[0] == PACKAGE
        given = getattr(part, "activation", ()) if is_ours else ()  # a function, or a row
        unnamed = "" if given is None else None
        told = getattr(given, "__name__", getattr(given, "name", unnamed))
        return told if told == "" or told in OPERATIONS else None

    return cache(read)


def find_named(wanted: str, names: Mapping[Value, str], caller: str) -> Value:
    """Return the node of a name; where none or more than one has it, a ValueError says so."""
    found = [x for x, name in names.items() if name == wanted]
    if len(found) == 1:
        return found[0]
    told = f"called {quote_text(wanted)} in this graph"
    if found:
        raise ValueError(f"{caller}: more than one node is {told}: give the Value itself")
    known = [name for x, name in names.items() if not isinstance(x, Constant)]
    raise ValueError(f"{caller}: no node is {told}: {suggest_names(wanted, known)}")


def suggest_names(name: str, known: Iterable[str]) -> str:
    """Say which names there are: those within ``name``, or one like it, or the plainest first.

    >>> suggest_names("x", ["x.0", "x.1", "y"]), suggest_names("losss", ["x", "loss"])
    ('there are x.0, x.1', 'did you mean loss?')
    >>> suggest_names("y", ["v1", "w.0", "x"]), suggest_names("x", [])
    ('there are x, w.0, v1', 'there are none')
    """
    known = [make_printable(other) for other in known]
    within = [other for other in known if name and other.startswith(f"{name}.")]
    close = get_close_matches(name, known, n=1) if len(name) <= LONGEST_NAME else []
    if close and not within:
        return f"did you mean {shorten_text(close[0])}?"
    listed = within or sorted(known, key=lambda x: (bool(UNNAMED.fullmatch(x)), x.count(".")))
    shown = [shorten_text(other) for other in listed]
    first = list_first(shown, MOST_LISTED, ", … ({all:,} in all)")
    return f"there {'is' if len(shown) == 1 else 'are'} {first or 'none'}"
