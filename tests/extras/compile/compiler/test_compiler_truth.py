"""Compiled functions tell the truth: never a number that the function itself wouldn't give."""

import copy
import gc
import math
import pickle
from collections import Counter, OrderedDict, defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Thread

import pytest
from compiled import assert_same_calls, assert_same_results, run_on_numbers

from micrograd_nn import Value, compile
from micrograd_nn.calculus import grad, hessian, jvp, value_and_grad, vjp
from micrograd_nn.checks.gradcheck import gradcheck
from micrograd_nn.engine import table as op
from micrograd_nn.engine.setting import special_settings
from micrograd_nn.extras.compile.programs.operations import NEVER_FAIL
from micrograd_nn.losses import binary_cross_entropy, hinge

# Domains


@pytest.mark.parametrize(
    "derive",
    [
        lambda f: grad(f),
        lambda f: lambda x: jvp(f, (x,), (1.0,))[1],
        lambda f: hessian(f),
        lambda f: lambda x: vjp(f, x)[1](1.0),
        lambda f: lambda x: value_and_grad(f)(x)[1],
        lambda f: lambda x: (f(x), x)[1],
    ],
    ids=["grad", "jvp", "hessian", "vjp", "value_and_grad", "in vain"],
)
@pytest.mark.parametrize(
    "f",
    [op.log, op.log1p, lambda x: op.log(x) ** 0.0, lambda x: op.exp(x * 1e3) * 0.0 + x],
    ids=["log", "log1p", "power 0", "overflow"],
)
def test_the_check_of_a_domain_stays_where_only_a_derivative_is_wanted(derive, f):
    assert_same_results(derive(f), (2.0,), (-1.5,), (0.5,), (1e3,))


@pytest.mark.parametrize("row", sorted(NEVER_FAIL, key=lambda row: row.name), ids=str)
def test_what_is_left_out_where_it_is_of_no_use_never_fails(row):
    extremes = [0.0, -0.0, 1.0, -1.0, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan]
    count = len(row.inputs)
    for x in extremes:
        for y in extremes:
            row([x, y], [y, x]) if row is op.dot else row(*(x, y)[:count])


# Equality, whole numbers, classes


class Vec(list):
    """A list that adds element by element."""

    def __add__(self, other):
        return Vec([x + y for x, y in zip(self, other, strict=True)])


Pair = namedtuple("Pair", "x y")


class Sized(Pair):
    __slots__ = ()

    def area(self):
        return self.x * self.y


@dataclass
class Point:
    x: float
    y: float = 2.0

    def norm(self):
        return self.x * self.x + self.y * self.y


@dataclass(frozen=True)
class Frozen:
    x: float


def first_of_sum(v):
    return (v + v)[0]


@pytest.mark.parametrize(
    ("f", "argument", "gradient"),
    [
        (first_of_sum, Vec([1.0, 2.0]), Vec([2.0, 0.0])),
        (lambda c: c["a"] * 3 + c["missing"], Counter(a=2), Counter(a=3.0)),
        (lambda d: d["a"] * d["new"], defaultdict(lambda: 4.0, a=1.0), {"a": 4.0}),
        (lambda d: d["a"] * next(iter(d.values())), OrderedDict(a=3.0), OrderedDict(a=6.0)),
        (lambda p: p.area(), Sized(3.0, 4.0), Sized(4.0, 3.0)),
        (Point.norm, Point(3.0, 5.0), Point(6.0, 10.0)),
        (lambda p: p.x * p.x, Frozen(3.0), Frozen(6.0)),
    ],
)
@pytest.mark.filterwarnings("ignore:<lambda> runs as it is")
def test_a_container_keeps_its_class(f, argument, gradient):
    found = grad(f)(argument)
    assert (type(found), found) == (type(argument), gradient)
    assert gradcheck(f, argument)
    compiled = compile(grad(f))
    assert [compiled(argument) for _ in range(2)] == [gradient, gradient]
    assert type(compiled(argument)) is type(argument)


@dataclass
class Cached:
    x: float
    square: float = field(init=False)

    def __post_init__(self):
        self.square = self.x * self.x


