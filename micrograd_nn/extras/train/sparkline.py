"""A curve of the loss in one line of a terminal, below the bar of a training that has ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from ..._ground.text import format_number
from ..plot.scales import Scale, is_drawn, widen
from .chart import is_wide

BLOCKS = "▁▂▃▄▅▆▇█"
NOT_FINITE = "×"
LONGEST_CURVE = 60  # letters of a curve


def write_sparkline(losses: Sequence[float], room: int) -> str:
    """Return a line that begins with the curve of some losses, one a stretch of epochs.

    >>> write_sparkline([8.0, 6.0, 4.0, 3.0, 2.0, 1.0], 40)
    '█▆▄▃▂▁  8 → 1, lowest 1'

    A stretch is as high as its mean, and × where a loss isn't finite. Where all are positive and
    span two decades, the height is their logarithm's. In too little room there is none:

    >>> write_sparkline([1e3, 30.0, 1.0, math.nan], 60), write_sparkline([2.0, 1.0], 9)
    ('█▄▁×  1000 → nan, lowest 1 (heights: logarithms)', '')
    """
    finite = [loss for loss in losses if is_drawn(loss)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    first, last, lowest = map(format_number, (losses[0], losses[-1], low))
    told = f"  {first} → {last}, lowest {lowest}"
    told += " (heights: logarithms)" if is_wide(low, high) else ""
    width = min(LONGEST_CURVE, room - len(told), len(losses))
    if width < 2:
        return ""
    scale = Scale(low, widen(low, high)[1], 0, len(BLOCKS), is_wide(low, high))
    letters = []
    for start, end in pairwise(i * len(losses) // width for i in range(width + 1)):
        height = math.fsum(map(scale.place, losses[start:end])) / (end - start)
        is_gap = math.isnan(height)
        letters.append(NOT_FINITE if is_gap else BLOCKS[min(len(BLOCKS) - 1, int(height))])
    return "".join(letters) + told
