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
from .._ground.extras import collect, load
from .._ground.ruled import Grid
from .._ground.text import format_number
from ..calculus import gradients, jvp
from ..engine.backprop import steps
from ..engine.node import nodes
from ..engine.operation import Lookup, Operation, Reduction
from ..engine.table import OPERATIONS, dot
from ..engine.value import Value
from ..nn.seeding import numpy_weights
from ..optim import SGD
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
    console: Console, operations: dict[str, Operation] = OPERATIONS, instead: str = ""
) -> bool:
    """Check everything, print a table, and tell whether all is well; or let an extra do it all.

    Extras add checks of what they add, each a function that returns a Finding.
    """
    if instead:
        return bool(load(collect("selfchecks")[instead]["does"])(console, operations))
    findings = [
        *check_exactly(operations.values()),
        check_deep_chain(),
        check_second_pass(),
        check_tutorial(),
        *[load(check)() for check in collect("checks").values()],
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
