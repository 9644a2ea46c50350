"""The README's drawings, by the engine's own ``draw``."""

import random

from micrograd_nn import Value, draw_change, tanh
from micrograd_nn.draw import draw
from micrograd_nn.draw.picture import Drawing
from micrograd_nn.nn import MLP
from micrograd_nn.terminal.neurons import make_neuron

SEED = 1
RATE = 0.1


def draw_pictures() -> dict[str, str]:
    """Return each picture by the name of its file."""
    drawings = {
        "neuron.svg": neuron_picture(),
        "neuron-upright.svg": neuron_picture("TB"),
        "network.svg": network_picture(),
        "batch.svg": batch_picture(),
        "paths.svg": paths_picture(),
        "change.svg": change_picture(),
    }
    still = {name: drawing.render().decode() for name, drawing in drawings.items()}
    return {"backward.svg": neuron_picture().animate().decode(), **still}


def neuron_picture(direction: str = "LR") -> Drawing:
    """Draw one neuron after a backward pass."""
    output = make_neuron()
    output.backward()
    return draw(output, direction)


def network_picture() -> Drawing:
    """Draw a network's loss on one example, one box a layer."""
    model = MLP(2, [16, 16, 1], rng=random.Random(SEED))
    loss = (model([0.5, -0.1]) - 1) ** 2
    loss.label = "loss"
    loss.backward()
    return draw(loss, names=model)


def batch_picture() -> Drawing:
    """Draw the loss of a network on 100 examples, folded to one."""
    rng = random.Random(SEED)
    model = MLP(2, [8, 8, 1], rng=rng)
    data = [([i / 50 - 1, 0.5], i % 2) for i in range(100)]
    loss = sum((model(x) - y) ** 2 for x, y in data)
    loss.label = "loss"
    loss.backward()
    return draw(loss, names=model)


def paths_picture() -> Drawing:
    """Draw the three paths over which x's gradient is summed."""
    x, w = Value(0.5, "x"), Value(-1.5, "w")
    product = x * w
    activation = tanh(x)
    output = product * activation + x
    product.label, activation.label, output.label = "w*x", "a", "output"
    output.backward()
    return draw(output, paths_from=x)


def change_picture() -> Drawing:
    """Draw what one small step of gradient descent changes."""
    w, b = Value(0.8, "w"), Value(-0.1, "b")

    def loss() -> Value:
        output = w * 1.5 + b
        error = output - 2
        output.label, error.label = "output", "error"
        squared = error * error
        squared.label = "loss"
        return squared

    before = loss()
    before.backward()
    for parameter in (w, b):
        parameter.data -= RATE * parameter.grad
    return draw_change(before, loss())
