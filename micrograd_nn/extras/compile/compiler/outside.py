"""What a function takes from elsewhere: variables and containers that may be others by now."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

from ...._ground.nested import find_kind, iterate_items, iterate_keys
from ....engine.node import is_leaf
from ....engine.value import Constant, Value
from ....graph.rebuilding import is_same_float

KINDS: tuple[Any, ...] = (list, tuple, set, frozenset, deque)
FILLED_BY: dict[Any, Callable[..., None]] = {
    list: list.extend, deque: deque.extend, set: set.update, dict: dict.update
}  # fmt: skip


class Outside:
    """What a function takes from elsewhere, as it was when the function was read."""

    def __init__(self) -> None:
        self.named: list[tuple[Callable[[], Any], Any, str]] = []  # how to look, and what was there
        # A container, how to list what it holds, and what that was.
        self.held: list[tuple[Any, Callable[[Any], Any] | None, tuple[Any, ...], str]] = []
        self.known: dict[int, Any] = {}  # all of it, kept alive
        self.may_change = False  # whether the function may set something in a container

    def list_leaves(self) -> list[Value]:
        """Return the Values that may be other numbers at the next call."""
        values = [x for x in self.known.values() if isinstance(x, Value)]
        return [x for x in values if is_leaf(x) and not isinstance(x, Constant)]

    def has_in(self, structure: Any) -> bool:
        """Tell whether a structure has a container from elsewhere in it: not one that is equal."""
        return any(id(container) in self.known for container in iterate_mutable(structure))

    def keep(self, look: Callable[[], Any], name: str) -> Any:
        """Keep what a variable or an attribute is, and return that."""
        thing = look()
        self.named.append((look, thing, name))
        return thing

    def keep_items(
        self, container: Any, name: str, find_parts: Callable[[Any], Any] | None = None
    ) -> Any:
        """Keep what a container holds, or what else is found in a thing, and return that."""
        found = find_parts(container) if find_parts else container
        self.held.append((container, find_parts, list_items(found), name))
        return found

    def find_change(self) -> str:
        """Return the name of something that is another thing by now, or "".

        >>> outside, numbers = Outside(), [1.0]
        >>> kept = outside.keep_items(numbers, "numbers")
        >>> outside.find_change()
        ''
        >>> numbers[0] = 2.0
        >>> outside.find_change()
        'numbers'
        """
        for look, thing, name in self.named:
            try:
                now = look()
            except Exception:  # of a look that somebody else wrote
                return name
            if now is not thing and not is_same(now, thing):
                return name
        for container, find_parts, items, name in self.held:
            # A list is compared as it stands: no time is lost.
            found = find_parts(container) if find_parts else container
            now = found if type(found) is list else list_items(found)
            if len(now) != len(items) or not (
                all(map(is_, now, items)) or all(map(is_same, now, items))
            ):
                return name
        return ""

    def put_back(self) -> str:
        """Give each container what it held, and return the name of one that held something else."""
        change = self.find_change()
        for container, _, items, _ in self.held if change else ():
            kind = next((kind for kind in FILLED_BY if isinstance(container, kind)), None)
            if kind is not None:
                half = len(items) // 2  # of a dictionary, keys and what they lead to
                is_dict = issubclass(kind, dict)
                kind.clear(container)
                FILLED_BY[kind](
                    container, zip(items[:half], items[half:], strict=True) if is_dict else items
                )
        return change


def is_same(x: Any, y: Any) -> bool:
    """Tell whether this is one thing, or a float computed twice: one of the same bits.

    >>> is_same(0.5, 1.0 - 0.5), is_same(0.0, -0.0), is_same(1.0, 1)
    (True, False, False)
    """
    return x is y or (type(x) is type(y) is float and is_same_float(x, y))


def iterate_containers(structure: Any) -> Iterator[Any]:
    """Yield the containers in a structure, itself first."""
    kind = find_kind(structure)
    if kind is not None:
        yield structure
        for item in iterate_items(structure, kind):
            yield from iterate_containers(item)


def iterate_mutable(structure: Any) -> Iterator[Any]:
    """Yield the containers in a structure in which something can be set."""
    return (x for x in iterate_containers(structure) if not isinstance(x, tuple))


def list_items(container: Any) -> tuple[Any, ...]:
    """Return what a container holds as its base class sees it, keys too; a Constant's number."""
    if isinstance(container, dict):
        return (*iterate_keys(container), *iterate_items(container, dict))
    for kind in KINDS if isinstance(container, KINDS) else ():
        if isinstance(container, kind):
            return tuple(kind.__iter__(container))
    return (container.number,) if isinstance(container, Constant) else tuple(container)
