"""What ``micrograd-nn selfcheck`` checks of programs: that they compute what graphs do."""

from __future__ import annotations

import random

from ...calculus import gradients
from ...checks.samples import find_interval
from ...checks.selfcheck import GRAPHS, POINTS_PER_ROW, Finding, draw_expression
from ...engine.operation import Lookup, Reduction
from ...engine.table import OPERATIONS, step
from ...engine.table import sum as sum_up
from ...engine.value import Value
from .compiler.functions import compile
from .native.building import NoNativeError


def check_programs() -> Finding:
    """Count the random expressions whose program gives another number than the graph."""
    rng = random.Random(2)
    off = [0.0, 0.0]
    for _ in range(GRAPHS):
        leaves = [Value(rng.uniform(-1.0, 1.0)) for _ in range(3)]
        expression = draw_expression(rng)
        program = compile(expression(leaves), parameters=leaves)
        again = [Value(x) for x in expression.leaves]
        root = expression(again)
        total, slopes = program(expression.leaves)
        off[0] += total != root.data
        off[1] += slopes != gradients(root, again)
    return Finding(f"{GRAPHS} compiled graphs", tuple(off))


def check_native() -> Finding:
    """Count the numbers that programs of all rows and of random graphs have otherwise in C.

    Where there is no C compiler there is nothing to check, and a note.
    """
    rng = random.Random(3)
    x = [Value(rng.random()) for _ in range(3)]
    results = [draw_expression(rng)(x) for _ in range(GRAPHS)]
    for row in OPERATIONS.values():
        if isinstance(row, Lookup):  # whose index is a whole number
            results.append(row.apply([step(x[0] - 0.5), *x[1:]]))
            continue
        inputs = x if isinstance(row, Reduction) else x[: len(row.inputs)]
        intervals = [find_interval(row, i) for i in range(len(inputs))]
        given = [low + (high - low) * u for (low, high), u in zip(intervals, inputs, strict=True)]
        results.append(row.apply(given))
    points = [[rng.random() for _ in x] for _ in range(POINTS_PER_ROW)]
    in_python, in_c = (compile(results, x, wrt=x, native=native) for native in (False, True))
    in_all = [compile(sum_up(results), x, wrt=x, native=native) for native in (False, True)]
    try:
        off = [
            float(a != b)
            for a, b in zip(
                in_python.predictions((), points), in_c.predictions((), points), strict=True
            )
        ]
        (_, slopes), (_, slopes_in_c) = (program((), points) for program in in_all)
    except NoNativeError as error:
        return Finding("Programs in C", (None, None), str(error).removeprefix("native=True: "))
    return Finding("Programs in C", (sum(off), float(slopes != slopes_in_c)))
