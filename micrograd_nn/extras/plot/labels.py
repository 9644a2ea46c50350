"""Places for texts in a plot, where they hide nothing if there is such a place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise, product

from .canvas import LETTER_SIZE, measure_text
from .reading import Pair
from .sampling import Bounds

CELL = 4.0  # pixels: what is taken is kept by cells of this size
SMALL_SIZE = 15.0  # of contours' numbers
MARGIN = 4.0  # around a text


class Room:
    """What of a plot is taken by lines, dots and texts, and what is free."""

    def __init__(self, box: Bounds) -> None:
        self.box = box
        self.taken: dict[tuple[int, int], float] = {}

    def take_line(self, line: Iterable[Pair], weight: float = 1.0) -> None:
        """Take what a line goes through; ``weight`` says how bad it is to write over it."""
        for (x, y), (to_x, to_y) in pairwise(line):
            steps = max(1, math.ceil(max(abs(to_x - x), abs(to_y - y)) / CELL))
            for i in range(steps + 1):
                at_x, at_y = x + (to_x - x) * i / steps, y + (to_y - y) * i / steps
                self.take_box((at_x, at_y, at_x, at_y), weight)

    def take_box(self, box: Bounds, weight: float = 3.0) -> None:
        """Take all of a box."""
        for cell in list_cells(box):
            self.taken[cell] = max(weight, self.taken.get(cell, 0.0))

    def weigh(self, box: Bounds) -> float:
        """Return how much a text in this box would hide, or stick out of the plot."""
        hidden = sum(self.taken.get(cell, 0.0) for cell in list_cells(box))
        out = max(0.0, self.box[0] - box[0]) + max(0.0, self.box[1] - box[1])
        out += max(0.0, box[2] - self.box[2]) + max(0.0, box[3] - self.box[3])
        return hidden + 2 * out

    def find_best(
        self, text: str, corners: Iterable[Pair], most: float = math.inf, size: float = LETTER_SIZE
    ) -> Pair | None:
        """Take the best of these places of a text's top left corner, an earlier one if in doubt.

        None says that each of them would hide more than ``most``.
        """
        width, height = measure_text(text, size), size * 1.15
        best: tuple[float, Pair] | None = None
        for order, (x, y) in enumerate(corners):
            box = (x - MARGIN, y - MARGIN / 2, x + width + MARGIN, y + height + MARGIN / 2)
            weight = self.weigh(box)
            if weight <= most and (best is None or weight + 0.02 * order < best[0]):
                best = weight + 0.02 * order, (x, y)
            if weight == 0:
                break
        if best is None:
            return None
        x, y = best[1]
        self.take_box((x, y, x + width, y + height))
        return x, y


def list_cells(box: Bounds) -> Iterable[tuple[int, int]]:
    """Return the cells that a box lies in."""
    left, top, right, bottom = (math.floor(side / CELL) for side in box)
    return product(range(left, right + 1), range(top, bottom + 1))


def list_corners(place: Pair, text: str, gap: float, size: float = LETTER_SIZE) -> list[Pair]:
    """Return where the top left corner of a text at a place may be: right of it first."""
    (x, y), width, height = place, measure_text(text, size), size * 1.15
    right, left = x + gap, x - gap - width
    above, below = y - gap - height, y + gap
    middle, centre = y - height / 2, x - width / 2
    near = gap * 0.6
    return [
        (right, middle),
        (centre, above),
        (left, middle),
        (centre, below),
        (x + near, y - near - height),
        (x - near - width, y - near - height),
        (x + near, y + near),
        (x - near - width, y + near),
        (right, above - height / 2),
        (left, above - height / 2),
        (right, below + height / 2),
        (left, below + height / 2),
    ]


def list_places_beside(lines: Sequence[Sequence[Pair]], text: str) -> list[Pair]:
    """Return where the top left corner of a line's name may be: near the line's end first."""
    return [
        corner
        for line in reversed(lines)
        for spot in islice(walk_back(line), 61)
        for corner in list_corners(spot, text, gap=8)
    ]


def walk_back(line: Sequence[Pair]) -> Iterable[Pair]:
    """Yield places on a line, 16 pixels from one another, from its end on."""
    yield line[-1]
    walked, spots = 0.0, 1
    for (x, y), (to_x, to_y) in pairwise(reversed(line)):
        length = math.hypot(to_x - x, to_y - y)
        while length and walked + length >= 16 * spots:
            share = (16 * spots - walked) / length
            yield x + (to_x - x) * share, y + (to_y - y) * share
            spots += 1
        walked += length
