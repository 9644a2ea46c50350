"""The page of a training in a notebook, whose epoch a cell sets and reads."""

from __future__ import annotations

from typing import Any

import traitlets

from ....notebook.wire import Checked, PageWidget
from ....page.opening import read_place
from ....page.options import check_options
from ..history import History, require_recording
from .training import OPTIONS, build_training, list_kept


class TrainingWidget(PageWidget):
    """The page of a recorded training, alive: ``epoch`` is the one that it shows.

    ``history`` can be set to another one, whose page opens at its best epoch.
    """

    _shows = "a training"
    epoch = Checked().tag(sync=True)

    def __init__(self, history: History, epoch: int | None = None, **options: Any) -> None:
        self._history, self._options = history, options
        html = self._write_page(history, epoch)
        self._kept = list_kept(history)
        opened = require_recording(history).best if epoch is None else epoch
        super().__init__(_page={"number": 0, "html": html}, _shared=["epoch"], epoch=opened)

    def _write_page(self, history: History, epoch: int | None = None) -> str:
        """Return a history's page in the frame in which a notebook shows it."""
        return build_training(history, epoch=epoch, **self._options)._repr_html_()

    @property
    def history(self) -> History:
        """The training that is shown; it can be set to another."""
        return self._history

    @history.setter
    def history(self, history: History) -> None:
        html = self._write_page(history)
        self._history, self._kept = history, list_kept(history)
        self.show_page(html, {"epoch": require_recording(history).best})

    @traitlets.validate("epoch")
    def _check_epoch(self, proposal: Any) -> int:
        """Return the nearest epoch whose weights were kept, the earlier of two, as a page does."""
        number, last = read_place(proposal["value"], "an epoch"), self._kept[-1]
        if not 0 <= number <= last:
            raise ValueError(f"the widget has the epochs 0 to {last} of its training, not {number}")
        return min(self._kept, key=lambda kept: abs(kept - number))

    def __repr__(self) -> str:
        return f"<widget of a training: epoch {self.epoch} of {self._kept[-1]}>"

    def _draw_still(self) -> dict[str, str]:
        """Return the curve of the loss, by its types."""
        return self.history._repr_mimebundle_()


def build_widget(history: History, **options: Any) -> TrainingWidget:
    """Return the widget of a recorded training, as ``widget(history)`` does."""
    check_options(options, OPTIONS, "widget", "a training")
    return TrainingWidget(history, **options)