def test_a_container_that_knows_more_than_its_items_is_refused_by_name():
    named = Vec([1.0, 2.0])
    named.total = 3.0
    for argument, attribute in ((named, "total"), (Cached(3.0), "square")):
        with pytest.raises(TypeError, match=rf"with attributes beside its items \({attribute}\)"):
            grad(lambda v: v[0] if isinstance(v, list) else v.square)(argument)


# Functions within functions


def test_a_compiled_function_within_another_takes_plain_numbers():
    inner = compile(lambda x: x * 3)
    assert_same_calls(lambda x: x * inner(2.0) + inner(x), (1.0,), (4.0,), by=run_on_numbers)


def test_losses_compile():
    pairs = [(0.5, 1.0), (-0.5, 0.0), (0.25, 1.0), (2.0, 0.5), (1.0, 1), (-1.0, 0)]
    assert_same_calls(binary_cross_entropy, *pairs, by=run_on_numbers)
    sides = [(0.5, 1.0), (0.5, -1.0), (2.0, 1), (2.0, -1)]
    assert_same_calls(hinge, *sides, by=run_on_numbers)
    with pytest.raises(ValueError, match="hinge takes a target of -1 or 1, not 2"):
        compile(hinge)(0.5, 2)


# Whatever else depends on more than the arguments


@pytest.mark.parametrize(
    "f",
    [lambda x: x if op.sqrt(x) < 100 else 2 * x, lambda x: (op.asin(x), x)[1]],
    ids=["compared", "in vain"],
)
def test_the_check_of_a_derivative_stays_where_that_is_of_no_use(f):
    assert_same_results(grad(f), (0.25,), (0.0,), (1.0,))


def test_a_compiled_function_within_a_derivative_keeps_the_gradient_of_what_it_closes_over():
    w = Value(5.0)
    assert grad(lambda x: compile(lambda q: x * q)(2.0))(3.0) == 2.0
    assert grad(lambda x: compile(lambda q: x * q)(2.0) * x)(3.0) == 12.0
    assert grad(lambda x: compile(lambda q: w * q)(2.0) * x)(3.0) == 10.0
    assert compile(grad(lambda x: compile(lambda q: x * q)(2.0) * x))(3.0) == 12.0


def test_another_thread_sees_parameters_as_they_are():
    w, seen = Value(2.0), []

    def look():
        seen.append((w.data, w == w, hash(w) == hash(w), f"{w}", {w: 1}[w]))
        copies = copy.copy(w), copy.deepcopy([w])[0], pickle.loads(pickle.dumps(w))
        seen[-1] += tuple((type(x), x.data) for x in copies)

    def function(x):
        thread = Thread(target=look)
        thread.start()
        thread.join()
        return x * w

    assert compile(function, unchecked=True)(3.0) == 6.0
    copied = (Value, 2.0)
    assert seen[1] == (2.0, True, True, "2.0", 1, copied, copied, copied)


def test_a_trace_leaves_no_setting_behind():
    gc.disable()
    try:
        before = len(special_settings)
        assert compile(lambda x: x * x)(3.0) == 9.0
        assert len(special_settings) == before
    finally:
        gc.enable()


def test_threads_that_compile_functions_of_one_parameter_get_their_own_numbers():
    w, ready, found = Value(2.0), Barrier(2, timeout=20), []

    def function(x):
        if isinstance(x, Value) and len(found) < 2:
            found.append(x)
            ready.wait()
        return x * w

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(compile(function, unchecked=True), [3.0, 5.0]))
    assert results == [6.0, 10.0]
    assert type(w) is Value


def test_an_own_error_that_tells_a_number_is_the_functions_own():
    w = Value(2.0)

    def positive(x):
        if x * w < 0:
            raise ValueError(f"x must be positive, not {x}")
        return x * w

    compiled = compile(positive)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"x must be positive, not -1\.0"):
            compiled(-1.0)
        assert (compiled(3.0), type(w)) == (6.0, Value)


def test_keys_that_are_equal_and_differ_in_sign_or_kind_are_other_forms():
    keys = [(0.0, 1), (-0.0, 1), (2**60, 1), (2.0**60, 1), (2**60, True)]
    assert_same_results(lambda d: [k[0] * v for k, v in d.items()], *[({k: 3.0},) for k in keys])
