"""``diff``: two graphs, two models or two recorded trainings side by side."""

from __future__ import annotations

from typing import Any

from ...._ground.callers import find_callings
from ...._ground.text import add_article
from ....engine.value import Value
from ....graph.graph import Graph, find_graph
from ....nn.module import name_parameters
from ...train.history import History
from .difference import Difference
from .graphs import GraphDifference
from .matching import match_nodes
from .trainings import TrainingDifference, compare_models


def diff(
    a: Any,
    b: Any,
    *,
    names: Any = None,
    called: tuple[str, str] | None = None,
) -> Difference:
    """Return what two graphs, two models or two recorded trainings differ in, and by how much.

    >>> from micrograd_nn import Value
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> before = w * x
    >>> w.data = 2.5
    >>> print(diff(before, w * x + 1, names={}))
    v1 → v2: 6 → 8.5
    3 nodes on both sides, 3 of them differ
    It begins at w
    Only in b: the number 1 in v2, v2 = v1 + 1
          node                    value                     gradient
    ***   w                       2 → 2.5                   3
    ***   x                       3                         2 → 2.5
    ***   v1 = w · x              6 → 7.5                   1
    * under 1 %, ** under 10 %, *** under 100 %, **** more, or of another sign

    Nodes are the same if they are one object, have one name (``names`` is as in ``draw``), or are
    made in one way from the same nodes or at the same place. Numbers and gradients are those of
    the record, whatever was edited since. ``called`` says what the two sides are called: as your
    variables, unless you say otherwise.

    Of two histories of ``fit(..., record=True)`` it tells the losses, the epoch where the
    trainings part and by which weight, and the weights at the last epoch that both have. Of two
    models, it compares the parameters by name.

    It prints itself, a notebook shows it as a picture, and ``.save("diff.html")`` or
    ``.save("diff.svg")`` writes it. Two things of different kinds are a TypeError:

    >>> diff(before, 6.0)
    Traceback (most recent call last):
    TypeError: diff takes two Values, two models or two histories, not a Value and a float
    """
    if called is None:
        named = find_callings(a, b)
        called = named if named and len(named) == 2 else ("a", "b")
    if isinstance(a, History) and isinstance(b, History):
        return TrainingDifference(a, b, called)
    if all(not isinstance(x, (Value, Graph)) and name_parameters(x) for x in (a, b)):
        return compare_models(a, b, called)
    old, new = find_graph(a, names), find_graph(b, names)
    if old is not None and new is not None:
        return GraphDifference(old, new, match_nodes(old, new), called)
    kinds = " and ".join(add_article(type(x).__name__) for x in (a, b))
    raise TypeError(f"diff takes two Values, two models or two histories, not {kinds}")
