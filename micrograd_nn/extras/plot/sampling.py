"""Points along a function's curve, and lines cut at gaps and at the edges of the plot."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import groupby, pairwise

from .reading import Pair, ask_function
from .scales import Scale, is_drawn

INTERVALS = 120  # of equal length, to begin with
CURVE_LIMIT = 1500  # of one curve
FINEST = 2.0**-9  # of an interval: no point is nearer than that to the next
BEND = 0.002  # of the height: a bend sharper than this gets more points

Bounds = tuple[float, float, float, float]  # left, top, right, bottom


def sample_curve(
    f: Callable[..., object], low: float, high: float, logarithmic: bool
) -> list[Pair]:
    """Return points of y = f(x), nan where there is no number.

    It takes 121 places of equal distance first, then halves the distance wherever the curve bends,
    jumps, or a gap begins. A peak or a gap narrower than 1/120 of the range can be missed, and a
    function that swings more than 60 times over the range can look as if it swung slowly. Where two
    neighbours on the finest distance still are far apart, it is a jump: a gap.
    """
    axis = Scale(low, high, 0, 1, logarithmic)
    xs = axis.divide(INTERVALS)
    points = {axis.bend(x): (x, ask_function(f, x)) for x in xs}
    width = (axis.most - axis.least) / INTERVALS
    for _ in range(9):
        middles = find_rough(sorted(points.items()), width * FINEST * 1.5)
        if len(points) + len(middles) > CURVE_LIMIT or not middles:
            break
        for middle in middles:
            x = axis.unbend(middle)
            points[middle] = (x, ask_function(f, x))
    return list(cut_jumps(sorted(points.items()), width * FINEST * 3))


def find_height(points: Iterable[Pair]) -> float:
    """Return the height of a curve as most of it is: without its highest and lowest hundredth."""
    ys = sorted(y for _, y in points if is_drawn(y))
    few = len(ys) // 100
    return ys[-1 - few] - ys[few] or ys[-1] - ys[0] if ys else 0.0


def find_rough(places: list[tuple[float, Pair]], finest: float) -> list[float]:
    """Return the middles of the intervals that need a point there."""
    height = find_height(point for _, point in places) * BEND
    marked: set[int] = set()
    for i in range(1, len(places)):
        (a, (_, y)), (b, (_, z)) = places[i - 1 : i + 1]
        if is_drawn(y) != is_drawn(z) or (is_drawn(y) and abs(y - z) > 20 * height > 0):
            marked.add(i)
        if i + 1 < len(places):
            c, (_, end) = places[i + 1]
            straight = y + (end - y) * (b - a) / (c - a)
            if abs(straight - z) > height > 0:
                marked |= {i, i + 1}
    middles = []
    for i in sorted(marked):
        a, b = places[i - 1][0], places[i][0]
        if b - a > finest:
            middles.append((a + b) / 2)
    return middles


def cut_jumps(places: list[tuple[float, Pair]], finest: float) -> Iterable[Pair]:
    """Yield the points, with a gap where neighbours on the finest distance are far apart."""
    height = find_height(point for _, point in places) / 10
    yield places[0][1]
    for (before, (x, y)), (bent, point) in pairwise(places):
        if bent - before < finest and abs(point[1] - y) > height > 0:
            yield (x, math.nan)
        yield point


def extend_slope(
    point: Pair, slope: float, ends: list[Pair], across: Scale, up: Scale
) -> list[Pair]:
    """Return points of a straight line, from end to end of the plot if it has no reach.

    A steep one ends a plot's height above and below: farther out, rounding would move it sideways.
    """
    x, y = point
    low, high = (ends[0][0], ends[1][0]) if ends else (across.low, across.high)
    if across.logarithmic or up.logarithmic:  # where it isn't straight
        xs = [low + (high - low) * i / 400 for i in range(401)]
        return [(at, y + slope * (at - x)) for at in xs]
    points = []
    for at in (low, high):
        far = y + slope * (at - x)
        edge = min(max(far, 2 * up.low - up.high), 2 * up.high - up.low)
        if slope and edge != far and not math.isnan(far):
            at, far = x + (edge - y) / slope, edge
        points.append((at, far))
    return points


def place_points(points: Iterable[Pair], across: Scale, up: Scale) -> list[list[Pair]]:
    """Return the lines between the gaps, as places in the picture."""
    places = [(across.place(x), up.place(y)) for x, y in points]
    parts = groupby(places, key=lambda place: math.isnan(place[0] + place[1]))
    return [list(line) for is_gap, line in parts if not is_gap]


def thin_line(line: list[Pair]) -> list[Pair]:
    """Return a line with the first, lowest, highest and last of its points in a column of pixels.

    A line of few points stays as it is.
    """
    if len(line) <= CURVE_LIMIT:
        return line
    kept: list[Pair] = []
    for _, column in groupby(range(len(line)), key=lambda i: round(line[i][0])):
        first, *rest = column
        heights = [line[i][1] for i in (first, *rest)]
        extremes = {first + heights.index(of(heights)) for of in (max, min)}
        kept += [line[i] for i in sorted({first, *extremes, first + len(rest)})]
    return kept


def clip_line(line: list[Pair], box: Bounds) -> list[list[Pair]]:
    """Return the parts of a line that are in a box."""
    parts: list[list[Pair]] = []
    if len(line) == 1:
        return [line] if is_inside(line[0], box) else []
    for start, end in pairwise(line):
        piece = clip_piece(start, end, box)
        if piece is None:
            continue
        if parts and parts[-1][-1] == piece[0]:
            parts[-1].append(piece[1])
        else:
            parts.append(list(piece))
    return parts


def is_inside(place: Pair, box: Bounds, slack: float = 0.01) -> bool:
    """Tell whether a place is in a box or on its edge."""
    left, top, right, bottom = box
    return left - slack <= place[0] <= right + slack and top - slack <= place[1] <= bottom + slack


def clip_piece(start: Pair, end: Pair, box: Bounds) -> tuple[Pair, Pair] | None:
    """Return what of a straight line is in a box; None if nothing is (Liang and Barsky's way)."""
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    left, top, right, bottom = box
    first, last = 0.0, 1.0
    for change, room in ((-dx, x - left), (dx, right - x), (-dy, y - top), (dy, bottom - y)):
        if change == 0:
            if room < 0:
                return None
        elif change < 0:
            first = max(first, room / change)
        else:
            last = min(last, room / change)
    if first > last:
        return None
    a = start if first == 0 else (x + dx * first, y + dy * first)
    b = end if last == 1 else (x + dx * last, y + dy * last)
    return (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
