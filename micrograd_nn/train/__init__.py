"""The training loop: ``fit``, and the history that it leaves."""

from .loop import Epoch, History, fit, mean_loss, split

__all__ = ["Epoch", "History", "fit", "mean_loss", "split"]
