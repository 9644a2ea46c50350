"""Backpropagation: the chain rule as one loop, and the same walk as a sequence of facts.

``pass_back`` is that loop, and ``backward`` what stands around it; ``steps`` walks alike and gives
a ``Step`` for each use of the rule, for everything that shows or explains a pass, and changes no
node.
"""

from __future__ import annotations

import sys
from _thread import RLock
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from operator import add, attrgetter, mul
from types import FrameType
from typing import Any, NamedTuple, NoReturn

from .._ground.habits import refuse_arguments
from .node import nodes
from .refusals import as_float, tell_input
from .setting import setting

# Zeros that are told by their identity from a 0.0 that somebody sets: what a model's or an
# optimizer's zero_grad() sets, and what a pass computed (a sum from 0.0 on, and so never -0.0).
ZEROED = float("0")
COMPUTED = float("0")

# One pass at a time: two of them would mix their shares in a leaf that both reach. A thread that is
# at one may begin another (a debugger's console, say), of nodes apart from those that stand here.
passing = RLock()
standing: dict[FrameType, list[Any]] = {}  # by the frame of the pass


def pass_back(graph: Sequence[Any]) -> None:
    """Add to each gradient what flows back to it from the root, the last of the nodes.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> y = x * x
    >>> set_gradients([x, y], 0.0)
    >>> pass_back([x, y])
    >>> x.grad
    6.0

    All must have a gradient already: ``backward`` sets them to 0.0 before.
    """
    graph[-1].grad = 1.0
    for node in reversed(graph):
        upstream = node.grad
        for input, partial in node.edges:
            input.grad += upstream * partial  # the chain rule


class Differentiable:
    """What lets a node backpropagate."""

    __slots__ = ()

    def backward(self: Any, *given: NoReturn, **named: NoReturn) -> None:
        """Compute the derivative of this value by every value that it was made of.

        A leaf's ``grad`` adds up over backward passes, an inner node's is that of the latest:

        >>> from micrograd_nn import Value
        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad, y.grad
        (12.0, 1.0)

        Set a leaf's ``grad`` to 0.0 (a model's ``zero_grad()``) to start over. Of a constant, for
        which nothing was recorded, it is a ValueError.
        """
        if given or named:
            refuse_arguments("Value.backward", named, "backward takes no argument")
        for observer in setting.get().observers:
            observer.passes_back(self)
        require_recorded(self)
        graph: list[Any] = nodes(self)
        require_no_pass(graph, "backward()")
        with passing:
            before = [(node.grad, node.passes) for node in graph]
            try:
                standing[sys._getframe()] = graph
                set_gradients(graph, 0.0)
                pass_back(graph)
                add_earlier(graph, before)
            except BaseException:  # Ctrl-C, too, leaves the gradients as they were
                for node, (grad, count) in zip(graph, before, strict=True):
                    node.grad, node.passes = grad, count
                raise
            finally:
                standing.pop(sys._getframe(), None)


def require_recorded(root: Any) -> None:
    """Refuse a constant, which has no gradient to pass back."""
    if root.is_constant:
        raise ValueError(
            f"{tell_input(root)} has no gradient to pass back: nothing was recorded, since it was "
            f"computed within no_grad(), detached, or made of plain numbers alone"
        )


def require_no_pass(changed: Collection[Any], what: str) -> None:
    """Refuse what would change gradients amid a pass of this thread that computes them."""
    frame: Any = sys._getframe() if standing else None
    while frame is not None:  # one that isn't among these has ended, or is of another thread
        if frame in standing and not {*standing[frame]}.isdisjoint(
            x for x in changed if not x.is_constant
        ):
            raise RuntimeError(
                f"{what} amid a backward pass through some of the same Values would mix up their "
                f"gradients: let that pass end first, or use Values of their own"
            )
        frame = frame.f_back


def zero_gradients(parameters: Collection[Any]) -> None:
    """Set gradients to 0.0, to a zero that is told from one that somebody sets."""
    require_no_pass(parameters, "zero_grad()")
    set_gradients(parameters, ZEROED)


def set_gradients(graph: Iterable[Any], grad: float) -> None:
    """Give all nodes the same gradient."""
    for node in graph:
        node.grad = grad


