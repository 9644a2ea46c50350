"""Compiled functions tell the truth: never a number that the function itself wouldn't give."""

import contextlib
import copy
import gc
import math
import pickle
import random
from collections import Counter, OrderedDict, defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass, field
from fractions import Fraction
from threading import Barrier, Thread

import pytest
from compiled import assert_same_calls, run_on_numbers

from micrograd_nn import Operation, Value, compile
from micrograd_nn.calculus import grad, hessian, jvp, value_and_grad, vjp
from micrograd_nn.checks.gradcheck import gradcheck
from micrograd_nn.engine import table as op
from micrograd_nn.engine.setting import special_settings
from micrograd_nn.languages.compiler.traced import TraceError
from micrograd_nn.languages.compiler.variants import MOST_VARIANTS
from micrograd_nn.languages.programs.operations import NEVER_FAIL
from micrograd_nn.losses import binary_cross_entropy, hinge


def results(function, *calls):
    """Return what a function gives for each of some arguments, or the error that it raises."""
    found = []
    for arguments in calls:
        try:
            found.append(function(*arguments))
        except Exception as error:
            found.append((type(error), str(error)))
    return found


def assert_same_results(function, *calls):
    """Compare a compiled function with itself, errors too, in this order and the other."""
    for order in (calls, calls[::-1]):
        assert results(compile(function), *order) == results(function, *order)


# Errors that the function catches


def safe_quotient(x, y):
    try:
        return x / y
    except ZeroDivisionError:
        return 0.0


def safe_log(x):
    with contextlib.suppress(ValueError):
        return op.log(x)
    return 0.0


def test_an_error_that_the_function_catches_is_caught_for_those_numbers_alone():
    assert_same_results(safe_quotient, (1.0, 0.0), (1.0, 2.0), (3.0, 0.0), (3.0, 4.0))
    assert_same_results(safe_log, (-1.0,), (2.0,), (0.0,), (3.0,))
    assert_same_results(grad(safe_quotient), (1.0, 0.0), (1.0, 2.0), (2.0, 0.0))
    assert_same_results(grad(safe_log), (-1.0,), (2.0,))


def test_an_error_of_an_operation_of_ones_own_may_be_caught():
    def refuse(x):
        if x < 0:
            raise KeyError("negative")
        return x * 2

    own = Operation("own", refuse, [lambda out, x: 2.0])

    def safe(x):
        try:
            return own(x)
        except KeyError:
            return -1.0

    assert_same_results(safe, (-1.0,), (2.0,), (-3.0,))


def test_a_function_that_catches_a_refusal_runs_as_it_is_and_that_is_told():
    def careful(x):
        try:
            return x.data
        except Exception:
            return x * 2

    compiled = compile(careful)
    with pytest.warns(RuntimeWarning, match=r"^careful isn't compiled: a compiled function can"):
        assert compiled(3.0) == 6.0
    assert compiled(4.0) == 8.0
    assert repr(compiled).startswith("<careful, not compiled: a compiled function can")


def test_a_function_that_is_traced_in_vain_again_and_again_is_left_alone():
    compiled = compile(safe_log)
    with pytest.warns(RuntimeWarning, match=r"safe_log isn't compiled: it catches an error: log"):
        assert [compiled(-1.0 - i) for i in range(MOST_VARIANTS)] == [0.0] * MOST_VARIANTS
    assert compiled(1.0) == 0.0


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


def test_whole_numbers_are_part_of_the_form():
    compiled = compile(lambda x, i, j: x if i == j else 0.0)
    assert [compiled(5.0, 1, 1), compiled(5.0, 1, 2), compiled(4.0, 1, 1)] == [5.0, 0.0, 4.0]
    weights = {"w1": 2.0, "w2": 3.0}
    assert_same_results(lambda x, n: x * weights["w" + str(n)], (1.0, 1), (1.0, 2), (4.0, 1))
    assert_same_results(lambda x, n: x if isinstance(n, int) else -x, (1.0, 1), (1.0, True))


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
    compiled = compile(lambda v: v[0] * v.total)
    assert [compiled(named), compiled(named)] == [3.0, 3.0]
    named.total = 5.0
    assert compiled(named) == 5.0


def test_copies_and_dataclasses_within_a_function_work():
    assert_same_calls(lambda v: copy.deepcopy(v)[0] * v[0], ([2.0],), ([3.0],), by=run_on_numbers)
    assert_same_calls(lambda x: sum(astuple(Point(x, x * 2))), (2.0,), (3.0,), by=run_on_numbers)
    assert_same_calls(lambda p: asdict(p), (Point(2.0),), (Point(3.0),), by=run_on_numbers)
    with pytest.raises(TraceError, match="can't copy a Value"):
        compile(lambda x: grad(lambda t: copy.deepcopy(t) * t)(x))(2.0)


# Functions within functions


def test_a_compiled_function_within_another_takes_plain_numbers():
    inner = compile(lambda x: x * 3)
    assert_same_calls(lambda x: x * inner(2.0) + inner(x), (1.0,), (4.0,), by=run_on_numbers)


