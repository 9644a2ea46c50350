"""Training with programs: the weights of training by the graph, bit for bit, or the graph."""

import math
import random
import re
import warnings
from collections import namedtuple
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from micrograd_nn import Constant, Operation, Value, choose
from micrograd_nn.checks.mistakes import AnomalyError, anomaly_detection
from micrograd_nn.engine import table as op
from micrograd_nn.extras.compile.compiler.variants import MOST_VARIANTS
from micrograd_nn.extras.train import fit
from micrograd_nn.extras.train.loop import WORTH_COMPILING
from micrograd_nn.extras.train.objective import Objective
from micrograd_nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    l1_penalty,
    l2_penalty,
    mean_absolute_error,
    squared_error,
)
from micrograd_nn.nn import MLP, Module, Neuron
from micrograd_nn.optim import SGD, Adam

XS = [x / 10 for x in range(-20, 21)]
LINE = [([x], 2 * x + 1) for x in XS]
PLANE = [([x, math.sin(5 * x)], math.cos(3 * x)) for x in XS]


def figures(history):
    """Return a history's losses to nine digits: they are summed program by program."""
    return [
        [x if x is None else f"{x:.9g}" for x in (epoch.loss, epoch.validation_loss)]
        for epoch in history.epochs
    ]


def network(*sizes, activation="tanh", inputs=1, seed=0):
    return MLP(inputs, list(sizes), activation, rng=random.Random(seed))


def trained(model, data, loss, compiled, *, own=(), optimizer=Adam, lr=0.05, epochs=10, **options):
    """Return the history of a training, and all its numbers: weights, losses, gradients."""
    parameters = [*model.parameters(), *own]
    options = {"batch_size": 7, "rng": random.Random(1)} | options
    history = fit(
        model, data, loss, compiled=compiled, epochs=epochs, optimizer=optimizer(parameters, lr),
        **options,
    )  # fmt: skip
    return history, [x.data for x in parameters]


def both(make, data, loss, **options):
    """Train compiled and eager, compare the weights bit for bit, and return both histories."""
    history, weights = trained(make(), data, loss, True, **options)
    eager_history, eager_weights = trained(make(), data, loss, False, **options)
    assert weights == eager_weights
    assert eager_history.ran == "eager: as asked"
    assert figures(history) == figures(eager_history)
    assert history.stopped == eager_history.stopped
    return history, eager_history


def targets(of):
    return [(x, of(y)) for x, y in LINE]


# The same weights, bit for bit

