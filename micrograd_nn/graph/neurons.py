"""Neurons: whose a parameter is by its name, and which nodes of a graph belong to which neuron.

A neuron is its sum, and an activation that is its own. What a loss does with a neuron's number
looks like an activation: one operation on one number; and where it adds two of them, like a sum. So
nothing is taken into a neuron on a guess: what isn't known to be its own is drawn by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value

PLACES = re.compile(r"(\.?\d+)+$")  # the places in lists that end a name
NEURON = re.compile(r"(.*?)\.?neurons\.\d+")
NEURON_PATH = re.compile(
    r"(?P<model>(?:.*?\.)?)(?:layers\.)?(?P<layer>\d+)\.neurons\.(?P<neuron>\d+)"
)
INDEX = re.compile(r"\.(\d+)")
PARAMETER = re.compile(r"(.*\.)?(w|b|weight|bias|theta|θ)s?[0-9.]*(\[.*)?", re.IGNORECASE)
ADDING = {"add", "sub", "sum"}
WEIGHING = {"mul", "truediv", "dot"}  # bare numbers, too
ACTIVATIONS = {
    "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh", "sin",
}  # fmt: skip
BIAS = "bias"  # stands among the lists of a sum that adds a parameter, and so is its owner's
IN_LIST = re.compile(r"(\.\d+)+$")
FROM_WEIGHTS = "from weights"  # what a penalty makes of each weight by itself, and their sum
FEW_FROM_WEIGHTS = 3  # of it that are drawn together


def find_owner(name: str) -> str:
    """Return the part of a parameter's name that says whose parameter it is.

    >>> find_owner("layers.0.neurons.3.w.1"), find_owner("layers.0.neurons.3.b")
    ('layers.0.neurons.3', 'layers.0.neurons.3')

    A name by itself has no owner:

    >>> find_owner("x1"), find_owner("weights.0.1")
    ('', '')
    """
    return PLACES.sub("", name).rpartition(".")[0] if "." in name else ""


def is_called_parameter(name: str) -> bool:
    """Tell whether a name is one that people give to parameters, where no model says.

    >>> [is_called_parameter(name) for name in ("w1", "b", "weights.0.1", "w[0]", "unit.w2", "θ")]
    [True, True, True, True, True, True]

    A name that only begins or ends so is none:

    >>> [is_called_parameter(name) for name in ("x1", "width", "w.x", "x1w1", "")]
    [False, False, False, False, False]
    """
    return PARAMETER.fullmatch(name) is not None


def find_layer(neuron: str) -> str:
    """Return the layer of a neuron; what isn't a neuron of a layer is one by itself.

    >>> find_layer("layers.0.neurons.3"), find_layer("neurons.3"), find_layer("encoder")
    ('layers.0', 'layer', 'encoder')
    """
    found = NEURON.fullmatch(neuron)
    return (found[1] or "layer") if found else neuron


def shorten_neurons(neurons: Iterable[str]) -> dict[str, str]:
    """Return short names of neurons and their layers, counted from 1 as people count.

    >>> print(*shorten_neurons(["layers.0.neurons.4", "layers.1.neurons.0"]).values(), sep=", ")
    h5, layer 1, out, layer 2

    Of more than one model there are none.
    """
    found = {neuron: NEURON_PATH.fullmatch(neuron) for neuron in neurons}
    places = {
        neuron: (int(match["layer"]), int(match["neuron"]) + 1)
        for neuron, match in found.items()
        if match
    }
    if len({match["model"] for match in found.values() if match}) != 1:
        return {}
    last = max(layer for layer, _ in places.values())
    is_alone = max(number for layer, number in places.values() if layer == last) == 1
    short = {}
    for neuron, (layer, number) in places.items():
        head = "out" if layer == last else f"h{layer + 1}." if last > 1 else "h"
        short[neuron] = head if layer == last and is_alone else f"{head}{number}"
        short[neuron.rpartition(".neurons.")[0]] = f"layer {layer + 1}"
    return short


def shorten_parameter(name: str, neuron: str, short: str) -> str:
    """Return the name of a neuron's parameter with the neuron's short one, counted from 1.

    >>> shorten_parameter("layers.0.neurons.1.w.0", "layers.0.neurons.1", "h1.2")
    'h1.2.w1'
    """
    rest = name.removeprefix(neuron)
    return short + "." + INDEX.sub(lambda part: str(int(part[1]) + 1), rest.removeprefix("."))


class Unit(NamedTuple):
    """What some of an owner's parameters weigh, added up: a neuron's sum, or a part of one.

    ``lists`` has for each attribute the one list in it that the parameters stand in, as a row of a
    matrix; and for ``BIAS`` that parameter. ``data`` are what is weighed.
    """

    parameters: set[Value]
    lists: dict[str, str | Value]
    data: set[Value | float]
    nodes: list[Value]


def assign_neurons(
    users: Mapping[Value, Sequence[Value]],
    parameters: Mapping[Value, str],
    named: Collection[Value] = (),
    read_activation: Callable[[str], str | None] = lambda owner: None,
) -> dict[Value, str]:
    """Return for each node that belongs to a neuron which one, by the names of the parameters.

    ``users`` are of all nodes of a graph, in its order. A neuron is what weighs inputs by one
    owner's parameters, what adds that up, and the activation that ``read_activation`` says: "" for
    none. Where it says None, that is what follows all sums of a layer, if one was made before the
    next neuron's sum was begun. What is ``named`` is a result that somebody keeps, followed by no
    activation.
    """
    finder = Finder(users, parameters)
    for node in [x for x in users if x.operation is not None] if finder.lists else ():
        own = [x for x in node.inputs if x in finder.lists]
        if not is_adding(node):
            if own:
                finder.add_product(node, own, find_name(node))
        elif users[node] and node not in named and finder.from_weights.issuperset(node.inputs):
            finder.from_weights.add(node)
        else:
            finder.add_sum(node, own)
    if len(finder.from_weights) >= FEW_FROM_WEIGHTS:
        finder.neurons.update(dict.fromkeys(finder.from_weights, FROM_WEIGHTS))
    finder.find_activations(named, read_activation)
    return finder.neurons


class Finder:
    """A search for the neurons of a graph: for their sums, then for their activations."""

    def __init__(
        self, users: Mapping[Value, Sequence[Value]], parameters: Mapping[Value, str]
    ) -> None:
        self.users = users
        owners = {x: find_owner(parameters[x]) for x in users if x in parameters}
        self.neurons = {x: owner for x, owner in owners.items() if owner}
        self.lists = {x: split_place(parameters[x], owner) for x, owner in self.neurons.items()}
        self.units: dict[Value, Unit] = {}  # by the node that is the sum of it so far
        self.from_weights: set[Value] = set()

    def add_sum(self, node: Value, own: Sequence[Value]) -> None:
        """Note whose a sum is, if it is one of parts that nothing else uses, and of a bias.

        Parts of several calls have the same parameters, and those of several neurons other lists,
        or the same data. After a bias there are only weights of a list that is begun.
        """
        inputs, users = node.inputs, self.users
        tips = {x: self.units[x] for x in inputs if x in self.units and len(users[x]) == 1}
        owners = {self.neurons.get(x, "") for x in inputs}
        is_whole = bool(tips) and len({*own, *tips}) == len(inputs) > 1 == len(owners)
        if not is_whole or not (own or users[node]):  # what adds outputs as a result is a loss
            return
        parts = [*tips.values(), Unit({*own}, self.list_lists(own, own), set(), [node])]
        whole = max(parts, key=lambda part: len(part.parameters))  # into which the others go
        others = [part for part in parts if part is not whole]
        used = [x for part in others for x in part.parameters | part.data if isinstance(x, Value)]
        lists = {item for part in parts for item in part.lists.items()}
        begun = set.intersection(*({*part.lists.items()} for part in tips.values()))
        is_one = len({*used}) == len(used) and len(dict(lists)) == len(lists)
        is_one &= bool(begun) or not any(BIAS in part.lists for part in tips.values())
        if is_one and not any(x in whole.parameters or x in whole.data for x in used):
            whole.parameters.update(x for part in others for x in part.parameters)
            whole.lists.update(lists)
            whole.data.update(x for part in others for x in part.data)
            whole.nodes.extend(x for part in others for x in part.nodes)
            for x in tips:
                del self.units[x]
            self.units[node] = whole
            (self.neurons[node],) = owners

    def add_product(self, node: Value, own: Sequence[Value], name: str) -> None:
        """Note whose a node is, if it weighs inputs by parameters of one owner."""
        owners = {self.neurons[x] for x in own}
        rest = {x for x in node.inputs if x not in self.lists}
        data = {x.number if isinstance(x, Constant) else x for x in rest}
        if not (any(isinstance(x, Value) for x in data) or (rest and name in WEIGHING)):
            if len({*own}) == 1 and self.users[node]:
                self.from_weights.add(node)
            return
        for x in self.units.keys() & rest:  # c·w, of which a penalty makes c·w·w
            if self.units[x].parameters == {*own} and not any(
                isinstance(y, Value) for y in self.units[x].data
            ):
                del self.units[x], self.neurons[x]
                self.from_weights |= {x, node}
                return
        if len(owners) == 1:
            biases = node.inputs[len(node.inputs) // 2 * 2 :] if name == "dot" else ()
            lists = self.list_lists(own, [x for x in biases if x in self.lists])
            self.units[node] = Unit({*own}, lists, data, [node])
            (self.neurons[node],) = owners

    def list_lists(self, own: Iterable[Value], biases: Iterable[Value]) -> dict[str, str | Value]:
        """Return the lists that parameters stand in, and the bias among them."""
        return dict([*(self.lists[x] for x in own), *((BIAS, x) for x in biases)])

    def find_activations(
        self, named: Collection[Value], read_activation: Callable[[str], str | None]
    ) -> None:
        """Find the activations, and drop the sums that nothing shows to be a neuron's.

        What shows it is that one neuron's was made before the next one's was begun, when their
        layer was called for the first time.
        """
        after = {x: self.users[x][0] for x in self.units if len(self.users[x]) == 1}
        layers = {
            x: (find_layer(self.neurons[x]), frozenset(unit.lists))
            for x, unit in self.units.items()
        }
        names: dict[object, set[str]] = {}  # of the operations that follow the sums of a layer
        added: set[object] = set()  # the layers of which one sum is shown to be its neuron's,
        followed: set[object] = set()  # and those of which one activation is
        latest: dict[object, Value] = {}  # of each layer, the latest sum
        met: set[frozenset[Value]] = set()  # parameters
        for node, unit in self.units.items():
            layer, first = layers[node], min(x.created for x in unit.nodes)
            names.setdefault(layer, set()).add("" if node in named else find_name(after.get(node)))
            before, row = latest.get(layer, node), frozenset(unit.parameters)
            if row not in met and self.units[before].data == unit.data and before.created < first:
                added.add(layer)
                if after.get(before, node).created < first:
                    followed.add(layer)
            latest[layer] = node
            met.add(row)
        for node, unit in self.units.items():
            owner, layer = self.neurons[node], layers[node]
            seen = {*names[layer]} & ACTIVATIONS if layer in followed else ()
            told = read_activation(owner)
            if BIAS not in unit.lists and layer not in added:
                for x in filter(is_adding, unit.nodes):
                    del self.neurons[x]
            is_own = (
                len(names[layer]) == len(seen) == 1
                if told is None
                else (told == find_name(after.get(node)))
            )
            if is_own and node in self.neurons and node in after:
                self.neurons[after[node]] = owner


def split_place(name: str, owner: str) -> tuple[str, str]:
    """Return a parameter's attribute of its owner, and the list in that.

    >>> split_place("f.W.0.1", "f"), split_place("f.b", "f")
    (('.W', '.W.0'), ('.b', '.b'))
    """
    place = name.removeprefix(owner)
    attribute = IN_LIST.sub("", place)
    return attribute, place if attribute == place else place.rpartition(".")[0]


def is_adding(node: Value) -> bool:
    """Tell whether a node adds up others."""
    return find_name(node) in ADDING


def find_name(node: Value | None) -> str:
    """Return the name of a node's operation, "" for none."""
    return "" if node is None or node.operation is None else node.operation.name
