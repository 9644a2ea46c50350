"""``why``: where a recorded training began to go wrong, with the example and the edge behind it."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from ...._ground.files import Written
from ...._ground.text import (
    add_article,
    count_things,
    format_number,
    list_first,
    quote_text,
)
from ....checks.mistakes import describe_result
from ....engine.operation import ARITHMETIC
from ....engine.value import Value
from ....graph.graph import Graph, find_graph
from ....graph.paths import Path, elide_middle
from ....notation.formulas.narration import write_node
from ....page.frame import Page
from ....page.lesson import build_lesson
from ....page.opening import Opening
from ....page.views import keep_near_root
from ....stepping.passes import Passes
from ...train.history import History
from ..comparing.difference import wrap_lines
from .graphs import LOOKED_FOR_IN_ONE, judge_graph
from .judging import LOOKED_FOR, Judgement, judge_epochs
from .replay import Facts, Replay

TITLES = {
    "outweighed": "An example outweighs the others",
    "broken": "A number isn't finite",
    "exploded": "Gradients exploded",
    "dead": "A unit died",
    "saturated": "A unit saturated",
    "vanished": "Gradients vanished",
    "unreached": "No gradient reaches some parameters",
    "summed": "Gradients aren't this loss's alone",
}


@dataclass(frozen=True)
class Cause:
    """What went wrong: since which epoch, and in which example along which edge one sees it.

    ``kind`` is "outweighed", "broken", "exploded", "dead", "saturated" or "vanished", and of a loss
    alone, whose epoch is 0, also "unreached" or "summed"; ``example``
    is its place in ``history.recording.training``, ``graph`` its loss with the weights of the
    epoch ``seen``; ``node`` and ``position`` say which edge. Where there is no number for a graph,
    it is None.
    """

    kind: str
    epoch: int
    told: str
    seen: int | None = None
    example: int | None = None
    graph: Graph | None = None
    node: Value | None = None
    position: int | None = None
    reasons: tuple[str, ...] = ()

    @property
    def step(self) -> int | None:
        """The step of its page: the share along the edge, or how the node is computed.

        Of a very large graph a page has a part. Where that is without the edge, it is None.
        """
        if self.graph is None or self.node is None:
            return None
        return Passes(keep_near_root(self.graph)).number_of(self.node, self.position)


class Causes:
    """What ``why`` found, the first thing first, and what it looked at."""

    def __init__(self, found: Sequence[Cause], looked: Sequence[str]) -> None:
        self.found, self.looked = list(found), looked

    def __str__(self) -> str:
        lines: list[str] = []
        for one in self.found:
            lines.append(f"{TITLES[one.kind]}: {one.told}.")
            lines += [f"- {reason}" for reason in one.reasons]
        lines += [] if self.found else ["Nothing of the kind was found."]
        return "\n".join(wrap_lines([*lines, *self.looked]))

    __repr__ = __str__

    def page(self, place: int = 0) -> Page:
        """Return the lesson page of a finding, opened at the step that shows it.

        Where nothing was found, or there is no graph of it, it is a ValueError.
        """
        if not self.found:
            raise ValueError("why found nothing of the kind, so there is no page of it: print it")
        one = self.found[place]
        if one.graph is None:
            raise ValueError("this finding has no graph, since its numbers are none: print it")
        step = one.step
        beyond = "The page has a part of the graph, and the edge behind it is beyond that part."
        told = [
            f"{begin_sentence(one.told)}.",
            *one.reasons,
            *[beyond] * (step is None and one.node is not None),
        ]
        return build_lesson(
            one.graph,
            title=TITLES[one.kind],
            notes="\n\n".join(told),
            opening=Opening(step=step),
        )

    def save(self, path: str | os.PathLike[str]) -> Written:
        """Write the page of the first finding to a file, whose name ends in .html."""
        return self.page().save(path)


def begin_sentence(text: str) -> str:
    """Return a text with a capital at its beginning, unless that is a name."""
    is_word = text.split(" ", 1)[0] in ("the", "no", "none", "a")
    return text[:1].upper() + text[1:] if is_word else text


def why(subject: Any, names: Any = None) -> Causes:
    """Find where a recorded training began to go wrong, and the example and the edge behind it.

    >>> import random
    >>> from micrograd_nn.losses import squared_error
    >>> from micrograd_nn.nn import MLP
    >>> from micrograd_nn.optim import SGD
    >>> from micrograd_nn.extras.train import fit
    >>> model = MLP(1, [1, 1], rng=random.Random(1))
    >>> model.load_state({**model.state(), "layers.0.neurons.0.b": -9.0})
    >>> data = [([x / 10], x / 10) for x in range(10)]
    >>> training = dict(optimizer=SGD(model.parameters(), 0.1), epochs=3, record=True)
    >>> found = why(fit(model, data, squared_error, **training)).found
    >>> print(found[0].told, *found[0].reasons, sep=", ")  # doctest: +NORMALIZE_WHITESPACE
    layers.0.neurons.0 (relu) is 0 for every example from the start on,
    The example ([0.0], 0.0), at epoch 0, has a loss of 0.,
    Its largest path there: loss ← v5 ← v4 ← v3 ← v2 ← v1, with a product of 0.,
    The smallest factor on it is × 0, to v1 by v2 = relu(v1).

    Where nothing of the kind is found, it says so, and what it looked at. It replays the training
    from what ``fit(..., record=True)`` kept, by rules that the answer prints, and doesn't guess.
    ``why(history).page()`` is the lesson of the example, opened at the step that shows it.

    >>> why(History())
    Traceback (most recent call last):
    ValueError: this training was not recorded: use fit(..., record=True)

    Of a loss, or of a function that computes one with PyTorch, it says what keeps its parameters
    from learning; with ``names``, a model or a dictionary, also which of its parameters no gradient
    reaches:

    >>> model = MLP(1, [2, 1])
    >>> loss = model.layers[0]([1.0])[1] ** 2
    >>> print(why(loss, model).found[0].told)
    layers.0.neurons.0.w.0, layers.0.neurons.0.b, layers.1.neurons.0.w.0, \
