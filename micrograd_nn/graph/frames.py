"""How the variables of a caller of this package name the nodes of a graph."""

from __future__ import annotations

import sys
from collections.abc import Container
from contextlib import suppress
from itertools import repeat
from typing import Any

from .._ground.callers import collect_variables, find_user, select_named
from ..engine.node import is_leaf
from ..engine.value import Value
from .naming import DEEPEST, list_parameters, walk_places

MOST_LOOKED_AT = 10_000  # things in one variable, which may hold a data set


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
