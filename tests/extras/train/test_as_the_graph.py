"""Trainings whose examples, rules or penalties ask for more than numbers: the graph's weights."""

import random
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from foreign import needs_compiler

from micrograd_nn import Reduction, Value, compile
from micrograd_nn.engine import table as op
from micrograd_nn.extras.train import fit, fit_by_steps
from micrograd_nn.losses import binary_cross_entropy, cross_entropy, squared_error
from micrograd_nn.nn import MLP, Embedding, Layer, Module
from micrograd_nn.optim import SGD, Optimizer

ROWS = [([i / 50 - 1, i % 7 / 7], i % 11 / 11) for i in range(100)]
RARE = 61  # an example that isn't among the first, which are compared with the graph


def network():
    return MLP(2, [3, 1], rng=random.Random(3))


def train(
    compiled=None, rows=ROWS, loss=squared_error, model=network, optimizer=None, **options
):  # fmt: skip
    """Return the weights of a training, or the kind of its error."""
    made = model()
    given = {"epochs": 4, "batch_size": 8, "rng": random.Random(5)} | options
    if optimizer is not None:
        given["optimizer"] = optimizer(made.parameters())
    try:
        fit(made, [*rows], loss, compiled=compiled is not False, **given)
    except Exception as error:
        return type(error)
    return [x.data for x in made.parameters()]


def with_rare(target, other=None, rows=ROWS):
    """Return rows with one target that is another."""
    rows = [(x, y if other is None else other) for x, y in rows]
    rows[RARE] = rows[RARE][0], target
    return rows


class Capped(Module):
    """A line with a learned cap of its loss."""

    def __init__(self):
        self.w, self.b, self.cap = Value(0.3), Value(0.1), Value(0.7)

    def __call__(self, x):
        return self.w * x[0] + self.b


def learn_cap():
    model = Capped()

    def loss(prediction, target):
        error = (prediction - target) ** 2
        return error * model.cap if error < model.cap else model.cap

    return {"model": lambda: model, "loss": loss, "optimizer": lambda p: SGD(p, 0.05)}


class Group:
    def __init__(self, name, weight):
        self.name, self.weight = name, weight

    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return len(self.name)


TENTH = Fraction(1, 10)
largest = Reduction("largest", max, lambda out, *xs: [1.0 if x >= out else 0.0 for x in xs])
OFTEN = {20, 40}


@dataclass(eq=False)
class Target:
    y: float


def leave_out(number):
    targets = [Target(y) for _, y in ROWS]
    anomaly = targets[number]
    return {
        "rows": [(x, target) for (x, _), target in zip(ROWS, targets, strict=True)],
        "loss": lambda p, target: (p - target.y) ** 2 * (0.0 if target == anomaly else 1.0),
    }


class Milestones(Optimizer):
    states = ("n",)

    @staticmethod
    def rule(p, grad, n, lr):
        n = n + 1
        return p - lr * (0.1 if n in OFTEN else 1.0) * grad, n


def scale_outside():
    model = network()
    scale = model.parameters()[0] * 2  # a node that keeps its number
    return {"model": lambda: model, "loss": lambda p, t: (p - t) ** 2 * (1 + scale * scale)}


def shuffle_penalty(parameters):
    parameters.sort(key=lambda p: p * p)
    return 0.05 * op.sum([abs(p) for p in parameters[:4]])


