"""``Graph``: a recorded graph that is looked at once, for everything that shows or explains it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Mapping, Sequence
from functools import cache, cached_property, wraps
from types import FunctionType, MethodType, NoneType
from typing import Any

from .._ground.callers import can_take, collect_variables, find_user
from .._ground.text import add_article
from ..engine.backprop import Step, is_same_number, walk_back
from ..engine.node import Node, is_leaf, nodes
from ..engine.value import Constant, Value
from .adoption import Adoption, read_adoption
from .blocks import Blocks
from .calls import record_calls
from .folding import EVERY_NODE, MOST_SEARCHED, Folding, fold_nothing, fold_repeats
from .gradients import compute_gradients
from .groups import GroupTree, group_nodes
from .naming import find_activations, name_nodes
from .neurons import (
    assign_neurons,
    find_layer,
    is_called_parameter,
    shorten_neurons,
    shorten_parameter,
)
from .paths import Paths
from .places import Names, find_places, find_variables

FUNCTIONS = FunctionType, MethodType
NOT_ROOTS = {list: ": one of its items, or their sum", NoneType: ": does your function return it?"}


class Graph:
    """What a value was made of, and what can be asked of that: each answer is found once.

    >>> x = Value(3.0, label="x")
    >>> graph = Graph(x * x + 1)
    >>> list(graph.names.values()), graph.gradients[x]
    (['x', 'v1', '1', 'v2'], 6.0)

    ``names`` names the nodes that have no label: a model or a dictionary of Values. Whatever takes
    a root takes its Graph, too, and then doesn't look at it again:

    >>> from micrograd_nn.explain.tree import tree
    >>> print(tree(graph, lines=1))
    v2 = v1 + 1  value 10  gradient –
    … 3 more lines: tree(root, lines=4) has them all

    What isn't part of the record, as a node's ``data`` and ``grad`` of now, is never kept.
    """

    adoption: Adoption | None = None  # what is known of a graph that another engine recorded
    left_out = 0  # nodes of a larger graph, of which this is a part
    cut: frozenset[Value] = frozenset()  # whose inputs were left out: they keep their numbers

    def __init__(self, root: Value, names: Any = None) -> None:
        self.root = root
        self.namespace = names  # where names are looked for

    @classmethod
    def of(cls, root: object, names: Any, caller: str) -> Graph:
        """Return the Graph that a caller was given, or that of the root that it was given.

        >>> Graph.of([Value(1.0)], None, "tree")
        Traceback (most recent call last):
        TypeError: tree takes one Value, the root of a graph, not a list: one of its items, or \
