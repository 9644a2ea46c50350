"""Measure the last digits of each operation: python docs/last_digits.py [points].

Needs `pip install python-flint` and a minute. Its output stands in docs/understand/trust.md.
"""

from __future__ import annotations

import math
import platform
import random
import struct
import sys
from collections.abc import Iterator

from balls import find_error

from micrograd_nn import OPERATIONS
from micrograd_nn.checks.selfcheck import draw_point
from micrograd_nn.engine.operation import ARITHMETIC, Lookup, Operation, Reduction

POINTS = 20_000  # an operation
PROMISED = 4  # ulp
MOST_TOLD = 1e9  # ulp
LARGEST = sys.float_info.max
POWERS = [-1074, -1073, -1023, -1022, -1021, -970, -540, -537, -512, -511, -55, -53, -27, -26, -2]
POWERS += [-1, 0, 1, 2, 3, 10, 26, 27, 52, 53, 54, 511, 512, 1022, 1023]
# Where results overflow or become 0, where functions saturate, and where derivatives cross 0.
EDGES = [
    *[0.0, 3.0, 5.9, 8.3, 19.06, 26.5, 26.64, 27.2, 36.7, 37.5, 38.6, 372.5, 708.4, 709.78, 710.47],
    *[745.13, 1e5, 1e22, LARGEST, 0.7517915246935645, 1.2784645427610738],
    *[math.ldexp(1.0, power) for power in POWERS],
    *[math.pi / 2 * k for k in (1, 2, 3, 4, 5, 6, 8, 355, 1e5, 103993)],
]
NUMBERS = [
    sign * near + 0.0  # which is 0.0 for -0.0
    for edge in EDGES
    for near in (edge, math.nextafter(edge, 0.0), min(math.nextafter(edge, math.inf), LARGEST))
    for sign in (1.0, -1.0)
]

# Why what has more than the promised error has it.
POWER = "x is raised to y − 1, which is rounded; and y magnifies the error of a subnormal power"
FEW = "out has fewer digits where it is subnormal, and the derivative needs them"
ZERO = "it crosses 0, and near it its terms cancel"
FAR = "OverflowError where the length of (x, y) is beyond the floats; a quotient may be subnormal"
BELL = "x² is rounded before the exponential of it, which is an error of up to x² ulp"
CANCELS = "each addition is rounded; where terms cancel, what was rounded off is the result"
REASONS = {
    "truediv by y": FEW,
    "pow by x": POWER,
    "pow by y": FEW,
    "pow_by_x": POWER,
    "pow_by_x by x": "as its value; and a factor may be beyond the floats where the product isn't",
    "pow_by_x by y": ZERO,
    "pow_by_y": "log x magnifies the error of a subnormal power",
    "pow_by_y by x": ZERO,
    "pow_by_y by y": FEW,
    "hypot by x": FEW,
    "hypot by y": FEW,
    "atan by x": "x² overflows from 1.35e154 on: 0, where the derivative is subnormal",
    "atan2 by y": FAR,
    "atan2 by x": FAR,
    "tanh by x": "1 − out², as textbooks have it: near ±1, the digits that out shares with 1 are "
    "lost, and from ±19.07 on all",
    "erf by x": BELL,
    "erfc by x": BELL,
    "elu by x": "exp(x) may be subnormal or 0 where alpha times it isn't",
    "gelu": "x / √2 is rounded before erfc of it, which is an error of some x² ulp where x < 0",
    "gelu by x": "it crosses 0 at −0.7518, and near it its terms cancel; far below, as gelu",
    "silu": "below −708, σ(x) is subnormal and has fewer digits",
    "silu by x": "it crosses 0 at −1.2785, and near it its terms cancel",
    "sum": CANCELS,
    "mean": CANCELS,
    "prod": "a product of the first factors may be subnormal or beyond the floats where all isn't",
    "dot": CANCELS,
    "logsumexp": "it crosses 0, where the largest value and the logarithm cancel",
    "logsumexp by values": "a difference from the largest is rounded before the exponential of it",
}

Misses = list[tuple[float, list[float]]]  # errors in ulps, with their points


def draw_number(rng: random.Random) -> float:
    """Return an edge, a number of the size that exponentials are about, or any float."""
    kind = rng.randrange(3)
    if kind == 0:
        return rng.choice(NUMBERS)
    if kind == 1:
        return rng.choice((1, -1)) * rng.random() * rng.choice((1, 2, 40, 750))
    (x,) = struct.unpack("d", rng.randbytes(8))
    return x if math.isfinite(x) else draw_number(rng)


