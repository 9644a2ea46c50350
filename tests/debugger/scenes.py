"""Programs whose own lines a debugger steps back through: one function each."""

import operator
from functools import reduce

import elsewhere

from micrograd_nn import Value
from micrograd_nn.nn import Layer


class Neuron:
    def __init__(self, w, b):
        self.w, self.b = Value(w), Value(b)

    def __call__(self, x):
        product = self.w * x
        total = product + self.b
        return total.tanh()


def a_class():
    neuron = Neuron(0.5, -1.5)
    hidden = neuron(Value(2.0))
    loss = hidden * hidden
    loss.backward()
    assert loss.grad == 1.0


def a_comprehension():
    w, xs = Value(3.0), [Value(1.0), Value(2.0)]
    squares = [w * x for x in xs]
    loss = sum((s - 1.0) ** 2 for s in squares)
    loss.backward()
    assert loss.grad == 1.0


def scale(x, w):
    y = w * x
    return y  # noqa: RET504


def two_files():  # whose functions have the same name, on the same line
    x, w = Value(1.0), Value(2.0)
    loss = scale(x, w) + elsewhere.scale(x, w)
    loss.backward()
    assert loss.grad == 1.0


def a_loop():
    total, w = Value(0.0), Value(2.0)
    for x in (1.0, 2.0):
        total = total + w * x
    total.backward()
    assert total.grad == 1.0


def power(w, n):
    return w if n == 1 else w * power(w, n - 1)


def a_recursion():
    loss = power(Value(2.0), 3)
    loss.backward()
    assert loss.grad == 1.0


def a_generator():
    def give(w):
        for x in (1.0, 2.0):
            yield w * x

    double = lambda v: v * 2.0  # noqa: E731
    first, second = map(double, give(Value(3.0)))
    loss = first - second
    loss.backward()
    assert loss.grad == 1.0


def layers():
    layer = Layer(1, 2)
    for parameter in layer.parameters():
        parameter.data = 0.5
    outputs = layer([Value(1.0)])
    products = list(map(operator.mul, outputs, outputs))
    loss = reduce(operator.add, products)
    loss.backward()
    assert loss.grad == 1.0


if __name__ == "__main__":
    a_class()
    a_comprehension()
    two_files()
    a_loop()
    a_recursion()
    a_generator()
    layers()
