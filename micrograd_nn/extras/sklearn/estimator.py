"""The estimator that both are: a table's network, trained by scikit-learn's methods.

Data are read at the door (``reading.py``); columns, network and training are those
of ``tables``, so that the same rows give the same weights here and there.
"""

from __future__ import annotations

import math
import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from ..._ground.text import InputError
from ...losses import weighted
from ...optim import AdamW
from ..tables.columns import NumericColumn, TextColumn
from ..tables.encoding import Encoding
from ..tables.network import choose_loss, create_model, settle_options, train_network
from ..tables.options import Options
from ..tables.report import predict_rows
from ..tables.seen import remember_rows
from ..train.examples import Example
from ..train.history import History
from ..train.loop import fit
from .choices import choose_options, kept_unless_trained, require_same_layers, warn_of_stop
from .fitted import Fitted, append_epochs
from .reading import CellList, cut_known_rows, encode_features, learn_inputs, read_features
from .several import SeveralNumbers, decode_outputs, name_targets
from .weights import Weights, add_weights, read_weights, require_weights, share_out

USUAL_ENDS = "all epochs done", "no better epoch"  # as trainings end


class MicrogradEstimator(Fitted, BaseEstimator, ABC):
    """What both estimators share: the choices, the training, and what can be asked after it."""

    _steps: tuple[int, list[list[float]]] | None  # of partial_fit's optimizer, and its states

    def __init__(
        self,
        hidden: Sequence[int] = (32,),
        activation: str = "relu",
        *,
        epochs: int | None = None,
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

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on rows and their targets, keep the best epoch's weights, and return the estimator.

        ``sample_weight`` says of each row how much it counts beside the others; one of 0 is as if
        it weren't there. With ``warm_start``, a fitted network goes on from where it is; its
        columns, classes and layers stay. Whatever is refused, or stopped before an epoch is done,
        changes nothing.
        """
        with kept_unless_trained(self):
            goes_on = self.warm_start and hasattr(self, "model_")
            options = choose_options(self)
            columns, targets, weights = self._read(X, y, goes_on, sample_weight)
            if weights is not None and min(weights) == max(weights):
                weights = None
            classes = targets if isinstance(self, ClassifierMixin) else []
            if classes and not goes_on and len({*classes}) < 2:
                raise InputError("rows of one class alone have a weight above zero: add others")
            rng = random.Random(options.seed)
            parts = cut_known_rows(columns, classes, options.validation, rng)
            if goes_on:
                require_same_layers(self.model_, options)
            else:
                self._start(options, columns, targets, weights, parts[0], y)
            examples = self._encode(columns, targets)
            training, held_back = [[examples[place] for place in part] for part in parts]
            if weights is not None:
                training, held_back = [
                    add_weights(rows, share_out([weights[place] for place in part]))
                    for rows, part in zip((training, held_back), parts, strict=True)
                ]
            earlier = len(self._losses)
            self._steps = None  # partial_fit then begins with an optimizer of its own
            self.history_ = History()
            options = settle_options(self.encoding_, options, len(training))
            try:
                train_network(
                    self.model_,
                    self.encoding_,
                    options,
                    training,
                    held_back,
                    self._choose_loss(weights),
                    rng=random.Random(options.seed + earlier),
                    history=self.history_,
                    record=self.record or None,
                    show=bool(self.verbose),
                )
            finally:
                self._note(options, self.history_, examples)
            if not self.history_.epochs[1:]:
                why = self.history_.stopped
                raise InputError(f"stopped before the first epoch was done: {why}")
        if not self.history_.stopped.startswith(USUAL_ENDS):
            warn_of_stop(self.history_)
        return self

    @abstractmethod
    def _read_targets(self, y: Any, goes_on: bool, classes: Any) -> list[Any]:
        """Return the number of each row, a tuple of several, or the index of its class."""

    @abstractmethod
    def _learn_target(
        self, names: Sequence[str], targets: Sequence[Any], weights: Weights
    ) -> NumericColumn | TextColumn | SeveralNumbers:
        """Return the target's column, of this name, as these targets have it."""

    def _weigh(self, targets: Sequence[Any], weights: Any) -> Any:
        """Return the weights of rows, with those that their targets call for."""
        return weights

    def _read(
        self, X: Any, y: Any, goes_on: bool, sample_weight: Any, classes: Any = None
    ) -> tuple[dict[str, CellList], list[Any], Weights]:
        """Return X as columns, for each row its number or the index of its class, and weights.

        Rows of no weight are left out.
        """
        targets = self._read_targets(y, goes_on, classes)
        check_consistent_length(X, targets)
        known = self.encoding_.input_columns if goes_on else None
        columns = read_features(self, X, known)
        weights = self._weigh(targets, read_weights(sample_weight, X))
        if weights is None:
            return columns, targets, None
        require_weights(weights)
        rows = weights.nonzero()[0].tolist()
        kept: Any = {name: [cells[row] for row in rows] for name, cells in columns.items()}
        return kept, [targets[row] for row in rows], weights[rows].tolist()

    def _start(
        self, options: Options, columns: dict[str, CellList], targets: list[Any],
        weights: Weights, rows: Sequence[int], y: Any,
    ) -> None:  # fmt: skip
        """Learn the columns from some of the rows, and make an untrained network for them."""
        count = len(targets[0]) if isinstance(targets[0], tuple) else 1
        names = name_targets(y, count, {*columns})
        weights = None if weights is None else [weights[place] for place in rows]
        target = self._learn_target(names, [targets[place] for place in rows], weights)
        self.encoding_ = Encoding(learn_inputs(columns, rows, weights), cast(Any, target))
        self.model_ = create_model(self.encoding_, options)
        self._losses: list[list[float | None]] = []
        self._best_epoch, self._rows = 0, ""
        self._steps = None

    def _encode(self, columns: dict[str, CellList], targets: Sequence[Any]) -> list[Example]:
        """Return the examples that rows are."""
        target: Any = self.encoding_.target
        if not self.encoding_.is_classification:
            targets = [target.encode_number(number) for number in targets]
        inputs = encode_features(self.encoding_.input_columns, columns)
        return [*zip(inputs, targets, strict=True)]

    def _choose_loss(self, weights: Weights) -> Any:
        """Return the loss of an example, which may have a weight."""
        loss = choose_loss(self.encoding_)
        return loss if weights is None else weighted(loss)

    def _note(self, options: Options, history: History, examples: Sequence[Example]) -> None:
        """Remember how a training went, for the page and the model's file."""
        earlier = len(self._losses)
        added: list[list[float | None]] = []  # to a new list, since a copy may have the other
        for epoch in history.epochs[1:]:
            losses = epoch.loss, epoch.validation_loss
            added.append([x if x is None or math.isfinite(x) else None for x in losses])
        self._losses = [*self._losses, *added]
        if history.epochs and history.best.number:
            self._best_epoch = earlier + history.best.number
        self._options = options
        if isinstance(examples[0][1], (int, float)):  # the file of a model has one target
            self._rows = remember_rows(examples, self._rows)

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Any:
        """Pass over rows once, with the steps of the optimizer that did so before."""
        with kept_unless_trained(self):
            goes_on = hasattr(self, "model_")
            options = choose_options(self)
            columns, targets, weights = self._read(X, y, goes_on, sample_weight, classes)
            if not goes_on:
                self._start(options, columns, targets, weights, range(len(targets)), y)
            examples = self._encode(columns, targets)
            optimizer = AdamW(
                self.model_.parameters(), options.lr, weight_decay=options.weight_decay or 0.0
            )
            if self._steps:
                optimizer.steps, kept = self._steps
                for state, numbers in zip(optimizer.list_states(), kept, strict=True):
                    state[:] = numbers
            else:
                self._drawn = random.Random(options.seed).getstate()
                self.history_ = History()
            rng = random.Random()
            rng.setstate(self._drawn)
            one, states = History(), []
            fit(
                self.model_,
                examples if weights is None else add_weights(examples, weights),
                self._choose_loss(weights),
                optimizer=optimizer,
                epochs=1,
                batch_size=options.batch_size,
                rng=rng,
                history=one,
                callback=lambda epoch: states.append(self.model_.state()),
            )
            if one.stopped != "all epochs done":
                raise InputError(f"stopped before the rows were passed over: {one.stopped}")
            self.model_.load_state(states[-1])  # whether or not these rows' loss is less
            self._steps, self._drawn = (optimizer.steps, optimizer.list_states()), rng.getstate()
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
            decode_outputs(self.encoding_, numbers)
        return outputs
