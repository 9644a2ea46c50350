"""The estimator that both are: a table's network, trained by scikit-learn's methods.

Data are read at the door (``reading.py``); columns, network and training are those
of ``tables``, so that the same rows give the same weights here and there.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from ..._ground.text import InputError
from ...losses import weighted
from ..tables.columns import NumericColumn, TextColumn
from ..tables.encoding import Encoding
from ..tables.network import choose_loss, create_model, settle_options, train_network
from ..tables.report import predict_rows
from ..tables.seen import remember_rows
from ..train.examples import Example
from ..train.history import History
from .choices import choose_options, kept_unless_trained, warn_of_stop
from .fitted import Fitted
from .reading import CellList, cut_known_rows, encode_features, learn_inputs, read_features
from .weights import Weights, add_weights, read_weights, require_weights, share_out

USUAL_ENDS = "all epochs done", "no better epoch"  # as trainings end


class MicrogradEstimator(Fitted, BaseEstimator, ABC):
    """What both estimators share: the choices, the training, and what can be asked after it."""

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
        self.record = record
        self.verbose = verbose

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on rows and their targets, keep the best epoch's weights, and return the estimator.

        ``sample_weight`` says of each row how much it counts beside the others; one of 0 is as if
        it weren't there. Whatever is refused, or stopped before an epoch is done, changes nothing.
        """
        with kept_unless_trained(self):
            options = choose_options(self)
            columns, targets, weights = self._read(X, y, sample_weight)
            if weights is not None and min(weights) == max(weights):
                weights = None
            classes = targets if isinstance(self, ClassifierMixin) else []
            if classes and len({*classes}) < 2:
                raise InputError("rows of one class alone have a weight above zero: add others")
            rng = random.Random(options.seed)
            parts = cut_known_rows(columns, classes, options.validation, rng)
            self._learn_columns(columns, targets, weights, parts[0], y)
            self.model_ = create_model(self.encoding_, options)
            examples = self._encode(columns, targets)
            training, held_back = [[examples[place] for place in part] for part in parts]
            if weights is not None:
                training, held_back = [
                    add_weights(rows, share_out([weights[place] for place in part]))
                    for rows, part in zip((training, held_back), parts, strict=True)
                ]
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
                    rng=random.Random(options.seed),
                    history=self.history_,
                    record=self.record or None,
                    show=bool(self.verbose),
                )
            finally:
                self._options, self._rows = options, remember_rows(examples)
            if not self.history_.epochs[1:]:
                why = self.history_.stopped
                raise InputError(f"stopped before the first epoch was done: {why}")
        if not self.history_.stopped.startswith(USUAL_ENDS):
            warn_of_stop(self.history_)
        return self

    @abstractmethod
    def _read_targets(self, y: Any) -> list[Any]:
        """Return the number of each row, or the index of its class."""

    @abstractmethod
    def _learn_target(
        self, name: str, targets: Sequence[Any], weights: Weights
    ) -> NumericColumn | TextColumn:
        """Return the target's column, of this name, as these targets have it."""

    def _weigh(self, targets: Sequence[Any], weights: Any) -> Any:
        """Return the weights of rows, with those that their targets call for."""
        return weights

    def _read(
        self, X: Any, y: Any, sample_weight: Any
    ) -> tuple[dict[str, CellList], list[Any], Weights]:
        """Return X as columns, for each row its number or the index of its class, and weights.

        Rows of no weight are left out.
        """
        targets = self._read_targets(y)
        check_consistent_length(X, targets)
        columns = read_features(self, X)
        weights = self._weigh(targets, read_weights(sample_weight, X))
        if weights is None:
            return columns, targets, None
        require_weights(weights)
        rows = weights.nonzero()[0].tolist()
        kept: Any = {name: [cells[row] for row in rows] for name, cells in columns.items()}
        return kept, [targets[row] for row in rows], weights[rows].tolist()

    def _learn_columns(
        self, columns: dict[str, CellList], targets: list[Any], weights: Weights,
        rows: Sequence[int], y: Any,
    ) -> None:  # fmt: skip
        """Learn what the columns are from some of the rows."""
        name = getattr(y, "name", None)
        name = name if isinstance(name, str) and name else "y"
        while name in columns:
            name += "_"
        weights = None if weights is None else [weights[place] for place in rows]
        target = self._learn_target(name, [targets[place] for place in rows], weights)
        self.encoding_ = Encoding(learn_inputs(columns, rows, weights), target)

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

    def _compute(self, X: Any) -> list[list[float]]:
        """Return the network's outputs for rows; those that stand for nothing are refused."""
        check_is_fitted(self)
        known = self.encoding_.input_columns
        inputs = encode_features(known, read_features(self, X, known))
        outputs = predict_rows(self.model_, inputs, "X")
        for numbers in outputs:
            self.encoding_.decode(numbers)
        return outputs
