"""Whether the functions of a program give the graph's numbers: each is compared when it first runs.

The graph is recorded again for that, which takes less time than it took to compile.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ...._ground.callers import warn_user
from ...._ground.nested import iterate_numbers
from ....engine.backprop import is_same_number
from ....engine.operation import ARITHMETIC
from ..native.packing import list_rows

MOST_ROWS = 9  # the first ones: C takes eight side by side, and the ninth alone
MOST_NODES = 20_000  # of all rows, but for a graph that is larger

Function = Callable[..., Any]


class Verifying:
    """What is known of a program's functions; ``reason`` says what one of them gets wrong."""

    def __init__(self, program: Any) -> None:
        self.program = weakref.proxy(program)
        self.verified: set[object] = set()
        self.reason = ""

    def serves(
        self, key: object, names: Sequence[str], function: Function, by_graph: Function, given: Any
    ) -> bool:  # fmt: skip
        """Tell whether a function may run: not where its numbers aren't those of the graph.

        Both take what is ``given``: parameters, rows and what follows. ``names`` are of the last
        numbers that they return, behind results. Of those that aren't right, a RuntimeWarning tells
        the first.
        """
        if self.reason or key in self.verified:
            return not self.reason
        parameters, rows, *others = given
        few = list_rows(rows)[: max(1, min(MOST_ROWS, MOST_NODES // len(self.program.graph)))]
        with suppress(*ARITHMETIC):  # where the function fails, the caller will see it
            found = [*iterate_numbers(function(parameters, few, *others))]
            told = [*["result"] * (len(found) - len(names)), *names]
            wanted = [*iterate_numbers(by_graph(parameters, few, *others))]
            self.reason = find_difference(told, found, wanted)
            self.verified.update([key] * bool(few))  # unless the graph failed: then the next rows
        if self.reason:
            warn_user(
                f"{self.reason}. From now on the graph runs instead, which takes longer. This is a "
                f"bug of micrograd_nn: please report it, with the expression",
                RuntimeWarning,
            )
        return not self.reason


def find_difference(names: Sequence[str], found: Sequence[float], wanted: Sequence[float]) -> str:
    """Return which number of a program isn't the graph's, in words; "" where all are.

    >>> find_difference(["result", "derivative by w"], [2.0, 0.0], [2.0, 500.0])
    "the program's derivative by w was 0.0, and the graph's 500.0"

    A program may leave 0 * nan out of a derivative:

    >>> find_difference(["result", "derivative by w"], [2.0, 0.0], [2.0, float("nan")])
    ''

    But an infinite one is compared:

    >>> find_difference(["result", "derivative by w"], [2.0, 0.0], [2.0, float("inf")])
    "the program's derivative by w was 0.0, and the graph's inf"
    """
    for name, x, y in zip(names, found, wanted, strict=True):
        if not is_same_number(x, y) and (name == "result" or not math.isnan(y)):
            return f"the program's {name} was {x!r}, and the graph's {y!r}"
    return ""
