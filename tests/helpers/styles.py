"""Networks as people write them: functions of parameters and a row, and how many there are."""

import math
import random
from typing import NamedTuple

from micrograd_nn.engine import table as op

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 1e-300, 5e-324]


class Style(NamedTuple):
    """A function of parameters and inputs."""

    function: object
    parameters: int
    inputs: int


def cut(numbers, *shape):
    """Return numbers as rows of rows, and so on; the first length may be left open."""
    for length in reversed(shape):
        numbers = [numbers[i : i + length] for i in range(0, len(numbers), length)]
    return numbers


def take(numbers, *counts):
    """Return the first numbers, the next ones, and the rest."""
    found, at = [], 0
    for count in counts:
        found.append(numbers[at : at + count])
        at += count
    return [*found, numbers[at:]]


def dots(weights, biases, x):
    return [op.dot([*w], [*x]) + b for w, b in zip(weights, biases, strict=True)]


def sums(weights, biases, x):
    return [
        sum((a * b for a, b in zip(w, x, strict=True)), bias)
        for w, bias in zip(weights, biases, strict=True)
    ]


def make_network(layer, activation):
    def network(p, x):
        w, b, v, c = take(p, 30, 6, 24)
        hidden = [activation(a) for a in layer(cut(w, 5), b, x)]
        return sum((a - 0.5) ** 2 for a in layer(cut(v, 6), c, hidden))

    return Style(network, 64, 5)


def recurrent(p, x):
    u, w, b, h = take(p, 15, 25, 5)
    for row in cut(x, 3):
        states = sums(cut(w, 5), b, h)
        h = [op.tanh(a + sum(c * d for c, d in zip(v, row, strict=True)))
             for a, v in zip(states, cut(u, 3), strict=True)]  # fmt: skip
    return sum(a * a for a in h)


def convolution(p, x):
    kernels, biases, weights = take(p, 18, 2)
    image, places = cut(x, 6), [(i, j) for i in range(4) for j in range(4)]
    maps = [
        op.relu(sum((k[u * 3 + v] * image[i + u][j + v] for u in range(3) for v in range(3)), b))
        for k, b in zip(cut(kernels, 9), biases, strict=True)
        for i, j in places
    ]
    return (op.dot([*weights], maps) - 1.0) ** 2


def horner(p, x):
    y = p[0]
    for a in p[1:]:
        y = y * x[0] + a
    return y * y


def softmax(p, x):
    logits = [op.dot([*w], [*x]) for w in cut(p, 8)]
    powers = [op.exp(a) for a in logits]
    return -op.log(powers[2] / sum(powers))


def residual(p, x):
    for weights in cut(p, 5, 5):
        x = [a + op.silu(b) for a, b in zip(x, [op.dot([*w], [*x]) for w in weights], strict=True)]
    return op.sum(x)


def reductions(p, x):
    logits = [op.dot([*w], [*x]) for w in cut(p, 8)]
    return (
        op.logsumexp(logits) - logits[1] + op.max(logits) * 0.1 + op.mean([a * a for a in logits])
    )


def penalty(p, x):
    loss = sum(a * b for w in cut(p, 9) for a, b in zip(w, x, strict=True))
    return loss + 0.5 * sum(a * a for a in p)


def neighbours(p, x):
    return sum(k * (x[i] - x[(i + 1) % 12]) ** 2 for i, k in enumerate(p))


def fractions(p, x):
    terms = enumerate(zip(x, p, strict=True))
    return sum((a * b) ** 3 / (1 + (i + 1) * b * b) for i, (a, b) in terms)


def product(p, x):
    a, b = (cut(part, 5) for part in take(p, 25))
    c = [[sum(a[i][k] * b[k][j] for k in range(5)) for j in range(5)] for i in range(5)]
    return sum(op.sin(sum(u * v for u, v in zip(row, x, strict=True))) for row in c)


def attention(p, x):
    tokens = cut(x, 3)
    q, k, v = ([[op.dot([*w], [*t]) for w in cut(m, 3)] for t in tokens] for m in cut(p, 9))
    loss = 0.0
    for t in range(len(tokens)):
        powers = [op.exp(op.dot(q[t], k[u]) / 2.0) for u in range(t + 1)]
        shares = [a / sum(powers) for a in powers]
        mixed = [sum(s * v[u][d] for u, s in enumerate(shares)) for d in range(3)]
        loss = loss + sum(a * a for a in mixed)
    return loss


def chosen(p, x):
    hidden = [op.tanh(op.dot([*w], [*x[:4]])) for w in cut(p, 4)]
    return op.choose(x[4] * 0.0 + 2.0, hidden) * 3.0 + sum(hidden)


def same_twice(p, x):
    h = [op.tanh(a * b) for a, b in zip(p, x, strict=True)]
    return op.dot(h, h) + op.dot(h[::-1], h) + op.dot([h[0]] * 8, h)


def reversed_rows(p, x):
    return sum(op.tanh(op.dot([*w], [*x])) for w in reversed(cut(p, 5)))


def several_uses(p, x):
    found = 0
    for a, b, c in zip(p[:6], p[6:], x, strict=True):
        h = op.tanh(a * b)
        n = h + 1.0
        found = found + (n * c + op.sin(n) + h * h)
    return found


def every_other(p, x):
    w, v = p[:24], p[24:]
    hidden = [op.tanh(op.dot([*w[i::4]], [*x])) for i in range(4)]
    return op.dot([*v[::-1]], hidden) + sum(a * b for a, b in zip(hidden[::-1], v, strict=True))


def identities(p, x):
    first, second, third, *others = [op.tanh(op.dot([*w], [*x])) for w in cut(p, 5)]
    product = math.prod([first, second, third])  # which begins with 1
    return product + math.prod([first**1, second / 1.0, 1.0 * third]) + sum(others)


STYLES = {
    "dots and relu": make_network(dots, op.relu),
    "sums and tanh": make_network(sums, op.tanh),
    "dots and sigmoid": make_network(dots, op.sigmoid),
    "sums and softplus": make_network(sums, op.softplus),
    "recurrent": Style(recurrent, 50, 18),
    "convolution": Style(convolution, 52, 36),
    "horner": Style(horner, 20, 1),
    "softmax": Style(softmax, 48, 8),
    "residual": Style(residual, 75, 5),
    "reductions": Style(reductions, 48, 8),
    "penalty": Style(penalty, 81, 9),
    "neighbours": Style(neighbours, 12, 12),
    "fractions": Style(fractions, 20, 20),
    "product": Style(product, 50, 5),
    "attention": Style(attention, 27, 12),
    "chosen": Style(chosen, 32, 5),
    "reversed rows": Style(reversed_rows, 40, 5),
    "several uses": Style(several_uses, 12, 6),
    "every other": Style(every_other, 28, 6),
    "identities": Style(identities, 75, 5),
    "same twice": Style(same_twice, 8, 8),
}


def make_rows(style, count, seed=0, draw=None):
    """Return parameters and rows of a style, at random."""
    rng = random.Random(seed)
    draw = draw or (lambda: rng.uniform(-1.0, 1.0))
    parameters = [rng.uniform(-1.0, 1.0) for _ in range(style.parameters)]
    return parameters, [[draw() for _ in range(style.inputs)] for _ in range(count)]
