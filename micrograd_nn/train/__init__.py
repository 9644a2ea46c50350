"""The training loop: ``fit``, and the history that it leaves."""

from .history import Epoch, History
from .loop import fit, mean_loss, split

__all__ = ["Epoch", "History", "fit", "mean_loss", "split"]
