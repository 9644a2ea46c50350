"""Optimizers against their papers' formulas, and learning-rate schedules."""

import math
import random
import re
import sys

import numpy as np
import pytest

from micrograd_nn import Value, optim
from micrograd_nn.nn import Neuron
from micrograd_nn.optim import SGD, Adam, AdamW, Optimizer, constant, cosine, linear

STEPS = 30
# Each optimizer of the package; tests go over all of them, a new one too.
KINDS = [
    kind for kind in vars(optim).values()
    if isinstance(kind, type) and issubclass(kind, Optimizer) and kind is not Optimizer
]  # fmt: skip
SQUARING = [kind for kind in KINDS if kind.largest_gradient < math.inf]
each_kind = pytest.mark.parametrize("kind", KINDS)


def gradient(p):
    """Return the gradient of an uneven bowl with a wave on it."""
    return [2 * p[0] + p[1], p[0] + 0.5 * p[1] + math.sin(3 * p[1]), 1e-3 * p[2]]


START = [1.0, -2.0, 50.0]


def path_of(make, start=START, grads=gradient):
    """Return the parameters after each step of an optimizer."""
    parameters = [Value(number) for number in start]
    optimizer = make(parameters)
    path = []
    for _ in range(STEPS):
        for parameter, grad in zip(parameters, grads([p.data for p in parameters]), strict=True):
            parameter.grad = grad
        optimizer.step()
        path.append([p.data for p in parameters])
    return path


def plain_sgd(lr, momentum, start=START):
    """Sutskever et al. (2013) as PyTorch writes it: v = μ v + g; p = p − lr v."""
    p, v, path = list(start), [0.0] * len(start), []
    for step in range(STEPS):
        g = gradient(p)
        v = [momentum * a + b for a, b in zip(v, g, strict=True)]
        p = [a - lr(step) * b for a, b in zip(p, v, strict=True)]
        path.append(p)
    return path


def plain_adam(lr, b1, b2, eps, decay=0.0, start=START):
    """Kingma and Ba (2015), Algorithm 1; the decay of Loshchilov and Hutter (2019), line 12."""
    p, path = list(start), []
    m, v = [0.0] * len(p), [0.0] * len(p)
    for t in range(1, STEPS + 1):
        g = gradient(p)
        m = [b1 * a + (1 - b1) * b for a, b in zip(m, g, strict=True)]
        v = [b2 * a + (1 - b2) * b**2 for a, b in zip(v, g, strict=True)]
        m_hat = [a / (1 - b1**t) for a in m]
        v_hat = [a / (1 - b2**t) for a in v]
        rate = lr(t - 1)
        p = [
            x - rate * (a / (math.sqrt(b) + eps) + decay * x)
            for x, a, b in zip(p, m_hat, v_hat, strict=True)
        ]
        path.append(p)
    return path


# What each optimizer does by its defaults, as its paper has it.
PLAIN = {
    SGD: lambda: plain_sgd(constant(0.01), 0.0),
    Adam: lambda: plain_adam(constant(0.001), 0.9, 0.999, 1e-8),
    AdamW: lambda: plain_adam(constant(0.001), 0.9, 0.999, 1e-8, 0.01),
}


def assert_same_path(ours, theirs):
    assert len(ours) == len(theirs) == STEPS
    for a, b in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, rel=1e-10, abs=1e-12)


# Optimizers


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("lr", [0.01, 0.2])
def test_sgd_follows_its_formula(lr, momentum):
    ours = path_of(lambda p: SGD(p, lr, momentum))
    assert_same_path(ours, plain_sgd(constant(lr), momentum))


@pytest.mark.parametrize(
    ("lr", "betas", "eps"),
    [(0.001, (0.9, 0.999), 1e-8), (0.1, (0.9, 0.999), 1e-8), (0.05, (0.5, 0.8), 1e-2)],
)
def test_adam_follows_its_paper(lr, betas, eps):
    ours = path_of(lambda p: Adam(p, lr, betas, eps))
    assert_same_path(ours, plain_adam(constant(lr), *betas, eps))


@pytest.mark.parametrize(
    ("lr", "betas", "eps", "decay"),
    [(0.1, (0.9, 0.999), 1e-8, 0.01), (0.05, (0.5, 0.8), 1e-2, 0.5)],
)
def test_adamw_follows_its_paper(lr, betas, eps, decay):
    ours = path_of(lambda p: AdamW(p, lr, betas, eps, decay))
    assert_same_path(ours, plain_adam(constant(lr), *betas, eps, decay))


@each_kind
def test_the_defaults_are_the_papers(kind):
    assert_same_path(path_of(kind), PLAIN[kind]())


def test_adamw_without_decay_is_adam():
    assert path_of(lambda p: AdamW(p, 0.1, weight_decay=0.0)) == path_of(lambda p: Adam(p, 0.1))


