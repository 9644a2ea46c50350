"""A recorded training looked at again: the graphs of its examples with the weights of an epoch."""

from __future__ import annotations

import copy
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from ...._ground.nested import iterate_numbers
from ....engine.node import nodes
from ....engine.operation import ARITHMETIC
from ....engine.setting import graphs, next_number
from ....engine.value import Value
from ....graph.graph import Graph
from ....graph.neurons import PLACES, find_layer, find_owner
from ....graph.places import Names, Place, choose_places, walk_places
from ...train.examples import Example
from ...train.history import History, require_recording
from ...train.snapshots import FEWEST, Snapshot

MOST_NODES = 400_000  # that are made in all: a second or two
FEWEST_EPOCHS = 8  # for which examples are left out rather than epochs
STEEPEST = {"relu": 1.0, "tanh": 1.0, "sigmoid": 0.25}  # of what may die or saturate
FLAT_BELOW = 0.01  # of the steepest slope, below which a unit is flat


class Unit(NamedTuple):
    """A neuron's activation, or one without a neuron by its place: its name and its operation."""

    name: str
    operation: str


@dataclass
class Facts:
    """What the examples that were looked at say of one epoch's weights.

    Sizes are root mean squares of gradients: those of ``layers`` over the examples, those of
    ``examples``, by their places, over the parameters.
    """

    epoch: int
    loss: float = 0.0
    alive: dict[Unit, bool] = field(default_factory=dict)  # whether some example isn't flat
    layers: dict[str, float] = field(default_factory=dict)
    examples: dict[int, float] = field(default_factory=dict)
    broken: int | None = None  # the first example whose numbers aren't finite
    error: str = ""  # and why it has none at all
    made: int = 0  # how many nodes that took

    @property
    def size(self) -> float:
        """The size of the whole gradient."""
        return math.hypot(*self.layers.values())


