"""Compiled functions: whatever the arguments and branches, the function's own numbers."""

import contextlib
import math
import operator
import random
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from struct import pack
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import every_row, graphs, inputs_of, searching

from micrograd_nn import Constant, Operation, Value, compile, no_grad, steps
from micrograd_nn.calculus import (
    derivative,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from micrograd_nn.compiler.program import BranchError
from micrograd_nn.compiler.tracing import Trace, TraceError
from micrograd_nn.compiler.variants import MOST_VARIANTS
from micrograd_nn.engine import table as op
from micrograd_nn.engine.operation import ARITHMETIC
from micrograd_nn.mistakes import AnomalyError, anomaly_detection, provenance
from micrograd_nn.nested import leaves, rebuild
from micrograd_nn.nn import MLP

ROWS = pytest.mark.parametrize("row", every_row, ids=lambda row: row.name)


def lifted(structure):
    """Return a structure with a Value for each float in it."""
    numbers = [Value(x) if type(x) is float else x for x in leaves(structure)]
    return rebuild(structure, iter(numbers))


def settled(structure):
    """Return a structure with numbers for Values."""
    numbers = [x.data if isinstance(x, Value) else x for x in leaves(structure)]
    return rebuild(structure, iter(numbers))


def bits(structure):
    """Return a structure with the eight bytes of each float."""
    numbers = [pack("d", x) if type(x) is float else x for x in leaves(structure)]
    return rebuild(structure, iter(numbers))


def eager(function, *arguments):
    """Return what the function gives on Values, as numbers."""
    return settled(function(*lifted(list(arguments))))


def assert_same(function, *calls, by=eager):
    """Compare calls of a compiled function with the function's own, bit for bit and in turn."""
    compiled = compile(function)
    for arguments in [*calls, *calls]:
        found, wanted = compiled(*arguments), by(function, *arguments)
        if by is by_numbers:
            found, wanted = unsigned(found), unsigned(wanted)
        assert bits(found) == bits(wanted), arguments
    return compiled


def by_numbers(function, *arguments):
    """Return what a function of numbers gives, such as a derivative."""
    return function(*arguments)


def unsigned(structure):
    """Return a structure with 0.0 for -0.0: derivatives don't keep the sign of a zero."""
    return rebuild(structure, iter([x + 0.0 if x == 0 else x for x in leaves(structure)]))


def right_or_refused(function, *calls, by=eager):
    """Return whether it is refused in some call; each other call must give the right result."""
    compiled = compile(function)
    for arguments in calls:
        try:
            found = compiled(*arguments)
        except TypeError:
            return True
        assert bits(found) == bits(by(function, *arguments)), arguments
    return False


# The function's own numbers


@searching
@given(graph=graphs(max_size=50), random=st.randoms(use_true_random=False))
def test_any_graph_as_a_function_gives_its_own_numbers(graph, random):
    calls = [graph.leaves, *[[x + random.uniform(-1e-3, 1e-3) for x in graph.leaves]] * 3]
    try:
        wanted = [eager(graph, call) for call in calls]
    except ARITHMETIC:
        assume(False)
    compiled = compile(graph)
    assert bits([compiled(call) for call in calls]) == bits(wanted)


@ROWS
@searching
@given(data=st.data())
def test_every_row_compiles_as_a_function(row, data):
    numbers = data.draw(inputs_of(row))
    compiled = compile(lambda xs: row.apply(xs))
    assert bits(compiled(numbers)) == bits(row.apply(numbers))
    assert bits(compiled(numbers)) == bits(row.apply(numbers))


@ROWS
def test_every_rows_derivatives_compile(row):
    """First and second ones, in both modes, bit for bit."""
    from hypothesis import find

    numbers = find(inputs_of(row), lambda xs: all(x not in (0.0, 1.0) for x in xs))
    unit = [1.0] + [0.0] * (len(numbers) - 1)
    for f in (
        grad(row.apply),
        hessian(row.apply),
        lambda xs: jvp(row.apply, [xs], [unit]),
        lambda xs: jvp(grad(row.apply), [xs], [unit]),
        lambda xs: vjp(row.apply, xs)[1](1.5),
    ):
        assert_same(f, (numbers,), by=by_numbers)


def test_a_function_is_run_once_for_a_form():
    calls = []

    def square(x):
        calls.append(x)
        return x * x

    compiled = compile(square)
    assert [compiled(x) for x in (1.0, 2.0, -3.0, 4)] == [1.0, 4.0, 9.0, 16.0]
    assert len(calls) == 1


def test_it_is_named_as_the_function_and_has_its_docstring():
    def square(x):
        """Return x times x."""
        return x * x

    compiled = compile(square)
    assert (compiled.__name__, compiled.__doc__) == ("square", "Return x times x.")
    assert compile(MLP(1, [1])).__name__


def test_it_may_be_a_decorator():
    @compile
    def square(x):
        return x * x

    assert square(3.0) == 9.0


def test_it_may_decorate_a_method():
    class Line:
        def __init__(self, slope):
            self.slope = Value(slope)

        @compile
        def at(self, x):
            return self.slope * x

    one, other = Line(2.0), Line(5.0)
    assert [one.at(3.0), other.at(3.0), one.at(4.0)] == [6.0, 15.0, 8.0]


def test_arguments_may_be_given_by_name():
    compiled = compile(lambda x, factor=2: x * factor)
    assert compiled(3.0) == 6.0
    assert compiled(3.0, factor=4) == 12.0
    assert compiled(x=3.0, factor=5) == 15.0


# Arguments of any form


def test_arguments_may_be_in_lists_tuples_and_dictionaries():
    def function(v, pair, named):
        return v[0] * named["a"] + pair[1] * named["b"][0] - v[1] * pair[0]

    assert_same(
        function,
        ([1.0, 2.0], (3.0, 4.0), {"a": 5.0, "b": [6.0]}),
        ([-1.0, 0.5], (0.25, 4.5), {"a": 1.5, "b": [-6.0]}),
        ([-1.0, 0.5], (0.25, 4.5), {"b": [-6.0], "a": 1.5}),
        ((-1.0, 0.5), [0.25, 4.5], {"a": 1.5, "b": (-6.0,)}),
    )


def test_forms_are_told_apart():
    def function(v):
        return op.sum(v) * len(v) + (1 if isinstance(v, list) else 0)

    assert_same(function, ([1.0, 2.0],), ([1.0],), ((1.0,),), ((1.0, 2.0),), ([],), ([3.0, 4.0],))


def test_results_may_have_any_form():
    def function(x, y):
        return {"sum": x + y, "all": [x, (y, x * y), {}], "rest": (None, "text", True, 5, [])}

    assert_same(function, (2.0, 3.0), (-1.0, 0.5))


def test_a_result_that_depends_on_nothing_stays():
    assert_same(lambda x: 3.0, (1.0,), (2.0,))
    assert_same(lambda x: [None, x], (1.0,), (2.0,))
    assert_same(lambda: 2.0, ())
    assert_same(lambda x: Constant(2.0) * 3, (1.0,))


@pytest.mark.parametrize("number", [3, Fraction(1, 2), np.float64(0.25), np.float32(0.5)])
def test_numbers_of_any_kind_are_numbers(number):
    compiled = compile(lambda x: x * x)
    for x in (number, 2.0, number):
        found = compiled(x)
        assert (type(found), found) == (float, float(x) ** 2)


def test_more_kinds_of_numbers_are_told_by_name():
    compiled = compile(lambda x: x * x)
    for bad in (Decimal(1), 1j):
        with pytest.raises(TypeError, match="mul needs a real number or a Value, not a"):
            compile(lambda x, y: x * y)(1.0, bad)
    with pytest.raises(OverflowError, match="beyond the largest float"):
        compiled(10**400)


def test_a_named_tuple_stays_one():
    point = namedtuple("Point", "x y")
    compiled = compile(lambda p: point(p.x * 2, p.y))
    assert compiled(point(1.0, 2.0)) == point(2.0, 2.0)
    assert compiled(point(3.0, 2.0)).x == 6.0


# What is fixed


def test_flags_texts_and_none_are_part_of_the_form():
    def function(x, kind, flag=False, extra=None):
        x = {"tanh": op.tanh, "exp": op.exp}[kind](x)
        x = -x if flag else x
        return x if extra is None else x * len(extra)

    assert_same(
        function,
        (0.5, "tanh"), (0.5, "exp"), (0.5, "tanh", True), (0.5, "tanh", False),
        (0.5, "exp", True, None), (0.5, "exp", True, "abc"), (0.25, "exp", True, "abcd"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "function",
    [
        lambda x, n: x * [1.0, 2.0, 4.0, 8.0, 16.0][n],
        lambda x, n: op.prod([x] * n),
        lambda x, n: x * sum(range(n)),
        lambda x, n: x * {1: 0.5, 2: 1.5, 3: 2.5, 4: 3.5}[n],
        lambda x, n: x * (2.0 if n in {1, 2} else 3.0),
        lambda x, n: x * (2.0 if n in (1, 2) else 3.0),
        lambda x, n: x * {1: 0.5, 2: 1.5}.get(n, 7.0),
        lambda x, n: x * (2.0 if n == 1 else 3.0),
        lambda x, n: x * (2.0 if n % 2 else 3.0),
        lambda x, n: x * int("7" * n),
        lambda x, n: x * len(f"{n:03d}"),
        lambda x, n: derivative(lambda t: t**6, n)(x),
        lambda x, n: x.tanh() * [1.0, 2.0, 4.0, 8.0, 16.0][n],
        lambda x, n: x**n * [1.0, 2.0, 4.0, 8.0, 16.0][n],
        lambda x, n: x if n < 2 else op.sum([x * i for i in range(n)]),
    ],
)
def test_a_whole_number_may_be_an_index_a_count_or_a_key(function):
    calls = [(0.5, 1), (0.5, 2), (-0.25, 3), (0.75, 1), (0.5, 4), (0.125, 2)]
    assert_same(function, *calls)


def test_true_is_not_one():
    def function(x, kind):
        return x * 2 if kind is True else x * [3.0, 4.0][kind]

    calls = [(1.0, 0), (1.0, True), (1.0, 1), (1.0, True), (1.0, 1)]
    assert_same(function, *calls)


@pytest.mark.parametrize("thing", [{1, 2}, np.array([1.0, 2.0]), bytearray(b"ab"), slice(0, 2)])
def test_what_cannot_be_a_key_works_or_is_refused_with_its_name(thing):
    """It can't be part of the form."""
    compiled = compile(lambda x, thing: x * 2)
    try:
        assert compiled(3.0, thing) == 6.0
    except TypeError as error:
        assert type(thing).__name__ in str(error)  # noqa: PT017
        assert str(error) != f"unhashable type: '{type(thing).__name__}'"  # noqa: PT017


# Values among the arguments, and from elsewhere


def test_with_a_value_among_the_arguments_the_function_itself_runs_and_records():
    compiled = compile(lambda xs, y: xs[0] * y + xs[1])
    x = Value(2.0)
    out = compiled([x, 1.0], 3.0)
    out.backward()
    assert (out.data, x.grad) == (7.0, 3.0)
    assert compiled([2.0, 1.0], 3.0) == 7.0


def test_a_compiled_function_can_be_differentiated():
    compiled = compile(lambda x: x**3 if x > 1 else -x * x)
    assert compiled(2.0) == 8.0
    assert grad(compiled)(2.0) == 12.0
    assert grad(compiled)(0.5) == -1.0
    assert jvp(compiled, (2.0,), (1.0,)) == (8.0, 12.0)
    assert compile(grad(compiled))(2.0) == 12.0


def test_parameters_from_elsewhere_are_read_at_each_call():
    model = MLP(2, [3, 2], "tanh", rng=random.Random(0))
    compiled = compile(model)
    for seed in range(3):
        for i, parameter in enumerate(model.parameters()):
            parameter.data = math.sin(i + seed)
        assert bits(compiled([0.5, -1.0])) == bits(eager(model, [0.5, -1.0]))


def test_a_value_from_elsewhere_may_be_the_result():
    w = Value(2.0)
    compiled = compile(lambda x: [w, x * w])
    assert compiled(3.0) == [2.0, 6.0]
    w.data = 7.0
    assert compiled(3.0) == [7.0, 21.0]


def test_a_branch_by_a_parameter_is_taken_anew():
    w = Value(2.0)
    compiled = compile(lambda x: x * w if w > 1 else x - w)
    assert compiled(3.0) == 6.0
    w.data = 0.5
    assert compiled(3.0) == 2.5
    w.data = 4.0
    assert compiled(3.0) == 12.0


ELSEWHERE = {
    "detached": lambda w, x: x * w.detach(),
    "equality": lambda w, x: x * 2 if w == 2.0 else x * 3,
    "another place": lambda w, x: x * (2 if [w, x].index(w) else 3) * w,
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_number_of_a_value_from_elsewhere_is_not_frozen(name):
    w = Value(2.0)
    function = ELSEWHERE[name]
    compiled = compile(lambda x: function(w, x))
    for number in (2.0, 0.5, 123.0):
        w.data = number
        try:
            found = compiled(3.0)
        except TypeError:
            return
        assert found == function(w, Value(3.0)).data


def test_a_node_from_elsewhere_is_not_frozen_differently():
    """One that was computed outside keeps its number, whatever becomes of its inputs."""
    w = Value(2.0)
    double = w * 2

    def function(x):
        return x * double

    compiled = compile(function)
    try:
        assert compiled(1.0) == 4.0
        w.data = 5.0
        assert compiled(1.0) == eager(function, 1.0)
    except TypeError:
        pass


def test_a_value_that_the_function_makes_is_a_constant_of_the_program():
    assert_same(lambda x: x * Value(2.0) + op.sum([Value(0.5)] * 3), (1.0,), (2.0,))


# Branches


def piecewise(x):
    if x < -1:
        return -x
    if x <= 1:
        return x * x
    return x.exp() if x > 2 else 3 * x


NUMBERS = [-3.0, -1.0, -0.5, 0.0, -0.0, 0.5, 1.0, 1.5, 2.0, 2.5, math.inf, -math.inf, math.nan]


def test_a_branch_is_traced_when_it_is_first_taken():
    compiled = assert_same(piecewise, *[(x,) for x in NUMBERS])
    assert len(compiled.variants) <= 5


@searching
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=8))
def test_branches_may_come_in_any_order(xs):
    assert_same(piecewise, *[(x,) for x in xs])


BRANCHING = {
    "two arguments": lambda x, y: x * 2 if x > y else y * 3,
    "an argument and a younger node": lambda x, y: x * 2 if x < x * y else y,
    "an argument and a node of it": lambda x, y: x * 2 if x < x * x else x,
    "a node and an older one": lambda x, y: x * 2 if x * x > x else x,
    "nodes that go no further": lambda x, y: x if x * 2 >= y * 3 else y,
    "a constant and a node": lambda x, y: x if Constant(0.5) < y * 2 else y,
    "a made leaf": lambda x, y: x if Value(0.5) < y else -y,
    "a detached number": lambda x, y: x if x.detach() < y else -y,
    "the root": lambda x, y: (lambda z: z if z > 0 else 0 * z)(x - y),
    "a number": lambda x, y: (lambda z: z if z > 0 else 0.0)(x - y),
    "Python's max": lambda x, y: max(x, y, x * y),
    "Python's min with a number": lambda x, y: min(x * y, 0.5) * 2,
    "sorted": lambda x, y: sorted([x, y, x * y, x - y]),
    "a loop": lambda x, y: sum([x for n in range(5) if x > n * 0.5]) + y,
    "while": lambda x, y: x if x > 3 else op.prod([x for n in range(9) if y > n * 0.1]) + y,
    "short circuit": lambda x, y: x if x > 0 and y > 0 else y,
    "any": lambda x, y: x if any(z > 1 for z in (x, y)) else y,
    "between": lambda x, y: x if 0 < x < y else y,
}
PAIRS = [(x, y) for x in (-2.0, 0.25, 0.5, 1.5, 4.0) for y in (-1.0, 0.5, 0.75, 3.0)]


@pytest.mark.parametrize("name", BRANCHING)
def test_whatever_decides_the_result_is_the_functions(name):
    assert_same(BRANCHING[name], *PAIRS)


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_every_comparison_with_any_number_is_the_functions(compare):
    calls = [(x, y) for x in NUMBERS for y in (-1.0, 0.0, 0.5, math.nan)]
    assert_same(lambda x, y: x * 2 if compare(x, y) else y + 1, *calls)


@pytest.mark.parametrize("threshold", [0, 0.5, Fraction(1, 2), np.float64(0.5), np.float32(0.5)])
def test_a_threshold_may_be_a_number_of_any_kind(threshold):
    assert_same(lambda x: x * 2 if x > threshold else x, (1.0,), (0.5,), (0.25,))
    assert_same(lambda x: x * 2 if threshold >= x else x, (1.0,), (0.5,), (0.25,))


def test_more_branches_than_are_kept_run_by_the_function_itself():
    """Methods of Values and all."""

    def function(x):
        n = 0
        while x > n:
            n += 1
        return (x * n).tanh() + x.detach()

    calls = [(i + 0.5,) for i in range(100)]
    compiled = assert_same(function, *calls)
    assert len(compiled.variants) <= 64


def test_more_forms_than_are_kept_run_by_the_function_itself():
    calls = [(0.5, str(i)) for i in range(100)]
    assert_same(lambda x, text: x.tanh() * len(text), *calls)
    calls = [([0.01 * i for i in range(count)],) for count in range(1, 100)]
    assert_same(lambda xs: op.sum([x.tanh() for x in xs]), *calls)


def test_a_function_may_call_itself():
    factorial = compile(lambda x: x if x <= 1 else factorial(x - 1) * x)
    assert [factorial(float(n)) for n in (5, 3, 1, 6)] == [120.0, 6.0, 1.0, 720.0]


# Derivatives, nested, with branches inside


def bent(v):
    return v[0] ** 2 * v[1] if v[0] > v[1] else v[1] ** 3 - v[0]


def bent_by_numbers(v):
    return v[0] ** 2 * v[1] if v[0] > 1 else op.tanh(v[1]) ** 3 * v[0]


def power(v):
    return v[0] ** v[1]


POINTS = [([2.0, 1.0],), ([0.5, 2.0],), ([3.0, 1.5],), ([1.25, 1.75],)]


@pytest.mark.parametrize("f", [bent, bent_by_numbers, power], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "make",
    [
        grad,
        value_and_grad,
        hessian,
        lambda f: jacobian(lambda v: [f(v), v[0] * f(v)]),
        lambda f: lambda v: jvp(f, (v,), ([1.0, -0.5],)),
        lambda f: lambda v: jvp(grad(f), (v,), ([1.0, -0.5],))[1],
        lambda f: lambda v: vjp(lambda v: [f(v), f(v) * v[1]], v)[1]([1.0, 2.0]),
        lambda f: lambda v: vjp(f, v)[1](v[0]),
        lambda f: grad(lambda v: op.sum([x * x for x in grad(f)(v)])),
        lambda f: grad(lambda v: jvp(f, (v,), ([1.0, 1.0],))[1]),
        lambda f: hessian(lambda v: f([x.tanh() for x in v])),
    ],
    ids=[
        "grad", "value_and_grad", "hessian", "jacobian", "jvp", "hvp", "vjp", "vjp by x",
        "grad of grad", "grad of jvp", "hessian of f(tanh)",
    ],
)  # fmt: skip
def test_derivatives_compile_with_branches_inside(make, f):
    assert_same(make(f), *POINTS, by=by_numbers)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_derivatives_of_any_order_compile(order):
    def f(x):
        return x**5 * op.sin(x) if x > 0 else x**3

    assert_same(derivative(f, order), (0.5,), (-0.75,), (2.0,), (0.0,), by=by_numbers)


def test_a_derivative_of_powers_by_the_exponent_compiles():
    both = grad(lambda x, y: x**y, argnums=(0, 1))
    assert_same(both, (2.0, 3.0), (0.5, -1.0), (3.0, 1.0), (2.0, 0.0), by=by_numbers)
    assert_same(lambda x, y: jvp(op.pow, (x, y), (1.0, 0.5)), (2.0, 3.0), by=by_numbers)


def test_a_derivative_within_a_function_depends_on_the_argument():
    def function(x, y):
        slope = grad(lambda t: t**3 * y)(x)
        return slope * x + grad(lambda t: t * t)(3.0)

    def by_hand(function, x, y):
        return 3 * x**2 * y * x + 6.0

    for x, y in [(2.0, 0.5), (3.0, 1.5), (-1.0, 2.0)]:
        assert compile(function)(x, y) == pytest.approx(by_hand(None, x, y), rel=1e-15)
    compiled = compile(function)
    assert [compiled(2.0, 0.5), compiled(-1.0, 2.0)] == [18.0, 0.0]


def test_a_derivative_by_parameters_from_elsewhere_reads_them_at_each_call():
    w = Value(3.0)
    compiled = compile(grad(lambda x: w * x * x if x > w else x * w * w))
    assert [compiled(4.0), compiled(1.0)] == [24.0, 9.0]
    w.data = 0.5
    assert [compiled(4.0), compiled(0.25)] == [4.0, 0.25]


# Numbers that the function looks at


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * x.data,
        lambda x: x * 2 if x.data > 0 else x,
        lambda x: (x * 2).data,
        lambda x: (x * 2).tanh().data,
        lambda x: Value(x.data * 2),
        lambda x: x * getattr(x, "data"),  # noqa: B009
        lambda x: x * operator.attrgetter("data")(x),
        lambda x: x * sum([y.data for y in (x, x * 2)]),
    ],
)
def test_looking_at_data_is_an_error_that_says_what_to_do(function):
    message = r"can't look at \.data: compare the Value itself .* use \.detach\(\)"
    with pytest.raises(TypeError, match=message):
        compile(function)(3.0)
    with pytest.raises(TraceError):
        compile(function)(3.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x * 2 if x == 3 else x,
        lambda x: x * 2 if x == 3.0 else x,
        lambda x: x * 2 if x != 0.0 else x,
        lambda x: x * 2 if x * 2 == 0 else x,
        lambda x: x * 2 if x in [1.0, 2.0] else x,
        lambda x: x * 2 if x == Fraction(3) else x,
        lambda x: x * 2 if x == np.float32(3) else x,
        lambda x: x * 2 if x == np.float64(3) else x,
        lambda x: x * 2 if np.float64(3) == x else x,
        lambda x: x * 2 if Fraction(3) == x else x,
    ],
)
def test_equality_with_a_number_is_an_error_that_says_what_to_do(function):
    with pytest.raises(TypeError, match=r"can't ask whether a Value == .*: use <= and >="):
        compile(function)(3.0)


