"""``adopt``: a graph that another engine recorded, for all that shows or explains ours."""

from __future__ import annotations

from typing import Any

from ..._ground.text import add_article
from ...engine.value import Value
from ...graph.graph import Graph, find_adopted
from .conventions import explain_lack


def adopt(x: object, *arguments: Any, names: Any = None) -> Graph:
    """Return the graph of a scalar that another engine recorded, as one of ours.

    >>> class Scalar:
    ...     def __init__(self, data, children=(), op=""):
    ...         self.data, self.grad, self._prev, self._op = data, 0.0, set(children), op
    ...         self._backward = lambda: None
    ...     def __mul__(self, other):
    ...         out = Scalar(self.data * other.data, (self, other), "*")
    ...         def _backward():
    ...             self.grad += other.data * out.grad
    ...             other.grad += out.grad
    ...         out._backward = _backward
    ...         return out
    >>> a, b = Scalar(2.0), Scalar(-3.0)
    >>> c = a * b
    >>> print(adopt(c))
    c: 3 nodes of Scalar
    ✗ c passes on 1 × its gradient to b, but its derivative is 2
    Its own gradients aren't known: it has no backward().

    Of PyTorch and JAX, it is a function without arguments, or with those ``arguments``, that
    computes the scalar: ``adopt(lambda: criterion(model(x), y))``. ``names`` names the leaves, as
    everywhere: a dictionary of theirs, or a model.

    >>> adopt(3.0)
    Traceback (most recent call last):
    TypeError: adopt takes a scalar that another engine recorded, or a function that computes one, \
not a float
    """
    if isinstance(x, Value):
        raise TypeError("adopt is for other engines: this is a Value, and needs no adoption")
    graph = find_adopted(x, names, arguments)
    if graph is None:
        raise TypeError(
            f"adopt takes a scalar that another engine recorded, or a function that computes one, "
            f"not {add_article(type(x).__name__)}{explain_lack(x)}"
        )
    return graph