class Replay:
    """A recorded training, to be looked at: which epochs, which examples.

    A history without a recording is a ValueError.
    """

    def __init__(self, history: History) -> None:
        recording = require_recording(history)
        self.recording, self.model, self.loss = recording, recording.model, recording.loss
        named = recording.weights.named
        self.parameters: dict[Value, str] = {x: name for name, x in named.items()}
        held = choose_places(walk_places(self.model)).values()
        given = {x: Place(name, x) for name, x in named.items()}
        self.names = Names({**given, **{place.thing: place for place in held}})
        self.layer_of = {x: name_layer(name) for x, name in self.parameters.items()}
        self.units: dict[Any, list[tuple[int, Unit]]] = {}  # by the form of a graph
        self.examples: Sequence[tuple[int, Example]] = list(enumerate(recording.training))
        self.snapshots: Sequence[Snapshot] = recording.snapshots

    def look_at_epochs(self) -> list[Facts]:
        """Return the facts of a few epochs and examples, chosen so that few nodes are made in all.

        The first epoch, the best and the last say how many nodes an epoch takes.
        """
        room = MOST_NODES // min(FEWEST_EPOCHS, len(self.recording.snapshots))
        known = {
            snapshot.epoch: self.look(snapshot, room) for snapshot in self.recording.at_most(FEWEST)
        }
        most = max(facts.made for facts in known.values())
        self.snapshots = self.recording.at_most(MOST_NODES // max(1, most))
        return [known.get(one.epoch) or self.look(one, room) for one in self.snapshots]

    @contextmanager
    def weights_of(self, snapshot: Snapshot) -> Iterator[None]:
        """Give the model the weights of a snapshot for a while, and let graphs be recorded."""
        with self.recording.weights.put_for_a_while(snapshot), graphs():
            yield

    def build(self, example: Example) -> tuple[Graph, set[Value]]:
        """Return the graph of an example's loss, and the nodes that the model's outputs are."""
        x, target = example
        prediction = self.model(x)
        outputs = {y for y in iterate_numbers(prediction) if isinstance(y, Value)}
        loss = self.loss(prediction, target)
        return Graph(loss, self.names), outputs

    def look(self, snapshot: Snapshot, room: int) -> Facts:
        """Return what the examples say of the weights of a snapshot.

        Where they take more nodes than there is ``room`` for, it is a sample of them from now on,
        taken at random, since those at even distances may be of one class.
        """
        while True:
            facts = self.read_facts(snapshot, room)
            if facts.made <= room or len(self.examples) == 1:
                return facts
            wanted = facts.made / max(1, len(facts.examples)) * len(self.examples)
            share = min(0.5, room / wanted)
            count = max(1, int(len(self.examples) * share))
            self.examples = sorted(random.Random(0).sample(self.examples, count), key=itemgetter(0))

    def read_facts(self, snapshot: Snapshot, room: int) -> Facts:
        """Return what the examples say of a snapshot, until they have made too many nodes."""
        facts = Facts(snapshot.epoch)
        sizes, losses = defaultdict[str, list[float]](list), list[float]()
        start = next_number()
        with self.weights_of(snapshot):
            for i, example in self.examples:
                try:
                    graph, outputs = self.build(example)
                except ARITHMETIC as error:
                    facts.broken, facts.error = i, str(error)
                    break
                losses.append(graph.root.data)
                for place, unit in self.find_units(graph, outputs):
                    is_alive = not is_flat(graph.nodes[place])
                    facts.alive[unit] = facts.alive.get(unit, False) or is_alive
                parameters = [x for x in self.parameters if x in graph.places]
                slopes = [graph.gradients.get(x, 0.0) for x in parameters]
                for x, slope in zip(parameters, slopes, strict=True):
                    sizes[self.layer_of[x]].append(slope)
                facts.examples[i] = measure_size(slopes)
                if facts.broken is None and not all(map(math.isfinite, [losses[-1], *slopes])):
                    facts.broken = i
                if next_number() - start > room:
                    break
        facts.made = next_number() - start
        facts.loss = sum(losses) / len(losses) if losses and not facts.error else math.nan
        order = dict.fromkeys(self.layer_of.values())
        facts.layers = {name: measure_size(sizes[name]) for name in order if name in sizes}
        return facts

    def find_units(self, graph: Graph, outputs: set[Value]) -> list[tuple[int, Unit]]:
        """Return the places of what may die or saturate, each with its unit.

        What the loss does isn't the model's, and an output that is sure of itself isn't a fault.
        """
        form = tuple(
            x.operation.name if x.operation else id(x) if x in self.parameters else ""
            for x in graph.nodes
        )
        if form not in self.units:
            within = set(nodes(*outputs)) if outputs else set()
            counts, found = Counter[str](), []
            for place, node in enumerate(graph.nodes):
                name = node.operation.name if node.operation else ""
                is_sure = node in outputs and name != "relu"
                if name in STEEPEST and node in within and not is_sure and node.inputs:
                    counts[name] += 1
                    owner = graph.neurons.get(node) or f"{name} {counts[name]}"
                    found.append((place, Unit(owner, name)))
            self.units[form] = found
        return self.units[form]

    def copy_graph(self, example: Example) -> Graph:
        """Return the graph of an example with the weights of now, which it keeps.

        Its names are those of the model. The root is called loss, unless the loss function labelled
        it.
        """
        graph, _ = self.build(example)
        memo: dict[int, Any] = {}
        root = copy.deepcopy(graph.root, memo)
        names = Names((memo[id(x)], at) for x, at in self.names.items() if id(x) in memo)
        if root.operation is not None and not root.label:  # no parameter
            root.label = "loss"
        return Graph(root, names)


def is_flat(node: Value) -> bool:
    """Tell whether an activation passes nothing back: a relu at 0, a tanh or sigmoid at an end."""
    partial, name = node.partials[0], node.operation.name if node.operation else ""
    if partial is None or math.isnan(partial):
        return False
    return partial == 0.0 if name == "relu" else abs(partial) < FLAT_BELOW * STEEPEST[name]


def measure_size(numbers: Sequence[float]) -> float:
    """Return the root mean square of numbers, 0 of none, however small or large they are."""
    return math.hypot(*numbers) / math.sqrt(len(numbers)) if numbers else 0.0


def name_layer(name: str) -> str:
    """Return the layer of a parameter by its name; a list of parameters is one by itself."""
    owner = find_owner(name)
    return find_layer(owner) if owner else PLACES.sub("", name) or name
