"""The same mathematics in PyTorch, in float64: each operation, random graphs, and the kinks.

It runs where PyTorch is installed, which the extra ``torch`` brings. ``pytest -s`` shows how
many numbers were compared and how far apart they were at most.
"""

import functools
import math

import mpmath
import pytest
from derivatives import measure_paths
from hypothesis import assume, given
from hypothesis import strategies as st
from mpmath import mp
from oracle import ORACLE
from strategies import every_row, for_every_row, graphs, inputs_of, searching_derivatives

from micrograd_nn import Reduction, Value
from micrograd_nn.calculus import grad, hessian
from micrograd_nn.engine import table as op

torch = pytest.importorskip("torch", reason="the oracle is PyTorch: pip install -e '.[torch]'")

# How far two numbers may be apart, relative to the size of PyTorch's, or to a floor if that is
# larger: where terms cancel, what is left of their rounding is relative to the terms' size, not
# to the difference. For a single row the floor is the one that test_gradients.py has for 50
# digits, for its reason. The gradient of a graph has the length of its paths as a floor, the sum
# of |products of partials|, which no cancellation makes small. Second derivatives of a graph have
# the size 1 that its results and first derivatives are scaled to.
AGREE = 1e-12
ROW_FLOOR = 0.01
RESULT_FLOOR = SECOND_FLOOR = 1.0


class Tally:
    """How many comparisons were made of each kind, and the largest relative difference."""

    def __init__(self):
        self.counts = {}
        self.worst = {}

    def compare(self, kind, ours, theirs, floor):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        size = max(abs(theirs), floor)
        difference = abs(ours - theirs) / size if size else float(ours != theirs)
        assert difference <= AGREE, f"{kind}: {ours} is not PyTorch's {theirs}"
        self.worst[kind] = max(self.worst.get(kind, 0.0), difference)

    def __str__(self):
        lines = [
            f"{self.counts[kind]:9,} {kind}, at most {self.worst[kind]:.1e} apart"
            for kind in self.counts
        ]
        return "\n".join([f"{sum(self.counts.values()):9,} comparisons with PyTorch", *lines])


@pytest.fixture(scope="module", autouse=True)
def tally():
    counted = Tally()
    yield counted
    print(f"\n{counted}")


def tensor(x):
    return torch.tensor(x, dtype=torch.float64)


def torch_dot(*factors):
    half = len(factors) // 2
    total = tensor(0.0)
    if half:
        total = torch.dot(torch.stack(factors[:half]), torch.stack(factors[half : 2 * half]))
    return total + factors[-1] if len(factors) % 2 else total


def stacked(function):
    """Return a function of several scalars from one of a vector."""
    return lambda *values: function(torch.stack(values))


# torch.nn.functional.prelu and a composition where its leaky_relu and elu take a mere number as
# their second input; a step that PyTorch knows (heaviside, ==) but can't differentiate, detached.
TORCH = {
    "add": torch.add,
    "sub": torch.sub,
    "mul": torch.mul,
    "truediv": torch.div,
    "neg": torch.neg,
    "pow": torch.pow,
    "pow_by_x": lambda x, y: y * torch.exp((y - 1) * torch.log(x)),
    "pow_by_y": lambda x, y: torch.exp(y * torch.log(x)) * torch.log(x),
    "mod": torch.remainder,
    "floordiv": lambda x, y: torch.div(x, y, rounding_mode="floor"),
    "abs": torch.abs,
    "hypot": torch.hypot,
    "semicircle": lambda x: torch.sqrt((1 - x) * (1 + x)),
    "exp": torch.exp,
    "exp2": torch.exp2,
    "expm1": torch.expm1,
    "log": torch.log,
    "log1p": torch.log1p,
    "log2": torch.log2,
    "log10": torch.log10,
    "sqrt": torch.sqrt,
    "sin": torch.sin,
    "cos": torch.cos,
    "tan": torch.tan,
    "asin": torch.asin,
    "acos": torch.acos,
    "atan": torch.atan,
    "atan2": torch.atan2,
    "degrees": torch.rad2deg,
    "radians": torch.deg2rad,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "tanh": torch.tanh,
    "asinh": torch.asinh,
    "acosh": torch.acosh,
    "atanh": torch.atanh,
    "erf": torch.erf,
    "erfc": torch.erfc,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "leaky_relu": lambda x, slope: torch.nn.functional.prelu(
        x.reshape(1, 1), slope.reshape(1)
    ).reshape(()),
    "elu": lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(torch.clamp(x, max=0.0))),
    "softplus": torch.nn.functional.softplus,
    "gelu": torch.nn.functional.gelu,
    "silu": torch.nn.functional.silu,
    "step": lambda x: torch.heaviside(x.detach(), tensor(0.0)),
    "sign": torch.sign,
    "equal": lambda x, y: (x == y).double(),
    "where": lambda condition, x, y: torch.where(condition > 0, x, y),
    "sum": stacked(torch.sum),
    "mean": stacked(torch.mean),
    "prod": stacked(torch.prod),
    "max": stacked(torch.amax),
    "min": stacked(torch.amin),
    "dot": torch_dot,
    "logsumexp": stacked(lambda values: torch.logsumexp(values, 0)),
    "level": stacked(lambda values: torch.floor(torch.amax(values))),
}


