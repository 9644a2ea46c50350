"""From where to where the axes of a plot go."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .parts import Part, Stroke, list_points
from .reading import Pair
from .scales import LARGEST, Scale, is_drawn, widen

WIDEST_AREA, TALLEST, FLATTEST = 480.0, 460.0, 90.0  # of a plot with one scale for both axes


def find_limits(
    parts: Sequence[Part], xlim: Pair | None, ylim: Pair | None, log_x: bool, log_y: bool
) -> tuple[Pair, Pair]:
    """Return the ends of both axes: those given, else what is drawn with some room around it.

    Curves and lines go from side to side; dots alone keep away from the sides. Above and below,
    there is some room, but none below 0 for what isn't.
    """
    points = list(list_points(parts))
    if xlim is None:
        strokes = [part for part in parts if isinstance(part, Stroke) and not part.slope]
        xlim = find_span([x for x, _ in points], log_x, room=0.0 if strokes else 0.06)
    if ylim is None:
        inside = Scale(*xlim, 0, 1, log_x)
        seen = [y for x, y in points if math.isnan(x) or inside.holds(x)]
        ylim = find_span(seen, log_y, room=0.04)
    return xlim, ylim


def find_span(numbers: Sequence[float], logarithmic: bool, room: float) -> Pair:
    """Return the lowest and the highest number, with room around them."""
    drawn = [number for number in numbers if is_drawn(number, logarithmic)]
    if not drawn:
        return (0.1, 1.0) if logarithmic else (0.0, 1.0)
    low, high = min(drawn), max(drawn)
    if logarithmic:
        if high <= low * 1.0001:
            return max(low / 10, 1 / LARGEST), min(high * 10, LARGEST)
        reach = (math.log10(high) - math.log10(low)) * room
        low, high = 10 ** (math.log10(low) - reach), 10 ** (math.log10(high) + reach)
        return max(low, 1 / LARGEST), min(high, LARGEST)
    wide_low, wide_high = widen(low, high)
    reach = (wide_high - wide_low) * room
    if (wide_low, wide_high) != (low, high):
        return wide_low, wide_high
    above, below = min(wide_high + reach, LARGEST), max(wide_low - reach, -LARGEST)
    return (0.0 if low >= 0 > below else below), (0.0 if high <= 0 < above else above)


def fit_same_scale(
    left: float, right: float, low: float, high: float
) -> tuple[Pair, Pair, float, float]:
    """Return both ranges, the width and the height that give both axes one scale.

    A range that would be flatter than 90 pixels, or narrower, is widened.
    """
    unit = min(WIDEST_AREA / (right - left), TALLEST / (high - low))  # in pixels
    across, up = max(0.0, FLATTEST / unit - right + left), max(0.0, FLATTEST / unit - high + low)
    xlim = left - across / 2, right + across / 2
    ylim = low - up / 2, high + up / 2
    return xlim, ylim, unit * (xlim[1] - xlim[0]), unit * (ylim[1] - ylim[0])
