"""The training loop: ``fit``, and step by step; the history that it leaves."""

from .history import Epoch, History
from .loop import fit, fit_by_steps, mean_loss, split

__all__ = ["Epoch", "History", "fit", "fit_by_steps", "mean_loss", "split"]
