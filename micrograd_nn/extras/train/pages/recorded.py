"""The graph that a training's page computes: from an example's numbers to the model's losses.

The model and its losses are recorded once, and their operations written as JavaScript. A loss may
choose by the target what it computes, so there is one for each of a few targets; where there are
more, of numbers, they are inputs behind the example's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from numbers import Real
from typing import Any

from ...._ground.nested import describe_shape, iterate_numbers
from ....engine.node import nodes
from ....engine.value import Value
from ....nn import MLP
from ....notation.javascript.rules import Rules
from ...compile.compiler.tracing import trace_function
from ..examples import Example
from ..snapshots import Recording

MOST_TARGETS = 100  # different ones, each with a loss of its own
MOST_WORK = 5_000_000  # edges × examples: of more, a page doesn't compute each example's gradient


class UnknownModelError(ValueError):
    """A page can't compute what a model predicts, and why."""


def record_graph(
    recording: Recording, row: Sequence[float], examples: Sequence[Example]
) -> tuple[dict[str, Any], Rules]:
    """Return the graph of a model with its losses, or without them where they can't be followed.

    ``row`` is an example's inputs. What can't be followed of the model is an UnknownModelError.
    """
    try:
        return record_losses(recording, len(row), examples)
    except Exception:  # the user's model or loss may raise anything
        return describe_trace(recording, row, len(row), [])


def record_losses(
    recording: Recording, width: int, examples: Sequence[Example]
) -> tuple[dict[str, Any], Rules]:
    """Return the graph of a model with its losses, and which of them each example has."""
    targets = {name_target(y): y for _, y in examples}
    x, y = examples[0]
    if len(targets) <= MOST_TARGETS:
        graph, rules = describe_trace(recording, x, width, [*targets.values()])
        which = [[*targets].index(name_target(y)) for _, y in examples]
    else:
        graph, rules = describe_trace(recording, [*x, *iterate_numbers(y)], width, [y])
        which = [0] * len(examples)
        counts = {len([*iterate_numbers(y)]) for _, y in examples}
        if counts != {len(graph["outputs"])} or len({describe_shape(y) for _, y in examples}) > 1:
            raise ValueError("targets that aren't inputs of a loss, one for each output")
    edges = sum(len(node["inputs"]) for node in graph["nodes"])
    if edges * len(examples) <= MOST_WORK:
        graph["which"] = which
    return graph, rules


def name_target(y: Any) -> Any:
    """Return what a target is known by: its text where that has all of it, else its identity."""
    plain = all(isinstance(x, (Real, str)) for x in iterate_numbers(y))
    return repr(y) if plain and isinstance(y, (Real, str, list, tuple)) else id(y)


def describe_trace(
    recording: Recording, row: Sequence[float], width: int, targets: Sequence[Any]
) -> tuple[dict[str, Any], Rules]:
    """Return the graph from a row of numbers to a model's outputs and its loss for each target.

    Numbers of the row beyond the model's own inputs take the place of the target's.
    """
    model, rules = recording.model, Rules()
    parameters = [*recording.weights.named.values()]
    sizes = model.sizes[1:] if type(model) is MLP else []

    def compute(numbers: Sequence[Any]) -> list[Any]:
        found, outputs = compute_outputs(model, numbers[:width])
        given = numbers[width:]
        for target in targets:
            if given:
                target = given if isinstance(target, (list, tuple)) else given[0]
            found.append(recording.loss(outputs, target))
        if not all(isinstance(x, Value) for x in found):
            raise TypeError("not all that comes out are Values")
        return found

    try:
        trace = trace_function(compute, [[*map(float, row)]], range(len(row)), parameters)
        again = [x.data for x in compute([*map(float, row)])]
    except Exception as error:  # the user's model may raise anything
        raise UnknownModelError(str(error)) from None
    if trace.branches:
        raise UnknownModelError("the model compares its numbers to decide what to compute")
    if [*map(repr, again)] != [repr(x.data) for x in trace.outputs]:
        raise UnknownModelError("the model gives other numbers for the same inputs")
    graph = nodes(*trace.outputs)  # as they were made: the losses after the outputs
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
    places = [place[x] for x in trace.outputs]
    outputs, losses = places[: len(places) - len(targets)], places[len(places) - len(targets) :]
    inputs, ends = [place.get(x) for x in trace.inputs], accumulate(sizes)
    return {
        "nodes": described,
        "wanted": [description["wanted"] for description in rules.descriptions],
        "inputs": inputs[:width],
        "targets": inputs[width:],
        "parameters": [place.get(x) for x in parameters],
        "outputs": outputs[-sizes[-1] :] if sizes else outputs,
        "neurons": [outputs[end - size : end] for size, end in zip(sizes, ends, strict=True)],
        "losses": losses,
        "which": [],
    }, rules


def compute_outputs(model: Any, x: Sequence[Any]) -> tuple[list[Any], Any]:
    """Return what a page is to know of a model's outputs, and the outputs as a loss takes them.

    Of an MLP the page knows the outputs of all neurons, layer by layer.
    """
    outputs: Any
    if type(model) is not MLP:
        outputs = model(x)
        return [*outputs] if isinstance(outputs, (list, tuple)) else [outputs], outputs
    found, outputs = [], x
    for layer in model.layers:
        outputs = layer(outputs if isinstance(outputs, (list, tuple)) else [outputs])
        found += outputs if isinstance(outputs, list) else [outputs]
    return found, outputs
