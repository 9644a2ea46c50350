"""A number that remembers how it was made, and backpropagates through that by the chain rule.

Each operation on Values makes a node of a graph, and ``Value.backward`` walks the graph from its
root to its leaves, in the order that ``passing.py`` gives. How a node is made is in ``record.py``,
which gives a Value its arithmetic; the operations and their derivatives are in ``table.py``. This
file knows none by heart.
"""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from ..habits import refuse_arguments, tell_habits
from ..text import add_article
from .comparisons import Comparing
from .copying import Copying
from .operand import Operand
from .operation import Operation
from .order import next_number, nodes
from .passing import (
    add_earlier_passes,
    clear_gradients,
    list_gradients,
    restore_gradients,
    walk_edges,
)
from .refusals import require_real
from .setting import setting, special_settings
from .showing import Showing

# What zero_grad() sets: a 0.0 of its own, told by its identity from one that somebody computed.
NOTHING_YET = float("0")


@tell_habits
class Value(Comparing, Copying, Showing, Operand):
    """A real number and a node of a computation graph.

    >>> x = Value(3.0, label="x")
    >>> y = x * x + 2 * x
    >>> y.backward()
    >>> x.grad  # dy/dx = 2x + 2
    8.0

    ``data`` is the number and ``grad`` the derivative of the latest root by it (None until a
    backward pass computes one). An inner node also has the ``operation`` that made it, its
    ``inputs``, and the ``partials``, ∂node/∂input for each input as they were when the node was
    made from the inputs' ``numbers``: editing ``data`` afterwards can't falsify a gradient. Bare
    numbers become constants. ``passes`` says how many backward passes a leaf's ``grad`` adds up,
    and ``origin`` which line of a program made the node (under ``mistakes.provenance``).

    What isn't a real number is refused with a TypeError:

    >>> Value("3")
    Traceback (most recent call last):
    TypeError: Value needs a real number, not a str ('3'): convert it with float(...)
    """

    __slots__ = (  # noqa: RUF023 - in a reader's order
        "__weakref__", "created", "number", "grad", "own_label", "operation", "origin", "passes",
        "x", "y", "by_x", "by_y", "at_x", "at_y",  # of two inputs; of more, see split_slots
    )  # fmt: skip

    is_constant = False
    takes_gradient = True  # whether a partial by it is computed
    kinds: Kinds  # of whose classes what is computed from it is, see record.py

    def __init__(self, data: float, label: str | None = None) -> None:
        if type(data) is not float:
            data = require_number(data, "Value")
        self._make(data)
        if label is not None:
            self.label = label
        if special_settings:
            for observer in setting.get().observers:
                observer.made(self)

    def _make(
        self, number: float, operation: Operation | None = None,
        x: Any = None, y: Any = None, by_x: Any = None, by_y: Any = None,
        at_x: Any = None, at_y: Any = None,
    ) -> None:  # fmt: skip
        """Begin as a new node: the result of an operation, or a number from outside.

        ``by_x`` is ∂self/∂x, and ``at_x`` the number that x had.
        """
        self.number = number
        self.grad: float | None = None
        self.own_label: str | None = None
        self.operation = operation
        self.x, self.y = x, y
        self.by_x, self.by_y = by_x, by_y
        self.at_x, self.at_y = at_x, at_y
        self.passes = 0
        self.origin: Any = None
        self.created = next_number()

    @property
    def data(self) -> float:
        """The number; whoever sets it leaves all that was computed from it as it was."""
        if special_settings:
            for observer in setting.get().observers:
                observer.looked_at(self)
        return self.number

    @data.setter
    def data(self, number: Any) -> None:
        if special_settings:
            for observer in setting.get().observers:
                observer.looked_at(self)
        if type(number) is not float:
            if isinstance(number, Operand):
                raise TypeError(
                    f"the data of {self!r} is a number, not a Value: compute it from numbers, as "
                    f"in w.data = w.data - 0.1 * w.grad"
                )
            number = require_real(number, f"the data of {self!r}", "a real number")
        self.number = number

    @property
    def label(self) -> str | None:
        """The text that it is called by wherever it is shown, or None."""
        return self.own_label

    @label.setter
    def label(self, label: str | None) -> None:
        if label is not None and not isinstance(label, str):
            raise TypeError(
                f"a Value's label is a text or None, not {add_article(type(label).__name__)}"
            )
        self.own_label = label

    @property
    def inputs(self) -> tuple[Value, ...]:
        """What this node was made of; of a leaf, nothing."""
        return self._list(self.x, self.y)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """∂node/∂input for each input, None for a constant one."""
        return self._list(self.by_x, self.by_y)

    @property
    def numbers(self) -> tuple[float, ...]:
        """The inputs' numbers as this node was made from them."""
        return self._list(self.at_x, self.at_y)

    def _list(self, first: Any, second: Any) -> tuple[Any, ...]:
        """Return what two slots hold as a tuple with an item for each input."""
        if self.y is not None:
            return first, second
        if self.x is None:
            return ()
        return first if type(self.x) is tuple else (first,)

    def backward(self, *given: NoReturn, **named: NoReturn) -> None:
        """Compute the derivative of this value by every value that it was made of.

        A leaf's ``grad`` adds up over backward passes, an inner node's is that of the latest:

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad, y.grad
        (12.0, 1.0)

        Set a leaf's ``grad`` to 0.0 (a model's ``zero_grad()``) to begin anew. Of a constant, for
        which nothing was recorded, it is a ValueError.
        """
        if given or named:
            refuse_arguments("Value.backward", named, "backward takes no argument")
        for observer in setting.get().observers:
            observer.passes_back(self)
        if self.is_constant:
            raise ValueError(
                f"{self!r} has no gradient to pass back: nothing was recorded, since it was "
                f"computed within no_grad(), detached, or made of plain numbers alone"
            )
        graph: list[Any] = nodes(self)
        earlier = list_gradients(graph)
        try:
            clear_gradients(graph)
            self.grad = 1.0
            for node, edges in walk_edges(graph):
                upstream = node.grad
                for input, partial in edges:
                    input.grad += upstream * partial  # the chain rule
            add_earlier_passes(graph, earlier)
        except BaseException:  # Ctrl-C, too, leaves the gradients as they were
            restore_gradients(graph, earlier)
            raise

    def detach(self) -> Constant:
        """Return this number as a constant: no gradient flows through it.

        >>> x = Value(3.0)
        >>> y = x.detach() * x
        >>> y.backward()
        >>> x.grad
        3.0
        """
        for observer in setting.get().observers:
            observer.detached(self)
        return Constant(self.number, self.label)


class Constant(Value):
    """A number in a graph that no gradient flows to: a bare number or a detached value.

    >>> y = Value(3.0) * 2
    >>> y.inputs[1].data, type(y.inputs[1]).__name__, y.partials
    (2.0, 'Constant', (2.0, None))

    An operation on constants alone gives a constant, with no history.

    >>> (Constant(2.0) + 1).inputs
    ()
    """

    __slots__ = ()

    is_constant = True
    takes_gradient = False

    @property
    def grad(self) -> None:
        """None: no backward pass computes it."""

    @grad.setter
    def grad(self, grad: object) -> None:
        pass


class Kinds(NamedTuple):
    """The classes of what is recorded from a Value: results, and constants from bare numbers.

    A class of your own hands on its kinds where it wants results of its own class.
    """

    value: type[Value]
    constant: type[Constant]


def require_number(x: object, where: str) -> float:
    """Return a real number of any kind as a float; a Value is refused in words of its own.

    >>> require_number(3, "Value")
    3.0
    """
    if isinstance(x, Value):
        raise TypeError(f"{where} needs a number and got a Value: use it as it is, or .detach() it")
    return require_real(x, where, "a real number")
