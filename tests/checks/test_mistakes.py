"""Mistakes are caught by name: anomalies, edited leaves, parameters out of reach, sums."""

import math
import random
import warnings

import pytest

from micrograd_nn import Value, asin, no_grad, sum
from micrograd_nn.checks.mistakes import (
    AnomalyError,
    anomaly_detection,
    find_culprit,
    provenance,
    stale,
    unreached,
)
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD

# Provenance


def here():
    """Return the number of the line that calls this."""
    import sys

    return sys._getframe(1).f_lineno


def test_a_node_remembers_the_line_that_made_it():
    with provenance():
        x, line = Value(2.0), here()
        y = x * 3
        z = sum([x, y])
    for i, node in enumerate((x, y, z)):
        assert node.origin.file == __file__
        assert node.origin.line == line + i
        assert node.origin.function == "test_a_node_remembers_the_line_that_made_it"
    assert "y = x * 3" in str(y.origin)


def test_the_line_is_the_users_not_the_engines():
    model = MLP(2, [3, 1], rng=random.Random(0))
    with provenance():
        out, line = model([1.0, 2.0]), here()
    assert (out.origin.file, out.origin.line) == (__file__, line)


def test_outside_nothing_is_remembered():
    with provenance():
        pass
    assert (Value(1.0) * 2).origin is None
    with pytest.raises(KeyError), provenance():
        raise KeyError
    assert Value(1.0).origin is None


# Anomalies


def test_the_first_infinity_forward_is_told_where_it_is_born():
    x = Value(1e200, label="weight")

    def compute():
        y = x * x
        return y.sin()

    line = compute.__code__.co_firstlineno + 1
    with anomaly_detection(), pytest.raises(AnomalyError) as caught:
        compute()
    said = str(caught.value)
    assert said.startswith("x * y is inf; x = 1e+200 (label 'weight'), y = 1e+200 (label 'weight')")
    assert f"made by {__file__}, line {line}, in compute: y = x * x" in said
    assert "from Value(1e+200, grad=None, label='weight')" in said
    assert caught.value.node.data == math.inf


def test_nan_from_infinities_is_told():
    x = Value(3.0)
    big = x * math.inf
    told = r"x - y is nan; x = inf \(your big\), y = inf \(your big\)"
    with anomaly_detection(), pytest.raises(AnomalyError, match=told):
        big - big


def test_a_leaf_that_is_not_a_number_is_told():
    with anomaly_detection(), pytest.raises(AnomalyError, match="'p' is nan"):
        Value(math.nan, label="p")


@pytest.mark.parametrize(("label", "called"), [("w", "'w'"), (None, "your x")])
def test_the_first_infinity_backward_is_told(label, called):
    x = Value(1e-160, label=label)
    y = 1 / x
    z = (y * 1e160) * 1e-10
    with anomaly_detection(), pytest.raises(AnomalyError) as caught:
        z.backward()
    said = str(caught.value)
    assert f"the gradient of {called} becomes -inf going back" in said
    assert "upstream" in said
    assert caught.value.step.input is x
    assert x.grad is None


def told_going_back(root):
    """Return an anomaly's message in lines, without what the step itself is."""
    with anomaly_detection(), pytest.raises(AnomalyError) as caught:
        root.backward()
    first, *lines = str(caught.value).splitlines()
    assert " going back: " in first
    return lines


def test_going_back_a_large_upstream_is_followed_to_what_made_it():
    a, b, gain = Value(1e-200, "a"), Value(1e100, "b"), Value(1e150, "gain")
    amplified = (a * b) * gain
    assert told_going_back(amplified * 1e100) == [
        "  from upstream 1e+100 × local derivative 1e+150, "
        "through Value(1e+50, grad=None, operation=mul)",
        "  from Value(1e+150, grad=None, label='gain')",
    ], "not from b, the largest number among the inputs of a * b"


def test_an_upstream_is_followed_where_it_is_the_larger_factor_all_the_way():
    x = Value(1e-100, "x")
    y = (x * 1e10) * Value(1e90, "y")
    z = y * Value(1e100, "z")
    assert told_going_back(z * Value(1e200, "last")) == [
        "  from upstream 1e+200 × local derivative 1e+100, "
        "through Value(1e+100, grad=None, operation=mul)",
        "  from upstream 1.0 × local derivative 1e+200, "
        "through Value(1e+300, grad=None, operation=mul)",
        "  from Value(1e+200, grad=None, label='last')",
    ]


def test_going_back_a_large_partial_is_followed_to_the_input_that_made_it():
    x = Value(1e-160, label="x")
    lines = told_going_back(((1 / x) * 1e160) * 1e-10)
    assert lines == ["  from Value(1e-160, grad=None, label='x')"], "not from the larger 1"