def test_a_compiled_function_within_another_reads_its_own_parameters():
    w = Value(5.0)
    inner = compile(lambda x: x * w)
    outer = compile(lambda x: x * inner(2.0))
    assert outer(1.0) == 10.0
    w.data = 7.0
    assert outer(1.0) == 14.0


def test_a_value_made_within_a_function_is_a_constant():
    calls = []

    def double(x):
        calls.append(x)
        return x * Value(2.0)

    compiled = compile(double)
    assert [compiled(float(x)) for x in range(100)] == [2.0 * x for x in range(100)]
    assert len(calls) < 20
    assert len(compiled.variants) == 1


def test_a_value_made_at_the_first_call_is_read_at_each_call():
    class Lazy:
        w = None

        def __call__(self, x):
            if self.w is None:
                self.w = Value(2.0)
            return x * self.w

    lazy = Lazy()
    compiled = compile(lazy)
    assert compiled(3.0) == 6.0
    lazy.w.data = 5.0
    assert [compiled(3.0), type(lazy.w)] == [15.0, Value]


def test_losses_compile():
    pairs = [(0.5, 1.0), (-0.5, 0.0), (0.25, 1.0), (2.0, 0.5), (1.0, 1), (-1.0, 0)]
    assert_same_calls(binary_cross_entropy, *pairs, by=run_on_numbers)
    sides = [(0.5, 1.0), (0.5, -1.0), (2.0, 1), (2.0, -1)]
    assert_same_calls(hinge, *sides, by=run_on_numbers)
    with pytest.raises(ValueError, match="hinge takes a target of -1 or 1, not 2"):
        compile(hinge)(0.5, 2)


# Whatever else depends on more than the arguments


def test_what_was_frozen_is_noticed_and_told_and_not_compiled_any_more():
    switch = [1.0]

    def scaled(x):
        return x * switch[0]

    compiled = compile(scaled)
    assert compiled(3.0) == 3.0
    switch[0] = 2.0
    told = (
        r"^scaled isn't compiled: its program gave 3\.0, and the function itself 6\.0: it depends "
        r"on more than the numbers in its arguments, such as a count, a random number, or their "
        r"type$"
    )
    with pytest.warns(RuntimeWarning, match=told):
        assert compiled(3.0) == 6.0
    switch[0] = 5.0
    assert compiled(3.0) == 15.0


def test_an_error_of_the_function_itself_ends_its_program_too():
    calls = []

    def twice(x):
        calls.append(x)
        if len(calls) > 3:
            raise RuntimeError("called too often")
        return x * 2

    compiled = compile(twice)
    assert compiled(3.0) == 6.0
    assert compiled(3.0) == 6.0
    with (
        pytest.warns(RuntimeWarning, match="and the function itself a RuntimeError"),
        pytest.raises(RuntimeError, match="too often"),
    ):
        compiled(3.0)


def test_a_random_number_a_mask_and_a_count_are_noticed():
    rng = random.Random(0)
    counts = iter(range(10**6))
    for function in (
        lambda x: x * rng.random(),
        lambda x: x * float(rng.random() < 0.5),
        lambda x: x * next(counts),
    ):
        compiled = compile(function)
        with pytest.warns(RuntimeWarning, match="isn't compiled"):
            assert len([compiled(3.0) for _ in range(20)]) == 20


def test_an_argument_that_the_function_changes_is_changed():
    def double(v):
        v[0] = v[0] * 2
        return v[0]

    compiled, v = compile(double), [1.0]
    with pytest.warns(RuntimeWarning, match="double isn't compiled: it changes its arguments"):
        assert compiled(v) == 2.0
    assert (compiled(v), v) == (4.0, [4.0])


def test_what_another_thread_computes_is_refused():
    def in_a_thread(x):
        found = []
        thread = Thread(target=lambda: found.append(x * 2))
        thread.start()
        thread.join()
        return found[0] + x

    with pytest.raises(TraceError, match="computed in another thread"):
        compile(in_a_thread)(3.0)


def test_a_function_that_takes_plain_numbers_alone_says_what_to_write():
    with pytest.raises(TypeError, match=r"micrograd_nn\.exp\(v\) and its like keep it"):
        compile(math.sqrt)(4.0)
    with pytest.raises(TraceError, match="can't use is_integer of a number"):
        compile(lambda x: x.is_integer())(4.0)


@pytest.mark.parametrize("function", [round, lambda x: divmod(x, 2), math.floor, math.trunc])
def test_what_a_float_has_and_a_value_has_not_is_refused_by_name(function):
    with pytest.raises(TraceError, match=r"a compiled function can't use [\w.]+ of a number"):
        compile(function)(4.5)


def test_an_error_that_only_a_traced_number_has_is_noticed_where_it_is_caught():
    def rounded(x):
        try:
            return round(x) * 1.0
        except TypeError:
            return x

    def doubled(x):
        try:
            return (x > 0) * x
        except TypeError:
            return x

    for function in (rounded, doubled):
        compiled = compile(function)
        with pytest.warns(RuntimeWarning, match="isn't compiled: "):
            assert compiled(0.6) == function(0.6)
        assert compiled(-2.4) == function(-2.4)


