"""Stepping through backpropagation, forward and back, with watches to stop at: ``Backprop``."""

from .backprop import Backprop
from .passes import Passes

__all__ = ["Backprop", "Passes"]
