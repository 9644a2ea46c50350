"""The engine that chapter 6 builds, in one file: numbers that remember how they were made.

python demos/engine.py   prints the umbrella neuron's loss and its gradients

It knows eleven operations. The package has sixty, checks what it is given, and is faster; its
backward pass is this one. `micrograd-nn diagnose demos/engine.py` finds no fault in it.
"""

import math


class Value:
    """A number, what it was made of, and the slope of the result by it."""

    def __init__(self, data, inputs=(), partials=()):
        self.data = data
        self.inputs = inputs  # the Values that it was made of
        self.partials = partials  # its local derivative by each of them
        self.grad = 0.0

    def __repr__(self):
        return f"Value(data={self.data:.4g}, grad={self.grad:.4g})"

    # Operations: each returns a number with its inputs and its local derivatives.

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = lift(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self):
        """Return e to this power."""
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def log(self):
        """Return the natural logarithm."""
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def tanh(self):
        """Return the hyperbolic tangent, from -1 to 1."""
        out = math.tanh(self.data)
        return Value(out, (self,), (1 - out * out,))

    def sigmoid(self):
        """Return the sigmoid, from 0 to 1."""
        out = sigmoid(self.data)
        return Value(out, (self,), (out * sigmoid(-self.data),))

    def relu(self):
        """Return the number, or 0 if it is below 0."""
        return Value(max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,))

    # What is made of these.

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -lift(other)

    def __truediv__(self, other):
        return self * lift(other) ** -1

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return lift(other) - self

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return lift(other) / self

    # The backward pass.

    def backward(self):
        """Add to each node's gradient its shares, from the root to the leaves."""
        nodes = list_nodes(self)
        for node in nodes:
            if node.inputs:
                node.grad = 0.0  # of this pass alone; a leaf adds up passes
        self.grad += 1.0
        for node in reversed(nodes):
            for input, partial in zip(node.inputs, node.partials, strict=True):
                input.grad += node.grad * partial  # the chain rule


def lift(number):
    """Return a Value: a plain number becomes a leaf."""
    return number if isinstance(number, Value) else Value(number)


def sigmoid(x):
    """Return 1 / (1 + e to the -x), by the power of e that isn't large."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    small = math.exp(x)
    return small / (1 + small)


def list_nodes(root):
    """Return the root and all that it was made of, each once, inputs before their results."""
    nodes, found, waiting = [], set(), [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            nodes.append(node)
        elif node not in found:
            found.add(node)
            waiting.append((node, True))
            waiting += [(input, False) for input in node.inputs]
    return nodes


if __name__ == "__main__":
    x1, x2, w1, w2, b, y = map(Value, (2.0, 1.0, 0.5, -2.0, 1.0, 1.0))
    e = y - (w1 * x1 + w2 * x2 + b).sigmoid()
    L = e * e
    L.backward()
    print("L =", L.data)
    for name, leaf in [("w1", w1), ("w2", w2), ("b", b)]:
        print(f"{name}: {leaf}")
