"""Trainings in C: the weights, losses and states of training by the graph, bit for bit."""

import copy
import math
import random
import threading
from _thread import interrupt_main
from functools import partial

import numpy as np
import pytest
from foreign import needs_compiler
from sizes import choose_size

from micrograd_nn import Value, exp, sign
from micrograd_nn.extras.compile.c.loops import write_looped
from micrograd_nn.extras.compile.native import building, choice, descent
from micrograd_nn.extras.compile.native.building import NoNativeError
from micrograd_nn.extras.train import fit, mean_loss
from micrograd_nn.extras.train.examples import ExampleTable
from micrograd_nn.extras.train.history import History
from micrograd_nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    hinge,
    l1_penalty,
    l2_penalty,
    squared_error,
)
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD, Adam, AdamW, Optimizer, linear

pytestmark = [needs_compiler, pytest.mark.usefixtures("in_c"), pytest.mark.slow]

XS = [x / 10 for x in range(-20, 21)]
PLANE = [((x, math.sin(5 * x)), math.cos(3 * x)) for x in XS]
SIDES = [((x, math.sin(5 * x)), 1 if math.cos(3 * x) > 0 else -1) for x in XS]


class SignDescent(Optimizer):
    """A rule of one's own, with an operation of the table."""

    @staticmethod
    def rule(p, grad, lr):
        return (p - lr * sign(grad),)


class Remembering(Optimizer):
    """A rule of an object, which may be another at the next step."""

    def rule(self, p, grad, lr):
        return (p - lr * grad * (1.0 + 1.0 / self.steps),)


class Twice(SGD):
    """A step that isn't just its rule."""

    def step(self):
        super().step()
        self.parameters[0].data *= 0.99


def call_with_number(change, model, optimizer, data, epoch):
    change(epoch.number, model, optimizer, data)


def train_both(make=Adam, data=PLANE, loss=squared_error, change=None, **options):
    """Train in C and by the graph, and see that all numbers are the same; return how it ran.

    ``change`` is called after each epoch with its number, the model, the optimizer and the data.
    """
    ran, numbers = [], []
    for compiled in (True, False):
        rng = random.Random(2)
        model, examples = MLP(2, [5, 1], rng=rng), copy.deepcopy(data)
        optimizer = make(model.parameters(), 0.05)
        given = {"epochs": 12, "batch_size": 7, "rng": rng} | options
        given["native"] = given.get("native") if compiled else None
        if change is not None:
            given["callback"] = partial(call_with_number, change, model, optimizer, examples)
        history = fit(model, examples, loss, optimizer=optimizer, compiled=compiled, **given)
        ran.append(history.ran)
        numbers.append(
            [
                [(x.data, x.grad, x.passes) for x in model.parameters()],
                [(epoch.loss, epoch.validation_loss, epoch.lr) for epoch in history.epochs],
                [list(state) for state in optimizer.list_states()],
                [optimizer.steps, history.stopped, rng.random()],
            ]
        )
    assert repr(numbers[0]) == repr(numbers[1])  # as nan is nan
    return ran[0]


@pytest.mark.parametrize("penalty", [None, l2_penalty, l1_penalty], ids=["plain", "l2", "l1"])
@pytest.mark.parametrize("validation", choose_size([0.2], [0.0, 0.2]))
@pytest.mark.parametrize(
    "make",
    [
        SGD,
        lambda p, lr: SGD(p, lr, momentum=0.9),
        lambda p, lr: Adam(p, linear(lr, 0.0, 30)),
        lambda p, lr: AdamW(p, lr, weight_decay=0.1),
        lambda p, lr: Adam(p, lr, betas=(0.8, 0.99)),
    ],
    ids=["sgd", "momentum", "adam", "adamw", "betas"],
)
def test_all_numbers_are_those_of_the_graph(make, validation, penalty):
    assert train_both(make, validation=validation, penalty=penalty) == "native"


