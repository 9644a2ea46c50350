"""Random expressions of the table's operations, and where an operation can be checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from ..engine.operation import Interval, Lookup, Operation, Reduction
from ..engine.table import OPERATIONS

VARIED = [row for row in OPERATIONS.values() if not isinstance(row, Lookup)]  # any input can be
KINK_MARGIN = 0.01  # the distance that numbers keep from a kink


def find_interval(row: Operation, position: int) -> Interval:
    """Return the domain of a row's input; the inputs of a Reduction share one."""
    return row.domain[0 if isinstance(row, Reduction) else position]


def is_near_kink(row: Operation, inputs: Sequence[float]) -> bool:
    """Tell whether inputs are so near to a kink that differences would reach across it."""
    if any(abs(inputs[0] - kink) < KINK_MARGIN for kink in row.kinks):
        return True
    return row.distance is not None and row.distance(*inputs) < KINK_MARGIN


@dataclass(frozen=True)
class Expression:
    """An expression as plain data, and a function of a list of as many numbers as ``leaves``.

    ``lines`` are its operations in order, each with its arguments: an int is the place of an
    earlier number (the leaves come first), a float is a constant.

    >>> graph = Expression([2.0], [(OPERATIONS["mul"], [0, 3.0]), (OPERATIONS["exp"], [1])])
    >>> graph([0.0])  # exp(0 * 3)
    1.0
    """

    leaves: list[float]
    lines: list[tuple[Operation, list[int | float]]]

    def __call__(
        self, leaves: Sequence[Any], apply: Callable[[Operation, list[Any]], Any] = Operation.apply
    ) -> Any:
        """Compute the expression; ``apply(row, inputs)`` says what applying a row means."""
        results = list(leaves)
        for row, arguments in self.lines:
            results.append(apply(row, [results[a] if type(a) is int else a for a in arguments]))
        return results[-1]


def make_expression(seed: int, size: int, rows: Sequence[Operation] | None = None) -> Expression:
    """Return a random one of at most ``size`` operations, on 1 to 4 leaves, with everything used.

    Rows are applied inside their domains and away from kinks. Where a number or a bound on its
    derivatives grows large, a line that scales it down follows, so that an expression of hundreds
    of operations stays well-conditioned. The same seed gives the same expression.
    """
    random, rows = Random(seed), list(rows or VARIED)
    leaves = [random.uniform(-1.5, 1.5) for _ in range(random.randint(1, 4))]
    results, lines = list(leaves), []
    slopes = [1.0] * len(leaves)  # bounds on the sum of |∂result/∂leaf|
    unused = set(range(len(leaves)))

    def draw_argument(row: Operation, position: int) -> int | float:
        if random.random() < 0.25:
            return random.uniform(*find_interval(row, position))
        recent = max(0, len(results) - 12) if random.random() < 0.7 else 0
        return random.randrange(recent, len(results))

    def append_line(row: Operation, arguments: list[int | float], inputs: list[float]) -> None:
        out = row.apply(inputs)
        pairs = zip(arguments, row.local_partials(out, inputs), strict=True)
        slopes.append(sum(abs(p) * slopes[a] for a, p in pairs if isinstance(a, int)))
        results.append(out)
        lines.append((row, arguments))
        unused.difference_update(a for a in arguments if isinstance(a, int))
        unused.add(len(results) - 1)

    for _ in range(100 * size):  # draws, of which many are outside a domain
        if len(lines) >= size - 1:  # the last line is for bringing loose ends together
            break
        row = random.choice(rows)
        count = random.randint(1, 6) if isinstance(row, Reduction) else len(row.inputs)
        arguments = [draw_argument(row, i) for i in range(count)]
        inputs = [results[a] if isinstance(a, int) else a for a in arguments]
        bounds = [find_interval(row, i) for i in range(count)]
        inside = all(low <= x <= high for x, (low, high) in zip(inputs, bounds, strict=True))
        if inside and not is_near_kink(row, inputs):
            append_line(row, arguments, inputs)
            scale = max(abs(results[-1]), slopes[-1]) / 2
            if scale > 1 and len(lines) < size - 1:
                arguments = [len(results) - 1, 1 / scale]
                append_line(OPERATIONS["mul"], arguments, [results[-1], 1 / scale])
    if len(unused) > 1 or not lines:
        places = sorted(unused)
        append_line(OPERATIONS["mean"], list(places), [results[place] for place in places])
    return Expression(leaves, lines)
