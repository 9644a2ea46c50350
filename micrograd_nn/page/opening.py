"""How the page of a graph opens: at which step, with which paths, by which engine, or asking."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile
from operator import index
from typing import Any, NamedTuple, SupportsIndex

from .._ground.text import add_article
from ..engine.node import is_leaf
from ..engine.value import Value
from ..graph.graph import Graph
from .mistakes import check_mistakes


class Opening(NamedTuple):
    """What somebody asks to see first; by itself, the beginning."""

    step: int | None = None
    paths_from: Value | None = None
    broken: str | Sequence[str] = ()
    quiz: bool = False


BEGINNING = Opening()


def describe_opening(graph: Graph, opening: Opening) -> tuple[dict[str, Any], int]:
    """Return what a page knows of its opening, and how many steps it has then.

    ``start`` is where a page opens for which no step is asked. A step, a leaf or a mistake that
    there isn't is refused.
    """
    step, leaf, broken, quiz = opening
    mistakes = check_mistakes(graph, broken, "page")
    if quiz and mistakes:
        told = ", ".join(map(repr, mistakes))
        raise ValueError(f"page asks about the right engine: leave out quiz, or broken={told}")
    count = graph.count_steps(count_passes(mistakes))
    if step is not None:
        step = read_place(step, "a step")
        if not 0 <= step <= count:
            name = graph.names[graph.root]
            raise ValueError(f"page has the steps 0 to {count} for {name}, not {step}")
    is_there = isinstance(leaf, Value) and leaf in graph.places and is_leaf(leaf)
    if leaf is not None and not is_there:
        raise ValueError(f"page shows the paths from a leaf of its graph, not from {leaf!r}")
    place = None if leaf is None else graph.places[leaf]
    start = find_start(graph)
    opened = {"step": step, "start": start, "leaf": place, "broken": mistakes, "quiz": bool(quiz)}
    return opened, count


def find_start(graph: Graph) -> int:
    """Return the step at which a page begins: where repetitions lead to the one that it shows.

    At step 0, a batch has nothing but empty boxes, and the next stop is thousands of steps on.

    >>> w = Value(0.5, "w")
    >>> find_start(Graph(w * w)), find_start(Graph(sum((w * i - 1) ** 2 for i in range(30))))
    (0, 115)
    """
    others = {
        node
        for repeat in graph.folding_of_use.repeats
        for repetition in repeat[:-1]
        for node in repetition
    }
    forward = (node for node in graph.nodes if node.operation is not None)
    return sum(1 for _ in takewhile(others.__contains__, forward))


def read_place(number: Any, what: str) -> int:
    """Return the number of a step or an epoch; what isn't whole is an error, and so is True."""
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        kind = add_article(type(number).__name__)
        raise TypeError(f"page takes the number of {what}, not {kind}")
    return index(number)


def count_passes(mistakes: Collection[str]) -> int:
    """Return how many passes a page makes by an engine: two show that it forgets to reset."""
    return 2 if "unreset" in mistakes else 1
