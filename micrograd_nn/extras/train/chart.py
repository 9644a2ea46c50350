"""A curve of the loss over the epochs as one SVG, in which the best validation loss is marked."""

import math
from collections.abc import Sequence
from operator import itemgetter

from ..plot.plot import Plot
from ..plot.scales import LARGEST

Point = tuple[int, float]  # an epoch, counted from 1, and its loss; nan stands for a gap


def draw_losses(
    training: Sequence[float | None],
    validation: Sequence[float | None] = (),
    *,
    title: str = "",
    first: int = 1,
) -> str:
    """Return an SVG of the losses, which begin at the ``first`` epoch; 0 is before training.

    The epoch of the lowest validation loss is marked. The loss axis is logarithmic when the
    losses are all positive and span more than two decades. None says that nothing was measured in
    that epoch, and the line runs on to the next one; a loss that is not finite leaves a gap. Of a
    long curve, the first, last, lowest and highest in each column of pixels are drawn.

    >>> svg = draw_losses([0.9, 0.5, 0.2], [1.0, 0.6, 0.7], title="moons")
    >>> svg.startswith("<svg ") and "best epoch 2: 0.6" in svg
    True

    One epoch is a dot; no epoch is an error:

    >>> draw_losses([])
    Traceback (most recent call last):
    ValueError: no training losses to draw: train for at least one epoch
    """
    if not len(training):
        raise ValueError("no training losses to draw: train for at least one epoch")
    curves = {"training": mark_gaps(training, first), "validation": mark_gaps(validation, first)}
    finite = {name: [p for p in points if not math.isnan(p[1])] for name, points in curves.items()}
    losses = [loss for points in finite.values() for _, loss in points]
    log_y = bool(losses) and is_wide(min(losses), max(losses))
    only = max(len(training), len(validation)) == 1
    xlim = (first - 0.5, first + 0.5) if only else None
    plot = Plot(title, x="epoch", y="loss", xlim=xlim, log_y=log_y, whole_x=True)
    for name, points in curves.items():
        if points:
            gaps = len(points) - len(finite[name])
            called = f"{name} ({gaps} not finite)" if gaps else name
            plot.line(points, called, color="ink")
    if finite["validation"]:
        best, lowest = min(finite["validation"], key=itemgetter(1))
        plot.dots([(best, lowest)], f"best epoch {best}: {lowest:.6g}")
    return plot.svg


def is_wide(low: float, high: float) -> bool:
    """Tell whether losses from low to high are seen better by their logarithms.

    >>> is_wide(0.001, 1.0), is_wide(0.1, 1.0), is_wide(0.0, 1.0)
    (True, False, False)
    """
    return 1 / LARGEST <= low < high / 100


def mark_gaps(losses: Sequence[float | None], first: int) -> list[Point]:
    """Return the epochs in which there was a loss, nan in place of any that is not finite."""
    return [
        (epoch, float(loss) if abs(loss) <= LARGEST else math.nan)
        for epoch, loss in enumerate(losses, first)
        if loss is not None
    ]
