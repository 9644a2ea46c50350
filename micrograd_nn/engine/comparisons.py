"""Comparisons that are remembered: they decided what was recorded, so a program must check them.

A comparison is remembered once, however often it is made. When one of its numbers is freed it is
dropped, and only the moment when it was made is kept: a graph that was recorded around that moment
can't be compiled, since a program couldn't check it. Some are no loss: a constant depends on
nothing, and of a leaf that is freed nothing is left that could depend on it.
"""

from __future__ import annotations

import weakref
from _thread import get_ident  # threading would be one more import for every user
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from .node import nodes
from .operators import COMPARISONS, MIRRORED, Operand
from .refusals import require_real
from .setting import next_number, setting

MOST_REMEMBERED = 100_000  # of numbers that live: a parameter may be compared with ever new ones
MOST_GONE = 1_000  # moments of those that were dropped

NumberPair = tuple[float, float] | None  # None if others were compared, too: one was edited


class Remembered(NamedTuple):
    """A comparison of a node with another or with a number, and when it was last made."""

    when: int
    node: weakref.ref[Any]
    how: str
    other: weakref.ref[Any] | float
    outcome: bool
    numbers: NumberPair
    is_of_leaf: bool  # with a number: once the leaf is freed, nothing depends on it


class Copied:
    """What is known of a copied graph: whether all its comparisons are still remembered."""

    __slots__ = ("is_whole",)

    def __init__(self, is_whole: bool = True) -> None:
        self.is_whole = is_whole


comparisons: dict[Any, Remembered] = {}  # in the order of their first time
gone: set[int] = set()  # when some were made that were dropped since, the last among them
# Of the leaves of copied graphs, whose comparisons are lost to those graphs alone.
copied: weakref.WeakKeyDictionary[Any, Copied] = weakref.WeakKeyDictionary()


def remember_comparison(
    node: Any,
    how: str,
    other: Any,
    outcome: bool,
    numbers: NumberPair,
    graph: Copied | None = None,
) -> None:
    """Note a comparison of a node with another node or with a float, and keep neither alive.

    ``graph`` is the copied one of which the nodes are.
    """
    if not isinstance(other, float) and other.is_constant:
        other = other.number
    is_number = isinstance(other, float)
    if node.is_constant:
        if is_number:
            return
        numbers = None if numbers is None else (numbers[1], numbers[0])
        node, how, other, is_number = other, how.translate(MIRRORED), node.number, True
    key = graph or get_ident(), id(node), how, repr(other) if is_number else id(other), outcome
    known = comparisons.get(key)
    if known is not None:
        _, first, _, second, _, earlier, is_of_leaf = known
        numbers = numbers if earlier == numbers else None
        comparisons[key] = Remembered(
            next_number(), first, how, second, outcome, numbers, is_of_leaf
        )
        return
    forget = partial(forget_comparison, key)
    operand = other if is_number else weakref.ref(other, forget)
    comparisons[key] = Remembered(
        next_number(), weakref.ref(node, forget), how, operand, outcome, numbers,
        is_number and node.operation is None,
    )  # fmt: skip
    if len(comparisons) > MOST_REMEMBERED:
        forget_comparison(next(iter(comparisons)))


def forget_comparison(key: Any, reference: object = None) -> None:
    """Drop a comparison, but for when it was made; a ``reference`` is to what was freed."""
    found = comparisons.pop(key, None)
    if found is None or (found.is_of_leaf and reference is not None):
        return
    place, *_ = key
    if isinstance(place, Copied):
        place.is_whole = False
    else:
        gone.add(found.when)  # in one go, whatever other threads free meanwhile
        if len(gone) > MOST_GONE:
            find_last_gone()


def find_last_gone() -> int:
    """Return when a comparison was last made, in any thread, that was dropped since; -1 for none.

    A graph doesn't know the thread that recorded it. Those before the last needn't be known.
    """
    found = gone.copy()
    last = max(found, default=-1)
    gone.difference_update(found - {last})
    return last


def list_since(oldest: float) -> list[tuple[Remembered, Any, Any]]:
    """Return the comparisons made since a moment, each with its operands, which are still there."""
    found = []
    for one in comparisons.copy().values():  # other threads go on
        node, other = one.node(), one.other if isinstance(one.other, float) else one.other()
        if one.when >= oldest and node is not None and other is not None:
            found.append((one, node, other))
    return found


def is_any_lost(graph: Iterable[Any]) -> bool:
    """Tell whether a copy of these nodes would know less of what was compared than they do.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> y = x - 1
    >>> y > 0, is_any_lost([x]), is_any_lost([x, y])
    (True, True, False)
    """
    own = set(graph)
    oldest = min(node.created for node in own)
    if find_last_gone() >= oldest or any(not copied[x].is_whole for x in own if x in copied):
        return True
    operands = [x for _, *both in list_since(oldest) for x in both]
    outside = [x for x in operands if not isinstance(x, float) and x not in own]
    return bool(outside) and not own.isdisjoint(nodes(*outside))


def find_comparisons(graph: Iterable[Any]) -> list[tuple[Any, str, Any, bool, NumberPair]]:
    """Return the comparisons of a graph's nodes with one another and with numbers.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0)
    >>> [x > 2 for _ in range(500)] == [True] * 500
    True
    >>> find_comparisons([x])
    [(Value(3.0, grad=None), '>', 2.0, True, (3.0, 2.0))]
    """
    own = set(graph)
    return [
        (node, one.how, other, one.outcome, one.numbers)
        for one, node, other in list_since(-1)
        if node in own and (isinstance(other, float) or other in own)
    ]


class Comparing(Operand):
    """What a Value does when it is compared: the outcome may decide what is recorded next."""

    __slots__ = ()
    number: float  # a slot of Value's

    def compared(self, how: str, other: Any) -> bool:
        """Return how the numbers compare, and remember it: a program must check that."""
        if not isinstance(other, Comparing):
            if isinstance(other, Operand):  # a Dual or a Symbol, which knows more of its number
                return other.compared(how.translate(MIRRORED), self)
            other = require_real(other, "a comparison")
        number = other.number if isinstance(other, Comparing) else other
        outcome = bool(COMPARISONS[how](self.number, number))
        for observer in setting.get().observers:
            observer.compared(self, how, other, outcome)
        remember_comparison(self, how, other, outcome, (self.number, number))
        return outcome
