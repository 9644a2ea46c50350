"""What the page of a training is made from: its losses, weights, examples and the model's graph.

The page computes predictions anew with the weights of any epoch: by the model's own graph,
recorded once, whose operations are written as JavaScript.
"""

from __future__ import annotations

import base64
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from ..compiler.tracing import trace_function
from ..engine.value import nodes
from ..losses import binary_cross_entropy, cross_entropy, hinge
from ..nested import leaves
from ..nn import MLP
from ..tables.encoding import Encoding, NumericColumn, TextColumn
from ..text import printable
from ..train.loop import Epoch, History
from ..train.objective import Example
from ..train.snapshots import Recording, Snapshot
from ..writing.rules import Rules
from .document import document

MOST_NUMBERS = 1_000_000  # of weights in a page, 8 bytes each
MOST_POINTS = 1_000  # examples in a page
MOST_CELLS = 100_000  # numbers of their inputs

Loss = Sequence[float | None]


class UnknownModelError(ValueError):
    """A page can't compute what a model predicts, and why."""


@dataclass(frozen=True)
class Columns:
    """What the numbers of an example stand for: its inputs, its outputs, its classes."""

    inputs: Sequence[NumericColumn | TextColumn]
    outputs: Sequence[NumericColumn]
    classes: Sequence[str] = ()


