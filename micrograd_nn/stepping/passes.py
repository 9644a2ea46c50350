"""Both passes over a graph as one sequence: each number forward, the seed, each share back."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..engine.backprop import Step
from ..engine.value import Value
from ..graph.graph import Graph
from ..notation.formulas.narration import name_derivative, narrate, narrate_number
from .backprop import Backprop, read_position


class Computed(NamedTuple):
    """A step forward: a node gets its number from those of its inputs."""

    node: Value


class Seed(NamedTuple):
    """The step between the passes: the root's own gradient is 1."""

    node: Value


class Passes:
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
    Nodes whose inputs were left out of a graph have no step forward.
    """

    def __init__(self, root: Value | Graph, names: Any = None) -> None:
        self.graph = Graph.of(root, names, type(self).__name__)
        self.root, self.names = self.graph.root, self.graph.short_names
        made = [node for node in self.graph.nodes if node.operation is not None]
        self.computed = [node for node in made if node not in self.graph.cut]
        self.backprop = Backprop(self.graph)
        self._order = {node: i for i, node in enumerate(self.computed, start=1)}
        self._position = 0

    def __str__(self) -> str:
        return "\n".join(describe_place(self))

    def __len__(self) -> int:
        return self.start + len(self.backprop)

    @property
    def start(self) -> int:
        """The position from which gradients flow: after the forward pass and the seed."""
        return len(self.computed) + 1

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self._position

    @property
    def current(self) -> Computed | Seed | Step | None:
        """The step just taken, None at the beginning."""
        return self.get_step(self.position) if self.position else None

    @property
    def next(self) -> Computed | Seed | Step | None:
        """The step to be taken next, None at the end."""
        return self.get_step(self.position + 1) if self.position < len(self) else None

    def get_step(self, number: int) -> Computed | Seed | Step:
        """Return a step by its number, from 1 on.

        >>> Passes(Value(3.0) * 2).get_step(3).share
        2.0
        """
        if number < self.start:
            return Computed(self.computed[number - 1])
        if number == self.start:
            return Seed(self.root)
        return self.backprop.steps[number - self.start - 1]

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

    def step(self) -> Computed | Seed | Step | None:
        """Take the next step and return it, or None at the end."""
        step = self.next
        if step is not None:
            self.goto(self.position + 1)
        return step

    def back(self) -> Computed | Seed | Step | None:
        """Take back the current step and return it, or None at the beginning."""
        step = self.current
        if step is not None:
            self.goto(self.position - 1)
        return step

    def goto(self, position: int) -> None:
        """Move to where ``position`` steps have been taken, forward or back.

        >>> Passes(-Value(3.0)).goto(4)
        Traceback (most recent call last):
        IndexError: goto(4): the positions are 0, the beginning, to 3, the end
        """
        self._position = read_position(position, len(self))
        self.backprop.goto(max(0, position - self.start))

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


def describe_place(passes: Passes) -> list[str]:
    r"""Return what the current step of either pass does, in one line and its formulas.

    >>> passes = Passes(Value(3.0, "x") * 2)
    >>> for position in range(1, 4):
    ...     passes.goto(position)
    ...     print(*describe_place(passes), sep="\n")
    step 1 of 3: v1 = x · 2
      v1: 3 · 2 = 6
    step 2 of 3: back from v1
      ∂v1/∂v1: 1
    step 3 of 3: v1 = x · 2, to x
      ∂v1/∂x += ∂v1/∂v1 × local ∂v1/∂x
      ∂v1/∂x: 0 + 1 × 2 = 2
    """
    step, names, root = passes.current, passes.names, passes.root
    head = f"step {passes.position} of {len(passes)}:"
    if step is None:
        return [f"{head} the beginning"]
    if isinstance(step, Computed):
        where, *formulas = narrate_number(step.node, names)
    elif isinstance(step, Seed):
        where, *formulas = f"back from {names[root]}", f"{name_derivative(root, root, names)}: 1"
    else:
        where, *formulas = narrate(step, root, names)
    return [f"{head} {where}", *[f"  {formula}" for formula in formulas]]