def test_equality_of_values_is_identity():
    assert_same(lambda x, y: x * 2 if x == y else y * 3, (1.0, 1.0), (2.0, 1.0))
    assert_same(lambda x: x * 2 if x == x else x * 3, (1.0,), (2.0,))
    assert_same(lambda x, y: [x, y].index(y) * x, (1.0, 1.0), (2.0, 1.0))
    assert_same(lambda x, y: x * 2 if x == "text" or y is None else y, (1.0, 2.0))


def test_no_grad_inside_is_an_error_that_says_what_to_do():
    def function(x):
        with no_grad():
            y = x * 2
        return y * x

    with pytest.raises(TypeError, match=r"can't use no_grad\(\): use \.detach\(\)"):
        compile(function)(3.0)


def test_no_grad_around_changes_nothing():
    compiled = compile(lambda x: x * x)
    with no_grad():
        assert [compiled(3.0), compiled(4.0)] == [9.0, 16.0]
    assert isinstance(compiled(Value(3.0)), Value)


def test_setting_data_is_an_error():
    def function(x):
        y = x * 2
        y.data = 5.0
        return y

    with pytest.raises(TypeError, match=r"can't set \.data: compute a new Value"):
        compile(function)(3.0)


def test_detach_works_and_changes_with_the_argument():
    assert_same(lambda x: x.detach() * x + x.detach(), (3.0,), (4.0,))
    assert_same(grad(lambda x: x.detach() * x), (3.0,), (4.0,), by=by_numbers)
    assert_same(grad(lambda x: (x * x).detach() * x), (3.0,), (4.0,), by=by_numbers)
    assert_same(lambda x: jvp(lambda t: t.detach() * t, (x,), (1.0,)), (3.0,), by=by_numbers)
    assert_same(lambda x: x * 2 if x.detach() > 1 else x, (3.0,), (0.5,))
    assert compile(lambda x: x.detach())(-0.0) == 0.0


