"""Numbers as engines hold them: floats, arrays of one number, nodes."""

from __future__ import annotations

from typing import Any


def is_number(x: Any, number: float) -> bool:
    """Tell whether something holds this number."""
    try:
        return not callable(x) and read_number(x) == number
    except Exception:
        return False


def read_number(x: Any, inner: str = "") -> float | None:
    """Return a number of any kind as a float: also an array's single one, or a node's."""
    if x is None or isinstance(x, float):
        return x
    if inner and hasattr(x, inner):
        return read_number(getattr(x, inner))
    if hasattr(x, "item"):
        x = x.item()
    return float(x)
