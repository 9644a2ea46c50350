"""``Backprop``: a cursor over backpropagation that prints itself and stops at watched gradients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import index
from typing import Any, Generic, TypeVar

from .._ground.text import add_article, format_change, format_number
from ..engine.backprop import Step
from ..engine.refusals import as_float
from ..engine.value import Constant, Value
from ..graph.graph import Graph
from ..notation.formulas.narration import name_derivative, narrate

S = TypeVar("S")  # a step
SHOWN_GRADIENTS = 8  # gradients in the printed table

Watches = dict[str, Callable[[Step], bool]]  # what a gradient does, and whether a step makes it


class Cursor(Generic[S]):
    """A place among the steps of a graph, to be moved forward and back. It changes no node."""

    def __init__(self, graph: Graph, steps: Sequence[S]) -> None:
        self.graph, self.steps = graph, steps
        self.root, self.names = graph.root, graph.short_names
        self._position = 0

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return "\n".join(describe_step(self))

    @property
    def position(self) -> int:
        """How many steps have been taken."""
        return self._position

    @property
    def current(self) -> S | None:
        """The step just taken, None at the beginning."""
        return self.get_step(self.position) if self.position else None

    @property
    def next(self) -> S | None:
        """The step to be taken next, None at the end."""
        return self.get_step(self.position + 1) if self.position < len(self) else None

    def get_step(self, number: int) -> S:
        """Return a step by its number, from 1 on.

        >>> Backprop(Value(3.0) * 2).get_step(1).share
        2.0
        """
        return self.steps[number - 1]

    def narrate(self, step: Any) -> list[str]:
        """Return what a step does, in one line and its formulas."""
        return narrate(step, self.root, self.names)

    def step(self) -> S | None:
        """Take the next step and return it, or None at the end.

        >>> Backprop(Value(3.0)).step() is None
        True
        """
        step = self.next
        if step is not None:
            self.goto(self.position + 1)
        return step

    def back(self) -> S | None:
        """Take back the current step and return it, or None at the beginning.

        >>> cursor = Backprop(-Value(3.0))
        >>> cursor.step() == cursor.back(), cursor.position, cursor.back()
        (True, 0, None)
        """
        step = self.current
        if step is not None:
            self.goto(self.position - 1)
        return step

    def goto(self, position: int) -> None:
        """Move to where ``position`` steps have been taken, forward or back.

        >>> Backprop(-Value(3.0)).goto(2)
        Traceback (most recent call last):
        IndexError: goto(2): the positions are 0, the beginning, to 1, the end
        """
        self._position = read_position(position, len(self))


class Backprop(Cursor[Step]):
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
        graph = Graph.of(root, names, type(self).__name__)
        super().__init__(graph, graph.steps)
        self._gradients = {} if isinstance(self.root, Constant) else {self.root: 1.0}
        self._all = Counter(step.input for step in self.steps)
        self._pending = Counter(self._all)
        self._order = {node: i for i, node in enumerate((self.root, *self._all))}
        self._watches: dict[Value | None, Watches] = {}

    def __str__(self) -> str:
        return "\n".join(describe_state(self))

    def __repr__(self) -> str:
        kind, root = type(self).__name__, self.names[self.root]
        return f"<{kind} of {root}: step {self.position} of {len(self)}>"

    @property
    def state(self) -> dict[Value, float]:
        """A copy of all gradients so far, without the nodes that nothing has reached yet."""
        return dict(self._gradients)

    def gradient(self, node: Value) -> float | None:
        """Return a node's gradient so far, None if nothing has reached it yet.

        >>> x = Value(3.0)
        >>> cursor = Backprop(x * x)
        >>> cursor.gradient(x), cursor.step().after, cursor.gradient(x)
        (None, 3.0, 3.0)
        """
        return self._gradients.get(self._check_known(node, "gradient"))

    def pending(self, node: Value | None = None) -> int:
        """Return how many steps are still to come, in all or to one node.

        >>> x = Value(3.0)
        >>> cursor = Backprop((x * x).tanh())
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
        >>> Backprop(y).is_complete(x), Backprop(y).is_complete(y)
        (False, True)
        """
        return not self._pending[self._check_known(node, "is_complete")]

    def goto(self, position: int) -> None:
        """Move to where ``position`` steps have been taken, forward or back.

        >>> cursor = Backprop(-Value(3.0))
        >>> cursor.goto(1)
        >>> cursor.pending()
        0
        """
        before = self.position
        super().goto(position)
        for step in self.steps[before : self.position]:
            self._pending[step.input] -= 1
            self._gradients[step.input] = step.after
        for step in reversed(self.steps[self.position : before]):
            self._pending[step.input] += 1
            if self._pending[step.input] == self._all[step.input]:
                del self._gradients[step.input]  # nothing had reached it before
            else:
                self._gradients[step.input] = step.before

    def run_to(self, node: Value) -> Step | None:
        """Go on until a node's gradient is complete; return the last step taken, if any.

        >>> x, b = Value(3.0), Value(1.0)
        >>> cursor = Backprop(x * x + b)
        >>> cursor.run_to(b).after, cursor.position, cursor.run_to(b)
        (1.0, 2, None)
        """
        node = self._check_known(node, "run_to")
        last = None
        while self._pending[node]:
            last = self.step()
        return last

    def until(self, condition: Callable[[Step], object]) -> Step | None:
        """Go on to the next step that meets a condition and return it, or None at the end.

        >>> cursor = Backprop((Value(3.0) * 0.5).tanh())
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

    def list_latest(self, count: int) -> list[Value]:
        """Return at most ``count`` nodes that have a gradient, those of the latest steps."""
        if len(self._gradients) <= count:
            return list(self._gradients)
        latest: dict[Value, None] = {}
        for step in reversed(self.steps[max(0, self.position - count) : self.position]):
            latest |= dict.fromkeys((step.input, step.node))
        return sorted(list(latest)[:count], key=self._order.__getitem__)

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
            node = self._check_known(node, "watch")
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
        step = self.until(self._list_met)
        return self._list_met(step) if step else []

    def run_back(self) -> list[str]:
        """Go back to before a watched gradient did what it is watched for, and say what it did.

        >>> x = Value(3.0, label="x")
        >>> cursor = Backprop(x * x)
        >>> cursor.watch(x)
        >>> cursor.goto(2)
        >>> cursor.run_back(), cursor.position
        (['∂v1/∂x changes: 3 → 6'], 1)
        """
        while (step := self.back()) is not None:
            if met := self._list_met(step):
                return met
        return []

    def _list_met(self, step: Step) -> list[str]:
        """Return what a step does that its gradient is watched for."""
        wanted = self._watches.get(step.input, {}) | self._watches.get(None, {})
        met = [what for what, happens in wanted.items() if happens(step)]
        if not met:
            return []
        subject = name_derivative(self.root, step.input, self.names)
        change = format_change(step.before, step.after)
        return [f"{subject} {what}: {change}" for what in met]

    def _check_known(self, node: Value, where: str) -> Value:
        """Return the node, if it is one of this graph."""
        node = self.graph.own(node)
        if node not in self.names:
            root = self.names[self.root]
            raise ValueError(f"{where} needs a Value that {root} was made of, not {node!r}")
        return node


