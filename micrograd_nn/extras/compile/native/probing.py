"""Whether functions in C have the numbers of Python's: seen at some points each, when they load.

The C library of a platform may round otherwise than what Python was compiled with, or not note an
error; and what the writer of an operation said in C need not be what its rule says.
"""

from __future__ import annotations

import operator
import random
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from struct import pack
from typing import Any

from ....engine.operation import Interval, Operation, Reduction
from ..c.notation import PROBED
from .building import NoNativeError

POINTS = 100  # of an operation's domain
SPECIAL_POINTS = 150  # beyond it
TROUBLESOME = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -7.5, 5e-324, -1e-320, 1e-300, 1e-9, -1e9,
    2.0**53, 1e154, -1e155, 1e308, -1.7e308, 710.0, -746.0, 1024.0,
]  # fmt: skip
checked: set[tuple[object, ...]] = set()  # what this process has seen to be right


def multiply_and_add(x: float, y: float) -> float:
    """Return x y + x, which some processors round but once, if they are let."""
    return x * y + x


ALWAYS: dict[str, Callable[..., float]] = {
    "probe_quotient": operator.truediv,
    "probe_product": multiply_and_add,
}


def check_rules(library: Any, calls: Mapping[Operation, str], command: Sequence[str]) -> None:
    """Refuse a library whose functions give other numbers than Python's, at some points each.

    Where Python has an error, or a number that isn't finite, C has to know that it isn't sure.
    """
    import ctypes

    named: list[tuple[str, str, str, Callable[..., float], Sequence[Interval]]] = [
        (name, name, name, rule, ((-3.0, 3.0),) * 2) for name, rule in ALWAYS.items()
    ]
    for i, (operation, call) in enumerate(calls.items()):
        times = PROBED if isinstance(operation, Reduction) else 1
        wide = operation.domain * times
        named.append((operation.name, call, f"probe_{i}", operation.forward, wide))
    for told, call, name, rule, domain in named:
        key = (told, call, rule, *command)
        if key in checked:
            continue
        probe = getattr(library, name)
        probe.argtypes, probe.restype = [ctypes.c_void_p], ctypes.c_double
        for point in draw_points(domain):
            found = probe(point.buffer_info()[0])
            if found == found and pack("d", found) != pack("d", apply_rule(rule, point)):
                raise NoNativeError(
                    f"{told} has other last digits here in C than in Python: "
                    f"at {', '.join(map(repr, point))}"
                )
        checked.add(key)


def draw_points(domain: Sequence[Interval]) -> Iterator[array[float]]:
    """Yield points of a domain, and of numbers with which arithmetic has its troubles."""
    rng = random.Random(0)
    for _ in range(POINTS):
        yield array("d", [rng.uniform(*interval) for interval in domain])
    if len(TROUBLESOME) ** len(domain) <= 2 * SPECIAL_POINTS * len(domain):
        yield from (array("d", point) for point in product(TROUBLESOME, repeat=len(domain)))
    else:
        for _ in range(SPECIAL_POINTS * len(domain)):
            yield array("d", rng.choices(TROUBLESOME, k=len(domain)))


def apply_rule(rule: Callable[..., float], point: Sequence[float]) -> float:
    """Return what a forward rule gives; not-a-number where it fails or gives nothing finite."""
    try:
        result = float(rule(*point))
    except Exception:  # whatever a rule does with numbers that it isn't for
        return float("nan")
    return result if abs(result) < float("inf") else float("nan")