their sum

        A Graph keeps its names, unless there are others. Those of a root are the variables of
        the caller of this package, unless there are others: ``{}`` for none. The root may be
        given as a function without arguments that computes it, and then ``blocks`` are known.

        >>> y = Value(3.0) * 2
        >>> Graph.of(y, None, "tree").names[y], Graph.of(y, {}, "tree").names[y]
        ('y', 'v2')
        """
        if isinstance(root, FUNCTIONS):
            root = compute_root(root, names, caller)
        if isinstance(root, Graph):
            if names is not None and root.adoption is not None:
                return name_adopted(root.adoption, names)
            return root if names is None else cls(root.root, names)
        if not isinstance(root, Value):
            if (adopted := find_adopted(root, names)) is not None:
                return adopted
            raise TypeError(
                f"{caller} takes one Value, the root of a graph, "
                f"not {add_article(type(root).__name__)}" + NOT_ROOTS.get(type(root), "")
            )
        graph = cls(root, names)
        if names is None:
            graph.namespace = find_variables(graph.places)
        return graph

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("can't copy or pickle a Graph: do so with its root, and make a new one")

    def __str__(self) -> str:
        return repr(self) if self.adoption is None else str(self.adoption)

    def own(self, thing: Any) -> Any:
        """Return our Value for a node that another engine recorded, and anything else as it is."""
        return thing if self.adoption is None else self.adoption.values.get(id(thing), thing)

    def __repr__(self) -> str:
        return f"<Graph of {self.names[self.root]}: {len(self.nodes):,} nodes>"

    @cached_property
    def nodes(self) -> list[Value]:
        """All nodes, inputs before their results: the root is the last."""
        return nodes(self.root)

    @cached_property
    def places(self) -> dict[Value, int]:
        """The place of each node among all."""
        return {node: i for i, node in enumerate(self.nodes)}

    @cached_property
    def names(self) -> dict[Value, str]:
        """A name for each node, all of them different but for those of bare numbers."""
        return name_nodes(self.nodes, self.given)

    @cached_property
    def given(self) -> Names:
        """Where the nodes are, and much else, in what they were named by."""
        return find_places(self.namespace)

    @cached_property
    def given_names(self) -> dict[Value, str]:
        """The names that somebody gave, by a label or by the names of the graph.

        >>> list(Graph(Value(3.0, "x") * 2).given_names.values())
        ['x']
        """
        return {
            node: self.names[node]
            for node in self.nodes
            if not isinstance(node, Constant) and (node.label or node in self.given)
        }

    @cached_property
    def leaves(self) -> list[Value]:
        """The nodes that are numbers given from outside, neither computed nor constant."""
        return [node for node in self.nodes if is_leaf(node)]

    @cached_property
    def parameters(self) -> list[Value]:
        """The leaves to be learned: a model's among the names, else those that are called so.

        >>> x, w1, b = Value(3.0), Value(2.0), Value(1.0)
        >>> graph = Graph(w1 * x + b, {"x": x, "w1": w1, "b": b})
        >>> [graph.names[node] for node in graph.parameters]
        ['w1', 'b']

        Without names, there are none.
        """
        of_models = [x for x in self.leaves if x in self.given and self.given[x].of_model]
        return of_models or [x for x in self.leaves if is_called_parameter(self.names[x])]

    @cached_property
    def users(self) -> dict[Value, list[Value]]:
        """The nodes that each node is an input of, each once.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> Graph(y).users == {x: [y], y: []}
        True
        """
        found: dict[Value, list[Value]] = {node: [] for node in self.nodes}
        for node in self.nodes:
            for input in dict.fromkeys(node.inputs):
                found[input].append(node)
        return found

    @cached_property
    def neurons(self) -> dict[Value, str]:
        """The neuron of each node that belongs to one of a model among the names.

        >>> from micrograd_nn import nn
        >>> layer = nn.Layer(1, 1, "linear")
        >>> list(Graph(layer([2.0]), {"layer": layer}).neurons.values())
        ['layer.neurons.0', 'layer.neurons.0', 'layer.neurons.0']

        Where no model is among the names, there are none, but for another engine's by their names.
        """
        given = self.given
        leaves = {x: given[x].name for x in self.leaves if x in given and given[x].of_model}
        if self.adoption is not None:
            leaves = {x: self.names[x] for x in self.parameters}
        return assign_neurons(self.users, leaves, self.given_names, find_activations(given))

    @cached_property
    def layers(self) -> dict[Value, str]:
        """The layer of each node that belongs to a neuron; a neuron outside a layer is its own."""
        return {node: find_layer(neuron) for node, neuron in self.neurons.items()}

    @cached_property
    def blocks(self) -> Blocks:
        """The calls of functions and layers in which nodes were made, where that was noted.

        >>> def double(x):
        ...     return 2 * x
        >>> graph = Graph.of(lambda: double(Value(3.0)) + 1, None, "draw")
        >>> graph.blocks.names
        ['double']
        """
        return (
            Blocks(self.users, self.parameters) if any(x.origin for x in self.nodes) else Blocks({})
        )

    @cached_property
    def short_groups(self) -> dict[str, str]:
        """What pictures call a model's neurons and layers: h1.2 is the second neuron of layer 1."""
        return shorten_neurons(dict.fromkeys(self.neurons.values()))

    @cached_property
    def short_names(self) -> dict[Value, str]:
        """The names as pictures have them: those of a neuron's parameters are short.

        >>> from micrograd_nn import nn
        >>> model = nn.MLP(1, [2, 1])
        >>> graph = Graph(model([2.0]), model)
        >>> weight = model.layers[0].neurons[1].w[0]
        >>> graph.names[weight], graph.short_names[weight]
        ('layers.0.neurons.1.w.0', 'h2.w1')
        """
        short, found = self.short_groups, dict(self.names)
        for node, neuron in self.neurons.items() if short else ():
            if neuron in short and found[node].startswith(f"{neuron}."):
                found[node] = shorten_parameter(found[node], neuron, short[neuron])
        return found

    @cached_property
    def folding(self) -> Folding:
        """Which nodes stand for others that are the same but for numbers, as of a loop.

        >>> x = Value(3.0)
        >>> len(Graph(sum(x * i for i in range(5))).folding.repeats)
        1
        """
        return fold_repeats(self.nodes, self.neurons)

    @cached_property
    def folding_of_use(self) -> Folding:
        """The same where it makes a large graph a small one, else no node stands for another.

        >>> x = Value(3.0)
        >>> [len(Graph(sum(x * i for i in range(n))).folding_of_use.repeats) for n in (5, 50)]
        [0, 1]

        Whatever shows a graph folds it by this rule, unless one says how.
        """
        if EVERY_NODE < len(self.nodes) <= MOST_SEARCHED and self.folding.is_of_use:
            return self.folding
        return fold_nothing(self.nodes)

    def group(self, folding: Folding) -> GroupTree:
        """Return the nodes in groups within groups, with these repeats folded.

        There are repetitions, layers and neurons.

        >>> x = Value(3.0)
        >>> graph = Graph(sum(x * i for i in range(5)))
        >>> (group,) = graph.group(graph.folding).groups.values()
        >>> group.kind, group.times, len(group.nodes)
        ('repeat', 5, 3)
        """
        return group_nodes(self.nodes, folding, self.layers, self.neurons)

    @cached_property
    def steps(self) -> list[Step]:
        """The steps of one backward pass, in its order."""
        return list(map(Step._make, walk_back(self.nodes)))

    def list_steps_to(self, node: Value) -> list[Step]:
        """Return the steps whose shares add up to a node's gradient.

        >>> x = Value(3.0)
        >>> [step.share for step in Graph(x * x).list_steps_to(x)]
        [3.0, 3.0]

        No other step is kept, of which a large graph has millions.
        """
        return [Step._make(step) for step in walk_back(self.nodes) if step[1] is node]

    @cached_property
    def gradients(self) -> dict[Value, float]:
        """The gradient of each node that one backward pass reaches; no node's ``grad`` changes.

        >>> x = Value(3.0)
        >>> Graph(x * x).gradients[x], x.grad
        (6.0, None)

        The root's is 1.0.
        """
        return compute_gradients(self.nodes)

    @cached_property
    def numbers(self) -> dict[Value, float]:
        """The number of each node as it was when the root was made.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> x.data = 4.0
        >>> Graph(y).numbers[x]
        3.0

        A node's own edits since are not seen, but for the root's.
        """
        found = {self.root: self.root.data}
        for node in self.nodes:
            found.update(zip(node.inputs, node.numbers, strict=True))
        return found

    def find_edited(self) -> list[Value]:
        """Return the nodes whose ``data`` was edited since the root was recorded, as of now.

        >>> x = Value(3.0)
        >>> graph = Graph(x * x)
        >>> graph.find_edited()
        []
        >>> x.data = 4.0
        >>> graph.find_edited() == [x]
        True
        """
        computed = [node for node in self.nodes if node.inputs]
        return [*dict.fromkeys(x for node in computed for x in find_edited_inputs(node))]

    def count_steps(self, passes: int = 1) -> int:
        """Return how many steps there are, forward and in some passes back, each with its seed.

        >>> Graph(Value(3.0) * 2).count_steps()
        3

        None is taken for that.
        """
        own = [x for x in self.nodes if x.operation is not None and x not in self.cut]
        back = sum(partial is not None for node in own for partial in node.partials)
        return len(own) + passes * (1 + back)

    def part(self, kept: Container[Value]) -> Graph:
        """Return the graph of some of the nodes, the root among them, by the names that they have.

        >>> square = Value(3.0) * 3
        >>> part = Graph(-square).part([square, -square])
        >>> part.nodes == [square], part.cut == {square}, part.left_out
        (True, True, 3)

        Those whose inputs aren't all there are ``cut``. Repeats and neurons, which would ask for
        such inputs, aren't looked for.
        """
        part = Graph(self.root, self.namespace)
        part.nodes = [node for node in self.nodes if node in kept]
        part.left_out = len(self.nodes) - len(part.nodes)
        part.cut = frozenset([x for x in part.nodes if not all(y in kept for y in x.inputs)])
        part.names = {node: self.names[node] for node in part.nodes}
        part.neurons, part.folding = {}, fold_nothing(part.nodes)
        part.steps = [
            step for step in map(Step._make, walk_back(part.nodes)) if step.node not in part.cut
        ]
        return part

    def paths(self, wrt: Value) -> Paths:
        """Return the paths of the gradient by a node, from the root down to it.

        >>> w = Value(3.0)
        >>> Graph(w * w + 5 * w).paths(w).count
        3
        """
        return Paths(self.nodes, wrt)


