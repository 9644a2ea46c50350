"""What an estimator was told to do, as ``tables`` takes it, and what a failure gives back."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from ..tables.options import Options
from ..train.history import History

AS_IN_TABLES = (
    "hidden", "activation", "epochs", "batch_size", "lr", "patience", "validation", "weight_decay",
)  # fmt: skip


@contextmanager
def kept_unless_trained(estimator: Any) -> Iterator[None]:
    """Give back all attributes of before if a training fails before an epoch of it is done."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        history = vars(estimator).get("history_")
        if history is before.get("history_") or not history or not history.epochs[1:]:
            vars(estimator).clear()
            vars(estimator).update(before)
        raise


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


def warn_of_stop(history: History) -> None:
    """Warn of a training that ended since its loss grew beyond all bounds."""
    number, best = history.epochs[-1].number, history.best.number
    told = f"stopped after epoch {number}: {history.stopped}. Kept is the best, epoch {best}"
    warnings.warn(told, ConvergenceWarning, stacklevel=3)
