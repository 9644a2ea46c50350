"""A curve of the loss in one line of a terminal, below the bar of a training that has ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from ..._ground.text import format_number
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
    finite = [loss for loss in losses if math.isfinite(loss)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    is_logarithmic = is_wide(low, high)
    first, last, lowest = map(format_number, (losses[0], losses[-1], low))
    told = f"  {first} → {last}, lowest {lowest}"
    told += " (heights: logarithms)" if is_logarithmic else ""
    width = min(LONGEST_CURVE, room - len(told), len(losses))
    if width < 2:
        return ""

    def measure(loss: float) -> float:
        return math.log(loss) if is_logarithmic else loss / 2  # no overflow between the ends

    bottom, extent = measure(low), measure(high) - measure(low)
    ends = [i * len(losses) // width for i in range(width + 1)]
    letters = []
    for start, end in pairwise(ends):
        heights = [measure(x) - bottom for x in losses[start:end] if math.isfinite(x)]
        if len(heights) < end - start:
            letters.append(NOT_FINITE)
        else:
            share = sum(x / len(heights) / extent for x in heights) if extent > 0 else 0.0
            letters.append(BLOCKS[min(len(BLOCKS) - 1, int(share * len(BLOCKS)))])
    return "".join(letters) + told