layers.1.neurons.0.w.1, layers.1.neurons.0.b
    """
    if not isinstance(subject, History):
        graph = find_graph(subject, names)
        if graph is None:
            kind = add_article(type(subject).__name__)
            raise TypeError(f"why takes the history of fit(..., record=True) or a loss, not {kind}")
        found = [Cause(kind, 0, told, graph=graph) for kind, told in judge_graph(graph)]
        return Causes(found, LOOKED_FOR_IN_ONE)
    replay = Replay(subject)
    epochs = replay.look_at_epochs()
    found = [
        explain_judgement(replay, epochs, judgement)
        for judgement in judge_epochs(epochs, len(replay.recording.training))
    ]
    looked = describe_look(replay, epochs, len(subject.epochs))
    stopped = subject.stopped or "without a reason that was noted"
    return Causes(found, [looked, *LOOKED_FOR, f"The training ended: {stopped}."])


def describe_look(replay: Replay, epochs: Sequence[Facts], count: int) -> str:
    """Say what was looked at."""
    recording = replay.recording
    units = count_things(len({unit for facts in epochs for unit in facts.alive}), "unit")
    layers = count_things(max(len(facts.layers) for facts in epochs), "layer")
    looked = max(len(facts.examples) for facts in epochs)
    weights = count_things(len(epochs), "epoch")
    if len(epochs) < count:
        weights = f"{len(epochs):,} of {count_things(count, 'epoch')}"
    return (
        f"Looked at the weights of {weights} up to {epochs[-1].epoch}, "
        f"{looked:,} of {len(recording.training):,} examples, {units} and {layers}, "
        "without a penalty, for:"
    )


def explain_judgement(replay: Replay, epochs: Sequence[Facts], judgement: Judgement) -> Cause:
    """Return what a judgement says, with the example and the edge behind it."""
    kind, place, told = judgement.kind, judgement.place, judgement.told
    epoch = epochs[place].epoch
    if (broken := epochs[place].broken) is not None:
        return explain_broken(replay, judgement, epochs[place], broken)
    seen = place  # what made a unit flat was before that
    if judgement.unit:
        seen = next((i for i in range(place - 1, -1, -1) if not epochs[i].error), place)
    with replay.weights_of(replay.snapshots[seen]):
        chosen = choose_example(replay, judgement)
        if chosen is None:
            return Cause(kind, epoch, told)
        i, example, at = chosen
        graph = replay.copy_graph(example)
    path = graph.paths(graph.nodes[at]).largest(1)[0]
    if judgement.unit:  # on to its input
        path = Path((*path.nodes, graph.nodes[at].inputs[0]), (*path.positions, 0))
    if not path.positions:  # the loss is a parameter itself
        return Cause(kind, epoch, told, epochs[seen].epoch, i, graph)
    was_flat = bool(judgement.unit) and place == seen
    seeks_least = kind == "vanished" or was_flat
    sizes = [abs(partial) for partial in path.partials]
    edge = sizes.index(min(sizes) if seeks_least else max(sizes))
    if was_flat:  # by the unit itself
        edge = len(sizes) - 1
    reasons = describe_reasons(graph, path, edge, epochs[seen].epoch, example, seeks_least)
    node, position = path.nodes[edge], path.positions[edge]
    return Cause(kind, epoch, told, epochs[seen].epoch, i, graph, node, position, reasons)


def choose_example(replay: Replay, judgement: Judgement) -> tuple[int, Any, int] | None:
    """Return the example whose gradient at the place in question is the largest, and that place.

    The place is a unit, whose gradient is that of its input, or a parameter (of the layer in
    question). Of examples without a gradient there, it is that whose unit comes nearest to having
    one. An example whose loss can't be computed is passed over.
    """
    found = list[tuple[tuple[float, float], tuple[int, Any, int]]]()
    for i, example in replay.examples:
        with suppress(*ARITHMETIC):
            graph, outputs = replay.build(example)
            for node in list_wanted(replay, graph, outputs, judgement):
                slope, near = graph.gradients.get(node, 0.0), abs(graph.root.data)
                if judgement.unit:
                    x = node.inputs[0].data
                    slope *= node.partials[0] or 0.0
                    near = x if judgement.kind == "dead" else -abs(x)
                if not (math.isnan(slope) or math.isnan(near)):
                    found.append(((abs(slope), near), (i, example, graph.places[node])))
    return max(found, key=itemgetter(0))[1] if found else None


def list_wanted(
    replay: Replay, graph: Graph, outputs: set[Value], judgement: Judgement
) -> list[Value]:
    """Return the nodes of a graph that a judgement is about: a unit's, or a layer's parameters."""
    if judgement.unit:
        units = replay.find_units(graph, outputs)
        return [graph.nodes[at] for at, unit in units if unit == judgement.unit]
    return [
        x
        for x, layer in replay.layer_of.items()
        if judgement.layer in ("", layer) and x in graph.places
    ]


def describe_reasons(
    graph: Graph, path: Path, edge: int, epoch: int, example: object, seeks_least: bool
) -> tuple[str, ...]:
    """Say which example and which path are behind a finding, and its outermost factor."""
    names, partials = graph.names, path.partials
    way = " ← ".join("…" if node is None else names[node] for node in elide_middle(path.nodes))
    factor = format_number(partials[edge])
    rule = write_node(path.nodes[edge], names)
    which = "smallest" if seeks_least else "largest"
    loss, product = (format_number(x + 0.0) for x in (graph.root.data, path.product))  # no −0
    return (
        f"The example {quote_text(example)}, at epoch {epoch}, has a loss of {loss}.",
        f"Its largest path there: {way}, with a product of {product}.",
        f"The {which} factor on it is × {factor}, to {names[path.nodes[edge + 1]]} by {rule}.",
    )


def explain_broken(replay: Replay, judgement: Judgement, facts: Facts, i: int) -> Cause:
    """Return where the first number that isn't finite comes from: weights, a node or a share."""
    snapshot, example = replay.snapshots[judgement.place], replay.recording.training[i]
    reasons = [f"The first example with it is {quote_text(example)}."]
    if lost := [name for name, x in snapshot.state.items() if not math.isfinite(x)]:
        listed = list_first(lost, 2, " and {left:,} more")
        reasons = [f"Weights that aren't finite, from the epoch before: {listed}."]
    cause = Cause("broken", facts.epoch, judgement.told)
    with replay.weights_of(snapshot), suppress(*ARITHMETIC):
        graph = replay.copy_graph(example)
        cause = replace(cause, seen=facts.epoch, example=i, graph=graph)
        nodes = [x for x in graph.nodes if x.operation and not math.isfinite(x.data)]
        steps = [step for step in graph.steps if not math.isfinite(step.after)]
        if nodes:
            reasons.append(describe_result(nodes[0]).replace("\n", ""))
            cause = replace(cause, node=nodes[0])
        elif steps:
            step, names = steps[0], graph.names
            product = " × ".join(map(format_number, (step.upstream, step.partial)))
            reasons.append(
                f"Its first share that isn't finite, from {names[step.node]} to "
                f"{names[step.input]}: {product} = {format_number(step.share)}."
            )
            cause = replace(cause, node=step.node, position=step.position)
    return replace(cause, reasons=tuple(reasons))
