"""Models in JSON files: a network, its table's encoding, and notes on its training."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

from ..._ground.files import read_file, write_file
from ..._ground.text import InputError, quote_text, show_path
from ...nn.networks import ACTIVATIONS, MLP
from .columns import is_storable_number
from .encoding import Encoding

FORMAT = "micrograd_nn model"
VERSION = 1


@dataclass
class SavedModel:
    """A network, with the encoding of its table and notes on its training, if there were any."""

    model: MLP
    encoding: Encoding | None = None
    training: dict[str, Any] = field(default_factory=dict)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a JSON file from which ``load_model`` makes the same network, bit for bit.

        What couldn't be loaded again (a weight that isn't finite, a NUL in a column's name) is
        refused with an InputError: the file's old content stays.
        """
        write_file(path, self.format())

    def format(self) -> str:
        """Return the text of the file that ``save`` writes."""
        inputs, *layers = self.model.sizes
        functions = [layer.neurons[0].activation for layer in self.model.layers]
        names = [
            name if ACTIVATIONS.get(name, name) is function else f"{name} of your own"
            for name, function in zip(self.model.activations, functions, strict=True)
        ]
        content = {
            "format": FORMAT,
            "version": VERSION,
            "inputs": inputs,
            "layers": layers,
            "activations": names,
            "bias": self.model.has_bias,
            "parameters": self.model.state(),
            "encoding": self.encoding and self.encoding.to_json(),
            "training": self.training,
        }
        try:
            check_content(content)  # what can't be loaded isn't saved, as weights that are shared
        except InputError as error:
            raise InputError(f"not saved: {error}") from None
        return json.dumps(content, indent=1, allow_nan=False) + "\n"


def save_model(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write a network's architecture and weights to a JSON file.

    >>> import pathlib, tempfile
    >>> model = MLP(2, [3, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "model.json")
    ...     save_model(model, path)
    ...     load_model(path).model([1.0, 2.0]).data == model([1.0, 2.0]).data
    True

    A kill at any moment leaves the old file or the new one, never half of one. A class of your own
    is refused: Python's ``json`` writes its ``nn.state(model)``, and ``nn.load_state`` takes that.
    """
    if (kind := type(model)) is not MLP:  # a subclass would come back as what it isn't
        raise TypeError(
            f"save_model saves micrograd_nn.nn.MLP, not {kind.__module__}.{kind.__qualname__}: of "
            f"a class of your own, write nn.state(model) with json.dump, and give that to "
            f"nn.load_state(model, …) again"
        )
    SavedModel(model).save(path)


def load_model(path: str | os.PathLike[str]) -> SavedModel:
    """Return what ``save_model`` or ``micrograd-nn train`` saved; its ``model`` is the network.

    A file that is missing, damaged or something else is an InputError in one line:

    >>> load_model("missing.json")
    Traceback (most recent call last):
    micrograd_nn.InputError: missing.json: there is no such file
    """
    text = read_file(path)
    try:
        return restore_model(json.loads(text))
    except InputError as error:
        why = str(error)
    except (ValueError, RecursionError) as error:
        why = f"it isn't JSON ({error})"
    raise InputError(f"{show_path(path)} is not a valid model file: {why}")


def require_encoding(saved: SavedModel, path: str) -> Encoding:
    """Return the encoding of a model that was trained on a table."""
    if saved.encoding is None:
        raise InputError(f"{show_path(path)} was not trained on a table: it knows no columns")
    return saved.encoding


def restore_model(content: Any) -> SavedModel:
    """Return the model that a file's content describes, trusting none of it."""
    encoding = check_content(content)
    model = MLP(content["inputs"], content["layers"], content["activations"], bias=content["bias"])
    try:
        model.load_state(content["parameters"])
    except ValueError as error:
        raise InputError(str(error)) from None
    return SavedModel(model, encoding, content["training"])


def check_content(content: Any) -> Encoding | None:
    """Refuse what describes no model, before anything is built, and return its encoding."""
    require(
        isinstance(content, dict) and content.get("format") == FORMAT,
        f"it has no format marker {FORMAT!r}",
    )
    version = content.get("version")
    require(version == VERSION, f"its version is {quote_text(version)}, not {VERSION}")
    inputs, layers, names, bias, parameters = (
        content.get(part) for part in ("inputs", "layers", "activations", "bias", "parameters")
    )
    require(
        isinstance(layers, list) and layers and all(map(is_size, [inputs, *layers])),
        "its sizes of layers are not whole numbers from 1 to a million",
    )
    require(
        isinstance(names, list) and len(names) == len(layers),
        "it doesn't have one activation a layer",
    )
    for name in names:
        require(
            isinstance(name, str) and name in ACTIVATIONS,
            f"there is no activation {quote_text(name)}: choose from {', '.join(ACTIVATIONS)}",
        )
    require(isinstance(bias, bool), "it doesn't say whether there are biases")
    expected = count_parameters([inputs, *layers], bias)
    require(
        isinstance(parameters, dict) and len(parameters) == expected,
        f"its layers have {expected} parameters, but it lists another number",
    )
    for name, number in parameters.items():
        if not is_exact_number(number):
            raise InputError(
                f"its parameter {quote_text(name)} is {quote_text(number)}, no finite number"
            )
    given, training = content.get("encoding"), content.get("training")
    encoding = None if given is None else Encoding.from_json(given)
    require(
        not encoding or (encoding.n_inputs, encoding.n_outputs) == (inputs, layers[-1]),
        "its columns don't fit its network's inputs and outputs",
    )
    try:
        require(isinstance(training, dict), "it has no notes on the training")
        json.dumps(training, allow_nan=False)  # Python's reader lets NaN and infinities pass
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"its notes on the training are damaged ({error})") from None
    return encoding


def require(good: object, complaint: str) -> None:
    """Refuse a file that isn't good."""
    if not good:
        raise InputError(complaint)


def count_parameters(widths: list[int], bias: bool) -> int:
    """Return how many parameters a network with these numbers of inputs and neurons has."""
    return sum((widths[i] + bias) * widths[i + 1] for i in range(len(widths) - 1))


def is_size(x: Any) -> bool:
    """Tell whether this is a whole number that can be a layer's size."""
    return type(x) is int and 1 <= x <= 1_000_000


def is_exact_number(x: Any) -> bool:
    """Tell whether this is a finite number (another program may write 1.0 as 1)."""
    return is_storable_number(x) and (type(x) is float or abs(x) < 2**53)