def by_backward(x):
    y = x * x * x
    y.backward()
    return y + x.grad


def by_gradients(x):
    return gradients(x * x * x, [x])[0] + x


def by_steps(x):
    return x * next(step.partial for step in steps(x * x))


LOOKS = {
    "backward()": by_backward,
    "partials": lambda x: x * (x * x).partials[0],
    "numbers": lambda x: x * (x * x).numbers[0],
    "a format": lambda x: x * len(f"{x:.0f}"),
    "a label": lambda x: [x, f"{x:.2f}"],
    "a dual's equality": lambda x: jvp(lambda t: t * t if t == 3.0 else -t, (x,), (1.0,))[1],
    "a set": lambda x: x * 2 if x in {1.0, 3.0} else x,
    "a dictionary": lambda x: x * {3.0: 2}.get(x, 1),
    "a copy": lambda x: x * __import__("copy").copy(x),
}


@pytest.mark.parametrize("name", LOOKS)
def test_what_depends_on_a_number_by_another_way_is_right_or_refused(name):
    """Never the number of the first call in all later ones."""
    right_or_refused(LOOKS[name], (3.0,), (1.0,), (12.0,))


RESULTS = {
    "a set": lambda x: {x * 2},
    "an object": lambda x: SimpleNamespace(y=x * 2),
    "a generator": lambda x: (x * i for i in range(3)),
    "a function": lambda x: lambda: x * 2,
    "an iterator": lambda x: iter([x, x * 2]),
    "a pullback": lambda x: vjp(lambda v: v * v, x),
    "keys": lambda x: {x: 1}.keys(),
    "an array": lambda x: np.array([x * 2, x], dtype=object),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_with_values_where_they_are_not_found_is_refused(name):
    """Else every call would give the first one's."""
    compiled = compile(RESULTS[name])
    with pytest.raises(TypeError):
        compiled(2.0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: math.exp(x),
        lambda x: x if x else -x,
        lambda x: float(x),
        lambda x: x // 2,
        lambda x: x & 1,
        lambda x: [1, 2, 3][x],
        lambda x: Value(x),
        lambda x: round(x),
    ],
)
def test_what_would_fail_on_a_value_fails_as_ever(function):
    with pytest.raises(TypeError) as own:
        function(Value(2.5))
    with pytest.raises(TypeError) as compiled:
        compile(function)(2.5)
    assert str(compiled.value).replace("Traced", "Value") == str(own.value)


