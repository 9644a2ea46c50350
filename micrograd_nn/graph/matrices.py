"""A layer as linear algebra has it: the neurons' weights are the rows of one matrix, W x + b."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from ..engine.value import Constant, Value


class Matrix(NamedTuple):
    """A layer's nodes: ``sums`` = ``weights`` · ``inputs`` + ``biases``, and what comes out."""

    weights: list[list[Value]]  # a row a neuron
    inputs: list[Value]
    biases: list[Value]  # none, or one a neuron
    sums: list[Value]
    outputs: list[Value]  # of the activation; without one, the sums
    activation: str


def find_matrix(nodes: Iterable[Value], users: Mapping[Value, Sequence[Value]]) -> Matrix | None:
    """Return the matrix of a layer, given its nodes and who uses them; None where it has none.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.graph import Graph
    >>> from micrograd_nn.nn import Layer
    >>> layer = Layer(2, 3, activation="tanh")
    >>> h = layer([Value(1.0), Value(2.0)])
    >>> graph = Graph(h[0] + h[1] + h[2], layer)
    >>> (group,) = graph.groups.groups.values()
    >>> found = find_matrix(group.walk_nodes(), graph.users)
    >>> len(found.weights), len(found.inputs), len(found.biases), found.activation
    (3, 2, 3, 'tanh')

    It has one where each neuron is a dot product of weights of its own with the same inputs.
    """
    own = dict.fromkeys(nodes)
    found = [x for x in own if x.operation is not None and x.operation.name == "dot"]
    sums = sorted(found, key=attrgetter("created"))
    split = [split_sum(x, own) for x in sums]
    if not sums or None in split:
        return None
    parts = [part for part in split if part is not None]
    weights, (inputs, *others), biases = (list(each) for each in zip(*parts, strict=True))
    flat = [w for row in weights for w in row] + [b for bias in biases for b in bias]
    places = [[find_place(x) for x in each] for each in (inputs, *others)]
    if any(each != places[0] for each in places) or len({*flat}) < len(flat):
        return None
    if len({len(bias) for bias in biases}) > 1:
        return None
    after = [[user for user in users[x] if user in own] for x in sums]
    names = {user.operation.name for many in after for user in many if user.operation is not None}
    has_activation = all(len(many) == 1 for many in after) and len(names) == 1
    outputs = [many[0] for many in after] if has_activation else sums
    activation = names.pop() if has_activation else ""
    return Matrix(weights, inputs, [b for bias in biases for b in bias], sums, outputs, activation)


def find_place(x: Value) -> Value | float:
    """Return what an input is: a bare number, of which each neuron has its own node, or a node."""
    return x.number if isinstance(x, Constant) else x


def split_sum(
    node: Value, own: Mapping[Value, None]
) -> tuple[list[Value], list[Value], list[Value]] | None:
    """Return weights, inputs and bias of a dot product, if the weights are its layer's."""
    half = len(node.inputs) // 2
    sides = [*node.inputs[:half]], [*node.inputs[half : 2 * half]]
    for weights, inputs in (sides, sides[::-1]):
        if all(w in own and w.operation is None and not isinstance(w, Constant) for w in weights):
            return weights, inputs, [*node.inputs[2 * half :]]
    return None
