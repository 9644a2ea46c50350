"""Does the engine compute right on this machine? Every operation, random graphs, deep graphs.

``micrograd-nn selfcheck`` prints the worst relative errors against 60-digit arithmetic, which needs
mpmath, and exits with status 1 if anything is off.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console

from .._ground.colors import WRONG
from .._ground.ruled import Grid
from .._ground.text import format_number
from ..calculus import gradients, jvp
from ..engine.backprop import steps
from ..engine.node import nodes
from ..engine.operation import Lookup, Operation, Reduction
from ..engine.table import OPERATIONS, dot, step
from ..engine.table import sum as sum_up
from ..engine.value import Value
from ..languages.compiler.functions import compile
from ..languages.native.building import NoNativeError
from ..nn.seeding import numpy_weights
from ..optim import SGD
from .proof import check_proofs
from .samples import Expression, find_interval, is_near_kink

TOLERANCE = 1e-12
FLOOR = 0.01  # below it errors are absolute: cancellation in a formula leaves no relative ones
POINTS_PER_ROW = 8
GRAPHS = 20
DEPTH = 100_000


@dataclass
class Finding:
    """One thing that was checked: the worst relative errors of each order, and the verdict."""

    name: str
    errors: tuple[float | None, ...]
    note: str = ""  # why something couldn't be checked

    @property
    def ok(self) -> bool:
        """Whether every error that was measured is within the tolerance."""
        return all(error is None or error <= TOLERANCE for error in self.errors)


def selfcheck(
    console: Console, operations: dict[str, Operation] = OPERATIONS, proof: bool = False
) -> bool:
    """Check everything, print a table, and tell whether all is well; with ``proof``, prove it."""
    if proof:
        return check_proofs(console, operations)
    findings = [
        *check_exactly(operations.values()),
        check_programs(),
        check_native(),
        check_deep_chain(),
        check_second_pass(),
        check_tutorial(),
    ]
    grid = Grid(title="Worst relative error against 60-digit arithmetic")
    for heading in ("checked", "value", "1st derivative", "2nd derivative", ""):
        grid.add_column(heading, justify="left" if heading == "checked" else "right")
    for finding in findings:
        cells = [format_number(error, 2) for error in finding.errors]
        style = None if finding.ok else f"bold {WRONG}"
        verdict = "ok" if finding.ok else "OFF"
        grid.add_row(finding.name, *cells, *[""] * (3 - len(cells)), verdict, style=style)
    console.print(grid)
    for finding in findings:
        if finding.note:
            told = f"{finding.name}: not checked, since {finding.note}"
            console.print(told, markup=False, highlight=False)
    off = [finding.name for finding in findings if not finding.ok]
    console.print(f"Off: {', '.join(off)}" if off else "All is well.")
    return not off


def check_exactly(rows: Iterable[Operation]) -> list[Finding]:
    """Compare operations and random graphs with 60-digit arithmetic, or note what that needs."""
    try:
        from . import exact
    except ImportError as error:
        return [Finding("operations and graphs", (None, None, None), str(error))]
    rng = random.Random(0)
    found = [check_row(row, exact.FUNCTIONS.get(row.name), rng) for row in rows]
    return [*found, check_graphs()]


def check_row(row: Operation, f: Any, rng: random.Random) -> Finding:
    """Compare a row's value, partials and their derivatives with exact ones at some points.

    A row of which no exact function ``f`` is known has no errors to show.
    """
    if f is None:
        return Finding(row.name, (None, None, None))
    worst = [0.0, 0.0, 0.0]
    for _ in range(POINTS_PER_ROW):
        point = draw_point(row, rng)
        values = [Value(x) for x in point]
        out = row.apply(values)
        worst[0] = max(worst[0], measure_error(out.data, f, point))
        for i, slope in enumerate(row.local_partials(out, values)):
            is_graph = isinstance(slope, Value)
            worst[1] = max(worst[1], measure_error(slope.data if is_graph else slope, f, point, i))
            seconds = gradients(slope, values) if is_graph else [0.0] * len(values)
            for j, second in enumerate(seconds):
                worst[2] = max(worst[2], measure_error(second, f, point, i, j))
    return Finding(row.name, tuple(worst))


def draw_point(row: Operation, rng: random.Random) -> list[float]:
    """Return a point in a row's domain, away from its kinks."""
    count = 5 if isinstance(row, Reduction) else len(row.inputs)
    while True:
        point = [rng.uniform(*find_interval(row, i)) for i in range(count)]
        if isinstance(row, Lookup):
            point[0] = float(rng.randrange(count - 1))
        if not is_near_kink(row, point):
            return point


