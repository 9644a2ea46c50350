"""What the extras add to the core, as the ``extra.toml`` of each says: the core names none of them.

A name at the package's door, a command, a page for a class, a check: whatever has such a table asks
here for further entries. An extra that was deleted adds nothing.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .text import InputError

PACKAGE = __name__.partition(".")[0]
EXTRAS = f"{PACKAGE}.extras"
FOLDER = os.path.dirname(os.path.dirname(__file__))


class NoExtraError(ImportError, InputError):
    """An extra isn't there, or one on which it stands."""


@cache
def read_extras() -> dict[str, dict[str, Any]]:
    """Return what each extra that is there says of itself, by its name."""
    import tomllib  # both when it is first asked for
    from importlib.resources import files

    found = {}
    for folder in sorted(files(EXTRAS).iterdir(), key=lambda folder: folder.name):
        if (file := folder / "extra.toml").is_file():
            try:
                found[folder.name] = tomllib.loads(file.read_text("utf-8"))
            except ValueError as error:
                raise InputError(f"{file} can't be read: {error}") from None
    return found


def collect(kind: str) -> dict[str, Any]:
    """Return what the extras add of a kind, by its name there.

    Of an extra that lacks another there are the names and commands alone, which say so.
    """
    found: dict[str, Any] = {}
    for name, extra in read_extras().items():
        if kind in ("names", "commands") or not any(list_lacking(name)):
            found |= extra.get(kind, {})
    return found


def load(address: str) -> Any:
    """Return the thing at an address in an extra, such as "train.history:History".

    Where that isn't there, or one on which it stands, a NoExtraError says which:

    >>> load("nowhere.history:History")
    Traceback (most recent call last):
    micrograd_nn._ground.extras.NoExtraError: 'nowhere' needs extras/nowhere, which isn't there
    """
    module, _, name = address.partition(":")
    extra = module.partition(".")[0]
    if lacking := next(list_lacking(extra), None):
        raise NoExtraError(f"{extra!r} needs extras/{lacking}, which isn't there")
    return getattr(import_module(f"{EXTRAS}.{module}"), name)


def list_lacking(name: str) -> Iterator[str]:
    """Yield what isn't there of an extra and of all on which it stands."""
    if name not in read_extras():
        yield name
        return
    for other in read_extras()[name]["stands_on"]:
        yield from list_lacking(other)


def find_builder(kind: str, thing: object) -> Any:
    """Return the function of an extra that builds this thing's page or widget, if there is one.

    The ``kind`` is of what is built: "pages" or "widgets".
    """
    for base in type(thing).__mro__:
        room, _, address = f"{base.__module__}:{base.__qualname__}".partition(f"{EXTRAS}.")
        if not room and (build := collect(kind).get(address)):
            return load(build)
    return None


class Moved:
    """Finds a module of an extra by the address that it had before it was in one."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how a module is found elsewhere; None for any other."""
        package, _, inner = name.partition(".")
        room = inner.partition(".")[0]
        places = f"{FOLDER}/{room}/__init__.py", f"{FOLDER}/{room}.py"  # a folder may be left empty
        if package != PACKAGE or room == "extras" or any(map(os.path.exists, places)):
            return None
        for old, new in sorted(collect("moved").items(), reverse=True):  # the longer one first
            if f"{inner}.".startswith(f"{old}."):
                place = f"{EXTRAS}.{new}{inner[len(old) :]}"
                return ModuleSpec(
                    name,
                    self,  # type: ignore[arg-type]  # a loader is what has these methods
                    loader_state=place,
                )
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that there is, which keeps how it was found itself."""
        module = import_module(spec.loader_state)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Put back how the module was found, which its import has just replaced."""
        spec: Any = module.__spec__
        if isinstance(spec.loader, Moved):
            module.__spec__ = spec.loader_state
