"""Numbers in nested lists, tuples and dictionaries: the arguments and results of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any


def iterate_numbers(structure: Any) -> Iterator[Any]:
    """Yield the numbers of a structure from left to right."""
    if isinstance(structure, dict):
        structure = structure.values()
    elif not isinstance(structure, (list, tuple)):
        yield structure
        return
    for item in structure:
        yield from iterate_numbers(item)


def rebuild(structure: Any, numbers: Iterator[Any]) -> Any:
    """Return a structure of the same form with other numbers."""
    if isinstance(structure, dict):
        return {key: rebuild(item, numbers) for key, item in structure.items()}
    if isinstance(structure, (list, tuple)):
        items = [rebuild(item, numbers) for item in structure]
        if hasattr(structure, "_fields"):
            return type(structure)(*items)
        return items if isinstance(structure, list) else tuple(items)
    return next(numbers)


def change_numbers(structure: Any, change: Callable[[Any], Any]) -> Any:
    """Return a structure of the same form with each number changed.

    >>> change_numbers({"a": 1, "b": [2]}, float)
    {'a': 1.0, 'b': [2.0]}
    """
    return rebuild(structure, iter([change(x) for x in iterate_numbers(structure)]))


def align_numbers(structure: Any, other: Any, what: str) -> Iterator[Any]:
    """Yield the numbers of another structure of the same form, in the order of the first.

    >>> list(align_numbers({"a": 1, "b": 2}, {"b": 20, "a": 10}, "weight"))
    [10, 20]

    Another form is a ValueError that says ``what`` each number needs.
    """
    if rebuild(structure, repeat(0.0)) != rebuild(other, repeat(0.0)):
        numbers, others = (len(list(iterate_numbers(each))) for each in (structure, other))
        raise ValueError(
            f"there must be a {what} for each number, in the same form: "
            f"{numbers} numbers, {others} {what}s"
        )
    yield from order_numbers(structure, other)


def order_numbers(structure: Any, other: Any) -> Iterator[Any]:
    """Yield the numbers of a structure of equal form; dictionaries may be in another order."""
    if isinstance(structure, dict):
        for key, item in structure.items():
            yield from order_numbers(item, other[key])
    elif isinstance(structure, (list, tuple)):
        for item, its in zip(structure, other, strict=True):
            yield from order_numbers(item, its)
    else:
        yield other


def describe_shape(structure: Any) -> Any:
    """Return the form of a structure without its numbers, as a key.

    >>> describe_shape([1.0, [2.0]]) == describe_shape([3.0, [4.0]])
    True
    >>> describe_shape([1.0]) == describe_shape((1.0,))
    False
    """
    if isinstance(structure, dict):
        return "dict", *[(key, describe_shape(item)) for key, item in structure.items()]
    if isinstance(structure, (list, tuple)):
        return type(structure), *map(describe_shape, structure)
    return None
