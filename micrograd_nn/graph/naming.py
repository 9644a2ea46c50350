"""One name for every node, for all that shows a graph: the same graph gives the same names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from itertools import count, repeat
from typing import Any

from .._ground.callers import select_named
from .._ground.text import (
    add_article,
    format_constant,
    list_first,
    make_printable,
    quote_text,
    shorten_text,
)
from ..engine.table import OPERATIONS
from ..engine.value import Constant, Value

DEEPEST = 4  # lists in lists in which names are looked for: locals() may hold anything
UNNAMED = re.compile(r"v\d+")  # what a node without a name is called
MOST_LISTED = 8  # names that a message lists
LONGEST_NAME = 1_000  # characters of one that is compared with others, which takes their square
FOREVER = repeat(None)
NO_SETTING = Value, list, tuple, float  # what a part has that others like it have, too


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
    given = collect_names(namespace)
    found: dict[Value, str] = {}
    wanted = {node: make_printable(node.label or given.get(node) or "") for node in nodes}
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
    """Yield the Values in lists, dictionaries and models, each with its place as a name."""
    for place, item in walk_places(thing, name, depth):
        if not isinstance(item, Value):
            for within, node in list_parameters(item):
                yield f"{place}.{within}", node
        elif not models_only:
            yield place, item


def walk_places(
    thing: Any, place: str, depth: int, looks: Iterable[None] = FOREVER
) -> Iterator[tuple[str, Any]]:
    """Yield the Values and the models in lists and dictionaries, each with its place.

    ``looks`` has an item for each thing that may be looked at. Only what things are is asked
    for, not their attributes, which a stranger's objects may make up.
    """
    kind = type(thing)
    if issubclass(kind, Value) or callable(getattr(kind, "named_parameters", None)):
        yield place, thing
    elif depth and (issubclass(kind, (list, Mapping)) or kind is tuple):  # a Step isn't a list
        items = select_named(thing) if issubclass(kind, Mapping) else enumerate(thing)
        for (key, item), _ in zip(items, looks, strict=False):
            within = f"{place}.{key}" if place else str(key)
            if issubclass(type(item), Value):  # at once, since there may be a million
                yield within, item
            else:
                yield from walk_places(item, within, depth - 1, looks)


def list_parameters(model: Any, looks: Iterable[None] = FOREVER) -> Iterator[tuple[str, Value]]:
    """Yield a model's parameters by name; what another library's model has is left out."""
    for (name, node), _ in zip(model.named_parameters(), looks, strict=False):
        if isinstance(node, Value):
            yield name, node


def find_owners(namespace: Any) -> Callable[[str], tuple[str | None, object]]:
    """Return what tells of a model's part by its name its activation, and what is made like it.

    >>> from micrograd_nn.nn import MLP
    >>> read = find_owners({"model": MLP(2, [3, 1])})
    >>> read("model.layers.0.neurons.2")[0], read("model.layers.1.neurons.0")[0]
    ('relu', '')

    Like it is what has its class and its settings. It is None where the part isn't found. Its
    activation is None where that is no row of the table, or the class isn't this package's: nobody
    knows what another does with an attribute of that name.
    """
    places = walk_places({} if namespace is None else namespace, "", DEEPEST)
    models = {place: thing for place, thing in places if not isinstance(thing, Value)}

    @cache
    def read(owner: str) -> tuple[str | None, object]:
        (place, part), *_ = [
            x for x in models.items() if not x[0] or f"{owner}.".startswith(f"{x[0]}.")
        ] or [("", None)]
        try:  # whatever a stranger's model is
            for key in filter(None, owner[len(place) :].split(".")):
                part = part[int(key)] if key.isdigit() else vars(part)[key]
            own = [(key, id(x)) for key, x in vars(part).items() if not isinstance(x, NO_SETTING)]
            is_ours = type(part).__module__.partition(".")[0] == __name__.partition(".")[0]
            given = getattr(part, "activation", ()) if is_ours else ()  # a function, or a row
            unnamed = "" if given is None else None
            name = getattr(given, "__name__", getattr(given, "name", unnamed))
            return name if name == "" or name in OPERATIONS else None, (type(part), *own)
        except Exception:
            return None, None

    return read


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
