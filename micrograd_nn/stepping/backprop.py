"""``Backprop``: the cursor that people use, which prints itself and stops at watched gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..engine.backprop import Step
from ..engine.refusals import require_real
from ..engine.value import Value
from ..graph.graph import Graph
from ..text import format_change, format_number
from ..writing.narration import name_derivative
from .cursor import Cursor
from .description import describe_state

Watches = dict[str, Callable[[Step], bool]]  # what a gradient does, and whether a step makes it


class Backprop(Cursor):
    """A place in the backward pass from ``root``, to be moved forward and back.

    >>> x = Value(3.0, label="x")
    >>> y = x * x
    >>> cursor = Backprop(y, {"y": y})
    >>> cursor.step().share, cursor.step().share, cursor.step()
    (3.0, 3.0, None)
    >>> print(cursor)
    step 2 of 2: y = x · x, to x (input 2)
      ∂y/∂x += ∂y/∂y × local ∂y/∂x
      local ∂y/∂x: x = 3
      ∂y/∂x: 3 + 1 × 3 = 6
    gradients so far:
      y  1  complete
    ▸ x  6  complete
    >>> cursor.back().share, cursor.state[x]
    (3.0, 3.0)

    It only looks: no node's ``grad`` changes. ``names`` is ``locals()``, a model or a dictionary of
    Values; ``steps`` are taken once, so what is edited afterwards changes nothing. The root's
    gradient is 1 from the beginning, and a constant has none.
    """

    def __init__(self, root: Value | Graph, names: Any = None) -> None:
        super().__init__(root, names)
        self._watches: dict[Value | None, Watches] = {}

    def __str__(self) -> str:
        return "\n".join(describe_state(self))

    def watch(
        self, node: Value | None = None, *, exceeds: float | None = None, nan: bool = False
    ) -> None:
        """Let ``run`` stop where a node's gradient changes, or only where it comes to be so.

        ``exceeds=10.0`` is where its magnitude grows beyond 10, ``nan=True`` where it turns NaN.
        Without a node, all are watched: here for the first gradient beyond 4.

        >>> x = Value(3.0, label="x")
        >>> cursor = Backprop(x * x)
        >>> cursor.watch(exceeds=4)
        >>> cursor.run()
        ['∂v1/∂x exceeds 4: 3 → 6']
        """
        if node is not None:
            self._check_known(node, "watch")
        wanted: Watches = {}
        if exceeds is not None:
            wanted |= watch_limit(exceeds)
        if nan:
            wanted["turns NaN"] = turns_nan
        self._watches.setdefault(node, {}).update(wanted or {"changes": changes})

    @property
    def watches(self) -> dict[Value | None, list[str]]:
        """What each watched node's gradient is watched for; None stands for all nodes.

        >>> x = Value(3.0)
        >>> cursor = Backprop(x * x)
        >>> cursor.watch(x)
        >>> cursor.watch(exceeds=10)
        >>> cursor.watches == {x: ["changes"], None: ["exceeds 10"]}
        True
        """
        return {node: list(wanted) for node, wanted in self._watches.items()}

    def unwatch(self, node: Value | None = None) -> None:
        """Forget what a node is watched for, or without one, all watches.

        >>> x = Value(3.0)
        >>> cursor = Backprop(x * x)
        >>> cursor.watch(x)
        >>> cursor.unwatch(x)
        >>> cursor.run(), cursor.position
        ([], 2)

        A node that isn't watched is a ValueError.
        """
        if node is None:
            self._watches.clear()
        elif self._watches.pop(self._check_known(node, "unwatch"), None) is None:
            raise ValueError(f"unwatch needs a Value that is watched, not {self.names[node]}")

    def run(self) -> list[str]:
        """Go on until a watched gradient does what it is watched for, and say what it did.

        At the end there is nothing to say, so this visits every change:

        >>> x = Value(3.0, label="x")
        >>> cursor = Backprop(x * x)
        >>> cursor.watch(x)
        >>> while found := cursor.run():
        ...     print(cursor.position, found)
        1 ['∂v1/∂x changes: 0 → 3']
        2 ['∂v1/∂x changes: 3 → 6']
        """
        while (step := self.step()) is not None:
            wanted = self._watches.get(step.input, {}) | self._watches.get(None, {})
            met = [what for what, happens in wanted.items() if happens(step)]
            if met:
                subject = name_derivative(self.root, step.input, self.names)
                change = format_change(step.before, step.after)
                return [f"{subject} {what}: {change}" for what in met]
        return []


def watch_limit(limit: float) -> Watches:
    """Return a watch for a gradient whose magnitude grows beyond a limit."""
    limit = require_real(limit, "watch(exceeds=...)", "a real number")
    if not limit >= 0:
        raise ValueError(f"watch(exceeds=...) needs a magnitude, 0 or more, not {limit}")
    return {
        f"exceeds {format_number(limit)}": lambda step: abs(step.after) > limit >= abs(step.before)
    }


def changes(step: Step) -> bool:
    """Tell whether a step gives its input another gradient: a share of 0 doesn't."""
    return step.after != step.before and step.before == step.before


def turns_nan(step: Step) -> bool:
    """Tell whether a step is the one that makes its input's gradient NaN."""
    return step.after != step.after and step.before == step.before