# PyTorch divides by a factor of prod where we multiply the others, which loses the derivatives by
# a factor near 0 (test_..._by_tiny_factors); its own products of two give the second derivatives.
SMALLEST_FACTOR = 1e-3
TORCH_TWICE = {**TORCH, "prod": lambda *values: functools.reduce(torch.mul, values)}


def torch_apply(row, inputs, table=TORCH):
    return table[row.name](*[x if torch.is_tensor(x) else tensor(x) for x in inputs])


def torch_apply_twice(row, inputs):
    return torch_apply(row, inputs, TORCH_TWICE)


def torch_gradients(root, wrt, create_graph=False):
    """Return PyTorch's derivatives as tensors, zeros where it finds no dependence."""
    if not root.requires_grad:
        return [tensor(0.0) for _ in wrt]
    found = torch.autograd.grad(
        root, wrt, create_graph=create_graph, retain_graph=True, allow_unused=True
    )
    return [tensor(0.0) if slope is None else slope for slope in found]


def torch_leaves(numbers):
    return [tensor(x).requires_grad_() for x in numbers]


def numbers_of(tensors):
    return [x.item() for x in tensors]


def torch_hessian(f, numbers):
    leaves = torch_leaves(numbers)
    slopes = torch_gradients(f(leaves), leaves, create_graph=True)
    return [numbers_of(torch_gradients(slope, leaves)) for slope in slopes]


# Each operation


def test_pytorch_has_the_whole_table():
    assert set(TORCH) == {row.name for row in every_row}  # a lookup computes nothing


@for_every_row
@searching_derivatives
@given(data=st.data())
def test_a_rows_result_and_its_derivatives_are_pytorchs(row, data, tally):
    inputs = data.draw(inputs_of(row, max_size=4))
    assume(row is not op.prod or all(x == 0 or abs(x) >= SMALLEST_FACTOR for x in inputs))
    leaves = torch_leaves(inputs)
    theirs = torch_apply(row, leaves)
    values = [Value(x) for x in inputs]
    ours = row.apply(values)
    tally.compare("results of rows", ours.data, theirs.item(), ROW_FLOOR)
    ours.backward()
    for value, slope in zip(values, numbers_of(torch_gradients(theirs, leaves)), strict=True):
        tally.compare("first derivatives of rows", value.grad, slope, ROW_FLOOR)

    if row is op.pow and inputs[1] == 0:
        return  # see test_..._by_a_base_to_the_power_0
    theirs = torch_hessian(lambda leaves: torch_apply_twice(row, leaves), inputs)
    for our_row, their_row in zip(hessian(row.apply)(inputs), theirs, strict=True):
        for ours, second in zip(our_row, their_row, strict=True):
            tally.compare("second derivatives of rows", ours, second, ROW_FLOOR)


# Random graphs


@searching_derivatives
@given(graph=graphs(max_size=200))
def test_results_and_gradients_of_random_graphs_are_pytorchs(graph, tally):
    tensors = torch_leaves(graph.leaves)
    theirs = graph(tensors, torch_apply)
    leaves = [Value(x) for x in graph.leaves]
    ours = graph(leaves)
    tally.compare("results of graphs", ours.data, theirs.item(), RESULT_FLOOR)
    slopes = numbers_of(torch_gradients(theirs, tensors))
    lengths = measure_paths(ours, leaves)
    ours.backward()
    for x, slope, length in zip(leaves, slopes, lengths, strict=True):
        tally.compare("gradients of graphs", x.grad or 0.0, slope, length)


@searching_derivatives
@given(graph=graphs(max_size=60))
def test_hessians_of_random_graphs_are_pytorchs(graph, tally):
    theirs = torch_hessian(lambda leaves: graph(leaves, torch_apply_twice), graph.leaves)
    for our_row, their_row in zip(hessian(graph)(graph.leaves), theirs, strict=True):
        for ours, second in zip(our_row, their_row, strict=True):
            tally.compare("second derivatives of graphs", ours, second, SECOND_FLOOR)


# Where PyTorch is wrong and the 50 digits of mpmath are with us: why the tests above pass by


