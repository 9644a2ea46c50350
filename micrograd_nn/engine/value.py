"""A number that remembers how it was made, and backpropagates through that by the chain rule.

This file is the engine: ``Value`` records each operation as a node of a graph, and
``Value.backward`` walks the graph from its root to its leaves. Nothing recurses, so a chain
of a million nodes is fine. What an operation is and what its derivatives are stands in
``operations.py``; this file knows none by heart.
"""

from __future__ import annotations

import weakref
from _thread import get_ident
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple

from .operand import MIRRORED, Operand
from .operation import ARITHMETIC, Operation, real, with_article
from .recording import ORDINARY, setting

BARE = {float, int}  # kinds of numbers that become constants at once
OFTEN = 1_000  # uses after which an operation is worth a recorder of its own

new = object.__new__
next_number = count().__next__
data_of = attrgetter("data")


class Notes:
    """What few nodes have to remember: passes and origin, see ``Value``."""

    __slots__ = ("origin", "passes")

    def __init__(self) -> None:
        self.passes = 0
        self.origin: Any = None


NO_NOTES = Notes()


class Value(Operand):
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

    __slots__ = (
        "__weakref__",
        "created",
        "data",
        "grad",
        "inputs",
        "label",
        "notes",
        "numbers",
        "operation",
        "partials",
    )  # fmt: skip

    data: float
    grad: float | None
    label: str | None
    operation: Operation | None
    inputs: tuple[Value, ...]
    partials: tuple[float | None, ...]
    numbers: tuple[float, ...]
    notes: Notes | None
    created: int  # a node is made after its inputs, so this number orders a graph

    def __init__(self, data: float, label: str | None = None) -> None:
        if type(data) is not float:
            data = number_for(data, "Value")
        if label is not None and not isinstance(label, str):
            raise TypeError(
                f"a Value's label is a text or None, not {with_article(type(label).__name__)}"
            )
        self.data = data
        self.grad = None
        self.label = label
        self.operation = None
        self.inputs = ()
        self.partials = ()
        self.numbers = ()
        self.notes = None
        self.created = next_number()
        if setting.get() is not ORDINARY:
            for observer in setting.get().observers:
                observer.made(self)

    @property
    def passes(self) -> int:
        """How many backward passes a leaf's ``grad`` adds up."""
        return (self.notes or NO_NOTES).passes

    @property
    def origin(self) -> Any:
        """Which line of a program made the node, if that was noted."""
        return (self.notes or NO_NOTES).origin

    def noted(self) -> Notes:
        """Return this node's notes, to write in."""
        if self.notes is None:
            self.notes = Notes()
        return self.notes

    def backward(self) -> None:
        """Compute the derivative of this value by every value that it was made of.

        A leaf's ``grad`` adds up over backward passes, an inner node's is that of the latest:

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad, y.grad
        (12.0, 1.0)

        Set a leaf's ``grad`` to 0.0 (a model's ``zero_grad()``) to begin anew.
        """
        for observer in setting.get().observers:
            observer.passes_back(self)
        graph: list[Any] = nodes(self)
        earlier = []
        for node in graph:
            if node.operation is None:
                node.noted().passes = node.passes + 1 if node.grad else 1
                if node.grad:
                    earlier.append((node, node.grad))
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(graph):
            upstream = node.grad
            for input, partial in zip(node.inputs, node.partials):
                if partial is not None:
                    input.grad += upstream * partial  # the chain rule
        for leaf, grad in earlier:
            leaf.grad += grad

    def compared(self, how: str, other: Any) -> bool:
        """Return how the numbers compare, and remember it: a program must check that."""
        if not isinstance(other, Value):
            if isinstance(other, Operand):  # which knows more of its number
                return other.compared(how.translate(MIRRORED), self)
            other = real(other, "a comparison")
        outcome = super().compared(how, other)
        for observer in setting.get().observers:
            observer.compared(self, how, other, outcome)
        remember(self, how, other, outcome)
        return outcome

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
        return Constant(self.data, self.label)

    def __copy__(self) -> Value:
        return restored_node(type(self), self.inputs, self.fields())

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        """Copy the graph below, node by node: a copy by recursion fails on a deep one."""
        for node in nodes(self):
            if id(node) not in memo:
                inputs = tuple([memo[id(input)] for input in node.inputs])
                memo[id(node)] = restored_node(type(node), inputs, node.fields())
        for x, how, y, outcome in compared_among(nodes(self)):
            remember(memo[id(x)], how, memo.get(id(y), y), outcome)
        copy: Value = memo[id(self)]
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the graph below as one flat list, for the same reason.

        Leaves are pickled by themselves, and so come first in the order of the new nodes: two
        graphs that share a leaf share it afterwards. Inner nodes that they share become two.
        """
        if self.operation is None:
            return restored_node, (type(self), (), self.fields())
        graph = nodes(self)
        place = {node: i for i, node in enumerate(graph)}
        flat = []
        for node in graph:
            inputs = tuple([place[input] for input in node.inputs])
            flat.append(node if is_leaf(node) else (type(node), inputs, node.fields()))
        branches = [
            (place[x], how, place[y] if isinstance(y, Value) else y, outcome)
            for x, how, y, outcome in compared_among(graph)
        ]
        return restored_graph, (flat, branches)

    def fields(self) -> dict[str, Any]:
        """Return all of this node but its inputs and its number in the order of making.

        >>> Value(3.0, label="x").fields()["label"]
        'x'
        """
        return {name: getattr(self, name) for name in FIELDS}

    def __repr__(self) -> str:
        text = f"{type(self).__name__}({self.data!r}"
        if not isinstance(self, Constant):
            text += f", grad={self.grad!r}"
        if self.operation is not None:
            text += f", operation={self.operation.name}"
        if self.label is not None:
            text += f", label={self.label!r}"
        return f"{text})" if len(text) < 80 else f"{text[:78]}…)"

    def __rich_repr__(self) -> Iterator[Any]:  # what rich shows: never the graph below
        yield self.data
        if not isinstance(self, Constant):
            yield "grad", self.grad
        if self.operation is not None:
            yield "operation", self.operation.name
        if self.label is not None:
            yield "label", self.label

    def _repr_html_(self) -> str | None:  # what notebooks show
        from ..page.lesson import link_to_page

        return link_to_page(self)

    def safely_stringify_for_pudb(self) -> str:
        """Return what PuDB shows in its list of variables: it asks for it by this name.

        >>> Value(3.0, label="x").safely_stringify_for_pudb()
        "Value(3.0, grad=None, label='x')"
        """
        return repr(self)


FIELDS = ("data", "grad", "label", "operation", "partials", "numbers", "passes", "origin")


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

    @property
    def grad(self) -> None:
        """None: no backward pass computes it."""

    @grad.setter
    def grad(self, grad: object) -> None:
        pass


def record(operation: Operation, inputs: Sequence[Any]) -> Value:
    """Apply an operation and return the node that remembers it.

    >>> from micrograd_nn import mul
    >>> record(mul, (Value(2.0), Value(3.0))).partials
    (3.0, 2.0)

    It is also how ``Operation`` applies itself to a Value.
    """
    now, given = setting.get(), inputs
    operation.uses += 1
    if operation.uses == OFTEN and type(operation) is Operation:
        from ..compiler.recorder import recorder_of

        operation.apply = recorder_of(operation)  # type: ignore[method-assign]
    wanted = None
    for x in inputs:
        if type(x) is not Value:
            inputs, wanted = [], []
            for x in given:
                if not isinstance(x, Value):
                    if type(x) is not float and getattr(x, "operate", record) is not record:
                        return x.operate(operation, given)  # type: ignore[no-any-return]
                    x = constant(x, operation.name)
                inputs.append(x)
                wanted.append(type(x) is not Constant)
            break
    numbers = tuple(map(data_of, inputs))
    try:
        data = operation.forward(*numbers)
    except ARITHMETIC as error:
        operation.fail(error, inputs)
    if not now.recording or (wanted is not None and True not in wanted):
        return constant(data, operation.name)
    try:
        partials = operation.local_partials(data, numbers, wanted)
    except ARITHMETIC as error:
        operation.fail(error, inputs, derivative=True)
    node = new(Value)
    node.data = data if type(data) is float else real(data, operation.name)
    node.grad = node.label = node.notes = None
    node.operation = operation
    node.inputs = tuple(inputs)
    node.partials = partials
    node.numbers = numbers
    node.created = next_number()
    for observer in now.observers:
        observer.made(node)
    return node


def constant(x: Any, where: str) -> Constant:
    """Return a number of any kind as a constant node, faster than the class does."""
    node: Any = new(Constant)
    node.data = x if type(x) is float else real(x, where)
    node.label = node.operation = node.notes = None
    node.inputs = node.partials = node.numbers = ()
    node.created = next_number()
    for observer in setting.get().observers:
        observer.made(node)
    return node  # type: ignore[no-any-return]


# Here, since record needs Value and a reader wants Value first.
Value.operate = staticmethod(record)  # type: ignore[method-assign, assignment]


def is_leaf(node: Value) -> bool:
    """Tell whether a node is a number given from outside, neither computed nor constant."""
    return node.operation is None and not isinstance(node, Constant)


def nodes(*roots: Value) -> list[Value]:
    """Return the roots and everything that they were made of, inputs before their results.

    >>> x = Value(2.0, label="x")
    >>> [node.data for node in nodes(x * x + 1)]
    [2.0, 4.0, 1.0, 5.0]

    A node that is used twice stands there once.
    """
    found = set(roots)
    waiting = list(found)
    graph = []
    while waiting:
        node = waiting.pop()
        graph.append(node)
        for input in node.inputs:
            if input not in found:
                found.add(input)
                waiting.append(input)
    graph.reverse()  # now it is nearly in order, which makes sorting faster
    graph.sort(key=attrgetter("created"))
    return graph


def restored_node(kind: type[Value], inputs: tuple[Value, ...], fields: dict[str, Any]) -> Value:
    """Return a copied or unpickled node: it is new, so it gets a new number in the order."""
    node = kind(fields["data"])
    node.inputs = inputs
    for name, field in fields.items():
        if name in ("passes", "origin"):
            if field:
                setattr(node.noted(), name, field)
        else:
            setattr(node, name, field)
    return node


class Comparison(NamedTuple):
    """A comparison of a node with another or with a number, when and where it was made."""

    when: int
    thread: int
    node: weakref.ref[Value]
    how: str
    other: weakref.ref[Value] | float
    outcome: bool


comparisons: deque[Comparison] = deque(maxlen=10_000)  # the latest


def remember(node: Value, how: str, other: Value | float, outcome: bool) -> None:
    """Note a comparison, without keeping the nodes alive."""
    with_what = weakref.ref(other) if isinstance(other, Value) else other
    where = next_number(), get_ident()
    comparisons.append(Comparison(*where, weakref.ref(node), how, with_what, outcome))


def compared_among(graph: Iterable[Value]) -> list[tuple[Value, str, Value | float, bool]]:
    """Return the comparisons of a graph's nodes with one another and with numbers."""
    found, own = [], set(graph)
    for _, _, x, how, y, outcome in comparisons.copy():  # other threads go on
        node, other = x(), y if isinstance(y, float) else y()
        if node in own and (isinstance(other, float) or other in own):
            found.append((node, how, other, outcome))
    return found


def restored_graph(flat: list[Any], branches: list[Any]) -> Value:
    """Return the root of an unpickled graph, whose nodes come inputs first."""
    graph: list[Value] = []
    for entry in flat:
        if isinstance(entry, tuple):
            kind, places, fields = entry
            entry = restored_node(kind, tuple([graph[i] for i in places]), fields)
        graph.append(entry)
    for i, how, other, outcome in branches:
        remember(graph[i], how, graph[other] if type(other) is int else other, outcome)
    return graph[-1]


def bare(inputs: Sequence[Any]) -> list[Any]:
    """Return inputs with constants as numbers, as they enter the rules of derivatives.

    >>> bare([Constant(2.0), 3.0])
    [2.0, 3.0]
    """
    return [x.data if isinstance(x, Constant) else x for x in inputs]


def number_for(x: object, where: str) -> float:
    """Return ``real(x, where)``, with an error of its own for a Value where a number belongs."""
    if isinstance(x, Value):
        raise TypeError(f"{where} needs a number and got a Value: use it as it is, or .detach() it")
    return real(x, where, "a real number")
