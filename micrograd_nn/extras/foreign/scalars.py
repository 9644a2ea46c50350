"""Who reads another library's scalar: its own reader, or by what engines have in common.

Of an engine of scalars, it is whatever has a number and a collection of what it was made of:
micrograd and its ports, minitorch's Scalar, an engine of one's own. Nothing is changed in it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence, Set
from contextlib import redirect_stdout
from io import StringIO
from math import nan
from types import FunctionType, MethodType
from typing import Any
from warnings import catch_warnings

from ..._ground.extras import load
from ..._ground.text import format_number, list_first, quote_text
from ...engine.node import nodes
from ...engine.value import Constant, Value
from ...graph.by_hand import ByHand
from ...graph.gradients import compute_gradients, measure_partials
from .conventions import (
    Conventions,
    Edge,
    find_conventions,
    holds_twice,
    is_node,
    needs_none,
    read,
    read_edges,
    read_name,
    read_number,
    refuse,
)
from .operations import (
    DOUBLE,
    LAST_DIGITS,
    PAIRS,
    SINGLE,
    USUAL,
    Made,
    choose_row,
    compute_named,
    find_row,
    find_rows,
    round_to,
)
from .reading import Adoption, Mistake, is_close, refuse_size
from .shares import Share, add_up, measure_shares, run_backward

READERS = {"torch": "foreign.in_torch:read_tensors", "jax": "foreign.in_jax:read_arrays"}
WRONG, UNNAMED = "✗ ", "?"  # before the name of an operation that passes on a wrong share


def read_foreign(x: object, arguments: Sequence[Any]) -> Adoption | None:
    """Return what is read of another library's scalar, or of a function that computes one."""
    reader = READERS.get(find_library([x, *arguments]))
    return load(reader)(x, arguments) if reader else read_scalar(x)


def find_library(things: Sequence[object]) -> str:
    """Return which library of tensors some things are of.

    A function alone is PyTorch's, and with arguments that tell nothing JAX's, where it is loaded.
    """
    modules = {type(x).__module__.partition(".")[0].removesuffix("lib") for x in things}
    is_function = isinstance(things[0], (FunctionType, MethodType))
    others = ("torch",) if len(things) == 1 else ("jax", "torch")
    known = [*sorted(modules & {"jax", "torch"}), *(others if is_function else ())]
    return next((name for name in known if name in sys.modules), "")


def read_scalar(root: Any) -> Adoption | None:
    """Return the graph of a scalar, None if it is no such thing.

    >>> class Scalar:
    ...     def __init__(self, data, children=(), op=""):
    ...         self.data, self.grad, self._prev, self._op = data, 0.0, children, op
    >>> x = Scalar(3.0)
    >>> read_scalar(Scalar(9.0, (x, x), "*")).nodes[-1]
    Value(9.0, grad=None, operation=mul)

    A node that its own inputs are made of is refused:

    >>> x._prev = (x,)
    >>> read_scalar(x)
    Traceback (most recent call last):
    ValueError: adopt needs a graph without circles: a node is among what it was made of
    """
    words = find_conventions(root)
    if words is None:
        return None
    kind = type(root).__name__
    # A _backward() may print or warn, and is called several times.
    with redirect_stdout(StringIO()), catch_warnings(action="ignore"):
        found = [*walk(root, words)]
        if not found[-1][1]:
            raise ValueError(
                f"adopt needs a result: this {kind} has nothing in its {words['inputs']}, "
                f"where it should have what it was made of"
            )
        numbers = [read_number(read(node, words["data"])) for node, edges in found if edges]
        unit = SINGLE if all(x == round_to(SINGLE, x or 0.0) for x in numbers) else DOUBLE
        reader = Reader(words, kind, unit, bool(read_number(read(root, words["grad"]))))
        for node, edges in found:
            reader.add(node, edges)
        return reader.finish(root)


