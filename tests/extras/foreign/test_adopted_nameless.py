"""Engines whose nodes don't say what they are: each read as what gives its very numbers, or not."""

import math
import os
import random

import numpy as np
import pytest
from sizes import choose_size
from student_engines import order_nodes

from micrograd_nn import adopt, intervene
from micrograd_nn.explain.tree import tree

STEPS_WITH_NAMES = [
    "__add__", "__mul__", "__pow__", "exp", "log", "relu", "tanh", "sigmoid", "sin", "sqrt",
]  # fmt: skip


class Bare:
    """As in files of one GPT: a number, its inputs, and the derivatives by them; no names."""

    __slots__ = ("_children", "_local_grads", "data", "grad")
    kind = float

    def __init__(self, data, children=(), local_grads=()):
        self.data, self.grad = self.kind(data), 0
        self._children, self._local_grads = children, tuple(map(self.kind, local_grads))

    def wrap(self, other):
        return other if isinstance(other, Bare) else type(self)(other)

    def __add__(self, other):
        other = self.wrap(other)
        return type(self)(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = self.wrap(other)
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (n * self.data ** (n - 1) if n else 0,))

    def __neg__(self):
        return self * -1

    def __truediv__(self, other):
        return self * self.wrap(other) ** -1

    def make(self, out, slope):
        return type(self)(out, (self,), (slope,))

    def exp(self):
        return self.make(np.exp(self.data), np.exp(self.data))

    def log(self):
        return self.make(np.log(self.data), 1 / self.data)

    def relu(self):
        return self.make(max(0, self.data), self.data > 0)

    def tanh(self):
        out = self.kind(np.tanh(self.data))
        return self.make(out, 1 - out**2)

    def sigmoid(self):
        out = 1 / (1 + np.exp(-self.data))
        return self.make(out, out * (1 - out))

    def sin(self):
        return self.make(np.sin(self.data), np.cos(self.data))

    def sqrt(self):
        return self.make(np.sqrt(self.data), 0.5 / np.sqrt(self.data))

    def backward(self):
        self.grad = self.kind(1)
        for node in reversed(order_nodes(self, lambda node: node._children)):
            for x, slope in zip(node._children, node._local_grads, strict=True):
                x.grad += slope * node.grad


class Single(Bare):
    """The same in single precision, and with names."""

    __slots__ = ("_op",)
    kind = np.float32

    def __init__(self, *given):
        super().__init__(*given)
        self._op = ""

    def name(self, out, name):
        out._op = name
        return out


for word in STEPS_WITH_NAMES:

    def method(self, *given, word=word):
        return self.name(getattr(Bare, word)(self, *given), word)

    setattr(Single, word, method)


class Nameless(Bare):
    """The same in single precision, of which nobody says what it is."""

    __slots__ = ()
    kind = np.float32


def read(y):
    """Return what a node is read as, and its constant, where it is made of one number."""
    node = adopt(y, names={}).root
    return node.operation.name, *node.numbers[1:]


# What a node is


@pytest.mark.parametrize("kind", [Bare, Single])
def test_a_small_relu_is_no_tanh(kind):
    draw = random.Random(1)
    for _ in range(choose_size(200, 600)):
        x = kind(abs(draw.gauss(0, 0.08)))
        graph = adopt(x.relu() * x, names={})
        assert [node.operation.name for node in graph.nodes if node.operation] == ["relu", "mul"]
        assert "Its gradients are right" in str(graph)


def test_a_small_relu_is_shown_and_computed_again():
    x = Bare(0.003)
    y = x.relu() * x
    assert "v1 = relu(x)" in str(tree(y))
    assert str(intervene(y).pin(x, 3.0)).startswith("y: 9e−06 → 9")


@pytest.mark.parametrize("kind", [Bare, Single])
@pytest.mark.parametrize(
    ("x", "power"),
    [(1.0, -1), (1.0, 2), (1.0, -0.5), (1.0, 0), (-1.0, 2), (-1.0, 3), (-1.0, -1), (2.5, 0),
     (2.5, 1 / 3), (0.7, -0.5), (3.0, -1), (-2.5, 3), (1e-3, 1.5), (0.0, 0)],
)  # fmt: skip
def test_an_exponent_is_found_by_the_derivative(kind, x, power):
    assert read(kind(x) ** power) == ("pow", pytest.approx(power, rel=1e-6))


UNKNOWN = "What 1 node should pass on isn't known here, of '?': taken as it is."


@pytest.mark.parametrize("name", ["tanh", "sin", "relu"])
def test_what_several_usual_operations_give_is_none_of_them(name):
    x = Bare(1e-9)
    y = getattr(x, name)() + getattr(Bare(0.7), name)()
    assert UNKNOWN in str(adopt(y, names={}))
    with pytest.raises(ValueError, match="was made by hand, of one result: for others, its rule"):
        intervene(y).pin(x, 3.0)  # no number of another operation


