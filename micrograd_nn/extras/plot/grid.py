"""A function of two numbers over a rectangle: its values on a grid, its contours, its bands."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from .reading import Pair, ask_function
from .scales import Scale, is_drawn, is_narrow, list_multiples, round_step, widen

COLUMNS, ROWS = 60, 44  # of the cells at whose corners a function is asked
CellEdge = tuple[int, int, int]  # of a cell: column and row of its start, 0 across and 1 up


class Grid(NamedTuple):
    """Where a function was asked, and what it said: ``values[row][column]``, rows going up."""

    xs: list[float]
    ys: list[float]
    values: list[list[float]]

    @property
    def finite(self) -> list[float]:
        """All numbers that are finite."""
        return [value for row in self.values for value in row if is_drawn(value)]


def ask_on_grid(f: Callable[..., object], across: Scale, up: Scale) -> Grid:
    """Return a function's values at the corners of 60 × 44 cells."""
    xs, ys = across.divide(COLUMNS), up.divide(ROWS)
    return Grid(xs, ys, [[ask_function(f, x, y) for x in xs] for y in ys])


def choose_levels(values: Sequence[float], most: int) -> list[float]:
    """Return about ``most`` round levels."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if is_narrow(low, high):
        return []
    step, levels = round_step((high - low) / most / 2), [0.0] * most * 2
    while len(levels) > most * 1.25:
        edge = 1e-9 * step
        coarser = [x for x in list_multiples(step, low, high) if low + edge < x < high - edge]
        if not coarser:
            break
        step, levels = round_step(step * 1.01), coarser
    return levels


def trace_contour(grid: Grid, level: float) -> list[list[Pair]]:
    """Return the lines on which the function has a value, by marching squares.

    Where two lines could cross a cell in two ways, the mean of its corners decides. Lines are
    joined: a closed one ends where it began. A cell with a gap at a corner has no line.
    """
    links: dict[CellEdge, list[CellEdge]] = {}
    for row in range(len(grid.ys) - 1):
        low, high = grid.values[row], grid.values[row + 1]
        for column in range(len(grid.xs) - 1):
            corners = low[column], low[column + 1], high[column + 1], high[column]
            for start, end in cut_cell(corners, level):
                a, b = name_edge(column, row, start), name_edge(column, row, end)
                links.setdefault(a, []).append(b)
                links.setdefault(b, []).append(a)
    return [[place_edge(grid, edge, level) for edge in line] for line in join_edges(links)]


def cut_cell(corners: tuple[float, ...], level: float) -> Iterable[tuple[int, int]]:
    """Yield the sides that lines connect: 0 below, 1 right, 2 above, 3 left."""
    if not all(map(is_drawn, corners)):
        return
    above = [corner > level for corner in corners]
    cut = [side for side in range(4) if above[side] != above[(side + 1) % 4]]
    if len(cut) == 2:
        yield cut[0], cut[1]
    elif cut:  # corners opposite each other are on one side: lines go around two of them
        if (sum(corners) / 4 > level) == above[0]:
            yield from ((0, 1), (2, 3))
        else:
            yield from ((3, 0), (1, 2))


def name_edge(column: int, row: int, side: int) -> CellEdge:
    """Return the edge that a cell shares with its neighbour."""
    return (
        (column, row, 0),
        (column + 1, row, 1),
        (column, row + 1, 0),
        (column, row, 1),
    )[side]


def place_edge(grid: Grid, edge: CellEdge, level: float) -> Pair:
    """Return where on an edge the function has the value, if it is straight in between."""
    column, row, up = edge
    x, y, value = grid.xs[column], grid.ys[row], grid.values[row][column]
    to_x, to_y = grid.xs[column + 1 - up], grid.ys[row + up]
    to_value = grid.values[row + up][column + 1 - up]
    share = (level - value) / (to_value - value)
    return x + (to_x - x) * share, y + (to_y - y) * share


def join_edges(links: dict[CellEdge, list[CellEdge]]) -> list[list[CellEdge]]:
    """Return the lines that links make: open ones from end to end, then closed ones."""
    left = {edge: list(others) for edge, others in links.items()}
    lines = []
    for start in [*(edge for edge in links if len(links[edge]) == 1), *links]:
        line = [start]
        while left[line[-1]]:
            following = left[line[-1]].pop()
            left[following].remove(line[-1])
            line.append(following)
        if len(line) > 1:
            lines.append(line)
    return lines


def choose_bands(values: Sequence[float]) -> list[float]:
    """Return the ends of bands of values, each to have one colour: ten or so round ones.

    From 0 to 1 for what is between, on both sides of 0 as far for what has both signs.
    """
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low >= 0 and (0.5 < high <= 1 or high == 0):
        step, first, last = 0.1, 0, 10
    elif low < 0 < high:
        step = round_step(max(-low, high) / 6)
        last = math.ceil(max(-low, high) / step - 1e-9)
        first = -last
    else:
        low, high = widen(low, high)
        step = round_step((high - low) / 5) / 2  # each of five or so is parted
        first = 2 * math.floor(low / step / 2 + 1e-9)
        last = 2 * math.ceil(high / step / 2 - 1e-9)
    return [float(f"{step * band:.12g}") for band in range(first, last + 1)]


def paint_bands(grid: Grid, bands: Sequence[float], finer: int) -> list[list[tuple[int, int, int]]]:
    """Return for each band the runs of small cells that it fills: row, first column, end.

    Each cell of the grid is divided into ``finer`` × ``finer``; in between, values are bilinear.
    """
    runs: list[list[tuple[int, int, int]]] = [[] for _ in bands[1:]]
    for row in range((len(grid.ys) - 1) * finer):
        start = 0
        for band, cells in groupby(find_band(x, bands) for x in refine_row(grid, row, finer)):
            end = start + len([*cells])
            if band >= 0:
                runs[band].append((row, start, end))
            start = end
    return runs


def refine_row(grid: Grid, row: int, finer: int) -> Iterable[float]:
    """Yield the values in the middles of a row of small cells."""
    j, v = divmod(row, finer)
    share = (v + 0.5) / finer
    low, high = grid.values[j], grid.values[j + 1]
    mixed = [a + (b - a) * share for a, b in zip(low, high, strict=True)]
    for column in range((len(grid.xs) - 1) * finer):
        i, u = divmod(column, finer)
        yield mixed[i] + (mixed[i + 1] - mixed[i]) * (u + 0.5) / finer


def find_band(value: float, bands: Sequence[float]) -> int:
    """Return the band of a value, the last one for what is above; −1 for a gap."""
    return bisect(bands, value, 1, len(bands) - 1) - 1 if is_drawn(value) else -1
