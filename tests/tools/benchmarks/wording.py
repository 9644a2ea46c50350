"""Numbers as the table and the picture write them: 412×, ≥ 400×, 1.25 ms."""

from __future__ import annotations

from typing import Any

PREFIXES = {1e9: "G", 1e6: "M", 1e3: "k", 1.0: "", 1e-3: "m", 1e-6: "µ", 1e-9: "n"}


def digits(number: float) -> str:
    """Return three digits of a number, or all of a large one's whole part."""
    return f"{number:,.0f}" if abs(number) >= 99.95 else f"{number:.3g}"


def quantity(number: float, unit: str) -> str:
    """Return a number with its unit, in thousands or thousandths of it as fits."""
    size = next((size for size in PREFIXES if abs(number) >= size), 1e-9)
    prefix = PREFIXES[size] if len(unit) == 1 else f"{PREFIXES[size]} "
    return f"{digits(number / size)} {prefix}{unit}"


def times(ratio: float) -> str:
    return f"{digits(ratio)}×"


def target(row: dict[str, Any]) -> str:
    """Return a row's target, or nothing if the row is only reported."""
    if row["target"] is None:
        return ""
    return f"{'≥' if row['speed'] else '≤'} {times(row['target'])}"


def verdict(entry: dict[str, Any]) -> str:
    """Return whether a row's target is reached, or why nothing was measured."""
    for trouble in ("skipped", "failed"):
        if trouble in entry:
            return f"{trouble}: {entry[trouble]}"
    return {True: "yes", False: "no", None: ""}[entry.get("reached")]
