"""Two neurons to show: one that adds up what it weighs, and one that uses its sum twice."""

from __future__ import annotations

from ..engine.value import Value


def make_neuron() -> Value:
    """Return the output of a neuron with labelled parts."""
    x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
    w1, w2 = Value(-3.0, "w1"), Value(1.0, "w2")
    b = Value(6.88, "b")
    product1, product2 = w1 * x1, w2 * x2
    n = product1 + product2 + b
    output = n.tanh()
    product1.label, product2.label, n.label, output.label = "w1*x1", "w2*x2", "n", "output"
    return output


def make_gated_neuron() -> Value:
    """Return the output of a neuron that uses its sum twice: a gate lets through part of it."""
    x, w, b = Value(2.0, "x"), Value(0.75, "w"), Value(-0.5, "b")
    product = w * x
    u = product + b
    gate = u.sigmoid()
    output = u * gate
    product.label, u.label, gate.label, output.label = "w*x", "u", "gate", "output"
    return output
