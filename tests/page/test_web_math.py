"""A page's arithmetic is Python's: the same numbers, the same errors, the same texts."""

import json
import math
import random
import struct
from itertools import chain, product

import pytest
from nodejs import WEB, run_program
from strategies import every_row, for_every_row

from micrograd_nn import OPERATIONS, Reduction
from micrograd_nn._ground.text import format_number

POINTS = 300  # of each kind, for each operation
QUICK = 100  # points of an operation in the quick test
TOLERANCE = 1e-13
LEAST = 1e-321  # so small a number has a digit or two
INFINITE = [math.inf, -math.inf, math.nan]
SPECIAL = [
    *INFINITE, 0.0, 5e-324, 2.2250738585072014e-308, 1e-300, 1e-20, 1e-10, 1e-5, 0.1, 1 / 3, 0.5,
    1.0, 1 + 2**-52, 1.5, 2.0, 3.0, 8.0, 25.0, 26.5, 27.02, 27.2, 38.0, 400.0, 708.0, 709.7,
    710.0, 710.5, 745.0, 1000.0, 1e10, 2.0**53, 1e20, 1e154, 1e155, 1e300, 1e308,
    1.7976931348623157e308,
]  # fmt: skip
SPECIAL += [-x for x in SPECIAL]


def wide(chance):
    """Return a number of any magnitude, or one as exponentials like it."""
    if chance.random() < 0.5:
        return chance.choice([-1, 1]) * 10 ** chance.uniform(-308, 308)
    return chance.choice([-1, 1]) * 10 ** chance.uniform(-4, 3)


def points_of(row):
    """Return where a row is compared: in its domain, all over the line, and where it may differ."""
    chance = random.Random(row.name)
    if not isinstance(row, Reduction):
        inside = [[chance.uniform(*interval) for interval in row.domain] for _ in range(POINTS)]
        anywhere = [[wide(chance) for _ in row.domain] for _ in range(POINTS)]
        return inside + anywhere + [list(x) for x in product(SPECIAL, repeat=len(row.domain))]
    counts = [*range(7), 40] * POINTS
    inside = [[chance.uniform(*row.domain[0]) for _ in range(n)] for n in counts[:POINTS]]
    anywhere = [[wide(chance) for _ in range(n)] for n in counts[:POINTS]]
    special = [[chance.choice(SPECIAL) for _ in range(n)] for n in counts[: 3 * POINTS]]
    pairs = [list(x) for x in product([*INFINITE, 0.0, -0.0, 1.0, 2.0, -2.0], repeat=2)]
    return inside + anywhere + special + pairs


def choose_few(points):
    """Return some points of each kind."""
    return points[:: len(points) // QUICK + 1]


def numbers_shown():
    """Return numbers to show and the count of digits: all magnitudes, and halves between digits."""
    chance = random.Random("short")
    patterns = [struct.unpack(">d", chance.randbytes(8))[0] for _ in range(2000)]
    halves = [chance.randrange(10**5) + 0.5 for _ in range(1000)]
    eighths = [chance.randrange(10**6) / 8 * 10 ** chance.randrange(12) for _ in range(1000)]
    plain = [chance.uniform(-10, 10) * 10 ** chance.randrange(-8, 8) for _ in range(2000)]
    edges = [
        sign * 10.0**n * x for n in range(-9, 20) for x in (1, 0.99995, 0.5) for sign in (1, -1)
    ]
    nearly_half = (1590.4699061233569, 17)  # the rest of its digits is 500028923…
    every = [*SPECIAL, *patterns, *halves, *eighths, *plain, *edges]
    return [nearly_half, *[(x, 4) for x in every], *[(x, chance.randint(1, 17)) for x in every]]


def sent(x):
    """Return a number as JavaScript reads it."""
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(x), repr(x))


def ask(node, points, numbers):
    """Return what JavaScript gives at points of rows, and how it writes numbers."""
    sent_points = {name: [[*map(sent, xs)] for xs in some] for name, some in points.items()}
    asked = {"points": sent_points, "numbers": [(sent(x), digits) for x, digits in numbers]}
    return json.loads(run_program(node, str(WEB / "answer.mjs"), input=json.dumps(asked)))


@pytest.fixture(scope="module")
def texts(node):
    """Return how numbers are shown, and what each row gives at a few points."""
    return ask(node, {row.name: choose_few(points_of(row)) for row in every_row}, numbers_shown())


@pytest.fixture(scope="module")
def answers(node):
    return ask(node, {row.name: points_of(row) for row in every_row}, [])


def in_python(row, inputs):
    """Return what Python gives: a number, or the kind of its error."""
    try:
        return row.forward(*inputs)
    except OverflowError:
        return "overflow"
    except (ValueError, ZeroDivisionError):
        return "domain"


def agree(expected, actual):
    """Tell whether JavaScript's answer is Python's number or error, the sign of a zero included."""
    if isinstance(expected, str) or actual in ("domain", "overflow", "no function"):
        return actual == expected
    if math.isnan(expected):
        return actual == "NaN"
    x = float(actual)
    is_close = math.isclose(x, expected, rel_tol=TOLERANCE, abs_tol=LEAST)
    return is_close and math.copysign(1, x) == math.copysign(1, expected)


def test_each_row_has_its_function_and_no_function_lacks_a_row(texts):
    assert set(texts["names"]) == set(OPERATIONS)


def list_wrong(row, points, actual):
    """Return where JavaScript gives something else than Python."""
    expected = [in_python(row, inputs) for inputs in points]
    return [
        f"{row.name}{tuple(inputs)} is {x!r} in Python, {y} in JavaScript"
        for inputs, x, y in zip(points, expected, actual, strict=True)
        if not agree(x, y)
    ]


def test_javascript_gives_the_numbers_of_python_at_some_points(texts):
    found = [list_wrong(row, choose_few(points_of(row)), texts["numbers"][row.name])[:5]
             for row in every_row]  # fmt: skip
    assert not any(found), "\n".join(chain(*found))


@pytest.mark.slow
@for_every_row
def test_javascript_gives_the_numbers_and_errors_of_python(answers, row):
    wrong = list_wrong(row, points_of(row), answers["numbers"][row.name])
    assert not wrong, "\n".join(wrong[:20])


def test_numbers_are_shown_as_python_shows_them(texts):
    for (x, digits), text in zip(numbers_shown(), texts["texts"], strict=True):
        assert text == format_number(x, digits), (x, digits)


@pytest.mark.slow
def test_the_scripts_pass_their_own_tests(node):
    tests = sorted(WEB.glob("*.test.mjs"))
    assert tests
    program = "\n".join(f'import "{test.as_uri()}";' for test in tests)  # all in one process
    run_program(node, "--input-type=module", "-e", program)
