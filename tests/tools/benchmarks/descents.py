"""Whole descents in one call of a program: of moons, of the tutorial, of a GPT's sequence."""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any

import works
from measure import MissingError, Training, compiler, same

from micrograd_nn import Value, dot, logsumexp
from micrograd_nn.extras.train import fit
from micrograd_nn.nn import MLP
from micrograd_nn.nn.seeding import numpy_weights
from micrograd_nn.optim import SGD


class Descent:
    """A program, the weights that it starts from, its rows, and the size of its steps."""

    def __init__(
        self, loss: Value, inputs: list[Value], parameters: list[Value], rows: Any, lr: float,
        native: bool,
    ) -> None:  # fmt: skip
        self.weights = [parameter.data for parameter in parameters]
        self.rows, self.lr = rows, lr
        self.program = compiler()(loss, inputs=inputs, parameters=parameters, native=native)
        try:
            self.program(self.weights, rows)
        except RuntimeError as error:  # there is no C compiler
            raise MissingError(str(error)) from None

    def run(self, steps: int) -> tuple[list[float], list[float]]:
        """Return the weights after a number of steps, and the loss before each."""
        return self.program.descend(self.weights, self.rows, steps, self.lr)  # type: ignore[no-any-return]


def descend_moons(moons: works.Moons, native: bool) -> Descent:
    """Return the descent of the mean loss, without a penalty."""
    model = MLP(2, moons.sizes)
    for parameter, weight in zip(model.parameters(), moons.weights, strict=True):
        parameter.data = weight
    x1, x2, label = inputs = [Value(0.5), Value(-0.5), Value(1.0)]
    share = works.margin_loss(model([x1, x2]), label) * (1 / len(moons.rows))
    return Descent(share, inputs, model.parameters(), moons.rows, 0.1, native)


def descend_digits(digits: works.Digits, lr: float) -> Descent:
    """Return the descent of the mean cross-entropy, in C."""
    width, *sizes = digits.sizes
    model = MLP(width, sizes, "relu")
    for parameter, weight in zip(model.parameters(), digits.weights, strict=True):
        parameter.data = weight
    inputs = [Value(0.5) for _ in digits.rows[0]]
    scores = model(inputs[:width])
    loss = (logsumexp(scores) - dot(inputs[width:], scores)) * (1 / len(digits.rows))
    return Descent(loss, inputs, model.parameters(), digits.rows, lr, native=True)


INPUTS = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
TARGETS = [0, 1, 1, 0]


def descend_tutorial(native: bool) -> Descent:
    """Return ``demos/three_layer.py``: exclusive or, all four examples in each step."""
    model = MLP(3, [4, 1], ["sigmoid", "sigmoid"], bias=False)
    numpy_weights(model, seed=1)
    errors = [y - model(x) for x, y in zip(INPUTS, TARGETS, strict=True)]
    return Descent(0.5 * dot(errors, errors), [], model.parameters(), [()], 1.0, native)


def descend_gpt(shape: works.Shape) -> Descent:
    """Return the descent of ``works.Gpt`` in C."""
    eager = works.Gpt(Value, shape)
    eager.start()
    loss = works.gpt_loss(eager.model, eager.tokens, shape)
    return Descent(loss, [], eager.parameters, [()], 0.1, native=True)


def same_descent(ours: Descent, theirs: Training, weights: Any, steps: int = 3) -> None:
    """Raise an AssertionError unless a training comes to the same weights by the same losses."""
    found, losses = ours.run(steps)
    theirs.start()
    for k in range(steps):
        theirs.step(k)
        same(f"loss of step {k}", losses[k], theirs.loss())
    for i, (our, their) in enumerate(zip(found, weights(), strict=True)):
        same(f"weight {i}", our, their, 1e-12)


class FitPoints:
    """Training by ``fit`` in C, one point a step; the time is that between two epochs' ends."""

    def __init__(self, moons: works.Moons, epochs: int) -> None:
        self.moons, self.epochs = moons, epochs
        self.data = [(point, label) for *point, label in moons.rows]

    def run(self) -> tuple[float, list[float]]:
        """Return the seconds of a step, and the weights in the end."""
        model = MLP(2, self.moons.sizes)
        parameters = model.parameters()
        for parameter, weight in zip(parameters, self.moons.weights, strict=True):
            parameter.data = weight
        ends = []
        fit(
            model, self.data, works.margin_loss, optimizer=SGD(parameters, lr=0.01), batch_size=1,
            epochs=self.epochs, rng=random.Random(3), native=True,
            callback=lambda epoch: ends.append((perf_counter(), [p.data for p in parameters])),
        )  # fmt: skip
        seconds = (ends[-1][0] - ends[1][0]) / (len(self.data) * (self.epochs - 1))
        return seconds, ends[-1][1]

    def order(self) -> list[int]:
        """Return the places of the points as they are taken."""
        rng, places, taken = random.Random(3), list(range(len(self.data))), []
        rng.shuffle(places)  # as ``fit`` does where it splits the data
        for _ in range(self.epochs):
            rng.shuffle(places)
            taken += places
        return taken
