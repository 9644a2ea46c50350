"""Training keeps its word for any model: with classes of one's own, Modules or not."""

import copy
import random
from operator import itemgetter

import pytest

from micrograd_nn import Value, page, why
from micrograd_nn.extras.train import fit, fit_by_steps, mean_loss, split
from micrograd_nn.losses import l1_penalty, l2_penalty, squared_error
from micrograd_nn.nn import MLP, Module
from micrograd_nn.optim import SGD, Adam

POINTS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0], [1.0, 1.0, -1.0]]
TARGETS = [1.0, -1.0, -1.0, 1.0, -1.0]  # the last two can't be met at once
DATA = [*zip(POINTS, TARGETS, strict=True)]


class Neuron:
    def __init__(self, rng, count):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(count)]
        self.b = Value(rng.uniform(-1, 1))

    def __call__(self, x):
        return sum((w * x for w, x in zip(self.w, x, strict=True)), self.b).tanh()

    def parameters(self):
        return [*self.w, self.b]


class Network:
    """The lecture's, in two layers of plain classes."""

    def __init__(self, seed=1):
        rng = random.Random(seed)
        self.inner, self.last = [Neuron(rng, 3) for _ in range(3)], Neuron(rng, 3)

    def __call__(self, x):
        return self.last([neuron(x) for neuron in self.inner])

    def parameters(self):
        return [p for neuron in [*self.inner, self.last] for p in neuron.parameters()]


class Generated(Network):
    def parameters(self):
        yield from super().parameters()


class Wrapped(Module):
    """A Module around plain classes, which names none of the parameters that it gives."""

    def __init__(self):
        self.net = Network()

    def __call__(self, x):
        return self.net(x)

    def parameters(self):
        return self.net.parameters()


class Both(Network, Module):
    """A Module whose attributes are plain objects."""


class Delegating:
    """What has a model's methods by asking the model."""

    def __init__(self):
        self.net = MLP(3, [3, 1], "tanh", rng=random.Random(1))

    def __call__(self, x):
        return self.net(x)

    def __getattr__(self, name):
        if name == "net":
            raise AttributeError(name)
        return getattr(self.net, name)


class Counting(Module):
    """A model with a state of its own beside its parameter: the mean of what it has seen."""

    def __init__(self):
        self.w, self.scale = Value(0.5), 1.0

    def __call__(self, x):
        return self.w * x[0] * self.scale

    def state(self):
        return {"w": self.w.data, "scale": self.scale}

    def load_state(self, state):
        self.w.data, self.scale = state["w"], state["scale"]


MODELS = [Network, Generated, Wrapped, Both, Delegating]


def wild(step):
    """Return a learning rate that learns for 10 steps and then jumps about."""
    return 0.3 if step < 10 else 60.0


def numbers(model):
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("make", MODELS)
@pytest.mark.filterwarnings("ignore:this training runs without programs")
def test_any_model_is_left_with_its_best_weights(make, compiled):
    model, seen = make(), []
    history = fit(
        model, DATA, squared_error, optimizer=SGD(model.parameters(), wild), epochs=40,
        compiled=compiled, record=True, callback=lambda epoch: seen.append(numbers(model)),
    )  # fmt: skip
    best = history.best
    assert best.number < 40, "the last weights aren't the best"
    assert numbers(model) == seen[best.number] != seen[-1]
    assert mean_loss(model, DATA, squared_error) == pytest.approx(best.loss, rel=1e-12)
    assert [[*x.state.values()] for x in history.recording.snapshots] == seen


@pytest.mark.parametrize("make", MODELS)
@pytest.mark.filterwarnings("ignore:this training runs without programs")
def test_patience_and_ctrl_c_leave_the_best_weights_of_any_model(make):
    model, states = make(), []

    def callback(epoch):
        states.append((epoch.loss, numbers(model)))
        if epoch.number == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(
            model,
            DATA,
            squared_error,
            optimizer=SGD([*model.parameters()], wild),
            callback=callback,
        )
    assert numbers(model) == min(states, key=itemgetter(0))[1]
    model = make()
    history = fit(
        model, DATA, squared_error, optimizer=SGD([*model.parameters()], wild), patience=3
    )
    assert history.stopped == "no better epoch in 3"
    assert mean_loss(model, DATA, squared_error) == pytest.approx(history.best.loss, rel=1e-12)


