"""Where a number is on an axis, and which round numbers stand there: linear or logarithmic."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..._ground.text import format_number

LARGEST = 1e200  # a number beyond this counts as not finite, and one below 1 / LARGEST as 0
WIDEST_AREA, TALLEST, FLATTEST = 480.0, 460.0, 90.0  # of a plot with one scale for both axes
FARTHEST = 1e12  # pixels: whatever lies farther out than this is drawn towards there

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Scale:
    """What places the numbers from ``low`` to ``high`` between two distances in a picture.

    >>> across = Scale(0.0, 4.0, 100, 500)
    >>> across.place(1.0), across.place(4.0)
    (200.0, 500.0)

    A logarithmic one has the same distance for the same ratio:

    >>> Scale(1e-4, 1.0, 0, 400, logarithmic=True).place(0.01)
    200.0
    """

    def __init__(
        self, low: float, high: float, start: float, end: float, logarithmic: bool = False
    ) -> None:
        self.low, self.high, self.start, self.end = low, high, start, end
        self.logarithmic = logarithmic
        self.least, self.most = self.bend(low), self.bend(high)

    def bend(self, number: float) -> float:
        """Return what grows evenly along the axis: the number, or its logarithm."""
        return math.log10(number) if self.logarithmic else number

    def unbend(self, bent: float) -> float:
        """Return the number again."""
        return 10.0**bent if self.logarithmic else bent

    def place(self, number: float) -> float:
        """Return the distance of a number; nan for one that has no place, 0 on a log axis, say."""
        if not is_drawn(number, self.logarithmic):
            return math.nan
        share = (self.bend(number) - self.least) / (self.most - self.least)
        place = self.start + (self.end - self.start) * share
        return min(max(place, -FARTHEST), FARTHEST)

    def holds(self, number: float) -> bool:
        """Tell whether a number is between the ends, which belong to it."""
        slack = 1e-9 * (self.most - self.least)
        return (
            is_drawn(number, self.logarithmic)
            and self.least - slack <= self.bend(number) <= self.most + slack
        )

    def divide(self, parts: int) -> list[float]:
        """Return the ends of ``parts`` of equal length along the axis."""
        step = (self.most - self.least) / parts
        inner = [self.unbend(self.least + step * part) for part in range(1, parts)]
        return [self.low, *inner, self.high]

    def list_ticks(self, most: int) -> list[float]:
        """Return at most ``most`` round numbers from end to end, but for a very short axis two."""
        if self.logarithmic:
            ticks = [tick for tick in list_powers(self.low, self.high, most) if self.holds(tick)]
            if len(ticks) > 1:
                return ticks
        most = max(most, 2)
        step = round_step((self.high - self.low) / most / 2)
        ticks = list_multiples(step, self.low, self.high)
        while len(ticks) > most:
            step = round_step(step * 1.01)
            ticks = list_multiples(step, self.low, self.high)
        return ticks


def is_drawn(number: float, logarithmic: bool = False) -> bool:
    """Tell whether a number has a place on an axis."""
    return (1 / LARGEST if logarithmic else -LARGEST) <= number <= LARGEST


def list_powers(low: float, high: float, most: int) -> list[float]:
    """Return ticks among which are all inside: powers of ten, with 2 and 5 times them if few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    inside = math.floor(math.log10(high) + 1e-9) - math.ceil(math.log10(low) - 1e-9) + 1
    if inside <= 2:
        return [float(f"{d}e{e}") for e in range(first, last + 1) for d in (1, 2, 5)]
    stride = math.ceil(inside / max(most, 2))
    return [float(f"1e{e}") for e in range(first, last + 1) if e % stride == 0]


def label_ticks(ticks: Sequence[float], logarithmic: bool = False) -> list[str]:
    """Return the ticks as text, all in one way, with the digits that tell them apart.

    >>> label_ticks([-0.5, 0.0, 0.5]), label_ticks([1e-8, 1e-4, 1.0], logarithmic=True)
    (['−0.5', '0', '0.5'], ['10⁻⁸', '10⁻⁴', '10⁰'])
    >>> label_ticks([0.0, 2e6, 4e6])
    ['0', '2·10⁶', '4·10⁶']
    """
    largest = max(map(abs, ticks), default=0.0)
    least = min((abs(tick) for tick in ticks if tick), default=1.0)
    if logarithmic and all(is_power(tick) for tick in ticks) and (largest > 1e4 or least < 1e-3):
        return [f"10{str(round(math.log10(x))).translate(SUPERSCRIPTS)}" for x in ticks]
    if largest >= 1e6 or 0 < largest < 1e-3:
        return [write_scientific(tick) for tick in ticks]
    return write_apart(ticks)


def is_power(number: float) -> bool:
    """Tell whether this is a power of ten."""
    return number > 0 and float(f"1e{round(math.log10(number))}") == number


def write_scientific(number: float) -> str:
    """Return a number as digits times a power of ten."""
    if not number:
        return "0"
    digits, _, exponent = f"{number:.11e}".partition("e")
    shown = format_number(float(digits), 12)
    return f"{shown}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def write_apart(ticks: Sequence[float]) -> list[str]:
    """Return numbers as text, with as many digits as it takes to tell them apart."""
    texts: list[str] = []
    for digits in range(6, 13):
        texts = [format_number(tick, digits) for tick in ticks]
        exact = all(abs(float(f"{tick:.{digits}g}") - tick) <= 1e-12 * abs(tick) for tick in ticks)
        if exact and len(set(texts)) == len(texts):
            break
    return texts


def round_step(least: float) -> float:
    """Return the first of 1, 2 and 5 times a power of ten that is not below ``least``."""
    exponent = math.floor(math.log10(least))
    return next(s for d in (1, 2, 5, 10, 20) if (s := float(f"{d}e{exponent}")) >= least)


def list_multiples(step: float, low: float, high: float) -> list[float]:
    """Return the multiples of a step between two numbers, its ends included."""
    numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [float(f"{step * number:.12g}") for number in numbers]


def is_narrow(low: float, high: float) -> bool:
    """Tell whether two numbers are the same, or too near for ticks between them."""
    return high - low <= max(1e-9 * max(-low, high), 1 / LARGEST)


def widen(low: float, high: float) -> tuple[float, float]:
    """Return a range around two numbers that are the same, or nearly; else these."""
    if not is_narrow(low, high):
        return low, high
    reach = abs(low) if abs(low) > 1 / LARGEST else 1.0
    return low - reach, low + reach


def fit_same_scale(
    left: float, right: float, low: float, high: float
) -> tuple[tuple[float, float], tuple[float, float], float, float]:
    """Return both ranges, the width and the height that give both axes one scale.

    A range that would be flatter than 90 pixels, or narrower, is widened.
    """
    unit = min(WIDEST_AREA / (right - left), TALLEST / (high - low))  # in pixels
    across, up = max(0.0, FLATTEST / unit - right + left), max(0.0, FLATTEST / unit - high + low)
    xlim = left - across / 2, right + across / 2
    ylim = low - up / 2, high + up / 2
    return xlim, ylim, unit * (xlim[1] - xlim[0]), unit * (ylim[1] - ylim[0])
