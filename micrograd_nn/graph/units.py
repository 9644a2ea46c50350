"""Which nodes of a graph belong to which neuron: its sum, and an activation that is its own.

What a loss does with a neuron's number looks like an activation: one operation on one number; and
where it adds two of them, like a sum. So nothing is taken into a neuron on a guess: what isn't
known to be its own is drawn by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from ..engine.value import Constant, Value
from .neurons import find_layer, find_owner

ADDING = {"add", "sub", "sum"}
WEIGHING = {"mul", "truediv", "dot"}  # bare numbers, too
ACTIVATIONS = {
    "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "sigmoid", "tanh", "sin",
}  # fmt: skip
IS_SUM = "+"  # stands among the places of parameters whose sum is surely their owner's
IN_LIST = re.compile(r"(\.\d+)+$")
FROM_WEIGHTS = "from weights"  # whose that is which a penalty makes of each weight by itself
FEW_FROM_WEIGHTS = 3  # of it that are drawn together


class Unit(NamedTuple):
    """What some of an owner's parameters weigh, added up: a neuron's sum, or a part of one.

    ``uses`` has for the place of each parameter the node that uses it, and for an attribute, with
    a dot, the one list in it that they stand in. ``data`` are what is weighed. Of its ``nodes``,
    those ``added`` only add, and nothing shows yet that they are the owner's.
    """

    owner: str
    uses: dict[str, str | Value]
    data: set[Value | float]
    nodes: list[Value]
    added: list[Value]


def join_parts(parts: Sequence[Unit]) -> Unit | None:
    """Return the sum of some parts, None where they are of several calls, or of several rows."""
    whole = max(parts, key=lambda part: len(part.uses))  # into which the others go: it may be long
    others = [part for part in parts if part is not whole]
    uses: dict[str, str | Value] = {}
    for place, use in [item for part in others for item in part.uses.items()]:
        if uses.setdefault(place, use) != use or whole.uses.get(place, use) != use:
            return None
    if len(others) < len(parts) - 1:  # a number is added to itself
        return None
    latest = max(part.nodes[0].created for part in parts)
    is_shown = any(part.added and part.added[-1].created < latest for part in parts)
    whole.uses.update(uses | {IS_SUM: ""} if is_shown else uses)  # one was made after an addition
    for part in others:
        whole.data.update(part.data)
        whole.nodes.extend(part.nodes)
        whole.added.extend(part.added)
    return whole


def assign_neurons(
    users: Mapping[Value, Sequence[Value]],
    parameters: Mapping[Value, str],
    named: Collection[Value] = (),
    read_owner: Callable[[str], tuple[str | None, object]] = lambda owner: (None, None),
) -> dict[Value, str]:
    """Return for each node that belongs to a neuron which one, by the names of the parameters.

    ``users`` are of all nodes of a graph, in its order. A neuron is what weighs inputs by one
    owner's parameters, what adds that up, and the activation that ``read_owner`` says: "" for none.
    Where it says None, that is what follows all sums of a layer, or of owners of one class, if one
    was made before the next neuron's sum was begun; of a layer also if one is weighed in turn. What
    is ``named`` is a result that somebody keeps, followed by no activation.
    """
    owned = {node: name for node in users if find_owner(name := parameters.get(node, ""))}
    finder = Finder(users, owned)
    for node in users if owned else ():
        if node.operation is not None:
            finder.add_node(node, node.operation.name)
    if len(finder.from_weights) >= FEW_FROM_WEIGHTS:
        finder.neurons.update(dict.fromkeys(finder.from_weights, FROM_WEIGHTS))
    finder.find_activations(named, read_owner)
    return finder.neurons


class Finder:
    """A search for the neurons of a graph: for their sums, then for their activations."""

    def __init__(
        self, users: Mapping[Value, Sequence[Value]], parameters: Mapping[Value, str]
    ) -> None:
        self.users, self.parameters = users, parameters
        self.neurons = {node: find_owner(name) for node, name in parameters.items()}
        self.places = {x: split_place(name, self.neurons[x]) for x, name in parameters.items()}
        self.units: dict[Value, Unit] = {}  # by the node that is the sum of it so far
        self.weighing: set[Value] = set()
        self.from_weights: list[Value] = []

    def add_node(self, node: Value, name: str) -> None:
        """Note whose a node is, if it weighs inputs by parameters, or adds up what does."""
        own = {x for x in node.inputs if x in self.parameters}
        rest = [x for x in node.inputs if x not in own]
        adds, is_root = name in ADDING, not self.users[node]
        if own and all(isinstance(x, Constant) for x in rest) and not (rest and name in WEIGHING):
            if len(own) == 1 and not (adds or is_root):
                self.from_weights.append(node)
            return
        owners = {self.neurons.get(x, "") for x in own or rest}
        if len(owners) != 1 or not (own or adds):
            return
        (owner,) = owners
        mine = [self.weigh(node, name, owner, rest)] if own else []
        parts = [x for x in rest if x in self.units and self.units[x].owner == owner]
        if not adds:
            for x in parts:  # c·w, of which a penalty makes c·w·w
                is_number = not any(isinstance(y, Value) for y in self.units[x].data)
                if is_number and self.units[x].uses.keys() == mine[0].uses.keys():
                    del self.units[x], self.neurons[x]
                    return
            self.weighing.add(node)
        parts = [x for x in parts if adds and len(self.users[x]) == 1]
        is_sum = bool(parts) if mine else len(parts) == len(rest) > 1 and not is_root
        if adds and not is_sum:  # it may be a loss that adds: a result, or to a parameter
            return
        unit = join_parts([*[self.units[x] for x in parts], *mine])
        if unit is not None:
            for x in parts:
                del self.units[x]
            unit.nodes.append(node)
            unit.added.extend([] if mine else [node])
            self.units[node], self.neurons[node] = unit, owner

    def weigh(self, node: Value, name: str, owner: str, rest: Sequence[Value]) -> Unit:
        """Return what a node makes with parameters: where they stand, and what it does it with.

        Of the lists in an attribute a neuron uses one. Of several, as a kernel's rows, it is "".
        """
        uses: dict[str, str | Value] = {}
        for i, x in enumerate(node.inputs):
            if x in self.parameters:
                place, attribute, row = self.places[x]
                uses[place] = node
                if name in ADDING or (name == "dot" and i == len(node.inputs) // 2 * 2):  # a bias
                    row, uses[IS_SUM] = place, ""
                uses[attribute] = row if uses.get(attribute, row) == row else ""
        given = [x for x in rest if name not in ADDING or x not in self.units]
        data = {x.number if isinstance(x, Constant) else x for x in given}
        return Unit(owner, uses, data, [node], [])

    def find_activations(
        self, named: Collection[Value], read_owner: Callable[[str], tuple[str | None, object]]
    ) -> None:
        """Find the activations, and drop the sums that nothing shows to be a neuron's."""
        after = {x: self.users[x][0] for x in self.units if len(self.users[x]) == 1}
        told = {x: read_owner(unit.owner) for x, unit in self.units.items()}
        kinds: dict[Value, list[object]] = {}  # of each sum: its layer's, and that of its class
        names: dict[object, set[str]] = {}  # of the operations that follow a kind
        added: set[object] = set()  # the kinds of which one is shown to be added by its neuron,
        followed: set[object] = set()  # and those of which one is shown to have an activation
        calls: dict[str, dict[frozenset[str], Value]] = {}  # of each layer, the sums of one call
        for node, unit in self.units.items():
            layer = find_layer(unit.owner)
            attributes = frozenset(place for place in unit.uses if place[-1] == ".")
            own: list[object] = [
                (like, attributes) for like in (layer, told[node][1]) if like is not None
            ]
            kinds[node] = own
            for kind in own:
                names.setdefault(kind, set()).add("" if node in named else find_name(after, node))
            call, row = calls.setdefault(layer, {}), frozenset([unit.owner, *unit.uses])
            last = next(reversed(call.values()), node)
            is_alike = kinds[last][0] == own[0]
            first = min(x.created for x in unit.nodes)
            if row in call or (is_alike and self.units[last].data != unit.data):
                call.clear()
            elif last.created < first:
                added.add(kinds[last][0])
                followed.update(kinds[last] if after.get(last, node).created < first else ())
            call[row] = node
            if node in after and not self.weighing.isdisjoint(self.users[after[node]]):
                followed.add(own[0])
        for node, unit in self.units.items():
            shown = [names[kind] for kind in kinds[node] if kind in followed]
            is_own = any(len(ones) == 1 and ones <= ACTIVATIONS for ones in shown)
            if told[node][0] is not None:
                is_own = told[node][0] == find_name(after, node)
            if unit.added and IS_SUM not in unit.uses and kinds[node][0] not in added:
                for x in unit.added:
                    del self.neurons[x]
            elif is_own and node in after:
                self.neurons[after[node]] = unit.owner


def split_place(name: str, owner: str) -> tuple[str, str, str]:
    """Return a parameter's place in its owner, the attribute, with a dot, and the list in that.

    >>> split_place("f.W.0.1", "f"), split_place("f.b", "f")
    (('.W.0.1', '.W.', '.W.0'), ('.b', '.b.', '.b'))
    """
    place = name.removeprefix(owner)
    attribute = IN_LIST.sub("", place)
    return place, f"{attribute}.", place if attribute == place else place.rpartition(".")[0]


def find_name(after: Mapping[Value, Value], node: Value) -> str:
    """Return the name of the operation that alone follows a node, "" for none."""
    operation = after[node].operation if node in after else None
    return "" if operation is None else operation.name
