"""How well a model does on a table's rows, as a person reads it at a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from ..compiler.functions import compile
from ..engine.setting import no_grad
from ..engine.value import Value
from ..nn import MLP
from ..text import make_printable
from ..train.loop import WORTH_COMPILING
from ..train.objective import Example
from .columns import NumericColumn, TextColumn


def compute_outputs(model: MLP, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the network's outputs for each row as numbers, compiled where that's worth it."""
    if len(rows) < WORTH_COMPILING:
        with no_grad():
            found = [model(row) for row in rows]
        return [[v.data for v in (out if isinstance(out, list) else [out])] for out in found]
    inputs, parameters = [Value(0.0) for _ in rows[0]], model.parameters()
    outputs = model(inputs)
    program = compile(
        outputs if isinstance(outputs, list) else [outputs], inputs=inputs, parameters=parameters
    )
    return program.predictions([parameter.data for parameter in parameters], rows)


def print_report(
    console: Console,
    target: NumericColumn | TextColumn,
    data: Sequence[Example],
    model: MLP,
    title: str,
) -> None:
    """Print a confusion matrix and the accuracy, or of numbers the RMSE and R²."""
    outputs = compute_outputs(model, [inputs for inputs, _ in data])
    targets = [target for _, target in data]
    if isinstance(target, TextColumn):
        right = sum(out.index(max(out)) == y for out, y in zip(outputs, targets, strict=True))
        console.print(f"\n{escape_text(title)}: accuracy {right / len(data):.1%}", soft_wrap=True)
        console.print(tabulate_confusion(target.categories, outputs, targets))
    else:
        console.print(f"\n{escape_text(title)}:", soft_wrap=True)
        console.print(tabulate_deviation(target.scale, outputs, targets))


def tabulate_confusion(
    classes: Sequence[str], outputs: Sequence[list[float]], targets: Sequence[int]
) -> Grid:
    """Return a table of how often each class was taken for each."""
    counts = [[0] * len(classes) for _ in classes]
    for output, actual in zip(outputs, targets, strict=True):
        counts[actual][output.index(max(output))] += 1
    grid = Grid()
    grid.add_column("actual ╲ predicted")
    for name in classes:
        grid.add_column(escape_text(name), justify="right")
    for i, name in enumerate(classes):
        cells = [f"[bold]{n}[/]" if i == j else str(n or "·") for j, n in enumerate(counts[i])]
        grid.add_row(escape_text(name), *cells)
    return grid


def tabulate_deviation(
    scale: float, outputs: Sequence[list[float]], targets: Sequence[float]
) -> Grid:
    """Return the root mean square error in the target's unit, and R²: 1 is perfect.

    R² compares the squared errors with those of always predicting the mean.
    """
    wrong = math.fsum((y - out) * (y - out) for (out,), y in zip(outputs, targets, strict=True))
    centre = math.fsum(targets) / len(targets)
    spread = math.fsum((y - centre) * (y - centre) for y in targets)
    grid = Grid()
    grid.add_column("RMSE", justify="right")
    grid.add_column("R²", justify="right")
    rmse = scale * math.sqrt(wrong / len(targets))
    grid.add_row(f"{rmse:.6g}", f"{1 - wrong / spread:.4f}" if spread else "–")
    return grid


def escape_text(text: str) -> str:
    """Return a table's text so that rich prints it as it is: no markup, no control characters."""
    return escape(make_printable(text) + " ")[:-1]  # at an end, it doubles a backslash
