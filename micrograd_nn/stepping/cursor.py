"""A cursor over backpropagation: a place in its steps, moved forward and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from operator import index
from typing import Any

from ..engine.backprop import Step
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..text import add_article


class Cursor:
    """A place in the backward pass from ``root``, to be moved forward and back.

    >>> x = Value(3.0, label="x")
    >>> cursor = Cursor(x * x)
    >>> cursor.step().share, cursor.position, len(cursor)
    (3.0, 1, 2)

    It only looks: no node's ``grad`` changes. ``steps`` are taken once, so what is edited
    afterwards changes nothing. The root's gradient is 1 from the beginning, and a constant has
    none.
    """

    def __init__(self, root: Value | Graph, names: Any = None) -> None:
        graph = Graph.of(root, names, type(self).__name__)
        self.root = root = graph.root
        self.names = graph.names
        self.steps = graph.steps
        self._position = 0
        self._gradients = {} if isinstance(root, Constant) else {root: 1.0}
        self._all = Counter(step.input for step in self.steps)
        self._pending = Counter(self._all)
        self._order = {node: i for i, node in enumerate((root, *self._all))}

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        kind, root = type(self).__name__, self.names[self.root]
        return f"<{kind} of {root}: step {self.position} of {len(self)}>"

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self._position

    @property
    def current(self) -> Step | None:
        """The step just taken, None at the beginning."""
        return self.steps[self.position - 1] if self.position else None

    @property
    def next(self) -> Step | None:
        """The step to be taken next, None at the end."""
        return self.steps[self.position] if self.position < len(self) else None

    @property
    def state(self) -> dict[Value, float]:
        """A copy of all gradients so far, without the nodes that nothing has reached yet."""
        return dict(self._gradients)

    def gradient(self, node: Value) -> float | None:
        """Return a node's gradient so far, None if nothing has reached it yet.

        >>> x = Value(3.0)
        >>> cursor = Cursor(x * x)
        >>> cursor.gradient(x), cursor.step().after, cursor.gradient(x)
        (None, 3.0, 3.0)
        """
        return self._gradients.get(self._check_known(node, "gradient"))

    def pending(self, node: Value | None = None) -> int:
        """Return how many steps are still to come, in all or to one node.

        >>> x = Value(3.0)
        >>> cursor = Cursor((x * x).tanh())
        >>> cursor.pending(), cursor.pending(x), cursor.pending(cursor.root)
        (3, 2, 0)
        """
        if node is None:
            return len(self) - self.position
        return self._pending[self._check_known(node, "pending")]

    def is_complete(self, node: Value) -> bool:
        """Tell whether no step to a node is still to come.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> Cursor(y).is_complete(x), Cursor(y).is_complete(y)
        (False, True)
        """
        return not self._pending[self._check_known(node, "is_complete")]

    def step(self) -> Step | None:
        """Take the next step and return it, or None at the end.

        >>> Cursor(Value(3.0)).step() is None
        True
        """
        step = self.next
        if step is not None:
            self._position += 1
            self._pending[step.input] -= 1
            self._gradients[step.input] = step.after
        return step

    def back(self) -> Step | None:
        """Take back the current step and return it, or None at the beginning.

        >>> cursor = Cursor(-Value(3.0))
        >>> cursor.step() == cursor.back(), cursor.position, cursor.back()
        (True, 0, None)
        """
        step = self.current
        if step is not None:
            self._position -= 1
            self._pending[step.input] += 1
            if self._pending[step.input] == self._all[step.input]:
                del self._gradients[step.input]  # nothing had reached it before
            else:
                self._gradients[step.input] = step.before
        return step

    def goto(self, position: int) -> None:
        """Move to where so many steps have been taken, forward or back.

        >>> Cursor(-Value(3.0)).goto(2)
        Traceback (most recent call last):
        IndexError: goto(2): the positions are 0, the beginning, to 1, the end
        """
        position = read_position(position, len(self))
        while self.position < position:
            self.step()
        while self.position > position:
            self.back()

    def run_to(self, node: Value) -> Step | None:
        """Go on until a node's gradient is complete; return the last step taken, if any.

        >>> x, b = Value(3.0), Value(1.0)
        >>> cursor = Cursor(x * x + b)
        >>> cursor.run_to(b).after, cursor.position, cursor.run_to(b)
        (1.0, 2, None)
        """
        self._check_known(node, "run_to")
        last = None
        while self._pending[node]:
            last = self.step()
        return last

    def until(self, condition: Callable[[Step], bool]) -> Step | None:
        """Go on to the next step that meets a condition and return it, or None at the end.

        >>> cursor = Cursor((Value(3.0) * 0.5).tanh())
        >>> cursor.until(lambda step: step.partial == 0.5) is cursor.current
        True
        """
        if not callable(condition):
            raise TypeError(
                "until takes a function of a step, as in until(lambda step: step.input is x), "
                f"not {add_article(type(condition).__name__)}"
            )
        while (step := self.step()) is not None:
            if condition(step):
                return step
        return None

    def latest(self, count: int) -> list[Value]:
        """Return so many nodes at most that have a gradient, those of the latest steps.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> Cursor(y).latest(5) == [y]
        True
        """
        if len(self._gradients) <= count:
            return list(self._gradients)
        latest: dict[Value, None] = {}
        for step in reversed(self.steps[max(0, self.position - count) : self.position]):
            latest |= dict.fromkeys((step.input, step.node))
        return sorted(list(latest)[:count], key=self._order.__getitem__)

    def _check_known(self, node: Value, where: str) -> Value:
        """Return the node, if it is one of this graph."""
        if node not in self.names:
            root = self.names[self.root]
            raise ValueError(f"{where} needs a Value that {root} was made of, not {node!r}")
        return node


def read_position(position: Any, length: int) -> int:
    """Return a position among so many steps; what is none is refused.

    >>> read_position(True + 1, 3)
    2
    """
    try:
        position = index(position)
    except TypeError:
        kind = add_article(type(position).__name__)
        raise TypeError(f"goto takes a number of steps, as in goto(2), not {kind}") from None
    if not 0 <= position <= length:
        raise IndexError(
            f"goto({position}): the positions are 0, the beginning, to {length}, the end"
        )
    return int(position)
