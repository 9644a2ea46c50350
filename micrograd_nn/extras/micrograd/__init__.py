"""A door for what people have: programs written for micrograd run here, but for their imports.

>>> from micrograd_nn.extras.micrograd import Value
>>> a, b = Value(-4.0), Value(2.0)
>>> c = (a + b).relu() + a * b**3
>>> c.backward()
>>> c, a.grad, b.grad
(Value(data=-32.0, grad=1.0), 8.0, -48.0)

A program that says ``from micrograd.engine import Value`` and ``from micrograd.nn import MLP`` says
``micrograd_nn.extras.micrograd`` for ``micrograd``. One with a ``class Value`` of its own imports
this instead. What stands left works here, and is written in ``micrograd_nn`` as on the right:

| micrograd | micrograd_nn |
|---|---|
| ``x.grad`` is 0 at first | ``x.grad`` is None until a backward pass has computed it |
| ``x._prev``, a set, and ``x._children`` | ``x.inputs``, a tuple in their order |
| ``x._op``, a text such as ``"+"`` | ``x.operation``, a row of the table |
| ``a - b``, ``a / b`` are ``a + b * -1``, ``a * b**-1`` | ``a - b``, ``a / b``: one node each |
| ``x._local_grads`` | ``x.partials`` |
| ``x._backward()`` | ``steps(x)``: each use of the chain rule as a fact |
| ``Value(data, children, local_grads)`` | ``Operation``, an operation of one's own |
| ``Value(data, children, op)``, ``_backward = …`` | the same |
| ``x.m``, any attribute of one's own | a class of one's own, or what an optimizer keeps |
| ``if x:`` is true for any ``x`` | an error: ``if x.data != 0:`` |
| shown as ``Value(data=2.0, grad=0)`` | ``Value(2.0, grad=None)``, with operation and label |
| ``Neuron(2, nonlin=False)`` | ``Neuron(2, "linear")``, or any other activation |
| ``MLP(2, [16, 1])``, random by ``random.seed`` | ``MLP(2, [16, 1], rng=random.Random(1))`` |

One thing is other than there, since there it is wrong: when ``backward()`` runs again, the
gradients of leaves add up, and those of inner nodes start from 0 instead of being counted twice.

A bare number, as the 2 in ``2 * x``, is a constant with either import: it is no box of a picture,
has no gradient and isn't in ``_prev``. Where it is to have one, write ``Value(2.0)``.

These Values are Values: they draw, explain themselves and train like all others.
"""

from . import nn
from .engine import Value

__all__ = ["Value", "nn"]
