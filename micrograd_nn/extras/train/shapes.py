"""Data made up to learn from: two classes of points in the plane, and numbers to predict.

Each function returns (inputs, target) pairs as ``fit`` takes them, of a class -1 or 1, or a number.
They are rounded, so that every machine has the same ones from the same seed, whatever the last
digit of its sine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

from ...nn.networks import provide_generator

DIGITS = 4
TURNS = 1.5  # of a spiral
HILLS = {(0.5, 0.5): 1, (-0.5, -0.5): 1, (-0.5, 0.5): -1, (0.5, -0.5): -1}  # -1: a hollow
STEEP = 8.0

Curve = Callable[[float, int], tuple[float, float]]  # from a share of its way, and a class
Points = list[tuple[list[float], float]]


def moons(count: int = 200, noise: float = 0.1, rng: random.Random | None = None) -> Points:
    """Return the points of two half circles that reach into one another, a class each.

    >>> moons(2, noise=0.0)
    [([0.5, -0.25], -1.0), ([-0.5, 0.25], 1.0)]

    ``noise`` is the standard deviation of how far points are off their curve, each way; ``rng``
    draws it. Of an odd ``count`` the class -1 has one more.
    """

    def place(share: float, kind: int) -> tuple[float, float]:
        angle = math.pi * share
        return -kind * (math.cos(angle) - 0.5), -kind * (math.sin(angle) - 0.25)

    return scatter(place, count, noise, rng)


def circles(count: int = 200, noise: float = 0.1, rng: random.Random | None = None) -> Points:
    """Return the points of a circle, class -1, and of a smaller one inside it, class 1.

    >>> circles(2, noise=0.0)
    [([1.0, 0.0], -1.0), ([0.4, 0.0], 1.0)]
    """

    def place(share: float, kind: int) -> tuple[float, float]:
        radius, angle = (0.4 if kind == 1 else 1.0), 2 * math.pi * share
        return radius * math.cos(angle), radius * math.sin(angle)

    return scatter(place, count, noise, rng)


def spirals(count: int = 200, noise: float = 0.03, rng: random.Random | None = None) -> Points:
    """Return the points of two spirals, one of each class, that wind around one another.

    >>> spirals(4, noise=0.0)[1:3]
    [([-1.0, 0.0], -1.0), ([-0.1, 0.0], 1.0)]
    """

    def place(share: float, kind: int) -> tuple[float, float]:
        radius, angle = 0.1 + 0.9 * share, 2 * math.pi * TURNS * share
        return -kind * radius * math.cos(angle), -kind * radius * math.sin(angle)

    return scatter(place, count, noise, rng)


def xor(count: int = 200, noise: float = 0.0, rng: random.Random | None = None) -> Points:
    """Return points all over a square: class 1 where both inputs have one sign, -1 elsewhere.

    >>> all((x * y > 0) == (kind > 0) for (x, y), kind in xor(rng=random.Random(1)))
    True

    With ``noise``, points stray into the quarters of the other class.
    """
    rng = check_shape(count, noise, rng)
    found: Points = []
    for i in range(count):
        kind = 1 if i % 2 else -1
        x, y = rng.choice((-1, 1)) * rng.uniform(0.05, 1), rng.uniform(0.05, 1)
        y = math.copysign(y, kind * x)
        found.append((add_noise([x, y], noise, rng), float(kind)))
    return found


def wave(count: int = 100, noise: float = 0.1, rng: random.Random | None = None) -> Points:
    """Return points of one whole wave, from input -1 to 1: the target is a number.

    >>> wave(3, noise=0.0)
    [([-1.0], 0.0), ([0.0], 0.0), ([1.0], 0.0)]

    The ``noise`` is that of the target.
    """
    rng = check_shape(count, noise, rng)
    places = ([2 * spread_evenly(i, count) - 1] for i in range(count))
    return measure_heights(places, lambda x: math.sin(math.pi * x), noise, rng)


def plane(count: int = 200, noise: float = 0.0, rng: random.Random | None = None) -> Points:
    """Return points all over a square: the target is a number, the mean of the two inputs.

    >>> all(abs(y - (x1 + x2) / 2) < 1e-4 for (x1, x2), y in plane(rng=random.Random(1)))
    True

    The ``noise`` is that of the target.
    """
    return cover(lambda x1, x2: (x1 + x2) / 2, count, noise, rng)


def hills(count: int = 200, noise: float = 0.0, rng: random.Random | None = None) -> Points:
    """Return points all over a square: the target is the height of two hills and two hollows.

    >>> all(-1 <= y <= 1 for _, y in hills(rng=random.Random(1)))
    True

    The ``noise`` is that of the target.
    """

    def climb(x1: float, x2: float) -> float:
        return math.fsum(
            height * math.exp(-STEEP * ((x1 - at1) ** 2 + (x2 - at2) ** 2))
            for (at1, at2), height in HILLS.items()
        )

    return cover(climb, count, noise, rng)


OF_NUMBERS = (wave, plane, hills)  # the others are of classes
BY_NAME: dict[str, Callable[[int, float, random.Random | None], Points]] = {
    shape.__name__: shape for shape in (moons, circles, spirals, xor, *OF_NUMBERS)
}


def scatter(place: Curve, count: int, noise: float, rng: random.Random | None) -> Points:
    """Return points along the curves of two classes, first those of -1."""
    rng = check_shape(count, noise, rng)
    sizes = {-1: count - count // 2, 1: count // 2}
    return [
        (add_noise([*place(spread_evenly(i, size), kind)], noise, rng), float(kind))
        for kind, size in sizes.items()
        for i in range(size)
    ]


def cover(
    height: Callable[[float, float], float], count: int, noise: float, rng: random.Random | None
) -> Points:
    """Return points drawn all over a square, with the height over each."""
    rng = check_shape(count, noise, rng)
    places = ([rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count))
    return measure_heights(places, height, noise, rng)


def measure_heights(
    places: Iterable[list[float]], height: Callable[..., float], noise: float, rng: random.Random
) -> Points:
    """Return places, rounded, each with the height over it, which alone has noise."""
    rounded = (add_noise(place, 0.0, rng) for place in places)
    return [(x, add_noise([height(*x)], noise, rng)[0]) for x in rounded]


def spread_evenly(i: int, size: int) -> float:
    """Return how far along its curve the point i of ``size`` stands, from 0 to 1."""
    return i / (size - 1) if size > 1 else 0.0


def add_noise(point: list[float], noise: float, rng: random.Random) -> list[float]:
    """Return a point moved at random, and rounded; zero has no sign."""
    moved = [x + noise * rng.gauss(0, 1) for x in point] if noise else point
    return [round(x, DIGITS) + 0.0 for x in moved]


def check_shape(count: int, noise: float, rng: random.Random | None) -> random.Random:
    """Refuse what no points can be made of; return the source of their noise."""
    if type(count) is not int or count < 1:
        raise ValueError(f"a shape has at least 1 point, not {count!r}")
    if not 0 <= noise < math.inf:
        raise ValueError(f"the noise of a shape is a number from 0 up, not {noise!r}")
    return provide_generator(rng)
