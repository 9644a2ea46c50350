"""What programs give, and whether that is the graph's: an example's loss and its gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any

from ...engine.backprop import is_same_number
from ...engine.node import nodes
from ...engine.value import Value
from ...graph.gradients import compute_gradients
from ..compile.compiler.errors import DiffersError
from ..compile.compiler.variants import Variant

FIRST_CHECKED = 20  # examples of the first that a program serves, fewer of a large graph
FEWEST_CHECKED, NODES_CHECKED = 3, 15_000
LARGE = 5000  # nodes of a graph that is compared more rarely


def choose_places(variant: Variant, count: int) -> Sequence[int]:
    """Return which of the examples that a program has just served are compared: the last one.

    The first two times, it is more of them, from the first on.
    """
    size = len(variant.program.graph)
    if size > LARGE and variant.uses.bit_length() % 2 == 0:  # the graph takes its time, too
        return ()
    left = max(FEWEST_CHECKED, min(FIRST_CHECKED, NODES_CHECKED // size)) - variant.compared
    is_early = variant.uses <= 2 and left > 0
    places = range(0, count, max(1, count // left)) if is_early else (count - 1,)
    variant.compared += len(places)
    return places


def add_gradient_of(
    variant: Variant, numbers: Sequence[float], rows: Sequence[Any], upstream: float,
    gradient: dict[Value, float],
) -> float:  # fmt: skip
    """Return what a program gives, summed over rows, and add to a gradient, which is by leaves."""
    program = variant.program.load_fastest(0, len(rows))
    start = [gradient.get(x, 0.0) for x in variant.leaves]
    total, slopes = program(variant.add_others(numbers), rows, upstream, start)
    gradient.update(zip(variant.leaves, slopes, strict=True))
    return total  # type: ignore[no-any-return]


def check_gradient(
    variant: Variant, numbers: Sequence[float], row: Sequence[float],
    record: Callable[[], Value], where: str,
) -> None:  # fmt: skip
    """Refuse a program whose number or gradient isn't that of the graph."""
    found: dict[Value, float] = {}
    number = add_gradient_of(variant, numbers, [row], 1.0, found)
    own = record()
    slopes = compute_gradients(nodes(own))
    compare_numbers(where, [(number, own.data), *[(found[x], slopes.get(x, 0.0)) for x in found]])


def compare_numbers(where: str, pairs: Sequence[tuple[float, float]]) -> None:
    """Refuse a program whose loss, the first pair, or gradient isn't that of the graph."""
    for what, (x, y) in zip(chain(["loss"], repeat("gradient")), pairs, strict=False):
        # A program may leave 0 * nan out.
        if not is_same_number(x, y) and (what == "loss" or not math.isnan(y)):
            raise DiffersError(
                f"{where} the compiled {what} was {x!r}, not {y!r}: it depends on more than "
                f"the example and the parameters"
            )
