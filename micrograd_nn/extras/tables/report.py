"""How well a model does on a table's rows, as a person reads it at a terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from rich.console import Console
from rich.measure import Measurement

from ..._ground.colors import WRONG
from ..._ground.ruled import Grid, escape_text, print_lines
from ..._ground.text import InputError, count_things, join_words, quote_text
from ...engine.setting import no_grad
from ...engine.value import Value
from ...nn import MLP
from ..compile.compiler.program import Program
from ..compile.native.packing import pack
from .columns import NumericColumn, TextColumn

MANY_ROWS = 50  # fewer are done by the graph before it is compiled
WORST_LOSS = 1e150  # of a row, lest squares and sums overflow; also that of no number
LINEAR = "a linear model"  # as a rival
NO_CLASS = "(outputs not finite)"
MOST_CONFUSIONS = 10
WIDEST = 100_000  # columns of what is measured, and not printed


def compute_outputs(model: MLP, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the network's outputs for each row as numbers, compiled where that's worth it."""
    if len(rows) < MANY_ROWS:
        with no_grad():
            found = [model(row) for row in rows]
        return [[v.data for v in (out if isinstance(out, list) else [out])] for out in found]
    width, parameters = len(rows[0]), model.parameters()
    inputs = [Value(0.0) for _ in range(width)]
    outputs = model(inputs)
    program = Program(
        outputs if isinstance(outputs, list) else [outputs], inputs, parameters, (), is_single=False
    )
    packed: Any = memoryview(b"".join(map(pack, rows))).cast("d", (len(rows), width))
    return program.predictions([parameter.data for parameter in parameters], packed)


def predict_rows(model: MLP, rows: Sequence[Sequence[float]], source: str) -> list[list[float]]:
    """Return the same; where the network has no output for a row, it is an InputError."""
    try:
        return compute_outputs(model, rows)
    except (ValueError, OverflowError) as error:  # such as the sine of an infinite sum
        raise InputError(
            f"{source} can't be predicted ({error}): are its numbers like those trained on?"
        ) from None


Outputs = Sequence[Sequence[float]]  # of the network, a row of the table each


def print_report(
    console: Console,
    target: NumericColumn | TextColumn,
    outputs: Outputs,
    targets: Sequence[Any],
    title: str,
    others: dict[str, Outputs] | None = None,
) -> None:
    """Print the accuracy and what is taken for what, or of numbers how far off predictions are.

    ``others`` are the outputs of what the network is compared with, by their names: a verdict
    tells which of them are better, the guess of somebody who looks at no input being the last.
    """
    title, found = escape_text(title), {"this model": outputs, **(others or {})}
    losses = [measure_losses(target, those, targets) for those in found.values()]
    figures = {name: measure_figures(target, those, targets) for name, those in found.items()}
    if isinstance(target, TextColumn):
        low, high = estimate_interval(losses[0].count(0.0), len(targets))
        print_lines(
            console,
            f"\n{title}: accuracy {figures['this model']['accuracy']} (95% interval: "
            f"{low:.1%} to {high:.1%})",
        )
        print_confusions(console, target.categories, outputs, targets)
        if others:
            rates = [f"{escape_text(name)} {figures[name]['accuracy']}" for name in others]
            print_lines(console, f"For comparison: {', '.join(rates)}")
    else:
        print_lines(console, f"\n{title}:")
        grid = Grid("")
        for head in figures["this model"]:
            grid.add_column(head, justify="right")
        for name, those in figures.items():
            grid.add_row(escape_text(name), *those.values())
        console.print(grid)
    if others:
        console.print(escape_text(judge(target.name, *losses, rivals=[*others])))


def measure_losses(
    target: NumericColumn | TextColumn, outputs: Outputs, targets: Sequence[Any]
) -> list[float]:
    """Return how wrong each row is: 1 or 0 for a class, the squared error for a number."""
    pairs = zip(outputs, targets, strict=True)
    if isinstance(target, TextColumn):
        return [float(choose_class(output) != y) for output, y in pairs]
    return [min(WORST_LOSS, (y - output[0]) * (y - output[0])) for output, y in pairs]


def tell_apart(ours: Sequence[float], theirs: Sequence[float]) -> int:
    """Return -1 where our losses of the same rows are lower, 1 where theirs are, 0 if by chance.

    The sum of the differences, or of their signs, has to be more than two standard errors from 0,
    as they would be if the sum were 0. (Of classes, that is McNemar's test.) So fewer than five
    rows never do:

    >>> tell_apart([0.0] * 5, [1.0] * 5), tell_apart([0.0] * 4, [1.0] * 4)
    (-1, 0)
    """
    differences = [a - b for a, b in zip(ours, theirs, strict=True)]
    signs = [(x > 0) - (x < 0) for x in differences]  # of rows, where one outweighs the others
    found = [
        (total > noise) - (total < -noise)
        for total, noise in ((math.fsum(x), 2 * math.hypot(*x)) for x in (differences, signs))
    ]
    return (sum(found) > 0) - (sum(found) < 0)