def test_a_parameter_that_the_optimizer_alone_has_goes_back_to_the_best_epoch_too():
    model, scale, seen = Network(), Value(1.0), []
    optimizer = SGD([*model.parameters(), scale], wild)
    history = fit(
        model, DATA, lambda p, y: squared_error(p * scale, y), optimizer=optimizer, epochs=40,
        record=True, callback=lambda epoch: seen.append(scale.data),
    )  # fmt: skip
    assert history.best.number < 40
    assert scale.data == seen[history.best.number] != seen[-1]
    assert [x.state["parameters.16"] for x in history.recording.snapshots] == seen


def test_a_state_of_its_own_goes_back_with_the_parameters():
    model, data = Counting(), [([1.0], 1.0), ([2.0], 2.0)]
    scales = []

    def callback(epoch):
        model.scale = 1.0 + epoch.number / 10
        scales.append(model.scale)

    history = fit(
        model, data, squared_error, optimizer=SGD([model.w], 0.5), epochs=6, callback=callback,
        record=True,
    )  # fmt: skip
    best = history.best.number
    assert model.scale == (scales[best - 1] if best else 1.0)
    assert mean_loss(model, data, squared_error) == history.best.loss
    own = history.recording.snapshots[1].own
    assert own["scale"] == scales[0]


@pytest.mark.parametrize("name", ["state", "load_state"])
@pytest.mark.parametrize("thing", [{}, lambda self, *given: None], ids=["attribute", "method"])
def test_half_a_state_of_its_own_is_none(name, thing):
    model, data = type("Odd", (Wrapped,), {name: thing})(), [([1.0, 2.0, -1.0], 0.5)]
    history = fit(model, data, squared_error, optimizer=SGD(model.parameters(), 0.5), epochs=3)
    assert mean_loss(model, data, squared_error) == history.best.loss


def test_what_looks_at_a_recorded_training_has_the_weights_of_any_model():
    model = Wrapped()
    history = fit(
        model, DATA, squared_error, optimizer=SGD(model.parameters(), wild), epochs=20, record=True
    )
    left = numbers(model)
    assert str(why(history))
    page(history)
    history.plot_descent("net.inner.0.w.0", "net.inner.0.b")
    assert numbers(model) == left
    again = copy.deepcopy(history.recording)
    again.weights.put(again.snapshots[0])
    assert numbers(again.model) == [*history.recording.snapshots[0].state.values()]
    assert numbers(model) == left


def test_a_model_of_plain_classes_trains_as_the_same_one_of_modules():
    class Plain(Module):
        def __init__(self):
            self.net = Network()
            self.held = self.net.parameters()

        def __call__(self, x):
            return self.net(x)

    results = []
    for model in (Network(), Plain()):
        optimizer = Adam(model.parameters(), 0.05)
        fit(model, DATA, squared_error, optimizer=optimizer, rng=random.Random(0))
        results.append(numbers(model))
    assert results[0] == results[1] != numbers(Network())


@pytest.mark.parametrize("epochs", [2, 40])  # by the graph, by programs
@pytest.mark.parametrize("make", [Network, Wrapped])
@pytest.mark.filterwarnings("ignore:this training runs without programs")
def test_parameters_that_the_loss_does_not_depend_on_are_told_of_any_model(make, epochs):
    model, spare = make(), Value(7.0)
    given = [*model.parameters(), spare]
    model.parameters = lambda: given
    with pytest.warns(
        UserWarning, match=r"doesn't depend on 1 of the parameters, .*: parameters.16"
    ) as told:
        fit(model, DATA, squared_error, epochs=epochs)
    assert {one.filename for one in told} == {__file__}
    assert spare.data == 7.0


class Pick(Module):
    """A table of which each example takes one row."""

    def __init__(self):
        self.rows = [Value(0.5), Value(-0.5)]

    def __call__(self, x):
        return self.rows[x] * 2.0