TASKS = {
    "squared error": (lambda: network(4, 1), LINE, squared_error),
    "squared error of lists": (
        lambda: network(4, 2), targets(lambda y: [y, -y]), squared_error,
    ),
    "mean absolute error": (lambda: network(4, 1), LINE, mean_absolute_error),
    "mean absolute error of lists": (
        lambda: network(4, 2), targets(lambda y: (y, 1.0)), mean_absolute_error,
    ),
    "hinge, whole": (lambda: network(4, 1), targets(lambda y: 1 if y > 1 else -1), hinge),
    "hinge, floats": (lambda: network(4, 1), targets(lambda y: 1.0 if y > 1 else -1.0), hinge),
    "logistic, whole": (
        lambda: network(4, 1), targets(lambda y: 1 if y > 1 else 0), binary_cross_entropy,
    ),
    "logistic, floats": (
        lambda: network(4, 1), targets(lambda y: 1.0 if y > 1 else 0.0), binary_cross_entropy,
    ),
    "logistic, flags": (lambda: network(4, 1), targets(lambda y: y > 1), binary_cross_entropy),
    "logistic, soft": (
        lambda: network(4, 1), targets(lambda y: 0.25 if y > 1 else 0.5), binary_cross_entropy,
    ),
    "classes": (lambda: network(4, 3), targets(lambda y: int(abs(y)) % 3), cross_entropy),
    "relu and two inputs": (
        lambda: network(6, 1, activation="relu", inputs=2), PLANE, squared_error,
    ),
    "numpy's numbers": (
        lambda: network(4, 1),
        [([np.float64(x[0])], np.int64(y > 1)) for x, y in LINE],
        binary_cross_entropy,
    ),
    "whole inputs": (
        lambda: network(4, 1, inputs=2), [([i % 3, i % 2], i % 5) for i in range(40)],
        squared_error,
    ),
    "one neuron": (lambda: Neuron(1, rng=random.Random(0)), LINE, squared_error),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize(
    ("penalty", "validation"),
    [(None, 0.0), (l2_penalty, 0.25), (l1_penalty, 0.25)],
    ids=["alone", "l2", "l1"],
)
def test_the_weights_are_the_graphs(name, penalty, validation):
    history, _ = both(*TASKS[name], penalty=penalty, validation=validation, epochs=12)
    assert history.ran == "compiled"


def test_one_program_serves_all_classes():
    model, data = network(4, 3), targets(lambda y: int(abs(y)) % 3)
    objective = Objective(model, cross_entropy, model.parameters())
    for batch in (data, data[::-1], data[:5]):
        objective.leave_gradient(batch)
    assert objective.ran == "compiled"
    assert len({y for _, y in data}) == 3
    assert len(objective.variants) == 1


def test_a_class_that_is_not_there_is_told_by_the_graph_and_gives_no_number():
    model, data = network(4, 3), targets(lambda y: int(abs(y)) % 3)
    objective = Objective(model, cross_entropy, model.parameters())
    objective.leave_gradient(data)
    with pytest.raises(ValueError, match="cross_entropy of 3 logits has no class 3"):
        objective.leave_gradient([(data[0][0], 3)])


class Tokens(Module):
    """The mean of what tokens of a text stand for, by a table that is also used as it is."""

    def __init__(self):
        rng = random.Random(1)
        self.table = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(5)]

    def __call__(self, tokens):
        columns = list(zip(*self.table, strict=True))
        states = [choose(token, column) for token in tokens for column in columns]
        state = [op.tanh(op.sum(states[i::3])) for i in range(3)]
        return [op.dot(row, state) for row in self.table]


TEXTS = [([i % 5, i * i % 5, (2 * i + 1) % 5][: 1 + i % 3], (i * 3) % 5) for i in range(40)]


def test_one_program_serves_all_texts_of_one_length():
    history, _ = both(Tokens, TEXTS, cross_entropy, epochs=12, batch_size=3)
    assert history.ran == "compiled"
    model = Tokens()
    objective = Objective(model, cross_entropy, model.parameters())
    objective.leave_gradient(TEXTS)
    assert len(objective.variants) == 3


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 1000),
    sizes=st.lists(st.integers(1, 4), max_size=2),
    activation=st.sampled_from(["relu", "tanh", "gelu", "elu", "softplus", "leaky_relu", "silu"]),
    batch_size=st.integers(1, 50),
)
def test_with_any_network(seed, sizes, activation, batch_size):
    history, _ = both(
        lambda: network(*sizes, 1, activation=activation, inputs=2, seed=seed),
        PLANE, squared_error, batch_size=batch_size, validation=0.2, penalty=l2_penalty,
    )  # fmt: skip
    assert history.ran == "compiled"


def test_patience_ends_both_in_the_same_epoch():
    history, _ = both(
        lambda: network(3, 1), LINE, squared_error, validation=0.3, patience=2, lr=0.3, epochs=60
    )
    assert history.stopped == "no better epoch in 2"


# Losses of one's own


def bent(prediction, target):
    return (prediction - target) ** 2 if prediction > target else 3 * abs(prediction - target)


def huber(prediction, target):
    size = abs(prediction - target)
    return size * size / 2 if size <= 0.5 else 0.5 * size - 0.125


def by_younger(prediction, target):
    return (prediction - target) ** 2 if prediction < prediction * prediction else -prediction


def by_max(prediction, target):
    return max((prediction - target) ** 2, abs(prediction - target), prediction)


@pytest.mark.slow
@pytest.mark.parametrize("loss", [bent, huber, by_younger, by_max])
@pytest.mark.parametrize("validation", [0.0, 0.25], ids=["", "validation"])
def test_a_loss_may_branch(loss, validation):
    history, _ = both(
        lambda: network(3, 1), LINE, loss, validation=validation, penalty=l2_penalty, epochs=15
    )
    assert history.ran == "compiled"


