"""How well a model does on a table's rows, as a person reads it at a terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from .._ground.colors import WRONG
from .._ground.ruled import Grid, print_lines
from .._ground.text import InputError, make_printable
from ..engine.setting import no_grad
from ..engine.value import Value
from ..languages.compiler.program import Program
from ..nn import MLP
from .columns import NumericColumn, TextColumn

MANY_ROWS = 50  # fewer are done by the graph before it is compiled


def compute_outputs(model: MLP, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the network's outputs for each row as numbers, compiled where that's worth it."""
    if len(rows) < MANY_ROWS:
        with no_grad():
            found = [model(row) for row in rows]
        return [[v.data for v in (out if isinstance(out, list) else [out])] for out in found]
    inputs, parameters = [Value(0.0) for _ in rows[0]], model.parameters()
    outputs = model(inputs)
    program = Program(
        outputs if isinstance(outputs, list) else [outputs], inputs, parameters, (), is_single=False
    )
    return program.predictions([parameter.data for parameter in parameters], rows)


def predict_rows(model: MLP, rows: Sequence[Sequence[float]], source: str) -> list[list[float]]:
    """Return the same; where the network has no output for a row, it is an InputError."""
    try:
        return compute_outputs(model, rows)
    except (ValueError, OverflowError) as error:  # such as the sine of an infinite sum
        remedy = "are its numbers like those trained on?"
        raise InputError(f"{source} can't be predicted ({error}): {remedy}") from None


Outputs = Sequence[Sequence[float]]  # of the network, a row of the table each


def print_report(
    console: Console,
    target: NumericColumn | TextColumn,
    outputs: Outputs,
    targets: Sequence[Any],
    title: str,
    others: dict[str, Outputs] | None = None,
) -> None:
    """Print a confusion matrix and the accuracy, or of numbers the RMSE and R².

    ``others`` are the outputs of what the network is compared with, by their names.
    """
    title, others = escape_text(title), others or {}
    if isinstance(target, TextColumn):
        accuracy = measure_accuracy(outputs, targets)
        print_lines(console, f"\n{title}: accuracy {accuracy:.1%}")
        console.print(tabulate_confusion(target.categories, outputs, targets))
        rates = {name: measure_accuracy(other, targets) for name, other in others.items()}
        if rates:
            told = ", ".join([f"{escape_text(name)} {rate:.1%}" for name, rate in rates.items()])
            print_lines(console, f"For comparison: {told}")
    else:
        print_lines(console, f"\n{title}:")
        console.print(tabulate_deviation(target, {"this model": outputs, **others}, targets))


def measure_accuracy(outputs: Outputs, targets: Sequence[int]) -> float:
    """Return the fraction of rows whose largest output is that of their class."""
    right = sum(choose_class(out) == y for out, y in zip(outputs, targets, strict=True))
    return right / len(targets)


def choose_class(output: Sequence[float]) -> int | None:
    """Return the first place of the largest output; None where ``predict`` would refuse them.

    >>> choose_class([0.1, 0.8, 0.8]), choose_class([float("nan"), 0.8])
    (1, None)
    """
    return output.index(max(output)) if all(map(math.isfinite, output)) else None


def tabulate_confusion(classes: Sequence[str], outputs: Outputs, targets: Sequence[int]) -> Grid:
    """Return a table of how often each class was taken for each, or for none."""
    chosen = [choose_class(output) for output in outputs]
    counts = Counter(zip(targets, chosen, strict=True))
    columns: list[int | None] = [*range(len(classes)), *[None] * (None in chosen)]
    grid = Grid()
    grid.add_column("actual ╲ predicted")
    for j in columns:
        head = "(outputs not finite)" if j is None else classes[j]
        grid.add_column(escape_text(head), justify="right")
    for i, name in enumerate(classes):
        cells = [
            f"[{'bold' if i == j else WRONG}]{counts[i, j]}[/]" if counts[i, j] or i == j else "·"
            for j in columns
        ]
        grid.add_row(escape_text(name), *cells)
    return grid


def tabulate_deviation(
    target: NumericColumn, predictors: dict[str, Outputs], targets: Sequence[float]
) -> Grid:
    """Return the root mean square error in the target's unit, and R²: 1 is perfect.

    R² compares the squared errors with those of always predicting these rows' mean.
    """
    centre = math.fsum(target / len(targets) for target in targets)
    spread = math.hypot(*(y - centre for y in targets))  # which squares nothing that overflows
    grid = Grid()
    grid.add_column("")
    grid.add_column(f"RMSE {target.unit}".strip(), justify="right")
    grid.add_column("R²", justify="right")
    for name, outputs in predictors.items():
        wrong = math.hypot(*(y - out for (out,), y in zip(outputs, targets, strict=True)))
        rmse = target.scale * (wrong / math.sqrt(len(targets)))
        ratio = wrong / spread if spread else math.nan
        better = 1 - ratio * ratio
        r2 = "–" if math.isnan(better) else f"{better:{'.4f' if better > -1000 else '.4g'}}"
        shown = f"{rmse:.6g}" if math.isfinite(rmse) else "too large"
        grid.add_row(escape_text(name), shown, r2 if math.isfinite(better) else "–")
    return grid


def escape_text(text: str) -> str:
    """Return a table's text so that rich prints it as it is: no markup, no control characters."""
    return escape(make_printable(text) + " ")[:-1]  # at an end, it doubles a backslash