def training(
    history: History,
    *,
    title: str = "",
    notes: str = "",
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    classes: Sequence[str] = (),
    encoding: Encoding | None = None,
    earlier: Sequence[Loss] = (),
) -> str:
    """Return the page of a recorded training as HTML.

    >>> from micrograd_nn.losses import squared_error
    >>> from micrograd_nn.train import fit
    >>> data = [([x / 10], 2 * x / 10 + 1) for x in range(-10, 11)]
    >>> history = fit(MLP(1, [1]), data, squared_error, epochs=3, record=True)
    >>> training(history, title="A line", inputs=["x"], outputs=["y"]).startswith("<!doctype html>")
    True

    ``inputs``, ``outputs`` and ``classes`` are names, in the order of an example's numbers, or of
    the classes' indices; an ``encoding`` tells of all, and in which units. ``earlier`` are the
    losses (training, validation) of the epochs before a resumed training.

    >>> training(History())
    Traceback (most recent call last):
    ValueError: this training was not recorded: use fit(..., record=True)
    """
    recording = history.recording
    if recording is None or not recording.snapshots:
        raise ValueError("this training was not recorded: use fit(..., record=True)")
    model, before = recording.model, len(earlier)
    snapshots = recording.at_most(MOST_NUMBERS // max(1, len(recording.snapshots[0].state)))
    name = repr(model) if isinstance(model, MLP) else type(model).__name__
    rules = Rules()
    predicting, missing = None, ""
    try:
        predicting = prediction_of(recording, rules, encoding, inputs, outputs, classes)
    except UnknownModelError as error:
        missing = printable(str(error))
    loss_name = getattr(recording.loss, "__name__", "the loss")
    data = {
        "loss": printable(loss_name),
        "stopped": printable(history.stopped),
        "before": before,
        "earlier": [[i, *losses] for i, losses in enumerate(earlier, 1)],
        "epochs": [described(epoch, before) for epoch in history.epochs],
        "best": before + recording.best,
        "snapshots": [before + snapshot.epoch for snapshot in snapshots],
        "weights": packed(snapshots),
        "parameters": [printable(name) for name in snapshots[0].state],
        "layers": layers_of(model),
        "prediction": predicting,
        "missing": missing,
    }
    return document(
        "training",
        data,
        {"rules.js": rules.write_script() if predicting else "export const rules = [];\n"},
        title=title.strip() or f"The training of {name}",
        notes=notes,
    )


def described(epoch: Epoch, before: int) -> list[float | None]:
    """Return an epoch's figures: its number, counted through, its losses and its learning rate."""
    return [before + epoch.number, epoch.loss, epoch.validation_loss, epoch.lr]


def packed(snapshots: Sequence[Snapshot]) -> str:
    """Return all weights as text: base64 of little-endian doubles, exact and half their digits.

    >>> packed([Snapshot(0, {"w": 1.0})])
    'AAAAAAAA8D8='
    """
    numbers = [number for snapshot in snapshots for number in snapshot.state.values()]
    return base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode()


def layers_of(model: Any) -> list[dict[str, Any]]:
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
        layers.append({"activation": printable(activation), "neurons": neurons})
    return layers


def prediction_of(
    recording: Recording,
    rules: Rules,
    encoding: Encoding | None,
    inputs: Sequence[str],
    outputs: Sequence[str],
    classes: Sequence[str],
) -> dict[str, Any]:
    """Return all that a page needs to predict: the graph, what its numbers mean, the examples."""
    examples = [*recording.training, *recording.validation]
    rows = [numbers_in(x) for x, _ in examples]
    if not all(rows) or len({len(row) for row in rows}) != 1:
        raise UnknownModelError("the examples' inputs are not lists of as many numbers each")
    graph = graph_of(recording.model, rows[0], rules)
    kind = kind_of(recording, len(graph["outputs"]))
    columns = columns_of(encoding, inputs, outputs, classes, kind, graph)
    training_rows = rows[: len(recording.training)]
    described, place = [], 0
    for column in columns.inputs:
        described.append(described_column(column, place, rows, training_rows))
        place += column.width
    return {
        **graph,
        "kind": kind,
        "columns": described,
        "names": [printable(column.name) for column in columns.outputs],
        "units": [[column.mean, column.scale] for column in columns.outputs],
        "classes": [printable(name) for name in columns.classes],
        "points": {
            "training": points_of(recording.training, kind, len(graph["outputs"])),
            "validation": points_of(recording.validation, kind, len(graph["outputs"])),
        },
        "counts": [len(recording.training), len(recording.validation)],
    }


def numbers_in(x: Any) -> list[float]:
    """Return an example's inputs as numbers; an empty list if they are something else."""
    if not isinstance(x, (list, tuple)) or not all(isinstance(number, Real) for number in x):
        return []
    return [float(number) for number in x]


def graph_of(model: Any, row: Sequence[float], rules: Rules) -> dict[str, Any]:
    """Return a model's graph from an example's inputs to its outputs, as a page computes it."""
    parameters = model.parameters()
    try:
        trace = trace_function(lambda x: model(x), [list(row)], range(len(row)), parameters)
    except Exception as error:  # the user's model may raise anything
        raise UnknownModelError(str(error)) from None
    if trace.branches:
        raise UnknownModelError("the model compares its numbers to decide what to compute")
    if not trace.outputs:
        raise UnknownModelError("the model gives no Value")
    graph = nodes(*trace.outputs)
    place = {node: i for i, node in enumerate(graph)}
    described = [
        {
            "inputs": [place[x] for x in node.inputs],
            "rule": rules.add_node(node),
            "number": node.data if node.operation is None else None,
        }
        for node in graph
    ]
    if rules.missing:
        raise UnknownModelError(rules.missing)
    return {
        "nodes": described,
        "inputs": [place.get(x) for x in trace.inputs],
        "parameters": [place.get(x) for x in parameters],
        "outputs": [place[x] for x in trace.outputs],
    }


def kind_of(recording: Recording, outputs: int) -> str:
    """Return what the outputs stand for, by the loss and the targets.

    "classes" is a logit for each class; "logit" one of two classes; "sign" a score of -1 or 1;
    "numbers" what it is by itself.
    """
    targets = [target for _, target in [*recording.training, *recording.validation]]
    if outputs > 1:
        whole = all(type(y) is int and 0 <= y < outputs for y in targets)
        return "classes" if whole or recording.loss is cross_entropy else "numbers"
    if recording.loss is binary_cross_entropy and all(y in (0, 1) for y in targets):
        return "logit"
    if recording.loss is hinge or {*map(str, leaves(targets))} <= {"-1", "1", "-1.0", "1.0"}:
        return "sign"
    return "numbers"


def columns_of(
    encoding: Encoding | None,
    inputs: Sequence[str],
    outputs: Sequence[str],
    classes: Sequence[str],
    kind: str,
    graph: dict[str, Any],
) -> Columns:
    """Return what the numbers stand for: as an encoding knows, as named, or numbered."""
    n_inputs, n_outputs = len(graph["inputs"]), len(graph["outputs"])
    if encoding is not None:
        target = encoding.target
        if isinstance(target, NumericColumn):
            return Columns(encoding.input_columns, [target])
        return Columns(encoding.input_columns, plain(target.categories), target.categories)
    if not outputs and n_outputs == 1:
        outputs = ["the prediction"]
    usual = {"numbers": [], "sign": ["−1", "1"], "logit": ["0", "1"]}
    known = usual.get(kind, [str(i) for i in range(n_outputs)])
    return Columns(
        plain(named(inputs, n_inputs, "inputs", "x")),
        plain(named(outputs, n_outputs, "outputs", "y")),
        named(classes, len(known), "classes", "") if classes else known,
    )


def plain(names: Sequence[str]) -> list[NumericColumn]:
    """Return columns whose numbers are what they stand for."""
    return [NumericColumn(name, 0.0, 1.0) for name in names]


def named(names: Sequence[str], count: int, what: str, letter: str) -> list[str]:
    """Return the names if there are as many as needed, or x1, x2, … if there are none."""
    if names and len(names) != count:
        raise ValueError(
            f"the page of this training needs {count} names of {what}, not {len(names)}"
        )
    return [*names] if names else [f"{letter}{i}" for i in range(1, count + 1)]


def described_column(
    column: NumericColumn | TextColumn,
    place: int,
    rows: Sequence[Sequence[float]],
    training_rows: Sequence[Sequence[float]],
) -> dict[str, Any]:
    """Return an input column as a page needs it: where it stands, its range, what is usual."""
    if isinstance(column, TextColumn):
        counts = [math.fsum(row[place + i] for row in training_rows) for i in range(column.width)]
        return {
            "name": printable(column.name),
            "place": place,
            "categories": [printable(name) for name in column.categories],
            "usual": counts.index(max(counts)),
        }
    numbers = [row[place] for row in rows]
    return {
        "name": printable(column.name),
        "place": place,
        "mean": column.mean,
        "scale": column.scale,
        "low": min(numbers),
        "high": max(numbers),
        "usual": math.fsum(row[place] / len(training_rows) for row in training_rows),
    }


def points_of(examples: Sequence[Example], kind: str, outputs: int) -> list[list[Any]]:
    """Return (inputs, target) of examples, evenly chosen if they are too many.

    A target is the index of a class or a list of numbers; None if it is neither.
    """
    width = max([len(x) for x, _ in examples[:1]], default=1)
    most = min(len(examples), MOST_POINTS, max(1, MOST_CELLS // width))
    points = []
    for x, y in [examples[i * len(examples) // most] for i in range(most)]:
        target: Any = int(next(leaves(y)) > 0) if kind in ("sign", "logit") else y
        if kind == "numbers":
            listed = [*leaves(y)]
            good = len(listed) == outputs and all(isinstance(number, Real) for number in listed)
            target = [float(number) for number in listed] if good else None
        points.append([numbers_in(x), target])
    return points
