"""Whose a parameter is, and what neurons and layers are called, by the names of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable

PLACES = re.compile(r"(\.?\d+)+$")  # the places in lists that end a name
NEURON = re.compile(r"(.*?)\.?neurons\.\d+")
NEURON_PATH = re.compile(
    r"(?P<model>(?:.*?\.)?)(?:layers\.)?(?P<layer>\d+)\.neurons\.(?P<neuron>\d+)"
)
INDEX = re.compile(r"\.(\d+)")
PARAMETER = re.compile(r"(.*\.)?(w|b|weight|bias|theta|θ)s?[0-9.]*(\[.*)?", re.IGNORECASE)


def find_owner(name: str) -> str:
    """Return the part of a parameter's name that says whose parameter it is.

    >>> find_owner("layers.0.neurons.3.w.1"), find_owner("layers.0.neurons.3.b")
    ('layers.0.neurons.3', 'layers.0.neurons.3')

    A name by itself has no owner:

    >>> find_owner("x1"), find_owner("weights.0.1")
    ('', '')
    """
    return PLACES.sub("", name).rpartition(".")[0] if "." in name else ""


def is_called_parameter(name: str) -> bool:
    """Tell whether a name is one that people give to parameters, where no model says.

    >>> [is_called_parameter(name) for name in ("w1", "b", "weights.0.1", "w[0]", "unit.w2", "θ")]
    [True, True, True, True, True, True]

    A name that only begins or ends so is none:

    >>> [is_called_parameter(name) for name in ("x1", "width", "w.x", "x1w1", "")]
    [False, False, False, False, False]
    """
    return PARAMETER.fullmatch(name) is not None


def find_layer(neuron: str) -> str:
    """Return the layer of a neuron; what isn't a neuron of a layer is one by itself.

    >>> find_layer("layers.0.neurons.3"), find_layer("neurons.3"), find_layer("encoder")
    ('layers.0', 'layer', 'encoder')
    """
    found = NEURON.fullmatch(neuron)
    return (found[1] or "layer") if found else neuron


def shorten_neurons(neurons: Iterable[str]) -> dict[str, str]:
    """Return short names of neurons and their layers, counted from 1 as people count.

    >>> print(*shorten_neurons(["layers.0.neurons.4", "layers.1.neurons.0"]).values(), sep=", ")
    h5, layer 1, out, layer 2

    Of more than one model there are none.
    """
    found = {neuron: NEURON_PATH.fullmatch(neuron) for neuron in neurons}
    places = {
        neuron: (int(match["layer"]), int(match["neuron"]) + 1)
        for neuron, match in found.items()
        if match
    }
    if len({match["model"] for match in found.values() if match}) != 1:
        return {}
    last = max(layer for layer, _ in places.values())
    is_alone = max(number for layer, number in places.values() if layer == last) == 1
    short = {}
    for neuron, (layer, number) in places.items():
        head = "out" if layer == last else f"h{layer + 1}." if last > 1 else "h"
        short[neuron] = head if layer == last and is_alone else f"{head}{number}"
        short[neuron.rpartition(".neurons.")[0]] = f"layer {layer + 1}"
    return short


def shorten_parameter(name: str, neuron: str, short: str) -> str:
    """Return the name of a neuron's parameter with the neuron's short one, counted from 1.

    >>> shorten_parameter("layers.0.neurons.1.w.0", "layers.0.neurons.1", "h1.2")
    'h1.2.w1'
    """
    rest = name.removeprefix(neuron)
    return short + "." + INDEX.sub(lambda part: str(int(part[1]) + 1), rest.removeprefix("."))
