"""Numbers as the table and the picture write them: 412×, ≥ 400×, 1.25 ms."""

from __future__ import annotations

from typing import Any

PREFIXES = {1e9: "G", 1e6: "M", 1e3: "k", 1.0: "", 1e-3: "m", 1e-6: "µ", 1e-9: "n"}


SIDES = ("ours", "theirs")


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


def points(difference: float) -> str:
    """Return a difference of fractions in hundredths, with its sign."""
    return f"{100 * difference:+.1f} points".replace("-", "−")


def target(entry: dict[str, Any]) -> str:
    """Return what a row or a figure shall reach, or nothing if it's only reported."""
    if "behind" in entry:
        return f"≥ {points(-entry['behind'])}"
    if "at_most" in entry:
        return f"≤ {quantity(entry['at_most'], entry['unit'])}" if entry["at_most"] else ""
    if entry["target"] is None:
        return ""
    return f"{'≥' if entry['speed'] else '≤'} {times(entry['target'])}"


def row_cells(row: dict[str, Any]) -> list[str]:
    """Return what was measured: ours, theirs, their ratio or difference, and its spread."""
    if "ours" not in row:
        return [""] * 4
    if "difference" in row:
        sides = [f"{row[side]:.1%}" for side in SIDES]
        return [*sides, points(row["difference"]), " to ".join(map(points, row["spread"]))]
    sides = [quantity(row[side], row["unit"]) for side in SIDES]
    return [*sides, times(row["ratio"]), " to ".join(map(times, row["spread"]))]


def figure_cells(figure: dict[str, Any]) -> list[str]:
    """Return what was measured: the median and its spread."""
    if "median" not in figure:
        return [""] * 2
    numbers = [quantity(number, figure["unit"]) for number in (figure["median"], *figure["spread"])]
    return [numbers[0], " to ".join(numbers[1:])]


def verdict(entry: dict[str, Any]) -> str:
    """Return whether a row's target is reached, or why nothing was measured."""
    for trouble in ("skipped", "failed"):
        if trouble in entry:
            return f"{trouble}: {entry[trouble]}"
    return {True: "yes", False: "no", None: ""}[entry.get("reached")]
