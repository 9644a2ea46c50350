"""Ordinary functions, of textbooks and the standard library, compiled: never another number."""

import bisect
import contextlib
import copy
import random
import statistics
import warnings
from collections import Counter, OrderedDict
from dataclasses import dataclass
from functools import lru_cache, reduce

import pytest

from micrograd_nn import Value, compile
from micrograd_nn.extras.compile.compiler.compiled import are_close
from micrograd_nn.extras.compile.compiler.variants import Variant

FUNCTIONS = {
    # Sorting and searching
    "by_sorted": (lambda v: sorted(v), "v"),
    "binary_search": (lambda v, x: bisect.bisect_left(sorted(v), x), "vf"),
    "find_index": (lambda v, x: v.index(x) if x in v else -1, "vf"),
    "argmax": (lambda v: max(range(len(v)), key=v.__getitem__), "v"),
    "unique_by_set": (lambda v: len(set(v)), "v"),
    "unique_by_dict": (lambda v: list(dict.fromkeys(v)), "v"),
    "count_by_counter": (lambda v: Counter(v).most_common(1)[0][1], "v"),
    "median": (lambda v: statistics.median(v), "v"),
    "mean_by_statistics": (lambda v: statistics.fmean(v), "v"),
    # Accuracy, classes, labels
    "by_kind_of_float": (lambda x: x * 2 if isinstance(x, float) else -x, "f"),
    "by_operator": (
        lambda x, s: {"+": lambda: x + 1, "*": lambda: x * 2}.get(s, lambda: x)(),
        "fs",
    ),
    "by_format": (lambda x: float(f"{x:.1f}"), "f"),
    "by_repr": (lambda x: repr(x), "f"),
    "by_hash": (lambda x: {1.0: 10.0, 2.0: 20.0}.get(x, 0.0), "f"),
    "by_attribute": (lambda x: x * 2 if hasattr(x, "is_integer") else x, "f"),
    "by_truth": (lambda x: 1.0 if x else 2.0, "f"),
    "by_none": (lambda x: x if x is not None and x != "text" else 0.0, "f"),
    # Errors and early returns
    "first_positive_by_next": (lambda v: next((x for x in v if x > 0), -1.0), "v"),
    # Lists that change
    "by_reduce": (lambda v: reduce(lambda x, y: x * y + 1, v), "v"),
    "ordered": (lambda d: list(OrderedDict(sorted(d.items())).values()), "d"),
    "equal_dataclasses": (lambda x, y: 1.0 if Point(x, y) == Point(y, x) else x, "ff"),
    "equal_lists": (lambda v, w: 1.0 if v == w else 2.0, "vv"),
    # Numerical mathematics
    "product_with_vector": (
        lambda m, v: [sum(x * y for x, y in zip(row, v, strict=False)) for row in m],
        "mv",
    ),
    "any_power": (lambda x, y: (x * x + 0.5) ** y, "ff"),
    "remainder": (lambda x: x % 1.5, "f"),
    # Dynamic programming, parsers, tries, closures
    "value_inside": (lambda x: (x * Value(2.0) + Value(1.0)).tanh(), "f"),
}


def ordinary(*kinds):
    """Keep a function of arguments of these kinds, each a letter (see ``draw``)."""

    def keep(function):
        FUNCTIONS[function.__name__] = function, "".join(kinds)
        return function

    return keep


def draw(kind, rng):
    """Return an argument: a float f, a list of them v or of lists m, a count n, a text s."""
    small = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 3.0]
    number = rng.choice(small) if rng.random() < 0.5 else rng.uniform(-4, 4)
    if kind == "v":
        return [draw("f", rng) for _ in range(rng.choice([3, 3, 3, 4, 1]))]
    if kind == "m":
        return [[draw("f", rng) for _ in range(3)] for _ in range(3)]
    if kind == "d":
        return {"a": draw("f", rng), "b": draw("f", rng)}
    if kind == "n":
        return rng.randrange(5)
    return rng.choice(["a", "b", "+", "*"]) if kind == "s" else number


# Sorting and searching


# Accuracy, classes, labels


# Errors and early returns


# Lists that change


@dataclass(frozen=True)
class Point:
    x: float
    y: float


# Numerical mathematics


@ordinary("f")
def newton_until(a):
    x, last = a * a + 1, 0.0
    while abs(x - last) > 1e-6:
        last, x = x, (x + (a * a + 1) / x) / 2
    return x


@ordinary("m")
def determinant_by_pivots(m):
    rows, out = [row[:] for row in m], 1.0
    for i in range(3):
        pivot = max(range(i, 3), key=lambda k: abs(rows[k][i]))
        if rows[pivot][i] == 0:
            return 0.0
        if pivot != i:
            rows[i], rows[pivot], out = rows[pivot], rows[i], -out
        out = out * rows[i][i]
        for k in range(i + 1, 3):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i], strict=True)]
    return out


# Dynamic programming, parsers, tries, closures


@ordinary("f")
def cached_by_number(x):
    @lru_cache
    def square(y):
        return y * y

    return square(x) + square(x + 1.0) + square(x)


@ordinary("v", "f")
def trie_of_numbers(v, x):
    root = {}
    for y in v:
        root.setdefault(y, []).append(y)
    return len(root.get(x, []))


# What each gives


def own_result(function, arguments):
    """Return what a function gives for plain numbers, or where it takes none for Values."""
    try:
        return function(*copy.deepcopy(arguments))
    except Exception as error:
        return error


def read_number(result):
    return result.data if isinstance(result, Value) else result


def assert_same(name, compiled, calls):
    """Compare results; an error must be the function's own."""
    function, _ = FUNCTIONS[name]
    for arguments in calls:
        own = own_result(function, arguments)
        try:
            found = compiled(*copy.deepcopy(arguments))
        except Exception as error:
            assert type(error) is type(own), (name, arguments, error)  # noqa: PT017
            continue
        assert not isinstance(own, Exception), (name, arguments, found, own)
        assert are_close(found, read_number(own)), (name, arguments, found, own)


def draw_calls(name, count=30):
    rng = random.Random(name)
    return [tuple(draw(kind, rng) for kind in FUNCTIONS[name][1]) for _ in range(count)]


@pytest.mark.parametrize("is_compared", [True, False], ids=["", "not compared"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_compiled_function_gives_no_other_number(name, is_compared, monkeypatch):
    if not is_compared:
        monkeypatch.setattr(Variant, "is_due", lambda self: False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert_same(name, compile(FUNCTIONS[name][0]), draw_calls(name))


# Those that look at what a number is or change what they are given, and so can't be compiled.
UNCOMPILED = {
    "argmax", "binary_search", "by_attribute", "by_format", "by_hash",
    "by_kind_of_float", "by_repr", "by_truth", "cached_by_number",
    "count_by_counter", "mean_by_statistics", "median",
    "trie_of_numbers", "unique_by_dict", "unique_by_set",
}  # fmt: skip


def test_all_others_compile():
    uncompiled = set()
    for name, (function, _) in FUNCTIONS.items():
        compiled = compile(function)
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            warnings.simplefilter("ignore", RuntimeWarning)
            for arguments in draw_calls(name, 5):
                compiled(*copy.deepcopy(arguments))
        if not compiled.variants:
            uncompiled.add(name)
    assert uncompiled == UNCOMPILED
