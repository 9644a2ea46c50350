"""Weights of rows: read at the door, and what they change in columns and examples."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from sklearn.utils.validation import _check_sample_weight

from ..._ground.text import InputError
from ..tables.columns import NumericColumn, standardise
from ..train.examples import Example

Weights = Sequence[float] | None  # of rows; None where all count the same


def read_weights(sample_weight: Any, X: Any) -> Any:
    """Return the weights of rows as an array, None without any."""
    if sample_weight is None:
        return None
    return _check_sample_weight(sample_weight, X, dtype=np.float64)


def require_weights(weights: Any) -> None:
    """Refuse weights of which one isn't a weight, or that leave no row."""
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise InputError("a weight is below zero or too large: weights are finite, from 0 up")
    if not weights.any():
        raise InputError("every row's weight is zero: give some rows a weight above zero")


def share_out(weights: Sequence[float]) -> list[float]:
    """Return weights of the same proportions, with a mean of 1.

    >>> share_out([2.0, 1.0, 3.0]), share_out([0.1, 0.1, 0.1])
    ([1.0, 0.5, 1.5], [1.0, 1.0, 1.0])
    """
    largest = max(weights, default=1.0)  # by which their sum is finite
    parts = [weight / largest for weight in weights]
    mean = math.fsum(parts) / max(1, len(parts))
    return [part / mean for part in parts]


def standardise_weighted(
    numbers: Sequence[float], weights: Weights, where: str
) -> tuple[float, float]:
    """Return the mean of numbers and their standard deviation, by the weights of their rows.

    >>> twice = standardise(Counter([1.0, 1.0, 4.0]), "x")
    >>> standardise_weighted([1.0, 4.0], [2.0, 1.0], "x") == twice
    True
    """
    mean, scale = standardise(Counter(numbers), where)  # which refuses what is too large
    if weights is None or min(numbers) == max(numbers):
        return mean, scale
    weights = share_out(weights)
    mean = math.fsum([w * x for w, x in zip(weights, numbers, strict=True)]) / len(numbers)
    far = [math.sqrt(w) * (x - mean) for w, x in zip(weights, numbers, strict=True)]
    return mean, math.hypot(*far) / math.sqrt(len(numbers)) or 1.0


def learn_numbers(
    name: str, numbers: Sequence[float], weights: Weights, where: str
) -> NumericColumn:
    """Return a column of numbers as ``tables`` learns one, by the weights of their rows."""
    mean, scale = standardise_weighted(numbers, weights, where)
    seen = median(numbers), min(numbers), max(numbers)
    return NumericColumn(name, mean, scale, "", *seen)


def add_weights(examples: Sequence[Example], weights: Sequence[float]) -> list[Example]:
    """Return examples with their weights, as a loss that is ``weighted`` takes them."""
    return [(x, (y, weight)) for (x, y), weight in zip(examples, weights, strict=True)]
