"""The numbers of a network's layers: taken out of an MLP, and put into one."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from ..._ground.text import InputError, quote_text
from ...engine.operation import Operation
from ...nn.networks import MLP, name_activation


def load_package(name: str, who: str, package: str) -> Any:
    """Return a module that ``who`` needs; its lack is an InputError that says what to install."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        lacking = name.partition(".")[0]
        if (error.name or "").partition(".")[0] != lacking:
            raise
        raise InputError(f"{who} needs {package}: pip install {lacking}") from None


class LayerNumbers(NamedTuple):
    """The numbers of a layer: a list of weights for each neuron, the biases if it has any."""

    weights: list[list[float]]
    biases: list[float]
    activation: Operation | None


def read_layer(layer: Any) -> LayerNumbers:
    """Return a layer's numbers; an activation that isn't an operation is an InputError."""
    activation = layer.neurons[0].activation
    if not (activation is None or isinstance(activation, Operation)):
        raise InputError(
            f"not exported: the activation {quote_text(name_activation(activation))} is a function "
            f"of your own: compile the model, and save the program"
        )
    weights = [[w.data for w in neuron.w] for neuron in layer.neurons]
    biases = [neuron.b.data for neuron in layer.neurons if neuron.b is not None]
    alike = {neuron.activation for neuron in layer.neurons} == {activation}
    if not alike or len({*map(len, weights)}) > 1 or len(biases) not in (0, len(weights)):
        raise InputError(
            "not exported: the neurons of a layer differ: compile the model, and save the program"
        )
    return LayerNumbers(weights, biases, activation)


def build_mlp(
    layers: Sequence[tuple[list[list[float]], list[float]]],
    activations: Sequence[str | Operation],
) -> MLP:
    """Return the MLP of layers' weights and biases; those without beside others get some of 0.

    >>> build_mlp([([[1.0, 2.0]], [0.5])], ["tanh"]).layers[0].state()
    {'neurons.0.w.0': 1.0, 'neurons.0.w.1': 2.0, 'neurons.0.b': 0.5}
    """
    first, _ = layers[0]
    model = MLP(
        len(first[0]),
        [len(weights) for weights, _ in layers],
        activations,
        bias=any(biases for _, biases in layers),
        init=lambda rng, fan_in, fan_out: 0.0,
    )
    for (weights, biases), built in zip(layers, model.layers, strict=True):
        for i, (neuron, row) in enumerate(zip(built.neurons, weights, strict=True)):
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
            if neuron.b is not None and biases:
                neuron.b.data = biases[i]
    return model