def describe_step(cursor: Cursor[Any]) -> list[str]:
    r"""Return what a cursor's current step does, in one line and its formulas.

    >>> from micrograd_nn.stepping import Passes
    >>> passes = Passes(Value(3.0, "x") * 2)
    >>> for position in range(1, 4):
    ...     passes.goto(position)
    ...     print(*describe_step(passes), sep="\n")
    step 1 of 3: v1 = x · 2
      v1: 3 · 2 = 6
    step 2 of 3: back from v1
      ∂v1/∂v1: 1
    step 3 of 3: v1 = x · 2, to x
      ∂v1/∂x += ∂v1/∂v1 × local ∂v1/∂x
      ∂v1/∂x: 0 + 1 × 2 = 2
    """
    head = f"step {cursor.position} of {len(cursor)}:"
    if cursor.current is None:
        return [f"{head} the beginning"]
    where, *formulas = cursor.narrate(cursor.current)
    return [f"{head} {where}", *[f"  {formula}" for formula in formulas]]


def describe_state(cursor: Backprop) -> list[str]:
    """Return what a cursor's current step does and the latest gradients, in few lines."""
    lines = [*describe_step(cursor), "gradients so far:"]
    latest = cursor.list_latest(SHOWN_GRADIENTS)
    numbers = [format_number(cursor.gradient(node)) for node in latest]
    name_width = max((len(cursor.names[node]) for node in latest), default=0)
    number_width = max(map(len, numbers), default=0)
    for node, number in zip(latest, numbers, strict=True):
        mark = "▸" if cursor.current is not None and node is cursor.current.input else " "
        name, state = cursor.names[node], describe_progress(cursor, node)
        lines.append(f"{mark} {name:{name_width}}  {number:{number_width}}  {state}")
    more = len(cursor.state) - len(latest)
    return [*lines, f"  … and {more:,} more"] if more else lines


def describe_progress(cursor: Backprop, node: Value) -> str:
    """Return how far a node's gradient is: complete, or how many steps to it are to come."""
    pending = cursor.pending(node)
    return f"{pending:,} to come" if pending else "complete"


def watch_limit(limit: float) -> Watches:
    """Return a watch for a gradient whose magnitude grows beyond a limit."""
    limit = as_float(limit, "watch(exceeds=...)", "a real number")
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


def read_position(position: Any, length: int) -> int:
    """Return a position among ``length`` steps, or refuse it."""
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
