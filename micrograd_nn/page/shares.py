"""Which examples push a weight: an example's loss as graphs that a page walks back through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .._ground.nested import iterate_numbers
from ..engine.node import nodes
from ..languages.compiler.tracing import trace_function
from ..languages.javascript.rules import Rules
from ..train.examples import Example
from ..train.snapshots import Recording
from .predictions import choose_examples

MOST_TARGETS = 12  # different ones, each with a graph of its own
MOST_NODES = 20_000  # of all graphs


def describe_shares(recording: Recording, rules: Rules) -> dict[str, Any] | None:
    """Return the graphs of an example's loss, and which of them each training example has.

    A loss may choose by the target what it computes: there is a graph for each of a few targets.
    Of more, numbers, they are inputs behind the example's own. A model or a loss whose operations
    can't be followed has none.
    """
    examples = choose_examples(recording.training)
    targets = {repr(y): y for _, y in examples}
    try:
        if len(targets) <= MOST_TARGETS:
            x, _ = examples[0]
            graphs = [
                describe_loss(partial(compute_loss, recording, y), x, recording, rules)
                for y in targets.values()
            ]
            which = [[*targets].index(repr(y)) for _, y in examples]
            return finish(graphs, which, rules)
        joined = join_example(examples[0])
        graph = describe_loss(partial(compute_joined, recording), joined, recording, rules)
        return finish([graph], [0] * len(examples), rules)
    except Exception:  # the user's model or loss may raise anything
        return None


def join_example(example: Example) -> list[float]:
    """Return an example's inputs and its target's numbers in one list."""
    x, y = example
    return [float(number) for number in (*x, *iterate_numbers(y))]


def compute_loss(recording: Recording, target: Any, x: Sequence[Any]) -> Any:
    """Return the loss of an example."""
    assert recording.loss is not None
    return recording.loss(recording.model(x), target)


def compute_joined(recording: Recording, row: Sequence[Any]) -> Any:
    """Return the loss of an example whose target's numbers stand behind its inputs."""
    x, y = recording.training[0]
    target = row[len(x) :] if isinstance(y, (list, tuple)) else row[len(x)]
    return compute_loss(recording, target, row[: len(x)])


def describe_loss(
    compute: Callable[[Any], Any], row: Sequence[float], recording: Recording, rules: Rules
) -> dict[str, Any]:
    """Return the graph of a loss from an example's numbers; what can't be followed is refused."""
    parameters = recording.model.parameters()
    trace = trace_function(compute, [[*row]], range(len(row)), parameters)
    if trace.branches or len(trace.outputs) != 1:
        raise ValueError("the loss compares its numbers to decide what to compute")
    graph = nodes(*trace.outputs)
    if len(graph) > MOST_NODES:
        raise ValueError("the loss has too many nodes")
    place = {node: i for i, node in enumerate(graph)}
    return {
        "nodes": [
            {
                "inputs": [place[x] for x in node.inputs],
                "rule": rules.add_node(node),
                "number": node.data if node.operation is None else None,
            }
            for node in graph
        ],
        "inputs": [place.get(x) for x in trace.inputs],
        "parameters": [place.get(x) for x in parameters],
    }


def finish(
    graphs: Sequence[dict[str, Any]], which: Sequence[int], rules: Rules
) -> dict[str, Any] | None:
    """Return the graphs if the page can compute them, None if it can't."""
    if rules.missing or sum(len(graph["nodes"]) for graph in graphs) > MOST_NODES:
        return None
    wanted = [description["wanted"] for description in rules.descriptions]
    return {"graphs": graphs, "which": which, "wanted": wanted}