def judge(
    target: str, ours: Sequence[float], *theirs: Sequence[float], rivals: Sequence[str]
) -> str:
    """Return in a sentence whether a model is better than its rivals, by the losses of all.

    >>> judge("price", [0.0] * 9, [0.1] * 9, [1.0] * 9, rivals=["a line", "the mean"])
    'Verdict: on these 9 rows, this model is better than a line and the mean.'
    """
    signs = [tell_apart(ours, losses) for losses in theirs]
    clauses = []
    for sign, verb in (-1, "is better than"), (0, "can't be told apart from"), (1, "is worse than"):
        if named := [rival for rival, found in zip(rivals, signs, strict=True) if found == sign]:
            clauses.append(f"{verb} {join_words(named)}")
    remedy = ""
    if LINEAR in rivals and max(signs) >= 0:
        remedy = ", which is simpler: --hidden none trains it"
    if signs[-1] >= 0:
        chance = f": what it has learned of {quote_text(target)} may be chance"
        remedy = chance if signs[-1] == 0 else ""
    rows = "this row" if len(ours) == 1 else f"these {len(ours):,} rows"
    return f"Verdict: on {rows}, this model {', but '.join(clauses)}{remedy}."


def estimate_interval(right: int, count: int) -> tuple[float, float]:
    """Return where the accuracy on all such rows is with 95 % confidence (Wilson).

    >>> [round(bound, 3) for bound in estimate_interval(20, 20)]
    [0.839, 1.0]
    """
    rate, spread = right / count, 1.96**2 / count
    half = math.sqrt(spread * (rate * (1 - rate) + spread / 4))
    low, high = [(rate + spread / 2 + side) / (1 + spread) for side in (-half, half)]
    return low, high


def choose_class(output: Sequence[float]) -> int:
    """Return the first place of the largest output; one too many where ``predict`` refuses them.

    >>> choose_class([0.1, 0.8, 0.8]), choose_class([float("nan"), 0.8])
    (1, 2)
    """
    return output.index(max(output)) if all(map(math.isfinite, output)) else len(output)


def print_confusions(
    console: Console, classes: Sequence[str], outputs: Outputs, targets: Sequence[int]
) -> None:
    """Print how often each class was taken for each; if that is too wide, the worst in words."""
    counts = Counter(zip(targets, map(choose_class, outputs), strict=True))
    rows, names = Counter(targets), [*classes, NO_CLASS]
    if 2 * len(classes) < console.width:
        grid = tabulate_confusion(names, counts, rows)
        for padding in (1, 0):
            grid.padding = 0, padding
            whole = console.options.update_width(WIDEST)
            if Measurement.get(console, whole, grid).maximum <= console.width:
                console.print(grid)
                return
    wrong = Counter({pair: count for pair, count in counts.items() if pair[0] != pair[1]})
    console.print(f"{len(classes)} classes; the worst of {count_things(len(wrong), 'confusion')}:")
    for (i, j), count in wrong.most_common(MOST_CONFUSIONS):
        print_lines(
            console,
            escape_text(
                f"  {quote_text(names[i])} taken for {quote_text(names[j])}: {count} of {rows[i]}"
            ),
        )
    recall = {i: counts[i, i] / rows[i] for i in rows}
    worst = min(recall, key=lambda i: recall[i])
    print_lines(
        console,
        escape_text(
            f"Recall by class: {fmean(recall.values()):.0%} in the mean, at worst "
            f"{recall[worst]:.0%} ({quote_text(classes[worst])})"
        ),
    )


def tabulate_confusion(names: Sequence[str], counts: Counter[Any], rows: Counter[int]) -> Grid:
    """Return a table of how often each class was taken for each, or for none, and its recall."""
    grid, last = Grid("actual ╲ predicted"), len(names) - 1
    columns = [*range(last), *[last] * any(j == last for _, j in counts)]
    for j in columns:
        grid.add_column(escape_text(names[j]), justify="right")
    grid.add_column("recall", justify="right")
    for i, name in enumerate(names[:last]):
        cells = [
            f"[{'bold' if i == j else WRONG}]{counts[i, j]}[/]" if counts[i, j] or i == j else "·"
            for j in columns
        ]
        recall = f"{counts[i, i] / rows[i]:.0%}" if rows[i] else "–"
        grid.add_row(escape_text(name), *cells, recall)
    return grid


def measure_figures(
    target: NumericColumn | TextColumn, outputs: Outputs, targets: Sequence[Any]
) -> dict[str, str]:
    """Return the accuracy, or the root mean square error, the mean absolute one, and R².

    R² is 1 where all is right: it compares the squared errors with those of these rows' mean.
    """
    if isinstance(target, TextColumn):
        right = measure_losses(target, outputs, targets).count(0.0)
        return {"accuracy": f"{right / len(targets):.1%}"}
    centre = math.fsum(target / len(targets) for target in targets)
    spread = math.hypot(*(y - centre for y in targets))  # which squares nothing that overflows
    errors = [y - out for (out,), y in zip(outputs, targets, strict=True)]
    wrong = math.hypot(*errors)
    ratio = wrong / spread if spread else math.nan
    better = 1 - ratio * ratio
    rmse, mae = wrong / math.sqrt(len(errors)), sum(abs(error) / len(errors) for error in errors)
    figures = {
        name: target.write(size) if math.isfinite(size) else "too large"
        for name, size in (("RMSE", target.scale * rmse), ("MAE", target.scale * mae))
    }
    shown = f"{better:{'.4f' if better > -1000 else '.4g'}}" if math.isfinite(better) else "–"
    return {**figures, "R²": shown}
