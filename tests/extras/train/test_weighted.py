"""Examples with weights: steps against sums in doubles, by the graph, by programs and in C."""

import math
import random

import numpy as np
import pytest
from foreign import needs_compiler

from micrograd_nn.extras.train import fit
from micrograd_nn.losses import cross_entropy, squared_error, weighted
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD

ROWS, EPOCHS, BATCH, LR = 60, 6, 7, 0.05
KINDS = {"classes": (cross_entropy, 3), "a number": (squared_error, 1), "two": (squared_error, 2)}


def make_data(kind):
    rng = random.Random(1)

    def draw():
        numbers = rng.gauss(0, 1), rng.gauss(0, 1)
        return {"classes": rng.randrange(3), "a number": numbers[0], "two": numbers}[kind]

    rows = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(ROWS)]
    return [(row, (draw(), rng.choice([0.0, 0.5, 1.0, 7.25]))) for row in rows]


def train(kind, **options):
    """Return the weights after each epoch, and how it ran."""
    loss, outputs = KINDS[kind]
    model, states = MLP(2, [4, outputs], "tanh", rng=random.Random(0)), []
    history = fit(
        model, make_data(kind), weighted(loss), optimizer=SGD(model.parameters(), LR),
        epochs=EPOCHS, batch_size=BATCH, validation=(), rng=random.Random(5),
        callback=lambda epoch: states.append(model.state()), **options,
    )  # fmt: skip
    return states, history.ran


def descend_in_doubles(kind):
    """Return the same weights by NumPy, from formulas written here."""
    outputs = KINDS[kind][1]
    model = MLP(2, [4, outputs], "tanh", rng=random.Random(0))
    (w1, b1), (w2, b2) = [
        (np.array([[w.data for w in x.w] for x in of]), np.array([x.b.data for x in of]))
        for of in [layer.neurons for layer in model.layers]
    ]
    data, rng = make_data(kind), random.Random(5)
    order = [*range(ROWS)]
    for _ in range(EPOCHS):
        rng.shuffle(order)
        for start in range(0, ROWS, BATCH):
            batch = [data[i] for i in order[start : start + BATCH]]
            slopes = [0 * w1, 0 * b1, 0 * w2, 0 * b2]
            for x, (y, weight) in batch:
                hidden = np.tanh(w1 @ x + b1)
                out = w2 @ hidden + b2
                if kind == "classes":
                    error = np.exp(out) / np.exp(out).sum() - np.eye(3)[y]
                else:
                    error = 2 * (out - np.array(y))
                error = error * weight / len(batch)
                behind = (w2.T @ error) * (1 - hidden**2)
                parts = np.outer(behind, x), behind, np.outer(error, hidden), error
                slopes = [a + b for a, b in zip(slopes, parts, strict=True)]
            w1, b1, w2, b2 = [a - LR * b for a, b in zip((w1, b1, w2, b2), slopes, strict=True)]
    return [x for w, b in ((w1, b1), (w2, b2)) for x in np.column_stack([w, b]).ravel().tolist()]


@pytest.mark.parametrize("kind", KINDS)
def test_steps_are_those_of_a_weighted_sum_in_doubles(kind):
    graph, ran = train(kind, compiled=False)
    assert ran == "eager: as asked"
    programs, ran = train(kind, native=False)
    assert (programs, ran) == (graph, "compiled")
    assert [*graph[-1].values()] == pytest.approx(descend_in_doubles(kind), rel=1e-12, abs=1e-13)


@needs_compiler
@pytest.mark.usefixtures("in_c")
@pytest.mark.parametrize("kind", KINDS)
def test_steps_in_c_are_the_same_to_the_last_bit(kind):
    assert train(kind, native=True) == (train(kind, compiled=False)[0], "native")


def test_the_mean_counts_examples():
    data, model = make_data("classes"), MLP(2, [3], rng=random.Random(0))
    history = fit(model, data, weighted(cross_entropy), epochs=1, validation=(), record=True)
    model.load_state(history.recording.snapshots[0].state)
    losses = [weight * cross_entropy(model(x), y).data for x, (y, weight) in data]
    assert history.epochs[0].loss == pytest.approx(math.fsum(losses) / ROWS, rel=1e-14)
