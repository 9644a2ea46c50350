"""Compiled functions: every branch, and derivatives with branches inside."""

import math
import operator
from fractions import Fraction

import pytest
from compiled import NUMBERS, assert_same_calls, piecewise, run_on_numbers
from programs import trace_program

from micrograd_nn import Constant, Value, compile
from micrograd_nn.calculus import derivative, grad, hessian, jacobian, jvp, value_and_grad, vjp
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler.program import BranchError
from micrograd_nn.extras.compile.compiler.variants import MOST_VARIANTS


def test_a_branch_is_traced_when_it_is_first_taken():
    compiled = assert_same_calls(piecewise, *[(x,) for x in NUMBERS])
    assert len(compiled.variants) <= 5


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
    assert_same_calls(BRANCHING[name], *PAIRS)


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge])
def test_every_comparison_with_any_number_is_the_functions(compare):
    calls = [(x, y) for x in NUMBERS for y in (-1.0, 0.0, 0.5, math.nan)]
    assert_same_calls(lambda x, y: x * 2 if compare(x, y) else y + 1, *calls)


@pytest.mark.parametrize("threshold", [0, 0.5, Fraction(1, 2)])
def test_a_threshold_may_be_a_number_of_any_kind(threshold):
    assert_same_calls(lambda x: x * 2 if x > threshold else x, (1.0,), (0.5,), (0.25,))
    assert_same_calls(lambda x: x * 2 if threshold >= x else x, (1.0,), (0.5,), (0.25,))


# Guards of one program


def test_a_branch_that_would_go_the_other_way_is_an_error_that_says_which():
    x = Value(2.0, "x")
    program = trace_program(lambda: x * x if x > 0 else -x, [x], wrt=[x])
    assert program((), [[3.0]]) == (9.0, [6.0])
    for compute in (program, program.predict):
        with pytest.raises(
            BranchError, match=r"^x > 0(\.0)? was True when the graph was recorded$"
        ):
            compute((), [[-3.0]] if compute is program else [-3.0])
    assert issubclass(BranchError, ValueError)
    with pytest.raises(BranchError):
        program((), [[3.0], [-3.0], [3.0]])


def test_a_row_that_fails_leaves_no_other_row_unguarded():
    """0 ** y fails in its derivative, is computed by the graph, and that knows no guards."""
    x, y = Value(0.5), Value(2.0)
    program = trace_program(lambda: x**y * (2 if x < 1 else 3), [x], [y])
    assert program([2.0], [[0.0]]) == (0.0, [0.0])
    for rows in ([[2.0], [0.0]], [[0.0], [2.0]], [[0.0], [2.0], [0.0]]):
        with pytest.raises(BranchError):
            program([2.0], rows)


def test_equal_comparisons_are_guarded_once():
    """By what is compared, how and with what outcome."""
    x, y = Value(3.0, "x"), Value(2.0, "y")

    def compare_often():
        products = [x * y for _ in range(500)]
        for product in products:
            assert x > 0
            assert product > y
            assert not x <= 2
        return products[0]

    program = trace_program(compare_often, [x], [y])
    guards = [line.strip() for line in program.source.splitlines() if "BranchError" in line]
    assert [guard.partition(":")[0] for guard in guards] == [
        "if not x > 0.0", "if x <= 2.0", "if not v1 > y",
    ]  # fmt: skip
    assert program([2.0], [[3.0]]) == (6.0, [3.0])
    with pytest.raises(BranchError, match=r"x <= 2\.0 was False"):
        program([2.0], [[2.0]])


# More than are kept


def test_more_branches_than_are_kept_run_by_the_function_itself():
    """Methods of Values and all."""

    def function(x):
        n = 0
        while x > n:
            n += 1
        return (x * n).tanh() + x.detach()

    calls = [(i + 0.5,) for i in range(100)]
    compiled = assert_same_calls(function, *calls, served=2 * MOST_VARIANTS)
    assert len(compiled.variants) == MOST_VARIANTS


def test_more_forms_than_are_kept_run_by_the_function_itself():
    calls = [(0.5, str(i)) for i in range(100)]
    assert_same_calls(lambda x, text: x.tanh() * len(text), *calls, served=2 * MOST_VARIANTS)
    calls = [([0.01 * i for i in range(count)],) for count in range(1, 100)]
    assert_same_calls(lambda xs: op.sum([x.tanh() for x in xs]), *calls, served=2 * MOST_VARIANTS)


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
    assert_same_calls(make(f), *POINTS, by=run_on_numbers)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4])
def test_derivatives_of_any_order_compile(order):
    def f(x):
        return x**5 * op.sin(x) if x > 0 else x**3

    assert_same_calls(derivative(f, order), (0.5,), (-0.75,), (2.0,), (0.0,), by=run_on_numbers)


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
