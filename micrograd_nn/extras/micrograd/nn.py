"""Neurons, layers and networks with micrograd's arguments, random numbers and order of sums."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from ... import nn as networks
from ...engine import table as op
from ...nn import Module
from .engine import Value

__all__ = ["MLP", "Layer", "Module", "Neuron"]


class Neuron(Module):
    """relu(w·x + b), or w·x + b if not ``nonlin``; ``random.seed`` fixes its weights.

    >>> random.seed(1337)
    >>> neuron = Neuron(2)
    >>> neuron, neuron([1.0, -2.0])
    (ReLUNeuron(2), Value(data=0.102443419482938, grad=0))
    """

    def __init__(self, nin: int, nonlin: bool = True) -> None:
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    @property
    def activation(self) -> Any:
        """The activation as ``micrograd_nn.nn`` has it: a row of the table, or None."""
        return op.relu if self.nonlin else None

    def __call__(self, x: Iterable[Any]) -> Any:
        """Return the output for as many inputs as weights."""
        inputs = [*x]
        if len(inputs) != len(self.w):
            raise ValueError(f"{self!r} takes {len(self.w)} inputs, not {len(inputs)}")
        total: Any = self.b
        for weight, input in zip(self.w, inputs, strict=True):
            total = total + weight * input
        return total.relu() if self.nonlin else total

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """Neurons side by side; returns the list of their outputs, or the one Value of one.

    >>> Layer(2, 3, nonlin=False)
    Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(nout)]

    def __call__(self, x: Iterable[Any]) -> Any:
        """Return the outputs for a list of inputs."""
        inputs = [*x]
        outputs = [neuron(inputs) for neuron in self.neurons]
        return outputs if len(outputs) > 1 else outputs[0]

    def __repr__(self) -> str:
        return f"Layer of {self.neurons}"


class MLP(networks.MLP):
    """Layers of the given sizes, each fed by the one before: ReLU inside, linear at the end.

    >>> model = MLP(3, [4, 1])
    >>> model
    MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3), ReLUNeuron(3)], \
Layer of [LinearNeuron(4)]]
    >>> len(model.parameters()), model.sizes
    (21, [3, 4, 1])
    """

    def __init__(self, nin: int, nouts: list[int]) -> None:
        sizes = [nin, *nouts]
        self.layers: Any = [
            Layer(sizes[i], sizes[i + 1], nonlin=i + 1 < len(nouts)) for i in range(len(nouts))
        ]

    def __repr__(self) -> str:
        return f"MLP of {self.layers}"