def test_a_sum_of_shares_that_overflows_is_followed_to_the_largest_share():
    x, large = Value(1e-10, "x"), Value(1.7e308, "large")
    y = x * 1e308 + x * large
    lines = told_going_back(y)
    assert lines[-1] == "  from Value(1.7e+308, grad=None, label='large')"
    (share,) = lines[:-1]
    assert share.startswith(
        "  from upstream 1.0 × local derivative 1.7e+308, through Value(1.7e+298, "
    )


def test_with_provenance_each_line_back_says_who_made_the_node():
    a = Value(1e-200, "a")
    with provenance():
        y, line = (a * 1e100) * 1e250, here()
    told = "\n".join(told_going_back(y))
    assert f"through {y!r}, made by {__file__}, line {line}, in test_with" in told


def test_a_long_way_back_is_cut():
    x = Value(1e-290, "x")
    y = x * 1e20
    for _ in range(15):
        y = y * 1e20
    assert len(told_going_back(y * 1e-2)) == 8


@pytest.mark.parametrize(
    ("compute", "position", "expected"),
    [
        (lambda a, b: a - b, None, "a"),
        (lambda a, b: b - a, None, "a"),
        (lambda a, b: b / a, None, "a"),
        (lambda a, b: a * b, 0, "b"),
        (lambda a, b: b**a, 1, "b"),
        (lambda a, b: sum([b, b, a, b]), None, "a"),
        (lambda a, b: sum([b] * 100 + [a]), None, "a"),
    ],
)
def test_the_input_that_makes_a_number_extreme_is_found(compute, position, expected):
    node = compute(Value(1e3, "a"), Value(1.5, "b"))
    assert find_culprit(node, position).label == expected


def test_a_trial_that_has_no_result_is_no_better():
    x = Value(0.5, "x")
    assert find_culprit(asin(x), 0) is x  # the derivative at 1, which is tried, is infinite


def test_an_infinite_local_derivative_is_told_going_forward():
    x = Value(1e-200, label="x")
    with anomaly_detection(), pytest.raises(AnomalyError, match="derivative by 'x' is -inf") as by:
        1 / x
    assert str(by.value).splitlines()[-1].startswith("  from Value(1e-200, grad=None, label='x')")


def test_the_chain_of_nodes_is_told_and_not_too_long():
    x = Value(2.0, label="x")
    for _ in range(100):
        x = x * 10.0

    def overflow(x):
        while True:
            x = x * 10.0

    with anomaly_detection(), pytest.raises(AnomalyError) as caught:
        overflow(x)
    assert 3 <= str(caught.value).count("\n  from ") <= 8
    assert len(str(caught.value)) < 2000


def test_it_is_a_floating_point_error_and_finite_work_goes_on():
    assert issubclass(AnomalyError, FloatingPointError)
    model = MLP(2, [3, 1], rng=random.Random(0))
    with anomaly_detection():
        model([1.0, 2.0]).backward()
    assert all(p.grad is not None for p in model.parameters())
    (Value(1e200) * 1e200).backward()  # outside, as before


# Stale graphs


def test_edited_leaves_are_listed_and_gradients_are_the_recorded_ones():
    x, w = Value(3.0, label="x"), Value(2.0, label="w")
    y = x * x * w
    assert stale(y) == []
    x.data = 5.0
    assert stale(y) == [x]
    y.backward()
    assert (x.grad, w.grad) == (12.0, 9.0)


# Sums over passes


def steps_of(optimizer, loss, steps, zero):
    """Take steps, with gradients zeroed before each or not, and return the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(steps):
            if zero:
                optimizer.zero_grad()
            loss().backward()
            optimizer.step()
    return [str(warning.message) for warning in caught]


def test_a_forgotten_zero_grad_is_warned_of_once():
    x = Value(3.0)
    said = steps_of(SGD([x], lr=1e-3), lambda: x * x, 20, zero=False)
    assert len(said) == 1
    assert "zero_grad" in said[0]


def test_zeroed_and_deliberately_summed_gradients_are_not_warned_of():
    x = Value(3.0)
    assert steps_of(SGD([x], lr=1e-3), lambda: x * x, 20, zero=True) == []
    optimizer = SGD([x], lr=1e-3)
    for _ in range(5):
        optimizer.zero_grad()
        for _ in range(4):
            (x * x).backward()
        optimizer.step()  # a warning would be an error here


# Parameters out of reach


def test_parameters_that_a_loss_does_not_depend_on_are_named():
    model = MLP(1, [2, 1], rng=random.Random(0))
    assert unreached(model([1.0]), model) == []
    hidden = model.layers[0]([1.0])
    detached = model.layers[1]([node.detach() for node in hidden])
    assert unreached(detached, model) == [
        f"layers.0.neurons.{i}.{part}" for i in (0, 1) for part in ("w.0", "b")
    ]
    with no_grad():
        constant = model([1.0])
    assert unreached(constant, model.parameters()) == model.parameters()
