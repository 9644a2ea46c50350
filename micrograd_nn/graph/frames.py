"""The frames of whoever calls this package: which is theirs, and how their variables name nodes."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Container
from contextlib import suppress
from itertools import repeat
from types import FrameType
from typing import Any

from ..engine.node import is_leaf
from ..engine.value import Value
from .naming import DEEPEST, list_parameters, select_named, walk_places

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")  # frames apart before Python 3.12
MOST_LOOKED_AT = 10_000  # things in one variable, which may hold a data set


def is_own_code(frame: FrameType) -> bool:
    """Tell whether a frame runs code of this package, not its user's."""
    return frame.f_code.co_filename.startswith(PACKAGE)


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


def collect_variables(frame: FrameType) -> dict[str, Any]:
    """Return the variables that a user's frame sees, its own before those of its module.

    Of this package's own code there are none.
    """
    if is_own_code(frame):
        return {}
    variables = dict(frame.f_locals)
    while frame.f_code.co_name in COMPREHENSIONS and frame.f_back:
        frame = frame.f_back
        variables = {**frame.f_locals, **variables}
    for name, thing in frame.f_globals.items():
        variables.setdefault(name, thing)
    return variables


def find_callings(*things: object) -> tuple[str, ...] | None:
    """Return what the user's variables call some things, None where one of them has no name.

    >>> slow, fast = [0.1], [0.2]
    >>> find_callings(slow, fast), find_callings(slow, [0.1])
    (('slow', 'fast'), None)
    """
    variables = collect_variables(find_user(sys._getframe(1)))
    names = {
        id(thing): name
        for name, thing in reversed([*select_named(variables)])
        if name.isidentifier()
    }
    named = tuple(names[id(thing)] for thing in things if id(thing) in names)
    return named if len({*named}) == len(things) else None


def find_variables(nodes: Container[Value]) -> dict[str, Any]:
    """Return the user's variables that name some nodes, and the places in them, as a namespace.

    A list names leaves alone, since it may be one of all nodes; a model is there as a whole. What
    can't be looked at, or isn't among the first things in a large variable, names nothing.
    """
    found: dict[str, Any] = {}
    for name, variable in select_named(collect_variables(find_user(sys._getframe(1)))):
        if not name.isidentifier():
            continue  # a variable of an interpreter's or a test tool's own
        looks = repeat(None, MOST_LOOKED_AT)
        with suppress(Exception):  # of whatever a stranger's dictionary or model does
            for place, thing in walk_places(variable, name, DEEPEST - 1, looks):
                if isinstance(thing, Value):
                    names_some = thing in nodes and (thing is variable or is_leaf(thing))
                else:
                    names_some = any(node in nodes for _, node in list_parameters(thing, looks))
                if names_some:
                    found[place] = thing
    return found
