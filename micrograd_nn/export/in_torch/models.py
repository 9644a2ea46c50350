"""A table's model as a module of PyTorch in a source file, with its weights beside it."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path
from typing import Any

from ...engine.operation import Operation
from ...tables.columns import NumericColumn
from ...tables.storage import SavedModel
from ...writing.quoting import quote_comment
from ..blueprint import Blueprint, describe_model, make_filler
from ..in_arrays import write_array_data
from .layers import (
    TORCH_ACTIVATIONS,
    TORCH_FUNCTIONS,
    load_torch,
    require_torch_activation,
    to_torch,
)

# What forward gives, and predict; each of them for all rows at once.
ABOUT_FORWARD = {
    "give_number": ("the predictions, in the target's unit,", "the predictions"),
    "give_numbers": ("the outputs", "the outputs"),
    "give_class": ("the logits of the classes", "index, label and probabilities"),
}


def export_torch(saved: SavedModel, path: Path) -> dict[Path, str | bytes]:
    """Return the module's source, and its weights as ``torch.load`` takes them safely."""
    model, fill = describe_model(saved), make_filler("pieces.arrays.txt")
    weights = path.with_suffix("")  # model.pt of model.pt.py
    functions = [
        fill("torch_function", name=name_class(function), function=TORCH_FUNCTIONS[function])
        for function in list_functions(model)
    ]
    functions += [write_torch_module(model, fill), fill("encode")]
    text = fill(
        "torch_file",
        title=model.title,
        network=model.network,
        weights=quote_comment(weights.name),
        file=repr(weights.name),
        data=write_array_data(model, fill),
        functions="\n\n\n".join([function.rstrip() for function in functions]) + "\n",
        rows=repr([model.example.row] if model.example else []),
    )
    return {path: text, weights: pack_torch_weights(saved, model)}


def write_torch_module(model: Blueprint, fill: Any) -> str:
    """Return the class of the network, and the functions that load it and predict with it."""
    width = model.width
    layers = []
    for layer in model.layers:
        shape = f"{len(layer.weights[0])}, {len(layer.weights)}"
        layers.append(f"nn.Linear({shape}{', bias=False' * (not layer.biases)})")
        if layer.activation is not None:
            layers.append(write_torch_layer(layer.activation))
    buffers, form, checked = [], "self.layers(x)", "outputs"
    if model.target is not None:
        buffers += [
            f'self.register_buffer("mean", torch.zeros({width}))',
            f'self.register_buffer("scale", torch.ones({width}))',
        ]
        form, checked = "self.layers(self.standardise(x))", "torch.cat([{x}, outputs], dim=1)"
    if isinstance(model.target, NumericColumn):
        buffers += [
            'self.register_buffer("target_mean", torch.zeros(()))',
            'self.register_buffer("target_scale", torch.ones(()))',
        ]
        form = f"{form}[:, 0] * self.target_scale + self.target_mean"
        checked = checked.replace("outputs", "outputs[:, None]")
    outputs, returned = ABOUT_FORWARD[model.kind]
    text: str = fill(
        "torch_module",
        name=name_network(model),
        about=f"The network, from {width} numbers of a row to {model.outputs}.",
        buffers="\n".join([f"        {line}" for line in buffers]),
        layers="\n".join([f"            {layer}," for layer in layers]),
        standardise=fill("torch_standardise") if model.target else "",
        outputs=outputs,
        forward=f"        return {form}",
        returned=returned,
        width=width,
        checked=checked.format(x="model.standardise(x)"),
        result=fill(f"torch_{model.kind}").rstrip(),
    )
    return text.replace("super().__init__()\n\n", "super().__init__()\n")


def write_torch_layer(activation: Operation) -> str:
    """Return the layer that computes an activation, as it is made in Python."""
    name = require_torch_activation(activation)
    if name in TORCH_FUNCTIONS:
        return f"{name_class(name)}()"
    kind, numbers = TORCH_ACTIVATIONS[name]
    given = ", ".join([f"{key}={value!r}" for key, value in numbers.items()])
    return f"nn.{kind}({given})".replace("'", '"')


def list_functions(model: Blueprint) -> list[str]:
    """Return the activations for which torch.nn has no class, each once."""
    names = [layer.activation.name for layer in model.layers if layer.activation is not None]
    return [name for name in dict.fromkeys(names) if name in TORCH_FUNCTIONS]


def name_class(text: str) -> str:
    """Return a class's name for a text of any origin.

    >>> name_class("petal length (cm)"), name_class("größe"), name_class("…")
    ('PetalLengthCm', 'Groe', '')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join([word[0].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", plain)])


def name_network(model: Blueprint) -> str:
    """Return the name of the network's class, after the target."""
    name = name_class(model.target.name)[:60] if model.target else ""
    return f"Target{name}Net" if name[:1].isdigit() else f"{name or 'Neural'}Net"


def pack_torch_weights(saved: SavedModel, model: Blueprint) -> bytes:
    """Return the numbers of a network and of its scaling as PyTorch saves them."""
    torch = load_torch("a model as a module of PyTorch")
    state = {f"layers.{name}": x for name, x in to_torch(saved).state_dict().items()}
    if model.target is not None:
        means, scales = model.scaling
        state |= {"mean": means, "scale": scales}
    if isinstance(model.target, NumericColumn):
        state |= {"target_mean": model.target.mean, "target_scale": model.target.scale}
    file = io.BytesIO()
    torch.save({name: torch.as_tensor(x, dtype=torch.float64) for name, x in state.items()}, file)
    return file.getvalue()