# Errors


def test_an_error_of_an_operation_is_the_functions():
    compiled = compile(lambda x: x.log())
    for _ in range(2):
        with pytest.raises(ValueError, match=r"log\(x\) needs x > 0; x = -1.0"):
            compiled(-1.0)
        assert compiled(1.0) == 0.0
    quotient = compile(lambda x, y: x / y)
    assert quotient(1.0, 2.0) == 0.5
    with pytest.raises(ZeroDivisionError, match=r"x / y needs y != 0; x = 1.0, y = 0.0"):
        quotient(1.0, 0.0)


@pytest.mark.parametrize("order", [1, -1])
def test_a_value_without_a_derivative_is_a_value_whenever_it_is_asked_for(order):
    compiled = compile(lambda x: x.sqrt() + op.hypot(x, x) + x**0.5)
    numbers = [0.0, 4.0][::order]
    assert [compiled(x) for x in numbers] == [eager_without_graph(x) for x in numbers]


def eager_without_graph(x):
    with no_grad():
        return (Value(x).sqrt() + op.hypot(x, x) + Value(x) ** 0.5).data


def test_the_functions_own_errors_go_on_up_and_leave_no_trace():
    made = []

    def function(x):
        made.append(x * w)
        if x > 1:
            raise RuntimeError("too large")
        return made[-1]

    w = Value(2.0)
    compiled = compile(function)
    assert compiled(0.5) == 1.0
    for _ in range(2):
        with pytest.raises(RuntimeError, match="too large"):
            compiled(2.0)
    assert compiled(0.25) == 0.5
    assert {type(node) for node in [*made, w]} == {Value}
    assert made[-1].data == 4.0