@each_kind
def test_a_parameter_whose_gradient_was_never_computed_is_left_as_it_is(kind):
    used, unused = Value(3.0), Value(4.0)
    optimizer = kind([unused, used], lr=0.1)
    (used * used).backward()
    optimizer.step()
    assert unused.data == 4.0
    assert unused.grad is None
    assert used.data != 3.0


def test_the_base_of_the_optimizers_names_those_to_use():
    x = Value(1.0)
    x.grad = 1.0
    with pytest.raises(TypeError, match="is the base of ") as caught:
        Optimizer([x], 0.1).step()
    assert re.findall(r"[A-Z]\w+", str(caught.value)) == ["Optimizer", *[k.__name__ for k in KINDS]]
    assert x.data == 1.0


# What can't be stepped


@each_kind
def test_a_step_before_any_backward_pass_is_refused_and_counts_for_nothing(kind):
    x = Value(3.0)
    optimizer = kind([x, Value(1.0)], lr=0.1)
    with pytest.raises(ValueError, match=r"no parameter has a gradient: call backward\(\)"):
        optimizer.step()
    assert (x.data, optimizer.steps) == (3.0, 0)
    (x * x).backward()
    optimizer.step()
    assert (x.data != 3.0, optimizer.steps) == (True, 1)


@each_kind
@pytest.mark.parametrize("by", ["optimizer", "model"])
def test_a_step_after_zero_grad_and_no_backward_pass_is_refused(kind, by):
    model = Neuron(1, rng=random.Random(0))
    optimizer = kind(model.parameters(), lr=0.1)
    for steps in (0, 1):
        before = model.state()
        (optimizer if by == "optimizer" else model).zero_grad()
        with pytest.raises(ValueError, match=r"has a gradient since zero_grad\(\): call backward"):
            optimizer.step()
        assert (model.state(), optimizer.steps) == (before, steps)
        (model([1.0]) ** 2).backward()
        optimizer.step()
        assert model.state() != before


@each_kind
def test_gradients_of_zero_that_a_pass_or_somebody_gave_are_stepped(kind):
    x, y = Value(3.0), Value(0.0)
    optimizer = kind([x])
    optimizer.zero_grad()
    (x * y).backward()
    optimizer.step()
    optimizer.zero_grad()
    x.grad = 0.0
    optimizer.step()
    assert optimizer.steps == 2


@each_kind
def test_an_optimizer_of_no_parameters_is_refused(kind):
    parameters = (x for x in [Value(1.0)])
    kind(parameters)
    for none in ([], parameters):  # a generator is used up
        with pytest.raises(ValueError, match="needs a parameter at least"):
            kind(none)


@each_kind
def test_a_parameter_that_stands_twice_is_refused(kind):
    x, y = Value(1.0, label="x"), Value(1.0)
    told = (
        r"parameters 0 and 2 are one, Value\(1.0, grad=None, label='x'\), .*: list it once, as "
        r"model.parameters\(\) does"
    )
    with pytest.raises(ValueError, match=told):
        kind([x, y, x])


@each_kind
def test_parameters_are_values(kind):
    for thing in (1.0, ("w", Value(1.0))):
        with pytest.raises(TypeError, match=rf"takes Values, not a {type(thing).__name__}: give"):
            kind([Value(1.0), thing])


@each_kind
@pytest.mark.parametrize(
    ("grad", "told"),
    [
        ("3", r"the grad of a Value of 2.0 \(label 'x'\) needs a real number, not a str"),
        (Value(3.0), "the grad of .* needs a real number, not a Value: take its"),
    ],
    ids=["text", "Value"],
)
def test_a_grad_that_is_no_number_is_refused_before_anything_changes(kind, grad, told):
    x, y = Value(1.0), Value(2.0, label="x")
    optimizer = kind([x, y])
    x.grad, y.grad = 1.0, grad
    with pytest.raises(TypeError, match=told):
        optimizer.step()
    assert (x.data, y.data, optimizer.steps) == (1.0, 2.0, 0)


@each_kind
def test_a_grad_of_another_kind_of_number_steps_as_its_float(kind):
    x, y = Value(1.0), Value(1.0)
    x.grad, y.grad = np.float32(0.1), float(np.float32(0.1))
    optimizer = kind([x, y], lr=0.1)
    for _ in range(3):
        optimizer.step()
    assert x.data == y.data


# Learning rates


def test_a_learning_rate_can_be_set_between_steps():
    x = Value(0.0)
    optimizer = SGD([x], lr=0.1)
    for lr, expected in [(0.5, -0.5), (lambda step: float(step), -1.5)]:
        optimizer.lr = lr
        x.grad = 1.0
        optimizer.step()
        assert x.data == pytest.approx(expected)
    assert (optimizer.lr, optimizer.lr_at(7)) == (2.0, 7.0)
    with pytest.raises(ValueError, match="a learning rate is a positive number, not -1"):
        optimizer.lr = -1
    assert optimizer.lr == 2.0


