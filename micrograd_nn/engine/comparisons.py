"""When Values were compared: ``x > 0`` may decide what is recorded, and a graph doesn't tell that.

Only moments are kept, in the order in which nodes are made. Whoever would give a graph other
numbers asks whether Values were compared since its oldest leaf was made, by whatever thread.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterable
from math import inf
from typing import Any

from .node import is_leaf

# The last one counts. Threads that compare at once may add theirs in any order.
moments: deque[int] = deque(maxlen=100)
# Copies are younger than what was compared: the nodes of copied graphs that it may have decided.
copies: weakref.WeakSet[Any] = weakref.WeakSet()


def is_compared(graph: Iterable[Any]) -> bool:
    """Tell whether comparisons of Values may have decided what was recorded of these nodes.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> y = x * 2
    >>> x.data > 0, y.detach() > 0, is_compared([x, y])
    (True, True, False)
    >>> x > 0, is_compared([x, y]), is_compared([Value(3.0)])
    (True, True, False)

    One that is made after the graph counts, too: ``max(x, y)`` returns what is there already.
    """
    return is_any_compared([node for node in graph if is_leaf(node)])


def is_any_compared(nodes: Iterable[Any]) -> bool:
    """Tell whether comparisons may have decided what was recorded since these nodes were made."""
    own = [*nodes]
    oldest = min([node.created for node in own], default=inf)
    return max(moments.copy(), default=-1) > oldest or any(node in copies for node in own)


def mark_copies(graph: Iterable[Any]) -> None:
    """Note of the nodes of a copied graph that comparisons may have decided the original."""
    copies.update(graph)
