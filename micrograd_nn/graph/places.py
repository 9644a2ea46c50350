"""Where Values are: one walk over variables, lists, dictionaries, models and one's own objects.

What a thing holds is read as ``list``, ``dict`` and ``object`` see it: no method or property of a
stranger's class runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any, NamedTuple, TypeGuard

from .._ground.callers import collect_variables, find_user, select_named
from .._ground.text import add_article
from ..engine.node import is_leaf
from ..engine.value import Value

DEEPEST = 8  # levels in which names are looked for: locals() may hold anything
MOST_LOOKED_AT = 10_000  # things in one variable, which may hold a data set
PACKAGE = __name__.partition(".")[0]
HIDDEN = "_parameters", "_modules"  # where PyTorch keeps what it shows as attributes


class Place(NamedTuple):
    """Where a thing is: the way to it as a name, and the nearest object that has it.

    ``owner`` is None for a variable, or for an item of one that is a list or a dictionary. The
    thing is ``of_model`` if one of the objects on the way can be called, or has ``parameters``.
    """

    name: str
    thing: Any
    owner: object = None
    of_model: bool = False


def is_value(thing: object) -> TypeGuard[Value]:
    """Tell whether a thing is a Value by its type: a Mock may say that it is any."""
    return issubclass(type(thing), Value)


def walk_places(
    thing: Any,
    name: str = "",
    is_wanted: Callable[[object], bool] = is_value,
    most: int = sys.maxsize,
    depth: float = DEEPEST,
) -> Iterator[Place]:
    """Yield the places of what is wanted in a thing, in order; each container in it counts once.

    >>> from types import SimpleNamespace
    >>> line = SimpleNamespace(slope=Value(2.0), offsets=[Value(1.0)])
    >>> [place.name for place in walk_places({"line": line, "x": Value(3.0)})]
    ['line.slope', 'line.offsets.0', 'x']

    Of a large thing, no more than the ``most`` first are looked at, down to some ``depth``.
    """
    levels: list[Any] = [("", iter([(name, thing)]), None, False)]
    seen: dict[int, object] = {}  # which are kept, so that no other thing gets their id
    while levels:
        begin, items, owner, of_model = levels[-1]
        for key, thing in items:
            try:
                name = f"{begin}{key}"
                if is_wanted(thing):
                    yield Place(name, thing, owner, of_model)
                    continue
                if len(levels) > depth or id(thing) in seen:
                    continue
                seen[id(thing)] = thing
                is_object, inner = list_inner(thing, not name)
                within = [*islice(inner, most)]
                if is_object:
                    of_model |= callable(thing) or hasattr(type(thing), "parameters")
                    owner = thing
            except Exception:  # of whatever a stranger's key or class does
                continue
            most -= len(within)
            levels.append((f"{name}." if name else "", iter(within), owner, of_model))
            break
        else:
            levels.pop()


def list_inner(thing: Any, is_outermost: bool) -> tuple[bool, Iterable[tuple[Any, Any]]]:
    """Return whether a thing is an object with attributes, and what it holds itself."""
    kind = type(thing)
    if issubclass(kind, list) or kind is tuple:  # a Step isn't a list
        return False, enumerate((list if issubclass(kind, list) else tuple).__iter__(thing))
    if issubclass(kind, dict):
        return False, select_named(thing) if is_outermost else dict.items(thing)
    if issubclass(kind, (type, ModuleType, FunctionType)) or is_tool(kind):
        return False, ()
    return True, list_attributes(thing)


def is_tool(kind: type) -> bool:
    """Tell whether things of a class are this package's or a notebook's own, and no models.

    IPython's ``exit`` leads to all variables.
    """
    return kind.__module__.partition(".")[0] in (PACKAGE, "IPython", "ipykernel") and not (
        callable(getattr(kind, "parameters", None))  # no property of that name
    )


def list_attributes(thing: object) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that an object itself has, in a dictionary or in slots."""
    with suppress(AttributeError, TypeError):
        for name, item in [*dict.items(object.__getattribute__(thing, "__dict__"))]:
            yield from dict.items(item) if name in HIDDEN else [(name, item)]
    for slot in [x for kind in type(thing).__mro__ for x in vars(kind).values()]:
        if type(slot) is MemberDescriptorType and not slot.__name__.startswith("__"):
            with suppress(AttributeError):
                yield slot.__name__, slot.__get__(thing)


def choose_places(places: Iterable[Place]) -> dict[int, Place]:
    """Return one place for each thing, by its id: the first in a model, else the first.

    So a loop's variable never names what a model has:

    >>> class Neuron:
    ...     def __init__(self):
    ...         self.w = [Value(2.0)]
    ...     def parameters(self):
    ...         return self.w
    >>> neuron = Neuron()
    >>> (found,) = choose_places(walk_places({"p": neuron.w[0], "neuron": neuron})).values()
    >>> found.name
    'neuron.w.0'
    """
    found: dict[int, Place] = {}
    for place in places:
        other = found.setdefault(id(place.thing), place)
        if place.of_model > other.of_model:
            found[id(place.thing)] = place
    return found


class Names(dict[Value, Place]):
    """The places of Values by which they are called."""


def find_places(names: Any) -> Names:
    """Return where Values are in a dictionary such as ``locals()``, in a model or another object.

    >>> x, w = Value(1.0), Value(2.0)
    >>> [place.name for place in find_places({"x": x, "layer": {"w": [w, w]}, "_": x}).values()]
    ['x', 'layer.w.0']

    A name that begins with an underscore doesn't count.

    >>> find_places(3.0)
    Traceback (most recent call last):
    TypeError: names is locals(), a model or a dictionary of Values, not a float
    """
    if isinstance(names, Names):
        return names
    if isinstance(names, (int, float, str, Value, list, tuple)):
        raise TypeError(
            "names is locals(), a model or a dictionary of Values, "
            f"not {add_article(type(names).__name__)}"
        )
    places = walk_places(dict(names) if isinstance(names, Mapping) else names)
    return Names((x.thing, x) for x in choose_places(places).values())


def find_variables(nodes: Container[Value]) -> Names:
    """Return where some nodes are in the variables of the user who calls this package.

    A list or an object names leaves alone, since it may be one of all nodes. What isn't among the
    first things in a large variable isn't found.
    """
    places: list[Place] = []
    for name, variable in select_named(collect_variables(find_user(sys._getframe(1)))):
        if name.isidentifier():  # no interpreter's or test tool's own
            places += [
                x
                for x in walk_places(variable, name, most=MOST_LOOKED_AT)
                if x.thing in nodes and (x.thing is variable or is_leaf(x.thing))
            ]
    return Names((x.thing, x) for x in choose_places(places).values())