@pytest.mark.parametrize("x", [0.5, 1.0, 3.0])
def test_the_mixed_second_derivative_by_a_base_to_the_power_0_is_exact(x):
    """∂²(x^y)/∂x∂y = (1 + y log x) x^(y-1), which is 1/x at y = 0; PyTorch says 0."""
    with mp.workdps(50):
        exact = float(mpmath.diff(ORACLE["pow"], (x, 0.0), (1, 1)))
    ((_, ours), _) = hessian(lambda v: v[0] ** v[1])([x, 0.0])
    assert ours == pytest.approx(exact, rel=1e-15)


@pytest.mark.parametrize("tiny", [1.5e-16, 1e-300, 5e-324])
def test_derivatives_of_a_product_by_tiny_factors_are_exact(tiny):
    factors = [0.5, 0.25, tiny]
    assert grad(op.prod)(factors) == [0.25 * tiny, 0.5 * tiny, 0.125]
    assert hessian(op.prod)(factors) == [[0.0, tiny, 0.25], [tiny, 0.0, 0.5], [0.25, 0.5, 0.0]]


# The choices at kinks that are said to be PyTorch's


def both_gradients(ours, theirs, numbers):
    values = [Value(x) for x in numbers]
    ours(*values).backward()
    leaves = torch_leaves(numbers)
    slopes = torch_gradients(theirs(*leaves), leaves)
    return [x.grad for x in values], numbers_of(slopes)


@pytest.mark.parametrize(
    ("row", "function", "slope"),
    [
        (op.relu, torch.relu, 0.0),
        (op.relu, torch.nn.functional.relu, 0.0),
        (op.abs, torch.abs, 0.0),
        (op.leaky_relu, torch.nn.functional.leaky_relu, 0.01),
        (op.elu, torch.nn.functional.elu, 1.0),
        (op.sign, torch.sign, 0.0),
    ],
    ids=["relu", "functional.relu", "abs", "leaky_relu", "elu", "sign"],
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_derivative_at_a_kink_is_pytorchs(row, function, slope, zero):
    assert both_gradients(row, function, [zero]) == ([slope], [slope])


@pytest.mark.parametrize(("ours", "theirs"), [(op.max, torch.amax), (op.min, torch.amin)])
@pytest.mark.parametrize("count", [2, 3, 7])
def test_equal_values_share_the_derivative_equally_as_in_amax_and_amin(ours, theirs, count):
    other = -5.0 if ours is op.max else 5.0
    found, expected = both_gradients(ours, stacked(theirs), [2.0] * count + [other])
    assert found == pytest.approx(expected, rel=1e-15, abs=0.0)
    assert found == [1 / count] * count + [0.0]


@pytest.mark.parametrize("row", [op.max, op.min], ids=["max", "min"])
def test_the_second_derivative_at_a_tie_is_pytorchs(row):
    f = TORCH[row.name]
    numbers = [2.0, 2.0, 2.0]
    theirs = torch_hessian(lambda leaves: f(*[x * x for x in leaves]), numbers)
    ours = hessian(lambda v: row([x * x for x in v]))(numbers)
    for found, expected in zip(ours, theirs, strict=True):
        assert found == pytest.approx(expected, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "row",
    [row for row in every_row if row.inputs == ("x",) or isinstance(row, Reduction)],
    ids=lambda row: row.name,
)
def test_infinities_and_nan_give_pytorchs_result_where_they_are_admitted(row, x):
    try:
        ours = row.apply([x])
    except ValueError:
        assert math.isinf(x)  # sin(inf), log(-inf) and the like, for which PyTorch has nan
        assert math.isnan(torch_apply(row, [tensor(x)]).item())
        return
    theirs = torch_apply(row, [tensor(x)]).item()
    if math.isnan(ours):
        # PyTorch takes the sign of not-a-number for 0; here it stays not-a-number.
        assert math.isnan(theirs) or row in (op.sign, op.step)
    else:
        assert ours == theirs


# The tests above can fail


def test_a_difference_beyond_the_tolerance_fails_and_is_counted():
    counted = Tally()
    counted.compare("sums", 1.0, 1.0 + 1e-13, 0.0)
    counted.compare("sums", 1e-20, 0.0, 0.01)
    for ours, theirs, floor in ((1.0, 1.0 + 1e-11, 0.0), (1e-20, 0.0, 0.0), (1.0, math.nan, 1.0)):
        with pytest.raises(AssertionError, match="is not PyTorch's"):
            counted.compare("sums", ours, theirs, floor)
    assert counted.counts == {"sums": 5}
    assert counted.worst["sums"] == pytest.approx(1e-13, rel=0.01)