@pytest.mark.parametrize("batch_size", [1, 13])
@pytest.mark.parametrize("activation", choose_size(["relu"], ["relu", "tanh"]))
def test_classes_are_learned_by_loops(activation, batch_size, monkeypatch):
    def insist_on_loops(program, kind):
        written = write_looped(program, kind)
        assert written is not None
        return written

    monkeypatch.setattr(choice, "write_looped", insist_on_loops)
    rng = random.Random(3)
    data = [([rng.uniform(-1, 1) for _ in range(12)], rng.randrange(7)) for _ in range(30)]
    models = [MLP(12, [9, 7], activation, rng=random.Random(4)) for _ in range(2)]
    for model, compiled in zip(models, (True, False), strict=True):
        fit(model, data, cross_entropy, epochs=3, batch_size=batch_size, compiled=compiled,
            rng=random.Random(5), native=compiled or None)  # fmt: skip
    first, second = ([x.data for x in model.parameters()] for model in models)
    assert repr(first) == repr(second)


def bent(prediction, target):
    """Return a loss with a branch for each sign of the error, and one that few examples take."""
    error = prediction - target
    if error > 0:
        return error * error
    return error * 0.5 if error < -1.2 else -error


def pick(prediction, side):
    """Return a loss to which a target is an index, and no number that may change."""
    return prediction * (0.5, 2.0, -3.0)[side]


@pytest.mark.parametrize(
    ("data", "loss"),
    [(PLANE, squared_error), (SIDES, hinge), (PLANE, bent), (SIDES, pick)],
)
def test_examples_that_nobody_can_edit_are_packed_once(data, loss):
    table = ExampleTable(data)
    assert train_both(data=table, loss=loss, validation=table) == "native"
    fit(MLP(2, [5, 1]), table, loss, epochs=2, validation=table, native=True)
    assert "packed" in vars(table)


