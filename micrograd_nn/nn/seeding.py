"""NumPy's legacy random numbers without NumPy, for programs that began with np.random.seed.

Both NumPy's old generator and Python's ``random`` are the Mersenne Twister; only the way from
a seed to its first state differs (Matsumoto and Nishimura's init_genrand in NumPy).
"""

from __future__ import annotations

import random

from .networks import MLP

SIZE = 624


def numpy_random(seed: int) -> random.Random:
    """Return a generator whose ``random()`` gives what ``np.random.seed(seed)`` leads to.

    >>> rng = numpy_random(1)
    >>> rng.random(), rng.random()
    (0.417022004702574, 0.7203244934421581)

    A seed is a whole number from 0 to 2³² - 1, as it is for NumPy.
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"a seed is a whole number from 0 to 2**32 - 1, not {seed!r}")
    state = [seed]
    for i in range(1, SIZE):
        state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + i) % 2**32)
    rng = random.Random()
    rng.setstate((3, (*state, SIZE), None))
    return rng


def numpy_weights(model: MLP, seed: int) -> None:
    """Set a network's weights to what ``2 * np.random.random((inputs, neurons)) - 1`` gives.

    One matrix a layer, after ``np.random.seed(seed)``. NumPy fills a matrix row by row, and a row
    here is one input's weights to all neurons. Biases stay as they are.

    >>> from micrograd_nn.nn import MLP
    >>> model = MLP(1, [2], bias=False)
    >>> numpy_weights(model, seed=1)
    >>> [weight.data for weight in model.parameters()]
    [-0.165955990594852, 0.4406489868843162]
    """
    rng = numpy_random(seed)
    for layer in model.layers:
        for i in range(len(layer.neurons[0].w)):
            for neuron in layer.neurons:
                neuron.w[i].data = 2 * rng.random() - 1
