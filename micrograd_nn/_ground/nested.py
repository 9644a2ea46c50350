"""Numbers in nested lists, tuples, dictionaries and dataclasses: arguments and results.

A container of a class of its own keeps that class. One that holds more than its items (attributes,
say a sum that was computed once) is refused: nobody knows what they should be for other numbers.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from types import BuiltinFunctionType, MemberDescriptorType
from typing import Any

from .text import add_article

KEYS = {str, int, float, bool, bytes, type(None)}


def find_kind(structure: Any) -> type | None:
    """Return what kind of container this is: dict, list, tuple, dataclass; None for a number."""
    own = type(structure)
    if own is float:
        return None
    for kind in (list, tuple, dict):
        if isinstance(structure, kind):
            return kind
    return own if hasattr(own, "__dataclass_fields__") else None


def iterate_keys(structure: Any) -> Iterable[Any]:
    """Return a dictionary's keys, as its base class sees them: OrderedDict keeps its own order."""
    return (OrderedDict if isinstance(structure, OrderedDict) else dict).__iter__(structure)


def iterate_items(structure: Any, kind: type) -> Iterable[Any]:
    """Return what a container of this kind holds, as its base class sees it."""
    if kind is dict:
        if isinstance(structure, OrderedDict):
            return [dict.__getitem__(structure, key) for key in iterate_keys(structure)]
        return dict.values(structure)
    if kind is list or kind is tuple:
        items: Iterator[Any] = kind.__iter__(structure)
        return items
    return [getattr(structure, name) for name in list_fields(structure)]


def list_fields(structure: Any) -> list[str]:
    """Return the names of a dataclass's fields that hold something."""
    return [field.name for field in fields(structure) if hasattr(structure, field.name)]


def iterate_numbers(structure: Any) -> Iterator[Any]:
    """Yield the numbers of a structure from left to right."""
    kind = find_kind(structure)
    if kind is None:
        yield structure
    else:
        for item in iterate_items(structure, kind):
            yield from iterate_numbers(item)


def name_places(structure: Any, name: str) -> Iterator[str]:
    """Yield how one writes the place of each number of a structure of that name."""
    kind = find_kind(structure)
    if kind is None:
        yield name
        return
    items = iterate_items(structure, kind)
    if kind is dict:
        places = [f"[{key!r}]" for key in iterate_keys(structure)]
    elif kind is list or kind is tuple:
        places = [f"[{i}]" for i in range(len(structure))]
    else:
        places = [f".{name}" for name in list_fields(structure)]
    for place, item in zip(places, items, strict=True):
        yield from name_places(item, name + place)


def rebuild(structure: Any, numbers: Iterator[Any], computed: bool = False) -> Any:
    """Return a structure of the same form and classes with other numbers, by no code of theirs.

    A container with attributes is a TypeError, and so is a dataclass with fields that it computes
    by itself, if these aren't ``computed`` like all others.
    """
    kind = find_kind(structure)
    if kind is None:
        return next(numbers)
    items = [rebuild(item, numbers, computed) for item in iterate_items(structure, kind)]
    own = type(structure)
    if own is list:
        return items
    if own is dict:
        return dict(zip(structure, items, strict=True))
    attributes = list_attributes(structure, computed)
    if attributes:
        raise TypeError(
            f"{add_article(own.__name__)} with attributes beside its items "
            f"({', '.join(attributes)}) can't be made again with other numbers: give a plain one"
        )
    if kind is tuple:
        return tuple.__new__(own, items)
    again = make_empty(own)
    if kind is list:
        list.extend(again, items)
    elif kind is dict:
        if isinstance(structure, defaultdict):
            defaultdict.__init__(again, structure.default_factory)
        base = OrderedDict if isinstance(structure, OrderedDict) else dict
        for key, item in zip(iterate_keys(structure), items, strict=True):
            base.__setitem__(again, key, item)
    else:
        for name, item in zip(list_fields(structure), items, strict=True):
            object.__setattr__(again, name, item)  # of a frozen one, too
    return again


def make_empty(own: type) -> Any:
    """Return an object of a class as its base that is written in C makes it."""
    makers = [vars(base).get("__new__") for base in own.__mro__]
    return next(make(own) for make in makers if isinstance(make, BuiltinFunctionType))


