"""why's verdicts against a second engine: a network and its gradients in plain lists and floats.

Nothing of the package computes here but the training itself and ``why``.
"""

import math
import random

import pytest

from micrograd_nn import MLP, fit, why
from micrograd_nn.losses import squared_error
from micrograd_nn.optim import SGD, Adam

LINE = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
WAVE = [([x / 10], math.sin(3 * x / 10)) for x in range(-10, 11)]
RULES = {
    "relu": (lambda z: max(0.0, z), lambda z, y: float(z > 0)),
    "tanh": (math.tanh, lambda z, y: 1 - y * y),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z, y: y * (1 - y)),
}
STEEPEST = {"tanh": 1.0, "sigmoid": 0.25}


def read_layers(state):
    """Return a state as rows of weights and a bias, layer by layer."""
    layers = {}
    for name, number in state.items():
        _, layer, _, neuron, *rest = name.split(".")
        row = layers.setdefault(int(layer), {}).setdefault(int(neuron), ([], []))
        row[0 if rest[0] == "w" else 1].append(number)
    return [
        [(row[0], row[1][0]) for _, row in sorted(layer.items())]
        for _, layer in sorted(layers.items())
    ]


def run(layers, x, target, activation):
    """Return an example's loss, the gradients by layer, and the hidden units' slopes."""
    rule, slope_of = RULES[activation]
    inputs, slopes, given = [], [], x
    for i, layer in enumerate(layers):
        inputs.append(given)
        sums = [sum(w * a for w, a in zip(row, given, strict=True)) + bias for row, bias in layer]
        is_last = i == len(layers) - 1
        given = sums if is_last else [rule(z) for z in sums]
        slopes.append(
            [1.0] * len(sums)
            if is_last
            else [slope_of(*pair) for pair in zip(sums, given, strict=True)]
        )
    loss = (given[0] - target) ** 2
    back, gradients = [2 * (given[0] - target)], []
    for layer, below, slope in reversed([*zip(layers, inputs, slopes, strict=True)]):
        local = [b * s for b, s in zip(back, slope, strict=True)]
        gradients.insert(0, [d * a for d in local for a in [*below, 1.0]])
        rows = [[d * w for w in row] for d, (row, _) in zip(local, layer, strict=True)]
        back = [sum(column) for column in zip(*rows, strict=True)]
    return loss, gradients, slopes[:-1]


def measure(numbers):
    return math.sqrt(sum(x * x for x in numbers) / len(numbers))


class Truth:
    """What is so in an epoch, of all examples."""

    def __init__(self, snapshot, data, activation):
        self.epoch = snapshot.epoch
        layers = read_layers(snapshot.state)
        runs = [run(layers, x, y, activation) for x, y in data]
        self.losses = [loss for loss, _, _ in runs]
        self.loss = sum(self.losses) / len(runs)
        self.layers = [
            measure([g for _, gradients, _ in runs for g in gradients[i]])
            for i in range(len(layers))
        ]
        self.size = math.hypot(*self.layers)
        self.examples = [measure([g for layer in each for g in layer]) for _, each, _ in runs]
        least = 0.01 * STEEPEST.get(activation, 0.0)
        self.flat = {
            (i, j)
            for i, layer in enumerate(layers[:-1])
            for j in range(len(layer))
            if all(s[i][j] == 0 if activation == "relu" else s[i][j] < least for _, _, s in runs)
        }


def find_since(epochs, holds):
    """Return the epoch from which on something holds up to the last one, None if it doesn't."""
    since = None
    for truth in reversed(epochs):
        if not holds(truth):
            return since
        since = truth.epoch
    return since