def walk(root: Any, words: Conventions) -> Iterator[tuple[Any, Sequence[Edge]]]:
    """Yield all nodes, inputs before their results, each with what it was made of."""
    is_done: dict[int, bool] = {}  # by the ids of the nodes that were met
    waiting: list[tuple[Any, Sequence[Edge] | None]] = [(root, None)]
    while waiting:
        node, edges = waiting.pop()
        if edges is not None:  # and all that it was made of is done
            is_done[id(node)] = True
            yield node, edges
        elif is_done.get(id(node)) is False:
            raise ValueError(
                "adopt needs a graph without circles: a node is among what it was made of"
            )
        elif id(node) not in is_done:
            is_done[id(node)] = False
            refuse_size(len(is_done), "nodes")
            edges = read_edges(node, words)
            inputs = [x for x, _ in reversed(edges) if is_node(x, words["data"])]
            waiting += [(node, edges), *[(x, None) for x in inputs]]


class Reader:
    """Makes our Values of their nodes, and notes what isn't right."""

    def __init__(self, words: Conventions, kind: str, unit: float, has_begun: bool) -> None:
        self.words, self.kind = words, kind
        self.unit = unit  # what the engine rounds a 1 by
        self.has_begun = has_begun  # a pass that left gradients, and zeros, too
        self.values: dict[int, Value] = {}  # by the ids of theirs
        self.theirs: dict[Value, Any] = {}
        self.frozen: set[Value] = set()  # that need no gradient
        self.passed: dict[Value, Sequence[float | None]] = {}  # by their nodes, to each input
        self.faults: list[Mistake] = []

    def add(self, node: Any, edges: Sequence[Edge]) -> None:
        """Make a Value of a node whose inputs are there already."""
        number = read_number(read(node, self.words["data"]))
        if number is None:
            refuse(node, f"no number as its {self.words['data']}, where there was one before")
        inputs = [
            self.values[id(x)] if id(x) in self.values else Constant(float(x)) for x, _ in edges
        ]
        made = self.recognise(node, number, inputs, edges) if edges else None
        label = read(node, self.words["label"])
        is_name = isinstance(label, str) and not label.isdigit()  # which counts nodes
        value = Value(number, label if is_name else None)  # younger than constants that were found
        grad = read_number(read(node, self.words["grad"]))
        value.grad = grad if self.has_begun else grad or None
        self.values[id(node)] = value
        self.theirs[value] = node
        if all(x.is_constant or x in self.frozen for x in inputs) and needs_none(node):
            self.frozen.add(value)
        if made:
            row, self.passed[value], faults = made
            value.operation = row.operation
            value.attach(row.inputs, row.partials, [x.number for x in row.inputs])
            self.faults += [Mistake(value, *fault) for fault in faults]

    def recognise(
        self, node: Any, out: float, inputs: Sequence[Value], edges: Sequence[Edge]
    ) -> tuple[Made, Sequence[float | None], list[tuple[Any, ...]]]:
        """Return what made a node: a row of the table that does the same, or what it does itself.

        And what it was seen to pass on, and what is wrong with it, where it should be a row: a
        Mistake, but for the node.
        """
        name, unit = read_name(node, self.words), self.unit
        is_set = isinstance(read(node, self.words["inputs"]), Set)
        is_one = is_set and len(edges) == 1 and find_row(name) in PAIRS
        if is_one and holds_twice(node, edges[0][0], self.words):
            is_set, inputs, edges = False, [*inputs, *inputs], [*edges, *edges]
        own = [x for x in dict.fromkeys(inputs) if x in self.theirs and x not in self.frozen]
        shares = [share for _, share in edges]
        handed = (
            measure_shares(node, [self.theirs[x] for x in own], self.words)
            if None in shares
            else [
                Share(x, -2.0 * x, 1.0 + x) for x in add_up(own, zip(inputs, shares, strict=True))
            ]
        )
        once = [share.once for share in handed or ()]
        slope = once[0] if len(once) == len(inputs) == 1 else nan
        rows = find_rows(name, inputs, own, out, is_set, slope, unit)
        wanted = None if rows else compute_named(name, inputs, out)
        if handed is None:
            if not (name and rows) or (is_set and any(x.shares != rows[0].shares for x in rows)):
                raise ValueError(describe_unknown(name, out, inputs, wanted, bool(rows)))
            return rows[0], rows[0].partials, []
        fitting = [row for row in rows if row.fits(once, bool(name))]
        row = (
            choose_row(fitting, bool(name))
            if fitting
            else find_surest(rows, name, inputs, out, slope, unit)
        )
        right, rounding = (row.shares, row.rounding) if row else (once, [0.0] * len(once))
        faults: list[tuple[Any, ...]] = [
            (told, x, row and row.partials)
            for told, x in zip(map(Share.judge, handed, right, rounding), own, strict=True)
            if told and not (row and not fitting and row.is_at_kink)  # where any may be right
        ]
        if wanted is not None:
            faults.append((
                f"is {format_number(out)}, but {quote_text(name)} of its inputs is "
                f"{format_number(wanted)}: was a number edited since?",
            ))  # fmt: skip
        once_each = dict(zip(own, once, strict=True))
        given = row.inputs if row else own
        passed = [once_each.pop(x, None) for x in given]  # once to what stands there twice
        if row and fitting and not faults:
            return row, passed, []
        called = name or (row.operation.name if row else UNNAMED)
        by_hand = ByHand(
            WRONG + called if faults else called, [x.number for x in given], out, passed,
            row and row.operation.forward,
        )  # fmt: skip
        return Made(by_hand, given, passed, once), passed, faults

    def finish(self, root: Any) -> Adoption:
        """Return what was read, with the gradients that the engine's own pass leaves in leaves."""
        value, words = self.values[id(root)], self.words
        slopes, unseen = run_backward(root, [*self.theirs.values()], words)
        theirs = {
            x: slope for x, slope in zip(self.theirs, slopes, strict=False) if x.operation is None
        }
        graph = nodes(value)
        sizes = compute_gradients(graph, measure_partials).items()
        adoption = Adoption(
            graph, {x: (node, "") for x, node in self.theirs.items()}, theirs, self.faults,
            self.kind, {x: 32 * self.unit * size for x, size in sizes}, self.passed, unseen,
        )  # fmt: skip
        off = adoption.find_differing(compute_gradients(graph, lambda x: self.passed.get(x, ())))
        if off and not any(fault.input is not None for fault in self.faults):
            x, found, wanted = off[0]
            told = (
                f"leaves {format_number(found)} in {{0}} by {words['backward']}(), but its shares "
                f"add up to {format_number(wanted)}: does it start with 1, take each node once, "
                f"after all that use it, and add with +=?"
            )
            self.faults.append(Mistake(value, told, x))
        return adoption