def test_a_penalty_may_branch_and_is_left_to_the_graph_once_it_goes_another_way():
    def penalty(parameters):
        return op.sum([w * w if w > 0.5 else -w for w in parameters]) * 0.1

    history, _ = both(lambda: network(3, 1), LINE, squared_error, penalty=penalty, epochs=30)
    assert re.match(r"eager: the penalty: .* was (True|False) when the graph was", history.ran)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_loss_may_be_constant_for_all_examples_of_a_batch(compiled):
    """As is one that asks for no more than a margin, once all examples have that."""

    def loss(prediction, target):
        return max(prediction, Constant(-1e6)) if target else Constant(0.0)

    data = [([0.5], 0), ([0.7], 0), ([0.2], 0), ([0.1], 1)]
    model = network(1)
    before = model.state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history = fit(
            model, data, loss, optimizer=SGD(model.parameters(), 0.1), batch_size=1,
            epochs=WORTH_COMPILING // 4 + 1, rng=random.Random(1), compiled=compiled,
        )  # fmt: skip
    assert history.best.loss < history.epochs[0].loss
    assert model.state() != before


class Sum(Module):
    def __init__(self):
        self.w, self.b = Value(1.5), Value(0.1)

    def __call__(self, xs):
        return self.w * op.sum(xs) + self.b


class Power(Module):
    def __init__(self):
        self.a, self.w = Value(0.3), Value(1.5)

    def __call__(self, x):
        return self.a * x[0] ** self.w + self.a * self.a * self.w + self.w


