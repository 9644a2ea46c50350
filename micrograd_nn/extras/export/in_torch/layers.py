"""``to_torch`` and ``from_torch``: an MLP as layers of PyTorch, and such layers as an MLP."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, NoReturn

from ...._ground.text import InputError, add_article
from ....engine.operation import Operation
from ....engine.table import OPERATIONS
from ....nn.networks import ACTIVATIONS, MLP
from ...tables.storage import SavedModel
from ..numbers import build_mlp, load_package, read_layer

# The class of torch.nn that is a row, and the numbers with which it is that row. PyTorch's own
# Softplus is x from 20 on, where a float still has digits of log(1 + exp(x)) - x: from 40 on none.
TORCH_ACTIVATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("ReLU", {}),
    "leaky_relu": ("LeakyReLU", {"negative_slope": 0.01}),
    "elu": ("ELU", {"alpha": 1.0}),
    "gelu": ("GELU", {"approximate": "none"}),
    "silu": ("SiLU", {}),
    "softplus": ("Softplus", {"beta": 1.0, "threshold": 40.0}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
}
# The function of PyTorch that is a row of one input, where torch.nn has no class for it.
TORCH_FUNCTIONS = {
    name: name
    for name in (
        "abs", "exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tan",
        "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc",
        "neg", "sign",
    )
} | {"degrees": "rad2deg", "radians": "deg2rad"}  # fmt: skip


def to_torch(model: MLP | SavedModel) -> Any:
    """Return a network as a ``torch.nn.Sequential`` with the same weights, in float64.

    >>> import random, torch
    >>> from micrograd_nn import MLP
    >>> model = MLP(2, [3, 1], activation="tanh", rng=random.Random(1))
    >>> network = to_torch(model)
    >>> network
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    >>> x = [0.5, -1.0]
    >>> abs(network(torch.tensor([x], dtype=torch.float64)).item() - model(x).data) < 1e-15
    True

    Of a table's model, it is the network: it takes a row's columns scaled, as the encoding makes
    them (``encode_inputs``). An activation that PyTorch lacks is an InputError:

    >>> from micrograd_nn import step
    >>> to_torch(MLP(2, [3, 1], activation=step))
    Traceback (most recent call last):
    micrograd_nn.InputError: not exported: PyTorch has no layer for the activation step: \
choose one of relu, leaky_relu, elu, gelu, silu, softplus, sigmoid, tanh, sin
    """
    network = model.model if isinstance(model, SavedModel) else model
    if type(network) is not MLP:
        raise TypeError(
            f"to_torch takes an MLP or what load_model gives, not "
            f"{add_article(type(model).__name__)}"
        )
    torch = load_package("torch", "to_torch", "PyTorch")
    layers = []
    for layer in map(read_layer, network.layers):
        linear = torch.nn.utils.skip_init(  # which leaves PyTorch's random numbers as they are
            torch.nn.Linear, len(layer.weights[0]), len(layer.weights),
            bias=bool(layer.biases), dtype=torch.float64,
        )  # fmt: skip
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(layer.weights, dtype=torch.float64))
            if layer.biases:
                linear.bias.copy_(torch.tensor(layer.biases, dtype=torch.float64))
        layers.append(linear)
        if layer.activation is not None:
            layers.append(make_activation(torch, layer.activation))
    return torch.nn.Sequential(*layers)


def make_activation(torch: Any, activation: Operation) -> Any:
    """Return a layer that computes an operation of the table on each number."""
    name = require_torch_activation(activation)
    if name in TORCH_ACTIVATIONS:
        kind, numbers = TORCH_ACTIVATIONS[name]
        return getattr(torch.nn, kind)(**numbers)
    from .elementwise import Elementwise  # which is made of a class of PyTorch's

    return Elementwise(TORCH_FUNCTIONS[name])


def require_torch_activation(activation: Operation) -> str:
    """Return the name of an activation that PyTorch has; any other is an InputError."""
    name = activation.name
    is_known = name in TORCH_ACTIVATIONS or name in TORCH_FUNCTIONS
    if not is_known or OPERATIONS[name] is not activation:
        raise InputError(
            f"not exported: PyTorch has no layer for the activation {name}: choose one of "
            f"{', '.join(name for name in ACTIVATIONS if name != 'linear')}"
        )
    return name


class TorchLayer(NamedTuple):
    """A layer of a module of PyTorch, and how an error names it: its place, and its line."""

    layer: Any
    told: str

    def refuse(self, complaint: str) -> NoReturn:
        """Raise the error of a layer that no MLP can have."""
        raise InputError(f"from_torch: {self.told}: {complaint}")


def from_torch(module: Any) -> MLP:
    """Return the MLP that a ``torch.nn.Sequential`` of linear layers and activations is.

    >>> import torch
    >>> from torch import nn
    >>> network = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> model = from_torch(network)
    >>> model
    MLP(2, [3, 1], activation=['relu', 'linear'])
    >>> model.layers[0].neurons[0].w[0].data == network[0].weight[0, 0].item()
    True

    A weight is the same number, bit for bit; what is computed with it is double precision here,
    whatever the module's. A layer that an MLP can't have is an InputError that names it, as is an
    activation with other numbers than the table's:

    >>> from_torch(nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(0.2)))
    Traceback (most recent call last):
    micrograd_nn.InputError: from_torch: layer 1, LeakyReLU(negative_slope=0.2): \
