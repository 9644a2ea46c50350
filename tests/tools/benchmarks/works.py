"""Our sides of the works: moons, a small GPT, and graphs to build and compile."""

# A zip of these is written as a user would write it: strict=True would cost some time.
# ruff: noqa: B905

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any, NamedTuple

from measure import Training, compiler

from micrograd_nn import Value, mean, relu, sigmoid, sin, tanh
from micrograd_nn.losses import hinge, l2_penalty
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD

# Moons, as in micrograd's demo: two half circles of points, told apart by a network.

ALPHA = 1e-4  # the strength of the L2 penalty


def rate(k: int) -> float:
    """Return the learning rate of the demo's step k."""
    return 1.0 - 0.9 * k / 100


class Moons(NamedTuple):
    """Points (x1, x2, label of -1 or 1), the sizes of a network's layers, its first weights."""

    rows: list[tuple[float, float, float]]
    sizes: list[int]
    weights: list[float]  # neuron by neuron, each one's bias at its end


def moons(points: int, sizes: list[int]) -> Moons:
    """Return points in two half circles, in the manner of scikit-learn's make_moons."""
    rng = random.Random(1337)
    rows = []
    for i in range(points):
        angle = rng.uniform(0, math.pi)
        x1, x2, label = math.cos(angle), math.sin(angle), -1.0
        if i % 2:
            x1, x2, label = 1 - x1, 0.5 - x2, 1.0
        rows.append((x1 + rng.gauss(0, 0.1), x2 + rng.gauss(0, 0.1), label))
    weights: list[float] = []
    for width, size in pairwise([2, *sizes]):
        for _ in range(size):
            weights += [rng.uniform(-1, 1) for _ in range(width)] + [0.0]
    return Moons(rows, sizes, weights)


class Digits(NamedTuple):
    """Pictures, each with a 1 at the place of its class behind them, and a network for them."""

    rows: list[list[float]]
    sizes: list[int]  # of layers, the inputs among them
    weights: list[float]  # neuron by neuron, each one's bias at its end


def digits(count: int, sizes: list[int]) -> Digits:
    """Return pictures by chance, and first weights that suit the network."""
    rng = random.Random(7)
    rows = []
    for i in range(count):
        wanted = [float(i % sizes[-1] == j) for j in range(sizes[-1])]
        rows.append([*[rng.gauss(0, 1) for _ in range(sizes[0])], *wanted])
    weights: list[float] = []
    for width, size in pairwise(sizes):
        for _ in range(size):
            weights += [rng.gauss(0, width**-0.5) for _ in range(width)] + [0.0]
    return Digits(rows, sizes, weights)


def in_layers(
    weights: list[float], sizes: list[int], inputs: int = 2
) -> list[tuple[list[list[float]], list[float]]]:
    """Return weights as a matrix and a list of biases for each layer."""
    left = iter(weights)
    layers = []
    for width, size in pairwise([inputs, *sizes]):
        neurons = [[next(left) for _ in range(width + 1)] for _ in range(size)]
        layers.append(([neuron[:-1] for neuron in neurons], [neuron[-1] for neuron in neurons]))
    return layers


def in_neurons(layers: Any) -> list[float]:
    """Return matrices and biases as one list, neuron by neuron."""
    return [
        number
        for matrix, biases in layers
        for row, bias in zip(matrix, biases)
        for number in (*row, bias)
    ]


class Eager(Training):
    """Training of a model whose parameters have ``data`` and ``grad``, ours or another's."""

    def __init__(self, parameters: list[Any], first: list[float]) -> None:
        self.parameters = parameters
        self.first = first

    def start(self) -> None:
        for parameter, number in zip(self.parameters, self.first, strict=True):
            parameter.data = number

    def loss(self) -> float:
        return self.latest.data

    def gradients(self) -> list[float]:
        return [parameter.grad for parameter in self.parameters]


