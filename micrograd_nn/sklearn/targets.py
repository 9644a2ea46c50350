"""The targets that scikit-learn hands over, read at the door as numbers or as classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.utils import check_array, column_or_1d

from ..text import InputError, quote_text


def require_targets(estimator: Any, y: Any, dtype: Any) -> Any:
    """Return the targets as an array of one dimension, or refuse them in scikit-learn's words."""
    if y is None:
        name = type(estimator).__name__
        raise ValueError(
            f"This {name} estimator requires y to be passed, but the target y is None."
        )
    y = check_array(y, ensure_2d=False, dtype=dtype, input_name="y", estimator=estimator)
    return column_or_1d(y, warn=True)


def find_labels(labels: Sequence[Any], classes: Any) -> list[int]:
    """Return the places of labels among the classes.

    >>> import numpy as np
    >>> find_labels(["pear"], np.array(["apple", "pear"]))
    [1]
    >>> find_labels(["plum"], np.array(["apple", "pear"]))
    Traceback (most recent call last):
    micrograd_nn.text.InputError: 'plum' is none of the classes 'apple', 'pear'
    """
    places = {label: place for place, label in enumerate(classes.tolist())}
    for label in labels:
        if label not in places:
            known = ", ".join([quote_text(name) for name in places])
            raise InputError(f"{quote_text(label)} is none of the classes {known}")
    return [places[label] for label in labels]