def draw_any(row: Operation, rng: random.Random) -> list[float]:
    """Return a point anywhere; often one where terms cancel or a power is near 0 or ∞."""
    point = [draw_number(rng) for _ in range(3 if isinstance(row, Reduction) else len(row.inputs))]
    if isinstance(row, Lookup):
        return [float(rng.randrange(3)), *point]
    near = rng.choice((0, 0, 1, -1))
    x = abs(point[0])
    if near and row.name.startswith("pow") and x not in (0, 1):
        return [x, rng.choice((709.78, -708.4, -745.13)) / math.log(x)]
    if near and len(point) > 1:
        point[1] = near * math.nextafter(point[0], near * LARGEST)
    return point


def draw_points(row: Operation, count: int) -> Iterator[tuple[bool, list[float]]]:
    """Return points with whether they are usual ones, from the operation's domain: half are."""
    rng = random.Random(row.name)
    if len(row.inputs) == 1 and not isinstance(row, Reduction):
        yield from ((False, [x]) for x in NUMBERS)
    for _ in range(count // 2):
        yield True, draw_point(row, rng)
        yield False, draw_any(row, rng)


def name_slopes(row: Operation) -> list[str]:
    """Return what an operation's derivatives are called: one by all values has one name."""
    inputs = row.inputs[-1:] if isinstance(row, Reduction) else row.inputs
    return [f"{row.name} by {x}" for x in inputs]


def list_results(row: Operation, point: list[float]) -> Iterator[tuple[str, int | None, float]]:
    """Return the operation's value at a point, and its derivatives unless they jump there."""
    try:
        out = row.apply(point)
    except ARITHMETIC as error:
        if isinstance(error, OverflowError):  # which is right if the value isn't a float
            yield row.name, None, math.inf
        return
    yield row.name, None, out
    if point[0] in row.kinks or (row.distance and row.distance(*point) == 0):
        return
    names = name_slopes(row)
    for i in range(isinstance(row, Lookup), len(point)):  # an index isn't varied
        name = names[-1 if isinstance(row, Reduction) else i]
        try:
            yield name, i, row.local_partials(out, point, [i == j for j in range(len(point))])[i]
        except OverflowError:
            yield name, i, math.inf
        except ARITHMETIC:  # outside the derivative's domain
            continue


def measure(row: Operation, count: int) -> dict[str, tuple[Misses, Misses]]:
    """Return the errors of a value and of each derivative: of usual points, and of all others."""
    found: dict[str, tuple[Misses, Misses]] = {
        name: ([], []) for name in [row.name, *name_slopes(row)]
    }
    for is_usual, point in draw_points(row, count):
        for name, by, number in list_results(row, point):
            error = find_error(row.name, point, by, number)
            if error is not None:
                found[name][not is_usual].append((error, point))
    return found


def tell(misses: Misses) -> str:
    """Return the largest error, rounded up to two digits; ∞ if it has no bound to speak of."""
    error, _ = max(misses, default=(0.0, []))
    if error == 0 or error > MOST_TOLD:
        return "∞" if error else "0"
    unit = 10.0 ** (math.floor(math.log10(error)) - 1)
    error = math.ceil(error / unit - 1e-6) * unit
    return f"{error:,.0f}" if error >= 10 else f"{error:.2g}"


def print_tables(count: int) -> None:
    """Print the largest errors of each operation, and then the exceptions."""
    print("CPython", platform.python_version(), *platform.libc_ver(), platform.machine(), "\n")
    print(
        "| operation | value by | value, usual | any | derivatives, usual | any |",
        "|---" * 6 + "|",
        sep="\n",
    )
    exceptions = []
    for row in OPERATIONS.values():
        told = {}
        for name, (usual, others) in measure(row, count).items():
            told[name] = tell(usual), tell(usual + others)
            if max(usual + others, default=(0.0, []))[0] > PROMISED:
                exceptions.append(
                    f"| {name} | {' | '.join(told[name])} | {REASONS.get(name, '?')} |"
                )
        value, *slopes = told.values()
        by = f"`{row.forward.__module__.split('.')[-1].strip('_')}.{row.forward.__name__}`"
        cells = [f"`{row.name}`", by, *value, *map(", ".join, zip(*slopes, strict=True))]
        print(f"| {' | '.join(cells)} |", flush=True)
    print("\n| exception | usual | any | because |", "|---" * 4 + "|", *exceptions, sep="\n")


if __name__ == "__main__":
    print_tables(int(sys.argv[1]) if len(sys.argv) > 1 else POINTS)