def test_a_whole_number_that_is_no_index_keeps_its_error():
    with pytest.raises(TypeError, match=r"can only concatenate|unsupported operand"):
        compile(lambda n: n + "text")(3)


def test_anomalies_are_found_in_a_compiled_function_too():
    compiled = compile(lambda x: x * 1e300 * 1e300)
    assert compiled(1.0) == math.inf
    with anomaly_detection(), pytest.raises(AnomalyError):
        compiled(1.0)
    assert compiled(1.0) == math.inf
    with anomaly_detection():
        assert compile(lambda x: x * 2)(1.0) == 2.0


@pytest.mark.parametrize("earlier", [0, 1])
def test_an_index_is_one_where_each_node_is_looked_at_too(earlier):
    compiled = compile(lambda x, i: [x, x * 2][i])
    for _ in range(earlier):
        assert compiled(3.0, 1) == 6.0
    with anomaly_detection():
        assert (compiled(3.0, 1), compiled(3.0, 0)) == (6.0, 3.0)


def test_provenance_is_of_the_functions_lines():
    with provenance():
        trace = Trace(lambda x: x * 2, [1.0], [0])
    assert trace.result.origin.file == __file__


# A trace


def test_a_trace_keeps_results_and_comparisons_and_leaves_ordinary_values():
    trace = Trace(lambda x, y: [x * y if x > 0 else y, "text"], [3.0, 2.0], [0, 1])
    assert [x.data for x in trace.inputs] == [3.0, 2.0]
    assert [y.data for y in trace.outputs] == [6.0]
    assert trace.result[1] == "text"
    assert {type(x) for x in (*trace.inputs, *trace.outputs)} == {Value}
    ((how, other, outcome),) = trace.branches[trace.inputs[0]]
    assert (how, float(other), outcome) == (">", 0.0, True)