def find_graph(thing: object, names: Any) -> Graph | None:
    """Return the graph of a Value, or of what another engine recorded; None of anything else."""
    return (
        Graph.of(thing, names, "graph")
        if isinstance(thing, (Value, Graph, *FUNCTIONS))
        else find_adopted(thing, names)
    )


def compute_root(function: Any, names: Any, caller: str) -> Any:
    """Return what a function computes: its root, or the Graph of what PyTorch computes in it."""
    if not can_take(function, 0):
        raise TypeError(
            f"{caller} computes what a function gives without arguments, and "
            f"{function.__name__} takes some: give it lambda: {function.__name__}(…)"
        )
    once = cache(lambda: record_calls(function))
    return find_adopted(wraps(function)(lambda: once()), names) or once()  # which names the root


def find_adopted(x: object, names: Any, arguments: Sequence[Any] = ()) -> Graph | None:
    """Return the graph of what another engine recorded, None where it is no such thing."""
    adoption = read_adoption(x, arguments)
    if adoption is None:
        return None
    return name_adopted(
        adoption, collect_variables(find_user(sys._getframe(1))) if names is None else names
    )


def name_adopted(adoption: Adoption, names: Any) -> Graph:
    """Return the graph of what was read, its nodes called by the names that theirs have."""
    graph = Graph(adoption.nodes[-1], adoption.name_values(names))
    graph.adoption = adoption.call_by(graph.names)
    return graph