@each_kind
@pytest.mark.parametrize("lr", [-0.1, -1e-300, math.nan, math.inf, -math.inf])
def test_a_learning_rate_that_is_negative_or_not_finite_is_refused(kind, lr):
    with pytest.raises(ValueError, match="a learning rate is a positive number, not"):
        kind([Value(1.0)], lr)
    with pytest.raises(ValueError, match="a learning rate is a positive number, not"):
        kind([Value(1.0)], lambda step: lr)


@pytest.mark.parametrize("schedule", [linear(0.1, 0.01, 20), cosine(0.1, 0.0, 40)])
def test_every_optimizer_takes_a_schedule(schedule):
    assert_same_path(path_of(lambda p: SGD(p, schedule, 0.9)), plain_sgd(schedule, 0.9))
    adam = plain_adam(schedule, 0.9, 0.999, 1e-8)
    assert_same_path(path_of(lambda p: Adam(p, schedule)), adam)
    adamw = plain_adam(schedule, 0.9, 0.999, 1e-8, 0.1)
    assert_same_path(path_of(lambda p: AdamW(p, schedule, weight_decay=0.1)), adamw)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (constant(0.3), {0: 0.3, 50: 0.3, 100: 0.3, 10**9: 0.3}),
        (linear(1.0, 0.2, 100), {0: 1.0, 25: 0.8, 50: 0.6, 100: 0.2, 101: 0.2, 10**9: 0.2}),
        (linear(0.0, 1.0, 100), {0: 0.0, 50: 0.5, 100: 1.0, 200: 1.0}),
        (
            cosine(1.0, 0.2, 100),
            {0: 1.0, 25: 0.6 + 0.4 * math.sqrt(0.5), 50: 0.6, 100: 0.2, 101: 0.2, 10**9: 0.2},
        ),
        (linear(1.0, 0.2, 0), {0: 0.2, 5: 0.2}),
        (cosine(1.0, 0.2, 0), {0: 0.2, 5: 0.2}),
    ],
)
def test_a_schedule_at_its_start_its_middle_its_end_and_beyond(schedule, expected):
    found = {step: schedule(step) for step in expected}
    assert found == pytest.approx(expected, rel=1e-14)


def test_an_optimizer_says_what_it_steps_and_how_far_it_is():
    optimizer = Adam([Value(1.0), Value(2.0)], lr=linear(1.0, 0.0, steps=4))
    assert repr(optimizer) == "<Adam of 2 parameters: 0 steps taken, lr 1 next>"
    for parameter in optimizer.parameters:
        parameter.grad = 1.0
    optimizer.step()
    assert repr(optimizer) == "<Adam of 2 parameters: 1 step taken, lr 0.75 next>"


@pytest.mark.parametrize("make", SQUARING)
@pytest.mark.parametrize("grad", [1e200, -1e155, 1.35e154, math.sqrt(sys.float_info.max)])
def test_a_gradient_whose_square_is_no_float_is_refused_and_changes_nothing(make, grad):
    first, x = Value(2.0), Value(1.0, "w")
    optimizer = make([first, x], lr=0.1)
    first.grad, x.grad = 1.0, grad
    told = f"{make.__name__} squares .* 'w' is {grad!r}: its square"
    with pytest.raises(OverflowError, match=told.replace("+", r"\+")):
        optimizer.step()
    assert (first.data, x.data, optimizer.steps) == (2.0, 1.0, 0)
    x.grad = 1.0
    optimizer.step()
    assert x.data < 0.95


@pytest.mark.parametrize("make", [Adam, AdamW])
def test_the_largest_gradient_that_is_taken_moves_a_parameter_at_each_step(make):
    x = Value(0.0)
    optimizer = make([x], lr=0.1)
    for step in range(1, 50):
        x.grad = 1.34e154
        optimizer.step()
        assert x.data == pytest.approx(-0.1 * step, rel=0.05)


class NoTuple(Optimizer):
    @staticmethod
    def rule(p, grad, lr):
        return p - lr * grad


class NoStates(SGD):
    @staticmethod
    def rule(p, grad, velocity, lr, momentum):
        return (p - lr * grad,)


@pytest.mark.parametrize("make", [NoTuple, NoStates])
def test_a_rule_that_returns_something_else_is_told_and_nothing_is_changed(make):
    x = Value(3.0)
    optimizer = make([x], 0.1)
    (x * x).backward()
    with pytest.raises(TypeError, match="rule returns a tuple of the parameter and its states"):
        optimizer.step()
    assert (x.data, optimizer.steps) == (3.0, 0)


def test_the_names_of_states_are_a_tuple():
    class Forgotten(Optimizer):
        states = "velocity"

    with pytest.raises(TypeError, match=r"states = \('velocity',\)"):
        Forgotten([Value(1.0)], 0.1)
