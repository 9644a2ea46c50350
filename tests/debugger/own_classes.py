"""A script as in the lecture: classes of one's own, whose training is stepped through."""

import sys

from micrograd_nn import Value


class Neuron:
    def __init__(self, nin, start):
        self.w = [Value(start - 0.3 * i) for i in range(nin)]
        self.b = Value(0.1)

    def __call__(self, x):
        act = self.b
        for wi, xi in zip(self.w, x, strict=True):
            act = act + wi * xi
        return act.tanh()

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin, 0.7 - 0.5 * i) for i in range(nout)]

    def __call__(self, x):
        return [neuron(x) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin, *nouts]
        self.layers = [Layer(a, b) for a, b in zip(sizes, nouts, strict=False)]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x[0]

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def train(model, xs, ys, epochs):
    for epoch in range(epochs):
        loss = Value(0.0)
        for x, y in zip(xs, ys, strict=True):
            loss = loss + (model(x) - y) ** 2
        for p in model.parameters():
            p.grad = 0.0
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        print(f"epoch {epoch}: loss {loss.data:.4f}")
    return loss


def main(epochs):
    model = MLP(2, [2, 1])
    loss = train(model, [[2.0, -1.0], [0.5, 1.0]], [1.0, -1.0], epochs)
    print(f"done: {loss.data:.4f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2)
