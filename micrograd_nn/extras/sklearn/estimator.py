"""The estimator that both are: a table's network, trained and asked by scikit-learn's methods.

Data are read at the door (``reading.py``); columns, network and training are those
of ``tables``, so that the same rows give the same weights here and there.
"""

from __future__ import annotations

import copy
import json
import math
import os
import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from ..._ground.files import Written
from ..._ground.text import InputError, count_things
from ...losses import weighted
from ...nn import MLP
from ...page.frame import Page
from ..tables.columns import NumericColumn, TextColumn
from ..tables.encoding import Encoding
from ..tables.network import choose_loss, create_model, settle_options, train_network
from ..tables.options import Options
from ..tables.replay import describe_columns
from ..tables.report import predict_rows
from ..tables.seen import remember_rows
from ..tables.storage import SavedModel, restore_model
from ..train.examples import Example
from ..train.history import History
from ..train.pages.training import build_training
from .choices import choose_options, kept_unless_trained, warn_of_stop
from .reading import CellList, cut_known_rows, encode_features, learn_inputs, read_features
from .weights import Weights, add_weights, read_weights, require_weights, share_out

USUAL_ENDS = "all epochs done", "no better epoch"  # as trainings end


class MicrogradEstimator(BaseEstimator, ABC):
    """What both estimators share: the choices, the training, and what can be asked after it.

    ``coefs_`` and ``intercepts_`` are for columns as the network takes them: scaled, and one-hot.
    """

    model_: MLP
    encoding_: Encoding
    history_: History
    _options: Options
    _rows: str

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
            self.history_, loss = History(), choose_loss(self.encoding_)
            options = settle_options(self.encoding_, options, len(training))
            try:
                train_network(
                    self.model_,
                    self.encoding_,
                    options,
                    training,
                    held_back,
                    loss if weights is None else weighted(loss),
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

    def _compute(self, X: Any) -> list[list[float]]:
        """Return the network's outputs for rows; those that stand for nothing are refused."""
        check_is_fitted(self)
        known = self.encoding_.input_columns
        inputs = encode_features(known, read_features(self, X, known))
        outputs = predict_rows(self.model_, inputs, "X")
        for numbers in outputs:
            self.encoding_.decode(numbers)
        return outputs

    # What can be asked of a fitted one

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
        source = count_things(len(self.encoding_.input_columns), "column")
        page = build_training(
            self.history_,
            title=f"Learning {self.encoding_.target.name} from {source}",
            notes=repr(self.model_),
            columns=describe_columns(self.encoding_),
            epoch=epoch,
        )
        return page if path is None else page.save(path)

    def to_model(self) -> SavedModel:
        """Return a copy of the network with its columns, as ``save_model`` and ``export`` take it.

        Its ``save(path)`` writes the file that ``micrograd-nn predict`` reads.
        """
        check_is_fitted(self)
        losses = [
            [x if x is None or math.isfinite(x) else None for x in (it.loss, it.validation_loss)]
            for it in self.history_.epochs[1:]
        ]
        best = self.history_.best.number
        notes = {"losses": losses, "best_epoch": best, "rows": self._rows}
        options = {name: x for name, x in vars(self._options).items() if x is not None}
        return copy.deepcopy(SavedModel(self.model_, self.encoding_, {**options, **notes}))

    @property
    def n_iter_(self) -> int:
        """How many epochs it was trained."""
        return len(self.history_.epochs) - 1

    @property
    def loss_curve_(self) -> list[float]:
        """The training loss of each epoch."""
        return [epoch.loss for epoch in self.history_.epochs[1:]]

    @property
    def best_loss_(self) -> float:
        """The training loss of the epoch whose weights are kept."""
        return self.history_.best.loss

    @property
    def coefs_(self) -> list[Any]:
        """The weights of each layer, an array of inputs × outputs, for columns as scaled."""
        return [
            np.array([[w.data for w in neuron.w] for neuron in layer.neurons]).T
            for layer in self.model_.layers
        ]

    @property
    def intercepts_(self) -> list[Any]:
        """The biases of each layer, an array."""
        biases: Any = [[neuron.b for neuron in layer.neurons] for layer in self.model_.layers]
        return [np.array([b.data for b in layer]) for layer in biases]

    @property
    def n_layers_(self) -> int:
        """How many layers it has, that of the inputs included."""
        return len(self.model_.sizes)

    @property
    def n_outputs_(self) -> int:
        """How many outputs it has: one for each class, or for a number one."""
        return self.model_.sizes[-1]

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle, joblib and skops keep: of the network a text, as a file has it."""
        state = {**super().__getstate__()}
        if "model_" in state:
            text = SavedModel(self.model_).format()
            state |= {"model_": text, "history_": put_model(self.history_, None)}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make an estimator of what was kept."""
        if "model_" in state:
            model = restore_model(json.loads(state["model_"])).model
            state = {**state, "model_": model, "history_": put_model(state["history_"], model)}
        super().__setstate__(state)


def put_model(history: History, model: MLP | None) -> History:
    """Return a history whose recording, if it has one, is of another model."""
    recording = history.recording and history.recording.with_model(model)
    return replace(history, recording=recording)