TRAININGS = {
    "a parameter as the loss": learn_cap,
    "a tuple of one number": lambda: {"rows": with_rare((0.5,))},
    "objects that are equal": lambda: {
        "rows": with_rare(Group("a", 3.0), Group("a", 1.0)),
        "loss": lambda p, group: group.weight * (p - 0.3) ** 2,
    },
    "a Decimal of 0": lambda: {
        "rows": with_rare(Decimal("-0"), Decimal(0)), "loss": lambda p, t: (p - float(t)) ** 2,
    },
    "an object that is equal to itself alone": lambda: leave_out(RARE),
    "sets that are equal": lambda: {
        "rows": with_rare(frozenset([-0.0]), frozenset([0.0])),
        "loss": lambda p, t: (p - op.atan2(next(iter(t)), -1.0)) ** 2,
    },
    "whole numbers by a Fraction": lambda: {
        "rows": with_rare(1, 0), "loss": lambda p, t: (p - (t // TENTH) / 10) ** 2,
    },
    "single precision": lambda: {
        "rows": [(x, np.float32(y)) for x, y in ROWS], "loss": binary_cross_entropy,
        "model": lambda: MLP(2, [3, 1], rng=random.Random(3)),
    },
    "a rule of one's own": lambda: {"optimizer": lambda p: Milestones(p, 0.1)},
    "a penalty that sorts": lambda: {"penalty": shuffle_penalty},
    "a node from outside": scale_outside,
    "arrays as targets": lambda: {
        "rows": [(x, np.array([y, -y])) for x, y in ROWS],
        "loss": lambda p, t: (p - float(t[0])) ** 2 + (p - float(t[1])) ** 2,
    },
    "a reduction that looks at numbers": lambda: {
        "model": lambda: MLP(2, [3, 2], rng=random.Random(3)),
        "loss": lambda ps, t: largest([(p - t) ** 2 for p in ps]),
    },
    "a whole number among floats": lambda: {
        "rows": with_rare(1, 1.25),
        "loss": lambda p, t: (p - t) ** 2 * (1 if isinstance(t, int) else 2),
    },
    "whole numbers that no float holds": lambda: {
        "rows": [(x, 2**53 + i) for i, (x, _) in enumerate(ROWS)]
    },
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", TRAININGS)
def test_the_weights_and_the_errors_are_the_graphs(name):
    assert train(**TRAININGS[name]()) == train(compiled=False, **TRAININGS[name]())


@needs_compiler
@pytest.mark.slow
@pytest.mark.usefixtures("in_c")
@pytest.mark.parametrize("rows", [1, 7, 8, 9])
def test_a_table_of_parameters_is_looked_up_in_c(rows):
    embedding, layer = Embedding(5, 3, rng=random.Random(1)), Layer(3, 4, rng=random.Random(2))
    parameters = [*embedding.parameters(), *layer.parameters()]
    index = Value(0.0)
    graph = layer(embedding(index))
    programs = [compile(graph, [index], parameters, native=native) for native in (True, False)]
    numbers, table = [x.data for x in parameters], [[float(i % 5)] for i in range(rows)]
    both = [program.predictions(numbers, table) for program in programs]
    assert both[0] == both[1]
    both = [program(numbers, table) for program in programs]
    assert both[0] == both[1]


@needs_compiler
@pytest.mark.slow
@pytest.mark.usefixtures("in_c")
def test_what_flows_to_a_row_of_a_table_flows_at_once():
    data = [(i * 7 % 5, i * 3 % 4) for i in range(200)]

    class Lookup(Module):
        def __init__(self):
            self.table = Embedding(5, 2, rng=random.Random(1))
            self.layer = Layer(2, 4, rng=random.Random(2))

        def __call__(self, x):
            return self.layer(self.table(x))

    options = {"rows": data, "loss": cross_entropy, "model": Lookup}
    assert train(native=True, **options) == train(compiled=False, **options)


def test_an_example_may_be_its_own_target():
    data = [(x, x) for x, _ in ROWS]

    def loss(prediction, target):
        return op.sum([(p - t) ** 2 for p, t in zip(prediction, target, strict=True)])

    model = MLP(2, [3, 2], rng=random.Random(1))
    assert fit(model, data, loss, epochs=2).ran == "compiled"


def test_what_a_schedule_calls_may_be_exchanged():
    def run(**options):
        rates = [lambda step: 0.05]

        def exchange(epoch):
            if epoch.number == 2:
                rates[0] = lambda step: 0.05 / (2 + step)

        schedule = lambda step: rates[0](step)  # noqa: E731 - a closure, as people write them
        return train(optimizer=lambda p: SGD(p, schedule), callback=exchange, **options)

    assert run() == run(compiled=False)


def test_examples_may_be_edited_between_steps():
    weights = []
    for edits in (True, False):
        rows, model = [(list(x), y) for x, y in ROWS], network()
        if not edits:
            rows[RARE][0][0] = 3.0
        for i, _ in enumerate(
            fit_by_steps(model, rows, squared_error, epochs=3, rng=random.Random(5))
        ):
            if edits and not i:  # before the first step
                rows[RARE][0][0] = 3.0
        weights.append([x.data for x in model.parameters()])
    assert weights[0] == weights[1]


def test_an_edited_list_is_seen_beside_tuples_that_are_alike():
    """A tuple of the same numbers before it says nothing of a list."""
    edited = [(0.5, 0.25), 0.75]

    def change(epoch):
        edited[1] = float(epoch.number)

    rows = [((x, y), target) for (x, y), target in ROWS] + [edited]
    found = []
    for compiled in (None, False):
        edited[1] = 0.75
        model = network()
        fit(model, rows, squared_error, epochs=12, batch_size=4, rng=random.Random(5),
            callback=change, compiled=compiled is not False)  # fmt: skip
        found.append([x.data for x in model.parameters()])
    assert found[0] == found[1]
