"""Models for tests: networks of no base class, and models of a few parameters and a rule."""

import random

from micrograd_nn import OPERATIONS, Value, nn


class Neuron:
    """Of no base class, as are the networks of it."""

    def __init__(self, rng, count, bias):
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(count)]
        self.b = Value(bias)

    def __call__(self, x):
        return sum((w * a for w, a in zip(self.w, x, strict=True)), self.b)

    def parameters(self):
        return [*self.w, self.b]


class Net:
    """Some neurons with an activation, and a last one that adds them up."""

    def __init__(self, activation="relu", n_inputs=2, count=3, bias=0.1):
        rng = random.Random(0)
        self.neurons = [Neuron(rng, n_inputs, bias) for _ in range(count)]
        self.last = Neuron(rng, count, bias)
        self.activation, self.is_cut = OPERATIONS[activation], False

    def __call__(self, x):
        inner = [self.activation(neuron(x)) for neuron in self.neurons]
        return self.last([y.detach() for y in inner] if self.is_cut else inner)

    def parameters(self):
        return [p for neuron in [*self.neurons, self.last] for p in neuron.parameters()]


class Ruled(nn.Module):
    """A model of a few parameters by name, and of a rule that takes it and an input."""

    def __init__(self, rule, **numbers):
        self.rule = rule
        for name, number in numbers.items():
            setattr(self, name, Value(number))

    def __call__(self, x):
        return self.rule(self, x)
