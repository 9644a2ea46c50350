"""The topics of exercises, and an exercise of a topic: ``make_exercise``."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from ..engine.value import Value
from ..graph.graph import Graph
from ..misconceptions import list_slips
from .answers import NumberAnswer
from .exercise import Exercise, Miss


class Topic(NamedTuple):
    """What exercises of one kind are called, and how one is made."""

    title: str
    make: Callable[[Random, int], dict[str, object]]


def make_shared_node(random: Random, level: int) -> dict[str, object]:
    """Ask for the gradient of a value that is used twice."""
    x = Value(float(random.choice([2, 3, 4, -2])), "x")
    a = x * float(random.choice([2, 3, -2]))
    a.label = "a"
    y = a * x
    y.label = "y"
    graph = Graph(y, {})
    misses = [
        Miss(slip.answer, slip.misconception.title, slip.tell(graph.names))
        for slip in list_slips(graph, x)
    ]
    return {
        "question": "What is ∂y/∂x?",
        "answer": NumberAnswer(graph.gradients[x]),
        "misses": misses,
        "working": "…",
        "graph": graph,
    }


TOPICS = {"shared": Topic("A shared node", make_shared_node)}


def make_exercise(topic: str, level: int = 1, seed: int | str = 0) -> Exercise:
    """Return an exercise of a topic; the same level and seed give the same."""
    made = TOPICS[topic].make(Random(f"{topic} {level} {seed}"), level)
    return Exercise(topic, level, str(seed), **made)  # type: ignore[arg-type]
