"""What a line of a tree says of numbers: a node's value and gradient, or those of many alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..engine.value import Constant, Value
from ..text import format_number


def describe_numbers(node: Value) -> str:
    """Return a node's value and gradient as a line shows them."""
    return "".join(write_value_and_gradient(node))


def write_value_and_gradient(
    node: Value, is_edited: bool = False, has_grad: bool = True
) -> tuple[str, str]:
    """Return a node's value and its gradient as a line shows them; a constant's name says it."""
    if isinstance(node, Constant) and not node.label:
        return "", ""
    value = f"  value {format_number(node.data)}" + " (edited)" * is_edited
    has_grad = has_grad and not isinstance(node, Constant)
    return value, f"  gradient {format_number(node.grad)}" * has_grad


def write_alike(members: Sequence[Value], edited: int, has_grad: bool) -> tuple[str, str]:
    """Return the least and the greatest number and gradient of nodes that are alike.

    >>> write_alike([Value(3.0), Value(5.0)], 1, False)
    ('  value 3 … 5 (1 edited)', '')
    """
    if len(members) == 1:
        return write_value_and_gradient(members[0], edited > 0, has_grad)
    if isinstance(members[0], Constant):
        has_grad = False
    value = f"  value {format_spread([node.data for node in members])}"
    value += f" ({edited:,} edited)" * (edited > 0)
    gradients = [node.grad for node in members] if has_grad else []
    known = [x for x in gradients if x is not None]
    spread = format_spread(known) if len(known) == len(gradients) > 0 else format_number(None)
    return value, f"  gradient {spread}" * has_grad


def format_spread(numbers: Sequence[float]) -> str:
    """Return the least and the greatest of some numbers, nan if one of them is none.

    >>> format_spread([2.0, -1.0]), format_spread([2.0, 2.0]), format_spread([2.0, math.nan])
    ('−1 … 2', '2', 'nan')
    """
    if any(map(math.isnan, numbers)):
        return format_number(math.nan)
    return " … ".join(dict.fromkeys(map(format_number, (min(numbers), max(numbers)))))
