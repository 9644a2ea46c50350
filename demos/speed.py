"""How long a gradient takes: Value by Value, with a Value for each neuron, and as programs.

python demos/speed.py            of the network that reads MNIST, 784-64-10
python demos/speed.py 64 32 10   of the one that reads digits.csv
"""

import random
import sys
from itertools import pairwise
from time import perf_counter

from micrograd_nn import Value, compile, relu
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP

PICTURES = 64


def add_up(neuron, x):
    """Return a neuron's sum, a Value for each product and each sum on the way."""
    z = neuron.b
    for weight, number in zip(neuron.w, x, strict=True):
        z = z + weight * number
    return z


def read_value_by_value(model, x):
    """Return the scores of a picture, as chapter 2 would compute them."""
    *hidden, last = model.layers
    for layer in hidden:
        x = [relu(add_up(neuron, x)) for neuron in layer.neurons]
    return [add_up(neuron, x) for neuron in last.neurons]


def time_picture(way, rounds=3):
    """Return the seconds that a way takes for one picture; it says how many it took."""
    fastest = float("inf")
    for _ in range(rounds):
        begin = perf_counter()
        pictures = way()
        fastest = min(fastest, (perf_counter() - begin) / pictures)
    return fastest


def list_ways(sizes):
    """Yield each way by its name, as a function that finds gradients and says of how many."""
    rng = random.Random(1)
    inputs, *layers = sizes
    model = MLP(inputs, layers, init="he", rng=rng)
    rows = [[rng.random() for _ in range(inputs)] for _ in range(PICTURES)]

    def go_back(read):
        cross_entropy(read(rows[0]), 0).backward()
        return 1

    yield (
        "a Value for each product and sum",
        lambda: go_back(lambda x: read_value_by_value(model, x)),
    )
    yield "a Value for each neuron", lambda: go_back(model)

    leaves, parameters = [Value(0.0) for _ in range(inputs)], model.parameters()
    loss, numbers = cross_entropy(model(leaves), 0), [p.data for p in parameters]
    for name, native in ("a program in Python", False), ("a program in C", True):
        try:
            program = compile(loss, leaves, parameters, native=native)
            program(numbers, rows)  # which writes it first
        except RuntimeError as error:  # no compiler
            print(error)
            return
        yield name, lambda program=program: program(numbers, rows) and PICTURES


def main(arguments=None):
    """Print how long each way takes, and how many times as fast as the first it is."""
    sizes = [*map(int, sys.argv[1:] if arguments is None else arguments)] or [784, 64, 10]
    count = sum((size + 1) * width for size, width in pairwise(sizes))
    print(f"{'-'.join(map(str, sizes))}, {count:,} weights and biases; a gradient of one picture")
    slowest = None
    for name, way in list_ways(sizes):
        seconds = time_picture(way)
        slowest = slowest or seconds
        print(f"{name:34}{1e3 * seconds:10.3f} ms{slowest / seconds:10,.0f} ×")


if __name__ == "__main__":
    main()
