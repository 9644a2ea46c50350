"""What the playground for networks shows of a training that is paused, of the step to come.

A weight: the shares that add up to its gradient, its paths, the number by finite differences, and
what the step changes. A neuron: whether it lets gradients through. An example: its lesson page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from network_steps import predict_change
from network_training import Session, answered, find_session

from micrograd_nn import Value, mean, no_grad, nodes
from micrograd_nn._ground.text import format_number, make_printable
from micrograd_nn.checks.differences import Comparison
from micrograd_nn.engine.setting import graphs
from micrograd_nn.explain.finding import compare_with_difference
from micrograd_nn.graph.graph import Graph
from micrograd_nn.graph.paths import Path, format_count
from micrograd_nn.nn.networks import Neuron, name_activation
from micrograd_nn.page.lesson import build_lesson

MOST_SHARES = 64  # of a ledger; a batch's other examples are counted
MOST_PATHS = 5
FLAT = 0.01  # a local derivative of an activation that lets less through nearly stops a gradient
SATURATING = {"tanh", "sigmoid"}  # flat at both ends


@answered
def look_at_weight(given: dict[str, Any]) -> dict[str, Any]:
    """Return where the gradient of a parameter comes from in the step to come."""
    own = find_session()
    wrt = own.parameters[given["parameter"]]
    if own.batch is None:
        return {"data": wrt.data, "ended": make_printable(own.stopped)}
    losses = [own.loss(own.model(x), target) for x, target in own.batch]
    error = mean(losses)
    total = error + own.penalty(own.parameters) if own.penalty else error
    graph = Graph.of(total, own.model, "the playground")
    gradient = graph.gradients.get(wrt, 0.0)
    owner = {node: i for i, loss in enumerate(losses) for node in nodes(loss)}
    numbers = [own.row[id(example)] for example in own.batch]
    ledger = graph.list_steps_to(wrt)
    paths = graph.paths(wrt)
    neurons = name_neurons(own, losses)
    return {
        "data": wrt.data,
        "gradient": gradient,
        "loss": total.data,
        "batch": len(losses),
        "shares": [
            {
                "example": numbers[owner[step.node]] if step.node in owner else None,
                "upstream": step.upstream,
                "partial": step.partial,
                "share": step.share,
                "after": step.after,
            }
            for step in ledger[:MOST_SHARES]
        ],
        "count": len(ledger),
        "pathCount": format_count(paths.count),
        "paths": [
            describe_path(path, neurons, owner, numbers) for path in paths.largest(MOST_PATHS)
        ],
        "difference": describe_difference(compare_with_difference(graph, paths)),
        "change": predict_change(own, given["parameter"], gradient),
        "optimizer": own.settings.optimizer,
    }


def name_neurons(own: Session, losses: Sequence[Value]) -> dict[Value, str]:
    """Return for the nodes of a batch's graph that neurons made which neuron each belongs to."""
    layer_of = {
        parameter: (i, k)
        for i, layer in enumerate(own.model.layers, 1)
        for k, neuron in enumerate(layer.neurons, 1)
        for parameter in [*neuron.w, neuron.b]
        if parameter is not None
    }
    last = len(own.model.layers)
    found: dict[Value, str] = {}
    for loss in losses:
        for node in nodes(loss):
            (place,) = {layer_of[x] for x in node.inputs if x in layer_of} or {None}
            if place is not None:
                i, k = place
                output = f"output {k}" if len(own.model.layers[-1].neurons) > 1 else "the output"
                found[node] = output if i == last else f"neuron {k} of layer {i}"
    return found


def describe_path(
    path: Path, neurons: dict[Value, str], owner: dict[Value, int], numbers: list[int]
) -> dict[str, Any]:
    """Return a path from the weight to the loss, by the neurons on its way."""
    inside = [neurons[node] for node in reversed(path.nodes) if node in neurons]
    examples = {numbers[owner[node]] for node in path.nodes[1:-1] if node in owner}
    return {
        "neurons": inside,
        "example": min(examples, default=None),  # None: by the penalty
        "partials": [x for x in reversed(path.partials) if x != 1.0],
        "product": path.product,
    }


def describe_difference(found: Comparison | None) -> dict[str, Any] | None:
    """Return what finite differences say; None where the graph is too large for them."""
    return found and {
        "numeric": found.numeric,
        "error": found.error,
        "verdict": found.verdict,
        "note": found.note,
    }


@answered
def look_at_neurons(given: dict[str, Any]) -> dict[str, Any]:
    """Return for each neuron inside how many examples it lets a gradient through for."""
    own = find_session()
    examples = [x for x, _ in [*own.training, *own.held_out]]
    found = []
    with no_grad():
        rows: list[list[Any]] = [list(x) for x in examples]
        for layer in own.model.layers:
            found.append([inspect_neuron(neuron, rows) for neuron in layer.neurons])
            rows = [[neuron(row) for neuron in layer.neurons] for row in rows]
    return {"layers": found, "examples": len(examples)}


def inspect_neuron(neuron: Neuron, rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return what a neuron does with examples: its outputs' range, and how steep it is there."""
    outputs, slopes = [], []
    for row in rows:
        total = Neuron.__call__(without_activation(neuron), row)
        if neuron.activation is None:
            outputs.append(total.data)
            slopes.append(1.0)
            continue
        out = neuron.activation(total)
        outputs.append(out.data)
        slopes.append(find_slope(neuron, total.data))
    zero = sum(slope == 0 for slope in slopes)
    flat = sum(abs(slope) < FLAT for slope in slopes)
    state = ""
    if name_activation(neuron.activation) in SATURATING:
        state = "saturated" if 2 * flat > len(rows) else ""
    elif flat == len(rows):
        state = "dead"
    return {
        "low": min(outputs),
        "high": max(outputs),
        "zero": zero,
        "flat": flat,
        "state": state,
    }


def without_activation(neuron: Neuron) -> Any:
    """Return a neuron of the same weights that stops before its activation."""
    bare = object.__new__(Neuron)
    bare.w, bare.b, bare.activation = neuron.w, neuron.b, None
    return bare


def find_slope(neuron: Neuron, x: float) -> float:
    """Return the local derivative of a neuron's activation."""
    with graphs():
        out = neuron.activation(Value(x))
    return out.partials[0] or 0.0


@answered
def look_at_example(given: dict[str, Any]) -> dict[str, Any]:
    """Return the lesson page of an example's loss, by its row, with the weights of now."""
    own = find_session()
    row, everything = given["example"], own.problem.examples
    if not (type(row) is int and 0 <= row < len(everything)):
        raise ValueError(f"the examples are numbered from 1 to {len(everything)}")
    _, target = everything[row]
    named = zip(own.problem.places[row], own.input_names, strict=True)
    inputs = [Value(number, name) for number, name in named]
    loss = own.loss(own.model(own.problem.features.compute(inputs)), target)
    loss.label = "loss"
    part = "held out" if any(row == own.row[id(one)] for one in own.held_out) else "training"
    told = " and ".join(f"{node.label} {format_number(node.data)}" for node in inputs)
    title = f"Example {row + 1} ({part}), after {own.step} steps"
    notes = f"Inputs: {told}. Target: {describe_target(own, target)}. Loss: {own.problem.loss}."
    lesson = build_lesson(loss, own.model, title, notes)
    return {"page": lesson.text, "title": lesson.title, "loss": loss.data}


def describe_target(own: Session, target: Any) -> str:
    """Return a target as a text."""
    if own.problem.kind == "classes":
        return own.problem.columns.classes[target]
    return format_number(target)
