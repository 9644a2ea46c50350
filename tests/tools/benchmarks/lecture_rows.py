"""What ``fit`` takes for four examples with classes of one's own, against the loop by hand."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from measure import Effort, Pair, race, same
from registry import faster

from micrograd_nn import Value
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP, Module
from micrograd_nn.optim import SGD
from micrograd_nn.train import fit

POINTS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
TARGETS = [1.0, -1.0, -1.0, 1.0]
RATE = 0.05


class Neuron(Module):
    """A neuron of the lecture's."""

    def __init__(self, rng: random.Random, count: int) -> None:
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(count)]
        self.b = Value(rng.uniform(-1, 1))

    def __call__(self, x: Any) -> Any:
        return sum((w * x for w, x in zip(self.w, x, strict=True)), self.b).tanh()


class Network(Module):
    """Its network of 3-4-4-1."""

    def __init__(self, rng: random.Random) -> None:
        sizes = [3, 4, 4, 1]
        self.layers = [
            [Neuron(rng, sizes[i]) for _ in range(sizes[i + 1])] for i in range(len(sizes) - 1)
        ]

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]


def packaged(rng: random.Random) -> MLP:
    return MLP(3, [4, 4, 1], ["tanh"] * 3, rng=rng)


def descend(model: Any, epochs: int) -> None:
    """Train by hand, as the lecture does, with the mean of the examples as ``fit`` takes it."""
    parameters = model.parameters()
    for _ in range(epochs):
        errors = [(model(x) - y) ** 2 for x, y in zip(POINTS, TARGETS, strict=True)]
        loss = sum(errors) / len(errors)
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= RATE * p.grad


def train(model: Any, epochs: int, **options: Any) -> None:
    data = [*zip(POINTS, TARGETS, strict=True)]
    optimizer = SGD(model.parameters(), RATE)
    fit(model, data, squared_error, optimizer=optimizer, epochs=epochs, **options)


def race_loops(make: Any, options: dict[str, Any], effort: Effort) -> list[Pair]:
    """Time an epoch of each side, which goes on from where it is."""
    ours, theirs = make(random.Random(1)), make(random.Random(1))
    train(ours, 60, **options)
    descend(theirs, 60)
    for i, (our, their) in enumerate(zip(ours.parameters(), theirs.parameters(), strict=True)):
        same(f"weight {i}", our.data, their.data)
    epochs = effort.size(1000, 3)
    return race(
        lambda: train(ours, epochs, **options), lambda: descend(theirs, epochs), effort,
        (epochs, epochs),
    )  # fmt: skip


for called, make, options, least in (
    ("classes of one's own", Network, {}, 1),
    ("classes of one's own, without C", Network, {"native": False}, 1),
    ("classes of one's own, by the graph", Network, {"compiled": False}, 0.8),
    ("nn.MLP", packaged, {}, 1),
    ("nn.MLP, without C", packaged, {"native": False}, 1),
):
    faster(f"epoch of four examples by fit, {called}", "the loop by hand", at_least=least)(
        partial(race_loops, make, options)
    )
