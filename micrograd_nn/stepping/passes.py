"""Both passes over a graph as one sequence: each number forward, the seed, each share back."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..engine.backprop import Step
from ..engine.value import Value
from ..graph.graph import Graph
from ..notation.formulas.narration import name_derivative, narrate_number
from .backprop import Backprop, Cursor


class Computed(NamedTuple):
    """A step forward: a node gets its number from those of its inputs."""

    node: Value


class Seed(NamedTuple):
    """The step between the passes: the root's own gradient is 1."""

    node: Value


class Passes(Cursor[Computed | Seed | Step]):
    """A place in the forward and the backward pass from ``root``, to be moved forward and back.

    >>> x = Value(3.0, label="x")
    >>> passes = Passes(x * x)
    >>> len(passes), passes.is_computed(passes.root), passes.gradient(passes.root)
    (4, False, None)
    >>> type(passes.step()).__name__, passes.is_computed(passes.root)
    ('Computed', True)
    >>> type(passes.step()).__name__, passes.gradient(passes.root)
    ('Seed', 1.0)
    >>> passes.step().after, passes.step().after, passes.step()
    (3.0, 6.0, None)

    The steps are those of a page, with the same numbers. ``backprop`` is the cursor of the
    backward part, whose watches stop it; it stands at its beginning until ``start`` is passed.
    ``start`` is the position from which gradients flow: after the forward pass and the seed.
    Nodes whose inputs were left out of a graph have no step forward.
    """

    def __init__(self, root: Value | Graph, names: Any = None) -> None:
        graph = Graph.of(root, names, type(self).__name__)
        made = [node for node in graph.nodes if node.operation is not None]
        self.computed = [node for node in made if node not in graph.cut]
        self.backprop = Backprop(graph)
        self.start = len(self.computed) + 1
        forward = [Computed(node) for node in self.computed]
        super().__init__(graph, [*forward, Seed(graph.root), *self.backprop.steps])
        self._order = {node: i for i, node in enumerate(self.computed, start=1)}

    def narrate(self, step: Any) -> list[str]:
        """Return what a step of either pass does, in one line and its formulas."""
        if isinstance(step, Computed):
            return narrate_number(step.node, self.names)
        if isinstance(step, Seed):
            seeded = name_derivative(self.root, self.root, self.names)
            return [f"back from {self.names[self.root]}", f"{seeded}: 1"]
        return super().narrate(step)

    def number_of(self, node: Value, position: int | None = None) -> int | None:
        """Return the number of the step that computes a node, or takes a share to its input.

        >>> x = Value(3.0)
        >>> y = x * 2
        >>> passes = Passes(y)
        >>> passes.number_of(y), passes.number_of(y, 0), passes.number_of(x)
        (1, 3, None)

        Where there is no such step, it is None.
        """
        if position is None:
            return self._order.get(node)
        for number, step in enumerate(self.backprop.steps, start=self.start + 1):
            if step.node is node and step.position == position:
                return number
        return None

    def is_computed(self, node: Value) -> bool:
        """Tell whether a node's number is known: a leaf's is from the beginning."""
        return self._order.get(node, 0) <= self.position

    def gradient(self, node: Value) -> float | None:
        """Return a node's gradient so far, None if nothing has reached it yet."""
        gradient = self.backprop.gradient(node)
        return gradient if self.position >= self.start else None

    def goto(self, position: int) -> None:
        """Move to where ``position`` steps have been taken, forward or back.

        >>> Passes(-Value(3.0)).goto(4)
        Traceback (most recent call last):
        IndexError: goto(4): the positions are 0, the beginning, to 3, the end
        """
        super().goto(position)
        self.backprop.goto(max(0, self.position - self.start))

    def run(self) -> list[str]:
        """Go on until a watched gradient does what it is watched for, and say what it did.

        >>> x = Value(3.0, label="x")
        >>> passes = Passes(x * x)
        >>> passes.backprop.watch(x)
        >>> passes.run(), passes.position
        (['∂v1/∂x changes: 0 → 3'], 3)
        """
        found = self.backprop.run()
        self._position = self.start + self.backprop.position
        return found
