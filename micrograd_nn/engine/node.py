"""What a node of a graph holds: its number, its gradient, and what it was made of.

Only this file knows how a node keeps its inputs: one or two in slots of their own, more of them as
a tuple. A tuple for each node would be one more object that Python's collector of garbage visits,
again and again, and nearly all nodes have one input or two: it was the largest cost of a graph.
A reader of a node asks for its ``inputs``, ``partials``, ``numbers`` or ``edges``.

What a graph doesn't tell is that ``x > 0`` may have decided what was recorded. Moments of
comparisons are kept for that, in the order in which nodes are made.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, Self, TypeVar

from .._ground.text import add_article
from .operation import Operation
from .refusals import as_float
from .setting import next_number, setting, special_settings

N = TypeVar("N", bound="Node")

by_creation = attrgetter("created")
WIDEST = 80  # letters of a repr
SHOWN = {  # what a user asks a node for
    "data", "grad", "label", "operation", "inputs", "partials", "backward", "detach",
    "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu",
}  # fmt: skip

moments: deque[int] = deque(maxlen=100)  # when Values were compared, by threads in any order
# Nodes of copied graphs whose originals comparisons may have decided, before the copies were made.
copies: weakref.WeakSet[Any] = weakref.WeakSet()


class Node:
    """A number, and how it was made; ``Value`` is a node with arithmetic."""

    __slots__ = (  # noqa: RUF023 - in a reader's order
        "__weakref__", "created", "number", "grad", "own_label", "operation", "origin", "passes",
        "x", "y", "by_x", "by_y", "at_x", "at_y",
    )  # fmt: skip

    is_constant = False

    def begin(
        self, number: float, operation: Operation | None = None,
        x: Any = None, y: Any = None, by_x: Any = None, by_y: Any = None,
        at_x: Any = None, at_y: Any = None, grad: float | None = None, label: str | None = None,
    ) -> None:  # fmt: skip
        """Begin as a number from outside, or as what an operation gives of x and y.

        ``by_x`` is ∂self/∂x, or None where no gradient flows; ``at_x`` the number that x had.
        """
        self.number, self.grad, self.own_label = number, grad, label
        self.operation = operation
        self.x, self.by_x, self.at_x = x, by_x, at_x
        self.y, self.by_y, self.at_y = y, by_y, at_y
        self.passes = 0
        self.origin: Any = None
        self.created = next_number()

    def attach(
        self, inputs: Sequence[Any], partials: Sequence[Any], numbers: Sequence[Any]
    ) -> None:
        """Say what this node was made of, whatever the number of its inputs."""
        self.replace_inputs(inputs)
        self.by_x, self.by_y = share_out(partials)
        self.at_x, self.at_y = share_out(numbers)

    def replace_inputs(self, inputs: Sequence[Any]) -> None:
        """Put other nodes in the place of the inputs."""
        self.x, self.y = share_out(inputs)

    @property
    def inputs(self) -> tuple[Self, ...]:
        """What this node was made of; of a leaf, nothing."""
        return self._join(self.x, self.y)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """∂node/∂input for each input, None for a constant one."""
        return self._join(self.by_x, self.by_y)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The inputs' numbers as this node was made from them."""
        return self._join(self.at_x, self.at_y)

    def _join(self, first: Any, second: Any) -> tuple[Any, ...]:
        """Return what two slots hold as a tuple with an item for each input."""
        if self.y is not None:
            return first, second
        if self.x is None:
            return ()
        return first if type(self.x) is tuple else (first,)

    @property
    def edges(self) -> Iterable[tuple[Self, float]]:
        """The inputs that a gradient flows to, each with the partial by it."""
        by_x, by_y = self.by_x, self.by_y
        if by_y is not None:
            return ((self.y, by_y),) if by_x is None else ((self.x, by_x), (self.y, by_y))
        if by_x is None:
            return ()
        if type(by_x) is tuple:
            edges = zip(self.x, by_x, strict=True)
            return [edge for edge in edges if edge[1] is not None] if None in by_x else edges
        return ((self.x, by_x),)

    @property
    def data(self) -> float:
        """The number; to set it leaves all that was computed from it as it was."""
        if special_settings:
            for observer in setting.get().observers:
                observer.looked_at(self)
        return self.number

    @data.setter
    def data(self, number: Any) -> None:
        for observer in setting.get().observers:
            observer.looked_at(self)
        if type(number) is not float:
            remedy = "compute it from numbers, as in w.data = w.data - 0.1 * w.grad"
            number = as_float(number, f"the data of {self!r}", "a real number", remedy)
        self.number = number

    @property
    def label(self) -> str | None:
        """The text that it is called by wherever it is shown, or None."""
        return self.own_label

    @label.setter
    def label(self, label: Any) -> None:
        if label is not None and not isinstance(label, str):
            raise TypeError(
                f"a Value's label is a text or None, not {add_article(type(label).__name__)}"
            )
        self.own_label = label

    def __dir__(self) -> list[str]:  # of which debuggers make rows, and prompts completions
        return [*SHOWN, *getattr(self, "__dict__", ())]

    def __repr__(self) -> str:
        grad = "" if self.is_constant else f", grad={self.grad!r}"
        made = "" if self.operation is None else f", operation={self.operation.name}"
        label = "" if self.label is None else f", label={self.label!r}"
        text = f"{type(self).__name__}({self.number!r}{grad}{made}{label})"
        return text if len(text) <= WIDEST else f"{text[: WIDEST - 2]}…)"


def share_out(items: Sequence[Any]) -> Sequence[Any]:
    """Return what stands in two slots for an item an input: more of them as a tuple in the first.

    >>> share_out([5]), share_out([5, 6]), share_out([5, 6, 7])
    ((5, None), (5, 6), ((5, 6, 7), None))
    """
    return (tuple(items), None) if len(items) > 2 else (*items, None, None)[:2]


def nodes(*roots: N) -> list[N]:
    """Return the roots and everything that they were made of, inputs before their results.

    >>> from micrograd_nn import Value
    >>> x = Value(2.0, label="x")
    >>> [node.data for node in nodes(x * x + 1)]
    [2.0, 4.0, 1.0, 5.0]

    A node that is used twice stands there once. Nothing recurses: the depth of a graph has no limit
    but memory.
    """
    waiting: list[Any] = [*dict.fromkeys(roots)]
    found = {None, *waiting}  # None, since an empty slot holds it
    graph = []
    while waiting:
        node = waiting.pop()
        graph.append(node)
        inputs = node.x if type(node.x) is tuple else (node.x, node.y)
        if not found.issuperset(inputs):  # a leaf has none, a layer's neurons share theirs
            for input in inputs:
                if input not in found:
                    found.add(input)
                    waiting.append(input)
    # The other way round it is nearly in order, which makes sorting faster. What comes out is a
    # topological order, since inputs are made before what uses them.
    return sorted(graph[::-1], key=by_creation)  # noqa: C415


def is_leaf(node: Any) -> bool:
    """Tell whether a node is a number given from outside, neither computed nor constant."""
    return node.operation is None and not node.is_constant


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


def is_any_compared(nodes: Collection[Any]) -> bool:
    """Tell whether comparisons may have decided what was recorded since these nodes were made."""
    latest = max(moments.copy(), default=-1)
    return any(node.created < latest or node in copies for node in nodes)