def list_attributes(container: Any, computed: bool = False) -> list[str]:
    """Return the names of what a container holds beside its items.

    >>> class Named(list):
    ...     pass
    >>> names = Named([1.0])
    >>> names.owner = "Ada"
    >>> list_attributes(names), list_attributes([1.0])
    (['owner'], [])

    What a dataclass computes by itself (``field(init=False)``) is only one of its items where all
    that it holds was ``computed``.
    """
    items = {}
    if find_kind(container) not in (list, tuple, dict):
        items = {field.name: computed or field.init for field in fields(container)}
    slots = [of.__dict__.get("__slots__", ()) for of in type(container).__mro__]
    slotted = [name for names in slots for name in ([names] if isinstance(names, str) else names)]
    names = [*getattr(container, "__dict__", ()), *slotted]
    items = {x: is_item and not has_setter(type(container), x) for x, is_item in items.items()}
    found = [name for name in names if name not in items and hasattr(container, name)]
    return [
        name
        for name in [*found, *[name for name, is_item in items.items() if not is_item]]
        if name not in ("__dict__", "__weakref__")
    ]


def has_setter(own: type, name: str) -> bool:
    """Tell whether a class has code of somebody's run where an attribute is set."""
    part = next((vars(base)[name] for base in own.__mro__ if name in vars(base)), None)
    return hasattr(type(part), "__set__") and not isinstance(part, MemberDescriptorType)


def change_numbers(structure: Any, change: Callable[[Any], Any], computed: bool = False) -> Any:
    """Return a structure of the same form with each number changed."""
    changed = [change(x) for x in iterate_numbers(structure)]
    return rebuild(structure, iter(changed), computed)


def align_numbers(structure: Any, other: Any, what: str) -> list[Any]:
    """Return the numbers of another structure of the same form, in the order of the first.

    Another form is a ValueError that says ``what`` each number needs.
    """
    pairs = list(pair_numbers(structure, other))
    if None in pairs:
        numbers, others = (len(list(iterate_numbers(each))) for each in (structure, other))
        raise ValueError(
            f"there must be a {what} for each number, in the same form: "
            f"{numbers} numbers, {others} {what}s"
        )
    return [pair[1] for pair in pairs if pair is not None]


def pair_numbers(structure: Any, other: Any) -> Iterator[tuple[Any, Any] | None]:
    """Yield the numbers of two structures side by side, None where they differ in form.

    Dictionaries may be in another order.
    """
    kind = find_kind(structure)
    if kind is not find_kind(other):
        yield None
        return
    if kind is None:
        yield structure, other
        return
    items, others = (list(iterate_items(each, kind)) for each in (structure, other))
    if kind is dict and structure.keys() == other.keys():
        others = [other[key] for key in structure]
    elif kind is dict or len(items) != len(others):
        yield None
        return
    for item, its in zip(items, others, strict=True):
        yield from pair_numbers(item, its)


def describe_key(key: Any) -> Any:
    """Return a key with its type, in tuples too: 0.0 == -0.0, and 1 == 1.0.

    A key of any other kind is a TypeError: those may be equal and have different parts.
    """
    kind = type(key)
    if kind is tuple:
        return kind, *map(describe_key, key)
    if kind not in KEYS:
        raise TypeError(f"a key that is {add_article(kind.__name__)} may be equal to another one")
    return kind, repr(key) if kind is float else key


def describe_shape(structure: Any) -> Any:
    """Return the form of a structure without its numbers, as a key."""
    kind = find_kind(structure)
    if kind is None:
        return None
    shapes = [describe_shape(item) for item in iterate_items(structure, kind)]
    if kind is dict:
        keys = map(describe_key, iterate_keys(structure))
        default = id(structure.default_factory) if isinstance(structure, defaultdict) else None
        shapes = [default, *zip(keys, shapes, strict=True)]
    own = type(structure)
    attributes = [] if own in (list, tuple, dict) else list_attributes(structure)
    if kind not in (list, tuple, dict):
        held = list_fields(structure)
        attributes += [f"no {field.name}" for field in fields(structure) if field.name not in held]
    return own, tuple(attributes), *shapes
