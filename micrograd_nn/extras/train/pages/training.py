"""The page of a training: its losses, and the weights of any epoch, with which it predicts."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from typing import Any, Literal

from ...._ground.text import count_things, make_printable
from ....nn import MLP
from ....notation.javascript.rules import Rules
from ....page.document import build_document
from ....page.frame import Page
from ....page.opening import read_place
from ....page.options import check_options
from ..history import Epoch, History, require_recording
from ..snapshots import Recording, Snapshot
from .predictions import Columns, describe_predictions
from .recorded import UnknownModelError

MOST_NUMBERS = 1_000_000  # of weights in a page, 8 bytes each

OPTIONS = "title", "notes", "inputs", "outputs", "classes", "pixels", "epoch"  # that one may give
Losses = Sequence[float | None]


def build_page(history: History, **options: Any) -> Page:
    """Return the page of the history of ``fit(..., record=True)``, as ``page(history)`` does."""
    check_options(options, OPTIONS, "page", "a training")
    return build_training(history, **options)


def build_training(
    history: History,
    *,
    title: str = "",
    notes: str = "",
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    classes: Sequence[str] = (),
    pixels: Sequence[int] | Literal[False] | None = None,
    columns: Columns | None = None,
    earlier: Sequence[Losses] = (),
    epoch: int | None = None,
) -> Page:
    """Return the page of a recorded training.

    ``inputs``, ``outputs`` and ``classes`` are names, in the order of an example's numbers, or of
    the classes' indices; ``columns`` describe them all, with their units. Inputs that are the
    pixels of a picture, (rows, columns), can be drawn; ``earlier`` are the
    losses (training, validation) of the epochs before a resumed training. The page opens at an
    ``epoch``, by itself at the best one.
    """
    recording = require_recording(history)
    model, before = recording.model, len(earlier)
    snapshots = choose_snapshots(recording)
    names = {"inputs": inputs, "outputs": outputs, "classes": classes}
    name = repr(model) if isinstance(model, MLP) else type(model).__name__
    predicting, rules, missing = None, Rules(), ""
    try:
        predicting, rules = describe_predictions(
            recording.without_weights(), columns, names, pixels
        )
    except UnknownModelError as error:
        missing = make_printable(str(error))
    last = before + snapshots[-1].epoch
    opening = None if epoch is None else read_place(epoch, "an epoch")
    if opening is not None and not before <= opening <= last:
        raise ValueError(f"page has the epochs {before} to {last} of this training, not {epoch}")
    loss_name = getattr(recording.loss, "__name__", "the loss")
    data = {
        "loss": make_printable(loss_name),
        "stopped": make_printable(history.stopped),
        "before": before,
        "earlier": [[i, *losses] for i, losses in enumerate(earlier, 1)],
        "epochs": [describe_epoch(epoch, before) for epoch in history.epochs],
        "best": before + recording.best,
        "snapshots": [before + snapshot.epoch for snapshot in snapshots],
        "weights": pack_weights(snapshots),
        "parameters": [make_printable(name) for name in snapshots[0].state],
        "layers": describe_layers(model),
        "prediction": predicting,
        "missing": missing,
        "opening": opening,
    }
    title = title.strip() or f"The training of {name}"
    document = build_document(
        "training",
        data,
        {"rules.js": rules.write_script()},
        title=title,
        notes=notes,
        room=__package__,
        sheets=("plots", "sketch"),
    )
    extent = count_things(last, "epoch")
    return Page(document, title, f"the training of {name}", extent, "training.html")


def choose_snapshots(recording: Recording) -> Sequence[Snapshot]:
    """Return the snapshots of a training that its page has."""
    return recording.at_most(MOST_NUMBERS // max(1, len(recording.snapshots[0].state)))


def list_kept(history: History) -> list[int]:
    """Return the epochs of a recorded training of which its page has the weights."""
    return [snapshot.epoch for snapshot in choose_snapshots(require_recording(history))]


def describe_epoch(epoch: Epoch, before: int) -> list[float | None]:
    """Return an epoch's figures: its number, counted through, its losses and its learning rate."""
    return [before + epoch.number, epoch.loss, epoch.validation_loss, epoch.lr]


def pack_weights(snapshots: Sequence[Snapshot]) -> str:
    """Return all weights as text: base64 of little-endian doubles, exact and half their digits."""
    numbers = [number for snapshot in snapshots for number in snapshot.state.values()]
    return base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode()


def describe_layers(model: Any) -> list[dict[str, Any]]:
    """Return a network's layers, each neuron's weights as places among the parameters.

    What isn't an MLP, or computes its weights, has no layers to draw.
    """
    if not isinstance(model, MLP):
        return []
    place = {parameter: i for i, parameter in enumerate(model.parameters())}
    layers = []
    for layer, activation in zip(model.layers, model.activations, strict=True):
        neurons = []
        for neuron in layer.neurons:
            parameters = [*neuron.w, neuron.b] if neuron.b is not None else neuron.w
            if not all(parameter in place for parameter in parameters):
                return []
            bias = None if neuron.b is None else place[neuron.b]
            neurons.append({"w": [place[w] for w in neuron.w], "b": bias})
        layers.append({"activation": make_printable(activation), "neurons": neurons})
    return layers