@pytest.mark.parametrize("compiled", [True, False])
def test_parameters_that_other_examples_of_a_batch_depend_on_are_no_fault(compiled):
    fit(Pick(), [(0, 1.0), (1, -1.0)] * 30, squared_error, epochs=2, compiled=compiled)


class HalfGiven(Network):
    """Its ``parameters()`` forget the last neuron."""

    def parameters(self):
        return [p for neuron in self.inner for p in neuron.parameters()]


class HalfModule(Wrapped):
    """Such a Module, of which its own ``parameters()`` has a part."""

    def parameters(self):
        return self.net.last.parameters()


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(
    ("make", "told"),
    [(HalfGiven, r"lack 4 of .*: last\.w\.0, "), (HalfModule, r"lack 12 of .*: net\.inner\.0\.w")],
)
def test_weights_that_parameters_forgets_are_told(make, told, compiled):
    model = make()
    with pytest.warns(UserWarning, match=told):
        fit(model, DATA, squared_error, epochs=40, compiled=compiled, native=False)


def test_weights_that_are_held_on_purpose_are_no_fault():
    """The optimizer has a part of the parameters, or numbers of the data are kept."""
    model = Network()
    before = model.last.b.data
    fit(model, DATA, squared_error, optimizer=Adam(model.inner[0].parameters()), epochs=2)
    assert model.last.b.data == before

    class Keeping(Network):
        def __call__(self, x):
            self.x = x
            return super().__call__(x)

    data = [([Value(x) for x in point], target) for point, target in DATA]
    kept = Keeping()
    kept(data[0][0])
    fit(kept, data, squared_error, epochs=2)
    half = HalfGiven()
    optimizer = Adam([*half.parameters(), *half.last.parameters()])
    fit(half, DATA, squared_error, optimizer=optimizer, epochs=2)


# Data that gives its items once


@pytest.mark.parametrize(
    "once",
    [lambda: zip(POINTS, TARGETS, strict=True), lambda: (x for x in DATA), lambda: iter(DATA)],
)
def test_an_iterator_of_pairs_is_data(once):
    def train(data, validation=0.0):
        model = Network()
        history = fit(
            model, data, squared_error, epochs=3, validation=validation, rng=random.Random(0)
        )
        return numbers(model), history.epochs

    assert train(once()) == train(DATA)
    assert train(once(), once()) == train(DATA, DATA)
    assert train(once(), 0.4) == train(DATA, 0.4)
    assert mean_loss(Network(), once(), squared_error) == mean_loss(Network(), DATA, squared_error)
    assert len([*fit_by_steps(Network(), once(), squared_error, epochs=2)]) == 2
    assert len(split(once(), 0.4, random.Random(0))[0]) == 3


def test_an_iterator_that_has_given_its_items_is_refused():
    used = zip(POINTS, TARGETS, strict=True)
    assert len([*used]) == 5
    for given in ({"data": used}, {"data": DATA, "validation": used}):
        with pytest.raises(ValueError, match=r"gave no example: .* once, so write list\(zip"):
            fit(Network(), loss=squared_error, **given)
    with pytest.raises(ValueError, match="gave no example"):
        mean_loss(Network(), used, squared_error)
    with pytest.raises(ValueError, match="mean_loss needs at least one example"):
        mean_loss(Network(), [], squared_error)


# What is refused


class Outer(Module):
    """A Module whose Values are where nobody could name them."""

    def __init__(self):
        self.weights = {Value(1.0)}

    def __call__(self, x):
        return sum(self.weights) * x[0]


def test_a_module_without_parameters_says_why_it_may_have_none():
    with pytest.raises(ValueError, match=r"needs a parameter at least.* but not in sets"):
        fit(Outer(), DATA, squared_error)


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_a_penalty_called_with_its_strength_alone_says_what_it_is_of(penalty):
    name = penalty.__name__
    told = rf"{name} takes the parameters and then a strength, not 0.0001: write penalty={name}, or"
    with pytest.raises(TypeError, match=told):
        penalty(1e-4)
