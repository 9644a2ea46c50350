"""A layer as linear algebra has it: W x + b, or X Wᵀ + b for the rows of a batch at once.

A neuron's weights are a row of W.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from ..engine.value import Constant, Value


class Matrix(NamedTuple):
    """A layer's nodes: ``sums`` = ``weights`` · ``inputs`` + ``biases``, and what comes out.

    Each sum has its weights among its inputs from ``weights_at`` on, 0 or the number of them.
    Those of an example stand together, in the order of the neurons.
    """

    weights: list[list[Value]]  # a row a neuron
    inputs: list[list[Value | float]]  # a row an example, of nodes and bare numbers
    biases: list[Value]  # none, or one a neuron
    weights_at: int
    sums: list[Value]
    outputs: list[Value]  # of the activation; without one, the sums
    activation: str


# What a neuron's sum is made of: where its weights begin among its inputs, its weights, its bias or
# none, and the inputs they weigh. A bare number is one itself, since each neuron has a node of it.
Part = tuple[int, list[Value], list[Value], list[Value | float]]


def find_matrix(nodes: Iterable[Value], users: Mapping[Value, Sequence[Value]]) -> Matrix | None:
    """Return the matrix of a layer, given its nodes and who uses them; None where it has none.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.graph import Graph
    >>> from micrograd_nn.nn import Layer
    >>> layer = Layer(2, 3, activation="tanh")
    >>> h = layer([Value(1.0), Value(2.0)])
    >>> graph = Graph(h[0] + h[1] + h[2], layer)
    >>> (group,) = graph.group(graph.folding).groups.values()
    >>> found = find_matrix(group.walk_nodes(), graph.users)
    >>> len(found.weights), len(found.inputs[0]), len(found.biases), found.activation
    (3, 2, 3, 'tanh')

    It has one where each neuron is a dot product of weights of its own with the same inputs, for
    one example after the other, and all of it is computed before anything else is.
    """
    own = dict.fromkeys(nodes)
    sums = sorted(
        [x for x in own if x.operation is not None and x.operation.name == "dot"],
        key=attrgetter("created"),
    )
    parts = [part for x in sums if (part := split_sum(x, own)) is not None]
    neurons = [*{tuple(row): (start, row, bias) for start, row, bias, _ in parts}.values()]
    alike = {(start, len(row), len(bias)) for start, row, bias in neurons}
    weights, biases = [row for _, row, _ in neurons], [b for _, _, bias in neurons for b in bias]
    flat = [*chain(*weights, biases)]
    examples = [inputs for *_, inputs in parts[:: len(neurons) or 1]]
    wanted = [(*neuron, inputs) for inputs in examples for neuron in neurons]
    if len(parts) < len(sums) or len(alike) != 1 or len({*flat}) < len(flat) or parts != wanted:
        return None
    after = [users[x][0] for x in sums if len(users[x]) == 1 and users[x][0] in own]
    names = {user.operation.name for user in after if user.operation is not None}
    activation = names.pop() if len(after) == len(sums) and len(names) == 1 else ""
    outputs = after if activation else sums
    computed = {*sums, *outputs}
    steps = [x in computed for x in users if x.operation is not None]
    if not all(steps[steps.index(True) :][: len(computed)]):
        return None
    return Matrix(weights, examples, biases, neurons[0][0], sums, outputs, activation)


def split_sum(node: Value, own: Mapping[Value, None]) -> Part | None:
    """Return the parts of a dot product; None if the weights on neither side are its layer's."""
    half = len(node.inputs) // 2
    for start in (0, half):
        weights = node.inputs[start : start + half]
        if all(w in own and w.operation is None and not isinstance(w, Constant) for w in weights):
            inputs = node.inputs[half - start : 2 * half - start]
            numbers = [x.number if isinstance(x, Constant) else x for x in inputs]
            return start, [*weights], [*node.inputs[2 * half :]], numbers
    return None
