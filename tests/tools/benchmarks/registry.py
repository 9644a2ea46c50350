"""What is measured, as far as the files beside this one put it there: rows, figures, scores."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from measure import Effort, Figure, Pair, Row, Score

ROWS: list[Row | Score] = []
FIGURES: list[Figure] = []

Pairs = Callable[[Effort], list[Pair]]


def row(work: str, against: str, speed: bool, target: float | None, unit: str = "s") -> Any:
    """Put a function that measures into the table, as a row."""

    def put(pairs: Pairs) -> Pairs:
        ROWS.append(Row(work, against, pairs, speed, target, unit))
        return pairs

    return put


def faster(work: str, against: str, at_least: float) -> Any:
    return row(work, against, speed=True, target=at_least)


def costs(work: str, against: str, at_most: float | None, unit: str = "s") -> Any:
    return row(work, against, speed=False, target=at_most, unit=unit)


def figure(work: str, unit: str, *sizes: Any, at_most: float | None = None) -> Any:
    """Put a function that measures below the table, once or for each of some sizes."""

    def put(numbers: Callable[..., list[float]]) -> Callable[..., list[float]]:
        if not sizes:
            FIGURES.append(Figure(work, numbers, unit, at_most))
        for size in sizes:
            name = work.format(f"{size:,}")
            FIGURES.append(Figure(name, partial(numbers, size), unit, at_most))
        return numbers

    return put