MISSING = math.nan
WEIGHTS = {"high": 2.0, "low": 0.5}
COMPILED = {
    "a loss that detaches": (Sum, LINE, lambda p, t: (p - t) ** 2 * (p.detach() ** 2 + 0.5)),
    "other things in a target": (
        Sum,
        [(x, {"y": y, "kind": "high" if i % 3 else "low", "flag": i % 2 == 0, "none": None})
         for i, (x, y) in enumerate(LINE)],
        lambda p, t: (p - t["y"]) ** 2 * (WEIGHTS[t["kind"]] if t["flag"] else 1.0),
    ),
    "different lengths": (
        Sum, [([i / 10] * (1 + i % 5), i / 5) for i in range(40)],
        lambda p, t: squared_error(p, t) * 0.01,
    ),
    "a base of zero": (Power, [([i % 10 / 3.0], i / 7) for i in range(40)], squared_error),
    "soft targets that are looked at": (
        Sum, [(x, i / 100) for i, (x, _) in enumerate(LINE)], binary_cross_entropy,
    ),
    "a NaN that a list knows by its identity": (
        Sum,
        [*[([x], [1.0, MISSING if i == 37 else 2.0]) for i, x in enumerate(XS)],
         *[([x], [y, y]) for x, y in zip(XS, (MISSING, float("nan")), strict=False)]],
        lambda p, t: (p - 1.0) ** 2 * (0.5 + t.count(MISSING)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPILED)
def test_a_loss_and_its_examples_may_be_so(name):
    assert both(*COMPILED[name], penalty=l2_penalty)[0].ran == "compiled"


@pytest.mark.parametrize(
    ("loss_of", "ran"),
    [
        (lambda a, b: lambda p, t: (p - t) ** 2 * (-a).exp() + a + b * b, "compiled"),
        (lambda a, b: lambda p, t: (p - t) ** 2 * a.exp() + b * b if p > t else abs(p - t) * b + a,
         "compiled"),
        (lambda a, b: lambda p, t: (p - t) ** 2 * (2 if a > 0.29 else 3) + a * a + b, "compiled"),
        (lambda a, b: lambda p, t: (p - t) ** 2 * (-a).exp() + a * a.detach() + b * b, "compiled"),
        (lambda a, b: lambda p, t: (p - t) ** 2 + b.detach() * p + a, "compiled"),
        (lambda a, b: lambda p, t: (p - t) ** 2 * (-a).exp() + a * a.data + b * b, "eager: line "),
        (lambda a, b: lambda p, t: (p - t) ** 2 * (2 if a.data > 0.29 else 3) + a + b,
         "eager: line "),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:this training runs without programs")
def test_a_loss_may_have_values_of_its_own_that_learn(loss_of, ran):
    """Which are in the optimizer, and no parameters of the model; a look at one isn't frozen."""
    weights = []
    for compiled in (True, False):
        a, b = Value(0.3, "a"), Value(0.7, "b")
        history, numbers = trained(
            network(3, 1), LINE, loss_of(a, b), compiled, own=(a, b), epochs=15,
            penalty=lambda parameters, a=a: l2_penalty(parameters) + a * a * 0.1,
        )  # fmt: skip
        weights.append((numbers, figures(history)))
        assert history.ran.startswith(ran if compiled else "eager: as asked")
    assert weights[0] == weights[1]
    assert weights[0][0][-2:] != [0.3, 0.7]


# How it ran


def ran(loss=squared_error, data=LINE, **options):
    return both(lambda: network(3, 1), data, loss, **options)[0].ran


def test_little_work_is_not_compiled():
    assert ran(epochs=1) == "eager: too little work to be worth compiling"
    enough = math.ceil(WORTH_COMPILING / len(LINE))
    assert ran(epochs=enough) == "compiled"
    assert ran(epochs=enough - 1) == "eager: too little work to be worth compiling"


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (lambda p, t: p * 0.0 if isinstance(t, (int, float)) and abs(t) > 10 else (p - t) ** 2,
         "uses isinstance"),
        (lambda p, t: (p - t) ** 2 * (1 if p.data > 0 else 2), r"asks for \.data"),
    ],
)  # fmt: skip
def test_a_loss_that_is_not_followed_trains_by_the_graph_and_one_warning_says_why(loss, told):
    data = [*LINE, *LINE]
    data[29] = [0.1], 100.0
    place = rf"line \d+ of test_objective\.py, in {loss.__name__}, {told}"
    with pytest.warns(
        RuntimeWarning, match=f"this training runs without programs: {place}"
    ) as found:
        history, _ = both(lambda: network(3, 1), data, loss)
    assert [one.filename for one in found] == [__file__]
    assert re.match(f"eager: {place}", history.ran)


def test_a_penalty_that_is_not_followed_is_told_too():
    def penalty(parameters):
        return op.sum([w * w for w in parameters if isinstance(w, Value)]) * 0.1

    with pytest.warns(RuntimeWarning, match="without programs: .* in .*, uses isinstance"):
        both(lambda: network(3, 1), LINE, squared_error, penalty=penalty)


@pytest.mark.parametrize(
    "change",
    [
        lambda i: random.Random(i).random(),
        lambda i: 0.0 if i % 5 == 4 else 1.0,
        lambda i: 1 + i / 100,
    ],
)
def test_an_unchecked_loss_that_differs_from_call_to_call_is_left_to_the_graph(change):
    """As is one with dropout."""
    calls = iter(range(10**6))
    history, _ = trained(
        network(3, 1), LINE, lambda p, t: (p - t) ** 2 * change(next(calls)), True, unchecked=True
    )  # fmt: skip
    told = r"eager: for \(\[[-\d.]+\], [-\d.]+\) the compiled loss was \S+, not \S+: it depends"
    assert re.match(told, history.ran)


def test_many_forms_are_left_to_the_graph():
    data = [(x, (y, f"case {i}")) for i, (x, y) in enumerate(LINE * 2)]
    assert ran(lambda p, t: squared_error(p, t[0]), data) == (
        f"eager: more than {MOST_VARIANTS} forms of examples, or of branches"
    )


def test_a_loss_that_is_no_value_is_told():
    for compiled in (True, False):
        with pytest.raises(TypeError, match="must be a Value, computed from the model's output, "):
            trained(network(3, 1), LINE, lambda p, t: 0.0, compiled)


def test_a_penalty_that_is_no_value_fails_as_ever():
    for compiled in (True, False):
        with pytest.raises(AttributeError):
            trained(network(3, 1), LINE, squared_error, compiled, penalty=lambda parameters: 0.0)


def test_a_loss_that_depends_on_no_parameter_runs():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        history, _ = both(lambda: network(3, 1), LINE, lambda p, t: Constant(1.0) + t * t)
    assert history.ran == "compiled"


# Examples of any kind that could be trained on before


@dataclass
class House:
    rooms: float
    price: float


Person = namedtuple("Person", "height weight")


class Inner(Module):
    def __init__(self, number=lambda x: x[0]):
        self.w, self.b = Value(0.5), Value(0.1)
        self.number = number

    def __call__(self, x):
        return self.w * self.number(x) + self.b


EXAMPLES_OF = {
    "arrays": ([(np.array([x, 1.0]), x) for x in XS], lambda x: float(x[0])),
    "arrays as they are": ([(np.array([x, 1.0]), x) for x in XS], lambda x: x[0]),
    "data classes": ([(House(x, 1.0), x) for x in XS], lambda x: x.rooms),
    "named tuples": ([(Person(x, 1.0), x) for x in XS], lambda x: x.height),
    "sets": ([({x}, x) for x in XS], lambda x: next(iter(x))),
    "objects": ([(iter([x]), x) for x in XS], lambda x: 0.5),
    "texts": ([(f"{x}", x) for x in XS], lambda x: float(x)),
    "dictionaries": ([({"a": x, 3: x}, x) for x in XS], lambda x: x["a"] * x[3]),
    "bare numbers": ([(x, x) for x in XS], lambda x: x),
    "nested": ([([[x], (x, {"k": x})], x) for x in XS], lambda x: x[1][1]["k"]),
    "large whole numbers": ([([10**20 + i], 1.0) for i in range(40)], lambda x: x[0] * 1e-20),
    "flags": ([([x > 0], x) for x in XS], lambda x: 2.0 if x[0] else 1.0),
}


@pytest.mark.filterwarnings("ignore:this training runs without programs")
@pytest.mark.parametrize("name", EXAMPLES_OF)
def test_examples_of_any_kind_train_as_the_graph_does(name):
    data, number = EXAMPLES_OF[name]
    both(lambda: Inner(number), data, squared_error)


@pytest.mark.filterwarnings("ignore:this training runs without programs")
def test_a_fraction_among_the_examples_leaves_them_to_the_graph():
    data = [([Fraction(i, 4)], 1.0) for i in range(120)] + [([Fraction(29, 100)], 1.0)]
    history, _ = both(lambda: Inner(lambda x: x[0] * 100 // 1 * 0.01), data, squared_error)
    assert history.ran == "eager: it uses an argument, a Fraction"


# Operations of one's own


def absolute(rule):
    return Operation("absolute", abs, [rule])


@pytest.mark.parametrize(
    "rule",
    [
        lambda out, x: op.sign(x),
        lambda out, x: math.copysign(1.0, x),
        lambda out, x: 1.0 if x > 0 else -1.0,
        lambda out, x: float(np.sign(x)),
        lambda out, x: out / x if x != 0 else 0.0,
    ],
)
def test_a_rule_that_looks_at_numbers_trains_as_the_graph_does(rule):
    own = absolute(rule)
    both(lambda: network(3, 1), LINE, lambda p, t: own(p - t))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["result", "program", "predict", "row", "own"])
@pytest.mark.parametrize("form", [{}, {"python": "fabs({0})"}, {"python": "{0} or {1}"}])
def test_an_operation_of_ones_own_trains_as_the_graph_does(name, form):
    if form.get("python") == "{0} or {1}":
        own = Operation(
            name, lambda x, y: x or y, [lambda out, x, y: 1.0, lambda out, x, y: 0.0],
            inputs=("x", "y"), **form,
        )  # fmt: skip
        both(lambda: network(3, 1), LINE, lambda p, t: own((p - t) ** 2, 3.0))
    else:
        own = Operation(name, math.fabs, [lambda out, x: op.sign(x)], **form)
        both(lambda: network(3, 1), LINE, lambda p, t: own(p - t))


# Interrupted, too large, anomalous


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, ZeroDivisionError])
def test_an_interrupt_in_a_program_leaves_the_best_weights(error):
    states, calls = [], iter(range(10**6))

    def square(x):
        if next(calls) >= 1500:
            raise error
        return x * x

    own = Operation("own", square, [lambda out, x: 2 * x])
    model = network(3, 1)
    with pytest.raises(error):
        trained(
            model, LINE, lambda p, t: own(p - t), True, epochs=100,
            callback=lambda epoch: states.append(model.state()),
        )  # fmt: skip
    assert len(states) > 5
    assert model.state() in states[1:]


@pytest.mark.parametrize("rate", [10.0, 1e80, 1e200, 1e308])
@pytest.mark.parametrize("loss", [squared_error, mean_absolute_error])
@pytest.mark.parametrize("validation", [0.0, 0.25])
def test_a_training_that_diverges_stops_with_a_reason_and_the_same_weights(rate, loss, validation):
    results = []
    for compiled in (True, False):
        history, weights = trained(
            network(3, 1), LINE, loss, compiled, optimizer=SGD, lr=rate, validation=validation
        )
        results.append((weights, figures(history)))
        if loss is squared_error and rate > 10:
            assert re.match(r"the loss became .*: try a smaller learning rate", history.stopped)
        assert all(map(math.isfinite, weights))
    assert repr(results[0]) == repr(results[1])


def test_an_exponential_that_overflows_stops_with_the_operations_reason():
    def loss(prediction, target):
        return (prediction - target).exp() + (target - prediction).exp()

    for compiled in (True, False):
        history, weights = trained(
            network(3, 1), LINE, loss, compiled, optimizer=SGD, lr=lambda s: 1e-3 if s < 20 else 1e4
        )
        assert history.stopped.startswith("the loss became too large (exp(x) is beyond the largest")
        assert all(map(math.isfinite, weights))


def test_anomalies_are_found_in_a_compiled_training_too():
    for compiled in (True, False):
        model = Neuron(1, rng=random.Random(0))
        with anomaly_detection(), pytest.raises(AnomalyError):
            trained(
                model, [([1e200], 0.0)] * 400, mean_absolute_error, compiled, optimizer=SGD,
                lr=lambda step: 0.0 if step < 3 else 1e308, epochs=5,
            )  # fmt: skip


# What is left behind


def test_parameters_are_ordinary_values_afterwards_and_during():
    model = network(3, 1)
    kinds = set()

    def callback(epoch):
        kinds.update(map(type, model.parameters()))

    trained(model, LINE, squared_error, True, callback=callback)
    assert kinds == {Value}
    assert {type(x) for x in model.parameters()} == {Value}
    model([0.5]).backward()


# Gradients that nobody resets


def test_the_gradient_of_a_leaf_outside_the_model_adds_up():
    found = []
    for compiled in (True, False):
        factor = Value(1.0)
        trained(network(3, 1), LINE, lambda p, t, by=factor: by * (p - t) ** 2, compiled)
        found.append(factor.grad)
    assert found[0] == found[1]


@pytest.mark.parametrize("kept", [slice(2), slice(2, None)])
def test_gradients_of_parameters_that_the_optimizer_lacks_add_up(kept):
    found = []
    for compiled in (True, False):
        model = network(3, 1)
        parameters = model.parameters()
        history = fit(
            model, LINE, squared_error, optimizer=SGD(parameters[kept], 0.01), epochs=10,
            batch_size=7, rng=random.Random(1), compiled=compiled,
        )  # fmt: skip
        found.append([(x.data, x.grad, x.passes) for x in parameters])
    assert history.ran == "eager: as asked"
    assert found[0] == found[1]


# Never another number than the graph's


def test_an_unchecked_penalty_that_changes_is_noticed_and_told():
    counts = iter(range(10**6))
    with pytest.warns(RuntimeWarning, match=r"wrong numbers: of the penalty, the compiled loss"):
        trained(
            network(3, 1), LINE, squared_error, True,
            penalty=lambda parameters: l2_penalty(parameters, 0.0 if next(counts) < 9 else 0.1),
            unchecked=True,
        )  # fmt: skip


def test_no_example_is_computed_by_the_graph_more_often_than_its_program_is_checked():
    calls = []

    def loss(prediction, target):
        calls.append(target)
        return (prediction - target) ** 2

    data = [([i / 500], i / 250) for i in range(500)]
    trained(network(3, 1), data, loss, True, epochs=3, batch_size=50, unchecked=True)
    first_step, checks = 50, 40
    assert len(calls) < first_step + checks


def test_examples_that_a_callback_edits_are_read_anew():
    def train(compiled):
        data = [([i / 100], i / 100) for i in range(100)]

        def edit(epoch):
            if epoch.number == 2:
                for x, _ in data[90:]:
                    x[0] += 3.0

        return trained(network(3, 1), data, squared_error, compiled, epochs=8, callback=edit)

    (history, weights), (_, eager_weights) = train(True), train(False)
    assert weights == eager_weights
    assert history.ran == "compiled"


@pytest.mark.parametrize("of", [lambda t: t - 1.0, lambda t: (t - 1) * 2.0, lambda t: t - 1])
def test_a_whole_number_that_became_a_float_has_a_negative_zero(of):
    def loss(prediction, target):
        return (prediction - op.atan2(-of(target), -1.0)) ** 2

    both(lambda: network(3, 1), [(x, i % 3) for i, (x, _) in enumerate(LINE)], loss, epochs=3)


def exactly(t):
    return t * t - (t - 1) * (t + 1)


@pytest.mark.slow
@pytest.mark.parametrize("of", [exactly, lambda t: t**3 - t**2 * t, lambda t: t % -3])
@pytest.mark.parametrize("small", [0, 2**30 + 1])
def test_whole_numbers_are_as_exact_as_pythons(of, small):
    def loss(prediction, target):
        return (prediction - of(target)) ** 2

    data = [([x], small + i % 3) for i, (x,) in enumerate(x for x, _ in LINE)]
    history, _ = both(lambda: network(3, 1), data, loss, epochs=3)
    assert history.ran == "compiled", "with a program for each class"
    data = [([small + 3 * i], 1.0) for i in range(70)]

    def featured(model):
        class Featured(Module):
            parameters = model.parameters

            def __call__(self, x):
                return model([of(x[0]) * 1e-3])

        return Featured()

    history, _ = both(lambda: featured(network(3, 1)), data, squared_error, epochs=3)
    assert re.match("eager: more than 64 forms|eager: line .* give floats", history.ran)


@pytest.mark.parametrize(
    "of",
    [
        lambda t: 1 - t,
        lambda t: 2 * t - 1,
        lambda t: t / 255,
        lambda t: abs(t - 3) + t,
        lambda t: op.atan2(-t, -1.0),
    ],
)
def test_sums_of_whole_numbers_share_a_program(of):
    def loss(prediction, target):
        return (prediction - of(target)) ** 2

    data = [(x, i) for i, (x, _) in enumerate(LINE)]
    objective = Objective(model := network(3, 1), loss, model.parameters())
    objective.leave_gradient(data)
    assert objective.ran == "compiled"
    assert len(objective.variants) == 1
    both(lambda: network(3, 1), data, loss, epochs=3)


@pytest.mark.slow
@pytest.mark.parametrize("native", [False, None])
@pytest.mark.parametrize(
    ("numbers", "ran"),
    [*[([1.0] * n, "") for n in (1, 3, 20, 38)], (range(40), "eager: scale changes again and")],
)
def test_what_a_callback_changes_elsewhere_is_changed_from_the_next_step_on(numbers, ran, native):
    scale = [1.0]

    def turn(epoch):
        scale[0] = numbers[epoch.number] if epoch.number < len(numbers) else -0.5

    def loss(prediction, target):
        return scale[0] * (prediction - target) ** 2

    def penalty(parameters):
        return l2_penalty(parameters, 0.01) * scale[0]

    def make():
        scale[0] = 1.0
        return network(3, 1)

    options = {"epochs": 40, "callback": turn, "penalty": penalty, "native": native}
    history, _ = both(make, LINE, loss, **options)
    assert history.ran.startswith(ran or ("compiled", "native"))
