"""Models in JSON files: a network, its table's encoding, and notes on its training."""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from typing import Any

from .._ground.files import read_file, write_file
from .._ground.text import InputError, add_article, quote_text, show_path
from ..nn.networks import ACTIVATIONS, MLP
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
        state = self.model.state()
        for name, number in state.items():
            if not math.isfinite(number):
                raise InputError(f"not saved: the weight {name} is {number}")
        for layer, name in zip(self.model.layers, self.model.activations, strict=True):
            if ACTIVATIONS.get(name, name) is not layer.neurons[0].activation:
                raise InputError(
                    f"not saved: a file can't hold the activation {quote_text(name)}, a function "
                    f"of your own; those that it can hold are {', '.join(ACTIVATIONS)}"
                )
        inputs, *layers = self.model.sizes
        if len(state) != count_parameters([inputs, *layers], self.model.has_bias):
            raise InputError("not saved: a file can't hold weights that neurons share")
        encoding = self.encoding.to_json() if self.encoding else None
        if encoding is not None:
            try:
                Encoding.from_json(encoding)  # what can't be loaded isn't saved
            except InputError as error:
                raise InputError(f"not saved: {error}") from None
        content = {
            "format": FORMAT,
            "version": VERSION,
            "inputs": inputs,
            "layers": layers,
            "activations": self.model.activations,
            "bias": self.model.has_bias,
            "parameters": state,
            "encoding": encoding,
            "training": self.training,
        }
        try:
            return json.dumps(content, indent=1, allow_nan=False) + "\n"
        except (TypeError, ValueError) as error:
            raise InputError(f"not saved: the notes on the training: {error}") from None


def save_model(model: MLP, path: str | os.PathLike[str]) -> None:
    """Write a network's architecture and weights to a JSON file.

    >>> import pathlib, tempfile
    >>> model = MLP(2, [3, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "model.json")
    ...     save_model(model, path)
    ...     load_model(path).model([1.0, 2.0]).data == model([1.0, 2.0]).data
    True

    A kill at any moment leaves the old file or the new one, never half of one. A Module of your
    own is refused: Python's ``json`` writes its ``state()``, and ``load_state`` takes it back.
    """
    if type(model) is not MLP:  # a subclass would come back as what it isn't
        raise TypeError(
            f"save_model saves an MLP, not {add_article(type(model).__name__)}: of a Module of "
            f"your own, write model.state() with json.dump, and give it to load_state() again"
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
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = f"it isn't JSON ({error})"
        raise InputError(f"{show_path(path)} is not a valid model file: {why}") from None
    try:
        return restore_model(content)
    except InputError as error:
        raise InputError(f"{show_path(path)} is not a valid model file: {error}") from None


def require_encoding(saved: SavedModel, path: str) -> Encoding:
    """Return the encoding of a model that was trained on a table."""
    if saved.encoding is None:
        raise InputError(f"{show_path(path)} was not trained on a table: it knows no columns")
    return saved.encoding


def restore_model(content: Any) -> SavedModel:
    """Return the model that a file's content describes, trusting none of it."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"it has no format marker {FORMAT!r}")
    if content.get("version") != VERSION:
        raise InputError(f"its version is {quote_text(content.get('version'))}, not {VERSION}")
    fields = ("inputs", "layers", "activations", "bias", "parameters")
    inputs, layers, names, bias, parameters = (content.get(field) for field in fields)
    if not (isinstance(layers, list) and layers and all(map(is_size, [inputs, *layers]))):
        raise InputError("its sizes of layers are not whole numbers from 1 to a million")
    if not (isinstance(names, list) and len(names) == len(layers)):
        raise InputError("it doesn't have one activation a layer")
    unknown = [name for name in names if not (isinstance(name, str) and name in ACTIVATIONS)]
    if unknown:
        raise InputError(f"there is no activation {quote_text(unknown[0])}")
    if not isinstance(bias, bool):
        raise InputError("it doesn't say whether there are biases")
    # Counted before anything is built: a damaged size could ask for all the memory there is.
    widths: list[Any] = [inputs, *layers]
    expected = count_parameters(widths, bias)
    if not isinstance(parameters, dict) or len(parameters) != expected:
        raise InputError(f"its layers have {expected} parameters, but it lists another number")
    for name, number in parameters.items():
        if not is_exact_number(number):
            raise InputError(
                f"its parameter {quote_text(name)} is {quote_text(number)}, no finite number"
            )
    model = MLP(widths[0], layers, names, bias=bias)
    try:
        model.load_state(parameters)
    except ValueError as error:
        raise InputError(str(error)) from None
    encoding = content.get("encoding")
    encoding = None if encoding is None else Encoding.from_json(encoding)
    if encoding and (encoding.n_inputs, encoding.n_outputs) != (inputs, layers[-1]):
        raise InputError("its columns don't fit its network's inputs and outputs")
    training = content.get("training")
    if not isinstance(training, dict) or not is_json(training):
        raise InputError("its notes on the training are damaged")
    return SavedModel(model, encoding, training)


def count_parameters(widths: list[int], bias: bool) -> int:
    """Return how many parameters a network with these numbers of inputs and neurons has."""
    return sum((widths[i] + bias) * widths[i + 1] for i in range(len(widths) - 1))


def is_json(notes: Any) -> bool:
    """Tell whether this can be written again: Python's reader lets NaN and infinities pass."""
    try:
        json.dumps(notes, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True


def is_size(x: Any) -> bool:
    """Tell whether this is a whole number that can be a layer's size."""
    return type(x) is int and 1 <= x <= 1_000_000


def is_exact_number(x: Any) -> bool:
    """Tell whether this is a finite number (another program may write 1.0 as 1)."""
    return is_storable_number(x) and (type(x) is float or abs(x) < 2**53)