def test_a_trace_of_parameters_gives_them_back_as_they_were():
    w = Value(2.0, "w")
    for look in (lambda x: x * w.data, lambda x: x * w):
        with contextlib.suppress(TraceError):
            Trace(look, [1.0], [0], [w])
        assert type(w) is Value
        assert (w.data, w.label) == (2.0, "w")


def test_custom_operations_compile_in_functions():
    bell = Operation("bell", lambda x: math.exp(-x * x), [lambda out, x: -2 * x * out])
    assert_same(lambda x: bell(x) * 2, (0.5,), (-1.0,))
    assert_same(grad(grad(bell)), (0.5,), (-1.0,), by=by_numbers)


def test_a_branch_error_is_never_that_of_a_compiled_function():
    compiled = compile(piecewise)
    for x in NUMBERS:
        try:
            compiled(x)
        except BranchError:
            pytest.fail("a compiled function goes the other way")


# What can't be followed is not compiled, or refused


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def times(self, x):
        return x * self.factor

    @compile
    def compiled_times(self, x):
        return x * self.factor


def test_an_object_whose_attributes_change_is_not_frozen():
    by_argument = compile(lambda scale, x: scale.times(x))
    scale = Scale(2.0)
    before = by_argument(scale, 3.0), scale.compiled_times(3.0)
    scale.factor = 10.0
    assert (by_argument(scale, 3.0), scale.compiled_times(3.0)) == (30.0, 30.0)
    assert before == (6.0, 6.0)
    assert not by_argument.variants


