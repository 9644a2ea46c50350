"""Stepping through backpropagation, forward and back, with watches to stop at: ``Backprop``."""

from .backprop import Backprop

__all__ = ["Backprop"]
