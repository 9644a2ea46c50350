"""What the extras add to the core: each says it in its ``extra.toml``, and the core names none.

A name at the package's door, a command, a page for a kind of subject, a check: whatever has such a
table asks here for what else belongs into it. An extra that was deleted adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from .text import InputError

PACKAGE = __name__.partition(".")[0]
EXTRAS = f"{PACKAGE}.extras"
FOLDER = Path(__file__).parent.parent


class NoExtraError(ImportError, InputError):
    """An extra stands on another one that isn't there."""

    __module__ = PACKAGE


@cache
def read_extras() -> dict[str, dict[str, Any]]:
    """Return what each extra that is there says of itself, by its name."""
    import tomllib  # which nobody needs who stays in the core

    found = sorted((FOLDER / "extras").glob("*/extra.toml"))
    return {path.parent.name: tomllib.loads(path.read_text("utf-8")) for path in found}


def collect(kind: str) -> dict[str, Any]:
    """Return what the extras add of a kind, by its name there."""
    tables = [extra.get(kind, {}) for extra in read_extras().values()]
    return {name: added for table in tables for name, added in table.items()}


def load(address: str) -> Any:
    """Return the thing at an address in an extra, such as "train.history:History".

    Where that isn't there, or an extra on which it stands, a NoExtraError says which:

    >>> load("nowhere.history:History")
    Traceback (most recent call last):
    micrograd_nn.NoExtraError: History needs the extra 'nowhere', which isn't here
    """
    module, _, name = address.partition(":")
    for lacking in list_lacking(module.partition(".")[0]):
        raise NoExtraError(f"{name} needs the extra {lacking!r}, which isn't here")
    return getattr(import_module(f"{EXTRAS}.{module}"), name)


def list_lacking(name: str) -> Iterator[str]:
    """Yield what isn't there of an extra and of all on which it stands."""
    if name not in read_extras():
        yield name
    for other in read_extras().get(name, {}).get("stands_on", []):
        yield from list_lacking(other)


def find_builder(table: str, thing: object) -> Any:
    """Return what an extra says in a table of kinds that builds something of a thing, if any."""
    for kind in type(thing).__mro__:
        package, _, module = f"{kind.__module__}".partition(f"{EXTRAS}.")
        address = f"{module}:{kind.__qualname__}"
        if not package and address in collect(table):
            return load(collect(table)[address])
    return None


class Moved:
    """Finds a module of an extra at the place where it stood before there were any."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how a module is found elsewhere; None for any other."""
        package, _, inner = name.partition(".")
        room = inner.partition(".")[0]
        here = FOLDER / room / "__init__.py", FOLDER / f"{room}.py"  # a folder may be left empty
        if package != PACKAGE or any(path.exists() for path in here):
            return None
        for old, new in sorted(collect("was").items(), reverse=True):  # the longer one first
            if f"{inner}.".startswith(f"{old}."):
                place = f"{EXTRAS}.{new}{inner[len(old) :]}"
                return ModuleSpec(name, self, loader_state=place)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module that there is, which keeps how it was found itself."""
        module = import_module(spec.loader_state)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Put back how the module was found, which its import has just replaced."""
        module.__spec__ = getattr(module.__spec__, "loader_state", module.__spec__)
