"""What can be asked of a fitted estimator: its training, its network, and what is kept of it."""

from __future__ import annotations

import copy
import json
import math
import os
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ..._ground.files import Written
from ..._ground.text import count_things
from ...nn import MLP
from ...page.frame import Page
from ..tables.encoding import Encoding
from ..tables.options import Options
from ..tables.replay import describe_columns
from ..tables.storage import SavedModel, restore_model
from ..train.history import History
from ..train.pages.training import build_training


class Fitted:
    """What both estimators tell of themselves; some of it has scikit-learn's own names.

    ``coefs_`` and ``intercepts_`` are for columns as the network takes them: scaled, and one-hot.
    """

    model_: MLP
    encoding_: Encoding
    history_: History
    _options: Options
    _rows: str

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
        base: Any = super()
        state = {**base.__getstate__()}
        if "model_" in state:
            text = SavedModel(self.model_).format()
            state |= {"model_": text, "history_": put_model(self.history_, None)}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make an estimator of what was kept."""
        if "model_" in state:
            model = restore_model(json.loads(state["model_"])).model
            state = {**state, "model_": model, "history_": put_model(state["history_"], model)}
        base: Any = super()
        base.__setstate__(state)


def put_model(history: History, model: MLP | None) -> History:
    """Return a history whose recording, if it has one, is of another model."""
    recording = history.recording and history.recording.with_model(model)
    return replace(history, recording=recording)
