"""Whose a graph is, and who reads it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import FunctionType, MethodType
from typing import Any

from ..._ground.callers import select_named
from .conventions import find_conventions, read
from .reading import Reading
from .scalars import read_scalar


def read_foreign(x: object, arguments: Sequence[Any]) -> Reading | None:
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
    modules = {type(thing).__module__.partition(".")[0] for thing in things}
    is_function = isinstance(things[0], (FunctionType, MethodType))
    others = ("torch",) if len(things) == 1 else ("jax", "torch")
    of_things = [name for name in ("jax", "torch") if {name, f"{name}lib"} & modules]
    known = [*of_things, *(others if is_function else ())]
    return next((name for name in known if name in sys.modules), "")


def list_computed(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of some variables that are scalars which another engine computed, by name."""
    found = {}
    for name, thing in select_named(names):
        words = None if isinstance(thing, type) else find_conventions(thing)
        if words is not None and words.backward and read(thing, words.inputs):
            found[name] = thing
    return found