def recompute(nodes: Sequence[Value], given: Mapping[Value, float]) -> float:
    """Return the number of the last of some nodes where others have other numbers.

    >>> x = Value(3.0)
    >>> square = x * x
    >>> recompute([x, square], {x: 5.0})
    25.0

    What depends on none of those has the number recorded at each use, though edited since:

    >>> y = square * 2
    >>> y.inputs[1].data = 7.0
    >>> recompute([x, square, y], {x: 5.0})
    50.0
    """
    found = dict(given)
    for node in nodes:
        operation, inputs = node.operation, node.inputs
        if operation is not None and node not in found and not found.keys().isdisjoint(inputs):
            found[node] = operation.forward(*map(found.get, inputs, node.numbers))
    return found.get(nodes[-1], nodes[-1].number)


def find_edited_inputs(node: Value) -> list[Value]:
    """Return the inputs whose number isn't the one that the node was made from.

    >>> find_edited_inputs(Value(3.0) * 2)
    []

    Not-a-number isn't equal to itself, but that doesn't count as an edit.
    """
    pairs = zip(node.inputs, read_input_numbers(node), strict=True)
    return [x for x, number in pairs if not is_same_number(x.number, number)]


# The same as ``numbers`` and ``partials``, which a node refuses while a function is compiled.
read_input_numbers: Callable[[Value], tuple[float, ...]] = Node.numbers.__get__
read_partials: Callable[[Value], tuple[float | None, ...]] = Node.partials.__get__
