"""What keeps the parameters of one loss from learning, as its graph was recorded.

It may be the graph of another engine: PyTorch's parameters hold gradients of their own.
"""

from __future__ import annotations

import math
from functools import reduce
from operator import getitem
from typing import Any

from ...._ground.text import format_number, list_first
from ....checks.mistakes import unreached
from ....graph.graph import Graph
from ...foreign.reading import Adoption, is_close
from .replay import STEEPEST, is_flat

REMEDY = "call zero_grad() before each"
LOOKED_FOR_IN_ONE = (
    "Looked in this loss for:",
    "- numbers that aren't finite",
    "- parameters among the names that no gradient reaches",
    "- relu units that are 0 everywhere in it, and tanh and sigmoid units that are flat",
    "- gradients that add up over backward passes, or that other passes left",
)


def judge_graph(graph: Graph) -> list[tuple[str, str]]:
    """Return what is wrong in a loss: of which kind, and in words.

    >>> from micrograd_nn import Value
    >>> w = Value(2.0, "w")
    >>> loss = (w - 5) ** 2
    >>> loss.backward(), loss.backward()
    (None, None)
    >>> judge_graph(Graph(loss))
    [('summed', 'w holds a sum of 2 passes: call zero_grad() before each')]

    A unit's activation is dead or flat in one loss if it is for all examples that the loss is of.
    """
    broken = [x for x in graph.nodes if not math.isfinite(x.number)]
    flat = find_flat(graph)
    found = {
        "broken": [
            f"{graph.names[x]} is {format_number(x.number)}, the first that isn't"
            for x in sorted(broken, key=lambda x: x.operation is not None)[:1]
        ],
        "unreached": find_unreached(graph),
        "dead": [unit for unit, name in flat.items() if name == "relu"],
        "saturated": [unit for unit, name in flat.items() if name != "relu"],
        "summed": tell_held(graph)[:1],
    }
    return [(kind, list_first(told, 5)) for kind, told in found.items() if told]


def find_unreached(graph: Graph) -> list[str]:
    """Return the parameters among the names that the loss doesn't depend on, by name."""
    names: Any = graph.namespace
    if graph.adoption is not None:  # which knows all tensors that were met
        return [name for name, x in names.items() if x not in graph.places]
    return unreached(graph, names) if callable(getattr(names, "parameters", None)) else []


def find_flat(graph: Graph) -> dict[str, str]:
    """Return the units that pass nothing back in any of their places, with their operations."""
    alive: dict[tuple[str, str], bool] = {}
    parameters = {*graph.parameters}
    for node in graph.nodes:
        name = node.operation.name if node.operation else ""
        if name in STEEPEST:
            own = [graph.names[x] for x in node.inputs[0].inputs if x in parameters]
            neuron = graph.neurons.get(node, "") if graph.adoption is None else ""
            unit = neuron or "".join([f"the unit of {one}" for one in own[-1:]])
            alive[unit, name] = alive.get((unit, name), not unit) or not is_flat(node)
    return {unit: name for (unit, name), is_alive in alive.items() if not is_alive}


def tell_held(graph: Graph) -> list[str]:
    """Say which parameters hold a gradient that isn't the one of a pass from this loss alone."""
    adoption = graph.adoption
    if not isinstance(adoption, Adoption):
        summed = [x for x in graph.leaves if x.passes > 1]
        return [f"{graph.names[x]} holds a sum of {x.passes:,} passes: {REMEDY}" for x in summed]
    return [
        f"{graph.names[x]} holds {format_number(held)}, and its gradient by this loss is "
        f"{format_number(wanted)}: if passes were added up, {REMEDY}"
        for x, (thing, suffix) in adoption.named.items()
        if x in graph.places and getattr(thing, "grad", None) is not None
        for held in [float(reduce(getitem, map(int, suffix.split(".")[1:]), thing.grad))]
        for wanted in [adoption.theirs.get(x, 0.0)]
        if held and not is_close(held, wanted, adoption.rounding.get(x, 0.0), 1e-3)
    ]
