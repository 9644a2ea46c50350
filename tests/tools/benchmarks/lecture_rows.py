"""The lecture's trainings with classes of one's own: by ``fit``, by ``compile(loss, net)``."""

from __future__ import annotations

import random
import warnings
from functools import partial
from typing import Any

from measure import Effort, Pair, race, same, same_gradients
from registry import faster
from works import ALPHA, moons

from micrograd_nn import Value, compile, relu, tanh
from micrograd_nn.extras.train import fit
from micrograd_nn.losses import squared_error
from micrograd_nn.nn import MLP, Module
from micrograd_nn.optim import SGD

POINTS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
TARGETS = [1.0, -1.0, -1.0, 1.0]
RATE = 0.05


class Neuron(Module):
    """A neuron of the lecture's."""

    def __init__(self, rng: random.Random, count: int, activation: Any) -> None:
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(count)]
        self.b = Value(rng.uniform(-1, 1))
        self.activation = activation

    def __call__(self, x: Any) -> Any:
        total = sum((w * x for w, x in zip(self.w, x, strict=True)), self.b)
        return self.activation(total) if self.activation else total


class Network(Module):
    """Its network of 3-4-4-1, or of other sizes."""

    def __init__(
        self, rng: random.Random, sizes: Any = (3, 4, 4, 1), activations: Any = (tanh, tanh, tanh)
    ) -> None:
        self.layers = [
            [Neuron(rng, sizes[i], activation) for _ in range(sizes[i + 1])]
            for i, activation in enumerate(activations)
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


def race_losses(native: bool, effort: Effort) -> list[Pair]:
    """Time a loss of moons and its gradient: compiled with its net, and by the graph."""
    sizes = [2, *effort.size([16, 16], [2, 2]), 1]
    net = Network(random.Random(1), sizes, [relu, relu, None])
    parameters, rows = net.parameters(), moons(effort.size(100, 4), sizes[1:]).rows

    def loss() -> Any:
        margins = [(1 + -label * net((x1, x2))).relu() for x1, x2, label in rows]
        return sum(margins) * (1 / len(margins)) + ALPHA * sum(p * p for p in parameters)

    def by_the_graph() -> Any:
        total = loss()
        net.zero_grad()
        total.backward()
        return total.data

    quick = compile(loss, net, native=native)
    warnings.simplefilter("error", RuntimeWarning)  # of a loss that isn't compiled after all
    same("loss", quick(), by_the_graph())
    slopes = [p.grad for p in parameters]
    quick()
    same_gradients("parameters", [p.grad for p in parameters], slopes)
    return race(quick, by_the_graph, effort)


for where, native, least in (("in C", True, 100), ("in Python", False, 40)):
    faster(f"moons loss by compile(loss, net), {where}", "the same by the graph", at_least=least)(
        partial(race_losses, native)
    )