def add_earlier(graph: Sequence[Any], before: Sequence[tuple[Any, int]]) -> None:
    """Add to the leaves' gradients of a pass what they had before it."""
    for node, (grad, _) in zip(graph, before, strict=True):
        if node.operation is None and not node.is_constant:
            add_gradient(node, node.grad, grad)


def add_gradient(leaf: Any, slope: float, earlier: Any) -> None:
    """Give a leaf the gradient of a pass beside what it had; None and a 0.0 set start over."""
    grad = 0.0 if earlier is None else as_gradient(leaf, earlier)
    leaf.passes = leaf.passes + 1 if grad or earlier is COMPUTED else 1
    leaf.grad = (slope + grad) or COMPUTED


def as_gradient(node: Any, grad: object) -> float:
    """Return a gradient that somebody set as a float; what isn't a number is a TypeError.

    It is looked at where it is used: a look at each that is set would slow down ``backward``.
    """
    if type(grad) is float:
        return grad
    with suppress(TypeError, OverflowError):  # as of 0, for which no name is looked up
        return as_float(grad, "")
    return as_float(grad, f"the grad of a Value of {tell_input(node)}", "a real number")


class Step(NamedTuple):
    """One use of the chain rule: how much of a node's gradient flows on to one input.

    >>> from micrograd_nn import Value
    >>> a, b = Value(2.0), Value(-3.0)
    >>> step = next(steps(a * b))
    >>> step.upstream, step.partial, step.share
    (1.0, -3.0, -3.0)

    ``share`` is ``upstream * partial`` and takes the input's gradient from ``before`` to
    ``after``. An input that stands twice (``a * a``) is told apart by ``position``.
    """

    node: Any
    input: Any
    position: int
    upstream: float
    partial: float
    share: float
    before: float
    after: float

    @property
    def edited(self) -> bool:
        """Whether the input's number was edited since the node was made from it.

        The step tells of the number that the node was made from, not of the new one.
        """
        return not is_same_number(self.input.number, self.node.numbers[self.position])


def steps(root: Any, upstream: float = 1.0) -> Iterator[Step]:
    """Return the steps of one backward pass from ``root``, in the order of ``root.backward()``.

    ``upstream`` is the root's own gradient, what it counts in something larger.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> [step.after for step in steps(x * x)]
    [3.0, 6.0]

    >>> [step.after for step in steps(x * x, upstream=0.5)]
    [1.5, 3.0]

    Constants receive nothing and have no step.

    >>> list(steps(Value(1.0)))
    []
    """
    return map(Step._make, walk_back(nodes(root), upstream))


def walk_back(
    graph: Sequence[Any],
    seed: Any = 1.0,
    find_partials: Callable[[Any], Sequence[Any]] = attrgetter("partials"),
    plus: Callable[[Any, Any], Any] = add,
    times: Callable[[Any, Any], Any] = mul,
) -> Iterator[tuple[Any, Any, int, Any, Any, Any, Any, Any]]:
    """Yield the fields of the steps of one backward pass through a graph, its root the last node.

    It serves derivatives that are numbers, and those that are graphs (for derivatives of
    derivatives), with their own ``plus`` and ``times``. An input whose partial is None receives
    nothing.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> [after for *_, after in walk_back([x, x * x])]
    [3.0, 6.0]
    """
    arrived = {graph[-1]: seed}
    for node in reversed(graph):
        if node not in arrived:
            continue
        upstream = arrived[node]
        for position, (input, partial) in enumerate(
            zip(node.inputs, find_partials(node), strict=True)
        ):
            if partial is not None:
                share = times(upstream, partial)
                before = arrived.get(input, 0.0)
                arrived[input] = after = plus(before, share)
                yield node, input, position, upstream, partial, share, before, after


def is_same_number(x: float, y: float) -> bool:
    """Tell whether two numbers are equal, or neither is a number.

    >>> nan = float("nan")
    >>> is_same_number(1.0, 1.0), is_same_number(nan, nan), is_same_number(nan, 1.0)
    (True, True, False)
    """
    return x == y or (x != x and y != y)
