"""Kinds of numbers, keys and objects that a program would take for others: the function runs."""

import math
import operator
import warnings
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby, repeat

import numpy as np
import pytest
from compiled import results

from micrograd_nn import Operation, Value, choose, compile, relu, sigmoid
from micrograd_nn.calculus import grad, gradients, hessian, jacobian, jvp, value_and_grad
from micrograd_nn.engine import table as op

HALF, ONE = np.float64(0.5), np.int64(1)
PRICES = {1.0: 10.0, 2.0: 20.0}
SINGLES = [(x,) for x in (5.0, 6.0, 1.0, 7.0, 2.0)]


def scaled(x):
    return x * RATES[0]


RATES = [2.0]


class Buffer(bytearray):
    pass


class OwnError(Exception):
    pass


class Ramp(float):
    def __rmul__(self, other):
        return max(0.0, other) * 3.0


class Low(float):
    def __gt__(self, other):
        return other < 0.25


RAMP, LOW = Ramp(3.0), Low(0.5)


class Tag:
    def __init__(self, weight):
        self.weight = weight


class Name(str):
    __slots__ = ("weight",)


@dataclass(frozen=True)
class Frozen:
    weight: float


class Lenient:
    def __init__(self, x):
        self.x = x

    @property
    def rectified(self):
        return self.x.relu()

    def __getattr__(self, name):
        return self.x


POWERS = Operation("powers", lambda x: [1.0, 2.0, 4.0][int(x)], [lambda out, x: 0.0])


class Indexed:
    def __init__(self, x):
        self.x = x

    def __getitem__(self, i):
        return POWERS(self.x + i)


def keyed(keys):
    """Return calls with one number under each of some keys, which are equal to one another."""
    return [({key: 3.0},) for key in keys]


def name(text, weight):
    named = Name(text)
    named.weight = weight
    return named


ZEROS = [0.0, 0.0, -0.0, 0.0, -0.0]
NUMPYS = [(np.float64(x),) for x in (1, 2, 4, 5, 3)]

