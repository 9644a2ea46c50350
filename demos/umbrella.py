"""The neuron that runs through the book: it decides whether one takes the umbrella.

x1 says how dark the sky is (0 to 4), x2 how hard the wind blows (0 to 2; it breaks umbrellas), and
the bias b how cautious one is. The weights w1 and w2 say how much each counts.
"""

from types import SimpleNamespace

from micrograd_nn import Value, sigmoid


def make_neuron(
    x1: float = 2.0,
    x2: float = 1.0,
    w1: float = 0.5,
    w2: float = -2.0,
    b: float = 1.0,
    y: float = 1.0,
) -> SimpleNamespace:
    """Return every node of the neuron and of its loss, by the name that the book gives it.

    >>> n = make_neuron()
    >>> n.L.backward()
    >>> n.z.data, n.ŷ.data, n.L.data, n.w1.grad
    (0.0, 0.5, 0.25, -0.5)
    """
    given = {"x1": x1, "x2": x2, "w1": w1, "w2": w2, "b": b, "y": y}
    n = SimpleNamespace(**{name: Value(float(number)) for name, number in given.items()})
    n.p1 = n.w1 * n.x1
    n.p2 = n.w2 * n.x2
    n.s = n.p1 + n.p2
    n.z = n.s + n.b
    n.ŷ = sigmoid(n.z)
    n.e = n.y - n.ŷ
    n.L = n.e**2
    for name, node in vars(n).items():
        node.label = name
    return n


if __name__ == "__main__":
    n = make_neuron()
    n.L.backward()
    for name, node in vars(n).items():
        print(f"{name:>2}   data {node.data:7.4f}   gradient {node.grad:7.4f}")