leaky_relu has the negative_slope 0.01 here
    """
    torch = load_package("torch", "from_torch", "PyTorch")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(
            f"from_torch takes a module of PyTorch, not {add_article(type(module).__name__)}"
        )
    linears: list[TorchLayer] = []
    activations: list[str | Operation] = []
    for found in list_layers(torch, module, ""):
        if type(found.layer) is torch.nn.Linear:
            require_fit(torch, linears, found)
            linears.append(found)
            activations.append("linear")
        elif not is_transparent(torch, found):
            activation = find_activation(torch, found)
            if not linears:
                found.refuse("an activation before the first Linear, and an MLP has none there")
            if activations[-1] != "linear":
                found.refuse("a second activation after a Linear, and an MLP's layer has one")
            require_numbers(torch, found, activation, linears[-1].layer)
            activations[-1] = activation
    if not linears:
        raise InputError("from_torch: the module has no Linear, and an MLP needs one at least")
    return build_mlp([list_weights(found.layer) for found in linears], activations)


def list_layers(torch: Any, module: Any, place: str) -> Iterator[TorchLayer]:
    """Yield the layers of a module in their order: those of a Sequential one by one."""
    line = repr(module) if not list(module.children()) else type(module).__name__
    found = TorchLayer(module, f"layer {place}, {line}" if place else line)
    # Pruning makes a new weight at each call, and others may change what comes out.
    if module._forward_hooks or module._forward_pre_hooks:
        found.refuse("it has hooks, which may change its numbers: remove them first")
    if type(module) is not torch.nn.Sequential:
        yield found
        return
    for name, layer in module._modules.items():  # one that stands there twice, too
        yield from list_layers(torch, layer, f"{place}.{name}" if place else name)


def require_fit(torch: Any, before: Sequence[TorchLayer], found: TorchLayer) -> None:
    """Refuse a Linear that can't follow others in an MLP."""
    linear = found.layer
    if not linear.weight.dtype.is_floating_point:
        found.refuse(f"its weights are of {linear.weight.dtype}, which aren't real numbers")
    if not before:
        return
    first, last = before[0].layer, before[-1].layer
    if any(other.layer.weight is linear.weight for other in before):
        found.refuse("it shares its weights with a layer before, and an MLP's layers share none")
    if linear.in_features != last.out_features:
        found.refuse(f"it takes {linear.in_features} numbers where {last.out_features} come")
    if (linear.bias is None) != (first.bias is None):
        found.refuse("an MLP has biases in all layers or in none: give the others biases of 0")


def is_transparent(torch: Any, found: TorchLayer) -> bool:
    """Tell whether a layer gives what it is given, as Dropout does but in training."""
    if type(found.layer) is torch.nn.Dropout and found.layer.training and found.layer.p:
        found.refuse("it drops numbers at random: call eval() on the module first")
    return type(found.layer) in (torch.nn.Identity, torch.nn.Dropout)


def find_activation(torch: Any, found: TorchLayer) -> str | Operation:
    """Return the activation that a layer is; any other layer is an InputError."""
    from .elementwise import Elementwise  # which is made of a class of PyTorch's

    kinds = {getattr(torch.nn, kind): name for name, (kind, _) in TORCH_ACTIVATIONS.items()}
    if type(found.layer) in kinds:
        return kinds[type(found.layer)]
    if type(found.layer) is not Elementwise:
        listed = ", ".join([kind.__name__ for kind in kinds])
        within = "; of a module of your own, give the Sequential that it has"
        found.refuse(
            f"an MLP is a Sequential of Linear and {listed}; Identity, and Dropout after eval(), "
            f"are left out{within * bool(list(found.layer.children()))}"
        )
    name = next(row for row, its in TORCH_FUNCTIONS.items() if its == found.layer.function)
    return name if name in ACTIVATIONS else OPERATIONS[name]


def require_numbers(torch: Any, found: TorchLayer, activation: Any, linear: Any) -> None:
    """Refuse an activation that computes with other numbers than the row of its name."""
    _, numbers = TORCH_ACTIVATIONS.get(activation, ("", {}))
    for name, wanted in numbers.items():
        has = getattr(found.layer, name)
        if name == "threshold":  # above which it gives x: the rest has to be lost in rounding
            if has <= 0 or math.exp(-has) > torch.finfo(linear.weight.dtype).eps * has / 4:
                found.refuse(f"softplus has no threshold here: set its threshold to {wanted:g}")
        elif has != wanted:
            found.refuse(f"{activation} has the {name} {wanted} here")


def list_weights(linear: Any) -> tuple[list[list[float]], list[float]]:
    """Return the weights and the biases of a layer of PyTorch; none if it has no biases."""
    biases = [] if linear.bias is None else linear.bias.detach().double().tolist()
    return linear.weight.detach().double().tolist(), biases