OTHERS = {
    # NumPy's numbers compare as NumPy's booleans
    "argument equal to a list": (lambda x: 1.0 if x == [3.0] else 2.0, NUMPYS),
    "difference of comparisons": (lambda x: (x > 0) - (x < 0), NUMPYS),
    "sum of comparisons": (
        lambda x, y: y * ((x > HALF) + (x > 0.5)), [(1.0, x) for x in (0.0, 0.0, 2.0, 0.0, 3.0)],
    ),
    "whole threshold": (lambda x, y: y if (x > ONE) is True else abs(y), [(2.0, 1.0), (2.0, -2.0)]),
    "inverted": (lambda x: x * ~(x > ONE), SINGLES),
    # Numbers that are looked up where nobody sees it
    "get": (PRICES.get, SINGLES),
    "isdisjoint": ({1.0, 2.0}.isdisjoint, [([x],) for (x,) in SINGLES]),
    "get passed on": (lambda x: op.sum(map(PRICES.get, [x], repeat(0.0))), SINGLES),
    "contains passed on": (
        lambda x: op.sum(map(operator.contains, [PRICES], [x])), SINGLES,
    ),
    "set passed on": (
        lambda x: op.sum(map(len, map(set, [[1.0, x]]))), SINGLES,
    ),
    "set by another name": (lambda x, kind=set: op.sum(map(len, map(kind, [[1.0, x]]))), SINGLES),
    "partial": (lambda x: op.sum(map(partial(dict.get, PRICES), [x], [0.0])), SINGLES),
    # Keys that are equal, and are others
    "sets as keys": (
        lambda d: [op.atan2(next(iter(k)), -v) for k, v in d.items()],
        keyed([frozenset([x]) for x in ZEROS]),
    ),
    "Decimals as keys": (
        lambda d: [op.atan2(float(k), -v) for k, v in d.items()],
        keyed([Decimal(x) for x in ("0", "0", "-0", "0", "-0")]),
    ),
    "dataclasses as keys": (
        lambda d: [op.atan2(k.weight, -v) for k, v in d.items()],
        keyed([Frozen(x) for x in ZEROS]),
    ),
    "texts of a class as keys": (
        lambda d: [k.weight * v for k, v in d.items()],
        keyed([name("a", x) for x in (1.0, 1.0, 2.0, 1.0, 3.0)]),
    ),
    # Objects whose numbers are hidden in C, or in methods that Python prefers
    "float with a product": (lambda x, k=RAMP: x * k, [(x,) for x in (1.0, 2.0, -3.0)]),
    "float with a comparison": (
        lambda x, k=LOW: 1.0 if x < k else 0.0, [(x,) for x in (1.0, 2.0, 0.45)],
    ),
    "attribute in place of an error": (
        lambda x: Lenient(x).rectified, [(x,) for x in (1.0, 2.0, -1.0)],
    ),
    # An IndexError, at which Python ends going through an object
    "an index of one's own": (
        lambda x: sum(Indexed(x)), [(x,) for x in (1.5, 1.6, 0.5, 1.5, 0.5)],
    ),
    # NaN, which a list knows by its identity
    "NaN within": (
        lambda x, y: y * 2 if [op.relu(x - x)] == [x - x] else y,
        [(1.0, 3.0), (2.0, 3.0), (math.inf, 3.0)],
    ),
    "NaN grouped": (
        lambda x, y: y * len([*groupby([x - x, x - x, y])]),
        [(1.0, 3.0), (2.0, 3.0), (math.inf, 3.0)],
    ),
    "a zero of a tie": (
        lambda x, y: op.atan2(op.max([x, y]) * 0.0 + op.max([x, y]), -1.0),
        [(1.0, 2.0), (0.0, -0.0), (-0.0, 0.0), (-0.0, -0.0)],
    ),
    # Whole numbers beyond all floats
    "huge": (lambda n: n * 2**1023, [(3,), (4,)]),
    "a factorial": (lambda n, x: (math.factorial(n), x), [(200, 1.0), (200, 2.0), (201, 2.0)]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", OTHERS)
def test_what_a_program_would_take_for_another_is_the_functions_own(name):
    function, calls = OTHERS[name]
    assert results(compile(function), *calls) == results(function, *calls)


def buffer():
    held = Buffer([1, 2])
    return lambda x: x * held[0], lambda i: held.__setitem__(0, i)


def failure():
    held = OwnError(1.0)
    return lambda x: x * held.args[0], lambda i: setattr(held, "args", (float(i),))


def partial_of_another():
    held = partial(pow, 2.0)
    return held, lambda i: held.__setstate__((pow, (float(i),), {}, None))


def key():
    held = Tag(1.0)
    call = lambda x: sum(k.weight * v for k, v in x.items())  # noqa: E731 - as the others are
    return lambda x: call({held: x}), lambda i: setattr(held, "weight", float(i))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("make", [buffer, failure, partial_of_another, key])
def test_what_changes_within_an_object_is_noticed_at_the_very_next_call(make):
    function, change = make()
    compiled = compile(function)
    for i in (1, 1, 1, 3, 3, 5):
        change(i)
        assert results(compiled, (2.0,)) == results(function, (2.0,))


def test_the_keys_and_the_default_of_an_argument_are_read():
    def total(weights):
        return sum(key(value) for key, value in weights.items())

    compiled = compile(total)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert compiled({scaled: 1.0}) == 2.0
        RATES[0] = 5.0
        try:
            assert compiled({scaled: 1.0}) == 5.0
        finally:
            RATES[0] = 2.0


def test_texts_and_numbers_are_keys():
    compiled = compile(lambda d: sum(d.values()))
    for key in ("a", 1, 1.0, (1, "a"), None):
        assert compiled({key: 3.0, "b": 1.0}) == 4.0
        assert compiled({key: 4.0, "b": 1.0}) == 5.0
    assert len(compiled.variants) == 5


DERIVATIVES = {
    "grad": lambda x: grad(lambda t: t * t)(x),
    "value_and_grad": lambda x: value_and_grad(lambda t: t * t)(x)[1],
    "jvp": lambda x: jvp(lambda t: t * t, (x,), (1.0,))[1],
    "jvp along": lambda x: jvp(lambda t: t, (1.0,), (x,))[1],
    "hessian": lambda x: hessian(lambda t: t**3)(x),
    "grad of grad": grad(grad(lambda t: t**3)),
    "of several": lambda x: grad(lambda v: v[0] * v[1])([x, x])[0],
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_a_derivative_is_no_negative_zero(name):
    function = DERIVATIVES[name]
    compiled = compile(lambda x: op.atan2(function(x), -1.0))
    for x in (1.0, 2.0, -0.0, 0.0, -0.0):
        assert math.copysign(1, compile(function)(x)) == math.copysign(1, function(x))
        assert compiled(x) == math.atan2(function(x), -1.0)
    assert compiled.variants


# Numbers and Values: which of both a thing is when the function runs by itself

W, K = Value(2.0), Value(3.0)
predict = compile(lambda x: sigmoid(W * x))
target = compile(lambda y: relu(y - 3) * W)


def rank(matrix):
    first, second = jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])(matrix)
    return 2 if first[0] * second[1] != first[1] * second[0] else 1


def find_root(x):
    for _ in range(3):
        slope = grad(lambda t: t * t - 2)(x)
        if slope == 0:
            break
        x = x - (x * x - 2) / slope
    return x


KINDS = {
    "predictions": (
        lambda x, y: 1.0 if predict(x) > predict(y) else 0.5 if predict(x) == predict(y) else 0.0,
        [(1.0, 2.0), (1.0, 3.0), (2.0, 2.0)],
    ),
    "derivatives": (
        lambda x, y: 1.0 if grad(relu)(x) == grad(relu)(y) else 2.0,
        [(-1.0, 2.0), (-1.0, 3.0), (2.0, 3.0)],
    ),
    "a rank": (rank, [([1.0, 2.0],), ([1.0, 3.0],), ([2.0, 2.0],)]),
    "Newton": (find_root, [(1.0,), (2.0,), (0.0,), (3.0,)]),
    "a target without gradient": (
        lambda x, y: gradients((W * x - target(y)) ** 2, [W], create_graph=True)[0],
        [(1.0, 1.0), (2.0, 2.0), (1.0, 5.0)],
    ),
    "tangents": (
        lambda x, n, dx, dn: jvp(pow, (x, n), (dx, dn)),
        [(3.0, 2.0, 1.0, 0.0), (2.0, 3.0, 1.0, 0.0), (-3.0, 2.0, 1.0, 0.0)],
    ),
    "what doesn't move": (
        lambda x, y, z: jvp(
            lambda a, b, c: relu(a - 3) * (2.0 if b == c else 1.0), (x, y, z), (1.0, 0.0, 0.0)
        )[0],
        [(1.0, 2.0, 2.0), (1.0, 3.0, 3.0), (5.0, 2.0, 2.0)],
    ),
    "chosen": (
        lambda i: 1.0 if choose(i, [W, K]) in [W] else 0.0, [(1.0,), (1.0,), (0.0,)],
    ),
    "truth values": (lambda x: x * (x > 0) + (x < 3), [(1.0,), (2.0,), (-1.0,), (5.0,)]),
    "zeros": (
        lambda x: sum([value_and_grad(lambda t: t * 0.0)(x)[0]]), [(1.0,), (2.0,), (-1.0,)],
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", KINDS)
def test_a_number_stays_a_number(name):
    function, calls = KINDS[name]
    assert results(compile(function), *calls) == results(function, *calls)


# One container in several places

NUMBERS = [1.0, 2.0]


def total_without_each(numbers):
    found = []
    for i in range(len(numbers)):
        x = numbers.pop(i)
        found.append(sum(NUMBERS))
        numbers.insert(i, x)
    return found


def raise_and_lower(one, other):
    one[0] = one[0] + 1
    found = other[0]
    one[0] = one[0] - 1
    return found


def test_an_argument_that_is_found_in_two_places_is_changed_in_both():
    for _ in range(3):
        assert compile(total_without_each)(NUMBERS) == [2.0, 1.0]
        assert compile(raise_and_lower)(NUMBERS, NUMBERS) == 2.0
    compiled = compile(total_without_each)
    assert compiled([1.0, 2.0]) == [3.0, 3.0]
    assert compiled(NUMBERS) == [2.0, 1.0]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_list_that_takes_the_place_of_another_one_is_a_change():
    def replace(rows):
        rows[0] = rows[0][:]
        return rows[0][0]

    compiled, row = compile(replace), [1.0, 2.0]
    rows = [row]
    compiled(rows)
    assert rows[0] is not row
    found = compile(lambda x: [[x, x]] * 2)(1.0)
    assert found[0] is found[1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: compile(lambda x: x * x),
        lambda: partial(lambda x, y: x * y, 3.0),
        lambda: Operation("square", lambda x: x * x, [lambda out, x: 2 * x]),
    ],
)
def test_attributes_of_what_is_called_are_watched(make):
    function = make()
    function.count = 1.0
    compiled = compile(lambda x: function(x) * function.count)
    first = compiled(2.0), compiled(2.0)
    function.count = 3.0
    assert compiled(2.0) == 3.0 * first[0]


def test_attributes_of_a_function_are_watched():
    def square(x):
        return x * x

    square.weight = 2.0
    terms = [square, Tag(1.0)]
    compiled = compile(lambda x: sum(x * term.weight for term in terms))
    assert [compiled(1.0), compiled(2.0)] == [3.0, 6.0]
    square.weight = 9.0
    assert compiled(3.0) == 30.0
