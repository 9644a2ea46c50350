"""The other sides: micrograd, backprop by hand, PyTorch, NumPy, and a minimal Value with slots.

A peer is written as its own users write it, and imports what it needs when it is made.
"""

# A zip here is written as a user writes it: strict=True would cost the peer time.
# ruff: noqa: B905

from __future__ import annotations

import math
from itertools import pairwise
from operator import mul

from measure import Training, peer
from works import ALPHA, Digits, Eager, Moons, in_layers, in_neurons, max_margin_step, rate


class Micrograd(Eager):
    """micrograd as installed, trained as in its demo."""

    def __init__(self, moons: Moons) -> None:
        self.Value = peer("micrograd.engine").Value
        self.model = peer("micrograd.nn").MLP(2, moons.sizes)
        self.moons = moons
        super().__init__(self.model.parameters(), moons.weights)

    def step(self, k: int) -> None:
        self.latest = max_margin_step(self.model, self.Value, self.moons, k)


class ByHand(Training):
    """The chain rule written out for this one network, on lists of floats."""

    def __init__(self, moons: Moons) -> None:
        self.moons = moons

    def start(self) -> None:
        self.layers = in_layers(self.moons.weights, self.moons.sizes)

    def step(self, k: int) -> None:
        share = 1 / len(self.moons.rows)
        loss = 0.0
        gradients = []
        for matrix, biases in self.layers:
            loss += ALPHA * (sum(w * w for row in matrix for w in row) + sum(b * b for b in biases))
            matrix_gradient = [[2 * ALPHA * w for w in row] for row in matrix]
            gradients.append((matrix_gradient, [2 * ALPHA * b for b in biases]))

        columns = [list(zip(*matrix)) for matrix, _ in self.layers]
        for *x, label in self.moons.rows:
            inputs, score = self.forward(x)
            margin = 1 - label * score
            if margin > 0:
                loss += share * margin
                self.backward(inputs, columns, -share * label, gradients)

        lr = rate(k)
        self.layers = [
            ([descended(row, g, lr) for row, g in zip(matrix, gs)], descended(biases, bias_gs, lr))
            for (matrix, biases), (gs, bias_gs) in zip(self.layers, gradients)
        ]
        self.latest = loss, gradients

    def forward(self, x):
        """Return each layer's inputs, and the score."""
        inputs = []
        for matrix, biases in self.layers:
            inputs.append(x)
            totals = [sum(map(mul, row, x)) + b for row, b in zip(matrix, biases)]
            x = [total if total > 0 else 0.0 for total in totals]
        return inputs, totals[0]  # the last layer has no relu

    def backward(self, inputs, columns, upstream, gradients):
        """Add an example's share to the gradients, the last layer's first."""
        upstreams = [upstream]  # of the layer's totals
        for i in reversed(range(len(inputs))):
            matrix_gradient, bias_gradients = gradients[i]
            for j, u in enumerate(upstreams):
                if u:
                    bias_gradients[j] += u
                    matrix_gradient[j] = [g + u * v for g, v in zip(matrix_gradient[j], inputs[i])]
            if i:
                upstreams = [
                    sum(map(mul, upstreams, column)) if v > 0 else 0.0
                    for column, v in zip(columns[i], inputs[i])
                ]

    def loss(self) -> float:
        return self.latest[0]

    def gradients(self) -> list[float]:
        return in_neurons(self.latest[1])


def descended(weights, gradients, lr):
    return [w - lr * g for w, g in zip(weights, gradients)]


