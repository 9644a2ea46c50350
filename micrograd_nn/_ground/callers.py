"""What is known of what calls this package: frames, variables, what their functions take."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import FrameType, FunctionType
from typing import Any

from .text import count_things

ANY_NUMBER = 0x04  # a flag of code, as in inspect: the function takes *inputs
FOLDER = os.path.dirname(os.path.dirname(__file__)) + os.sep  # of this package
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")  # frames apart before Python 3.12
HISTORIES = {"In": "_ih", "Out": "_oh"}  # IPython's own, which it also has by hidden names


def is_own_code(frame: FrameType) -> bool:
    """Tell whether a frame runs code of this package, not its user's."""
    return frame.f_code.co_filename.startswith(FOLDER)


def find_user(frame: FrameType) -> FrameType:
    """Return the nearest frame from one on outwards that isn't of this package."""
    while frame.f_back and is_own_code(frame):
        frame = frame.f_back
    return frame


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of the line by which the user's code called this package."""
    level, frame = 1, sys._getframe()
    while frame.f_back and is_own_code(frame):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def list_scopes(frame: FrameType) -> Sequence[Mapping[str, Any]]:
    """Return the variables that a user's frame sees: its own, then those of its module.

    Of this package's own code there are none.
    """
    if is_own_code(frame):
        return ()
    own = dict(frame.f_locals)
    user = frame
    while user.f_code.co_name in COMPREHENSIONS and user.f_back:
        user = user.f_back
        own = {**user.f_locals, **own}
    return own, frame.f_globals


def collect_variables(frame: FrameType) -> dict[str, Any]:
    """Return the variables that a user's frame sees, its own before those of its module."""
    variables: dict[str, Any] = {}
    for scope in list_scopes(frame):
        for name, thing in scope.items():
            variables.setdefault(name, thing)
    return variables


def select_named(namespace: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the names and things of a namespace but those of its own, as in a notebook."""
    for name, thing in namespace.items():
        is_history = name in HISTORIES and namespace.get(HISTORIES[name]) is thing
        if not (is_history or str(name).startswith("_")):
            yield name, thing


def list_callings(thing: object, variables: Mapping[str, Any]) -> list[str]:
    """Return which of some variables are bound to this very thing."""
    named = [name for name, variable in select_named(variables) if variable is thing]
    return [name for name in named if name.isidentifier()]  # no interpreter's or test tool's own


def find_callings(*things: object) -> tuple[str, ...] | None:
    """Return what the user's variables call some things, None where one of them has no name.

    >>> slow, fast = [0.1], [0.2]
    >>> find_callings(slow, fast), find_callings(slow, [0.1])
    (('slow', 'fast'), None)
    """
    variables = collect_variables(find_user(sys._getframe(1)))
    named = [name for thing in things for name in list_callings(thing, variables)[:1]]
    return tuple(named) if len({*named}) == len(things) else None


def find_calling(thing: object) -> str:
    """Return the one variable by which the user calls a thing, "" where there is none or several.

    >>> slow, fast = [0.1], [0.2]
    >>> find_calling(slow), find_calling([0.1])
    ('slow', '')
    >>> quick = fast
    >>> find_calling(fast)
    ''

    It is for the message of an error, and so raises none, whatever a user's frame holds.
    """
    with suppress(Exception):
        for scope in list_scopes(find_user(sys._getframe(1))):
            if names := list_callings(thing, scope):
                return names[0] if len(names) == 1 else ""
    return ""


def can_take(rule: object, count: int) -> bool:
    """Tell whether a rule takes ``count`` inputs; of one in C, that can't be known."""
    if not isinstance(rule, FunctionType):
        return True
    most, optional = rule.__code__.co_argcount, len(rule.__defaults__ or ())
    return most - optional <= count and (count <= most or bool(rule.__code__.co_flags & ANY_NUMBER))


def count_arguments(rule: Any) -> str:
    """Return how many arguments a function takes, in words."""
    return count_things(rule.__code__.co_argcount, "argument")
