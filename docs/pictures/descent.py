"""The picture of the guide to plots that plays: the path of a training on its loss."""

import random

from micrograd_nn import MLP, fit
from micrograd_nn.losses import squared_error
from micrograd_nn.optim import SGD


def draw_pictures() -> dict[str, str]:
    """Return the source of the picture by its name."""
    data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
    model = MLP(1, [1], rng=random.Random(1))
    history = fit(
        model, data, squared_error, optimizer=SGD(model.parameters(), lr=0.1), epochs=25,
        batch_size=4, record=True, rng=random.Random(1),
    )  # fmt: skip
    return {"descent.svg": history.plot_descent().animate()}