class TorchNetwork(Training):
    """PyTorch as its tutorials have it, but in float64 and one thread."""

    def __init__(self, moons: Moons, lr: float) -> None:
        torch = self.torch = peer("torch")
        torch.set_num_threads(1)
        widths = [2, *moons.sizes]
        self.linear = [
            torch.nn.Linear(*shape, dtype=torch.float64) for shape in zip(widths, moons.sizes)
        ]
        inner = [part for layer in self.linear[:-1] for part in (layer, torch.nn.ReLU())]
        self.model = torch.nn.Sequential(*inner, self.linear[-1])
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=lr)
        self.first = [
            [torch.tensor(part, dtype=torch.float64) for part in layer]
            for layer in in_layers(moons.weights, moons.sizes)
        ]

    def start(self) -> None:
        with self.torch.no_grad():
            for layer, (matrix, biases) in zip(self.linear, self.first):
                layer.weight.copy_(matrix)
                layer.bias.copy_(biases)

    def descend(self, loss) -> None:
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.latest = loss

    def loss(self) -> float:
        return self.latest.item()

    def gradients(self) -> list[float]:
        return in_neurons(
            [(layer.weight.grad.tolist(), layer.bias.grad.tolist()) for layer in self.linear]
        )

    def weights(self) -> list[float]:
        return in_neurons([(layer.weight.tolist(), layer.bias.tolist()) for layer in self.linear])


class TorchPoint(TorchNetwork):
    """One point a step."""

    def __init__(self, moons: Moons) -> None:
        super().__init__(moons, lr=0.01)
        self.points = [self.torch.tensor(x, dtype=self.torch.float64) for *x, _ in moons.rows]
        self.labels = [label for *_, label in moons.rows]

    def step(self, k: int) -> None:
        k %= len(self.points)
        self.descend(self.torch.relu(1 - self.labels[k] * self.model(self.points[k])))


class TorchBatch(TorchNetwork):
    """All points in each step."""

    def __init__(self, moons: Moons, lr: float) -> None:
        super().__init__(moons, lr)
        float64 = self.torch.float64
        self.points = self.torch.tensor([x for *x, _ in moons.rows], dtype=float64)
        self.labels = self.torch.tensor([label for *_, label in moons.rows], dtype=float64)

    def step(self, k: int) -> None:
        scores = self.model(self.points).squeeze(1)
        self.descend(self.torch.relu(1 - self.labels * scores).mean())


class NumpyTutorial(Training):
    """The three layers in eleven lines of NumPy, as tutorials have them."""

    def __init__(self, inputs: list[list[int]], targets: list[int]) -> None:
        self.np = peer("numpy")
        self.X = self.np.array(inputs)
        self.y = self.np.array([targets]).T

    def start(self) -> None:
        np = self.np
        np.random.seed(1)
        self.syn0 = 2 * np.random.random((3, 4)) - 1
        self.syn1 = 2 * np.random.random((4, 1)) - 1

    def step(self, k: int) -> None:
        np, X, y = self.np, self.X, self.y  # noqa: N806
        l1 = 1 / (1 + np.exp(-np.dot(X, self.syn0)))
        l2 = 1 / (1 + np.exp(-np.dot(l1, self.syn1)))
        l2_delta = (y - l2) * (l2 * (1 - l2))
        l1_delta = l2_delta.dot(self.syn1.T) * (l1 * (1 - l1))
        self.syn1 += l1.T.dot(l2_delta)
        self.syn0 += X.T.dot(l1_delta)
        self.latest = l1, l2, l1_delta, l2_delta

    def loss(self) -> float:
        """Return ½ Σ (y − ŷ)², which the tutorial descends without computing it."""
        return 0.5 * float(((self.y - self.latest[1]) ** 2).sum())

    def gradients(self) -> list[float]:
        l1, _, l1_delta, l2_delta = self.latest
        return in_columns(-self.X.T.dot(l1_delta), -l1.T.dot(l2_delta))

    def weights(self) -> list[float]:
        return in_columns(self.syn0, self.syn1)


def in_columns(*matrices) -> list[float]:
    """Return the numbers of matrices with a column a neuron, neuron by neuron."""
    return [float(number) for matrix in matrices for number in matrix.T.ravel()]