def test_at_zero_only_what_one_usual_operation_gives_is_known():
    zero = Bare(0.0)
    assert read(zero.tanh()) == ("tanh",)
    assert read(zero.exp()) == ("exp",)
    assert read(zero.sigmoid()) == ("sigmoid",)
    for y in (zero**2, zero**3, zero.relu()):
        assert read(y)[0] == "?"
    assert read(Bare(0.7) ** 1) == ("relu",)  # as it seems: nobody writes that


def test_without_names_single_precision_is_taken_as_it_is():
    x = Nameless(0.3)
    said = str(adopt(x.tanh() * x, names={}))
    assert "What 2 nodes should pass on isn't known here, of '?': taken as it is." in said
    assert said.endswith("Its gradients are what its nodes pass on: 1 number.")
    named = Single(0.3)
    assert "Its gradients are right" in str(adopt(named.tanh() * named, names={}))


def test_a_line_is_no_curve_whose_number_it_has():
    for kind in (Bare, Single, Nameless):
        x = kind(1e-7)
        for y in (x.make(x.data + kind.kind(0.5), 1), x.make(x.data * kind.kind(0.5), 0.5)):
            assert "✗" not in str(adopt(y * 2.0, names={}))


# A right engine is accused of nothing, and a wrong one is


STEPS = [
    "__add__", "__mul__", "__mul__", "__truediv__", "relu", "tanh", "sigmoid", "exp", "log", "sin",
    "sqrt", "square", "inverse", "own",
]  # fmt: skip


def build(draw, kind, chosen):
    """Return a graph of some steps at random, of small numbers and of large ones."""
    made = [kind(draw.gauss(0, draw.choice([0.08, 1.0]))) for _ in range(4)]
    while len(made) < 30:
        x, y, step = made[-1 - draw.randrange(4)], draw.choice(made), draw.choice(chosen)
        with np.errstate(all="ignore"):
            if step == "square":
                made.append(x**2)
            elif step == "inverse":
                made.append(x**-1 if x.data else x)
            elif step == "own":
                size = 1 + abs(x.data)
                made.append(x.make(x.data / size, 1 / size**2))
            else:
                needs = step in ("log", "sqrt", "__truediv__") and not x.data > 0 < y.data
                step = "relu" if needs else step
                made.append(getattr(x, step)(*[y] if step.startswith("__") else []))
        if not 1e-6 < abs(made[-1].data) < 1e6:
            made[-1] = x + 1.0
    loss = made[-1]
    for x in made[4:-1]:
        loss = loss + x
    return loss


@pytest.mark.random
@pytest.mark.parametrize("kind", [Bare, Single, Nameless])
def test_a_right_engine_is_never_accused(kind):
    for seed in range(int(os.environ.get("EXAMPLES", choose_size(60, 300)))):
        draw = random.Random(seed)
        graph = adopt(build(draw, kind, draw.sample(STEPS, 6)), names={})
        assert "✗" not in str(graph), seed
        assert ", and here" not in str(graph), seed


@pytest.mark.parametrize("kind", [Bare, Single])
@pytest.mark.parametrize("name", ["exp", "log", "relu", "tanh", "sigmoid"])
def test_a_wrong_derivative_is_seen_though_nothing_has_a_name(kind, name):
    draw = random.Random(4)
    for _ in range(choose_size(30, 150)):
        x = kind(abs(draw.gauss(0.5, 0.2)) + 0.01)
        right = getattr(x, name)()
        wrong = x.make(right.data, draw.choice([2.0, -1.0, 0.5]) * right._local_grads[0])
        if kind is Single:
            wrong.name(wrong, name)
        assert f"✗ {name}" in str(tree(wrong * x))
        assert "✗" not in str(tree(right * x))


def test_a_saturated_tanh_of_single_precision_is_right():
    for number in (3.0, 5.5, 7.0, 9.5, 20.0):
        x = Single(number)
        assert "Its gradients are right" in str(adopt(x.tanh() * x, names={}))


def test_shares_that_cancel_are_no_mistake():
    x, y = Single(1234.5678), Single(0.1)
    difference = x * y + x * -0.1 + x * y * 1e-3
    assert "✗" not in str(adopt(difference / difference * x, names={}))


def test_a_number_that_overflows_is_named():
    with np.errstate(all="ignore"):
        x = Single(1e30)
        graph = adopt(x * x * 0.5, names={"x": x})
    assert str(graph).split("\n")[1] == (
        "v1 is inf, the first number that isn't finite: it overflows, for in double precision it "
        "is 1e+60"
    )
    assert "✗" not in str(graph)
    assert adopt(Bare(math.inf) * 2.0, names={}).adoption.notes == [
        "v1 is inf, the first number that isn't finite"
    ]
