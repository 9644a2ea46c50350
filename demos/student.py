"""An engine as a learner may write it, with two mistakes in it.

micrograd-nn diagnose demos/student.py:Value   names them, with their lines

Look for them yourself first: the numbers are all right, and some gradients aren't.
"""

import math


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, inputs=()):
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.pass_back = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def pass_back():
            self.grad += out.grad
            other.grad += out.grad

        out.pass_back = pass_back
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def pass_back():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out.pass_back = pass_back
        return out

    def tanh(self):
        """Return the hyperbolic tangent, from -1 to 1."""
        out = Value(math.tanh(self.data), (self,))

        def pass_back():
            self.grad += (1 - self.data**2) * out.grad

        out.pass_back = pass_back
        return out

    def backward(self):
        """Find the gradient of everything that this number was made of."""
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.pass_back()