def max_margin_step(model: Any, Value: type, moons: Moons, k: int) -> Any:  # noqa: N803
    """Make the step of micrograd's demo, in its operators, and return the loss."""
    inputs = [list(map(Value, point)) for *point, _ in moons.rows]
    scores = list(map(model, inputs))
    losses = [(1 + -label * score).relu() for (*_, label), score in zip(moons.rows, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    penalty = ALPHA * sum(p * p for p in model.parameters())
    total = data_loss + penalty

    for p in model.parameters():
        p.grad = 0
    total.backward()

    lr = rate(k)
    for p in model.parameters():
        p.data -= lr * p.grad
    return total


class OperatorNeuron:
    """A neuron as micrograd's: a sum of products, and relu but in the last layer."""

    def __init__(self, width: int, linear: bool) -> None:
        self.w = [Value(0.0) for _ in range(width)]
        self.b = Value(0.0)
        self.linear = linear

    def __call__(self, x: list[Value]) -> Value:
        total = sum((w * v for w, v in zip(self.w, x)), self.b)
        return total if self.linear else total.relu()


class OperatorNetwork:
    """Layers of those neurons: what a user writes who needs no ``nn``."""

    def __init__(self, sizes: list[int]) -> None:
        self.layers = [
            [OperatorNeuron(width, linear=i == len(sizes) - 1) for _ in range(size)]
            for i, (width, size) in enumerate(pairwise([2, *sizes]))
        ]

    def __call__(self, x: list[Value]) -> Value:
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self) -> list[Value]:
        return [p for layer in self.layers for neuron in layer for p in [*neuron.w, neuron.b]]


class OperatorMoons(Eager):
    """The demo's step in the user's own operators on our Value."""

    def __init__(self, moons: Moons) -> None:
        self.moons = moons
        self.model = OperatorNetwork(moons.sizes)
        super().__init__(self.model.parameters(), moons.weights)

    def step(self, k: int) -> None:
        self.latest = max_margin_step(self.model, Value, self.moons, k)


class EagerMoons(Eager):
    """The same step in what the package has for it."""

    def __init__(self, moons: Moons) -> None:
        self.moons = moons
        self.model = MLP(2, moons.sizes)
        super().__init__(self.model.parameters(), moons.weights)

    def start(self) -> None:
        super().start()
        self.optimizer = SGD(self.parameters, lr=rate)

    def step(self, k: int) -> None:
        losses = [hinge(self.model(point), label) for *point, label in self.moons.rows]
        self.latest = mean(losses) + l2_penalty(self.parameters, ALPHA)
        self.optimizer.zero_grad()
        self.latest.backward()
        self.optimizer.step()


def margin_loss(score: Value, label: Value) -> Value:
    """Return the hinge loss of a label that isn't known yet."""
    return relu(1 - label * score)


def compiled_example(moons: Moons, loss: Any = margin_loss) -> Any:
    """Return the program of one point's loss."""
    model = MLP(2, moons.sizes)
    x1, x2, label = Value(0.5), Value(-0.5), Value(1.0)
    example = loss(model([x1, x2]), label)
    return compiler()(example, inputs=[x1, x2, label], parameters=model.parameters(), native=False)


class Compiled(Training):
    """What compiled training shares: weights that are a list of numbers."""

    weights: list[float]
    latest: tuple[float, list[float]]  # the latest step's loss and gradients

    def __init__(self, first: list[float]) -> None:
        self.first = first

    def start(self) -> None:
        self.weights = list(self.first)

    def loss(self) -> float:
        return self.latest[0]

    def gradients(self) -> list[float]:
        return self.latest[1]


class CompiledMoons(Compiled):
    """The same step compiled: a program of one point's loss, and one of the penalty."""

    def __init__(self, moons: Moons) -> None:
        super().__init__(moons.weights)
        self.rows = moons.rows
        self.example = compiled_example(moons)
        parameters = [Value(weight) for weight in moons.weights]
        self.penalty = compiler()(
            l2_penalty(parameters, ALPHA), inputs=[], parameters=parameters, native=False
        )

    def step(self, k: int) -> None:
        share = 1 / len(self.rows)
        penalty, gradients = self.penalty(self.weights, [()])
        total, gradients = self.example(self.weights, self.rows, upstream=share, start=gradients)
        lr = rate(k)
        self.weights = [w - lr * g for w, g in zip(self.weights, gradients)]
        self.latest = share * total + penalty, gradients


class CompiledPoint(Compiled):
    """One point a step, compiled."""

    def __init__(self, moons: Moons) -> None:
        super().__init__(moons.weights)
        self.rows = moons.rows
        self.example = compiled_example(moons)

    def step(self, k: int) -> None:
        row = self.rows[k % len(self.rows)]
        self.latest = _, gradients = self.example(self.weights, [row])
        self.weights = [w - 0.01 * g for w, g in zip(self.weights, gradients)]


# A GPT of one layer without biases, for any Value with operators, exp, log and relu.


class Shape(NamedTuple):
    """The sizes of a GPT: by default 4,192 parameters."""

    embedding: int = 16
    heads: int = 4
    vocabulary: int = 27
    places: int = 16
    tokens: int = 8  # that it predicts in a step

    @property
    def matrices(self) -> dict[str, tuple[int, int]]:
        """The shape of each matrix of parameters, by its name."""
        e = self.embedding
        return {
            "token": (self.vocabulary, e), "place": (self.places, e),
            "query": (e, e), "key": (e, e), "value": (e, e), "mix": (e, e),
            "widen": (4 * e, e), "narrow": (e, 4 * e),
            "logits": (self.vocabulary, e),
        }  # fmt: skip


def linear(matrix, x):
    return [sum(w * v for w, v in zip(row, x)) for row in matrix]


def added(x, y):
    return [a + b for a, b in zip(x, y)]


def rmsnorm(x):
    scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
    return [v * scale for v in x]


def softmax(logits):
    largest = max(v.data for v in logits)
    powers = [(v - largest).exp() for v in logits]
    total = sum(powers)
    return [power / total for power in powers]


def gpt_loss(model, tokens, shape):
    """Return the mean of -log p(next token) over the places of a sequence."""
    size = shape.embedding // shape.heads
    parts = [slice(size * head, size * (head + 1)) for head in range(shape.heads)]
    keys, values, losses = [], [], []
    for place, (token, following) in enumerate(pairwise(tokens)):
        x = rmsnorm(added(model["token"][token], model["place"][place]))

        normed = rmsnorm(x)
        query = linear(model["query"], normed)
        keys.append(linear(model["key"], normed))
        values.append(linear(model["value"], normed))
        attended = []
        for part in parts:
            scores = [sum(q * k for q, k in zip(query[part], key[part])) for key in keys]
            weights = softmax([score / size**0.5 for score in scores])
            columns = zip(*[value[part] for value in values])
            attended += [sum(w * v for w, v in zip(weights, column)) for column in columns]
        x = added(x, linear(model["mix"], attended))

        hidden = [v.relu() for v in linear(model["widen"], rmsnorm(x))]
        x = added(x, linear(model["narrow"], hidden))

        losses.append(-softmax(linear(model["logits"], x))[following].log())
    return sum(losses) / len(losses)


class Gpt(Eager):
    """Steps of a GPT over any Value, on one sequence."""

    def __init__(self, Value: type, shape: Shape) -> None:  # noqa: N803
        self.shape = shape
        self.tokens, first = gpt_data(shape)
        parameters = [Value(number) for number in first]
        super().__init__(parameters, first)
        left = iter(parameters)
        self.model = {
            name: [[next(left) for _ in range(columns)] for _ in range(rows)]
            for name, (rows, columns) in shape.matrices.items()
        }

    def step(self, k: int) -> None:
        self.latest = gpt_loss(self.model, self.tokens, self.shape)
        for p in self.parameters:
            p.grad = 0
        self.latest.backward()
        for p in self.parameters:
            p.data -= 0.1 * p.grad


class CompiledGpt(Compiled):
    """The same steps compiled, for that one sequence: which embeddings it reads is recorded."""

    def __init__(self, shape: Shape) -> None:
        eager = Gpt(Value, shape)
        super().__init__(eager.first)
        loss = gpt_loss(eager.model, eager.tokens, shape)
        self.sequence = compiler()(loss, inputs=[], parameters=eager.parameters, native=False)

    def step(self, k: int) -> None:
        self.latest = _, gradients = self.sequence(self.weights, [()])
        self.weights = [w - 0.1 * g for w, g in zip(self.weights, gradients)]


def gpt_data(shape: Shape) -> tuple[list[int], list[float]]:
    """Return a sequence of tokens and the first weights, both by chance."""
    rng = random.Random(42)
    tokens = [rng.randrange(shape.vocabulary) for _ in range(shape.tokens + 1)]
    numbers = sum(rows * columns for rows, columns in shape.matrices.values())
    return tokens, [rng.gauss(0, 0.08) for _ in range(numbers)]


# Graphs to compile, and to build and go back through.


def random_graph(nodes: int) -> tuple[list[Value], Value]:
    """Return ten leaves and a root over a number of operations, in twenties that are summed up.

    A function with a bounded result follows each of two operands: no number grows or fades.
    """
    rng = random.Random(7)
    binary = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b]
    unary = [tanh, sigmoid, sin]
    leaves = [Value(rng.uniform(-1, 1)) for _ in range(10)]
    total = leaves[0]
    for _ in range(nodes // 20):
        made = list(leaves)
        for _ in range(9):
            made.append(rng.choice(unary)(rng.choice(binary)(made[-1], rng.choice(made))))
        total = total + rng.choice(leaves) * made[-1]
    return leaves, total


def chain(Value: Any, start: Any, operations: int) -> Any:  # noqa: N803
    """Return the end of a chain of multiplications and additions in turn."""
    factor, term = Value(0.9), Value(0.1)
    for _ in range(operations // 2):
        start = start * factor + term
    return start