class NumpyDigits(Training):
    """A network for pictures, relu and softmax, by matrix products on one thread."""

    def __init__(self, digits: Digits, lr: float) -> None:
        self.np = peer("numpy")
        self.limits = peer("threadpoolctl").threadpool_limits(1)  # for as long as it lives
        self.rows = self.np.array(digits.rows)
        self.digits, self.lr = digits, lr

    def start(self) -> None:
        inputs, *sizes = self.digits.sizes
        layers = in_layers(self.digits.weights, sizes, inputs)
        self.layers = [
            [self.np.array(matrix).T.copy(), self.np.array(biases)] for matrix, biases in layers
        ]

    def step(self, k: int) -> None:
        np = self.np
        (w1, b1), (w2, b2) = self.layers
        x, wanted = self.rows[:, : len(w1)], self.rows[:, len(w1) :]
        h = np.maximum(x @ w1 + b1, 0.0)
        scores = h @ w2 + b2
        scores -= scores.max(axis=1, keepdims=True)
        sums = np.exp(scores).sum(axis=1, keepdims=True)
        self.latest = (np.log(sums) - (scores * wanted).sum(axis=1, keepdims=True)).mean()
        d_scores = (np.exp(scores) / sums - wanted) / len(x)
        d_h = (d_scores @ w2.T) * (h > 0)
        w2 -= self.lr * (h.T @ d_scores)
        b2 -= self.lr * d_scores.sum(axis=0)
        w1 -= self.lr * (x.T @ d_h)
        b1 -= self.lr * d_h.sum(axis=0)

    def loss(self) -> float:
        return float(self.latest)

    def gradients(self) -> list[float]:
        raise NotImplementedError

    def weights(self) -> list[float]:
        """Return the weights, each neuron's bias at its end."""
        return [*map(float, in_neurons([(w.T, b) for w, b in self.layers]))]


class CasadiMoons:
    """The mean loss of all points and its gradient, from casadi's graph, compiled in C by it."""

    def __init__(self, moons: Moons) -> None:
        self.casadi = casadi = peer("casadi")
        weights, point = casadi.SX.sym("w", len(moons.weights)), casadi.SX.sym("point", 3)
        x, first = point[:2], 0
        for width, size in pairwise([2, *moons.sizes]):
            last = first + (width + 1) * size
            matrix = casadi.reshape(weights[first:last], width + 1, size).T
            x, first = matrix[:, :width] @ x + matrix[:, width], last
            x = casadi.fmax(x, 0) if size != 1 else x
        loss = casadi.fmax(1 - point[2] * x, 0) / len(moons.rows)
        one = casadi.Function("one", [weights, point], [loss, casadi.gradient(loss, weights)])
        w, rows = casadi.MX.sym("w", len(moons.weights)), casadi.MX.sym("rows", len(moons.rows), 3)
        losses, slopes = one.map(len(moons.rows))(w, rows.T)
        options = {"jit": True, "compiler": "shell", "jit_options": {"flags": ["-O2"]}}
        results = [casadi.sum2(losses), casadi.sum2(slopes)]
        self.function = casadi.Function("all", [w, rows], results, options)

    def compute(self, weights: list[float], rows: list[list[float]]) -> tuple[float, list[float]]:
        """Return the loss and its gradient, of lists and as a list."""
        loss, gradient = self.function(weights, self.casadi.DM(rows))
        return float(loss), gradient.nonzeros()


class SlotsValue:
    """A Value as small as it can be: local gradients kept with each node, a recursive backward."""

    __slots__ = ("children", "data", "grad", "local_grads")

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0
        self.children = children
        self.local_grads = local_grads

    def __add__(self, other):
        other = other if isinstance(other, SlotsValue) else SlotsValue(other)
        return SlotsValue(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, SlotsValue) else SlotsValue(other)
        return SlotsValue(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power):
        return SlotsValue(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self):
        data = math.exp(self.data)
        return SlotsValue(data, (self,), (data,))

    def log(self):
        return SlotsValue(math.log(self.data), (self,), (1 / self.data,))

    def relu(self):
        return SlotsValue(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + -other

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def backward(self):
        order, visited = [], set()

        def visit(node):
            if node not in visited:
                visited.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            for child, local_grad in zip(node.children, node.local_grads):
                child.grad += local_grad * node.grad