def measure_error(found: float, f: Any, point: list[float], *by: int) -> float:
    """Return how far a number is from what f or a derivative of it truly is, relative to that."""
    from .exact import compute_exactly

    true = compute_exactly(f, point, *by)
    return float(abs(found - true) / max(abs(true), FLOOR))


def check_graphs() -> Finding:
    """Compare gradients of random expressions, in both modes, with exact difference quotients."""
    rng = random.Random(1)
    worst = [0.0, 0.0]
    for _ in range(GRAPHS):
        expression = draw_expression(rng)
        f = partial(apply_exactly, expression)
        point = expression.leaves
        leaves = [Value(x) for x in point]
        root = expression(leaves)
        worst[0] = max(worst[0], measure_error(root.data, f, point))
        for i, backward in enumerate(gradients(root, leaves)):
            unit = [float(i == j) for j in range(len(point))]
            _, forward = jvp(expression, [point], [unit])
            for slope in (backward, forward):
                worst[1] = max(worst[1], measure_error(slope, f, point, i))
    return Finding(f"{GRAPHS} random graphs", tuple(worst))


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


def draw_expression(rng: random.Random) -> Expression:
    """Return an expression of three numbers whose derivatives stay of moderate size."""
    lines: list[tuple[Operation, list[int | float]]] = []
    for place in range(3, 40):
        row = OPERATIONS[rng.choice(("add", "sub", "mul", "sin", "tanh", "mean"))]
        count = 3 if isinstance(row, Reduction) else len(row.inputs)
        lines.append((row, [rng.randrange(max(0, place - 8), place) for _ in range(count)]))
    return Expression([rng.uniform(-1.0, 1.0) for _ in range(3)], lines)


def apply_exactly(expression: Expression, *leaves: Any) -> Any:
    """Return the result of an expression in 60-digit arithmetic."""
    from .exact import FUNCTIONS

    return expression(leaves, lambda row, inputs: FUNCTIONS[row.name](*inputs))


def check_deep_chain() -> Finding:
    """Differentiate a long chain: each operation doubles or halves, so the slope is 1."""
    x = Value(1.5)
    node = x
    for _ in range(DEPTH // 2):
        node = node * 2.0 * 0.5
    node.backward()
    return Finding(f"a chain of {DEPTH:,}", (abs(node.data / 1.5 - 1), float(x.grad != 1.0)))


def check_second_pass() -> Finding:
    """Look whether a second pass doubles a leaf's gradient, and steps tell of the same numbers."""
    x = Value(0.7)
    y = (x * x).sin() * x
    told = {step.input: step.after for step in steps(y)}
    y.backward()
    off = sum(told.get(node, 1.0) != node.grad for node in nodes(y))
    y.backward()
    return Finding("a second pass", (float(off), float(x.grad != 2 * told[x])))


def check_tutorial() -> Finding:
    """Train the tutorial's two-layer network and compare with its printed digits."""
    from ..nn import MLP

    inputs, targets = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 0, 1, 1]
    model = MLP(3, [1], ["sigmoid"], bias=False)
    numpy_weights(model, seed=1)
    optimizer = SGD(model.parameters(), lr=1.0)
    for _ in range(10_000):
        outputs = [model(x) for x in inputs]
        errors = [y - output for y, output in zip(targets, outputs, strict=True)]
        optimizer.zero_grad()
        (0.5 * dot(errors, errors)).backward()
        optimizer.step()
    told = " ".join(f"{output:.8f}" for output in outputs)
    right = told == "0.00966449 0.00786506 0.99358898 0.99211957"
    return Finding("the tutorial's digits", (float(not right),))