MIXED = [(x, y if i % 3 else [y]) for i, (x, y) in enumerate(PLANE)]
FORMS = {
    "whole targets": (SIDES, hinge),
    "whole targets from 0": ([(x, max(y, 0)) for x, y in SIDES], binary_cross_entropy),
    "branches, new ones on the way": (PLANE, bent),
    "mixed": (
        MIXED,
        lambda p, t: (
            squared_error(p, t[0] if isinstance(t, list) else t) * (2 - isinstance(t, list))
        ),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_examples_of_any_form_are_learned_in_c(form):
    data, loss = FORMS[form]
    assert train_both(data=data, loss=loss, unchecked=True) == "native"


def test_whatever_c_returns_in_the_middle_of_makes_no_difference(monkeypatch):
    monkeypatch.setattr(descent, "ROWS_AT_FIRST", 1)
    monkeypatch.setattr(descent, "SECONDS_OF_C", 0.0)
    assert train_both(batch_size=200) == "native"


@pytest.mark.parametrize("lr", [1e3, 1e200])
@pytest.mark.parametrize("make", [SGD, Adam])
def test_a_training_that_diverges_ends_as_it_does_by_the_graph(make, lr):
    train_both(lambda p, _: make(p, lr), loss=lambda p, t: exp((p - t) * (p - t)))


def test_a_schedule_that_fails_fails_at_its_step():
    def rate(step):
        if step == 20:
            raise LookupError("no rate for step 20")
        return 0.05

    weights = []
    for compiled in (True, False):
        model, history = MLP(2, [5, 1], rng=random.Random(2)), History()
        optimizer = SGD(model.parameters(), rate)
        with pytest.raises(LookupError, match="no rate for step 20"):
            fit(
                model, PLANE, squared_error, optimizer=optimizer, compiled=compiled, batch_size=7,
                rng=random.Random(0), history=history,
            )  # fmt: skip
        weights.append(([x.data for x in model.parameters()], optimizer.steps, history.stopped))
    assert weights[0] == weights[1]
    assert weights[0][1] == 20


def test_a_training_goes_on_with_the_same_optimizer():
    found = []
    for compiled in (True, False):
        rng = random.Random(0)
        model = MLP(2, [5, 1], rng=rng)
        optimizer = Adam(model.parameters(), 0.02)
        for _ in range(3):
            fit(
                model, PLANE, squared_error, optimizer=optimizer, epochs=8, compiled=compiled,
                rng=rng,
            )  # fmt: skip
        found.append([x.data for x in model.parameters()])
    assert found[0] == found[1]


def test_a_callback_sees_each_epoch_and_may_change_weights_rates_and_examples():
    seen = []

    def change(number, model, optimizer, data):
        seen.append([x.data for x in model.parameters()])
        model.parameters()[0].data += 0.01
        data[number][0][0] = 0.5
        optimizer.lr = 0.02 / (1 + number)
        optimizer.mean[0] = 0.0

    train_both(data=[(list(x), y) for x, y in PLANE], change=change, record=True)
    assert seen[:13] == seen[13:]


def test_ctrl_c_comes_through_in_the_middle_of_an_epoch_and_leaves_the_best_weights(monkeypatch):
    returns = descent.Descent.go_on

    def go_on(self):
        if self.budget != descent.ROWS_AT_FIRST:  # the second call of the epoch, at least
            interrupt_main()
        return returns(self)

    monkeypatch.setattr(descent.Descent, "go_on", go_on)
    model, history = MLP(2, [5, 1], rng=random.Random(2)), History()
    with pytest.raises(KeyboardInterrupt):
        fit(
            model, PLANE * 300, squared_error, epochs=9, history=history, rng=random.Random(0),
            native=True,  # which waits for the compiler
        )  # fmt: skip
    assert history.stopped == "Ctrl-C"
    assert mean_loss(model, PLANE, squared_error) == pytest.approx(history.best.loss)


def test_another_thread_runs_while_c_does():
    ran = threading.Event()
    thread = threading.Thread(target=ran.set)

    def begin(epoch):
        if epoch.number == 1:
            thread.start()

    fit(MLP(2, [5, 1]), PLANE * 100, squared_error, epochs=3, callback=begin)
    thread.join()
    assert ran.is_set()


def test_a_loss_that_depends_on_more_than_its_example_is_noticed():
    scale = [1.0]

    def loss(prediction, target):
        return squared_error(prediction, target) * scale[0]

    def change(number, *_):
        scale[0] = 1.0 + (11 <= number < 20)  # as at first when the other training begins

    ran = train_both(loss=loss, change=change, epochs=20)
    assert ran == "native", "with a new program"


def test_native_true_waits_for_the_compiler_or_says_why_there_is_none(monkeypatch):
    model = MLP(2, [3, 1], rng=random.Random(0))
    assert fit(model, PLANE[:5], squared_error, epochs=2, native=True).ran == "native"
    in_python = fit(model, PLANE, squared_error, epochs=9, native=False)
    assert (in_python.ran, in_python.not_native) == ("compiled", "as asked")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(building, "find_spec", lambda name: None)
    building.find_compiler.cache_clear()
    before = [x.data for x in model.parameters()]
    with pytest.raises(NoNativeError, match="native=True: there is no C compiler"):
        fit(model, PLANE, squared_error, epochs=9, native=True)
    assert [x.data for x in model.parameters()] == before
    without = fit(model, PLANE, squared_error, epochs=9)
    assert without.ran == "compiled"
    assert without.not_native.startswith("there is no C compiler")
    with pytest.raises(NoNativeError, match="runs without programs, as asked"):
        fit(model, PLANE, squared_error, native=True, compiled=False)


def test_values_that_the_loss_takes_from_elsewhere_are_read_at_each_step():
    weight = Value(0.5)
    assert train_both(loss=lambda p, t: squared_error(p, t) * weight) == "compiled"


def count_calls():
    calls = []

    def rate(step):
        calls.append(step)
        return 0.1 / len(calls)

    return rate


class Decaying(AdamW):
    """Numbers of a step that depend on the weights, by a property."""

    @property
    def weight_decay(self):
        return 0.1 * abs(self.parameters[1].data)

    @weight_decay.setter
    def weight_decay(self, decay):
        pass


class Pair:
    def __init__(self, parameters):
        self.parameters = parameters

    def __iter__(self):
        return iter((min(0.9, abs(self.parameters[1].data)), 0.99))


def adam_of_pair(parameters, lr):
    adam = Adam(parameters, lr)
    adam.betas = Pair(parameters)
    return adam


class Clipping(SGD):
    """Numbers of a step that depend on its gradient."""

    def numbers(self, lr):
        norm = math.sqrt(sum(x.grad**2 for x in self.parameters))
        return lr * min(1.0, 0.3 / norm), self.momentum


class Counting(SGD):
    """Numbers of a step that depend on how often they were asked for."""

    count = 0

    def numbers(self, lr):
        self.count += 1
        return lr / self.count, self.momentum


class Averaging(SGD):
    """Numbers of a step that depend on the optimizer's states."""

    def numbers(self, lr):
        return lr / (1.0 + abs(sum(self.velocity))), self.momentum


class Rated(SGD):
    """A rate of single precision, in which steps are taken then."""

    def numbers(self, lr):
        np = pytest.importorskip("numpy")
        return np.float32(lr), self.momentum


OWN_WAYS = {
    "a schedule that counts its calls": lambda p, lr: SGD(p, count_calls()),
    "a schedule by the weights": lambda p, lr: SGD(p, lambda step: 0.1 * abs(p[0].data)),
    "a schedule of single precision": lambda p, lr: SGD(p, lambda step: np.float32(0.05)),
    "betas that are computed": adam_of_pair,
    **{kind.__name__: kind for kind in
       (SignDescent, Remembering, Twice, Decaying, Clipping, Counting, Averaging, Rated)},
}  # fmt: skip


@pytest.mark.parametrize("name", OWN_WAYS)
def test_what_a_step_depends_on_beyond_its_number_and_a_known_rule_is_no_business_of_c(name):
    assert train_both(OWN_WAYS[name], batch_size=3) == "compiled"


def test_an_optimizer_with_a_way_of_its_own_is_told():
    model = MLP(2, [5, 1], rng=random.Random(0))
    history = fit(model, PLANE, squared_error, optimizer=Twice(model.parameters(), 0.1), epochs=20)
    assert history.not_native.startswith("the optimizer steps in a way of its own")


def freeze(optimizer):
    """Go on with some of the parameters."""
    del optimizer.parameters[:6], optimizer.velocity[:6]


def thaw(optimizer):
    """Go on with many more parameters."""
    optimizer.parameters += [Value(1.0) for _ in range(5000)]
    optimizer.velocity += [0.0] * 5000


@pytest.mark.parametrize("change", [freeze, thaw, lambda optimizer: optimizer.parameters.reverse()])
def test_a_callback_may_change_which_parameters_are_stepped(change):
    def change_once(number, model, optimizer, data):
        if number == 5:
            change(optimizer)

    train_both(lambda p, lr: SGD(p, lr, momentum=0.5), change=change_once)


def test_a_callback_may_set_the_largest_gradient_that_is_taken():
    def change(number, model, optimizer, data):
        if number == 5:
            optimizer.largest_gradient = 1e-4

    assert train_both(SGD, change=change) == "native"


@pytest.mark.parametrize("native", [None, False])
@pytest.mark.parametrize("batch_size", [3, 20, 33])
def test_losses_of_mixed_examples_are_added_as_the_graph_adds_them(batch_size, native):
    def loss(p, t):
        return bent(p, t[0] if isinstance(t, list) else t)

    given = {"batch_size": batch_size, "validation": 0.2, "native": native, "unchecked": True}
    ran = train_both(loss=loss, data=MIXED, **given)
    assert ran == ("native" if native is None else "compiled")


@pytest.mark.parametrize(
    ("make", "loss", "message"),
    [
        (Twice, squared_error, "a way of its own"),
        (lambda p, lr: SGD(p, count_calls()), squared_error, "more than the number of the step"),
        (SGD, lambda p, t: squared_error(p, t) * p.data, r"asks for \.data"),
    ],
)
def test_native_true_never_stays_in_python_without_a_word(make, loss, message):
    model = MLP(2, [3, 1], rng=random.Random(0))
    with pytest.raises(NoNativeError, match=f"^native=True: .*{message}"):
        fit(model, PLANE, loss, optimizer=make(model.parameters(), 0.1), native=True)


@pytest.mark.parametrize("native", ["no", 0, 1, "yes"])
def test_native_is_true_false_or_none(native):
    with pytest.raises(TypeError, match="native is True, False or None, not"):
        fit(MLP(2, [3, 1]), PLANE, squared_error, native=native)


def test_a_schedule_that_a_callback_sets_is_looked_at_anew():
    def change(number, model, optimizer, data):
        if number == 3:
            optimizer.lr = lambda step: 0.05 * abs(model.parameters()[0].data)

    train_both(SGD, change=change, batch_size=3)
