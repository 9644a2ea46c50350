"""Numbers as engines hold them: floats, arrays of one number, nodes."""

from __future__ import annotations

from typing import Any


def holds_number(x: Any, number: float) -> bool:
    """Tell whether something holds this number."""
    try:
        return not callable(x) and take_number(x) == number
    except Exception:
        return False


def take_number(x: Any, inner: str = "") -> float | None:
    """Return a number of any kind as a float: also an array's single one, or a node's."""
    if x is None or isinstance(x, float):
        return x
    if hasattr(x, "item"):  # an array, which has a data of its own
        return float(x.item())
    if inner and hasattr(x, inner):
        return take_number(getattr(x, inner))
    return float(x)