def find_surest(
    rows: Sequence[Made], name: str, inputs: Sequence[Value], out: float, slope: float, unit: float
) -> Made | None:
    """Return which row a node is that passes on what none of them does; None if nobody knows.

    Of what has no name that is a usual row whose number is the very one, unless it may be by
    chance, as in single precision, or may be a line, x + c or x · c, which passes on just that.
    """
    is_twice = any([*row.inputs] == [*inputs, *inputs] for row in rows)
    if is_twice or not rows or name:
        return None if is_twice or not rows else rows[0]
    numbers = [x.number for x in inputs]
    is_plain = unit > DOUBLE or all(map(float.is_integer, numbers)) or min(map(abs, numbers)) < 1e-6
    usual = [x for x in rows if x.operation.name in USUAL and len(x.inputs) == len(inputs)]
    is_line = slope == 1.0 or is_close(slope * numbers[0], out, share=LAST_DIGITS)
    return None if is_plain or is_line or len(usual) != 1 else usual[0]


def describe_unknown(
    name: str, out: float, inputs: Sequence[Value], wanted: float | None, is_known: bool
) -> str:
    """Return why a node can't be read."""
    given, kind = list_first([format_number(x.number) for x in inputs], 5), quote_text(name)
    if wanted is not None:
        return (
            f"adopt can't read a node: {kind} of {given} is {format_number(wanted)}, "
            f"not {format_number(out)}; was a number edited since? Compute it again"
        )
    return (
        f"adopt needs an operation's name, or a _backward(): a node made of {given} has none"
        if not name
        else f"adopt can't tell which is which of {given}, the inputs of {kind}, a set"
        if is_known
        else f"adopt doesn't know the operation {kind}, and can't see what it passes on"
    )
