"""What a cursor over backpropagation shows: its step, the gradients so far, what is to come."""

from __future__ import annotations

from ..engine.value import Value
from ..text import format_number
from ..writing.narration import narrate
from .cursor import Cursor

SHOWN_GRADIENTS = 8  # gradients in the printed table


def describe_step(cursor: Cursor) -> list[str]:
    """Return what a cursor's current step does, in one line and two formulas.

    >>> describe_step(Cursor(Value(3.0)))
    ['step 0 of 0: the beginning']
    """
    head = f"step {cursor.position} of {len(cursor)}:"
    if cursor.current is None:
        return [f"{head} the beginning"]
    where, *formulas = narrate(cursor.current, cursor.root, cursor.names)
    return [f"{head} {where}", *[f"  {formula}" for formula in formulas]]


def describe_state(cursor: Cursor) -> list[str]:
    """Return what a cursor's current step does and the latest gradients, in few lines.

    >>> describe_state(Cursor(Value(3.0, "x")))
    ['step 0 of 0: the beginning', 'gradients so far:', '  x  1  complete']
    """
    lines = [*describe_step(cursor), "gradients so far:"]
    latest = cursor.latest(SHOWN_GRADIENTS)
    numbers = [format_number(cursor.gradient(node)) for node in latest]
    name_width = max((len(cursor.names[node]) for node in latest), default=0)
    number_width = max(map(len, numbers), default=0)
    for node, number in zip(latest, numbers, strict=True):
        mark = "▸" if cursor.current is not None and node is cursor.current.input else " "
        name, state = cursor.names[node], describe_progress(cursor, node)
        lines.append(f"{mark} {name:{name_width}}  {number:{number_width}}  {state}")
    more = len(cursor.state) - len(latest)
    return [*lines, f"  … and {more:,} more"] if more else lines


def describe_progress(cursor: Cursor, node: Value) -> str:
    """Return how far a node's gradient is: complete, or how many steps to it are to come.

    >>> x = Value(3.0)
    >>> describe_progress(Cursor(x * x), x)
    '2 to come'
    """
    pending = cursor.pending(node)
    return f"{pending:,} to come" if pending else "complete"
