"""What a class gives its objects: what is asked for by name, and what Python calls by itself."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from numbers import Number
from types import FunctionType
from typing import Any

from ....engine.table import OPERATIONS
from ..programs.operations import held, taken
from .allowed import CALLABLES, OWN_MODULES, PACKAGE

UNKNOWN: Any = object()  # what nobody can tell by reading, or what isn't there
HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class that isn't written out in C
# Of a function that is compiled, and of an operation.
OWN_ATTRIBUTES = {
    "function", "__wrapped__", "__doc__", "__name__", "variants", "made_of", "reason", "records",
}.union(*map(vars, [*OPERATIONS.values(), held, taken]))  # fmt: skip
BASES = {object, list, tuple, dict, set, frozenset, deque, OrderedDict, defaultdict}
MAKE = ("__init__", "__new__", "__post_init__")  # an object
CALLED = {"operate", "keys", "items", "_make"}  # by Python, though they have plain names
NEVER_CALLED = {  # by what is allowed, but for texts by %
    *MAKE, "__deepcopy__", "__dir__", "__enter__", "__exit__", "__format__",
    "__getnewargs__", "__getstate__", "__init_subclass__", "__reduce__", "__reduce_ex__",
    "__replace__", "__repr__", "__set_name__", "__setstate__", "__sizeof__", "__str__",
    "__subclasshook__",
}  # fmt: skip
TRUSTED = {"builtins", "typing", *OWN_MODULES}  # modules whose classes are known
SLOTS = ("member_descriptor", "_tuplegetter", "getset_descriptor")  # what reads a slot


def look_up(kind: type, name: str) -> Any:
    """Return what a class gives its objects by a name, as it stands there; UNKNOWN if nothing."""
    return vars(find_base(kind, name)).get(name, UNKNOWN)


def find_base(kind: type, name: str) -> type:
    """Return the class that gives a class's objects something by a name; object if none does."""
    return next((base for base in kind.__mro__ if name in vars(base)), object)


def take_apart(part: Any) -> list[Any]:
    """Return what a part of a class is made of: the functions of a property, say."""
    if type(part) is property:
        return [part.fget, part.fset, part.fdel]
    return [part.__func__] if type(part) in (staticmethod, classmethod) else [part]


def find_special(base: type) -> dict[str, Any]:
    """Return what Python may call by itself of a class that is written in Python, by its names."""
    return {
        name: part for name, part in vars(base).items()
        if (name[:2] == name[-2:] == "__" or name in CALLED) and name not in NEVER_CALLED
        and (callable(part) or hasattr(part, "__get__"))
    }  # fmt: skip


def find_attributes(thing: Any) -> dict[str, Any]:
    """Return what somebody set on a thing that has attributes of its own, by name."""
    return {name: part for name, part in vars(thing).items() if name not in OWN_ATTRIBUTES}


def has_slots(kind: type) -> bool:
    """Tell whether objects of a class have slots, which may hold something else by now."""
    parts = [part for base in kind.__mro__ for part in vars(base).values()]
    return any(type(part).__name__ == "member_descriptor" for part in parts)


def is_of_the_package(module: str) -> bool:
    """Tell whether a module of this name is one of this package."""
    return module.partition(".")[0] == PACKAGE


def is_written_in_python(kind: Any) -> bool:
    """Tell whether a class may be written in Python, so that its methods can be read."""
    is_made = isinstance(kind, type) and kind.__flags__ & HEAP_TYPE and id(kind) not in CALLABLES
    return bool(is_made) and kind.__module__ not in ("builtins", "operator")


def is_in_c(base: type) -> bool:
    """Tell whether a class is written out in C."""
    return not base.__flags__ & HEAP_TYPE


def is_trusted(base: type) -> bool:
    """Tell whether a class is known: Python's own in C, or one of this package."""
    return base.__module__ in TRUSTED and (is_in_c(base) or base.__module__ != "builtins")


def find_other_base(kind: type) -> type | None:
    """Return a base of a class, written in C, whose objects hold more than what they list.

    >>> class Angle(float):
    ...     pass
    >>> find_other_base(Angle), find_other_base(type("Names", (list,), {}))
    (<class 'float'>, None)
    """
    for base in kind.__mro__:
        if is_in_c(base) and base not in BASES and not issubclass(base, BaseException):
            return base
    return kind if issubclass(kind, Number) else None  # whose own operators are asked first


def is_generated(function: Any) -> bool:
    """Tell whether Python wrote a method itself: of a dataclass, or of a named tuple."""
    function = getattr(function, "__func__", function)
    if not isinstance(function, FunctionType):
        return False
    made_by = str(function.__globals__.get("__name__"))
    is_of_dataclass = function.__code__.co_qualname.startswith("__create_fn__.<locals>.")
    if function.__code__.co_filename == "<string>":
        return is_of_dataclass or made_by.startswith("namedtuple_") or made_by == "dataclasses"
    # Those that it has for all of them.
    is_of_tuple = made_by == "collections" and "namedtuple." in function.__code__.co_qualname
    return is_of_tuple or made_by == "dataclasses"