class OwnError(Exception):
    pass


def test_an_error_made_of_one_that_only_a_trace_has_is_not_the_functions():
    def rooted(x):
        try:
            return op.sqrt(x)
        except Exception as error:
            raise OwnError("no root") from error

    def asserted(x):
        try:
            return op.sqrt(x)
        except ZeroDivisionError:
            raise AssertionError from None

    assert compile(rooted)(0.0) == compile(asserted)(0.0) == 0.0
    with pytest.raises(OwnError, match="no root"):
        compile(rooted)(-1.0)


def test_the_functions_own_type_errors_are_its_own():
    def refuse_one(x, thing):
        if x == 1.0:
            raise TypeError("one isn't allowed")
        return x * len(thing)

    compiled = compile(refuse_one)
    assert compiled(2.0, {1, 2}) == 4.0
    with pytest.raises(TypeError, match="one isn't allowed"):
        compiled(1.0, {1, 2})
    with pytest.raises(AttributeError, match="'object' object has no attribute 'missing'"):
        compile(lambda x, thing: thing.missing)(0.0, object())


def safe_root(x):
    try:
        y = op.sqrt(x)
    except ZeroDivisionError:
        return x * 5
    return x + 0 * y


@pytest.mark.parametrize(
    "f",
    [safe_root, lambda x: x if op.sqrt(x) < 100 else 2 * x, lambda x: (op.asin(x), x)[1]],
    ids=["caught", "compared", "in vain"],
)
def test_the_check_of_a_derivative_stays_where_that_is_of_no_use(f):
    assert_same_results(grad(f), (0.25,), (0.0,), (1.0,))


def test_a_compiled_function_within_a_derivative_keeps_the_gradient_of_what_it_closes_over():
    w = Value(5.0)
    assert grad(lambda x: compile(lambda q: x * q)(2.0))(3.0) == 2.0
    assert grad(lambda x: compile(lambda q: x * q)(2.0) * x)(3.0) == 12.0
    assert grad(lambda x: compile(lambda q: w * q)(2.0) * x)(3.0) == 10.0
    assert compile(grad(lambda x: compile(lambda q: x * q)(2.0) * x))(3.0) == 12.0


def test_a_copy_and_a_pickle_of_a_compiled_function_begin_anew():
    w = Value(2.0)
    compiled = compile(lambda x: x * w)
    assert compiled(1.0) == 2.0
    copied = copy.deepcopy(compiled)
    again = pickle.loads(pickle.dumps(compile(safe_quotient)))
    w.data = 100.0
    assert [copied(1.0), compiled(1.0), again(1.0, 0.0)] == [100.0, 100.0, 0.0]


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

    assert compile(function)(3.0) == 6.0
    copied = (Value, 2.0)
    assert seen[1] == (2.0, True, True, "2.0", 1, copied, copied, copied)


def test_a_number_that_is_no_float_is_no_threshold():
    for threshold in (2**53 + 1, Fraction(1, 3)):
        with pytest.raises(TraceError, match=r"can't compare with .*, which is no float"):
            compile(lambda x, t=threshold: x if x < t else -x)(1.0)
    assert_same_calls(lambda x: x if x < Fraction(1, 2) else -x, (0.25,), (3.0,))


def test_keys_of_zero_are_two():
    f = compile(lambda d: op.atan2(next(iter(d)), -1.0) * next(iter(d.values())))
    assert [f({0.0: 1.0}), f({-0.0: 1.0})] == [math.pi, -math.pi]


def test_the_data_of_a_value_that_is_only_looked_at_is_not_frozen():
    k = Value(2.0)
    for look in (lambda: k.data, lambda: (k * 2).data / 2):
        with pytest.raises(TraceError, match=r"can't look at \.data"):
            compile(lambda x, look=look: x * look())(3.0)
    detached = compile(lambda x: x * k.detach())
    for number in (2.0, 5.0) * 6:
        k.data = number
        assert detached(3.0) == 3.0 * number


def test_a_number_from_elsewhere_is_not_set_by_tracing():
    w = Value(2.0)

    def change(x):
        w.data = 9.0
        return x * w

    with pytest.raises(TraceError, match=r"can't look at \.data"):
        compile(change)(3.0)
    assert w.data == 2.0


def test_a_text_of_a_number_is_the_functions_own():
    compiled = compile(lambda x: f"{x:.1f}")
    with pytest.warns(RuntimeWarning, match="can't write a number into a text"):
        assert compiled(2.25) == "2.2"
    assert compiled(3.0) == "3.0"


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
        results = list(pool.map(compile(function), [3.0, 5.0]))
    assert results == [6.0, 10.0]
    assert type(w) is Value


def test_a_habit_of_another_library_is_answered_while_compiling():
    with pytest.raises(AttributeError, match="item"):
        compile(lambda x: x.item())(3.0)


def test_an_own_error_that_tells_a_number_is_the_functions_own():
    def positive(x):
        if x < 0:
            raise ValueError(f"x must be positive, not {x}")
        return x * 2

    compiled = compile(positive)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"x must be positive, not -1\.0"):
            compiled(-1.0)
        assert compiled(3.0) == 6.0