def judge(history, activation):
    """Return what is so by the rules that ``why`` prints, as kinds and their epochs."""
    data = history.recording.training
    epochs = [Truth(snapshot, data, activation) for snapshot in history.recording.snapshots]
    start, found = epochs[0], {}
    sizes = sorted(start.examples)
    for count in range(1, len(sizes) // 10 + 1):
        if sizes[-count] > 100 * sizes[-count - 1] > 0:
            found["outweighed"] = 0
    for truth in reversed(epochs):
        if truth.size > 1000 * start.size > 0 and truth.loss > start.loss:
            found["exploded"] = truth.epoch
    units = [find_since(epochs, lambda t, u=unit: u in t.flat) for unit in epochs[-1].flat]
    if units:
        found["dead" if activation == "relu" else "saturated"] = min(units)
    gone = find_since(epochs, lambda t: t.size == 0 and t.loss != 0)
    faded = find_since(epochs, lambda t: min(t.layers) < 1e-4 * max(t.layers))
    if gone is not None or faded is not None:
        found["vanished"] = faded if gone is None else gone
    return found, epochs


def train(model, data, lr=0.05, epochs=12, optimizer=SGD, batch_size=32):
    optimizer = optimizer(model.parameters(), lr)
    return fit(
        model, data, squared_error, optimizer=optimizer, epochs=epochs, record=True,
        batch_size=batch_size, rng=random.Random(1),
    )  # fmt: skip


def make(sizes, activation="relu", seed=0, scale=1.0, shift=0.0):
    model = MLP(1, sizes, activation, rng=random.Random(seed))
    for name, parameter in model.named_parameters():
        if name.startswith("layers.0."):
            parameter.data = parameter.data * scale + shift * name.endswith(".b")
    return model


def spoil(data, place, target):
    return [(x, target) if i == place else (x, y) for i, (x, y) in enumerate(data)]


TRAININGS = {
    "a too large rate kills relus": (
        "dead", "relu", lambda: train(make([8, 1]), [(x, 10 * y) for x, y in LINE], lr=1.0)
    ),
    "large weights saturate tanhs": (
        "saturated", "tanh", lambda: train(make([6, 1], "tanh", scale=20.0, shift=30.0), LINE)
    ),
    "large weights saturate sigmoids": (
        "saturated", "sigmoid", lambda: train(make([6, 1], "sigmoid", shift=-20.0), LINE)
    ),
    "gradients vanish through 12 layers": (
        "vanished", "sigmoid", lambda: train(make([3] * 12 + [1], "sigmoid"), WAVE, epochs=3)
    ),
    "gradients explode": (
        "exploded", "relu", lambda: train(make([1]), [([float(x)], 2.0 * x) for x in range(9)], 0.5)
    ),
    "gradients explode behind tanhs": (
        "exploded", "tanh",
        lambda: train(
            make([4, 1], "tanh"), [([float(x)], 20.0 * x) for x in range(9)], 2.0, batch_size=4
        ),
    ),
    "a target is a million": (
        "outweighed", "tanh",
        lambda: train(make([6, 1], "tanh"), spoil(LINE, 7, 1e6), 0.01, 30, Adam),
    ),
    "a target is a million, and the rate too large": (
        "outweighed", "tanh", lambda: train(make([6, 1], "tanh"), spoil(LINE, 7, 1e6), 0.1)
    ),
    "a healthy one of tanhs": ("", "tanh", lambda: train(make([8, 1], "tanh"), WAVE, 0.1, 25)),
    "a healthy one of sigmoids": (
        "", "sigmoid", lambda: train(make([8, 1], "sigmoid"), WAVE, 0.05, 25, Adam)
    ),
    "a healthy one of relus": ("", "relu", lambda: train(make([6, 1], shift=1.0), LINE, 0.02, 25)),
    "a straight line": ("", "relu", lambda: train(make([1]), LINE, 0.1, 25)),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_made_to_go_wrong_is_told_as_it_is(name):
    kind, activation, make_history = TRAININGS[name]
    history = make_history()
    found = why(history)
    truth, epochs = judge(history, activation)
    assert {one.kind: one.epoch for one in found.found} == truth
    assert kind in truth if kind else truth == {}
    assert ("Nothing of the kind was found." in str(found)) is (not kind)
    for one in found.found:
        check_cause(one, history, epochs, activation)


def check_cause(one, history, epochs, activation):
    """Check the example, its graph and the edge behind a finding."""
    x, target = history.recording.training[one.example]
    seen = next(truth for truth in epochs if truth.epoch == one.seen)
    state = next(s.state for s in history.recording.snapshots if s.epoch == one.seen)
    loss, gradients, _ = run(read_layers(state), x, target, activation)
    assert one.graph.root.data == pytest.approx(loss)
    own = {one.graph.names[leaf]: one.graph.gradients.get(leaf, 0.0) for leaf in one.graph.leaves}
    flat = [g for layer in gradients for g in layer]
    assert [own[name] for name in order_names(state)] == pytest.approx(flat, rel=1e-9, abs=1e-300)
    if one.kind in ("outweighed", "exploded"):
        largest = max(abs(g) for g in flat)
        every = [
            run(read_layers(state), x, target, activation)[1]
            for x, target in history.recording.training
        ]
        if one.kind == "outweighed":
            assert seen.examples.index(max(seen.examples)) == one.example
            assert largest == max(abs(g) for each in every for layer in each for g in layer)
        else:
            place = seen.layers.index(max(seen.layers))
            best = max(abs(g) for each in every for g in each[place])
            assert max(map(abs, gradients[place])) == pytest.approx(best)
    assert one.node.inputs[one.position] in one.graph.places


def order_names(state):
    """Return a state's names in the order of the lists: each neuron's weights, then its bias."""
    return sorted(
        state,
        key=lambda name: [
            int(part) if part.isdigit() else part for part in name.replace(".b", ".z").split(".")
        ],
    )
