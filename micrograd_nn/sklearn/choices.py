"""An estimator's choices as ``tables`` takes them, whatever kinds of numbers a search gives."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ..tables.options import Options

AS_IN_TABLES = (
    "hidden", "activation", "epochs", "batch_size", "lr", "patience", "validation", "weight_decay",
)  # fmt: skip


def choose_options(estimator: Any) -> Options:
    """Return an estimator's choices as ``tables`` takes them: Python's own numbers, and a seed."""
    seed = estimator.random_state
    if not isinstance(seed, Integral):
        seed = check_random_state(seed).randint(2**31 - 1)
    chosen = {name: make_plain(getattr(estimator, name), name) for name in AS_IN_TABLES}
    return Options(**chosen, seed=int(seed))


def make_plain(choice: Any, name: str) -> Any:
    """Return a choice without NumPy's kinds of numbers, as a grid search gives them.

    >>> import numpy as np
    >>> make_plain((np.int64(8), 4), "hidden"), make_plain(1, "lr")
    ([8, 4], 1.0)
    """
    if name == "hidden" and isinstance(choice, (tuple, list, np.ndarray)):
        return [make_plain(size, "size") for size in choice]
    if isinstance(choice, Integral) and name not in ("lr", "validation", "weight_decay"):
        return int(choice)
    return float(choice) if isinstance(choice, Real) else choice