def test_many_forms_leave_no_more_than_the_most_variants():
    f = compile(lambda x, name: x * 2)
    assert [f(1.0, str(i)) for i in range(200)] == [2.0] * 200
    assert len(f.variants) == MOST_VARIANTS
    assert repr(f) == f"<compiled <lambda>: {MOST_VARIANTS} programs>"


def test_a_graph_that_was_not_recorded_is_refused():
    x = Value(2.0)
    with no_grad():
        y = x * 3.0
    with pytest.raises(ValueError, match=r"Constant\(6.0\) depends on no input: was it recorded"):
        compile(y, inputs=[x])


def test_nothing_to_compile_is_refused():
    with pytest.raises(ValueError, match="a function or recorded Values, not an empty list"):
        compile([])


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ([Value(2.0)], r"needs a number, not a Value: \[p.data for p in …\]"),
        ({"w": 2.0}, "takes a list of numbers as its parameters, not a dict"),
        (2.0, "takes a list of numbers as its parameters, not a float"),
    ],
)
def test_parameters_that_are_no_list_of_numbers_are_told(parameters, told):
    w = Value(2.0, "w")
    with pytest.raises(TypeError, match=told):
        compile(w * w, parameters=[w])(parameters)


def test_a_program_says_how_large_it_is():
    w = Value(2.0, "w")
    assert repr(compile(w * w, parameters=[w])) == "<program of 1 parameters and 0 inputs, 2 nodes>"


def test_a_graph_of_another_thread_is_guarded_too():
    x = Value(3.0, "x")
    with ThreadPoolExecutor(1) as pool:
        y = pool.submit(lambda: x * x if x > 0 else -x).result()
    with pytest.raises(BranchError, match=r"x > 0\.0 was True"):
        compile(y, inputs=[x]).predict([], [-3.0])


def test_tuples_of_one_name_and_other_fields_are_told_apart():
    one, other = namedtuple("P", "x y"), namedtuple("P", "y x")
    f = compile(lambda p: p.x - p.y)
    assert (f(one(5.0, 2.0)), f(other(5.0, 2.0))) == (3.0, -3.0)
