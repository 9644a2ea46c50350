"""A layer as linear algebra has it: the neurons' weights are the rows of one matrix, W x + b."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from ..engine.value import Constant, Value


class Matrix(NamedTuple):
    """A layer's nodes: ``sums`` = ``weights`` · ``inputs`` + ``biases``, and what comes out.

    Each sum has its weights among its inputs from ``weights_at`` on, 0 or the number of them.
    """

    weights: list[list[Value]]  # a row a neuron
    inputs: list[Value]
    biases: list[Value]  # none, or one a neuron
    weights_at: int
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
    split = [part for x in sums if (part := split_sum(x, own)) is not None]
    if not sums or len(split) < len(sums):
        return None
    weights, (inputs, *others), biases, starts = (list(each) for each in zip(*split, strict=True))
    flat = [w for row in weights for w in row] + [b for bias in biases for b in bias]
    is_one = all(find_places(each) == find_places(inputs) for each in others)
    alike = {(start, len(bias)) for start, bias in zip(starts, biases, strict=True)}
    if not is_one or len(alike) > 1 or len({*flat}) < len(flat):
        return None
    after = [users[x][0] for x in sums if len(users[x]) == 1 and users[x][0] in own]
    names = {user.operation.name for user in after if user.operation is not None}
    has_activation = len(after) == len(sums) and len(names) == 1
    return Matrix(
        weights, inputs, [b for bias in biases for b in bias], starts[0], sums,
        after if has_activation else sums, names.pop() if has_activation else "",
    )  # fmt: skip


def find_places(inputs: Iterable[Value]) -> list[Value | float]:
    """Return what inputs are: nodes, or bare numbers, of which each neuron has nodes of its own."""
    return [x.number if isinstance(x, Constant) else x for x in inputs]


def split_sum(
    node: Value, own: Mapping[Value, None]
) -> tuple[list[Value], list[Value], list[Value], int] | None:
    """Return weights, inputs and bias of a dot product, and where its weights begin.

    None if the weights on neither side are its layer's.
    """
    half = len(node.inputs) // 2
    for start in (0, half):
        weights = node.inputs[start : start + half]
        if all(w in own and w.operation is None and not isinstance(w, Constant) for w in weights):
            inputs = node.inputs[half - start : 2 * half - start]
            return [*weights], [*inputs], [*node.inputs[2 * half :]], start
    return None
