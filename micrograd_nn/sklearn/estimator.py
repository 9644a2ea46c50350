"""The estimator that both are: a table's network, trained by scikit-learn's methods.

Data are read at the door (``reading.py``); columns, network and training are those
of ``tables``, so that the same rows give the same weights here and there.
"""

from __future__ import annotations

import copy
import math
import os
import random
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import check_is_fitted

from .._ground.files import Written
from .._ground.text import InputError, count_things
from ..losses import cross_entropy, squared_error
from ..nn import MLP
from ..optim import AdamW
from ..page.frame import Page
from ..tables.columns import NumericColumn, TextColumn
from ..tables.encoding import Encoding
from ..tables.network import create_model, train_network
from ..tables.options import Options
from ..tables.replay import build_replay
from ..tables.report import predict_rows
from ..tables.seen import remember_rows
from ..tables.storage import SavedModel
from ..train.examples import Example
from ..train.history import Epoch, History
from ..train.loop import fit
from .reading import CellList, cut_rows, encode_features, learn_inputs, read_features

AS_IN_TABLES = (
    "hidden", "activation", "epochs", "batch_size", "lr", "patience", "validation", "weight_decay",
)  # fmt: skip
USUAL_ENDS = "all epochs done", "no better epoch"  # as trainings end


class MicrogradEstimator(BaseEstimator, ABC):
    """What both estimators share: the choices, the training, and what can be asked after it."""

    _steps: tuple[int, list[list[float]]] | None  # of partial_fit's optimizer, and its states

    def __init__(
        self,
        hidden: Sequence[int] = (16, 16),
        activation: str = "relu",
        *,
        epochs: int = 100,
        batch_size: int = 16,
        lr: float = 0.01,
        patience: int | None = 30,
        validation: float = 0.2,
        weight_decay: float | None = None,
        random_state: Any = None,
        warm_start: bool = False,
        record: bool | int = True,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.patience = patience
        self.validation = validation
        self.weight_decay = weight_decay
        self.random_state = random_state
        self.warm_start = warm_start
        self.record = record
        self.verbose = verbose

    def fit(self, X: Any, y: Any) -> Any:
        """Train on rows and their targets, keep the best epoch's weights, and return the estimator.

        With ``warm_start``, a fitted network goes on from where it is; its columns, classes and
        layers stay. Whatever is refused, or stopped before an epoch is done, changes nothing.
        """
        with kept_unless_trained(self):
            goes_on = self.warm_start and hasattr(self, "model_")
            options = choose_options(self)
            columns, targets = self._read(X, y, goes_on)
            classes = targets if isinstance(self, ClassifierMixin) else []
            rng = random.Random(options.seed)
            training, held_back = cut_rows(columns, classes, options.validation, rng)
            if goes_on:
                require_same_layers(self.model_, options)
            else:
                self._start(options, columns, targets, training, y)
            examples = self._encode(columns, targets)
            earlier = len(self._losses)
            self._steps = None  # partial_fit then begins with an optimizer of its own
            self.history_ = History()
            try:
                train_network(
                    self.model_,
                    self.encoding_,
                    options,
                    [examples[place] for place in training],
                    [examples[place] for place in held_back],
                    rng=random.Random(options.seed + earlier),
                    history=self.history_,
                    record=self.record or None,
                    show=bool(self.verbose),
                )
            finally:
                decay = options.choose_weight_decay(len(training))
                self._note(replace(options, weight_decay=decay), self.history_, examples)
            if not self.history_.epochs[1:]:
                why = self.history_.stopped
                raise InputError(f"stopped before the first epoch was done: {why}")
        if not self.history_.stopped.startswith(USUAL_ENDS):
            warn_of_stop(self.history_)
        return self

    @property
    def history(self) -> History:
        """What happened in the training: the losses of its epochs, the best, and why it ended."""
        check_is_fitted(self)
        return self.history_

    def page(
        self, path: str | os.PathLike[str] | None = None, *, epoch: int | None = None
    ) -> Page | Written:
        """Return the page that replays the training, or write it to a path.

        It opens at an ``epoch``, or at the best one. A notebook shows it; ``fit`` has to have
        recorded the training, as it does unless ``record`` is False.
        """
        check_is_fitted(self)
        if self.history_.recording is None:
            raise ValueError("page replays what fit recorded: use fit, with record=True")
        earlier = self._losses[: len(self._losses) - self.history_.epochs[-1].number]
        source = count_things(len(self.encoding_.input_columns), "column")
        model = repr(self.model_)
        page = build_replay(
            self.history_, self.encoding_, source, model, earlier=earlier, epoch=epoch
        )
        return page if path is None else page.save(path)

    def to_model(self) -> SavedModel:
        """Return a copy of the network with its columns, as ``save_model`` and ``export`` take it.

        Its ``save(path)`` writes the file that ``micrograd-nn predict`` reads.
        """
        check_is_fitted(self)
        notes = {"losses": self._losses, "best_epoch": self._best_epoch, "rows": self._rows}
        options = {name: x for name, x in vars(self._options).items() if x is not None}
        return copy.deepcopy(SavedModel(self.model_, self.encoding_, {**options, **notes}))

    @abstractmethod
    def _read_targets(self, y: Any, goes_on: bool, classes: Any) -> list[Any]:
        """Return the number of each row, or the index of its class, which may be new."""

    @abstractmethod
    def _learn_target(self, name: str, targets: Sequence[Any]) -> NumericColumn | TextColumn:
        """Return the target's column, of this name, as these targets have it."""

    def _read(
        self, X: Any, y: Any, goes_on: bool, classes: Any = None
    ) -> tuple[dict[str, CellList], list[Any]]:
        """Return X as columns, and for each row its number or the index of its class."""
        targets = self._read_targets(y, goes_on, classes)
        check_consistent_length(X, targets)
        known = self.encoding_.input_columns if goes_on else None
        return read_features(self, X, known), targets

    def _start(
        self, options: Options, columns: dict[str, CellList], targets: list[Any],
        rows: Sequence[int], y: Any,
    ) -> None:  # fmt: skip
        """Learn the columns from some of the rows, and make an untrained network for them."""
        name = getattr(y, "name", None)
        name = name if isinstance(name, str) and name else "y"
        while name in columns:
            name += "_"
        target = self._learn_target(name, [targets[place] for place in rows])
        self.encoding_ = Encoding(learn_inputs(columns, rows), target)
        self.model_ = create_model(self.encoding_, options)
        self._losses: list[list[float | None]] = []
        self._best_epoch, self._rows = 0, ""
        self._steps = None

    def _encode(self, columns: dict[str, CellList], targets: Sequence[Any]) -> list[Example]:
        """Return the examples that rows are."""
        target = self.encoding_.target
        if isinstance(target, NumericColumn):
            targets = [target.encode_number(number) for number in targets]
        inputs = encode_features(self.encoding_.input_columns, columns)
        return [*zip(inputs, targets, strict=True)]

    def _note(self, options: Options, history: History, examples: Sequence[Example]) -> None:
        """Remember how a training went, for the page and the model's file."""
        earlier = len(self._losses)
        for epoch in history.epochs[1:]:
            losses = epoch.loss, epoch.validation_loss
            self._losses.append([x if x is None or math.isfinite(x) else None for x in losses])
        if history.epochs and history.best.number:
            self._best_epoch = earlier + history.best.number
        self._options, self._rows = options, remember_rows(examples, self._rows)

    def _partial_fit(self, X: Any, y: Any, classes: Any = None) -> Any:
        """Pass over rows once, with the steps of the optimizer that did so before."""
        with kept_unless_trained(self):
            goes_on = hasattr(self, "model_")
            options = choose_options(self)
            columns, targets = self._read(X, y, goes_on, classes)
            if not goes_on:
                self._start(options, columns, targets, range(len(targets)), y)
            examples = self._encode(columns, targets)
            optimizer = AdamW(
                self.model_.parameters(), options.lr, weight_decay=options.weight_decay or 0.0
            )
            if self._steps:
                optimizer.steps, kept = self._steps
                for state, numbers in zip(optimizer.list_states(), kept, strict=True):
                    state[:] = numbers
            else:
                self._rng = random.Random(options.seed)
                self.history_ = History()
            one, states = History(), []
            fit(
                self.model_,
                examples,
                cross_entropy if self.encoding_.is_classification else squared_error,
                optimizer=optimizer,
                epochs=1,
                batch_size=options.batch_size,
                rng=self._rng,
                history=one,
                callback=lambda epoch: states.append(self.model_.state()),
            )
            if one.stopped != "all epochs done":
                raise InputError(f"stopped before the rows were passed over: {one.stopped}")
            self.model_.load_state(states[-1])  # whether or not these rows' loss is less
            self._steps = optimizer.steps, optimizer.list_states()
            self._note(replace(options, weight_decay=optimizer.weight_decay), one, examples)
            self._best_epoch = len(self._losses)
            self.history_ = append_epochs(self.history_, one)
        return self

    def _compute(self, X: Any) -> list[list[float]]:
        """Return the network's outputs for rows; those that stand for nothing are refused."""
        check_is_fitted(self)
        known = self.encoding_.input_columns
        inputs = encode_features(known, read_features(self, X, known))
        outputs = predict_rows(self.model_, inputs, "X")
        for numbers in outputs:
            self.encoding_.decode(numbers)
        return outputs


def append_epochs(history: History, more: History) -> History:
    """Return a history with the epochs of another, numbered on."""
    first, last = more.epochs[0], more.epochs[-1]
    epochs = history.epochs or [first]
    number = epochs[-1].number + 1
    added = Epoch(number, last.loss, last.validation_loss, last.lr)
    return History([*epochs, added], more.stopped, more.ran, more.not_native)


def warn_of_stop(history: History) -> None:
    """Warn of a training that ended since its loss grew beyond all bounds."""
    number, best = history.epochs[-1].number, history.best.number
    told = f"stopped after epoch {number}: {history.stopped}. Kept is the best, epoch {best}"
    warnings.warn(told, ConvergenceWarning, stacklevel=3)


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


def require_same_layers(model: MLP, options: Options) -> None:
    """Refuse other layers for a network that goes on."""
    if model.sizes[1:-1] != options.hidden or {*model.activations[:-1]} - {options.activation}:
        raise InputError(
            f"warm_start goes on with {model!r}: set hidden and activation as they were, or "
            f"warm_start=False"
        )


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
