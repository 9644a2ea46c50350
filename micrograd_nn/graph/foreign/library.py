"""Whose a graph is, who reads it, and what its things are called: by variables, or in a model."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import FunctionType, MethodType
from typing import Any

from ..._ground.callers import select_named
from ...engine.value import Value
from ..places import MOST_LOOKED_AT, choose_places, walk_places
from .conventions import find_conventions, read
from .reading import Adoption
from .scalars import read_scalar


def read_foreign(x: object, arguments: Sequence[Any]) -> Adoption | None:
    """Return what is read of another library's scalar, or of a function that computes one."""
    library = find_library([x, *arguments])
    if library == "torch":
        from .in_torch import read_tensors

        return read_tensors(x, arguments)
    if library == "jax":
        from .in_jax import read_arrays

        return read_arrays(x, arguments)
    return read_scalar(x)


def find_library(things: Sequence[object]) -> str:
    """Return which library of tensors some things are of.

    A function alone is PyTorch's, and with arguments that tell nothing JAX's, where it is loaded.
    """
    modules = {type(x).__module__.partition(".")[0].removesuffix("lib") for x in things}
    is_function = isinstance(things[0], (FunctionType, MethodType))
    others = ("torch",) if len(things) == 1 else ("jax", "torch")
    known = [*sorted(modules & {"jax", "torch"}), *(others if is_function else ())]
    return next((name for name in known if name in sys.modules), "")


def list_computed(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of some variables that are scalars which another engine computed, by name."""
    found = {}
    for name, thing in select_named(names):
        words = None if isinstance(thing, type) else find_conventions(thing)
        if words is not None and words["backward"] and read(thing, words["inputs"]):
            found[name] = thing
    return found


def name_theirs(thing: Any, named: Mapping[Value, tuple[Any, str]]) -> dict[str, Value]:
    """Return our Values by the names that theirs have among some variables, or in a model.

    A list names leaves alone, since it may be one of all nodes.
    """
    wanted = {id(theirs) for theirs, _ in named.values()}
    places = walk_places(thing, is_wanted=lambda x: id(x) in wanted, most=MOST_LOOKED_AT)
    names = {key: place.name for key, place in choose_places(places).items()}
    return {
        names[id(theirs)] + suffix: value
        for value, (theirs, suffix) in named.items() if id(theirs) in names
        if value.operation is None or "." not in names[id(theirs)]
    }  # fmt: skip
