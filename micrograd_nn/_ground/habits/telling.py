"""How the habits of other libraries are met: by the error that using their names raises.

A name that a class or a module lacks, or an argument that a call doesn't take, is looked up in the
tables of ``counterparts.py``. What has no entry there fails as it does in any Python program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from types import FrameType, ModuleType
from typing import Any, NoReturn, TypeVar

from .counterparts import CALLS, NAMES

T = TypeVar("T", bound=Callable[..., Any])


class Habit:
    """In the place of an attribute that a class lacks: the error says what to write instead.

    >>> class Point:
    ...     pass
    >>> add_habits(Point, {"latitude": "p.y is the latitude"})
    >>> Point().latitude
    Traceback (most recent call last):
    AttributeError: 'Point' object has no attribute 'latitude': p.y is the latitude
    >>> hasattr(Point(), "latitude")
    False

    It costs nothing where it isn't met, as a ``__getattr__`` would in Python 3.11. An object that
    takes attributes of one's own takes one of this name, too.
    """

    def __init__(self, name: str, counterpart: str) -> None:
        self.name = name
        self.counterpart = counterpart

    def __get__(self, thing: Any, kind: type) -> Any:
        own = find_dictionary(thing)
        if own is None or self.name not in own:
            raise self.explain(kind if thing is None else thing)
        return own[self.name]

    def __set__(self, thing: Any, new: Any) -> None:
        own = find_dictionary(thing)
        if own is None:
            raise self.explain(thing)
        own[self.name] = new

    def __delete__(self, thing: Any) -> None:
        own = find_dictionary(thing)
        if own is None or self.name not in own:
            raise self.explain(thing)
        del own[self.name]

    def explain(self, thing: Any) -> AttributeError:
        """Return the error; ``name`` and ``obj`` are for Python's own suggestions."""
        is_class = isinstance(thing, type)
        kind = f"type object {thing.__name__!r}" if is_class else f"{type(thing).__name__!r} object"
        text = f"{kind} has no attribute {self.name!r}: {self.counterpart}"
        return AttributeError(text, name=self.name, obj=thing)


def find_dictionary(thing: object) -> dict[str, Any] | None:
    """Return where an object keeps attributes of one's own, without a look at its class's rules."""
    try:
        own: dict[str, Any] = object.__getattribute__(thing, "__dict__")
    except AttributeError:  # of a class with slots
        return None
    return own


def add_habits(kind: Any, counterparts: Mapping[str, str]) -> None:
    """Let a class tell what to write instead of names that it lacks; ``dir`` has none of them."""
    names = {name for name in counterparts if not hasattr(kind, name)}
    for name in names:
        setattr(kind, name, Habit(name, counterparts[name]))
    listed = kind.__dir__
    kind.__dir__ = lambda self: [x for x in listed(self) if x not in names or hasattr(self, x)]


def tell_habits(thing: T) -> T:
    """Let a class or a function tell what to write instead of what it lacks; a decorator."""
    if not isinstance(thing, type):
        return explain_call(thing, thing.__qualname__)
    add_habits(thing, NAMES.get(thing.__name__, {}))
    if thing.__name__ in CALLS:
        thing.__init__ = explain_call(thing.__init__, thing.__name__)  # type: ignore[misc]
    return thing


def explain_call(function: T, name: str) -> T:
    """Return a function that says, called with what it doesn't take, what it takes instead."""

    @wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        try:
            return function(*given, **named)
        except TypeError as error:
            if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                raise  # from within the function, which was called as it should be
            refuse_arguments(name, named, str(error))

    return call  # type: ignore[return-value]


def refuse_arguments(name: str, named: Iterable[str], problem: str) -> NoReturn:
    """Raise the error of a call that doesn't fit, and say what the call takes instead."""
    counterparts = CALLS[name]
    for argument in named:
        if argument in counterparts:
            raise TypeError(f"{name} takes no {argument}: {counterparts[argument]}") from None
    usage = counterparts.get("")
    raise TypeError(f"{problem}: {usage}" if usage else problem) from None


def raise_missing(
    module: ModuleType, name: str, homes: Mapping[str, frozenset[str]], caller: FrameType
) -> NoReturn:
    """Raise the error of a name that a module lacks, and say what to write instead.

    ``homes`` has the names of the package's other modules. An import discards an AttributeError's
    text, so in one it is an ImportError; there Python suggests no similar name before 3.12.
    """
    text = NAMES["module"].get(name, "")
    for home, names in homes.items():
        if name in names:
            text = f"write from {home} import {name}"
    if not is_import(caller):
        problem = f"module {module.__name__!r} has no attribute {name!r}"
        raise AttributeError(f"{problem}: {text}" if text else problem, name=name, obj=module)
    from difflib import get_close_matches

    problem = f"cannot import name {name!r} from {module.__name__!r}"
    similar = [] if text else get_close_matches(name, dir(module), n=1, cutoff=0.7)
    text = f"did you mean {similar[0]!r}?" if similar else text
    raise ImportError(f"{problem}: {text}" if text else problem, name=module.__name__)


def is_import(frame: FrameType) -> bool:
    """Tell whether a frame is at ``from module import name``."""
    from opcode import opmap  # wanted by nobody who spells all names right

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]


def unwrap_number(x: Any) -> Any:
    """Return the number in what NumPy passes on, which may be an array of no dimensions."""
    return x.item() if getattr(x, "ndim", None) == 0 else x
